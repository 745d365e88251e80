"""core.quadrature against closed forms and mpmath."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.activations import ACTIVATIONS, activation, normal_cdf, normal_pdf, sigmoid, sigmoid_slope
from core.quadrature import expect, gaussian_nodes
from tests.core.gaussians import mp, nodes

SPREADS = (1e-3, 0.1, 1.0, 3.0, 10.0, 100.0, 1e4)
MEANS = (0.0, -0.7, 5.0)


def double_factorial(k: int) -> int:
    return math.prod(range(k, 0, -2))


@pytest.mark.parametrize("sd", SPREADS)
@pytest.mark.parametrize("mean", MEANS)
def test_weights_and_moments(mean, sd):
    z, p = gaussian_nodes(mean, sd)
    assert (p >= 0).all()
    assert p.sum() == pytest.approx(1, rel=1e-13)
    assert p @ z == pytest.approx(mean, abs=1e-13 * (abs(mean) + sd))
    for k in (2, 4, 6, 8):
        # z itself is rounded: (z - mean) / sd is no better known than this.
        blur = 1e-15 * (1 + abs(mean) / sd)
        assert p @ ((z - mean) / sd) ** k == pytest.approx(double_factorial(k - 1), rel=1e-12 + 20 * k * blur)


def test_a_small_spread_beside_a_large_mean_keeps_its_weight():
    _, p = gaussian_nodes(1e4, 1e-3)
    assert p.sum() == pytest.approx(1, rel=1e-13)


@pytest.mark.parametrize("sd", SPREADS)
@pytest.mark.parametrize("mean", MEANS)
def test_relu_and_its_slope_have_closed_forms(mean, sd):
    at = mean / sd
    dead, density = float(normal_cdf(-at)), float(normal_pdf(at))
    relu = activation("relu")
    assert expect(relu.df, mean, sd) == pytest.approx(1 - dead, rel=1e-12)
    assert expect(relu.f, mean, sd) == pytest.approx(mean * (1 - dead) + sd * density, rel=1e-12)
    square = (mean**2 + sd**2) * (1 - dead) + mean * sd * density
    assert expect(lambda z: relu.f(z) ** 2, mean, sd) == pytest.approx(square, rel=1e-12)


@settings(max_examples=50)
@given(mean=st.floats(-20, 20), sd=st.floats(1e-3, 1e4))
def test_normal_cdf_and_cosine_have_closed_forms(mean, sd):
    assert expect(normal_cdf, mean, sd) == pytest.approx(float(normal_cdf(mean / math.hypot(1, sd))), rel=1e-12)
    if sd < 8:
        wave = math.exp(-(sd**2) / 2) * math.cos(mean)
        assert expect(np.cos, mean, sd) == pytest.approx(wave, abs=1e-13)


@settings(max_examples=50)
@given(sd=st.floats(1e-3, 1e4))
def test_symmetry(sd):
    assert expect(sigmoid, 0.0, sd) == pytest.approx(0.5, rel=1e-13)
    assert expect(activation("tanh").f, 0.0, sd) == pytest.approx(0, abs=1e-13)
    for key in ("gelu", "silu"):  # f'(z) + f'(-z) = 1
        assert expect(activation(key).df, 0.0, sd) == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize("sd", SPREADS)
@pytest.mark.parametrize("power", [1, 2])
def test_sigmoid_slope_against_mpmath(sd, power):
    exact = mp.fsum(p * (2 + mp.exp(z) + mp.exp(-z)) ** -power for z, p in nodes(sd, 60))
    assert expect(lambda z: sigmoid_slope(z) ** power, 0.0, sd) == pytest.approx(float(exact), rel=1e-12)


@pytest.mark.parametrize("sd", [0.5, 2.0, 20.0])
@pytest.mark.parametrize("key", ACTIVATIONS)
def test_stein(key, sd):
    """E (z - m) f(z) = sd^2 E f'(z): ties every f to its f' through the quadrature."""
    unit, mean = activation(key), 0.3
    left = expect(lambda z: (z - mean) * unit.f(z), mean, sd)
    assert left == pytest.approx(sd**2 * expect(unit.df, mean, sd), rel=1e-11)


BEYOND_PARITY = {
    "sigmoid": lambda z: mp.mpf(1) / 2,
    "gelu": lambda z: z * mp.erf(z / mp.sqrt(2)) / 2,
    "silu": lambda z: z * mp.tanh(z / 2) / 2,
    "softplus": lambda z: mp.log(2 * mp.cosh(z / 2)),
}
"""The even parts (f(z) + f(-z)) / 2: all that is left of f at mean 0."""

KINKS = {"relu": 1, "leaky_relu": 1 - mp.mpf(0.01)}
"""How much steeper f is above 0 than below: its even part is half of that times |z|."""


@pytest.mark.parametrize("sd", [1e-150, 1e-6, 0.2499, 0.2501, 3.0])
@pytest.mark.parametrize("key", [*BEYOND_PARITY, *KINKS])
def test_mean_activation_keeps_its_precision_at_every_spread(key, sd):
    s = mp.mpf(sd)
    if key in KINKS:
        exact = KINKS[key] * s * mp.npdf(0)  # E |Z| is 2 phi(0)
    elif sd < 1e-100:
        # E f = f(0) + f''(0) sd^2 / 2 + ...: the rest is far below any precision.
        exact = {"gelu": s**2 * mp.npdf(0), "silu": s**2 / 4, "softplus": mp.log(2), "sigmoid": mp.mpf(1) / 2}[key]
    else:
        exact = mp.fsum(p * BEYOND_PARITY[key](z) for z, p in nodes(sd))
    assert expect(activation(key).f, 0.0, sd) == pytest.approx(float(exact), rel=1e-13)


@pytest.mark.parametrize("sd", [5e-324, 1e-300, 1e-13, 1e-6, 1.0, 1e8])
def test_a_kink_at_the_mean_parts_every_layer(sd):
    relu, leaky = activation("relu"), activation("leaky_relu")
    assert expect(relu.df, 0.0, sd) == pytest.approx(0.5, rel=1e-14)
    assert expect(leaky.df, 0.0, sd) == pytest.approx((1 + 0.01) / 2, rel=1e-14)
    assert expect(relu.df, sd, sd) == pytest.approx(float(normal_cdf(1.0 if sd > 1e-310 else 0.0)), rel=1e-14)


@pytest.mark.parametrize(("mean", "sd"), [(1e8, 1e8), (-1e8, 3e7), (3e6, 1e6), (1e4, 1e3)])
def test_a_narrow_function_far_from_the_mean_of_a_wide_law(mean, sd):
    """Everything sigma' has lies within |z| < 40, where the density is the same to 1e-4 and linear: E sigma' = phi(-mean / sd) / sd."""
    exact = math.exp(-((mean / sd) ** 2) / 2) / math.sqrt(2 * math.pi) / sd
    # The curvature of the density adds E z^2 / 2 = pi^2 / 6 times its second derivative.
    exact *= 1 + math.pi**2 / 6 * ((mean / sd) ** 2 - 1) / sd**2
    assert expect(sigmoid_slope, mean, sd) == pytest.approx(exact, rel=1e-9 if sd < 1e4 else 1e-13)


def test_point_mass():
    z, p = gaussian_nodes(1.25, 0.0)
    assert (z.tolist(), p.tolist()) == ([1.25], [1.0])
    assert expect(np.exp, 1.25, 0.0) == math.exp(1.25)


def test_no_floating_point_warning():
    for sd in SPREADS:
        with np.errstate(divide="raise", over="raise", invalid="raise"):
            expect(sigmoid_slope, 3.0, sd)


@pytest.mark.parametrize(
    ("mean", "sd"),
    [(math.nan, 1), (math.inf, 1), (0, -1e-9), (0, math.nan), (0, math.inf), (0, True), ("0", 1), (1e9, 1)],
)
def test_bad_parameters(mean, sd):
    with pytest.raises(ValueError, match=r"(mean|sd) = "):
        gaussian_nodes(mean, sd)
