"""The theory of wide random networks: how large signals and gradients are, layer by layer, in expectation.

Weights are independent, W_ij ~ N(0, sigma_w^2 / fan_in), biases N(0, sigma_b^2). In the limit of infinite width each
pre-activation is Gaussian with variance q, and |delta|^2 changes by chi per layer on the way back, its norm by sqrt(chi).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.activations import activation
from core.checks import FloatArray, Status, check_items, check_real, read_only
from core.quadrature import gaussian_nodes

SMALLEST, LARGEST = 1e-14, 1e10
"""A length below the one counts as 0, above the other as infinite."""

MOST_SIGMA_W = 100.0

REACHED = 1 - 1e-13
"""chi_1 has reached 1. Behind a critical point at q* = 0, as tanh's, chi_1 - 1 grows like q*^2 only: there the last bits of a
sum, which differ from one processor to another, would decide."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Averages over z ~ N(0, q). f: E f. f2: E f^2. df2: E f'^2. All dimensionless."""

    f: float
    f2: float
    df2: float


def moments(key: str, q: float) -> Moments:
    """E f, E f^2 and E f'^2 over z ~ N(0, q), good to 1e-12 relative for any q up to 1e10.

    Formula: `gaussian_nodes`; the closed forms sqrt(q / 2 pi), q / 2 and 1 / 2 for ReLU.
    Parameters: key, an activation; q, 0 to 1e10. Raises: ValueError out of range.
    Reference: Poole et al. 2016.
    """
    unit = activation(key)
    check_real("q", q, 0, LARGEST)
    if key == "relu" and q > 0:
        return Moments(math.sqrt(q / (2 * math.pi)), q / 2, 0.5)
    z, p = gaussian_nodes(0.0, math.sqrt(q))
    f = unit.f(z)
    return Moments(float(p @ f), float(p @ f**2), float(p @ unit.df(z) ** 2))


def length_map(key: str, q: float, sigma_w: float, sigma_b: float = 0.0) -> float:
    """The variance of the next layer's pre-activations, given q of this one's.

    Formula: sigma_w^2 E f(sqrt q Z)^2 + sigma_b^2; for ReLU sigma_w^2 q / 2 + sigma_b^2.
    Parameters: key, an activation; q, 0 to 1e10; sigma_w and sigma_b, 0 to 100. Raises: ValueError out of range.
    Reference: Poole et al. 2016, Exponential expressivity in deep neural networks through transient chaos.
    """
    unit = activation(key)
    _check_sigmas(sigma_w, sigma_b)
    if key == "relu":
        return sigma_w**2 * check_real("q", q, 0, LARGEST) / 2 + sigma_b**2
    z, p = gaussian_nodes(0.0, math.sqrt(check_real("q", q, 0, LARGEST)))
    return sigma_w**2 * float(p @ unit.f(z) ** 2) + sigma_b**2


@dataclass(frozen=True, slots=True)
class FixedPoint:
    """Where the length settles, from inputs of mean square 1. q: q*, 0 where it dies out, inf where it grows without bound.
    chi: chi_1 there. status: CONVERGED, or DIVERGED where q is inf."""

    q: float
    chi: float
    status: Status

    @property
    def factor(self) -> float:
        """sqrt(chi_1), the factor per layer on |delta|."""
        return math.sqrt(self.chi)


def fixed_point(key: str, sigma_w: float, sigma_b: float = 0.0) -> FixedPoint:
    """q* and chi_1 of a deep network.

    Formula: q <- sigma_w^2 E f(sqrt q Z)^2 + sigma_b^2 from q = sigma_w^2 + sigma_b^2, to its limit q*; chi_1 = sigma_w^2
    E f'(sqrt(q*) Z)^2. The map grows with q, so the iteration runs monotonically into the nearest fixed point: it is
    bracketed by doubling or halving, then closed in on.
    Parameters: key, an activation; sigma_w and sigma_b, 0 to 100. Raises: ValueError out of range.
    Reference: Schoenholz et al. 2017, Deep information propagation.
    """
    _check_sigmas(sigma_w, sigma_b)

    def grows(q: float) -> float:
        return length_map(key, q, sigma_w, sigma_b) - q

    def settled(q: float, status: Status = Status.CONVERGED) -> FixedPoint:
        # At q = 0 the limit from above: the average over a kink, not the value at it.
        chi = sigma_w**2 * moments(key, min(max(q, SMALLEST), LARGEST)).df2
        return FixedPoint(q, chi, status)

    q = max(sigma_w**2 + sigma_b**2, SMALLEST)
    slope = grows(q)
    # A length that the map keeps, as ReLU's at sigma_w^2 = 2, changes by rounding alone.
    if abs(slope) < 1e-13 * q:
        return settled(q)
    ratio = 2.0 if slope > 0 else 0.5
    while True:
        following = q * ratio
        if following > LARGEST:
            return settled(math.inf, Status.DIVERGED)
        if following < SMALLEST:
            return settled(0.0)
        if grows(following) * slope <= 0:
            break
        q = following
    low, high = sorted((q, following))
    return settled(
        math.exp(_root(lambda u: math.log1p(grows(math.exp(u)) / math.exp(u)), math.log(low), math.log(high)))
    )


