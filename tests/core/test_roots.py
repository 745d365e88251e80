"""core.roots against answers that are known beforehand, and against plain scans."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.roots import boundary, boundary_at_once, first_whole, lowest, root

numbers = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=100)
@given(at=numbers)
def test_boundary_is_two_neighbours_and_few_questions(at):
    asked = []

    def holds(z):
        asked.append(z)
        return z >= at

    last, first = boundary(holds, -math.inf, math.inf)
    assert first == at and last == math.nextafter(at, -math.inf)
    assert boundary_at_once(lambda z: z >= at, -math.inf, math.inf) == (last, first)
    assert len(asked) <= 64 and all(map(math.isfinite, asked))


@settings(max_examples=50)
@given(at=st.floats(-100, 100), low=st.floats(1e-300, 1e6), high=st.floats(0, 1e6), points=st.sampled_from([3, 4, 65]))
def test_both_ways_to_a_boundary_agree(at, low, high, points):
    low, high = at - low, at + high
    if low < at:
        expected = boundary(lambda z: z >= at, low, high) if at < high else (math.nextafter(at, -math.inf), at)
        found = boundary_at_once(lambda z: z >= at, low, high, points)
        assert found == expected


def test_boundary_at_once_asks_seldom():
    calls = []
    boundary_at_once(lambda z: calls.append(len(z)) or z >= 0.3, 0.0, 1.0)
    assert len(calls) <= 11 and max(calls) <= 63


def test_ends_are_not_asked_about():
    """A condition may be undefined at its ends: nothing is evaluated there."""
    assert boundary(lambda z: math.log(z) > 0, 0.0, math.inf)[1] == math.nextafter(1, 2)
    assert boundary_at_once(lambda z: 1 / z < 3, 0.0, 1.0)[1] == pytest.approx(1 / 3, rel=1e-15)
    assert int(first_whole(lambda t: 10 // t < 3, 0, 11)) == 4


def test_a_boundary_next_to_its_bracket():
    tiny = math.nextafter(0, 1)
    assert boundary(lambda z: True, 0.0, 1.0) == (0.0, tiny)
    assert boundary(lambda z: False, -tiny, 0.0) == (-tiny, 0.0)
    assert boundary(lambda z: False, 1.0, math.inf) == (math.nextafter(math.inf, 0), math.inf)


@settings(max_examples=50)
@given(at=st.lists(st.integers(1, 2**61), min_size=1, max_size=5), low=st.integers(0, 0), room=st.integers(0, 2**60))
def test_first_whole_of_many(at, low, room):
    turn = np.array(at)
    found = first_whole(lambda t: t >= turn, np.full(len(at), low), turn + room)
    assert found.tolist() == at
    one = first_whole(lambda t: t >= at[0], low, at[0] + room)
    assert one.shape == () and int(one) == at[0]


def test_first_whole_against_a_scan():
    factor, goal = np.array([0.5, 0.9, 0.999]), 1e-3
    found = first_whole(lambda t: factor**t <= goal, 0, np.array([100, 1000, 10_000]))
    assert found.tolist() == [next(t for t in range(1, 10_001) if f**t <= goal) for f in factor]


@pytest.mark.parametrize(
    ("g", "low", "high", "exact"),
    [
        (lambda z: math.cos(z) - z, 0.0, 1.0, mpmath.findroot(lambda z: mpmath.cos(z) - z, 0.7)),
        (lambda z: z**3 - 2, 0.0, 5.0, mpmath.cbrt(2)),
        (lambda z: 3 - math.exp(z), -2.0, 9.0, mpmath.log(3)),
        (lambda z: math.tanh(z - 20), -5.0, 60.0, mpmath.mpf(20)),
    ],
)
def test_root_in_few_evaluations(g, low, high, exact):
    asked = []
    found = root(lambda z: asked.append(z) or g(z), low, high)
    assert found == pytest.approx(float(exact), rel=1e-13)
    assert len(asked) <= 45


@settings(max_examples=50)
@given(at=st.floats(-1, 1), low=st.floats(1e-3, 50), high=st.floats(1e-3, 50), steep=st.floats(1e-3, 1e3))
def test_lowest(at, low, high, steep):
    width = low + high
    kink = lowest(lambda z: steep * np.abs(z - at), at - low, at + high)
    smooth = lowest(lambda z: (z - at) ** 2, at - low, at + high)
    assert kink == pytest.approx(at, abs=2e-9 * width)
    assert smooth == pytest.approx(at, abs=2e-9 * width)


def test_lowest_at_an_end():
    assert lowest(lambda z: z, 0.0, 1.0) == pytest.approx(0, abs=1e-9)
    assert lowest(lambda z: -z, 0.0, 1.0) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize(
    "call",
    [
        lambda: boundary(lambda z: True, 1.0, 1.0),
        lambda: boundary(lambda z: True, math.nan, 1.0),
        lambda: boundary_at_once(lambda z: z > 0, 2.0, 1.0),
        lambda: first_whole(lambda t: t > 0, 0, [3, 0]),
        lambda: root(lambda z: z * z + 1, -1.0, 1.0),
        lambda: lowest(np.abs, 1.0, -1.0),
    ],
)
def test_bad_brackets(call):
    with pytest.raises(ValueError, match=r" = .*(high|signs)"):
        call()
