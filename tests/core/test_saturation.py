"""core.saturation: edges against closed forms and mpmath, layers against sampling and closed forms."""

import functools
import math
import pickle

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.activations import ACTIVATIONS, LEAK, activation, normal_cdf
from core.initialisations import RULES, rule
from core.quadrature import expect
from core.saturation import (
    SHARE,
    chance_within,
    layer_slope,
    layer_spread,
    named_spread,
    saturated_fraction,
    saturated_zone,
    spread_sweep,
    zone_below,
)
from tests.breadth import drawn
from tests.core.gaussians import mp, nodes

KEYS = tuple(ACTIVATIONS)
RECTIFIERS = ("gelu", "silu")
DRAWN = np.random.default_rng(7).standard_normal(200_000)
thresholds = st.floats(1e-6, 0.249)


@settings(max_examples=50)
@given(t=thresholds)
def test_edges_match_the_closed_forms(t):
    sigmoid, tanh = zone_below("sigmoid", t), zone_below("tanh", t)
    assert sigmoid.edges[1] == pytest.approx(2 * math.acosh(1 / (2 * math.sqrt(t))), rel=1e-10)
    assert tanh.edges[1] == pytest.approx(math.acosh(1 / math.sqrt(t)), rel=1e-10)
    assert sigmoid.edges[0] == -sigmoid.edges[1]


@settings(max_examples=drawn(15, 50))
@given(share=st.floats(1e-4, 1.0, exclude_max=True))
@pytest.mark.parametrize("key", KEYS)
def test_slope_at_every_edge_is_the_threshold(key, share):
    zone, unit = saturated_zone(key, share), activation(key)
    assert zone.threshold == share * unit.max_slope
    for edge in zone.edges:
        if edge == 0 and key in ("relu", "leaky_relu"):
            continue
        blur = 1e-12 * (1 + abs(edge)) + 1e-15
        assert abs(float(unit.df(edge))) == pytest.approx(zone.threshold, rel=1e-9, abs=blur)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("share", [1e-6, 0.01, 0.04, 0.12, 0.3, 0.5, 0.88, 0.95, 0.999])
def test_zone_is_exactly_where_the_slope_is_small(key, share):
    zone, unit = saturated_zone(key, share), activation(key)
    z = np.linspace(-30, 30, 24_001) + 1e-5
    inside = np.any([(low < z) & (z < high) for low, high in zone.intervals] or [np.zeros(z.shape, bool)], axis=0)
    below = np.abs(unit.df(z)) < zone.threshold
    # A slope of exactly 1 within rounding is not compared with a threshold that is 1 within rounding.
    clear = np.abs(np.abs(unit.df(z)) - zone.threshold) > 1e-14
    assert (inside == below)[clear].all()


@pytest.mark.parametrize("key", RECTIFIERS)
@pytest.mark.parametrize("t", [0.01, 0.0451, 0.09, 0.5, 1.02])
def test_rectifier_edges_against_high_precision(key, t):
    mp = mpmath.mp.clone()
    mp.dps = 30

    def slope(z):
        if key == "gelu":
            return mp.erfc(-z / mp.sqrt(2)) / 2 + z * mp.npdf(z)
        sigma = 1 / (1 + mp.exp(-z))
        return sigma + z * sigma * (1 - sigma)

    zone = zone_below(key, t)
    assert zone.edges
    for edge in zone.edges:
        sign = 1 if slope(mp.mpf(edge)) > 0 else -1
        exact = mp.findroot(lambda z, sign=sign: slope(z) - sign * mp.mpf(t), edge)
        assert edge == pytest.approx(float(exact), abs=1e-12)


