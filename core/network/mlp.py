"""Multilayer perceptrons, many side by side: forward pass, backpropagation and curvature as one batched computation.

All variants but ReLU are one family, f(z) = gain (tanh(rate z) + shift), so that runs of different variants share every
array operation: axis 0 of each array counts the runs. Sigmoid is gain 1/2, rate 1/2, shift 1, since
sigma(z) = (1 + tanh(z / 2)) / 2. A flipped unit has a negative gain.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from core.checks import BoolArray, FloatArray, IntArray
from core.network.digits import CLASSES, INPUTS


@dataclass(frozen=True, slots=True)
class Variant:
    """A hidden activation as the ablation names it: f(z) = gain (tanh(rate z) + shift), or ReLU where `rectified`.

    key, label: its names in links and on pages. activation: the key of f in core.activations.
    flipped: every other hidden unit and its outgoing weights are negated. matched: biases are shifted at the start so
    that the network is the same function as with the sigmoid.
    """

    key: str
    label: str
    activation: str
    gain: float = 1.0
    rate: float = 1.0
    shift: float = 0.0
    rectified: bool = False
    flipped: bool = False
    matched: bool = False


_ALL = (
    Variant("sigmoid", "sigmoid", "sigmoid", 0.5, 0.5, 1.0),
    Variant("centred", "centred sigmoid", "centred", 0.5, 0.5, matched=True),
    Variant("four", "4 x sigmoid", "four", 2.0, 0.5, 1.0),
    Variant("four_centred", "4 x centred sigmoid", "four_centred", 2.0, 0.5),
    Variant("bipolar", "2 sigmoid - 1", "bipolar", 1.0, 0.5),
    Variant("tanh", "tanh", "tanh"),
    Variant("relu", "ReLU", "relu", rectified=True),
    Variant("flipped", "sigmoid, half flipped", "sigmoid", 0.5, 0.5, 1.0, flipped=True),
)
VARIANTS: Mapping[str, Variant] = MappingProxyType({v.key: v for v in _ALL})
"""Every variant by its key, in the order of the page."""


Layers = list[tuple[FloatArray, FloatArray]]


@dataclass(slots=True, eq=False)
class Networks:
    """R networks of one shape: the only thing here that changes, in place, while it trains.

    sizes: units per layer, inputs first. theta: (R, parameters), each row W_1, b_1, W_2, b_2, ... of one run.
    gain: one (R, 1, units) array per hidden layer; rate, shift: (R, 1, 1). rectified: the runs that are ReLU.
    layers: views of `theta`, W (R, units, inputs) and b (R, units) of each layer.
    """

    sizes: tuple[int, ...]
    theta: FloatArray
    gain: list[FloatArray]
    rate: FloatArray
    shift: FloatArray
    rectified: IntArray
    layers: Layers = field(init=False)

    def __post_init__(self) -> None:
        self.layers = self.split(self.theta)

    def split(self, theta: FloatArray) -> Layers:
        """Views of an array laid out as `theta`: W (R, units, inputs) and b (R, units) per layer."""
        views, at = [], 0
        for fan_in, units in zip(self.sizes, self.sizes[1:], strict=False):
            w = theta[:, at : at + units * fan_in].reshape(-1, units, fan_in)
            at += units * fan_in
            views.append((w, theta[:, at : at + units]))
            at += units
        return views

    def kept(self, runs: BoolArray | slice) -> "Networks":
        """The networks of the chosen runs: a copy, or for a slice a view, whose training is theirs."""
        rectified = np.flatnonzero(np.isin(np.arange(len(self.theta))[runs], self.rectified))
        gain = [g[runs] for g in self.gain]
        return Networks(self.sizes, self.theta[runs], gain, self.rate[runs], self.shift[runs], rectified)


@dataclass(frozen=True, slots=True, eq=False)
class Pass:
    """What a forward pass leaves behind.

    a: the input of every layer, (R or 1, B, n) each. slope: f'(z), bend: f''(z) per hidden layer, (R, B, n) each, empty
    unless asked for. logits: (R, B, 10).
    """

    a: list[FloatArray]
    slope: list[FloatArray]
    bend: list[FloatArray]
    logits: FloatArray


def parameters(width: int, depth: int) -> int:
    """How many weights and biases a network with `depth` hidden layers of `width` units has."""
    return (INPUTS + 1) * width + (depth - 1) * (width + 1) * width + (width + 1) * CLASSES


def networks(runs: Sequence[tuple[str, int]], width: int, depth: int, sigma_w: float) -> Networks:
    """Fresh networks, one per (variant, seed).

    Formula: W_ij ~ N(0, sigma_w^2 / fan_in), b = 0: the same draws for every variant with the same seed. A matched
    variant then gets b += row sums of W / 2 behind each hidden layer, which makes sigma - 1/2 the same function as
    sigma. A flipped one gets every other unit of a hidden layer negated, and its outgoing weights too: again the same.
    Parameters: runs, pairs of a key of VARIANTS and a seed >= 0; width and depth, hidden units and hidden layers, >= 1;
    sigma_w >= 0, dimensionless.
    Raises: KeyError for an unknown variant (settings check it before).
    Reference: LeCun, Bottou, Orr and Muller, Efficient BackProp (1998), section 4.
    """
    sizes = (INPUTS, *[width] * depth, CLASSES)
    count = len(runs)
    kinds = [VARIANTS[key] for key, _ in runs]
    column = np.array([(k.gain, k.rate, k.shift) for k in kinds])[:, :, None, None]
    signs = np.ones((count, 1, width))
    signs[[k.flipped for k in kinds], :, 1::2] = -1
    nets = Networks(
        sizes,
        np.zeros((count, parameters(width, depth))),
        [column[:, 0] * signs for _ in range(depth)],
        column[:, 1],
        column[:, 2],
        np.flatnonzero([k.rectified for k in kinds]),
    )
    for run, (_, seed) in enumerate(runs):
        rng = np.random.default_rng(seed)
        for w, _ in nets.layers:
            w[run] = rng.standard_normal(w.shape[1:]) * (sigma_w / np.sqrt(w.shape[2]))
    matched = np.array([k.matched for k in kinds])
    for w, b in nets.layers[1:]:
        w *= signs
        b[matched] += w[matched].sum(axis=2) / 2
    return nets


def forward(nets: Networks, x: FloatArray, slopes: bool = False, bends: bool = False) -> Pass:
    """The forward pass, with the derivatives of the activations where asked for.

    Formula: z = W a + b, then a = f(z) = gain (tanh(rate z) + shift), f' = gain rate (1 - tanh^2),
    f'' = -2 gain rate^2 tanh (1 - tanh^2); max(z, 0), its step and 0 for ReLU; the last layer's z are the logits.
    Where |rate z| > 19 the tanh rounds to 1 and f' to 0: an absolute error below 1e-15, which no update here can feel.
    Parameters: x, (R, B, 64), or (1, B, 64) for images that all runs share.
    """
    result = Pass([x], [], [], x)
    *hidden, (w_out, b_out) = nets.layers
    rectified, rate = nets.rectified, nets.rate
    for (w, b), gain in zip(hidden, nets.gain, strict=True):
        z = result.a[-1] @ w.swapaxes(1, 2)
        z += b[:, None]
        ramp = np.maximum(z[rectified], 0) if rectified.size else None
        z *= rate
        h = np.tanh(z, out=z)
        if slopes:
            slope = h * h
            np.subtract(1, slope, out=slope)
            slope *= gain * rate
            if ramp is not None:
                slope[rectified] = ramp > 0
            result.slope.append(slope)
            if bends:
                bend = -2 * rate * h * slope
                bend[rectified] = 0
                result.bend.append(bend)
        h += nets.shift
        h *= gain
        if ramp is not None:
            h[rectified] = ramp
        result.a.append(h)
    logits = result.a[-1] @ w_out.swapaxes(1, 2)
    logits += b_out[:, None]
    return Pass(result.a, result.slope, result.bend, logits)


def softmax(logits: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Probabilities and log-probabilities, from logits less their largest: nothing overflows."""
    top = logits[..., :1]
    for column in range(1, logits.shape[-1]):  # the largest of few: faster than `max` along so short an axis
        top = np.maximum(top, logits[..., column : column + 1])
    shifted = logits - top
    p = np.exp(shifted)
    total = p @ np.ones((p.shape[-1], 1))
    p /= total
    return p, shifted - np.log(total)


