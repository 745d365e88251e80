"""How often all updates into one neuron share a sign, by batch size, and how many bits the signs carry."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from core.activations import normal_cdf
from core.checks import BoolArray, FloatArray, IntArray, check_int, check_items, read_only
from core.diagnosis.arrays import BLOCK_BYTES, Numbers, check_finite, row_blocks
from core.diagnosis.units import FirstLook, Units
from core.quadrature import gaussian_nodes

MOST_BATCHES, MOST_NEURONS, MOST_PAIRED, MOST_SAMPLES = 256, 64, 64, 2**14
"""What is looked at of a large layer: batches of each size, neurons, units whose pairs are counted, and samples of drawn batches."""


@dataclass(frozen=True, slots=True, eq=False)
class Locks:
    """Signs of a neuron's updates from the given upstream signals; one entry a batch size, the last all samples.

    A weight whose gradient is exactly 0 stays where it is and agrees with either sign; a neuron none of whose weights
    moves is not counted.
    """

    batch: IntArray
    """Samples a batch."""
    locked: FloatArray
    """The share of (batch, neuron) pairs whose updates all share a sign; nan where nothing moves."""
    bits: FloatArray
    """Entropy of the signs of two weights into one neuron, in bits, at most 2, averaged over pairs of units; nan where no pair moves.
    At a lock it is 1, or less where the neurons' own signs lean to one side."""
    counted: IntArray
    """How many (batch, neuron) pairs moved."""
    batches: IntArray
    """How many batches were drawn."""
    error: FloatArray
    """Standard error of `locked`, as if the counted pairs were independent."""


@dataclass(frozen=True, slots=True)
class NoiseLimit:
    """What a large batch tends to where upstream signals have mean 0 and know nothing of the inputs."""

    locked: float
    """The chance that all signs agree, for independent inputs with these means and spreads."""
    bits: float
    """Entropy of the signs of two weights, from the correlations of the second moment; nan for a single moving unit."""


def noise_limit(a: Numbers, units: Units) -> NoiseLimit:
    """The noise limit of samples x units.

    Formula: the gradient is Gaussian with covariance E a a^T. Locked: 2 integral phi(z) prod_i Phi(mu_i z / s_i) dz, which
    leaves out correlations between units; an input that is always 0 agrees with either sign. Bits, over pairs:
    1 + H(p), p = 1/2 + asin(rho) / pi the chance that two signs agree, rho = E a_i a_j / sqrt(E a_i^2 E a_j^2).
    Reference: core.inputs.one_factor_lock; Sheppard 1899 for p.
    """
    live = ~units.dead
    mu, s = units.mean[live], units.spread[live]
    ratio = np.clip(mu / np.maximum(s, 1e-8 * np.maximum(np.abs(mu), 1e-150)), -1e8, 1e8)
    locked = 1.0
    if ratio.size:
        steepest = max(float(np.abs(ratio).max()), 1e-9)
        z, weight = gaussian_nodes(0.0, steepest)
        z, chance = z / steepest, np.ones(len(z))
        for one, count in zip(*np.unique(ratio, return_counts=True), strict=True):
            chance *= normal_cdf(one * z) ** count
        locked = min(1.0, float(2 * weight @ chance))
    chosen = _spread_out(units.low, units.high, live, MOST_PAIRED)
    if len(chosen) < 2:
        return NoiseLimit(locked, float("nan"))
    moment = np.zeros((len(chosen), len(chosen)))
    # Correlations know no scale, and the square of a small unit beside a large one may be too small for a number.
    scale = np.maximum(np.abs(units.low), np.abs(units.high))[chosen]
    for _, block in row_blocks(a[:, chosen]):
        block /= scale
        moment += block.T @ block
    root = np.sqrt(np.diag(moment))
    rho = np.clip((moment / root[:, None] / root)[np.triu_indices(len(chosen), 1)], -1, 1)
    agree = 0.5 + np.arcsin(rho) / np.pi
    return NoiseLimit(locked, float(np.mean(1 + _entropy(np.stack([agree, 1 - agree])))))


def measured_locks(
    name: str, a: Numbers, delta: Numbers, look: FirstLook, units: Units, batches: Sequence[int], seed: int
) -> tuple[Locks, float]:
    """The locks of given upstream signals, and the root mean square over samples of |delta|.

    Formula: a batch's gradient of the weights into neuron k is sum_n delta_nk a_n. Single samples: all of them, from the signs of
    a alone. Batches: up to 256 of each size without replacement within a pass over the samples, put into an order that
    does not depend on how samples, units or neurons are numbered, then shuffled by the seed. All samples: once. Of more
    than 64 neurons (or units, for the bits) 64 are looked at, spread evenly over their ranges.
    Raises ValueError for entries that are not finite, or sizes of a batch below 1.
    """
    samples = a.shape[0]
    wanted = [check_int("batches", one, 1, 2**31) for one in check_items("batches", batches, 0, 20)]
    sizes = sorted({one for one in wanted if one < samples} | {samples})
    low, high, length, moving = _look_at_deltas(name, delta)
    neurons = _spread_out(low, high, np.maximum(np.abs(low), np.abs(high)) > 0, MOST_NEURONS)
    paired = _spread_out(units.low, units.high, ~units.dead, MOST_PAIRED)
    scale = np.maximum(np.abs(low), np.abs(high))[neurons]
    order = np.lexsort((look.size[:, 1], look.size[:, 0], length[:, 1], length[:, 0]))
    rng = np.random.default_rng(seed)
    chosen = [_drawn(order, one, rng) if one < samples else None for one in sizes]
    rows = [_count(a, delta, one, neurons, scale, paired) for one in chosen]
    if sizes[0] == 1:
        moves = moving * (look.size[:, 0] > 0)
        rows[0] = (float(moves[look.one_signed].sum()), int(moves.sum()), rows[0][2], samples)
    counted = np.array([row[1] for row in rows])
    with np.errstate(invalid="ignore"):
        share = np.array([row[0] for row in rows]) / np.where(counted > 0, counted, np.nan)
    error = np.sqrt(share * (1 - share) / np.maximum(counted, 1))
    bits, drawn = np.array([row[2] for row in rows]), np.array([row[3] for row in rows])
    columns = (np.array(sizes), share, bits, counted, drawn, error)
    largest = float(length[:, 0].max())
    norm = largest * sqrt(float(np.mean((length[:, 2] * (length[:, 0] / (largest or 1.0))) ** 2)))
    return Locks(*(read_only(column) for column in columns)), norm


