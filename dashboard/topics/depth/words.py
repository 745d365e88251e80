"""What `/depth` says."""

import math
from collections.abc import Sequence
from enum import Enum

from core.activations import activation
from core.depth.measured import DepthConfig
from core.depth.normalisations import normalisation
from core.depth.summary import Summary
from core.saturation import SHARE
from dashboard.look.formats import percent, power, short, superscript, three
from dashboard.topics.depth.frames import Curve, per_layer
from dashboard.topics.depth.words_product import digits, first_layer, first_over_last, product

SCALE = r"$\sigma_w$"
"""The weight scale in text."""

GUESS_FINDING = "A line from 1 at the output to the guess 20 layers back; revealed, the measurement beside it."

VANISHES, EXPLODES, LEVEL = -1.0, 2.0, 0.1
"""Powers of ten from one end of the network to the other: below the first a gradient vanishes, above the second it explodes, and
within the third either way it keeps its size."""

LOSES = 0.9
"""A gradient that is multiplied by this a layer, or less, vanishes in any network but the shallowest."""


NO_PRICE = 0.001
"""A share of saturated units below this is no price."""


class Fate(Enum):
    """What becomes of a gradient on its way from the last layer to the first."""

    DEAD, VANISHES, FADES, KEEPS, GROWS, EXPLODES = range(6)


def fate(found: Summary, layers: int, quantity: str) -> Fate:
    """Decided by what the page shows: the factor per layer, and what it comes to over all of them."""
    factor = per_layer(found, layers, quantity)
    if 2 * found.dead >= found.networks or factor == 0:
        return Fate.DEAD
    decades = (layers - 1) * math.log10(factor)
    if decades < VANISHES or factor < LOSES:
        return Fate.VANISHES
    if decades > EXPLODES:
        return Fate.EXPLODES
    return Fate.GROWS if decades > LEVEL else Fate.FADES if decades < -LEVEL else Fate.KEEPS


def weights(value: float) -> str:
    """A weight scale, as fine as the critical ones are set: 4, 10.15."""
    return f"{value:.4g}"


def remedies(config: DepthConfig) -> str:
    """The remedies that are on, in words."""
    parts = []
    kind = normalisation(config.norm)
    if kind.changes:
        parts.append(
            f"{'batch' if kind.over_inputs else 'layer'} normalisation {'before' if kind.before else 'after'} the activation"
        )
    if config.skip:
        parts.append("skip connections")
    return " and ".join(parts)


def through(config: DepthConfig) -> str:
    """The network that the gradient comes through."""
    unit = activation(config.activation)
    text = f"{config.depth} layers of {unit.label}{' with orthogonal weights' if config.orthogonal else ''} at weight scale {weights(config.sigma_w)}"
    return text if config.plain else f"{text}, with {remedies(config)}"


def answer(config: DepthConfig, found: Summary, quantity: str) -> str:
    """One sentence with a live number, and what makes the factor: of what the picture shows."""
    if found.dead == found.networks:
        many = "This network is dead." if found.dead == 1 else f"All {found.dead} networks are dead."
        return f"Completely: nothing of the gradient gets back through {through(config)}. {many}"
    become = fate(found, config.depth, quantity)
    if become is Fate.DEAD:
        return (
            f"Completely in {found.dead} of {found.networks} networks: they are dead, and nothing of the gradient gets back "
            f"through {through(config)}. {_made_of(config, quantity)}"
        )
    by = f"{short(per_layer(found, config.depth, quantity))} a layer{', on average' if config.depth > 2 else ''}"
    opening = {
        Fate.VANISHES: f"By a factor of {by}.",
        Fate.FADES: f"Slowly, by a factor of {by}.",
        Fate.KEEPS: f"Hardly at all: the factor is {by}.",
        Fate.GROWS: f"It does not: it grows by a factor of {by}.",
        Fate.EXPLODES: f"It explodes instead, by a factor of {by}.",
    }[become]
    before = config.depth - 1
    back = first_layer(found, before) if quantity == "delta" else first_over_last(found, before)
    return f"{opening} Through {through(config)}, {back}. {_made_of(config, quantity)}"


def finding(configs: Sequence[DepthConfig], quantity: str) -> str:
    """The picture in words. What the hand moves in it is not in them, but in the sentence above it: they are part of what is
    embedded, and a picture that is embedded anew is lost to the hand that holds it."""
    of = "gradient" if quantity == "delta" else "gradient of the weights"
    units = " and ".join(activation(config.activation).label for config in configs)
    return (
        f"The {of} on its way back through layers of {units}, on a logarithmic scale, measured and in theory. Below it the factor per "
        "layer against the weight scale, with the share of saturated units: each curve crosses 1 at its activation's critical scale, "
        "if anywhere."
    )


