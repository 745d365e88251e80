"""The theory of a deep random network from its first layer on, with the remedies it covers.

As `core.depth.mean_field`, but before anything has settled. Lengths are kept as a number times a power of ten, so a signal that
dies out or explodes is followed through 1,000 layers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.activations import activation
from core.checks import FloatArray, check_choice, check_int, check_real, read_only
from core.depth.mean_field import LARGEST, MOST_SIGMA_W, SMALLEST, moments

NORMS = ("none", "layer before", "layer after")
"""The normalisations with a theory here: none, layer normalisation before the activation, and after it."""


@dataclass(frozen=True, slots=True)
class LayerTheory:
    """One layer in expectation. log_q: log10 of the variance of its pre-activations as the activation sees them. log_a2:
    log10 of the mean square of its output. slope2: E f'^2 over the variance a normalisation divides by. gain: the factor on
    |dL/da|^2 from its output to its input. The logarithms are -inf for 0."""

    log_q: float
    log_a2: float
    slope2: float
    gain: float

    @property
    def q(self) -> float:
        """The variance of the pre-activations as the activation sees them; 0 below 1e-300, inf above 1e300."""
        return _power(self.log_q)

    @property
    def a2(self) -> float:
        """The mean square of the output; 0 below 1e-300, inf above 1e300."""
        return _power(self.log_a2)


def _power(log: float) -> float:
    return 10.0**log if abs(log) < 300 else math.inf if log > 0 else 0.0


def layers(
    key: str, depth: int, sigma_w: float, sigma_b: float = 0.0, norm: str = "none", skip: bool = False
) -> list[LayerTheory]:
    """The first `depth` layers of a wide network fed by inputs of mean square 1, in expectation.

    Formula: the signal has mean A and mean square P, the pre-activation variance sigma_w^2 P + sigma_b^2 = v. Plain: q = v,
    slope2 = E f'^2. Layer normalisation before the activation: q = 1, slope2 = E f'^2 / v. After it: q = v, the output has
    mean 0 and mean square 1, slope2 = E f'^2 / Var f. The output replaces the signal, or is added to it (skip):
    P <- P + 2 A E f + E f^2, A <- A + E f. On the way back |dL/da|^2 is multiplied by sigma_w^2 slope2, plus 1 with skip.
    Beyond v = 1e10, and below v = 1e-14 where f(0) = 0, f is proportional to its argument on either side of 0, so the
    signal is divided by what it exceeds and the power of ten is kept.
    Parameters: key, an activation; depth, 1 to 1,000; sigma_w and sigma_b, 0 to 100; norm, one of `NORMS`; skip. Raises:
    ValueError for anything else; batch normalisation has no closed theory here.
    Reference: Schoenholz et al. 2017 for the plain network; the rest follows by the same averages.
    """
    check_int("depth", depth, 1, 1000)
    check_real("sigma_w", sigma_w, 0, MOST_SIGMA_W)
    check_real("sigma_b", sigma_b, 0, MOST_SIGMA_W)
    check_choice("norm", norm, NORMS)
    check_choice("skip", skip, (True, False))
    dies = float(activation(key).f(0.0)) == 0 and sigma_b == 0
    mean, square, power, result = 0.0, 1.0, 0.0, []
    for _ in range(depth):
        variance = sigma_w**2 * square + (sigma_b**2 * _power(-power) if sigma_b else 0.0)
        limit = LARGEST if variance > LARGEST else SMALLEST if dies and 0 < variance < SMALLEST else variance
        if norm == "none" and limit != variance:
            excess = variance / limit
            mean, square, variance = mean / math.sqrt(excess), square / excess, limit
            power += math.log10(excess)
        m = moments(key, 1.0 if norm == "layer before" else variance)
        f, f2, slope2 = m.f, m.f2, m.df2
        if norm == "layer before":
            slope2 = slope2 / variance if variance > 0 else 0.0
        if norm == "layer after":
            spread = f2 - f * f
            slope2, f, f2 = (slope2 / spread, 0.0, 1.0) if spread > 0 else (0.0, 0.0, 0.0)
        mean, square = (mean + f, square + 2 * mean * f + f2) if skip else (f, f2)
        log_q = 0.0 if norm == "layer before" else _log10(variance) + power
        result.append(LayerTheory(log_q, _log10(square) + power, slope2, sigma_w**2 * slope2 + (1.0 if skip else 0.0)))
    return result


def _log10(value: float) -> float:
    return math.log10(value) if value > 0 else -math.inf


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """What to expect of L layers, index 0 next to the input; all shape (L,), -inf where nothing arrives.
    log_delta: log10 |delta_l| for a gradient of norm 1 at the output. log_dw: log10 |dW_l|. log_x: log10 |x_l|."""

    log_delta: FloatArray
    log_dw: FloatArray
    log_x: FloatArray


def profile(found: Sequence[LayerTheory], width: int) -> Profile:
    """Gradients and signals of a network of `width` units a layer, in expectation.

    Formula: |delta_l|^2 = slope2_l prod_{j > l} gain_j, |x_l|^2 = width a2_l with |x_0|^2 = width, |dW_l| = |delta_l|
    |x_{l-1}|, as sums of logarithms: 1,000 layers do not underflow.
    Parameters: found, the layers of a network, from `layers`; width, 1 to 1,000,000. Raises: ValueError out of range.
    Reference: Schoenholz et al. 2017.
    """
    check_int("width", width, 1, 1_000_000)
    with np.errstate(divide="ignore"):
        gain = np.log10([one.gain for one in found])
        behind = np.append(np.cumsum(gain[:0:-1])[::-1], 0.0)
        log_delta = 0.5 * (np.log10([one.slope2 for one in found]) + behind)
        log_x = 0.5 * (math.log10(width) + np.array([0.0, *(one.log_a2 for one in found)]))
    return Profile(read_only(log_delta), read_only(log_delta + log_x[:-1]), read_only(log_x[1:]))
