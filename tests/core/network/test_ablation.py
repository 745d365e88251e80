"""The shipped table: a sample computed again, its shape, what it says where that is exact, and damaged files."""

from dataclasses import replace

import numpy as np
import pytest

from core.network.ablation import (
    ABLATION_FILE,
    EXPERIMENTS,
    SEEDS,
    SHIPPED,
    TARGET,
    Table,
    ablation,
    compute_table,
    read_tables,
    write_tables,
)
from core.network.digits import DataError, digits
from core.network.mlp import VARIANTS
from core.network.runs import collect, steps_to
from core.network.training import Trainer, Training, checks


@pytest.mark.parametrize(
    ("name", "variants", "eta", "seed"),
    [
        ("full", ("sigmoid", "centred", "tanh", "relu"), 2.0, 3),
        ("64", ("sigmoid", "four_centred", "flipped"), 1.0, 4),
        ("8", ("centred", "bipolar", "tanh"), 0.5, 2),
        ("1", ("sigmoid", "centred", "tanh"), 0.0625, 0),
        ("deep", ("four_centred", "tanh"), 0.25, 1),
        ("raw", ("sigmoid", "four_centred"), 1.0, 2),
    ],
)
def test_a_sample_of_the_table_is_computed_again(name: str, variants: tuple[str, ...], eta: float, seed: int) -> None:
    table = ablation()[name]
    column = int(np.flatnonzero(table.etas == eta)[0])
    shipped = np.array([table.steps[table.variants.index(v), column, seed] for v in variants])
    assert (shipped > 0).all()
    cap = int(shipped.max() * 1.3) + 10
    training = replace(table.experiment.training(variants, (eta,), seed=seed), steps=cap)
    again = steps_to(training, TARGET)
    # Rounding differs between processors: a run may arrive one check earlier or later.
    grid = np.array(checks(cap, training.spacing))
    assert (np.abs(np.searchsorted(grid, again.steps[:, 0]) - np.searchsorted(grid, shipped)) <= 1).all()
    rows = [table.variants.index(v) for v in variants]
    for column_name, slack in (("accuracy", 0.01), ("saturated", 0.02), ("locked", 0.05)):
        measured, told = getattr(again, column_name)[:, 0], getattr(table, column_name)[rows, column, seed]
        assert np.abs(measured - told).max() <= slack, column_name


def test_what_a_run_is_like_on_arrival_is_measured_by_plain_loops() -> None:
    """Accuracy, saturation and lock of one shipped row, from the weights on, written down from their definitions."""
    table, seed = ablation()["64"], 2
    row, column = table.variants.index("sigmoid"), int(np.flatnonzero(table.etas == 4.0)[0])
    steps = int(table.steps[row, column, seed])
    training = replace(table.experiment.training(("sigmoid",), (4.0,), seed=seed), steps=steps)
    trainer = Trainer(training)
    trainer.advance(steps)
    data = digits("standardised")
    (w1, b1), (w2, b2) = ((w[0], b[0]) for w, b in trainer.nets.layers)

    def hidden(x: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-(x @ w1.T + b1)))

    guesses = (hidden(data.held_x) @ w2.T + b2).argmax(axis=1)
    assert np.mean(guesses == data.held_labels) == pytest.approx(table.accuracy[row, column, seed], abs=0.005)
    a = hidden(data.x)
    assert np.mean(a * (1 - a) < 0.04 * 0.25) == pytest.approx(table.saturated[row, column, seed], abs=0.005)
    locked = []
    for batch in trainer.probe[0].reshape(-1, 64):
        a = hidden(data.x[batch])
        logits = a @ w2.T + b2
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        p[np.arange(64), data.labels[batch]] -= 1
        for k in range(10):
            update = -sum(p[n, k] * a[n] for n in range(64))
            locked.append(bool((update > 0).all() or (update < 0).all()))
    assert np.mean(locked) == pytest.approx(table.locked[row, column, seed], abs=0.051)
    assert 0 < np.mean(a * (1 - a) < 0.01) < 1


def test_a_dots_run_lands_where_the_table_says() -> None:
    table = ablation()["full"]
    best = table.best("sigmoid")
    steps = int(table.steps[0, best, 1])
    run = collect(replace(table.experiment.training(("sigmoid",), (table.etas[best],), seed=1), steps=2 * steps))
    # Rounding differs between processors: a run may arrive one check earlier or later.
    assert abs(np.searchsorted(run.step, run.reached(TARGET)[0, 0]) - np.searchsorted(run.step, steps)) <= 1
    assert run.accuracy[run.step == steps][0, 0, 0] > 0.9


