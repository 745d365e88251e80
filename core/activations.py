"""The activations, each one frozen object with its derivatives and its facts, in one registry.

Every form here is stable: no overflow, no cancellation, no floating-point warning for any z, and the limits at z = -inf and
inf. The derivative of the sigmoid is sigma(z) sigma(-z), never a (1 - a), which is exactly 0 from z = 37 on.

A new activation is one entry in `_ALL`, one colour in each theme (`python -m tests.bench.colours` proposes one), and its
formulas in tests/core/test_activations.py; whatever differs between activations elsewhere is a fact asked for here.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np

from core.checks import FloatArray, check_choice
from core.logistic import sigmoid, sigmoid_bend, sigmoid_slope
from core.normal import QUIET, normal_cdf, normal_pdf
from core.quadrature import Smooth
from core.rectifiers import gelu, gelu_bend, gelu_slope, silu, silu_bend, silu_slope, softplus

__all__ = [
    "ACTIVATIONS", "LEAK", "QUIET", "Activation", "activation", "normal_cdf", "normal_pdf", "sigmoid", "sigmoid_slope",
]  # fmt: skip

Elementwise = Callable[[Any], FloatArray]


@dataclass(frozen=True, slots=True)
class Activation:
    """An activation f, elementwise over arrays of any shape, dimensionless, and what there is to know about it.

    key: its name in links and in the registry. label: its name on a page and in links (ASCII). formula: f(z), in plain text.
    f, df, d2f: the function, its derivative and its second derivative (0 at a kink, where df takes its value from the left).
    low, high: infimum and supremum of f. max_slope: the largest |f'|, reached at z = max_slope_at (the supremum, inf,
    where it is only approached). zero_centred: whether E f(z) = 0 for every z that is symmetric about 0 (f is odd).
    turns: the finite z at which |f'| turns or jumps, in increasing order; between two of them, and beyond the outer ones, it is
    strictly monotone, or constant.
    sides: the constant slopes below and above 0, where f is piecewise linear; None otherwise.
    rate: c where f is an affine image of sigma(c z), so that f' = max_slope / cosh(c z / 2)^2; None otherwise.
    centred_key: the registered activation that is f less its mean for a symmetric z, itself where that is 0; None without one.
    cost: what f and f' cost in a random network's passes, in units of the sigmoid's; rounded, for budgets.
    """

    key: str
    label: str
    formula: str
    f: Elementwise
    df: Elementwise
    d2f: Elementwise
    low: float
    high: float
    max_slope: float
    max_slope_at: float
    zero_centred: bool
    turns: tuple[float, ...]
    sides: tuple[float, float] | None = None
    rate: float | None = None
    centred_key: str | None = None
    cost: float = 1.0

    @property
    def end_slopes(self) -> tuple[float, float]:
        """The limits of f' at z = -inf and at z = inf."""
        return float(self.df(-math.inf)), float(self.df(math.inf))

    @property
    def bounded(self) -> bool:
        """Whether f stays between two finite values."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def monotone(self) -> bool:
        """Whether f never falls, so that a value of f decides what its slope is."""
        ends = (-math.inf, *self.turns, math.inf)
        # f' keeps its sign between two turns: one number from each piece is enough.
        inner = (max(a, min(b, 0.0) - 2.0) / 2 + min(b, max(a, 0.0) + 2.0) / 2 for a, b in pairwise(ends))
        return all(float(self.df(z)) >= 0 for z in inner)

    def __reduce__(self) -> tuple[Callable[[str], "Activation"], tuple[str]]:
        return activation, (self.key,)


def _scaled(g: Elementwise, factor: float, rate: float) -> Elementwise:
    """factor g(rate z), for a g that is constant beyond 1,000."""
    if factor == rate == 1:
        return g

    @QUIET
    def scaled(z: Any) -> FloatArray:
        return factor * g(rate * np.clip(z, -1e3, 1e3) if rate > 1 else rate * np.asarray(z, dtype=float))

    return scaled


def _logistic(
    key: str, label: str, formula: str, gain: float, rate: float, shift: float, centred_key: str
) -> Activation:
    """gain (sigma(rate z) + shift), with shift 0 or -1/2."""
    odd = shift != 0
    # tanh is exact near 0, where sigma(z) - 1/2 would cancel.
    value = _scaled(np.tanh, gain / 2, rate / 2) if odd else _scaled(sigmoid, gain, rate)
    bend = _scaled(sigmoid_bend, gain * rate**2, rate)
    return Activation(
        key,
        label,
        formula,
        f=Smooth(value, bend),
        df=_scaled(sigmoid_slope, gain * rate, rate),
        d2f=bend,
        low=gain * shift,
        high=gain * (1 + shift),
        max_slope=gain * rate / 4,
        max_slope_at=0.0,
        zero_centred=odd,
        turns=(0.0,),
        rate=rate,
        centred_key=centred_key,
    )


def _two_lines(key: str, label: str, formula: str, low: float) -> Activation:
    """low z below 0, z above, 0 <= low <= 1."""
    line = low == 1

    def slope(z: Any) -> FloatArray:
        z = np.asarray(z, dtype=float)
        # Where z is undefined its slope is too; and no choice between two numbers, which would cost ten times as much.
        return (z > 0) * (1 - low) + (low + 0.0 * np.clip(z, -1.0, 1.0))

    @QUIET
    def value(z: Any) -> FloatArray:
        z = np.asarray(z, dtype=float)
        return np.maximum(z, low * z if low else 0.0)

    return Activation(
        key,
        label,
        formula,
        f=value,
        df=slope,
        d2f=lambda z: np.zeros_like(np.asarray(z, dtype=float)),
        low=-math.inf if low else 0.0,
        high=math.inf,
        max_slope=1.0,
        max_slope_at=0.0 if line else math.inf,
        zero_centred=line,
        turns=() if line else (0.0,),
        sides=(low, 1.0),
        centred_key=key if line else None,
    )


LEAK = 0.01
"""The slope of leaky ReLU below 0."""

# Where f' of a smooth rectifier is largest and where it is 0, f being smallest: roots of transcendental equations, which the
# tests solve again in high precision.
_GELU_STEEPEST, _GELU_LOWEST = math.sqrt(2), -0.7517915246935645
_SILU_STEEPEST, _SILU_LOWEST = 2.3993572805154676, -1.2784645427610738


def _smooth_rectifier(
    key: str,
    label: str,
    formula: str,
    derivatives: tuple[Elementwise, Elementwise, Elementwise],
    steepest: float,
    lowest: float,
    cost: float,
) -> Activation:
    """z g(z) with g from 0 to 1 and g(z) + g(-z) = 1, so that f'(z) + f'(-z) = 1; `derivatives` are f, f' and f''."""
    f, df, d2f = derivatives
    return Activation(
        key,
        label,
        formula,
        f=Smooth(f, d2f),
        df=df,
        d2f=d2f,
        low=float(f(lowest)),
        high=math.inf,
        max_slope=float(df(steepest)),
        max_slope_at=steepest,
        zero_centred=False,
        turns=(-steepest, lowest, steepest),
        cost=cost,
    )


