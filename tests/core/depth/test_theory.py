"""The layers of a wide network against plain recursions, high precision and closed forms, over all that settings may be."""

import math
from itertools import product

import mpmath
import numpy as np
import pytest

from core.activations import ACTIVATIONS
from core.depth.gaussian import averages, log_variance, risen
from core.depth.mean_field import length_map
from core.depth.measured import DepthConfig, measure
from core.depth.normalisations import NORMS
from core.depth.theory import layers, profile
from tests.breadth import wide
from tests.core.gaussians import mp, nodes

PHI0 = 1 / math.sqrt(2 * math.pi)


def test_a_bounded_signal_is_added_up_over_a_thousand_layers():
    """4 sigma, skip: E f = 2, and E f^2 = 16 (1/2 - E sigma'), by the trapezoidal rule over z, whose scale is 1."""
    z = np.arange(-45, 45, 0.05)
    slope = 1 / (4 * np.cosh(z / 2) ** 2)
    mean, square = 0.0, 1.0
    for layer in layers("four", 1000, 100.0, skip=True):
        s = 100 * math.sqrt(square)
        average = float((slope * np.exp(-0.5 * (z / s) ** 2)).sum()) * 0.05 * PHI0 / s
        mean, square = mean + 2, square + 4 * mean + 16 * (0.5 - average)
        assert layer.a2 == pytest.approx(square, rel=1e-11)
    assert square == pytest.approx(4.004e6, rel=1e-3)


@pytest.mark.parametrize("key", ["sigmoid", "four", "centred", "softplus", "tanh", "gelu", "identity"])
@pytest.mark.parametrize("sigma_w", [1e-6, 1e-8, 1e-12, 1e-200, 5e-324])
def test_a_normalisation_behind_small_weights_undoes_them(key, sigma_w):
    """Near 0 f is a straight line, and a normalised straight line keeps the gradient as it is."""
    for layer in layers(key, 3, sigma_w, norm="layer after"):
        assert layer.gain == pytest.approx(1, rel=1e-10)
        assert layer.log_slope2 == pytest.approx(-2 * math.log10(sigma_w), abs=1e-10)
        assert layer.log_q == pytest.approx(2 * math.log10(sigma_w), abs=1e-12) and layer.a2 == 1


@pytest.mark.parametrize("sigma_w", [1e-4, 0.02, 0.3, 3.0])
@pytest.mark.parametrize("key", ["sigmoid", "softplus"])
def test_the_spread_of_an_activation_in_high_precision(key, sigma_w):
    f = {"sigmoid": lambda z: 1 / (1 + mp.exp(-z)), "softplus": lambda z: mp.log(1 + mp.exp(z))}[key]
    df = {"sigmoid": lambda z: 1 / (4 * mp.cosh(z / 2) ** 2), "softplus": lambda z: 1 / (1 + mp.exp(-z))}[key]
    values = [(p, f(z), df(z)) for z, p in nodes(sigma_w)]
    mean = mp.fsum(p * value for p, value, _ in values)
    variance = mp.fsum(p * (value - mean) ** 2 for p, value, _ in values)
    slope2 = mp.fsum(p * slope**2 for p, _, slope in values)
    found = layers(key, 1, sigma_w, norm="layer after")[0]
    assert found.slope2 == pytest.approx(float(slope2 / variance), rel=1e-11)
    assert log_variance(key, 2 * math.log10(sigma_w)) == pytest.approx(float(mpmath.log10(variance)), abs=1e-11)


@pytest.mark.parametrize("z", [1e-300, 1e-8, 1e-3, 0.0099, 0.5, 30.0])
@pytest.mark.parametrize("key", ["sigmoid", "softplus"])
def test_the_rise_from_0_does_not_cancel(key, z):
    with mpmath.workdps(340):
        x = mpmath.mpf(z)
        for sign in (1, -1):
            e = mpmath.exp(-sign * x)
            exact = 1 / (1 + e) - mpmath.mpf(1) / 2 if key == "sigmoid" else mpmath.log((1 + 1 / e) / 2)
            assert float(risen(ACTIVATIONS[key], np.array([sign * z]))[0]) == pytest.approx(
                float(exact), rel=2e-13, abs=0
            )


