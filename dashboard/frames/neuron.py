"""The frames of `/neuron`. `panel` is 0 for the given inputs and 1 for the centred ones, everywhere."""

import math
from collections.abc import Sequence

import numpy as np

from core.inputs import Inputs, spectrum
from core.neuron.descent import Descent, MeanSweep, push_directions
from dashboard.charts.landscape import REACH_X, REACH_Y
from dashboard.charts.neuron import RADIUS, STEPS
from dashboard.frames import Columns, columns, from_rows, only, stack
from dashboard.marks import sign_glyph, three, whole

LEVELS = 4.0 ** np.arange(-6, 8)
"""The losses whose contours are drawn, in both panels."""


def contours(laws: Sequence[Inputs], target: tuple[float, float]) -> Columns:
    """The ellipses 1/2 e^T H e = level around the target, cut at the frame: panel, curve, order, x, y."""
    angle = np.linspace(0, 2 * np.pi, 97)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    curves = []
    for law in laws:
        shape = spectrum(law)
        radii = np.sqrt(2 * LEVELS[:, None] / shape.eigenvalues)
        curves.append(np.einsum("ij,lj,jk->lki", shape.vectors, radii, circle) + np.array(target))
    points = np.stack(curves)
    begin, along = points[:, :, :-1], np.diff(points, axis=2)
    # Each chord is cut where it crosses the frame: the part of it from `enters` to `leaves` is drawn.
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = np.stack([(side * np.array([REACH_X, REACH_Y]) - begin) / along for side in (-1, 1)])
    enters = np.nan_to_num(crossing.min(axis=0), nan=-np.inf).max(axis=-1).clip(min=0)
    leaves = np.nan_to_num(crossing.max(axis=0), nan=np.inf).min(axis=-1).clip(max=1)
    drawn = enters < leaves
    # A chord hands on to the next where it ends inside; else its own end is drawn too, and another curve begins.
    last = drawn & ((leaves < 1) | ~np.append(drawn[:, :, 1:], np.zeros_like(drawn[:, :, :1]), axis=2))
    piece = np.cumsum(last, axis=2) - last
    ends = np.stack([begin + share[..., None] * along for share in (enters, leaves)], axis=3)
    shown = np.stack([drawn, last], axis=3)
    # By far the largest columns of the page: half as wide as usual, and still finer than a pixel.
    panel, level, chord, end = (index.astype(np.int16) for index in np.nonzero(shown))
    return {
        "panel": panel,
        "curve": (100 * level + np.broadcast_to(piece[..., None], shown.shape)[shown]).astype(np.int16),
        "order": 2 * chord + end,
        "x": ends[..., 0][shown].astype(np.float32),
        "y": ends[..., 1][shown].astype(np.float32),
    }


def _inside(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return (np.abs(x) <= REACH_X) & (np.abs(y) <= REACH_Y)


def paths(runs: Sequence[Descent], colours: tuple[str, str]) -> Columns:
    """The steps drawn: panel, piece, step, x, y, loss, activation. What lies outside the frame is left out, and a new
    piece begins where the path comes back."""
    parts = []
    for panel, run in enumerate(runs):
        step = np.arange(min(len(run.w), STEPS + 1))
        x, y = run.w[step].T
        inside = _inside(x, y)
        piece = np.cumsum(np.diff(inside, prepend=inside[0]) != 0)
        drawn = columns(panel=panel, piece=piece, step=step, x=x, y=y, loss=run.loss[step], activation=colours[panel])
        parts.append(only(drawn, inside))
    return stack(parts)


def notes(runs: Sequence[Descent]) -> Columns:
    """One line of text for every step the slider can stand on: panel, step, note. At the last one it says of how many."""
    lines = []
    for run in runs:
        last, line = len(run.w) - 1, ""
        for step in range(STEPS + 1):
            if step <= last:
                name = f"the first {step} of {whole(last)} steps" if step == STEPS < last else f"step {step}"
                ended = f", {run.status}" if step == last and run.status != "running" else ""
                away = "" if _inside(*run.w[step]) else ", outside the picture"
                line = f"{name}: loss {three(float(run.loss[step]))}{ended}{away}"
            lines.append(line)
    panel, step_of = np.indices((len(runs), STEPS + 1)).reshape(2, -1)
    return columns(panel=panel, step=step_of, note=lines)


def heads(runs: Sequence[Descent], colours: tuple[str, str]) -> Columns:
    """Where each run stands at every step of the slider: panel, step, x, y, activation."""
    step, parts = np.arange(STEPS + 1), []
    for panel, run in enumerate(runs):
        x, y = run.w[np.minimum(step, len(run.w) - 1)].T
        parts.append(only(columns(panel=panel, step=step, x=x, y=y, activation=colours[panel]), _inside(x, y)))
    return stack(parts)


def wedges(laws: Sequence[Inputs], runs: Sequence[Descent], target: tuple[float, float]) -> Columns:
    """Where one sample can push, clockwise from north as Vega counts: panel, step, x, y, theta, theta2, radius (as weights,
    shorter where it would leave the frame)."""
    rows = []
    for panel, (law, run) in enumerate(zip(laws, runs, strict=True)):
        pushes: list[tuple[float, float]] = []
        for step in range(STEPS + 1):
            w = run.w[min(step, len(run.w) - 1)]
            if step < len(run.w):
                pushes = push_directions(law, w - target) if _inside(*w) else []
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


def ends(starts: Sequence[tuple[float, float]], targets: Sequence[tuple[float, float]]) -> Columns:
    """Start and target of each panel, `above` where it is the upper one of the two: panel, x, y, end, above."""
    rows = []
    for panel, (start, target) in enumerate(zip(starts, targets, strict=True)):
        rows += [(panel, *start, "start", start[1] > target[1]), (panel, *target, "target", start[1] <= target[1])]
    return from_rows(("panel", "x", "y", "end", "above"), rows)


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
