"""Sign patterns against enumeration by another route, against drawn samples, and against counts in closed form."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.signs.patterns import (
    ANY,
    POSITIVE,
    all_patterns,
    behind_output_unit,
    check_pattern,
    cover_count,
    enough_samples,
    fewest_steps,
    one_sample_counts,
    reach,
    reachable_patterns,
)

SIZES = [(m, n) for m in (1, 2, 3) for n in (1, 2, 3)]
ASKED = {
    "the asker's: w1, w3 up and w2, w4 down": ((1, -1), (1, -1)),
    "only w1 up": ((1, -1), (-1, -1)),
    "rows opposite": ((1, 1), (-1, -1)),
    "all up": ((1, 1), (1, 1)),
}


def enumerated(m: int, n: int, inputs: str, batch: int) -> set:
    """By brute force over the geometry: rank-one sign matrices for one sample; for two, every order of the columns on a
    half-circle (and every set of negated columns, for inputs of any sign), every place of every row's line."""
    if batch == 1:
        columns = [(1,) * n] if inputs == POSITIVE else list(product((1, -1), repeat=n))
        return {
            tuple(tuple(s * c for c in column) for s in rows)
            for rows in product((1, -1), repeat=m)
            for column in columns
        }
    found = set()
    for order in permutations(range(n)):
        for flips in product((1, -1), repeat=n) if inputs == ANY else [(1,) * n]:
            rows = set()
            for cut, side in product(range(n + 1), (1, -1)):
                place = {column: position for position, column in enumerate(order)}
                rows.add(tuple(flips[j] * (side if place[j] < cut else -side) for j in range(n)))
            found |= set(product(rows, repeat=m))
    return found


def drawn(m: int, n: int, inputs: str, batch: int, rng: np.random.Generator) -> set:
    a = rng.standard_normal((20_000, batch, n))
    a = np.abs(a) ** 3 if inputs == POSITIVE else a
    update = -np.einsum("xbm,xbn->xmn", rng.standard_normal((20_000, batch, m)), a)
    # A pattern as one number, bit by bit: no product of drawn numbers is 0.
    codes = np.unique((update > 0).reshape(len(update), -1) @ 2 ** np.arange(m * n))
    signs = 2 * (codes[:, None] >> np.arange(m * n) & 1) - 1
    return {tuple(map(tuple, p)) for p in signs.reshape(-1, m, n).tolist()}


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("inputs", [POSITIVE, ANY])
@pytest.mark.parametrize(("m", "n"), SIZES)
def test_the_reachable_set_is_the_enumerated_one(m, n, inputs, batch):
    reached = set(reachable_patterns(m, n, inputs, batch))
    assert reached == enumerated(m, n, inputs, batch)
    assert drawn(m, n, inputs, batch, np.random.default_rng(m * 10 + n)) <= reached


def test_three_by_three_in_two_positive_samples_is_neither_everything_nor_a_power_of_two():
    assert len(reachable_patterns(3, 3, POSITIVE, 2)) == 464
    assert len(reachable_patterns(3, 3, ANY, 2)) == 512
    assert len(reachable_patterns(3, 3, POSITIVE, 3)) == 512


@pytest.mark.parametrize(("m", "n"), SIZES)
def test_one_sample_counts_are_the_sizes_of_the_enumerated_sets(m, n):
    positive, anything, every = one_sample_counts(m, n)
    assert positive == len(enumerated(m, n, POSITIVE, 1))
    assert anything == len(enumerated(m, n, ANY, 1))
    assert every == len(all_patterns(m, n)) == len(set(all_patterns(m, n)))


def test_four_patterns_and_who_can_make_them():
    one_positive = {name: reach(p, POSITIVE).reachable for name, p in ASKED.items()}
    one_tanh = {name: reach(p, ANY).reachable for name, p in ASKED.items()}
    assert list(one_positive.values()) == [False, False, True, True]
    assert list(one_tanh.values()) == [True, False, True, True]
    assert [fewest_steps(p)[0] for p in ASKED.values()] == [2, 2, 1, 1]


@given(st.integers(1, 3), st.integers(1, 3), st.sampled_from([POSITIVE, ANY]), st.integers(1, 5), st.data())
@settings(max_examples=50)
def test_a_witness_does_what_it_says(m, n, inputs, batch, data):
    pattern = data.draw(st.sampled_from(all_patterns(m, n)))
    found = reach(pattern, inputs, min(batch, 2) if batch < enough_samples(m, n, inputs) else batch)
    if found.reachable:
        assert (np.sign(-found.deltas.T @ found.inputs) == np.array(pattern)).all()
        assert (np.abs(found.inputs) <= 1).all() and ((inputs == ANY) or (found.inputs > 0).all())
    else:
        assert found.deltas is None and found.inputs is None and found.reason.endswith(".")


