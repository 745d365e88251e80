"""The ablation: how many steps each variant needs, over batch sizes, learning rates and seeds. Shipped as a table.

`python -m core.network.ablation` computes the table again (about ten minutes of one core) and writes core/network/data/ablation.csv, whose first
line holds the settings.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from core.checks import BoolArray, FloatArray, IntArray, Status, check_choice, check_int, read_only
from core.network.digits import DataError, Pixels
from core.network.runs import Passage, steps_to
from core.network.training import Training

ABLATION_FILE = Path(__file__).parent / "data" / "ablation.csv"
TARGET = 0.1
"""The training loss, in nats, that a run has to reach; a network there reads about 95 % of unseen digits."""


SHIPPED = ("sigmoid", "centred", "four", "four_centred", "bipolar", "tanh", "relu", "flipped")
"""The variants of the table, in its order: a further variant, trainable at once, is not in it before it is computed again."""


@dataclass(frozen=True)
class Experiment:
    """One setting of the ablation, which every variant, learning rate and seed goes through."""

    name: str
    """Its key."""
    batch: int
    """As in Training."""
    steps: int
    """The most steps of a run."""
    halves: tuple[int, int]
    """The first and last k of the grid of learning rates 2^(k / 2)."""
    depth: int = 1
    """As in Training."""
    pixels: Pixels = "standardised"
    """As in Training."""

    @property
    def etas(self) -> tuple[float, ...]:
        """The grid of learning rates, a factor sqrt 2 apart, to four significant digits."""
        return tuple(float(f"{2 ** (k / 2):.4g}") for k in range(self.halves[0], self.halves[1] + 1))

    def training(self, variants: Sequence[str], etas: Sequence[float], seed: int = 0, seeds: int = 1) -> Training:
        """The training behind rows of the table: the same steps, looked at at the same checkpoints (5 % apart)."""
        return Training(
            tuple(variants),
            tuple(etas),
            batch=self.batch,
            steps=self.steps,
            depth=self.depth,
            pixels=self.pixels,
            seed=seed,
            seeds=seeds,
            spacing=0.05,
        )


EXPERIMENTS = {
    e.name: e
    for e in (
        Experiment("full", 1000, 3000, (-4, 12)),
        Experiment("64", 64, 4000, (-6, 8)),
        Experiment("8", 8, 8000, (-8, 5)),
        Experiment("1", 1, 24000, (-14, 0)),
        Experiment("deep", 64, 6000, (-8, 10), depth=5),
        Experiment("raw", 1000, 1000, (-2, 8), pixels="raw"),
    )
}
"""Every experiment by its name."""
SEEDS = 5
COLUMNS = ("experiment", "variant", "eta", "seed", "steps", "status", "accuracy", "saturated", "locked")
MEASURED = COLUMNS[-3:]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One experiment of the ablation, for V variants, E learning rates and S seeds (0, 1, ...)."""

    experiment: Experiment
    variants: tuple[str, ...]
    etas: FloatArray
    """(E,), the learning rates."""
    steps: IntArray
    """(V, E, S), the first check at which the loss was at or below the target; -1 where it never was."""
    diverged: BoolArray
    """(V, E, S), as in core.network.runs.Passage; the next three likewise."""
    accuracy: FloatArray
    saturated: FloatArray
    locked: FloatArray

    def medians(self) -> FloatArray:
        """The median over seeds, (V, E); inf where half the seeds or more never arrive."""
        return np.median(np.where(self.steps < 0, np.inf, self.steps), axis=2)

    def best(self, variant: str) -> int:
        """The index of the learning rate with the smallest median, on this grid; of equals the one with the smallest
        mean (the cap counting for a seed that never arrives), then the smallest."""
        row = self.variants.index(check_choice("variant", variant, self.variants))
        capped = np.where(self.steps[row] < 0, self.experiment.steps, self.steps[row]).mean(axis=1)
        return int(np.lexsort((self.etas, capped, self.medians()[row]))[0])

    def best_median(self, variant: str) -> float:
        """The median of the steps of a variant at its best learning rate; inf where half the seeds or more never arrive."""
        return float(
            self.medians()[self.variants.index(check_choice("variant", variant, self.variants)), self.best(variant)]
        )


