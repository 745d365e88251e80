"""The theory of a deep random network from its first layer on, with every normalisation and with skip connections.

As `core.depth.mean_field`, but before anything has settled. Lengths are kept as logarithms, so a signal that dies out or
explodes is followed through 1,000 layers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.activations import activation
from core.checks import FloatArray, check_choice, check_int, check_real, read_only
from core.depth.gaussian import averages, log10, log_variance
from core.depth.mean_field import MOST_SIGMA_W
from core.depth.normalisations import BATCH, NORMS, Normalisation, normalisation
from core.depth.sphere import FEWEST, MOST, SphereAverages, sphere_averages

__all__ = ["NORMS", "LayerTheory", "Profile", "layers", "profile"]


@dataclass(frozen=True, slots=True)
class LayerTheory:
    """One layer in expectation. The logarithms are decimal, and -inf for 0."""

    log_q: float
    """log10 of the variance of its pre-activations as the activation sees them."""
    log_a2: float
    """log10 of the mean square of its output."""
    log_slope2: float
    """log10 of the factor on the squared gradient from its output to its pre-activations: E f'^2, over the variance a
    normalisation divides by."""
    log_gain: float
    """log10 of the factor on |dL/da|^2 from its output to its input."""
    log_fed: float
    """log10 of the mean square of its input; with batch normalisation, of what differs from one of the inputs to another."""
    inputs: int
    """How many inputs the network has at once: the batch, or 1."""

    @property
    def q(self) -> float:
        """The variance of the pre-activations as the activation sees them; 0 below 1e-300, inf above 1e300."""
        return _power(self.log_q)

    @property
    def a2(self) -> float:
        """The mean square of the output; 0 below 1e-300, inf above 1e300."""
        return _power(self.log_a2)

    @property
    def slope2(self) -> float:
        """The factor on the squared gradient from the output to the pre-activations; 0 below 1e-300, inf above 1e300."""
        return _power(self.log_slope2)

    @property
    def gain(self) -> float:
        """The factor on |dL/da|^2 from the output to the input; 0 below 1e-300, inf above 1e300."""
        return _power(self.log_gain)


@dataclass(frozen=True, slots=True)
class _Signal:
    """The outputs of a layer: log10 of their mean square, and their mean over its root, -1 to 1."""

    log_square: float
    share: float

    def plus(self, other: "_Signal") -> "_Signal":
        """The sum with an independent signal: A + B, and P + 2 A B + Q."""
        unit = max(self.log_square, other.log_square)
        if unit == -math.inf:
            return self
        p, q = 10 ** (self.log_square - unit), 10 ** (other.log_square - unit)
        a, b = self.share * math.sqrt(p), other.share * math.sqrt(q)
        square = p + 2 * a * b + q
        if not square > 0:
            return _Signal(-math.inf, 0.0)
        return _Signal(math.log10(square) + unit, min(max((a + b) / math.sqrt(square), -1.0), 1.0))


def layers(
    key: str,
    depth: int,
    sigma_w: float,
    sigma_b: float = 0.0,
    norm: str = "none",
    skip: bool = False,
    batch: int = BATCH,
) -> list[LayerTheory]:
    """The first `depth` layers of a wide network fed by inputs of mean square 1, in expectation.

    Formula: the signal has mean A and mean square P, the pre-activation variance sigma_w^2 P + sigma_b^2 = v. Plain: q = v,
    slope2 = E f'^2. Layer normalisation before the activation: q = 1, slope2 = E f'^2 / v. After it: q = v, the output has
    mean 0 and mean square 1, slope2 = E f'^2 / Var f. The output replaces the signal, or is added to it (skip):
    P <- P + 2 A E f + E f^2, A <- A + E f. On the way back |dL/da|^2 is multiplied by sigma_w^2 slope2, plus 1 with skip.
    Batch normalisation: `core.depth.sphere`, for `batch` independent inputs. The outputs of a unit for two of them differ by a
    variance D = E (f_a - f_b)^2 / 2, with skip D <- D + this, from D = 1; the pre-activations by sigma_w^2 D, and
    E 1 / spread^2 = B / ((B - 3) sigma_w^2 D). Of a gradient of mean square 1 a share c lies along (1, ..., 1) over the
    inputs, 1 / B at the network's output: slope2 = B / ((B - 3) sigma_w^2 D) ((1 - c) own / (B - 1) + c common), and without
    skip c = 0 from there on, with skip c is divided by the gain. So the gains of a network are those of its depth.
    A layer without any spread to divide by passes nothing.
    Parameters: key, an activation; depth, 1 to 1,000; sigma_w and sigma_b, 0 to 100; norm, one of `NORMS`; skip; batch, 4 to
    4,096, the number of inputs with batch normalisation (with 3 or fewer the expected gradient is infinite).
    Raises: ValueError for anything else.
    Reference: Schoenholz et al. 2017 for the plain network; Yang et al. 2019 for batch normalisation; the rest follows by the
    same averages.
    """
    activation(key)
    check_int("depth", depth, 1, 1000)
    log_w2, log_b2 = (
        2 * log10(check_real(*one, 0, MOST_SIGMA_W)) for one in (("sigma_w", sigma_w), ("sigma_b", sigma_b))
    )
    kind = normalisation(norm)
    check_choice("skip", skip, (True, False))
    check_int("batch", batch, FEWEST, MOST)
    if kind.over_inputs:
        return _batch_layers(key, depth, log_w2, skip, batch)
    signal, result = _Signal(0.0, 0.0), []
    for _ in range(depth):
        log_v = _log_sum(log_w2 + signal.log_square, log_b2)
        log_q = 0.0 if kind.before and log_v > -math.inf else log_v
        branch, log_slope2 = _branch(key, kind, log_q, log_v)
        fed, signal = signal, signal.plus(branch) if skip else branch
        log_gain = _log_sum(log_w2 + log_slope2, 0.0 if skip else -math.inf)
        result.append(LayerTheory(log_q, signal.log_square, log_slope2, log_gain, fed.log_square, 1))
    return result


def _branch(key: str, kind: Normalisation, log_q: float, log_v: float) -> tuple[_Signal, float]:
    """What a layer's activation puts out, with its normalisation, and log10 of slope2."""
    over = averages(key, log_q)
    if kind.after:
        spread = log_variance(key, log_q)
        return _Signal(0.0 if spread > -math.inf else -math.inf, 0.0), _log_ratio(over.log_df2, spread)
    return _Signal(over.log_f2, over.share), _log_ratio(over.log_df2, log_v) if kind.before else over.log_df2


