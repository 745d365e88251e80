"""How large signals and gradients are in a deep random network, measured: the one entry point, and what is read off its result.

A network of `depth` layers, each `width` units wide: z_l = W_l x_{l-1} + b_l and the branch f(z_l), with W_ij ~ N(0, sigma_w^2 /
width) or W sigma_w times a random orthogonal matrix, b ~ N(0, sigma_b^2), inputs x_0 ~ N(0, 1), and a gradient dL/dx at the output of Gaussian direction and norm 1.
"""

import math
from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from core.checks import FloatArray, check_floats, check_items, check_real, read_only
from core.depth.config import DepthConfig as DepthConfig
from core.depth.engines import MatrixLayer, OrthogonalMatrixLayer, SampledLayer, SampledOrthogonalLayer
from core.depth.normalisations import BATCH as BATCH
from core.depth.normalisations import NORMS as NORMS
from core.depth.normalisations import normalisation
from core.depth.passes import Measured as Measured
from core.depth.passes import propagate as propagate

MOST_BYTES = 100_000_000
"""What one chunk of networks may take. Chunks follow each other: two threads at once gain nothing and cost small runs twice."""


def measure(config: DepthConfig) -> Measured:
    """Measure `config.seeds` networks, in chunks of bounded memory (below 200 MB for any setting).

    Formula: one forward and one backward pass through each network. Network s draws from its own generator, spawned from
    `config.seed`, so a result does not depend on the chunks.
    Reference: Glorot and Bengio 2010 for the measurement; core.depth.engines for the exact sampler.
    """
    generators = np.random.SeedSequence(config.seed).spawn(config.seeds)
    # A layer's input, output of the map and slope; and the normalised signal.
    kept = 4 if normalisation(config.norm).changes else 3
    per_network = kept * 8 * config.depth * config.width * config.inputs
    if config.engine == "matrix":
        per_network += 8 * config.depth * config.width**2
    chunk = max(1, MOST_BYTES // per_network)
    parts = [_pass(config, generators[first : first + chunk]) for first in range(0, config.seeds, chunk)]
    columns = {one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Measured)}
    return Measured(**{name: read_only(column) for name, column in columns.items()})


def factors(measured: Measured) -> FloatArray:
    """What each network multiplies |delta| by, per layer and on average from the last layer to the first: shape (S,).

    Formula: (|delta_1| / |delta_L|)^(1 / (L - 1)); 0 for a dead network, nan where there is one layer only, and where the
    gradient goes around a first or last layer that passes none.
    Reference: its limit is sqrt(chi_1), core.depth.mean_field.
    """
    log_delta = measured.log_delta
    if log_delta.shape[1] < 2:
        return np.full(len(log_delta), math.nan)
    ends = np.isfinite(log_delta[:, 0]) & np.isfinite(log_delta[:, -1])
    alive = ~measured.dead & ends
    result = np.where(measured.dead, 0.0, math.nan)
    result[alive] = 10 ** ((log_delta[alive, 0] - log_delta[alive, -1]) / (log_delta.shape[1] - 1))
    return result


def quantiles(values: FloatArray, shares: tuple[float, ...] = (0.1, 0.5, 0.9)) -> FloatArray:
    """Quantiles over networks, layer by layer: shape (len(shares), L).

    Formula: linear interpolation between order statistics; -inf (a dead network) is the smallest value there is.
    Parameters: values, (S, L), finite or -inf; shares, 1 to 1,000 numbers, each 0 to 1.
    Raises: ValueError for anything else.
    """
    for share in check_items("shares", shares, 1, 1000):
        check_real("share", share, 0, 1)
    values = check_floats("values", values)
    if values.ndim != 2 or not len(values) or not (values < np.inf).all():
        raise ValueError(f"values = {values!r} is not an array of shape (any, any) of finite numbers or -inf")
    finite = np.where(np.isneginf(values), -1e300, values)
    result = np.quantile(finite, shares, axis=0)
    return np.where(result < -1e200, -np.inf, result)


def _pass(config: DepthConfig, seeds: Sequence[np.random.SeedSequence]) -> Measured:
    rngs = [np.random.default_rng(seed) for seed in seeds]
    sampled, formed = (
        (SampledOrthogonalLayer, OrthogonalMatrixLayer) if config.orthogonal else (SampledLayer, MatrixLayer)
    )
    kind = sampled if config.engine == "sampler" else formed
    x = np.stack([rng.standard_normal((config.width, config.inputs)) for rng in rngs])
    maps = [kind(rngs, config.width, config.sigma_w / config.width**0.5) for _ in range(config.depth)]
    return propagate(config, maps, x, rngs)
