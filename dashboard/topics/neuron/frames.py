"""Results of `core` as `/neuron` needs them: taken together for its words, and as columns for its charts.

`panel` is 0 for the given inputs and 1 for the centred ones, everywhere.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.activations import ACTIVATIONS
from core.checks import Status
from core.inputs import Inputs, Spectrum, spectrum
from core.neuron.descent import (
    MOST_STEPS,
    NEGLIGIBLE,
    Descent,
    DescentConfig,
    MeanSweep,
    descend,
    full_batch_steps,
    push_directions,
    same_sign,
)
from core.neuron.stability import FULL, step_limits
from dashboard.look import descent
from dashboard.look.colours import sign_glyph
from dashboard.look.columns import Columns, columns, from_rows, only, stack
from dashboard.look.descent import Outcome
from dashboard.look.formats import three, whole
from dashboard.look.landscape import REACH_X, REACH_Y, STEPS
from dashboard.look.readout import LINE
from dashboard.topics.neuron.charts import RADIUS
from dashboard.topics.neuron.settings import BEST, Neuron

CENTRED = "the same, centred"

MEANS = tuple(round(0.05 * k, 2) for k in range(41))
"""The means at which the cost of a mean is drawn."""

BATCHES = (1, 2, 4, 8, 16, 32, 64)
"""The batch sizes at which the agreement of signs is measured."""


@dataclass(frozen=True, slots=True)
class Lock:
    """How often all signs of a gradient agree, measured at one batch size."""

    batch: int
    share: float
    error: float
    """The standard error of the share."""


@dataclass(frozen=True, slots=True)
class Case:
    """The runs of both panels, 0 with the given inputs and 1 with the same centred, and what explains them."""

    configs: tuple[DescentConfig, DescentConfig]
    runs: tuple[Descent, Descent]
    outcomes: tuple[Outcome, Outcome]
    alike: tuple[Outcome, Outcome]
    """Both at the learning rate of panel 0: the same, unless each is at its best."""
    alike_runs: tuple[Descent, Descent]
    best: tuple[Outcome, Outcome]
    """Each at its own best learning rate."""
    best_runs: tuple[Descent, Descent]
    shapes: tuple[Spectrum, Spectrum]
    """The curvatures of their losses."""
    edge: float
    """From this learning rate on panel 0 does not converge, at its batch size."""
    full_edge: float
    """The same with the full batch."""

    @property
    def moves(self) -> bool:
        """Whether there is anything to learn."""
        return self.configs[0].start != self.configs[0].target

    @property
    def kappa(self) -> float:
        """Of panel 0."""
        return self.shapes[0].kappa

    @property
    def round(self) -> bool:
        """Whether panel 0 has no steep direction."""
        return descent.is_round(self.kappa)

    @property
    def agreeing(self) -> tuple[int, int]:
        """How many updates of panel 0 share a sign: of its own, and of those with every second weight negated."""
        update = self.runs[0].update
        return same_sign(update), same_sign(update * np.resize([1, -1], update.shape[1]))

    @property
    def products(self) -> tuple[float, float]:
        """eta × curvature of panel 0, along the flat and along the steep direction."""
        flat, steep = (self.configs[0].eta * float(curvature) for curvature in self.shapes[0].eigenvalues[[0, -1]])
        return flat, steep

    @property
    def errors(self) -> tuple[float, float]:
        """The sizes of the first error along the flat and along the steep direction; 0 where it is rounding."""
        away = np.array(self.configs[0].start) - np.array(self.configs[0].target)
        error = away @ self.shapes[0].vectors
        sizes = np.array([np.linalg.norm(error[:-1]), abs(error[-1])])
        flat, steep = np.where(sizes > NEGLIGIBLE * np.linalg.norm(away), sizes, 0.0)
        return float(flat), float(steep)


def case(at: Neuron, call: Callable[[Callable[..., Any]], Callable[..., Any]] = lambda function: function) -> Case:
    """What the settings `at` come to. call: what `core` is called through, a cache for one."""
    laws = (at.law, replace(at.law, centred=True))
    limits = [call(step_limits)(law, at.batch) for law in laws]
    # A share of the edge of the inputs as they are: to centre them leaves the learning rate where it is.
    eta = at.eta * call(step_limits)(at.given).edge
    etas = [limit.best for limit in limits] if at.compare == BEST else [eta, eta]

    def run(law: Inputs, eta: float) -> tuple[DescentConfig, Descent, Outcome]:
        config = DescentConfig(law, at.start, at.target, eta, at.batch, MOST_STEPS, seed=at.seed)
        made = call(descend)(config)
        # Where the full batch was cut, the closed form still knows how many steps it needs, if it arrives at all.
        cut = at.batch == FULL and made.steps is None
        return config, made, descent.outcome(config, made, call(full_batch_steps)(config) if cut else None)

    own, alike, best = (
        [run(law, eta) for law, eta in zip(laws, each, strict=True)]
        for each in (etas, [etas[0]] * 2, [limit.best for limit in limits])
    )
    configs, runs, outcomes = zip(*own, strict=True)
    return Case(
        configs,
        runs,
        outcomes,
        alike=(alike[0][2], alike[1][2]),
        alike_runs=(alike[0][1], alike[1][1]),
        best=(best[0][2], best[1][2]),
        best_runs=(best[0][1], best[1][1]),
        shapes=(call(spectrum)(laws[0]), call(spectrum)(laws[1])),
        edge=limits[0].edge,
        full_edge=call(step_limits)(at.law).edge,
    )


def colours(source: str) -> tuple[str, str]:
    """The activation whose colour each panel's path has: a centred one is blue, whatever it was."""
    own = ACTIVATIONS[source if source in ACTIVATIONS else "identity"]
    return own.label, ACTIVATIONS["centred"].label


