"""The frames of `/saturation`. An activation appears by its label, which is also its colour."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np

from core.activations import Activation, activation
from core.initialisations import RULES, Rule
from core.saturation import LayerSlope, SpreadSweep, Zone, chance_within, named_spread
from dashboard.look.columns import Columns, columns, from_rows, last_rows, stack
from dashboard.look.formats import percent
from dashboard.topics.saturation.charts import CURSOR_REACH, CURSOR_STEP, FARTHEST
from dashboard.topics.saturation.charts_live import FAR_OUT

SPREADS = tuple(float(s) for s in np.geomspace(0.04, 40, 61))
"""The spreads at which the curves against s are computed: all that the controls can set."""

ALIKE = 0.02
"""Two slope curves nearer than this everywhere cover each other in the picture."""

ABSOLUTE = 0.01
"""The slope that serves as an absolute threshold, beside the fair one."""

COMPARED, COMPARED_AT = ("sigmoid", "tanh"), 3.0
"""The activations of the prediction, and the z at which their slopes are compared."""

HIGHEST, ROW = 1.62, 0.13
"""Where the first name of a rule stands on the axis of shares, and how far each name stands below the one before."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An activation on the page: where it is saturated, and what your layer keeps of its slope."""

    unit: Activation
    zone: Zone
    layer: LayerSlope

    @property
    def label(self) -> str:
        """Its name."""
        return self.unit.label

    @property
    def below(self) -> float:
        """The share of its best slope below which it is saturated."""
        return self.zone.threshold / self.unit.max_slope

    @property
    def slope_at_0(self) -> float:
        """f'(0)."""
        return float(self.unit.df(0.0))

    @property
    def falls_on_the_left(self) -> bool:
        """Whether f falls somewhere left of 0, and nowhere else: f' crosses 0 there. A stretch on which f falls has a turn
        of |f'| within it."""
        falling = [z for z in self.unit.turns if float(self.unit.df(z)) < 0]
        return bool(falling) and max(falling) < 0 < self.slope_at_0


@dataclass(frozen=True, slots=True)
class NamedRule:
    """What a named initialisation gives at this fan-in. spread: of z. biases: their variance, part of spread^2."""

    rule: Rule
    sigma_w: float
    spread: float
    biases: float


def named_rules(fan_in: int, mean_square: float) -> dict[str, NamedRule]:
    """Every named initialisation, by its key; but for orthogonal weights, whose z has the law that LeCun's gives it."""
    return {
        key: NamedRule(
            rule,
            rule.sigma_w(fan_in, fan_in),
            named_spread(key, fan_in, fan_in, mean_square),
            rule.bias_variance(fan_in, fan_in),
        )
        for key, rule in RULES.items()
        if not rule.orthogonal
    }


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


def slopes_compared() -> list[float]:
    """The slopes of the activations of the prediction where they are compared."""
    return [float(activation(key).df(COMPARED_AT)) for key in COMPARED]


def curves(keys: Sequence[str]) -> Columns:
    """Slope as a share of the best, as far out as the picture may show it: z, activation, y."""
    # A point just above 0 keeps the jump of ReLU upright.
    z = np.unique(np.concatenate([np.linspace(-FARTHEST, FARTHEST, 161), np.arange(-100, 101) / 10, [1e-6]]))
    return stack(columns(z=z, activation=activation(key).label, y=_share(key, z)) for key in keys)


def zones(shown: Sequence[Shown]) -> Columns:
    """The saturated zones: low, high, row, activation."""
    rows = [
        (max(low, -FAR_OUT), min(high, FAR_OUT), row, one.label)
        for row, one in enumerate(shown)
        for low, high in one.zone.intervals
    ]
    return from_rows(("low", "high", "row", "activation"), rows)


def threshold(share: float) -> Columns:
    """The rule below which a unit is saturated: y, text."""
    return columns(y=share, text=percent(share))


def _cursor() -> tuple[np.ndarray, np.ndarray]:
    k = np.arange(round(-CURSOR_REACH / CURSOR_STEP), round(CURSOR_REACH / CURSOR_STEP) + 1)
    return k, k * CURSOR_STEP


def reading(keys: Sequence[str]) -> Columns:
    """What the cursor reads off each curve: k, at, activation, y."""
    k, z = _cursor()
    return stack(columns(k=k, at=z, activation=activation(key).label, y=_share(key, z)) for key in keys)


