"""Other ways down the same valley: momentum, a rate for each weight, whitening; with what each can reach at best.

All act on the error e = w - w* of L = 1/2 e^T H e. A direction of curvature lambda is followed by itself under plain
descent, heavy ball, Nesterov's method and the whitened gradient, which are linear: in the long run its error shrinks by one
factor a step, known in closed form, and so is the setting that makes the slowest factor between the flattest curvature
lambda_min and the steepest lambda_max smallest (the best for the worst start). AdaGrad, RMSProp and Adam scale each weight
by its own past gradients: the axes matter to them and not the eigenvectors alone, no factor is known, and their learning
rate is searched on a grid (core.neuron.tuning).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from core.checks import FloatArray, check_array, check_choice, check_real

Gradient = Callable[[FloatArray], FloatArray]

LARGEST_BETA = 0.999999
"""The largest share of the past that a method may keep a step: the best ones up to kappa 1e12 are below it."""

EPSILON = 1e-8
"""What is added to the root of the squared gradients, as in Adam's paper: it only matters where gradients are that small."""


@dataclass(frozen=True, slots=True)
class Rates:
    """The settings of a method. A method reads those that its `settings` name."""

    eta: float | FloatArray  # the learning rate: a number, or one for each run side by side, shape (runs, 1)
    beta: float = 0.9  # how much of the velocity, or of Adam's mean gradient, is kept a step
    decay: float = 0.999  # how much of the mean squared gradient is kept a step


class Memory:
    """What a method remembers from step to step; all zeros at first."""

    __slots__ = ("first", "second", "t")

    def __init__(self, error: FloatArray) -> None:
        self.first = np.zeros_like(error)  # the velocity, or the mean gradient
        self.second = np.zeros_like(error)  # the sum or mean of squared gradients
        self.t = 0  # steps taken


Rule = Callable[[FloatArray, Gradient, Memory, Rates], FloatArray]
"""(error, gradient, memory, rates) -> the error one step later; the memory is changed."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method of descent, with its facts."""

    key: str  # its name in the registry and in links
    label: str  # its name on a page
    formula: str  # one step, in plain text; g is the gradient at w
    settings: tuple[str, ...]  # which fields of `Rates` it reads
    step: Rule
    whitens: bool = False  # whether it is given H^-1 g in place of g
    per_weight: bool = False  # whether each weight has a rate of its own, so that the axes matter
    factor: Callable[[FloatArray, float, float], FloatArray] | None = None  # (curvature, eta, beta) -> long-run factor
    best: Callable[[float, float], tuple[float, float, float]] | None = None  # (flattest, steepest) -> eta, beta, rate
    best_eta: Callable[[float, float, float], float] | None = (
        None  # (flattest, steepest, beta) -> best eta at this beta
    )
    decay: float = 0.999  # the usual decay, where it reads one

    def __reduce__(self) -> tuple[Callable[[str], "Method"], tuple[str]]:
        return method, (self.key,)


def _plain(error: FloatArray, gradient: Gradient, memory: Memory, rates: Rates) -> FloatArray:
    return error - rates.eta * gradient(error)


def _heavy_ball(error: FloatArray, gradient: Gradient, memory: Memory, rates: Rates) -> FloatArray:
    memory.first = rates.beta * memory.first + gradient(error)
    return error - rates.eta * memory.first


def _nesterov(error: FloatArray, gradient: Gradient, memory: Memory, rates: Rates) -> FloatArray:
    ahead = error + rates.beta * memory.first
    after = ahead - rates.eta * gradient(ahead)
    memory.first = after - error
    return after


def _adagrad(error: FloatArray, gradient: Gradient, memory: Memory, rates: Rates) -> FloatArray:
    g = gradient(error)
    memory.second = memory.second + g * g
    return error - rates.eta * g / (np.sqrt(memory.second) + EPSILON)


def _rmsprop(error: FloatArray, gradient: Gradient, memory: Memory, rates: Rates) -> FloatArray:
    g = gradient(error)
    memory.second = rates.decay * memory.second + (1 - rates.decay) * g * g
    return error - rates.eta * g / (np.sqrt(memory.second) + EPSILON)


def _adam(error: FloatArray, gradient: Gradient, memory: Memory, rates: Rates) -> FloatArray:
    g = gradient(error)
    memory.t += 1
    memory.first = rates.beta * memory.first + (1 - rates.beta) * g
    memory.second = rates.decay * memory.second + (1 - rates.decay) * g * g
    root = np.sqrt(memory.second / (1 - rates.decay**memory.t)) + EPSILON
    return error - rates.eta / (1 - rates.beta**memory.t) * memory.first / root


def _larger_root(p: FloatArray, q: FloatArray) -> FloatArray:
    """The larger modulus of the roots of z^2 - p z + q."""
    square = p * p - 4 * q
    real = (np.abs(p) + np.sqrt(np.maximum(square, 0.0))) / 2
    return np.where(square > 0, real, np.sqrt(np.maximum(q, 0.0)))


def _heavy_ball_factor(curvature: FloatArray, eta: float, beta: float) -> FloatArray:
    return _larger_root(1 + beta - eta * curvature, np.full_like(curvature, beta))


def _nesterov_factor(curvature: FloatArray, eta: float, beta: float) -> FloatArray:
    left = 1 - eta * curvature
    return _larger_root((1 + beta) * left, beta * left)


