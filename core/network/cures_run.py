"""Computes the cures' table: every treatment by every optimiser, each at its own best learning rate, found to be inside what was tried.

`OPENBLAS_NUM_THREADS=1 python -m core.network.cures_run [PROCESSES] [MINUTES]` computes what core/network/data/cures.csv lacks, two
processes and an hour at most unless told otherwise, saying what is done; stop it and start it again as you like. Delete the file
to compute all of it again.
"""

import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import replace

import numpy as np

from core.checks import BoolArray, FloatArray, IntArray, read_only
from core.network.ablation import SEEDS, TARGET
from core.network.cures_table import CURES_FILE, CureCell, read_cells, write_cells
from core.network.mlp import forward
from core.network.training import LOSS_LIMIT, Trainer, Training, checks
from core.network.treatments import Trial, all_trials

SLACK = 1.25
"""A learning rate is given up once it has taken this many times the steps of the best one."""
PATIENCE = 4
"""The seeds of the best learning rate itself are given up at this many times its median."""
MOST_WITHOUT = 11
"""With this many learning rates tried and no median to show for it, the search ends."""
COARSE, LOWEST, HIGHEST = 4, -28, 20
"""The first look: seed 0 at the learning rates 2^(k / 2), k = -28, -24, ..., 12; no k is ever tried beyond -28 - 12 or 20."""


def rate(half: int) -> float:
    """The learning rate 2^(half / 2), to four significant digits, as in core.network.ablation."""
    return float(f"{2 ** (half / 2):.4g}")