def _root(g: Callable[[float], float], low: float, high: float) -> float:
    """Where g changes sign between `low` and `high`: false position that halves the weight of an end that stays
    (Illinois), a dozen evaluations where bisection takes fifty."""
    g_low, g_high, side = g(low), g(high), 0
    for _ in range(100):
        if g_low == g_high or abs(high - low) < 1e-14 * max(1.0, abs(low)):
            break
        middle = (low * g_high - high * g_low) / (g_high - g_low)
        here = g(middle)
        if abs(here) < 1e-14:
            return middle
        if here * g_high > 0:
            high, g_high, g_low, side = middle, here, g_low / 2 if side > 0 else g_low, 1
        else:
            low, g_low, g_high, side = middle, here, g_high / 2 if side < 0 else g_high, -1
    return (low + high) / 2


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where chi_1 gets from below 1 to 1 or above. sigma_w: the place. below, above: sqrt(chi_1) just below it and at it. Where
    they differ, q* jumps there from one fixed point to another, and no sigma_w gives chi_1 = 1."""

    sigma_w: float
    below: float
    above: float

    @property
    def jumps(self) -> bool:
        """Whether chi_1 leaps over 1."""
        return self.above - self.below > 1e-3


def crossing(key: str, sigma_b: float = 0.0, most: float = MOST_SIGMA_W) -> Crossing | None:
    """Where chi_1, growing with sigma_w, first gets to 1 or over it, up to `most`; None where it does not.

    Formula: chi_1(sigma_w) = 1, bracketed on a grid of 41 values from 0.1 up and bisected.
    Parameters: key, an activation; sigma_b, 0 to 100; most, 0.2 to 100. Raises: ValueError out of range.
    Reference: Schoenholz et al. 2017.
    """
    _check_sigmas(1.0, sigma_b)
    grid = np.geomspace(0.1, check_real("most", most, 0.2, MOST_SIGMA_W), 41)
    low = 0.0
    for high in map(float, grid):
        if fixed_point(key, high, sigma_b).chi >= REACHED:
            for _ in range(48):
                middle = (low + high) / 2
                low, high = (low, middle) if fixed_point(key, middle, sigma_b).chi >= REACHED else (middle, high)
            return Crossing(high, *(fixed_point(key, sigma_w, sigma_b).factor for sigma_w in (low, high)))
        low = high
    return None


def critical_sigma_w(key: str, sigma_b: float = 0.0, most: float = MOST_SIGMA_W) -> float | None:
    """The smallest sigma_w, up to `most`, at which chi_1 = 1: gradients then neither vanish nor explode. None if there is
    none: chi_1 stays below 1, or leaps over it (as GELU's and SiLU's without biases).

    Formula: `crossing`, where it is no jump.
    Parameters and raises: as `crossing`. Reference: Schoenholz et al. 2017.
    """
    found = crossing(key, sigma_b, most)
    return None if found is None or found.jumps else found.sigma_w


def _check_sigmas(sigma_w: float, sigma_b: float) -> None:
    check_real("sigma_w", sigma_w, 0, MOST_SIGMA_W)
    check_real("sigma_b", sigma_b, 0, MOST_SIGMA_W)


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """Deep networks by the size of their weights; all of one length. sigma_w. factor: sqrt(chi_1), the factor per layer on
    |delta|. q: q*, inf where it grows without bound."""

    sigma_w: FloatArray
    factor: FloatArray
    q: FloatArray


def factor_sweep(key: str, sigma_ws: tuple[float, ...], sigma_b: float = 0.0) -> Sweep:
    """`fixed_point` at each sigma_w.

    Parameters: as `fixed_point`; sigma_ws, 1 to 1,000 values. Raises: ValueError out of range.
    """
    sigma_ws = check_items("sigma_ws", sigma_ws, 1, 1000)
    found = [fixed_point(key, sigma_w, sigma_b) for sigma_w in sigma_ws]
    columns = (sigma_ws, [one.factor for one in found], [one.q for one in found])
    sigma_w, factor, q = (read_only(np.array(column, dtype=float)) for column in columns)
    return Sweep(sigma_w, factor, q)
