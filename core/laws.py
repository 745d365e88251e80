"""The laws that one input may follow: each a frozen object with its moments, its range, its nodes and its sampler.

Whatever differs between them is a field of `Law`, so nothing else asks which law it has.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from types import MappingProxyType

import numpy as np

from core.activations import ACTIVATIONS, Activation
from core.checks import FloatArray, read_only
from core.fields import numbers, settings
from core.quadrature import expect, gaussian_nodes

UNIFORM, GAUSSIAN, SIGNS = "uniform", "gaussian", "signs"
LEAST_SPREAD = 1e-3

Sampler = Callable[[np.random.Generator, tuple[int, ...]], FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """The law of one input, dimensionless."""

    mean: float
    spread: float
    """Its standard deviation."""
    low: float
    high: float
    """Infimum and supremum, infinite where it is unbounded."""
    nodes: FloatArray
    weights: FloatArray
    """E a^k = sum(weights * nodes^k) for k = 0 to 4; both of one shape. A discrete law's values and their probabilities."""
    draw: Sampler
    """Independent draws of a given shape."""
    discrete: bool = False


@settings
class Discrete:
    """A law of a few values.

    Raises: ValueError that names the parameter, its value and its range; where there are not 2 to 16 different values, each
    with its probability; where probabilities do not add up to 1 within 1e-9; where the standard deviation is below 1e-3.
    """

    values: tuple[float, ...] = numbers("the values, 2 to 16 different ones", -100, 100)
    probabilities: tuple[float, ...] | None = numbers(
        "their probabilities, which add up to 1; by default all are equally likely", 0, 1, default=None
    )

    def __post_init__(self) -> None:
        count = len(self.values)
        if not 2 <= count <= 16 or len(set(self.values)) < count:
            raise ValueError(f"values = {self.values!r} are not 2 to 16 different numbers")
        if self.probabilities is None:
            object.__setattr__(self, "probabilities", (1 / count,) * count)
        chances = self.probabilities or ()
        if len(chances) != count or abs(math.fsum(chances) - 1) > 1e-9:
            raise ValueError(f"probabilities = {chances!r} are not {count} numbers that add up to 1")
        spread = _discrete(self).spread
        if spread < LEAST_SPREAD:
            raise ValueError(f"values = {self.values!r} have a standard deviation of {spread:g}, not {LEAST_SPREAD:g}")


def _uniform(mean: float, spread: float) -> Law:
    low, high = mean - spread * math.sqrt(3), mean + spread * math.sqrt(3)
    x, weights = np.polynomial.legendre.leggauss(3)
    nodes = mean + spread * math.sqrt(3) * x
    return Law(mean, spread, low, high, nodes, weights / 2, lambda rng, shape: rng.uniform(low, high, shape))


def _gaussian(mean: float, spread: float) -> Law:
    # Gauss-Hermite: exact to a^5.
    nodes = mean + spread * math.sqrt(3) * np.array([-1.0, 0.0, 1.0])
    weights = np.array([1, 4, 1]) / 6
    return Law(mean, spread, -math.inf, math.inf, nodes, weights, lambda rng, shape: rng.normal(mean, spread, shape))


def _activated(f: Activation, mean: float, spread: float) -> Law:
    """f(Z), Z ~ N(0, 1), whose moments are its own: those given are not used."""
    own = 0.0 if f.zero_centred else expect(f.f, 0.0, 1.0)
    own_spread = math.sqrt(expect(lambda z: (f.f(z) - own) ** 2, 0.0, 1.0))
    z, weights = gaussian_nodes(0.0, 1.0)
    return Law(own, own_spread, f.low, f.high, f.f(z), weights, lambda rng, shape: f.f(rng.standard_normal(shape)))


def _discrete(given: Discrete, removed: float = 0.0) -> Law:
    values, chances = np.array(given.values), np.array(given.probabilities)
    values, chances = values[chances > 0], chances[chances > 0] / chances.sum()
    mean = float(chances @ values)
    spread = math.sqrt(float(chances @ (values - mean) ** 2))
    if removed:
        # A value at the mean is 0, and no rounding error with a sign.
        shifted = values - removed * mean
        values, mean = np.where(np.abs(shifted) > 1e-12 * np.abs(values).max(), shifted, 0.0), mean - removed * mean
    # Rounding must not leave a draw above the last step.
    steps = np.append(np.cumsum(chances)[:-1], 1.0)

    def draw(rng: np.random.Generator, shape: tuple[int, ...]) -> FloatArray:
        return np.asarray(values[np.searchsorted(steps, rng.random(shape), side="right")])

    low, high = float(values.min()), float(values.max())
    return Law(mean, spread, low, high, read_only(values), read_only(chances), draw, discrete=True)


def _signs(mean: float, spread: float) -> Law:
    """+1 or -1, equally likely."""
    return _discrete(Discrete((-1.0, 1.0)))


_LAWS: Mapping[str, Callable[[float, float], Law]] = MappingProxyType(
    {
        UNIFORM: _uniform,
        GAUSSIAN: _gaussian,
        SIGNS: _signs,
        **{key: partial(_activated, f) for key, f in ACTIVATIONS.items()},
    }
)
SOURCES = tuple(_LAWS)
"""Every law that has a name."""


@lru_cache(maxsize=256)
def law_of(source: str | Discrete, mean: float, spread: float, removed: float) -> Law:
    """The law called `source`, or the discrete law given; `mean` and `spread` where it has none of its own; `removed`, the
    share of its mean that is subtracted, 0 to 1."""
    if isinstance(source, Discrete):
        return _discrete(source, removed)
    law = _LAWS[source](mean, spread)
    shift = removed * law.mean
    return Law(
        law.mean - shift,
        law.spread,
        law.low - shift,
        law.high - shift,
        read_only(law.nodes - shift),
        read_only(law.weights),
        (lambda rng, shape: law.draw(rng, shape) - shift) if removed else law.draw,
        law.discrete,
    )
