"""core.activations against mpmath, central differences and extremes found by another route."""

import math
import pickle
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.activations import ACTIVATIONS, LEAK, Activation, activation, normal_cdf, normal_pdf, sigmoid_slope
from core.inputs import Inputs, input_moments
from core.normal import normal_between
from tests.core.gaussians import nodes

mp = mpmath.mp.clone()
mp.dps = 40

KEYS = tuple(ACTIVATIONS)
SMOOTH = tuple(key for key in KEYS if key not in ("relu", "leaky_relu"))

FAR = (
    [10.0**k for k in range(-12, 3)]
    + [1e3, 1e4]
    + [0.3, 0.75, 2.3, 7.7, 19, 36.7, 37, 40, 88, 120, 250, 345, 500, 650, 690, 700]
)
POINTS = np.array(sorted({0.0, *FAR, *(-z for z in FAR), *np.random.default_rng(0).normal(0, 3, 30).tolist()}))


def logistic(z):
    return 1 / (1 + mp.exp(-z))


def cdf(z):
    return mp.erfc(-z / mp.sqrt(2)) / 2


EXACT = {
    "sigmoid": logistic,
    "centred": lambda z: logistic(z) - mp.mpf(1) / 2,
    "four": lambda z: 4 * logistic(z),
    "four_centred": lambda z: 4 * logistic(z) - 2,
    "bipolar": lambda z: 2 * logistic(z) - 1,
    "tanh": mp.tanh,
    "relu": lambda z: max(z, mp.mpf(0)),
    "leaky_relu": lambda z: z if z > 0 else mp.mpf(LEAK) * z,
    "gelu": lambda z: z * cdf(z),
    "silu": lambda z: z * logistic(z),
    "softplus": lambda z: mp.log1p(mp.exp(z)),
    "identity": lambda z: z,
}

EXACT_SLOPE = {
    "sigmoid": lambda z: logistic(z) * logistic(-z),
    "centred": lambda z: logistic(z) * logistic(-z),
    "four": lambda z: 4 * logistic(z) * logistic(-z),
    "four_centred": lambda z: 4 * logistic(z) * logistic(-z),
    "bipolar": lambda z: 2 * logistic(z) * logistic(-z),
    "tanh": lambda z: mp.sech(z) ** 2,
    "relu": lambda z: mp.mpf(1 if z > 0 else 0),
    "leaky_relu": lambda z: mp.mpf(1 if z > 0 else LEAK),
    "gelu": lambda z: cdf(z) + z * mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi),
    "silu": lambda z: logistic(z) + z * logistic(z) * logistic(-z),
    "softplus": logistic,
    "identity": lambda z: mp.mpf(1),
}

EXACT_BEND = {
    "sigmoid": lambda z: logistic(z) * logistic(-z) * (1 - 2 * logistic(z)),
    "centred": lambda z: logistic(z) * logistic(-z) * (1 - 2 * logistic(z)),
    "four": lambda z: 4 * logistic(z) * logistic(-z) * (1 - 2 * logistic(z)),
    "four_centred": lambda z: 4 * logistic(z) * logistic(-z) * (1 - 2 * logistic(z)),
    "bipolar": lambda z: 2 * logistic(z) * logistic(-z) * (1 - 2 * logistic(z)),
    "tanh": lambda z: -2 * mp.tanh(z) * mp.sech(z) ** 2,
    "relu": lambda z: mp.mpf(0),
    "leaky_relu": lambda z: mp.mpf(0),
    "gelu": lambda z: mp.npdf(z) * (2 - z * z),
    "silu": lambda z: logistic(z) * logistic(-z) * (2 + z * (1 - 2 * logistic(z))),
    "softplus": lambda z: logistic(z) * logistic(-z),
    "identity": lambda z: mp.mpf(0),
}


def close(found: float, exact, relative: float = 1e-12) -> bool:
    """To `relative`, or absolutely where the exact value is below 1e-300."""
    return abs(mp.mpf(float(found)) - exact) <= max(relative * abs(exact), mp.mpf("1e-300"))


def near_a_root(key: str, z: float) -> bool:
    """GELU's and SiLU's slopes cross 0 near -0.75 and -1.28: only absolute precision means anything there."""
    return key in ("gelu", "silu") and -1.5 < z < -0.6


