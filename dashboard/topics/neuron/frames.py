"""Results of `core` as `/neuron` needs them: taken together for its words, and as columns for its charts.

`panel` is 0 for the given inputs and 1 for the centred ones, everywhere.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.activations import ACTIVATIONS
from core.checks import Status
from core.inputs import Inputs, Spectrum
from core.neuron.descent import NEGLIGIBLE, Descent, DescentConfig, MeanSweep, push_directions
from core.neuron.stability import StepLimits
from dashboard.look import descent
from dashboard.look.colours import sign_glyph
from dashboard.look.columns import Columns, columns, from_rows, only, stack
from dashboard.look.formats import three, whole
from dashboard.look.landscape import REACH_X, REACH_Y, STEPS
from dashboard.look.readout import LINE
from dashboard.topics.neuron.charts import RADIUS
from dashboard.topics.neuron.settings import Neuron

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
    """The run with the given inputs, and what explains it."""

    config: DescentConfig
    run: Descent
    shape: Spectrum
    """The curvatures of its loss."""
    limits: StepLimits
    """How far it may step, at its batch size."""
    full_edge: float
    """The edge of the full batch."""
    agreeing: tuple[int, int]
    """How many updates share a sign: of its own, and of those with the second weight negated."""

    @property
    def products(self) -> tuple[float, float]:
        """eta × curvature, along the flat and along the steep direction."""
        flat, steep = (self.config.eta * float(curvature) for curvature in self.shape.eigenvalues[[0, -1]])
        return flat, steep

    @property
    def errors(self) -> tuple[float, float]:
        """The sizes of the first error along the flat and along the steep direction; 0 where it is rounding."""
        away = np.array(self.config.start) - np.array(self.config.target)
        error = away @ self.shape.vectors
        sizes = np.array([np.linalg.norm(error[:-1]), abs(error[-1])])
        flat, steep = np.where(sizes > NEGLIGIBLE * np.linalg.norm(away), sizes, 0.0)
        return float(flat), float(steep)


@dataclass(frozen=True, slots=True)
class Twin:
    """One of two runs at one learning rate, and what else is known of it."""

    config: DescentConfig
    run: Descent
    needed: int | None
    """The steps it needs, also where it was cut before; None where it does not arrive."""
    best: float
    """The best learning rate for its inputs."""


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
        "rows": columns(row=range(4), name=("w1", "w2", "w1 centred", "w2 centred")),
    }


def measured(
    at: Neuron,
    configs: Sequence[DescentConfig],
    runs: Sequence[Descent],
    names: tuple[str, str],
    best: Sequence[tuple[float, Descent]],
) -> dict[str, Columns]:
    """What a picture of small batches is drawn from: the runs, and the settings that they were measured at. best: the best
    learning rate of each, with the run at it; none where the runs are at it."""
    laws = [config.law for config in configs]
    drawn = live(at, names)
    ends = {"x_start": at.start[0], "y_start": at.start[1], "x_target": at.target[0], "y_target": at.target[1]}
    return {
        **drawn,
        "laws": columns(**drawn["laws"], eta=at.eta, mean=at.mean, spread=at.spread, centre=at.centre, n=at.n, **ends),
        "path": descent.paths(runs, names),
        "heads": descent.heads(runs, names),
        "wedges": wedges(laws, runs, at.target),
        "scores": scores(configs, runs, names, best),
        "notes": notes(runs),
        "strip": strip(runs),
    }


def scores(
    configs: Sequence[DescentConfig],
    runs: Sequence[Descent],
    names: tuple[str, str],
    best: Sequence[tuple[float, Descent]],
) -> Columns:
    """The steps of each run, to be set large: panel, slot (1 for that at the best learning rate), number, words, small,
    activation."""
    rows = []
    for panel, (config, run) in enumerate(zip(configs, runs, strict=True)):
        of = "η" if best else "best η"
        rows.append((panel, 0, *_score(run, f"at {of} {three(config.eta)}"), False, names[panel]))
    for panel, (eta, run) in enumerate(best):
        rows.append((panel, 1, *_score(run, f"at its best η {three(eta)}"), panel == 0, names[panel]))
    return from_rows(("panel", "slot", "number", "words", "small", "activation"), rows)


def _score(run: Descent, at: str) -> tuple[str, str]:
    if run.status is Status.DIVERGED:
        return "diverges", at
    if run.steps is None:
        return f"over {whole(len(run.update))}", f"steps {at}"
    return whole(run.steps), f"{'step' if run.steps == 1 else 'steps'} {at}"


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
    named = (("kappa", result.kappa), ("steps needed", result.steps))
    drawn = stack(columns(mean=result.mean, quantity=name, value=values) for name, values in named)
    return only(drawn, np.isfinite(drawn["value"]) & (drawn["value"] > 0))


def locks(measured: Sequence[Lock], name: str) -> Columns:
    """The measured chance that all signs agree: batch, share, low, high (one standard error either way), activation."""
    rows = [(one.batch, one.share, one.share - one.error, one.share + one.error, name) for one in measured]
    return from_rows(("batch", "share", "low", "high", "activation"), rows)