def _made_of(config: DepthConfig, quantity: str) -> str:
    if quantity == "dw":
        return "A layer's weights get what comes back to it, *δ*, times the size of its input."
    if config.plain:
        best = short(activation(config.activation).max_slope)
        return f"The factor is weight times slope, and {best} bounds only the slope."
    more = []
    if normalisation(config.norm).changes:
        more.append("the normalisation divides by a spread")
    if config.skip:
        more.append("the skip connection adds the gradient of the layer above unchanged")
    return f"The factor is no longer weight times slope alone: {' and '.join(more)}."


def rows(curves: Sequence[Curve], quantity: str) -> list[list[str]]:
    """The numbers, a column for each activation; of delta, which is named where the picture shows another gradient."""
    of, what = ("", "gradient") if quantity == "delta" else (" of *δ*", "*δ*")
    found, config = [curve.summary for curve in curves], curves[0].config
    table = [
        [
            f"factor per layer{of}, {_over(config)}, measured",
            *(three(one.factor, min(4, digits(one.factor, config.depth - 1))) for one in found),
        ],
        [f"factor per layer{of}, {_over(config)}, theory", *(three(curve.factor) for curve in curves)],
    ]
    if config.plain:
        table.append(
            ["factor of one layer deep inside, theory: √*χ*₁", *(three(curve.point.factor) for curve in curves)]
        )
    table += [
        ["factor of the last layer, measured", *(power(one.log_last) for one in found)],
        [f"{what} at the first layer, measured", *(power(one.log_first) for one in found)],
        ["first layer's weight gradient / last layer's", *(power(one.log_dw) for one in found)],
        ["saturated units, last layer", *(percent(one.saturated) for one in found)],
        [f"{averaged(config)}, last layer", *(three(one.mean) for one in found)],
    ]
    if any(one.dead for one in found):
        table.append(["dead networks", *(f"{one.dead} of {one.networks}" for one in found)])
    return table


def _over(config: DepthConfig) -> str:
    """Of which layers a factor per layer is the mean: all but the last, which no weights follow."""
    return "the layer before the last" if config.depth == 2 else f"mean of the {config.depth - 1} before the last"


def averaged(config: DepthConfig) -> str:
    """What the mean of a layer is a mean of."""
    return "mean output" if config.skip else "mean activation"


def terms(curves: Sequence[Curve]) -> str:
    """The terms of the table that need a word, each where it stands."""
    off = any(curve.unit.sides == (0, 1) for curve in curves)
    size = "" if all(curve.unit.monotone for curve in curves) else ", in size,"
    said = [
        f"Saturated: a unit whose slope{size} is below {percent(SHARE)} of its activation's largest{' (ReLU: off)' if off else ''}."
    ]
    if curves[0].config.plain:
        said.append(
            "Deep inside: far from both ends, where the signal has settled. *χ*₁: what a layer multiplies the squared gradient by there."
        )
    if any(curve.summary.dead for curve in curves):
        said.append("Dead: some layer passes no gradient at all.")
    return " ".join(said)


def prediction(config: DepthConfig, found: Summary) -> tuple[str, str]:
    """The question, and what is revealed, of networks with PyTorch's default weights."""
    unit = activation(config.activation)
    slope, sigma_w = short(unit.max_slope), three(config.sigma_w)
    amount, made_of = product(found, config.depth - 1)
    return (
        f"**Predict, by hand.** {config.depth} layers of {config.width} {unit.label} units with PyTorch's default weights. The "
        "gradient at the output has length 1. How long is it at the first layer? Tap the picture, drag, or move the slider; "
        "then reveal.",
        f"The measurement says {amount}: {made_of}. That is far below "
        f"{slope}{superscript(config.depth)}. PyTorch's default weights have the scale {sigma_w}, and {sigma_w} × {slope} = "
        f"{three(config.sigma_w * unit.max_slope)}. The weights shrink the gradient too.",
    )


def answered(config: DepthConfig, found: Summary, quantity: str, centred: float | None) -> str:
    """What the page has answered. centred: the share of saturated units of a centred sigmoid with these biases where its factor is 1."""
    factor, it = three(found.factor), "the gradient" if quantity == "delta" else "*δ*"
    biases = "" if centred is not None and centred < NO_PRICE else " and no biases"
    if config.plain:
        first = f"Every layer multiplies {it} by weight times slope: by {factor} on average here."
    else:
        first = (
            f"With {remedies(config)} a layer multiplies {it} by {factor} on average here. Without, it is weight times "
            "slope."
        )
    return (
        f"{first} So sigmoid's 0.25 is half the story. Behind sigmoids small weights make it worse, large ones better, at the price of "
        f"saturated units. A centred activation with matching weights{biases} pays no such price."
    )


def snippet(configs: Sequence[DepthConfig]) -> str:
    """Python lines that reproduce the table."""
    listed = "".join(f"    {config!r},\n" for config in configs)
    return (
        "from core import DepthConfig, fixed_point, measure, summary\n\n"
        f"for config in [\n{listed}]:\n"
        "    found = summary(measure(config))\n"
        "    point = fixed_point(config.activation, config.sigma_w, config.sigma_b)\n"
        "    print(config.activation, found.factor, point.factor, found.log_first)\n"
    )
