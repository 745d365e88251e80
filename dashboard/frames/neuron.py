"""The frames of `/neuron`. `panel` is 0 for the given inputs and 1 for the centred ones, everywhere."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.inputs import Inputs, spectrum
from core.neuron import Descent, MeanSweep, push_directions
from dashboard.charts.neuron import REACH_X, REACH_Y, STEPS
from dashboard.marks import sign_glyph, three

LEVELS = 4.0 ** np.arange(-6, 8)
"""The losses whose contours are drawn, in both panels."""


def contours(laws: Sequence[Inputs], target: tuple[float, float]) -> pd.DataFrame:
    """The ellipses 1/2 e^T H e = level around the target, cut at the frame: panel, curve, order, x, y."""
    angle = np.linspace(0, 2 * np.pi, 97)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    x, y, inside = [], [], []
    for law in laws:
        shape = spectrum(law)
        radii = np.sqrt(2 * LEVELS[:, None] / shape.eigenvalues)
        points = np.einsum("ij,lj,jk->ilk", shape.vectors, radii, circle) + np.array(target)[:, None, None]
        x.append(points[0])
        y.append(points[1])
        inside.append(_inside(*points))
    drawn = np.stack(inside)
    # A curve that leaves the frame goes on as another where it comes back.
    piece = np.cumsum(np.diff(drawn, axis=2, prepend=drawn[..., :1]) != 0, axis=2)
    panel, level, order = np.nonzero(drawn)
    return pd.DataFrame(
        {
            "panel": panel,
            "curve": 100 * level + piece[drawn],
            "order": order,
            "x": np.stack(x)[drawn],
            "y": np.stack(y)[drawn],
        }
    )


def _inside(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return (np.abs(x) <= REACH_X) & (np.abs(y) <= REACH_Y)


def paths(runs: Sequence[Descent], colours: tuple[str, str]) -> pd.DataFrame:
    """The steps drawn: panel, piece, step, x, y, loss, activation. What lies outside the frame is left out, and a new
    piece begins where the path comes back."""
    frames = []
    for panel, run in enumerate(runs):
        step = np.arange(min(len(run.w), STEPS + 1))
        x, y = run.w[step, 0], run.w[step, 1]
        inside = _inside(x, y)
        piece = np.cumsum(np.diff(inside, prepend=inside[0]) != 0)
        frames.append(
            pd.DataFrame(
                {
                    "panel": panel,
                    "piece": piece,
                    "step": step,
                    "x": x,
                    "y": y,
                    "loss": run.loss[step],
                    "activation": colours[panel],
                }
            )[inside]
        )
    return pd.concat(frames, ignore_index=True)


def notes(runs: Sequence[Descent]) -> pd.DataFrame:
    """One line of text for every step the slider can stand on: panel, step, note."""
    rows = []
    for panel, run in enumerate(runs):
        last = len(run.w) - 1
        for step in range(STEPS + 1):
            at = min(step, last)
            ended = f", {run.status}" if step >= last and run.status != "running" else ""
            away = "" if _inside(*run.w[at]) else ", outside the picture"
            rows.append((panel, step, f"step {at}: loss {three(float(run.loss[at]))}{ended}{away}"))
    return pd.DataFrame(rows, columns=["panel", "step", "note"])


def heads(runs: Sequence[Descent], colours: tuple[str, str]) -> pd.DataFrame:
    """Where each run stands at every step of the slider: panel, step, x, y, activation."""
    frames = []
    for panel, run in enumerate(runs):
        at = np.minimum(np.arange(STEPS + 1), len(run.w) - 1)
        x, y = run.w[at].T
        frames.append(
            pd.DataFrame({"panel": panel, "step": np.arange(STEPS + 1), "x": x, "y": y, "activation": colours[panel]})[
                _inside(x, y)
            ]
        )
    return pd.concat(frames, ignore_index=True)


def wedges(laws: Sequence[Inputs], runs: Sequence[Descent], target: tuple[float, float]) -> pd.DataFrame:
    """Where one sample can push, clockwise from north as Vega counts: panel, step, x, y, theta, theta2."""
    rows = []
    for panel, (law, run) in enumerate(zip(laws, runs, strict=True)):
        for step in range(STEPS + 1):
            w = run.w[min(step, len(run.w) - 1)]
            if _inside(*w):
                for low, high in push_directions(law, w - target):
                    rows.append((panel, step, *w, math.pi / 2 - high, math.pi / 2 - low))
    return pd.DataFrame(rows, columns=["panel", "step", "x", "y", "theta", "theta2"])


def ends(start: tuple[float, float], target: tuple[float, float]) -> pd.DataFrame:
    """Start and target in both panels: panel, x, y, end."""
    return pd.DataFrame(
        [(panel, *point, end) for panel in (0, 1) for point, end in ((start, "start"), (target, "target"))],
        columns=["panel", "x", "y", "end"],
    )


def strip(runs: Sequence[Descent]) -> pd.DataFrame:
    """The sign of each weight's update at each step: row (two a panel), step, glyph."""
    rows = [
        (2 * panel + weight, step, sign_glyph(run.update[step, weight]))
        for panel, run in enumerate(runs)
        for weight in (0, 1)
        for step in range(min(STEPS, len(run.update)))
    ]
    return pd.DataFrame(rows, columns=["row", "step", "glyph"])


def curves(runs: Sequence[Descent], names: tuple[str, str]) -> pd.DataFrame:
    """Loss and cosine to the target by step, at most 400 points a run: inputs, step, loss, cosine."""
    frames = []
    for run, name in zip(runs, names, strict=True):
        step = np.unique(np.linspace(0, len(run.loss) - 1, 400).astype(int))
        cosine = np.append(run.cosine, np.nan)[step]
        frames.append(pd.DataFrame({"inputs": name, "step": step, "loss": run.loss[step], "cosine": cosine}))
    return pd.concat(frames, ignore_index=True)


def sweep(result: MeanSweep) -> pd.DataFrame:
    """Condition number and steps by the mean of the inputs, where they are finite: mean, quantity, value."""
    frame = pd.concat(
        pd.DataFrame({"mean": result.mean, "quantity": name, "value": values})
        for name, values in (("kappa", result.kappa), ("steps needed", result.steps))
    )
    return frame[np.isfinite(frame["value"]) & (frame["value"] > 0)].reset_index(drop=True)


def locks(measured: list[tuple[int, float, float]]) -> pd.DataFrame:
    """The measured chance that all signs agree: batch, share, low, high (one standard error either way)."""
    return pd.DataFrame(
        [(batch, share, share - error, share + error) for batch, share, error in measured],
        columns=["batch", "share", "low", "high"],
    )


def leaves(run: Descent) -> int | None:
    """The first step that lies outside the picture, None where every drawn step is inside."""
    inside = _inside(*run.w[: STEPS + 1].T)
    return None if inside.all() else int(np.argmin(inside))
