"""What each unit of a layer does: its mean, spread and range, whether it is dead, and how often it is saturated."""

import math
from dataclasses import dataclass

import numpy as np

from core.activations import Activation, activation
from core.checks import BoolArray, FloatArray, read_only
from core.diagnosis.arrays import LARGEST, Numbers, as_double, check_finite, check_size, row_blocks
from core.saturation import Interval, saturated_zone


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """One value a unit, all of shape (units,)."""

    mean: FloatArray
    """mu"""
    spread: FloatArray
    """s, the standard deviation over the samples."""
    low: FloatArray
    """Its smallest value."""
    high: FloatArray
    """Its largest value."""
    constant: BoolArray
    """Whether it has one value for every sample."""
    dead: BoolArray
    """Whether that value is 0."""
    saturated: FloatArray | None
    """The share of samples for which it is saturated; None where that is not known."""


@dataclass(frozen=True, slots=True)
class SaturatedOutputs:
    """Which outputs (or pre-activations) count as saturated, or why none can be said to."""

    key: str | None
    """The activation, if one is given."""
    share: float
    """Saturated means a slope below this share of the activation's largest."""
    of: str
    """What the intervals are of: "a", the outputs, or "z", the pre-activations; "" where it is not known."""
    intervals: tuple[Interval, ...]
    """Where a value is saturated, in increasing order; a single point where the activation is flat (ReLU's 0)."""
    unknown: str
    """Why it is not known, as a sentence; empty where it is."""

    def holds(self, values: FloatArray) -> BoolArray:
        """Which of the values are saturated."""
        inside = np.zeros(values.shape, dtype=bool)
        for low, high in self.intervals:
            if low == high:
                inside |= values == low
            else:
                inside |= (values > low) & (values < high)
        return inside


def is_monotone(unit: Activation) -> bool:
    """Whether the activation never falls: only then does an output tell its slope."""
    return bool((unit.df(np.linspace(-40, 40, 8001)) >= 0).all())


def saturated_outputs(key: str | None, share: float, low: float, high: float, z_given: bool) -> SaturatedOutputs:
    """Which values of a layer with outputs between `low` and `high` count as saturated.

    Formula: the images under f of the intervals of `core.saturation.saturated_zone`, where f is monotone: sigmoid below 0.0101
    or above 0.9899, tanh beyond 0.9798, ReLU at 0, leaky ReLU below 0 (at a share of 4 %). Of pre-activations, the
    intervals themselves.
    """
    if key is None:
        return SaturatedOutputs(
            key, share, "", (), "Saturation is not stated: if these are outputs of units, name their activation."
        )
    unit, zone = activation(key), saturated_zone(key, share)
    if z_given:
        return SaturatedOutputs(key, share, "z", zone.intervals, "")
    if not is_monotone(unit):
        why = f"Saturation is not stated: {unit.label} is not monotone, outputs do not decide. Give z too."
        return SaturatedOutputs(key, share, "", (), why)
    slack = 1e-6 * max(1.0, abs(unit.low) if math.isfinite(unit.low) else 0.0)
    if low < unit.low - slack or high > unit.high + slack:
        why = f"Saturation is not stated: these are no outputs of {unit.label}, they lie between {low:.4g} and {high:.4g}."
        return SaturatedOutputs(key, share, "", (), why)
    return SaturatedOutputs(key, share, "a", tuple(_image(unit, low, high) for low, high in zone.intervals), "")


def _image(unit: Activation, low: float, high: float) -> Interval:
    """The outputs of an interval of z; open ends reach to infinity, so that f's own limits are within."""
    inside = math.isfinite(low), math.isfinite(high)
    ends = [float(unit.f(z)) for z in (low, high) if math.isfinite(z)]
    bottom = ends[0] if inside[0] else unit.low
    top = ends[-1] if inside[1] else unit.high
    if bottom == top:
        return bottom, top
    return (bottom if inside[0] else -math.inf), (top if inside[1] else math.inf)


@dataclass(frozen=True, slots=True, eq=False)
class FirstLook:
    """What one pass over the samples finds."""

    mean: FloatArray
    low: FloatArray
    high: FloatArray
    one_signed: BoolArray
    """(samples,): whether no two entries of the sample have opposite signs."""
    size: FloatArray
    """(samples, 2): the largest and the smallest absolute value of the sample."""


def first_look(name: str, a: Numbers) -> FirstLook:
    """Means, ranges and signs of samples x units, every entry checked.

    Formula: the mean as a[0] + E (a - a[0]), exact for a unit that never moves.
    Raises ValueError that names the place of an entry that is not finite, or a size whose square is out of range.
    """
    samples, units = a.shape
    first = as_double(a[0])
    check_finite(name, slice(0, 1), first[None])
    total, largest = np.zeros(units), 0.0
    low, high = np.full(units, np.inf), np.full(units, -np.inf)
    one_signed, size = np.empty(samples, dtype=bool), np.empty((samples, 2))
    for rows, block in row_blocks(a):
        largest = max(largest, check_finite(name, rows, block))
        if largest > LARGEST:
            break
        np.minimum(low, block.min(axis=0), out=low)
        np.maximum(high, block.max(axis=0), out=high)
        bottom, top = block.min(axis=1), block.max(axis=1)
        one_signed[rows] = (bottom >= 0) | (top <= 0)
        block -= first
        total += block.sum(axis=0)
        block += first
        np.abs(block, out=block)
        size[rows, 0], size[rows, 1] = block.max(axis=1), block.min(axis=1)
    check_size(name, largest)
    return FirstLook(first + total / samples, low, high, one_signed, size)


def measure_units(a: Numbers, name: str, z: Numbers | None, look: FirstLook, outputs: SaturatedOutputs) -> Units:
    """Spread and saturation of every unit, by a second pass: s^2 = E (a - mu)^2. name: what `z` is called."""
    samples, units = a.shape
    square, saturated = np.zeros(units), np.zeros(units)
    known = not outputs.unknown
    for _, block in row_blocks(a):
        if known and z is None:
            saturated += outputs.holds(block).sum(axis=0)
        block -= look.mean
        square += np.einsum("nu,nu->u", block, block)
    if known and z is not None:
        for rows, block in row_blocks(z):
            check_finite(name, rows, block)
            saturated += outputs.holds(block).sum(axis=0)
    constant = look.low == look.high
    spread = np.where(constant, 0.0, np.sqrt(square / samples))
    mean = np.where(constant, look.low, look.mean)
    dead = constant & (look.low == 0)
    shares = read_only(saturated / samples) if known else None
    return Units(
        read_only(mean),
        read_only(spread),
        read_only(look.low),
        read_only(look.high),
        read_only(constant),
        read_only(dead),
        shares,
    )
