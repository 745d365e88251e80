"""One small network of any sizes, by the textbook: its gradients, and plain descent. Made to be read and to be tried out.

    net = plain_network((2, 3, 1), activation="tanh", seed=1)
    x, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    gradients(net, x, y).weights[0]             # dL/dW of the first layer, (3, 2)
    train_plain(net, x, y, eta=0.5, steps=1000).loss[-1]

core.network.mlp does the same for many networks side by side, fast, on the digits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.activations import ACTIVATIONS
from core.checks import (
    FloatArray,
    check_array,
    check_choice,
    check_floats,
    check_int,
    check_items,
    check_real,
    read_only,
)
from core.logits import shares_and_logs
from core.output import COSTS, CROSS_ENTROPY, SQUARED

MOST_UNITS, MOST_LAYERS, MOST_STEPS = 10_000, 100, 1_000_000

Parts = tuple[FloatArray, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PlainNetwork:
    """A multilayer perceptron, z_l = W_l a_{l-1} + b_l and a_l = f(z_l), and the loss it is trained with.

    Raises: ValueError that names the parameter, its value and what it may be.
    """

    weights: Parts
    """W_1, W_2, ...: (units, inputs) each, the inputs of one layer being the units of the one before."""
    biases: Parts
    """b_1, b_2, ...: (units,) each."""
    activation: str = "sigmoid"
    """The f of the hidden layers, a key of core.activations."""
    output: str = "identity"
    """The f of the last layer, which "cross_entropy" wants to be "identity": its softmax is part of the loss."""
    cost: str = SQUARED
    """The loss of one sample: "squared", |a_L - y|^2 / 2, or "cross_entropy", -sum_k y_k log softmax(a_L)_k."""

    def __post_init__(self) -> None:
        weights = check_items("weights", self.weights, 1, MOST_LAYERS)
        biases = check_items("biases", self.biases, len(weights), len(weights))
        fan_in, checked_w, checked_b = None, [], []
        for w, b in zip(weights, biases, strict=True):
            checked_w.append(check_array("weights", w, (None, fan_in)))
            fan_in = len(checked_w[-1])
            checked_b.append(check_array("biases", b, (fan_in,)))
        if any(w.size == 0 for w in checked_w):
            raise ValueError(f"weights = {self.weights!r} has a layer without units or inputs")
        object.__setattr__(self, "weights", tuple(checked_w))
        object.__setattr__(self, "biases", tuple(checked_b))
        for name in ("activation", "output"):
            check_choice(name, getattr(self, name), tuple(ACTIVATIONS))
        check_choice("cost", self.cost, COSTS)
        if self.cost == CROSS_ENTROPY and (self.output != "identity" or fan_in == 1):
            raise ValueError(f"cost = {self.cost!r} takes two outputs or more, with output = 'identity'")

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units per layer, inputs first."""
        return (self.weights[0].shape[1], *(len(b) for b in self.biases))

    def outputs(self, x: Any) -> FloatArray:
        """a_L for samples x, (B, inputs): (B, outputs); with "cross_entropy" these are the logits.

        Raises: ValueError for other samples, and where the outputs are too large for a number.
        """
        with np.errstate(all="ignore"):
            _, activations = _forward(self, self.weights, self.biases, _check_samples(self, x))
        return read_only(_check_finite("outputs", activations[-1]))


@dataclass(frozen=True, slots=True, eq=False)
class Gradients:
    """The mean loss of some samples, and its derivatives."""

    loss: float
    weights: Parts
    """dL/dW_1, dL/dW_2, ..., each of the shape of its W."""
    biases: Parts
    """dL/db_1, dL/db_2, ..."""


@dataclass(frozen=True, slots=True, eq=False)
class PlainRun:
    """What plain descent did."""

    network: PlainNetwork
    """The network at its end; the last one whose loss is a finite number, where it diverged."""
    loss: FloatArray
    """(steps taken + 1,), the mean loss of all samples before each step and at the end."""
    diverged: bool
    """Whether the loss left all bounds before the last step."""


