"""The pictures of `/yours`."""

import altair as alt

from dashboard.look.colours import DOWN_COLOUR, NEUTRAL, UP_COLOUR, activation_colour
from dashboard.look.vega import TAP

RAW_COLOUR, CENTRED_COLOUR = DOWN_COLOUR, UP_COLOUR
"""Orange and blue, as sigmoid and centred inputs are on the pages before."""

_EXPONENT = "toNumber(split(format(datum.value, '.0e'), 'e')[1])"
_RAISED = (
    f"({_EXPONENT} < 0 ? '⁻' : '') + (abs({_EXPONENT}) >= 100 ? '¹²³'[floor(abs({_EXPONENT}) / 100) - 1] : '')"
    f" + (abs({_EXPONENT}) >= 10 ? '⁰¹²³⁴⁵⁶⁷⁸⁹'[floor(abs({_EXPONENT}) / 10) % 10] : '')"
    f" + '⁰¹²³⁴⁵⁶⁷⁸⁹'[abs({_EXPONENT}) % 10]"
)
_POWERS = f"datum.value >= 1e-3 && datum.value < 1e5 ? format(datum.value, '~g') : '10' + {_RAISED}"
"""Labels of a logarithmic axis."""


def spectrum(*, drawn: bool, gapped: bool) -> alt.TopLevelMixin:
    """The curvatures that a layer's inputs give to the weights behind them, as captured and once centred.

    How to read it: each tick is a direction in weight space, further right is steeper, and a step to the right by one
    power is ten times as steep. The steepest one, a dot, bounds the learning rate for all of them. The bar between the
    rows is how far that bound moves when each unit's mean is subtracted.
    drawn, gapped: whether there are curvatures, and a gap, to draw: an empty layer is an infinite extent to Vega.
    Datasets: ticks (row, curvature), tops (row, curvature), gap (low, high), names (row, text), note (text), frame
    (curvature).
    Source: LeCun, Kanter and Solla, Eigenvalues of covariance matrices, 1991.
    """
    x = alt.X(
        "curvature:Q",
        scale=alt.Scale(type="log", nice=False),
        axis=alt.Axis(title="curvature along a direction", labelExpr=_POWERS, labelOverlap="greedy", tickCount=8),
    )
    y = alt.Y("row:Q", scale=alt.Scale(domain=[2.4, -0.6], nice=False), axis=None)
    colour = alt.Color("row:N", scale=alt.Scale(domain=[0, 2], range=[RAW_COLOUR, CENTRED_COLOUR]), legend=None)
    frame = alt.Chart(alt.NamedData("frame")).mark_point(opacity=0, aria=False).encode(x=x)
    ticks = alt.Chart(alt.NamedData("ticks")).mark_tick(size=34, thickness=1.5, opacity=0.75, orient="vertical")
    tops = alt.Chart(alt.NamedData("tops")).mark_circle(size=190, opacity=1, stroke="white", strokeWidth=1.5)
    names = alt.Chart(alt.NamedData("names")).mark_text(align="left", dy=-32, fontSize=13, fontWeight=600)
    between = alt.Chart(alt.NamedData("gap")).transform_calculate(row="1", above="0", below="2")
    bar = between.mark_rule(size=5, color=NEUTRAL, aria=False).encode(x=alt.X("low:Q"), x2="high:Q", y=y)
    posts = [
        between.mark_rule(strokeDash=[3, 3], size=1.5, color=NEUTRAL, aria=False).encode(
            x=alt.X(f"{end}:Q"), y=y, y2=alt.Y2(f"{row}:Q")
        )
        for end, row in (("high", "above"), ("low", "below"))
    ]
    note = (
        alt.Chart(alt.NamedData("note"))
        .transform_calculate(row="1")
        .mark_text(align="left", fontSize=13, dy=-10, color=NEUTRAL)
        .encode(x=alt.value(4), y=y, text="text:N")
    )
    return alt.layer(
        frame,
        *([ticks.encode(x=x, y=y, color=colour)] if drawn else []),
        *([*posts, bar] if gapped else []),
        *([tops.encode(x=x, y=y, color=colour)] if drawn else []),
        names.encode(x=alt.value(4), y=y, text="text:N", color=colour),
        note,
    ).properties(height=270)