@pytest.mark.parametrize("key", KEYS)
def test_value_and_slope_match_high_precision(key):
    unit = activation(key)
    with mpmath.workdps(40):
        for z, f, df in zip(POINTS, unit.f(POINTS), unit.df(POINTS), strict=True):
            exact = mp.mpf(float(z))
            assert close(f, EXACT[key](exact)), (key, z)
            slope = EXACT_SLOPE[key](exact)
            if near_a_root(key, z):
                assert abs(mp.mpf(float(df)) - slope) < 1e-14
            else:
                assert close(df, slope), (key, z)


@pytest.mark.parametrize("key", KEYS)
def test_second_derivative_matches_high_precision(key):
    with mpmath.workdps(40):
        for z, found in zip(POINTS, activation(key).d2f(POINTS), strict=True):
            exact = EXACT_BEND[key](mp.mpf(float(z)))
            # GELU's and SiLU's cross 0 where their slopes turn.
            crosses = key in ("gelu", "silu") and 1 < abs(z) < 3
            assert close(found, exact) or (crosses and abs(mp.mpf(float(found)) - exact) < 1e-14), (key, z)
    for z in (-9.0, -1.3, -0.2, 0.4, 2.5, 11.0):
        exact = mp.diff(EXACT_SLOPE[key], mp.mpf(z))
        assert abs(EXACT_BEND[key](mp.mpf(z)) - exact) <= 1e-15 * (1 + abs(exact))


LIMITS = {
    "sigmoid": ((0, 1), (0, 0)),
    "centred": ((-0.5, 0.5), (0, 0)),
    "four": ((0, 4), (0, 0)),
    "four_centred": ((-2, 2), (0, 0)),
    "bipolar": ((-1, 1), (0, 0)),
    "tanh": ((-1, 1), (0, 0)),
    "relu": ((0, math.inf), (0, 1)),
    "leaky_relu": ((-math.inf, math.inf), (LEAK, 1)),
    "gelu": ((0, math.inf), (0, 1)),
    "silu": ((0, math.inf), (0, 1)),
    "softplus": ((0, math.inf), (0, 1)),
    "identity": ((-math.inf, math.inf), (1, 1)),
}
"""(f, f') at -inf and inf."""


@pytest.mark.parametrize("key", KEYS)
def test_limits_at_infinity(key):
    unit, ends = activation(key), np.array([-math.inf, math.inf])
    with np.errstate(all="raise"):
        assert (tuple(unit.f(ends)), tuple(unit.df(ends)), tuple(unit.d2f(ends))) == (*LIMITS[key], (0, 0))
        assert unit.end_slopes == LIMITS[key][1]
        # And on the way there: the largest numbers, and the smallest.
        for z in (1.7e308, 1e160, 1e5, 1e-160, 1e-310, 5e-324):
            for g in (unit.f, unit.df, unit.d2f):
                assert np.isfinite(g([-z, z])).all()
    assert unit.bounded == all(map(math.isfinite, LIMITS[key][0]))
    assert all(np.isnan(g([math.nan])).all() for g in (unit.f, unit.df) if key != "identity")


@pytest.mark.parametrize("key", KEYS)
def test_slope_is_monotone_between_its_turns(key):
    unit = activation(key)
    ends = [-45.0, *unit.turns, 45.0]
    assert ends == sorted(set(ends))
    directions = []
    for a, b in pairwise(ends):
        steps = np.diff(np.abs(unit.df(np.linspace(a, b, 20_001)[1:-1])))
        blur = 4e-16 * unit.max_slope
        assert (steps >= -blur).all() or (steps <= blur).all(), (key, a, b)
        directions.append(float(np.sign(steps.sum())))
    # A turn that turns nothing would only cost time; a piecewise linear f is constant on both sides of its kink.
    for before, after in pairwise(directions):
        assert before != after or unit.sides is not None


