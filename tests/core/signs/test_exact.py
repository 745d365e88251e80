"""Small batches of discrete inputs, decided: against closed forms, enumeration of all columns, and sampling."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import Discrete, Inputs, PatternConfig, exact_lock, exact_patterns, measured_lock, measured_patterns
from core.signs.patterns import POSITIVE, reachable_patterns


def by_pattern(law, m, batch):
    exact = exact_patterns(PatternConfig(law, m, batch=batch))
    return exact, dict(zip(exact.patterns, exact.shares, strict=True))


def test_one_sample_of_signs_has_its_eight_patterns_equally_often():
    exact, shares = by_pattern(Inputs("signs", 2), 2, 1)
    assert sorted(shares.values()) == pytest.approx([0] * 8 + [1 / 8] * 8)
    assert all(share == 0 for pattern, share in shares.items() if np.prod(pattern) == -1)
    assert exact.bits == pytest.approx(3) and exact.with_zero == exact.error == 0


def test_two_samples_of_signs_by_hand():
    """Two columns are at right angles half of the time, else equal or opposite: 1/32, and 1/16 more where both rows agree, or
    both disagree."""
    _, shares = by_pattern(Inputs("signs", 2), 2, 2)
    for pattern, share in shares.items():
        alike = np.prod(pattern[0]) == np.prod(pattern[1])
        assert share == pytest.approx(1 / 32 + alike / 16, abs=1e-14)


def slow_shares(values, chances, m, n, batch):
    """Every column for every input in turn; rows of two or three weights by Sheppard's formula. Cosines are rounded, since an arcsine
    makes 1e-8 of the last digit of 1."""
    shares, zero = {}, 0.0
    columns = [
        (np.array(c, float), np.prod([chances[values.index(v)] for v in c])) for c in product(values, repeat=batch)
    ]
    for given_columns in product(columns, repeat=n):
        chance = math.prod(p for _, p in given_columns)
        if any(not c.any() for c, _ in given_columns):
            zero += chance
            continue
        unit = [c / np.linalg.norm(c) for c, _ in given_columns]
        rows = {}
        for row in product((1, -1), repeat=n):
            pairs = [
                row[i] * row[j] * math.asin(round(float(unit[i] @ unit[j]), 13)) for j in range(n) for i in range(j)
            ]
            rows[row] = (1 + 2 / math.pi * sum(pairs)) / 2**n
        for pattern in product(rows, repeat=m):
            shares[pattern] = shares.get(pattern, 0) + chance * math.prod(rows[row] for row in pattern)
    return shares, zero


@pytest.mark.parametrize(
    ("values", "chances", "m", "n", "batch"),
    [
        ((-1.0, 1.0), (0.5, 0.5), 2, 2, 4),
        ((-1.0, 1.0), (0.3, 0.7), 2, 3, 2),
        ((0.0, 1.0), (0.4, 0.6), 3, 2, 3),
        ((-1.0, 0.0, 2.0), (0.2, 0.3, 0.5), 2, 2, 3),
        ((0.5, 1.0), (0.9, 0.1), 2, 3, 3),
        ((1.0, 2.0), (0.5, 0.5), 1, 3, 4),
        ((-3.0, 0.5, 1.0, 2.0, 7.0), (0.2,) * 5, 3, 2, 2),
    ],
)
def test_shares_are_those_of_every_choice_of_columns(values, chances, m, n, batch):
    exact, shares = by_pattern(Inputs(Discrete(values, chances), n), m, batch)
    slow, zero = slow_shares(values, chances, m, n, batch)
    assert exact.with_zero == pytest.approx(zero, abs=1e-14)
    for pattern, share in shares.items():
        assert share == pytest.approx(slow[pattern], abs=1e-11)
    p = np.array([share for share in slow.values() if share > 1e-11]) / (1 - zero)
    assert exact.bits == pytest.approx(-(p * np.log2(p)).sum(), abs=1e-8)
    locked = sum(
        share
        for pattern, share in by_pattern(Inputs(Discrete(values, chances), n), 1, batch)[1].items()
        if len(set(pattern[0])) == 1
    )
    if 0 not in values:
        assert exact_lock(Inputs(Discrete(values, chances), n), batch) == pytest.approx(locked, abs=1e-12)


@pytest.mark.parametrize(
    ("law", "m", "batch"),
    [
        (Inputs("signs", 4), 2, 4),
        (Inputs(Discrete((0, 1), (0.3, 0.7)), 4, flipped=(1,)), 2, 4),
        (Inputs(Discrete((0.2, 1.0), (0.5, 0.5)), 5), 1, 4),
        (Inputs(Discrete((-1, 0, 1)), 3, flipped=(0, 2)), 2, 4),
        (Inputs(Discrete((-0.4, 0.2, 1.0), (0.3, 0.2, 0.5)), 3, centred=True), 2, 3),
        (Inputs(Discrete((0, 1), (0.5, 0.5)), 6), 1, 3),
    ],
)
def test_drawn_batches_scatter_about_the_exact_shares(law, m, batch):
    exact = exact_patterns(PatternConfig(law, m, batch=batch))
    drawn = measured_patterns(PatternConfig(law, m, batch=batch, draws=40_000, seed=4))
    assert exact.shares.sum() + exact.with_zero == pytest.approx(1, abs=1e-11)
    scatter = np.sqrt(exact.shares / 40_000)
    assert (np.abs(drawn.shares - exact.shares) <= 5.5 * scatter + 1e-4).all()
    assert (drawn.shares[exact.shares == 0] == 0).all()
    assert drawn.with_zero == pytest.approx(exact.with_zero, abs=5 * math.sqrt(exact.with_zero / 40_000))
    # Chi-squared, over the patterns that happen: a wrong share of a common pattern would stand out.
    seen = exact.shares > 5e-4
    chi = ((drawn.shares[seen] - exact.shares[seen]) ** 2 / exact.shares[seen]).sum() * 40_000
    assert chi < seen.sum() + 6 * math.sqrt(2 * seen.sum())
    share, error = measured_lock(law, batch, 40_000, 6)
    assert exact_lock(law, batch) == pytest.approx(share, abs=5 * error + 1e-9)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
@pytest.mark.parametrize("batch", [1, 2, 3, 4])
def test_no_sign_is_likelier_than_another_where_inputs_are_as_often_negative(n, batch):
    """Each column is as likely as its opposite, so the n signs are n coins: locked with chance 2^(1 - n), at any batch."""
    assert exact_lock(Inputs("signs", n), batch) == pytest.approx(2.0 ** (1 - n), rel=1e-9)


@given(st.floats(0.05, 0.95), st.integers(1, 5), st.integers(0, 5))
@settings(max_examples=30)
def test_the_lock_of_one_sample_of_zeros_and_ones(chance, n, flips):
    """Locked unless two inputs that are 1 have wires of both kinds."""
    flips = min(flips, n)
    law = Inputs(Discrete((0.0, 1.0), (1 - chance, chance)), n, flipped=tuple(range(flips)))
    none = [(1 - chance) ** k for k in (n - flips, flips)]
    assert exact_lock(law, 1) == pytest.approx(none[0] + none[1] - none[0] * none[1], rel=1e-9)


@pytest.mark.parametrize("batch", [1, 2])
def test_what_cannot_be_reached_has_no_share(batch):
    exact = exact_patterns(PatternConfig(Inputs(Discrete((0.3, 1.0)), 3), 2, batch=batch))
    seen = {pattern for pattern, share in zip(exact.patterns, exact.shares, strict=True) if share}
    assert seen <= set(reachable_patterns(2, 3, POSITIVE, batch))
    assert len(seen) == 4 or batch == 2


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: exact_patterns(PatternConfig("sigmoid")), "source = 'sigmoid'"),
        (lambda: exact_patterns(PatternConfig("signs", batch=5)), "batch = 5"),
        (lambda: exact_patterns(PatternConfig("signs", 1, 9)), "n = 9"),
        (lambda: exact_patterns(PatternConfig("signs", 2, 8, 4)), "n = 8"),
        (lambda: exact_lock(Inputs("signs", 9), 1), "n = 9"),
        (lambda: exact_lock(Inputs("signs", 2), 0), "batch = 0"),
        (lambda: exact_lock(Inputs("gaussian", 2), 2), "source = 'gaussian'"),
        (lambda: exact_lock("signs", 2), "inputs = 'signs'"),
    ],
)
def test_what_is_not_decided_is_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()


def test_the_stated_limits_are_accepted():
    for law, m, batch in ((Inputs("signs", 8), 2, 2), (Inputs(Discrete((-1, 0, 1)), 3), 5, 3)):
        assert exact_patterns(PatternConfig(law, m, batch=batch)).shares.sum() > 0.5
