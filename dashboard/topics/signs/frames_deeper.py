"""The frames of `/signs` under "Go deeper"."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from core.checks import FloatArray
from core.signs.batches import PatternShares
from dashboard.look.columns import Columns, columns, from_rows, last_rows
from dashboard.topics.signs.settings import BATCHES

NAME_TALL = 0.16
"""How many bits of the chart of entropies a line's name takes."""

SLOPES = (0.25, 0.01, -0.1)
"""Slopes of an activation: the best of sigmoid's, a small one, and one that sigmoid never has."""


def slopes(deltas: Sequence[float], inputs: Sequence[float]) -> list[tuple[float, FloatArray]]:
    """What w1 to w4 move by where the signals from behind are `deltas`, by the slope of both neurons."""
    return [(slope, -slope * np.outer(deltas, inputs) + 0.0) for slope in SLOPES]


def bits(measured: Mapping[str, Mapping[int, PatternShares]]) -> Columns:
    """Entropy by activation and batch size: activation, batch, bits, low, high (two standard errors)."""
    rows = [
        (name, batch, one.bits, one.bits - 2 * one.error, one.bits + 2 * one.error)
        for name, by_batch in measured.items()
        for batch, one in by_batch.items()
    ]
    return from_rows(("activation", "batch", "bits", "low", "high"), rows)


def limits(bits: Mapping[str, float]) -> Columns:
    """The limits of large batches, as rules from the first batch size to the last: activation, bits, first, last."""
    return columns(activation=list(bits), bits=list(bits.values()), first=BATCHES[0], last=BATCHES[-1])


def names(measured: Columns, limits: Mapping[str, float]) -> Columns:
    """Where the name of each line of `bits` stands: at its end, moved apart where two limits are close: activation, batch, bits."""
    last = last_rows(measured, "activation")
    heights = dict(zip(last["activation"].tolist(), last["bits"].tolist(), strict=True))
    above = math.inf
    for name in sorted(heights, key=lambda one: -limits[one]):
        heights[name] = above = min(heights[name], above - NAME_TALL)
    return columns(activation=list(heights), batch=last["batch"], bits=list(heights.values()))
