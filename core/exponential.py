"""What an activation costs beside the matrix product of its layer: timed on the machine that asks."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from core.activations import activation
from core.checks import check_int


@dataclass(frozen=True, slots=True)
class ExpCost:
    """One layer, forwards: the shortest of several runs of each part, in seconds."""

    units: int
    """As many inputs as units."""
    samples: int
    """That go through it at once."""
    product: float
    """W A."""
    sigmoid: float
    """The sigmoid of the result."""
    relu: float
    """ReLU of it, which has no exponential."""


def exp_cost(units: int = 1024, samples: int = 64, runs: int = 5, seed: int = 0) -> ExpCost:
    """Time a layer of `units` inputs and units on `samples` samples.

    The product takes units^2 samples multiplications, an activation units samples evaluations: their ratio falls as 1 / units.
    Parameters: units, 2 to 2,048; samples, 1 to 1,024; runs, 1 to 100; seed, of weights and inputs.
    Raises: ValueError out of range.
    """
    check_int("units", units, 2, 2048)
    check_int("samples", samples, 1, 1024)
    check_int("runs", runs, 1, 100)
    rng = np.random.default_rng(check_int("seed", seed, 0, 2**63))
    w, a = rng.standard_normal((units, units)) / units**0.5, rng.standard_normal((units, samples))
    z = w @ a
    sigmoid, relu = activation("sigmoid").f, activation("relu").f
    return ExpCost(
        units, samples, *(_shortest(one, runs) for one in (lambda: w @ a, lambda: sigmoid(z), lambda: relu(z)))
    )


def _shortest(run: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(runs):
        start = perf_counter()
        run()
        times.append(perf_counter() - start)
    return min(times)
