"""The frames of `/output`. A cost appears by its name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.logistic import sigmoid
from core.output import COSTS, GOAL, MOST_STEPS, OutputConfig, OutputRun, StartSweep, flow_steps, gradient
from dashboard.look.columns import Columns, columns, only, stack
from dashboard.look.formats import three
from dashboard.topics.output.charts import COST_NAMES, STANDS

FARTHEST = 14
"""The sweep goes this far out on the wrong side."""

STARTS = tuple(float(z) for z in np.linspace(-2, FARTHEST, 65))
"""Starts z0 for the target 0; for the target 1 they are mirrored."""

GUESSED = (5.0, 6.0, 9.0, 10.0)
"""The starts z0 that the prediction is about, mirrored like `STARTS`."""


@dataclass(frozen=True, slots=True)
class Neuron:
    """One of the two neurons: what its cost is called, its run, and its steps to the goal in continuous time."""

    name: str
    run: OutputRun
    flow: float

    @property
    def count(self) -> float:
        """The number of steps to the goal: the run's own, or continuous time's where the run is cut off."""
        return self.flow if self.run.steps is None else float(self.run.steps)


@dataclass(frozen=True, slots=True)
class Pair:
    """Both neurons, which differ in their cost only. start: the z0 at which they begin. target: 0 or 1."""

    squared: Neuron
    cross: Neuron
    start: float
    target: float

    @property
    def neurons(self) -> tuple[Neuron, Neuron]:
        """In the order of `core.output.COSTS`."""
        return self.squared, self.cross

    @property
    def runs(self) -> tuple[OutputRun, OutputRun]:
        """Their runs, in the same order."""
        return self.squared.run, self.cross.run


def side(target: float) -> float:
    """+1 where being wrong means a large z (target 0), -1 where it means a small one."""
    return 1.0 if target == 0 else -1.0


def guessed_flows(config: OutputConfig) -> tuple[float, ...]:
    """Steps to the goal in continuous time from each start that the prediction is about."""
    return tuple(flow_steps(replace(config, w=0.0, b=side(config.y) * z)) for z in GUESSED)


def output(z: float) -> str:
    """The output at the logit z, as its distance from 1 where it would round to 1."""
    a, rest = float(sigmoid(z)), float(sigmoid(-z))
    return three(a) if rest >= 5e-4 else f"1 − {three(rest)}"


def _span(pair: Pair, steps: int) -> tuple[float, float]:
    """The stretch of z that the picture shows: the runs, as far as they are shown, and some room."""
    ends = np.concatenate([run.z[[0, steps]] for run in pair.runs])
    return min(-4.0, float(ends.min()) - 1), max(4.0, float(ends.max()) + 1)


def curves(pair: Pair, steps: int) -> Columns:
    """How hard each cost pushes: z, cost, gradient."""
    z = np.linspace(*_span(pair, steps), 161)
    return stack(
        columns(z=z, cost=name, gradient=gradient(cost, z, pair.target))
        for cost, name in zip(COSTS, COST_NAMES, strict=True)
    )


def start(pair: Pair) -> Columns:
    """Where both neurons start, with its name between the curves: z, low, high, gradient, text."""
    most = side(pair.target)
    return columns(z=pair.start, low=min(0.0, most), high=max(0.0, most), gradient=0.5 * most, text="start")


def goal(pair: Pair, steps: int) -> Columns:
    """The stretch of z where the output is within the goal: low, high."""
    low, high = _span(pair, steps)
    edge = -side(pair.target) * np.log((1 - GOAL) / GOAL)
    return columns(low=low if pair.target == 0 else edge, high=edge if pair.target == 0 else high)


def goal_output(target: float) -> Columns:
    """The output that is just within the goal: a."""
    return columns(a=GOAL if target == 0 else 1 - GOAL)


def _stands(steps: int) -> np.ndarray:
    """The steps at which the slider of the picture stands."""
    return steps // STANDS * np.arange(STANDS + 1)


def dots(pair: Pair, steps: int) -> Columns:
    """Where each neuron is at every stand of the slider: step, z, gradient, cost."""
    step = _stands(steps)
    return stack(
        columns(step=step, z=one.run.z[step], gradient=one.run.gradient[step], cost=one.name) for one in pair.neurons
    )


def notes(pair: Pair, steps: int) -> Columns:
    """What each neuron says at every stand of the slider: step, z and gradient (where the text stands), text, cost."""
    step, left = _stands(steps), _span(pair, steps)[0]
    # Above the curves, which end at 1 for the target 0 and at 0 for the target 1, and between two lines of the grid.
    top = 1.0 if pair.target == 0 else 0.0
    return stack(
        columns(step=step, z=left, gradient=top + above, text=_readings(one, step), cost=one.name)
        for one, above in zip(pair.neurons, (0.185, 0.095), strict=True)
    )


def _readings(neuron: Neuron, step: np.ndarray) -> list[str]:
    z, slope = neuron.run.z[step].tolist(), neuron.run.gradient[step].tolist()
    return [f"{neuron.name}: a = {output(at)}, dL/dz = {three(g)}" for at, g in zip(z, slope, strict=True)]


def sweep(swept: Sequence[StartSweep], target: float) -> Columns:
    """Steps to the goal by start, by descent and in continuous time: wrong (z0, seen from the side that is wrong),
    steps, cost, kind. Starts within the goal have none to draw."""
    parts = []
    for one, name in zip(swept, COST_NAMES, strict=True):
        cut = np.isnan(one.steps)
        # The dashed stretch begins at the last start that descent reached, so that the curve has no gap.
        flows = cut | np.append(cut[1:], False)
        for kind, values, keep in (
            ("descent", one.steps, ~cut),
            ("continuous time, where descent is cut off", one.flow, flows),
        ):
            drawn = columns(wrong=side(target) * one.z, steps=values, cost=name, kind=kind)
            parts.append(only(drawn, keep & (values > 0)))
    return stack(parts)


def sweep_names(swept: Sequence[StartSweep], target: float) -> Columns:
    """Where each curve's name stands: wrong, steps, cost."""
    return columns(
        wrong=[side(target) * one.z[-1] for one in swept], steps=[one.flow[-1] for one in swept], cost=COST_NAMES
    )


def here(pair: Pair) -> Columns:
    """Your start on both curves, where it has steps to go: wrong, steps, cost."""
    steps = np.array([one.count for one in pair.neurons])
    return only(columns(wrong=side(pair.target) * pair.start, steps=steps, cost=COST_NAMES), steps > 0)


def limit() -> Columns:
    """Where descent is cut off: steps."""
    return columns(steps=MOST_STEPS)


def by_step(pair: Pair, steps: int) -> Columns:
    """Both runs by step, at most 301 points each: step, w, b, z, a, loss, gradient, cost."""
    step = np.unique(np.linspace(0, steps, 301).astype(int))
    fields = ("w", "b", "z", "a", "loss", "gradient")
    return stack(
        columns(step=step, **{field: getattr(one.run, field)[step] for field in fields}, cost=one.name)
        for one in pair.neurons
    )
