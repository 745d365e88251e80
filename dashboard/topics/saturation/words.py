"""What `/saturation` says."""

import math
from collections.abc import Sequence

from core.activations import ACTIVATIONS, LEAK, activation
from core.initialisations import RULES
from core.saturation import LayerSlope, Zone, layer_slope, layer_spread, named_spread, saturated_zone, zone_below
from dashboard.look.formats import percent, three

FINDING = (
    "Slope curves over the distribution of pre-activations in a layer. Where an activation is saturated, a bar lies "
    "above the curves; a cursor reads them."
)

ALIKE = 0.02
"""Two slope curves nearer than this everywhere cover each other in the picture."""

_HALVES, _SMOOTH = ("relu", "leaky_relu"), ("gelu", "silu")


def legend(outside: float) -> str:
    """How to read the first picture, and how much of the hill lies beyond it."""
    cut = f" {percent(outside)} of the units lie beyond the picture." if outside else ""
    return (
        "Grey hill: where the units of the layer are. Curves: slope, as a share of the activation's best. Bars: "
        f"where it is saturated. Drag z to read the curves at one point.{cut}"
    )


def kept_finding(keys: Sequence[str], mean: float) -> str:
    """The second picture for those who do not see it, by the case it shows."""
    first = "The share of its best slope that a layer keeps, against the spread of its pre-activations"
    if mean != 0:
        return f"{first} around a mean that is not 0: both decide."
    return f"{first}: {'; '.join(f'{label(key)} {_course(key)}' for key in keys)}."


def _course(key: str) -> str:
    if key in (*_HALVES, "identity"):
        return "stays level"
    return "rises, then stays nearly level" if key in _SMOOTH else "loses it as the spread grows"


def fraction_finding(zones: Sequence[Zone], mean: float) -> str:
    """The picture of the saturated share for those who do not see it, by the case it shows."""
    first = "The share of saturated units against the spread of z"
    if mean != 0:
        return f"{first} around a mean that is not 0: both decide."
    return f"{first}: {'; '.join(f'{label(zone.key)} {_rise(zone)}' for zone in zones)}."


def _rise(zone: Zone) -> str:
    if not zone.intervals:
        return "has none"
    if zone.key in _HALVES:
        return "has one half at any spread"
    return "falls towards one half" if zone.edges[-1] > 0 and zone.key in _SMOOTH else "has more as the spread grows"


def label(key: str) -> str:
    """An activation's name."""
    return ACTIVATIONS[key].label


def where(zone: Zone) -> str:
    """The zone in words: beyond ±4.58; below 0; below −2.40, and between −0.869 and −0.655; nowhere."""
    if not zone.intervals:
        return "nowhere"
    if zone.intervals == ((-math.inf, math.inf),):
        return "everywhere"
    edges = zone.edges
    if len(edges) == 2 and edges[0] == -edges[1] and len(zone.intervals) == 2:
        return f"beyond ±{three(edges[1])}"
    return ", and ".join(
        f"below {three(high)}" if math.isinf(low) else f"between {three(low)} and {three(high)}"
        for low, high in zone.intervals
    )


def bar(zone: Zone, found: LayerSlope) -> str:
    """The name of a bar in the picture."""
    return f"{label(zone.key)}: {percent(found.saturated)} saturated"


def answer(zone: Zone, found: LayerSlope, mean: float) -> str:
    """One sentence with a live number."""
    name, rest = label(zone.key), f"the layer as a whole keeps {percent(found.kept)} of its best slope."
    layer = "this layer" if mean == 0 else f"this layer, whose z has the mean {three(mean)},"
    if not zone.intervals:
        return f"Nowhere: the slope of {name} never falls below {percent(share(zone))} of its best; {rest}"
    if zone.key in _HALVES:
        slope = "is dead" if zone.key == "relu" else f"has the slope {LEAK:g}"
        return f"Below 0, all at once: {percent(found.saturated)} of {layer} {slope}; {rest}"
    return (
        f"{where(zone).capitalize()}: there the slope of {name} is below {percent(share(zone))} of its best. "
        f"{percent(found.saturated)} of {layer} is out there, and {rest}"
    )


def share(zone: Zone) -> float:
    """The threshold as a share of the best slope."""
    return zone.threshold / activation(zone.key).max_slope