@settings(max_examples=drawn(15, 30))
@given(
    share=st.floats(1e-9, 1) | st.sampled_from([1e-9, 2e-9, 1.0, 0.5]) | st.floats(1e-15, 1e-3).map(lambda gap: 1 - gap)
)
@pytest.mark.parametrize("key", [key for key in KEYS if activation(key).rate is not None])
def test_logistic_edges_to_the_last_bits(key, share):
    """|z| = 2 acosh(sqrt(M / t)) / c, close to the top too, where f' itself is flat within rounding."""
    zone, unit = saturated_zone(key, share), activation(key)
    with mpmath.workdps(60):
        ratio = mpmath.mpf(unit.max_slope) / mpmath.mpf(zone.threshold)
        exact = float(2 / mpmath.mpf(unit.rate) * mpmath.acosh(mpmath.sqrt(ratio)))
    assert zone.intervals == ((-math.inf, -zone.edges[-1]), (zone.edges[-1], math.inf))
    assert zone.edges[-1] == pytest.approx(exact, rel=1e-15, abs=0)


@settings(max_examples=50)
@given(share=st.floats(1e-9, 1, exclude_max=True))
def test_softplus_is_saturated_below_a_logit(share):
    (low, high), *more = saturated_zone("softplus", share).intervals
    assert low == -math.inf and not more
    with mpmath.workdps(40):
        exact = float(mpmath.log(mpmath.mpf(share) / (1 - mpmath.mpf(share))))
    # sigma has relative precision in its lower tail, absolute in its upper one: so has z there.
    assert high == pytest.approx(exact, rel=1e-15, abs=2e-16 / (1 - share))


@pytest.mark.parametrize("key", KEYS)
def test_every_documented_share_and_threshold_is_taken(key):
    for share in (1e-9, 2e-9, 1.0):
        assert saturated_zone(key, share).threshold == share * activation(key).max_slope
    for threshold in (1e-9, 1e3):
        assert zone_below(key, threshold).threshold == threshold
    for share in (0.9e-9, 1.0000001):
        with pytest.raises(ValueError, match=r"share = "):
            saturated_zone(key, share)
    with pytest.raises(ValueError, match=r"threshold = "):
        zone_below(key, 0.9e-9)


def test_below_its_largest_slope_is_everywhere_but_where_it_is_reached():
    assert saturated_zone("sigmoid", 1.0).intervals == ((-math.inf, 0.0), (0.0, math.inf))
    # Softplus only approaches it, the identity never leaves it.
    assert saturated_zone("softplus", 1.0).intervals == ((-math.inf, math.inf),)
    assert saturated_zone("identity", 1.0).intervals == ()
    assert saturated_zone("relu", 1.0).intervals == ((-math.inf, 0.0),)


def test_shape_of_the_zones():
    assert saturated_zone("relu").intervals == ((-math.inf, 0.0),)
    assert saturated_zone("leaky_relu").intervals == ((-math.inf, 0.0),)
    assert saturated_zone("leaky_relu", 0.005).intervals == ()
    assert saturated_zone("identity").intervals == ()
    assert [len(saturated_zone(key).intervals) for key in RECTIFIERS] == [2, 2]
    assert zone_below("gelu", 0.5).intervals[0][0] == -math.inf
    assert len(zone_below("gelu", 0.5).intervals) == 1
    assert zone_below("silu", 1.05).intervals[1][1] == math.inf
    for key in KEYS:
        assert zone_below(key, 5.0).intervals == ((-math.inf, math.inf),)


def test_an_absolute_threshold_is_another_share_of_each():
    """0.01 is 4 % of sigmoid's maximum and 1 % of tanh's."""
    assert zone_below("sigmoid", 0.01) == saturated_zone("sigmoid", 0.04)
    assert zone_below("tanh", 0.01) == saturated_zone("tanh", 0.01)


def test_at_z_3_sigmoid_has_kept_more_of_its_slope_than_tanh():
    assert saturated_zone("sigmoid").edges[1] == pytest.approx(2 * math.acosh(5), rel=1e-14)
    assert saturated_zone("tanh").edges[1] == pytest.approx(math.acosh(5), rel=1e-14)
    kept = {key: float(activation(key).df(3.0)) / activation(key).max_slope for key in ("sigmoid", "tanh")}
    assert kept["sigmoid"] == pytest.approx(1 / math.cosh(1.5) ** 2, rel=1e-13)
    assert kept["sigmoid"] > 10 * kept["tanh"]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(("mean", "spread"), [(0.0, 0.5), (0.0, 2.5), (-1.0, 4.0), (2.0, 30.0)])