def compute_table(experiment: Experiment, seeds: int = SEEDS) -> Table:
    """Train every shipped variant at every learning rate of an experiment from every seed.

    Formula: `steps_to` the target, 0.1, for seeds 0, 1, ...
    Parameters: seeds, 1 to 8.
    Raises: ValueError for a bad setting.
    """
    check_int("seeds", seeds, 1, 8)
    passages = [steps_to(experiment.training(SHIPPED, (eta,), seeds=seeds), TARGET) for eta in experiment.etas]
    columns = [np.stack([getattr(p, one.name) for p in passages], axis=1) for one in fields(Passage)]
    return Table(experiment, SHIPPED, read_only(np.array(experiment.etas)), *(read_only(c) for c in columns))


def table_settings(experiments: Sequence[Experiment], seeds: int = SEEDS) -> dict[str, Any]:
    """What a table is computed with: the first line of its file, of JSON types only."""
    training = EXPERIMENTS["full"].training(["sigmoid"], [1.0])
    return {
        "target": TARGET,
        "seeds": seeds,
        "width": training.width,
        "sigma_w": training.sigma_w,
        "optimiser": training.optimiser,
        "spacing": training.spacing,
        "experiments": [{**asdict(experiment), "halves": list(experiment.halves)} for experiment in experiments],
    }


def write_tables(tables: Sequence[Table], path: Path) -> None:
    """Write tables as comma-separated values: a line `# {settings}`, the header, and a row per run."""
    first = table_settings([table.experiment for table in tables], tables[0].steps.shape[2])
    rows = ["# " + json.dumps(first), ",".join(COLUMNS)]
    for table in tables:
        for (v, e, seed), steps in np.ndenumerate(table.steps):
            status = (
                Status.CONVERGED if steps >= 0 else Status.DIVERGED if table.diverged[v, e, seed] else Status.RUNNING
            )
            measured = (getattr(table, name)[v, e, seed] for name in MEASURED)
            run = (table.experiment.name, table.variants[v], f"{table.etas[e]:.4g}", seed, steps, status)
            rows.append(",".join(map(str, (*run, *(f"{value:.4f}" for value in measured)))))
    path.write_text("\n".join(rows) + "\n", encoding="ascii", newline="\n")


def read_tables(path: Path = ABLATION_FILE) -> dict[str, Table]:
    """The tables in a file that `write_tables` wrote, by the name of their experiment.

    Raises: DataError, one line that names the file, where it cannot be read, is incomplete, or was computed with other
    settings than this module's.
    """
    try:
        first, _, rest = path.read_text(encoding="ascii").partition("\n")
        experiments = tuple(EXPERIMENTS.values())
        if json.loads(first.removeprefix("# ")) != table_settings(experiments):
            raise ValueError("its settings are not those of core.network.ablation; compute it again")
        rows = list(csv.DictReader(io.StringIO(rest)))
        return {experiment.name: _table(experiment, SEEDS, rows) for experiment in experiments}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}: the ablation cannot be read ({type(error).__name__}: {error})") from None


read = read_tables
"""Its older name, by which the tests of the pages put another file in its place."""


@cache
def ablation() -> Mapping[str, Table]:
    """The shipped tables, by the name of their experiment.

    Raises: DataError as `read_tables`.
    """
    return MappingProxyType(read_tables())


def _table(experiment: Experiment, seeds: int, rows: Sequence[dict[str, str]]) -> Table:
    """The rows of one experiment, which must be in order and complete."""
    variants, own = SHIPPED, [row for row in rows if row["experiment"] == experiment.name]
    wanted = [(v, f"{eta:.4g}", str(seed)) for v in variants for eta in experiment.etas for seed in range(seeds)]
    if [(row["variant"], row["eta"], row["seed"]) for row in own] != wanted:
        raise ValueError(f"experiment {experiment.name!r} is incomplete")
    shape = (len(variants), len(experiment.etas), seeds)
    steps = np.array([int(row["steps"]) for row in own]).reshape(shape)
    status = [Status(row["status"]) for row in own]
    diverged = np.array([s is Status.DIVERGED for s in status]).reshape(shape)
    if not np.array_equal(steps >= 0, np.array([s is Status.CONVERGED for s in status]).reshape(shape)):
        raise ValueError(f"experiment {experiment.name!r} contradicts itself")
    columns = [np.array([float(row[name]) for row in own]).reshape(shape) for name in MEASURED]
    etas = np.array(experiment.etas)
    return Table(experiment, variants, *(read_only(c) for c in (etas, steps, diverged, *columns)))


if __name__ == "__main__":
    write_tables([compute_table(experiment) for experiment in EXPERIMENTS.values()], ABLATION_FILE)
