"""The methods' step rules against plain loops, their factors and best settings against companion matrices and searches."""

import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.neuron.methods import LINEAR, METHODS, Memory, Rates, long_run_factor, method
from core.neuron.tuning import best_rate

MOMENTUM = ("plain", "heavy_ball", "nesterov")
kappas = st.floats(1.0, 1e4)


def companion(key, curvature, eta, beta):
    """The matrix that takes (e_t, e_{t-1}) to (e_{t+1}, e_t) along one direction, written down from the formulas."""
    left = 1 - eta * curvature
    return {
        "plain": np.array([[left, 0.0], [1.0, 0.0]]),
        "heavy_ball": np.array([[1 + beta - eta * curvature, -beta], [1.0, 0.0]]),
        "nesterov": np.array([[(1 + beta) * left, -beta * left], [1.0, 0.0]]),
    }[key]


def radius(key, curvatures, eta, beta):
    return max(np.abs(np.linalg.eigvals(companion(key, one, eta, beta))).max() for one in curvatures)


def errors(key, curvatures, rates, steps):
    """Errors of the registered rule from e = (1, 1, ...), each along its own curvature; shape (steps + 1, n)."""
    h, one = np.array(curvatures), METHODS[key]
    path, memory = [np.ones(len(h))], Memory(np.ones(len(h)))
    for _ in range(steps):
        path.append(one.step(path[-1], lambda e: e if one.whitens else h * e, memory, rates))
    return np.array(path)