def _look_at_deltas(name: str, delta: Numbers) -> tuple[FloatArray, FloatArray, FloatArray, IntArray]:
    """Range of each neuron's signal; each sample's largest and smallest |delta| and its norm over the largest, (samples, 3); how
    many of its signals are not 0."""
    samples, neurons = delta.shape
    low, high = np.full(neurons, np.inf), np.full(neurons, -np.inf)
    length, moving = np.zeros((samples, 3)), np.zeros(samples, dtype=np.int64)
    for rows, block in row_blocks(delta):
        check_finite(name, rows, block)
        np.minimum(low, block.min(axis=0), out=low)
        np.maximum(high, block.max(axis=0), out=high)
        moving[rows] = (block != 0).sum(axis=1)
        np.abs(block, out=block)
        top = block.max(axis=1)
        length[rows, 0], length[rows, 1] = top, block.min(axis=1)
        # Signals may be so small that their squares are 0: the norm is taken of shares of the largest.
        block /= np.where(top > 0, top, 1.0)[:, None]
        length[rows, 2] = np.sqrt(np.einsum("nk,nk->n", block, block))
    return low, high, length, moving


def _spread_out(low: FloatArray, high: FloatArray, among: BoolArray, most: int) -> IntArray:
    """At most `most` of those units, evenly over their ranges: the same ones whatever their numbering."""
    order = np.lexsort((high, low))
    order = order[among[order]]
    if len(order) <= most:
        return order
    return order[np.linspace(0, len(order) - 1, most).round().astype(np.int64)]


def _count(
    a: Numbers, delta: Numbers, chosen: IntArray | None, neurons: IntArray, scale: FloatArray, paired: IntArray
) -> tuple[float, int, float, int]:
    """Locked pairs, moving pairs, bits and the number of batches; chosen: the samples of each batch, None for all at once."""
    locked, moved, signs = 0, 0, []
    for rows in _gradients(a, delta, chosen, neurons, scale):
        up, down = (rows > 0).any(axis=-1), (rows < 0).any(axis=-1)
        locked, moved = locked + int((up ^ down).sum()), moved + int((up | down).sum())
        signs.append(np.sign(rows[..., paired]).astype(np.float32).reshape(rows.shape[0] * rows.shape[1], len(paired)))
    return float(locked), moved, _pair_bits(np.concatenate(signs)), 1 if chosen is None else len(chosen)


def _gradients(
    a: Numbers, delta: Numbers, chosen: IntArray | None, neurons: IntArray, scale: FloatArray
) -> Iterator[FloatArray]:
    """sum_n delta_n a_n^T over each batch, for the chosen neurons, each signal as a share of the neuron's largest: some batches
    at a time, (batches, neurons, units)."""
    if chosen is None:
        total = np.zeros((len(neurons), a.shape[1]))
        for rows, block in row_blocks(a):
            total += (np.asarray(delta[rows][:, neurons], dtype=float) / scale).T @ block
        yield total[None]
        return
    count, batch = chosen.shape
    step = max(1, BLOCK_BYTES // (16 * a.shape[1] * max(batch, len(neurons))))
    for start in range(0, count, step):
        some = chosen[start : start + step]
        inputs = np.asarray(a[some.ravel()], dtype=float).reshape(*some.shape, -1)
        signals = np.asarray(delta[some.ravel()][:, neurons], dtype=float) / scale
        yield np.matmul(signals.reshape(len(some), batch, len(neurons)).swapaxes(1, 2), inputs)


def _drawn(order: IntArray, batch: int, rng: np.random.Generator) -> IntArray:
    """Batches of samples, (batches, batch), each pass over the samples in a new order and without replacement."""
    count, a_pass = min(MOST_BATCHES, max(1, MOST_SAMPLES // batch)), len(order) // batch
    passes = [rng.permutation(order)[: a_pass * batch].reshape(a_pass, batch) for _ in range(-(-count // a_pass))]
    return np.concatenate(passes)[:count]


def _pair_bits(signs: Numbers) -> float:
    """The mean over pairs of columns of the entropy of their signs, over the rows in which both are not 0."""
    columns = signs.shape[1]
    either = np.concatenate([signs > 0, signs < 0], axis=1).astype(np.float32)
    counts = (
        (either.T @ either).astype(float).reshape(2, columns, 2, columns).swapaxes(1, 2).reshape(4, columns, columns)
    )
    counts = counts[:, *np.triu_indices(columns, 1)]
    total = counts.sum(axis=0)
    counts, total = counts[:, total > 0], total[total > 0]
    return float(_entropy(counts / total).mean()) if total.size else float("nan")


def _entropy(shares: FloatArray) -> FloatArray:
    """-sum p log2 p along the first axis, 0 log 0 being 0."""
    found: FloatArray = -(shares * np.log2(np.where(shares > 0, shares, 1.0))).sum(axis=0)
    return found