def test_layer_matches_sampling(key, mean, spread):
    z, n = mean + spread * DRAWN, len(DRAWN)
    df, unit = activation(key).df(z), activation(key)
    found = layer_slope(key, mean, spread)
    for exact, sample in (
        (found.mean, df),
        (found.rms**2, df**2),
        (found.saturated, (np.abs(df) < SHARE * unit.max_slope).astype(float)),
    ):
        error = sample.std() / math.sqrt(n)
        # Where no draw in 200,000 falls into the zone, its share is below 1e-4.
        assert abs(sample.mean() - exact) <= max(4 * error, 1e-12, 1e-4 if error == 0 else 0)


@settings(max_examples=50)
@given(mean=st.floats(-50, 50), spread=st.floats(1e-3, 1e3))
def test_piecewise_linear_layers_have_closed_forms(mean, spread):
    # 1 - dead would cancel, and its square root lose half of the digits.
    dead, alive = (float(normal_cdf(side * mean / spread)) for side in (-1, 1))
    relu, leaky, line = (layer_slope(key, mean, spread) for key in ("relu", "leaky_relu", "identity"))
    assert relu.mean == pytest.approx(alive, abs=1e-10)
    assert relu.rms == pytest.approx(math.sqrt(alive), abs=1e-10)
    assert relu.saturated == pytest.approx(dead, abs=1e-14)
    assert leaky.mean == pytest.approx(alive + LEAK * dead, abs=1e-10)
    assert leaky.rms**2 == pytest.approx(alive + LEAK**2 * dead, abs=1e-10)
    assert (line.mean, line.kept, line.saturated) == (pytest.approx(1, abs=1e-12), pytest.approx(1, abs=1e-12), 0.0)


@pytest.mark.parametrize("spread", [1e-3, 0.3, 1.0, 10.0, 1e3])
def test_half_of_a_zero_mean_relu_layer_is_dead_whatever_its_spread(spread):
    assert layer_slope("relu", 0.0, spread).saturated == pytest.approx(0.5, rel=1e-15)


@pytest.mark.parametrize("spread", [1e-3, 0.5, 2.0, 10.0, 300.0, 1e4])
def test_sigmoid_layer_against_mpmath(spread):
    def moment(power):
        return float(mp.fsum(p * (2 + mp.exp(z) + mp.exp(-z)) ** -power for z, p in nodes(spread, 60)))

    found = layer_slope("sigmoid", 0.0, spread)
    assert found.mean == pytest.approx(moment(1), rel=1e-10)
    assert found.rms == pytest.approx(math.sqrt(moment(2)), rel=1e-10)
    assert found.kept == pytest.approx(4 * found.rms, rel=1e-15)
    assert found.saturated == pytest.approx(float(2 * mp.ncdf(-2 * mp.acosh(5) / spread)), rel=1e-12, abs=1e-300)


def test_wide_layers_follow_the_area_under_the_slope():
    """For s far above the zone E f' -> (f(inf) - f(-inf)) phi(0) / s and E f'^2 -> (1/6) phi(0) / s for sigmoid."""
    s, phi0 = 5e3, 1 / math.sqrt(2 * math.pi)
    found = layer_slope("sigmoid", 0.0, s)
    assert found.mean == pytest.approx(phi0 / s, rel=1e-6)
    assert found.rms**2 == pytest.approx(phi0 / (6 * s), rel=1e-6)


@pytest.mark.parametrize("key", KEYS)
def test_no_spread_is_one_point(key):
    unit = activation(key)
    for z in (-5.0, -0.7, 0.3, 6.0):
        found = layer_slope(key, z, 0.0)
        slope = float(unit.df(z))
        assert (found.mean, found.rms) == (pytest.approx(slope), pytest.approx(abs(slope)))
        assert found.saturated == float(abs(slope) < SHARE * unit.max_slope)


