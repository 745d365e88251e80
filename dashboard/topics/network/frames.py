"""The frames of `/network`: what is read off the shipped table, and columns for the charts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.checks import BoolArray, FloatArray, IntArray
from core.network.ablation import TARGET, Experiment, Table
from core.network.runs import Run
from core.network.training import Training
from core.network.variants import VARIANTS, Variant
from dashboard.look.columns import Columns, columns, from_rows, stack
from dashboard.look.formats import percent, plural, three, whole

DETAIL = 0.2
"""Between two checkpoints of a run that is watched at which all is recorded, as a share of the steps so far; the loss is at
each, four times as often."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One variant of the table at one learning rate, for S seeds."""

    variant: Variant
    eta: float
    cap: int
    """The steps after which a run was given up."""
    median: float
    """Of the steps; inf where half the seeds or more never arrive."""
    steps: IntArray
    """(S,), -1 where a run never arrived."""
    diverged: BoolArray
    """(S,); the next three are NaN there."""
    accuracy: FloatArray
    saturated: FloatArray
    locked: FloatArray

    @property
    def arrived(self) -> bool:
        """Whether most seeds did."""
        return bool(np.isfinite(self.median))

    def told(self, seed: int) -> str:
        """What became of one run."""
        steps = int(self.steps[seed])
        if steps >= 0:
            return plural(steps, "step")
        return "diverged" if self.diverged[seed] else f"not within {whole(self.cap)} steps"

    def recorded(self, seed: int) -> tuple[str, str, str]:
        """The run, what it read, and what its units were like, on arrival or at the end, for the line over the dots."""
        eta, run = f"η {three(self.eta)}", f"{self.variant.label}, seed {seed}: {self.told(seed)}"
        if self.diverged[seed]:
            return run, eta, "nothing was recorded"
        return (
            run,
            f"{eta}, {percent(float(self.accuracy[seed]))} of unseen digits read",
            f"{percent(float(self.saturated[seed]))} of units saturated, {percent(float(self.locked[seed]))} of neurons locked",
        )


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A table read at one learning rate a variant."""

    experiment: Experiment
    same: bool
    """Whether it is one learning rate for all, and not each variant's best."""
    rows: Mapping[str, Row]
    """By the variant's key, in the order of the page."""

    @property
    def seeds(self) -> int:
        return min(len(row.steps) for row in self.rows.values())


def reading(table: Table, eta: float | None = None) -> Reading:
    """The table at each variant's best learning rate, or at the one nearest to `eta`."""
    medians, rows = table.medians(), {}
    for v, key in enumerate(table.variants):
        column = table.best(key) if eta is None else int(np.abs(np.log(table.etas / eta)).argmin())
        rows[key] = Row(
            variant=VARIANTS[key],
            eta=float(table.etas[column]),
            cap=table.experiment.steps,
            median=float(medians[v, column]),
            steps=table.steps[v, column],
            diverged=table.diverged[v, column],
            accuracy=table.accuracy[v, column],
            saturated=table.saturated[v, column],
            locked=table.locked[v, column],
        )
    return Reading(table.experiment, eta is not None, rows)


def known_mean(values: FloatArray) -> float:
    """The mean of the numbers among `values`; nan where there is none."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


@dataclass(frozen=True, slots=True)
class Twins:
    """The runs of the sigmoid and of its twin with half the units flipped, at every learning rate and seed."""

    arrive: int
    """Pairs of which one at least arrives."""
    alike: int
    """Of these, the pairs that arrive at the same step."""
    never: int
    """Pairs of which neither arrives."""


def twins(table: Table, plain: str, flipped: str) -> Twins:
    """Those two variants' runs, pair by pair."""
    one, other = (table.steps[table.variants.index(key)] for key in (plain, flipped))
    arrive = (one >= 0) | (other >= 0)
    return Twins(int(arrive.sum()), int((one == other)[arrive].sum()), int((~arrive).sum()))


def dots(shown: Reading, parity: int) -> Columns:
    """A row per variant and seed; who has not arrived stands at the cap. parity: of `dashboard.ui.page.Page.parity`."""
    rows = []
    for place, row in enumerate(shown.rows.values()):
        for seed, steps in enumerate(row.steps.tolist()):
            rows.append(
                (
                    place + 0.13 * (seed - (len(row.steps) - 1) / 2),
                    row.variant.label,
                    row.variant.known.label,
                    seed,
                    steps if steps >= 0 else row.cap,
                    "arrived" if steps >= 0 else "not arrived",
                    *row.recorded(seed),
                    three(row.eta),
                    parity,
                )
            )
    names = ("row", "variant", "activation", "seed", "steps", "state", "run", "read", "shares", "eta", "parity")
    return from_rows(names, rows)


def medians(shown: Reading) -> Columns:
    """The median of each row, with its label at the right of the row's dots: row, steps, right, label."""
    rows = []
    for place, row in enumerate(shown.rows.values()):
        stands = np.where(row.steps < 0, row.cap, row.steps)
        label = whole(int(row.median)) if row.arrived else f"> {whole(row.cap)}"
        rows.append((place, float(np.median(stands)), int(stands.max()), label))
    return from_rows(("row", "steps", "right", "label"), rows)


def frame(dots: Columns) -> Columns:
    """The ends of the axis, with room for the labels: steps."""
    fewest, most = dots["steps"].min(), dots["steps"].max()
    return columns(steps=(fewest / 1.15, most * (most / fewest) ** 0.25 * 1.1))


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
                variant=VARIANTS[key].label,
                activation=VARIANTS[key].known.label,
                flipped=int(VARIANTS[key].flipped),
                step=run.step[alive],
                mid=mid,
                low=low,
                high=high,
            )
        )
    return stack(parts)


def arrivals(shown: Reading, training: Training, quantity: str) -> Columns:
    """Where the table says that the median of the seeds trained arrives, in the picture of the loss: activation, step, value."""
    rows = []
    for row in (shown.rows[key] for key in training.variants if quantity == "loss"):
        steps = row.steps[training.seed : training.seed + training.seeds]
        if (steps >= 0).all():
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
        Landing(VARIANTS[key], seed + s, int(reached[v, s]), int(shown.rows[key].steps[seed + s]))
        for v, key in enumerate(run.training.variants)
        for s in range(run.training.seeds)
    ]


FILES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "dots": {
        "variant": ("variant", "of the hidden units"),
        "run": ("run", "the run in words"),
        "read": ("read", "learning rate and accuracy in words"),
        "shares": ("shares", "saturated units and locked neurons in words"),
    },
    "trace": {
        "variant": ("variant", "of the hidden units"),
        "flipped": ("flipped", "whether half the units are flipped, 0 or 1"),
        "mid": ("median", "of the trace over the seeds"),
        "low": ("lowest", "of the trace over the seeds"),
        "high": ("highest", "of the trace over the seeds"),
    },
}
"""What the columns of a file are called, and what they are, where that is not what `dashboard.ui.files` says."""
