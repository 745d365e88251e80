"""The frames of `/neuron`. `panel` is 0 for the given inputs and 1 for the centred ones, everywhere."""

import math
from collections.abc import Sequence

import numpy as np

from core.inputs import Inputs
from core.neuron.descent import Descent, MeanSweep, push_directions
from dashboard.look.colours import sign_glyph
from dashboard.look.columns import Columns, columns, from_rows, only, stack
from dashboard.look.descent import inside
from dashboard.look.formats import three, whole
from dashboard.look.landscape import REACH_X, REACH_Y, STEPS
from dashboard.topics.neuron.charts import RADIUS


def notes(runs: Sequence[Descent]) -> Columns:
    """One line of text for every step the slider can stand on: panel, step, note. At the last one it says of how many."""
    lines = []
    for run in runs:
        last, line = len(run.w) - 1, ""
        for step in range(STEPS + 1):
            if step <= last:
                name = f"the first {step} of {whole(last)} steps" if step == STEPS < last else f"step {step}"
                ended = f", {run.status}" if step == last and run.status != "running" else ""
                away = "" if inside(*run.w[step]) else ", outside the picture"
                line = f"{name}: loss {three(float(run.loss[step]))}{ended}{away}"
            lines.append(line)
    panel, step_of = np.indices((len(runs), STEPS + 1)).reshape(2, -1)
    return columns(panel=panel, step=step_of, note=lines)


def wedges(laws: Sequence[Inputs], runs: Sequence[Descent], target: tuple[float, float]) -> Columns:
    """Where one sample can push, clockwise from north as Vega counts: panel, step, x, y, theta, theta2, radius (as weights,
    shorter where it would leave the frame)."""
    rows = []
    for panel, (law, run) in enumerate(zip(laws, runs, strict=True)):
        pushes: list[tuple[float, float]] = []
        for step in range(STEPS + 1):
            w = run.w[min(step, len(run.w) - 1)]
            if step < len(run.w):
                pushes = push_directions(law, w - target) if inside(*w) else []
            rows += [(panel, step, *w, math.pi / 2 - high, math.pi / 2 - low) for low, high in pushes]
    drawn = from_rows(("panel", "step", "x", "y", "theta", "theta2"), rows)
    return {**drawn, "radius": _radius(**{name: drawn[name] for name in ("x", "y", "theta", "theta2")})}


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


def curves(runs: Sequence[Descent], names: tuple[str, str], colours: tuple[str, str]) -> Columns:
    """Loss and cosine to the target by step, at most 400 points a run: inputs, activation, step, loss, cosine."""
    parts = []
    for run, name, colour in zip(runs, names, colours, strict=True):
        step = np.unique(np.linspace(0, len(run.loss) - 1, 400).astype(int))
        cosine = np.append(run.cosine, np.nan)[step]
        parts.append(columns(inputs=name, activation=colour, step=step, loss=run.loss[step], cosine=cosine))
    return stack(parts)


def sweep(result: MeanSweep) -> Columns:
    """Condition number and steps by the mean of the inputs, where they are finite: mean, quantity, value."""
    named = (("kappa", result.kappa), ("steps needed", result.steps))
    drawn = stack(columns(mean=result.mean, quantity=name, value=values) for name, values in named)
    return only(drawn, np.isfinite(drawn["value"]) & (drawn["value"] > 0))


def locks(measured: list[tuple[int, float, float]], colour: str) -> Columns:
    """The measured chance that all signs agree: batch, share, low, high (one standard error either way), activation."""
    rows = [(batch, share, share - error, share + error, colour) for batch, share, error in measured]
    return from_rows(("batch", "share", "low", "high", "activation"), rows)
