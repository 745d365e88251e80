"""The pictures of `/cures`."""

from collections.abc import Sequence

import altair as alt

from dashboard.look.colours import NEUTRAL, activation_colour
from dashboard.look.ends import ends
from dashboard.look.formats import three_expression as three
from dashboard.look.hand import Hold, sliders
from dashboard.look.panels import IN_PIXELS
from dashboard.topics.cures import charts_live as live
from dashboard.topics.cures.closed_form import RUNNERS


def race(*, hand: Sequence[Hold], uniform: bool) -> alt.TopLevelMixin:
    """One valley and one start, and five ways down, each at its own rate: plain descent, momentum, Adam, the same inputs centred, and
    the gradient whitened.

    How to read it: above, the ways through the valley. Its axes are two of the weights, one of each half of them, and it lies across
    both, since all inputs share a mean. Below, the race: a lane a runner, from the first loss on the left to the goal on the
    right, and the steps it takes at the end. The sliders move the race and the valley; Adam, which has no closed form, goes pale
    meanwhile and follows on release.
    Datasets: panels, law, moments and adam, as `frames` makes them.
    Source: after Goh, Why momentum really works, Distill 2017.
    """
    layers = [
        live.PANELS.frame(),
        live.contours(),
        *live.paths(),
        *ends(live.PANELS),
        live.heads(),
        *live.lanes(),
        *live.notes(),
        live.carrier(),
        live.moments(),
    ]
    return (
        alt.layer(*layers)
        .add_params(*live.params(hand, uniform))
        .resolve_scale(color="independent", shape="independent", x="independent", y="independent")
        .properties(height=400, **IN_PIXELS)
    )


LINE, HEAD = 17, 7 * 17 + 12
"""Pixels of a line of what the cursor reads, and of all of them, over the curves."""


def lopsidedness(*, hand: Sequence[Hold]) -> alt.TopLevelMixin:
    """(mu / s)^2 of every activation's outputs against the spread of z, a curve for each that differs.

    How to read it: each input with such outputs adds as much to kappa. Sigmoid's curve is the high one on the left: where z hardly
    spreads, its outputs hardly do, and their mean stays. ReLU's is level. Whatever is centred lies on 0. The cursor reads all.
    Datasets: curves (spread, lopsidedness, activation) and readings (k, spread, lopsidedness, activation, row, names, n).
    Source: after LeCun, Bottou, Orr and Muller, Efficient BackProp, 1998, section 4.3.
    """
    x = alt.X(
        "spread:Q",
        scale=alt.Scale(type="log", domain=[0.2, 12], nice=False),
        axis=alt.Axis(title="spread of z", format="~f", values=[0.2, 0.5, 1, 2, 5, 10], grid=False),
    )
    y = alt.Y(
        "lopsidedness:Q",
        # Logarithmic, but for what is near 0, which has its place too.
        scale=alt.Scale(type="symlog", constant=0.1, domain=[0, 120], range=[alt.ExprRef("height"), HEAD], nice=False),
        axis=alt.Axis(
            title="lopsidedness (μ/s)²",
            labelExpr="datum.value",
            values=[0, 0.1, 0.5, 1, 5, 20, 100],
            titleAnchor="start",
        ),
    )
    lines = (
        alt.Chart(alt.NamedData("curves"))
        .mark_line(strokeWidth=2.5, clip=True)
        .encode(x=x, y=y, color=activation_colour())
    )
    read = alt.Chart(alt.NamedData("readings")).transform_filter("abs(datum.spread - hand_cursor) < 0.05")
    rule = read.transform_filter("datum.row == 0").mark_rule(size=1.5, color=NEUTRAL)
    rule = rule.encode(x=x, y=alt.value(HEAD), y2=alt.value("height"))
    dots = read.mark_circle(size=100, opacity=1, stroke="white", strokeWidth=1.5).encode(
        x=x, y=y, color=activation_colour()
    )
    text = (
        f"datum.names + ': ' + {three('datum.lopsidedness')} + (width < 400 ? ', κ ' : ', and κ of ' + datum.n + ' inputs ')"
        f" + {three('1 + datum.n * datum.lopsidedness')}"
    )
    notes = (
        read.transform_calculate(text=text)
        .mark_text(align="left", fontSize=13, dy=alt.ExprRef(f"datum.row * {LINE} + 6"))
        .encode(x=alt.value(4), y=alt.value(0), text="text:N", color=activation_colour())
    )
    return (
        alt.layer(lines, rule, dots.properties(name="dots"), notes.properties(name="read"))
        .add_params(*sliders(hand))
        .properties(height=HEAD + 250, usermeta={"embedOptions": {"renderer": "svg"}})
    )