def _best_plain(flat: float, steep: float) -> tuple[float, float, float]:
    return 2 / (steep + flat), 0.0, (steep - flat) / (steep + flat)


def _best_heavy_ball(flat: float, steep: float) -> tuple[float, float, float]:
    low, high = math.sqrt(flat), math.sqrt(steep)
    rate = (high - low) / (high + low)
    return 4 / (high + low) ** 2, rate * rate, rate


def _best_nesterov(flat: float, steep: float) -> tuple[float, float, float]:
    root = math.sqrt(3 * (steep / flat) + 1)  # 2 to the last bit in a round bowl, whatever its curvature
    return 4 / (3 * steep + flat), (root - 2) / (root + 2), 1 - 2 / root


def _nesterov_eta(flat: float, steep: float, beta: float) -> float:
    # From 1 / steep up to 1 / flat the factor of the flat end falls to 0 and that of the steep end rises from 0.
    low, high = 1 / steep, 1 / flat
    for _ in range(60):
        eta = (low + high) / 2
        at_flat, at_steep = _nesterov_factor(np.array([flat, steep]), eta, beta)
        low, high = (low, eta) if at_steep > at_flat else (eta, high)
    return (low + high) / 2


def _plain_factor(curvature: FloatArray, eta: float, beta: float) -> FloatArray:
    return np.abs(1 - eta * curvature)


_ALL = (
    Method(
        "plain",
        "plain gradient",
        "w ← w − η g",
        ("eta",),
        _plain,
        factor=_plain_factor,
        best=_best_plain,
    ),
    Method(
        "heavy_ball",
        "heavy ball",
        "v ← β v + g, w ← w − η v",
        ("eta", "beta"),
        _heavy_ball,
        factor=_heavy_ball_factor,
        best=_best_heavy_ball,
        best_eta=lambda flat, steep, beta: 2 * (1 + beta) / (flat + steep),
    ),
    Method(
        "nesterov",
        "Nesterov",
        "u ← w + β (w − w₋₁), w ← u − η g(u)",
        ("eta", "beta"),
        _nesterov,
        factor=_nesterov_factor,
        best=_best_nesterov,
        best_eta=_nesterov_eta,
    ),
    Method("adagrad", "AdaGrad", "s ← s + g², w ← w − η g / (√s + ε)", ("eta",), _adagrad, per_weight=True),
    Method(
        "rmsprop",
        "RMSProp",
        "s ← ρ s + (1 − ρ) g², w ← w − η g / (√s + ε)",
        ("eta", "decay"),
        _rmsprop,
        per_weight=True,
        decay=0.99,
    ),
    Method(
        "adam",
        "Adam",
        "m ← β m + (1 − β) g, s ← ρ s + (1 − ρ) g², w ← w − η m̂ / (√ŝ + ε), m̂ = m / (1 − βᵗ), ŝ = s / (1 − ρᵗ)",
        ("eta", "beta", "decay"),
        _adam,
        per_weight=True,
    ),
    Method(
        "whitened",
        "whitened gradient",
        "w ← w − η H⁻¹ g, H = E a aᵀ",
        ("eta",),
        _plain,
        whitens=True,
        factor=lambda curvature, eta, beta: np.full_like(curvature, abs(1 - eta)),
        best=lambda flat, steep: (1.0, 0.0, 0.0),
    ),
)

METHODS: Mapping[str, Method] = MappingProxyType({one.key: one for one in _ALL})
"""Every method by its key. References: Polyak 1964 (heavy ball); Nesterov 1983; Duchi, Hazan and Singer 2011 (AdaGrad);
Tieleman and Hinton 2012 (RMSProp); Kingma and Ba 2015 (Adam); the best settings of the first three as in Lessard, Recht and
Packard 2016."""

LINEAR = tuple(key for key, one in METHODS.items() if one.best is not None)
"""The methods whose long-run factor and best setting are known in closed form."""


def method(key: str) -> Method:
    """The registered method called `key`.

    Raises: ValueError that lists the keys, for any other value.
    """
    return METHODS[check_choice("method", key, tuple(METHODS))]


def long_run_factor(key: str, curvatures: Any, eta: float, beta: float = 0.0) -> FloatArray:
    """The factor by which the error along each curvature shrinks a step, in the long run; dimensionless, 1 or more diverges.

    Formula: plain |1 - eta lambda|. Heavy ball: the larger root of z^2 - (1 + beta - eta lambda) z + beta; Nesterov: of
    z^2 - (1 + beta)(1 - eta lambda) z + beta (1 - eta lambda). Whitened: |1 - eta|. A double root is approached from above,
    the error falling like t rho^t.
    Parameters: key, one of `LINEAR`; curvatures, any number of them, each in (0, 1e12]; eta in [0, 1e12]; beta in [0, 0.999999].
    Raises: ValueError for anything else.
    Reference: Lessard, Recht and Packard 2016; Goh, Why momentum really works, Distill 2017.
    """
    factor = METHODS[check_choice("key", key, LINEAR)].factor
    assert factor is not None
    values = check_array("curvatures", curvatures, (None,))
    for value in values:
        check_real("curvatures", float(value), np.nextafter(0, 1), 1e12)
    return factor(values, check_real("eta", eta, 0, 1e12), check_real("beta", beta, 0, LARGEST_BETA))
