"""Variants and optimisers as facts: the family of the scaled tanh, every activation trainable, one entry to add an optimiser."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from core.activations import ACTIVATIONS
from core.network.curvature import bias_leak, largest_curvature
from core.network.digits import digits
from core.network.mlp import forward, networks
from core.network.optimisers import OPTIMISERS, Optimiser
from core.network.runs import collect, first_look, steps_to, within
from core.network.training import Trainer, Training, checks, minibatches
from core.network.update_signs import probe_size, update_signs
from core.network.variants import TRAINABLE, VARIANTS, Variant

LABELS = {
    "sigmoid": "sigmoid",
    "centred": "centred sigmoid",
    "four": "4 x sigmoid",
    "four_centred": "4 x centred sigmoid",
    "bipolar": "2 sigmoid - 1",
    "tanh": "tanh",
    "relu": "ReLU",
    "flipped": "sigmoid, half flipped",
}


def test_keys_and_labels_are_those_of_links_and_of_the_shipped_table() -> None:
    assert {key: variant.label for key, variant in VARIANTS.items()} == LABELS
    assert list(TRAINABLE)[: len(VARIANTS)] == list(VARIANTS)
    assert {variant.activation for variant in TRAINABLE.values()} == set(ACTIVATIONS)


@pytest.mark.parametrize("key", ACTIVATIONS)
def test_the_scaled_tanhs_are_found_by_their_facts(key: str) -> None:
    form, z = Variant(key, key).form, np.linspace(-9, 9, 181)
    bounded = bool(np.ptp(ACTIVATIONS[key].f(np.array([-700.0, 700.0]))) < 10)
    assert (form is not None) == bounded
    if form is not None:
        assert np.allclose(form.gain * (np.tanh(form.rate * z) + form.shift), ACTIVATIONS[key].f(z), atol=2e-15)


def test_every_activation_learns_the_digits() -> None:
    others = tuple(key for key in TRAINABLE if key not in VARIANTS)
    assert {"gelu", "silu", "leaky_relu", "softplus"} <= set(others)
    run = collect(Training(others, (0.1,), steps=150, seeds=1, spacing=1.0))
    assert not run.diverged.any()
    assert (run.accuracy[-1] > 0.9).all()
    assert (run.loss[-1] < run.loss[0] / 3).all()


def test_variants_outside_the_family_may_be_flipped() -> None:
    plain = networks([("softplus", 2)], 5, 2, 1.0)
    flipped = replace(TRAINABLE["softplus"], flipped=True)
    other = type(plain)(plain.sizes, plain.theta.copy(), (flipped,))
    for (w, _), gain in zip(other.layers[1:], other.gain, strict=True):
        w *= np.sign(gain)
    x = np.random.default_rng(0).standard_normal((1, 9, 64))
    assert np.allclose(forward(plain, x).logits, forward(other, x).logits, atol=1e-13)


def test_an_optimiser_is_added_by_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Descent by signs alone, with a memory it never reads: the weights move by eta exactly, or stay."""

    def by_sign(g, memory, step, momentum) -> None:
        memory[0] += 1
        np.sign(g, out=g)

    signs = Optimiser("signs", "descent by signs", "d = sign g", "Riedmiller and Braun (1993)", 1, by_sign)
    trainer = Trainer(Training(("tanh", "relu"), (0.01,), steps=5, width=4, seeds=1))
    started = trainer.nets.theta.copy()
    trainer.optimiser, trainer.memory = signs, [np.zeros_like(started)]
    trainer.advance(1)
    moved = np.abs(trainer.nets.theta - started)
    assert (np.isclose(moved, 0.01) | (moved == 0)).all() and moved.any()
    assert (trainer.memory[0] == 1).all()


def test_optimisers_say_what_they_are() -> None:
    assert tuple(OPTIMISERS) == ("sgd", "momentum", "adam")
    assert isinstance(OPTIMISERS, MappingProxyType)
    for key, one in OPTIMISERS.items():
        assert one.key == key and one.label and one.formula and one.reference
    assert Training(optimiser="adam").optimiser == "adam"


@pytest.mark.parametrize("key", OPTIMISERS)
def test_a_step_is_the_published_rule(key: str) -> None:
    """Three steps of one weight, by hand from the papers' recursions."""
    rng = np.random.default_rng(3)
    memory = [np.zeros(4) for _ in range(OPTIMISERS[key].memory)]
    m = v = np.zeros(4)
    for step in (1, 2, 3):
        g = rng.standard_normal(4)
        m, v = (0.8 * m + g, v) if key == "momentum" else (0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2)
        wanted = {"sgd": g, "momentum": m, "adam": m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)}[key]
        d = g.copy()
        OPTIMISERS[key].direct(d, memory, step, 0.8)
        assert np.allclose(d, wanted, rtol=1e-12)


# What stands at the edge of what is accepted gives a stated result, and no warning (which the tests make an error).


@pytest.mark.parametrize("sigma_w", [0.0, 5e-324, 1e-300, 1e-15])
def test_the_leak_needs_weights(sigma_w: float) -> None:
    """Without them every digit is guessed at 1/10, and there are as many of each: the output's gradient cancels."""
    with pytest.raises(ValueError, match="sigma_w = "):
        bias_leak(Training(sigma_w=sigma_w))


