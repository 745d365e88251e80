"""Plain descent counted instead of run: on a quadratic loss its steps follow from the curvatures, however many they are."""

from typing import Any

import numpy as np

from core.checks import FloatArray, check_array, check_real, read_only

_BITS = 53
"""Of the steps that are told: a float holds every whole number below 2^53."""

_BELOW = np.geomspace(1e-8, 0.5, 700)
"""Shares of the edge, from the edge down, between which the rate with the fewest steps is looked for: best in the long run is
2 / (steepest + flattest), never below half of the edge, and a goal far off asks for little less than that."""


def plain_steps(etas: Any, curvatures: Any, errors: Any, tolerance: float) -> FloatArray:
    """The steps of plain descent until L <= tolerance * L_0, at each of many learning rates, without a run.

    Formula: the least t >= 1 with sum_i lambda_i (1 - eta lambda_i)^(2t) e_i^2 <= tolerance * sum_i lambda_i e_i^2, found bit by
    bit: at a rate that lets no error grow, the loss grows at no step.
    Parameters: etas, shape (m,), learning rates, 0 to 1e12; curvatures lambda, shape (n,), the eigenvalues of the Hessian, 0
    to 1e12; errors e, shape (n,), of the weights at the start along the eigenvectors, -1e12 to 1e12; tolerance, 1e-12 to
    0.99. All are dimensionless.
    Returns: shape (m,), whole numbers; infinite from 2^53 on, and for a rate above 2 / lambda_i where e_i is not 0: that
    error grows.
    Raises: ValueError that names the parameter, for anything else.
    Reference: w_t - w* = (1 - eta H)^t (w_0 - w*), for example Goh, Why momentum really works, Distill 2017.
    """
    rates, tolerance = _within("etas", etas, 0, 1e12), check_real("tolerance", tolerance, 1e-12, 0.99)
    curves = _within("curvatures", curvatures, 0, 1e12)
    share = curves * _within("errors", errors, -1e12, 1e12, len(curves)) ** 2
    goal = tolerance * share.sum()
    factors = np.abs(1 - rates[:, None] * curves)
    grows = ((factors > 1) & (share > 0)).any(axis=1)
    factors = np.minimum(factors, 1)
    short = np.zeros(len(rates))
    with np.errstate(under="ignore"):
        for bit in range(_BITS - 1, -1, -1):
            t = short + 2.0**bit
            short = np.where((share * factors ** (2 * t)[:, None]).sum(axis=1) > goal, t, short)
    return read_only(np.where(grows | (short == 2.0**_BITS - 1), np.inf, short + 1))


def fewest_plain_steps(flattest: float, steepest: float, tolerance: float) -> float:
    """The steps of plain descent until L <= tolerance * L_0 from equal errors along two eigenvectors, at the rate that needs the
    fewest of them.

    Formula: the least of `plain_steps` over 700 rates from half of the edge, 2 / steepest, to 1e-8 of it below.
    Parameters: flattest and steepest, the two curvatures, 0 to 1e12, the steepest above 1e-9; tolerance as in `plain_steps`.
    All are dimensionless.
    Returns: a whole number, or infinity as `plain_steps`.
    Raises: ValueError that names the parameter, for anything else.
    Reference: as `plain_steps`.
    """
    steepest = check_real("steepest", steepest, 1e-9, 1e12)
    flattest = check_real("flattest", flattest, 0, steepest)
    return float(plain_steps(2 * (1 - _BELOW) / steepest, (flattest, steepest), (1.0, 1.0), tolerance).min())


def _within(name: str, value: Any, low: float, high: float, length: int | None = None) -> FloatArray:
    """`value` as a finite array of at least one number, all of them in a range."""
    array = check_array(name, value, (length,))
    if not len(array):
        raise ValueError(f"{name} = {value!r} has no numbers")
    for end in (array.min(), array.max()):
        check_real(name, float(end), low, high)
    return array
