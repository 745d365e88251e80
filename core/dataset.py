"""A data set of one's own for a linear neuron: its samples and targets, its curvature, its best weights, its batches."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.checks import FloatArray, IntArray, read_only
from core.fields import numbers, one_of, settings, table

GIVEN, SHUFFLED = "given", "shuffled"
MOST_SAMPLES, MOST_INPUTS, MOST_ENTRIES = 10_000, 64, 200_000
LEAST_ENTRY = 1e-6


@settings
class DataSet:
    """N samples of n inputs, each with its target, as given: nothing is added, centred or flipped.

    Arrays and lists are taken and kept as tuples.

    Raises: ValueError that names the parameter, its value and its range; where there are not 1 to 10,000 samples of 1 to 64
    inputs, 200,000 numbers at most; where no input reaches 1e-6 in size; where there is not one target a sample.
    """

    a: tuple[tuple[float, ...], ...] = table("the inputs, a row a sample", -1e6, 1e6)
    y: tuple[float, ...] = numbers("the targets, one a sample", -1e6, 1e6)
    order: str = one_of(
        "batches take the samples in the order given, or shuffled anew by a run's seed at every pass",
        (GIVEN, SHUFFLED),
        default=GIVEN,
    )

    def __post_init__(self) -> None:
        samples, n = len(self.a), len(self.a[0]) if self.a else 0
        if not (1 <= samples <= MOST_SAMPLES and 1 <= n <= MOST_INPUTS and samples * n <= MOST_ENTRIES):
            raise ValueError(
                f"shape of a = ({samples}, {n}) is not 1 to {MOST_SAMPLES:,} samples of 1 to {MOST_INPUTS} inputs, "
                f"{MOST_ENTRIES:,} numbers at most"
            )
        if len(self.y) != samples:
            raise ValueError(f"number of y = {len(self.y)} is not the number of samples in a, {samples}")
        if max(max(map(abs, row)) for row in self.a) < LEAST_ENTRY:
            raise ValueError(f"a = {self.a[:3]!r} ... has no input of {LEAST_ENTRY:g} or more in size")

    @property
    def samples(self) -> int:
        """N, how many samples there are."""
        return len(self.a)

    @property
    def n(self) -> int:
        """How many inputs a sample has."""
        return len(self.a[0])


@lru_cache(maxsize=16)
def arrays(data: DataSet) -> tuple[FloatArray, FloatArray]:
    """Its inputs, shape (N, n), and targets, shape (N,), read-only."""
    return read_only(np.array(data.a)), read_only(np.array(data.y))


def data_moment(data: DataSet, bias: bool = False) -> FloatArray:
    """The mean of a a^T over the samples, shape (n, n); with `bias` one more input that is always 1."""
    a, _ = arrays(data)
    if bias:
        a = np.hstack([a, np.ones((len(a), 1))])
    return a.T @ a / len(a)


def data_eigen(data: DataSet, bias: bool = False) -> tuple[FloatArray, FloatArray]:
    """Eigenvalues of `data_moment`, ascending, and eigenvectors, one a column.

    Those below eps * max(N, n) of the largest are rounding, and are made exactly 0.
    """
    h = data_moment(data, bias)
    values, vectors = np.linalg.eigh(h)
    rounding = np.finfo(float).eps * max(data.samples, len(h)) * values[-1]
    return np.where(values > rounding, values, 0.0), vectors


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquares:
    """The weights of least loss."""

    w: FloatArray
    """(n,), those nearest to the weights asked from."""
    loss: float
    """1/2 the mean of (w . a - y)^2, the least there is."""
    residual: FloatArray
    """(N,), y - w . a."""


def least_squares(data: DataSet, near: FloatArray) -> LeastSquares:
    """The minimum of L(w) = 1/2 mean (w . a - y)^2 that is nearest to `near`, shape (n,).

    Formula: in the directions with curvature the solution of the normal equations, in those without (fewer independent
    samples than inputs) `near` itself, which descent never leaves either. From 0 it is the solution of least norm.
    """
    a, y = arrays(data)
    values, vectors = data_eigen(data)
    curved = vectors[:, values > 0]
    # Solved from the samples, not from their second moment, which would square the condition number.
    step = np.linalg.lstsq(a @ curved, y - a @ near, rcond=None)[0]
    w = near + curved @ step
    residual = y - a @ w
    return LeastSquares(read_only(w), float(residual @ residual) / (2 * len(y)), read_only(residual))


def data_batches(data: DataSet, batch: int, seed: int) -> Iterator[IntArray]:
    """The indices of one batch after another, pass by pass, without an end.

    Every pass takes each sample once; its last batch is smaller where `batch` does not divide the number of samples.
    """
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(data.samples) if data.order == SHUFFLED else np.arange(data.samples)
        for first in range(0, data.samples, batch):
            yield order[first : first + batch]
