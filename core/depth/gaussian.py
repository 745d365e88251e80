"""Averages of an activation over z ~ N(0, q), for any length q: the theory of wide networks is made of them.

Between 1e-14 and 1e16 they are sums over nodes. Outside, f is linear on either side of 0, up to a correction that is known from
the averages at the end of that range: a bounded f is constant on either side far out, an unbounded one proportional to z.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.activations import Activation, activation
from core.checks import FloatArray, check_real
from core.quadrature import SMALL, Smooth, expect, gaussian_nodes

LARGEST = 1e10
"""The longest q that is asked for by its value."""

NEAR, FAR = 1e-7, 1e8
LOG_NEAR, LOG_FAR = math.log10(NEAR), math.log10(FAR)
"""The standard deviations between which the nodes are used."""

_LEGENDRE_X, _LEGENDRE_W = np.polynomial.legendre.leggauss(3)
SHORT = 1e-2
"""Up to here the rise of f from f(0) is an integral of f', at three nodes; f(z) - f(0) would cancel."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Averages over z ~ N(0, q), all dimensionless."""

    f: float
    """E f."""
    f2: float
    """E f^2."""
    df2: float
    """E f'^2."""


@dataclass(frozen=True, slots=True)
class Averages:
    """The same for a length that no float holds: shares and decimal logarithms, which are -inf for 0."""

    share: float
    """E f over the square root of E f^2, -1 to 1; 0 where f is 0."""
    log_f2: float
    """log10 E f^2."""
    log_df2: float
    """log10 E f'^2."""


def moments(key: str, q: float) -> Moments:
    """E f, E f^2 and E f'^2 over z ~ N(0, q), good to 1e-12 relative.

    Formula: `gaussian_nodes`, and `expect` for E f; (a - b) sqrt(q / 2 pi), (a^2 + b^2) q / 2 and (a^2 + b^2) / 2 for a unit of slope a above 0 and
    b below it, as ReLU's 1 and 0.
    Parameters: key, an activation; q, 0 to 1e10.
    Raises: ValueError out of range.
    Reference: Poole et al. 2016.
    """
    unit = activation(key)
    sd = math.sqrt(check_real("q", q, 0, LARGEST))
    if unit.sides is not None:
        below, above = unit.sides
        return Moments((above - below) * sd / math.sqrt(2 * math.pi), mean_square(unit, q), slope_square(unit, q))
    z, p = gaussian_nodes(0.0, sd)
    f = unit.f(z)
    mean = expect(Smooth(unit.f, unit.d2f), 0.0, sd) if sd <= SMALL else float(p @ f)
    return Moments(mean, float(p @ f**2), float(p @ unit.df(z) ** 2))


def mean_square(unit: Activation, q: float) -> float:
    """E f^2 over z ~ N(0, q), for q from 0 to 1e10."""
    if unit.sides is not None:
        return (unit.sides[0] ** 2 + unit.sides[1] ** 2) / 2 * q
    z, p = gaussian_nodes(0.0, math.sqrt(q))
    return float(p @ unit.f(z) ** 2)


def slope_square(unit: Activation, q: float) -> float:
    """E f'^2 over z ~ N(0, q), for q from 0 to 1e10; at 0 the value there."""
    if unit.sides is not None and q > 0:
        return (unit.sides[0] ** 2 + unit.sides[1] ** 2) / 2
    z, p = gaussian_nodes(0.0, math.sqrt(q))
    return float(p @ unit.df(z) ** 2)


def averages(key: str, log_q: float) -> Averages:
    """`moments` to relative precision for a length q of any size; log_q = log10 q, -inf for 0.

    Formula: over the nodes. Below, f - f(0) is proportional to z on either side of 0, and above f is proportional to z or, if
    it is bounded, constant: an average over its power of the standard deviation sd is its limit plus a correction that is
    proportional to sd below, and to 1 / sd above.
    """
    unit, log_sd = activation(key), log_q / 2
    if log_q == -math.inf:
        return _scaled(_start(key), _start(key) ** 2, float(unit.df(0.0)) ** 2, 0.0)
    if unit.sides is not None:
        mean, square, _ = _lines(*unit.sides)
        return _scaled(mean, square, square, log_q)
    if log_sd < LOG_NEAR:
        mean, square, _, df2 = _near(key, 10 ** (log_sd - LOG_NEAR))
        if _start(key) == 0:
            return _scaled(mean, square, df2, log_q)
        near = _start(key) + mean * 10**log_sd
        return _scaled(near, near * near, df2, 0.0)
    if log_sd > LOG_FAR:
        mean, square, _, df2 = _far(key, 10 ** (LOG_FAR - log_sd))
        return _scaled(mean, square, df2, 0.0 if unit.bounded else log_q)
    z, p = gaussian_nodes(0.0, 10**log_sd)
    f = unit.f(z)
    return _scaled(float(p @ f), float(p @ f**2), float(p @ unit.df(z) ** 2), 0.0)


