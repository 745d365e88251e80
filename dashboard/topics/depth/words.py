"""What `/depth` says."""

import contextlib
import math
from collections.abc import Callable, Sequence

import numpy as np

from core.activations import ACTIVATIONS, activation
from core.depth.mean_field import FixedPoint
from core.depth.measured import BATCH, DepthConfig, Measured, factors, quantiles
from core.depth.theory import LayerTheory, Profile
from core.initialisations import rule
from core.saturation import SHARE
from dashboard.look.formats import percent, three
from dashboard.topics.depth.charts import LAYERS

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
    """10 to a real power in words, also beyond every float: 2.51 × 10⁻⁹; 0.0132 near 1; 0 for minus infinity."""
    if math.isinf(exponent):
        return "0" if exponent < 0 else "infinite"
    if abs(exponent) < 3:
        return three(10**exponent)
    whole = math.floor(exponent)
    mantissa = f"{10 ** (exponent - whole):.2f}"
    if mantissa == "10.00":
        mantissa, whole = "1.00", whole + 1
    return f"{mantissa} × 10" + "".join("⁻" if c == "-" else "⁰¹²³⁴⁵⁶⁷⁸⁹"[int(c)] for c in str(whole))


def measured_factor(found: Measured) -> float:
    """The factor per layer on |delta| from the last layer to the first, of the median network."""
    return float(np.median(factors(found)))


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
    first, factor, dead = _first(found), measured_factor(found), int(found.dead.sum())
    with_what = remedies(config.norm, config.skip)
    through = (
        f"{config.depth} {label(config.activation)} layers with weights of size sigma_w = {weights(config.sigma_w)}"
        + (f" and {with_what}" if with_what else "")
    )
    if dead == config.seeds:
        many = "This network is dead." if dead == 1 else f"All {dead} networks are dead."
        return f"Completely: nothing of the gradient gets back through {through}. {many}"
    if 2 * dead >= config.seeds:
        return (
            f"Completely in {dead} of {config.seeds} networks: they are dead, and nothing of the gradient gets back through "
            f"{through}. {_made_of(config)}"
        )
    decades = (config.depth - 1) * math.log10(factor)
    back = f"{power(first)} {'times' if first > 0 else 'of'} the gradient gets back through {through}"
    if decades < -1 or factor < 0.9:
        fate = f"By a factor of {short(factor)} a layer: {back}."
    elif decades > 0.1:
        fate = f"Not at all: it grows by a factor of {short(factor)} a layer. {_sentence(back)}{_last(found)}."
    else:
        fate = f"Hardly, by a factor of {short(factor)} a layer: {back}{_last(found)}."
    return f"{fate} {_made_of(config)}"


def finding(config: DepthConfig, found: Measured, quantity: str) -> str:
    """The first picture in a sentence, by case and without its numbers."""
    factor, slope = measured_factor(found), activation(config.activation).max_slope
    if 2 * int(found.dead.sum()) >= config.seeds:
        fate = "is lost on its way back: most networks are dead"
    elif factor < 0.95:
        fate = "shrinks by a nearly constant factor a layer on its way back"
    else:
        fate = "grows on its way back" if factor > 1.05 else "nearly keeps its size on its way back"
    text = f"The gradient of {label(config.activation)} layers {fate}"
    if quantity == "delta" and factor > 0 and slope != 1:
        text += f", {'above' if factor > slope else 'below'} the product of the largest slopes"
    return f"{text}, on a logarithmic scale."


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


def legend(config: DepthConfig, quantity: str) -> str:
    """How to read the picture: of what is drawn in it, and of nothing else."""
    single = config.seeds == 1
    parts = [
        "Solid: measured." if single else "Solid: median over the networks, band from the 10th to the 90th percentile."
    ]
    parts += ["Dashed: theory of infinitely wide networks."] * (config.norm != "batch before")
    parts += ["Dotted: largest slope to the power of the layers."] * (quantity == "delta")
    parts.append(
        "delta is dL/dz, and the gradient at the output has norm 1. Below a rule, an entry of average size rounds to 0 in that number format."
    )
    return " ".join(parts)


def _networks(config: DepthConfig) -> str:
    return f"{config.seeds} random network{'s' * (config.seeds > 1)}"


def scope(config: DepthConfig, wanted: int) -> str:
    """What the picture was measured on, and what it leaves out."""
    parts = [
        f"{_networks(config)}, {config.width} units a layer, weight variance {weights(config.sigma_w)}² / {config.width}"
        + (f", bias spread {short(config.sigma_b)}" if config.sigma_b else "")
        + "."
    ]
    if config.seeds < wanted:
        parts.append(f"Of the {wanted} networks you asked for, {config.seeds}: a run stays at about a second.")
    if config.norm == "batch before":
        parts.append(f"Batches of {BATCH} inputs; there is no dashed line, since the theory here is of single inputs.")
    if config.skip:
        parts.append("A layer's output is its input plus f(z).")
    return " ".join(parts)


def prediction(found: Measured) -> tuple[str, str]:
    """The question, and what is revealed."""
    default = rule("pytorch")
    last, factor = quantiles(found.log_delta, (0.5,))[0, 0], measured_factor(found)
    sigma_w = default.sigma_w(256, 256)
    return (
        f"**Predict, by hand.** {LAYERS} layers of 256 sigmoid units with PyTorch's default weights. The gradient at the output has "
        "norm 1. Where will it be at the first layer? Tap the picture, drag, or move the slider; then reveal.",
        f"The measurement says {power(last)}, a factor of {three(factor)} a layer: far below 0.25^{LAYERS}. PyTorch's default has sigma_w = "
        f"{three(sigma_w)}, and {three(sigma_w)} × 0.25 = {three(sigma_w * 0.25)}. The weights shrink the gradient too.",
    )