def titles(source: str) -> tuple[str, str]:
    """What the panels are called."""
    return (f"{ACTIVATIONS[source].label} inputs" if source in ACTIVATIONS else "inputs as set"), CENTRED


def live(at: Neuron, names: tuple[str, str]) -> dict[str, Columns]:
    """What a picture is drawn from that follows the hand. names: the activations whose colours the paths have."""
    given = (at.given, replace(at.given, centred=True))
    return {
        **descent.valleys(given, titles(at.inputs), names),
        "rows": columns(row=range(4), name=("w₁", "w₂", "w₁ centred", "w₂ centred")),
    }


def measured(at: Neuron, found: Case, names: tuple[str, str]) -> dict[str, Columns]:
    """What a picture of small batches is drawn from: the runs, and the settings that they were measured at."""
    laws, runs = [config.law for config in found.configs], found.runs
    drawn = live(at, names)
    ends = {"x_start": at.start[0], "y_start": at.start[1], "x_target": at.target[0], "y_target": at.target[1]}
    return {
        **drawn,
        "laws": columns(**drawn["laws"], eta=at.eta, mean=at.mean, spread=at.spread, centre=at.centre, n=at.n, **ends),
        "path": descent.paths(runs, names),
        "heads": descent.heads(runs, names),
        "wedges": wedges(laws, runs, at.target),
        "scores": scores(found, names, at.compare == BEST),
        "notes": notes(runs),
        "strip": strip(runs),
    }


def scores(found: Case, names: tuple[str, str], best: bool) -> Columns:
    """The steps of each run, to be set large: panel, slot (1 for that at the best learning rate, unless all are at it), number,
    words, payoff, activation."""
    slots = [("best η" if best else "η", found.outcomes)] + ([] if best else [("its best η", found.best)])
    rows = []
    for slot, (of, outcomes) in enumerate(slots):
        for panel, one in enumerate(outcomes):
            number = "diverges" if one.diverged else f"over {whole(one.ran)}" if one.steps is None else whole(one.steps)
            unit = "" if one.diverged else "step " if one.steps == 1 else "steps "
            payoff = panel == 1 and (best or slot == 1) and one.length < outcomes[0].length
            rows.append((panel, slot, number, f"{unit}at {of} {three(one.eta)}", payoff, names[panel]))
    return from_rows(("panel", "slot", "number", "words", "payoff", "activation"), rows)


def notes(runs: Sequence[Descent]) -> Columns:
    """One line of text for every step the slider can stand on: panel, step, note. After the last step its line stays."""
    lines = []
    for run in runs:
        last = len(run.w) - 1
        told = [_note(run, step) for step in range(min(last, STEPS) + 1)]
        lines += told + told[-1:] * (STEPS - last)
    panel, step_of = np.indices((len(runs), STEPS + 1)).reshape(2, -1)
    return columns(panel=panel, step=step_of, note=lines)


