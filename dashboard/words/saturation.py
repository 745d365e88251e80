"""What `/saturation` says."""

import math
from collections.abc import Sequence

from core.activations import ACTIVATIONS, activation
from core.saturation import LayerSlope, Zone, layer_slope, named_spread, saturated_zone, zone_below
from dashboard.marks import percent, three

LEGEND = (
    "Grey hill: where the units of the layer are. Curves: slope, as a share of the activation's best. Bars: where it is "
    "saturated. Drag z to read both curves at one point."
)

FINDING = (
    "Two slope curves over the distribution of pre-activations in a layer; a bar above each marks where that activation is "
    "saturated, and the cursor reads both."
)

KEPT_FINDING = (
    "The share of its best slope that a layer keeps, against the spread of its pre-activations: bounded activations lose it "
    "as the spread grows, ReLU's stays level."
)


def label(key: str) -> str:
    """An activation's name."""
    return ACTIVATIONS[key].label


def where(zone: Zone) -> str:
    """The zone in words: beyond ±4.58; below 0; below −2.40 and −0.869 to −0.655; nowhere."""
    if not zone.intervals:
        return "nowhere"
    if zone.intervals == ((-math.inf, math.inf),):
        return "everywhere"
    edges = zone.edges
    if len(edges) == 2 and edges[0] == -edges[1] and len(zone.intervals) == 2:
        return f"beyond ±{three(edges[1])}"
    return " and ".join(
        f"below {three(high)}"
        if math.isinf(low)
        else f"above {three(low)}"
        if math.isinf(high)
        else f"{three(low)} to {three(high)}"
        for low, high in zone.intervals
    )


def bar(zone: Zone, found: LayerSlope) -> str:
    """The name of a bar in the picture."""
    return f"{label(zone.key)} saturated {where(zone)}: {percent(found.saturated)} of units"


def answer(zone: Zone, found: LayerSlope) -> str:
    """One sentence with a live number."""
    name, rest = label(zone.key), f"the layer as a whole keeps {percent(found.kept)} of its best slope."
    if not zone.intervals:
        return f"Nowhere: the slope of {name} never falls that low; {rest}"
    if zone.key in ("relu", "leaky_relu"):
        return f"{where(zone).capitalize()}, all at once: {percent(found.saturated)} of this layer is {name}'s dead half; {rest}"
    return (
        f"{where(zone).capitalize()}: there the slope of {name} is below {percent(share(zone))} of its best. "
        f"{percent(found.saturated)} of this layer is out there, and {rest}"
    )


def share(zone: Zone) -> float:
    """The threshold as a share of the best slope."""
    return zone.threshold / activation(zone.key).max_slope


def rows(zones: Sequence[Zone], found: Sequence[LayerSlope]) -> list[list[str]]:
    """The numbers, a column for each activation."""
    return [
        ["best slope", *(three(activation(zone.key).max_slope) for zone in zones)],
        ["saturated", *map(where, zones)],
        ["share of units saturated", *(percent(one.saturated) for one in found)],
        ["mean slope in this layer", *(three(one.mean) for one in found)],
        ["root mean square slope", *(three(one.rms) for one in found)],
        ["share of its best slope kept", *(percent(one.kept) for one in found)],
    ]


def why(keys: Sequence[str], found: Sequence[LayerSlope], weights: float, square: float, spread: float) -> str:
    """Why the picture looks as it does."""
    first = (
        f"z is a sum of weights times inputs, so its spread is s = sigma_w √(mean square input) = {three(weights)} × "
        f"√{three(square)} = {three(spread)}. What travels back through the layer is multiplied by the slope, unit by unit: "
        "its size changes by the root mean square slope."
    )
    one = activation(keys[0])
    if one.key == "sigmoid":
        second = (
            "Sigmoid loses twice: its best slope is only 0.25, and it keeps a share of that. The first loss is there at any "
            "spread; only the second is saturation."
        )
    elif one.key == "relu":
        second = (
            "ReLU's slope is exactly 0 below 0 and exactly 1 above. Half of a layer with mean zero is dead at any spread; the "
            "living half keeps all of its slope."
        )
    elif one.key in ("gelu", "silu"):
        second = (
            f"{one.label} has a slope that crosses 0 and turns negative on the left: besides the left tail, a narrow band "
            "around that crossing passes next to nothing."
        )
    elif one.key == "identity":
        second = "The identity has one slope everywhere: nothing to lose, and nothing to compute with."
    else:
        second = (
            f"The best slope of {one.label} is {three(one.max_slope)}. Saturation is what it loses from there: "
            f"{percent(1 - found[0].kept)} in this layer."
        )
    return f"{first}\n\n{second}"