@pytest.mark.parametrize("key", KEYS)
def test_stated_facts(key):
    unit, z = activation(key), np.array([-7.0, -1.0, -0.1, 0.1, 2.0, 9.0])
    assert unit.monotone == (np.diff(unit.f(np.linspace(-30, 30, 10_001))) >= 0).all()
    if unit.sides is not None:
        low, high = unit.sides
        assert unit.f(z) == pytest.approx(np.where(z < 0, low * z, high * z), rel=1e-15)
    if unit.rate is not None:
        assert unit.df(z) == pytest.approx(unit.max_slope / np.cosh(unit.rate * z / 2) ** 2, rel=1e-13)
    assert (unit.sides is None) == (key not in ("relu", "leaky_relu", "identity"))
    assert (unit.rate is None) == (not unit.bounded)
    if unit.centred_key is not None:
        other = activation(unit.centred_key)
        assert other.zero_centred
        assert unit.f(z) - float(unit.f(0.0)) == pytest.approx(other.f(z), abs=1e-15 * (1 + abs(unit.high)))
    assert unit.zero_centred == (unit.centred_key == key)
    assert unit.cost >= 1


@pytest.mark.parametrize("key", KEYS)
def test_stated_slope_is_the_derivative_of_the_stated_formula(key):
    # The two tables above are tied together by a third route: mpmath's numerical derivative.
    for z in (-9.0, -1.3, -0.2, 0.4, 2.5, 11.0):
        exact = mp.diff(EXACT[key], mp.mpf(z))
        assert abs(EXACT_SLOPE[key](mp.mpf(z)) - exact) <= 1e-15 * (1 + abs(exact))


@pytest.mark.parametrize("key", KEYS)
def test_no_floating_point_warning(key):
    unit, z = activation(key), np.linspace(-700, 700, 2801)
    with np.errstate(all="raise"):
        assert np.isfinite(unit.f(z)).all()
        assert np.isfinite(unit.df(z)).all()


@settings(max_examples=50)
@given(key=st.sampled_from(KEYS), z=st.floats(-30, 30))
def test_slope_matches_central_differences(key, z):
    if key not in SMOOTH and abs(z) < 1e-4:
        z = 1.0
    unit, h = activation(key), 1e-5
    difference = float(unit.f(z + h) - unit.f(z - h)) / (2 * h)
    assert float(unit.df(z)) == pytest.approx(difference, abs=2e-9 * (1 + abs(z)))


@pytest.mark.parametrize("key", KEYS)
def test_shape_is_kept_and_scalars_work(key):
    unit = activation(key)
    for z in (1.5, [1.5], [[1.5, -2.0]], np.zeros((2, 0, 3))):
        assert np.shape(unit.f(z)) == np.shape(z) == np.shape(unit.df(z))


@pytest.mark.parametrize("key", KEYS)
def test_input_is_not_changed_and_not_handed_back(key):
    z = np.array([-1.0, 0.0, 2.0])
    out = activation(key).f(z)
    out += 1
    assert z.tolist() == [-1.0, 0.0, 2.0]


def extremes(key: str) -> tuple[float, float, float]:
    """Infimum and supremum of f and the largest |f'|, from a fine grid, an end far out and a refinement around the top."""
    grid = np.linspace(-40, 40, 160_001)
    f, df = activation(key).f, np.abs(activation(key).df(grid))
    top = grid[np.argmax(df)]
    fine = np.linspace(top - 1e-3, top + 1e-3, 2001)
    ends = f(np.array([-1e6, 1e6]))
    low, high = min(f(grid).min(), *ends), max(f(grid).max(), *ends)
    return low, high, max(df.max(), np.abs(activation(key).df(fine)).max())


@pytest.mark.parametrize("key", KEYS)
def test_range_and_steepest_slope(key):
    unit = activation(key)
    low, high, steepest = extremes(key)
    for stated, found in ((unit.low, low), (unit.high, high)):
        assert (
            (abs(found) >= 1e4 and np.sign(found) == np.sign(stated))
            if math.isinf(stated)
            else (found == pytest.approx(stated, abs=1e-8))
        )
    assert unit.max_slope == pytest.approx(steepest, rel=1e-12)
    assert (unit.f(POINTS) >= unit.low).all()
    assert (unit.f(POINTS) <= unit.high).all()
    assert (np.abs(unit.df(np.linspace(-20, 20, 9001))) <= unit.max_slope * (1 + 1e-15)).all()
    at = 1e3 if math.isinf(unit.max_slope_at) else unit.max_slope_at
    assert float(unit.df(at)) == pytest.approx(unit.max_slope, rel=1e-15)


