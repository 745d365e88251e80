"""The pictures of `/signs`."""

from collections.abc import Sequence
from typing import Literal

import altair as alt

from dashboard.look.colours import NEUTRAL, activation_colour, sign_colour
from dashboard.look.hand import COLOUR, Hold, sliders
from dashboard.look.names import clear
from dashboard.look.panels import IN_PIXELS, X, Y
from dashboard.look.vega import TAP
from dashboard.topics.signs.charts_live import PANELS, TEXT, sample, table_by_hand, valley_marks
from dashboard.topics.signs.closed_form import signals
from dashboard.topics.signs.settings import BATCHES

GROUP, GUTTER = 26, 10


_LAYOUT = [
    alt.param(name="wide", expr="width >= 620"),
    alt.param(name="columns", expr="wide ? 8 : 4"),
    alt.param(name="tile", expr=f"min((width - {GUTTER}) / columns - {GUTTER}, clamp(width / 10, 78, 128))"),
    alt.param(name="pitch", expr=f"tile + {GUTTER}"),
    alt.param(name="band", expr=f"pitch + {GROUP}"),
    alt.param(name="tables", expr="(wide ? 2 * band : 4 * band - 26) + 28"),
    alt.param(name="slot", expr="wide ? min(width / 4, 330) : width / 2"),
    alt.param(name="cell", expr="min(slot / (wide ? 3.8 : 3.2), clamp(width / 18, 62, 84))"),
    alt.param(name="under", expr=f"!wide && length(data('captions')) > 1 ? 2 * cell + {GROUP + 8} : 0"),
    # The table in the hand: before the others, or on a phone to the right of the last one, next to its sliders.
    alt.param(name="by_hand", expr=f"wide || !under ? tables : tables + 3 * cell + {GROUP + 10}"),
    alt.param(name="height", expr="by_hand + 3 * cell + 44"),
]
# The last group is two rows of a phone, without a header between them.
_PLACE = {
    "px": f"(wide ? datum.column : datum.phone_column) * pitch + tile / 2 + {GUTTER / 2}",
    "py": f"(wide ? datum.row : datum.phone_row) * band + {GROUP} + tile / 2"
    f" - (!wide && datum.phone_row == 3 ? {GROUP} : 0)",
}


def tiles(*, hand: Sequence[Hold], least: float, source: str) -> alt.TopLevelMixin:
    """The sixteen patterns as tiles, in three groups, and under them the sample or samples that make the chosen one.

    How to read it: a tile is a layer of two neurons: w1 and w2 in its upper row, w3 and w4 in its lower one, an arrow for
    the update of each; the number is its share of batches of the chosen size, which each header adds up; what has no tile stands at the right. A
    whole frame happens in one sample of the inputs chosen, a dashed one never does. Below, as in a
    multiplication table, the two inputs stand on top, each neuron's push (minus its delta) on the left, and their
    products inside. A phone has room for two tables: their sum is under them. One more table is in the hand: the sliders are its
    signals and inputs, and the tile of the pattern that they make has a frame in its colour.
    least: what an input of the activation called `source` cannot fall below.
    Datasets: groups (row, phone_row, left, right, text), tiles (column, row, phone_column, phone_row, pattern, code, alone, chosen, share, parity),
    arrows (the same places with dx, dy, glyph), cells (table, row, column, name, glyph, value, inside), captions (table,
    text, narrow).
    Source: the example of Data Science Stack Exchange 84718.
    """
    return (
        alt.layer(*_tiles(), *_groups(), *_tables(), *table_by_hand(source))
        .add_params(*sliders(hand), *_LAYOUT, *sample(least))
        .resolve_scale(color="independent")
        .properties(height=480, **IN_PIXELS)
    )