@settings(max_examples=50)
@given(key=st.sampled_from(KEYS), mean=st.floats(-20, 20), spread=st.floats(0, 1e4), share=st.floats(1e-3, 1))
def test_shares_are_shares(key, mean, spread, share):
    found = layer_slope(key, mean, spread, share)
    assert 0 <= found.saturated <= 1
    assert 0 <= found.kept <= 1
    assert abs(found.mean) <= found.rms * (1 + 1e-12) + 1e-300


@settings(max_examples=drawn(20, 50))
@given(spread=st.floats(0.1, 100), share=st.floats(0.01, 0.9))
def test_scaling_an_activation_changes_no_share(spread, share):
    layers = [layer_slope(key, 0.4, spread, share) for key in ("sigmoid", "centred", "four", "four_centred", "bipolar")]
    for layer in layers[1:]:
        assert layer.kept == pytest.approx(layers[0].kept, rel=1e-13)
        assert layer.saturated == pytest.approx(layers[0].saturated, rel=1e-13)
    # tanh z is 2 sigma(2 z) - 1: the same layer at half the spread.
    assert layer_slope("tanh", 0.2, spread / 2, share).kept == pytest.approx(layers[0].kept, rel=1e-12)


def test_a_far_tail_keeps_its_relative_precision():
    zone = saturated_zone("sigmoid")
    edge = zone.edges[1]
    exact = float(mpmath.ncdf(-edge / 0.2)) * 2
    assert saturated_fraction(zone, 0.0, 0.2) == pytest.approx(exact, rel=1e-10)


@pytest.mark.parametrize(("mean", "spread"), [(0.0, 6.7), (8.0, 40.0), (-3.0, 0.5)])
def test_chance_within_is_a_sum_of_areas(mean, spread):
    with mpmath.workdps(30):
        inner = mpmath.ncdf(20, mean, spread) - mpmath.ncdf(-20, mean, spread)
        middle = mpmath.ncdf(1.5, mean, spread) - mpmath.ncdf(0.5, mean, spread)
        below, above = mpmath.ncdf(-20, mean, spread), mpmath.ncdf(-20, -mean, spread)
        for intervals, exact in (
            (((-math.inf, -20.0), (20.0, math.inf)), below + above),
            (((-20.0, 20.0),), inner),
            (((0.5, 1.5), (20.0, math.inf)), middle + above),
        ):
            assert chance_within(intervals, mean, spread) == pytest.approx(float(exact), rel=1e-9, abs=1e-300)
    assert chance_within((), mean, spread) == 0


@settings(max_examples=100)
@given(
    low=st.floats(-30, 30),
    width=st.floats(0, 50) | st.sampled_from([1e-9, 1e-12, 1e-300]),
    mean=st.floats(-5, 5),
    spread=st.floats(1e-2, 1e4),
)
def test_chance_of_a_narrow_interval(low, width, mean, spread):
    high = low + width
    with mpmath.workdps(400):
        a, b, m, s = map(mpmath.mpf, (low, high, mean, spread))
        if a + b > 2 * m:
            a, b = 2 * m - b, 2 * m - a
        exact = float(mpmath.ncdf((b - m) / s) - mpmath.ncdf((a - m) / s))
        # The ends are known to a bit, in units of the spread, and a density far out changes much with them.
        far = min(abs(a - m), abs(b - m)) / s if not a < m < b else 0
    blur = 1e-13 * (1 + float(far) ** 2)
    assert chance_within(((low, high),), mean, spread) == pytest.approx(exact, rel=blur, abs=1e-300)


def test_chance_of_nearly_nothing():
    assert chance_within(((0.0, 1e-9),), 0.0, 1.0) == pytest.approx(1e-9 / math.sqrt(2 * math.pi), rel=1e-14)
    assert chance_within(((0.0, math.inf),), 0.0, 5e-324) == 0.5
    assert chance_within([[1.0, 2.0], [-math.inf, 1.0], [2.0, math.inf]], 0.3, 1.0) == pytest.approx(1, rel=1e-15)
    assert chance_within(((-math.inf, math.inf),), 1e4, 1e-3) == 1


