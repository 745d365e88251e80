"""The frames of `/saturation`. An activation appears by its label, which is also its colour."""

import math
from collections.abc import Sequence
from operator import itemgetter

import numpy as np

from core.activations import ACTIVATIONS, activation
from core.initialisations import RULES
from core.saturation import LayerSlope, SpreadSweep, Zone, chance_within, named_spread
from dashboard.look.columns import Columns, columns, from_rows, last_rows, stack
from dashboard.look.formats import percent, three
from dashboard.topics.saturation.charts import CURSOR_REACH, CURSOR_STEP, FARTHEST

SPREADS = tuple(float(s) for s in np.geomspace(0.04, 40, 61))
"""The spreads at which the curves against s are computed: all that the controls can set."""

LOWEST, LETTER = 0.02, 0.03
"""Where a name along a rule begins at the lowest, and how much of the axis of shares a letter of it takes."""


def reach(mean: float, spread: float) -> float:
    """How far the picture shows z either way: the cursor's range, and three spreads of the layer as far as it goes."""
    return min(max(float(CURSOR_REACH), abs(mean) + 3 * spread), float(FARTHEST))


def outside(mean: float, spread: float) -> float:
    """The share of the layer's units that lie beyond the picture where it is cut; 0 where it shows three spreads."""
    far = reach(mean, spread)
    cut = abs(mean) + 3 * spread > far
    return chance_within(((-math.inf, -far), (far, math.inf)), mean, spread) if cut else 0.0


def gap(keys: Sequence[str]) -> float:
    """The largest difference of two slopes, as shares of their best, at the cursor's stands; inf for one activation."""
    if len(keys) < 2:
        return math.inf
    one, other = (_share(key, _cursor()[1]) for key in keys)
    return float(np.abs(one - other).max())


def _share(key: str, z: np.ndarray) -> np.ndarray:
    return activation(key).df(z) / activation(key).max_slope


def curves(keys: Sequence[str], mean: float, spread: float) -> Columns:
    """Slope as a share of the best: z, activation, y."""
    far = reach(mean, spread)
    # A point just above 0 keeps the jump of ReLU upright.
    z = np.unique(np.concatenate([np.linspace(-far, far, 81), np.arange(-100, 101) / 10, [1e-6]]))
    return stack(columns(z=z, activation=ACTIVATIONS[key].label, y=_share(key, z)) for key in keys)


def density(mean: float, spread: float) -> Columns:
    """The distribution of z, its top at 1: z, y."""
    far = reach(mean, spread)
    z = np.unique(np.concatenate([np.linspace(-far, far, 121), mean + spread * np.linspace(-4, 4, 81)]))
    z = z[np.abs(z) <= far]
    return columns(z=z, y=np.exp(-0.5 * np.minimum(((z - mean) / spread) ** 2, 80.0)))


def zones(found: Sequence[Zone], mean: float, spread: float) -> Columns:
    """The saturated zones, cut at the frame: low, high, row, activation."""
    far = reach(mean, spread)
    rows = [
        (max(low, -far), min(high, far), row, ACTIVATIONS[zone.key].label)
        for row, zone in enumerate(found)
        for low, high in zone.intervals
        if low < far and high > -far
    ]
    return from_rows(("low", "high", "row", "activation"), rows)


def zone_names(texts: Sequence[tuple[str, str]], mean: float, spread: float) -> Columns:
    """The name above each bar: z, row, text, activation."""
    far = reach(mean, spread)
    rows = [(-far, row, text, ACTIVATIONS[key].label) for row, (key, text) in enumerate(texts)]
    return from_rows(("z", "row", "text", "activation"), rows)


def threshold(share: float, mean: float, spread: float) -> Columns:
    """The rule below which a unit is saturated: y, text, z."""
    return columns(y=share, text=percent(share), z=-reach(mean, spread))


def _cursor() -> tuple[np.ndarray, np.ndarray]:
    k = np.arange(round(-CURSOR_REACH / CURSOR_STEP), round(CURSOR_REACH / CURSOR_STEP) + 1)
    return k, k * CURSOR_STEP


def reading(keys: Sequence[str]) -> Columns:
    """What the cursor reads off each curve: k, at, activation, y."""
    k, z = _cursor()
    return stack(columns(k=k, at=z, activation=ACTIVATIONS[key].label, y=_share(key, z)) for key in keys)


