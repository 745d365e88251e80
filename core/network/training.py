"""The settings of a training run, and the runs themselves: variants and seeds of a network trained side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.checks import BoolArray, IntArray, check_choice, check_int, check_items, check_real
from core.network.digits import PIXELS, TRAIN, Pixels, digits
from core.network.mlp import VARIANTS, backward, forward, networks
from core.network.update_signs import probe_size

BLOCK = 2**18
"""Units x samples that go through a network's layer at once: more runs than that leave the processor's cache."""

Optimiser = Literal["sgd", "momentum", "adam"]
OPTIMISERS: tuple[Optimiser, ...] = ("sgd", "momentum", "adam")

MAX_STEPS, MAX_WIDTH, MAX_DEPTH, MAX_SEEDS = 40_000, 128, 5, 8


@dataclass(frozen=True)
class Training:
    """Everything a training run depends on; all dimensionless.

    variants: keys of core.network.mlp.VARIANTS. etas: the learning rate of each variant, or one for all; (0, 1e4].
    batch: samples per step, 1 to 1000 (all of them: full-batch descent). steps: optimiser steps, 1 to 40,000.
    width, depth: hidden units per layer, 2 to 128, and hidden layers, 1 to 5. sigma_w: weight scale, [0, 20].
    optimiser: "sgd", "momentum" (v <- momentum v + g) or "adam". momentum: [0, 0.999], used by "momentum" only.
    pixels: "standardised" or "raw". seeds: how many, 1 to 8, counted from seed >= 0.
    spacing: each checkpoint is this share of the steps so far later than the one before, [0.01, 1]; see `checks`.
    Raises: ValueError that names the parameter, its value and its range.
    """

    variants: tuple[str, ...] = tuple(VARIANTS)
    etas: tuple[float, ...] = (0.5,)
    batch: int = 64
    steps: int = 500
    width: int = 32
    depth: int = 1
    sigma_w: float = 1.0
    optimiser: Optimiser = "sgd"
    momentum: float = 0.9
    pixels: Pixels = "standardised"
    seeds: int = 5
    seed: int = 0
    spacing: float = 0.1

    def __post_init__(self) -> None:
        for key in check_items("variants", self.variants, 1, len(VARIANTS)):
            check_choice("variants", key, tuple(VARIANTS))
        for eta in check_items("etas", self.etas, 1, len(VARIANTS)):
            check_real("etas", eta, np.nextafter(0, 1), 1e4)
        if not self.variants or len(set(self.variants)) < len(self.variants):
            raise ValueError(f"variants = {self.variants!r} is empty or names one twice")
        if len(self.etas) not in (1, len(self.variants)):
            raise ValueError(f"etas = {self.etas!r} is neither one value nor one for each variant")
        check_int("batch", self.batch, 1, TRAIN)
        check_int("steps", self.steps, 1, MAX_STEPS)
        check_int("width", self.width, 2, MAX_WIDTH)
        check_int("depth", self.depth, 1, MAX_DEPTH)
        check_real("sigma_w", self.sigma_w, 0, 20)
        check_choice("optimiser", self.optimiser, OPTIMISERS)
        check_real("momentum", self.momentum, 0, 0.999)
        check_choice("pixels", self.pixels, PIXELS)
        check_int("seeds", self.seeds, 1, MAX_SEEDS)
        check_int("seed", self.seed, 0, 2**31)
        check_real("spacing", self.spacing, 0.01, 1)

    @property
    def runs(self) -> int:
        """How many networks train side by side."""
        return len(self.variants) * self.seeds


def checks(steps: int, spacing: float) -> tuple[int, ...]:
    """The steps at which a run is looked at: 0, 1, 2, ..., then each `spacing` times itself further, and the last.

    Formula: n -> max(n + 1, floor(n (1 + spacing))), up to `steps`.
    """
    at = [0]
    while at[-1] < steps:
        at.append(min(steps, max(at[-1] + 1, int(at[-1] * (1 + spacing)))))
    return tuple(at)


class Trainer:
    """The state of a training: R = variants x seeds networks, seeds counting fastest, and their optimiser.

    run: which of them are left, alive: which have not diverged, (R,) each. nets: their networks. probe: the training
    images, per seed, on whose minibatches the signs of updates are measured.
    """

    def __init__(self, training: Training) -> None:
        self.training, self.data, self.step = training, digits(training.pixels), 0
        seeds = range(training.seed, training.seed + training.seeds)
        self.nets = networks(
            [(v, s) for v in training.variants for s in seeds], training.width, training.depth, training.sigma_w
        )
        self.run = np.arange(training.runs)
        self.alive = np.ones(training.runs, dtype=bool)
        etas = np.broadcast_to(training.etas, len(training.variants))
        self.eta = np.repeat(etas, training.seeds)[:, None]
        self.orders = [minibatches(seed, training.batch) for seed in seeds]
        self.probe = np.array([_probe(seed, training.batch) for seed in seeds])
        self._buffers()

    def _buffers(self) -> None:
        self.gradient = np.zeros_like(self.nets.theta)
        size = max(1, BLOCK // (self.training.batch * self.training.width))
        blocks = [slice(start, start + size) for start in range(0, len(self.gradient), size)]
        self.blocks = [(b, part := self.nets.kept(b), part.split(self.gradient[b])) for b in blocks]
        self.first, self.second = np.zeros_like(self.gradient), np.zeros_like(self.gradient)

    @property
    def of_seed(self) -> IntArray:
        """The row of the seed of each run."""
        return self.run % self.training.seeds

    def advance(self, to: int) -> None:
        """Take optimiser steps until `to` have been taken. A run that overflows is found at the next look."""
        full, of_seed = self.training.batch == TRAIN, self.of_seed
        x, labels = self.data.x[None], self.data.labels[None]
        with np.errstate(all="ignore"):
            while self.step < to:
                self.step += 1
                if not full:
                    chosen = np.array([next(order) for order in self.orders])[of_seed]
                    x, labels = self.data.x.take(chosen, axis=0), self.data.labels[chosen]
                for block, nets, gradients in self.blocks:
                    own = slice(None) if full else block
                    backward(nets, forward(nets, x[own], slopes=True), labels[own], gradients)
                self._update()

    def _update(self) -> None:
        """One step of the optimiser along self.gradient, which it may overwrite."""
        g, kind = self.gradient, self.training.optimiser
        if kind == "momentum":
            self.first *= self.training.momentum
            self.first += g
            g[:] = self.first
        elif kind == "adam":
            self.first += 0.1 * (g - self.first)
            self.second += 0.001 * (g * g - self.second)
            np.sqrt(self.second / (1 - 0.999**self.step), out=g)
            g += 1e-8
            np.divide(self.first / (1 - 0.9**self.step), g, out=g)
        g *= self.eta
        self.nets.theta -= g

    def stop(self, runs: BoolArray) -> None:
        """Leave these runs where they are harmless: all zeros, with no learning rate."""
        self.alive &= ~runs
        for array in (self.nets.theta, self.first, self.second, self.eta):
            array[runs] = 0

    def keep(self, runs: BoolArray) -> None:
        """Go on with these runs only."""
        first, second = self.first[runs], self.second[runs]
        self.nets, self.run, self.eta = self.nets.kept(runs), self.run[runs], self.eta[runs]
        self.alive = self.alive[runs]
        self._buffers()
        self.first, self.second = first, second


def minibatches(seed: int, batch: int) -> Iterator[IntArray]:
    """The training images of one minibatch after another, (batch,) each, epoch by epoch, without an end."""
    rng = np.random.default_rng([seed, 1])
    while True:
        order = rng.permutation(TRAIN)
        yield from order[: TRAIN // batch * batch].reshape(-1, batch)


def _probe(seed: int, batch: int) -> IntArray:
    order = np.random.default_rng([seed, 2]).permutation(TRAIN)
    return order[: probe_size(batch)]
