"""Two loss landscapes and the paths of gradient descent through them, for every page that draws some."""

from collections.abc import Sequence

import altair as alt

from dashboard.look.colours import NEUTRAL, activation_colour
from dashboard.look.hand import Hold, sliders
from dashboard.look.panels import IN_PIXELS, Panels

REACH_X, REACH_Y = 2.6, 2.35
"""A landscape shows weights w1 from -REACH_X to REACH_X and w2 from -REACH_Y to REACH_Y: every start and target, with room
for its name."""

STEPS = 60
"""How many steps a landscape's slider goes through."""


def landscape(panels: Panels) -> list[alt.Chart]:
    """The layers: contours, the path up to the step `k`, where it stands, start and target.

    Datasets: contours (panel, curve, order, x, y), path (panel, piece, step, x, y, activation), heads (panel, step, x, y,
    activation) and ends (panel, x, y, end, above), as `dashboard.look.descent` makes them.
    """
    contours = (
        panels.place("contours")
        .mark_line(strokeWidth=1, opacity=0.45, color=NEUTRAL)
        .encode(detail=["panel:N", "curve:N"], order="order:Q")
    )
    sofar = panels.place("path").transform_filter("datum.step <= k")
    line = sofar.mark_line(strokeWidth=2).encode(
        detail=["panel:N", "piece:N"], order="step:Q", color=activation_colour()
    )
    dots = sofar.mark_circle(size=16, opacity=0.9).encode(color=activation_colour())
    head = (
        panels.place("heads")
        .transform_filter("datum.step == k")
        .mark_circle(size=110, opacity=1, stroke="white", strokeWidth=1.5)
        .encode(color=activation_colour())
        .properties(name="head")
    )
    marks = panels.place("ends")
    ends = marks.mark_point(filled=False, strokeWidth=2, size=110, color=NEUTRAL).encode(
        shape=alt.Shape("end:N", scale=alt.Scale(domain=["start", "target"], range=["square", "cross"]), legend=None)
    )
    # Away from each other, so that the path between them crosses no name.
    names = marks.mark_text(dy=alt.ExprRef("datum.above ? -15 : 16"), fontSize=12, color=NEUTRAL).encode(text="end:N")
    return [contours, line, dots, ends, names, head]


def two_landscapes(panels: Panels, hand: Sequence[Hold]) -> alt.TopLevelMixin:
    """Two framed landscapes and their paths; a slider called `step` moves both. Datasets: panels, and those of `landscape`."""
    return (
        alt.layer(*panels.frames(), *landscape(panels))
        .add_params(*sliders(hand), alt.param(name="k", expr="hand_step"), *panels.layout())
        .resolve_scale(color="independent")
        .properties(height=400, **IN_PIXELS)
    )
