"""The race of `/cures`, and how lopsided each activation is: results of `core` as columns."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.activations import ACTIVATIONS, activation
from core.cures import lopsidedness
from core.inputs import UNIFORM, Inputs, input_moments
from core.neuron.counting import fewest_plain_steps, plain_steps
from core.neuron.racing import Race, RaceResult, Runner
from dashboard.look.columns import Columns, columns, from_rows, stack
from dashboard.look.formats import as_shown
from dashboard.topics.cures.closed_form import ADAM, TRAIL
from dashboard.topics.cures.settings import MOMENTS, Cures

MOST_STEPS = 5000
"""A race is called off after so many steps; plain descent is counted on in closed form."""

EQUAL = (1.0, 1.0)
"""The errors at the start of a race, along the flat direction and the steep one."""

QUICK = ("heavy_ball", "nesterov", "adam", "centred", "whitened")


def moments_of(at: Cures) -> tuple[float, float]:
    """Mean and spread of one input."""
    if at.inputs == UNIFORM:
        return at.mean, at.spread
    return input_moments(Inputs(at.inputs))


def races(at: Cures) -> tuple[Race, Race]:
    """The race to be run, and that of plain descent, which is counted and not run."""
    mean, spread = moments_of(at)
    run = Race(at.n, mean, spread, tolerance=at.goal, steps=MOST_STEPS, runners=QUICK)
    return run, Race(at.n, mean, spread, tolerance=at.goal, steps=1, runners=("plain",))


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """Everyone in the race, and the law of the inputs."""

    n: int
    mean: float
    spread: float
    goal: float
    runners: Mapping[str, Runner]

    @property
    def kappa(self) -> float:
        """Of the valley as it is."""
        return self.runners["plain"].kappa

    @property
    def overshoot(self) -> float:
        """How many times its first error along the steep direction momentum swings to."""
        steep = abs(self.runners["heavy_ball"].path[:, 0])
        return float(steep.max() / steep[0])

    def under_way(self, step: int) -> dict[str, float]:
        """The loss after so many steps, as a share of the first, of plain descent, momentum and Adam, where they have not arrived."""
        found = {}
        for key in ("plain", "heavy_ball", "adam"):
            run = self.runners[key]
            if step < self.steps(key):
                # At its best rate plain descent leaves the same share at each step, along the steep direction and the flat one.
                share = (run.loss[1] / run.loss[0]) ** step if key == "plain" else run.loss[step] / run.loss[0]
                found[key] = float(share)
        return found

    @property
    def fewest(self) -> float:
        """The steps of plain descent at the rate that needs the fewest of them from this start."""
        return fewest_plain_steps(*self.curvatures("plain"), self.goal)

    def curvatures(self, key: str) -> tuple[float, float]:
        """The flattest curvature and the steepest of the valley that a way leads through."""
        flat = self.spread**2
        return flat, flat * self.runners[key].kappa

    def steps(self, key: str) -> float:
        """The steps to the goal; infinite where they are more than were run."""
        found = self.runners[key].steps
        return math.inf if found is None else found


def digits(found: Field, key: str) -> int:
    """The digits of a rate in the table: three, of plain descent so many that at the rounded rate its steps are those counted."""
    if key not in ("plain", "centred"):
        return 3
    eta = found.runners[key].best.eta
    rounded = np.array([as_shown(eta, count) for count in range(3, 17)])
    same = plain_steps(rounded, found.curvatures(key), EQUAL, found.goal) == found.steps(key)
    return 3 + int(np.argmax(same))


def field(at: Cures, *results: RaceResult) -> Field:
    """The runners of several races over one valley."""
    return Field(at.n, *moments_of(at), at.goal, {one.key: one for found in results for one in found.runners})


def law(found: Field, at: Cures) -> Columns:
    """What the live picture is drawn from: mu, s, n, mean, spread (of the sliders), goal, and Adam's steps, -1 for none."""
    steps = found.runners["adam"].steps
    return columns(
        mu=found.mean,
        s=found.spread,
        n=at.n,
        mean=at.mean,
        spread=at.spread,
        goal=at.goal,
        adam=-1 if steps is None else steps,
    )


