"""Normalisation of hidden layers in training: forward, and backward by hand. Each one frozen object, in one registry.

A normalisation maps u to gain (u - mean) / sqrt(variance + 1e-5) + offset; gain and offset, one of each a unit, are trained, and start at
1 and 0. Batch normalisation takes mean and variance of each unit over the images of a batch, layer normalisation those of each image
over the units of its layer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from core.checks import FloatArray

EPSILON = 1e-5
"""What is added to the variance, as torch.nn.BatchNorm1d does."""

_BATCH = "Ioffe and Szegedy (2015)"
_LAYER = "Ba, Kiros and Hinton (2016)"


@dataclass(frozen=True, slots=True, eq=False)
class Normalised:
    """What the backward pass of one normalised layer needs, for R networks, B images and n units."""

    hat: FloatArray
    """(u - mean) / sqrt(variance + 1e-5), (R, B, n)."""
    mean: FloatArray
    """(R, 1, n) over a batch, (R, B, 1) over a layer; `inverse` likewise."""
    inverse: FloatArray
    """1 / sqrt(variance + 1e-5)."""


@dataclass(frozen=True, slots=True)
class Norm:
    """Where a normalisation stands, and what it averages over."""

    key: str
    """Its name in settings and in tables."""
    label: str
    """Its name on a page (ASCII)."""
    before: bool
    """Whether it takes the pre-activations; else the activation's outputs."""
    over_images: bool
    """Whether it averages over the images of a batch; else over the units of a layer. A batch of one has no spread to divide by."""
    reference: str

    def forward(
        self, u: FloatArray, gain: FloatArray, offset: FloatArray, known: Normalised | None = None
    ) -> tuple[FloatArray, Normalised]:
        """The normalised layer, and what `backward` needs; unchecked, for the inner loop of training.

        Parameters: u, (R, B, n), which is overwritten; gain and offset, (R, n); known, a layer whose means and variances over a batch
        are taken in place of its own, as a trained network does with images it has not seen.
        """
        if known is None or not self.over_images:
            mean = self._mean(u)
            u -= mean
            inverse = 1 / np.sqrt(self._mean(u * u) + EPSILON)
        else:
            mean, inverse = known.mean, known.inverse
            u -= mean
        u *= inverse
        y = u * gain[:, None]
        y += offset[:, None]
        return y, Normalised(u, mean, inverse)

    def backward(
        self, delta: FloatArray, layer: Normalised, gain: FloatArray, out: tuple[FloatArray, FloatArray]
    ) -> FloatArray:
        """dL/du from delta = dL/dy, and dL/dgain and dL/doffset, (R, n) each, written into `out`.

        Formula: with d = gain delta, dL/du = (d - mean d - hat mean(d hat)) / sqrt(variance + 1e-5), the means being those of the
        normalisation; dL/dgain = sum over images of delta hat, dL/doffset = sum of delta.
        Parameters: delta, (R, B, n); layer, what `forward` returned where it took its own mean and variance.
        """
        ones = np.ones((1, delta.shape[1]))
        along = delta * layer.hat
        np.matmul(ones, along, out=out[0][:, None])
        np.matmul(ones, delta, out=out[1][:, None])
        d = delta * gain[:, None]
        along *= gain[:, None]
        result = d - self._mean(d)
        result -= layer.hat * self._mean(along)
        result *= layer.inverse
        return result

    def _mean(self, u: FloatArray) -> FloatArray:
        """A product with 1 / n, several times as fast as `mean` along a short axis."""
        images, units = u.shape[1:]
        if self.over_images:
            return np.full((1, images), 1 / images) @ u
        return u @ np.full((units, 1), 1 / units)


_ALL = (
    Norm("batch before", "batch norm before the activation", True, True, _BATCH),
    Norm("batch after", "batch norm after the activation", False, True, _BATCH),
    Norm("layer before", "layer norm before the activation", True, False, _LAYER),
    Norm("layer after", "layer norm after the activation", False, False, _LAYER),
)

NETWORK_NORMS: Mapping[str, Norm] = MappingProxyType({norm.key: norm for norm in _ALL})
"""Every normalisation that can be trained, by its key; a network without one has the key "none"."""
NORM_KEYS = ("none", *NETWORK_NORMS)
"""The keys of settings."""
