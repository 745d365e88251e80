"""The smooth rectifiers GELU, SiLU and softplus with their derivatives, stable for every z and with their limits at infinity.

Softplus has the derivatives sigma and sigma' (core.logistic).
"""

import math
from typing import Any

import numpy as np

from core.checks import FloatArray
from core.logistic import sigmoid, sigmoid_slope
from core.normal import QUIET, normal_cdf, normal_pdf

_LARGEST = float(np.finfo(float).max)


@QUIET
def softplus(z: Any) -> FloatArray:
    """log(1 + e^z) = max(z, 0) + log1p(e^-|z|): relative precision in the lower tail, no overflow in the upper one."""
    z = np.asarray(z, dtype=float)
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))


def gelu(z: Any) -> FloatArray:
    """z Phi(z)."""
    return _weighted(z, normal_cdf(z), math.inf)


def gelu_slope(z: Any) -> FloatArray:
    """Phi(z) + z phi(z)."""
    return normal_cdf(z) + _weighted(z, normal_pdf(z))


@QUIET
def gelu_bend(z: Any) -> FloatArray:
    """(2 - z^2) phi(z)."""
    near = np.clip(z, -1e3, 1e3)
    return (2 - near * near) * normal_pdf(near)


def silu(z: Any) -> FloatArray:
    """z sigma(z)."""
    return _weighted(z, sigmoid(z), math.inf)


def silu_slope(z: Any) -> FloatArray:
    """sigma(z) + z sigma'(z)."""
    return sigmoid(z) + _weighted(z, sigmoid_slope(z))


@QUIET
def silu_bend(z: Any) -> FloatArray:
    """(2 - z tanh(z / 2)) sigma'(z)."""
    near = np.clip(z, -1e3, 1e3)
    return (2 - near * np.tanh(near / 2)) * sigmoid_slope(near)


@QUIET
def _weighted(z: Any, weight: FloatArray, most: float = _LARGEST) -> FloatArray:
    """z weight, for a weight that is 0 long before z is infinite: their product there is 0 and not undefined. `most` is inf
    for a weight that is 1 in the upper tail."""
    return np.clip(np.asarray(z, dtype=float), -_LARGEST, most) * weight
