"""The settings of a training run, and the runs themselves: variants and seeds of a network trained side by side."""

from collections.abc import Iterator, Sequence

import numpy as np

from core.checks import BoolArray, FloatArray, IntArray, check_choice, check_int, check_real
from core.fields import one_of, real, settings, several, whole
from core.network.digits import PIXELS, TRAIN, Pixels, digits
from core.network.mlp import Networks, backward, forward, losses, networks
from core.network.norms import NETWORK_NORMS, NORM_KEYS
from core.network.optimisers import OPTIMISERS
from core.network.update_signs import probe_size
from core.network.variants import TRAINABLE, VARIANTS

BLOCK = 2**18
"""Units x samples that go through a network's layer at once: more runs than that leave the processor's cache."""
LOSS_LIMIT = 1e3
"""A run whose training loss is above this, or no number at all, has diverged (a guess costs ln 10 = 2.3)."""


def _variant(name: str, value: object) -> object:
    return check_choice(name, value, tuple(TRAINABLE))


def _rate(name: str, value: object) -> float:
    return check_real(name, value, np.nextafter(0, 1), 1e4)


@settings
class Training:
    """Everything a training run depends on; all dimensionless.

    Raises: ValueError that names the parameter, its value and its range.
    """

    variants: tuple[str, ...] = several(
        "different keys of core.network.variants.TRAINABLE", 1, len(TRAINABLE), _variant, default=tuple(VARIANTS)
    )
    etas: tuple[float, ...] = several(
        "the learning rate of each variant, or one for all, (0, 1e4]", 1, len(TRAINABLE), _rate, default=(0.5,)
    )
    batch: int = whole("samples per step; all 1,000 of them: full-batch descent", 1, TRAIN, default=64)
    steps: int = whole("optimiser steps", 1, 40_000, default=500)
    width: int = whole("hidden units per layer", 2, 128, default=32)
    depth: int = whole("hidden layers", 1, 5, default=1)
    sigma_w: float = real("weight scale", 0, 20, default=1.0)
    optimiser: str = one_of("a key of core.network.optimisers.OPTIMISERS", OPTIMISERS, default="sgd")
    momentum: float = real('used by "momentum" only', 0, 0.999, default=0.9)
    pixels: Pixels = one_of("how the images are scaled", PIXELS, default="standardised")
    norm: str = one_of("how every hidden layer is normalised, a key of core.network.norms", NORM_KEYS, default="none")
    seeds: int = whole("how many seeds, counted from `seed`", 1, 8, default=5)
    seed: int = whole("the first of them", 0, 2**31, default=0)
    spacing: float = real(
        "each checkpoint is this share of the steps so far later than the one before, see `checks`",
        0.01,
        1,
        default=0.1,
    )
    detail: float = real(
        "0: every checkpoint records everything; more: only those this share of the steps so far apart do, and the last, "
        "and the others record the loss alone, for a third of the work, see `detailed`",
        0,
        10,
        default=0.0,
    )

    def __post_init__(self) -> None:
        if len(set(self.variants)) < len(self.variants):
            raise ValueError(f"variants = {self.variants!r} names one twice")
        if len(self.etas) not in (1, len(self.variants)):
            raise ValueError(f"etas = {self.etas!r} is neither one value nor one for each variant")
        if self.batch == 1 and self.norm != "none" and NETWORK_NORMS[self.norm].over_images:
            raise ValueError(
                f"norm = {self.norm!r} with batch = 1: one image less its own mean is 0, whatever it shows"
            )

    @property
    def runs(self) -> int:
        """How many networks train side by side."""
        return len(self.variants) * self.seeds


def checks(steps: int, spacing: float) -> tuple[int, ...]:
    """The steps at which a run is looked at: 0, 1, 2, ..., then each `spacing` times itself further, and the last.

    Formula: n -> max(n + 1, floor(n (1 + spacing))), up to `steps`.
    Parameters: steps, at least 0; spacing, at least 0. Raises: ValueError for anything else.
    """
    check_int("steps", steps, 0, 2**31)
    check_real("spacing", spacing, 0)
    at = [0]
    while at[-1] < steps:
        at.append(min(steps, max(at[-1] + 1, int(at[-1] * (1 + spacing)))))
    return tuple(at)


