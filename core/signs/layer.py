"""The curvature of a whole layer, and its descent.

The layer has m neurons with n shared inputs, and feeds a linear map J with squared error.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.checks import FloatArray, check_array, check_int, check_kind, check_real, read_only
from core.inputs import Inputs, second_moment

MOST_STEPS = 1_000_000
MOST_KEPT = 10_000
SMALLEST, LARGEST = 1e-100, 1e100


@dataclass(frozen=True, slots=True, eq=False)
class LayerCurvature:
    """The Hessian of a layer's weights."""

    hessian: FloatArray
    """(mn, mn), the weights row by row (w1, w2, w3, w4)."""
    eigenvalues: FloatArray
    """(mn,), ascending."""
    kappa: float
    """Of the layer: the product of the two below."""
    coupling_kappa: float
    """Of J^T J."""
    input_kappa: float
    """Of E a a^T."""


def layer_curvature(coupling: Any, inputs: Inputs) -> LayerCurvature:
    """Curvature of a layer W that feeds a linear map J, with squared error: L = 1/2 E |J W a - y|^2.

    Formula: J^T J (x) E a a^T. Its eigenvalues are all products of the two, so the kappas multiply; uncoupled neurons
    (J = I) have the kappa of one neuron. Exact for linear units, an approximation otherwise.
    Parameters: coupling, J^T J itself: (m, m), m at most 16, symmetric within 1e-9 of its largest entry, and positive definite:
    no eigenvalue below m eps times the largest, whose largest entry is 1e-100 to 1e100; inputs, with m n at most 256.
    Raises: ValueError for anything else.
    Reference: the Kronecker structure of linear least squares; LeCun, Kanter and Solla 1991 for E a a^T.
    """
    check_kind("inputs", inputs, Inputs)
    jtj = check_array("coupling", coupling, (None, None))
    m = len(jtj)
    if not 1 <= m <= 16 or jtj.shape != (m, m) or not _symmetric(jtj) or m * inputs.n > 256:
        raise ValueError(
            f"coupling = {coupling!r} is not a symmetric (m, m) matrix with m at most 16, m n at most 256 and a largest entry "
            f"of {SMALLEST:g} to {LARGEST:g}"
        )
    couplings = np.linalg.eigvalsh(jtj)
    if couplings[0] <= m * np.finfo(float).eps * couplings[-1]:
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


def _symmetric(matrix: FloatArray) -> bool:
    largest = np.abs(matrix).max()
    return bool(SMALLEST <= largest <= LARGEST and np.abs(matrix - matrix.T).max() <= 1e-9 * largest)


@dataclass(frozen=True, slots=True, eq=False)
class LayerDescent:
    """Full-batch descent of a layer."""

    w: FloatArray
    """(T + 1, m, n), T being `steps`, or the last step that was kept."""
    loss: FloatArray
    """(T + 1,)."""
    eta: float
    """The fixed learning rate that is best for the worst start."""
    steps: int
    """Until L <= tolerance * L_0."""


def descend_layer(
    coupling: Any, inputs: Inputs, start: Any, target: Any, tolerance: float = 1e-4, keep: int = MOST_KEPT
) -> LayerDescent:
    """Gradient descent of a coupled layer at the fixed learning rate that is best for the worst start, until it converges.

    Formula: W <- W - eta C (W - W*) H with C = J^T J and H = E a a^T, eta = 2 / (lambda_max + lambda_min) of C (x) H; in
    the eigenvectors of both, each component shrinks by 1 - eta c_i h_j a step, so that L never rises and the first step at
    or below the goal is found by halving.
    Parameters: coupling and inputs as in `layer_curvature`; start and target, (m, n) each; tolerance, 1e-9 to 1; keep, 0 to
    10,000: how many steps of w and loss are kept at most.
    Raises: ValueError for anything else, and where it would take more than 1,000,000 steps.
    Reference: `layer_curvature`.
    """
    shape = layer_curvature(coupling, inputs)
    check_real("tolerance", tolerance, 1e-9, 1)
    check_int("keep", keep, 0, MOST_KEPT)
    c_values, c_vectors = np.linalg.eigh(np.array(coupling, dtype=float))
    h_values, h_vectors = np.linalg.eigh(second_moment(inputs))
    goal = check_array("target", target, (len(c_values), inputs.n))
    error = c_vectors.T @ (check_array("start", start, goal.shape) - goal) @ h_vectors
    eta = float(2 / (shape.eigenvalues[0] + shape.eigenvalues[-1]))
    curvature = np.outer(c_values, h_values)
    shrink, share = 1 - eta * curvature, curvature * error**2 / 2

    def loss(step: int) -> float:
        with np.errstate(under="ignore"):
            return float((share * shrink ** (2 * step)).sum())

    below, steps = -1, MOST_STEPS
    if loss(steps) > tolerance * loss(0):
        raise ValueError(f"kappa = {shape.kappa:.3g} needs more than {MOST_STEPS} steps")
    while steps - below > 1:
        middle = (below + steps) // 2
        below, steps = (below, middle) if loss(middle) <= tolerance * loss(0) else (middle, steps)
    step = np.arange(min(steps, keep) + 1)
    with np.errstate(under="ignore"):
        path = error * shrink ** step[:, None, None]
    w = goal + c_vectors @ path @ h_vectors.T
    losses = np.array([loss(int(one)) for one in step])
    return LayerDescent(read_only(w), read_only(losses), eta, steps)
