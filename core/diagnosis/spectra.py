"""The curvature that a layer's inputs give to the weights behind them: eigenvalues of second moments, raw and centred."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.checks import FloatArray, read_only
from core.diagnosis.arrays import Numbers, column_blocks, row_blocks

EPS = float(np.finfo(float).eps)

PANEL = 1024
"""Rows of a matrix of products that are added up at once: a panel is small beside the matrix."""

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, eq=False)
class LayerSpectrum:
    """Eigenvalues of a second-moment matrix E a a^T, and what is meaningful among them."""

    eigenvalues: FloatArray
    """(units,), or (units + 1,) with a bias column, the steep one last; those that rounding made negative are 0."""
    floor: float
    """eps x max(shape of the data) x the largest: below it an eigenvalue is rounding."""
    rank: int
    """How many lie above the floor."""
    kappa: float
    """Largest over smallest of those above the floor; 1 where there is none."""

    @property
    def top(self) -> float:
        """The largest eigenvalue: plain descent is stable for eta below 2 / top."""
        return float(self.eigenvalues[-1])


@dataclass(frozen=True, slots=True, eq=False)
class Spectra:
    """The four spectra of a layer: as it is and with each unit's mean subtracted, without and with a bias column."""

    raw: LayerSpectrum
    centred: LayerSpectrum
    raw_bias: LayerSpectrum
    centred_bias: LayerSpectrum


def layer_spectrum(eigenvalues: FloatArray, size: int, samples: int) -> LayerSpectrum:
    """The spectrum of a matrix of `size` rows from `samples` samples, given its eigenvalues but for zeros."""
    found = np.concatenate([np.zeros(size - len(eigenvalues)), np.sort(np.maximum(eigenvalues, 0.0))])
    floor = EPS * max(size, samples) * float(found[-1])
    above = found[found > floor]
    kappa = float(found[-1] / above[0]) if above.size else 1.0
    return LayerSpectrum(read_only(found), floor, int(above.size), kappa)


def spectra(a: Numbers, mean: FloatArray, constant: Numbers, progress: Progress) -> Spectra:
    """The four spectra of samples x units.

    Formula: with C the covariance and mu the mean, E a a^T = C + mu mu^T, and with a bias column [[C + mu mu^T, mu], [mu^T, 1]];
    centred with a bias, C and an eigenvalue of exactly 1. With fewer samples N than units the same eigenvalues, zeros
    apart, come from the N x N matrix of products of samples, A A^T / N, to which a bias adds 1 1^T / N.
    Time grows like N n min(N, n) + 3 min(N, n)^3, memory besides the data like 16 min(N, n)^2 bytes.
    Parameters: mean, (n,); constant, (n,): units whose centred values are exactly 0; progress, called with the share
    that is done.
    """
    samples, units = a.shape
    side = min(samples, units)
    room = np.empty((side + 1, side + 1))
    gram, on_units = room[:side, :side], units <= samples
    shared = _centred_gram(a, mean, constant, gram, lambda share: progress(0.6 * share))
    gram /= samples
    found = np.linalg.eigvalsh(gram)
    centred = layer_spectrum(found, units, samples)
    centred_bias = layer_spectrum(np.append(found, 1.0), units + 1, samples)
    progress(0.75)
    if on_units:
        gram += np.outer(mean, mean)
        room[side, :side] = room[:side, side] = mean
        room[side, side] = 1.0
    else:
        shared /= samples
        gram += shared[:, None]
        gram += shared
        gram += float(mean @ mean) / samples
    raw = layer_spectrum(np.linalg.eigvalsh(gram), units, samples)
    progress(0.9)
    if not on_units:
        gram += 1.0 / samples
    raw_bias = layer_spectrum(np.linalg.eigvalsh(room if on_units else gram), units + 1, samples)
    return Spectra(raw, centred, raw_bias, centred_bias)


def _centred_gram(a: Numbers, mean: FloatArray, constant: Numbers, out: FloatArray, progress: Progress) -> FloatArray:
    """Fill the lower triangle of `out`, which is all that `eigvalsh` reads, with the products of centred units (or samples,
    where these are fewer), summed over the other side.

    Returns the centred samples times the mean, (samples,), for products of samples.
    """
    samples, units = a.shape
    on_units = units <= samples
    out[:] = 0
    shared = np.zeros(samples)
    for where, block in row_blocks(a) if on_units else column_blocks(a):
        own = slice(None) if on_units else where
        block -= mean[own]
        block[:, constant[own]] = 0.0
        if not on_units:
            shared += block @ mean[own]
        left = block.T if on_units else block
        for start in range(0, len(out), PANEL):
            stop = start + PANEL
            out[start:stop, :stop] += left[start:stop] @ left[:stop].T
        progress(where.stop / (samples if on_units else units))
    return shared


def noise_kappa(samples: int, units: int) -> float:
    """The kappa that so few samples of pure noise would show, where the true one is 1; infinite with no more samples than units.

    Formula: eigenvalues spread over s^2 (1 -+ sqrt(n / N))^2, so ((1 + sqrt(n / N)) / (1 - sqrt(n / N)))^2; 3.7 at N = 10 n.
    Reference: Marchenko and Pastur, Distribution of eigenvalues for some sets of random matrices, 1967.
    """
    root = math.sqrt(units / samples)
    return math.inf if root >= 1 else ((1 + root) / (1 - root)) ** 2
