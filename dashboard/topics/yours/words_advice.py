"""What `/yours` advises: what the numbers of a layer call for."""

import math

from core.diagnosis.results import Diagnosis
from dashboard.look.formats import as_shown, percent, plural, three
from dashboard.topics.yours.frames import Pair
from dashboard.topics.yours.words import NOTHING, WORTH, made_by_units

MANY_SATURATED = 0.25
"""From this share of saturated outputs on they are worth a word."""

APART = 10.0
"""From this ratio of the largest variance of a unit to the smallest on, to divide each by its own spread is worth a word."""


def advice(found: Diagnosis, two: Pair) -> str:
    """What to do about it, a line each."""
    do = []
    if found.constant == found.units:
        do.append("Nothing varies here: look for what froze these inputs before you look at *η*.")
    elif two.times >= WORTH:
        do.append(
            "Centre these inputs: subtract each unit's mean, as batch norm after the activation does, or take an activation whose "
            f"outputs have a mean near 0. Then try a learning rate up to {three(two.times)} times larger, where this layer sets "
            "the limit."
        )
    else:
        little = "nothing" if two.times < NOTHING else f"little ({three(two.times)} times)"
        do.append(f"Leave the means alone: centring gains {little} at this layer.")
    do += _rescaled(found, two)
    if found.saturated is not None and found.saturated >= MANY_SATURATED and not _flat_at_0(found):
        do.append(
            f"{percent(found.saturated)} of the outputs are saturated: smaller weights into these units, or a norm."
        )
    if 0 < found.dead < found.units:
        do.append(_still(found))
    return "**What to do.**\n\n" + "\n".join(f"- {one}" for one in do)


def _still(found: Diagnosis) -> str:
    """What inputs that are always 0 call for."""
    count = plural(found.dead, "input") + (" is" if found.dead == 1 else " are")
    if made_by_units(found) and _flat_at_0(found):
        return f"{plural(found.dead, 'unit')} {'is' if found.dead == 1 else 'are'} dead and learn{'s' if found.dead == 1 else ''} nothing from these samples: a smaller *η*, or a slope below 0, keeps units alive."
    return f"{count} 0 for every sample: these samples do not move the weights behind {'it' if found.dead == 1 else 'them'}."


def _flat_at_0(found: Diagnosis) -> bool:
    """Whether the saturated outputs are single values, as ReLU's 0: half of them is how it works, and no fault."""
    return bool(found.saturation.intervals) and all(low == high for low, high in found.saturation.intervals)


def _told(value: float, found: float) -> str:
    """A number beside those it follows from, as they are shown; "about" where who reckons with them finds another."""
    return three(value) if three(value) == three(found) else f"about {three(value)}"


def _rescaled(found: Diagnosis, two: Pair) -> list[str]:
    """What dividing by the spread would do, once the mean is gone: for all units beside the bias, and between them."""
    do, alone = [], found.centred
    larger = 1 / math.sqrt(alone.top) if alone.top > 0 else math.inf
    if two.by_bias and 0 < alone.top <= 1 / WORTH and alone.kappa < two.centred.kappa:
        do.append(
            f"Rescale them as well. Centred, the steepest direction is the bias ({three(two.centred.top)}), and the steepest that the "
            f"units make is {three(alone.top)}: they vary too little beside it. "
            f"{_told(larger, 1 / math.sqrt(as_shown(alone.top) or 1)).capitalize()} times as large, they would "
            f"bring *κ* from {three(two.centred.kappa)} to {three(alone.kappa)}, at the same *η*. Batch norm rescales them too."
        )
    spread = found.each.spread[found.each.spread > 0]
    ratio = float(spread.max() / spread.min()) if spread.size else 1.0
    shown = as_shown(float(spread.max())) / as_shown(float(spread.min())) if spread.size else 1.0
    if APART <= ratio * ratio <= two.centred.kappa:
        do.append(
            f"Divide each unit by its own spread. The spreads go from {three(float(spread.min()))} to {three(float(spread.max()))}: as long as they "
            f"differ so, *κ* cannot fall below {_told(ratio * ratio, shown * shown)}, even centred."
        )
    return do
