"""The pictures of `/network`."""

from typing import Any

import altair as alt

from core.network.variants import VARIANTS
from dashboard.look.colours import NEUTRAL, activation_colour
from dashboard.look.hand import HOVER
from dashboard.look.names import clear
from dashboard.look.vega import TAP

ROW = 48
"""Pixels per variant."""
TICK = 30
"""Pixels of a median's tick: what is left of a row is for its number."""
HEAD = 58
"""Pixels over the rows, for what the dot under the pointer came to."""
_LABELS = [variant.label for variant in VARIANTS.values()]
_COLOURED = list(dict.fromkeys(variant.known.label for variant in VARIANTS.values()))


def ablation() -> alt.TopLevelMixin:
    """Steps until the training loss is 0.1, a dot per seed, a row per variant, on a logarithmic axis.

    How to read it: further left is faster, and the tick with the number over it is the median of the seeds. A cross at the right
    edge is a run that has not arrived within the cap, or has diverged. The line on top says what the recorded run of the dot
    under the pointer came to; a click on a dot trains it again.
    Datasets: dots (row, variant, activation, seed, steps, state, recorded, parity), medians (row, activation, steps, label), frame
    (steps).
    Source: the measurement of core.network.ablation.
    """
    # Labels that would overlap are left out by the axis itself.
    marks = [digit * 10**power for power in range(6) for digit in (1, 2, 3, 4, 5, 7)]
    axis = alt.Axis(title="optimiser steps, on a log scale", values=marks, format=",d")
    x = alt.X("steps:Q", scale=alt.Scale(type="log", nice=False), axis=axis)
    names = alt.Axis(
        title=None,
        values=list(range(len(_LABELS))),
        labelExpr=f"{_LABELS}[datum.value]",
        labelFontSize=13,
        labelColor=alt.ExprRef(
            f"scale('color', {[variant.known.label for variant in VARIANTS.values()]}[datum.value])"
        ),
        labelLimit=160,
        grid=False,
        ticks=False,
        domain=False,
    )
    # Rows are numbers, not names: with names, an offset per seed would need a band whose height follows the seeds.
    y = alt.Y("row:Q", scale=alt.Scale(domain=[len(_LABELS) - 0.5, -0.5 - HEAD / ROW], nice=False), axis=names)
    over = alt.selection_point(
        name=HOVER, fields=["variant", "seed"], on="pointerover", clear="pointerout", toggle=False, empty=False
    )
    pick = alt.selection_point(name="pick", fields=["variant", "seed", "parity"], on=TAP, clear=False, toggle=False)
    dots = (
        alt.Chart(alt.NamedData("dots"))
        .mark_point(filled=True, opacity=0.9, cursor="pointer")
        .encode(
            x=x,
            y=y,
            tooltip=alt.value(None),
            size=alt.condition(over, alt.value(260), alt.value(90), empty=False),
            color=activation_colour(),
            shape=alt.Shape(
                "state:N", scale=alt.Scale(domain=["arrived", "not arrived"], range=["circle", "cross"]), legend=None
            ),
        )
        .add_params(pick, over)
        .properties(name="dots")
    )
    medians = alt.Chart(alt.NamedData("medians")).encode(x=x, y=y)
    ticks = medians.mark_tick(thickness=2.5, size=TICK, color=NEUTRAL)
    counts = clear(
        medians.encode(text="label:N", color=activation_colour()),
        baseline="bottom",
        dy=-TICK / 2 - 1,
        fontSize=13,
        fontWeight=600,
    )
    frame = alt.Chart(alt.NamedData("frame")).mark_point(opacity=0).encode(x=x)
    layers = [frame, ticks, dots, *counts, *_recorded(over)]
    return alt.layer(*layers).properties(height=ROW * len(_LABELS) + HEAD)


def _recorded(over: alt.Parameter) -> list[alt.Chart]:
    """What the dot under the pointer came to, in two lines, on a phone in three; a word to start with where it is over none."""
    place = {"x": alt.XValue(alt.ExprRef(f"{_SLIM} ? -100 : 0")), "y": alt.value(2)}
    look: dict[str, Any] = {"align": "left", "baseline": "top", "lineBreak": "|", "color": NEUTRAL}
    run = (
        alt.Chart(alt.NamedData("dots"))
        .transform_filter(over)
        .transform_calculate(
            text=f"{_SLIM} ? datum.run + '|' + datum.read + '|' + datum.shares : datum.run + '|' + datum.read + ', ' + datum.shares"
        )
        .mark_text(fontSize=13, **look)
        .encode(**place, text="text:N")
        .properties(name="recorded")
    )
    first = (
        alt.Chart(alt.sequence(0, 1, as_="i"))
        .mark_text(
            fontSize=13,
            opacity=alt.ExprRef(f"length(data('{HOVER}_store')) ? 0 : 1"),
            text="Point at a dot: its run, as it was recorded.",
            **look,
        )
        .encode(**place)
    )
    return [run, first]