def rates() -> alt.TopLevelMixin:
    """How lopsided each method feels a valley, against how lopsided it is, each at its best; momentum also with beta fixed at 0.9.

    How to read it: plain descent feels what there is. Momentum's lines rise half as steeply: it feels the square root. The line of
    beta = 0.9 is level where that is more than is needed, above plain descent's on the left; on the far right it is too little.
    The dots are your valley.
    Datasets: rates (kappa, felt, method), ends (the last point of each) and here (kappa, felt, method).
    Source: Polyak 1964; Goh, Why momentum really works, Distill 2017.
    """
    x = alt.X(
        "kappa:Q",
        scale=alt.Scale(type="log", nice=False),
        axis=alt.Axis(title="how lopsided the valley is, κ", format=",~f", tickCount=5),
    )
    y = alt.Y(
        "felt:Q",
        scale=alt.Scale(type="log", nice=False),
        axis=alt.Axis(title="κ as it is felt", format=",~f", tickCount=5),
    )
    colour = alt.Color(
        "method:N",
        scale=alt.Scale(domain=list(METHOD_COLOURS), range=list(METHOD_COLOURS.values())),
        legend=alt.Legend(title=None, orient="top", columns=2, labelLimit=260, symbolType="stroke"),
    )
    dash = alt.StrokeDash(
        "method:N",
        scale=alt.Scale(domain=list(METHOD_COLOURS), range=[[1, 0], [1, 0], [8, 4], [2, 3]]),
        legend=None,
    )
    lines = alt.Chart(alt.NamedData("rates")).mark_line(strokeWidth=2.5).encode(x=x, y=y, color=colour, strokeDash=dash)
    here = (
        alt.Chart(alt.NamedData("here"))
        .mark_circle(size=110, opacity=1, stroke="white", strokeWidth=1.5)
        .encode(x=x, y=y, color=colour)
    )
    return alt.layer(lines, here).properties(height=320)


METHOD_COLOURS = {
    "plain descent": RUNNERS[0].colour,
    "momentum, best β": RUNNERS[1].colour,
    "Nesterov, best β": RUNNERS[1].colour,
    "momentum, β = 0.9": RUNNERS[1].colour,
}
"""The lines of the picture of the rates, and their colours: momentum's are told apart by their dashes."""


LINE_TALL = 46
"""Pixels of a network's row: a line for each optimiser."""


def network(*, labels: Sequence[str]) -> alt.TopLevelMixin:
    """Steps until the training loss is 0.1, a dot per seed, a row for each network and a line in it for each optimiser, on a log axis.

    How to read it: further left is faster; the tick is the median of the seeds, in number at the right edge. A hollow dot at the right edge is a run
    that has not arrived within its cap, or has diverged. Optimisers wear the colours and shapes that they have in the race. Each
    line is at its own best learning rate.
    Datasets: dots (row, network, name, seed, steps, state, eta), medians (row, name, steps, told), edges (steps).
    Source: the measurement of core.network.cures_run.
    """
    marks = [digit * 10**power for power in range(6) for digit in (1, 2, 3, 5)]
    x = alt.X(
        "steps:Q",
        scale=alt.Scale(type="log", nice=False),
        axis=alt.Axis(title="optimiser steps", values=marks, format=",d"),
    )
    names = alt.Axis(
        title=None,
        values=list(range(len(labels))),
        # On a phone a name stands in two lines.
        labelExpr=f"split({list(labels)}[datum.value], ', ')",
        labelFontSize=13,
        labelLimit=alt.ExprRef("width < 300 ? 125 : 240"),
        grid=False,
        ticks=False,
        domain=False,
    )
    y = alt.Y("row:Q", scale=alt.Scale(domain=[len(labels) - 0.5, -0.5], nice=False), axis=names)
    shown = RUNNERS[: len(_WAYS)]
    painted = alt.Scale(domain=_WAYS, range=[one.colour for one in shown])
    shapes = alt.Scale(domain=_WAYS, range=[one.shape for one in shown])
    legend = alt.Legend(title=None, orient="top", symbolOpacity=1)
    colour = alt.Color("name:N", scale=painted, legend=legend)
    dots = (
        alt.Chart(alt.NamedData("dots"))
        .mark_point(opacity=0.85, size=55, strokeWidth=1.5)
        .encode(
            x=x,
            y=y,
            # Without a line of its own a hollow dot is none.
            color=colour,
            fill=alt.Fill("name:N", scale=painted, legend=legend),
            shape=alt.Shape("name:N", scale=shapes, legend=legend),
            fillOpacity=alt.condition("datum.state === 'arrived'", alt.value(1), alt.value(0)),
            tooltip=[
                alt.Tooltip("network:N", title="network"),
                alt.Tooltip("name:N", title="optimiser"),
                alt.Tooltip("seed:Q", title="seed"),
                alt.Tooltip("told:N", title="steps"),
                alt.Tooltip("label:N", title="learning rate"),
            ],
        )
    )
    middles = alt.Chart(alt.NamedData("medians")).encode(x=x, y=y, color=colour)
    ticks = middles.mark_tick(thickness=2.5, size=13)
    # In a column of their own: beside a dot a number would seem to be that dot's.
    edge = alt.value(alt.ExprRef("width"))
    told = middles.mark_text(align="right", fontSize=12, fontWeight=600).encode(x=edge, text="told:N")
    over = alt.Chart(alt.sequence(0, 1, as_="i")).mark_text(align="right", fontSize=12, color=NEUTRAL, text="median")
    over = over.encode(x=edge, y=alt.value(-2))
    frame = alt.Chart(alt.NamedData("edges")).mark_point(opacity=0, aria=False).encode(x=x)
    return alt.layer(frame, ticks, dots, told, over).properties(height=LINE_TALL * len(labels) + 80)


_WAYS = [one.name for one in RUNNERS[:3]]
"""The optimisers among the runners."""
