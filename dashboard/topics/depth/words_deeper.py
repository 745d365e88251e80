"""What `/depth` says about the causes: why the picture looks as it does, what the size of the weights does."""

import math
from collections.abc import Sequence

from core.activations import Activation, activation
from core.depth.measured import DepthConfig
from core.depth.normalisations import Normalisation, normalisation
from core.depth.summary import Summary
from core.depth.theory import LayerTheory
from dashboard.look.formats import as_shown, equals, percent, plural, short, three
from dashboard.topics.depth.frames import Curve
from dashboard.topics.depth.frames_deeper import Settled
from dashboard.topics.depth.words import LOSES, NO_PRICE, SCALE, VANISHES, weights

AGREES = 1.03
"""Measured and theory within this factor a layer are not worth a word."""

BEYOND_CHANCE = 3.0
"""From so many standard errors on the difference is not put down to the few networks that were drawn."""

SETTLED = 1.02
"""A spread of z within this factor of its limit has settled."""

FADED = 0.1
"""Below this spread of z every activation here is all but a straight line."""


def vanishes(config: DepthConfig, factor: float) -> bool:
    """Whether a gradient that is multiplied by `factor` a layer vanishes in this network."""
    return factor < LOSES or (config.depth - 1) * math.log10(factor) < VANISHES


def why(curve: Curve, settled: Settled, quantity: str) -> str:
    """Why the picture looks as it does. settled: the same activation by the size of the weights."""
    config, unit, factor = curve.config, curve.unit, curve.summary.factor
    best = unit.max_slope
    first = (
        f"On its way back {'the gradient' if quantity == 'delta' else '*δ*, the gradient of *z*,'} meets each layer twice. The weights multiply it by their scale, {SCALE}; the slopes by "
        f"their root mean square. Only the slopes are bounded: {unit.label}'s by {short(best)}."
    )
    if config.plain:
        product = equals(as_shown(config.sigma_w, 4) * as_shown(best), config.sigma_w * best)
        first += (
            f" If every slope were the largest, a layer would pass {weights(config.sigma_w)} × {short(best)} {product} "
            f"{short(config.sigma_w * best)} of it; measured is {short(factor)}."
        )
    second = _plain(config, settled, curve.layers) if config.plain else _remedied(config, factor)
    if config.orthogonal:
        second = f"{ORTHOGONAL}\n\n{second}"
    return f"{first}\n\n{second}{_apart(config, curve.summary, curve.factor)}"


ORTHOGONAL = (
    "Orthogonal weights turn the gradient and stretch it by their scale, no more and no less. Independent ones do so on average only, "
    "and scatter the more the narrower the layer."
)
"""What orthogonal weights do, beside independent ones."""


def _plain(config: DepthConfig, settled: Settled, layers: Sequence[LayerTheory]) -> str:
    unit, point, sigma_w = settled.unit, settled.point, config.sigma_w
    if unit.sides is not None:
        return _two_lines(unit, unit.sides, sigma_w)
    if math.isinf(point.q):
        grown = "In a deep network the signal itself grows from layer to layer without bound"
        if point.factor > 1 + 1e-9:
            return f"{grown}, and the gradient with it."
        return f"{grown}, ever more slowly, and the factor tends to that of the slopes far out: {three(point.factor)}."
    if sigma_w * unit.max_slope < 1:
        price = ", at the price of saturated units" if (settled.saturated or 0) >= NO_PRICE else ""
        return (
            "Here even the largest slope cannot make up for the weights: in a wide network the gradient shrinks in every layer. "
            f"Larger weights help{price}: see the lower half of the picture."
        )
    spread = math.sqrt(layers[-1].q)
    if point.q == 0:
        return _fading(unit, sigma_w, spread, len(layers))
    if unit.bounded:
        cause = (
            "In a wide network larger weights pass more of the gradient back, and spread *z* further into the flat "
            "tails: that is the price, the dotted curve in the lower half of the picture."
        )
    else:
        cause = "The slopes there, not the largest one, make the factor."
    limit = math.sqrt(point.q)
    if 1 / SETTLED < spread / limit < SETTLED:
        return f"The pre-activations *z* settle at a spread of {three(limit)}. {cause}"
    return (
        f"After {plural(len(layers), 'layer')} the pre-activations *z* have a spread of {three(spread)}; in a deeper network "
        f"they would come to {three(limit)}. {cause}"
    )


def _fading(unit: Activation, sigma_w: float, spread: float, layers: int) -> str:
    """Where the signal dies out."""
    slope = float(unit.df(0.0))
    product = f"{weights(sigma_w)} × {short(slope)} = {short(sigma_w * slope)}"
    best = " That is the largest slope there is." if slope == unit.max_slope else ""
    if spread < FADED:
        return (
            f"The signal dies out on its way forward, so *z* stays near 0, where the slope is {short(slope)}: the factor "
            f"tends to {product}.{best}"
        )
    return (
        f"The signal fades on its way forward: after {plural(layers, 'layer')} *z* has a spread of {three(spread)}. In a deeper "
        f"network *z* would come to stay near 0, where the slope is {short(slope)}, and the factor tends to {product}.{best}"
    )