def _tiles() -> list[alt.Chart]:
    tile = alt.Chart(alt.NamedData("tiles")).transform_calculate(**_PLACE)
    pick = alt.selection_point(name="pick", fields=["pattern", "parity"], on=TAP, clear=False, toggle=False)
    box = (
        tile.mark_rect(
            width=alt.ExprRef("tile"),
            height=alt.ExprRef("tile"),
            cornerRadius=6,
            cursor="pointer",
            stroke=NEUTRAL,
            strokeDash=alt.ExprRef("datum.alone ? [1, 0] : [3, 4]"),
        )
        .encode(
            x=X,
            y=Y,
            fill=alt.condition("datum.chosen", alt.value(NEUTRAL), alt.value("transparent")),
            fillOpacity=alt.value(0.3),
            strokeWidth=alt.condition("datum.alone", alt.value(2.5), alt.value(1)),
        )
        .add_params(pick)
    )
    arrows = (
        alt.Chart(alt.NamedData("arrows"))
        .transform_calculate(px=f"{_PLACE['px']} + datum.dx * tile / 4", py=f"{_PLACE['py']} + datum.dy * tile / 3.4")
        .mark_text(fontSize=alt.ExprRef("tile / 4.5"))
        .encode(x=X, y=Y, text="glyph:N", color=sign_colour("glyph"))
    )
    made = (
        tile.transform_filter("datum.code == made")
        .mark_rect(
            filled=False,
            width=alt.ExprRef("tile + 5"),
            height=alt.ExprRef("tile + 5"),
            cornerRadius=8,
            stroke=COLOUR,
            strokeWidth=4,
        )
        .encode(x=X, y=Y)
        .properties(name="made")
    )
    share = tile.mark_text(fontSize=alt.ExprRef("wide ? 12 : 11"), color=TEXT).encode(x=X, y=Y, text="share:N")
    return [made, box, arrows, share]


_ALIGNS: tuple[Literal["left", "right"], ...] = ("left", "right")


def _groups() -> list[alt.Chart]:
    headers = alt.Chart(alt.NamedData("groups")).transform_calculate(
        px=f"datum.right ? (wide ? 8 * pitch : width) - {GUTTER / 2} : (wide ? datum.left : 0) * pitch + {GUTTER / 2}",
        py="(wide ? datum.row : datum.phone_row) * band + 14",
    )
    # An alignment is of a mark, not of a row.
    return [
        headers.transform_filter(f"{'!' if align == 'left' else ''}datum.right")
        .mark_text(align=align, fontSize=alt.ExprRef("wide ? 13 : 12"), fontWeight=600, color=NEUTRAL)
        .encode(x=X, y=Y, text="text:N")
        for align in _ALIGNS
    ]


def _tables() -> list[alt.Chart]:
    left = "(wide ? datum.table + 1 : datum.table % 2) * slot"
    # The sum has nothing on top: on a phone its first row is where the samples end.
    top = "tables + (datum.table == 2 ? under : 0)"

    def cells(down: str = "") -> alt.Chart:
        return alt.Chart(alt.NamedData("cells")).transform_calculate(
            px=f"{left} + cell * (datum.column + 0.5) + (slot - 3 * cell) / 2",
            py=f"{top} + cell * (datum.row + 0.5){down}",
        )

    frame = (
        cells()
        .transform_filter("datum.inside")
        .mark_rect(
            filled=False, stroke=NEUTRAL, strokeOpacity=0.6, width=alt.ExprRef("cell"), height=alt.ExprRef("cell")
        )
    )
    # What stands between tables has no name; where there is no room between them the captions say it.
    glyph = cells().transform_filter("wide || datum.name").mark_text(fontSize=alt.ExprRef("cell / 3.4"))
    glyph = glyph.encode(text="glyph:N", color=sign_colour("glyph"))
    # Over and under the middle by the cell's own measure: an offset of the mark would grow with larger type.
    name = cells(" - cell / 3").mark_text(fontSize=12, color=NEUTRAL)
    value = cells(" + cell / 3").mark_text(fontSize=12, color=TEXT)
    name, value = name.encode(text="name:N"), value.encode(text="value:N")
    captions = (
        alt.Chart(alt.NamedData("captions"))
        .transform_calculate(
            px=f"{left} + slot / 2 + cell / 2",
            py=f"{top} + (datum.table == 2 ? cell : 0) - 14",
            told="wide ? datum.text : datum.narrow",
        )
        .mark_text(fontSize=alt.ExprRef("wide ? 13 : 12"), fontWeight=600, color=NEUTRAL)
        .encode(text="told:N")
    )
    return [layer.encode(x=X, y=Y) for layer in (frame, glyph, name, value, captions)]


