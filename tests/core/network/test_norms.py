"""Normalised networks against finite differences, a network written as plain loops, and what must hold exactly."""

from dataclasses import replace

import numpy as np
import pytest

from core.activations import ACTIVATIONS
from core.network.curvature import largest_curvature
from core.network.digits import digits
from core.network.mlp import Networks, backward, forward, losses, networks, parameters
from core.network.norms import NETWORK_NORMS, NORM_KEYS
from core.network.runs import collect, steps_to, work
from core.network.training import Trainer, Training, minibatches
from core.network.update_signs import update_signs
from core.network.variants import TRAINABLE

KINDS = ("sigmoid", "centred", "relu", "gelu", "flipped")
NORMS = tuple(NETWORK_NORMS)


def small(norm: str, depth: int = 2) -> Networks:
    nets = networks([(v, 3) for v in KINDS], 6, depth, 1.5, norm)
    nets.theta += 0.1 * np.random.default_rng(0).standard_normal(nets.theta.shape[1])  # offsets off 0, gains off 1
    return nets


def plain(norm: str, kind: str, layers: list, scales: list, x: np.ndarray, moments: list | None = None) -> np.ndarray:
    """The logits of all images, from the definitions; `moments`, means and variances of another batch."""
    f = ACTIVATIONS[TRAINABLE[kind].activation].f
    where, when = norm.split() if norm != "none" else ("", "")
    axis = {"batch": 0, "layer": 1}.get(where, 0)

    def normalised(u: np.ndarray, at: int) -> np.ndarray:
        mean, variance = u.mean(axis=axis, keepdims=True), u.var(axis=axis, keepdims=True)
        if moments is not None and axis == 0:
            mean, variance = moments[at]
        elif moments is None:
            seen.append((mean, variance))
        return scales[at][0] * (u - mean) / np.sqrt(variance + 1e-5) + scales[at][1]

    seen: list = []
    for at, (w, b) in enumerate(layers[:-1]):
        z = x @ w.T + b
        z = normalised(z, at) if when == "before" else z
        a = f(z) * (np.where(np.arange(z.shape[1]) % 2, -1, 1) if TRAINABLE[kind].flipped else 1)
        x = normalised(a, at) if when == "after" else a
    plain.seen = seen
    return x @ layers[-1][0].T + layers[-1][1]


def loss(logits: np.ndarray, labels: np.ndarray) -> float:
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return float(-np.log(e / e.sum(axis=1, keepdims=True))[np.arange(len(labels)), labels].mean())


def split(nets: Networks, run: int, theta: np.ndarray | None = None) -> tuple[list, list]:
    theta = nets.theta[run] if theta is None else theta
    return tuple([(w[0], b[0]) for w, b in part(theta[None])] for part in (nets.split, nets.split_scales))


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("depth", [1, 3])
def test_a_normalised_pass_is_the_definition(norm: str, depth: int) -> None:
    nets, data = small(norm, depth), digits()
    x, labels, held = data.x[::40], data.labels[::40], data.held_x[:7]
    result = forward(nets, x[None], slopes=True)
    unseen = forward(nets, held[None], like=result).logits
    found = losses(result.logits, labels[None])
    for run, kind in enumerate(KINDS):
        logits = plain(norm, kind, *split(nets, run), x)
        assert np.allclose(result.logits[run], logits, atol=1e-11)
        assert found[run] == pytest.approx(loss(logits, labels))
        assert np.allclose(unseen[run], plain(norm, kind, *split(nets, run), held, plain.seen), atol=1e-11)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("depth", [1, 3])
def test_every_gradient_is_a_finite_difference_of_the_definition(norm: str, depth: int) -> None:
    """All parameters along random directions, and gains, offsets, weights and biases of each layer one by one."""
    nets, data = small(norm, depth), digits()
    x, labels = data.x[::40], data.labels[::40]
    gradient = np.zeros_like(nets.theta)
    result = forward(nets, x[None], slopes=True)
    backward(nets, result, labels[None], nets.split(gradient), nets.split_scales(gradient))
    rng, size = np.random.default_rng(1), nets.theta.shape[1]
    places = nets.split(np.arange(size)[None].astype(float)), nets.split_scales(np.arange(size)[None].astype(float))
    chosen = [int(one) for part in places for pair in part for array in pair for one in rng.choice(array.ravel(), 2)]
    directions = [*np.eye(size)[chosen], *rng.standard_normal((3, size))]
    for run, kind in enumerate(KINDS):
        for v in directions:
            sides = [
                loss(plain(norm, kind, *split(nets, run, nets.theta[run] + h * v), x), labels) for h in (1e-5, -1e-5)
            ]
            assert gradient[run] @ v == pytest.approx((sides[0] - sides[1]) / 2e-5, rel=2e-5, abs=2e-7), (kind, run)


