"""What `/saturation` says. What it says of an activation follows from its facts, so that it is true of a new one too."""

import math
from collections.abc import Sequence

import numpy as np

from core.activations import Activation, activation
from core.saturation import LayerSlope, SpreadSweep, Zone
from dashboard.look.formats import percent, short, three
from dashboard.topics.saturation.frames import ALIKE, COMPARED, COMPARED_AT, Shown, signed

FINDING = (
    "Slope curves over the distribution of pre-activations in a layer. Where an activation is saturated, a bar lies "
    "above the curves. A cursor reads the curves."
)

NEXT_TO_NOTHING = 0.1
"""A slope below this share of the one on the other side of 0 lets little through."""

MODEST_SPREAD = 0.5
"""A spread of z, around 0, that modest weights give."""

EVERYWHERE, BELOW_0 = ((-math.inf, math.inf),), ((-math.inf, 0.0),)


LARGER = 1.1
"""The factor by which weights are made larger, to say what that does."""


def legend(outside: float) -> str:
    """How to read the first picture, and how much of the hill lies beyond it."""
    cut = f" {percent(outside)} of the units lie beyond the picture." if outside else ""
    return (
        "The grey hill is where the units of the layer are, a bar where an activation is saturated. A triangle on the right edge is "
        f"the layer's slope as a whole, its root mean square (rms).{cut}"
    )


def kept_finding(shown: Sequence[Shown], swept: Sequence[SpreadSweep], mean: float) -> str:
    """The second picture for those who do not see it, by the case it shows."""
    first = "The rms slope of a layer, as a share of the best, against the spread of its pre-activations"
    around = " around a mean that is not 0" if mean else ""
    courses = (f"{one.label} {_course(sweep.kept)}" for one, sweep in zip(shown, swept, strict=True))
    return f"{first}{around}: {'; '.join(courses)}."


