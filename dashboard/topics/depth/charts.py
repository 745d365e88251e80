"""The pictures of `/depth`."""

from collections.abc import Sequence

import altair as alt

from dashboard.look.colours import NEUTRAL, activation_colour
from dashboard.look.hand import Hold, sliders
from dashboard.look.names import clear
from dashboard.topics.depth.charts_live import HEIGHT, SCALES, UPPER, factor_marks, heading

TITLES = {"delta": "log₁₀ |δ|, the gradient", "dw": "log₁₀ |dW|, the weights' gradient"}

LAYERS, DEEPEST, STEP = 20, 30, 0.5
"""The drawn guess: where the gradient is LAYERS back, as a power of ten from 0 down to minus DEEPEST."""

_BACK = alt.X(
    "back:Q",
    scale=alt.Scale(nice=False, zero=True),
    axis=alt.Axis(
        title="layers back from the output",
        titleAnchor="end",
        titlePadding=2,
        format="d",
        tickCount=10,
        offset=UPPER - HEIGHT,
        orient="bottom",
        grid=False,
    ),
)


def _size(field: str = "value") -> alt.Y:
    """A gradient's length, as a power of ten, in the upper picture."""
    return alt.Y(
        f"{field}:Q",
        scale=alt.Scale(range=[UPPER, 0], nice=False, zero=True, padding=16),
        axis=alt.Axis(title=None, format="~f", tickCount=6, orient="left"),
    )


def picture(*, quantity: str, hand: Sequence[Hold]) -> alt.TopLevelMixin:
    """How large the gradient is, layer by layer on its way back, on an absolute logarithmic scale; and below it what a layer
    multiplies it by, by the weight scale that the hand moves.

    How to read it: above, a wide line is the median over networks in the band from the 10th to the 90th percentile; dashed is
    the theory of infinitely wide networks, which follows the hand, the networks pale until they are measured anew. A straight
    line is a constant factor per layer. Dotted is the largest slope to the power of the layers: it knows nothing of the weights,
    so a gradient may run above it or below. Below the dashed rule with a number format's name, an entry of root-mean-square size
    rounds to 0 in it; the rule at 0 is the gradient at the output.
    Below, where a curve crosses 1 gradients neither vanish nor explode; the ringed dot and its number are that scale. The
    dotted curve is the price: the share of units that are saturated. The full dots are your network, a triangle where it
    lies above the picture; dotted rules are named initialisations.
    Datasets: lines (back, low, median, high, activation), ends (back, value, text, drop, left, activation), theory (back, value, v0,
    ..., activation), bound (back, value, name), bound_names (back, value, text, above), rules (back, value, text), held (sigma_w,
    own); sweep (sigma_w, factor, saturated, activation, piece), one (factor), critical (sigma_w, factor, text, below,
    activation), pieces (low, high, first, last, activation), named (sigma_w, row, name).
    Source: Glorot and Bengio 2010; Poole et al. 2016; Schoenholz et al., Deep information propagation, 2017.
    """
    held = "data('held')[0]"
    # The hand has moved where it is not where the page has it; named weights are what they are until then.
    moved = f"abs(hand_weights - {held}.own) > 1e-6"
    low, high, count = SCALES
    place = f"clamp(log(sigma_w / {low}) / log({high / low}) * {count - 1}, 0, {count - 1})"
    signals = {
        "moved": moved,
        "sigma_w": f"moved ? hand_weights : {held}.sigma_w",
        "node": f"min(floor({place}), {count - 2})",
        "beyond": f"{place} - node",
    }
    colour = activation_colour()
    # One view: a value that the hand moves cannot cross to another.
    halves = (alt.layer(*_gradients(quantity, colour)), alt.layer(*factor_marks(colour)))
    # First, for Altair gives the sliders to the first layer and all its parts; and drawn, so that the signals have it: data
    # that no layer draws are left out.
    hidden = alt.Chart(alt.NamedData("held")).mark_point(opacity=0).encode(x=alt.value(0), y=alt.value(0))
    return (
        alt.layer(hidden, *halves)
        .resolve_scale(x="independent", y="independent")
        .add_params(*sliders(hand), *(alt.param(name=name, expr=expr) for name, expr in signals.items()))
        .properties(
            height=HEIGHT,
            # As wide as there is room, and as high as it says: its parts are placed in pixels.
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
            usermeta={"embedOptions": {"renderer": "svg"}},
        )
    )


