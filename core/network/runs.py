"""What the training of real networks shows: loss, accuracy, gradients, saturation and the signs of the updates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import ClassVar

import numpy as np

from core.checks import BoolArray, FloatArray, IntArray, check_real, read_only
from core.network.digits import IMAGES, TRAIN
from core.network.mlp import backward, forward, losses, parameters
from core.network.training import BLOCK, LOSS_LIMIT, Trainer, Training, checks, detailed
from core.network.update_signs import probe_size, update_signs
from core.saturation import SHARE

MAX_WORK = 6 * 10**10
"""Multiply-adds that one call of `train` may cost: some seconds of one core."""


@dataclass(frozen=True, eq=False)
class Recorded:
    """What is known of a training at one checkpoint, for V variants, S seeds and L = depth + 1 layers.

    A run that has diverged is NaN from then on. Where only the loss was recorded (`Training.detail`), so is all between loss
    and `diverged`.
    """

    # It has no slots of its own, so that those of `Checkpoint` and `Run` name every field.
    __slots__: ClassVar[tuple[str, ...]]

    loss: FloatArray
    """(V, S), mean cross-entropy of all training images, in nats."""
    accuracy: FloatArray
    """(V, S), of the held-out images, [0, 1]; batch-normalised by the means and variances of the training images."""
    gradient: FloatArray
    """(V, S, L), Frobenius norm of dL/dW over all training images."""
    saturated: FloatArray
    """(V, S, depth), the share of (training image, unit) pairs whose slope is below 4 % of the activation's largest (for
    ReLU: off)."""
    locked: FloatArray
    """(V, S, L), as in core.network.update_signs.Signs; the next two likewise."""
    locked_one: FloatArray
    bits: FloatArray
    diverged: BoolArray
    """(V, S)."""


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint(Recorded):
    """What is known after `step` optimiser steps."""

    step: int


@dataclass(frozen=True, slots=True, eq=False)
class Run(Recorded):
    """All checkpoints of a training, stacked: each array of `Recorded` with the T checkpoints as a leading axis."""

    training: Training
    step: IntArray
    """(T,), optimiser steps taken."""

    def reached(self, target: float) -> IntArray:
        """The first checkpoint's step whose loss is at or below `target`, per variant and seed, (V, S); -1: none.

        Raises: ValueError for a target that is not finite.
        """
        below = self.loss <= check_real("target", target)
        return np.where(below.any(axis=0), self.step[below.argmax(axis=0)], -1)


def work(training: Training) -> int:
    """An upper bound on the multiply-adds that `train` spends on matrix products.

    Formula: runs x weights x (3 x batch x steps + detailed checkpoints x (3 x 1000 + 797 + 4 x probed samples) + others x
    1000): a forward pass costs one multiply-add per weight and sample, a backward pass two.
    """
    weights = parameters(training.width, training.depth, training.norm != "none")
    looks, full = len(checks(training.steps, training.spacing)), len(detailed(training))
    each = 3 * TRAIN + (IMAGES - TRAIN) + 4 * probe_size(training.batch)
    return training.runs * weights * (3 * training.batch * training.steps + full * each + (looks - full) * TRAIN)


def within(training: Training, budget: int = MAX_WORK) -> Training:
    """The same training, cut to the most steps that cost `budget` multiply-adds at most (1 step at least).

    Raises: ValueError for a budget below 0.
    """
    check_real("budget", budget, 0)
    low, high = 1, training.steps
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if work(replace(training, steps=middle)) <= budget else (low, middle - 1)
    return replace(training, steps=low)


def train(training: Training) -> Iterator[Checkpoint]:
    """Train every variant with every seed, and yield what is known at each of `checks`, step 0 included.

    Formula: theta <- theta - eta g with the minibatch gradient g (or its momentum or Adam form, beta 0.9 and 0.999, eps
    1e-8). Epochs are drawn without replacement; a rest smaller than a batch is left out. Variants with one seed share
    their starting weights and their minibatches.
    Parameters: training, whose `work` is at most MAX_WORK. A caller that stops asking ends the work.
    Raises: ValueError for more work than that; DataError where the digits cannot be read.
    Reference: LeCun, Bottou, Orr and Muller, Efficient BackProp (1998); Kingma and Ba, Adam (2015).
    """
    if work(training) > MAX_WORK:
        raise ValueError(f"work(training) = {work(training):.3g} is more than {MAX_WORK:.3g} multiply-adds")
    trainer = Trainer(training)
    full = set(detailed(training))
    for step in checks(training.steps, training.spacing):
        trainer.advance(step)
        yield _look(trainer, step in full)


def first_look(training: Training) -> Checkpoint:
    """What a checkpoint records before the first step.

    Raises: ValueError as `train`.
    """
    return next(train(training))


def collect(training: Training, checkpoints: Sequence[Checkpoint] | None = None) -> Run:
    """The checkpoints of a training as one `Run`; trains where they are not given.

    Raises: ValueError as `train`, and where there is no checkpoint.
    """
    points = list(train(training) if checkpoints is None else checkpoints)
    if not points:
        raise ValueError("checkpoints = [] holds no checkpoint; a run has one at least")
    stacked = {one.name: read_only(np.array([getattr(p, one.name) for p in points])) for one in fields(Checkpoint)}
    return Run(training=training, **stacked)


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """When each run first met a loss, and what it was like there, or at the cap where it never did; (V, S) each."""

    steps: IntArray
    """-1 where it never met it."""
    diverged: BoolArray
    """Whether it left every bound; the rest is NaN then."""
    accuracy: FloatArray
    """Of the held-out images."""
    saturated: FloatArray
    """The share of saturated (image, unit) pairs, all hidden layers."""
    locked: FloatArray
    """The share of neurons whose minibatch update is all of one sign, in the layers that hidden units feed, their mean."""


def steps_to(training: Training, target: float) -> Passage:
    """The first of `checks` at which the loss of all training images is at or below `target`, per variant and seed.

    Formula: as `train`, measured on arrival only; a run stops when it arrives or diverges.
    Parameters: training; target, a loss in nats, > 0. Bounded by `training.steps`.
    Raises: ValueError for a bad target.
    """
    check_real("target", target, np.nextafter(0, 1), LOSS_LIMIT)
    trainer = Trainer(training)
    steps, diverged = np.full(training.runs, -1), np.zeros(training.runs, dtype=bool)
    arrival = np.full((3, training.runs), np.nan)
    for step in checks(training.steps, training.spacing):
        trainer.advance(step)
        loss = trainer.losses()
        arrived, lost = loss <= target, ~(loss <= LOSS_LIMIT)
        steps[trainer.run[arrived]] = step
        diverged[trainer.run[lost]] = True
        last = ~lost if step == training.steps else arrived
        if last.any():
            seen = _measure(trainer, last)
            means = seen["accuracy"], seen["saturated"].mean(axis=1), seen["locked"][:, 1:].mean(axis=1)
            arrival[:, trainer.run[last]] = means
        if (last | lost).any():
            trainer.keep(~(last | lost))
        if not trainer.run.size:
            break
    shape = (len(training.variants), training.seeds)
    return Passage(*(read_only(a.reshape(shape)) for a in (steps, diverged, *arrival)))


def _look(trainer: Trainer, full: bool) -> Checkpoint:
    """What a checkpoint records, everything where it is a `full` one; runs found to have diverged are stopped."""
    values = _measure(trainer, np.ones(trainer.run.size, dtype=bool)) if full else _loss_alone(trainer)
    trainer.stop(~(values["loss"] <= LOSS_LIMIT))
    shape = (len(trainer.training.variants), trainer.training.seeds)
    kept = {name: read_only(_shaped(trainer.alive, value, shape)) for name, value in values.items()}
    return Checkpoint(step=trainer.step, **kept, diverged=read_only(~trainer.alive.reshape(shape)))


def _loss_alone(trainer: Trainer) -> dict[str, FloatArray]:
    """The loss of these runs, and NaN for the rest of what `_measure` gives."""
    runs, depth = trainer.run.size, trainer.training.depth
    unknown = {"accuracy": (runs,), "saturated": (runs, depth)}
    unknown |= {name: (runs, depth + 1) for name in ("gradient", "locked", "locked_one", "bits")}
    return {"loss": trainer.losses(), **{name: np.full(size, np.nan) for name, size in unknown.items()}}


def _measure(trainer: Trainer, runs: BoolArray) -> dict[str, FloatArray]:
    """What a checkpoint records of these runs, (chosen runs, ...) each."""
    chosen = np.flatnonzero(runs)
    size = max(1, BLOCK // (TRAIN * trainer.training.width))
    blocks = [np.isin(np.arange(runs.size), chosen[start : start + size]) for start in range(0, chosen.size, size)]
    with np.errstate(all="ignore"):
        parts = [_measure_block(trainer, block) for block in blocks]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _measure_block(trainer: Trainer, runs: BoolArray) -> dict[str, FloatArray]:
    nets, data, probe = trainer.nets.kept(runs), trainer.data, trainer.probe[trainer.of_seed[runs]]
    result = forward(nets, data.x[None], slopes=True)
    gradients = nets.split(np.empty_like(nets.theta))
    backward(nets, result, data.labels[None], gradients)
    guesses = forward(nets, data.held_x[None], like=result).logits.argmax(axis=2)
    saturated = [(np.abs(slope) < SHARE * nets.steepest).mean(axis=(1, 2)) for slope in result.slope]
    signs = update_signs(nets, data.x[probe], data.labels[probe], trainer.training.batch)
    return {
        "loss": losses(result.logits, data.labels[None]),
        "accuracy": (guesses == data.held_labels).mean(axis=1),
        "gradient": np.stack([np.sqrt((w * w).sum(axis=(1, 2))) for w, _ in gradients], axis=1),
        "saturated": np.stack(saturated, axis=1),
        "locked": signs.locked,
        "locked_one": signs.locked_one,
        "bits": signs.bits,
    }


def _shaped(alive: BoolArray, values: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """(R, ...) values as (V, S, ...), NaN where a run has diverged."""
    mask = alive.reshape(-1, *[1] * (values.ndim - 1))
    return np.where(mask, values, np.nan).reshape(*shape, *values.shape[1:])
