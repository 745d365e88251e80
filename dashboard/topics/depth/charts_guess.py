"""The picture of `/depth` that a visitor draws: where the gradient will be."""

import altair as alt

from dashboard.look.colours import NEUTRAL, activation_colour
from dashboard.topics.depth.charts import TITLES

LAYERS, DEEPEST, STEP = 20, 30, 0.5
"""The drawn guess: where the gradient is LAYERS back, as a power of ten from 0 down to minus DEEPEST."""


def guess() -> alt.TopLevelMixin:
    """Draw where the gradient will be after 20 layers, then reveal where it is.

    How to read it: drag in the picture, or move the slider, to tilt your line: it goes from 1 at the output to your power
    of ten 20 layers back. The box shows the measurement, median and band; your line stays.
    Datasets: levels (level, foot, head, left, right, top, bottom, text), answer (back, low, value, high, activation), bound (back, value), texts (back,
    value, text, activation), bound_text (back, value, text).
    Source: `gradients`.
    """
    drawn = alt.selection_point(
        name="guess",
        fields=["level"],
        value=-10,
        bind=alt.binding_range(min=-DEEPEST, max=0, step=STEP, name="your power of ten "),
        on="pointerdown, [pointerdown, window:pointerup] > pointermove",
        nearest=False,
        toggle=False,
        clear=False,
        empty=False,
    )
    reveal = alt.param(name="reveal", value=False, bind=alt.binding_checkbox(name="reveal "))
    cells = (
        alt.Chart(alt.NamedData("levels"))
        .mark_rect(opacity=0, cursor="ns-resize")
        .encode(x=alt.X("left:Q"), x2="right:Q", y=alt.Y("foot:Q"), y2="head:Q")
        .add_params(drawn)
    )
    return alt.layer(*_revealed(), *_guessed(drawn), cells).add_params(reveal).properties(height=300)


def _revealed() -> list[alt.Chart]:
    """What stands in the picture once it is revealed: the measurement, the dotted line, and their numbers."""
    y = alt.Y(
        "value:Q",
        scale=alt.Scale(domain=[-DEEPEST - 2, 0], nice=False),
        axis=alt.Axis(title=TITLES["delta"], format="~f"),
    )
    x = alt.X(
        "back:Q",
        scale=alt.Scale(domain=[0, LAYERS], nice=False),
        axis=alt.Axis(title="layers back from the output", format="d", tickCount=10),
    )

    def over(data: str) -> alt.Chart:
        return alt.Chart(alt.NamedData(data)).transform_filter("reveal")

    band = over("answer").mark_area(opacity=0.25).encode(x=x, y=alt.Y("low:Q"), y2="high:Q", color=activation_colour())
    # A line that is not there yet has no name to read out.
    median = over("answer").mark_line(strokeWidth=2.5, aria=False).encode(x=x, y=y, color=activation_colour())
    bound = (
        over("bound")
        .mark_line(strokeDash=[1, 4], strokeCap="round", strokeWidth=2.5, color=NEUTRAL, aria=False)
        .encode(x=x, y=y)
    )
    texts = (
        over("texts")
        .mark_text(align="left", dx=10, dy=-28, fontSize=13, fontWeight=600)
        .encode(x=x, y=y, text="text:N", color=activation_colour())
    )
    bound_text = (
        over("bound_text")
        .mark_text(align="left", dx=6, dy=-8, fontSize=13, color=NEUTRAL)
        .encode(x=x, y=y, text="text:N")
    )
    return [band, median, bound, texts, bound_text]


def _guessed(drawn: alt.Parameter) -> list[alt.Chart]:
    """The visitor's line, its end and its number."""
    mine = alt.Chart(alt.NamedData("levels")).transform_filter(drawn)
    line = mine.mark_rule(strokeWidth=3, color=NEUTRAL).encode(
        x=alt.X("left:Q"), x2="right:Q", y=alt.Y("top:Q"), y2="level:Q"
    )
    tip = mine.mark_circle(size=160, color=NEUTRAL, opacity=1).encode(x=alt.X("right:Q"), y=alt.Y("level:Q"))
    # The numbers stand where no line gets to: below the start.
    name = mine.mark_text(align="left", dx=10, dy=-10, fontSize=13, fontWeight=600, color=NEUTRAL).encode(
        x=alt.X("left:Q"), y=alt.Y("bottom:Q"), text="text:N"
    )
    return [line, tip, name]
