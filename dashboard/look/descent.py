"""Descents in a landscape, as columns for its chart (`dashboard.look.landscape`) and as text, for every page that draws some.

`panel` is 0 for the left or upper panel, and 1 for the other.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.checks import Status
from core.inputs import Inputs, input_moments, input_range, spectrum
from core.neuron.descent import Descent, DescentConfig
from core.neuron.stability import FULL
from dashboard.look.columns import Columns, columns, from_rows, only, stack
from dashboard.look.formats import plural, quotient, three, whole
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to, and what is known of it beyond."""

    eta: float
    """Its learning rate."""
    steps: int | None
    """The steps it took until it had converged; None where it did not."""
    needed: int | None
    """The steps it takes, also where it was cut before; None where it diverges, does not arrive, or nobody knows."""
    diverged: bool
    never: bool
    """It stays within bounds and does not arrive, however long it goes on."""
    ran: int
    """The steps that were run."""

    def __str__(self) -> str:
        """For a sentence: 29 steps; it diverges; it never arrives; more than 5,000 steps."""
        if self.diverged:
            return "it diverges"
        if self.never:
            return "it never arrives"
        if self.steps is not None:
            return plural(self.steps, "step")
        return f"more than {plural(self.ran, 'step')}"

    @property
    def cell(self) -> str:
        """For a table."""
        if self.diverged:
            return f"diverged by step {whole(self.ran)}"
        if self.never:
            return "never arrives"
        return f"more than {whole(self.ran)}" if self.steps is None else whole(self.steps)

    @property
    def length(self) -> float:
        """The steps as a number; infinite where it does not arrive, or has not."""
        known = self.steps if self.steps is not None else self.needed
        return math.inf if known is None else float(known)


def outcome(config: DescentConfig, run: Descent, needed: int | None) -> Outcome:
    """needed: of the full batch, as `core.neuron.descent.full_batch_steps` says; None for batches."""
    diverged = run.status is Status.DIVERGED
    never = config.batch == FULL and run.steps is None and not diverged and needed is None
    return Outcome(config.eta, run.steps, run.steps or needed, diverged, never, len(run.update))


ABOUT = 0.1
"""Two counts of steps within this share of each other are about as many."""

SLIGHTLY = 1.05
"""Below this ratio of two learning rates neither is said to be capped."""


ETA = "Learning rate *η*, as a share of the edge before centring"
ETA_HELP = "The edge is 2 / steepest curvature of the inputs before they are centred: above it the full batch diverges along that direction."
ETA_SLIDER = "η, as a share of the uncentred edge"
"""The learning rate of the valleys: the control's name, what 1 is, and the slider's in a picture."""


def nothing(dragged: Sequence[str]) -> str:
    """Said where the start is the target. dragged: which of them can be."""
    said = "The start is the target: there is nothing to learn, and no step is taken."
    return f"{said} Drag {' or '.join(dragged)} away." if dragged else said


def drag(dragged: Sequence[str]) -> str:
    """What the pads in the picture are for; empty where there is none. dragged: which ends can be."""
    return f"Drag {' or '.join(dragged)} by its yellow pad." if dragged else ""


def centring(title: str) -> str:
    """What the slider that takes the mean away stands under: both panels. title: of the one whose inputs it centres."""
    return f"centre the {title}, %"


def moral(at_one: tuple[Outcome, Outcome] | None, best: tuple[Outcome, Outcome], kappa: float) -> str:
    """What the mean costs, in numbers. at_one: the given and the centred inputs at one learning rate; None where each is at its
    best. best: each at its best. kappa: of the given ones."""
    given, centred = best
    larger = centred.eta / given.eta
    if (three(given.eta), str(given)) == (three(centred.eta), str(centred)):
        bests = f"Best is *η* = {three(given.eta)} ({given}) for both"
    else:
        bests = f"Best are *η* = {three(given.eta)} ({given}) for these inputs, {three(centred.eta)} ({centred}) for centred ones"
    if is_round(kappa):
        return (
            f"These inputs have no mean to remove, and both panels are the same: best *η* {three(given.eta)} ({given})."
        )
    # Best is 2 / (steep + flat), once centred 1 / flat: for the full batch the ratio is kappa's.
    link = ", (*κ* + 1) / 2" if math.isclose(larger, (kappa + 1) / 2, rel_tol=EXACT) else ""
    if larger >= SLIGHTLY:
        said = f"The mean caps *η*. {bests}: **{quotient(centred.eta, given.eta)} times as large**{link}."
    else:
        said = f"The mean hardly caps *η* here. {bests}."
    if at_one is None:
        return said
    raw, other = at_one
    told = f"{raw} with both" if str(raw) == str(other) else f"{raw} with these inputs, {other} with centred ones"
    costless = _costless(raw, other)
    said += f" At *η* = {three(raw.eta)} for both{f', the mean {costless}' if costless else ''}: {told}."
    if raw.length < given.length or other.length < centred.length:
        said += " (The best *η* is that for the worst start. From yours another can be quicker.)"
    return said


def _costless(raw: Outcome, other: Outcome) -> str:
    """What the mean does to the steps at one learning rate, where it costs none to speak of; empty where it costs some, or where
    no count says so."""
    if math.isinf(raw.length) or (str(raw) == str(other) and raw.steps is None):
        return ""
    if raw.length < other.length and other.length - raw.length > ABOUT * raw.length:
        return "even saves steps"
    if raw.length - other.length > ABOUT * other.length:
        return ""
    return "costs nothing" if raw.length <= other.length else "costs next to nothing"


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