def valleys(*, hand: Sequence[Hold]) -> alt.TopLevelMixin:
    """The valley of each of the two neurons, and the path of the layer's descent in both at once.

    How to read it: at any step the two neurons may move with different signs, and yet each has its own valley, of the same
    shape (drawn with the other neuron at its target). Coupled, they are slower together. The sliders set the step, the coupling
    and the number of inputs.
    Datasets: panels (panel, title, x, y) and law (panel, mu, s, activation), as `frames.valleys` makes them.
    Source: after LeCun, Bottou, Orr and Muller, Efficient BackProp, 1998.
    """
    return (
        alt.layer(*valley_marks())
        .add_params(*sliders(hand), *PANELS.layout(), *signals())
        .resolve_scale(color="independent", x="independent", y="independent")
        .properties(height=430, **IN_PIXELS)
    )


def entropies() -> alt.TopLevelMixin:
    """Entropy of the sign pattern against the batch size, one line an activation, with the limit of large batches.

    How to read it: 4 bits would be all sixteen patterns equally often. Dots are measured, with a band of two standard
    errors either way; the dashed rule of the same colour is the limit. ReLU's exact zeros have no pattern and are left out
    of its entropy.
    Datasets: bits (activation, batch, bits, low, high), limits (activation, bits, first, last), names (activation, batch, bits).
    Source: Shannon's entropy, with Miller's correction of its bias.
    """
    scale = alt.Scale(type="log", base=2, domainMax=alt.ExprRef("width < 400 ? 560 : 256"), nice=False)
    x = alt.X("batch:Q", scale=scale, axis=alt.Axis(title="batch size", format="d", values=list(BATCHES)))
    y = alt.Y(
        "bits:Q", scale=alt.Scale(domain=[1.5, 4.1]), axis=alt.Axis(title="bits of the sign pattern", tickCount=5)
    )
    base = alt.Chart(alt.NamedData("bits"))
    colour = activation_colour()
    band = base.mark_area(opacity=0.25).encode(x=x, y=alt.Y("low:Q"), y2="high:Q", color=colour)
    line = base.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=50)).encode(x=x, y=y, color=colour)
    rule = (
        alt.Chart(alt.NamedData("limits"))
        .mark_rule(strokeDash=[6, 4], size=1.5)
        .encode(x=alt.X("first:Q"), x2="last:Q", y=y, color=colour)
    )
    names = clear(
        alt.Chart(alt.NamedData("names")).encode(x=x, y=y, text="activation:N", color=colour),
        align="left",
        dx=8,
        fontSize=13,
        fontWeight=600,
    )
    return alt.layer(rule, band, line, *names).properties(height=280)


def shares() -> alt.TopLevelMixin:
    """Share of every pattern in batches of the chosen size, beside the limit of large batches.

    How to read it: one bar a pattern, in the order of the tiles, and one for what has none, since some weight stays exactly
    where it is; the tick is the limit of large batches.
    Datasets: shares (order, pattern, share, limit, activation).
    Source: `core.signs.batches`.
    """
    x = alt.X("share:Q", axis=alt.Axis(title="share of batches", format="%", grid=False, labelFlush=False))
    y = alt.Y(
        "pattern:N",
        sort=alt.EncodingSortField("order", op="min"),
        axis=alt.Axis(title=None, labelLimit=160, labelOverlap=False, labelFlush=False),
    )
    base = alt.Chart(alt.NamedData("shares"))
    bar = base.mark_bar(height=9).encode(x=x, y=y, color=activation_colour())
    tick = base.mark_tick(thickness=2.5, size=16, opacity=1, color=TEXT).encode(x="limit:Q", y=y)
    return alt.layer(bar, tick).properties(height=380)
