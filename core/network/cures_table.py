"""The cures' table: how many steps each treatment needs by each optimiser, each at its own best learning rate. Shipped as data.

    cure_cells()[Trial(depth=1, batch=1000, optimiser="adam", treatment="sigmoid")].median

`python -m core.network.cures_run` computes it again. The first line of core/network/data/cures.csv holds its settings, and which cells of the
whole design it lacks.
"""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from core.checks import BoolArray, FloatArray, IntArray, read_only
from core.network.ablation import SEEDS, TARGET
from core.network.digits import DataError
from core.network.treatments import MOST_STEPS, SPACING, TREATMENTS, Trial, all_trials

CURES_FILE = Path(__file__).parent / "data" / "cures.csv"
LEFT_OUT = "not computed yet: the command goes on with them"
"""Why the file lacks cells of the design."""
COLUMNS = (
    *("depth", "batch", "optimiser", "treatment", "eta"),
    *(f"{name}_{seed}" for name in ("steps", "accuracy") for seed in range(SEEDS)),
)


@dataclass(frozen=True, eq=False)
class CureCell:
    """One trial: E learning rates in increasing order and S seeds (0, 1, ...)."""

    trial: Trial
    etas: FloatArray
    """(E,), the learning rates that were tried, each 2^(k / 2) for a whole k."""
    steps: IntArray
    """(E, S), the first check at which the loss of all training images was at or below the target; -1 where it was not by `seen`."""
    seen: IntArray
    """(E, S), the last step at which the run was looked at; 0 where it was not tried or diverged. A run ends when it arrives, when it diverges, when
    another learning rate has turned out better, and at the trial's most steps."""
    diverged: BoolArray
    """(E, S), whether the loss left every bound by then."""
    accuracy: FloatArray
    """(E, S), the share of the held-out images read on arrival, [0, 1]; NaN where it did not arrive."""

    @cached_property
    def _medians(self) -> FloatArray:
        return read_only(np.median(np.where(self.steps < 0, np.inf, self.steps), axis=1))

    def medians(self) -> FloatArray:
        """The median over seeds at each learning rate, (E,), in steps; inf where half the seeds or more did not arrive."""
        return self._medians

    @cached_property
    def best(self) -> int:
        """The index of the learning rate with the smallest median; of equals the one with the smallest mean (the most
        steps counting for a seed that did not arrive), then the smallest: as core.network.ablation.Table.best."""
        capped = np.where(self.steps < 0, self.trial.most_steps, self.steps).mean(axis=1)
        return int(np.lexsort((self.etas, capped, self.medians()))[0])

    @cached_property
    def tried(self) -> BoolArray:
        """(S,), whether a seed was tried at all: the others are not where seed 0 arrives at no learning rate."""
        looked_at: BoolArray = (self.steps >= 0) | (self.seen > 0) | self.diverged
        return read_only(np.asarray(looked_at.any(axis=0)))

    @property
    def arrives(self) -> bool:
        """Whether more than half the seeds arrived at any learning rate."""
        return bool(np.isfinite(self.medians()).any())

    @property
    def inside(self) -> bool:
        """Whether the best learning rate is neither the smallest nor the largest that was tried."""
        return 0 < self.best < len(self.etas) - 1

    @property
    def eta(self) -> float:
        """The best learning rate; NaN where none arrives."""
        return float(self.etas[self.best]) if self.arrives else float("nan")

    @property
    def median(self) -> float:
        """The median over seeds at the best learning rate, in steps; inf where none arrives within `trial.most_steps`."""
        return float(self.medians().min())

    @property
    def each(self) -> FloatArray:
        """(S,), the steps of each seed at the best learning rate; inf where one does not arrive."""
        row = self.steps[self.best]
        return np.where(row < 0, np.inf, row)

    @property
    def held_out(self) -> float:
        """The mean share of held-out images read on arrival at the best learning rate, over the seeds that arrive; NaN
        where none arrives."""
        return float(np.nanmean(self.accuracy[self.best])) if self.arrives else float("nan")

    def same(self, other: "CureCell") -> bool:
        """Whether the two hold the same numbers."""
        names = ("etas", "steps", "seen", "diverged", "accuracy")
        return self.trial == other.trial and all(
            np.array_equal(getattr(self, n), getattr(other, n), equal_nan=True) for n in names
        )


