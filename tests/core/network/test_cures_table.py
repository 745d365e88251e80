"""The cures' table: no optimum at an end, a part computed again, the same numbers as the ablation, and damaged files."""

import csv
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from core.network import cures_run
from core.network.ablation import SEEDS, TARGET, ablation
from core.network.cures_run import PATIENCE, SLACK, compute_cell, race, rate
from core.network.cures_table import CURES_FILE, CureCell, cure_cells, cures_settings, read_cells, write_cells
from core.network.digits import DataError
from core.network.optimisers import OPTIMISERS
from core.network.runs import steps_to
from core.network.training import Training, checks
from core.network.treatments import BATCHES, DEPTHS, SPACING, TREATMENTS, Trial, all_trials

ARRIVING = {trial: cell for trial, cell in cure_cells().items() if cell.arrives}


def halves(cell: CureCell) -> np.ndarray:
    """The k of its learning rates."""
    return np.rint(2 * np.log2(cell.etas)).astype(int)


def test_no_optimum_stands_at_the_end_of_what_was_tried() -> None:
    """Of the whole table; and both ends are worse than the best by more than the steps between two checks."""
    assert len(ARRIVING) > 100
    at_an_end = [trial for trial, cell in ARRIVING.items() if not cell.inside]
    assert not at_an_end
    for cell in ARRIVING.values():
        assert (cell.medians()[[0, -1]] > SLACK * cell.median).all()


def test_the_best_is_the_ablations_rule() -> None:
    cell = cure_cells()[Trial(1, 1000, "sgd", "sigmoid")]
    steps = np.full((7, 5), 500)
    steps[3] = steps[5] = steps[6] = [10, 20, 30, 40, 50]
    steps[5, 4] = steps[6, 4] = 45
    made = replace(cell, etas=np.arange(1.0, 8.0), steps=steps)
    assert made.best == 5, "the median ties with 3, the mean with 6"
    later = steps.copy()
    later[5:, 4] = -1
    made = replace(made, steps=later)
    assert made.best == 3, "a seed that does not arrive counts as the most steps"
    assert made.median == 30 and made.eta == 4.0 and made.inside
    nobody = replace(cell, steps=np.full(cell.steps.shape, -1))
    assert not nobody.arrives and np.isinf(nobody.median) and np.isnan(nobody.eta) and np.isnan(nobody.held_out)


def test_a_cells_rates_are_a_grid_without_gaps() -> None:
    for cell in ARRIVING.values():
        assert np.array_equal([rate(half) for half in halves(cell)], cell.etas)
        assert (np.diff(halves(cell)) == 1).all() and len(cell.etas) >= 7
    for trial in cure_cells().keys() - ARRIVING.keys():
        assert len(cure_cells()[trial].etas) >= 11
        assert np.diff(halves(cure_cells()[trial])).max() <= 2
        assert cure_cells()[trial].seen[:, 0].max() == trial.most_steps


def test_what_is_missing_is_named_and_nothing_else() -> None:
    assert set(cure_cells()) <= set(all_trials())
    left_out = {Trial(*one) for one in cures_settings(cure_cells())["left_out"]}
    assert left_out == set(all_trials()) - set(cure_cells())
    everything = {(d, b, o, t) for d in DEPTHS for b in BATCHES for o in OPTIMISERS for t in TREATMENTS}
    refused = everything - {(t.depth, t.batch, t.optimiser, t.treatment) for t in all_trials()}
    assert refused and all(batch == 1 and "batch" in key for _, batch, _, key in refused)
    assert len(all_trials()) == len(set(all_trials()))


def test_the_table_is_consistent() -> None:
    for trial, cell in cure_cells().items():
        assert trial == cell.trial and cell.steps.shape == cell.seen.shape == cell.accuracy.shape == (
            len(cell.etas),
            SEEDS,
        )
        assert not (cell.diverged & (cell.steps >= 0)).any()
        assert set(np.unique(cell.seen)) <= set(checks(trial.most_steps, SPACING))
        assert np.array_equal(cell.steps >= 0, np.isfinite(cell.accuracy))
    for cell in ARRIVING.values():
        late = cell.seen[cell.best][cell.steps[cell.best] < 0]
        assert (late >= min(cell.trial.most_steps, 0.9 * PATIENCE * cell.median)).all() or cell.diverged[
            cell.best
        ].any()
        assert 0.85 < cell.held_out < 1, cell.trial


