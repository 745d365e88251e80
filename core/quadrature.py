"""Expectations over a Gaussian pre-activation z ~ N(mean, sd^2), good to about 1e-13 for every activation here.

That is 1e-13 of E |g|, and of what lies within 12 sd of the mean: an average that a farther tail decides is below 1e-32 of what
g is there, and reads as less or as 0.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.checks import FloatArray, check_real

TAILS = 12.0
"""The quadrature covers mean +- TAILS sd; what lies beyond has a probability of 4e-33."""

SMALL = 0.25
"""Up to this spread the average of a smooth function is taken as its value at the mean and what curvature adds."""

_X, _W = np.polynomial.legendre.leggauss(20)


@dataclass(frozen=True, slots=True)
class Smooth:
    """A smooth elementwise function that knows its second derivative, called like any other function.

    At a small spread the average of g is g(mean) and a small rest, in which almost everything of g cancels; from the second
    derivative the rest is found without.
    """

    value: Callable[[Any], FloatArray]
    second: Callable[[Any], FloatArray]

    def __call__(self, z: Any) -> FloatArray:
        """g(z)."""
        return self.value(z)


def gaussian_nodes(mean: float, sd: float) -> tuple[FloatArray, FloatArray]:
    """Nodes z and weights p with sum(p g(z)) = E g(z) for z ~ N(mean, sd^2).

    Formula: composite 20-point Gauss-Legendre. The panels are one sd wide at most, and shrink geometrically towards
    z = 0, where activations have their kinks and their curvature (scale 1, however large sd is). A Gauss-Hermite rule
    has its nodes sd apart there and fails from sd of about 10 on. Everything is counted in sd, so that no spread is too
    small: a kink at 0 parts the nodes at any.
    Parameters: mean and sd, -1e8 to 1e8 and 0 to 1e8 (0 gives the single node `mean`), dimensionless.
    Returns: two arrays of one length, shape (nodes,).
    Raises: ValueError for anything else.
    """
    mean, sd = check_real("mean", mean, -1e8, 1e8), check_real("sd", sd, 0.0, 1e8)
    reach = TAILS * sd
    if mean + reach == mean:
        return np.array([mean]), np.array([1.0])
    sd = max(sd, 1e-300)  # below it z itself would be rounded, to 0 and so onto a kink
    octaves = 2.0 ** np.arange(-2, math.ceil(math.log2(max(abs(mean) + reach, 1.0))) + 1)
    sides = np.concatenate([-octaves, [0.0], octaves])
    # Counted from z = 0 where that is within reach, else from the mean: what is near a kink, or beside a large mean, must not
    # be a difference of two large numbers.
    origin = 0.0 if abs(mean) <= reach else mean
    with np.errstate(over="ignore", under="ignore"):
        centre = (mean - origin) / sd
        breaks = np.concatenate([centre + np.arange(-TAILS, TAILS + 1), (sides - origin) / sd])
        breaks = np.unique(breaks[np.abs(breaks - centre) <= TAILS])
        half, middle = np.diff(breaks)[:, None] / 2, (breaks[1:] + breaks[:-1])[:, None] / 2
        u = (middle + half * _X).ravel()
        p = (half * _W).ravel() * np.exp(-0.5 * (u - centre) ** 2) / math.sqrt(2 * math.pi)
        return origin + sd * u, p


def expect(g: Callable[[FloatArray], FloatArray], mean: float, sd: float) -> float:
    """E g(z) for z ~ N(mean, sd^2), dimensionless.

    Formula: E g = integral of g(z) phi((z - mean) / sd) / sd dz, by `gaussian_nodes`. For a `Smooth` g and sd up to 1/4,
    E g = g(mean) + integral of s E g''(mean + s Z) ds over s from 0 to sd, Z ~ N(0, 1): what g is at the mean, an odd g at
    mean 0 above all, does not cancel then.
    Parameters: g, an elementwise function; mean and sd as in `gaussian_nodes`.
    Raises: as `gaussian_nodes`.
    Reference: d/ds E g(mean + s Z) = E Z g'(mean + s Z) = s E g''(mean + s Z), by Stein's lemma.
    """
    z, p = gaussian_nodes(mean, sd)
    if not isinstance(g, Smooth) or sd > SMALL:
        return float(p @ g(z))
    u, p = gaussian_nodes(0.0, 1.0)
    part = (_X + 1) / 2
    with np.errstate(under="ignore"):
        bends = g.second(mean + sd * part[:, None] * u) @ p
        return float(g(mean)) + sd * sd * float((_W / 2 * part) @ bends)
