"""Multilayer perceptrons, many side by side: forward pass and backpropagation as one batched computation.

All the sigmoids are one family, f(z) = gain (tanh(rate z) + shift), so that runs of different variants share every array
operation: axis 0 of each array counts the runs. Sigmoid is gain 1/2, rate 1/2, shift 1, since sigma(z) = (1 + tanh(z / 2)) / 2.
Any other function is computed by itself for its runs, by f and f' of core.activations. A flipped unit has a negative gain.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from core.activations import Activation
from core.checks import BoolArray, FloatArray, IntArray, check_choice, check_int, check_real
from core.logits import shares_and_logs
from core.network.digits import CLASSES, INPUTS
from core.network.norms import NETWORK_NORMS, NORM_KEYS, Norm, Normalised
from core.network.variants import TRAINABLE, VARIANTS, TanhForm, Variant

__all__ = (
    "VARIANTS",
    "Layers",
    "Networks",
    "Pass",
    "Variant",
    "backward",
    "forward",
    "losses",
    "networks",
    "parameters",
)

LARGEST = 10_000
"""The most hidden units or layers that are built."""

Layers = list[tuple[FloatArray, FloatArray]]


@dataclass(slots=True, eq=False)
class Networks:
    """R networks of one shape: the only thing here that changes, in place, while it trains."""

    sizes: tuple[int, ...]
    """Units per layer, inputs first."""
    theta: FloatArray
    """(R, parameters), each row W_1, b_1, W_2, b_2, ... of one run; behind them, where the hidden layers are normalised, their gains and offsets."""
    variants: tuple[Variant, ...]
    """What the hidden units of each run compute."""
    norm: Norm | None = None
    """How the hidden layers of all runs are normalised."""
    layers: Layers = field(init=False)
    """Views of `theta`, W (R, units, inputs) and b (R, units) of each layer."""
    scales: Layers = field(init=False)
    """Views of `theta`, gain and offset (R, units) of each normalised layer."""
    gain: list[FloatArray] = field(init=False)
    """Per hidden layer (R, 1, units): negative for a flipped unit, and 1 in size where f is no scaled tanh."""
    rate: FloatArray = field(init=False)
    """(R, 1, 1)."""
    shift: FloatArray = field(init=False)
    """(R, 1, 1)."""
    steepest: FloatArray = field(init=False)
    """The largest |f'| of each run's activation, (R, 1, 1)."""
    apart: list[tuple[Variant, IntArray]] = field(init=False)
    """The variants that are no scaled tanh, each with its runs."""

    def __post_init__(self) -> None:
        self.layers, self.scales = self.split(self.theta), self.split_scales(self.theta)
        forms = [variant.form or TanhForm(1.0, 1.0, 0.0) for variant in self.variants]
        facts = np.array([(form.gain, form.rate, form.shift) for form in forms]).reshape(-1, 3, 1, 1)
        gain, self.rate, self.shift = facts.swapaxes(0, 1)
        self.gain = []
        for units in self.sizes[1:-1]:
            signs = np.ones((len(gain), 1, units))
            signs[[variant.flipped for variant in self.variants], :, 1::2] = -1
            self.gain.append(gain * signs)
        self.steepest = np.array([variant.known.max_slope for variant in self.variants]).reshape(-1, 1, 1)
        others = dict.fromkeys(variant for variant in self.variants if variant.form is None)
        self.apart = [(one, np.flatnonzero([variant == one for variant in self.variants])) for one in others]

    def split(self, theta: FloatArray) -> Layers:
        """Views of an array laid out as `theta`: W (R, units, inputs) and b (R, units) per layer."""
        views, at = [], 0
        for fan_in, units in zip(self.sizes, self.sizes[1:], strict=False):
            w = theta[:, at : at + units * fan_in].reshape(-1, units, fan_in)
            at += units * fan_in
            views.append((w, theta[:, at : at + units]))
            at += units
        return views

    def split_scales(self, theta: FloatArray) -> Layers:
        """Views of an array laid out as `theta`: gain and offset (R, units) of each normalised layer; none without."""
        views, at = [], theta.shape[1] - 2 * sum(self.sizes[1:-1])
        for units in self.sizes[1:-1] if self.norm else ():
            views.append((theta[:, at : at + units], theta[:, at + units : at + 2 * units]))
            at += 2 * units
        return views

    def kept(self, runs: BoolArray | slice) -> "Networks":
        """The networks of the chosen runs: a copy, or for a slice a view, whose training is theirs."""
        chosen = np.arange(len(self.theta))[runs]
        return Networks(self.sizes, self.theta[runs], tuple(self.variants[run] for run in chosen), self.norm)


@dataclass(frozen=True, slots=True, eq=False)
class Pass:
    """What a forward pass of R networks and B images leaves behind."""

    a: list[FloatArray]
    """The input of every layer, (R or 1, B, n) each."""
    slope: list[FloatArray]
    """f'(z) per hidden layer, (R, B, n) each; empty unless asked for."""
    bend: list[FloatArray]
    """f''(z) likewise."""
    logits: FloatArray
    """(R, B, 10)."""
    normalised: list[Normalised] = field(default_factory=list)
    """What normalised each hidden layer; empty without."""


