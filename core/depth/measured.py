"""How large signals and gradients are in a deep random network, measured: settings, results, and the one entry point.

A network of `depth` layers, each `width` units wide: z_l = W_l x_{l-1} + b_l and the branch f(z_l), with W_ij ~ N(0, sigma_w^2 /
width), b ~ N(0, sigma_b^2), inputs x_0 ~ N(0, 1), and a gradient dL/dx at the output of Gaussian direction and norm 1. It goes
back by delta_l = f'(z_l) * dL/dx_l, dL/dx_{l-1} = W_l^T delta_l. Everything is kept as a log10, so 1,000 layers do not underflow.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.activations import activation
from core.checks import BoolArray, FloatArray, check_choice, check_int, check_real, read_only
from core.depth.engines import LinearMap, MatrixLayer, SampledLayer
from core.saturation import saturated_zone

NORMS = ("none", "layer before", "layer after", "batch before")
"""No normalisation; layer normalisation before or after the activation; batch normalisation before it."""

ENGINES = ("sampler", "matrix")
BATCH = 8
"""How many inputs go through the network where batch normalisation needs several."""

MOST_UNITS, MOST_WEIGHTS = 3_300_000, 16_000_000
"""Units times inputs of one network; weights of one network with matrices, 128 MB."""

ROUNDING = 1e-13
"""A difference below this share of its terms is rounding."""

MOST_BYTES = 100_000_000
"""What one chunk of networks may take. Chunks follow each other: two threads at once gain nothing and cost small runs twice."""


@dataclass(frozen=True)
class DepthConfig:
    """What to measure. activation: a key. depth: 1 to 1,000 layers. width: 2 to 4,096 units, with depth * width (times 8 with
    batch normalisation) at most 3,300,000. sigma_w, sigma_b: 0 to 100. seeds: 1 to 10,000 networks. norm: "none", "layer
    before", "layer after" or "batch before". skip: the branch is added to x instead of replacing it. engine: "sampler", or
    "matrix" (width at most 1,024, depth * width^2 at most 16,000,000). seed: at least 0. Raises ValueError otherwise."""

    activation: str = "sigmoid"
    depth: int = 20
    width: int = 128
    sigma_w: float = 1.0
    sigma_b: float = 0.0
    seeds: int = 16
    norm: str = "none"
    skip: bool = False
    engine: str = "sampler"
    seed: int = 0

    def __post_init__(self) -> None:
        activation(self.activation)
        check_int("depth", self.depth, 1, 1000)
        check_choice("norm", self.norm, NORMS)
        check_choice("skip", self.skip, (True, False))
        check_choice("engine", self.engine, ENGINES)
        most = min(4096, MOST_UNITS // (self.depth * self.inputs))
        if self.engine == "matrix":
            most = min(1024, math.isqrt(MOST_WEIGHTS // self.depth))
        check_int("width", self.width, 2, most)
        check_real("sigma_w", self.sigma_w, 0, 100)
        check_real("sigma_b", self.sigma_b, 0, 100)
        check_int("seeds", self.seeds, 1, 10_000)
        check_int("seed", self.seed, 0, 2**63)

    @property
    def plain(self) -> bool:
        """Whether there is neither a normalisation nor a skip connection."""
        return self.norm == "none" and not self.skip

    @property
    def inputs(self) -> int:
        """How many inputs go through each network."""
        return BATCH if self.norm == "batch before" else 1


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """S networks of L layers, index 0 the layer next to the input. All arrays have shape (S, L).

    log_delta: log10 |delta_l|, |.| over units (and inputs); -inf once a network is dead. log_dw: log10 of the Frobenius norm of
    dL/dW_l, |delta_l| |x_{l-1}| for one input. log_back: log10 |dL/dx_{l-1}|, what the layer hands on to the one before. log_x:
    log10 |x_l|. mean: mean of x_l, at most 1e300. saturated: share of units whose slope is below 4 % of its maximum. dead:
    (S,), True where some layer passes no gradient at all.
    """

    log_delta: FloatArray
    log_dw: FloatArray
    log_back: FloatArray
    log_x: FloatArray
    mean: FloatArray
    saturated: FloatArray
    dead: BoolArray


def measure(config: DepthConfig, progress: Callable[[float], None] | None = None) -> Measured:
    """Measure `config.seeds` networks, in chunks of bounded memory (below 200 MB for any setting).

    Formula: one forward and one backward pass through each network. Network s draws from its own generator, spawned from
    `config.seed`, so a result does not depend on the chunks.
    Parameters: config, a `DepthConfig`; progress, called with the share done after each chunk. Raises: nothing.
    Reference: Glorot and Bengio 2010 for the measurement; core.depth.engines for the exact sampler.
    """
    generators = np.random.SeedSequence(config.seed).spawn(config.seeds)
    kept = 3 if config.norm == "none" else 4  # a layer's input, output of the map and slope; and the normalised signal
    per_network = kept * 8 * config.depth * config.width * config.inputs
    if config.engine == "matrix":
        per_network += 8 * config.depth * config.width**2
    chunk = max(1, MOST_BYTES // per_network)
    parts: list[Columns] = []
    for first in range(0, config.seeds, chunk):
        parts.append(_pass(config, generators[first : first + chunk]))
        if progress is not None:
            progress(min(1.0, (first + chunk) / config.seeds))
    return Measured(*(read_only(np.concatenate(column)) for column in zip(*parts, strict=True)))


def factors(measured: Measured) -> FloatArray:
    """What each network multiplies |delta| by, per layer and on average from the last layer to the first: shape (S,).

    Formula: (|delta_1| / |delta_L|)^(1 / (L - 1)); 0 for a dead network, nan where there is one layer only.
    Parameters: measured, from `measure`. Raises: nothing. Reference: its limit is sqrt(chi_1), core.depth.mean_field.
    """
    log_delta = measured.log_delta
    if log_delta.shape[1] < 2:
        return np.full(len(log_delta), math.nan)
    alive = ~measured.dead
    result = np.zeros(len(log_delta))
    result[alive] = 10 ** ((log_delta[alive, 0] - log_delta[alive, -1]) / (log_delta.shape[1] - 1))
    return result


def _pass(config: DepthConfig, seeds: Sequence[np.random.SeedSequence]) -> "Columns":
    rngs = [np.random.default_rng(seed) for seed in seeds]
    kind = SampledLayer if config.engine == "sampler" else MatrixLayer
    x = np.stack([rng.standard_normal((config.width, config.inputs)) for rng in rngs])
    maps = [kind(rngs, config.width, config.sigma_w / config.width**0.5) for _ in range(config.depth)]
    return propagate(config, maps, x, rngs)


Columns = tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, BoolArray]


def propagate(
    config: DepthConfig,
    maps: Sequence[LinearMap],
    x: FloatArray,
    rngs: list[np.random.Generator],
    keep: list[FloatArray] | None = None,
) -> Columns:
    """One forward and one backward pass of C networks with the given linear maps, in the order of `Measured`.

    Formula: the module's; a normalisation u -> (u - mean) / s goes back as (v - mean v - u_hat mean(v u_hat)) / s.
    Parameters: maps, one linear map a layer; x, (C, width, inputs); rngs, one generator a network; keep, a list that takes
    delta_l (scaled to the norm of the output's gradient 1), the last layer first.
    Raises: nothing. Reference: Ioffe and Szegedy 2015, Ba et al. 2016 for the two normalisations.
    """
    unit, zone = activation(config.activation), saturated_zone(config.activation).threshold
    count, n, axis = len(x), config.width, (2 if config.norm == "batch before" else 1)
    before = config.norm in ("layer before", "batch before")
    dies = float(unit.f(0.0)) == 0 and config.sigma_b == 0
    slopes, inputs, hats, spreads = [], [], [], []
    log_x, mean, saturated = (np.empty((count, config.depth)) for _ in range(3))
    power, powers = np.zeros(count), []
    for index, layer in enumerate(maps):
        inputs.append(x)
        powers.append(power)
        z = layer.forward(x)
        if config.sigma_b:
            noise = np.stack([rng.standard_normal((n, 1)) for rng in rngs])
            z = z + config.sigma_b * noise * 10.0 ** -power[:, None, None]
        hat = spread = x
        if before:
            z, spread = hat, _ = _normalised(z, axis)
        branch, slope = unit.f(z), unit.df(z)
        if config.norm == "layer after":
            branch, spread = hat, _ = _normalised(branch, axis)
        x = x + branch if config.skip else branch
        slopes.append(slope)
        hats.append(hat)
        spreads.append(spread)
        x, power = _in_range(x, power, dies)
        log_x[:, index] = _log10(_norm(x)) + power
        average = x.mean(axis=(1, 2))
        mean[:, index] = np.sign(average) * 10.0 ** np.minimum(_log10(np.abs(average)) + power, 300.0)
        saturated[:, index] = (np.abs(slope) < zone).mean(axis=(1, 2))
    g = np.stack([rng.standard_normal(x.shape[1:]) for rng in rngs])
    g /= _norm(g)[:, None, None]
    log_scale = np.zeros(count)
    log_delta, log_dw, log_back = (np.empty((count, config.depth)) for _ in range(3))
    for index in reversed(range(config.depth)):
        hat, spread = hats[index], spreads[index]
        delta = g
        if config.norm == "layer after":
            delta = _back(delta, hat, spread, axis)
        delta = slopes[index] * delta
        if before:
            delta = _back(delta, hat, spread, axis)
        if keep is not None:
            keep.append(delta * 10 ** log_scale[:, None, None])
        log_delta[:, index] = log_scale + _log10(_norm(delta))
        log_dw[:, index] = log_scale + powers[index] + _log10(_product_norm(delta, inputs[index]))
        back = maps[index].backward(delta)
        g = g + back if config.skip else back
        size = _norm(g)
        log_scale = log_back[:, index] = log_scale + _log10(size)
        g = g / np.where(size > 0, size, 1)[:, None, None]
    return log_delta, log_dw, log_back, log_x, mean, saturated, np.array(np.isneginf(log_delta).any(axis=1))


def quantiles(values: FloatArray, shares: tuple[float, ...] = (0.1, 0.5, 0.9)) -> FloatArray:
    """Quantiles over networks, layer by layer: shape (len(shares), L).

    Formula: linear interpolation between order statistics; -inf (a dead network) is the smallest value there is.
    Parameters: values, (S, L); shares, each 0 to 1. Raises: ValueError out of range.
    """
    for share in shares:
        check_real("share", share, 0, 1)
    finite = np.where(np.isneginf(values), -1e300, values)
    result = np.quantile(finite, shares, axis=0)
    return np.where(result < -1e200, -np.inf, result)


def _in_range(x: FloatArray, power: FloatArray, dies: bool) -> tuple[FloatArray, FloatArray]:
    """x with a norm between 1e-100 and 1e100, and the power of ten that is to be multiplied back on.

    Out there every activation is proportional to its argument on either side of 0, to double precision (near 0 if f(0) = 0
    and nothing is added, `dies`), so a network that goes on with the smaller or larger signal goes on the same.
    """
    size = _norm(x)
    shift = np.where(size > 1e100, 50.0, np.where(dies & (size < 1e-100) & (size > 0), -50.0, 0.0))
    if shift.any():
        x = x * 10.0 ** -shift[:, None, None]
    return x, power + shift


def _normalised(u: FloatArray, axis: int) -> tuple[FloatArray, FloatArray]:
    centred = u - u.mean(axis=axis, keepdims=True)
    s = np.sqrt((centred**2).mean(axis=axis, keepdims=True))
    s = np.where(s > 0, s, 1.0)
    return centred / s, s


def _back(v: FloatArray, hat: FloatArray, s: FloatArray, axis: int) -> FloatArray:
    mean, along = v.mean(axis=axis, keepdims=True), hat * (v * hat).mean(axis=axis, keepdims=True)
    left = v - mean - along
    # Where one unit is on, or two are all there are, nothing is left in exact arithmetic; rounding would pass for a gradient.
    left[np.abs(left) < ROUNDING * (np.abs(v) + np.abs(mean) + np.abs(along))] = 0.0
    return left / s


def _norm(u: FloatArray) -> FloatArray:
    return np.sqrt(np.einsum("cnb,cnb->c", u, u))


def _product_norm(delta: FloatArray, x: FloatArray) -> FloatArray:
    """|delta x^T|, from the small Gram matrices."""
    if delta.shape[2] == 1:
        return _norm(delta) * _norm(x)
    product = np.einsum("cnb,cnd->cbd", delta, delta) * np.einsum("cnb,cnd->cbd", x, x)
    return np.sqrt(np.maximum(product.sum(axis=(1, 2)), 0))


def _log10(size: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        return np.log10(size)
