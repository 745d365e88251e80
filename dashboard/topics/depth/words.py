"""What `/depth` says."""

import math
from collections.abc import Sequence

from core.activations import activation
from core.depth.measured import DepthConfig
from core.depth.normalisations import normalisation
from core.depth.summary import Summary
from core.saturation import SHARE
from dashboard.look.formats import percent, plural, power, short, three
from dashboard.topics.depth.frames import Curve

FACTOR_FINDING = (
    "The factor per layer against the size of the weights, with the share of saturated units under it: each curve crosses 1 "
    "at the activation's critical size, if anywhere."
)

FACTOR_LEGEND = "Drag the size of the weights: the dots and their numbers follow, in theory; the networks above are measured anew when you let go."

GUESS_FINDING = "A line from 1 at the output to the guess 20 layers back; revealed, the measurement beside it."


def weights(value: float) -> str:
    """A size of weights, as fine as the critical ones are set: 4, 10.15."""
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


def answer(config: DepthConfig, found: Summary) -> str:
    """One sentence with a live number, and what makes the factor."""
    unit = activation(config.activation)
    through = f"{config.depth} {unit.label} layers with weights of size sigma_w = {weights(config.sigma_w)}"
    if not config.plain:
        through += f" and {remedies(config)}"
    if found.dead == found.networks:
        many = "This network is dead." if found.dead == 1 else f"All {found.dead} networks are dead."
        return f"Completely: nothing of the gradient gets back through {through}. {many}"
    if 2 * found.dead >= found.networks:
        return (
            f"Completely in {found.dead} of {found.networks} networks: they are dead, and nothing of the gradient gets back "
            f"through {through}. {_made_of(config)}"
        )
    decades = (config.depth - 1) * math.log10(found.factor)
    back = (
        f"{power(found.log_first)} {'times' if found.log_first > 0 else 'of'} the gradient gets back through {through}"
    )
    if decades < -1 or found.factor < 0.9:
        fate = f"By a factor of {short(found.factor)} a layer: {back}."
    elif decades > 0.1:
        fate = f"Not at all: it grows by a factor of {short(found.factor)} a layer. {_sentence(back)}{_last(found)}."
    else:
        fate = f"Hardly, by a factor of {short(found.factor)} a layer: {back}{_last(found)}."
    return f"{fate} {_made_of(config)}"


def finding(config: DepthConfig, found: Summary, quantity: str) -> str:
    """The first picture in a sentence, by case and without its numbers."""
    unit = activation(config.activation)
    if 2 * found.dead >= found.networks:
        fate = "is lost on its way back: most networks are dead"
    elif found.factor < 0.95:
        fate = "shrinks by a nearly constant factor a layer on its way back"
    else:
        fate = "grows on its way back" if found.factor > 1.05 else "nearly keeps its size on its way back"
    text = f"The gradient of {unit.label} layers {fate}"
    if quantity == "delta" and found.factor > 0 and unit.max_slope != 1:
        text += f", {'above' if found.factor > unit.max_slope else 'below'} the product of the largest slopes"
    return f"{text}, on a logarithmic scale."


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _last(found: Summary) -> str:
    """What the last layer, which no weights follow, leaves of the gradient by itself."""
    return f"; the last layer alone leaves {power(found.log_last)}" if found.log_last < -0.1 else ""


def _made_of(config: DepthConfig) -> str:
    if config.plain:
        best = short(activation(config.activation).max_slope)
        return f"The factor is weight times slope, and {best} bounds only the slope."
    more = []
    if normalisation(config.norm).changes:
        more.append("the normalisation divides by a spread")
    if config.skip:
        more.append("the skip connection adds the gradient of the layer above unchanged")
    return f"The factor is no longer weight times slope alone: {' and '.join(more)}."


