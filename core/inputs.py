"""Where one neuron's inputs come from: their law, its moments, and what they do to the curvature.

The neuron is linear with squared error, L(w) = 1/2 E (w . a - y)^2 and y = w* . a, so its Hessian is the second-moment
matrix of its inputs, H = E a a^T. Inputs are independent with equal mean mu and standard deviation s, so
H = s^2 I + mu^2 1 1^T: whatever mean is left makes one steep direction, (1, ..., 1). A `DataSet` takes the place of a law
where it says so: E is then the mean over its samples.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.checks import FloatArray, check_int, check_items, check_kind, read_only
from core.dataset import DataSet, data_eigen, data_moment
from core.fields import flag, one_of, real, settings, several, whole
from core.laws import LEAST_SPREAD, SOURCES, Discrete, Law, law_of
from core.laws import UNIFORM as UNIFORM

LARGEST_N = 64
_BLOCK = 1_000_000
"""Numbers drawn at a time, for the memory's sake: what is drawn does not depend on it."""


@settings
class Inputs:
    """The law of one neuron's n independent inputs.

    Raises: ValueError that names the parameter, its value and its range.
    """

    source: str | Discrete = one_of(
        'an activation\'s key (a = f(z), z ~ N(0, 1)); "uniform" or "gaussian" with the given mean and spread; "signs", +1 or '
        "-1 equally likely; or a law of a few values",
        SOURCES,
        or_a=(Discrete,),
        default="sigmoid",
    )
    n: int = whole("how many inputs", 1, LARGEST_N, default=2)
    mean: float = real("mu of a uniform or Gaussian input; other laws have their own", -10, 10, default=0.5)
    spread: float = real("s of a uniform or Gaussian input; other laws have their own", LEAST_SPREAD, 10, default=0.25)
    centred: bool = flag("whether mu is subtracted", default=False)
    flipped: tuple[int, ...] = several(
        'indices of the inputs that are negated ("a wire is flipped")',
        0,
        LARGEST_N,
        lambda name, value: check_int(name, value, 0, LARGEST_N - 1),
        default=(),
    )
    removed: float = real("the share of mu that is subtracted where not all of it is", 0, 1, default=0.0)

    def __post_init__(self) -> None:
        for index in check_items("flipped", self.flipped, 0, self.n):
            check_int("flipped", index, 0, self.n - 1)

    @property
    def signs(self) -> FloatArray:
        """+1 for an input as it is, -1 for a flipped one; shape (n,)."""
        return np.where(np.isin(np.arange(self.n), self.flipped), -1.0, 1.0)


def _law(inputs: Inputs) -> Law:
    check_kind("inputs", inputs, Inputs)
    return law_of(inputs.source, inputs.mean, inputs.spread, 1.0 if inputs.centred else inputs.removed)


def input_moments(inputs: Inputs) -> tuple[float, float]:
    """Mean mu and standard deviation s of one input, before any flip; dimensionless.

    Formula: as given for a uniform or Gaussian input; mu = E f(Z), s^2 = E (f(Z) - mu)^2, Z ~ N(0, 1), for an activation's;
    sums over a discrete law's values; mu = 0 once centred, or the share of it that is not removed.
    Reference: core.quadrature.
    """
    law = _law(inputs)
    return law.mean, law.spread


def input_powers(inputs: Inputs) -> FloatArray:
    """E a^k of one input for k = 0 to 4, before any flip, shape (5,).

    Formula: Gauss-Legendre over a uniform input, Gauss-Hermite over a Gaussian one, `gaussian_nodes` over an activation's z.
    Reference: core.quadrature.
    """
    law = _law(inputs)
    return np.array([law.weights @ law.nodes**k for k in range(5)])


def input_range(inputs: Inputs) -> tuple[float, float]:
    """Infimum and supremum of one input, before any flip; dimensionless, infinite where unbounded."""
    return _law(inputs).low, _law(inputs).high


def is_discrete(inputs: Inputs) -> bool:
    """Whether one input has a few values only, and no density."""
    return _law(inputs).discrete


def discrete_law(inputs: Inputs) -> tuple[FloatArray, FloatArray]:
    """The values of one input, before any flip, and their probabilities; both of one shape.

    Raises: ValueError for a law that has a density.
    """
    law = _law(inputs)
    if not law.discrete:
        raise ValueError(f'source = {inputs.source!r} is not "signs" or a Discrete law: its inputs have a density')
    return law.nodes, law.weights


def draw_inputs(inputs: Inputs, rng: np.random.Generator, shape: tuple[int, ...]) -> FloatArray:
    """Samples of the inputs, shape (*shape, n), drawn from `rng`."""
    return _law(inputs).draw(rng, (*shape, inputs.n)) * inputs.signs