def losses(logits: FloatArray, labels: IntArray) -> FloatArray:
    """The mean cross-entropy of each run, (R,), in nats: -mean log p[label]. labels: (R or 1, B)."""
    _, log_p = softmax(logits)
    return -np.take_along_axis(log_p, np.broadcast_to(labels, log_p.shape[:2])[..., None], 2).mean(axis=(1, 2))


def backward(nets: Networks, result: Pass, labels: IntArray, out: Layers) -> list[FloatArray]:
    """Backpropagation: the gradient of the mean loss of each run, written into `out`.

    Formula: delta_L = (p - onehot) / B, dL/dW = delta a^T, dL/db = delta, delta_{l-1} = f'(z) * (W^T delta), summed
    over the batch.
    Parameters: result, a forward pass with its slopes; labels, (R or 1, B); out, as `Networks.layers`.
    Returns: delta per layer, (R, B, units) each.
    """
    delta, _ = softmax(result.logits)
    runs, batch = np.arange(delta.shape[0])[:, None], np.arange(delta.shape[1])
    delta[runs, batch, labels] -= 1
    delta /= delta.shape[1]
    deltas = [delta]
    for layer in range(len(nets.sizes) - 2, 0, -1):
        delta = delta @ nets.layers[layer][0]
        delta *= result.slope[layer - 1]
        deltas.insert(0, delta)
    for (w, b), delta, a in zip(out, deltas, result.a, strict=True):
        np.matmul(delta.swapaxes(1, 2), a, out=w)
        np.matmul(np.ones((1, delta.shape[1])), delta, out=b[:, None])  # a sum, several times as fast as `sum`
    return deltas


