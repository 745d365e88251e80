"""Two exact looks at a network at its start: its steepest curvature, and what centring changes in its gradient."""

from dataclasses import dataclass, replace

import numpy as np

from core.checks import FloatArray, check_int, check_real, read_only
from core.network.hessian import curvature_along
from core.network.mlp import backward, forward
from core.network.training import LOSS_LIMIT, Trainer, Training

LEAST_SIGMA_W = 1e-9
"""The smallest weight scale at which a gradient at the start is more than rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Curvature:
    """The largest Hessian eigenvalue, per variant and seed, (V, S) each; NaN for a run that has diverged within `after` steps."""

    value: FloatArray
    """In loss per squared unit of weight."""
    residual: FloatArray
    """|H v - value v| / |value| for the unit vector v found: some eigenvalue lies within residual x |value| of `value`."""
    edge: FloatArray
    """2 / value, the learning rate where full-batch descent on the quadratic model stops being stable; inf where value <= 0."""


def largest_curvature(training: Training, after: int = 0, iterations: int = 100) -> Curvature:
    """The largest Hessian eigenvalue of the loss of all training images, by power iteration.

    Formula: v <- H v / |H v|, value = v . H v, with exact Hessian-vector products and a seeded start. That finds the
    eigenvalue of largest size; where it is negative, the iteration is repeated with H shifted by its size.
    Parameters: training, as for `train`; after, optimiser steps taken first, 0 to training.steps; iterations, 1 to 1000.
    Raises: ValueError for values outside.
    Reference: Pearlmutter, Fast exact multiplication by the Hessian, Neural Computation 6 (1994); LeCun, Bottou, Orr and
    Muller, Efficient BackProp (1998), on the largest eigenvalue and the learning rate.
    """
    check_int("after", after, 0, training.steps)
    check_int("iterations", iterations, 1, 1000)
    trainer = Trainer(training)
    trainer.advance(after)
    if after:
        trainer.stop(~(trainer.losses() <= LOSS_LIMIT))
    with np.errstate(all="ignore"):
        value, residual = _power(trainer, iterations, np.zeros(training.runs))
        if (value < 0).any():
            value, residual = _power(trainer, iterations, np.maximum(-value, 0))
    known = trainer.alive & np.isfinite(value) & np.isfinite(residual)
    # The quotient of the smallest curvatures is beyond every number: their edge is inf too.
    edge = np.divide(2.0, value, out=np.full_like(value, np.inf), where=value > 2 / np.finfo(float).max)
    shape = (len(training.variants), training.seeds)
    return Curvature(*(read_only(np.where(known, a, np.nan).reshape(shape)) for a in (value, residual, edge)))


def _power(trainer: Trainer, iterations: int, shift: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The eigenvalue of H that power iteration on H + shift finds, and its relative residual, (R,) each."""
    x, labels, shape = trainer.data.x[None], trainer.data.labels[None], trainer.nets.theta.shape
    v = np.broadcast_to(np.random.default_rng(trainer.training.seed).standard_normal(shape[1]), shape)
    for _ in range(iterations):
        v = v / np.maximum(np.linalg.norm(v, axis=1, keepdims=True), 1e-300)
        product = curvature_along(trainer.nets, x, labels, v)
        value = (v * product).sum(axis=1)
        gap = np.linalg.norm(product - value[:, None] * v, axis=1)
        v = product + shift[:, None] * v
    return value, gap / np.maximum(np.abs(value), 1e-300)


@dataclass(frozen=True, slots=True, eq=False)
class Leak:
    """Sigmoid and its centred twin, the same function, compared at the start, in each of L layers."""

    function: float
    """The largest difference between their logits over the training images; 0 but for rounding."""
    gradient: FloatArray
    """(L,), the largest |raw dL/dW - centred dL/dW - dL/db / 2|, without the last term in the first layer, which no sigmoid
    feeds; 0 but for rounding."""
    share: FloatArray
    """(L,), the norm of the leak, dL/db / 2 in every weight of the row, over the norm of the raw gradient; 0 in the first
    layer, and where every unit is saturated, so that nothing moves."""
    cosine: FloatArray
    """(L,), the cosine between raw and centred gradient; where one of them is 0, 1 if both are and else 0."""


def bias_leak(training: Training) -> Leak:
    """What not centring adds to the gradient: half the bias gradient, in every weight of the row.

    Formula: W a + b = W (a - 1/2) + (b + row sums of W / 2); so dL/dW = delta a^T = delta (a - 1/2)^T + (dL/db / 2) 1^T.
    Parameters: training; only width, depth, sigma_w, pixels and seed matter.
    Raises: ValueError for sigma_w below 1e-9: there are as many images of each digit, so without weights the gradients of the
    last layer cancel, and all others are 0.
    Reference: LeCun, Bottou, Orr and Muller, Efficient BackProp (1998), section 4.3, on inputs with a mean.
    """
    check_real("sigma_w", training.sigma_w, LEAST_SIGMA_W, 20)
    trainer = Trainer(replace(training, variants=("sigmoid", "centred"), etas=(1.0,), seeds=1))
    x, labels = trainer.data.x[None], trainer.data.labels[None]
    result = forward(trainer.nets, x, slopes=True)
    gradients = trainer.nets.split(np.empty_like(trainer.nets.theta))
    backward(trainer.nets, result, labels, gradients)
    gap, share, cosine = np.zeros(len(gradients)), np.zeros(len(gradients)), np.zeros(len(gradients))
    for layer, (w, b) in enumerate(gradients):
        raw, centred = w
        leak = b[0][:, None] / 2 * np.ones_like(raw) * (layer > 0)
        gap[layer] = np.abs(raw - centred - leak).max()
        share[layer] = _ratio(float(np.linalg.norm(leak)), float(np.linalg.norm(raw)))
        cosine[layer] = _cosine(raw, centred)
    function = float(np.abs(result.logits[0] - result.logits[1]).max())
    return Leak(function, read_only(gap), read_only(share), read_only(cosine))


def _ratio(part: float, whole: float) -> float:
    return part / whole if part else 0.0


def _cosine(v: FloatArray, w: FloatArray) -> float:
    size_v, size_w = float(np.linalg.norm(v)), float(np.linalg.norm(w))
    if not size_v or not size_w:
        return float(size_v == size_w)
    return float((v / size_v * (w / size_w)).sum())
