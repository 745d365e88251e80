"""The frames of `/network`: what is read off the shipped table, and columns for the charts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.checks import BoolArray, FloatArray, IntArray
from core.network.ablation import Experiment, Table
from core.network.cures_table import cure_cells
from core.network.treatments import TREATMENTS
from core.network.variants import TRAINABLE, Variant
from dashboard.look.columns import Columns, columns, from_rows
from dashboard.look.formats import percent, plural, three, whole


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

    @property
    def on_arrival(self) -> float:
        """The mean share of held-out images that the runs that arrived read there; nan where none arrived."""
        return known_mean(self.accuracy[self.steps >= 0])

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
            f"{percent(float(self.saturated[seed]))} of units saturated, {percent(float(self.locked[seed]))} of neurons with one sign",
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


@dataclass(frozen=True, slots=True)
class Further:
    """A network that another table has beside those shown: each at its best learning rate."""

    label: str
    eta: float
    median: float
    """Of the steps; inf where most seeds do not arrive within `cap`."""
    cap: int
    accuracy: float
    """Of the held-out images on arrival."""


def further(shown: Reading) -> list[Further]:
    """The activations that core.network.cures_table has of the same experiment and that are not among those shown; none at a
    learning rate that is the same for all."""
    if shown.same:
        return []
    here = (shown.experiment.depth, shown.experiment.batch, "sgd")
    found = []
    for trial, cell in cure_cells().items():
        done = TREATMENTS[trial.treatment]
        if (trial.depth, trial.batch, trial.optimiser) != here or done.variant in shown.rows:
            continue
        if done.norm == "none" and done.sigma_w == 1 and cell.inside:
            found.append(Further(done.label, cell.eta, cell.median, trial.most_steps, cell.held_out))
    return found


def nearest(table: Table, eta: float) -> int:
    """The index of the learning rate that was tried and is nearest to `eta`."""
    return int(np.abs(np.log(table.etas / eta)).argmin())


@lru_cache(maxsize=256)
def reading(table: Table, eta: float | None = None) -> Reading:
    """The table at each variant's best learning rate, or at the one nearest to `eta`. Remembered: a table never changes."""
    medians, rows = table.medians(), {}
    for v, key in enumerate(table.variants):
        column = table.best(key) if eta is None else nearest(table, eta)
        rows[key] = Row(
            variant=TRAINABLE[key],
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
                    place + 0.11 * (seed - (len(row.steps) - 1) / 2),
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
    """The median of each row, and its number: row, activation, steps, label."""
    rows = []
    for place, row in enumerate(shown.rows.values()):
        stands = np.where(row.steps < 0, row.cap, row.steps)
        label = whole(int(row.median)) if row.arrived else f"not in {whole(row.cap)}"
        rows.append((place, row.variant.known.label, float(np.median(stands)), label))
    return from_rows(("row", "activation", "steps", "label"), rows)


def frame(dots: Columns) -> Columns:
    """The ends of the axis, with room for half a label over a tick at either end: steps."""
    fewest, most = dots["steps"].min(), dots["steps"].max()
    room = 1.06 * (most / fewest) ** 0.09
    return columns(steps=(fewest / room, most * room))


FILES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "dots": {
        "variant": ("variant", "of the hidden units"),
        "run": ("run", "the run in words"),
        "read": ("read", "learning rate and accuracy in words"),
        "shares": ("shares", "saturated units, and neurons whose update is of one sign, in words"),
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
