"""Where something turns: the one place for roots, thresholds and minima of functions of one variable.

- `boundary`, `boundary_at_once`: where a condition that changes once becomes true, to the last bit
- `first_whole`: the first whole number at which it is true, for one question or many side by side
- `root`: where a smooth function is 0, in as few evaluations as possible
- `lowest`: where a convex function is smallest

The caller knows the bracket and what holds at its ends; neither end is evaluated by the searches for a condition.
"""

import math
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from core.checks import BoolArray, FloatArray, IntArray


def boundary(holds: Callable[[float], bool], low: float, high: float) -> tuple[float, float]:
    """The neighbouring floating-point numbers (last, first): `holds` is false up to `last` and true from `first` on.

    Formula: bisection over the floating-point numbers in their order, of which there are 2^64: 64 evaluations at most, from
    any bracket, and no rounding.
    Parameters: holds, false at `low`, true at `high`, changing once between them; low < high, infinite if need be (`holds`
    is asked about finite numbers only).
    Raises: ValueError unless low < high.
    """
    if not low < high:
        raise ValueError(f"low = {low!r} is not a number in [-inf, high), high = {high!r}")
    last, first = _rank(low), _rank(high)
    while first - last > 1:
        middle = (last + first) // 2
        last, first = (last, middle) if holds(_ranked(middle)) else (middle, first)
    return _ranked(last), _ranked(first)


def _rank(x: float) -> int:
    """The place of x among the floating-point numbers in increasing order; 0 has place 0."""
    (bits,) = struct.unpack("<q", struct.pack("<d", x))
    return int(bits) if bits >= 0 else -(int(bits) & (2**63 - 1))


def _ranked(rank: int) -> float:
    (size,) = struct.unpack("<d", struct.pack("<q", abs(rank)))
    return math.copysign(size, rank)


def boundary_at_once(
    holds: Callable[[FloatArray], BoolArray], low: float, high: float, points: int = 65
) -> tuple[float, float]:
    """As `boundary`, for a condition that answers for many numbers at once for little more than for one.

    Formula: `points` numbers over the bracket, ends included, equally spaced in the order of floating-point numbers; the
    interval that holds the change is kept, until its ends are neighbours: 64 / log2(points - 1) calls at most.
    Parameters: holds, from a shape (k,) to a shape (k,); low and high as in `boundary`; points, at least 3.
    Raises: ValueError unless low < high.
    """
    if not low < high:
        raise ValueError(f"low = {low!r} is not a number in [-inf, high), high = {high!r}")
    last, first = _rank(low), _rank(high)
    while first - last > 1:
        parts = min(points - 1, first - last)
        ranks = [last + (first - last) * k // parts for k in range(parts + 1)]
        # The first that holds; the far end does.
        k = int(np.argmax(np.append(holds(np.array([_ranked(rank) for rank in ranks[1:-1]])), True)))
        last, first = ranks[k], ranks[k + 1]
    return _ranked(last), _ranked(first)


def first_whole(holds: Callable[[IntArray], Any], low: Any, high: Any) -> IntArray:
    """The smallest whole number t in (low, high] at which `holds` is true; shape of low and high together.

    Formula: bisection, all questions side by side.
    Parameters: holds, from an integer array of that shape to a truth value each: false at `low`, true at `high`, changing
    once; low < high, whole numbers below 2^62 or arrays of them. For one question `holds` gets an array of shape ().
    Raises: ValueError unless low < high throughout.
    """
    last, first = (np.array(end, dtype=np.int64) for end in np.broadcast_arrays(low, high))
    if not (last < first).all():
        raise ValueError(f"low = {low!r} is not below high = {high!r} throughout")
    while (first - last > 1).any():
        middle = (last + first) // 2
        # Where a search has ended, `middle` is `last`, at which the condition is known to be false.
        there = np.asarray(holds(middle), dtype=bool) & (middle > last)
        last, first = np.where(there, last, middle), np.where(there, middle, first)
    return first


def root(g: Callable[[float], float], low: float, high: float, tolerance: float = 1e-14) -> float:
    """A zero of a continuous g that has different signs at `low` and `high`.

    Formula: false position that halves the weight of an end that stays (Illinois): a dozen evaluations where bisection takes
    fifty. It ends where |g| < tolerance, or the bracket is narrower than tolerance * max(1, |low|).
    Parameters: g; low and high, finite; tolerance > 0.
    Raises: ValueError where g has one sign at both ends.
    Reference: Dowell and Jarratt, A modified regula falsi method for computing the root of an equation, BIT 11 (1971).
    """
    g_low, g_high, side = g(low), g(high), 0
    if g_low * g_high > 0:
        raise ValueError(f"g({low!r}) = {g_low!r} and g({high!r}) = {g_high!r} do not have different signs")
    for _ in range(100):
        if g_low == g_high or abs(high - low) < tolerance * max(1.0, abs(low)):
            break
        middle = (low * g_high - high * g_low) / (g_high - g_low)
        here = g(middle)
        if abs(here) < tolerance:
            return middle
        if here * g_high > 0:
            high, g_high, g_low, side = middle, here, g_low / 2 if side > 0 else g_low, 1
        else:
            low, g_low, g_high, side = middle, here, g_high / 2 if side < 0 else g_high, -1
    return low / 2 + high / 2


def lowest(
    g: Callable[[FloatArray], FloatArray], low: float, high: float, points: int = 65, narrow: float = 2.0**-30
) -> float:
    """Where a convex g is smallest between `low` and `high`.

    Formula: `points` equally spaced numbers over the bracket, of which the two intervals beside the smallest value are kept,
    until they are `narrow` times as wide as the bracket was. A smooth minimum is no better known than to about 1e-8 of its
    scale: nearer to it g does not change within rounding.
    Parameters: g, from a shape (k,) to a shape (k,); low < high, finite; points, at least 4; narrow > 0.
    Raises: ValueError unless low < high.
    """
    if not low < high:
        raise ValueError(f"low = {low!r} is not a number in (-inf, high), high = {high!r}")
    width = narrow * (high - low)
    while high - low > width:
        grid = np.linspace(low, high, points)
        k = min(max(int(np.argmin(g(grid))), 1), points - 2)
        if (low, high) == (float(grid[k - 1]), float(grid[k + 1])):
            break
        low, high = float(grid[k - 1]), float(grid[k + 1])
    return low / 2 + high / 2
