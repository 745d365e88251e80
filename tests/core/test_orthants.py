"""Orthant probabilities of few Gaussians in few dimensions: closed forms, one-factor integrals, and Cover's count."""

import math

import numpy as np
import pytest

from core.orthants import orthants, sign_products
from core.signs.patterns import cover_count


def chances(vectors):
    vectors = np.asarray(vectors, dtype=float)
    return orthants(sign_products(vectors, len(vectors)), np.arange(len(vectors))[None])[0]


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_equally_correlated_by_a_half(n):
    """n + 1 independent numbers, the first of them smallest: 1 / (n + 1)."""
    vectors = np.linalg.cholesky(0.5 * np.eye(n) + 0.5)
    assert chances(vectors)[0] == pytest.approx(1 / (n + 1), abs=1e-14)


@pytest.mark.parametrize("loads", [(0.3, 0.9, -0.5, 0.7), (0.99, 0.98, 0.97, -0.95), (0.999, 0.1, 0.999, 0.999)])
def test_four_with_one_common_factor_against_a_fine_sum(loads):
    """Given the factor the four are independent; over it the trapezoid rule, at steps far below the steepest of them."""
    r = np.outer(loads, loads)
    np.fill_diagonal(r, 1.0)
    got = chances(np.linalg.cholesky(r))
    z = np.linspace(-9, 9, 4001)
    mass = np.exp(-z * z / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    slopes = [load / math.sqrt(1 - load**2) for load in loads]
    # By sign: +1 is 0, -1 is 1.
    chances_given = [
        [[math.erfc(-s * slope * one / math.sqrt(2)) / 2 for one in z] for s in (1, -1)] for slope in slopes
    ]
    for index in range(16):
        signs = [index >> (3 - j) & 1 for j in range(4)]
        each = np.prod([one[sign] for one, sign in zip(chances_given, signs, strict=True)], axis=0)
        assert got[index] == pytest.approx(float(each @ mass), abs=1e-11)


@pytest.mark.parametrize(("n", "dimensions"), [(3, 2), (6, 2), (5, 3), (8, 3), (5, 4), (6, 4), (8, 4)])
def test_more_vectors_than_dimensions(n, dimensions):
    vectors = np.random.default_rng(n).standard_normal((n, dimensions))
    got = chances(vectors)
    assert (got > 0).sum() == cover_count(n, dimensions)
    assert got.sum() == pytest.approx(1, abs=1e-11) and got == pytest.approx(got[::-1], abs=1e-11)
    drawn = np.random.default_rng(1).standard_normal((200_000, dimensions)) @ vectors.T < 0
    share = np.bincount(drawn @ 2 ** np.arange(n - 1, -1, -1), minlength=2**n) / 200_000
    assert (np.abs(share - got) <= 5 * np.sqrt(got / 200_000) + 1e-5).all() and (share[got == 0] == 0).all()


def test_in_the_plane_chances_are_angles():
    angles = np.array([0.1, 0.5, 1.4])
    got = chances(np.stack([np.cos(angles), np.sin(angles)], axis=1))
    assert got[0] == pytest.approx((math.pi - 1.3) / (2 * math.pi), abs=1e-14)
    assert got[0b011] == pytest.approx(0.4 / (2 * math.pi), abs=1e-14) and got[0b010] == 0


def test_equal_and_opposite_vectors():
    got = chances([[1, 2, 3, 4], [2, 4, 6, 8], [-1, -2, -3, -4], [1, 0, 0, 0], [1, 0, 0, 0]])
    seen = np.flatnonzero(got)
    assert seen.tolist() == [0b00100, 0b00111, 0b11000, 0b11011]
    angle = math.acos(1 / math.sqrt(30)) / math.pi
    assert got[seen] == pytest.approx([(1 - angle) / 2, angle / 2, angle / 2, (1 - angle) / 2], abs=1e-13)
