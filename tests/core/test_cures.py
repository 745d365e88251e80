"""The cures of lopsided curvature against explicit matrices, searches, and quadrature of another kind."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.activations import ACTIVATIONS
from core.cures import conditioning, extreme_curvatures, like_inputs_hessian, lopsidedness
from core.inputs import Inputs, condition_number, input_moments, second_moment
from tests.core.gaussians import mp, nodes

MU, S = input_moments(Inputs("sigmoid"))

WRITTEN_AGAIN = {
    "sigmoid": lambda z: 1 / (1 + mp.exp(-z)),
    "four": lambda z: 4 / (1 + mp.exp(-z)),
    "relu": lambda z: max(z, 0),
    "leaky_relu": lambda z: z if z > 0 else z / 100,
    "gelu": lambda z: z * mp.ncdf(z),
    "silu": lambda z: z / (1 + mp.exp(-z)),
    "softplus": lambda z: mp.log(1 + mp.exp(z)),
    "centred": mp.tanh,
    "four_centred": mp.tanh,
    "bipolar": mp.tanh,
    "tanh": mp.tanh,
    "identity": lambda z: z,
}


@pytest.mark.parametrize("spread", [0.05, 1.0, 8.0])
@pytest.mark.parametrize("key", ACTIVATIONS)
def test_lopsidedness_is_that_of_another_quadrature(key, spread):
    """The trapezoid rule in 20 digits, over half lines by tanh-sinh where f has a kink: E f and E f^2 separately."""
    f = WRITTEN_AGAIN[key]
    if key in ("relu", "leaky_relu"):
        ends = [spread * end for end in (-12, -3, 0, 3, 12)]
        mu, square = (mp.quad(lambda z, k=k: f(z) ** k * mp.npdf(z, 0, spread), ends) for k in (1, 2))
    else:
        values = [(p, f(z)) for z, p in nodes(spread)]
        mu, square = (mp.fsum(p * value**k for p, value in values) for k in (1, 2))
    expected = float(mu**2 / (square - mu**2))
    assert lopsidedness(key, spread) == pytest.approx(expected, rel=1e-10, abs=1e-15)


@pytest.mark.parametrize("key", ["sigmoid", "tanh", "relu"])
def test_a_mean_of_its_own_makes_a_unit_more_lopsided(key):
    """By a plain sum over a grid; tanh too, which is centred only where its z is."""
    z = np.linspace(-13, 15, 200_001)
    weight = np.exp(-0.5 * (z - 1) ** 2) / math.sqrt(2 * math.pi)
    value = {"sigmoid": 1 / (1 + np.exp(-z)), "tanh": np.tanh(z), "relu": np.maximum(z, 0)}[key]
    mu = np.trapezoid(value * weight, z)
    expected = mu**2 / np.trapezoid((value - mu) ** 2 * weight, z)
    assert lopsidedness(key, 1.0, 1.0) == pytest.approx(expected, rel=1e-6)
    assert lopsidedness(key, 1.0, 1.0) > lopsidedness(key) + 0.5


def test_the_lopsidedness_that_is_quoted():
    quoted = {"sigmoid": 5.763, "leaky_relu": 0.453, "gelu": 0.230, "silu": 0.136, "tanh": 0.0, "softplus": 2.393}
    for key in quoted.keys() & ACTIVATIONS.keys():
        assert lopsidedness(key) == pytest.approx(quoted[key], abs=6e-4), key
    for spread in (1e-3, 0.3, 1.0, 7.0, 1e3):
        assert lopsidedness("relu", spread) == pytest.approx(1 / (math.pi - 1), rel=1e-12)
    assert [round(lopsidedness("sigmoid", x), 2) for x in (0.25, 2.0, 8.0)] == [65.98, 2.54, 1.24]
    assert 1 < lopsidedness("sigmoid", 1e3) < 1.01
    assert lopsidedness("sigmoid", 1e-3) == pytest.approx(4 / 1e-6, rel=1e-4), "mu = 1/2, s = spread / 4"


@pytest.mark.parametrize("key", ACTIVATIONS)
def test_each_input_adds_the_lopsidedness_to_kappa(key):
    assert condition_number(Inputs(key, 48)) == pytest.approx(1 + 48 * lopsidedness(key), rel=1e-10)


laws = st.tuples(st.integers(1, 12), st.floats(-3, 3), st.floats(0.05, 3))


@given(laws, st.booleans())
@settings(max_examples=60)
def test_the_closed_forms_are_the_eigenvalues_of_the_matrix(law, bias):
    n, mean, spread = law
    inputs = Inputs("uniform", n, mean, spread)
    h = like_inputs_hessian(*law, bias=bias)
    assert np.allclose(h, second_moment(inputs, bias), rtol=1e-14)
    values = np.linalg.eigvalsh(h)
    assert extreme_curvatures(*law, bias=bias) == pytest.approx((values[0], values[-1]), rel=1e-7)
    told = conditioning(*law)
    assert (told.with_bias if bias else told.raw) == pytest.approx(condition_number(inputs, bias), rel=1e-9)


@given(laws)
@settings(max_examples=60)
def test_each_cure_is_the_condition_number_of_the_inputs_it_makes(law):
    """With the bias, inputs are transformed by a matrix T: a' = T (a, 1), H' = T H T^T."""
    n, mean, spread = law
    h, told = like_inputs_hessian(*law, bias=True), conditioning(*law)
    centre = np.eye(n + 1)
    centre[:n, n] = -mean
    for transform, expected in (
        (centre, told.centred_with_bias),
        (np.diag([1 / spread] * n + [1.0]) @ centre, told.standardised_with_bias),
        (np.linalg.inv(np.linalg.cholesky(h)), told.whitened),
        (np.diag([1.0] * n + [math.sqrt(told.bias_rate)]), told.bias_tuned),
    ):
        assert np.linalg.cond(transform @ h @ transform.T) == pytest.approx(expected, rel=1e-6)
    assert np.linalg.cond((centre @ h @ centre.T)[:n, :n]) == pytest.approx(told.centred, rel=1e-6)


@given(laws, st.floats(-6, 6))
@settings(max_examples=100)
def test_no_other_rate_for_the_bias_is_better(law, log_rate):
    n, told = law[0], conditioning(*law)
    scale = np.diag([1.0] * n + [math.exp(log_rate / 2)])
    assert np.linalg.cond(scale @ like_inputs_hessian(*law, bias=True) @ scale) >= told.bias_tuned * (1 - 1e-7)


@pytest.mark.parametrize("n", [2, 3, 4, 5])
@pytest.mark.parametrize("ratio", [0.3, 2.4])
def test_no_rates_per_weight_lower_kappa_of_like_inputs(n, ratio):
    """A search: from 20 random scalings, coordinate after coordinate, downhill until nothing helps."""
    h, rng = like_inputs_hessian(n, ratio * 0.5, 0.5), np.random.default_rng(n)

    def kappas(logs):
        scale = np.exp(logs)
        values = np.linalg.eigvalsh(scale[..., :, None] * h * scale[..., None, :])
        return values[..., -1] / values[..., 0]

    told = conditioning(n, ratio * 0.5, 0.5).per_weight
    for _ in range(20):
        logs, width = rng.normal(0, 1.5, n), 1.0
        while width > 1e-5:
            tried = logs + width * np.vstack([np.zeros(n), np.eye(n), -np.eye(n), rng.normal(0, 1, (4, n))])
            best = int(np.argmin(kappas(tried)))
            logs, width = tried[best], width if best else width / 2
        assert told * (1 - 1e-9) <= kappas(logs) <= told * 1.01, "no better, and the search finds as good"
        assert np.ptp(logs) < 0.1, "the best rates are equal ones"


def test_unlike_inputs_can_gain_from_rates_per_weight():
    """With the mean in one of two inputs only, H is diagonal, and rates per weight make it round."""
    h = np.diag([0.1, 0.1 + 4.0])
    scale = np.diag(1 / np.sqrt(np.diag(h)))
    assert np.linalg.cond(h) == pytest.approx(41) and np.linalg.cond(scale @ h @ scale) == pytest.approx(1)


def test_the_hundred_sigmoids_that_are_quoted():
    told = conditioning(100, MU, S)
    assert [round(x) for x in (told.raw, told.with_bias, told.bias_tuned, told.centred_with_bias)] == [
        577,
        15634,
        2307,
        23,
    ]


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: lopsidedness("nonsense"), "activation"),
        (lambda: lopsidedness("relu", 0.0), "spread"),
        (lambda: lopsidedness("relu", 1.0, math.nan), "mean"),
        (lambda: conditioning(0, 0.5, 0.5), "n = 0"),
        (lambda: conditioning(2, math.nan, 0.5), "mean"),
        (lambda: conditioning(2, 0.5, 0.0), "spread"),
        (lambda: like_inputs_hessian(2, 0.5, 0.5, bias=1), "bias"),
        (lambda: extreme_curvatures(2, 0.5, 0.5, bias=None), "bias"),
    ],
)
def test_bad_values_are_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()
