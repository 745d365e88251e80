"""How far descent on one linear neuron may step: where it stops converging, and which step converges fastest."""

from dataclasses import dataclass

import numpy as np

from core.checks import FloatArray, check_int
from core.inputs import Inputs, input_powers, second_moment, spectrum

FULL = 0
"""The batch size that stands for the full batch."""

LARGEST_BATCH = 1024


@dataclass(frozen=True, slots=True)
class StepLimits:
    """edge: the learning rate from which descent no longer converges. best: the one that converges fastest."""

    edge: float
    best: float


def step_limits(inputs: Inputs, batch: int = FULL) -> StepLimits:
    """The stability edge and the best fixed learning rate, for the worst start; dimensionless.

    Formula: full batch, 2 / lambda_max and 2 / (lambda_max + lambda_min). Batches of B, the same two in mean square:
    E e e^T is multiplied by M(eta) = I - eta (H (x) I + I (x) H) + eta^2 E G (x) G, where
    E G (x) G = ((B - 1) H (x) H + E (a a^T) (x) (a a^T)) / B; its largest eigenvalue is convex in eta, crosses 1 at the
    edge and is smallest at the best learning rate.
    Parameters: inputs, an `Inputs` (n at most 8 for batches); batch, 0 for the full batch, else 1 to 1,024.
    Raises: ValueError out of range.
    Reference: the second-moment recursion of stochastic least squares, as in Bach and Moulines 2013.
    """
    check_int("batch", batch, 0, LARGEST_BATCH)
    eigenvalues = spectrum(inputs).eigenvalues
    flat, steep = float(eigenvalues[0]), float(eigenvalues[-1])
    if batch == FULL:
        return StepLimits(2 / steep, 2 / (steep + flat))
    n = check_int("n", inputs.n, 1, 8)
    h, identity = second_moment(inputs), np.eye(inputs.n)
    linear = np.kron(h, identity) + np.kron(identity, h)
    square = ((batch - 1) * np.kron(h, h) + _fourth_moment(inputs).reshape(n * n, n * n)) / batch

    def growth(eta: FloatArray) -> FloatArray:
        eta = eta[:, None, None]
        return np.array(np.linalg.eigvalsh(np.eye(n * n) - eta * linear + eta**2 * square)[:, -1], dtype=float)

    # Both are found by laying 65 points over the bracket and keeping the part that holds the answer.
    low, high = 0.0, 2 / steep
    for _ in range(6):
        eta = np.linspace(low, high, 65)
        k = int(np.clip(np.argmin(growth(eta)), 1, 63))
        low, high = eta[k - 1], eta[k + 1]
    best = (low + high) / 2
    low, high = best, 2 / steep
    for _ in range(8):
        eta = np.linspace(low, high, 65)
        k = int(np.clip(np.searchsorted(growth(eta) >= 1, True), 1, 64))
        low, high = eta[k - 1], eta[k]
    return StepLimits(float((low + high) / 2), float(best))


def _fourth_moment(inputs: Inputs) -> FloatArray:
    """E a_i a_j a_k a_l laid out as (a a^T) (x) (a a^T): shape (n, n, n, n) with axes i, k, j, l."""
    n, powers, v = inputs.n, input_powers(inputs), inputs.signs
    index = np.indices((n,) * 4).reshape(4, -1)
    counts = np.stack([(index == unit).sum(0) for unit in range(n)])
    moments = powers[counts].prod(0) * v[index].prod(0)
    return moments.reshape((n,) * 4).transpose(0, 2, 1, 3)
