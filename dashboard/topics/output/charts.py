"""The pictures of `/output`."""

from typing import Any

import altair as alt

from dashboard.look.colours import NEUTRAL

COST_NAMES = ("squared error", "cross-entropy")
"""The costs by name, in the order of `core.output.COSTS`."""

STANDS = 100
"""The slider of the picture stands at this many steps of a run, evenly spaced, and at its start."""

COLOURS = tuple(
    alt.ExprRef(f"luminance(background) > 0.5 ? '{dark}' : '{light}'")
    for dark, light in (("#8E3F8D", "#D08BD0"), ("#0F6F71", "#4FC4C6"))
)
"""Colours of the two costs, on a light and on a dark page: neither neuron's activation differs, so these are none of an
activation's."""


def _colour(field: str = "cost") -> alt.Color:
    return alt.Color(f"{field}:N", scale=alt.Scale(domain=list(COST_NAMES), range=list(COLOURS)), legend=None)


_SHAPE = alt.Shape("cost:N", scale=alt.Scale(domain=list(COST_NAMES), range=["circle", "diamond"]), legend=None)


def gradients(*, pinned: int, stride: int) -> alt.TopLevelMixin:
    """dL/dz against z for squared error and cross-entropy, with two neurons that learn side by side.

    How to read it: a curve is how hard the cost pushes z; the pale band is where the output is within 0.1 of the target.
    Both neurons start at the same z. The slider moves time: each dot slides along its curve, fast where the curve is
    high, hardly at all where it lies on the axis.
    Datasets: curves (z, cost, gradient), start (z, low, high, gradient, text), goal (low, high), dots (step, z, gradient,
    cost), notes (step, z, gradient, text, cost), as `frames` makes them.
    Source: Nielsen, Neural Networks and Deep Learning, ch. 3.
    """
    step = alt.param(
        name="k", value=pinned, bind=alt.binding_range(min=0, max=STANDS * stride, step=stride, name="step ")
    )
    x = alt.X("z:Q", scale=alt.Scale(nice=False, zero=False), axis=alt.Axis(title="pre-activation z", format="~f"))
    y = alt.Y(
        "gradient:Q",
        scale=alt.Scale(nice=False),
        axis=alt.Axis(title="gradient dL/dz", format="~f", tickCount=6, titleAnchor="start"),
    )
    goal = alt.Chart(alt.NamedData("goal")).mark_rect(color=NEUTRAL, opacity=0.16).encode(x=alt.X("low:Q"), x2="high:Q")
    lines = alt.Chart(alt.NamedData("curves")).mark_line(strokeWidth=2.5).encode(x=x, y=y, color=_colour())
    start = alt.Chart(alt.NamedData("start"))
    # Only as high as the curves, below what the neurons say.
    begin = start.mark_rule(strokeDash=[2, 3], size=1.5, color=NEUTRAL).encode(x=x, y=alt.Y("low:Q"), y2="high:Q")
    begin_name = start.mark_text(angle=270, dy=-8, fontSize=12, color=NEUTRAL).encode(x=x, y=y, text="text:N")
    dots = (
        alt.Chart(alt.NamedData("dots"))
        .transform_filter("datum.step == k")
        .mark_point(filled=True, size=190, opacity=1, stroke="white", strokeWidth=1.5)
        .encode(x=x, y=y, color=_colour(), shape=_SHAPE)
    )
    notes = (
        alt.Chart(alt.NamedData("notes"))
        .transform_filter("datum.step == k")
        .mark_text(align="left", baseline="top", fontSize=13, dx=4, dy=3)
        .encode(x=x, y=y, text="text:N", color=_colour())
    )
    return alt.layer(goal, begin, begin_name, lines, notes, dots).add_params(step).properties(height=360)


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
        axis=alt.Axis(title="start: z0 on the wrong side", format="~f"),
    )
    y = alt.Y(
        "steps:Q",
        scale=alt.Scale(type="log", nice=False),
        axis=alt.Axis(title="steps to the goal", values=[10**k for k in range(13)], format="~s"),
    )
    lines = (
        alt.Chart(alt.NamedData("sweep"))
        .mark_line(strokeWidth=2.5)
        .encode(
            x=x,
            y=y,
            color=_colour(),
            strokeDash=alt.StrokeDash(
                "kind:N", sort=None, legend=alt.Legend(title=None, orient="top", labelLimit=260, columns=1)
            ),
        )
    )
    rule = alt.Chart(alt.NamedData("limit")).mark_rule(strokeDash=[2, 3], size=1.5, color=NEUTRAL).encode(y=y)
    names = (
        alt.Chart(alt.NamedData("names"))
        .mark_text(align="right", dy=-10, fontSize=13, fontWeight=600)
        .encode(x=x, y=y, text="cost:N", color=_colour())
    )
    here = (
        alt.Chart(alt.NamedData("here"))
        .mark_point(filled=True, size=170, opacity=1, stroke="white", strokeWidth=1.5)
        .encode(x=x, y=y, color=_colour(), shape=_SHAPE)
    )
    return alt.layer(rule, lines, names, here).properties(height=300)


def outputs() -> alt.TopLevelMixin:
    """The output a of both neurons by step.

    How to read it: the dotted rule is the goal. A flat stretch at the start is a neuron that is wrong and hardly moves.
    Datasets: runs (step, a, loss, cost), goal (a).
    Source: Nielsen, ch. 3.
    """
    rule = alt.Chart(alt.NamedData("goal")).mark_rule(strokeDash=[2, 3], size=1.5, color=NEUTRAL).encode(y="a:Q")
    return alt.layer(_by_step("a", alt.Scale(domain=[0, 1]), "output a"), rule).properties(height=270)


def losses() -> alt.Chart:
    """The loss of both neurons by step, each its own cost, on one logarithmic axis.

    How to read it: the two losses are different quantities, so compare their shapes and not their heights.
    Datasets: runs (step, a, loss, cost).
    Source: Nielsen, ch. 3.
    """
    return _by_step("loss", alt.Scale(type="log"), "loss", values=[10.0**k for k in range(-12, 4)]).properties(
        height=240
    )


def _by_step(field: str, scale: alt.Scale, title: str, **axis: Any) -> alt.Chart:
    return (
        alt.Chart(alt.NamedData("runs"))
        .mark_line(strokeWidth=2.5)
        .encode(
            x=alt.X("step:Q", axis=alt.Axis(title="step", format="d")),
            y=alt.Y(f"{field}:Q", scale=scale, axis=alt.Axis(title=title, tickCount=5, format="~g", **axis)),
            color=alt.Color(
                "cost:N",
                scale=alt.Scale(domain=list(COST_NAMES), range=list(COLOURS)),
                legend=alt.Legend(title=None, orient="top"),
            ),
        )
    )