def rows(zones: Sequence[Zone], found: Sequence[LayerSlope], weights: float) -> list[list[str]]:
    """The numbers, a column for each activation."""
    return [
        ["best slope", *(three(activation(zone.key).max_slope) for zone in zones)],
        ["saturated", *map(where, zones)],
        ["share of units saturated", *(percent(one.saturated) for one in found)],
        ["mean slope in this layer", *(three(one.mean) for one in found)],
        ["root mean square (rms) slope", *(three(one.rms) for one in found)],
        ["share of its best slope kept", *(percent(one.kept) for one in found)],
        ["sigma_w × rms slope: factor of such a layer", *(three(weights * one.rms) for one in found)],
    ]


def why(zones: Sequence[Zone], found: Sequence[LayerSlope], weights: float, square: float, gap: float) -> str:
    """Why the picture looks as it does; `gap` is how far the two curves are apart at most."""
    first = (
        f"z is a sum of weights times inputs, so its spread is s = sigma_w √(mean square input) = {three(weights)} × "
        f"√{three(square)} = {three(layer_spread(weights, square))}. What travels back is multiplied by weights and "
        f"slopes: a {label(zones[0].key)} layer like this one multiplies its size by {three(weights * found[0].rms)}. The "
        "sigma_w at which a deep stack settles at 1 is its critical one."
    )
    second = " ".join(_character(zone, one) for zone, one in zip(zones, found, strict=True))
    if gap < ALIKE:
        names = " and ".join(label(zone.key) for zone in zones)
        same = "are the same curve" if gap < 1e-9 else "hardly differ"
        second += f" As shares of the best, {names} {same}: the second one is dashed."
    return f"{first}\n\n{second}"


def _character(zone: Zone, found: LayerSlope) -> str:
    """What is particular about an activation's slope."""
    unit, kept = activation(zone.key), percent(found.kept)
    name = unit.label[0].upper() + unit.label[1:]
    if zone.key == "identity":
        return "The identity has one slope everywhere: nothing to lose, and nothing to compute with."
    if zone.key == "relu":
        return "ReLU's slope is exactly 0 below 0 and exactly 1 above: at mean 0 half of a layer is dead at any spread."
    if zone.key == "leaky_relu":
        return f"Leaky ReLU's slope is {LEAK:g} below 0 and 1 above: no unit is dead, but below 0 little gets through."
    if zone.key in _SMOOTH:
        if len(zone.intervals) == 2:
            low = "besides the left tail, a band around that crossing is saturated"
        else:
            low = f"everything below {three(zone.edges[-1])} is saturated"
        return (
            f"{name}'s slope is 1/2 at 0 and largest, {three(unit.max_slope)}, at {three(unit.max_slope_at)}. On the "
            f"left it crosses 0 and turns negative: {low}."
        )
    if zone.key == "sigmoid":
        return (
            f"Sigmoid's best slope is only 0.25, whatever the spread, and this layer keeps {kept} of that. Larger "
            "weights can make up for both, but they spread z farther into the tails."
        )
    return f"{name}'s best slope is {unit.max_slope:g}, and this layer keeps {kept} of it."


def prediction(at: float) -> tuple[str, list[str], str, str]:
    """Question, options, the right option and what is revealed; saturated is below the share `at`."""
    kept = {key: float(activation(key).df(3.0)) / activation(key).max_slope for key in ("sigmoid", "tanh")}
    raw = {key: float(activation(key).df(3.0)) for key in kept}
    edges = {key: saturated_zone(key, at).edges[1] for key in kept}
    right = "sigmoid" if kept["sigmoid"] > kept["tanh"] else "tanh"
    reveal = (
        f"Sigmoid keeps {percent(kept['sigmoid'])} of its best slope at z = 3, tanh {percent(kept['tanh'])}. tanh z "
        "= 2 σ(2z) − 1: sigmoid squeezed to half the width and doubled in height (4 times the slope), so it "
        f"saturates at half the distance, {three(edges['tanh'])} instead of {three(edges['sigmoid'])}. Even without "
        f"the shares, sigmoid's slope there is the larger: {three(raw['sigmoid'])} against {three(raw['tanh'])}. "
        f"tanh's lead, {three(activation('tanh').max_slope)} against {three(activation('sigmoid').max_slope)}, holds "
        "near 0 only."
    )
    return "At z = 3, which has kept more of its own best slope?", ["sigmoid", "tanh", "both the same"], right, reveal


