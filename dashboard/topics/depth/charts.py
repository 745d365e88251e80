"""The pictures of `/depth`."""

from collections.abc import Sequence

import altair as alt

from dashboard.look.colours import NEUTRAL, activation_colour
from dashboard.look.hand import Hold, sliders

LAYERS, DEEPEST, STEP = 20, 30, 0.5
"""The drawn guess: where the gradient is LAYERS back, as a power of ten from 0 down to minus DEEPEST."""

HIGHEST = 1.8
"""The top of the picture of factors: the names of the rules have room above 1."""

_BACK = alt.X(
    "back:Q",
    scale=alt.Scale(nice=False, zero=True),
    axis=alt.Axis(title="layers back from the output", format="d", tickCount=10),
)
TITLES = {"delta": "log10 of the gradient |delta|", "dw": "log10 of the gradient of the weights |dW|"}


def _legend(labels: tuple[str, ...]) -> alt.Legend:
    """A legend of the activations that are drawn, and no others."""
    return alt.Legend(
        title=None, orient="top", values=list(labels), symbolType="stroke", symbolStrokeWidth=4, symbolOpacity=1
    )


def gradients(*, quantity: str, labels: tuple[str, ...]) -> alt.TopLevelMixin:
    """How large the gradient is, layer by layer on its way back, on an absolute logarithmic scale.

    How to read it: solid is the median over networks, the band from the 10th to the 90th percentile; dashed is the theory
    of infinitely wide networks. A straight line is a constant factor per layer. Dotted is the largest slope to the power
    of the layers: it knows nothing of the weights, so a gradient may run above it or below. Below a rule, an entry of
    root-mean-square size rounds to 0 in that number format; the rule at 0 is the gradient at the output.
    Datasets: lines (back, low, median, high, activation), theory (back, value, activation), bound (back, value, name), bound_names (back, value, text, above), rules (back, value, text).
    Source: Glorot and Bengio 2010; Schoenholz et al., Deep information propagation, 2017.
    """
    colour = activation_colour(legend=_legend(labels))
    y = alt.Y(
        "value:Q",
        scale=alt.Scale(nice=False, zero=True, padding=14),
        axis=alt.Axis(title=TITLES[quantity], format="~f", tickCount=7),
    )
    rules = alt.Chart(alt.NamedData("rules"))
    rule = rules.mark_rule(size=1, color=NEUTRAL, opacity=0.7).encode(y=y)
    rule_name = rules.mark_text(align="right", dy=-8, fontSize=12, color=NEUTRAL).encode(x=_BACK, y=y, text="text:N")
    bound = (
        alt.Chart(alt.NamedData("bound"))
        .mark_line(strokeDash=[1, 4], strokeCap="round", strokeWidth=2.5, color=NEUTRAL)
        .encode(x=_BACK, y=y, detail="name:N")
    )
    bound_name = (
        alt.Chart(alt.NamedData("bound_names"))
        .mark_text(
            align=alt.ExprRef("datum.above ? 'left' : 'right'"),
            dx=alt.ExprRef("datum.above ? 10 : -10"),
            dy=alt.ExprRef("datum.above ? -20 : 8"),
            fontSize=12,
            color=NEUTRAL,
            lineBreak="|",
        )
        .encode(x=_BACK, y=y, text="text:N")
    )
    lines = alt.Chart(alt.NamedData("lines"))
    band = lines.mark_area(opacity=0.22).encode(x=_BACK, y=alt.Y("low:Q"), y2="high:Q", color=colour)
    median = lines.mark_line(strokeWidth=5, opacity=0.5).encode(x=_BACK, y=alt.Y("median:Q"), color=colour)
    theory = (
        alt.Chart(alt.NamedData("theory"))
        .mark_line(strokeDash=[7, 5], strokeWidth=2)
        .encode(x=_BACK, y=y, color=colour)
    )
    return alt.layer(rule, rule_name, bound, bound_name, band, median, theory).properties(height=400)


def factors(*, labels: tuple[str, ...], hand: Sequence[Hold], own: bool) -> alt.TopLevelMixin:
    """The factor per layer of a deep network against the size of its weights, the share of saturated units under it.

    How to read it: where a curve crosses 1 gradients neither vanish nor explode; the ringed dot and its number are that
    sigma_w. The shaded hill under a curve is the price: the share of units that are saturated. The full dots are your
    network, a triangle where it lies above the picture; dotted rules are named initialisations. own: whether the weights are
    set by hand: then a slider moves the dots along their curves, and their numbers, to two digits behind the point.
    Datasets: sweep (sigma_w, factor, saturated, activation, piece), one (factor), critical (sigma_w, factor, text, below,
    activation), here (sigma_w), pieces (low, high, first, last, activation), named (sigma_w, foot, name).
    Source: Poole et al. 2016; Schoenholz et al. 2017.
    """
    colour = activation_colour(legend=_legend(labels))
    named = alt.Chart(alt.NamedData("named"))
    rules = named.mark_rule(strokeDash=[2, 3], color=NEUTRAL, size=1.5).encode(x=_SIGMA_W)
    rule_names = named.mark_text(angle=270, align="right", dy=-7, fontSize=12, color=NEUTRAL).encode(
        x=_SIGMA_W, y=alt.Y("foot:Q"), text="name:N"
    )
    one = alt.Chart(alt.NamedData("one")).mark_rule(size=1.5, color=NEUTRAL).encode(y=_FACTOR)
    sweep = alt.Chart(alt.NamedData("sweep"))
    shares = sweep.mark_area(opacity=0.16, line={"strokeWidth": 1.2, "strokeDash": [2, 2]}, clip=True).encode(
        x=_SIGMA_W, y=alt.Y("saturated:Q", stack=None), color=colour, detail="piece:N"
    )
    curves = sweep.mark_line(strokeWidth=2.5, clip=True).encode(x=_SIGMA_W, y=_FACTOR, color=colour, detail="piece:N")
    rings, texts = _critical(colour)
    at = alt.param(name="sigma_w", expr="hand_weights" if own else "data('here')[0].sigma_w")
    return (
        alt.layer(shares, rules, rule_names, one, curves, rings, *_here(colour), texts)
        .add_params(*sliders(hand), at)
        .properties(height=360, usermeta={"embedOptions": {"renderer": "svg"}})
    )