def moments(found: Field) -> Columns:
    """Adam at each moment of the race, and after its arrival where it stayed: steep, flat, loss (relative to the first)."""
    run = found.runners["adam"]
    index = np.minimum(MOMENTS, len(run.path) - 1)
    return {
        "steep": run.path[index, 0],
        "flat": run.path[index, 1],
        "loss": run.loss[index] / run.loss[0],
    }


def adam(found: Field) -> Columns:
    """The strides of Adam's path, those that lead to a moment of the race or to its end: m, panel, step, steep, flat, steep2, flat2."""
    path = found.runners["adam"].path
    last = np.minimum([*MOMENTS, len(path) - 1], len(path) - 1)
    step = np.unique(np.concatenate([np.arange(max(0, end - TRAIL), end) for end in last]))
    here, there = path[step].astype(np.float32), path[step + 1].astype(np.float32)
    return {
        **columns(m=np.full(len(step), ADAM, np.int8), panel=np.zeros(len(step), np.int8)),
        "step": step.astype(np.int16),
        "steep": here[:, 0],
        "flat": here[:, 1],
        "steep2": there[:, 0],
        "flat2": there[:, 1],
    }


def panels() -> Columns:
    """The frames of the two valleys: panel, title, x, y."""
    return columns(panel=range(2), title=("the valley as it is", "the same inputs, centred"), x=0.0, y=0.0)


def run_columns(found: Field) -> Columns:
    """The race for a visitor's file: way_down, step, along_steep, along_flat, loss."""
    parts = []
    for key, run in found.runners.items():
        if key != "plain":
            parts.append(
                columns(
                    way_down=key,
                    step=range(len(run.path)),
                    along_steep=run.path[:, 0],
                    along_flat=run.path[:, 1],
                    loss=run.loss,
                )
            )
    return stack(parts)


# How lopsided each activation is.

SPREADS = tuple(round(0.1 * k, 1) for k in range(2, 121))
"""Where the curves of lopsidedness are computed, and where the cursor stands."""


TOLD_APART = ("sigmoid", "tanh", "relu", "gelu")
"""Of activations that share a curve, one of these gives it its colour and name: those that the page can be set to."""


def kinds() -> dict[str, list[str]]:
    """The activations by curve: those that are as lopsided at every spread are one. The key that stands for the curve to all of its keys."""
    found: dict[tuple[float, ...], list[str]] = {}
    for key in ACTIVATIONS:
        mark = tuple(round(lopsidedness(key, spread), 9) for spread in (0.5, 1.0, 3.0))
        found.setdefault(mark, []).append(key)
    return {next((key for key in keys if key in TOLD_APART), keys[0]): keys for keys in found.values()}


def curves(found: Mapping[str, Sequence[float]]) -> Columns:
    """The curves: spread, lopsidedness, activation."""
    return stack(
        columns(spread=SPREADS, lopsidedness=values, activation=activation(key).label) for key, values in found.items()
    )


def lopsided_curves() -> dict[str, tuple[float, ...]]:
    """(mu / s)^2 at each of `SPREADS`, a curve for each of `kinds`."""
    return {key: tuple(lopsidedness(key, spread) for spread in SPREADS) for key in kinds()}


def readings(found: Mapping[str, Sequence[float]], alike: Mapping[str, Sequence[str]], n: int) -> Columns:
    """What the cursor reads of each curve at each of its stands: k, spread, lopsidedness, activation, row, names, n."""
    rows = []
    for row, (key, values) in enumerate(sorted(found.items(), key=lambda one: -one[1][SPREADS.index(1.0)])):
        unit = activation(key)
        names = ", ".join(activation(one).label for one in alike[key])
        if unit.zero_centred:
            names = f"{unit.label} and whatever is centred"
        rows += [
            (k, spread, value, unit.label, row, names, n)
            for k, (spread, value) in enumerate(zip(SPREADS, values, strict=True))
        ]
    return from_rows(("k", "spread", "lopsidedness", "activation", "row", "names", "n"), rows)


FILES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "race": {
        "way_down": ("way_down", "the method"),
        "along_steep": ("along_steep", "error along the steep direction"),
        "along_flat": ("along_flat", "error along the flat direction"),
    },
    "network": {
        "network": ("network", "hidden layers and batch size"),
        "name": ("arm", "units and optimiser"),
    },
    "lopsidedness": {
        "lopsidedness": ("lopsidedness", "squared mean over variance of an output"),
    },
}
"""What the columns of a file are called, and what they are, where that is not what `dashboard.ui.files` says."""
