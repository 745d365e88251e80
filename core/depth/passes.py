"""One forward and one backward pass through deep random networks, side by side.

z_l = W_l x_{l-1} + b_l and the branch f(z_l), with one normalisation at most; the branch replaces x or is added to it. The
gradient goes back by delta_l = f'(z_l) * dL/dx_l, dL/dx_{l-1} = W_l^T delta_l. Everything is recorded as a log10, so 1,000
layers do not underflow. Arrays have shape (networks, units, inputs).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.activations import activation
from core.checks import BoolArray, FloatArray, check_int
from core.depth.config import DepthConfig
from core.depth.engines import LinearMap
from core.depth.gaussian import risen
from core.depth.normalisations import normalisation
from core.saturation import saturated_zone

ROUNDING = 1e-13
"""A difference below this share of its terms is rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """S networks of L layers, index 0 the layer next to the input. All arrays but `dead` have shape (S, L)."""

    log_delta: FloatArray
    """log10 |delta_l|, |.| over units (and inputs); -inf once a network is dead, and where a layer alone passes nothing."""
    log_dw: FloatArray
    """log10 of the Frobenius norm of dL/dW_l, |delta_l| |x_{l-1}| for one input."""
    log_back: FloatArray
    """log10 |dL/dx_{l-1}|, what the layer hands on to the one before."""
    log_x: FloatArray
    """log10 |x_l|."""
    mean: FloatArray
    """Mean of x_l, at most 1e300."""
    saturated: FloatArray
    """Share of units whose slope is below 4 % of its maximum."""
    dead: BoolArray
    """(S,), True where no gradient gets back through all layers: with skip connections a layer that passes none is gone around."""


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """What the way back needs of a layer."""

    fed: FloatArray
    """Its input, times 10^-power."""
    power: FloatArray
    """(networks,)."""
    slope: FloatArray
    """f'(z)."""
    hat: FloatArray
    """What a normalisation returned; anything where there is none."""
    spread: FloatArray
    """What it divided by; anything where there is none."""


def propagate(
    config: DepthConfig,
    maps: Sequence[LinearMap],
    x: FloatArray,
    rngs: list[np.random.Generator],
    keep: list[FloatArray] | None = None,
) -> Measured:
    """One forward and one backward pass of C networks with the given linear maps.

    Formula: the module's; a normalisation u -> (u - mean) / s goes back as (v - mean v - u_hat mean(v u_hat)) / s.
    Parameters: maps, one linear map a layer; x, (C, width, inputs); rngs, one generator a network, which draws the biases and
    then the gradient at the output, of norm 1; keep, a list that takes delta_l, the last layer first.
    Raises: ValueError where the number of maps or the shape of x is not that of the settings.
    Reference: Ioffe and Szegedy 2015, Ba et al. 2016 for the two normalisations.
    """
    check_int("number of maps", len(maps), config.depth, config.depth)
    if x.shape != (len(rngs), config.width, config.inputs):
        raise ValueError(f"x is of shape {x.shape}, not {(len(rngs), config.width, config.inputs)}")
    kept: list[_Kept] = []
    log_x, mean, saturated = _forward(config, maps, x, rngs, kept)
    g = np.stack([rng.standard_normal(x.shape[1:]) for rng in rngs])
    log_delta, log_dw, log_back = _backward(config, maps, g / _norm(g)[:, None, None], kept, keep)
    return Measured(log_delta, log_dw, log_back, log_x, mean, saturated, np.array(np.isneginf(log_back[:, 0])))