def cures_settings(cells: Mapping[Trial, CureCell]) -> dict[str, Any]:
    """What a table is computed with, and which trials of the design it lacks: the first line of its file, of JSON types only."""
    training = all_trials()[0].training()
    return {
        "target": TARGET,
        "seeds": SEEDS,
        "width": training.width,
        "momentum": training.momentum,
        "pixels": training.pixels,
        "spacing": SPACING,
        "most_steps": [[*place, most] for place, most in MOST_STEPS.items()],
        "treatments": [asdict(treatment) for treatment in TREATMENTS.values()],
        "steps": "a number: arrived; >n: not by step n; diverged; empty: not tried, as seed 0 arrived at no learning rate within the most steps",
        "left_out_because": LEFT_OUT,
        "left_out": [list(asdict(trial).values()) for trial in sorted(set(all_trials()) - set(cells))],
    }


def write_cells(cells: Mapping[Trial, CureCell], path: Path) -> None:
    """Write a table as comma-separated values: a line `# {settings}`, the header, and a row per trial and learning rate."""
    out = io.StringIO()
    out.write("# " + json.dumps(cures_settings(cells)) + "\n")
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for trial, cell in sorted(cells.items(), key=lambda one: one[0]):
        for e, eta in enumerate(cell.etas):
            steps = [_told(*one) for one in zip(cell.steps[e], cell.seen[e], cell.diverged[e], strict=True)]
            share = ["" if np.isnan(one) else f"{one:.4f}" for one in cell.accuracy[e]]
            rows.writerow([*asdict(trial).values(), f"{eta:.4g}", *steps, *share])
    part = path.with_suffix(".part")
    part.write_text(out.getvalue(), encoding="ascii", newline="\n")
    part.replace(path)


def read_cells(path: Path = CURES_FILE) -> Mapping[Trial, CureCell]:
    """The cells in a file that `write_cells` wrote.

    Raises: DataError, one line that names the file, where it cannot be read, is incomplete, or was computed with other
    settings than this module's.
    """
    try:
        first, _, rest = path.read_text(encoding="ascii").partition("\n")
        grouped: dict[Trial, list[dict[str, str]]] = {}
        for row in csv.DictReader(io.StringIO(rest)):
            trial = Trial(int(row["depth"]), int(row["batch"]), row["optimiser"], row["treatment"])
            grouped.setdefault(trial, []).append(row)
        cells = {trial: _cell(trial, rows) for trial, rows in grouped.items()}
        if json.loads(first.removeprefix("# ")) != cures_settings(cells):
            raise ValueError(
                "its settings are not those of core.network.cures_table, or it is incomplete; compute it again"
            )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}: the cures' table cannot be read ({type(error).__name__}: {error})") from None
    return MappingProxyType(cells)


@cache
def cure_cells() -> Mapping[Trial, CureCell]:
    """The shipped table: the whole design. What batch norm refuses is no trial, see `Treatment.refused`.

    Raises: DataError as `read_cells`.
    """
    return read_cells()


def _told(steps: int, seen: int, diverged: bool) -> str:
    if steps >= 0:
        return str(steps)
    return "diverged" if diverged else f">{seen}" if seen else ""


def _cell(trial: Trial, rows: list[dict[str, str]]) -> CureCell:
    """The rows of one trial, in increasing order of the learning rate."""
    etas = np.array([float(row["eta"]) for row in rows])
    if not (np.diff(etas) > 0).all() or not (etas > 0).all():
        raise ValueError(f"the learning rates of {trial} are not in order")
    told = np.array([[row[f"steps_{seed}"] for seed in range(SEEDS)] for row in rows])
    share = np.array([[float(row[f"accuracy_{seed}"] or "nan") for seed in range(SEEDS)] for row in rows])
    diverged = told == "diverged"
    number = [[-1 if one in ("", "diverged") else int(one.removeprefix(">")) for one in row] for row in told.tolist()]
    steps = np.where(np.char.startswith(told, ">"), -1, number)
    seen = np.maximum(number, 0)
    if not np.array_equal(steps >= 0, (share >= 0) & (share <= 1)):
        raise ValueError(f"the rows of {trial} contradict themselves")
    return CureCell(trial, *(read_only(a) for a in (etas, steps, seen, diverged, share)))
