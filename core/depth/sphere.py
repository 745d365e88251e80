"""Averages of an activation over the pre-activations of one unit that batch normalisation leaves, in a wide network.

The B pre-activations of one unit are jointly Gaussian with a covariance that is the same for every pair of inputs. Centred and
divided by their spread they are uniform on the sphere of radius sqrt(B) in the B - 1 dimensions orthogonal to (1, ..., 1),
whatever the covariance was. One of them is sqrt(B - 1) sin(t) with a density proportional to cos(t)^(B - 3); given one, a
second is spread likewise with B - 1 in place of B, about a mean that makes their correlation -1 / (B - 1).
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.activations import Activation, activation
from core.checks import FloatArray, check_int

FEWEST, MOST = 4, 4096
"""The batches with a theory. With 3 inputs or fewer the mean of 1 / spread^2 is infinite, and so is that of the gradient."""

_X, _W = np.polynomial.legendre.leggauss(20)
PANELS = 12
REACH = 13.0
"""How many standard deviations of a large batch's pre-activations are covered."""


@dataclass(frozen=True, slots=True)
class SphereAverages:
    """Averages over B batch-normalised pre-activations z of one unit, with J = f'(z) the slopes on a diagonal and P the
    projection off (1, ..., 1) and off z: delta of the unit is P J g / spread for a gradient g at its output."""

    f: float
    """E f(z_a)."""
    f2: float
    """E f(z_a)^2."""
    apart: float
    """E (f(z_a) - f(z_b))^2 / 2 for two inputs: what the outputs of a unit differ by."""
    own: float
    """E |P J g|^2 for g of variance 1 in each of the B - 1 directions orthogonal to (1, ..., 1)."""
    common: float
    """E |P J g|^2 for g of variance 1 along (1, ..., 1) only."""

    @property
    def share(self) -> float:
        """E f over the square root of E f^2, -1 to 1."""
        return min(max(self.f / math.sqrt(self.f2), -1.0), 1.0)


def sphere_averages(key: str, batch: int) -> SphereAverages:
    """Averages over batches of `batch` inputs, good to 1e-11.

    Formula: with d = f'(z), E |P J g|^2 = sum E d_a^2 (1 - 1 / B - z_a^2 / B) for g of variance 1 in every direction, and
    (sum d_a^2 - (sum d_a)^2 / B - (sum z_a d_a)^2 / B) / B along (1, ..., 1); Gauss-Legendre panels in the two angles, with
    their ends where either pre-activation is 0.
    Parameters: key, an activation; batch, 4 to 4,096.
    Raises: ValueError for anything else.
    Reference: Yang, Pennington, Rao, Sohl-Dickstein and Schoenholz, A mean field theory of batch normalization, 2019.
    """
    return _averages(activation(key), check_int("batch", batch, FEWEST, MOST))


@lru_cache(maxsize=256)
def _averages(unit: Activation, b: int) -> SphereAverages:
    correlation = -1 / (b - 1)
    z, p, rest = _first(b, math.acos(-correlation))
    f, d = unit.f(z), unit.df(z)
    other, q = _second(b, correlation * z, math.sqrt(1 - correlation**2) * rest)
    other_f, other_d = unit.f(other), unit.df(other)
    apart = float(p @ (q * (f[:, None] - other_f) ** 2).sum(axis=1)) / 2
    slopes = float(p @ (d * (q * other_d).sum(axis=1)))
    along = float(p @ (d * z * (q * other * other_d).sum(axis=1)))
    d2, zd2 = float(p @ d**2), float(p @ (z * d) ** 2)
    every = (b - 1) * d2 - zd2
    common = d2 - (d2 + (b - 1) * slopes + zd2 + (b - 1) * along) / b
    return SphereAverages(float(p @ f), float(p @ f**2), apart, every - common, common)


def _first(b: int, turn: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Nodes for one pre-activation, their weights, and the radius sqrt(B - 1) cos(t) that is left for the others. `turn`: the
    angle beyond which a second one cannot be 0; averages over it bend there."""
    end = _end(b)
    breaks = np.linspace(-end, end, 2 * PANELS + 1)
    if turn < end:
        near = turn + np.concatenate([[0.0], -(0.25 ** np.arange(1, 12)), 0.25 ** np.arange(1, 12)])
        near = near[(near > 0) & (near < end)]
        breaks = np.unique(np.concatenate([breaks, near, -near]))
    half, centre = np.diff(breaks)[:, None] / 2, (breaks[1:] + breaks[:-1])[:, None] / 2
    t = (centre + half * _X).ravel()
    p = (half * _W).ravel() * np.cos(t) ** (b - 3)
    return math.sqrt(b - 1) * np.sin(t), p / p.sum(), math.sqrt(b - 1) * np.cos(t)


def _second(b: int, mean: FloatArray, radius: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Nodes mean + radius sin(t) for a second pre-activation and their weights, both of shape (first nodes, nodes)."""
    end = _end(b - 1)
    zero = np.clip(np.arcsin(np.clip(-mean / radius, -1, 1)), -end, end)[:, None, None]
    steps = np.arange(PANELS + 1) / PANELS
    breaks = np.concatenate([-end + (zero + end) * steps, zero + (end - zero) * steps[1:]], axis=2)
    half, centre = np.diff(breaks)[..., None] / 2, (breaks[..., 1:] + breaks[..., :-1])[..., None] / 2
    t = (centre + half * _X).reshape(len(mean), -1)
    q = (half * _W).reshape(len(mean), -1) * np.cos(t) ** (b - 4)
    return mean[:, None] + radius[:, None] * np.sin(t), q / q.sum(axis=1, keepdims=True)


def _end(b: int) -> float:
    """The largest angle that matters."""
    return math.asin(min(1.0, REACH / math.sqrt(b - 1)))
