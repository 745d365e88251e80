"""The frames of `/output`. A cost appears by its name; the first of a pair is always squared error."""

from collections.abc import Sequence

import numpy as np

from core.activations import sigmoid
from core.output import COSTS as KEYS
from core.output import GOAL, MOST_STEPS, OutputRun, StartSweep, gradient
from dashboard.look.columns import Columns, columns, from_rows, only, stack
from dashboard.look.formats import three
from dashboard.topics.output.charts import COSTS, STANDS

FARTHEST = 14
"""The sweep goes this far out on the wrong side."""

STARTS = tuple(float(z) for z in np.linspace(-2, FARTHEST, 65))
"""Starts z0 for the target 0; for the target 1 they are mirrored."""


def side(target: float) -> float:
    """+1 where being wrong means a large z (target 0), -1 where it means a small one."""
    return 1.0 if target == 0 else -1.0


def output(z: float) -> str:
    """The output at the logit z, as its distance from 1 where it would round to 1."""
    a, rest = float(sigmoid(z)), float(sigmoid(-z))
    return three(a) if rest >= 5e-4 else f"1 − {three(rest)}"


def _span(runs: Sequence[OutputRun], steps: int) -> tuple[float, float]:
    """The stretch of z that the picture shows: the runs, as far as they are shown, and some room."""
    ends = np.concatenate([run.z[[0, steps]] for run in runs])
    return min(-4.0, float(ends.min()) - 1), max(4.0, float(ends.max()) + 1)


def curves(runs: Sequence[OutputRun], target: float, steps: int) -> Columns:
    """How hard each cost pushes: z, cost, gradient."""
    z = np.linspace(*_span(runs, steps), 161)
    return stack(
        columns(z=z, cost=name, gradient=gradient(key, z, target)) for key, name in zip(KEYS, COSTS, strict=True)
    )


def start(z0: float, target: float) -> Columns:
    """Where both neurons start, with its name between the curves: z, low, high, gradient, text."""
    low, high = sorted((0.0, side(target)))
    return columns(z=z0, low=low, high=high, gradient=0.5 * side(target), text="start")


def goal(runs: Sequence[OutputRun], target: float, steps: int) -> Columns:
    """The stretch of z where the output is within the goal: low, high."""
    low, high = _span(runs, steps)
    edge = -side(target) * np.log((1 - GOAL) / GOAL)
    return columns(low=low if target == 0 else edge, high=edge if target == 0 else high)


def dots(runs: Sequence[OutputRun], steps: int) -> Columns:
    """Where each neuron is at every stand of the slider: step, z, gradient, cost."""
    step = steps // STANDS * np.arange(STANDS + 1)
    return stack(
        columns(step=step, z=run.z[step], gradient=run.gradient[step], cost=name)
        for run, name in zip(runs, COSTS, strict=True)
    )


def notes(runs: Sequence[OutputRun], target: float, steps: int) -> Columns:
    """What each neuron says at every stand of the slider: step, z and gradient (where the text stands), text, cost."""
    rows, left = [], _span(runs, steps)[0]
    # Above the curves, which end at 1 for the target 0 and at 0 for the target 1, and between two lines of the grid.
    top = 1.0 if target == 0 else 0.0
    for run, name, height in zip(runs, COSTS, (top + 0.185, top + 0.095), strict=True):
        for step in steps // STANDS * np.arange(STANDS + 1):
            text = f"{name}: a = {output(float(run.z[step]))}, dL/dz = {three(float(run.gradient[step]))}"
            rows.append((int(step), left, height, text, name))
    return from_rows(("step", "z", "gradient", "text", "cost"), rows)


def sweep(found: Sequence[StartSweep], target: float) -> Columns:
    """Steps to the goal by start, by descent and in continuous time: wrong (z0, seen from the side that is wrong),
    steps, cost, kind. Starts within the goal have none to draw."""
    parts = []
    for one, name in zip(found, COSTS, strict=True):
        cut = np.isnan(one.steps)
        # The dashed stretch begins at the last start that descent reached, so that the curve has no gap.
        flows = cut | np.append(cut[1:], False)
        for kind, values, keep in (
            ("descent", one.steps, ~cut),
            ("continuous time, where descent is cut off", one.flow, flows),
        ):
            keep = keep & (values > 0)
            parts.append(only(columns(wrong=side(target) * one.z, steps=values, cost=name, kind=kind), keep))
    return stack(parts)


def sweep_names(found: Sequence[StartSweep], target: float) -> Columns:
    """Where each curve's name stands: wrong, steps, cost."""
    ends = [(side(target) * one.z[-1], one.flow[-1]) for one in found]
    return columns(wrong=[at for at, _ in ends], steps=[steps for _, steps in ends], cost=COSTS)


def here(z0: float, steps: Sequence[float], target: float) -> Columns:
    """Your start on both curves, where it has steps to go: wrong, steps, cost."""
    return only(columns(wrong=side(target) * z0, steps=steps, cost=COSTS), np.asarray(steps) > 0)


def limit() -> Columns:
    """Where descent is cut off: steps."""
    return columns(steps=MOST_STEPS)


def by_step(runs: Sequence[OutputRun], steps: int) -> Columns:
    """Both runs by step, at most 301 points each: step, w, b, z, a, loss, gradient, cost."""
    step = np.unique(np.linspace(0, steps, 301).astype(int))
    fields = ("w", "b", "z", "a", "loss", "gradient")
    return stack(
        columns(step=step, **{field: getattr(run, field)[step] for field in fields}, cost=name)
        for run, name in zip(runs, COSTS, strict=True)
    )
