"""Descents in a landscape, as columns for its chart (`dashboard.look.landscape`) and as text, for every page that draws some.

`panel` is 0 for the left or upper panel, and 1 for the other.
"""

import math
from collections.abc import Sequence

import numpy as np

from core.inputs import Inputs, input_moments, input_range, spectrum
from core.neuron.descent import Descent, DescentConfig
from dashboard.look.columns import Columns, columns, from_rows, only, stack
from dashboard.look.formats import three, whole
from dashboard.look.landscape import REACH_X, REACH_Y, STEPS

LEVELS = 4.0 ** np.arange(-6, 8)
"""The losses whose contours are drawn, in both panels."""

ENDLESS = 1e9
"""The end of a range that has none, for a picture."""

EXACT = 1e-9
"""A kappa, or eta × curvature, this near to a whole number is that number, but for rounding."""


def is_round(kappa: float) -> bool:
    """Whether no direction is steeper than another: the inputs have no mean."""
    return kappa - 1 <= EXACT


def valleys(given: Sequence[Inputs], titles: Sequence[str], colours: Sequence[str]) -> dict[str, Columns]:
    """Two laws of inputs as the datasets of `dashboard.look.valley.valleys`."""
    return {
        "panels": columns(panel=range(len(titles)), title=titles, x=0.0, y=0.0),
        "laws": laws(given, colours),
    }


def contours(laws: Sequence[Inputs], target: Sequence[float]) -> Columns:
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


def laws(given: Sequence[Inputs], colours: Sequence[str]) -> Columns:
    """What a live picture is drawn from, one row a panel: panel, mu, s; low and high, the ends of an input's range; activation,
    whose colour the path has."""
    rows = []
    for panel, (law, colour) in enumerate(zip(given, colours, strict=True)):
        (mu, s), (low, high) = input_moments(law), np.clip(input_range(law), -ENDLESS, ENDLESS)
        rows.append((panel, mu, s, low, high, colour))
    return from_rows(("panel", "mu", "s", "low", "high", "activation"), rows)


def inside(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Whether points lie within the frame."""
    return (np.abs(x) <= REACH_X) & (np.abs(y) <= REACH_Y)


def paths(runs: Sequence[Descent], colours: Sequence[str]) -> Columns:
    """The steps drawn: panel, piece, step, x, y, loss, activation. What lies outside the frame is left out, and a new
    piece begins where the path comes back."""
    parts = []
    for panel, run in enumerate(runs):
        step = np.arange(min(len(run.w), STEPS + 1))
        x, y = run.w[step, :2].T
        seen = inside(x, y)
        piece = np.cumsum(np.diff(seen, prepend=seen[0]) != 0)
        drawn = columns(panel=panel, piece=piece, step=step, x=x, y=y, loss=run.loss[step], activation=colours[panel])
        parts.append(only(drawn, seen))
    return stack(parts)


def heads(runs: Sequence[Descent], colours: Sequence[str]) -> Columns:
    """Where each run stands at every step of the slider: panel, step, x, y, activation."""
    step, parts = np.arange(STEPS + 1), []
    for panel, run in enumerate(runs):
        x, y = run.w[np.minimum(step, len(run.w) - 1), :2].T
        parts.append(only(columns(panel=panel, step=step, x=x, y=y, activation=colours[panel]), inside(x, y)))
    return stack(parts)


def ends(starts: Sequence[Sequence[float]], targets: Sequence[Sequence[float]]) -> Columns:
    """Start and target of each panel, `above` where it is the upper one of the two: panel, x, y, end, above."""
    rows = []
    for panel, (start, target) in enumerate(zip(starts, targets, strict=True)):
        rows += [(panel, *start, "start", start[1] > target[1]), (panel, *target, "target", start[1] <= target[1])]
    return from_rows(("panel", "x", "y", "end", "above"), rows)


def steps(run: Descent) -> str:
    """Steps until the run converged, or what became of it."""
    if run.status == "diverged":
        return f"diverged by step {whole(len(run.update))}"
    return f"more than {whole(len(run.update))}" if run.steps is None else whole(run.steps)


def path_ratio(run: Descent) -> str:
    """The path ratio of a run that stayed; a diverging path has no length worth a number, and one without a distance none."""
    if run.status == "diverged":
        return "diverged"
    return "no distance" if math.isnan(run.path_ratio) else three(run.path_ratio)


def snippet(configs: Sequence[DescentConfig]) -> str:
    """Python lines that reproduce the two runs."""
    given, centred = (repr(config) for config in configs)
    return (
        "from core import DescentConfig, Inputs, condition_number, descend\n\n"
        f"given = {given}\n"
        f"centred = {centred}\n"
        "for config in (given, centred):\n"
        "    run = descend(config)\n"
        "    print(condition_number(config.inputs), config.eta, run.steps, run.path_ratio, run.flips)\n"
    )
