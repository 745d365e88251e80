"""The frames of `/network`."""

from collections.abc import Sequence

import numpy as np

from core.network.ablation import TARGET, Table
from core.network.mlp import VARIANTS
from core.network.runs import Run
from dashboard.look.colours import activation_order
from dashboard.look.columns import Columns, columns, from_rows, stack
from dashboard.look.formats import three, whole


def rates(table: Table, eta: float | None) -> list[int]:
    """The learning rate of each variant, as an index of the grid: the best, or the one nearest to `eta`."""
    if eta is None:
        return [table.best(variant) for variant in table.variants]
    return [int(np.abs(np.log(table.etas / eta)).argmin())] * len(table.variants)


def told(table: Table, variant: int, column: int, seed: int) -> str:
    """What became of one run."""
    steps = int(table.steps[variant, column, seed])
    if steps >= 0:
        return f"{whole(steps)} steps"
    return "diverged" if table.diverged[variant, column, seed] else f"not within {whole(table.experiment.steps)} steps"


def dots(table: Table, chosen: Sequence[int], parity: int) -> Columns:
    """A row per variant and seed; who has not arrived stands at the cap. parity: of `dashboard.ui.page.Page.parity`."""
    rows = []
    for v, (key, column) in enumerate(zip(table.variants, chosen, strict=True)):
        for seed, steps in enumerate(table.steps[v, column].tolist()):
            rows.append(
                (
                    v + 0.13 * (seed - (table.steps.shape[2] - 1) / 2),
                    VARIANTS[key].label,
                    activation_order(VARIANTS[key].activation),
                    seed,
                    steps if steps >= 0 else table.experiment.steps,
                    "arrived" if steps >= 0 else "not arrived",
                    three(float(table.etas[column])),
                    told(table, v, column, seed),
                    parity,
                )
            )
    return from_rows(("row", "variant", "activation", "seed", "steps", "state", "eta", "told", "parity"), rows)


def medians(table: Table, chosen: Sequence[int]) -> Columns:
    """The median of each row, with its label at the right of the row's dots: row, steps, right, label."""
    rows = []
    for v, column in enumerate(chosen):
        median = table.medians()[v, column]
        stands = np.where(table.steps[v, column] < 0, table.experiment.steps, table.steps[v, column])
        label = whole(int(median)) if np.isfinite(median) else f"> {whole(table.experiment.steps)}"
        rows.append((v, float(np.median(stands)), int(stands.max()), label))
    return from_rows(("row", "steps", "right", "label"), rows)


def frame(dots: Columns) -> Columns:
    """The ends of the axis, with room for the labels: steps."""
    fewest, most = dots["steps"].min(), dots["steps"].max()
    return columns(steps=(fewest / 1.15, most * (most / fewest) ** 0.25 * 1.1))


def shown(quantity: str, layer: int, depth: int) -> int:
    """The index of the layer drawn: `layer` 0 is the weights fed by the pixels; of units, the nearest hidden layer."""
    return max(0, min(layer, depth) - (quantity == "saturated"))


def curves(run: Run, quantity: str, layer: int) -> Columns:
    """Median and range over seeds of one recorded quantity: variant, activation, flipped, step, mid, low, high."""
    values = getattr(run, quantity)
    if values.ndim == 4:
        values = values[..., shown(quantity, layer, run.training.depth)]
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
                activation=activation_order(VARIANTS[key].activation),
                flipped=int(VARIANTS[key].flipped),
                step=run.step[alive],
                mid=mid,
                low=low,
                high=high,
            )
        )
    return stack(parts)


def arrivals(table: Table, run: Run, chosen: Sequence[int] | None) -> Columns:
    """Where the table says that the median of the seeds shown arrives: activation, step, value. None: nowhere."""
    training = run.training
    seeds = slice(training.seed, training.seed + training.seeds)
    rows = []
    for key in training.variants if chosen else ():
        v = table.variants.index(key)
        steps = table.steps[v, chosen[v] if chosen else 0, seeds]
        if (steps >= 0).all():
            name = activation_order(VARIANTS[key].activation)
            rows.append((name, float(np.median(steps)), TARGET))
    return from_rows(("activation", "step", "value"), rows)