def test_a_kink_halves_a_layer_at_every_spread():
    for spread in (5e-324, 1e-13, 1e-9, 1.0):
        found = layer_slope("relu", 0.0, spread)
        assert (found.mean, found.saturated) == (pytest.approx(0.5, rel=1e-14), 0.5)
        assert found.rms == pytest.approx(math.sqrt(0.5), rel=1e-14)
    assert layer_slope("relu", 0.0, 0.0).mean == 0  # every z is 0, where the slope is 0 by convention


def test_sweep_is_the_layers_one_by_one():
    spreads = (0.0, 0.1, 1.0, 7.5)
    sweep = spread_sweep("silu", 0.5, spreads, 0.1)
    for k, spread in enumerate(spreads):
        one = layer_slope("silu", 0.5, spread, 0.1)
        assert (sweep.mean[k], sweep.rms[k], sweep.kept[k], sweep.saturated[k]) == (
            one.mean,
            one.rms,
            one.kept,
            one.saturated,
        )
    assert not sweep.kept.flags.writeable
    assert pickle.loads(pickle.dumps(sweep)).spread.tolist() == list(spreads)


@functools.cache
def standard_layer(fan_in: int, units: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs a, and W a and biases with weights and biases of variance 1."""
    rng = np.random.default_rng(3)
    a = rng.uniform(0, 1, fan_in)
    return a, rng.standard_normal((units, fan_in)) @ a, rng.standard_normal(units)


@pytest.mark.parametrize("key", RULES)
def test_spread_of_a_real_layer(key):
    """Against a layer that is drawn: weights and biases of the stated variance, inputs of a stated mean square."""
    fan_in, fan_out, units = 200, 120, 40_000
    a, weighted, biases = standard_layer(fan_in, units)
    named = rule(key)
    z = weighted * math.sqrt(named.weight_variance(fan_in, fan_out))
    z = z + biases * math.sqrt(named.bias_variance(fan_in, fan_out))
    s = named_spread(key, fan_in, fan_out, float(np.mean(a**2)))
    assert z.std() == pytest.approx(s, rel=4 / math.sqrt(2 * units))


def test_the_fan_in_cancels_where_there_is_no_bias():
    assert named_spread("he", 10, 10, 0.25) == pytest.approx(named_spread("he", 5000, 10, 0.25))
    assert layer_spread(2.0, 0.25) == pytest.approx(1.0)
    assert layer_spread(3.0, 0.0, 0.5) == 0.5


def test_no_floating_point_warning():
    for key in KEYS:
        for mean, spread in ((0.0, 1e4), (1e4, 1.0), (-1e4, 0.0), (500.0, 20.0), (0.0, 5e-324)):
            with np.errstate(all="raise"):
                found = layer_slope(key, mean, spread).mean
            assert found == expect(activation(key).df, mean, spread)


@pytest.mark.parametrize(
    "call",
    [
        lambda: saturated_zone("sigmoide"),
        lambda: saturated_zone("sigmoid", 0.0),
        lambda: saturated_zone("sigmoid", 1.5),
        lambda: saturated_zone("sigmoid", math.nan),
        lambda: chance_within(((1.0, 0.0),), 0.0, 1.0),
        lambda: chance_within(((0.0, 1.0), (0.5, 2.0)), 0.0, 1.0),
        lambda: chance_within(((0.0, math.nan),), 0.0, 1.0),
        lambda: chance_within((0.0, 1.0), 0.0, 1.0),
        lambda: chance_within(None, 0.0, 1.0),
        lambda: zone_below("sigmoid", -1.0),
        lambda: layer_slope("tanh", math.inf, 1.0),
        lambda: layer_slope("tanh", 0.0, -1.0),
        lambda: layer_slope("tanh", 0.0, 1e5),
        lambda: spread_sweep("tanh", 0.0, ()),
        lambda: spread_sweep("tanh", 0.0, (1.0,) * 1001),
        lambda: layer_spread(-1.0, 1.0),
        lambda: layer_spread(1.0, -1.0),
        lambda: named_spread("xavier", 1, 1, 1.0),
    ],
)
def test_bad_parameters(call):
    with pytest.raises(ValueError, match=r" = .* (in|one of|number|pairs|sequence)"):
        call()
