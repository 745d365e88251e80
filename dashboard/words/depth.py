"""What `/depth` says."""

import math
from collections.abc import Sequence

import numpy as np

from core.activations import ACTIVATIONS, activation
from core.depth import BATCH, DepthConfig, Measured, quantiles
from core.depth_theory import LayerTheory, Profile
from core.initialisations import rule
from core.mean_field import FixedPoint
from core.saturation import SHARE
from dashboard.charts.depth import LAYERS
from dashboard.marks import percent, three

LEGEND = (
    "Solid: median over the networks, band from the 10th to the 90th percentile. Dashed: theory of infinitely wide networks. "
    "Dotted: largest slope to the power of the layers. The gradient at the output has norm 1. "
    "Below a rule a typical entry is too small for that number format and becomes 0."
)

FINDING = (
    "The size of the gradient on its way back through a deep random network, on a logarithmic scale: measured, as theory has "
    "it, and the product of the largest slopes alone."
)

FACTOR_FINDING = (
    "The factor per layer against the size of the weights, with the share of saturated units under it: each curve crosses 1 "
    "at the activation's critical size, if anywhere."
)

GUESS_FINDING = "A line from 1 at the output to the guess 20 layers back; revealed, the measurement beside it."


def label(key: str) -> str:
    """An activation's name."""
    return ACTIVATIONS[key].label


def short(value: float) -> str:
    """Three significant digits without trailing zeros: 4, 0.577."""
    text = three(value)
    return text.rstrip("0").rstrip(".") if "." in text and "×" not in text else text


def weights(value: float) -> str:
    """A size of weights, as fine as the critical ones are set: 4, 10.15."""
    return f"{value:.4g}"


def power(exponent: float) -> str:
    """10 to a real power in words: 10⁻⁹; 0.0132 near 1; 0 for minus infinity."""
    if math.isinf(exponent):
        return "0" if exponent < 0 else "infinite"
    if abs(exponent) < 3:
        return three(10**exponent)
    return "10" + "".join("⁻" if c == "-" else "⁰¹²³⁴⁵⁶⁷⁸⁹"[int(c)] for c in str(round(exponent)))


def measured_factor(found: Measured) -> float:
    """The factor per layer on |delta| from the last layer to the first, of the median network; nan with one layer."""
    median = quantiles(found.log_delta, (0.5,))[0]
    if len(median) < 2 or not np.isfinite(median[0]):
        return 0.0 if len(median) > 1 else math.nan
    return float(10 ** ((median[0] - median[-1]) / (len(median) - 1)))


def theory_factor(profile: Profile | None) -> float:
    """The same of the prediction; nan where there is none."""
    if profile is None:
        return math.nan
    log = profile.log_delta
    return 0.0 if np.isneginf(log[0]) else float(10 ** ((log[0] - log[-1]) / (len(log) - 1)))


def _first(found: Measured) -> float:
    return float(quantiles(found.log_delta, (0.5,))[0, 0])


def remedies(norm: str, skip: bool) -> str:
    """The remedies that are on, in words."""
    parts = {
        "none": [],
        "layer before": ["layer normalisation before the activation"],
        "layer after": ["layer normalisation after the activation"],
        "batch before": ["batch normalisation before the activation"],
    }[norm]
    parts = [*parts, "skip connections"] if skip else parts
    return " and ".join(parts)


def answer(config: DepthConfig, found: Measured) -> str:
    """One sentence with a live number, and what makes the factor."""
    first, factor = _first(found), measured_factor(found)
    with_what = remedies(config.norm, config.skip)
    through = f"{config.depth} {label(config.activation)} layers with sigma_w = {weights(config.sigma_w)}" + (
        f" and {with_what}" if with_what else ""
    )
    if np.isneginf(first):
        return f"Completely: nothing of the gradient gets back through {through}. Most of these networks are dead."
    decades = (config.depth - 1) * math.log10(factor)
    back = f"{power(first)} {'times' if first > 0 else 'of'} the gradient gets back through {through}"
    if decades < -1 or factor < 0.9:
        fate = f"By a factor of {short(factor)} a layer: {back}."
    elif decades > 0.1:
        fate = f"Not at all: it grows by a factor of {short(factor)} a layer. {_sentence(back)}{_last(found)}."
    else:
        fate = f"Hardly, by a factor of {short(factor)} a layer: {back}{_last(found)}."
    return f"{fate} {_made_of(config)}"


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _last(found: Measured) -> str:
    """What the last layer, which no weights follow, leaves of the gradient by itself."""
    last = float(quantiles(found.log_delta, (0.5,))[0, -1])
    return f"; the last layer alone leaves {power(last)}" if last < -0.1 else ""