EXPERIMENTS = {(1, 1000): "full", (1, 64): "64", (1, 8): "8", (1, 1): "1", (5, 64): "deep"}


def test_where_the_ablation_has_it_too_the_numbers_are_the_same() -> None:
    compared = 0
    for trial, cell in ARRIVING.items():
        name, one = EXPERIMENTS.get((trial.depth, trial.batch)), TREATMENTS[trial.treatment]
        if name is None or trial.optimiser != "sgd" or trial.treatment not in ablation()[name].variants:
            continue
        table = ablation()[name]
        row = table.variants.index(one.variant)
        assert cell.eta == table.etas[table.best(one.variant)]
        assert np.array_equal(cell.each, table.steps[row, table.best(one.variant)])
        assert np.allclose(cell.accuracy[cell.best], table.accuracy[row, table.best(one.variant)], atol=1e-4)
        compared += 1
    assert compared >= 20


@pytest.mark.parametrize(
    ("trial", "seed"),
    [
        (Trial(1, 1000, "momentum", "sigmoid"), 1),
        (Trial(1, 1000, "adam", "centred"), 2),
        (Trial(1, 64, "adam", "sigmoid, batch before"), 0),
        (Trial(1, 64, "momentum", "sigmoid, batch after"), 3),
        (Trial(1, 64, "sgd", "sigmoid, layer after"), 4),
        (Trial(1, 8, "adam", "gelu"), 1),
        (Trial(1, 8, "momentum", "sigmoid, weights 4"), 2),
        (Trial(1, 1, "momentum", "tanh"), 0),
        (Trial(5, 64, "adam", "relu"), 2),
        (Trial(5, 64, "adam", "sigmoid, batch before"), 1),
    ],
)
def test_a_part_of_the_table_is_computed_again_by_the_ablations_route(trial: Trial, seed: int) -> None:
    cell = cure_cells()[trial]
    shipped = int(cell.each[seed])
    again = steps_to(replace(trial.training(cell.eta, seed), steps=int(1.3 * shipped) + 10), TARGET)
    # Rounding differs between processors: a run may arrive one check earlier or later.
    grid = np.array(checks(2 * shipped + 10, SPACING))
    assert abs(np.searchsorted(grid, again.steps[0, 0]) - np.searchsorted(grid, shipped)) <= 1
    assert again.accuracy[0, 0] == pytest.approx(cell.accuracy[cell.best, seed], abs=0.01)


def test_a_race_is_every_rate_trained_alone_until_the_best_is_known() -> None:
    training = Training(("tanh",), (1.0,), batch=64, steps=60, seeds=3, spacing=0.1, optimiser="momentum")
    halves = (-6, -3, 9)
    found = race(training, halves)
    best = np.median(np.where(found["steps"] < 0, np.inf, found["steps"]), axis=1).min()
    assert found["steps"].max() > 0 and (found["steps"] < 0).any() and np.isfinite(best)
    for at, half in enumerate(halves):
        alone, arrived = steps_to(replace(training, etas=(rate(half),)), TARGET).steps[0], found["steps"][at] >= 0
        assert np.array_equal(found["steps"][at][arrived], alone[arrived])
        assert np.array_equal(found["seen"][at][arrived], alone[arrived])
        late = alone[~arrived]
        assert ((late < 0) | (late > SLACK * best)).all()


def test_where_nobody_arrives_it_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cures_run, "TARGET", 1e-9)
    monkeypatch.setattr(Trial, "most_steps", property(lambda self: 4))
    cell = compute_cell(Trial(1, 1, "sgd", "sigmoid"))
    assert not cell.arrives and np.isinf(cell.median) and len(cell.etas) == 21
    assert (cell.steps == -1).all() and (cell.seen[:, 1:] == 0).all()
    assert (cell.diverged[:, 0] | (cell.seen[:, 0] == 4)).all()