_SOFTPLUS = Activation(
    "softplus",
    "softplus",
    "log(1 + e^z)",
    f=Smooth(softplus, sigmoid_slope),
    df=sigmoid,
    d2f=sigmoid_slope,
    low=0.0,
    high=math.inf,
    max_slope=1.0,
    max_slope_at=math.inf,
    zero_centred=False,
    turns=(),
    cost=1.0,
)

_ALL = (
    _logistic("sigmoid", "sigmoid", "1 / (1 + e^−z)", 1, 1, 0, "centred"),
    _logistic("centred", "centred sigmoid", "σ(z) − ½", 1, 1, -0.5, "centred"),
    _logistic("four", "4 x sigmoid", "4 σ(z)", 4, 1, 0, "four_centred"),
    _logistic("four_centred", "4 x centred sigmoid", "4 (σ(z) − ½)", 4, 1, -0.5, "four_centred"),
    _logistic("bipolar", "2 sigmoid - 1", "2 σ(z) − 1", 2, 1, -0.5, "bipolar"),
    _logistic("tanh", "tanh", "tanh z", 2, 2, -0.5, "tanh"),
    _two_lines("relu", "ReLU", "max(z, 0)", 0.0),
    _two_lines("leaky_relu", "leaky ReLU", f"z if z > 0, else {LEAK} z", LEAK),
    _smooth_rectifier("gelu", "GELU", "z Φ(z)", (gelu, gelu_slope, gelu_bend), _GELU_STEEPEST, _GELU_LOWEST, cost=2.3),
    _smooth_rectifier("silu", "SiLU", "z σ(z)", (silu, silu_slope, silu_bend), _SILU_STEEPEST, _SILU_LOWEST, cost=1.0),
    _SOFTPLUS,
    _two_lines("identity", "identity", "z", 1.0),
)

ACTIVATIONS: Mapping[str, Activation] = MappingProxyType({one.key: one for one in _ALL})
"""Every activation by its key. The order is the order of the theme's categorical colours."""


def activation(key: str) -> Activation:
    """The registered activation called `key`.

    Raises: ValueError that lists the keys, for any other value.
    """
    return ACTIVATIONS[check_choice("activation", key, tuple(ACTIVATIONS))]
