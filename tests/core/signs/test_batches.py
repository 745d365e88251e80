"""Pattern entropies against exact values, and a layer's curvature against a Hessian by finite differences."""

import math

import mpmath
import numpy as np
import pytest

from core.inputs import Inputs, condition_number, measured_second_moment, second_moment
from core.neuron.descent import DescentConfig, descend
from core.signs.batches import PatternConfig, limit_patterns, measured_patterns
from core.signs.layer import descend_layer, layer_curvature
from core.signs.patterns import POSITIVE, reachable_patterns


@pytest.mark.parametrize(("source", "bits"), [("sigmoid", 2.0), ("tanh", 3.0), ("centred", 3.0), ("relu", 2.0)])
def test_one_sample_has_the_bits_of_its_equally_likely_patterns(source, bits):
    shares = measured_patterns(PatternConfig(source, draws=20_000, seed=3))
    assert shares.bits == pytest.approx(bits, abs=max(4 * shares.error, 2e-3))
    assert shares.shares.sum() + shares.with_zero == pytest.approx(1, abs=1e-12)


def test_relu_zeros_are_reported_apart():
    shares = measured_patterns(PatternConfig("relu", draws=20_000))
    assert shares.with_zero == pytest.approx(0.75, abs=4 * math.sqrt(0.75 * 0.25 / 20_000))
    assert measured_patterns(PatternConfig("sigmoid", draws=1000)).with_zero == 0


def test_one_positive_sample_shows_only_reachable_patterns():
    shares = measured_patterns(PatternConfig("sigmoid", 3, 3, 2, 20_000))
    seen = {p for p, share in zip(shares.patterns, shares.shares, strict=True) if share > 0}
    assert seen <= set(reachable_patterns(3, 3, POSITIVE, 2))


def exact_two_sample_bits(source: str) -> float:
    """Two samples, 2 x 2: with the inputs fixed, the rows are independent and equally likely by angle. A row's four
    patterns have the angles between the two columns' lines as probabilities, so integrate over the columns' angles."""
    rng = np.random.default_rng(11)
    f = {"sigmoid": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh}[source]
    a = f(rng.standard_normal((2_000_000, 2, 2)))
    first, second = np.arctan2(a[:, 1, 0], a[:, 0, 0]), np.arctan2(a[:, 1, 1], a[:, 0, 1])
    apart = np.abs(np.angle(np.exp(1j * (first - second)))) / np.pi  # the chance that a row's two signs differ
    same = ((1 - apart) ** 2).mean() / 4, (apart * (1 - apart)).mean() / 4, (apart**2).mean() / 4
    # 4 patterns with both rows agreeing, 8 with one, 4 with none.
    return -sum(count * p * math.log2(p) for count, p in zip((4, 8, 4), same, strict=True))


@pytest.mark.parametrize("source", ["sigmoid", "tanh"])
def test_two_samples_have_the_entropy_of_the_angles_between_their_inputs(source):
    shares = measured_patterns(PatternConfig(source, batch=2, draws=40_000, seed=5))
    assert shares.bits == pytest.approx(exact_two_sample_bits(source), abs=4 * shares.error + 1e-3)


@pytest.mark.parametrize("source", ["sigmoid", "relu", "tanh", "uniform"])
def test_the_limit_for_two_inputs_is_the_bivariate_orthant_probability(source):
    law = Inputs(source)
    h = np.array([[float(x) for x in row] for row in _second_moment_by_sampling(law)])
    rho = h[0, 1] / h[0, 0]
    agree = 0.5 + math.asin(rho) / math.pi
    bits = 2 * (1 - agree * math.log2(agree) - (1 - agree) * math.log2(1 - agree))
    assert limit_patterns(source).bits == pytest.approx(bits, abs=5e-3)
    assert limit_patterns(source).shares.sum() == pytest.approx(1, abs=1e-12)


def _second_moment_by_sampling(law: Inputs) -> np.ndarray:
    return measured_second_moment(law, 1_000_000, 2)


def test_the_limit_for_three_inputs_against_high_precision():
    ratio = (
        mpmath.mpf(1)
        / 2
        / mpmath.sqrt(mpmath.quad(lambda z: mpmath.npdf(z) / (1 + mpmath.exp(-z)) ** 2, [-30, 0, 30]) - 0.25)
    )
    chance = [
        mpmath.quad(
            lambda z, k=k: mpmath.npdf(z) * mpmath.ncdf(ratio * z) ** (3 - k) * mpmath.ncdf(-ratio * z) ** k,
            [-12, 0, 12],
        )
        for k in range(4)
    ]
    bits = -sum(mpmath.binomial(3, k) * p * mpmath.log(p, 2) for k, p in enumerate(chance))
    assert limit_patterns("sigmoid", 1, 3).bits == pytest.approx(float(bits), abs=1e-10)