def test_stopping_and_starting_again_computes_what_is_missing(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    trial, path, said = Trial(1, 1000, "sgd", "tanh"), tmp_path / "cures.csv", []
    write_cells({one: cell for one, cell in cure_cells().items() if one != trial}, path)
    assert trial not in read_cells(path)
    monkeypatch.setattr(cures_run, "CURES_FILE", path)
    monkeypatch.setattr(cures_run, "read_cells", lambda: read_cells(path))
    monkeypatch.setattr(cures_run, "all_trials", lambda: (trial,))
    monkeypatch.setattr(cures_run, "ProcessPoolExecutor", ThreadPoolExecutor)
    cures_run.main(1, say=said.append)
    again, shipped = read_cells(path), cure_cells()[trial]
    assert again.keys() == cure_cells().keys()
    assert (again[trial].eta, again[trial].median) == (shipped.eta, shipped.median)
    assert np.array_equal(again[trial].etas, shipped.etas)
    assert "1 are missing" in said[0] and "eta = " in said[1]


def test_a_written_table_is_read_back(tmp_path) -> None:
    path = tmp_path / "cures.csv"
    write_cells(cure_cells(), path)
    assert path.read_bytes() == CURES_FILE.read_bytes()
    assert all(cell.same(cure_cells()[trial]) for trial, cell in read_cells(path).items())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"target": 0.1', '"target": 0.2'),
        ('"momentum": 0.9', '"momentum": 0.8'),
        ('"left_out": [', '"left_out": [[1, 1000, "sgd", "sigmoid"], '),
        ("1,1000,sgd,sigmoid,", "1,1000,sgd,swish,"),
        ("1,1000,sgd,sigmoid,5.657,", "1,1000,sgd,sigmoid,-5.657,"),
        ("1,1000,sgd,sigmoid,5.657,", "1,1000,sgd,sigmoid,nan,"),
        ("sigmoid,11.31,19,", "sigmoid,11.31,1e308,"),
        ("sigmoid,11.31,19,", "sigmoid,11.31,>19,"),
        ("sigmoid,11.31,19,", "sigmoid,11.31,diverged,"),
        ("# {", "# "),
    ],
)
def test_a_table_that_is_not_this_one_is_named(tmp_path, old: str, new: str) -> None:
    path, shipped = tmp_path / "cures.csv", CURES_FILE.read_text(encoding="ascii")
    assert old in shipped
    path.write_text(shipped.replace(old, new, 1), encoding="ascii")
    with pytest.raises(DataError, match=r"cures\.csv") as caught:
        read_cells(path)
    assert "\n" not in str(caught.value)


def test_a_missing_table_is_named(tmp_path) -> None:
    with pytest.raises(DataError, match=r"none\.csv"):
        read_cells(tmp_path / "none.csv")


def test_batch_norm_at_batch_one_is_absent_with_the_reason() -> None:
    with pytest.raises(ValueError, match=r"treatment = .*less its own mean it is 0"):
        Trial(1, 1, "sgd", "sigmoid, batch after")
    assert TREATMENTS["sigmoid, layer after"].refused(1) is None
    for name, bad in (
        ("depth", (2, 8, "sgd", "tanh")),
        ("batch", (1, 2, "sgd", "tanh")),
        ("optimiser", (1, 8, "lion", "tanh")),
    ):
        with pytest.raises(ValueError, match=f"{name} = "):
            Trial(*bad)


def test_every_treatment_has_a_name_of_its_own_and_is_trained_as_it_says() -> None:
    labels = [one.label for one in TREATMENTS.values()]
    assert len(set(labels)) == len(labels) and all(label.isascii() for label in labels)
    for one, other in pairwise(TREATMENTS.values()):
        assert (one.variant, one.norm, one.sigma_w) != (other.variant, other.norm, other.sigma_w)
    training = Trial(5, 8, "adam", "relu, batch before").training(0.25, 3, 2)
    assert (training.variants, training.norm, training.optimiser) == (("relu",), "batch before", "adam")
    assert (training.depth, training.batch, training.seed, training.seeds) == (5, 8, 3, 2)


def test_the_table_is_whole() -> None:
    assert set(cure_cells()) == set(all_trials())


def test_who_was_not_tried_is_known_from_the_file() -> None:
    with CURES_FILE.open(encoding="ascii") as file:
        next(file)
        rows = list(csv.DictReader(file))
    empty = {}
    for row in rows:
        trial = Trial(int(row["depth"]), int(row["batch"]), row["optimiser"], row["treatment"])
        blank = [row[f"steps_{seed}"] == "" for seed in range(5)]
        empty[trial] = [a and b for a, b in zip(empty.get(trial, [True] * 5), blank, strict=True)]
    assert {trial for trial, cell in cure_cells().items() if not cell.tried.all()} == set(cure_cells()) - set(ARRIVING)
    for trial, cell in cure_cells().items():
        assert cell.tried.tolist() == [not none for none in empty[trial]]
