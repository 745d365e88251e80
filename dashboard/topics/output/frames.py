"""The frames of `/output`. A cost appears by its name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.checks import FloatArray
from core.logistic import sigmoid
from core.output import GOAL, MOST_STEPS, OutputConfig, OutputRun, StartSweep, courses, flow_steps, start_sweep
from dashboard.look.columns import Columns, columns, last_rows, only, stack
from dashboard.look.formats import three
from dashboard.topics.output.charts import COST_NAMES, STANDS
from dashboard.topics.output.settings import LARGEST, TENTH

FARTHEST = 14
"""The sweep goes this far out on the wrong side."""

STARTS = tuple(float(z) for z in np.linspace(-2, FARTHEST, 65))
"""Starts z0 for the target 0; for the target 1 they are mirrored."""

REACHED = tuple(TENTH * tenths for tenths in range(-round(2 * LARGEST / TENTH), round(2 * LARGEST / TENTH) + 1))
"""Every start z0 = w + b that the hand can reach."""

GUESSED = (5.0, 6.0, 9.0, 10.0)
"""The starts z0 that the prediction is about, mirrored like `STARTS`."""


@dataclass(frozen=True, slots=True)
class Neuron:
    """One of the two neurons."""

    name: str
    """What its cost is called."""
    run: OutputRun
    """As far as it is shown."""
    steps: int | None
    """To the goal, which may lie beyond the run; None where descent is cut off before."""
    flow: float
    """The same in continuous time."""

    @property
    def count(self) -> float:
        """The number of steps to the goal: descent's, or continuous time's where that is cut off."""
        return self.flow if self.steps is None else float(self.steps)


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


def every_start(config: OutputConfig) -> StartSweep:
    """Steps to the goal from all `STARTS`. (A cache that was given them would take longer to tell them than to look them up.)"""
    return start_sweep(config, tuple(side(config.y) * z for z in STARTS))


def every_course(config: OutputConfig) -> FloatArray:
    """The z from every start that the hand can reach, at every stand of the slider: (starts, stands)."""
    return courses(config, REACHED, stands(config.steps))


def output(z: float) -> str:
    """The output at z, as its distance from 1 where it would round to 1."""
    a, rest = float(sigmoid(z)), float(sigmoid(-z))
    return three(a) if rest >= 5e-4 else f"1 − {three(rest)}"


def stands(steps: int) -> tuple[int, ...]:
    """The steps at which the slider of the picture stands."""
    return tuple(range(0, steps + 1, steps // STANDS))


def places(reached: Sequence[FloatArray], pair: Pair, pinned: int) -> Columns:
    """Where the hand can put either neuron: every stand of the slider from this start, and every start at this stand: cost,
    start (in tenths), stand, z. reached: of each cost, as `every_course` gives them."""
    starts, every = np.round(np.array(REACHED) / TENTH), np.arange(STANDS + 1)
    here = round(pair.start / TENTH)
    elsewhere = starts != here
    stride = (len(pair.squared.run.z) - 1) // STANDS
    parts = []
    for one, course in zip(pair.neurons, reached, strict=True):
        parts.append(columns(cost=one.name, start=float(here), stand=every, z=one.run.z[::stride]))
        parts.append(columns(cost=one.name, start=starts[elsewhere], stand=pinned, z=course[elsewhere, pinned]))
    return stack(parts)


def held(pair: Pair, pinned: int) -> Columns:
    """What the picture was measured for: start (in tenths), stand, steps, target; edge, the z within which the output is right;
    low and high, as far as the runs get."""
    ends = np.concatenate([run.z[[0, -1]] for run in pair.runs])
    return columns(
        start=round(pair.start / TENTH),
        stand=pinned,
        steps=len(pair.squared.run.z) - 1,
        target=pair.target,
        edge=-side(pair.target) * np.log((1 - GOAL) / GOAL),
        low=ends.min(),
        high=ends.max(),
    )


def goal_output(target: float) -> Columns:
    """The output that is just within the goal: a."""
    return columns(a=GOAL if target == 0 else 1 - GOAL)


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


def cut(swept: Sequence[StartSweep]) -> bool:
    """Whether descent is cut off from some start."""
    return any(bool(np.isnan(one.steps).any()) for one in swept)


def here(pair: Pair) -> Columns:
    """Your start on both curves, where it has steps to go: wrong, steps, cost."""
    steps = np.array([one.count for one in pair.neurons])
    return only(columns(wrong=side(pair.target) * pair.start, steps=steps, cost=COST_NAMES), steps > 0)


def limit() -> Columns:
    """Where descent is cut off: steps."""
    return columns(steps=MOST_STEPS)


def by_step(pair: Pair) -> Columns:
    """Both runs by step, at most 301 points each: step, w, b, z, a, loss, gradient, cost."""
    step = np.unique(np.linspace(0, len(pair.squared.run.z) - 1, 301).astype(int))
    fields = ("w", "b", "z", "a", "loss", "gradient")
    return stack(
        columns(step=step, **{field: getattr(one.run, field)[step] for field in fields}, cost=one.name)
        for one in pair.neurons
    )


def ends(pair: Pair) -> Columns:
    """Where each line by step ends: step, a, loss, cost."""
    return last_rows(by_step(pair), "cost")


FILES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "runs": {
        "w": ("w", "weight"),
        "b": ("b", "bias"),
        "gradient": ("gradient", "derivative of the cost by the pre-activation"),
        "cost": ("cost", "squared error or cross-entropy"),
    },
    "starts": {
        "wrong": ("start_error", "pre-activation at the start, positive where it is wrong"),
        "cost": ("cost", "squared error or cross-entropy"),
        "kind": ("kind", "of curve: measured, or a law that it nears"),
    },
}
"""What the columns of a file are called, and what they are, where that is not what `dashboard.ui.files` says."""