@pytest.mark.parametrize("source", ["sigmoid", "relu"])
def test_large_batches_reach_the_limit(source):
    measured, limit = measured_patterns(PatternConfig(source, batch=256, draws=20_000)), limit_patterns(source)
    assert measured.bits == pytest.approx(limit.bits, abs=4 * measured.error + 5e-3)
    error = np.sqrt(limit.shares * (1 - limit.shares) / 20_000)
    assert (np.abs(measured.shares - limit.shares) < 5 * error + 1e-3).all()


def test_the_same_seed_gives_the_same_shares():
    config = PatternConfig(batch=4, draws=500, seed=9)
    assert (measured_patterns(config).shares == measured_patterns(config).shares).all()


def test_a_layers_curvature_is_its_hessian_and_the_kappas_multiply():
    law, rng = Inputs("sigmoid", 3), np.random.default_rng(4)
    j = rng.standard_normal((4, 2))
    h = second_moment(law)
    truth = rng.standard_normal((2, 3))

    def loss(w):
        e = j @ (w.reshape(2, 3) - truth)
        return 0.5 * np.trace(e @ h @ e.T)

    step, w, identity = 1e-3, rng.standard_normal(6), np.eye(6)
    hessian = np.array(
        [
            [
                (
                    loss(w + step * (p + q))
                    - loss(w + step * (p - q))
                    - loss(w - step * (p - q))
                    + loss(w - step * (p + q))
                )
                / (4 * step * step)
                for q in identity
            ]
            for p in identity
        ]
    )
    layer = layer_curvature(j.T @ j, law)
    assert np.allclose(layer.hessian, hessian, rtol=1e-6, atol=1e-7)
    assert np.allclose(layer.eigenvalues, np.linalg.eigvalsh(hessian), rtol=1e-6)
    assert layer.kappa == pytest.approx(np.linalg.cond(hessian), rel=1e-6)
    assert layer.kappa == pytest.approx(layer.coupling_kappa * layer.input_kappa, rel=1e-12)


@pytest.mark.parametrize("source", ["sigmoid", "tanh", "relu"])
def test_uncoupled_neurons_have_the_kappa_of_one(source):
    law = Inputs(source, 4)
    assert layer_curvature(np.eye(5), law).kappa == pytest.approx(condition_number(law), rel=1e-12)


def test_bad_settings_are_named():
    for bad in (
        {"m": 5, "n": 4},
        {"batch": 0},
        {"draws": 99},
        {"seed": -1},
        {"source": "softplus"},
        {"batch": 1024, "draws": 100_000},
    ):
        with pytest.raises(ValueError, match=" = "):
            PatternConfig(**bad)
    for bad in ([[1.0, 2.0], [2.0, 1.0]], [[1.0, 0.0]], [[1.0, 0.5], [0.2, 1.0]]):
        with pytest.raises(ValueError, match="coupling"):
            layer_curvature(bad, Inputs())


def test_a_coupled_layer_descends_as_a_plain_loop_does():
    law, coupling = Inputs("sigmoid"), np.array([[1.0, 0.6], [0.6, 1.0]])
    start, target = np.array([[-1.0, 0.5], [1.0, 1.0]]), np.array([[1.0, -1.0], [-1.0, 0.0]])
    run, h, w = descend_layer(coupling, law, start, target), second_moment(law), start
    losses = []
    for step in range(len(run.w)):
        assert np.allclose(run.w[step], w, atol=1e-12)
        losses.append(np.trace((w - target).T @ coupling @ (w - target) @ h) / 2)
        w = w - run.eta * coupling @ (w - target) @ h
    assert np.allclose(run.loss, losses, rtol=1e-9)
    assert losses[run.steps] <= 1e-4 * losses[0] < losses[run.steps - 1]
    curvatures = np.linalg.eigvalsh(np.kron(coupling, h))
    assert run.eta == pytest.approx(2 / (curvatures[0] + curvatures[-1]))


def test_an_uncoupled_layer_descends_as_its_neurons_do_alone():

    law, start, target = Inputs("sigmoid"), ((-1.0, 0.5), (1.0, 1.0)), ((1.0, -1.0), (-1.0, 0.0))
    layer = descend_layer(np.eye(2), law, start, target)
    for k in (0, 1):
        alone = descend(DescentConfig(law, start[k], target[k], layer.eta, tolerance=1e-12))
        assert np.allclose(layer.w[:, k], alone.w[: len(layer.w)], atol=1e-12)