def layer_rows(
    keys: Sequence[str],
    found: Sequence[Measured],
    theories: Sequence[Sequence[LayerTheory] | None],
    config: DepthConfig,
    layer: int,
) -> list[list[str]]:
    """One layer's factor split into weights and slopes, a column for each activation, measured (the median network) and in
    theory where there is one. layer counts from 1 at the input."""
    own, above = layer - 1, layer
    came = [_ratios(one, one.log_back[:, above], one.log_delta[:, above]) for one in found]
    slopes = [_ratios(one, one.log_delta[:, own], one.log_back[:, above]) for one in found]
    both = [_ratios(one, one.log_delta[:, own], one.log_delta[:, above]) for one in found]
    low, high = zip(*(np.quantile(one, (0.1, 0.9)) for one in both), strict=True)
    split = {
        "weights and the way around" if config.skip else "weights": (came, lambda t: t[above].gain / t[above].slope2),
        "slopes": (slopes, lambda t: t[own].slope2),
        "together": (both, lambda t: t[own].slope2 * t[above].gain / t[above].slope2),
    }
    rows = []
    for name, (values, squared) in split.items():
        rows.append([f"{name}, measured", *(three(float(np.median(one))) for one in values)])
        if config.norm != "batch before":
            rows.append([f"{name}, theory", *(_root(t, squared) for t in theories)])
    rows.append(["together, 10 % to 90 %", *(f"{three(a)} to {three(b)}" for a, b in zip(low, high, strict=True))])
    if config.norm != "batch before":
        rows.append(
            ["spread of z as the activation sees it, theory", *(_root(t, lambda t: t[own].q) for t in theories)]
        )
    return [
        *rows,
        ["saturated units, measured", *(percent(float(np.median(one.saturated[:, own]))) for one in found)],
        [f"{averaged(config)}, measured", *(_mean(one, own) for one in found)],
    ]


def _ratios(found: Measured, log: np.ndarray, under: np.ndarray) -> np.ndarray:
    """The ratios of what has these logarithms, one a network, of the networks that are not dead; 0 where all are."""
    alive = ~found.dead
    return np.asarray(10 ** (log[alive] - under[alive])) if alive.any() else np.zeros(1)


def _root(theory: Sequence[LayerTheory] | None, squared: Callable[[Sequence[LayerTheory]], float]) -> str:
    # Where nothing gets through, there is no factor to take apart.
    with contextlib.suppress(ZeroDivisionError):
        return "none" if theory is None else three(math.sqrt(squared(theory)))
    return "none"


def split(layer: int, chosen: int, config: DepthConfig) -> str:
    """What the split of one layer shows; `chosen` is the layer that was asked for."""
    beyond = f" (Your layer {chosen} is beyond the last one with weights behind it.)" if chosen > layer else ""
    skip = ("(dL/dx + ", ")") if config.skip else ("", "")
    text = (
        f"**Layer {layer} of {config.depth}, taken apart.**{beyond} delta_{layer} = f'(z_{layer}) · {skip[0]}Wᵀ delta_{layer + 1}{skip[1]}: "
        "the weights multiply its size by sigma_w, the slopes by their root mean square."
    )
    if config.norm != "none":
        text += " With a normalisation the slopes include the division by the spread."
    if config.skip:
        text += f" dL/dx is the gradient that goes around layer {layer + 1}."
    return text


def sampler() -> str:
    """How the measurement does without matrices."""
    return (
        "**How this was measured so quickly.** No weight matrix was formed. One pass forward and one back see a random matrix W only "
        "through z = W a and Wᵀ delta. Given a, z is Gaussian with variance sigma_w² |a|² / N in each unit. Given a and z, the rest of W is "
        "as random as before: W = z aᵀ / |a|² + W~ (1 − a aᵀ / |a|²), so Wᵀ delta = a (z·delta) / |a|² plus a fresh Gaussian vector "
        "with its part along a removed.\n\n"
        "That is the same law, not an approximation, at N numbers a layer instead of N². The remedies here are all "
        "sampled in this way, batch normalisation with its several inputs too; the project's tests hold the sampler against networks with matrices."
    )


def answered(config: DepthConfig, found: Measured) -> str:
    """What the page has answered."""
    factor = three(measured_factor(found))
    first = (
        f"The gradient is multiplied by weight times slope in every layer, on average by {factor} here."
        if config.plain
        else f"With {remedies(config.norm, config.skip)} a layer multiplies the gradient by {factor} on average here; without, by weight times slope."
    )
    return (
        f"{first} Sigmoid's 0.25 a layer is only half the story: small weights make it worse, large ones better at the price of "
        "saturated units, and a centred activation with matching weights needs no such trade. How much of this does a real network "
        "feel, trained on real digits?"
    )


def snippet(configs: Sequence[DepthConfig]) -> str:
    """Python lines that reproduce the table."""
    return (
        "from statistics import median\n\n"
        "from core.depth.measured import DepthConfig, factors, measure, quantiles\n"
        "from core.depth.mean_field import fixed_point\n\n"
        f"for config in [\n{''.join(f'    {config!r},{chr(10)}' for config in configs)}]:\n"
        "    found = measure(config)\n"
        "    first_layer = quantiles(found.log_delta, (0.5,))[0, 0]\n"
        "    point = fixed_point(config.activation, config.sigma_w, config.sigma_b)\n"
        "    print(config.activation, median(factors(found)), point.factor, first_layer)\n"
    )
