"""A layer's curvature against a Hessian by finite differences, and its descent against plain loops."""

import numpy as np
import pytest

from core.inputs import Inputs, condition_number, second_moment
from core.neuron.descent import DescentConfig, descend
from core.signs.layer import descend_layer, layer_curvature


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


def test_a_long_descent_is_counted_to_its_end_and_kept_in_part():
    law, coupling = Inputs("sigmoid", 64), np.array([[1.0, 0.9], [0.9, 1.0]])
    start, target = np.tile([[-1.0, 0.5], [0.8, -1.2]], 32), np.tile([[1.0, -1.0], [-1.0, 0.8]], 32)
    run = descend_layer(coupling, law, start, target, keep=60)
    assert run.w.shape == (61, 2, 64) and run.loss.shape == (61,)
    curvature = np.kron(coupling, second_moment(law))
    left = np.linalg.matrix_power(np.eye(128) - run.eta * curvature, run.steps - 1) @ (start - target).ravel()
    goal = 1e-4 * ((start - target).ravel() @ curvature @ (start - target).ravel())
    after = left - run.eta * curvature @ left
    assert after @ curvature @ after <= goal < left @ curvature @ left
    assert descend_layer(coupling, law, target, target, keep=0).steps == 0


def test_an_uncoupled_layer_descends_as_its_neurons_do_alone():

    law, start, target = Inputs("sigmoid"), ((-1.0, 0.5), (1.0, 1.0)), ((1.0, -1.0), (-1.0, 0.0))
    layer = descend_layer(np.eye(2), law, start, target)
    for k in (0, 1):
        alone = descend(DescentConfig(law, start[k], target[k], layer.eta, tolerance=1e-12))
        assert np.allclose(layer.w[:, k], alone.w[: len(layer.w)], atol=1e-12)


@pytest.mark.parametrize("size", [1e-90, 1e-12, 1.0, 1e12, 1e90])
@pytest.mark.parametrize(
    "bad", [[[1.0, 2.0], [2.0, 1.0]], [[1.0, 0.0]], [[1.0, 0.5], [0.2, 1.0]], [[1.0, 1.0], [1.0, 1.0]]]
)
def test_what_is_no_coupling_is_none_at_any_size(bad, size):
    """Not symmetric, or not positive definite; a size that the learning rate takes up makes no difference."""
    with pytest.raises(ValueError, match="coupling"):
        layer_curvature(size * np.array(bad), Inputs())


@pytest.mark.parametrize("size", [1e-90, 1e-12, 1.0, 1e12, 1e90])
def test_the_size_of_a_coupling_is_taken_up_by_the_learning_rate(size):
    good, start, target = np.array([[1.0, 0.6], [0.6, 1.0]]), np.zeros((2, 2)), np.ones((2, 2))
    assert layer_curvature(size * good, Inputs()).kappa == pytest.approx(4 * condition_number(Inputs()))
    here, there = descend_layer(good, Inputs(), start, target), descend_layer(size * good, Inputs(), start, target)
    assert here.steps == there.steps and np.allclose(here.w, there.w)
    nearly = size * (good + np.array([[0, 1e-12], [0, 0]]))
    assert layer_curvature(nearly, Inputs()).kappa == pytest.approx(4 * condition_number(Inputs()))


def test_a_coupling_beyond_what_its_products_can_hold_is_refused():
    for size in (1e-200, 0.0, 1e200):
        with pytest.raises(ValueError, match="coupling"):
            layer_curvature(size * np.eye(2), Inputs())
