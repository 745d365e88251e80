"""The plain network against finite differences, against the fast one on the digits, and against descent written as a loop."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.activations import ACTIVATIONS
from core.network.digits import digits
from core.network.mlp import backward, forward, losses, networks
from core.network.plain import Gradients, PlainNetwork, gradients, plain_network, train_plain
from core.network.variants import TRAINABLE

KINDS = [*((key, "identity", "cross_entropy") for key in ACTIVATIONS), *((key, key, "squared") for key in ACTIVATIONS)]


def moved(net: PlainNetwork, layer: int, part: str, place: tuple[int, ...], by: float) -> PlainNetwork:
    parts = {"weights": [w.copy() for w in net.weights], "biases": [b.copy() for b in net.biases]}
    parts[part][layer][place] += by
    return PlainNetwork(**parts, activation=net.activation, output=net.output, cost=net.cost)


def plain_loss(net: PlainNetwork, x: np.ndarray, y: np.ndarray) -> float:
    """The mean loss, one sample and one unit at a time."""
    total = 0.0
    for sample, target in zip(x, y, strict=True):
        a = sample
        for layer, (w, b) in enumerate(zip(net.weights, net.biases, strict=True), 1):
            f = ACTIVATIONS[net.activation if layer < len(net.weights) else net.output].f
            a = np.array([float(f(sum(w[i] * a) + b[i])) for i in range(len(b))])
        if net.cost == "squared":
            total += sum((a - target) ** 2) / 2
        else:
            total -= sum(target * (a - a.max() - np.log(np.exp(a - a.max()).sum())))
    return total / len(x)


@pytest.mark.parametrize(("activation", "output", "cost"), KINDS)
def test_gradients_are_finite_differences(activation: str, output: str, cost: str) -> None:
    rng = np.random.default_rng(4)
    sizes = (3, 4, 2, 3)
    drawn = plain_network(sizes, activation, output, cost, sigma_w=1.3, seed=7)
    net = PlainNetwork(drawn.weights, tuple(rng.standard_normal(n) for n in sizes[1:]), activation, output, cost)
    x, y = rng.standard_normal((5, 3)), rng.dirichlet(np.ones(3), size=5)
    found = gradients(net, x, y)
    assert found.loss == pytest.approx(plain_loss(net, x, y), rel=1e-12)
    for part in ("weights", "biases"):
        for layer, exact in enumerate(getattr(found, part)):
            assert exact.shape == getattr(net, part)[layer].shape
            for place in np.ndindex(exact.shape):
                sides = [plain_loss(moved(net, layer, part, place, h), x, y) for h in (1e-5, -1e-5)]
                assert exact[place] == pytest.approx((sides[0] - sides[1]) / 2e-5, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("key", [key for key, variant in TRAINABLE.items() if not variant.flipped])
def test_on_the_digits_it_is_the_fast_network(key: str) -> None:
    fast, data = networks([(key, 5)], 6, 2, 1.2), digits()
    drawn = plain_network((64, 6, 6, 10), TRAINABLE[key].activation, cost="cross_entropy", sigma_w=1.2, seed=5)
    biases = drawn.biases
    if TRAINABLE[key].matched:
        biases = tuple(
            b + (layer > 0) * w.sum(axis=1) / 2 for layer, (w, b) in enumerate(zip(drawn.weights, biases, strict=True))
        )
    net = PlainNetwork(drawn.weights, biases, drawn.activation, drawn.output, drawn.cost)
    x, labels = data.x[::30], data.labels[::30]
    result, theirs = forward(fast, x[None], slopes=True), fast.split(np.empty_like(fast.theta))
    backward(fast, result, labels[None], theirs)
    own = gradients(net, x, labels)
    assert own.loss == pytest.approx(losses(result.logits, labels[None])[0], rel=1e-12)
    assert np.allclose(net.outputs(x), result.logits[0], atol=1e-12)
    for (w, b), own_w, own_b in zip(theirs, own.weights, own.biases, strict=True):
        assert np.allclose(own_w, w[0], atol=1e-14)
        assert np.allclose(own_b, b[0], atol=1e-14)


@settings(max_examples=30)
@given(
    st.lists(st.integers(1, 6), min_size=2, max_size=5),
    st.sampled_from(sorted(ACTIVATIONS)),
    st.integers(1, 4),
    st.integers(0, 10**6),
)
def test_any_sizes_give_gradients_of_their_shapes_and_samples_average(sizes, activation, count, seed) -> None:
    net, rng = plain_network(sizes, activation, seed=seed), np.random.default_rng(seed)
    assert net.sizes == tuple(sizes)
    x, y = rng.standard_normal((count, sizes[0])), rng.standard_normal((count, sizes[-1]))
    whole = gradients(net, x, y)
    single = [gradients(net, x[i : i + 1], y[i : i + 1]) for i in range(count)]
    assert whole.loss == pytest.approx(np.mean([one.loss for one in single]), rel=1e-9)
    for layer, w in enumerate(whole.weights):
        assert w.shape == net.weights[layer].shape
        assert np.allclose(w, np.mean([one.weights[layer] for one in single], axis=0), atol=1e-12)


def test_descent_is_the_rule_written_as_a_loop() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((7, 2)), rng.standard_normal((7, 2))
    net = plain_network((2, 3, 2), "tanh", seed=2)
    run = train_plain(net, x, y, eta=0.3, steps=9, batch=3, seed=11)
    order, at = np.random.default_rng(11), net
    epochs = [order.permutation(7) for _ in range(5)]
    for step in range(9):
        assert run.loss[step] == pytest.approx(plain_loss(at, x, y), rel=1e-12)
        chosen = epochs[step // 2][step % 2 * 3 :][:3]
        g: Gradients = gradients(at, x[chosen], y[chosen])
        weights = [w - 0.3 * d for w, d in zip(at.weights, g.weights, strict=True)]
        biases = [b - 0.3 * d for b, d in zip(at.biases, g.biases, strict=True)]
        at = PlainNetwork(weights, biases, "tanh")
    assert np.allclose(run.network.weights[0], at.weights[0], atol=1e-14)
    assert np.allclose(run.network.biases[1], at.biases[1], atol=1e-14)
    assert len(run.loss) == 10 and not run.diverged


def test_xor_is_learnt_and_labels_are_taken() -> None:
    x = [[0, 0], [0, 1], [1, 0], [1, 1]]
    squared = train_plain(plain_network((2, 4, 1), "tanh", seed=1), x, [0, 1, 1, 0], eta=0.5, steps=2000)
    assert squared.loss[-1] < 1e-3
    assert np.allclose(squared.network.outputs(x)[:, 0], [0, 1, 1, 0], atol=0.1)
    classes = plain_network((2, 4, 2), "sigmoid", cost="cross_entropy", sigma_w=3, seed=1)
    labelled = train_plain(classes, x, [0, 1, 1, 0], eta=2.0, steps=2000)
    assert (labelled.network.outputs(x).argmax(axis=1) == [0, 1, 1, 0]).all()
    shares = train_plain(classes, x, np.eye(2)[[0, 1, 1, 0]], eta=2.0, steps=2000)
    assert np.array_equal(labelled.loss, shares.loss)


def test_a_linear_neuron_diverges_beyond_its_edge_and_says_so() -> None:
    """L = (w x)^2 / 2 with x = 1: each step multiplies w by 1 - eta, and the bias alike; curvature 2 in all, edge 1."""
    net = PlainNetwork([[[1.0]]], [[0.0]], output="identity")
    below, above = (train_plain(net, [[1.0]], [0.0], eta=eta, steps=3000) for eta in (0.9, 1.5))
    assert not below.diverged and below.loss[-1] < 1e-12
    assert above.diverged and np.isfinite(above.loss).all() and len(above.loss) < 3001
    assert above.loss[1] == pytest.approx(above.loss[0] * (1 - 2 * 1.5) ** 2)
    assert np.isfinite(above.network.weights[0]).all()


def test_what_is_given_is_neither_changed_nor_changeable() -> None:
    w, b = np.ones((1, 2)), np.zeros(1)
    net = PlainNetwork([w], [b])
    train_plain(net, [[1.0, 2.0]], [0.5], eta=0.1, steps=3)
    assert (w == 1).all() and (net.weights[0] == 1).all()
    w[0, 0] = 9
    assert net.weights[0][0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        net.weights[0][0, 0] = 2


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("weights", lambda: PlainNetwork([], [])),
        ("weights", lambda: PlainNetwork([[[1.0, 2.0]], [[1.0, 2.0]]], [[0.0], [0.0]])),
        ("weights", lambda: PlainNetwork(np.ones((1, 0, 2)), np.ones((1, 0)))),
        ("weights", lambda: PlainNetwork([[[np.nan]]], [[0.0]])),
        ("biases", lambda: PlainNetwork([[[1.0]]], [[0.0, 1.0]])),
        ("biases", lambda: PlainNetwork([[[1.0]]], [])),
        ("activation", lambda: plain_network((1, 1), "swish")),
        ("output", lambda: plain_network((1, 1), output="softmax")),
        ("cost", lambda: plain_network((1, 1), cost="hinge")),
        ("cost", lambda: plain_network((2, 1), cost="cross_entropy")),
        ("cost", lambda: plain_network((2, 2), output="tanh", cost="cross_entropy")),
        ("sizes", lambda: plain_network((2,))),
        ("sizes", lambda: plain_network((2, 0))),
        ("sizes", lambda: plain_network((2, 1.5))),
        ("sigma_w", lambda: plain_network((1, 1), sigma_w=-1)),
        ("seed", lambda: plain_network((1, 1), seed=-1)),
        ("x", lambda: gradients(plain_network((2, 1)), [[1.0]], [1.0])),
        ("x", lambda: gradients(plain_network((2, 1)), np.ones((0, 2)), [])),
        ("x", lambda: plain_network((2, 1)).outputs("x")),
        ("y", lambda: gradients(plain_network((2, 1)), [[1.0, 1.0]], [1.0, 2.0])),
        ("y", lambda: gradients(plain_network((2, 2)), [[1.0, 1.0]], [1.0])),
        ("y", lambda: gradients(plain_network((2, 2), cost="cross_entropy"), [[1.0, 1.0]], [2])),
        ("y", lambda: gradients(plain_network((2, 2), cost="cross_entropy"), [[1.0, 1.0]], [[0.5, 0.6]])),
        ("gradients", lambda: gradients(PlainNetwork([[[1e300]]], [[0.0]]), [[1e300]], [0.0])),
        ("outputs", lambda: PlainNetwork([[[1e300]]], [[0.0]]).outputs([[1e300]])),
        ("net", lambda: train_plain(PlainNetwork([[[1e300]]], [[0.0]]), [[1.0]], [0.0], 0.1, 1)),
        ("eta", lambda: train_plain(plain_network((1, 1)), [[1.0]], [0.0], -0.1, 1)),
        ("steps", lambda: train_plain(plain_network((1, 1)), [[1.0]], [0.0], 0.1, -1)),
        ("batch", lambda: train_plain(plain_network((1, 1)), [[1.0]], [0.0], 0.1, 1, batch=2)),
    ],
)
def test_bad_values_are_named(name: str, make) -> None:
    with pytest.raises(ValueError, match=rf"{name} = |number of {name}"):
        make()