@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("norm", NORM_KEYS)
def test_training_is_a_naive_loop_over_numerical_gradients(optimiser: str, norm: str) -> None:
    """Three steps of each optimiser with gradients of the definition, by differences, and the papers' recursions."""
    rate = {"sgd": 0.5, "momentum": 0.1, "adam": 0.02}[optimiser]
    training = Training(("sigmoid",), (rate,), batch=4, steps=3, width=3, seeds=1, optimiser=optimiser, norm=norm)
    trainer, data = Trainer(training), digits()
    theta = trainer.nets.theta[0].copy()
    keep, order = np.arange(195, theta.size), minibatches(0, 4)  # the first layer's weights take their own gradient
    m, v, felt = np.zeros_like(theta), np.zeros_like(theta), np.ones(theta.size, dtype=bool)
    for t in (1, 2, 3):
        chosen = next(order)
        x, labels = data.x[chosen], data.labels[chosen]
        g = np.zeros_like(theta)
        for place in range(theta.size) if t == 1 else keep:
            sides = []
            for h in (1e-5, -1e-5):
                moved = theta.copy()
                moved[place] += h
                sides.append(loss(plain(norm, "sigmoid", *split(trainer.nets, 0, moved), x), labels))
            g[place] = (sides[0] - sides[1]) / 2e-5
        if t > 1:
            exact = np.zeros_like(trainer.nets.theta)
            nets = replace_theta(trainer.nets, theta)
            backward(nets, forward(nets, x[None], slopes=True), labels[None], nets.split(exact))
            g[:195] = exact[0, :195]
        felt &= (np.abs(g) > 1e-6) | (t > 1)
        step = g
        if optimiser == "momentum":
            m = 0.9 * m + g
            step = m
        elif optimiser == "adam":
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            step = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        theta = theta - rate * step
    trainer.advance(3)
    started = Trainer(training).nets.theta[0]
    assert felt.mean() > 0.7  # where a gradient is 0 but for rounding, Adam makes steps of the rounding
    moved = trainer.nets.theta[0] - started
    assert np.allclose(moved[felt], (theta - started)[felt], rtol=1e-3, atol=2e-5)


def replace_theta(nets: Networks, theta: np.ndarray) -> Networks:
    return Networks(nets.sizes, theta[None].copy(), nets.variants, nets.norm)


def test_batch_norm_at_batch_one_is_refused_with_the_reason() -> None:
    for norm in NORMS:
        if NETWORK_NORMS[norm].over_images:
            with pytest.raises(ValueError, match=r"norm = .*batch = 1: one image less its own mean is 0"):
                Training(batch=1, norm=norm)
        else:
            assert Training(batch=1, norm=norm).norm == norm
    nets = small("batch before")
    nets.scales[0][1][:] = 0
    hat = forward(nets, digits().x[None, :1]).normalised[0].hat
    assert (hat == 0).all(), "what would be learned from is 0 for every image"


def test_what_each_normalisation_makes_equal() -> None:
    x = digits().x[None, :200]
    for norm in NORMS:
        nets = networks([(v, 0) for v in KINDS], 32, 1, 1.0, norm)
        result = forward(nets, x)
        axis = 1 if NETWORK_NORMS[norm].over_images else 2
        for value, wanted in (
            (result.normalised[0].hat.mean(axis=axis), 0),
            (result.normalised[0].hat.std(axis=axis), 1),
        ):
            assert np.allclose(value, wanted, atol=2e-3)
        if not NETWORK_NORMS[norm].before:
            assert np.array_equal(result.a[1], result.normalised[0].hat)


def test_before_batch_norm_neither_weight_scale_nor_bias_matters() -> None:
    nets, x = small("batch before"), digits().x[None, ::40]
    before = forward(nets, x).logits
    for (w, b), _ in zip(nets.layers, nets.scales, strict=False):
        w *= 7.0
        b += 3.0
    assert np.allclose(forward(nets, x).logits, before, rtol=1e-4, atol=1e-4)


def test_a_normalised_training_is_recorded_like_any_other() -> None:
    for norm in NORMS:
        training = Training(KINDS, (0.3,), batch=32, steps=60, width=16, depth=2, seeds=1, norm=norm, spacing=0.3)
        run = collect(replace(training, detail=2.0))
        assert not run.diverged.any() and (run.loss[-1] < 0.8 * run.loss[0]).all()
        assert (run.accuracy[-1] > 0.5).all()
        passage = steps_to(training, 1.0)
        assert np.array_equal(passage.steps, run.reached(1.0))
        assert work(training) > work(replace(training, norm="none"))


def test_signs_under_batch_norm_are_those_of_whole_minibatches() -> None:
    nets, data = small("batch after"), digits()
    x, labels = np.repeat(data.x[None, :16], len(KINDS), 0), np.repeat(data.labels[None, :16], len(KINDS), 0)
    found = update_signs(nets, x, labels, 8)
    rows = []
    for start in (0, 8):
        out = nets.split(np.zeros_like(nets.theta))
        part = slice(start, start + 8)
        backward(nets, forward(nets, x[:, part], slopes=True), labels[:, part], out)
        rows.append([w for w, _ in out])
    for layer in range(3):
        row = np.stack([one[layer] for one in rows], axis=1)
        alike = ((row > 0).all(axis=-1) | (row < 0).all(axis=-1)).mean(axis=(1, 2))
        assert np.allclose(found.locked[:, layer], alike)


def test_several_rates_train_side_by_side_as_they_do_alone() -> None:
    training = Training(
        ("sigmoid",), (1.0,), batch=8, steps=20, width=6, seeds=2, norm="batch after", optimiser="momentum"
    )
    together = Trainer(training, (0.1, 1.0))
    together.advance(20)
    for at, eta in enumerate((0.1, 1.0)):
        alone = Trainer(replace(training, etas=(eta,)))
        alone.advance(20)
        assert np.allclose(together.nets.theta[2 * at : 2 * at + 2], alone.nets.theta, atol=1e-12)


def test_the_curvature_of_normalised_networks_is_refused() -> None:
    with pytest.raises(ValueError, match="norm = 'layer after'"):
        largest_curvature(Training(norm="layer after", seeds=1))


def test_parameters_count_gains_and_offsets() -> None:
    assert parameters(6, 2, True) - parameters(6, 2) == 2 * 6 * 2
    assert small("layer after").theta.shape[1] == parameters(6, 2, True)