def kept_text(
    keys: Sequence[str],
    found: Sequence[LayerSlope],
    mean: float,
    spread: float,
    square: float,
    fan: int,
    at: float,
) -> str:
    """The second picture in words; saturated is below the share `at`."""
    pair = ", ".join(f"{label(key)} {percent(one.kept)}" for key, one in zip(keys, found, strict=True))
    he, glorot4 = (layer_slope(keys[0], mean, named_spread(rule, fan, fan, square), at) for rule in ("he", "glorot4"))
    return (
        f"At your spread, {three(spread)}: {pair}. The rules are the spreads that named initialisations give with "
        f"your mean square input. With He's weights this {label(keys[0])} layer keeps {percent(he.kept)} and "
        f"saturates {percent(he.saturated)} of its units; with 4 x Glorot it keeps {percent(glorot4.kept)} and "
        f"saturates {percent(glorot4.saturated)}."
    )


def short(zone: Zone) -> str:
    """The zone for a narrow column: |z| > 4.58; z < 0; z < −2.40, −0.869…−0.655."""
    edges = zone.edges
    if len(edges) == 2 and edges[0] == -edges[1]:
        return f"\\|z\\| > {three(edges[1])}"
    if not edges:
        return where(zone)
    return ", ".join(
        f"z < {three(high)}" if math.isinf(low) else f"{three(low)}…{three(high)}" for low, high in zone.intervals
    )


def edges_table(at: float) -> list[list[str]]:
    """Every activation's zone at this share, and at the absolute slope 0.01."""
    return [
        [unit.label, short(saturated_zone(key, at)), short(zone_below(key, 0.01))] for key, unit in ACTIVATIONS.items()
    ]


def absolute() -> str:
    """Why a share and not an absolute threshold."""
    return (
        "**The edges.** With r the share of its best slope, sigmoid and its scaled forms are saturated at |z| > 2 "
        "acosh(1/√r), tanh at |z| > acosh(1/√r). The last column uses one absolute slope, 0.01, for all: r = "
        f"{percent(0.01 / activation('sigmoid').max_slope)} of sigmoid's best but "
        f"{percent(0.01 / activation('tanh').max_slope)} of tanh's, so it flatters the steeper one."
    )


def spread_text(weights: float, square: float, spread: float, fan: int) -> str:
    """Where s comes from."""
    biases = "".join(
        f" {one.label} draws biases too, and their variance {three(one.bias_variance(fan, fan))} is in its s²."
        for one in RULES.values()
        if one.bias_variance(fan, fan) > 0
    )
    return (
        f"**Where s comes from.** A unit adds up {fan:,} inputs, each times a weight of variance sigma_w² / {fan:,}. "
        f"The variances add: s² = {fan:,} × sigma_w² / {fan:,} × E a² = {three(weights)}² × {three(square)} = "
        f"{three(spread**2)}. The fan-in cancels. A rule for initial weights is a choice of sigma_w (fan-out equal "
        f"to fan-in here).{biases}"
    )


def answered(found: LayerSlope, key: str) -> str:
    """What the page has answered."""
    small, kept = (
        layer_slope("sigmoid", 0.0, 0.5),
        f"this {label(key)} layer keeps {percent(found.kept)} of its best slope",
    )
    if key == "identity":
        first = f"The gradient dies nowhere in a straight line: {kept}."
    elif key == "relu":
        first = f"ReLU's gradient dies below 0, and the mean of z against its spread decides how much of it: {kept}."
    elif key == "leaky_relu":
        first = (
            f"Leaky ReLU's gradient nearly dies below 0, and the mean of z against its spread decides how much: {kept}."
        )
    else:
        tails = "on the left" if key in _SMOOTH else "in the tails"
        first = f"The gradient dies {tails}, and mean and spread of z decide how much of it: {kept}."
    return (
        f"{first} Modest weights keep sigmoid out of its tails ({percent(small.kept)} kept at mean 0 and spread "
        "0.5), so saturation alone is not why it is slow. The unit that is most easily far out is the last one, "
        "when it is badly wrong."
    )


def snippet(keys: Sequence[str], at: float, mean: float, weights: float, square: float) -> str:
    """Python lines that reproduce the table."""
    return (
        "from core.saturation import layer_slope, layer_spread, saturated_zone\n\n"
        f"spread = layer_spread(sigma_w={weights!r}, mean_square={square!r})\n"
        f"for key in {tuple(keys)!r}:\n"
        f"    layer = layer_slope(key, mean={mean!r}, spread=spread, share={at!r})\n"
        f"    print(saturated_zone(key, {at!r}).edges, layer.saturated, layer.mean, layer.rms, layer.kept)\n"
    )
