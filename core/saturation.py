"""Where an activation's slope dies: its saturated zone, and what a layer of Gaussian pre-activations keeps of its slope.

A unit is saturated where |f'(z)| lies below a threshold t. An absolute t is not fair between activations (0.01 is 4 % of
sigmoid's largest slope and 1 % of tanh's), so t is a share of the activation's own largest slope unless stated otherwise.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.activations import LEAK, Activation, activation
from core.checks import FloatArray, check_array, check_items, check_real, read_only
from core.initialisations import rule
from core.quadrature import gaussian_nodes

SHARE = 0.04
"""A unit is saturated below this share of its activation's largest slope, unless the user sets another."""

SMALLEST, LARGEST = 1e-9, 1e3
"""The range of a threshold."""

LARGEST_SPREAD = 1e4

_LOGISTIC = {"sigmoid": 1.0, "centred": 1.0, "four": 1.0, "four_centred": 1.0, "bipolar": 1.0, "tanh": 2.0}
"""Activations whose slope is max_slope / cosh(c z / 2)^2, with their c."""

_HALVES = {"relu": 0.0, "leaky_relu": LEAK, "identity": 1.0}
"""Activations of slope 1 above 0 and a constant slope below, with that slope."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Zone:
    """Where an activation is saturated.

    key: the activation. threshold: t, saturated means |f'(z)| < t. intervals: the open intervals of z where it is, in
    increasing order, ends infinite where they have none; empty where it never is.
    """

    key: str
    threshold: float
    intervals: tuple[Interval, ...]

    @property
    def edges(self) -> tuple[float, ...]:
        """The finite ends of the intervals, in increasing order."""
        return tuple(sorted({z for interval in self.intervals for z in interval if math.isfinite(z)}))


def saturated_zone(key: str, share: float = SHARE) -> Zone:
    """Where |f'| lies below `share` of the activation's own largest slope; dimensionless.

    Formula: `zone_below` with t = share * max |f'|.
    Parameters: key, a registered activation; share, 1e-9 to 1.
    Raises: ValueError for anything else.
    Reference: `zone_below`.
    """
    return zone_below(key, check_real("share", share, SMALLEST, 1.0) * activation(key).max_slope)


def zone_below(key: str, threshold: float) -> Zone:
    """Where |f'(z)| < t, for an absolute threshold t; dimensionless.

    Formula: sigmoid, beyond |z| = 2 acosh(1 / (2 sqrt t)); tanh, beyond acosh(1 / sqrt t); scaled and shifted ones alike,
    as asinh(sqrt(M / t - 1)) * 2 / c for a slope M / cosh(c z / 2)^2. ReLU and leaky ReLU have one slope on each side of
    0. GELU and SiLU by bisection to the last bit between the turning points of |f'|: their slope is negative on the left,
    so the zone has a piece of its own around the root of f'.
    Parameters: key, a registered activation; threshold, 1e-9 to 1,000.
    Raises: ValueError for anything else.
    Reference: the closed forms follow from sigma' = 1 / (4 cosh(z / 2)^2).
    """
    unit, t = activation(key), check_real("threshold", threshold, SMALLEST, LARGEST)
    if t > unit.max_slope:
        intervals: tuple[Interval, ...] = ((-math.inf, math.inf),)
    elif key in _LOGISTIC:
        edge = 2 / _LOGISTIC[key] * math.asinh(math.sqrt(unit.max_slope / t - 1))
        intervals = ((-math.inf, -edge), (edge, math.inf))
    elif key in _HALVES:
        intervals = ((-math.inf, 0.0),) if _HALVES[key] < t else ()
    else:
        intervals = _bisected(unit, t)
    return Zone(key, t, intervals)


def _bisected(unit: Activation, t: float) -> tuple[Interval, ...]:
    """The zone of a smooth rectifier, for which f'(z) + f'(-z) = 1 with f' largest at `max_slope_at`."""
    steepest = unit.max_slope_at
    lowest = _bisect(lambda z: float(unit.df(z)) > 0, -steepest, 0.0)
    # |f'| is monotone between these, tends to 0 on the left and to 1 on the right.
    turns = [-800.0, -steepest, lowest, steepest, 800.0]

    def edge(a: float, b: float) -> float:
        """Where |f'| crosses t between two turning points of which just one is saturated."""
        rising = saturated(b)
        return _bisect(lambda z: saturated(z) == rising, a, b)

    def saturated(z: float) -> bool:
        return abs(float(unit.df(z))) < t

    ends = [edge(a, b) for a, b in pairwise(turns) if saturated(a) != saturated(b)]
    ends = [-math.inf, *ends, *([math.inf] if saturated(turns[-1]) else [])]
    return tuple(zip(ends[::2], ends[1::2], strict=True))


def _bisect(holds: Callable[[float], bool], low: float, high: float) -> float:
    """The point from which `holds` is true; it is false at `low`, true at `high`, and changes once between them."""
    while low < (middle := (low + high) / 2) < high:
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def saturated_fraction(zone: Zone, mean: float, spread: float) -> float:
    """The chance that a unit with z ~ N(mean, spread^2) is saturated, exact; dimensionless.

    Formula: `chance_within` of the zone's intervals. ReLU's dead half is the half-line z < 0: one half of a zero-mean
    layer, whatever its spread.
    Parameters: zone, a `Zone`; mean, -1e4 to 1e4; spread, 0 (every z is `mean`) to 1e4.
    Raises: ValueError out of range.
    Reference: `chance_within`.
    """
    return chance_within(zone.intervals, mean, spread)


