"""Two engines behind one interface: a random linear map as a matrix, and the same map sampled without one.

A pass forward and a pass back only ever see W X and W^T Delta. Given the inputs X = Q R (Q with orthonormal columns), W Q is
Gaussian and independent of what W does to everything orthogonal to Q: W = Y Q^T + W~ (I - Q Q^T) with Y = W Q and W~ a fresh
Gaussian matrix. So W^T Delta = Q Y^T Delta + (I - Q Q^T) W~^T Delta, and W~^T Delta, given Delta = P S, is a Gaussian matrix
times S. That is exact for one pass each way, and costs O(width) numbers instead of O(width^2).

A random orthogonal matrix O (Haar) takes the columns of Q to columns U that are uniform among all orthonormal ones, and what is
orthogonal to Q to what is orthogonal to U by another random orthogonal matrix. So O X = U R, and O^T Delta = Q U^T Delta + F S,
where P S is the part of Delta orthogonal to U and F has as many columns as P, uniform among the orthonormal ones orthogonal to Q.
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
        return _normal(self.rngs, self.n, inputs, self.scale)


class OrthogonalMatrixLayer(MatrixLayer):
    """The oracle of orthogonal weights: C matrices, uniform among the orthogonal ones, times scale * sqrt(n)."""

    def __init__(self, rngs: list[np.random.Generator], n: int, scale: float) -> None:
        super().__init__(rngs, n, 1.0)
        q, r = np.linalg.qr(self.w)
        # With these signs the law does not depend on how R was chosen (Mezzadri 2007).
        self.w = q * np.sign(np.einsum("cnn->cn", r))[:, None, :] * (scale * n**0.5)


class SampledOrthogonalLayer:
    """The same law for one `forward` followed by one `backward`, without the matrices."""

    def __init__(self, rngs: list[np.random.Generator], n: int, scale: float) -> None:
        self.rngs, self.n, self.scale = rngs, n, scale * n**0.5
        self.seen: tuple[FloatArray, FloatArray] | None = None

    def forward(self, x: FloatArray) -> FloatArray:
        """A draw of W x for x of shape (C, n, inputs)."""
        q, r = _orthonormal(x)
        # As many directions as x has.
        u, _ = _orthonormal(_normal(self.rngs, self.n, x.shape[2], 1.0) * _there(q))
        self.seen = q, u
        return self.scale * (u @ r)

    def backward(self, delta: FloatArray) -> FloatArray:
        """A draw of W^T delta, given what `forward` returned.

        Raises: ValueError before any `forward`.
        """
        if self.seen is None:
            raise ValueError("backward(delta) is drawn given what forward(x) returned: call forward first")
        q, u = self.seen
        along = u.swapaxes(1, 2) @ delta
        rest = delta - u @ along
        # Twice, as what is left of a delta that u spans nearly is rounding.
        rest -= u @ (u.swapaxes(1, 2) @ rest)
        p, s = _orthonormal(rest, np.einsum("cnb,cnb->c", delta, delta))
        fresh = _normal(self.rngs, self.n, delta.shape[2], 1.0) * _there(p)
        fresh -= q @ (q.swapaxes(1, 2) @ fresh)
        return self.scale * (q @ along + _orthonormal(fresh)[0] @ s)


def _normal(rngs: list[np.random.Generator], n: int, inputs: int, scale: float) -> FloatArray:
    """scale * N(0, 1), of shape (C, n, inputs)."""
    # Single precision halves the cost of a draw; its error of 1e-7 is far below any spread over networks.
    drawn = np.empty((len(rngs), n, inputs), dtype=np.float32)
    for rng, row in zip(rngs, drawn, strict=True):
        rng.standard_normal(out=row, dtype=np.float32)
    return np.multiply(drawn, scale, dtype=np.float64)


def _there(q: FloatArray) -> FloatArray:
    """1 for each of the orthonormal columns that is there, 0 for the others: (C, 1, columns)."""
    return np.asarray(np.einsum("cnb,cnb->cb", q, q) > 0.5, dtype=float)[:, None, :]


def _orthonormal(x: FloatArray, whole: FloatArray | None = None) -> tuple[FloatArray, FloatArray]:
    """Q and R with x = Q R and orthonormal columns in Q, from the eigenvectors of the small Gram matrix; directions that x
    does not have are 0 in both. whole: the square of the size beside which they are looked for, where x is a difference."""
    if x.shape[2] == 1:
        square = np.einsum("cnb,cnb->c", x, x)
        if whole is not None:
            square = np.where(square > 1e-28 * whole, square, 0.0)
        size = np.sqrt(square)[:, None, None]
        return x / np.where(size > 0, size, np.inf), size
    values, vectors = np.linalg.eigh(x.swapaxes(1, 2) @ x)
    there = values > (1e-14 * values[:, -1:] if whole is None else 1e-24 * whole[:, None])
    root = np.sqrt(np.where(there, values, 0))[:, None, :]
    return x @ (vectors * there[:, None, :] / np.where(there[:, None, :], root, 1)), (vectors * root).swapaxes(1, 2)
