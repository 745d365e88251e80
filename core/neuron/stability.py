"""How far descent on one linear neuron may step: where it stops converging, and which step converges fastest."""

from dataclasses import dataclass

import numpy as np

from core.checks import BoolArray, FloatArray, check_int
from core.dataset import DataSet
from core.inputs import Inputs, input_powers, second_moment, spectrum
from core.roots import boundary_at_once, lowest

FULL = 0
"""The batch size that stands for the full batch."""

LARGEST_BATCH = 1024


@dataclass(frozen=True, slots=True)
class StepLimits:
    """Learning rates, dimensionless."""

    edge: float
    """From here on descent no longer converges."""
    best: float
    """Here it converges fastest."""


def step_limits(inputs: Inputs | DataSet, batch: int = FULL) -> StepLimits:
    """The stability edge and the best fixed learning rate, for the worst start; dimensionless.

    Formula: full batch, 2 / lambda_max and 2 / (lambda_max + lambda_min). Batches of B, the same two in mean square:
    E e e^T is multiplied by M(eta) = I - eta (H (x) I + I (x) H) + eta^2 E G (x) G, where
    E G (x) G = ((B - 1) H (x) H + E (a a^T) (x) (a a^T)) / B; its largest eigenvalue is convex in eta, crosses 1 at the
    edge and is smallest at the best learning rate. Of a singular H, a data set's, lambda_min is the smallest that is not 0.
    Parameters: inputs (n at most 8 for batches); batch, 0 for the full batch, else 1 to 1,024 fresh samples.
    Raises: ValueError out of range, and for batches of a data set: in whatever order, they are no fresh samples.
    Reference: the second-moment recursion of stochastic least squares, as in Bach and Moulines 2013.
    """
    check_int("batch", batch, 0, LARGEST_BATCH)
    eigenvalues = spectrum(inputs).eigenvalues
    curved = eigenvalues[eigenvalues > 0]
    flat, steep = float(curved[0]), float(curved[-1])
    if batch == FULL:
        return StepLimits(2 / steep, 2 / (steep + flat))
    if isinstance(inputs, DataSet):
        raise ValueError(f"batch = {batch} is not {FULL}: a data set's limits are known for the full batch only")
    n = check_int("n", inputs.n, 1, 8)
    h, identity = second_moment(inputs), np.eye(inputs.n)
    linear = np.kron(h, identity) + np.kron(identity, h)
    square = ((batch - 1) * np.kron(h, h) + _fourth_moment(inputs).reshape(n * n, n * n)) / batch

    def growth(eta: FloatArray) -> FloatArray:
        eta = eta[:, None, None]
        return np.array(np.linalg.eigvalsh(np.eye(n * n) - eta * linear + eta**2 * square)[:, -1], dtype=float)

    def grows(eta: FloatArray) -> BoolArray:
        return growth(eta) >= 1

    best = lowest(growth, 0.0, 2 / steep)
    return StepLimits(boundary_at_once(grows, best, 2 / steep)[0], best)


def _fourth_moment(inputs: Inputs) -> FloatArray:
    """E a_i a_j a_k a_l laid out as (a a^T) (x) (a a^T): shape (n, n, n, n) with axes i, k, j, l."""
    n, powers, v = inputs.n, input_powers(inputs), inputs.signs
    index = np.indices((n,) * 4).reshape(4, -1)
    counts = np.stack([(index == unit).sum(0) for unit in range(n)])
    moments = powers[counts].prod(0) * v[index].prod(0)
    return moments.reshape((n,) * 4).transpose(0, 2, 1, 3)