def _note(run: Descent, step: int) -> str:
    """What one step has come to. At the last one that the slider reaches it says of how many."""
    last = len(run.w) - 1
    said = f"the first {step} of {whole(last)} steps" if step == STEPS < last else f"step {step}"
    said += f": {LINE}loss {three(float(run.loss[step]))}"
    if step == last and run.status != Status.RUNNING:
        said += f", {run.status}"
    return said if descent.inside(*run.w[step, :2]) else f"{said}, outside the picture"


def wedges(laws: Sequence[Inputs], runs: Sequence[Descent], target: Sequence[float]) -> Columns:
    """Where one sample can push, clockwise from north as Vega counts: panel, step, x, y, theta, theta2, radius (as weights,
    shorter where it would leave the frame)."""
    rows = []
    for panel, (law, run) in enumerate(zip(laws, runs, strict=True)):
        pushes: list[tuple[float, float]] = []
        for step in range(STEPS + 1):
            w = run.w[min(step, len(run.w) - 1)]
            if step < len(run.w):
                seen = len(w) == 2 and descent.inside(*w)
                pushes = push_directions(law, w - target) if seen else []
            rows += [(panel, step, *w[:2], math.pi / 2 - high, math.pi / 2 - low) for low, high in pushes]
    drawn = from_rows(("panel", "step", "x", "y", "theta", "theta2"), rows)
    return {**drawn, "radius": _radius(drawn["x"], drawn["y"], drawn["theta"], drawn["theta2"])}


def _radius(x: np.ndarray, y: np.ndarray, theta: np.ndarray, theta2: np.ndarray) -> np.ndarray:
    """The largest radius up to RADIUS at which a sector between two angles from north stays within the frame."""
    radius = np.full(len(x), RADIUS)
    for side, room in enumerate((REACH_Y - y, REACH_X - x, REACH_Y + y, REACH_X + x)):
        # How far a sector of radius 1 reaches towards this side: all the way where it faces it.
        north = side * math.pi / 2
        faces = np.floor((theta2 - north) / (2 * math.pi)) >= np.ceil((theta - north) / (2 * math.pi))
        reach = np.where(faces, 1.0, np.maximum(np.cos(theta - north), np.cos(theta2 - north)))
        radius = np.where(reach * radius > room, room / np.maximum(reach, 1e-9), radius)
    return radius


def strip(runs: Sequence[Descent]) -> Columns:
    """The sign of each weight's update at each step: row (two a panel), step, glyph."""
    rows = [
        (2 * panel + weight, step, sign_glyph(run.update[step, weight]))
        for panel, run in enumerate(runs)
        for weight in (0, 1)
        for step in range(min(STEPS, len(run.update)))
    ]
    return from_rows(("row", "step", "glyph"), rows)


def curves(runs: Sequence[Descent], names: tuple[str, str]) -> Columns:
    """Loss and cosine to the target by step, at most 400 points a run: inputs, activation, step, loss, cosine."""
    parts = []
    for run, name, colour in zip(runs, ("these inputs", "centred"), names, strict=True):
        step = np.unique(np.linspace(0, len(run.loss) - 1, 400).astype(int))
        cosine = np.append(run.cosine, np.nan)[step]
        parts.append(columns(inputs=name, activation=colour, step=step, loss=run.loss[step], cosine=cosine))
    return stack(parts)


def sweep(result: MeanSweep) -> Columns:
    """Condition number and steps by the mean of the inputs, where they are finite: mean, quantity, value."""
    named = (("κ", result.kappa), ("steps needed", result.steps))
    drawn = stack(columns(mean=result.mean, quantity=name, value=values) for name, values in named)
    return only(drawn, np.isfinite(drawn["value"]) & (drawn["value"] > 0))


def locks(measured: Sequence[Lock], name: str) -> Columns:
    """The measured chance that all signs agree: batch, share, low, high (one standard error either way), activation."""
    rows = [(one.batch, one.share, one.share - one.error, one.share + one.error, name) for one in measured]
    return from_rows(("batch", "share", "low", "high", "activation"), rows)


FILES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "mean": {
        "mean": ("input_mean", "mean of an input"),
        "quantity": ("quantity", "what the value is"),
        "value": ("value", "condition number, or steps needed"),
    },
    "updates": {
        "row": ("weight", "0 and 1: w1 and w2; 2 and 3: the same with centred inputs"),
        "glyph": ("sign", "of the update: up, down, or a dot for none"),
    },
}
"""What the columns of a file are called, and what they are, where that is not what `dashboard.ui.files` says."""
