"""The activations, each one frozen object with its derivative, in one registry.

Every form here is stable: no overflow, no cancellation, no floating-point warning for |z| up to 700 and beyond. The
derivative of the sigmoid is sigma(z) sigma(-z), never a (1 - a), which is exactly 0 from z = 37 on.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from core.arrays import FloatArray, check_choice

Elementwise = Callable[[Any], FloatArray]

QUIET = np.errstate(under="ignore")
"""What underflows here is below 1e-300 and is meant to become 0."""


@dataclass(frozen=True, slots=True)
class Activation:
    """An activation f and its derivative, both elementwise over arrays of any shape, dimensionless.

    key: its name in links and in the registry. label: its name on a page and in links (ASCII). formula: f(z), in plain text.
    low, high: infimum and supremum of f. max_slope: the largest |f'|, reached at z = max_slope_at (the supremum, inf,
    where it is only approached). zero_centred: whether E f(z) = 0 for every z that is symmetric about 0 (f is odd).
    """

    key: str
    label: str
    formula: str
    f: Elementwise
    df: Elementwise
    low: float
    high: float
    max_slope: float
    max_slope_at: float
    zero_centred: bool

    def __reduce__(self) -> tuple[Callable[[str], "Activation"], tuple[str]]:
        return activation, (self.key,)


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
def normal_cdf(z: Any) -> FloatArray:
    """Phi(z) = erfc(-z / sqrt 2) / 2, with relative precision in the lower tail too.

    Formula: for x > 0, erfc(x) = (2 h x e^{-x^2} / pi) (1 / (2 x^2) + sum_k e^{-k^2 h^2} / (k^2 h^2 + x^2))
    + 2 / (1 - e^{2 pi x / h}) where x < pi / h, the trapezoidal rule with its pole correction; h = 1/2 is
    good to 1e-16. Near 0, where two of its terms cancel, the Taylor series.
    Reference: Matta and Reichel, Uniform computation of the error function, Mathematics of Computation 25 (1971).
    """
    z = np.asarray(z, dtype=float)
    size = np.clip(np.abs(z), 0.03, 60.0)
    h, x, square = 0.5, size / math.sqrt(2), size * size / 2
    total = 0.5 / square
    for k in range(1, 13):
        total += math.exp(-((k * h) ** 2)) / ((k * h) ** 2 + square)
    erfc = 2 * h * x / math.pi * np.exp(-square) * total
    erfc -= np.where(x < math.pi / h, 2 / np.expm1(2 * math.pi * x / h), 0.0)
    near = np.clip(z, -0.03, 0.03)
    series = near / math.sqrt(2 * math.pi) * (1 - near**2 / 6 + near**4 / 40 - near**6 / 336)
    return np.where(size == 0.03, 0.5 + series, np.where(z > 0, 1 - erfc / 2, erfc / 2))


@QUIET
def normal_pdf(z: Any) -> FloatArray:
    """phi(z) = e^{-z^2 / 2} / sqrt(2 pi)."""
    z = np.clip(np.asarray(z, dtype=float), -60.0, 60.0)
    return np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)


def _tanh_slope(z: Any) -> FloatArray:
    return 4 * sigmoid_slope(2 * np.clip(z, -1e3, 1e3))


def _silu(z: Any) -> FloatArray:
    return _product(z, sigmoid(z))


def _silu_slope(z: Any) -> FloatArray:
    return sigmoid(z) + _product(z, sigmoid_slope(z))


def _gelu(z: Any) -> FloatArray:
    return _product(z, normal_cdf(z))


def _gelu_slope(z: Any) -> FloatArray:
    return normal_cdf(z) + _product(z, normal_pdf(z))


@QUIET
def _product(z: Any, weight: FloatArray) -> FloatArray:
    return np.asarray(z, dtype=float) * weight


def _half_tanh(scale: float) -> Elementwise:
    """scale (2 sigma(z) - 1) = scale tanh(z / 2): exact near 0, where sigma(z) - 1/2 would cancel."""
    return lambda z: scale * np.tanh(np.asarray(z, dtype=float) / 2)


def _times(scale: float, g: Elementwise) -> Elementwise:
    return lambda z: scale * g(z)


def _leaky(z: Any, low: float, high: float) -> FloatArray:
    return np.where(np.asarray(z, dtype=float) > 0, high, low) + 0.0 * np.asarray(z, dtype=float)


def _relu(z: Any) -> FloatArray:
    return np.maximum(np.asarray(z, dtype=float), 0.0)


LEAK = 0.01
"""The slope of leaky ReLU below 0."""

# Where the derivative of a smooth rectifier is largest, and where the function itself is smallest. Both are roots of
# transcendental equations; the tests solve them again in high precision.
_GELU_STEEPEST, _GELU_LOWEST = math.sqrt(2), -0.7517915246935645
_SILU_STEEPEST, _SILU_LOWEST = 2.3993572805154676, -1.2784645427610738

_ALL = (
    Activation("sigmoid", "sigmoid", "1 / (1 + e^−z)", sigmoid, sigmoid_slope, 0.0, 1.0, 0.25, 0.0, False),
    Activation("centred", "centred sigmoid", "σ(z) − ½", _half_tanh(0.5), sigmoid_slope, -0.5, 0.5, 0.25, 0.0, True),
    Activation(
        "four", "4 x sigmoid", "4 σ(z)", _times(4, sigmoid), _times(4, sigmoid_slope), 0.0, 4.0, 1.0, 0.0, False
    ),
    Activation(
        "four_centred",
        "4 x centred sigmoid",
        "4 (σ(z) − ½)",
        _half_tanh(2),
        _times(4, sigmoid_slope),
        -2.0,
        2.0,
        1.0,
        0.0,
        True,
    ),
    Activation(
        "bipolar", "2 sigmoid - 1", "2 σ(z) − 1", _half_tanh(1), _times(2, sigmoid_slope), -1.0, 1.0, 0.5, 0.0, True
    ),
    Activation("tanh", "tanh", "tanh z", np.tanh, _tanh_slope, -1.0, 1.0, 1.0, 0.0, True),
    Activation("relu", "ReLU", "max(z, 0)", _relu, lambda z: _leaky(z, 0.0, 1.0), 0.0, math.inf, 1.0, math.inf, False),
    Activation(
        "leaky_relu",
        "leaky ReLU",
        f"z if z > 0, else {LEAK} z",
        lambda z: np.asarray(z, dtype=float) * _leaky(z, LEAK, 1.0),
        lambda z: _leaky(z, LEAK, 1.0),
        -math.inf,
        math.inf,
        1.0,
        math.inf,
        False,
    ),
    Activation(
        "gelu",
        "GELU",
        "z Φ(z)",
        _gelu,
        _gelu_slope,
        float(_gelu(_GELU_LOWEST)),
        math.inf,
        float(_gelu_slope(_GELU_STEEPEST)),
        _GELU_STEEPEST,
        False,
    ),
    Activation(
        "silu",
        "SiLU",
        "z σ(z)",
        _silu,
        _silu_slope,
        float(_silu(_SILU_LOWEST)),
        math.inf,
        float(_silu_slope(_SILU_STEEPEST)),
        _SILU_STEEPEST,
        False,
    ),
    Activation(
        "identity",
        "identity",
        "z",
        lambda z: np.array(z, dtype=float),
        lambda z: np.ones_like(np.asarray(z, dtype=float)),
        -math.inf,
        math.inf,
        1.0,
        0.0,
        True,
    ),
)

ACTIVATIONS: Mapping[str, Activation] = MappingProxyType({a.key: a for a in _ALL})
"""Every activation by its key. The order is the order of the theme's categorical colours."""


def activation(key: str) -> Activation:
    """The registered activation called `key`.

    Raises: ValueError that lists the keys, for any other value.
    """
    return ACTIVATIONS[check_choice("activation", key, tuple(ACTIVATIONS))]
