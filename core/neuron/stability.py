"""How far descent on one linear neuron may step: where it stops converging, and which step converges fastest."""

from dataclasses import dataclass

import numpy as np

from core.checks import BoolArray, FloatArray, check_int
from core.dataset import DataSet
from core.inputs import Inputs, input_powers, spectrum
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
    edge and is smallest at the best learning rate. M keeps matrices positive semi-definite and knows no order of the inputs, so
    its largest eigenvalue has an eigenvector in the span of I and v v^T (v the signs): two by two for any n. Of a singular H, a
    data set's, lambda_min is the smallest that is not 0.
    Parameters: inputs; batch, 0 for the full batch, else 1 to 1,024 fresh samples.
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
    linear, square = _common(inputs, batch)

    def growth(eta: FloatArray) -> FloatArray:
        eta = eta[:, None, None]
        m = np.eye(len(linear)) - eta * linear + eta**2 * square
        return np.array(np.linalg.eigvals(m).real.max(axis=-1), dtype=float)

    def grows(eta: FloatArray) -> BoolArray:
        return growth(eta) >= 1

    best = lowest(growth, 0.0, 2 / steep)
    return StepLimits(boundary_at_once(grows, best, 2 / steep)[0], best)


def _common(inputs: Inputs, batch: int) -> tuple[FloatArray, FloatArray]:
    """What a step makes of X = x I + y v v^T, as matrices for (x, y): of -eta, X -> H X + X H, and of eta^2, X -> E G X G."""
    _, m1, m2, m3, m4 = input_powers(inputs)
    n, mu2, s2 = inputs.n, m1 * m1, m2 - m1 * m1
    once = np.array([[s2, 0.0], [mu2, s2 + n * mu2]])  # H X, for H = s^2 I + mu^2 v v^T
    # E a a^T (a . X a): its entries on the diagonal and off it, for X = I and for X = v v^T.
    plain_on, plain_off = m4 + (n - 1) * m2 * m2, 2 * m3 * m1 + (n - 2) * mu2 * m2
    summed_on = plain_on + 2 * (n - 1) * m3 * m1 + (n - 1) * (n - 2) * m2 * mu2
    summed_off = plain_off + 2 * m2 * m2 + 4 * (n - 2) * m2 * mu2 + (n - 2) * (n - 3) * mu2 * mu2
    fourth = np.array([[plain_on - plain_off, summed_on - summed_off], [plain_off, summed_off]])
    if n == 1:
        # I and v v^T are the same matrix.
        once, fourth = np.array([[m2]]), np.array([[m4]])
    return 2 * once, ((batch - 1) * once @ once + fourth) / batch
