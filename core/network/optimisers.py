"""The optimisers: each one frozen object with its step rule, in one registry. A new one is one entry."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from core.checks import FloatArray

Direct = Callable[[FloatArray, Sequence[FloatArray], int, float], None]


@dataclass(frozen=True, slots=True)
class Optimiser:
    """A rule that makes a direction d of the gradient g; the step is then theta <- theta - eta d."""

    key: str
    """Its name in settings and in the registry."""
    label: str
    """Its name on a page."""
    formula: str
    """d, in plain text."""
    reference: str
    memory: int
    """How many arrays of the shape of theta it carries from step to step; all 0 at the start."""
    direct: Direct
    """direct(g, memory, step, momentum) puts d in the place of g and brings the memory up to date, both in place. g and
    each array of the memory: any shape, one for all. step: 1 for the first. momentum: [0, 1), for who uses one."""


def _gradient(g: FloatArray, memory: Sequence[FloatArray], step: int, momentum: float) -> None:
    """d = g."""


def _momentum(g: FloatArray, memory: Sequence[FloatArray], step: int, momentum: float) -> None:
    (velocity,) = memory
    velocity *= momentum
    velocity += g
    g[...] = velocity


def _adam(g: FloatArray, memory: Sequence[FloatArray], step: int, momentum: float) -> None:
    mean, square = memory
    mean += 0.1 * (g - mean)
    square += 0.001 * (g * g - square)
    np.sqrt(square / (1 - 0.999**step), out=g)
    g += 1e-8
    np.divide(mean / (1 - 0.9**step), g, out=g)


_ALL = (
    Optimiser("sgd", "gradient descent", "d = g", "Robbins and Monro (1951)", 0, _gradient),
    Optimiser("momentum", "momentum", "v ← momentum v + g, d = v", "Polyak (1964)", 1, _momentum),
    Optimiser(
        "adam",
        "Adam",
        "m ← 0.9 m + 0.1 g, v ← 0.999 v + 0.001 g², d = m / (1 − 0.9ᵗ) / (√(v / (1 − 0.999ᵗ)) + 1e−8) at step t",
        "Kingma and Ba (2015)",
        2,
        _adam,
    ),
)

OPTIMISERS: Mapping[str, Optimiser] = MappingProxyType({optimiser.key: optimiser for optimiser in _ALL})
"""Every optimiser by its key."""