def _two_lines(unit: Activation, sides: tuple[float, float], sigma_w: float) -> str:
    """Of the activations whose factor needs no settling, because half of their slopes are one number, half another."""
    below, above = sides
    if below == above == 1:
        return f"Every slope is 1, whatever z, so the factor is the weight scale alone: {weights(sigma_w)}. 1 keeps the gradient's length."
    halves = f"Half of {unit.label}'s slopes are {above:g} and half are {below:g}, whatever the spread, so in a wide network the factor is"
    if (below, above) == (0, 1):
        return (
            f"{halves} {SCALE} / √2 = {short(sigma_w / math.sqrt(2))}: He's scale, √2, makes it 1. A narrow network can die all "
            "the same: once no unit of a layer is on, nothing passes."
        )
    root, top = math.sqrt((above**2 + below**2) / 2), "1" if above == 1 else f"{above:g}²"
    return f"{halves} {SCALE} √(({top} + {below:g}²) / 2) = {short(sigma_w * root)}; a scale of {short(1 / root)} makes it 1."


def _remedied(config: DepthConfig, factor: float) -> str:
    text = _normalised(normalisation(config.norm), config, factor)
    if config.skip:
        kept = "" if vanishes(config, factor) else ", so nothing vanishes"
        text += (
            "A skip connection adds the gradient of the layer above unchanged: what the layer itself passes comes on "
            f"top{kept}. "
        )
    return f"{text}Measured together: {three(factor)} a layer, on average."


def _normalised(kind: Normalisation, config: DepthConfig, factor: float) -> str:
    """What the normalisation does, with a space behind it; nothing where there is none."""
    if not kind.changes:
        return ""
    if kind.over_inputs:
        what = "each unit" if kind.before else "each unit's output"
        place = "before" if kind.before else "after"
        return f"Batch normalisation {place} the activation centres and scales {what} over {kind.inputs} inputs. "
    if kind.after:
        enough = "makes up" if not vanishes(config, factor) else "does not make up"
        return (
            "Layer normalisation after the activation removes the mean and restores the spread. On the way back it divides "
            f"by the spread of the outputs, which {enough} for small slopes. "
        )
    no_weights = ", so the weight scale drops out of the factor" if config.sigma_b == 0 else ""
    no_rescue = ""
    if not config.skip and vanishes(config, factor):
        no_rescue = f", so for {activation(config.activation).label} it is no rescue"
    return f"Layer normalisation before the activation fixes the spread of *z* at 1{no_weights}; the slopes stay what they are{no_rescue}. "


def _apart(config: DepthConfig, found: Summary, theory: float) -> str:
    """Where theory and measurement differ, and whether that is the width or the luck of a few networks."""
    factor = found.factor
    if math.isnan(theory) or theory == 0 or 1 / AGREES < factor / theory < AGREES:
        return ""
    said = f" Theory, of infinitely wide networks, says {three(theory)} a layer; "
    if found.networks == 1:
        return f"{said}this one, of {config.width} units, comes to {three(factor)}."
    if abs(factor - theory) < BEYOND_CHANCE * found.error:
        return f"{said}these {found.networks} networks come to {three(factor)}, and so few may scatter by as much."
    return f"{said}these, of {config.width} units, come to {three(factor)}."


def factor_text(settled: Sequence[Settled], config: DepthConfig) -> str:
    """The lower half of the picture in words."""
    here = ", ".join(f"{one.unit.label} {three(one.point.factor)}" for one in settled)
    biased = f", with biases of spread {short(config.sigma_b)}" if config.sigma_b else ""
    text = (
        f"For a factor of 1{biased}, {'; '.join(map(_critical, settled))}. At weight scale {weights(config.sigma_w)}, deep "
        f"inside: {here}."
    )
    text += "".join(_centred(one.unit, config) for one in settled if _beside_its_twin(one.unit, settled))
    if not config.plain:
        text += " The picture is of the plain network, without the remedies you have chosen."
    return text


def _critical(one: Settled) -> str:
    """Where an activation's factor is 1, in words."""
    at, label = one.crossing, one.unit.label
    if at is None:
        return f"{label} does not get there at any scale up to 100"
    if at.jumps or one.saturated is None:
        return (
            f"{label} jumps over it, from {three(at.below)} to {three(at.above)}, at a scale of {weights(at.sigma_w)}"
        )
    return f"{label} needs a scale of {weights(at.sigma_w)}, with {percent(one.saturated)} of its units saturated"


def _beside_its_twin(unit: Activation, settled: Sequence[Settled]) -> bool:
    """Whether the same bounded function less its mean is drawn beside it."""
    twins = [one.unit.key for one in settled if one.unit is not unit]
    return unit.bounded and unit.centred_key in twins


def _centred(unit: Activation, config: DepthConfig) -> str:
    """What centring does to an activation drawn beside its centred twin."""
    centre = (unit.low + unit.high) / 2
    around = "½" if centre == 0.5 else short(centre)
    middle = "leave the signal small and *z* in the middle" if config.sigma_b == 0 else "spread *z* less"
    return (
        f" Both have the same slopes. But {unit.label}'s outputs stand around {around}, so weights large enough for its slopes "
        f"spread *z* into the flat tails. Centred outputs {middle}."
    )
