"""Two exact looks at a network at its start: its steepest curvature, and what centring changes in its gradient."""

from dataclasses import dataclass, replace

import numpy as np

from core.checks import FloatArray, check_int, read_only
from core.network.mlp import backward, curvature_along, forward
from core.network.training import Trainer, Training


@dataclass(frozen=True, slots=True, eq=False)
class Curvature:
    """The largest Hessian eigenvalue, per variant and seed.

    value: (V, S), in loss per squared unit of weight. residual: (V, S), |H v - value v| / |value| for the unit vector v
    found: some eigenvalue lies within residual x |value| of `value`. edge: (V, S), 2 / value, the learning rate where
    full-batch descent on the quadratic model stops being stable; inf where value <= 0.
    """

    value: FloatArray
    residual: FloatArray
    edge: FloatArray


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
    value, residual = _power(trainer, iterations, np.zeros(training.runs))
    if (value < 0).any():
        value, residual = _power(trainer, iterations, np.maximum(-value, 0))
    edge = np.divide(2.0, value, out=np.full_like(value, np.inf), where=value > 0)
    shape = (len(training.variants), training.seeds)
    return Curvature(*(read_only(a.reshape(shape)) for a in (value, residual, edge)))


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
    """Sigmoid and its centred twin, the same function, compared at the start.

    function: the largest difference between their logits over the training images. gradient: (L,), per layer the largest
    |raw dL/dW - centred dL/dW - dL/db / 2|, without the last term in the first layer, which no sigmoid feeds. Both are 0
    but for rounding. share: (L,), the norm of the leak, dL/db / 2 in every weight of the row, over the norm of the raw
    gradient (0 in the first layer). cosine: (L,), the cosine between raw and centred gradient.
    """

    function: float
    gradient: FloatArray
    share: FloatArray
    cosine: FloatArray


def bias_leak(training: Training) -> Leak:
    """What not centring adds to the gradient: half the bias gradient, in every weight of the row.

    Formula: W a + b = W (a - 1/2) + (b + row sums of W / 2); so dL/dW = delta a^T = delta (a - 1/2)^T + (dL/db / 2) 1^T.
    Parameters: training; only width, depth, sigma_w, pixels and seed matter.
    Reference: LeCun, Bottou, Orr and Muller, Efficient BackProp (1998), section 4.3, on inputs with a mean.
    """
    trainer = Trainer(replace(training, variants=("sigmoid", "centred"), etas=(1.0,), seeds=1))
    x, labels = trainer.data.x[None], trainer.data.labels[None]
    result = forward(trainer.nets, x, slopes=True)
    gradients = trainer.nets.split(np.empty_like(trainer.nets.theta))
    backward(trainer.nets, result, labels, gradients)
    rows = []
    for layer, (w, b) in enumerate(gradients):
        leak = b[0][:, None] / 2 * np.ones_like(w[0]) * (layer > 0)
        size = np.linalg.norm(w, axis=(1, 2))
        gap = float(np.abs(w[0] - w[1] - leak).max())
        rows.append((gap, float(np.linalg.norm(leak) / size[0]), float((w[0] * w[1]).sum() / size.prod())))
    columns = np.array(rows).T
    return Leak(float(np.abs(result.logits[0] - result.logits[1]).max()), *(read_only(c) for c in columns))