def _batch_layers(key: str, depth: int, log_w2: float, skip: bool, batch: int) -> list[LayerTheory]:
    """`layers` with batch normalisation: the signals from the first layer on, the gradients from the last layer back."""
    over = sphere_averages(key, batch)
    spreads = log_w2 > -math.inf
    still = averages(key, -math.inf)
    branch = _Signal(log10(over.f2), over.share) if spreads else _Signal(still.log_f2, still.share)
    log_apart = log10(over.apart) if spreads else -math.inf
    signals, apart = [_Signal(0.0, 0.0)], [0.0]
    for _ in range(depth):
        signals.append(signals[-1].plus(branch) if skip else branch)
        apart.append(_log_sum(apart[-1], log_apart) if skip else log_apart)
    common, result = 1 / batch, []
    for index in reversed(range(depth)):
        log_slope2 = _batch_slope2(over, batch, common) - (log_w2 + apart[index]) if spreads else -math.inf
        log_gain = _log_sum(log_w2 + log_slope2, 0.0 if skip else -math.inf)
        common = common / 10**log_gain if skip else 0.0
        log_q = 0.0 if spreads else -math.inf
        result.append(LayerTheory(log_q, signals[index + 1].log_square, log_slope2, log_gain, apart[index], batch))
    return result[::-1]


def _batch_slope2(over: SphereAverages, batch: int, common: float) -> float:
    """log10 of slope2 times the variance of pre-activations over the inputs, with the share `common` of the gradient alike for
    all of them."""
    return log10(batch / (batch - 3) * ((1 - common) * over.own / (batch - 1) + common * over.common))


def _power(log: float) -> float:
    return 10.0**log if abs(log) < 300 else math.inf if log > 0 else 0.0


def _log_sum(a: float, b: float) -> float:
    """log10 of 10^a + 10^b."""
    high, low = max(a, b), min(a, b)
    return high if low == -math.inf else high + math.log1p(10 ** (low - high)) / math.log(10)


def _log_ratio(a: float, b: float) -> float:
    """a - b, and -inf where there is nothing to divide by."""
    return -math.inf if b == -math.inf else a - b


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """What to expect of L layers, index 0 next to the input; all shape (L,), -inf where nothing arrives. Norms are over the
    units, and over the inputs where batch normalisation needs several."""

    log_delta: FloatArray
    """log10 |delta_l| for a gradient of norm 1 at the output."""
    log_dw: FloatArray
    """log10 |dW_l|."""
    log_x: FloatArray
    """log10 |x_l|."""


def profile(found: Sequence[LayerTheory], width: int) -> Profile:
    """Gradients and signals of a network of `width` units a layer, in expectation.

    Formula: |delta_l|^2 = slope2_l prod_{j > l} gain_j, |x_l|^2 = width inputs a2_l, |dW_l|^2 = |delta_l|^2 width fed_l, as
    sums of logarithms: 1,000 layers do not underflow. (fed_l is a2_{l-1} but with batch normalisation: there the gradients of
    a unit add up to 0 over the inputs, so what the inputs have in common does not reach the weights.)
    Parameters: found, the layers of a network, from `layers`; width, 1 to 1,000,000.
    Raises: ValueError out of range.
    Reference: Schoenholz et al. 2017; Yang et al. 2019.
    """
    check_int("width", width, 1, 1_000_000)
    check_int("number of layers", len(found), 1, 1_000_000)
    gain, slope2, a2, fed = np.array([(one.log_gain, one.log_slope2, one.log_a2, one.log_fed) for one in found]).T
    log_delta = (slope2 + np.append(np.cumsum(gain[:0:-1])[::-1], 0.0)) / 2
    log_dw = log_delta + (math.log10(width) + fed) / 2
    log_x = (math.log10(width * found[0].inputs) + a2) / 2
    return Profile(read_only(log_delta), read_only(log_dw), read_only(log_x))