_SIGMA_W = alt.X(
    "sigma_w:Q",
    scale=alt.Scale(type="log", nice=False),
    axis=alt.Axis(title="size of the weights, sigma_w", format="~f", values=[0.1, 0.2, 0.5, 1, 2, 5, 10, 20]),
)
_FACTOR = alt.Y(
    "factor:Q",
    scale=alt.Scale(domain=[0, HIGHEST], nice=False),
    axis=alt.Axis(title="factor per layer; shaded: share saturated", format="~f", values=[0, 0.5, 1, 1.5]),
)


def _critical(colour: alt.Color) -> tuple[alt.Chart, alt.Chart]:
    """Where each curve crosses 1: a ring, and its number."""
    critical = alt.Chart(alt.NamedData("critical"))
    # Wide enough to be seen around a full dot.
    rings = critical.mark_point(size=300, strokeWidth=2.5, opacity=1).encode(x=_SIGMA_W, y=_FACTOR, color=colour)
    texts = critical.mark_text(
        align=alt.ExprRef("datum.below ? 'left' : 'right'"),
        dx=alt.ExprRef("datum.below ? 4 : -10"),
        dy=alt.ExprRef("datum.below ? 18 : -14"),
        fontSize=13,
        fontWeight=600,
    ).encode(x=_SIGMA_W, y=_FACTOR, text="text:N", color=colour)
    return rings, texts


_SLIM = "width < 420"
"""A phone: the colour alone says whose number it is."""


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
            text="format(datum.told, '.2f')",
        )
        .transform_window(place="row_number()", sort=[alt.SortField("told", order="descending")])
    )
    shapes = alt.Scale(domain=[False, True], range=["circle", "triangle-up"])
    dots = (
        here.mark_point(filled=True, size=130, opacity=1, stroke="white", strokeWidth=1.5)
        .encode(x=_SIGMA_W, y=_FACTOR, color=colour, shape=alt.Shape("beyond:N", scale=shapes, legend=None))
        .properties(name="here")
    )
    # In the corner that no curve comes to: small weights never pass on more than they got.
    numbers = (
        here.transform_calculate(line=f"{_SLIM} ? datum.text : datum.activation + ' ' + datum.text")
        .mark_text(
            align="left", baseline="top", fontSize=13, fontWeight=600, dy=alt.ExprRef("6 + 18 * datum.place"), dx=6
        )
        .encode(x=alt.value(0), y=alt.value(0), text="line:N", color=colour)
        .properties(name="here_told")
    )
    head = (
        alt.Chart(alt.NamedData("here"))
        .transform_calculate(text=f"({_SLIM} ? 'at ' : 'factor at sigma_w = ') + format(sigma_w, '.2f')")
        .mark_text(align="left", baseline="top", fontSize=13, color=NEUTRAL, dx=6, dy=6)
        .encode(x=alt.value(0), y=alt.value(0), text="text:N")
    )
    # Drawn, so that the signal has it: data that no layer draws are left out.
    held = alt.Chart(alt.NamedData("here")).mark_point(opacity=0).encode(x=_SIGMA_W)
    return [held, dots, numbers, head]


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


def activations(*, title: str, labels: tuple[str, ...]) -> alt.TopLevelMixin:
    """The mean activation of a layer, layer by layer from the input on; with skip connections its mean output.

    How to read it: a centred activation stays at 0. Sigmoid's mean is near one half and stays there, so the next layer's
    weight gradients do not shrink with the signal.
    Datasets: means (layer, low, median, high, activation).
    Source: Glorot and Bengio 2010.
    """
    colour = activation_colour(legend=_legend(labels))
    means = alt.Chart(alt.NamedData("means"))
    x = alt.X(
        "layer:Q",
        scale=alt.Scale(nice=False, zero=False),
        axis=alt.Axis(title="layer, from the input", format="d", tickCount=10),
    )
    band = means.mark_area(opacity=0.22).encode(
        x=x,
        y=alt.Y("low:Q", axis=alt.Axis(title=title, format="~g")),
        y2="high:Q",
        color=colour,
    )
    median = means.mark_line(strokeWidth=2.5).encode(x=x, y=alt.Y("median:Q"), color=colour)
    return alt.layer(band, median).properties(height=240)
