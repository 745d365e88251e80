"""What measured networks and their theory come to, in single numbers: the median network, and one layer taken apart."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.checks import FloatArray, check_int
from core.depth.measured import factors, quantiles
from core.depth.passes import Measured
from core.depth.theory import LayerTheory, Profile

ROUNDING = 12
"""A mean so many powers of ten below the size of its terms is their rounding."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Networks measured, by their medians. The logarithms are decimal, and -inf for 0."""

    networks: int
    """How many."""
    dead: int
    """Through how many of them no gradient gets back."""
    factor: float
    """What |delta| is multiplied by per layer, on average from the last layer to the first; 0 where half of the networks or more are
    dead, nan with one layer only."""
    error: float
    """The standard error of `factor`; nan for one network."""
    log_first: float
    """log10 |delta| at the first layer, for a gradient of norm 1 at the output."""
    log_last: float
    """log10 |delta| at the last layer, which no weights follow."""
    log_dw: float
    """log10 of the first layer's |dW| over the last layer's."""
    saturated: float
    """The share of saturated units in the last layer."""
    mean: float
    """The mean of the last layer's output, 0 where it is rounding alone."""


def summary(measured: Measured) -> Summary:
    """The medians over networks.

    Formula: `factors`; their standard error is 1.25 s / sqrt(S), as the median of S normal numbers scatters 1.25 times as
    much as their mean.
    """
    each = factors(measured)
    known, dead = each[~np.isnan(each)], int(measured.dead.sum())
    middle = float(np.median(known)) if len(known) else math.nan
    delta, dw = (quantiles(one, (0.5,))[0] for one in (measured.log_delta, measured.log_dw))
    return Summary(
        networks=len(each),
        dead=dead,
        # Between a dead network and a living one lies none: the median is the lower of both, as that of every layer is.
        factor=0.0 if len(known) and 2 * dead >= len(each) else middle,
        error=1.25 * float(known.std(ddof=1)) / math.sqrt(len(known)) if len(known) > 1 else math.nan,
        log_first=float(delta[0]),
        log_last=float(delta[-1]),
        log_dw=float(dw[0] - dw[-1]) if np.isfinite(dw[0]) else -math.inf,
        saturated=float(np.median(measured.saturated[:, -1])),
        mean=_mean(measured, -1),
    )


def profile_factor(profile: Profile) -> float:
    """What theory says that |delta| is multiplied by per layer, on average from the last layer to the first.

    Formula: (|delta_1| / |delta_L|)^(1 / (L - 1)), as `factors`; 0 where nothing arrives, nan with one layer only.
    """
    log = profile.log_delta
    if len(log) < 2:
        return math.nan
    return 0.0 if np.isneginf(log[0]) else float(10 ** ((log[0] - log[-1]) / (len(log) - 1)))


@dataclass(frozen=True, slots=True)
class LayerParts:
    """One layer of measured networks taken apart, their medians. A dead network has no parts; where all are dead they are 0."""

    weights: float
    """|dL/dx_l| / |delta_{l+1}|: the weights, and with a skip connection the way around them."""
    slopes: float
    """|delta_l| / |dL/dx_l|: the slopes, and a normalisation's division by a spread."""
    together: float
    """|delta_l| / |delta_{l+1}|."""
    low: float
    """The 10th percentile of `together`."""
    high: float
    """Its 90th percentile."""
    saturated: float
    """The share of saturated units."""
    mean: float
    """The mean of its output, 0 where it is rounding alone."""


def measured_parts(measured: Measured, layer: int) -> LayerParts:
    """What a layer multiplies the gradient by.

    Parameters: layer, 1 next to the input, to the last but one.
    Raises: ValueError out of range.
    """
    own, above = _layer(layer, measured.log_delta.shape[1])
    passed = ~measured.dead & np.isfinite(measured.log_delta[:, [own, above]]).all(axis=1)
    delta, back = measured.log_delta[passed], measured.log_back[passed]
    together = _ratios(delta[:, own] - delta[:, above])
    low, high = np.quantile(together, (0.1, 0.9))
    return LayerParts(
        weights=float(np.median(_ratios(back[:, above] - delta[:, above]))),
        slopes=float(np.median(_ratios(delta[:, own] - back[:, above]))),
        together=float(np.median(together)),
        low=float(low),
        high=float(high),
        saturated=float(np.median(measured.saturated[:, own])),
        mean=_mean(measured, own),
    )


@dataclass(frozen=True, slots=True)
class TheoryParts:
    """One layer in theory taken apart, as `LayerParts`; nan where nothing gets through."""

    weights: float
    slopes: float
    together: float
    spread: float
    """The spread of the pre-activations as the activation sees them."""


def theory_parts(layers: Sequence[LayerTheory], layer: int) -> TheoryParts:
    """What a layer multiplies the gradient by, in expectation.

    Formula: of squares, gain_{l+1} / slope2_{l+1} and slope2_l.
    Parameters: layers, of a network, from `core.depth.theory.layers`; layer, 1 next to the input, to the last but one.
    Raises: ValueError out of range.
    """
    own, above = (layers[index] for index in _layer(layer, len(layers)))
    weights = above.log_gain - above.log_slope2 if above.log_slope2 > -math.inf else math.nan
    return TheoryParts(*map(_root, (weights, own.log_slope2, own.log_slope2 + weights, own.log_q)))


def _root(log: float) -> float:
    """The root of 10^log, inf beyond every float."""
    return math.inf if log > 600 else 10 ** (log / 2)


def _layer(layer: int, depth: int) -> tuple[int, int]:
    """The index of a layer and of the one above it."""
    check_int("layer", layer, 1, depth - 1)
    return layer - 1, layer


def _ratios(logs: FloatArray) -> FloatArray:
    return np.asarray(10**logs) if logs.size else np.zeros(1)


def _mean(measured: Measured, index: int) -> float:
    mean, log_x = float(np.median(measured.mean[:, index])), float(np.median(measured.log_x[:, index]))
    return mean if mean and math.log10(abs(mean)) > log_x - ROUNDING else 0.0
