"""The loss of one sigmoid output, squared error or cross-entropy, and its gradient, from the logit.

The output is a = sigma(z), the target y in [0, 1]. Nothing is computed from a: a - y = (1 - y) sigma(z) - y sigma(-z) keeps
its relative precision in both tails, where 1 - a would be 0.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.activations import QUIET, sigmoid, sigmoid_slope
from core.checks import FloatArray, check_choice, check_floats, check_real

SQUARED, CROSS_ENTROPY = "squared", "cross_entropy"
COSTS = (SQUARED, CROSS_ENTROPY)

FARTHEST = 1e4
"""The largest |z| of a loss or a gradient."""


@QUIET
def loss(cost: str, z: Any, y: float) -> FloatArray:
    """The loss of one sample, from its logit; dimensionless, shape of z.

    Formula: squared error (sigma(z) - y)^2 / 2; cross-entropy -y ln sigma(z) - (1 - y) ln sigma(-z) =
    max(z, 0) - z y + log1p(exp(-|z|)), which neither overflows nor takes a logarithm of 0.
    Parameters: cost, "squared" or "cross_entropy"; z, any shape, |z| <= 1e4; y, 0 to 1.
    Raises: ValueError for anything else.
    Reference: Nielsen, Neural Networks and Deep Learning, ch. 3 (both costs).
    """
    z, y = _check(cost, z, y)
    if cost == SQUARED:
        return 0.5 * output_error(z, y) ** 2
    # max(z, 0) - z y, without the cancellation at y = 1.
    return np.where(z > 0, z * (1 - y), -z * y) + np.log1p(np.exp(-np.abs(z)))


@QUIET
def gradient(cost: str, z: Any, y: float) -> FloatArray:
    """The upstream signal delta = dL/dz of the output neuron; dimensionless, shape of z.

    Formula: squared error (a - y) sigma'(z), which for y = 0 is a^2 (1 - a), largest at a = 2/3; cross-entropy a - y.
    Parameters and raises: as `loss`.
    Reference: Nielsen, ch. 3.
    """
    z, y = _check(cost, z, y)
    return output_error(z, y) * (sigmoid_slope(z) if cost == SQUARED else 1.0)


def _check(cost: str, z: Any, y: float) -> tuple[FloatArray, float]:
    check_choice("cost", cost, COSTS)
    z = check_floats("z", z)
    if not (np.abs(z) <= FARTHEST).all():
        raise ValueError(f"z = {z!r} is not within [{-FARTHEST:g}, {FARTHEST:g}]")
    return z, check_real("y", y, 0.0, 1.0)


@QUIET
def output_error(z: FloatArray, y: float) -> FloatArray:
    """a - y = (1 - y) sigma(z) - y sigma(-z), unchecked."""
    return (1 - y) * sigmoid(z) - y * sigmoid(-z)


@dataclass(frozen=True, slots=True)
class Chain:
    """The chain rule at one logit: dL/dz = dL/da * da/dz. Cross-entropy's dL/da has the slope da/dz = sigma'(z) in its
    denominator, so that the product is a - y whatever the slope."""

    dl_da: float
    da_dz: float
    dl_dz: float


def chain(cost: str, z: float, y: float) -> Chain:
    """Both factors of dL/dz and their product; dimensionless.

    Formula: dL/da = a - y for squared error and (a - y) / (a (1 - a)) for cross-entropy, with a (1 - a) = sigma'(z).
    Parameters: cost and y as in `loss`; z, -700 to 700. Raises: ValueError for anything else.
    Reference: Nielsen, ch. 3.
    """
    check_choice("cost", cost, COSTS)
    z = check_real("z", z, -700, 700)
    error, slope = float(gradient(CROSS_ENTROPY, z, y)), float(sigmoid_slope(z))
    return Chain(error if cost == SQUARED else error / slope, slope, float(gradient(cost, z, y)))
