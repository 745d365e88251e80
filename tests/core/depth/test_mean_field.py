"""Mean-field theory against high precision, plain iteration and closed forms."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.activations import ACTIVATIONS
from core.checks import Status
from core.depth.mean_field import critical_sigma_w, crossing, factor_sweep, fixed_point, length_map, moments
from core.depth.theory import layers
from tests.core.gaussians import mp, nodes

Z = np.linspace(-12, 12, 40_000)  # an even count: a kink at 0 lies midway between two
PHI = np.exp(-Z * Z / 2) / math.sqrt(2 * math.pi)


def averaged(values: np.ndarray) -> float:
    return float(np.trapezoid(values * PHI, Z))


@pytest.mark.parametrize("q", [0.01, 0.2647, 10.0, 1e4])
@pytest.mark.parametrize("key", ["sigmoid", "tanh", "centred"])
def test_moments_against_high_precision_up_to_large_lengths(key, q):
    """By the averages of f' and f'^2 alone, which are nothing far out."""
    slope = {
        "sigmoid": lambda z: 1 / (4 * mp.cosh(z / 2) ** 2),
        "tanh": lambda z: 1 / mp.cosh(z) ** 2,
        "centred": lambda z: 1 / (4 * mp.cosh(z / 2) ** 2),
    }[key]
    values = [(p, slope(z)) for z, p in nodes(math.sqrt(q), 60)]
    first, second = (mp.fsum(p * value**k for p, value in values) for k in (1, 2))
    # sigma^2 = sigma - sigma', whose mean is 1/2 less that of sigma'; tanh^2 = 1 - tanh'; centred^2 = 1/4 - centred'.
    square = {"sigmoid": 0.5, "tanh": 1.0, "centred": 0.25}[key] - first
    m = moments(key, q)
    assert m.f2 == pytest.approx(float(square), rel=1e-8)
    assert m.df2 == pytest.approx(float(second), rel=1e-7)


@given(st.sampled_from(list(ACTIVATIONS)), st.floats(1e-3, 50))
@settings(max_examples=50)
def test_moments_against_a_fine_trapezoid(key, q):
    unit, m = ACTIVATIONS[key], moments(key, q)
    z = math.sqrt(q) * Z
    assert m.f == pytest.approx(averaged(unit.f(z)), rel=1e-5, abs=1e-6)
    assert m.f2 == pytest.approx(averaged(unit.f(z) ** 2), rel=1e-5)
    assert m.df2 == pytest.approx(averaged(unit.df(z) ** 2), rel=1e-4)


def test_relu_has_its_closed_form():
    assert length_map("relu", 3.0, 1.3, 0.2) == pytest.approx(1.3**2 * 1.5 + 0.04, rel=1e-14)
    kept = fixed_point("relu", math.sqrt(2))
    assert kept.q == pytest.approx(2) and kept.chi == pytest.approx(1, rel=1e-12)
    assert fixed_point("relu", 1.0, 0.5).q == pytest.approx(0.25 / (1 - 0.5), rel=1e-10)
    assert fixed_point("relu", 1.0).q == 0 and fixed_point("relu", 1.0).chi == pytest.approx(0.5)
    assert fixed_point("relu", 2.0).status is Status.DIVERGED and fixed_point("relu", 2.0).q == math.inf


@pytest.mark.parametrize("q", [1e-300, 1e-30, 1e-12, 1e-3, 0.06, 0.07, 1.0, 1e5, 1e10])
def test_gelu_has_its_closed_form_at_any_length(q):
    """E z Phi(z) = q / sqrt(2 pi (1 + q)), by Stein's lemma; near 0 it is a small rest of large terms."""
    assert moments("gelu", q).f == pytest.approx(q / math.sqrt(2 * math.pi * (1 + q)), rel=1e-11)


@pytest.mark.parametrize("q", [1e-300, 1e-26, 1e-3, 1e9])
@pytest.mark.parametrize(("key", "below"), [("relu", 0.0), ("leaky_relu", 0.01), ("identity", 1.0)])
def test_two_straight_lines_have_closed_forms_at_any_length(key, below, q):
    m, square = moments(key, q), (1 + below**2) / 2
    assert m.f == pytest.approx((1 - below) * math.sqrt(q / (2 * math.pi)), rel=1e-13)
    assert m.f2 == pytest.approx(square * q, rel=1e-13) and m.df2 == pytest.approx(square, rel=1e-13)


@pytest.mark.parametrize("halvings", range(1, 30))
def test_a_length_that_the_search_happens_to_hit_is_taken(halvings):
    """ReLU at sigma_w = 1: q* = 2 sigma_b^2, which halving from 1 + sigma_b^2 meets but for rounding."""
    sigma_b = 1 / math.sqrt(2 ** (halvings + 1) - 1)
    assert fixed_point("relu", 1.0, sigma_b).q == pytest.approx(2 * sigma_b**2, rel=1e-9)


