"""Checked parameters: what they let through and what they say."""

import math

import numpy as np
import pytest

from core.checks import check_array, check_choice, check_int, check_real, read_only


@pytest.mark.parametrize("value", [math.nan, math.inf, -0.1, 1.1, "0.5", None, True, 1j])
def test_a_bad_number_is_named_with_its_range(value):
    with pytest.raises(ValueError, match=r"share = .* is not a finite number in \[0, 1\]"):
        check_real("share", value, 0, 1)


@pytest.mark.parametrize("value", [math.nan, -1, 11, 2.5, "3", None, False])
def test_a_bad_count_is_named_with_its_range(value):
    with pytest.raises(ValueError, match=r"steps = .* is not a whole number in \[0, 10\]"):
        check_int("steps", value, 0, 10)


def test_good_values_come_back_plain():
    assert (check_real("x", np.float64(0.5)), check_int("n", np.int64(3), 0, 9)) == (0.5, 3)
    assert type(check_real("x", 1)) is float and type(check_int("n", np.int32(3), 0, 9)) is int
    assert check_choice("c", "b", ("a", "b")) == "b"


def test_a_choice_lists_the_choices():
    with pytest.raises(ValueError, match="c = 'z' is not one of 'a', 'b'"):
        check_choice("c", "z", ("a", "b"))
    with pytest.raises(ValueError, match="c = True"):
        check_choice("c", True, (1, 2))


@pytest.mark.parametrize("value", [[1.0], [[1.0, 2.0]], [1.0, math.nan], [1.0, 2.0, 3.0]])
def test_a_bad_array_is_named_with_its_shape(value):
    with pytest.raises(ValueError, match=r"w = .* is not a finite array of shape \(2\)"):
        check_array("w", value, (2,))


def test_results_cannot_be_changed():
    array = read_only(np.zeros(3))
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1
