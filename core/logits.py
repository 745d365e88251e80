"""Several sigmoid-like outputs at once: softmax with cross-entropy, the same story as one neuron's (core.output)."""

from typing import Any

import numpy as np

from core.activations import QUIET
from core.checks import FloatArray, check_array, check_floats
from core.costs import FARTHEST


@QUIET
def softmax(z: Any) -> FloatArray:
    """p_k = e^z_k / sum_j e^z_j over the last axis; dimensionless, shape of z.

    Formula: with the largest z subtracted first, so that nothing overflows.
    Parameters: z, shape (..., K) with K >= 2 classes, |z| <= 1e4. Raises: ValueError for anything else.
    Reference: Nielsen, ch. 3.
    """
    return shares_and_logs(_check_logits(z))[0]


def shares_and_logs(logits: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Softmax and its logarithm, unchecked, for the inner loop of training: (p, log p), both of the shape of `logits`.

    Formula: shifted_k = z_k - max_j z_j, p_k = e^shifted_k / sum_j e^shifted_j, log p_k = shifted_k - log sum_j e^shifted_j.
    Parameters: logits, shape (..., K), finite, K >= 1; not changed. Reference: Nielsen, ch. 3.
    """
    top = logits[..., :1]
    for column in range(1, logits.shape[-1]):  # the largest of few: faster than `max` along so short an axis
        top = np.maximum(top, logits[..., column : column + 1])
    shifted = logits - top
    p = np.exp(shifted)
    total = p @ np.ones((p.shape[-1], 1))
    p /= total
    return p, shifted - np.log(total)


@QUIET
def softmax_loss(z: Any, y: Any) -> FloatArray:
    """Cross-entropy of a softmax output, from its logits; dimensionless, shape (...).

    Formula: L = -sum_k y_k ln p_k = log sum_k e^z_k - sum_k y_k z_k, by log-sum-exp.
    Parameters: z, shape (..., K), |z| <= 1e4; y, shape (K,), shares in [0, 1] that sum to 1.
    Raises: ValueError for anything else.
    Reference: Nielsen, ch. 3.
    """
    z = _check_logits(z)
    y = _check_shares(y, z.shape[-1])
    order = np.sort(z, axis=-1)
    top = order[..., -1:]
    # log1p of the terms below the largest: a loss near 0 keeps its relative precision.
    return ((top - z) * y).sum(-1) + np.log1p(np.exp(order[..., :-1] - top).sum(-1))


@QUIET
def softmax_gradient(z: Any, y: Any) -> FloatArray:
    """dL/dz of softmax with cross-entropy: p - y, the same cancelling as one sigmoid's a - y; shape of z.

    Formula: p_k - y_k = (1 - y_k) p_k - y_k (sum of the other p_j), which keeps its relative precision. For K = 2 and
    logits (z, 0) it is sigma(z) - y.
    Parameters and raises: as `softmax_loss`.
    Reference: Nielsen, ch. 3.
    """
    z = _check_logits(z)
    y, (p, _) = _check_shares(y, z.shape[-1]), shares_and_logs(z)
    return (1 - y) * p - y * (p @ (1 - np.eye(z.shape[-1])))


def _check_logits(z: Any) -> FloatArray:
    z = check_floats("z", z)
    if z.ndim < 1 or z.shape[-1] < 2 or not (np.abs(z) <= FARTHEST).all():
        raise ValueError(f"z = {z!r} is not of shape (..., K) with K >= 2 and within [{-FARTHEST:g}, {FARTHEST:g}]")
    return z


def _check_shares(y: Any, classes: int) -> FloatArray:
    y = check_array("y", y, (classes,))
    if not ((y >= 0) & (y <= 1)).all() or abs(y.sum() - 1) > 1e-9:
        raise ValueError(f"y = {y!r} is not made of shares in [0, 1] that sum to 1")
    return y
