"""The law of a neuron's inputs: moments, curvature and sign lock against sampling, high precision and dense algebra."""

import functools
import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.activations import ACTIVATIONS
from core.inputs import (
    SOURCES,
    Inputs,
    condition_number,
    discrete_law,
    draw_inputs,
    input_moments,
    input_powers,
    input_range,
    measured_second_moment,
    second_moment,
    spectrum,
)
from core.laws import Discrete
from core.locks import noise_lock
from core.orthants import one_factor_lock
from tests.core.gaussians import nodes

UNIT = Inputs("uniform", 2, 0.5, 12**-0.5)

laws = st.builds(
    lambda source, n, mean, spread, centred, flips: Inputs(
        source, n, mean, spread, centred, tuple(sorted({f % n for f in flips}))
    ),
    st.sampled_from((*SOURCES, Discrete((0.0, 0.5, 2.0), (0.5, 0.3, 0.2)))),
    st.integers(1, 6),
    st.floats(-3, 3),
    st.floats(0.05, 3),
    st.booleans(),
    st.lists(st.integers(0, 5), max_size=3),
)


def test_uniform_inputs_on_the_unit_square_have_kappa_seven():
    assert spectrum(UNIT).eigenvalues == pytest.approx([1 / 12, 7 / 12], rel=1e-12)
    assert condition_number(UNIT) == pytest.approx(7, rel=1e-12)


@pytest.mark.parametrize("key", list(ACTIVATIONS))
def test_moments_against_high_precision(key):
    f = {
        "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
        "centred": lambda z: mpmath.tanh(z / 2) / 2,
        "four": lambda z: 4 / (1 + mpmath.exp(-z)),
        "four_centred": lambda z: 2 * mpmath.tanh(z / 2),
        "bipolar": lambda z: mpmath.tanh(z / 2),
        "tanh": mpmath.tanh,
        "relu": lambda z: max(z, mpmath.mpf(0)),
        "leaky_relu": lambda z: z if z > 0 else z / 100,
        "gelu": lambda z: z * mpmath.ncdf(z),
        "silu": lambda z: z / (1 + mpmath.exp(-z)),
        "softplus": lambda z: mpmath.log1p(mpmath.exp(z)),
        "identity": lambda z: z,
    }[key]
    if key in ("relu", "leaky_relu"):
        powers = [mpmath.quad(lambda z, k=k: mpmath.npdf(z) * f(z) ** k, [-15, -4, 0, 4, 15]) for k in range(5)]
    else:
        values = [(p, f(z)) for z, p in nodes(1.0)]
        powers = [mpmath.fsum(p * value**k for p, value in values) for k in range(5)]
    assert input_powers(Inputs(key)) == pytest.approx([float(p) for p in powers], rel=1e-10, abs=1e-12)
    mu, s = input_moments(Inputs(key))
    assert mu == pytest.approx(float(powers[1]), abs=1e-12)
    assert s == pytest.approx(float(mpmath.sqrt(powers[2] - powers[1] ** 2)), rel=1e-10)


@given(laws)
@settings(max_examples=50)
def test_the_spectrum_is_that_of_the_second_moment(law):
    h, shape = second_moment(law), spectrum(law)
    assert np.allclose(shape.vectors @ np.diag(shape.eigenvalues) @ shape.vectors.T, h, atol=1e-9 * h.max())
    assert np.allclose(shape.vectors.T @ shape.vectors, np.eye(law.n), atol=1e-12)
    assert shape.kappa == pytest.approx(np.linalg.cond(h), rel=1e-6)
    assert condition_number(law, bias=True) == pytest.approx(np.linalg.cond(second_moment(law, bias=True)), rel=1e-5)


@given(laws)
@settings(max_examples=50)
def test_with_a_bias_centring_never_raises_kappa(law):
    centred = Inputs(law.source, law.n, law.mean, law.spread, True, law.flipped)
    assert condition_number(centred, bias=True) <= condition_number(law, bias=True) * (1 + 1e-9)


def test_without_a_bias_centring_can_raise_kappa_where_inputs_differ():
    """Not with this module's equal, independent inputs, where kappa is at least 1 and centring makes it 1; but with one
    input of a small spread and a large mean."""
    mean, spread = np.array([0.0, 1.0]), np.array([1.0, 0.1])
    raw = np.diag(spread**2) + np.outer(mean, mean)
    assert np.linalg.cond(np.diag(spread**2)) > 50 * np.linalg.cond(raw)