def parameters(width: int, depth: int, normalised: bool = False) -> int:
    """How many weights and biases a network with `depth` hidden layers of `width` units has, and gains and offsets if normalised."""
    weights = (INPUTS + 1) * width + (depth - 1) * (width + 1) * width + (width + 1) * CLASSES
    return weights + 2 * width * depth * normalised


def networks(runs: Sequence[tuple[str, int]], width: int, depth: int, sigma_w: float, norm: str = "none") -> Networks:
    """Fresh networks, one per (variant, seed).

    Formula: W_ij ~ N(0, sigma_w^2 / fan_in), b = 0: the same draws for every variant with the same seed. A matched
    variant then gets b += row sums of W / 2 behind each hidden layer, which makes sigma - 1/2 the same function as
    sigma. A flipped one gets every other unit of a hidden layer negated, and its outgoing weights too: again the same.
    Parameters: runs, pairs of a key of TRAINABLE and a seed >= 0; width and depth, hidden units and hidden layers, >= 1;
    sigma_w >= 0, dimensionless; norm, a key of core.network.norms or "none": its gains start at 1, its offsets at 0.
    Raises: ValueError for anything else.
    Reference: LeCun, Bottou, Orr and Muller, Efficient BackProp (1998), section 4.
    """
    variants = tuple(TRAINABLE[check_choice("variant", key, tuple(TRAINABLE))] for key, _ in runs)
    check_int("width", width, 1, LARGEST)
    check_int("depth", depth, 1, LARGEST)
    check_real("sigma_w", sigma_w, 0)
    used = NETWORK_NORMS.get(check_choice("norm", norm, NORM_KEYS))
    theta = np.zeros((len(runs), parameters(width, depth, used is not None)))
    nets = Networks((INPUTS, *[width] * depth, CLASSES), theta, variants, used)
    for gain, _ in nets.scales:
        gain[:] = 1
    for run, (_, seed) in enumerate(runs):
        rng = np.random.default_rng(check_int("seed", seed, 0, 2**63))
        for w, _ in nets.layers:
            w[run] = rng.standard_normal(w.shape[1:]) * (sigma_w / np.sqrt(w.shape[2]))
    matched = np.array([variant.matched for variant in variants], dtype=bool)
    for (w, b), gain in zip(nets.layers[1:], nets.gain, strict=True):
        w *= np.sign(gain)
        b[matched] += w[matched].sum(axis=2) / 2
    return nets