def chance_within(intervals: tuple[Interval, ...], mean: float, spread: float) -> float:
    """The chance that z ~ N(mean, spread^2) falls within disjoint open intervals, exact; dimensionless.

    Formula: the sum over the intervals (a, b) of Phi((b - mean) / spread) - Phi((a - mean) / spread).
    Parameters: intervals of z, ends possibly infinite; mean, -1e4 to 1e4; spread, 0 (every z is `mean`) to 1e4.
    Raises: ValueError out of range.
    Reference: Phi(x) = erfc(-x / sqrt 2) / 2.
    """
    mean, spread = _check_law(mean, spread)
    if spread == 0:
        return float(any(low < mean < high for low, high in intervals))
    total = 0.0
    for low, high in (((a - mean) / spread, (b - mean) / spread) for a, b in intervals):
        # Two values near 1 would cancel: an interval in the upper tail is measured by its mirror image.
        total += _between(-high, -low) if low > 0 else _between(low, high)
    return total


def _between(low: float, high: float) -> float:
    return (math.erfc(-high / math.sqrt(2)) - math.erfc(-low / math.sqrt(2))) / 2


def _check_law(mean: float, spread: float) -> tuple[float, float]:
    return check_real("mean", mean, -1e4, 1e4), check_real("spread", spread, 0.0, LARGEST_SPREAD)


@dataclass(frozen=True, slots=True)
class LayerSlope:
    """What a layer with z ~ N(m, s^2) feels of its activation's slope; all dimensionless.

    mean: E f'. rms: sqrt(E f'^2), the factor on the norm of the gradient. kept: rms / max |f'|, the share of its best
    slope that the layer keeps, in [0, 1]. saturated: the share of its units that are saturated.
    """

    mean: float
    rms: float
    kept: float
    saturated: float


def layer_slope(key: str, mean: float, spread: float, share: float = SHARE) -> LayerSlope:
    """The slope that a wide layer with z ~ N(mean, spread^2) works with.

    Formula: E f' and sqrt(E f'^2) by `core.quadrature.gaussian_nodes`, the saturated share by `saturated_fraction`.
    Parameters: key, a registered activation; mean, -1e4 to 1e4; spread, 0 to 1e4; share as in `saturated_zone`.
    Raises: ValueError out of range.
    Reference: Schoenholz et al., Deep information propagation, 2017 (its chi is sigma_w^2 rms^2).
    """
    return _slope(saturated_zone(key, share), mean, spread)


def _slope(zone: Zone, mean: float, spread: float) -> LayerSlope:
    unit = activation(zone.key)
    mean, spread = _check_law(mean, spread)
    z, p = gaussian_nodes(mean, spread)
    slope = unit.df(z)
    with np.errstate(under="ignore"):  # the square of a slope below 1e-154 is meant to become 0
        rms, average = math.sqrt(float(p @ slope**2)), float(p @ slope)
    # Rounding may lift a mean of slopes above the largest of them by a bit.
    rms = min(rms, unit.max_slope)
    return LayerSlope(average, rms, rms / unit.max_slope, saturated_fraction(zone, mean, spread))


@dataclass(frozen=True, slots=True, eq=False)
class SpreadSweep:
    """`LayerSlope` by the spread of z. spread, mean, rms, kept, saturated: all of one length."""

    spread: FloatArray
    mean: FloatArray
    rms: FloatArray
    kept: FloatArray
    saturated: FloatArray


def spread_sweep(key: str, mean: float, spreads: tuple[float, ...], share: float = SHARE) -> SpreadSweep:
    """`layer_slope` at each spread.

    Parameters: as `layer_slope`; spreads, at most 1,000 values, each 0 to 1e4. Raises: ValueError out of range.
    """
    spreads = check_items("spreads", spreads, 1, 1000)
    zone = saturated_zone(key, share)
    found = [_slope(zone, mean, spread) for spread in spreads]
    columns = {name: [getattr(one, name) for one in found] for name in ("mean", "rms", "kept", "saturated")}
    return SpreadSweep(
        spread=read_only(check_array("spreads", spreads, (None,))),
        **{name: read_only(np.array(column)) for name, column in columns.items()},
    )


def layer_spread(sigma_w: float, mean_square: float, sigma_b: float = 0.0) -> float:
    """The spread s of z in a wide layer with random weights and zero-mean z; dimensionless.

    Formula: z = sum over fan_in inputs of W_j a_j, plus b, so s^2 = fan_in (sigma_w^2 / fan_in) q + sigma_b^2 =
    sigma_w^2 q + sigma_b^2 with q = E a^2, the mean square input: the fan-in cancels.
    Parameters: sigma_w, 0 to 1e3; mean_square, 0 to 1e6; sigma_b, 0 to 1e3.
    Raises: ValueError out of range.
    Reference: Poole et al., Exponential expressivity in deep neural networks, 2016.
    """
    sigma_w, sigma_b = check_real("sigma_w", sigma_w, 0, 1e3), check_real("sigma_b", sigma_b, 0, 1e3)
    return math.hypot(sigma_w * math.sqrt(check_real("mean_square", mean_square, 0, 1e6)), sigma_b)


def named_spread(key: str, fan_in: int, fan_out: int, mean_square: float) -> float:
    """The spread of z that a named initialisation gives; dimensionless.

    Formula: `layer_spread` with the rule's sigma_w and sigma_b.
    Parameters: key, a rule of core.initialisations; fan_in and fan_out, 1 to 1,000,000; mean_square, 0 to 1e6.
    Raises: ValueError for anything else.
    Reference: core.initialisations.
    """
    named = rule(key)
    return layer_spread(named.sigma_w(fan_in, fan_out), mean_square, named.sigma_b(fan_in, fan_out))
