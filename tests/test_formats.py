"""The formats that every page writes its numbers in, against literals."""

import math

import pytest

from dashboard.look.colours import DOWN, UP, ZERO, sign_glyph
from dashboard.look.formats import percent, three, whole


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1.0, "1.00"),
        (12.5, "12.5"),
        (12.54999, "12.5"),
        (0.05572, "0.0557"),
        (0.99996, "1.00"),
        (9.999, "10.0"),
        (999.6, "1,000"),
        (1234.4, "1,234"),
        (99_999.4, "99,999"),
        (0.001, "0.00100"),
        (0.000999, "9.99 × 10⁻⁴"),
        (123_456.0, "1.23 × 10⁵"),
        (1e308, "1.00 × 10³⁰⁸"),
        (-0.5, "−0.500"),
        (-2e-7, "−2.00 × 10⁻⁷"),
        (math.inf, "infinite"),
        (-math.inf, "−infinite"),
        (math.nan, "none"),
        (None, "none"),
    ],
)
def test_three_significant_digits(value, text):
    assert three(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.875, "87.5 %"),
        (0.99996, "100 %"),
        (0.5, "50 %"),
        (0.00123, "0.123 %"),
        (1e-4, "0.01 %"),
        (9.9e-5, "under 0.01 %"),
    ],
)
def test_percentages(share, text):
    assert percent(share) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (29, "29"), (1420, "1,420"), (9_999_999, "9,999,999"), (10**7, "1.00 × 10⁷"), (None, "none")],
)
def test_counts(count, text):
    assert whole(count) == text


def test_a_sign_is_an_arrow_or_a_dot():
    assert [sign_glyph(value) for value in (0.1, -1e-300, 0.0, -0.0)] == [UP, DOWN, ZERO, ZERO]