def _made_of(config: DepthConfig) -> str:
    if config.norm == "none" and not config.skip:
        best = short(activation(config.activation).max_slope)
        return f"The factor is weight times slope, and {best} bounds only the slope."
    more = ["the normalisation divides by a spread"] * (config.norm != "none")
    more += ["the skip connection adds the gradient of the layer above unchanged"] * config.skip
    return f"The factor is no longer weight times slope alone: {' and '.join(more)}."


def rows(
    found: Sequence[Measured], profiles: Sequence[Profile | None], points: Sequence[FixedPoint], config: DepthConfig
) -> list[list[str]]:
    """The numbers, a column for each activation."""

    def median(values: np.ndarray) -> float:
        return float(np.median(values))

    dw = [quantiles(one.log_dw, (0.5,))[0] for one in found]
    table = [
        ["factor per layer, measured", *(three(measured_factor(one)) for one in found)],
        ["factor per layer, theory for this depth", *(three(theory_factor(one)) for one in profiles)],
    ]
    if config.plain:
        table.append(["sqrt(chi_1), theory for any depth", *(three(point.factor) for point in points)])
    dead = ["dead networks", *(f"{int(one.dead.sum())} of {len(one.dead)}" for one in found)]
    return [
        *table,
        ["gradient at the first layer", *(power(_first(one)) for one in found)],
        ["first layer's weight gradient / last layer's", *(_ratio(one[0], one[-1]) for one in dw)],
        ["saturated units, last layer", *(percent(median(one.saturated[:, -1])) for one in found)],
        [f"{averaged(config)}, last layer", *(_mean(one, -1) for one in found)],
        *([dead] if any(one.dead.any() for one in found) else []),
    ]


def _mean(found: Measured, index: int) -> str:
    """The mean of the median network; 0 where it is nothing but rounding."""
    mean, log_x = float(np.median(found.mean[:, index])), float(np.median(found.log_x[:, index]))
    return three(mean) if mean and math.log10(abs(mean)) > log_x - 12 else "0"


def averaged(config: DepthConfig) -> str:
    """What the mean of a layer is a mean of."""
    return "mean output" if config.skip else "mean activation"


def terms(found: Sequence[Measured], config: DepthConfig) -> str:
    """The terms of the table that need a word."""
    said = [f"Saturated: a unit whose slope is below {percent(SHARE)} of the activation's largest (ReLU: off)"]
    said += ["sqrt(chi_1): the factor once the signal has settled"] * config.plain
    said += ["dead: a network in which some layer passes no gradient at all"] * any(one.dead.any() for one in found)
    return f"{'; '.join(said)}."


def _ratio(first: float, last: float) -> str:
    return "0" if np.isneginf(first) else power(first - last)


def scope(config: DepthConfig, wanted: int, quantity: str) -> str:
    """What the picture was measured on, and what it leaves out."""
    parts = [
        f"{config.seeds} random network{'s' * (config.seeds > 1)}, {config.width} units a layer, weight variance {weights(config.sigma_w)}² / {config.width}"
        + (f", bias spread {short(config.sigma_b)}" if config.sigma_b else "")
        + "."
    ]
    if config.seeds < wanted:
        parts.append(f"Of the {wanted} networks you asked for, {config.seeds}: a run stays at about a second.")
    if config.norm == "batch before":
        parts.append(f"Batches of {BATCH} inputs; there is no dashed line, since the theory here is of single inputs.")
    if config.skip:
        parts.append("A layer's output is its input plus f(z).")
    if quantity == "dw":
        parts.append("The dotted line is about |delta| only.")
    return " ".join(parts)


def prediction(found: Measured) -> tuple[str, str]:
    """The question, and what is revealed."""
    default = rule("pytorch")
    last, factor = quantiles(found.log_delta, (0.5,))[0, 0], measured_factor(found)
    sigma_w = default.sigma_w(256, 256)
    return (
        f"**Predict, by hand.** {LAYERS} layers of 256 sigmoid units with PyTorch's default weights. The gradient at the output has "
        "norm 1. Drag the line to where it will be at the first layer, then reveal.",
        f"The measurement says 10^{last:.1f}, a factor of {three(factor)} a layer: far below 0.25^{LAYERS}. PyTorch's default has sigma_w = "
        f"{three(sigma_w)}, and {three(sigma_w)} × 0.25 = {three(sigma_w * 0.25)}. The weights shrink the gradient too.",
    )