def test_the_table_is_complete_and_consistent() -> None:
    assert list(ablation()) == list(EXPERIMENTS)
    for table in ablation().values():
        assert table.variants == SHIPPED == tuple(VARIANTS)
        assert table.steps.shape == (len(VARIANTS), len(table.experiment.etas), SEEDS)
        assert not (table.diverged & (table.steps >= 0)).any()
        assert table.steps.max() <= table.experiment.steps
        grid = checks(table.experiment.steps, 0.05)
        assert set(np.unique(table.steps)) <= {-1, *grid}
        assert np.array_equal(table.steps[0], table.steps[table.variants.index("flipped")])


@pytest.mark.parametrize("name", ["full", "64", "8", "1"])
def test_the_best_learning_rates_are_inside_the_grid(name: str) -> None:
    table = ablation()[name]
    for variant in table.variants:
        best = table.best(variant)
        assert 0 < best < len(table.etas) - 1
        assert (
            table.medians()[table.variants.index(variant), best] == table.medians()[table.variants.index(variant)].min()
        )


def test_of_equals_the_best_is_the_one_whose_seeds_are_quicker_then_the_smaller() -> None:
    full = ablation()["full"]
    steps = np.full(full.steps.shape, 500)
    steps[0, 3] = steps[0, 5] = steps[0, 7] = [10, 20, 30, 40, 50]
    steps[0, 5, 4], steps[0, 7, 4] = 45, 45
    steps[1, 2:5] = [10, 20, 30, -1, -1]
    steps[1, 6] = [10, 20, 30, 40, -1]
    table = replace(full, steps=steps)
    assert table.best("sigmoid") == 5, "the median ties with 3, the mean with 7"
    assert table.best(table.variants[1]) == 6, "one seed less that never arrives"
    assert table.medians()[1, 2] == 30 and table.medians()[2, 0] == 500
    # Of 10, 20, 30, 40 and 45; of five seeds of which one never arrives; of none.
    assert table.best_median("sigmoid") == 30 == table.best_median(table.variants[1])
    assert replace(full, steps=np.full_like(steps, -1)).best_median("sigmoid") == np.inf
    with pytest.raises(ValueError, match="variant"):
        table.best_median("nothing")


def test_small_steps_are_as_slow_centred_as_not() -> None:
    """The same eta, far below both edges: the two are nearly the same descent."""
    full = ablation()["full"]
    assert np.allclose(full.medians()[0, :4] / full.medians()[1, :4], 1, atol=0.06)


def test_written_tables_are_read_back(tmp_path) -> None:
    path = tmp_path / "ablation.csv"
    write_tables(list(ablation().values()), path)
    assert path.read_bytes() == ABLATION_FILE.read_bytes()


def test_computing_is_training_for_every_rate_and_seed(monkeypatch) -> None:
    quick = replace(EXPERIMENTS["64"], steps=40, halves=(2, 4))
    table = compute_table(quick, seeds=2)
    assert isinstance(table, Table)
    assert table.etas.tolist() == [2.0, 2.828, 4.0]
    for e, eta in enumerate(table.etas):
        one = steps_to(quick.training(("tanh",), (eta,), seed=1), TARGET)
        assert one.steps[0, 0] == table.steps[table.variants.index("tanh"), e, 1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"target": 0.1', '"target": 0.2'),
        ('"width": 32', '"width": 33'),
        ('"optimiser": "sgd"', '"optimiser": "adam"'),
        ('"spacing": 0.05', '"spacing": 0.5'),
        ("full,sigmoid,0.25,0", "full,sigmoid,0.26,0"),
        ("converged", "running"),
        ("# {", "# "),
    ],
)
def test_a_table_that_is_not_this_one_is_named(tmp_path, old: str, new: str) -> None:
    path = tmp_path / "ablation.csv"
    shipped = ABLATION_FILE.read_text(encoding="ascii")
    assert old in shipped
    path.write_text(shipped.replace(old, new, 1), encoding="ascii")
    with pytest.raises(DataError, match=r"ablation\.csv") as caught:
        read_tables(path)
    assert "\n" not in str(caught.value)


def test_a_missing_table_is_named(tmp_path) -> None:
    with pytest.raises(DataError, match=r"none\.csv"):
        read_tables(tmp_path / "none.csv")


def test_at_the_target_a_network_reads_unseen_digits() -> None:
    run = collect(Training(("sigmoid", "tanh"), (2.0, 0.5), steps=120, seeds=3, spacing=0.05))
    assert (run.reached(TARGET) > 0).all()
    assert (np.take_along_axis(run.accuracy, (run.loss <= TARGET).argmax(axis=0)[None], 0) > 0.94).all()
