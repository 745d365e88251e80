"""How often each sign pattern happens in a batch, what entropy that leaves, and the curvature of a whole layer.

The layer has m neurons and n shared inputs a = f(z), z ~ N(0, 1), with independent standard normal upstream signals. The
update of a batch of B is minus the sum of delta_b a_b^T over its samples.
"""

import math
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from core.checks import FloatArray, check_array, check_int, check_real, read_only
from core.inputs import Inputs, draw_inputs, input_moments, one_factor_lock, second_moment
from core.signs.patterns import MOST_CELLS, Pattern, all_patterns

MOST_DRAWS, MOST_STEPS = 100_000, 10_000
_BLOCK = 2_000_000


@dataclass(frozen=True)
class PatternConfig:
    """What to measure. source: an activation's key, or "uniform" as in `Inputs`. m, n: neurons and inputs, with m n at most
    16. batch: 1 to 1,024. draws: batches drawn, 100 to 100,000, with draws * batch * (m + n) at most 40,000,000. seed: at
    least 0. Raises ValueError otherwise."""

    source: str = "sigmoid"
    m: int = 2
    n: int = 2
    batch: int = 1
    draws: int = 20_000
    seed: int = 0

    def __post_init__(self) -> None:
        check_int("m", self.m, 1, MOST_CELLS)
        check_int("n", self.n, 1, MOST_CELLS // self.m)
        Inputs(self.source, self.n)
        check_int("batch", self.batch, 1, 1024)
        most = min(MOST_DRAWS, 40_000_000 // (self.batch * (self.m + self.n)))
        check_int("draws", self.draws, 100, most)
        check_int("seed", self.seed, 0, 2**63)


@dataclass(frozen=True, slots=True, eq=False)
class PatternShares:
    """patterns: every pattern, in the order of `all_patterns`. shares: (2^(mn),) of all draws. with_zero: the share of draws
    in which some update is exactly 0, which have no pattern; shares and with_zero add up to 1. bits: entropy of the
    pattern among the other draws, in bits. error: standard error of bits to first order, which vanishes
    where shares are equal. Limits have error 0."""

    patterns: list[Pattern]
    shares: FloatArray
    with_zero: float
    bits: float
    error: float


def measured_patterns(config: PatternConfig) -> PatternShares:
    """Shares and entropy of the sign patterns of drawn batches.

    Formula: bits = -sum p log2 p + (K - 1) / (2 N ln 2) over the K patterns seen in the N draws without a zero (the
    Miller-Madow correction), at most log2 of the number of patterns; error = sqrt(Var(log2 p) / N).
    Parameters: config, a `PatternConfig`. Raises: nothing.
    Reference: Miller, Note on the bias of information estimates, 1955.
    """
    law, rng = Inputs(config.source, config.n), np.random.default_rng(config.seed)
    m, n, cells = config.m, config.n, config.m * config.n
    weights = 2 ** np.arange(cells - 1, -1, -1)
    counts, zeros, left = np.zeros(2**cells, dtype=np.int64), 0, config.draws
    while left:
        block = min(left, max(1, _BLOCK // (config.batch * (m + n))))
        a = draw_inputs(law, rng, (block, config.batch))
        deltas = rng.standard_normal((block, config.batch, m))
        update = -np.matmul(deltas.swapaxes(1, 2), a).reshape(block, cells)
        clean = (update != 0).all(axis=1)
        zeros += int(block - clean.sum())
        # all_patterns counts +1 first, so a bit stands for a weight that goes down.
        counts += np.bincount((update[clean] < 0) @ weights, minlength=2**cells)
        left -= block
    total = int(counts.sum())
    seen = counts[counts > 0] / max(total, 1)
    bits = float(-(seen * np.log2(seen)).sum())
    variance = float((seen * np.log2(seen) ** 2).sum()) - bits**2
    corrected = bits + (max(len(seen), 1) - 1) / (2 * max(total, 1) * math.log(2))
    return PatternShares(
        all_patterns(m, n),
        read_only(counts / config.draws),
        zeros / config.draws,
        min(corrected, float(cells)),
        math.sqrt(max(variance, 0.0) / max(total, 1)),
    )


def limit_patterns(source: str, m: int = 2, n: int = 2) -> PatternShares:
    """Shares and entropy in the limit of large batches, where the update is Gaussian with independent rows.

    Formula: each row has covariance E a a^T, one factor with ratio r = mu / s, so a row with k weights going down has
    probability integral phi(z) Phi(r z)^(n - k) Phi(-r z)^k dz; shares multiply and bits add over the m rows.
    Parameters: source, m and n as in `PatternConfig`. Raises: ValueError out of range.
    Reference: core.inputs.one_factor_lock; the central limit theorem.
    """
    PatternConfig(source, m, n)
    mu, s = input_moments(Inputs(source, n))
    by_downs = [one_factor_lock(mu / s, k, n) / 2 for k in range(n + 1)]
    rows = list(product((1, -1), repeat=n))
    chance = np.array([by_downs[row.count(-1)] for row in rows])
    bits = float(-m * (chance * np.log2(chance)).sum())
    shares = np.array([math.prod(by_downs[row.count(-1)] for row in pattern) for pattern in all_patterns(m, n)])
    return PatternShares(all_patterns(m, n), read_only(shares), 0.0, bits, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class LayerCurvature:
    """The Hessian of a layer's weights. hessian: (mn, mn), the weights row by row (w1, w2, w3, w4). eigenvalues: (mn,),
    ascending. kappa, coupling_kappa, input_kappa: of the layer, of J^T J and of E a a^T; kappa is their product."""

    hessian: FloatArray
    eigenvalues: FloatArray
    kappa: float
    coupling_kappa: float
    input_kappa: float


def layer_curvature(coupling: Any, inputs: Inputs) -> LayerCurvature:
    """Curvature of a layer W that feeds a linear map J, with squared error: L = 1/2 E |J W a - y|^2.

    Formula: J^T J (x) E a a^T. Its eigenvalues are all products of the two, so the kappas multiply; uncoupled neurons
    (J = I) have the kappa of one neuron. Exact for linear units, an approximation otherwise.
    Parameters: coupling, J^T J itself: (m, m), symmetric and positive definite, m at most 16; inputs, with m n at most 256.
    Raises: ValueError for anything else.
    Reference: the Kronecker structure of linear least squares; LeCun, Kanter and Solla 1991 for E a a^T.
    """
    jtj = check_array("coupling", coupling, (None, None))
    m = len(jtj)
    if not 1 <= m <= 16 or jtj.shape != (m, m) or not np.allclose(jtj, jtj.T) or m * inputs.n > 256:
        raise ValueError(
            f"coupling = {coupling!r} is not a symmetric (m, m) matrix with m at most 16 and m n at most 256"
        )
    couplings = np.linalg.eigvalsh(jtj)
    if couplings[0] <= 0:
        raise ValueError(
            f"coupling = {coupling!r} is not positive definite: its flattest direction has no curvature at all"
        )
    h = second_moment(inputs)
    curvatures = np.linalg.eigvalsh(h)
    eigenvalues = np.sort(np.outer(couplings, curvatures).ravel())
    by_coupling, by_input = float(couplings[-1] / couplings[0]), float(curvatures[-1] / curvatures[0])
    return LayerCurvature(
        read_only(np.kron(jtj, h)), read_only(eigenvalues), by_coupling * by_input, by_coupling, by_input
    )


@dataclass(frozen=True, slots=True, eq=False)
class LayerDescent:
    """Full-batch descent of a layer. w: (T + 1, m, n). loss: (T + 1,). eta: the fixed learning rate that is best for
    the worst start. steps: until L <= tolerance * L_0."""

    w: FloatArray
    loss: FloatArray
    eta: float
    steps: int


def descend_layer(coupling: Any, inputs: Inputs, start: Any, target: Any, tolerance: float = 1e-4) -> LayerDescent:
    """Gradient descent of a coupled layer at the fixed learning rate that is best for the worst start, until it converges.

    Formula: W <- W - eta C (W - W*) H with C = J^T J and H = E a a^T, eta = 2 / (lambda_max + lambda_min) of C (x) H; in
    the eigenvectors of both, each component shrinks by 1 - eta c_i h_j a step.
    Parameters: coupling and inputs as in `layer_curvature`; start and target, (m, n) each; tolerance, 1e-9 to 1.
    Raises: ValueError for anything else, and where it would take more than 10,000 steps.
    Reference: `layer_curvature`.
    """
    shape = layer_curvature(coupling, inputs)
    check_real("tolerance", tolerance, 1e-9, 1)
    c_values, c_vectors = np.linalg.eigh(np.array(coupling, dtype=float))
    h_values, h_vectors = np.linalg.eigh(second_moment(inputs))
    goal = check_array("target", target, (len(c_values), inputs.n))
    error = c_vectors.T @ (check_array("start", start, goal.shape) - goal) @ h_vectors
    eta = float(2 / (shape.eigenvalues[0] + shape.eigenvalues[-1]))
    curvature = np.outer(c_values, h_values)
    path, losses = [error], [float((curvature * error**2).sum() / 2)]
    while losses[-1] > tolerance * losses[0]:
        if len(path) > MOST_STEPS:
            raise ValueError(f"kappa = {shape.kappa:.3g} needs more than {MOST_STEPS} steps")
        path.append(path[-1] * (1 - eta * curvature))
        losses.append(float((curvature * path[-1] ** 2).sum() / 2))
    w = goal + c_vectors @ np.array(path) @ h_vectors.T
    return LayerDescent(read_only(w), read_only(np.array(losses)), eta, len(path) - 1)