def detailed(training: Training) -> tuple[int, ...]:
    """Those of a training's checks at which everything is recorded: the first, the last, and in between the first at or
    behind each next place of a grid that is `detail` times the steps so far apart."""
    chosen, due = [], 0.0
    for step in checks(training.steps, training.spacing):
        if step >= due or step == training.steps:
            chosen.append(step)
            due = step * (1 + training.detail)
    return tuple(chosen)


class Trainer:
    """The state of a training: R = variants x seeds networks, seeds counting fastest, and their optimiser."""

    nets: Networks
    """The networks that are left."""
    run: IntArray
    """Which of the R they are."""
    alive: BoolArray
    """Which of them have not diverged."""
    eta: FloatArray
    """Their learning rates, (R, 1)."""
    probe: IntArray
    """The training images, per seed, on whose minibatches the signs of updates are measured."""

    def __init__(self, training: Training, etas: Sequence[float] = ()) -> None:
        """With `etas`, each variant trains with each of them, the variants counting slowest and the seeds fastest."""
        self.training, self.data, self.step = training, digits(training.pixels), 0
        self.optimiser = OPTIMISERS[training.optimiser]
        seeds = range(training.seed, training.seed + training.seeds)
        rates = (
            np.tile(etas, len(training.variants)) if etas else np.broadcast_to(training.etas, len(training.variants))
        )
        runs = [(v, s) for v in training.variants for _ in etas or (0,) for s in seeds]
        self.nets = networks(runs, training.width, training.depth, training.sigma_w, training.norm)
        self.run = np.arange(len(runs))
        self.alive = np.ones(len(runs), dtype=bool)
        self.eta = np.repeat(rates, training.seeds)[:, None]
        self.orders = [minibatches(seed, training.batch) for seed in seeds]
        self.probe = np.array([_probe(seed, training.batch) for seed in seeds])
        self._buffers()

    def _buffers(self) -> None:
        self.gradient = np.zeros_like(self.nets.theta)
        size = max(1, BLOCK // (self.training.batch * self.training.width))
        blocks = [slice(start, start + size) for start in range(0, len(self.gradient), size)]
        self.blocks = [
            (b, part := self.nets.kept(b), part.split(self.gradient[b]), part.split_scales(self.gradient[b]))
            for b in blocks
        ]
        self.memory = [np.zeros_like(self.gradient) for _ in range(self.optimiser.memory)]

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
                for block, nets, gradients, scales in self.blocks:
                    own = slice(None) if full else block
                    backward(nets, forward(nets, x[own], slopes=True), labels[own], gradients, scales)
                self._update()

    def _update(self) -> None:
        """One step of the optimiser along self.gradient, which it may overwrite."""
        self.optimiser.direct(self.gradient, self.memory, self.step, self.training.momentum)
        self.gradient *= self.eta
        self.nets.theta -= self.gradient

    def losses(self) -> FloatArray:
        """The loss of all training images, for every run that is left, (R,); infinite or nan where one has diverged."""
        with np.errstate(all="ignore"):
            return losses(forward(self.nets, self.data.x[None]).logits, self.data.labels[None])

    def stop(self, runs: BoolArray) -> None:
        """Leave these runs where they are harmless: all zeros, with no learning rate."""
        self.alive &= ~runs
        for array in (self.nets.theta, *self.memory, self.eta):
            array[runs] = 0

    def keep(self, runs: BoolArray) -> None:
        """Go on with these runs only."""
        memory = [array[runs] for array in self.memory]
        self.nets, self.run, self.eta = self.nets.kept(runs), self.run[runs], self.eta[runs]
        self.alive = self.alive[runs]
        self._buffers()
        self.memory = memory


def minibatches(seed: int, batch: int) -> Iterator[IntArray]:
    """The training images of one minibatch after another, (batch,) each, epoch by epoch, without an end.

    Parameters: seed >= 0; batch, 1 to 1000. Raises: ValueError for anything else.
    """
    rng = np.random.default_rng([check_int("seed", seed, 0, 2**63), 1])
    return _epochs(rng, check_int("batch", batch, 1, TRAIN))


def _epochs(rng: np.random.Generator, batch: int) -> Iterator[IntArray]:
    while True:
        order = rng.permutation(TRAIN)
        yield from order[: TRAIN // batch * batch].reshape(-1, batch)


def _probe(seed: int, batch: int) -> IntArray:
    order = np.random.default_rng([seed, 2]).permutation(TRAIN)
    return order[: probe_size(batch)]