@pytest.mark.parametrize(
    "law",
    [Inputs("sigmoid", 3), Inputs("relu", 2), Inputs("tanh", 2, flipped=(1,)), UNIT, Inputs("gelu", 2, centred=True)],
)
def test_the_measured_second_moment_is_the_exact_one(law):
    samples = 200_000
    for bias in (False, True):
        exact = second_moment(law, bias)
        error = 5 * math.sqrt(max(input_powers(law)[4], 1) / samples)
        assert np.abs(measured_second_moment(law, samples, 1, bias) - exact).max() < error


@given(laws)
@settings(max_examples=50)
def test_drawn_inputs_stay_in_their_range(law):
    a = draw_inputs(law, np.random.default_rng(0), (500,)) * law.signs
    low, high = input_range(law)
    assert (a >= low - 1e-9).all() and (a <= high + 1e-9).all()


def test_gaussian_inputs_have_the_moments_they_are_given():
    """E (mu + s Z)^k, expanded; and everything that takes inputs takes them."""
    law = Inputs("gaussian", 2, -1.5, 0.7, flipped=(1,))
    mu, s = -1.5, 0.7
    powers = [1, mu, mu**2 + s**2, mu**3 + 3 * mu * s**2, mu**4 + 6 * mu**2 * s**2 + 3 * s**4]
    assert input_powers(law) == pytest.approx(powers, rel=1e-14)
    assert input_range(law) == (-math.inf, math.inf) and input_moments(law) == (mu, s)
    assert condition_number(law) == pytest.approx(1 + 2 * (mu / s) ** 2)
    draws = draw_inputs(law, np.random.default_rng(0), (100_000,))
    assert draws.mean(0) == pytest.approx([mu, -mu], abs=0.01) and draws.std(0) == pytest.approx([s, s], abs=0.01)
    assert input_moments(Inputs("gaussian", 2, -1.5, 0.7, centred=True)) == (0, s)


@given(
    st.lists(st.floats(-3, 3).map(lambda x: round(x, 2)), min_size=2, max_size=5, unique=True),
    st.lists(st.floats(0.1, 1), min_size=5, max_size=5),
    st.booleans(),
)
@settings(max_examples=30)
def test_a_discrete_law_has_the_moments_of_its_sums(values, weights, centred):
    total = sum(weights[: len(values)])
    chances = [w / total for w in weights[: len(values)]]
    mean = sum(p * v for p, v in zip(chances, values, strict=True))
    law = Inputs(Discrete(values, chances), 3, centred=centred)
    shift = mean if centred else 0
    powers = [sum(p * (v - shift) ** k for p, v in zip(chances, values, strict=True)) for k in range(5)]
    assert input_powers(law) == pytest.approx(powers, rel=1e-9, abs=1e-12)
    assert input_moments(law)[1] ** 2 == pytest.approx(powers[2] - powers[1] ** 2, rel=1e-6)
    draws = draw_inputs(law, np.random.default_rng(1), (2000,))
    for value, chance in zip(values, chances, strict=True):
        share = np.isclose(draws, value - shift, atol=1e-12).mean()
        assert share == pytest.approx(chance, abs=5 * math.sqrt(chance / 6000))
    assert hash(law) == hash(Inputs(Discrete(tuple(values), tuple(chances)), 3, centred=centred))


def test_signs_are_a_coin_and_zeros_stay_zeros():
    assert input_moments(Inputs("signs")) == (0, 1) and input_range(Inputs("signs")) == (-1, 1)
    assert set(draw_inputs(Inputs("signs"), np.random.default_rng(0), (100,)).ravel()) == {-1, 1}
    drawn = draw_inputs(Inputs(Discrete((0, 0.3), (0.9, 0.1))), np.random.default_rng(0), (100,))
    assert set(drawn.ravel()) == {0, 0.3}
    centred = Inputs(Discrete((0.1, 0.2, 0.3)), 2, centred=True)
    assert np.mean((0.1, 0.2, 0.3)) != 0.2, "the mean is off the value in the middle by rounding"
    assert (draw_inputs(centred, np.random.default_rng(0), (100,)) == 0).mean() == pytest.approx(1 / 3, abs=0.15)
    assert input_moments(centred)[0] == 0 and 0 in discrete_law(centred)[0]


@pytest.mark.parametrize(
    "bad",
    [
        {"values": (1.0,)},
        {"values": (1.0, 1.0)},
        {"values": (1.0, 1.0001)},
        {"values": range(17)},
        {"values": (0.0, 200.0)},
        {"values": (0.0, 1.0), "probabilities": (0.5, 0.6)},
        {"values": (0.0, 1.0), "probabilities": (1.0,)},
        {"values": (0.0, 1.0), "probabilities": (1.5, -0.5)},
        {"values": (0.0, 1.0), "probabilities": (1.0, 0.0)},
    ],
)
def test_what_is_no_discrete_law_is_named(bad):
    with pytest.raises(ValueError, match=r"(values|probabilities) = "):
        Discrete(**bad)