@pytest.mark.parametrize("positive", [True, False])
@pytest.mark.parametrize(("n", "batch"), [(3, 1), (3, 2), (4, 2), (5, 2), (3, 3), (4, 4)])
def test_given_inputs_reach_covers_count_whether_positive_or_not(n, batch, positive):
    a = np.random.default_rng(n).standard_normal((batch, n))
    a = np.abs(a) if positive else a
    assert len(reachable_patterns(1, n, a, batch)) == cover_count(n, batch)
    assert len(reachable_patterns(2, n, a, batch)) == cover_count(n, batch) ** 2


def test_covers_count_in_closed_form():
    assert [cover_count(3, b) for b in (1, 2, 3, 9)] == [2, 6, 8, 8]
    assert cover_count(10, 5) == 2 * (1 + 9 + 36 + 84 + 126)


def test_given_witnesses_hold_and_parallel_inputs_are_tied():
    a = np.array([[1.0, 2.0, 0.5], [0.3, 0.6, 2.0]])
    reached = reachable_patterns(1, 3, a, 2)
    for pattern in reached:
        found = reach(pattern, a, 2)
        assert (np.sign(-found.deltas.T @ found.inputs) == np.array(pattern)).all()
    assert all(row[0] == row[1] for (row,) in reached) and len(reached) == 4


def test_an_input_of_zero_makes_an_exact_zero_and_is_said_so():
    found = reach(((1, 1), (1, 1)), [[0.0, 1.0]])
    assert not found.reachable and "exactly 0" in found.reason


def test_one_output_unit_leaves_two_patterns():
    v, rng, seen = np.array([0.7, -1.2]), np.random.default_rng(1), set()
    for _ in range(300):
        a, slope, error = rng.random(2) + 0.1, rng.random(2) / 4 + 0.01, rng.standard_normal()
        update = -np.outer(v * slope * error, a)
        seen.add(tuple(map(tuple, np.sign(update).astype(int).tolist())))
    assert seen == set(behind_output_unit(v, 2)) and len(seen) == 2


def test_what_is_not_decided_exactly_is_said():
    with pytest.raises(ValueError, match="batch = 3 is not decided exactly"):
        reach(np.ones((4, 4), dtype=int).tolist(), POSITIVE, 3)
    with pytest.raises(ValueError, match="rank below n = 4"):
        reach(((1, 1, 1, 1),), np.ones((3, 4)), 3)
    for bad in ((), ((1, 0),), ((1,), (1, 1)), ((2, 1),)):
        with pytest.raises(ValueError, match="pattern = "):
            check_pattern(bad)
    with pytest.raises(ValueError, match="inputs = 'negative'"):
        reach(((1,),), "negative")
    with pytest.raises(ValueError, match="outgoing"):
        behind_output_unit([1.0, 0.0], 2)


def test_the_size_of_an_input_changes_no_sign():
    """A diagonal of any sizes has full rank."""
    for diagonal in ([1, 1e-20, 1], [1e150, 1, 1e-150], [1, 1, 1e-300]):
        for pattern in (((1, -1, 1), (-1, -1, 1)), ((1, 1, 1), (1, -1, -1))):
            found = reach(pattern, np.diag(diagonal), 3)
            assert found.reachable
            assert (np.sign(-found.deltas.T @ found.inputs) == np.array(pattern)).all()


@settings(max_examples=200)
@given(
    st.lists(
        st.lists(st.sampled_from([0.0, 1.0, -1.0, 0.5, 1e-13, 1e-160, 1e150]), min_size=3, max_size=3),
        min_size=2,
        max_size=2,
    ),
    st.lists(st.sampled_from([1, -1]), min_size=3, max_size=3),
)
def test_an_example_for_given_inputs_makes_the_pattern(inputs, row):
    try:
        found = reach((tuple(row),), inputs, 2)
    except ValueError:
        return
    if found.reachable:
        assert (np.sign(-found.deltas.T @ np.array(inputs)) == np.array(row)).all()
    else:
        rng = np.random.default_rng(0)
        tried = -rng.standard_normal((20_000, 2)) @ np.array(inputs)
        assert not (np.sign(tried) == np.array(row)).all(axis=1).any()


def test_examples_are_inputs_that_a_sigmoid_can_give():
    for m, n in SIZES:
        for batch in (1, 2, 3, 5):
            for pattern in all_patterns(m, n)[::7]:
                try:
                    found = reach(pattern, POSITIVE, batch)
                except ValueError:
                    continue
                if found.reachable:
                    assert (found.inputs > 0).all() and (found.inputs < 1).all()


@pytest.mark.parametrize(
    "bad", [None, 5, [1, 1], [], [[]], [[1, 1], [1]], [[1j, 1]], [[1, 0]], [["1"]], [[True, 2]], "up"]
)
def test_what_is_no_pattern_is_named(bad):
    with pytest.raises(ValueError, match="pattern"):
        check_pattern(bad)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: fewest_steps(((1, -1),), np.ones((2, 2))), "inputs"),
        (lambda: fewest_steps(((1, -1),), None), "inputs"),
        (lambda: enough_samples(2, 2, "foo"), "inputs"),
        (lambda: behind_output_unit([], 2), "outgoing"),
        (lambda: reach(((1, -1),), "Positive"), "inputs"),
    ],
)
def test_bad_arguments_are_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
