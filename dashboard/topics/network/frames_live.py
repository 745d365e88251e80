"""The frames of a run that is watched on `/network`: which training it is, its curves, and where its networks end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.network.ablation import TARGET
from core.network.runs import Run, within
from core.network.training import Training
from core.network.variants import TRAINABLE, Variant
from dashboard.look.columns import Columns, columns, from_rows, last_rows, stack
from dashboard.topics.network.frames import Reading, known_mean

DETAIL = 0.2
"""Between two checkpoints of a run that is watched at which all is recorded, as a share of the steps so far; the loss is at
each, four times as often."""


OWN_IMAGES = 64_000
"""How many images a visitor's own network sees, but for the full batch, and for small batches, which would take too many steps."""


def watched(shown: Reading, keys: Sequence[str], seeds: range) -> Training:
    """The training of these variants and seeds that the table says something of, and a little longer than they take: to the
    cap where none of them arrives, or one of the two that are watched alone."""
    rows = [shown.rows[key] for key in keys]
    counts = np.array([row.steps[seeds.start : seeds.stop] for row in rows])
    never = (counts < 0).all() or (len(keys) < len(shown.rows) and (counts < 0).any())
    cap = shown.experiment.steps
    steps = cap if never else min(cap, int(counts.max() * 1.25) + 5)
    training = shown.experiment.training(keys, [row.eta for row in rows], seeds.start, len(seeds))
    return replace(training, steps=steps, detail=DETAIL)


def affordable(shown: Reading, keys: Sequence[str], seeds: range) -> Training:
    """What of that the bound on work allows: fewer seeds before fewer steps, since a run that is cut off shows no end."""
    for count in range(len(seeds), 0, -1):
        asked = watched(shown, keys, range(seeds.start, seeds.start + count))
        allowed = within(asked)
        if allowed.steps == asked.steps:
            return allowed
    return allowed


def own(shown: Reading, keys: Sequence[str], seeds: range, depth: int, weights: float, rate: float) -> Training:
    """The training of a network that is in no table: these variants with this depth, scale of the initial weights and learning
    rate, on batches as those shown."""
    batch = shown.experiment.batch
    training = Training(
        tuple(keys),
        (rate,),
        batch=batch,
        steps=min(4000, max(300, OWN_IMAGES // batch)),
        depth=depth,
        sigma_w=weights,
        seeds=len(seeds),
        seed=seeds.start,
        spacing=shown.experiment.training(keys, [rate] * len(keys)).spacing,
        detail=DETAIL,
    )
    return within(training)


def flipped(training: Training) -> list[str]:
    """The labels of the networks in this training whose units are half flipped."""
    return [TRAINABLE[key].label for key in training.variants if TRAINABLE[key].flipped]


def drawn_layer(quantity: str, layer: int, depth: int) -> int:
    """The index of the layer drawn: `layer` 0 is the weights fed by the pixels; of units, the nearest hidden layer."""
    return max(0, min(layer, depth) - (quantity == "saturated"))


def curves(run: Run, quantity: str, layer: int) -> Columns:
    """Median and range over seeds of one quantity, where it was recorded: variant, activation, flipped, step, mid, low, high."""
    values = getattr(run, quantity)
    if values.ndim == 4:
        values = values[..., drawn_layer(quantity, layer, run.training.depth)]
    parts = []
    for v, key in enumerate(run.training.variants):
        alive = ~np.isnan(values[:, v]).any(axis=1)
        one = values[alive, v]
        if quantity == "gradient":
            one = np.maximum(one, 1e-300)
        low, mid, high = np.quantile(one, (0, 0.5, 1), axis=1) if alive.any() else np.empty((3, 0))
        parts.append(
            columns(
                variant=TRAINABLE[key].label,
                activation=TRAINABLE[key].known.label,
                flipped=int(TRAINABLE[key].flipped),
                step=run.step[alive],
                mid=mid,
                low=low,
                high=high,
            )
        )
    return stack(parts)


def ends(drawn: Columns, quantity: str) -> Columns:
    """The last row of each curve, for its name; high: 1 where the name would lie on that of a curve just below."""
    rows = last_rows(drawn, "variant")
    high = np.zeros(len(rows["mid"]), dtype=int)
    if len(high) == 2:
        first, second = rows["mid"].tolist()
        logarithmic = quantity in ("loss", "gradient")
        apart = abs(np.log10(first / second)) / 3 if logarithmic else abs(first - second)
        high[int(second > first)] = int(apart < 0.08)
    return {**rows, "high": high}


def arrivals(shown: Reading, training: Training, quantity: str) -> Columns:
    """Where the table says that the median of the seeds trained arrives, in the picture of the loss, as far as the run goes:
    activation, step, value."""
    rows = []
    for row in (shown.rows[key] for key in training.variants if quantity == "loss"):
        steps = row.steps[training.seed : training.seed + training.seeds]
        if (steps >= 0).all() and np.median(steps) <= training.steps:
            rows.append((row.variant.known.label, float(np.median(steps)), TARGET))
    return from_rows(("activation", "step", "value"), rows)


@dataclass(frozen=True, slots=True)
class Landing:
    """Where one run ends."""

    variant: Variant
    seed: int
    here: int
    """The step at which the run that was watched arrived; -1 where it did not."""
    shipped: int
    """The same in the table."""


def landings(shown: Reading, run: Run) -> list[Landing]:
    """Where each run that was watched ended, and where the table says that it does."""
    reached, seed = run.reached(TARGET), run.training.seed
    return [
        Landing(TRAINABLE[key], seed + s, int(reached[v, s]), int(shown.rows[key].steps[seed + s]))
        for v, key in enumerate(run.training.variants)
        for s in range(run.training.seeds)
    ]


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a network that is watched has learnt so far, the mean or median of its seeds."""

    variant: Variant
    arrived: tuple[int, ...]
    """The step at which each seed met the target; -1 where it has not."""
    diverged: tuple[bool, ...]
    """Whether each seed has left every bound; it is not among the means that follow."""
    loss: float
    accuracy: float
    """Of the held-out images; NaN where nothing is known, as the next two."""
    saturated: tuple[float, float]
    """The share of (image, unit) pairs at the start, and at the last look."""


def learnt(run: Run) -> list[Learnt]:
    """Each variant of a run: its arrival, and where it stands at the last step at which all was recorded."""
    reached = run.reached(TARGET)
    known = np.flatnonzero(~np.isnan(run.accuracy).all(axis=(1, 2)))
    last = int(known[-1])
    return [
        Learnt(
            TRAINABLE[key],
            tuple(reached[v].tolist()),
            tuple(run.diverged[-1, v].tolist()),
            known_mean(run.loss[-1, v]),
            known_mean(run.accuracy[last, v]),
            (known_mean(run.saturated[0, v]), known_mean(run.saturated[last, v])),
        )
        for v, key in enumerate(run.training.variants)
    ]
