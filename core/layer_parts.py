"""The slope that a layer keeps, taken apart: whoever has Phi and exp can put it together at any mean and spread of z.

A picture that follows the hand does so in the browser, where there is no quadrature. What it needs of an activation is here,
once; `core.saturation.layer_slope` is what the sum has to give.
"""

from dataclasses import dataclass

import numpy as np

from core.activations import activation
from core.checks import FloatArray, read_only
from core.normal import normal_cdf

STEP = 0.04
"""Between two z of the sum. The error of a trapezoid under a Gaussian of spread s is exp(-2 pi^2 s^2 / STEP^2)."""

FARTHEST = 24.0
"""Beyond this, either way, every slope is at its limit but for 1e-9 of its best."""

NARROWEST = 0.044
"""The smallest spread for which the sum is good to 1e-9."""


@dataclass(frozen=True, slots=True, eq=False)
class SlopeParts:
    """The square of the share of its best slope that a layer with z ~ N(m, s^2) keeps, as a formula of m and s:

        kept^2 = low + (high - low) Phi(m / sqrt(s^2 + width^2)) + sum_i rest_i exp(-((z_i - m) / s)^2 / 2) / s

    for s of at least `NARROWEST`; all dimensionless.
    """

    low: float
    """(f' / max |f'|)^2 far to the left."""
    high: float
    """The same far to the right."""
    width: float
    """0 where it jumps from one to the other at z = 0; else 1: it is compared with low + (high - low) Phi(z)."""
    z: FloatArray
    """Where the rest is taken, `STEP` apart: (n,)."""
    rest: FloatArray
    """What is left there, times STEP / sqrt(2 pi): (n,). All 0 where f is piecewise linear."""


def slope_parts(key: str) -> SlopeParts:
    """The parts for one activation.

    Formula: E Phi(z) = Phi(m / sqrt(1 + s^2)) takes care of the limits, and what is left of the square dies out on both
    sides: the trapezoid rule is exact for it but for rounding.
    Parameters: key, a registered activation.
    Raises: ValueError for anything else.
    Reference: Trefethen and Weideman, The exponentially convergent trapezoidal rule, 2014.
    """
    unit = activation(key)
    low, high = ((slope / unit.max_slope) ** 2 for slope in unit.end_slopes)
    count = round(2 * FARTHEST / STEP) + 1
    z = np.linspace(-FARTHEST, FARTHEST, count)
    if unit.sides:
        return SlopeParts(low, high, 0.0, read_only(z), read_only(np.zeros(count)))
    with np.errstate(under="ignore"):  # the square of a slope below 1e-154 is meant to become 0
        left = (unit.df(z) / unit.max_slope) ** 2 - (low + (high - low) * normal_cdf(z))
    return SlopeParts(low, high, 1.0, read_only(z), read_only(left * STEP / np.sqrt(2 * np.pi)))