def test_a_length_without_bound_has_the_slopes_of_the_ends():
    for key, square in (("gelu", 0.5), ("silu", 0.5), ("softplus", 0.5), ("leaky_relu", 0.50005)):
        point = fixed_point(key, 3.0)
        assert point.status is Status.DIVERGED and point.chi == pytest.approx(9 * square, rel=1e-13)


def test_sigmoid_at_one():
    point = fixed_point("sigmoid", 1.0)
    assert point.q == pytest.approx(0.2647, abs=5e-5)
    assert point.chi == pytest.approx(0.05572, abs=5e-6)
    q = 1.0
    for _ in range(60):
        q = averaged(1 / (1 + np.exp(-math.sqrt(q) * Z)) ** 2)
    assert point.q == pytest.approx(q, rel=1e-9)


@pytest.mark.parametrize(
    ("key", "sigma_w", "sigma_b"),
    [("sigmoid", 4.0, 0.0), ("tanh", 1.5, 0.3), ("silu", 1.0, 0.5), ("centred", 6.0, 0.0)],
)
def test_the_fixed_point_is_where_plain_iteration_ends(key, sigma_w, sigma_b):
    point, q = fixed_point(key, sigma_w, sigma_b), sigma_w**2 + sigma_b**2
    for _ in range(2000):
        q = length_map(key, q, sigma_w, sigma_b)
    assert point.q == pytest.approx(q, rel=1e-8)
    assert length_map(key, point.q, sigma_w, sigma_b) == pytest.approx(point.q, rel=1e-9)


def test_factors_that_are_often_quoted():
    assert fixed_point("sigmoid", 4.0).factor == pytest.approx(0.63, abs=0.005)
    assert fixed_point("sigmoid", 2.0).factor == pytest.approx(0.41, abs=0.005)
    assert fixed_point("centred", 1.0).factor == pytest.approx(0.25, rel=1e-9)


def test_critical_scales():
    assert critical_sigma_w("sigmoid") == pytest.approx(10, abs=0.2)
    # Odd activations: 1 / f'(0), to the precision of the sums whichever way a processor rounds them.
    for key in ("centred", "four_centred", "bipolar", "tanh"):
        assert critical_sigma_w(key) == pytest.approx(1 / ACTIVATIONS[key].max_slope, rel=1e-12)
    assert critical_sigma_w("relu") == pytest.approx(math.sqrt(2), rel=1e-9)
    assert critical_sigma_w("identity") == pytest.approx(1, rel=1e-9)
    for key in ("sigmoid", "tanh"):
        there = critical_sigma_w(key, 0.3)
        assert fixed_point(key, there, 0.3).chi == pytest.approx(1, rel=1e-6)
        assert fixed_point(key, 0.9 * there, 0.3).chi < 1


def test_none_is_an_answer():
    assert critical_sigma_w("sigmoid", most=5.0) is None
    assert critical_sigma_w("sigmoid", most=11.0) == pytest.approx(critical_sigma_w("sigmoid"), rel=1e-9)
    assert crossing("sigmoid", most=5.0) is None


@pytest.mark.parametrize("key", ["gelu", "silu"])
def test_a_leap_over_1_is_no_critical_point(key):
    """Below the leap the signal dies out and the slope is f'(0) = 1/2; above, plain iteration stays far from 0."""
    leap = crossing(key)
    assert leap is not None and leap.jumps and critical_sigma_w(key) is None
    assert leap.below == pytest.approx(leap.sigma_w / 2, rel=1e-6) and leap.above > 1
    coarse = np.linspace(-12, 12, 401)
    weight = np.exp(-coarse * coarse / 2) / math.sqrt(2 * math.pi) * (coarse[1] - coarse[0])
    ends = []
    for sigma_w in (leap.sigma_w * 0.999, leap.sigma_w * 1.001):
        q = sigma_w**2
        for _ in range(3000):
            before, q = q, sigma_w**2 * float((ACTIVATIONS[key].f(math.sqrt(q) * coarse) ** 2) @ weight)
            if abs(q - before) < 1e-12 * q or q < 1e-9:
                break
        ends.append(q)
    assert ends[0] < 1e-6 and ends[1] > 1
    biased = crossing(key, 1.0)
    assert biased is not None and not biased.jumps and biased.sigma_w == critical_sigma_w(key, 1.0)


