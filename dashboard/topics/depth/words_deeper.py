"""What `/depth` says about the causes: weights, slopes, and what the remedies change."""

import math
from collections.abc import Sequence

from core.activations import LEAK, activation
from core.depth.mean_field import Crossing, FixedPoint
from core.depth.measured import BATCH, DepthConfig, Measured, factors
from dashboard.look.formats import percent, three
from dashboard.topics.depth.words import label, measured_factor, short, weights

AGREES = 1.03
"""Measured and theory within this factor a layer are not worth a word."""

BEYOND_CHANCE = 3.0
"""From so many standard errors on the difference is not put down to the few networks that were drawn."""


def why(config: DepthConfig, found: Measured, point: FixedPoint, theory: float) -> str:
    """Why the picture looks as it does. theory: the factor per layer that theory says, nan where there is none."""
    unit, factor = activation(config.activation), measured_factor(found)
    best = unit.max_slope
    first = (
        "On its way back the gradient meets each layer twice: the weights multiply it by sigma_w, the slopes by their root "
        f"mean square. Only the slopes are bounded, by {short(best)} for {unit.label}."
    )
    if config.plain:
        first += (
            f" Together they could reach {weights(config.sigma_w)} × {short(best)} = {short(config.sigma_w * best)}, if every slope were the "
            f"largest; measured is {short(factor)}."
        )
    second = _plain(config, point) if config.plain else _remedied(config, factor)
    return f"{first}\n\n{second}{_apart(config, found, theory)}"


def _plain(config: DepthConfig, point: FixedPoint) -> str:
    unit, sigma_w = activation(config.activation), config.sigma_w
    bounded = math.isfinite(unit.low) and math.isfinite(unit.high)
    if (straight := _straight(config)) is not None:
        return straight
    if math.isinf(point.q):
        return "The signal itself grows from layer to layer without bound, and the gradient with it."
    if sigma_w * unit.max_slope < 1:
        price = ", at the price of saturated units" if bounded else ""
        return (
            f"Here even the largest slope cannot make up for the weights: the gradient must vanish. Larger weights help{price}: see the second "
            "picture."
        )
    if point.q == 0:
        slope = float(unit.df(0.0))
        return (
            f"The signal dies out on its way forward, so z comes to stay near 0, where the slope is {short(slope)}: the factor "
            f"tends to {weights(sigma_w)} × {short(slope)} = {short(sigma_w * slope)}."
            + (" That is the largest slope there is; no unit is saturated." if slope == unit.max_slope else "")
        )
    return f"The pre-activations settle at a spread of {three(math.sqrt(point.q))}. " + (
        "In a wide network larger weights pass more of the gradient back, and spread the pre-activations further into the flat "
        "tails: that is the price in the second picture."
        if bounded
        else "The slopes there, not the largest one, make the factor."
    )


def _straight(config: DepthConfig) -> str | None:
    """Of the activations whose factor needs no settling, because half of their slopes are one number, half another."""
    key, sigma_w = config.activation, weights(config.sigma_w)
    if key == "relu":
        return (
            "Half of ReLU's slopes are 1 and half are 0, whatever the spread, so the factor is exactly sigma_w / √2: He's "
            "sigma_w = √2 makes it 1. A narrow network can die all the same: once no unit of a layer is on, nothing passes."
        )
    if key == "leaky_relu":
        root = math.sqrt((1 + LEAK**2) / 2)
        return (
            f"Half of leaky ReLU's slopes are 1 and half are {LEAK:g}, whatever the spread, so the factor is exactly "
            f"sigma_w √((1 + {LEAK:g}²) / 2) = {short(config.sigma_w * root)}; sigma_w = {short(1 / root)} makes it 1."
        )
    if key == "identity":
        return f"Every slope is 1, whatever z, so the factor is the weights' alone: sigma_w = {sigma_w}; 1 keeps the gradient's size."
    return None


def _remedied(config: DepthConfig, factor: float) -> str:
    no_rescue = ", so for sigmoid it is no rescue" if config.activation == "sigmoid" and not config.skip else ""
    no_weights = ", so sigma_w drops out of the factor" if config.sigma_b == 0 else ""
    texts = {
        "none": "",
        "layer before": f"Layer normalisation before the activation fixes the spread of z at 1{no_weights}; the "
        f"slopes stay what they are{no_rescue}. ",
        "layer after": "Layer normalisation after the activation removes the mean and restores the spread: it centres, and on the way back it divides "
        "by the spread of the outputs, which makes up for small slopes. ",
        "batch before": f"Batch normalisation before the activation centres and scales each unit over {BATCH} inputs. ",
    }[config.norm]
    if config.skip:
        kept = ", so nothing vanishes" if factor > 0.95 else ""
        texts += (
            "A skip connection adds the gradient of the layer above unchanged: what the layer itself passes comes on "
            f"top{kept}. "
        )
    return f"{texts}Measured together: {three(factor)} a layer, on average."


def _apart(config: DepthConfig, found: Measured, theory: float) -> str:
    """Where theory and measurement differ, and whether that is the width or the luck of a few networks."""
    factor = measured_factor(found)
    if math.isnan(theory) or theory == 0 or 1 / AGREES < factor / theory < AGREES:
        return ""
    said = f" Theory, of infinitely wide networks, says {three(theory)} a layer; "
    if config.seeds == 1:
        return f"{said}this one, of {config.width} units, comes to {three(factor)}."
    # The median of n networks scatters 1.25 times as much as their mean.
    error = 1.25 * float(factors(found).std(ddof=1)) / math.sqrt(config.seeds)
    if abs(factor - theory) < BEYOND_CHANCE * error:
        return f"{said}these {config.seeds} networks come to {three(factor)}, and so few scatter as much as that."
    return f"{said}these, of {config.width} units, come to {three(factor)}."


def factor_text(
    keys: Sequence[str],
    points: Sequence[FixedPoint],
    crossings: Sequence[Crossing | None],
    saturated: Sequence[float | None],
    config: DepthConfig,
) -> str:
    """The second picture in words."""
    pieces = [_critical(key, at, share) for key, at, share in zip(keys, crossings, saturated, strict=True)]
    here = ", ".join(f"{label(key)} {three(point.factor)}" for key, point in zip(keys, points, strict=True))
    biased = f", with biases of spread {short(config.sigma_b)}" if config.sigma_b else ""
    text = f"For a factor of 1{biased}, {'; '.join(pieces)}. At your sigma_w: {here}."
    if "sigmoid" in keys and "centred" in keys:
        middle = "leave the signal small and z in the middle" if config.sigma_b == 0 else "spread z less"
        text += (
            " Both have the same slopes. But sigmoid's outputs stand around ½, so weights large enough for its slopes spread z into the "
            f"flat tails. Centred, they {middle}."
        )
    if not config.plain:
        text += " The picture is of the plain network, without the remedies you have chosen."
    return text


def _critical(key: str, at: Crossing | None, saturated: float | None) -> str:
    """Where an activation's factor is 1, in words."""
    if at is None:
        return f"{label(key)} does not get there with any sigma_w up to 100"
    if at.jumps or saturated is None:
        return f"{label(key)} jumps over it, from {three(at.below)} to {three(at.above)}, at sigma_w = {weights(at.sigma_w)}"
    return f"{label(key)} needs sigma_w = {weights(at.sigma_w)}, with {percent(saturated)} of its units saturated"