def _course(kept: np.ndarray) -> str:
    """How what a layer keeps goes as the spread grows."""
    change = np.diff(kept)
    if np.ptp(kept) < 1e-9:
        return "stays level"
    if (change < 0).all():
        return "falls as the spread grows"
    # The last third of the spreads, a factor of 10.
    if kept[-1] > kept[0] and np.ptp(kept[2 * len(kept) // 3 :]) < 0.03:
        return "rises, then stays nearly level"
    return "rises as the spread grows" if (change > 0).all() else "changes with the spread"


def where(zone: Zone) -> str:
    """The zone in words: beyond ±4.58; below 0; below −2.40, and between −0.869 and −0.655; nowhere."""
    if not zone.intervals:
        return "nowhere"
    if zone.intervals == EVERYWHERE:
        return "everywhere"
    if both_tails(zone):
        return f"beyond ±{three(zone.edges[1])}"
    return ", and ".join(_piece(low, high) for low, high in zone.intervals)


def _piece(low: float, high: float) -> str:
    if math.isinf(low):
        return f"below {edge(high)}"
    return f"above {edge(low)}" if math.isinf(high) else f"between {edge(low)} and {edge(high)}"


def both_tails(zone: Zone) -> bool:
    """Whether the zone is all that lies farther from 0 than some z."""
    return len(zone.intervals) == len(zone.edges) == 2 and zone.edges[0] == -zone.edges[1]


def edge(z: float) -> str:
    """An edge of a zone, rounding of one at 0 left out."""
    return "0" if abs(z) < 1e-12 else three(z)


def answer(shown: Shown, mean: float) -> str:
    """One sentence with a live number."""
    unit, zone, saturated = shown.unit, shown.zone, percent(shown.layer.saturated)
    rest = f"Over the whole layer the slope's root mean square (rms) is {percent(shown.layer.kept)} of the best."
    layer = "this layer" if mean == 0 else f"this layer, whose *z* has the mean {three(mean)},"
    if not zone.intervals:
        return f"Nowhere: the slope of {unit.label} never falls below {percent(shown.below)} of its best. {rest}"
    if unit.sides and zone.intervals == BELOW_0:
        slope = f"has the slope {unit.sides[0]:g}" if unit.sides[0] else "is off"
        return f"Below 0, all at once: {saturated} of {layer} {slope}. {rest}"
    slope = "slope" if unit.monotone else "size of the slope"
    return (
        f"{where(zone).capitalize()}: there the {slope} of {unit.label} is below {percent(shown.below)} of its best. "
        f"{_capital(saturated)} of {layer} is out there. {rest}"
    )


def rows(shown: Sequence[Shown], weights: float) -> list[list[str]]:
    """The numbers, a column for each activation."""
    layers = [one.layer for one in shown]
    return [
        # One digit more than what is made of them: the shares of the best, and the factor.
        ["best slope", *(short(one.unit.max_slope, 4) for one in shown)],
        ["saturated", *(where(one.zone) for one in shown)],
        ["share of units saturated", *(percent(layer.saturated) for layer in layers)],
        ["mean slope", *(three(layer.mean, 4) for layer in layers)],
        ["mean slope, of the best", *(signed(one.layer.mean / one.unit.max_slope) for one in shown)],
        ["root mean square (rms) slope", *(three(layer.rms, 4) for layer in layers)],
        ["rms slope, of the best", *(percent(layer.kept) for layer in layers)],
        ["$\\sigma_w$ × rms slope: factor of such a layer", *(three(weights * layer.rms) for layer in layers)],
    ]


def why(shown: Sequence[Shown], weights: float, square: float, spread: float, larger: LayerSlope, gap: float) -> str:
    """Why the picture looks as it does. larger: the first activation's layer with weights `LARGER` times as large. gap: how far the
    two curves are apart at most."""
    layer, name = shown[0].layer, shown[0].label
    paragraphs = [
        f"*z* is a sum of weights times inputs. Its spread is *s* = $\\sigma_w$ √(mean square input) = {three(weights)} × "
        f"√{three(square)} = {three(spread)}.",
        f"What travels back is multiplied by weights and slopes: {_article(name)} {name} layer like this one multiplies its size by "
        f"{three(weights * layer.rms)}. $\\sigma_w$ is critical where the layers deep in a stack have a factor of 1.",
        f"With weights a tenth larger, {_moved(three(weights * layer.rms), three(LARGER * weights * larger.rms), 'that factor')}, and "
        f"{_moved(percent(layer.saturated), percent(larger.saturated), 'the share of saturated units')}.",
        " ".join(map(_character, shown)),
    ]
    if gap < ALIKE:
        names = " and ".join(one.label for one in shown)
        same = "are the same curve" if gap < 1e-9 else "hardly differ"
        paragraphs.append(f"As shares of the best, {names} {same}: the second one is dashed.")
    return "\n\n".join(paragraphs)


def _moved(before: str, after: str, what: str) -> str:
    """What becomes of a number, in the digits that are shown."""
    return f"{what} stays at {before}" if before == after else f"{what} goes from {before} to {after}"


def _character(shown: Shown) -> str:
    """What is particular about an activation's slope."""
    unit, kept, name = shown.unit, percent(shown.layer.kept), _capital(shown.label)
    if unit.sides:
        return _two_slopes(unit, *unit.sides)
    if shown.falls_on_the_left:
        at_0 = "1/2" if math.isclose(shown.slope_at_0, 0.5) else three(shown.slope_at_0)
        return (
            f"{name}'s slope is {at_0} at 0 and largest, {three(unit.max_slope)}, at {three(unit.max_slope_at)}. On the "
            f"left it crosses 0 and turns negative: {_around_the_crossing(shown.zone)}."
        )
    only = "only " if unit.bounded and not unit.zero_centred and unit.max_slope < 1 else ""
    return (
        f"The best slope of {unit.label} is {only}{unit.max_slope:.3g}; the rms slope of this layer is {kept} of that."
    )


def _two_slopes(unit: Activation, below: float, above: float) -> str:
    """What is particular about an activation that has one slope on each side of 0."""
    name = _capital(unit.label)
    if below == above:
        return f"The {unit.label} has one slope everywhere: nothing to lose, and nothing to compute with."
    if 0 in (below, above):
        return (
            f"{name}'s slope is exactly {below:g} below 0 and exactly {above:g} above: at mean 0 half of a layer is off "
            "at any spread."
        )
    slopes = f"{name}'s slope is {below:g} below 0 and {above:g} above: no unit is off"
    return f"{slopes}, but below 0 little gets through." if _little(below, above) else f"{slopes}."


def _little(below: float, above: float) -> bool:
    """Whether a slope lets next to nothing through beside the one on the other side of 0."""
    return abs(below) < NEXT_TO_NOTHING * abs(above)


def _around_the_crossing(zone: Zone) -> str:
    """What is saturated where the slope crosses 0 on the left."""
    lows = [low for low, _ in zone.intervals]
    if lows == [-math.inf]:
        return f"everything below {edge(zone.edges[-1])} is saturated"
    if len(lows) == 2 and lows[0] == -math.inf:
        return "besides the left tail, a band around that crossing is saturated"
    return f"it is saturated {where(zone)}"


def _article(name: str) -> str:
    """Before a name."""
    return "an" if name[0] in "aeioAEIO" else "a"


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def prediction(zones: Sequence[Zone], slopes: Sequence[float]) -> tuple[str, list[str], str, str]:
    """Question, options, the right option and what is revealed. zones, slopes: of the activations that are compared, the
    slopes where they are compared."""
    sigmoid, tanh = map(activation, COMPARED)
    kept = [slope / unit.max_slope for slope, unit in zip(slopes, (sigmoid, tanh), strict=True)]
    far, near = (three(zone.edges[1]) for zone in zones)
    reveal = (
        f"Sigmoid keeps {percent(kept[0])} of its best slope at *z* = {COMPARED_AT:g}, tanh {percent(kept[1])}. tanh *z* "
        "= 2 *σ*(2*z*) − 1: sigmoid squeezed to half the width and doubled in height (4 times the slope), so it "
        f"saturates at half the distance, {near} instead of {far}. Even without "
        f"the shares, sigmoid's slope there is the larger: {three(slopes[0])} against {three(slopes[1])}. "
        f"tanh's lead, {three(tanh.max_slope)} against {three(sigmoid.max_slope)}, holds "
        "near 0 only."
    )
    question = f"At *z* = {COMPARED_AT:g}, which has kept more of its own best slope?"
    right = sigmoid if kept[0] > kept[1] else tanh
    return question, [sigmoid.label, tanh.label, "both the same"], right.label, reveal


def kept_text(shown: Sequence[Shown], spread: float, he: LayerSlope, glorot4: LayerSlope) -> str:
    """The second picture in words. he, glorot4: the first activation's layer under these initialisations."""
    pair = " and ".join(f"{percent(one.layer.kept)} of the best for {one.label}" for one in shown)
    return (
        f"At your spread, *s* = {three(spread)}, the rms slope is {pair}. The dotted rules are the spreads that named initial "
        f"weights give with your mean square input.\n\nWith He's weights this {shown[0].label} layer has an rms slope of "
        f"{percent(he.kept)} of the best, and {percent(he.saturated)} of its units are saturated. With 4 × Glorot it has "
        f"{percent(glorot4.kept)}, and {percent(glorot4.saturated)} are."
    )


def answered(shown: Shown, modest: LayerSlope) -> str:
    """What the page has answered. modest: a sigmoid layer at mean 0 and `MODEST_SPREAD`."""
    return (
        f"{_dies(shown.unit)}. In this {shown.label} layer the rms slope is {percent(shown.layer.kept)} of the best. Modest weights keep "
        f"sigmoid out of its tails: with them it is {percent(modest.kept)}, at mean 0 and spread {MODEST_SPREAD:g}. So saturation need not be why it "
        "is slow. The unit that is most easily far out is the last one, when it is badly wrong."
    )


def _dies(unit: Activation) -> str:
    """Where the gradient dies, by the slopes far out."""
    name, (low, high) = _capital(unit.label), unit.end_slopes
    if unit.sides and low == high:
        return "The gradient dies nowhere in a straight line"
    if unit.sides and low == 0:
        return f"{name}'s gradient dies below 0, and the mean of *z* against its spread decides how much of it"
    if unit.sides and _little(low, high):
        return f"{name}'s gradient nearly dies below 0, and the mean of *z* against its spread decides how much"
    sides = {(True, True): "in the tails", (True, False): "on the left", (False, True): "on the right"}
    dead = low == 0, high == 0
    if dead not in sides:
        return f"The gradient of {unit.label} dies in neither tail"
    return f"The gradient dies {sides[dead]}, and mean and spread of *z* decide how much of it"


def snippet(keys: Sequence[str], at: float, mean: float, weights: float, square: float) -> str:
    """Python lines that reproduce the table."""
    return (
        "from core import layer_slope, layer_spread, saturated_zone\n\n"
        f"spread = layer_spread(sigma_w={weights!r}, mean_square={square!r})\n"
        f"for key in {tuple(keys)!r}:\n"
        f"    layer = layer_slope(key, mean={mean!r}, spread=spread, share={at!r})\n"
        f"    print(saturated_zone(key, {at!r}).edges, layer.saturated, layer.mean, layer.rms, layer.kept)\n"
    )
