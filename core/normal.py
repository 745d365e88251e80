"""The standard normal law: its density phi, its distribution function Phi, and the chance of an interval however narrow."""

import math
from typing import Any

import numpy as np

from core.checks import FloatArray

QUIET = np.errstate(under="ignore")
"""What underflows here is below 1e-300 and is meant to become 0."""

_X, _W = np.polynomial.legendre.leggauss(20)


@QUIET
def normal_cdf(z: Any) -> FloatArray:
    """Phi(z) = erfc(-z / sqrt 2) / 2, with relative precision in the lower tail too.

    Formula: for x > 0, erfc(x) = e^{-x^2} p(t) / (1 + 2 x) with t = (x - k) / (x + k), k = 3.75; p interpolates
    (1 + 2 x) e^{x^2} erfc(x), which is smooth in t from -1 (x = 0) to 1 (infinity), at 23 Chebyshev nodes: good to 2e-15.
    Reference: Shepherd and Laframboise, Chebyshev approximation of (1 + 2x) exp(x^2) erfc x, Mathematics of Computation
    36 (1981), for the form; coefficients computed with mpmath.
    """
    z = np.asarray(z, dtype=float)
    size = np.clip(np.abs(z), 0.0, 60.0)
    x = size / math.sqrt(2)
    t = (x - 3.75) / (x + 3.75)
    total = np.full_like(x, _ERFC[-1])
    for coefficient in _ERFC[-2::-1]:
        total *= t
        total += coefficient
    tail = 0.5 * np.exp(-0.5 * size * size) * total / (1 + 2 * x)
    return np.where(z > 0, 1 - tail, tail)


_ERFC = (
    1.2375126308378275,
    -0.14024059858554522,
    0.0035854154854663067,
    0.08227673848999159,
    -0.10880393014193915,
    0.09230432116435616,
    -0.058693398584491845,
    0.028362277371370044,
    -0.00974657962081509,
    0.0017556261692276722,
    0.00029371408777227685,
    -0.0002901553656394713,
    5.164737123871838e-05,
    2.238759272534769e-05,
    -1.143961526007595e-05,
    -9.79297529099823e-07,
    1.7438577411359181e-06,
    -5.0816911811698186e-08,
    -2.4996538037405243e-07,
    1.8778501156468795e-08,
    3.256499083798513e-08,
    -1.952790162974837e-09,
    -2.7293941332533855e-09,
)
"""p(t) of `normal_cdf`, from the constant on."""


@QUIET
def normal_pdf(z: Any) -> FloatArray:
    """phi(z) = e^{-z^2 / 2} / sqrt(2 pi)."""
    z = np.clip(np.asarray(z, dtype=float), -60.0, 60.0)
    return np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)


@QUIET
def normal_between(low: float, high: float, width: float | None = None) -> float:
    """Phi(high) - Phi(low), with relative precision for an interval of any width, in both tails.

    Formula: up to a width of 1 the integral of phi, by 20-point Gauss-Legendre; beyond it the difference of the two upper
    tails, which then differ enough.
    Parameters: low <= high, infinite if need be; width, high - low, where the caller knows it better than that difference.
    Reference: 1 - Phi(x) = erfc(x / sqrt 2) / 2.
    """
    width = high - low if width is None else width
    if low + high < 0:
        # The mirror image has more of itself above 0 than below: nothing there is near 1.
        low, high = -high, -low
    if width <= 1:
        # Counted from the end nearer to 0, where a far interval has its weight.
        return float(width / 2 * (_W @ normal_pdf(low + width * (_X + 1) / 2)))
    return (math.erfc(low / math.sqrt(2)) - math.erfc(high / math.sqrt(2))) / 2