def test_softplus_far_out_is_what_its_expansion_says():
    """E sigma(s Z)^2 = 1/2 - phi(0) / s + O(s^-3), since sigma^2 = sigma - sigma', and E softplus^2 -> s^2 / 2."""
    found = layers("softplus", 60, 10.0)
    assert found[-1].log_q > 80
    for layer in found:
        if layer.log_q > 8:
            slope2 = 0.5 - PHI0 * 10 ** (-layer.log_q / 2)
            assert layer.log_slope2 == pytest.approx(math.log10(slope2), abs=1e-11)
            assert layer.log_a2 == pytest.approx(layer.log_q - math.log10(2), abs=1e-4)


@pytest.mark.parametrize("key", list(ACTIVATIONS))
def test_averages_have_no_step_where_another_formula_takes_over(key):
    for border in (-14.0, 16.0):
        below, above = averages(key, border - 1e-9), averages(key, border + 1e-9)
        for name in ("share", "log_f2", "log_df2"):
            assert getattr(below, name) == pytest.approx(getattr(above, name), abs=5e-9), name
        assert log_variance(key, border - 1e-9) == pytest.approx(log_variance(key, border + 1e-9), abs=5e-9)


@pytest.mark.parametrize("key", list(ACTIVATIONS))
def test_a_plain_recursion_gives_the_same_where_floats_reach(key):
    for sigma_w, sigma_b in ((1e-3, 0.0), (1.0, 0.5), (2.0, 0.0), (0.7, 1e-9)):
        q = sigma_w**2 + sigma_b**2
        for layer in layers(key, 12, sigma_w, sigma_b):
            assert layer.q == pytest.approx(q, rel=1e-12)
            q = length_map(key, q, sigma_w, sigma_b)


SIGMAS = (0.0, 5e-324, 1e-200, 1e-8, 1.0, 100.0)


KINDS = ("sigmoid", "relu", "gelu", "softplus")


@pytest.mark.parametrize(
    ("key", "norm"),
    wide(
        product(ACTIVATIONS, NORMS),
        *((key, norm) for key in ACTIVATIONS for norm in NORMS if norm == "none" or key in KINDS),
    ),
)
def test_every_setting_has_a_finite_answer_or_an_exact_nothing(key, norm):
    for sigma_w, sigma_b, skip in product(SIGMAS, SIGMAS, (False, True)):
        found = layers(key, 6, sigma_w, sigma_b, norm, skip)
        for column in (profile(found, 64).log_delta, profile(found, 64).log_dw, profile(found, 64).log_x):
            assert not np.isnan(column).any() and (column < math.inf).all()
        if sigma_w > 0:
            assert all(math.isfinite(one.log_gain) and math.isfinite(one.log_slope2) for one in found)
            assert all(math.isfinite(one.log_a2) for one in found)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("key", ["sigmoid", "relu", "softplus"])
def test_without_weights_theory_and_measurement_agree_on_what_is_left(key, norm, skip):
    for sigma_b in (0.0, 0.5):
        config = DepthConfig(key, 4, 400, 0.0, sigma_b, 3, norm, skip)
        run, theory = measure(config), profile(layers(key, 4, 0.0, sigma_b, norm, skip), 400)
        for name in ("log_delta", "log_dw", "log_x"):
            found, expected = np.median(getattr(run, name), axis=0), getattr(theory, name)
            assert (np.isneginf(found) == np.isneginf(expected)).all(), name
            there = np.isfinite(expected)
            assert np.allclose(found[there], expected[there], atol=0.06), name


def test_no_layers_are_no_profile():
    with pytest.raises(ValueError, match="number of layers"):
        profile([], 10)
