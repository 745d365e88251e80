"""How often all gradients of one neuron share a sign, by the law of its inputs: in the limit, in the full batch, and measured."""

import math

import numpy as np

from core.checks import FloatArray, check_int, check_kind
from core.inputs import Inputs, blocks, draw_inputs, input_moments
from core.orthants import one_factor_lock


def noise_lock(inputs: Inputs) -> float:
    """The noise limit: the chance that all n signs of a large batch's gradient agree, where delta is zero-mean and
    independent of the inputs (the gradient is then Gaussian with covariance proportional to H).

    Formula: `one_factor_lock` with ratio mu / s. Centred inputs give 2^(1 - n).
    Reference: `one_factor_lock`.
    """
    mu, s = input_moments(inputs)
    return one_factor_lock(mu / s, len(set(inputs.flipped)), inputs.n)


def full_batch_lock(inputs: Inputs) -> float:
    """The full-batch value: the chance that all n signs of H e agree for an isotropic random error e = w - w*.

    Formula: H e is Gaussian with covariance H^2 = s^4 I + (2 s^2 mu^2 + n mu^4) v v^T, so `one_factor_lock` with
    ratio sqrt(2 r^2 + n r^4), r = mu / s. For n = 2 this is (2 / pi) arctan kappa.
    Reference: `one_factor_lock`.
    """
    mu, s = input_moments(inputs)
    ratio = abs(mu / s) * math.sqrt(2 + inputs.n * (mu / s) ** 2)
    return one_factor_lock(ratio, len(set(inputs.flipped)), inputs.n)


def measured_lock(inputs: Inputs, batch: int, draws: int = 4000, seed: int = 0) -> tuple[float, float]:
    """The measured chance that all n signs of a batch's gradient agree, and its standard error.

    Formula: the share of `draws` batches in which every component of sum_b delta_b a_b has one sign (an exact 0 agrees
    with either), delta ~ N(0, 1) independent of a. Of two inputs only these are drawn: given them both components are normal
    with a correlation r, and agree with chance 1/2 + arcsin(r) / pi, whose mean over the draws scatters far less.
    Parameters: batch, 1 to 1,024; draws, 1 to 100,000, with batch * draws * n at most 20,000,000; seed, at least 0.
    Raises: ValueError out of range.
    """
    check_kind("inputs", inputs, Inputs)
    check_int("batch", batch, 1, 1024)
    check_int("draws", draws, 1, min(100_000, 20_000_000 // (batch * inputs.n)))
    check_int("seed", seed, 0, 2**63)
    parts = list(blocks(draws, batch * inputs.n))
    if inputs.n == 2:
        rng = np.random.default_rng(seed)
        chances = np.concatenate([_agree(draw_inputs(inputs, rng, (block, batch))) for block in parts])
        return float(chances.mean()), float(chances.std() / math.sqrt(draws))
    # The signals are drawn after all inputs: their generator passes over these, so that no more is held than a block.
    rng, signals, locked = np.random.default_rng(seed), np.random.default_rng(seed), 0
    for block in parts:
        a = draw_inputs(inputs, signals, (block, batch))
    for block in parts:
        a = a if len(parts) == 1 else draw_inputs(inputs, rng, (block, batch))
        gradient = np.einsum("db,dbn->dn", signals.standard_normal((block, batch)), a)
        locked += int(((gradient >= 0).all(1) | (gradient <= 0).all(1)).sum())
    share = locked / draws
    return share, math.sqrt(share * (1 - share) / draws)


def _agree(a: FloatArray) -> FloatArray:
    """The chance that both signs of the gradient of a batch agree, over standard normal signals. a: (batches, samples, 2)."""
    (x, y), both = (a**2).sum(axis=1).T, (a[:, :, 0] * a[:, :, 1]).sum(axis=1)
    size = np.sqrt(x * y)
    # A component whose inputs are all 0 is 0, and agrees with either.
    r = np.divide(both, size, out=np.ones_like(size), where=size > 0)
    # Near 1 the arc's slope has no bound: what differs from 1 by rounding is 1.
    r = np.where(np.abs(r) > 1 - 1e-12, np.sign(r), r)
    return np.asarray(0.5 + np.arcsin(r) / np.pi)
