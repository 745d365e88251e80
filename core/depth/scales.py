"""The theory of `core.depth.theory` at many weight scales at once, for a picture that follows the hand.

Each activation's averages over z ~ N(0, q) are tabled once over the logarithm of q and looked up for all scales together.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.checks import FloatArray, check_int, check_items, read_only
from core.depth.gaussian import averages, log_variance
from core.depth.normalisations import normalisation
from core.depth.theory import layers, profile

LOW, HIGH, STEP = -20.0, 24.0, 0.05
"""The powers of ten of q that are tabled; beyond them every average is a straight line in them."""


@dataclass(frozen=True, slots=True, eq=False)
class ProfilesByScale:
    """What to expect of L layers at S weight scales: arrays of shape (S, L), as `core.depth.theory.Profile`."""

    log_delta: FloatArray
    log_dw: FloatArray


def profiles_by_scale(
    key: str,
    depth: int,
    width: int,
    sigma_ws: tuple[float, ...],
    sigma_b: float = 0.0,
    norm: str = "none",
    skip: bool = False,
) -> ProfilesByScale:
    """`profile(layers(...), width)` at each of the weight scales, to 1e-5 a layer (of a decimal logarithm).

    Formula: that of `layers`, its averages by cubic interpolation over log q.
    Parameters: as `layers` and `profile`; sigma_ws, 1 to 1,000 values, each at least 1e-6.
    Raises: ValueError out of range.
    """
    # The first and the last scale check the other parameters, and what is not tabled is found one by one.
    sigma_ws = check_items("sigma_ws", sigma_ws, 1, 1000)
    check_int("width", width, 1, 1_000_000)
    if min(sigma_ws) < 1e-6:
        raise ValueError(f"sigma_ws = {sigma_ws!r} are not all at least 1e-06")
    kind = normalisation(norm)
    for sigma_w in (min(sigma_ws), max(sigma_ws)):
        layers(key, 1, sigma_w, sigma_b, norm, skip)
    if kind.over_inputs:
        found = [profile(layers(key, depth, one, sigma_b, norm, skip), width) for one in sigma_ws]
        return ProfilesByScale(
            *(read_only(np.array([getattr(one, n) for one in found])) for n in ("log_delta", "log_dw"))
        )
    log_w2 = 2 * np.log10(np.array(sigma_ws))
    log_b2 = 2 * math.log10(sigma_b) if sigma_b > 0 else -math.inf
    share, square = np.zeros(len(log_w2)), np.zeros(len(log_w2))
    slopes, fed = [], []
    for _ in range(check_int("depth", depth, 1, 1000)):
        log_v = _sum(log_w2 + square, log_b2)
        log_q = np.zeros_like(log_v) if kind.before else log_v
        mean, log_f2, log_df2, log_var = _looked_up(key, log_q)
        slopes.append(log_df2 - (log_v if kind.before else log_var if kind.after else 0.0))
        fed.append(square)
        if kind.after:
            mean, log_f2 = np.zeros_like(mean), np.zeros_like(log_f2)
        share, square = _added(share, square, mean, log_f2) if skip else (mean, log_f2)
    slope2 = np.array(slopes).T
    gain = _sum(log_w2[:, None] + slope2, 0.0 if skip else -math.inf)
    behind = np.cumsum(gain[:, :0:-1], axis=1)[:, ::-1]
    log_delta = (slope2 + np.append(behind, np.zeros((len(gain), 1)), axis=1)) / 2
    return ProfilesByScale(read_only(log_delta), read_only(log_delta + (math.log10(width) + np.array(fed).T) / 2))


def _sum(a: FloatArray, b: FloatArray | float) -> FloatArray:
    """log10 of 10^a + 10^b."""
    return np.logaddexp(a * math.log(10), np.multiply(b, math.log(10))) / math.log(10)


def _added(share: FloatArray, square: FloatArray, other: FloatArray, more: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The sum of two independent signals, each by the share of its mean in its root mean square and log10 of the square."""
    unit = np.maximum(square, more)
    p, q = 10 ** (square - unit), 10 ** (more - unit)
    a, b = share * np.sqrt(p), other * np.sqrt(q)
    total = np.maximum(p + 2 * a * b + q, 1e-300)
    return np.clip((a + b) / np.sqrt(total), -1, 1), np.log10(total) + unit


@lru_cache(maxsize=32)
def _table(key: str) -> FloatArray:
    """The share of the mean, log10 E f^2, log10 E f'^2 and log10 Var f by log10 q: (4, nodes)."""
    found = []
    for log_q in np.arange(LOW, HIGH + STEP / 2, STEP):
        one = averages(key, float(log_q))
        found.append((one.share, one.log_f2, one.log_df2, log_variance(key, float(log_q))))
    return read_only(np.array(found).T)


def _looked_up(key: str, log_q: FloatArray) -> FloatArray:
    table = _table(key)
    at = (log_q - LOW) / STEP
    left = np.clip(np.floor(at), 1, table.shape[1] - 3).astype(int)
    t = at - left
    before, here, after, beyond = (table[:, left + k] for k in (-1, 0, 1, 2))
    # Through the four nodes around it; beyond the table, along its end.
    lagrange = (
        -t * (t - 1) * (t - 2) / 6 * before
        + (t + 1) * (t - 1) * (t - 2) / 2 * here
        - (t + 1) * t * (t - 2) / 2 * after
        + (t + 1) * t * (t - 1) / 6 * beyond
    )
    straight = here + t * (after - here)
    return np.where((t >= -1) & (t <= 2), lagrange, straight)