@pytest.mark.parametrize(("key", "guess_top", "guess_low"), [("gelu", 1.4, -0.75), ("silu", 2.4, -1.28)])
def test_smooth_rectifiers_turn_where_stated(key, guess_top, guess_low):
    top = mp.findroot(lambda z: mp.diff(EXACT_SLOPE[key], z), guess_top)
    low = mp.findroot(EXACT_SLOPE[key], guess_low)
    assert activation(key).max_slope_at == pytest.approx(float(top), rel=1e-12)
    assert activation(key).max_slope == pytest.approx(float(EXACT_SLOPE[key](top)), rel=1e-14)
    assert activation(key).low == pytest.approx(float(EXACT[key](low)), rel=1e-14)


@pytest.mark.parametrize("key", KEYS)
def test_zero_centred_means_odd(key):
    z = np.linspace(0.01, 12, 500)
    odd = np.allclose(activation(key).f(-z), -activation(key).f(z), rtol=1e-15, atol=0)
    assert activation(key).zero_centred == odd


@settings(max_examples=50)
@given(z=st.floats(-36, 36))
def test_identities(z):
    sigma = float(activation("sigmoid").f(z))
    assert float(activation("bipolar").f(z)) == pytest.approx(math.tanh(z / 2), abs=4e-16)
    assert float(activation("centred").f(z)) == pytest.approx(sigma - 0.5, abs=1e-15)
    assert float(sigmoid_slope(z)) == pytest.approx(sigma * float(activation("sigmoid").f(-z)), rel=1e-14, abs=0)
    for key in ("gelu", "silu"):
        df = activation(key).df
        assert float(df(z) + df(-z)) == pytest.approx(1, abs=1e-14)


def test_sigmoid_slope_survives_where_the_naive_product_is_zero():
    a = float(activation("sigmoid").f(40.0))
    assert a * (1 - a) == 0
    assert float(sigmoid_slope(40.0)) == pytest.approx(math.exp(-40), rel=1e-15, abs=0)


def test_normal_law_matches_high_precision():
    for z in [*np.linspace(-37.5, 9, 187), -0.03, 0.03, -0.029999, 0.030001, 1e-9]:
        exact = mp.mpf(float(z))
        assert close(normal_cdf(z), cdf(exact), 1e-13), z
        assert close(normal_pdf(z), mp.exp(-exact * exact / 2) / mp.sqrt(2 * mp.pi), 1e-13), z


@settings(max_examples=100)
@given(low=st.floats(-38, 38), width=st.floats(0, 40) | st.floats(1e-300, 1e-3))
def test_chance_of_an_interval_matches_high_precision(low, width):
    # So many digits as the difference of two nearly equal chances loses, and 30 more.
    with mpmath.workdps(400 if 0 < width < 1e-30 else 60):
        a, w = mpmath.mpf(low), mpmath.mpf(width)
        # The tails that both are far below 1 in.
        sign = 1 if a + w / 2 < 0 else -1
        ends = (a, a + w) if sign > 0 else (-a - w, -a)
        exact = float(mpmath.ncdf(ends[1]) - mpmath.ncdf(ends[0]))
    assert normal_between(low, low + width, width) == pytest.approx(exact, rel=1e-12, abs=1e-300)


def test_softplus_units_are_lopsided():
    """(mu / s)^2 over z ~ N(0, 1), by mpmath: 2.393."""
    mean, square = (mp.fsum(p * EXACT["softplus"](z) ** k for z, p in nodes(1.0)) for k in (1, 2))
    mu, s = input_moments(Inputs("softplus"))
    assert (mu, s) == (
        pytest.approx(float(mean), rel=1e-13),
        pytest.approx(float(mp.sqrt(square - mean**2)), rel=1e-12),
    )
    assert round((mu / s) ** 2, 3) == 2.393


def test_registry():
    assert all(isinstance(unit, Activation) and unit.key == key for key, unit in ACTIVATIONS.items())
    assert len({unit.label for unit in ACTIVATIONS.values()}) == len(ACTIVATIONS)
    assert all(unit.label.isascii() for unit in ACTIVATIONS.values())
    assert all(pickle.loads(pickle.dumps(unit)) is unit for unit in ACTIVATIONS.values())
    with pytest.raises(TypeError):
        ACTIVATIONS["new"] = activation("tanh")


@pytest.mark.parametrize("bad", ["Sigmoid", "", "softmax", None, 3, ["tanh"], b"tanh"])
def test_unknown_activation_names_the_choices(bad):
    with pytest.raises(ValueError, match=r"activation = .*'sigmoid'.*'identity'"):
        activation(bad)