def plain_network(
    sizes: Sequence[int],
    activation: str = "sigmoid",
    output: str = "identity",
    cost: str = SQUARED,
    sigma_w: float = 1.0,
    seed: int = 0,
) -> PlainNetwork:
    """A fresh network with units per layer as in `sizes`, inputs first.

    Formula: W_ij ~ N(0, sigma_w^2 / fan_in), drawn layer by layer, b = 0; as core.network.mlp.networks draws them.
    Parameters: sizes, 2 to 101 whole numbers from 1 to 10,000; sigma_w, [0, 1e6]; seed >= 0; the rest as in PlainNetwork.
    Raises: ValueError for anything else.
    """
    units = [check_int("sizes", size, 1, MOST_UNITS) for size in check_items("sizes", sizes, 2, MOST_LAYERS + 1)]
    check_real("sigma_w", sigma_w, 0, 1e6)
    rng = np.random.default_rng(check_int("seed", seed, 0, 2**63))
    shapes = list(zip(units[1:], units, strict=False))
    weights = tuple(rng.standard_normal(shape) * (sigma_w / np.sqrt(shape[1])) for shape in shapes)
    return PlainNetwork(weights, tuple(np.zeros(size) for size in units[1:]), activation, output, cost)


def gradients(net: PlainNetwork, x: Any, y: Any) -> Gradients:
    """Backpropagation: the mean loss over B samples, and its gradient.

    Formula: delta_L = dL/dz_L, that is f'(z_L) * (a_L - y) / B or (softmax(z_L) - y) / B; delta_{l-1} = f'(z_{l-1}) *
    (W_l^T delta_l); dL/dW_l = delta_l a_{l-1}^T and dL/db_l = delta_l, summed over the samples.
    Parameters: x, (B, inputs); y, (B, outputs), for "cross_entropy" shares that sum to 1. (B,) is taken too: the targets of
    one output, or for "cross_entropy" the labels 0, 1, ...
    Raises: ValueError for anything else, and where the gradient is too large for a number.
    Reference: Nielsen, Neural Networks and Deep Learning, ch. 2.
    """
    x = _check_samples(net, x)
    loss, dw, db = _backward(net, net.weights, net.biases, x, _check_targets(net, y, len(x)))
    for part in (np.array(loss), *dw, *db):
        _check_finite("gradients", part)
    return Gradients(loss, tuple(map(read_only, dw)), tuple(map(read_only, db)))


def train_plain(net: PlainNetwork, x: Any, y: Any, eta: float, steps: int, batch: int = 0, seed: int = 0) -> PlainRun:
    """Plain descent from `net`: W <- W - eta dL/dW and b <- b - eta dL/db.

    Parameters: x and y as for `gradients`; eta, [0, 1e9]; steps, 0 to 1,000,000; batch, samples a step, 0 for all of them. Of
    batches an epoch is drawn without replacement, by `seed`; a rest smaller than a batch is left out.
    Raises: ValueError for anything else, and where the loss of `net` itself is no finite number.
    """
    x = _check_samples(net, x)
    y = _check_targets(net, y, len(x))
    check_real("eta", eta, 0, 1e9)
    check_int("steps", steps, 0, MOST_STEPS)
    check_int("batch", batch, 0, len(x))
    rng = np.random.default_rng(check_int("seed", seed, 0, 2**63))
    weights, biases = [w.copy() for w in net.weights], [b.copy() for b in net.biases]
    per_epoch = len(x) // batch if batch else 1
    losses = [_loss(net, weights, biases, x, y)]
    if not np.isfinite(losses[0]):
        raise ValueError(f"net = {net!r} has no finite loss on these samples")
    for step in range(steps):
        if step % per_epoch == 0:
            order = rng.permutation(len(x)) if batch else np.arange(len(x))
        start = step % per_epoch * batch
        chosen = order[start : start + batch] if batch else order
        _, dw, db = _backward(net, weights, biases, x[chosen], y[chosen])
        before = [*weights, *biases]
        with np.errstate(all="ignore"):
            weights = [w - eta * g for w, g in zip(weights, dw, strict=True)]
            biases = [b - eta * g for b, g in zip(biases, db, strict=True)]
        loss = _loss(net, weights, biases, x, y)
        if not np.isfinite(loss) or not all(np.isfinite(part).all() for part in (*weights, *biases)):
            weights, biases = before[: len(weights)], before[len(weights) :]
            break
        losses.append(loss)
    last = PlainNetwork(tuple(weights), tuple(biases), net.activation, net.output, net.cost)
    return PlainRun(last, read_only(np.array(losses)), len(losses) <= steps)


