"""Two engines behind one interface: a random Gaussian linear map as a matrix, and the same map sampled without one.

A pass forward and a pass back only ever see W X and W^T Delta. Given the inputs X = Q R (Q with orthonormal columns), W Q is
Gaussian and independent of what W does to everything orthogonal to Q: W = Y Q^T + W~ (I - Q Q^T) with Y = W Q and W~ a fresh
Gaussian matrix. So W^T Delta = Q Y^T Delta + (I - Q Q^T) W~^T Delta, and W~^T Delta, given Delta = P S, is a Gaussian matrix
times S. That is exact for one pass each way, and costs O(width) numbers instead of O(width^2).
"""

from typing import Protocol

import numpy as np

from core.checks import FloatArray


class LinearMap(Protocol):
    """C random maps of n units to n units, for one pass each way; arrays have shape (C, n, inputs)."""

    def forward(self, x: FloatArray) -> FloatArray:
        """W x."""
        ...

    def backward(self, delta: FloatArray) -> FloatArray:
        """W^T delta."""
        ...


class MatrixLayer:
    """The oracle: C matrices of shape (n, n), every entry scale * N(0, 1)."""

    def __init__(self, rngs: list[np.random.Generator], n: int, scale: float) -> None:
        self.w = np.stack([rng.standard_normal((n, n)) for rng in rngs]) * scale

    def forward(self, x: FloatArray) -> FloatArray:
        """W x for x of shape (C, n, inputs)."""
        return self.w @ x

    def backward(self, delta: FloatArray) -> FloatArray:
        """W^T delta for delta of shape (C, n, inputs)."""
        return self.w.swapaxes(1, 2) @ delta


class SampledLayer:
    """The same law for one `forward` followed by one `backward`, without the matrices."""

    def __init__(self, rngs: list[np.random.Generator], n: int, scale: float) -> None:
        self.rngs, self.n, self.scale = rngs, n, scale
        self.seen: tuple[FloatArray, FloatArray] | None = None

    def forward(self, x: FloatArray) -> FloatArray:
        """A draw of W x for x of shape (C, n, inputs)."""
        y = self._draw(x.shape[2])
        self.seen = x, y
        _, r = _orthonormal(x)
        return y @ r if x.shape[2] > 1 else y * r

    def backward(self, delta: FloatArray) -> FloatArray:
        """A draw of W^T delta, given what `forward` returned.

        Raises: ValueError before any `forward`.
        """
        if self.seen is None:
            raise ValueError("backward(delta) is drawn given what forward(x) returned: call forward first")
        x, y = self.seen
        q, _ = _orthonormal(x)
        _, s = _orthonormal(delta)
        fresh = self._draw(delta.shape[2])
        if delta.shape[2] > 1:
            fresh = fresh @ s
            return fresh + q @ (y.swapaxes(1, 2) @ delta - q.swapaxes(1, 2) @ fresh)
        fresh *= s
        along = np.einsum("cnb,cnb->c", y, delta) - np.einsum("cnb,cnb->c", q, fresh)
        return fresh + q * along[:, None, None]

    def _draw(self, inputs: int) -> FloatArray:
        # Single precision halves the cost of a draw; its error of 1e-7 is far below any spread over networks.
        drawn = np.empty((len(self.rngs), self.n, inputs), dtype=np.float32)
        for rng, row in zip(self.rngs, drawn, strict=True):
            rng.standard_normal(out=row, dtype=np.float32)
        return np.multiply(drawn, self.scale, dtype=np.float64)


def _orthonormal(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Q and R with x = Q R and orthonormal columns in Q, from the eigenvectors of the small Gram matrix; directions that x
    does not have are 0 in both."""
    if x.shape[2] == 1:
        size = np.sqrt(np.einsum("cnb,cnb->c", x, x))[:, None, None]
        return x / np.where(size > 0, size, 1), size
    values, vectors = np.linalg.eigh(x.swapaxes(1, 2) @ x)
    there = values > 1e-14 * values[:, -1:]
    root = np.sqrt(np.where(there, values, 0))[:, None, :]
    return x @ (vectors * there[:, None, :] / np.where(there[:, None, :], root, 1)), (vectors * root).swapaxes(1, 2)