def curvature_along(nets: Networks, x: FloatArray, labels: IntArray, direction: FloatArray) -> FloatArray:
    """The Hessian of the mean loss times a direction, exactly, for every run.

    Formula: d/dt of the gradient at theta + t v, at t = 0, carried through the forward and the backward pass:
    R{z} = V a + W R{a} + v, R{a} = f' R{z}, R{delta_L} = p R{z} - p (p . R{z}), R{dL/dW} = R{delta} a^T + delta R{a}^T,
    R{delta_{l-1}} = f'' R{z} (W^T delta) + f' (V^T delta + W^T R{delta}).
    Parameters: x, (R or 1, B, 64); labels, (R or 1, B); direction, v laid out as `theta`.
    Returns: H v, (R, parameters).
    Reference: Pearlmutter, Fast exact multiplication by the Hessian, Neural Computation 6 (1994).
    """
    result = forward(nets, x, slopes=True, bends=True)
    deltas = backward(nets, result, labels, nets.split(np.empty_like(nets.theta)))
    own, along = nets.layers, nets.split(direction)
    r_a: list[FloatArray] = [np.zeros((1, 1, 1))]
    r_z: list[FloatArray] = []
    for layer, ((w, _), (v, v_b), a) in enumerate(zip(own, along, result.a, strict=True)):
        r_z.append(a @ v.swapaxes(1, 2) + v_b[:, None])
        if layer:
            r_z[-1] += r_a[-1] @ w.swapaxes(1, 2)
        if layer < len(own) - 1:
            r_a.append(result.slope[layer] * r_z[-1])
    p, _ = softmax(result.logits)
    r_delta = p * (r_z[-1] - (p * r_z[-1]).sum(axis=2, keepdims=True)) / x.shape[1]
    out = np.empty_like(nets.theta)
    for layer, (out_w, out_b) in reversed(list(enumerate(nets.split(out)))):
        np.matmul(r_delta.swapaxes(1, 2), result.a[layer], out=out_w)
        r_delta.sum(axis=1, out=out_b)
        if layer:
            out_w += deltas[layer].swapaxes(1, 2) @ r_a[layer]
            back = deltas[layer] @ own[layer][0]
            r_back = deltas[layer] @ along[layer][0] + r_delta @ own[layer][0]
            r_delta = result.bend[layer - 1] * r_z[layer - 1] * back + result.slope[layer - 1] * r_back
    return out