def _zone(data: str, along: str, shaded: bool) -> list[alt.Chart]:
    """Where a value counts as saturated, as a shade; `along` is the axis of the values. Not told to those who hear the
    picture. shaded: whether there is one; drawn without any, its values would have an infinite extent."""
    if not shaded:
        return []
    shade = alt.Chart(alt.NamedData(data)).mark_rect(color=NEUTRAL, opacity=0.18, aria=False)
    if along == "y":
        return [shade.encode(y=alt.Y("low:Q"), y2="high:Q")]
    return [shade.encode(x=alt.X("low:Q"), x2="high:Q")]


def units(*, coloured: bool, shaded: bool) -> alt.TopLevelMixin:
    """Mean and spread of every unit of a layer, sorted by their means.

    How to read it: a dot is a unit's mean over the samples, its line reaches one spread either way. Dots far from 0 with
    short lines are inputs that hardly inform and mostly push: centring removes the push. A cross is a dead unit, 0 for every
    sample. The shade is where an output is saturated; where there is none, no activation is known or it is not reached. A
    click on a unit shows its values below.
    Datasets: units (place, unit, mean, low, high, dead, chosen, parity, and activation where it is coloured), zones (low,
    high), frame (mean).
    Source: the measurement of core.diagnosis.
    """
    x = alt.X(
        "place:Q",
        scale=alt.Scale(nice=False, zero=False, padding=12),
        axis=alt.Axis(title="units, by their means", labels=False, ticks=False, grid=False),
    )
    y = alt.Y("mean:Q", scale=alt.Scale(nice=False, zero=False), axis=alt.Axis(title="value of a unit", format="~g"))
    drawn = alt.Chart(alt.NamedData("units"))
    colour = activation_colour() if coloured else alt.value(NEUTRAL)
    pick = alt.selection_point(
        name="pick", fields=["unit", "parity"], on=TAP, clear=False, toggle=False, nearest=True, encodings=["x"]
    )
    frame = alt.Chart(alt.NamedData("frame")).mark_point(opacity=0, aria=False).encode(y=y)
    nought = alt.Chart(alt.NamedData("frame")).transform_calculate(zero="0").mark_rule(color=NEUTRAL, opacity=0.5)
    lines = drawn.mark_rule(size=2, opacity=0.55).encode(x=x, y=alt.Y("low:Q"), y2="high:Q", color=colour)
    dots = (
        drawn.mark_point(filled=True, opacity=1, cursor="pointer")
        .encode(
            x=x,
            y=y,
            color=colour,
            size=alt.condition("datum.chosen", alt.value(170), alt.value(55)),
            shape=alt.condition("datum.dead", alt.value("cross"), alt.value("circle")),
            tooltip=["unit:Q", alt.Tooltip("mean:Q", format=".3g")],
        )
        .add_params(pick)
    )
    ring = (
        drawn.transform_filter("datum.chosen")
        .mark_point(size=330, strokeWidth=2, filled=False, color=NEUTRAL)
        .encode(x=x, y=y)
    )
    return alt.layer(
        frame, nought.encode(y=alt.Y("zero:Q")), *_zone("zones", "y", shaded), lines, ring, dots
    ).properties(height=320)


def histogram(*, coloured: bool, shaded: bool) -> alt.TopLevelMixin:
    """The values of one unit over the samples.

    How to read it: a bar is the share of samples whose value lies there, and the dashed rule their mean. All bars on one
    side of 0 is what locks the signs of a sample's updates. The shade is where a value is saturated.
    Datasets: bars (low, high, share, and activation where it is coloured), mean (low), zones (low, high).
    Source: the measurement of core.diagnosis.
    """
    axis = alt.Axis(title="value of the unit", format="~g", tickCount=6)
    x = alt.X("low:Q", scale=alt.Scale(nice=False, zero=False), axis=axis)
    colour = activation_colour() if coloured else alt.value(NEUTRAL)
    bars = (
        alt.Chart(alt.NamedData("bars"))
        .transform_calculate(foot="0")
        .mark_rect(opacity=0.8)
        .encode(
            x=x,
            x2="high:Q",
            y=alt.Y(
                "share:Q", scale=alt.Scale(zero=True), axis=alt.Axis(title="share of samples", format="%", tickCount=4)
            ),
            y2=alt.Y2("foot:Q"),
            color=colour,
        )
    )
    mean = alt.Chart(alt.NamedData("mean")).mark_rule(strokeDash=[6, 4], size=1.5, color=NEUTRAL).encode(x=x)
    return alt.layer(*_zone("zones", "x", shaded), bars, mean).properties(height=190)