def _gradients(quantity: str, colour: alt.Color) -> list[alt.Chart]:
    """The upper picture."""
    y = _size()
    rules = alt.Chart(alt.NamedData("rules"))
    named, level = (rules.transform_filter(f"datum.text {sign} ''") for sign in ("!==", "==="))
    rule = named.mark_rule(size=1.2, color=NEUTRAL, strokeDash=[12, 4]).encode(y=y)
    output = level.mark_rule(size=1, color=NEUTRAL, opacity=0.7).encode(y=y)
    rule_names = clear(
        rules.encode(x=alt.value(0), y=y, text="text:N"), align="left", dx=4, dy=9, fontSize=12, color=NEUTRAL
    )
    bound = (
        alt.Chart(alt.NamedData("bound"))
        .mark_line(strokeDash=[1, 4], strokeCap="round", strokeWidth=2.5, color=NEUTRAL)
        .encode(x=_BACK, y=y, detail="name:N")
    )
    bound_names = clear(
        alt.Chart(alt.NamedData("bound_names")).encode(x=_BACK, y=y, text="text:N"),
        align=alt.ExprRef("datum.above ? 'left' : 'right'"),
        dx=alt.ExprRef("datum.above ? 10 : -10"),
        dy=alt.ExprRef("datum.above ? -20 : 4"),
        fontSize=12,
        color=NEUTRAL,
        lineBreak="|",
    )
    lines = alt.Chart(alt.NamedData("lines"))
    band = lines.mark_area(opacity=alt.ExprRef("moved ? 0.08 : 0.22")).encode(
        x=_BACK, y=alt.Y("low:Q"), y2="high:Q", color=colour
    )
    median = (
        lines.mark_line(strokeWidth=5, opacity=alt.ExprRef("moved ? 0.15 : 0.5"))
        .encode(x=_BACK, y=alt.Y("median:Q"), color=colour)
        .properties(name="measured")
    )
    ends = clear(
        alt.Chart(alt.NamedData("ends")).encode(x=_BACK, y=y, text="text:N", color=colour),
        align="right",
        dx=alt.ExprRef("-datum.left"),
        dy=alt.ExprRef("datum.drop"),
        fontSize=13,
        fontWeight=600,
        opacity=alt.ExprRef("moved ? 0.3 : 1"),
    )
    theory = (
        alt.Chart(alt.NamedData("theory"))
        .transform_calculate(
            shown="moved ? datum['v' + node] + beyond * (datum['v' + (node + 1)] - datum['v' + node]) : datum.value"
        )
        .mark_line(strokeDash=[7, 5], strokeWidth=2)
        .encode(x=_BACK, y=_size("shown"), color=colour)
        .properties(name="theory")
    )
    names = [*rule_names, *bound_names, *ends]
    return [rule, output, bound, band, median, theory, *names, heading(TITLES[quantity], -6)]


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
    texts = clear(
        over("texts").encode(x=x, y=y, text="text:N", color=activation_colour()),
        align="left",
        dx=10,
        dy=-28,
        fontSize=13,
        fontWeight=600,
    )
    bound_text = clear(
        over("bound_text").encode(x=x, y=y, text="text:N"), align="left", dx=6, dy=-8, fontSize=13, color=NEUTRAL
    )
    return [band, median, bound, *texts, *bound_text]


def _guessed(drawn: alt.Parameter) -> list[alt.Chart]:
    """The visitor's line, its end and its number."""
    mine = alt.Chart(alt.NamedData("levels")).transform_filter(drawn)
    line = mine.mark_rule(strokeWidth=3, color=NEUTRAL).encode(
        x=alt.X("left:Q"), x2="right:Q", y=alt.Y("top:Q"), y2="level:Q"
    )
    tip = mine.mark_circle(size=160, color=NEUTRAL, opacity=1).encode(x=alt.X("right:Q"), y=alt.Y("level:Q"))
    # The numbers stand where no line gets to: below the start.
    name = clear(
        mine.encode(x=alt.X("left:Q"), y=alt.Y("bottom:Q"), text="text:N"),
        align="left",
        dx=10,
        dy=-10,
        fontSize=13,
        fontWeight=600,
        color=NEUTRAL,
    )
    return [line, tip, *name]


def legend(labels: tuple[str, ...]) -> alt.Legend:
    """A legend of the activations that are drawn, and no others."""
    return alt.Legend(
        title=None, orient="top", values=list(labels), symbolType="stroke", symbolStrokeWidth=4, symbolOpacity=1
    )


def activations(*, title: str, labels: tuple[str, ...]) -> alt.TopLevelMixin:
    """The mean activation of a layer, layer by layer from the input on; with skip connections its mean output.

    How to read it: a centred activation stays at 0. Sigmoid's mean is near one half and stays there, so the next layer's
    weight gradients do not shrink with the signal.
    Datasets: means (layer, low, median, high, activation).
    Source: Glorot and Bengio 2010.
    """
    colour = activation_colour(legend=legend(labels))
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