def _forward(
    config: DepthConfig, maps: Sequence[LinearMap], x: FloatArray, rngs: list[np.random.Generator], kept: list[_Kept]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """log_x, mean and saturated of `Measured`; `kept` takes a layer each."""
    unit, zone, kind = (
        activation(config.activation),
        saturated_zone(config.activation).threshold,
        normalisation(config.norm),
    )
    log_x, mean, saturated = (np.empty((len(x), config.depth)) for _ in range(3))
    fades = float(unit.f(0.0)) == 0 and config.sigma_b < FADING_BIAS
    power = np.zeros(len(x))
    for index, layer in enumerate(maps):
        fed, fed_power, hat, spread = x, power, x, x
        z = layer.forward(x)
        if config.sigma_b:
            noise = np.stack([rng.standard_normal((config.width, 1)) for rng in rngs])
            # What is the same for all inputs is subtracted again by a mean over them, and would only round.
            if not kind.over_inputs:
                z = z + config.sigma_b * noise * 10.0 ** -power[:, None, None]
        if kind.before:
            z, spread = hat, _ = _normalised(z, kind.axis)
        slope = unit.df(z)
        if kind.after:
            branch, spread = hat, _ = _normalised(risen(unit, z), kind.axis)
        else:
            branch = unit.f(z)
        kept.append(_Kept(fed, fed_power, slope, hat, spread))
        x = x + branch if config.skip else branch
        log_size = _log10(_norm(x))
        log_x[:, index] = log_size + power
        x, power = _in_range(x, log_size, power, fades)
        average = x.mean(axis=(1, 2))
        mean[:, index] = np.sign(average) * 10.0 ** np.minimum(_log10(np.abs(average)) + power, 300.0)
        saturated[:, index] = (np.abs(slope) < zone).mean(axis=(1, 2))
    return log_x, mean, saturated


def _backward(
    config: DepthConfig,
    maps: Sequence[LinearMap],
    g: FloatArray,
    kept: list[_Kept],
    keep: list[FloatArray] | None,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """log_delta, log_dw and log_back of `Measured`, from the gradient g at the output."""
    kind, log_scale = normalisation(config.norm), np.zeros(len(g))
    log_delta, log_dw, log_back = (np.empty((len(g), config.depth)) for _ in range(3))
    for index in reversed(range(config.depth)):
        one = kept[index]
        delta = _back(g, one.hat, one.spread, kind.axis) if kind.after else g
        delta = one.slope * delta
        if kind.before:
            delta = _back(delta, one.hat, one.spread, kind.axis)
        if keep is not None:
            keep.append(delta * 10 ** log_scale[:, None, None])
        log_delta[:, index] = log_scale + _log10(_norm(delta))
        log_dw[:, index] = log_scale + one.power + _log10(_product_norm(delta, one.fed))
        back = maps[index].backward(delta)
        g = g + back if config.skip else back
        size = _norm(g)
        log_scale = log_back[:, index] = log_scale + _log10(size)
        g = g / np.where(size > 0, size, 1)[:, None, None]
    return log_delta, log_dw, log_back


FADING_BIAS = 1e-30
"""Biases below this do not keep a signal from fading out of the range of a float."""


def _in_range(x: FloatArray, log_size: FloatArray, power: FloatArray, fades: bool) -> tuple[FloatArray, FloatArray]:
    """x, whose norm has the log10 `log_size`, with a norm between 1e-50 and 1e100, and the power of ten that is to be multiplied back on.

    A signal beyond 1e100 has an activation without bounds, and one below 1e-50 (`fades`) an activation with f(0) = 0: both
    are proportional to their argument on either side of 0 there, to double precision, so a network that goes on with the
    smaller or larger signal goes on the same. One that comes back from there gets its own size again.
    """
    out = (log_size > 100) | ((power > 0) & (log_size < 20)) | ((power < 0) & (log_size > -20))
    if fades:
        out |= log_size < -50
    out &= log_size > -np.inf
    if not out.any():
        return x, power
    whole = np.where(out, log_size + power, 0.0)
    wanted = np.where(whole > 60, np.floor(whole) - 50, np.where(fades & (whole < -40), np.floor(whole) + 30, 0.0))
    wanted = np.where(out, wanted, power)
    return x * 10.0 ** (power - wanted)[:, None, None], wanted


def _normalised(u: FloatArray, axis: int) -> tuple[FloatArray, FloatArray]:
    """(u - mean) / s and s, which is inf where all of u is one number: such a layer puts out 0 and passes nothing back."""
    centred = u - u.mean(axis=axis, keepdims=True)
    s = np.sqrt((centred**2).mean(axis=axis, keepdims=True))
    s = np.where(s > 0, s, np.inf)
    return centred / s, s


def _back(v: FloatArray, hat: FloatArray, s: FloatArray, axis: int) -> FloatArray:
    mean, along = v.mean(axis=axis, keepdims=True), hat * (v * hat).mean(axis=axis, keepdims=True)
    left = v - mean - along
    # Where one unit is on, or two are all there are, nothing is left in exact arithmetic; rounding would pass for a gradient.
    left[np.abs(left) < ROUNDING * (np.abs(v) + np.abs(mean) + np.abs(along))] = 0.0
    return left / s


def _norm(u: FloatArray) -> FloatArray:
    """|u| of each network."""
    size: FloatArray = np.sqrt(np.einsum("cnb,cnb->c", u, u))
    if (size < 1e-140).any():
        top = np.abs(u).max(axis=(1, 2), keepdims=True)
        part = u / np.where(top > 0, top, 1.0)
        size = top[:, 0, 0] * np.sqrt(np.einsum("cnb,cnb->c", part, part))
    return size


def _product_norm(delta: FloatArray, x: FloatArray) -> FloatArray:
    """|delta x^T|, from the small Gram matrices."""
    if delta.shape[2] == 1:
        return _norm(delta) * _norm(x)
    product = np.einsum("cnb,cnd->cbd", delta, delta) * np.einsum("cnb,cnd->cbd", x, x)
    return np.sqrt(np.maximum(product.sum(axis=(1, 2)), 0))


def _log10(size: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        return np.log10(size)
