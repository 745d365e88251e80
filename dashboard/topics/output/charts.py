"""The pictures of `/output`."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from dashboard.look.colours import NEUTRAL
from dashboard.look.hand import Hold, sliders
from dashboard.look.names import clear
from dashboard.topics.output.charts_live import (
    COST_NAMES,
    NARROW,
    POINTS,
    SHAPE,
    colour,
    curve_names,
    neurons,
    pushed,
    signals,
)

STANDS = 100
"""The slider of the picture stands at this many steps of a run, evenly spaced, and at its start: at percents of the run."""


def gradients(*, hand: Sequence[Hold]) -> alt.TopLevelMixin:
    """dL/dz against z for squared error and cross-entropy, with two neurons that learn side by side.

    How to read it: a curve is how hard the cost pushes z; the pale band is where the output is within 0.1 of the target.
    Both neurons start at the same z0 = w + b, which the hand moves; the other slider moves time: each dot slides along its
    curve, fast where the curve is high, hardly at all where it lies on the axis. Above: each neuron's output, and dL/dz as
    the product of dL/da and the slope.
    Datasets: held (start, stand, steps, target, edge, low, high), places (cost, start, stand, z), as `frames` makes them.
    Source: Nielsen, Neural Networks and Deep Learning, ch. 3.
    """
    x = alt.X(
        "z:Q",
        scale=alt.Scale(domainMin=alt.ExprRef("left"), domainMax=alt.ExprRef("right"), nice=False, zero=False),
        axis=alt.Axis(title="pre-activation z", format="~f", tickCount=8),
    )
    room = alt.ExprRef(f"(target ? 0 : 1) + ({NARROW} ? 0.56 : 0.28)")
    y = alt.Y(
        "gradient:Q",
        scale=alt.Scale(domainMin=alt.ExprRef("target ? -1 : 0"), domainMax=room, nice=False),
        axis=alt.Axis(
            title="gradient dL/dz",
            format="~f",
            values=[k / 5 for k in range(-5, 6)],
            labelExpr="target ? datum.value > 1e-9 ? '' : datum.label : datum.value < -1e-9 ? '' : datum.label",
            titleAnchor="start",
        ),
    )
    # Drawn over what was measured, so that the signals have it: data that no layer draws are left out.
    held = alt.Chart(alt.NamedData("held"))
    goal = (
        held.transform_calculate(z="target ? datum.edge : left", far="target ? right : datum.edge")
        .mark_rect(color=NEUTRAL, opacity=0.16)
        .encode(x=x, x2="far:Q")
    )
    curves = alt.Chart(alt.sequence(0, 2 * POINTS, as_="i")).transform_calculate(
        cost=f"datum.i < {POINTS} ? '{COST_NAMES[0]}' : '{COST_NAMES[1]}'",
        z=f"left + (right - left) * (datum.i % {POINTS}) / {POINTS - 1}",
    )
    lines = pushed(curves).mark_line(strokeWidth=2.5).encode(x=x, y=y, color=colour())
    begin = held.transform_calculate(
        z="z0", gradient="target ? -1 : 0", high="target ? 0 : 1", middle="target ? -0.5 : 0.5"
    )
    rule = begin.mark_rule(strokeDash=[2, 3], size=1.5, color=NEUTRAL).encode(x=x, y=y, y2="high:Q")
    rule_name = clear(
        begin.encode(x=x, y=alt.Y("middle:Q")), angle=270, dy=-8, fontSize=12, color=NEUTRAL, text="start"
    )
    layers = [goal, rule, lines, *rule_name, *curve_names(x, y), *neurons(x, y)]
    return (
        alt.layer(*layers)
        .add_params(*sliders(hand), *signals())
        .properties(height=400, usermeta={"embedOptions": {"renderer": "svg"}})
    )


def starts() -> alt.TopLevelMixin:
    """Steps until the output is within 0.1 of the target, against the start z0, on a logarithmic axis.

    How to read it: solid is descent itself, as far as it was run; dashed is the continuous-time answer, which goes on
    where descent was cut off at 10,000 steps (dotted rule). A straight climb is e times the steps for each unit of
    z0; a curve that flattens is a fixed number more. The marks are your start; left of 0 it is on the right side already.
    Datasets: sweep (wrong, steps, cost, kind), names (wrong, steps, cost), here (wrong, steps, cost), limit (steps).
    Source: Nielsen, ch. 3; gradient flow in closed form.
    """
    x = alt.X(
        "wrong:Q",
        scale=alt.Scale(nice=False, zero=False),
        axis=alt.Axis(title="start z₀, on the wrong side", format="~f"),
    )
    y = alt.Y(
        "steps:Q",
        scale=alt.Scale(type="log", nice=False),
        axis=alt.Axis(title="steps to the goal", values=[10**k for k in range(13)], format="~s"),
    )
    lines = (
        alt.Chart(alt.NamedData("sweep"))
        .mark_line(strokeWidth=2.5)
        .encode(x=x, y=y, color=colour(), strokeDash=alt.StrokeDash("kind:N", sort=None, legend=None))
    )
    limit = alt.Chart(alt.NamedData("limit"))
    rule = limit.mark_rule(strokeDash=[2, 3], size=1.5, color=NEUTRAL).encode(y=y)
    rule_name = clear(
        limit.encode(x=alt.value(0), y=y),
        align="left",
        baseline="bottom",
        dx=4,
        dy=-4,
        fontSize=12,
        color=NEUTRAL,
        text="descent is run to here; dashed: continuous time",
    )
    names = clear(
        alt.Chart(alt.NamedData("names")).encode(x=x, y=y, text="cost:N", color=colour()),
        align="right",
        dy=-10,
        fontSize=13,
        fontWeight=600,
    )
    here = (
        alt.Chart(alt.NamedData("here"))
        .mark_point(filled=True, size=170, opacity=1, stroke="white", strokeWidth=1.5)
        .encode(x=x, y=y, color=colour(), shape=SHAPE)
    )
    return alt.layer(rule, lines, *rule_name, *names, here).properties(height=300)


def outputs() -> alt.TopLevelMixin:
    """The output a of both neurons by step.

    How to read it: the dotted rule is the goal. A flat stretch at the start is a neuron that is wrong and hardly moves.
    Datasets: runs (step, a, loss, cost), ends (step, a, loss, cost), goal (a).
    Source: Nielsen, ch. 3.
    """
    rule = alt.Chart(alt.NamedData("goal")).mark_rule(strokeDash=[2, 3], size=1.5, color=NEUTRAL).encode(y="a:Q")
    return alt.layer(*_by_step("a", alt.Scale(domain=[0, 1]), "output a"), rule).properties(height=250)


def losses() -> alt.TopLevelMixin:
    """The loss of both neurons by step, each its own cost, on one logarithmic axis.

    How to read it: the two losses are different quantities, so compare their shapes and not their heights.
    Datasets: runs (step, a, loss, cost), ends (step, a, loss, cost).
    Source: Nielsen, ch. 3.
    """
    scale = alt.Scale(type="log")
    return alt.layer(*_by_step("loss", scale, "loss", values=[10.0**k for k in range(-12, 4)])).properties(height=230)


NAMED = 106
"""Pixels behind the ends of the lines by step, where their names stand."""


def _by_step(field: str, scale: alt.Scale, title: str, **axis: Any) -> list[alt.Chart]:
    """Both lines, and their names behind their ends."""
    seen = alt.Axis(title="step", format="d", labelExpr="datum.value > data('ends')[0].step ? '' : datum.label")
    x = alt.X("step:Q", scale=alt.Scale(nice=False), axis=seen)
    y = alt.Y(f"{field}:Q", scale=scale, axis=alt.Axis(title=title, tickCount=5, format="~g", **axis))
    lines = alt.Chart(alt.NamedData("runs")).mark_line(strokeWidth=2.5).encode(x=x, y=y, color=colour())
    ends = alt.Chart(alt.NamedData("ends"))
    names = (
        # Where both lines end in one place, the second name stands below the first.
        ends.transform_window(rank="row_number()", sort=[alt.SortField(field, order="descending")])
        .mark_text(align="left", dx=6, dy=alt.ExprRef("datum.rank == 1 ? -5 : 6"), fontSize=13, fontWeight=600)
        .encode(x=x, y=y, text="cost:N", color=colour())
    )
    room = (
        ends.transform_calculate(room=f"datum.step * width / max(width - {NAMED}, 1)")
        .mark_point(opacity=0)
        .encode(x=alt.X("room:Q"))
    )
    return [lines, names, room]
