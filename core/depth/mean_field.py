"""The theory of wide random networks: how large signals and gradients are, layer by layer, in expectation.

Weights are independent, W_ij ~ N(0, sigma_w^2 / fan_in), biases N(0, sigma_b^2). In the limit of infinite width each
pre-activation is Gaussian with variance q, and |delta|^2 changes by chi per layer on the way back, its norm by sqrt(chi).
"""

import math
from dataclasses import dataclass

import numpy as np

from core.activations import activation
from core.checks import FloatArray, Status, check_items, check_real, read_only
from core.depth.gaussian import LARGEST, averages, mean_square, slope_square
from core.depth.gaussian import Moments as Moments
from core.depth.gaussian import moments as moments
from core.roots import boundary, root

SMALLEST = 1e-14
"""A length below this counts as 0, and one above `LARGEST` as infinite."""

MOST_SIGMA_W = 100.0

SETTLED = 1e-14
"""A length that changes by less than this share of it changes by rounding alone."""

REACHED = 1 - 1e-13
"""chi_1 has reached 1. Behind a critical point at q* = 0, as tanh's, chi_1 - 1 grows like q*^2 only: there the last bits of a
sum, which differ from one processor to another, would decide."""


def length_map(key: str, q: float, sigma_w: float, sigma_b: float = 0.0) -> float:
    """The variance of the next layer's pre-activations, given q of this one's.

    Formula: sigma_w^2 E f(sqrt q Z)^2 + sigma_b^2, as in `moments`.
    Parameters: key, an activation; q, 0 to 1e10; sigma_w and sigma_b, 0 to 100.
    Raises: ValueError out of range.
    Reference: Poole et al. 2016, Exponential expressivity in deep neural networks through transient chaos.
    """
    unit = activation(key)
    _check_sigmas(sigma_w, sigma_b)
    return sigma_w**2 * mean_square(unit, check_real("q", q, 0, LARGEST)) + sigma_b**2


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
    Parameters: key, an activation; sigma_w and sigma_b, 0 to 100.
    Raises: ValueError out of range.
    Reference: Schoenholz et al. 2017, Deep information propagation.
    """
    _check_sigmas(sigma_w, sigma_b)

    def grows(q: float) -> float:
        return length_map(key, q, sigma_w, sigma_b) - q

    def settled(q: float, status: Status = Status.CONVERGED) -> FixedPoint:
        # At q = 0 the limit from above: the average over a kink, not the value at it. At q = inf the limit from below.
        slope2 = (
            slope_square(activation(key), max(q, SMALLEST)) if q < math.inf else 10 ** averages(key, math.inf).log_df2
        )
        return FixedPoint(q, sigma_w**2 * slope2, status)

    q = max(sigma_w**2 + sigma_b**2, SMALLEST)
    slope = grows(q)
    # As ReLU's at sigma_w^2 = 2, which the map keeps whatever it is.
    if abs(slope) < 10 * SETTLED * q:
        return settled(q)
    ratio = 2.0 if slope > 0 else 0.5
    while True:
        following = q * ratio
        if following > LARGEST:
            return settled(math.inf, Status.DIVERGED)
        if following < SMALLEST:
            return settled(0.0)
        here = grows(following)
        if abs(here) < SETTLED * following:
            # Growth that rounding hides, and no turn behind it: softplus at sigma_w = sqrt 2 grows for ever, ever more slowly.
            if slope > 0 and (2 * following > LARGEST or grows(2 * following) > -2 * SETTLED * following):
                return settled(math.inf, Status.DIVERGED)
            # Likewise what shrinks: a centred sigmoid at its critical point fades for ever, ever more slowly.
            if slope < 0 and grows(following / 2) < 2 * SETTLED * following:
                return settled(0.0)
            return settled(following)
        if here * slope < 0:
            break
        q = following
    low, high = sorted((q, following))
    u = root(lambda u: math.log1p(grows(math.exp(u)) / math.exp(u)), math.log(low), math.log(high))
    return settled(math.exp(u))


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

    Formula: chi_1(sigma_w) = 1, bracketed on a grid of 41 values from 0.1 up and bisected to the last bit.
    Parameters: key, an activation; sigma_b, 0 to 100; most, 0.2 to 100.
    Raises: ValueError out of range.
    Reference: Schoenholz et al. 2017.
    """
    _check_sigmas(1.0, sigma_b)
    check_real("most", most, 0.2, MOST_SIGMA_W)
    steepest = activation(key).max_slope

    def reached(sigma_w: float) -> bool:
        # chi_1 is at most what it would be with the largest slope everywhere.
        return (sigma_w * steepest) ** 2 >= REACHED and fixed_point(key, sigma_w, sigma_b).chi >= REACHED

    low = 0.0
    for high in map(float, np.geomspace(0.1, most, 41)):
        if reached(high):
            last, first = boundary(reached, low, high)
            return Crossing(first, *(fixed_point(key, sigma_w, sigma_b).factor for sigma_w in (last, first)))
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

    Parameters: as `fixed_point`; sigma_ws, 1 to 1,000 values.
    Raises: ValueError out of range.
    """
    sigma_ws = check_items("sigma_ws", sigma_ws, 1, 1000)
    found = [fixed_point(key, sigma_w, sigma_b) for sigma_w in sigma_ws]
    columns = (sigma_ws, [one.factor for one in found], [one.q for one in found])
    sigma_w, factor, q = (read_only(np.array(column, dtype=float)) for column in columns)
    return Sweep(sigma_w, factor, q)