def notes(keys: Sequence[str]) -> Columns:
    """The reading in words, a line for each activation at every stand of the cursor: k, row, text, activation."""
    k, z = _cursor()
    return stack(
        columns(k=k, row=row, text=_readings(key, z), activation=activation(key).label) for row, key in enumerate(keys)
    )


def _readings(key: str, z: np.ndarray) -> list[str]:
    """What an activation keeps of its best slope at each z."""
    name, shares = activation(key).label, _share(key, z).tolist()
    return [f"{name} keeps {signed(kept)} at z = {_tenths(at)}" for kept, at in zip(shares, z.tolist(), strict=True)]


def signed(share: float) -> str:
    """A share of the best slope, with its sign where that can be told from 0."""
    return f"−{percent(-share)}" if share <= -1e-4 else percent(abs(share))


def _tenths(z: float) -> str:
    return f"{round(z, 1) + 0.0:.1f}".replace("-", "−")


def sweep(keys: Sequence[str], swept: Sequence[SpreadSweep]) -> Columns:
    """What a layer keeps by the spread of z: spread, kept, mean, rms, saturated, activation."""
    return stack(
        columns(
            spread=one.spread,
            kept=one.kept,
            mean=one.mean,
            rms=one.rms,
            saturated=one.saturated,
            activation=activation(key).label,
        )
        for key, one in zip(keys, swept, strict=True)
    )


def here(shown: Sequence[Shown], spread: float) -> Columns:
    """Your layer on each curve: spread, kept, activation."""
    return columns(spread=spread, kept=[one.layer.kept for one in shown], activation=[one.label for one in shown])


def title(rule: Rule) -> str:
    """The name of a rule, as it is written."""
    return rule.label.replace(" x ", " × ")


def named(rules: Sequence[NamedRule]) -> Columns:
    """The spread that each named initialisation gives: spread, name, height (the top of its rule, where the name stands).

    A name stands to the right of its rule, and every rule ends below the names of those before it: none strikes a name through.
    Rules too close for two names share the name at the last.
    """
    rows = []
    for nth, group in enumerate(_close(rules)):
        name = ", ".join(title(one.rule) for one in group)
        # One rule for each spread: two on the same spot would look bolder than the others.
        spreads = sorted({round(one.spread, 9) for one in group})
        rows += [(spread, name if spread == spreads[-1] else "", HIGHEST - ROW * nth) for spread in spreads]
    return from_rows(("spread", "name", "height"), rows)


def _close(rules: Sequence[NamedRule]) -> list[list[NamedRule]]:
    """The rules within the picture by their spreads, those together whose names would cover each other."""
    groups: list[list[NamedRule]] = []
    for one in sorted(rules, key=attrgetter("spread")):
        if not SPREADS[0] <= one.spread <= SPREADS[-1]:
            continue
        if groups and one.spread < 1.06 * groups[-1][0].spread:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def functions(keys: Sequence[str]) -> Columns:
    """f and f' as they are: z, value, activation, curve."""
    z = np.unique(np.concatenate([np.linspace(-6, 6, 121), [1e-6]]))
    return stack(
        columns(z=z, value=values, activation=activation(key).label, curve=name)
        for key in keys
        for name, values in (("f", activation(key).f(z)), ("slope f'", activation(key).df(z)))
    )


def frame(drawn: Columns) -> tuple[float, float]:
    """The stretch of `functions` that the picture shows: all of what is bounded, and as much of what is not."""
    return max(-3.0, float(drawn["value"].min())), min(4.0, float(drawn["value"].max()))


def ends(swept: Columns, column: str = "kept") -> Columns:
    """The last point of each curve of `column`, where its name stands, names that would touch pushed apart: spread, the column,
    activation, shift (in pixels)."""
    last = last_rows(swept, "activation")
    value = last[column]
    close = len(value) == 2 and abs(value[0] - value[1]) < 0.08
    shift = np.where(np.arange(len(value)) == value.argmax(), -8, 8) if close else 0
    return columns(spread=last["spread"], activation=last["activation"], shift=shift) | {column: value}


FILES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "slopes": {
        "y": ("share_of_best_slope", "slope as a share of the activation's own best, 0 to 1"),
    },
    "spread": {
        "mean": ("mean_slope", "mean slope"),
    },
}
"""What the columns of a file are called, and what they are, where that is not what `dashboard.ui.files` says."""
