"""Where an activation's slope dies: its saturated zone, and what a layer of Gaussian pre-activations keeps of its slope.

A unit is saturated where |f'(z)| lies below a threshold t. An absolute t is not fair between activations (0.01 is 4 % of
sigmoid's largest slope and 1 % of tanh's), so t is a share of the activation's own largest slope unless stated otherwise.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from core.activations import Activation, activation
from core.checks import BoolArray, FloatArray, check_array, check_floats, check_items, check_real, read_only
from core.initialisations import layer_spread, named_spread
from core.normal import QUIET, normal_between
from core.quadrature import gaussian_nodes
from core.roots import boundary_at_once

__all__ = [
    "SHARE", "LayerSlope", "SpreadSweep", "Zone", "chance_within", "layer_slope", "layer_spread", "named_spread",
    "saturated_fraction", "saturated_zone", "spread_sweep", "zone_below",
]  # fmt: skip

SHARE = 0.04
"""A unit is saturated below this share of its activation's largest slope, unless the user sets another."""

SMALLEST, LARGEST = 1e-9, 1e3
"""The range of a threshold."""

LARGEST_SPREAD = 1e4

FLAT = 2.0
"""As far as this from a top of |f'| its change may be found by integration."""

_X, _W = np.polynomial.legendre.leggauss(20)

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

    Formula: as `zone_below` with t = share * max |f'|.
    Parameters: key, a registered activation; share, 1e-9 to 1.
    Raises: ValueError for anything else.
    """
    return _zone(activation(key).key, check_real("share", share, SMALLEST, 1.0) * activation(key).max_slope)


def zone_below(key: str, threshold: float) -> Zone:
    """Where |f'(z)| < t, for an absolute threshold t; dimensionless.

    Formula: between two turning points of |f'| it is monotone: there t is crossed once or never, as its limits at both ends
    tell, and the crossing is found to the last bit by bisection. For sigmoid that is |z| = 2 acosh(1 / (2 sqrt t)), for
    tanh acosh(1 / sqrt t).
    Parameters: key, a registered activation; threshold, 1e-9 to 1,000.
    Raises: ValueError for anything else.
    Reference: the closed forms follow from sigma' = 1 / (4 cosh(z / 2)^2).
    """
    return _zone(activation(key).key, check_real("threshold", threshold, SMALLEST, LARGEST))


@lru_cache(maxsize=1024)
def _zone(key: str, t: float) -> Zone:
    unit, intervals = activation(key), list[Interval]()
    for low, high in pairwise((-math.inf, *unit.turns, math.inf)):
        piece = _below_between(unit, t, low, high)
        if piece is None:
            continue
        # Two pieces are one where the turning point between them is saturated too.
        if intervals and intervals[-1][1] == piece[0] and abs(float(unit.df(piece[0]))) < t:
            intervals[-1] = (intervals[-1][0], piece[1])
        else:
            intervals.append(piece)
    return Zone(key, t, tuple(intervals))


@QUIET
def _below_between(unit: Activation, t: float, low: float, high: float) -> Interval | None:
    """The part of (low, high), in which |f'| is monotone, where it lies below t."""
    limits = np.abs(unit.df([_inside(low, high), _inside(high, low)]))
    if (limits < t).all() or (limits.min() < t == limits.max()):
        return low, high  # a limit is not reached: just below it |f'| is below it
    if (limits >= t).all():
        return None
    saturated = _saturated(unit, t, low, high)
    if limits[0] < t:
        # Searched in its mirror image, so that the zone of an even slope is even to the last bit.
        return low, -boundary_at_once(lambda z: saturated(-z), -high, -low)[0]
    return boundary_at_once(saturated, low, high)[0], high


def _inside(end: float, other: float) -> float:
    """Next to `end` on the side of `other`; an infinite end itself, at which |f'| is its limit."""
    return end if math.isinf(end) else math.nextafter(end, other)


def _saturated(unit: Activation, t: float, low: float, high: float) -> Callable[[FloatArray], BoolArray]:
    """Whether |f'(z)| < t, for z between two turning points.

    Formula: |f'| is flat around a top c, where its own rounding would decide: there its change since c, as the integral of
    f'', is compared with t - |f'(c)|. Farther down |f'| itself is the better known.
    """
    tops = [(abs(float(unit.df(end))), end) for end in (low, high) if math.isfinite(end)]
    if not tops or t < max(tops)[0] / 2:
        return lambda z: np.abs(unit.df(z)) < t
    top, c = max(tops)
    side = math.copysign(1.0, float(unit.df(c)))

    def saturated(z: FloatArray) -> BoolArray:
        below: BoolArray = np.abs(unit.df(z)) < t
        near = np.abs(z - c) < FLAT
        half = (z[near] - c)[:, None] / 2
        below[near] = side * (unit.d2f(c + half * (_X + 1)) * half * _W).sum(axis=1) < t - top
        return below

    return saturated


def saturated_fraction(zone: Zone, mean: float, spread: float) -> float:
    """The chance that a unit with z ~ N(mean, spread^2) is saturated, exact; dimensionless.

    Formula: `chance_within` of the zone's intervals. ReLU's dead half is the half-line z < 0: one half of a zero-mean
    layer, whatever its spread.
    Parameters: zone, a `Zone`; mean, -1e4 to 1e4; spread, 0 (every z is `mean`) to 1e4.
    Raises: ValueError out of range.
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
    pieces = _check_intervals(intervals)
    if spread == 0:
        return float(any(low < mean < high for low, high in pieces))
    return sum(
        normal_between((low - mean) / spread, (high - mean) / spread, (high - low) / spread) for low, high in pieces
    )


def _check_intervals(intervals: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """`intervals` in increasing order, as pairs of floats."""
    pairs = [check_floats("intervals", pair) for pair in check_items("intervals", intervals, 0, 1000)]
    ends = (
        np.sort(np.array(pairs), axis=0).ravel() if all(pair.shape == (2,) for pair in pairs) else np.array([math.nan])
    )
    if not (ends[:-1] <= ends[1:]).all() or np.isnan(ends).any():
        raise ValueError(f"intervals = {intervals!r} is not made of disjoint pairs of numbers in increasing order")
    return tuple((float(low), float(high)) for low, high in sorted(map(tuple, pairs)))


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
