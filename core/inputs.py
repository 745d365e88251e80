"""Where one neuron's inputs come from: their law, its moments, and what they do to the curvature and to the signs.

The neuron is linear with squared error, L(w) = 1/2 E (w . a - y)^2 and y = w* . a, so its Hessian is the second-moment
matrix of its inputs, H = E a a^T. Inputs are independent with equal mean mu and standard deviation s, so
H = s^2 I + mu^2 1 1^T: whatever mean is left makes one steep direction, (1, ..., 1).
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.activations import ACTIVATIONS, activation, normal_cdf
from core.checks import FloatArray, check_int, check_items, check_real, read_only
from core.fields import flag, one_of, real, settings, several, whole
from core.quadrature import expect, gaussian_nodes

UNIFORM = "uniform"
SOURCES = (UNIFORM, *ACTIVATIONS)
LARGEST_N = 64


@settings
class Inputs:
    """The law of one neuron's n independent inputs.

    Raises: ValueError that names the parameter, its value and its range.
    """

    source: str = one_of(
        'an activation\'s key (a = f(z), z ~ N(0, 1)), or "uniform" with the given mean and spread',
        SOURCES,
        default="sigmoid",
    )
    n: int = whole("how many inputs", 1, LARGEST_N, default=2)
    mean: float = real("mu of a uniform input; other sources have their own", -10, 10, default=0.5)
    spread: float = real("s of a uniform input; other sources have their own", 1e-3, 10, default=0.25)
    centred: bool = flag("whether mu is subtracted", default=False)
    flipped: tuple[int, ...] = several(
        'indices of the inputs that are negated ("a wire is flipped")',
        0,
        LARGEST_N,
        lambda name, value: check_int(name, value, 0, LARGEST_N - 1),
        default=(),
    )

    def __post_init__(self) -> None:
        for index in check_items("flipped", self.flipped, 0, self.n):
            check_int("flipped", index, 0, self.n - 1)

    @property
    def signs(self) -> FloatArray:
        """+1 for an input as it is, -1 for a flipped one; shape (n,)."""
        signs = np.ones(self.n)
        signs[list(self.flipped)] = -1.0
        return signs


def input_moments(inputs: Inputs) -> tuple[float, float]:
    """Mean mu and standard deviation s of one input, before any flip; dimensionless.

    Formula: uniform as given; otherwise mu = E f(Z), s^2 = E (f(Z) - mu)^2, Z ~ N(0, 1); mu = 0 once centred.
    Parameters: inputs, an `Inputs`. Raises: nothing. Reference: core.quadrature.
    """
    mu, s = _raw_moments(inputs)
    return (0.0 if inputs.centred else mu), s


@lru_cache(maxsize=256)
def _raw_moments(inputs: Inputs) -> tuple[float, float]:
    if inputs.source == UNIFORM:
        return inputs.mean, inputs.spread
    f = activation(inputs.source)
    mu = 0.0 if f.zero_centred else expect(f.f, 0.0, 1.0)
    return mu, math.sqrt(expect(lambda z: (f.f(z) - mu) ** 2, 0.0, 1.0))


def input_powers(inputs: Inputs) -> FloatArray:
    """E a^k of one input for k = 0 to 4, before any flip, shape (5,).

    Formula: Gauss-Legendre over a uniform input, `gaussian_nodes` over z otherwise.
    Parameters: inputs, an `Inputs`. Raises: nothing. Reference: core.quadrature.
    """
    mu, _ = input_moments(inputs)
    raw, spread = _raw_moments(inputs)
    if inputs.source == UNIFORM:
        x, weight = np.polynomial.legendre.leggauss(3)
        a, weight = raw + spread * math.sqrt(3) * x, weight / 2
    else:
        z, weight = gaussian_nodes(0.0, 1.0)
        a = activation(inputs.source).f(z)
    a = a - raw + mu
    return np.array([weight @ a**k for k in range(5)])


def input_range(inputs: Inputs) -> tuple[float, float]:
    """Infimum and supremum of one input, before any flip; dimensionless, infinite where unbounded.

    Parameters: inputs, an `Inputs`. Raises: nothing.
    """
    raw, spread = _raw_moments(inputs)
    mu, _ = input_moments(inputs)
    if inputs.source == UNIFORM:
        low, high = raw - spread * math.sqrt(3), raw + spread * math.sqrt(3)
    else:
        low, high = activation(inputs.source).low, activation(inputs.source).high
    return low - raw + mu, high - raw + mu


def draw_inputs(inputs: Inputs, rng: np.random.Generator, shape: tuple[int, ...]) -> FloatArray:
    """Samples of the inputs, shape (*shape, n).

    Parameters: inputs, an `Inputs`; rng, the generator that draws; shape, any. Raises: nothing.
    """
    raw, spread = _raw_moments(inputs)
    mu, _ = input_moments(inputs)
    if inputs.source == UNIFORM:
        a = rng.uniform(raw - spread * math.sqrt(3), raw + spread * math.sqrt(3), (*shape, inputs.n))
    else:
        a = activation(inputs.source).f(rng.standard_normal((*shape, inputs.n)))
    return (a - raw + mu) * inputs.signs


def second_moment(inputs: Inputs, bias: bool = False) -> FloatArray:
    """The Hessian H = E a a^T, exact, shape (n, n); with `bias` one more input that is always 1, shape (n + 1, n + 1).

    Formula: s^2 I + mu^2 v v^T, v = +1 or -1 for a flipped input; a bias adds the row and column (mu v, 1).
    Parameters: inputs, an `Inputs`; bias, whether a trainable bias is counted. Raises: nothing.
    Reference: LeCun, Kanter and Solla, Eigenvalues of covariance matrices, 1991.
    """
    (mu, s), v = input_moments(inputs), inputs.signs
    h = s * s * np.eye(inputs.n) + mu * mu * np.outer(v, v)
    if not bias:
        return h
    return np.block([[h, mu * v[:, None]], [mu * v[None, :], np.ones((1, 1))]])


def measured_second_moment(inputs: Inputs, samples: int, seed: int, bias: bool = False) -> FloatArray:
    """The mean of a a^T over a drawn sample, shape as `second_moment`.

    Parameters: inputs, an `Inputs`; samples, 1 to 1,000,000; seed, at least 0; bias as in `second_moment`.
    Raises: ValueError for samples or seed out of range.
    """
    check_int("samples", samples, 1, 1_000_000)
    a = draw_inputs(inputs, np.random.default_rng(check_int("seed", seed, 0, 2**63)), (samples,))
    if bias:
        a = np.hstack([a, np.ones((samples, 1))])
    return a.T @ a / samples


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """Curvatures of the loss. eigenvalues: shape (n,), the steep one last. vectors: shape (n, n), one a column, the
    steep direction last. kappa: steepest over flattest, dimensionless."""

    eigenvalues: FloatArray
    vectors: FloatArray
    kappa: float


def spectrum(inputs: Inputs) -> Spectrum:
    """Eigenvalues and eigenvectors of H, in closed form.

    Formula: s^2 for every direction orthogonal to v, s^2 + n mu^2 along v / sqrt n (the steep direction, by convention
    also where mu = 0); kappa = 1 + n mu^2 / s^2, and 1 for a single input.
    Parameters: inputs, an `Inputs`. Raises: nothing. Reference: as `second_moment`.
    """
    (mu, s), v, n = input_moments(inputs), inputs.signs, inputs.n
    eigenvalues = np.full(n, float(s * s))
    eigenvalues[-1] += n * mu * mu
    # Helmert's basis: column k is (1, ..., 1, -k, 0, ..., 0), orthogonal to (1, ..., 1).
    vectors = np.triu(np.ones((n, n)), 1)[:, 1:] if n > 1 else np.empty((1, 0))
    for k in range(1, n):
        vectors[k, k - 1] = -k
    vectors = np.column_stack([vectors / np.sqrt((vectors**2).sum(0)), np.ones(n) / math.sqrt(n)]) * v[:, None]
    return Spectrum(read_only(eigenvalues), read_only(vectors), condition_number(inputs))


def condition_number(inputs: Inputs, bias: bool = False) -> float:
    """kappa of the Hessian, in closed form; with `bias` a trainable bias is counted as one more input.

    Formula: 1 + n mu^2 / s^2 without a bias (1 for a single input). With one, H has s^2 (n - 1 times) and the two eigenvalues of
    [[s^2 + n mu^2, mu sqrt n], [mu sqrt n, 1]].
    Parameters: inputs, an `Inputs`; bias. Raises: nothing. Reference: as `second_moment`.
    """
    (mu, s), n = input_moments(inputs), inputs.n
    if not bias:
        return 1 + n * mu * mu / (s * s) if n > 1 else 1.0
    trace, determinant = s * s + n * mu * mu + 1, s * s
    high = trace / 2 + math.sqrt((trace / 2) ** 2 - determinant)
    low = determinant / high
    return max(high, s * s if n > 1 else high) / min(low, s * s if n > 1 else low)


def one_factor_lock(ratio: float, flips: int, n: int) -> float:
    """P(all n signs agree) for x_i = v_i (e_i + ratio Z), with e_i and Z independent standard normal.

    Formula: 2 * integral phi(z) Phi(ratio z)^(n - flips) Phi(-ratio z)^flips dz.
    Parameters: ratio, -1e8 to 1e8; flips, how many v_i are -1; n >= 1. Raises: ValueError out of range.
    Reference: the one-factor Gaussian orthant probability.
    """
    check_int("flips", flips, 0, check_int("n", n, 1, LARGEST_N))
    ratio = check_real("ratio", ratio, -1e8, 1e8)
    z, weight = gaussian_nodes(0.0, max(abs(ratio), 1e-9))
    return float(2 * weight @ (normal_cdf(z) ** (n - flips) * normal_cdf(-z) ** flips))


def noise_lock(inputs: Inputs) -> float:
    """The noise limit: the chance that all n signs of a large batch's gradient agree, where delta is zero-mean and
    independent of the inputs (the gradient is then Gaussian with covariance proportional to H).

    Formula: `one_factor_lock` with ratio mu / s. Centred inputs give 2^(1 - n).
    Parameters: inputs, an `Inputs`. Raises: nothing. Reference: `one_factor_lock`.
    """
    mu, s = input_moments(inputs)
    return one_factor_lock(mu / s, len(set(inputs.flipped)), inputs.n)


def full_batch_lock(inputs: Inputs) -> float:
    """The full-batch value: the chance that all n signs of H e agree for an isotropic random error e = w - w*.

    Formula: H e is Gaussian with covariance H^2 = s^4 I + (2 s^2 mu^2 + n mu^4) v v^T, so `one_factor_lock` with
    ratio sqrt(2 s^2 mu^2 + n mu^4) / s^2. For n = 2 this is (2 / pi) arctan kappa.
    Parameters: inputs, an `Inputs`. Raises: nothing. Reference: `one_factor_lock`.
    """
    mu, s = input_moments(inputs)
    ratio = math.sqrt(2 * s * s * mu * mu + inputs.n * mu**4) / (s * s)
    return one_factor_lock(ratio, len(set(inputs.flipped)), inputs.n)


def measured_lock(inputs: Inputs, batch: int, draws: int = 4000, seed: int = 0) -> tuple[float, float]:
    """The measured chance that all n signs of a batch's gradient agree, and its standard error.

    Formula: the share of `draws` batches in which every component of sum_b delta_b a_b has one sign (an exact 0 agrees
    with either), delta ~ N(0, 1) independent of a.
    Parameters: inputs, an `Inputs`; batch, 1 to 1,024; draws, 1 to 100,000, with batch * draws * n at most 20,000,000;
    seed, at least 0. Raises: ValueError out of range.
    """
    check_int("batch", batch, 1, 1024)
    check_int("draws", draws, 1, min(100_000, 20_000_000 // (batch * inputs.n)))
    rng = np.random.default_rng(check_int("seed", seed, 0, 2**63))
    a = draw_inputs(inputs, rng, (draws, batch))
    gradient = np.einsum("db,dbn->dn", rng.standard_normal((draws, batch)), a)
    share = float(np.mean((gradient >= 0).all(1) | (gradient <= 0).all(1)))
    return share, math.sqrt(share * (1 - share) / draws)
