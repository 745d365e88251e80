"""What `/saturation` says of an activation that nobody has registered is true of it."""

import math

import numpy as np
import pytest

from core.activations import Activation
from core.saturation import LayerSlope, SpreadSweep, Zone
from dashboard.topics.saturation import frames, words, words_deeper

BELOW = 0.04


def invented(name, f, df, turns, max_slope, max_slope_at=0.0, low=-math.inf, high=math.inf, sides=None) -> Activation:
    return Activation(
        key=name,
        label=name,
        formula="",
        f=f,
        df=df,
        d2f=df,  # not asked for by any sentence
        low=low,
        high=high,
        max_slope=max_slope,
        max_slope_at=max_slope_at,
        zero_centred=False,
        turns=turns,
        sides=sides,
    )


def two_lines(name: str, below: float, above: float) -> Activation:
    return invented(
        name,
        lambda z: np.where(np.asarray(z) > 0, above * np.asarray(z), below * np.asarray(z)),
        lambda z: np.where(np.asarray(z) > 0, above, below),
        (0.0,),
        max(below, above),
        sides=(below, above),
    )


BUMP = invented(
    "bump",
    lambda z: np.exp(-0.5 * np.square(z)),
    lambda z: -np.clip(z, -40, 40) * np.exp(-0.5 * np.square(np.clip(z, -40, 40))),
    (-1.0, 0.0, 1.0),
    math.exp(-0.5),
    -1.0,
    low=0.0,
    high=1.0,
)
SOFTSIGN = invented(
    "softsign", lambda z: z / (1 + np.abs(z)), lambda z: (1 + np.abs(z)) ** -2.0, (0.0,), 1.0, low=-1.0, high=1.0
)
DOWNHILL = two_lines("downhill", 1.0, 0.0)
HALF = two_lines("half", 0.5, 1.0)


def zone(unit: Activation) -> Zone:
    """The saturated zone, read off a fine grid; its outermost pieces reach to infinity."""
    z = np.linspace(-30, 30, 600_001)
    low = np.abs(unit.df(z)) < BELOW * unit.max_slope
    edges = [round(float(z[k]), 3) for k in np.flatnonzero(np.diff(low.astype(int)))]
    if low[0]:
        edges.insert(0, -math.inf)
    if low[-1]:
        edges.append(math.inf)
    return Zone(unit.key, BELOW * unit.max_slope, tuple(zip(edges[::2], edges[1::2], strict=True)))


def shown(unit: Activation) -> frames.Shown:
    return frames.Shown(unit, zone(unit), LayerSlope(0.3, 0.3, 0.3, 0.2))


@pytest.mark.parametrize(
    ("unit", "wanted", "unwanted"),
    [
        (
            BUMP,
            ("between −0.0240 and 0.0240, and above 3.12", "best slope of bump is only 0.607;", "dies in the tails"),
            ("On the left", "infinite"),
        ),
        (SOFTSIGN, ("Beyond ±4", "The best slope of softsign is 1;", "dies in the tails"), ("only", "On the left")),
        (DOWNHILL, ("Above 0", "exactly 1 below 0 and exactly 0 above", "dies on the right"), ("no unit is off",)),
        (HALF, ("Nowhere", "0.5 below 0 and 1 above: no unit is off.", "dies in neither tail"), ("little", "half of")),
    ],
)
def test_an_unknown_activation_is_told_by_its_facts(unit, wanted, unwanted):
    one = shown(unit)
    text = " ".join(
        (
            words.answer(one, 0.0),
            words.why([one], 4.0, 0.37, 2.4, one.layer, math.inf),
            words.answered(one, LayerSlope(0.2, 0.2, 0.9, 0.0)),
        )
    )
    assert all(phrase in text for phrase in wanted), text
    assert not any(phrase in text for phrase in unwanted), text


def test_a_slope_that_crosses_0_on_the_left_only_is_known_by_its_turns():
    assert not shown(BUMP).falls_on_the_left

    def mish(z):
        return z * math.tanh(math.log1p(math.exp(z)))

    def slope(z):
        return (mish(z + 1e-6) - mish(z - 1e-6)) / 2e-6

    # Its steepest descent, its lowest point and its steepest ascent.
    unit = invented("mish", mish, slope, (-2.26, -1.19, 1.49), 1.0885, 1.49, low=-0.309)
    one = frames.Shown(unit, Zone("mish", 0.04, ((-math.inf, -6.0), (-1.4, -1.1))), LayerSlope(0.3, 0.3, 0.3, 0.2))
    assert one.falls_on_the_left
    text = words.why([one], 4.0, 0.37, 2.4, one.layer, math.inf)
    assert "Mish's slope is 0.600 at 0 and largest, 1.09, at 1.49. On the left it crosses 0" in text
    assert "besides the left tail, a band around that crossing is saturated" in text


def told(values: np.ndarray) -> tuple[str, str]:
    """What is told of a layer that keeps this much, and of one of which this share is saturated."""
    swept = [SpreadSweep(values, values, values, values, values)]
    one = [shown(SOFTSIGN)]
    return words.kept_finding(one, swept, 0.0), words_deeper.fraction_finding(one, swept, 0.0)


@pytest.mark.parametrize(
    ("values", "kept", "saturated"),
    [
        (np.full(61, 0.3), "stays level", "has 30 % at any spread"),
        (np.zeros(61), "stays level", "has none"),
        (np.linspace(0.9, 0.49, 61), "falls as the spread grows", "falls towards one half"),
        (np.linspace(0.9, 0.2, 61), "falls as the spread grows", "falls towards 20 %"),
        (np.linspace(0.1, 0.9, 61), "rises as the spread grows", "has more as the spread grows"),
        (np.minimum(np.linspace(0.1, 1.9, 61), 0.7), "rises, then stays nearly level", "has more as the spread grows"),
        (np.sin(np.linspace(0, 6, 61)) / 2 + 0.5, "changes with the spread", "changes with the spread"),
    ],
)
def test_a_course_is_told_as_it_is(values, kept, saturated):
    assert told(values) == (
        f"The rms slope of a layer, as a share of the best, against the spread of its pre-activations: softsign {kept}.",
        f"The share of saturated units against the spread of z: softsign {saturated}.",
    )