def test_a_sweep_is_its_points():
    sweep = factor_sweep("sigmoid", (1.0, 4.0, 10.0))
    points = [fixed_point("sigmoid", s) for s in (1.0, 4.0, 10.0)]
    assert list(sweep.factor) == [p.factor for p in points] and list(sweep.q) == [p.q for p in points]


def test_the_first_layers_run_into_the_fixed_point():
    point, profile = fixed_point("sigmoid", 1.0), layers("sigmoid", 30, 1.0)
    assert profile[0].q == pytest.approx(1) and profile[-1].q == pytest.approx(point.q, rel=1e-9)
    assert profile[-1].gain == pytest.approx(point.chi, rel=1e-9)
    assert profile[1].q == pytest.approx(averaged(1 / (1 + np.exp(-Z)) ** 2), rel=1e-8)


@pytest.mark.parametrize("norm", ["none", "layer before", "layer after"])
@pytest.mark.parametrize("skip", [False, True])
def test_one_wide_layer_drawn_by_hand_has_the_moments_of_the_theory(norm, skip):
    rng, n = np.random.default_rng(5), 2000
    x = rng.standard_normal(n)
    for layer in layers("sigmoid", 2, 1.5, 0.2, norm, skip):
        z = rng.standard_normal((n, n), dtype=np.float32) @ x.astype(np.float32) * (
            1.5 / math.sqrt(n)
        ) + 0.2 * rng.standard_normal(n)
        if norm == "layer before":
            z = (z - z.mean()) / z.std()
        branch = 1 / (1 + np.exp(-z))
        if norm == "layer after":
            branch = (branch - branch.mean()) / branch.std()
        x = x + branch if skip else branch
        assert z.var() == pytest.approx(layer.q, rel=0.12)
        assert (x**2).mean() == pytest.approx(layer.a2, rel=0.12)


def test_bad_settings_are_named():
    for call, name in (
        (lambda: moments("softmax", 1.0), "activation"),
        (lambda: moments("tanh", math.nan), "q = nan"),
        (lambda: fixed_point("tanh", -1.0), "sigma_w"),
        (lambda: fixed_point("tanh", 1.0, 1e308), "sigma_b"),
        (lambda: layers("tanh", 0, 1.0), "depth"),
        (lambda: layers("tanh", 5, 1.0, norm="group"), "norm"),
    ):
        with pytest.raises(ValueError, match=name):
            call()


def test_a_signal_that_grows_ever_more_slowly_does_not_settle():
    """softplus at sigma_w = sqrt 2: for a large spread s, 2 E softplus(s Z)^2 - s^2 tends to c / s with c > 0, so s^3 grows by
    3 c / 2 a layer for ever; the slopes tend to those of ReLU."""
    found = fixed_point("softplus", math.sqrt(2))
    assert found.q == math.inf and found.status == "diverged"
    assert found.factor == pytest.approx(1, abs=1e-12)
    # c = 2 / sqrt(2 pi) times the integral of softplus^2 - relu^2, by a plain sum.
    z = np.linspace(-40, 40, 800_001)
    softplus = np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
    c = 2 / math.sqrt(2 * math.pi) * float((softplus**2 - np.maximum(z, 0) ** 2).sum() * (z[1] - z[0]))
    for s in (100.0, 1000.0):
        assert (length_map("softplus", s * s, math.sqrt(2)) - s * s) * s == pytest.approx(c, rel=1e-3)
    assert fixed_point("softplus", 1.41).q < math.inf
    # What is bounded settles, also where a step of the search lands on the fixed point itself.
    assert fixed_point("tanh", 2.0).status == "converged"


@pytest.mark.parametrize("width", [128, 512, 2048])
@pytest.mark.parametrize("key", ["relu", "softplus", "identity"])
def test_growth_at_the_end_of_all_lengths_is_without_bound(key, width):
    """With PyTorch's biases: a hair above the critical scale a length settles beyond the largest that is reckoned with."""
    found = crossing(key, math.sqrt(1 / (3 * width)))
    scale = {"relu": math.sqrt(2), "softplus": math.sqrt(2), "identity": 1.0}[key]
    assert found is not None and found.sigma_w == pytest.approx(scale, rel=1e-3)


@pytest.mark.parametrize(("key", "sigma_w"), [("tanh", 1.0), ("centred", 4.0), ("four_centred", 1.0), ("bipolar", 2.0)])
def test_a_centred_activation_fades_at_its_critical_scale(key, sigma_w):
    """|f(z)| sigma_w < |z| for all z but 0, so 0 is the only length that stays, however slowly it is come to."""
    z = np.linspace(0.01, 8, 500)
    assert (sigma_w * np.abs(ACTIVATIONS[key].f(z)) < z).all()
    found = fixed_point(key, sigma_w)
    assert found.q == 0 and found.chi == pytest.approx(1, abs=1e-9)
