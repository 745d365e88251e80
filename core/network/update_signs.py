"""The signs of the updates into the neurons of a network: how often they all agree, and how many bits they carry."""

from dataclasses import dataclass

import numpy as np

from core.checks import FloatArray, IntArray, check_int
from core.network.digits import TRAIN
from core.network.mlp import Networks, backward, forward

PROBE, MOST_BATCHES, PAIRS = 128, 32, 64


@dataclass(frozen=True, slots=True, eq=False)
class Signs:
    """Signs of updates, one row per run and one column per layer, (R, L) each, measured on the minibatches of a probe."""

    locked: FloatArray
    """The share of (minibatch, neuron) pairs whose update of the incoming weights (bias apart) is all of one sign. A weight
    whose gradient is exactly 0 stays and breaks no lock; a neuron with no moving weight is not counted (where none moves, the
    share is 0)."""
    locked_one: FloatArray
    """The same for single samples."""
    bits: FloatArray
    """The entropy of the signs of two weights into one neuron, at most 2."""


def probe_size(batch: int) -> int:
    """How many samples the probe holds: whole minibatches, 32 at most and about 128 samples, one at least.

    Raises: ValueError for a batch outside 1 to 1000.
    """
    check_int("batch", batch, 1, TRAIN)
    return batch * max(1, min(MOST_BATCHES, PROBE // batch, TRAIN // batch))


def update_signs(nets: Networks, x: FloatArray, labels: IntArray, batch: int) -> Signs:
    """Measure the signs of minibatch updates.

    Formula: a minibatch's update of row k is -sum_n delta_nk a_n. Bits: a row of n weights has 2^n patterns, too many to
    count, so pairs of weights are counted: for each of 64 fixed random pairs (i, j) of inputs, the entropy of the
    pattern (sign g_ki, sign g_kj), pooled over the neurons k and minibatches where both move; then the mean over the
    pairs. 2 bits are free signs, 1 bit is a lock, with units flipped or not: flipping cannot change an entropy. (This
    plug-in estimate is low by about 3 / (2 N ln 2) bits; N = neurons x minibatches.)
    Parameters: x, (R, P, 64) and labels, (R, P): the probe of each run, P a multiple of batch.
    Raises: ValueError for another batch.
    """
    if x.shape[1] % check_int("batch", batch, 1, TRAIN):
        raise ValueError(f"batch = {batch} does not divide the {x.shape[1]} samples of the probe")
    whole = x.shape[1] if nets.norm is None or not nets.norm.over_images else batch  # what is normalised together
    out, passes = nets.split(np.empty_like(nets.theta)), []
    for start in range(0, x.shape[1], whole):
        part = slice(start, start + whole)
        result = forward(nets, x[:, part], slopes=True)
        passes.append((backward(nets, result, labels[:, part], out), result.a))
    columns = []
    for layer in range(len(out)):
        delta, a = (np.concatenate([one[kind][layer] for one in passes], axis=1) for kind in (0, 1))
        runs, count = delta.shape[0], x.shape[1] // batch
        parts = delta.reshape(runs, count, batch, -1).swapaxes(2, 3), a.reshape(runs, count, batch, -1)
        row = parts[0] @ parts[1]
        columns.append((_locked(row, np.ones(row.shape[:3])), _locked(a, (delta != 0).sum(axis=2)), _pair_bits(row)))
    return Signs(*(np.stack(column, axis=1) for column in zip(*columns, strict=True)))


def _locked(values: FloatArray, weight: FloatArray) -> FloatArray:
    """The weighted share of the last axis' vectors that are all of one sign, of those that are not all 0."""
    up, down = (values > 0).any(axis=-1), (values < 0).any(axis=-1)
    axes = tuple(range(1, up.ndim))
    locked, moving = (weight * (up ^ down)).sum(axis=axes), (weight * (up | down)).sum(axis=axes)
    return locked / np.maximum(moving, 1)


def _pair_bits(row: FloatArray) -> FloatArray:
    """Bits per pair of weights of (R, minibatches, neurons, inputs) gradients."""
    rng = np.random.default_rng(0)
    first = rng.integers(row.shape[3], size=PAIRS)
    second = (first + rng.integers(1, row.shape[3], size=PAIRS)) % row.shape[3]
    up, down = row > 0, row < 0
    axes = (1, 2)
    counts = np.stack([(p[..., first] & q[..., second]).sum(axis=axes) for p in (up, down) for q in (up, down)])
    total = counts.sum(axis=0)
    share = counts / np.maximum(total, 1)
    bits = -(share * np.log2(np.where(share > 0, share, 1.0))).sum(axis=0)
    return bits.sum(axis=1) / np.maximum((total > 0).sum(axis=1), 1)
