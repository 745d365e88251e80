"""What `/yours` says of the units of a layer, and of the layers beside each other."""

import math
from collections.abc import Sequence

from core.diagnosis.results import Diagnosis, NetworkDiagnosis
from dashboard.look.formats import percent, signed, three
from dashboard.topics.yours.frames import DRAWN, Pair, lock_at_1, zone
from dashboard.topics.yours.words import NOTHING, biased, code, escaped

UNITS_FINDING = "The mean and spread of every unit of the layer, sorted by their means; dead units are crosses."


UNIT_FINDING = "A histogram of the values of one unit over the samples, with their mean."


LAYER_HEAD = ("layer", "*η* ×", "saturated", "lock", "*δ* ×")


LAYER_LEGEND = (
    "*η* ×: how many times larger the learning rate might be once the inputs of this layer are centred. Saturated: the share of its "
    "inputs that are. Lock: the share of neurons whose update from one sample is all of one sign. *δ* ×: what the upstream signal "
    "*δ* is multiplied by on its way back from the next layer. –: not known."
)


NARROW = 16
"""Letters of a layer's name that a phone has room for in a table: its end, which tells more than its beginning."""


def units_legend(found: Diagnosis) -> str:
    """How to read the picture of the units, and whether it shows all."""
    of = zone(found)
    shade = f" Shaded: saturated, {of}." if of and found.saturation.intervals and found.saturation.of == "a" else ""
    part = (
        f" A slice: {DRAWN:,} of {found.units:,} units, evenly spaced among the sorted." if found.units > DRAWN else ""
    )
    unknown = f" {signed(escaped(found.saturation.unknown))}" if found.saturation.unknown else ""
    return f"Dot: a unit's mean. Line: one spread either way. Cross: 0 for every sample. Click a unit to see its values.{shade}{unknown}{part}"


def unit_text(found: Diagnosis, unit: int) -> str:
    """The unit that is chosen."""
    each = found.each
    if each.dead[unit]:
        return f"**Unit {unit}** is 0 for every sample."
    if each.constant[unit]:
        return f"**Unit {unit}** is {three(float(each.mean[unit]))} for every sample."
    saturated = (
        "" if each.saturated is None else f", saturated for {percent(float(each.saturated[unit]))} of the samples"
    )
    return (
        f"**Unit {unit}**: mean {three(float(each.mean[unit]))}, spread {three(float(each.spread[unit]))}, from "
        f"{three(float(each.low[unit]))} to {three(float(each.high[unit]))}{saturated}."
    )


def layer_table(found: NetworkDiagnosis, two: Sequence[Pair]) -> list[list[str]]:
    """A row a layer."""
    factors = [*map(float, found.factors), math.nan]
    return [
        [
            code(one.name if len(one.name) <= NARROW else f"...{one.name[3 - NARROW :]}"),
            three(these.times),
            "–" if one.saturated is None else percent(one.saturated),
            "–" if math.isnan(lock_at_1(one)) else percent(lock_at_1(one)),
            "–" if math.isnan(factor) else three(factor),
        ]
        for one, these, factor in zip(found.layers, two, factors, strict=True)
    ]


def layer_text(found: NetworkDiagnosis, two: Sequence[Pair], bias: bool) -> str:
    """The layers in a sentence or two."""
    most = max(range(len(two)), key=lambda index: two[index].times)
    first = f"The most lopsided inputs are those of {code(found.layers[most].name)}: {three(two[most].times)} times ({biased(bias)})."
    if two[most].times < NOTHING:
        first = f"No layer gains from centring ({biased(bias)})."
    if found.factor is None:
        return first
    return f"{first} On its way back the signal *δ* is multiplied by {three(found.factor)} a layer (geometric mean)."