@given(st.sampled_from(MOMENTUM), st.floats(0.01, 10), st.floats(0, 3), st.floats(0, 0.999))
@settings(max_examples=200)
def test_factors_are_the_spectral_radii_of_the_companion_matrices(key, curvature, eta, beta):
    (factor,) = long_run_factor(key, [curvature], eta, beta)
    # Near a double root eigenvalues are good to the root of the rounding error only.
    assert factor == pytest.approx(radius(key, [curvature], eta, beta), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("key", MOMENTUM)
@pytest.mark.parametrize("kappa", [3.0, 41.0, 577.0])
def test_the_measured_contraction_is_the_rate(key, kappa):
    """At the best setting of a method with momentum the root is double, the error like t rho^t: from step T to step 2T it
    falls by 2 rho^T. At a setting off it, the largest error of a window falls by rho^T."""
    best, steps = best_rate(key, 1.0, kappa), round(12 * math.sqrt(kappa) if key != "plain" else 2 * kappa)
    path = np.abs(errors(key, [1.0, kappa], Rates(best.eta, best.beta), 2 * steps)).max(1)
    double = 1 if key == "plain" else 2
    assert (path[2 * steps] / path[steps] / double) ** (1 / steps) == pytest.approx(best.rate, rel=0.004)
    assert path[2 * steps] / path[steps] >= best.rate**steps * (1 - 1e-9), "approached from above"
    rates = Rates(0.7 * best.eta, min(0.99, best.beta + 0.03))
    path = np.abs(errors(key, [1.0, kappa], rates, 12 * steps)).max(1)
    measured = (path[8 * steps : 12 * steps].max() / path[4 * steps : 8 * steps].max()) ** (1 / (4 * steps))
    assert measured == pytest.approx(long_run_factor(key, [1.0, kappa], rates.eta, rates.beta).max(), rel=0.004)


@given(kappas, st.sampled_from(MOMENTUM), st.floats(-0.3, 0.3), st.floats(-3, 3))
@settings(max_examples=300)
def test_no_other_setting_has_a_better_worst_case(kappa, key, log_eta, logit):
    """Any eta and beta near the best, over all curvatures between the ends."""
    best = best_rate(key, 1.0, kappa)
    logit += math.log((best.beta + 1e-3) / (1 - best.beta))
    beta = 0.0 if key == "plain" else 1 / (1 + math.exp(-logit))
    between = np.geomspace(1.0, kappa, 12)
    assert radius(key, between, best.eta * math.exp(log_eta), beta) >= best.rate - 1e-6
    assert long_run_factor(key, between, best.eta, best.beta).max() <= best.rate + 1e-6, "the ends are the slowest"


@given(kappas, st.sampled_from(["heavy_ball", "nesterov"]), st.floats(0, 0.999), st.floats(-1, 1))
@settings(max_examples=200)
def test_no_other_eta_is_better_at_a_given_beta(kappa, key, beta, log_eta):
    best, between = best_rate(key, 1.0, kappa, beta), np.geomspace(1.0, kappa, 12)
    assert best.beta == beta and best.rate >= best_rate(key, 1.0, kappa).rate - 1e-9
    assert radius(key, between, best.eta * math.exp(log_eta), beta) >= best.rate - 1e-6
    assert long_run_factor(key, between, best.eta, beta).max() == pytest.approx(best.rate, abs=1e-12)


@given(st.floats(1e-3, 1e3), kappas, st.sampled_from(MOMENTUM))
def test_the_scale_of_the_loss_changes_eta_only(scale, kappa, key):
    one, other = best_rate(key, 1.0, kappa), best_rate(key, scale, scale * kappa)
    assert other.eta * scale == pytest.approx(one.eta) and other.beta == pytest.approx(one.beta)
    assert other.rate == pytest.approx(one.rate, abs=1e-12)


def test_momentum_takes_the_square_root_and_a_beta_of_nine_tenths_has_its_limit():
    for kappa in (1.0, 37.9, 38.0, 577.0, 1e4):
        plain, ball = best_rate("plain", 1.0, kappa), best_rate("heavy_ball", 1.0, kappa)
        assert ball.rate == pytest.approx(best_rate("plain", 1.0, math.sqrt(kappa)).rate)
        nine = best_rate("heavy_ball", 1.0, kappa, 0.9)
        assert nine.rate >= math.sqrt(0.9) - 1e-15
        assert (plain.rate < nine.rate) == (kappa < 38)
    # While beta is at least the best one, the rate is its root; a smaller one costs.
    assert best_rate("heavy_ball", 1.0, 577.0, 0.9).rate == pytest.approx(math.sqrt(0.9))
    assert best_rate("heavy_ball", 1.0, 1e4, 0.9).rate > 0.99


@pytest.mark.parametrize("curvature", [0.3, 0.39429449039784126, 1 / 3, 1e-9, 7e11])
def test_no_curvature_makes_a_round_bowl_less_than_round(curvature):
    """Rounded another way, 3 s / s + 1 is a bit below 4, and beta a bit below 0."""
    for key in LINEAR:
        best = best_rate(key, curvature, curvature)
        assert best.rate == 0 and best.beta == 0


def test_a_round_bowl_takes_one_step():
    for key in LINEAR:
        best = best_rate(key, 0.3, 0.3)
        assert np.abs(errors(key, [0.3, 0.3], Rates(best.eta), 1)[1]).max() < 1e-15


def test_facts():
    assert {key for key, one in METHODS.items() if not one.per_weight} == set(LINEAR)
    for key, one in METHODS.items():
        assert one.key == key and pickle.loads(pickle.dumps(one)) is one
        assert one.settings[0] == "eta" and one.label and "w ←" in one.formula
        assert (one.factor is None) == (one.best is None) == one.per_weight
        assert (one.best_eta is not None) == (key in ("heavy_ball", "nesterov"))
        # A method reads the settings it names, and no others.
        rates = {"eta": 0.1, "beta": 0.5, "decay": 0.6}
        usual = errors(key, [1.0, 3.0], Rates(**rates), 5)
        for name, value in {"eta": 0.2, "beta": 0.7, "decay": 0.8}.items():
            changed = errors(key, [1.0, 3.0], Rates(**rates | {name: value}), 5)
            assert (changed != usual).any() == (name in one.settings), (key, name)


def test_rates_per_weight_do_not_care_for_the_scale_of_a_weights_gradient():
    """That is what AdaGrad, RMSProp and Adam cure: along the axes every valley is as good as a round one."""
    for key in ("adagrad", "rmsprop", "adam"):
        path = errors(key, [1.0, 577.0], Rates(0.1, decay=0.99), 100)
        assert np.allclose(path[:, 0], path[:, 1], atol=1e-5)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: method("sgd"), "method"),
        (lambda: long_run_factor("adam", [1.0], 0.1), "key"),
        (lambda: long_run_factor("plain", [0.0], 0.1), "curvatures"),
        (lambda: long_run_factor("plain", [1.0], math.nan), "eta"),
        (lambda: long_run_factor("nesterov", [1.0], 0.1, 1.0), "beta"),
        (lambda: best_rate("rmsprop", 1.0, 2.0), "key"),
        (lambda: best_rate("plain", 2.0, 1.0), "flattest"),
        (lambda: best_rate("plain", 0.0, 1.0), "flattest"),
        (lambda: best_rate("plain", 1.0, math.inf), "steepest"),
        (lambda: best_rate("plain", 1.0, 2.0, 0.9), "beta"),
        (lambda: best_rate("heavy_ball", 1.0, 2.0, 1.0), "beta"),
    ],
)
def test_bad_values_are_named(call, name):
    with pytest.raises(ValueError, match=f"{name} = "):
        call()