def _forward(net: PlainNetwork, weights: Sequence[FloatArray], biases: Sequence[FloatArray], x: FloatArray) -> Any:
    """z of every layer, and a of every layer, the samples first."""
    z: list[FloatArray] = []
    a = [x]
    for layer, (w, b) in enumerate(zip(weights, biases, strict=True), 1):
        z.append(a[-1] @ w.T + b)
        a.append(ACTIVATIONS[net.activation if layer < len(weights) else net.output].f(z[-1]))
    return z, a


def _mean_loss(net: PlainNetwork, outputs: FloatArray, y: FloatArray) -> float:
    if net.cost == CROSS_ENTROPY:
        _, log_p = shares_and_logs(outputs)
        return float(-np.where(y > 0, y * log_p, 0.0).sum() / len(y))
    return float(((outputs - y) ** 2).sum() / (2 * len(y)))


def _loss(net: PlainNetwork, weights: Sequence[FloatArray], biases: Sequence[FloatArray], x: Any, y: Any) -> float:
    with np.errstate(all="ignore"):
        return _mean_loss(net, _forward(net, weights, biases, x)[1][-1], y)


@np.errstate(all="ignore")
def _backward(
    net: PlainNetwork, weights: Sequence[FloatArray], biases: Sequence[FloatArray], x: FloatArray, y: FloatArray
) -> tuple[float, list[FloatArray], list[FloatArray]]:
    """The mean loss, dL/dW and dL/db of every layer."""
    z, a = _forward(net, weights, biases, x)
    if net.cost == CROSS_ENTROPY:
        delta = (shares_and_logs(a[-1])[0] - y) / len(x)
    else:
        delta = ACTIVATIONS[net.output].df(z[-1]) * (a[-1] - y) / len(x)
    dw: list[FloatArray] = []
    db: list[FloatArray] = []
    for layer in reversed(range(len(weights))):
        dw.insert(0, delta.T @ a[layer])
        db.insert(0, delta.sum(axis=0))
        if layer:
            delta = ACTIVATIONS[net.activation].df(z[layer - 1]) * (delta @ weights[layer])
    return _mean_loss(net, a[-1], y), dw, db


def _check_samples(net: PlainNetwork, x: Any) -> FloatArray:
    samples = check_array("x", x, (None, net.sizes[0]))
    if not len(samples):
        raise ValueError(f"x = {x!r} holds no sample")
    return samples


def _check_targets(net: PlainNetwork, y: Any, count: int) -> FloatArray:
    """y as (count, outputs)."""
    outputs, given = net.sizes[-1], check_floats("y", y)
    if given.ndim == 1 and net.cost == CROSS_ENTROPY:
        labels = check_array("y", y, (count,))
        if not np.isin(labels, np.arange(outputs)).all():
            raise ValueError(f"y = {y!r} is not made of labels, whole numbers in [0, {outputs - 1}]")
        return np.eye(outputs)[labels.astype(int)]
    if given.ndim == 1 and outputs == 1:
        return check_array("y", y, (count,))[:, None]
    targets = check_array("y", y, (count, outputs))
    if net.cost == CROSS_ENTROPY and not ((targets >= 0).all() and np.allclose(targets.sum(axis=1), 1, atol=1e-9)):
        raise ValueError(f"y = {y!r} is not made of shares in [0, 1] that sum to 1")
    return targets


def _check_finite(name: str, array: FloatArray) -> FloatArray:
    if not np.isfinite(array).all():
        raise ValueError(f"{name} = {array!r} is not finite: the network's weights are too large for these samples")
    return array
