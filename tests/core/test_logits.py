"""core.logits: mpmath, finite differences, and one sigmoid as its case of two classes."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.logits import shares_and_logs, softmax, softmax_gradient, softmax_loss
from core.output import CROSS_ENTROPY, gradient, loss

logits = st.lists(st.floats(-40, 40), min_size=2, max_size=6)


def shares_of(weights: list[float]) -> np.ndarray:
    return np.array(weights) / sum(weights)


@settings(max_examples=50)
@given(z=logits, data=st.data())
def test_against_high_precision(z, data):
    y = shares_of(data.draw(st.lists(st.floats(0.01, 1), min_size=len(z), max_size=len(z))))
    with mpmath.workdps(40):
        weights = [mpmath.exp(v) for v in z]
        p = [weight / sum(weights) for weight in weights]
        value = -sum(float(share) * mpmath.log(one) for share, one in zip(y, p, strict=True))
        slope = [one - mpmath.mpf(float(share)) for share, one in zip(y, p, strict=True)]
    assert softmax(z) == pytest.approx([float(one) for one in p], rel=1e-13)
    assert float(softmax_loss(z, y)) == pytest.approx(float(value), rel=1e-12)
    assert softmax_gradient(z, y) == pytest.approx([float(one) for one in slope], rel=1e-10, abs=1e-15)


@settings(max_examples=50)
@given(z=st.lists(st.floats(-8, 8), min_size=2, max_size=6), data=st.data())
def test_gradient_matches_finite_differences(z, data):
    y = np.zeros(len(z))
    y[data.draw(st.integers(0, len(z) - 1))] = 1
    h = 1e-3
    for k in range(len(z)):
        shift = np.zeros((4, len(z)))
        shift[:, k] = [-2 * h, -h, h, 2 * h]
        difference = float(softmax_loss(np.array(z) + shift, y) @ [1, -8, 8, -1]) / (12 * h)
        scale = float(softmax_loss(z, y)) + abs(difference)
        assert float(softmax_gradient(z, y)[k]) == pytest.approx(difference, rel=1e-6, abs=1e-11 * scale + 1e-14)


@settings(max_examples=50)
@given(z=st.floats(-700, 700), y=st.sampled_from([0.0, 1.0, 0.3]))
def test_two_classes_are_one_sigmoid(z, y):
    pair = [y, 1 - y]
    assert float(softmax_loss([z, 0.0], pair)) == pytest.approx(float(loss(CROSS_ENTROPY, z, y)), rel=1e-12, abs=1e-300)
    one = float(gradient(CROSS_ENTROPY, z, y))
    assert softmax_gradient([z, 0.0], pair) == pytest.approx([one, -one], rel=1e-12, abs=1e-16 if y == 0.3 else 1e-300)


def test_safe_to_ten_thousand():
    with np.errstate(all="raise"):
        z = np.array([[1e4, -1e4, 0.0], [0.0, 0.0, 0.0]])
        assert softmax_loss(z, [0, 1, 0]) == pytest.approx([2e4, math.log(3)], rel=1e-15)
        assert softmax_gradient(z, [0, 1, 0])[0].tolist() == [1.0, -1.0, 0.0]
        assert softmax(z)[0].tolist() == [1.0, 0.0, 0.0]


def test_a_loss_near_zero_keeps_its_precision():
    assert float(softmax_loss([50.0, 0.0], [1, 0])) == pytest.approx(math.exp(-50), rel=1e-14)
    assert float(softmax_gradient([50.0, 0.0], [1, 0])[0]) == pytest.approx(-math.exp(-50), rel=1e-14)


@pytest.mark.parametrize(
    ("z", "y"),
    [
        ([1.0], [1.0]),
        (1.0, [1.0]),
        ([1e5, 0.0], [1, 0]),
        ([math.nan, 0.0], [1, 0]),
        ([1.0, 2.0], [1, 0, 0]),
        ([1.0, 2.0], [0.5, 0.6]),
        ([1.0, 2.0], [-0.5, 1.5]),
    ],
)
def test_bad_arguments(z, y):
    with pytest.raises(ValueError, match=r"[zy] = .* is not"):
        softmax_loss(z, y)


def test_the_unchecked_kernel_is_the_softmax_and_its_logarithm():
    z = np.random.default_rng(1).normal(0, 20, (3, 5, 10))
    p, log_p = shares_and_logs(z)
    assert p.shape == log_p.shape == z.shape
    assert (p == softmax(z)).all()
    with mpmath.workdps(40):
        for row, found, logs in zip(z.reshape(-1, 10), p.reshape(-1, 10), log_p.reshape(-1, 10), strict=True):
            weights = [mpmath.exp(v) for v in row]
            exact = [weight / sum(weights) for weight in weights]
            assert found == pytest.approx([float(one) for one in exact], rel=1e-13)
            assert logs == pytest.approx([float(mpmath.log(one)) for one in exact], rel=1e-14, abs=1e-15)


def test_the_unchecked_kernel_changes_nothing_it_is_given_and_says_nothing():
    z = np.array([[0.0, -5000.0, 9000.0]])
    z.setflags(write=False)
    with np.errstate(all="raise", under="ignore"):
        p, log_p = shares_and_logs(z)
    assert p.tolist() == [[0.0, 0.0, 1.0]] and log_p.tolist() == [[-9000.0, -14000.0, 0.0]]
