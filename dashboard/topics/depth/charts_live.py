"""The lower half of the picture of `/depth`: what a layer multiplies the gradient by, by the weight scale that the hand moves."""

import altair as alt

from dashboard.look.colours import NEUTRAL
from dashboard.look.formats import three_expression as three
from dashboard.look.names import clear

HIGHEST = 1.8
"""The top of the picture of factors."""

SCALES = (0.1, 20.0, 81)
"""The weight scales at which the theory is computed: from, to, and how many, evenly spaced on a log axis. All that the controls
can set lies between."""

UPPER, BETWEEN, LOWER = 210, 140, 135
"""Pixels, from top to bottom: the gradients, the room for what stands between both, and the factors."""

TOP = UPPER + BETWEEN
HEIGHT = TOP + LOWER

_SCALE = alt.X(
    "sigma_w:Q",
    scale=alt.Scale(type="log", nice=False),
    axis=alt.Axis(title=None, format="~f", values=[0.1, 0.2, 0.5, 1, 2, 5, 10, 20], orient="bottom", grid=False),
)
_FACTOR = alt.Y(
    "factor:Q",
    scale=alt.Scale(domain=[0, HIGHEST], range=[HEIGHT, TOP], nice=False),
    axis=alt.Axis(title=None, format="~f", values=[0, 0.5, 1, 1.5], orient="left"),
)


def heading(text: str, y: int, over: int = 0) -> alt.Chart:
    """What is drawn upwards in one half, over its axis. over: pixels of type that stand between it and y."""
    return (
        alt.Chart(alt.NamedData("held"))
        .mark_text(align="left", baseline="bottom", fontSize=12, color=NEUTRAL, dx=-30)
        .encode(x=alt.value(0), y=alt.value(alt.ExprRef(f"{y} - {over} * type_scale")), text=alt.value(text))
    )


def factor_marks(colour: alt.Color) -> list[alt.Chart]:
    """The lower picture."""
    named = alt.Chart(alt.NamedData("named"))
    rules = named.mark_rule(strokeDash=[2, 3], color=NEUTRAL, size=1.5).encode(
        x=_SCALE, y=alt.value(TOP), y2=alt.value(HEIGHT)
    )
    names = clear(
        named.encode(x=_SCALE, y=alt.value(TOP), text="name:N"),
        baseline="bottom",
        dy=alt.ExprRef("-4 - 14 * datum.row"),
        fontSize=12,
        color=NEUTRAL,
    )
    one = alt.Chart(alt.NamedData("one")).mark_rule(size=1.5, color=NEUTRAL).encode(y=_FACTOR)
    sweep = alt.Chart(alt.NamedData("sweep"))
    # Lines, for shades that lie on each other have a colour that is nobody's.
    shares = sweep.mark_line(strokeWidth=2.2, strokeDash=[1, 4], strokeCap="round").encode(
        x=_SCALE, y=alt.Y("saturated:Q"), color=colour, detail="piece:N"
    )
    curves = (
        sweep.transform_filter(f"datum.factor <= {HIGHEST}")
        .mark_line(strokeWidth=2.5)
        .encode(x=_SCALE, y=_FACTOR, color=colour, detail="piece:N")
    )
    rings, texts = _critical(colour)
    heads = [
        heading("factor of one layer deep inside, by weight scale", TOP - 4, over=47),
        heading("dotted curves: share of saturated units", TOP - 4, over=32),
    ]
    return [shares, rules, one, curves, rings, *names, *_here(colour), *texts, *heads]


def _critical(colour: alt.Color) -> tuple[alt.Chart, list[alt.Chart]]:
    """Where each curve crosses 1: a ring, and its number."""
    critical = alt.Chart(alt.NamedData("critical"))
    # Wide enough to be seen around a full dot.
    rings = critical.mark_point(size=300, strokeWidth=2.5, opacity=1).encode(x=_SCALE, y=_FACTOR, color=colour)
    texts = clear(
        critical.encode(x=_SCALE, y=_FACTOR, text="text:N", color=colour),
        align=alt.ExprRef("datum.below ? 'left' : 'right'"),
        dx=alt.ExprRef("datum.below ? 4 : -10"),
        dy=alt.ExprRef("datum.below ? 18 : -14"),
        fontSize=13,
        fontWeight=600,
    )
    return rings, texts


def _here(colour: alt.Color) -> list[alt.Chart]:
    """Your network, a triangle where it lies above the picture, and its factor in words, the largest first."""
    pieces = alt.Chart(alt.NamedData("pieces")).transform_filter("datum.low <= sigma_w && sigma_w < datum.high")
    here = (
        pieces.transform_calculate(
            sigma_w="sigma_w",
            told="datum.first + (datum.last - datum.first) * (sigma_w - datum.low) / (datum.high - datum.low)",
        )
        .transform_calculate(
            factor=f"min(datum.told, {HIGHEST})",
            beyond=f"datum.told > {HIGHEST}",
            # Where a network is the curve is exact; between its computed places it is straight, and good to two digits.
            text=f"datum.activation + ' ' + (moved ? format(datum.told, '.2f') : {three('datum.told')})",
        )
        .transform_window(place="row_number()", sort=[alt.SortField("told", order="descending")])
    )
    shapes = alt.Scale(domain=[False, True], range=["circle", "triangle-up"])
    dots = (
        here.mark_point(filled=True, size=130, opacity=1, stroke="white", strokeWidth=1.5)
        .encode(x=_SCALE, y=_FACTOR, color=colour, shape=alt.Shape("beyond:N", scale=shapes, legend=None))
        .properties(name="here")
    )
    # In the corner that no curve comes to: small weights never pass on more than they got.
    told = here.encode(x=alt.value(0), y=alt.value(TOP), text="text:N", color=colour)
    numbers = clear(
        told,
        "here_told",
        align="left",
        baseline="top",
        fontSize=13,
        fontWeight=600,
        dx=6,
        dy=alt.ExprRef("4 + 17 * datum.place"),
    )
    head = (
        alt.Chart(alt.NamedData("held"))
        .transform_calculate(text="'at weight scale ' + format(sigma_w, '.4~r')")
        .encode(x=alt.value(0), y=alt.value(TOP), text="text:N")
    )
    # Nothing passes behind these words: the rules of named weights would cross them on a phone.
    blank = alt.Chart(alt.NamedData("held")).mark_rect(fill=alt.ExprRef("background"), stroke=None, aria=False)
    blank = blank.encode(
        x=alt.value(2), x2=alt.value(alt.ExprRef("150 * type_scale")), y=alt.value(TOP + 1), y2=alt.value(TOP + 56)
    )
    heads = clear(head, align="left", baseline="top", fontSize=13, color=NEUTRAL, dx=6, dy=4)
    return [blank, dots, *numbers, *heads]