def test_the_leak_of_small_weights_is_that_of_the_linear_limit() -> None:
    """To first order in sigma_w: p = (1 + l - mean l) / 10 for logits l, so no exponential and no slope but 1/4 is left."""
    data, ((w1, _), (w2, _)) = digits(), networks([("sigmoid", 0)], 32, 1, 1.0).layers
    hidden = data.x @ w1[0].T / 4  # the second order of a - 1/2, which raw gradients do not feel
    logits = np.repeat(w2[0].sum(axis=1)[None] / 2, 1000, axis=0)
    rate = ((logits - logits.mean(axis=1, keepdims=True)) / 10).sum(axis=0) / 1000
    onehot = np.eye(10)[data.labels]
    centred = (0.1 - onehot).T @ hidden / 1000
    leak = np.repeat(rate[:, None] / 2, 32, axis=1)
    raw = centred + leak
    found = bias_leak(Training(sigma_w=1e-6))
    assert found.share[1] == pytest.approx(np.linalg.norm(leak) / np.linalg.norm(raw), rel=1e-4)
    assert found.cosine[1] == pytest.approx(
        (raw * centred).sum() / np.linalg.norm(raw) / np.linalg.norm(centred), rel=1e-4
    )


@pytest.mark.parametrize("sigma_w", [1e-9, 1e-3, 20.0])
@pytest.mark.parametrize("depth", [1, 5])
def test_the_leak_is_a_number_at_either_end(sigma_w: float, depth: int) -> None:
    leak = bias_leak(Training(sigma_w=sigma_w, depth=depth, width=2))
    for values in (leak.share, leak.cosine, leak.gradient):
        assert np.isfinite(values).all()
    assert np.abs(leak.cosine).max() <= 1 + 1e-9 and leak.share.min() >= 0


def test_the_curvature_of_a_diverged_run_is_unknown_and_the_others_are_not() -> None:
    mixed = Training(("sigmoid", "relu", "gelu"), (0.5, 1e4, 1e4), steps=30, seeds=2, width=8)
    found = largest_curvature(mixed, after=30, iterations=30)
    alone = largest_curvature(replace(mixed, variants=("sigmoid",), etas=(0.5,)), after=30, iterations=30)
    trainer = Trainer(mixed)
    trainer.advance(30)
    lost = ~(trainer.losses() <= 1e3).reshape(3, 2)
    assert lost[1:].all() and not lost[0].any()
    for name in ("value", "residual", "edge"):
        assert np.array_equal(np.isnan(getattr(found, name)), lost), name
        assert np.allclose(getattr(found, name)[0], getattr(alone, name)[0], rtol=1e-6), name


@pytest.mark.parametrize("sigma_w", [0.0, 1e-300, 20.0])
def test_every_public_look_at_the_extremes_is_quiet(sigma_w: float) -> None:
    training = Training(
        tuple(TRAINABLE), (1e4,), steps=3, width=2, depth=5, batch=1, seeds=1, sigma_w=sigma_w, spacing=1.0
    )
    found = largest_curvature(training, iterations=3)
    assert not np.isnan(found.value).any() and (found.edge > 0).all()
    start = first_look(training)
    assert (np.isnan(start.loss) == start.diverged).all()
    run = collect(training)
    assert (np.isnan(run.loss[-1]) == run.diverged[-1]).all()
    assert (run.reached(1e3)[~run.diverged[0]] == 0).all()
    for optimiser in OPTIMISERS:
        for eta in (5e-324, 1e4):
            passage = steps_to(replace(training, optimiser=optimiser, etas=(eta,), momentum=0.999), 5e-324)
            assert (np.isnan(passage.accuracy) == passage.diverged).all()


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("batch", lambda: minibatches(0, 1001)),
        ("batch", lambda: minibatches(0, 0)),
        ("seed", lambda: minibatches(-1, 8)),
        ("batch", lambda: probe_size(0)),
        ("steps", lambda: checks(-1, 0.1)),
        ("spacing", lambda: checks(5, float("nan"))),
        ("budget", lambda: within(Training(), float("nan"))),
        ("budget", lambda: within(Training(), -1)),
        ("target", lambda: collect(Training(steps=1, seeds=1)).reached(float("nan"))),
        ("checkpoints", lambda: collect(Training(), [])),
        ("variant", lambda: networks([("swish", 0)], 2, 1, 1.0)),
        ("seed", lambda: networks([("tanh", -1)], 2, 1, 1.0)),
        ("width", lambda: networks([("tanh", 0)], 0, 1, 1.0)),
        ("depth", lambda: networks([("tanh", 0)], 2, 0, 1.0)),
        ("sigma_w", lambda: networks([("tanh", 0)], 2, 1, float("nan"))),
        (
            "batch",
            lambda: update_signs(networks([("tanh", 0)], 2, 1, 1.0), np.ones((1, 5, 64)), np.zeros((1, 5), int), 2),
        ),
    ],
)
def test_bad_values_are_named(name: str, call) -> None:
    with pytest.raises(ValueError, match=f"{name} = "):
        call()


def test_lists_are_taken_and_can_be_hashed() -> None:
    given = Training(["tanh", "relu"], [0.5, 1.0], seeds=np.int64(2))
    assert given == Training(("tanh", "relu"), (0.5, 1.0), seeds=2)
    assert hash(given) == hash(Training(("tanh", "relu"), (0.5, 1.0), seeds=2))