def test_the_first_uses_of_a_law_refuse_what_is_none():
    for call in (input_moments, noise_lock, spectrum, lambda x: measured_second_moment(x, 10, 0), input_range):
        with pytest.raises(ValueError, match="inputs = 'sigmoid' is not of the class Inputs"):
            call("sigmoid")


def test_flipping_negates_the_same_draws():
    law, flipped = Inputs("sigmoid", 3), Inputs("sigmoid", 3, flipped=(0, 2))
    draws = [draw_inputs(one, np.random.default_rng(5), (10,)) for one in (law, flipped)]
    assert (draws[1] == draws[0] * [-1, 1, -1]).all()


@pytest.mark.parametrize("ratio", [0.0, 0.5, 2.4, 20.0])
@pytest.mark.parametrize(("flips", "n"), [(0, 2), (1, 2), (0, 5), (2, 5)])
def test_the_one_factor_integral_against_a_fine_sum(ratio, flips, n):
    z = np.linspace(-9, 9, 9001)
    above = np.array([math.erfc(-ratio * one / math.sqrt(2)) / 2 for one in z])
    mass = np.exp(-z * z / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    exact = 2 * (above ** (n - flips) * above[::-1] ** flips) @ mass
    assert one_factor_lock(ratio, flips, n) == pytest.approx(exact, rel=1e-9, abs=1e-13)


@functools.cache
def above_and_below(ratio):
    """(p, Phi(u), Phi(-u)) at the nodes u = ratio z of the trapezoid rule over the whole line, in 25 digits."""
    with mpmath.workdps(25):
        r = mpmath.mpf(ratio)
        # Phi^64 grows as exp(32 y^2) beside the real line, so its error falls as exp(-2 pi^2 / (65 h^2)).
        h = min(r, 1) / 16
        where = [k * h for k in range(-160, 161)]
        return [(mpmath.npdf(u / r) * h / r, mpmath.ncdf(u), mpmath.ncdf(-u)) for u in where]


@pytest.mark.parametrize("ratio", [1e-3, 0.9, 1.1, 30.0, 1.4e8, 1e15])
@pytest.mark.parametrize(("flips", "n"), [(0, 2), (3, 3), (0, 64), (1, 2), (30, 64)])
def test_the_one_factor_integral_at_any_ratio(ratio, flips, n):
    """Over u = ratio z, in 25 digits; 1 minus the chance keeps its precision as far as a double near 1 can."""
    with mpmath.workdps(25):
        exact = mpmath.mpf(0)
        for p, up, down in above_and_below(ratio):
            mixed = up ** (n - flips) * down**flips + down ** (n - flips) * up**flips
            exact += p * (1 - mixed if flips in (0, n) else mixed)
        if flips in (0, n):
            assert 1 - one_factor_lock(ratio, flips, n) == pytest.approx(float(exact), rel=1e-11, abs=2e-16)
            exact = 1 - exact
        assert one_factor_lock(ratio, flips, n) == pytest.approx(float(exact), rel=1e-12)


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        ({"source": "no such law"}, "source"),
        ({"n": 0}, "n = 0"),
        ({"mean": math.nan}, "mean"),
        ({"spread": 0.0}, "spread"),
        ({"spread": 1e308}, "spread"),
        ({"flipped": (2,)}, "flipped"),
    ],
)
def test_bad_settings_are_named(bad, name):
    with pytest.raises(ValueError, match=name):
        Inputs(**bad)


@pytest.mark.parametrize("source", ["sigmoid", "relu", "uniform", Discrete((0.0, 0.5, 2.0))])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_mean_is_removed_in_part(source, share):
    """What is left of the mean is the rest of it; the spread stays; draws move by what was removed."""
    whole, part = Inputs(source, 3), Inputs(source, 3, removed=share)
    (mu, s), (low, high) = input_moments(whole), input_range(whole)
    left, spread = input_moments(part)
    assert left == pytest.approx((1 - share) * mu, abs=1e-15) and spread == pytest.approx(s)
    assert input_range(part) == pytest.approx((low - share * mu, high - share * mu))
    drawn = [draw_inputs(one, np.random.default_rng(1), (50,)) for one in (whole, part)]
    assert drawn[0] - drawn[1] == pytest.approx(share * mu * np.ones((50, 3)))
    assert condition_number(part) == pytest.approx(1 + 3 * ((1 - share) * mu / s) ** 2)
    if share == 1:
        assert left == 0 and condition_number(part) == 1
