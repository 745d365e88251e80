"""The sample that is in the hand on `/signs`: its signals, its multiplication table, and what it makes in words."""

from collections.abc import Sequence

import altair as alt

from dashboard.look.closed_form import rows
from dashboard.look.colours import DOWN, NEUTRAL, UP, ZERO, sign_colour
from dashboard.look.formats import three_expression
from dashboard.look.hand import COLOUR
from dashboard.look.panels import X, Y

TEXT = alt.ExprRef("luminance(background) > 0.5 ? '#14171D' : '#ECEEF2'")
"""Numbers to be read, as dark or as light as the page's own words."""


def sample(least: float) -> list[alt.Parameter]:
    """The signals of the sample that is in the hand: its inputs, each neuron's push, what w1 to w4 move by, and the code of the
    pattern that they make (`dashboard.topics.signs.frames.pattern_code`), -1 where some weight stays."""
    named = {f"input{j}": f"max({least}, hand_a{j})" for j in (1, 2)}
    named |= {f"push{k}": f"-hand_delta{k}" for k in (1, 2)}
    named |= {f"w{2 * k + j - 2}": f"push{k} * input{j}" for k in (1, 2) for j in (1, 2)}
    named["made"] = "w1 * w4 == 0 || w2 * w3 == 0 ? -1 : 8 * (w1 > 0) + 4 * (w2 > 0) + 2 * (w3 > 0) + (w4 > 0)"
    named["stops1"], named["stops2"] = (f"{least == 0:d} && input{j} == 0" for j in (1, 2))
    return [alt.param(name=name, expr=expr) for name, expr in named.items()]


_CELLS = (
    ("a₁", "input1", 0, 1),
    ("a₂", "input2", 0, 2),
    ("−δ₁", "push1", 1, 0),
    ("−δ₂", "push2", 2, 0),
    *((f"w{'₁₂₃₄'[2 * k + j - 3]}", f"w{2 * k + j - 2}", k, j) for k in (1, 2) for j in (1, 2)),
)
"""The table of the sample in the hand: name, signal, row and column of each cell."""


def table_by_hand(source: str) -> list[alt.Chart]:
    """The multiplication table of the sample that is in the hand, and what it makes in words."""

    def each(values: Sequence[str]) -> str:
        return f"[{', '.join(values)}][datum.i]"

    names, signals, down, across = zip(*_CELLS, strict=True)
    left = "((wide ? 0 : slot) + (slot - 3 * cell) / 2)"
    cells = (
        rows(len(_CELLS))
        .transform_calculate(
            name=each([repr(name) for name in names]),
            value=each(signals),
            px=f"{left} + cell * ({each([str(one) for one in across])} + 0.5)",
            py=f"by_hand + cell * ({each([str(one) for one in down])} + 0.5)",
        )
        .transform_calculate(
            # An arrow is an update; an input has a plain sign.
            glyph=f"datum.value == 0 ? '{ZERO}' : datum.i < 2 ? (datum.value > 0 ? '+' : '−') : datum.value > 0 ? '{UP}' : '{DOWN}'",
            told=three_expression("datum.value"),
            size="cell / 3.4 * (datum.i < 2 ? 1 : 0.6 + 0.6 * sqrt(abs(datum.value)))",
        )
        .encode(x=X, y=Y)
    )
    frame = cells.transform_filter("datum.i > 3").mark_rect(
        filled=False, stroke=COLOUR, strokeWidth=1.5, width=alt.ExprRef("cell"), height=alt.ExprRef("cell")
    )
    glyph = cells.mark_text(fontSize=alt.ExprRef("datum.size")).encode(text="glyph:N", color=sign_colour("glyph"))
    name = cells.mark_text(dy=alt.ExprRef("-cell / 3"), fontSize=12, color=NEUTRAL).encode(text="name:N")
    value = cells.mark_text(dy=alt.ExprRef("cell / 3"), fontSize=12, color=TEXT).encode(text="told:N")
    layers = [frame, glyph.properties(name="hand_glyphs"), name, value.properties(name="hand_values")]
    return [*layers, *_words_by_hand(left, source)]


def _words_by_hand(left: str, source: str) -> list[alt.Chart]:
    """Over the table its caption; under it the pattern that it makes, and whether an input is held at 0."""
    pattern = " + ', ' + ".join(
        f"(w{2 * k - 1} > 0 ? 'up ' : 'down ') + (w{2 * k} > 0 ? 'up' : 'down')" for k in (1, 2)
    )
    caption = (
        rows(1)
        .transform_calculate(px=f"{left} + 2 * cell", py="by_hand - 14", told="'in your hand'")
        .mark_text(fontSize=alt.ExprRef("wide ? 13 : 12"), fontWeight=600, color=NEUTRAL)
    )
    makes = f"made < 0 ? 'makes no pattern: a weight stays' : 'makes ' + {pattern}"
    held = "(stops1 && stops2 ? 'a₁ and a₂ stop' : stops1 ? 'a₁ stops' : 'a₂ stops')"
    stop = f"stops1 || stops2 ? {held} + ' at 0: {source} is never negative' : ''"
    words = (
        rows(2)
        .transform_calculate(
            px=f"wide ? max({left}, 2) : 2",
            py="by_hand + 3 * cell + 16 + 17 * datum.i",
            told=f"datum.i ? {stop} : {makes}",
        )
        .mark_text(align="left", fontSize=12, fontWeight=600, color=NEUTRAL)
        .properties(name="hand_told")
    )
    return [layer.encode(x=X, y=Y, text="told:N") for layer in (caption, words)]
