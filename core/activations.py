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

from core.checks import FloatArray, check_choice

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