def second_moment(inputs: Inputs | DataSet, bias: bool = False) -> FloatArray:
    """The Hessian H = E a a^T, exact, shape (n, n); with `bias` one more input that is always 1, shape (n + 1, n + 1).

    Formula: s^2 I + mu^2 v v^T, v = +1 or -1 for a flipped input; a bias adds the row and column (mu v, 1). For a data set the
    mean of a a^T over its samples.
    Reference: LeCun, Kanter and Solla, Eigenvalues of covariance matrices, 1991.
    """
    if isinstance(inputs, DataSet):
        return data_moment(inputs, bias)
    (mu, s), v = input_moments(inputs), inputs.signs
    h = s * s * np.eye(inputs.n) + mu * mu * np.outer(v, v)
    if not bias:
        return h
    return np.block([[h, mu * v[:, None]], [mu * v[None, :], np.ones((1, 1))]])


def measured_second_moment(inputs: Inputs, samples: int, seed: int, bias: bool = False) -> FloatArray:
    """The mean of a a^T over a drawn sample, shape as `second_moment`.

    Parameters: samples, 1 to 1,000,000, drawn and added up a block at a time; seed, at least 0; bias as in `second_moment`.
    Raises: ValueError for samples or seed out of range.
    """
    check_kind("inputs", inputs, Inputs)
    rng = np.random.default_rng(check_int("seed", seed, 0, 2**63))
    total = np.zeros((inputs.n + bias,) * 2)
    for block in blocks(check_int("samples", samples, 1, 1_000_000), inputs.n):
        a = draw_inputs(inputs, rng, (block,))
        if bias:
            a = np.hstack([a, np.ones((block, 1))])
        total += a.T @ a
    return total / samples


def blocks(count: int, numbers_each: int) -> Iterator[int]:
    """`count` draws in blocks of a bounded size."""
    most = max(1, _BLOCK // numbers_each)
    for first in range(0, count, most):
        yield min(most, count - first)


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """Curvatures of the loss."""

    eigenvalues: FloatArray
    """(n,), ascending, the steep one last; exactly 0 along a direction in which a data set has no inputs."""
    vectors: FloatArray
    """(n, n), one a column, the steep direction last."""
    kappa: float
    """Steepest over flattest that is not 0, dimensionless."""
    rank: int
    """How many eigenvalues are not 0: n for every law, fewer for a data set with fewer independent samples."""


@lru_cache(maxsize=128)
def spectrum(inputs: Inputs | DataSet) -> Spectrum:
    """Eigenvalues and eigenvectors of H, in closed form for a law.

    Formula: s^2 for every direction orthogonal to v, s^2 + n mu^2 along v / sqrt n (the steep direction, by convention
    also where mu = 0); kappa = 1 + n mu^2 / s^2, and 1 for a single input. A data set's are computed, and those below
    eps * max(N, n) of the largest count as 0.
    Reference: as `second_moment`.
    """
    if isinstance(inputs, DataSet):
        values, directions = data_eigen(inputs)
        return Spectrum(read_only(values), read_only(directions), _kappa(values), int((values > 0).sum()))
    (mu, s), v, n = input_moments(inputs), inputs.signs, inputs.n
    eigenvalues = np.full(n, float(s * s))
    eigenvalues[-1] += n * mu * mu
    # Helmert's basis: column k is (1, ..., 1, -k, 0, ..., 0), orthogonal to (1, ..., 1).
    vectors = np.triu(np.ones((n, n)), 1)[:, 1:] if n > 1 else np.empty((1, 0))
    for k in range(1, n):
        vectors[k, k - 1] = -k
    vectors = np.column_stack([vectors / np.sqrt((vectors**2).sum(0)), np.ones(n) / math.sqrt(n)]) * v[:, None]
    return Spectrum(read_only(eigenvalues), read_only(vectors), condition_number(inputs), n)


def _kappa(eigenvalues: FloatArray) -> float:
    curved = eigenvalues[eigenvalues > 0]
    return float(curved[-1] / curved[0])


def condition_number(inputs: Inputs | DataSet, bias: bool = False) -> float:
    """kappa of the Hessian, in closed form for a law; with `bias` a trainable bias is counted as one more input.

    Formula: 1 + n mu^2 / s^2 without a bias (1 for a single input). With one, H has s^2 (n - 1 times) and the two eigenvalues of
    [[s^2 + n mu^2, mu sqrt n], [mu sqrt n, 1]]. For a data set over the eigenvalues that are not 0, as in `spectrum`.
    Reference: as `second_moment`.
    """
    if isinstance(inputs, DataSet):
        return _kappa(data_eigen(inputs, bias)[0])
    (mu, s), n = input_moments(inputs), inputs.n
    if not bias:
        return 1 + n * mu * mu / (s * s) if n > 1 else 1.0
    trace, determinant = s * s + n * mu * mu + 1, s * s
    high = trace / 2 + math.sqrt((trace / 2) ** 2 - determinant)
    low = determinant / high
    return max(high, s * s if n > 1 else high) / min(low, s * s if n > 1 else low)