def prediction() -> tuple[str, list[str], str, str]:
    """Question, options, the right option and what is revealed."""
    kept = {key: float(activation(key).df(3.0)) / activation(key).max_slope for key in ("sigmoid", "tanh")}
    raw = {key: float(activation(key).df(3.0)) for key in kept}
    edges = {key: saturated_zone(key).edges[1] for key in kept}
    right = "sigmoid" if kept["sigmoid"] > kept["tanh"] else "tanh"
    reveal = (
        f"Sigmoid keeps {percent(kept['sigmoid'])} of its best slope at z = 3, tanh {percent(kept['tanh'])}. tanh is sigmoid "
        f"stretched to twice the steepness, so it saturates at half the distance: {three(edges['tanh'])} instead of "
        f"{three(edges['sigmoid'])}. Even without the shares, sigmoid's slope there is the larger: {three(raw['sigmoid'])} "
        f"against {three(raw['tanh'])}. tanh's lead, {three(activation('tanh').max_slope)} against "
        f"{three(activation('sigmoid').max_slope)}, holds near 0 only."
    )
    return "At z = 3, which has kept more of its own best slope?", ["sigmoid", "tanh", "both the same"], right, reveal


def kept_text(
    keys: Sequence[str], found: Sequence[LayerSlope], mean: float, spread: float, square: float, fan: int
) -> str:
    """The second picture in words."""
    pair = ", ".join(f"{label(key)} {percent(one.kept)}" for key, one in zip(keys, found, strict=True))
    he, glorot4 = (layer_slope(keys[0], mean, named_spread(rule, fan, fan, square)) for rule in ("he", "glorot4"))
    return (
        f"At your spread, {three(spread)}: {pair}. The rules are the spreads that named initialisations give with your mean "
        f"square input. With He's weights this {label(keys[0])} layer keeps {percent(he.kept)} and saturates "
        f"{percent(he.saturated)} of its units; with 4 x Glorot it keeps {percent(glorot4.kept)} and saturates "
        f"{percent(glorot4.saturated)}."
    )


def short(zone: Zone) -> str:
    """The zone for a narrow column: |z| > 4.58; z < 0; z < −2.40, −0.869…−0.655."""
    edges = zone.edges
    if len(zone.intervals) != 2 or edges[0] != -edges[-1]:
        return where(zone).replace("below", "z <").replace("above", "z >").replace(" and ", ", ").replace(" to ", "…")
    return f"\\|z\\| > {three(edges[1])}"


def edges_table(at: float) -> list[list[str]]:
    """Every activation's zone at this share, and at the absolute slope 0.01."""
    return [
        [unit.label, short(saturated_zone(key, at)), short(zone_below(key, 0.01))] for key, unit in ACTIVATIONS.items()
    ]


def absolute() -> str:
    """Why a share and not an absolute threshold."""
    return (
        "**The edges.** In closed form for the sigmoid family: |z| > 2 acosh(1 / (2√t)), for tanh acosh(1 / √t). The last "
        f"column uses one absolute slope, 0.01, for all: {percent(0.01 / activation('sigmoid').max_slope)} of sigmoid's best "
        f"but {percent(0.01 / activation('tanh').max_slope)} of tanh's, so it flatters the steeper one."
    )


def spread_text(weights: float, square: float, spread: float, fan: int) -> str:
    """Where s comes from."""
    return (
        f"**Where s comes from.** A unit adds up {fan:,} inputs, each times a weight of variance sigma_w² / {fan:,}. The "
        f"variances add: s² = {fan:,} × sigma_w² / {fan:,} × E a² = {three(weights)}² × {three(square)} = {three(spread**2)}, "
        "plus the variance of the bias if it has one. The fan-in cancels. A rule for initial weights is a choice of sigma_w "
        "(fan-out equal to fan-in here)."
    )


def answered(found: LayerSlope, key: str) -> str:
    """What the page has answered."""
    small = layer_slope("sigmoid", 0.0, 0.5)
    return (
        f"The gradient dies in the tails, and how much of it depends on the spread of z: this {label(key)} layer keeps "
        f"{percent(found.kept)}. Modest weights keep sigmoid out of its tails ({percent(small.kept)} kept at spread 0.5), so "
        "saturation alone is not why it is slow. The unit that is most easily far out is the last one, when it is badly wrong."
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