def forward(nets: Networks, x: FloatArray, slopes: bool = False, bends: bool = False, like: Pass | None = None) -> Pass:
    """The forward pass, with the derivatives of the activations where asked for.

    Formula: z = W a + b, then a = f(z) = gain (tanh(rate z) + shift), f' = gain rate (1 - tanh^2),
    f'' = -2 gain rate^2 tanh (1 - tanh^2); the activation's own f, f' and f'' where it is no scaled tanh; the last
    layer's z are the logits. Where |rate z| > 19 the tanh rounds to 1 and f' to 0: an absolute error below 1e-15, which no
    update here can feel.
    Parameters: x, (R, B, 64), or (1, B, 64) for images that all runs share; bends, f'', along with slopes only;
    like, a pass of the same networks, of whose batch the means and variances are taken where layers are batch-normalised. Unchecked, for the inner loop of training.
    """
    result = Pass([x], [], [], x)
    *hidden, (w_out, b_out) = nets.layers
    norm = nets.norm
    for layer, ((w, b), gain) in enumerate(zip(hidden, nets.gain, strict=True)):
        z = result.a[-1] @ w.swapaxes(1, 2)
        z += b[:, None]
        known = like.normalised[layer] if like and norm else None
        if norm and norm.before:
            z, kept = norm.forward(z, *nets.scales[layer], known)
            result.normalised.append(kept)
        apart = [(runs, variant.known, z[runs]) for variant, runs in nets.apart]
        ramps = [(runs, f.f(own)) for runs, f, own in apart]
        z *= nets.rate
        h = np.tanh(z, out=z)
        if slopes:
            slope = h * h
            np.subtract(1, slope, out=slope)
            for runs, f, own in apart:
                slope[runs] = _slope(f, own)
            slope *= gain * nets.rate
            result.slope.append(slope)
            if bends:
                bend = -2 * nets.rate * h * slope
                for runs, f, own in apart:
                    bend[runs] = gain[runs] * f.d2f(own)
                result.bend.append(bend)
        for runs, ramp in ramps:
            h[runs] = ramp
        h += nets.shift
        h *= gain
        if norm and not norm.before:
            h, kept = norm.forward(h, *nets.scales[layer], known)
            result.normalised.append(kept)
        result.a.append(h)
    logits = result.a[-1] @ w_out.swapaxes(1, 2)
    logits += b_out[:, None]
    return Pass(result.a, result.slope, result.bend, logits, result.normalised)


def _slope(known: Activation, z: FloatArray) -> FloatArray:
    """f'(z); of two straight lines without what makes `df` right at infinity, where training never is: half the time."""
    if known.sides is None:
        return known.df(z)
    below, above = known.sides
    slope = np.multiply(z > 0, above - below)
    if below:
        slope += below
    return slope


def losses(logits: FloatArray, labels: IntArray) -> FloatArray:
    """The mean cross-entropy of each run, (R,), in nats: -mean log p[label]. labels: (R or 1, B)."""
    _, log_p = shares_and_logs(logits)
    return -np.take_along_axis(log_p, np.broadcast_to(labels, log_p.shape[:2])[..., None], 2).mean(axis=(1, 2))


def backward(
    nets: Networks, result: Pass, labels: IntArray, out: Layers, scales: Layers | None = None
) -> list[FloatArray]:
    """Backpropagation: the gradient of the mean loss of each run, written into `out`.

    Formula: delta_L = (p - onehot) / B, dL/dW = delta a^T, dL/db = delta, delta_{l-1} = f'(z) * (W^T delta), summed
    over the batch. A normalised layer: see core.network.norms.
    Parameters: result, a forward pass with its slopes; labels, (R or 1, B); out, as `Networks.layers`; scales, as
    `Networks.scales`, for the gradient of gains and offsets, where it is wanted.
    Returns: delta = dL/d(W a + b) per layer, (R, B, units) each.
    """
    delta, _ = shares_and_logs(result.logits)
    first = np.arange(0, delta.size, delta.shape[2]).reshape(delta.shape[:2])
    delta.reshape(-1)[first + labels] -= 1
    delta /= delta.shape[1]
    deltas, norm = [delta], nets.norm
    if norm and scales is None:
        scales = nets.split_scales(np.empty_like(nets.theta))
    for layer in range(len(nets.sizes) - 2, 0, -1):
        delta = delta @ nets.layers[layer][0]
        if norm and scales and not norm.before:
            delta = norm.backward(delta, result.normalised[layer - 1], nets.scales[layer - 1][0], scales[layer - 1])
        delta *= result.slope[layer - 1]
        if norm and scales and norm.before:
            delta = norm.backward(delta, result.normalised[layer - 1], nets.scales[layer - 1][0], scales[layer - 1])
        deltas.insert(0, delta)
    for (w, b), delta, a in zip(out, deltas, result.a, strict=True):
        np.matmul(delta.swapaxes(1, 2), a, out=w)
        np.matmul(np.ones((1, delta.shape[1])), delta, out=b[:, None])  # a sum, several times as fast as `sum`
    return deltas