_SLIM = "width < 420"
"""A phone."""


def trace(*, quantity: str, few: bool) -> alt.TopLevelMixin:
    """One quantity of a run under way against the optimiser step: median and range of the seeds, a line per variant.

    How to read it: the curves grow while the networks train. For the loss, the dotted rule is the target, and a ring
    stands where the shipped table says that a run arrives: the curve should pass through it. Grey dashes are the
    network with half its hidden units flipped; they lie on top of the sigmoid's curve where the two train alike.
    Datasets: curves (variant, activation, flipped, step, mid, low, high), arrivals (activation, step, value), target
    (value), frame (step), and where there are few curves ends (the last row of each, and high).
    Source: the measurement of core.network.runs.
    """
    title, scale, form, ticks = _AXES[quantity]
    x = alt.X("step:Q", axis=alt.Axis(title="optimiser step", format=",d", tickMinStep=1))
    y = alt.Y("mid:Q", scale=scale, axis=alt.Axis(title=title, format=form, tickCount=5, values=ticks))
    legend = (
        None
        if few
        else alt.Legend(title=None, orient="top", symbolOpacity=1, values=_COLOURED, columns=alt.ExprRef(_COLUMNS))
    )
    colour = activation_colour(legend=legend)
    curves = alt.Chart(alt.NamedData("curves"))
    plain, flipped = (curves.transform_filter(f"datum.flipped == {n}") for n in (0, 1))
    band = plain.mark_area(opacity=0.15).encode(x=x, y=alt.Y("low:Q", title=title), y2="high:Q", color=colour)
    lines = plain.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour)
    dashes = flipped.mark_line(strokeWidth=2, strokeDash=[4, 5], color=NEUTRAL).encode(x=x, y=y, detail="variant:N")
    target = alt.Chart(alt.NamedData("target")).mark_rule(strokeDash=[2, 3], color=NEUTRAL, size=2)
    rings = (
        alt.Chart(alt.NamedData("arrivals"))
        .mark_point(size=70, strokeWidth=2, filled=False)
        .encode(x=x, y=alt.Y("value:Q"), color=colour)
    )
    frame = alt.Chart(alt.NamedData("frame")).mark_point(opacity=0).encode(x=x)
    layers = [frame, band, lines, dashes, target.encode(y=alt.Y("value:Q")), rings]
    if few:
        ends = alt.Chart(alt.NamedData("ends"))
        for high, up in ((0, -12), (1, -27)):
            names = ends.transform_filter(f"datum.high == {high}")
            # A flipped network's curve is grey, and so is its name.
            for own, painted in ((0, colour), (1, alt.value(NEUTRAL))):
                some = names.transform_filter(f"datum.flipped == {own}")
                some = some.encode(x=x, y=y, text="variant:N", color=painted)
                layers += clear(some, align="right", dy=up, fontSize=13)
    return alt.layer(*layers).properties(height=400)


_COLUMNS = "width > 560 ? 4 : 2"
# Room beyond the ends, so that neither a curve at 0 nor the name over one at 1 lies on an edge.
_SHARE = alt.Scale(domain=[-0.04, 1.1], nice=False)
_QUARTERS = [0, 0.25, 0.5, 0.75, 1]
_AXES: dict[str, tuple[str, alt.Scale, str, Any]] = {
    "loss": ("training loss", alt.Scale(type="log", nice=False), "~g", alt.Undefined),
    "accuracy": ("accuracy on held-out digits", _SHARE, "%", _QUARTERS),
    "locked": ("share of neurons", _SHARE, "%", _QUARTERS),
    "bits": ("bits per pair of weights", alt.Scale(domain=[-0.08, 2.2], nice=False), "~g", [0, 0.5, 1, 1.5, 2]),
    "gradient": ("gradient norm", alt.Scale(type="log", nice=False), "~e", alt.Undefined),
    "saturated": ("share of units", _SHARE, "%", _QUARTERS),
}
