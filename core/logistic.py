"""The logistic function sigma and its derivatives, stable for every z."""

from typing import Any

import numpy as np

from core.checks import FloatArray
from core.normal import QUIET


@QUIET
def sigmoid(z: Any) -> FloatArray:
    """sigma(z) = 1 / (1 + e^-z), from e^-|z| alone: relative precision in both tails."""
    z = np.asarray(z, dtype=float)
    # e^min(z, 0) is 1 where z >= 0; choosing between the two halves would cost ten times as much.
    return np.exp(np.minimum(z, 0.0)) / (1.0 + np.exp(-np.abs(z)))


@QUIET
def sigmoid_slope(z: Any) -> FloatArray:
    """sigma'(z) = sigma(z) sigma(-z) = e^-|z| / (1 + e^-|z|)^2, even, at most 1/4."""
    e = np.exp(-np.abs(np.asarray(z, dtype=float)))
    return e / (1.0 + e) ** 2


@QUIET
def sigmoid_bend(z: Any) -> FloatArray:
    """sigma''(z) = -sigma'(z) tanh(z / 2), odd, largest in size at sigma = 1/2 +- 1 / sqrt 12."""
    return -sigmoid_slope(z) * np.tanh(np.asarray(z, dtype=float) / 2)