def race(
    training: Training, halves: Sequence[int], bound: float = np.inf
) -> dict[str, FloatArray | IntArray | BoolArray]:
    """Train at several learning rates side by side until the best is known and the others are `SLACK` times as slow.

    Parameters: training, of one variant; halves, the k of the learning rates; bound, steps beyond which nobody is of interest.
    Returns: steps (the first check at or below the target, -1), seen (the last step looked at), diverged and accuracy, (E, S) each.
    """
    trainer, seeds = Trainer(training, [rate(half) for half in halves]), training.seeds
    total = trainer.run.size
    steps, seen, diverged = np.full(total, -1), np.zeros(total, dtype=int), np.zeros(total, dtype=bool)
    accuracy, best, leaders = np.full(total, np.nan), np.inf, np.zeros(len(halves), dtype=bool)
    for step in checks(training.steps, training.spacing):
        if step > bound or step > SLACK * best:
            trainer.keep(leaders[trainer.run // seeds])
        if not trainer.run.size or step > PATIENCE * best:
            break
        trainer.advance(step)
        loss = trainer.losses()
        seen[trainer.run] = step
        arrived, lost = loss <= TARGET, ~(loss <= LOSS_LIMIT)
        steps[trainer.run[arrived]] = step
        diverged[trainer.run[lost]] = True
        seen[trainer.run[lost]] = 0
        if arrived.any():
            accuracy[trainer.run[arrived]] = _accuracy(trainer, arrived)
        there = (steps.reshape(-1, seeds) >= 0).sum(axis=1) > seeds / 2
        if there.any() and best == np.inf:
            best, leaders = step, there
        if (arrived | lost).any():
            trainer.keep(~(arrived | lost))
    shape = (len(halves), seeds)
    names = ("steps", "seen", "diverged", "accuracy")
    return {name: a.reshape(shape) for name, a in zip(names, (steps, seen, diverged, accuracy), strict=True)}


def compute_cell(trial: Trial, seeds: int = SEEDS) -> CureCell:
    """The best learning rate of one trial, with all that were tried on the way to it.

    Formula: seed 0 at rates a factor 4 apart says where to look; then all seeds at the 7 rates around the first that arrived, a
    factor sqrt 2 apart, and 2 more at an end for as long as it is within `SLACK` of the best; 11 rates where no median arrives. Where seed 0 never arrives, the rates
    between the coarse ones are tried too, and the other seeds are not.
    """
    alone = trial.training()
    coarse = list(range(LOWEST, 13, COARSE))
    first = race(alone, coarse)
    arrived = np.where(first["steps"][:, 0] >= 0, first["steps"][:, 0], np.inf)
    if not np.isfinite(arrived).any():
        between = [half + COARSE // 2 for half in coarse[:-1]]
        second = race(alone, between)
        arrived = np.where(second["steps"][:, 0] >= 0, second["steps"][:, 0], np.inf)
        if not np.isfinite(arrived).any():
            halves = coarse + between
            parts = {name: np.concatenate([first[name], second[name]]) for name in first}
            return _cell(trial, halves, parts, seeds)
        coarse = between
    centre = coarse[int(arrived.argmin())]
    halves = list(range(centre - 3, centre + 4))
    training = replace(alone, seeds=seeds)
    parts = race(training, halves)
    while True:
        cell = _cell(trial, halves, parts, seeds)
        medians, order = cell.medians(), np.sort(halves)
        near = medians <= SLACK * medians.min()  # where none arrives all are near, and both ends move out
        more = [order[0] - 1, order[0] - 2] if near[0] else []
        more += [order[-1] + 1, order[-1] + 2] if near[-1] else []
        more = [int(half) for half in more if LOWEST - 12 <= half <= HIGHEST]
        if not more or (not cell.arrives and len(halves) >= MOST_WITHOUT):
            return cell
        added = race(training, more, SLACK * medians.min())
        halves += more
        parts = {name: np.concatenate([parts[name], added[name]]) for name in parts}


def _cell(
    trial: Trial, halves: Sequence[int], parts: dict[str, FloatArray | IntArray | BoolArray], seeds: int
) -> CureCell:
    """The rows in the order of their learning rates, and the seeds that were not tried filled in as such."""
    order = np.argsort(halves)
    empty: dict[str, float] = {"steps": -1, "seen": 0, "diverged": False, "accuracy": np.nan}
    columns = []
    for name, value in empty.items():
        whole = np.full((len(order), seeds), value, dtype=parts[name].dtype)
        whole[:, : parts[name].shape[1]] = parts[name][order]
        columns.append(read_only(whole))
    return CureCell(trial, read_only(np.array([rate(halves[at]) for at in order])), *columns)


def _accuracy(trainer: Trainer, runs: BoolArray) -> FloatArray:
    """The share of held-out images that these runs read, (chosen runs,)."""
    nets, data = trainer.nets.kept(runs), trainer.data
    with np.errstate(all="ignore"):
        like = forward(nets, data.x[None]) if nets.norm else None
        return (forward(nets, data.held_x[None], like=like).logits.argmax(axis=2) == data.held_labels).mean(axis=1)


def main(processes: int = 2, minutes: float = 60, say: Callable[[str], object] = print) -> None:
    """Compute what the shipped table lacks, and write it after each cell."""
    start, cells = time.monotonic(), dict(read_cells() if CURES_FILE.exists() else {})
    missing = [trial for trial in all_trials() if trial not in cells]
    say(f"{len(cells)} cells are there, {len(missing)} are missing")
    with ProcessPoolExecutor(processes) as pool:
        waiting = iter(missing)
        running: dict[Future[CureCell], Trial] = {}
        while True:
            while len(running) < processes and time.monotonic() - start < 60 * minutes:
                trial = next(waiting, None)
                if trial is None:
                    break
                running[pool.submit(compute_cell, trial)] = trial
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                trial, cell = running.pop(future), future.result()
                cells[trial] = cell
                write_cells(cells, CURES_FILE)
                told = f"{cell.median:g} steps at eta = {cell.eta:g}" if cell.arrives else "none arrives"
                spent = (time.monotonic() - start) / 60
                say(f"{spent:5.1f} min  {len(cells)} cells  {trial}: {told}, {len(cell.etas)} rates")


if __name__ == "__main__":
    given = dict(zip(("processes", "minutes"), map(int, sys.argv[1:3]), strict=False))
    main(given.get("processes", 2), given.get("minutes", 60), lambda line: print(line, flush=True))