def rows(curves: Sequence[Curve]) -> list[list[str]]:
    """The numbers, a column for each activation."""
    found, config = [curve.summary for curve in curves], curves[0].config
    table = [
        ["factor per layer, measured", *(three(one.factor) for one in found)],
        ["factor per layer, theory for this depth", *(three(curve.factor) for curve in curves)],
    ]
    if config.plain:
        table.append(["sqrt(chi_1), theory for any depth", *(three(curve.point.factor) for curve in curves)])
    table += [
        ["gradient at the first layer", *(power(one.log_first) for one in found)],
        ["first layer's weight gradient / last layer's", *(power(one.log_dw) for one in found)],
        ["saturated units, last layer", *(percent(one.saturated) for one in found)],
        [f"{averaged(config)}, last layer", *(three(one.mean) for one in found)],
    ]
    if any(one.dead for one in found):
        table.append(["dead networks", *(f"{one.dead} of {one.networks}" for one in found)])
    return table


def averaged(config: DepthConfig) -> str:
    """What the mean of a layer is a mean of."""
    return "mean output" if config.skip else "mean activation"


def terms(curves: Sequence[Curve]) -> str:
    """The terms of the table that need a word."""
    said = [f"Saturated: a unit whose slope is below {percent(SHARE)} of the activation's largest (ReLU: off)"]
    if curves[0].config.plain:
        said.append("sqrt(chi_1): the factor once the signal has settled")
    if any(curve.summary.dead for curve in curves):
        said.append("dead: a network in which some layer passes no gradient at all")
    return f"{'; '.join(said)}."


def legend(config: DepthConfig, quantity: str) -> str:
    """How to read the picture: of what is drawn in it, and of nothing else."""
    parts = ["Solid: median over the networks, band from the 10th to the 90th percentile."]
    if config.seeds == 1:
        parts = ["Solid: measured."]
    parts.append("Dashed: theory of infinitely wide networks.")
    if quantity == "delta":
        parts.append("Dotted: largest slope to the power of the layers.")
    parts.append(
        "delta is dL/dz, and the gradient at the output has norm 1. Below a rule, an entry of average size rounds to 0 in that number format."
    )
    return " ".join(parts)


def scope(config: DepthConfig, wanted: int) -> str:
    """What the picture was measured on, and what it leaves out."""
    biases = f", bias spread {short(config.sigma_b)}" if config.sigma_b else ""
    parts = [
        f"{plural(config.seeds, 'random network')}, {config.width} units a layer, weight variance "
        f"{weights(config.sigma_w)}² / {config.width}{biases}."
    ]
    if config.seeds < wanted:
        parts.append(f"Of the {wanted} networks you asked for, {config.seeds}: a run stays at about a second.")
    if config.inputs > 1:
        parts.append(f"Batches of {config.inputs} inputs, in the theory too.")
    if config.skip:
        parts.append("A layer's output is its input plus f(z).")
    return " ".join(parts)


def prediction(config: DepthConfig, found: Summary) -> tuple[str, str]:
    """The question, and what is revealed, of networks with PyTorch's default weights."""
    unit = activation(config.activation)
    slope, sigma_w = short(unit.max_slope), three(config.sigma_w)
    return (
        f"**Predict, by hand.** {config.depth} layers of {config.width} {unit.label} units with PyTorch's default weights. The "
        "gradient at the output has norm 1. Where will it be at the first layer? Tap the picture, drag, or move the slider; then "
        "reveal.",
        f"The measurement says {power(found.log_first)}, a factor of {three(found.factor)} a layer: far below "
        f"{slope}^{config.depth}. PyTorch's default has sigma_w = {sigma_w}, and {sigma_w} × {slope} = "
        f"{three(config.sigma_w * unit.max_slope)}. The weights shrink the gradient too.",
    )


def answered(config: DepthConfig, found: Summary) -> str:
    """What the page has answered."""
    factor = three(found.factor)
    if config.plain:
        first = f"The gradient is multiplied by weight times slope in every layer, on average by {factor} here."
    else:
        first = (
            f"With {remedies(config)} a layer multiplies the gradient by {factor} on average here; without, by weight times "
            "slope."
        )
    return (
        f"{first} Sigmoid's 0.25 a layer is only half the story: small weights make it worse, large ones better at the price of "
        "saturated units, and a centred activation with matching weights needs no such trade. How much of this does a real network "
        "feel, trained on real digits?"
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
