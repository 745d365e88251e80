"""The lower half of the picture of `/depth`: what a layer multiplies the gradient by, by the weight scale that the hand moves."""

from typing import Any

import altair as alt

from dashboard.look.colours import NEUTRAL

HIGHEST = 1.8
"""The top of the picture of factors."""

SCALES = (0.1, 20.0, 81)
"""The weight scales at which the theory is computed: from, to, and how many, evenly spaced on a log axis. All that the controls
can set lies between."""

UPPER, BETWEEN, LOWER = 210, 94, 135
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


def heading(text: str, y: int) -> alt.Chart:
    """What is drawn upwards in one half, over its axis."""
    return (
        alt.Chart(alt.NamedData("held"))
        .mark_text(align="left", baseline="bottom", fontSize=12, color=NEUTRAL, dx=-30)
        .encode(x=alt.value(0), y=alt.value(y), text=alt.value(text))
    )


def clear(text: alt.Chart, **style: Any) -> list[alt.Chart]:
    """A text that what it lies on does not strike through. style: of the text, in its own colour."""
    under = text.mark_text(**style, stroke=alt.ExprRef("background"), strokeWidth=4, strokeJoin="round", aria=False)
    return [under, text.mark_text(**style)]


def factor_marks(colour: alt.Color) -> list[alt.Chart]:
    """The lower picture."""
    named = alt.Chart(alt.NamedData("named"))
    rules = named.mark_rule(strokeDash=[2, 3], color=NEUTRAL, size=1.5).encode(
        x=_SCALE, y=alt.value(TOP), y2=alt.value(HEIGHT)
    )
    names = named.mark_text(
        baseline="bottom", dy=alt.ExprRef("-4 - 14 * datum.row"), fontSize=12, color=NEUTRAL
    ).encode(x=_SCALE, y=alt.value(TOP), text="name:N")
    one = alt.Chart(alt.NamedData("one")).mark_rule(size=1.5, color=NEUTRAL).encode(y=_FACTOR)
    sweep = alt.Chart(alt.NamedData("sweep"))
    shares = sweep.mark_area(opacity=0.16, line={"strokeWidth": 1.2, "strokeDash": [2, 2]}).encode(
        x=_SCALE, y=alt.Y("saturated:Q", stack=None), color=colour, detail="piece:N"
    )
    curves = (
        sweep.transform_filter(f"datum.factor <= {HIGHEST}")
        .mark_line(strokeWidth=2.5)
        .encode(x=_SCALE, y=_FACTOR, color=colour, detail="piece:N")
    )
    price = clear(
        alt.Chart(alt.NamedData("one")).encode(
            x=alt.value(alt.ExprRef("width")), y=alt.value(HEIGHT), text=alt.value("shaded: share saturated")
        ),
        align="right",
        baseline="bottom",
        dx=-6,
        dy=-5,
        fontSize=12,
        color=NEUTRAL,
    )
    rings, texts = _critical(colour)
    head = heading("factor per layer, by weight scale", TOP - 32)
    return [shares, rules, names, one, curves, *price, rings, *_here(colour), texts, head]


def _critical(colour: alt.Color) -> tuple[alt.Chart, alt.Chart]:
    """Where each curve crosses 1: a ring, and its number."""
    critical = alt.Chart(alt.NamedData("critical"))
    # Wide enough to be seen around a full dot.
    rings = critical.mark_point(size=300, strokeWidth=2.5, opacity=1).encode(x=_SCALE, y=_FACTOR, color=colour)
    texts = critical.mark_text(
        align=alt.ExprRef("datum.below ? 'left' : 'right'"),
        dx=alt.ExprRef("datum.below ? 4 : -10"),
        dy=alt.ExprRef("datum.below ? 18 : -14"),
        fontSize=13,
        fontWeight=600,
    ).encode(x=_SCALE, y=_FACTOR, text="text:N", color=colour)
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
            text="datum.activation + ' ' + format(datum.told, '.2f')",
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
    under, numbers = clear(
        told,
        align="left",
        baseline="top",
        fontSize=13,
        fontWeight=600,
        dx=6,
        dy=alt.ExprRef("4 + 17 * datum.place"),
    )
    head = (
        alt.Chart(alt.NamedData("held"))
        .transform_calculate(text="'at scale ' + format(sigma_w, '.2f') + ', deep inside'")
        .encode(x=alt.value(0), y=alt.value(TOP), text="text:N")
    )
    heads = clear(head, align="left", baseline="top", fontSize=13, color=NEUTRAL, dx=6, dy=4)
    return [dots, under, numbers.properties(name="here_told"), *heads]