def layer_rows(
    keys: Sequence[str],
    found: Sequence[Measured],
    theories: Sequence[Sequence[LayerTheory] | None],
    config: DepthConfig,
    layer: int,
) -> list[list[str]]:
    """One layer's factor split into weights and slopes, a column for each activation. layer counts from 1 at the input."""
    low, median, high = zip(*(_step(one, layer) for one in found), strict=True)
    slopes = [math.nan if t is None else math.sqrt(t[layer - 1].slope2) for t in theories]
    spreads = [math.nan if t is None else math.sqrt(t[layer - 1].q) for t in theories]
    return [
        ["weights: sigma_w", *(three(config.sigma_w) for _ in keys)],
        ["spread of z as the activation sees it, theory", *map(three, spreads)],
        ["slopes: root mean square f', theory", *map(three, slopes)],
        ["weights times slopes", *(three(config.sigma_w * slope) for slope in slopes)],
        ["measured, median", *map(three, median)],
        ["measured, 10 % to 90 %", *(f"{three(a)} to {three(b)}" for a, b in zip(low, high, strict=True))],
        ["saturated units, measured", *(percent(float(np.median(one.saturated[:, layer - 1]))) for one in found)],
        [f"{averaged(config)}, measured", *(_mean(one, layer - 1) for one in found)],
    ]


def _step(found: Measured, layer: int) -> tuple[float, float, float]:
    """|delta| of this layer over that of the next one, quantiles over the networks that are not dead."""
    alive = found.log_delta[~found.dead]
    if not len(alive):
        return 0.0, 0.0, 0.0
    low, median, high = 10 ** quantiles(alive[:, layer - 1 : layer] - alive[:, layer : layer + 1])[:, 0]
    return float(low), float(median), float(high)


def split(layer: int, config: DepthConfig) -> str:
    """What the split of one layer shows."""
    text = (
        f"**Layer {layer} of {config.depth}, taken apart.** delta_{layer} = f'(z_{layer}) · Wᵀ delta_{layer + 1}: the weights multiply its size by sigma_w, "
        "the slopes by their root mean square."
    )
    if config.norm != "none":
        text += " With a normalisation the slope includes the division by the spread."
    if config.skip:
        text += " With skip connections the gradient that goes around the layer is added, so the measured factor is larger than the product."
    return text


def sampler() -> str:
    """How the measurement does without matrices."""
    return (
        "**How this was measured so quickly.** No weight matrix was formed. One pass forward and one back see a random matrix W only "
        "through z = W a and Wᵀ delta. Given a, z is Gaussian with variance sigma_w² |a|² / N in each unit. Given a and z, the rest of W is "
        "as random as before: W = z aᵀ / |a|² + W~ (1 − a aᵀ / |a|²), so Wᵀ delta = a (z·delta) / |a|² plus a fresh Gaussian vector "
        "with its part along a removed. That is the same law, not an approximation, at N numbers a layer instead of N². The remedies here are all "
        "sampled in this way, batch normalisation with its several inputs too; the project's tests hold the sampler against networks with matrices."
    )


def answered(config: DepthConfig, found: Measured) -> str:
    """What the page has answered."""
    factor = three(measured_factor(found))
    first = (
        f"The gradient is multiplied by weight times slope in every layer, {factor} here."
        if config.plain
        else f"With {remedies(config.norm, config.skip)} the gradient is multiplied by {factor} in every layer here; without, by weight times slope."
    )
    return (
        f"{first} 0.25 a layer is only half the story: small weights make it worse, large ones better until they saturate, and a "
        "centred activation with matching weights needs no such trade. How much of this does a real network feel, trained on real digits?"
    )


def snippet(configs: Sequence[DepthConfig]) -> str:
    """Python lines that reproduce the table."""
    return (
        "from core.depth import DepthConfig, measure, quantiles\n"
        "from core.mean_field import fixed_point\n\n"
        f"for config in [\n{''.join(f'    {config!r},{chr(10)}' for config in configs)}]:\n"
        "    found = measure(config)\n"
        "    log_delta = quantiles(found.log_delta, (0.5,))[0]\n"
        "    point = fixed_point(config.activation, config.sigma_w, config.sigma_b)\n"
        "    factor = 10 ** ((log_delta[0] - log_delta[-1]) / (config.depth - 1))\n"
        "    print(config.activation, factor, point.factor, log_delta[0])\n"
    )