def log_variance(key: str, log_q: float) -> float:
    """log10 of the variance of f over z ~ N(0, q), to relative precision for a length of any size, as in `averages`.

    Formula: E (f - E f)^2 from f - f(0), in which a spread that is small beside f(0) does not cancel.
    """
    unit, log_sd = activation(key), log_q / 2
    if unit.sides is not None:
        return log10(_lines(*unit.sides)[2]) + log_q
    if log_sd < LOG_NEAR:
        return log10(_near(key, 10 ** (log_sd - LOG_NEAR))[2]) + log_q
    if log_sd > LOG_FAR:
        return log10(_far(key, 10 ** (LOG_FAR - log_sd))[2]) + (0.0 if unit.bounded else log_q)
    z, p = gaussian_nodes(0.0, 10**log_sd)
    rise = risen(unit, z)
    return log10(float(p @ (rise - p @ rise) ** 2))


def _scaled(f: float, f2: float, df2: float, log_unit: float) -> Averages:
    share = f / math.sqrt(f2) if f2 > 0 else 0.0
    return Averages(min(max(share, -1.0), 1.0), log10(f2) + log_unit, log10(df2))


@lru_cache(maxsize=64)
def _start(key: str) -> float:
    return float(activation(key).f(0.0))


def log10(value: float) -> float:
    """log10 of a number that is not negative, -inf for 0."""
    return math.log10(value) if value > 0 else -math.inf


def risen(unit: Activation, z: FloatArray) -> FloatArray:
    """f(z) - f(0) to relative precision, for z of any shape.

    Formula: z times the average of f' between 0 and z where all of z is small and f(0) is not 0.
    """
    start = _start(unit.key)
    if start == 0:
        return unit.f(z)
    if np.abs(z).max(initial=0.0) > SHORT:
        return unit.f(z) - start
    return z * sum(w / 2 * unit.df(z * ((x + 1) / 2)) for x, w in zip(_LEGENDRE_X, _LEGENDRE_W, strict=True))


def _near(key: str, closeness: float) -> tuple[float, ...]:
    """E r / sd, E r^2 / sd^2 and Var r / sd^2 of r = f - f(0), and E f'^2, for sd = `NEAR` closeness and a unit without a kink
    at 0."""
    slope = float(activation(key).df(0.0))
    return _continued((*_lines(slope, slope), slope**2), _at_near(key), closeness)


def _far(key: str, closeness: float) -> tuple[float, ...]:
    """E f, E f^2 and Var f over their power of sd, and E f'^2, for sd = `FAR` / closeness."""
    unit = activation(key)
    limit = (*_lines(*unit.end_slopes), _lines(*unit.end_slopes)[1])
    if unit.bounded:
        low, high = (float(unit.f(z)) for z in (-math.inf, math.inf))
        limit = ((low + high) / 2, (low**2 + high**2) / 2, (high - low) ** 2 / 4, 0.0)
    return _continued(limit, _at_far(key), closeness)


def _lines(below: float, above: float) -> tuple[float, float, float]:
    """E f, E f^2 and Var f over their power of sd, for a unit of slopes `below` and `above`; its E f'^2 is the second."""
    mean, square = (above - below) / math.sqrt(2 * math.pi), (above**2 + below**2) / 2
    return mean, square, square - mean * mean


def _continued(limit: tuple[float, ...], end: tuple[float, ...], closeness: float) -> tuple[float, ...]:
    return tuple(a + (b - a) * closeness for a, b in zip(limit, end, strict=True))


@lru_cache(maxsize=64)
def _at_near(key: str) -> tuple[float, ...]:
    unit = activation(key)
    z, p = gaussian_nodes(0.0, NEAR)
    rise = risen(unit, z) / NEAR
    mean = expect(Smooth(lambda z: risen(unit, z), unit.d2f), 0.0, NEAR) / NEAR
    return mean, float(p @ rise**2), float(p @ (rise - mean) ** 2), float(p @ unit.df(z) ** 2)


@lru_cache(maxsize=64)
def _at_far(key: str) -> tuple[float, ...]:
    unit = activation(key)
    z, p = gaussian_nodes(0.0, FAR)
    f = unit.f(z) / (1.0 if unit.bounded else FAR)
    mean = float(p @ f)
    return mean, float(p @ f**2), float(p @ (f - mean) ** 2), float(p @ unit.df(z) ** 2)