def notes(keys: Sequence[str], mean: float, spread: float) -> Columns:
    """The reading in words, a line for each activation at every stand of the cursor: k, z, row, text, activation."""
    k, z = _cursor()
    left = -reach(mean, spread)
    return stack(
        columns(k=k, z=left, row=row, text=_readings(key, z), activation=ACTIVATIONS[key].label)
        for row, key in enumerate(keys)
    )


def _readings(key: str, z: np.ndarray) -> list[str]:
    """What an activation keeps of its best slope at each z; a slope that is negative has its sign."""
    name, shares = ACTIVATIONS[key].label, _share(key, z).tolist()
    return [
        f"{name} keeps {'−' * (kept <= -1e-4)}{percent(abs(kept))} at z = {_tenths(at)}"
        for kept, at in zip(shares, z.tolist(), strict=True)
    ]


def _tenths(z: float) -> str:
    return f"{round(z, 1) + 0.0:.1f}".replace("-", "−")


def sweep(keys: Sequence[str], found: Sequence[SpreadSweep]) -> Columns:
    """What a layer keeps by the spread of z: spread, kept, mean, rms, saturated, activation."""
    return stack(
        columns(
            spread=one.spread,
            kept=one.kept,
            mean=one.mean,
            rms=one.rms,
            saturated=one.saturated,
            activation=ACTIVATIONS[key].label,
        )
        for key, one in zip(keys, found, strict=True)
    )


def here(keys: Sequence[str], found: Sequence[LayerSlope], spread: float) -> Columns:
    """Your layer on each curve: spread, kept, activation."""
    labels = [ACTIVATIONS[key].label for key in keys]
    return columns(spread=spread, kept=[one.kept for one in found], activation=labels)


def named(fan_in: int, mean_square: float) -> Columns:
    """The spread that each named initialisation gives: spread, name, height (where the name begins).

    Rules too close for two names share the name at the first; a name close to the one before it begins where that ends.
    """
    found = [(named_spread(key, fan_in, fan_in, mean_square), rule.label) for key, rule in RULES.items()]
    groups: list[list[tuple[float, str]]] = []
    for s, label in sorted(found, key=itemgetter(0)):
        if SPREADS[0] <= s <= SPREADS[-1]:
            if groups and s < 1.06 * groups[-1][0][0]:
                groups[-1].append((s, label))
            else:
                groups.append([(s, label)])
    rows, before, low, end = [], 0.0, LOWEST, LOWEST
    for group in groups:
        name = ", ".join(label for _, label in group)
        low = min(end, 1.1 - LETTER * len(name)) if group[0][0] < 1.6 * before and low == LOWEST else LOWEST
        before, end = group[-1][0], low + LETTER * (len(name) + 1)
        # One rule for each spread: two on the same spot would look bolder than the others.
        spreads = sorted({round(s, 9) for s, _ in group})
        rows += [(s, "" if k else name, low) for k, s in enumerate(spreads)]
    return from_rows(("spread", "name", "height"), rows)


def initialisations(fan_in: int, mean_square: float) -> list[list[str]]:
    """The table of named rules: name, Var W, sigma_w, s."""
    return [
        [
            rule.label,
            rule.formula,
            three(rule.sigma_w(fan_in, fan_in)),
            three(named_spread(key, fan_in, fan_in, mean_square)),
        ]
        for key, rule in RULES.items()
    ]


def functions(keys: Sequence[str]) -> Columns:
    """f and f' as they are: z, value, activation, curve."""
    z = np.unique(np.concatenate([np.linspace(-6, 6, 121), [1e-6]]))
    return stack(
        columns(z=z, value=values, activation=ACTIVATIONS[key].label, curve=name)
        for key in keys
        for name, values in (("f", activation(key).f(z)), ("slope f'", activation(key).df(z)))
    )


def shown(drawn: Columns) -> tuple[float, float]:
    """The stretch of `functions` that the picture shows: all of what is bounded, and as much of what is not."""
    return max(-3.0, float(drawn["value"].min())), min(4.0, float(drawn["value"].max()))


def ends(swept: Columns) -> Columns:
    """The last point of each curve, where its name stands, names that would touch pushed apart: spread, kept,
    activation, shift (in pixels)."""
    last = last_rows(swept, "activation")
    kept = last["kept"]
    close = len(kept) == 2 and abs(kept[0] - kept[1]) < 0.08
    shift = np.where(np.arange(len(kept)) == kept.argmax(), -8, 8) if close else 0
    return columns(spread=last["spread"], kept=kept, activation=last["activation"], shift=shift)
