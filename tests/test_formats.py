"""The formats that every page writes its numbers in, against literals."""

import math

import numpy as np
import pytest

from dashboard.look.colours import DOWN, UP, ZERO, sign_glyph
from dashboard.look.formats import as_shown, fixed, percent, quotient, three, whole


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1.0, "1.00"),
        (12.5, "12.5"),
        (12.54999, "12.5"),
        # Halfway is away from zero, as in Vega; a float that only looks halfway is not.
        (31.25, "31.3"),
        (0.03125, "0.0313"),
        (-0.03125, "−0.0313"),
        (2.5 * 2**-13, "3.05 × 10⁻⁴"),
        (2**-10 + 2**-9, "0.00293"),
        (1.005, "1.00"),
        (1000.5, "1,001"),
        (131_072.0 + 428.0, "1.32 × 10⁵"),
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
    ("value", "text"), [(0.0078125, "0.007813"), (0.043382, "0.04338"), (12.5296, "12.53"), (0.99996, "1.000")]
)
def test_four_significant_digits(value, text):
    assert three(value, 4) == text


@pytest.mark.parametrize(
    ("larger", "smaller", "text"),
    [
        # 23.1 / 3.41 is 6.77 and 23.05 / 3.408 is 6.76; 2.00 / 1.00 is what it is; two digits would be far off 1.06 and 184.
        (23.0505, 3.40832, "about 6.8"),
        (2.0, 1.0, "2.00"),
        (1.0649, 1.0051, "about 1.06"),
        (18.51, 0.10049, "about 184"),
    ],
)
def test_a_quotient_is_what_a_reader_finds_who_divides(larger, smaller, text):
    assert quotient(larger, smaller) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.875, "87.5 %"),
        (0.99996, "100 %"),
        (0.5, "50 %"),
        (0.00123, "0.123 %"),
        (0.03125, "3.13 %"),
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


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(6.25, 1, "6.3"), (12.5, 0, "13"), (-0.5, 0, "−1"), (6.2499, 1, "6.2"), (1234.5, 0, "1,235"), (0.0, 1, "0.0")],
)
def test_decimals(value, decimals, text):
    assert fixed(value, decimals) == text


@pytest.mark.parametrize("value", [31.25, 0.0078125, 0.03125, 99_999.5, 0.0009995, 1 / 3, 1e-300, np.float32(0.1), 7])
def test_a_number_as_it_is_shown_is_the_one_that_is_written(value):
    text = three(value).replace(",", "")
    if "×" not in text:
        assert float(f"{float(text):.3g}") == as_shown(value) or as_shown(value) >= 1000
    assert as_shown(0.03125) == 0.0313 and as_shown(0.0) == 0.0 and as_shown(math.inf) == math.inf


def test_a_sign_is_an_arrow_or_a_dot():
    assert [sign_glyph(value) for value in (0.1, -1e-300, 0.0, -0.0)] == [UP, DOWN, ZERO, ZERO]
