"""One valley, one start, several ways down, each at the rate that is best in the long run (Adam: with the fewest steps): the steps each
needs, and its path."""

import math
from dataclasses import dataclass, replace

import numpy as np

from core.checks import FloatArray, Status, check_choice, read_only
from core.cures import extreme_curvatures, like_inputs_hessian
from core.fields import flag, real, settings, several, whole
from core.neuron.counting import plain_steps
from core.neuron.methods import LARGEST_BETA, METHODS
from core.neuron.tuning import (
    MOST_METHOD_STEPS,
    Best,
    MethodConfig,
    Quadratic,
    best_rate,
    best_setting,
    minimise,
)

CENTRED = "centred"
"""Plain descent on the same inputs with their mean subtracted: another law, and not another method."""

RUNNERS = (*METHODS, CENTRED)

MOST_LOPSIDED = 1e11
"""The largest kappa of a race."""


@settings
class Race:
    """A valley and what runs in it. Two eigendirections carry the start: the steep one, (1, ..., 1), and a flat one, the
    first n // 2 weights against the others.

    Raises: ValueError that names the parameter, its value and its range.
    """

    n: int = whole("how many like, independent inputs", 2, 128, default=2)
    mean: float = real("their mean mu", -10, 10, default=0.5)
    spread: float = real("their standard deviation s", 1e-3, 10, default=0.25)
    steep: float = real("the error w_0 - w* along the steep direction", -100, 100, default=1.0)
    flat: float = real("the error along the flat direction", -100, 100, default=1.0)
    bias: bool = flag("whether there is a trainable bias, which starts without an error", default=False)
    beta: float = real("what Adam keeps of its mean gradient a step", 0, LARGEST_BETA, default=0.9)
    tolerance: float = real("the goal: L <= tolerance * L_0", 1e-12, 0.99, default=1e-6)
    steps: int = whole("at most this many", 1, MOST_METHOD_STEPS, default=5000)
    runners: tuple[str, ...] = several(
        'keys of methods, and "centred"',
        1,
        len(RUNNERS),
        lambda name, value: check_choice(name, value, RUNNERS),
        default=("plain", "heavy_ball", "nesterov", "adam", CENTRED, "whitened"),
    )

    def __post_init__(self) -> None:
        flattest, steepest = extreme_curvatures(self.n, self.mean, self.spread, self.bias)
        if steepest > MOST_LOPSIDED * flattest:
            raise ValueError(
                f"mean = {self.mean:g}, spread = {self.spread:g}, n = {self.n}, bias = {self.bias} give kappa "
                f"{steepest / flattest:.3g}, which is not in [1, {MOST_LOPSIDED:g}]"
            )


@dataclass(frozen=True, slots=True, eq=False)
class Runner:
    """One way down, at its best setting."""

    key: str  # a method's key, or "centred"
    kappa: float  # of what it descends on: 1 where the gradient is whitened
    best: Best  # its setting
    path: FloatArray  # (T + 1, 2) error of the weights along the steep and the flat direction
    loss: FloatArray  # (T + 1,) its loss; only with a bias do centred inputs start from the same one (see `race`)
    status: Status
    steps: int | None  # to the goal; None where T steps are too few, except for plain descent, which is counted on
    path_ratio: float  # length of the path, the bias included, over the distance from the start to the target

    @property
    def label(self) -> str:
        """What it does, in a few words."""
        return "plain descent, inputs centred" if self.key == CENTRED else METHODS[self.key].label


@dataclass(frozen=True, slots=True, eq=False)
class RaceResult:
    """The race. The errors of a runner's weights are path @ directions.T, shape (T + 1, n)."""

    directions: FloatArray  # (n, 2) unit vectors, steep and flat
    runners: tuple[Runner, ...]  # in the order of the settings


def race(config: Race) -> RaceResult:
    """Every runner from the same start, each at its best setting: `best_rate` for the worst start where a closed form exists,
    otherwise `best_setting` for this start.

    Formula: w_0 - w* = steep 1 / sqrt n + flat u, with u orthogonal to 1, and L = 1/2 (w - w*)^T H (w - w*). Weights that
    start with the same error keep the same error under every method, so no run leaves these two directions (and the bias).
    Centred: the mean is subtracted from the inputs. With a bias the start is then the same function, its bias larger by mu
    times the sum of the weights' errors, and so is its loss; without one it is another function, and its goal is relative
    to its own first loss. The flat direction holds 1 / (1 + kappa) of the first loss where both errors are equal: a goal
    above that asks for the steep one only.
    Reference: the methods' own; Goh, Why momentum really works, Distill 2017, for the picture.
    """
    n, half = config.n, config.n // 2
    u = np.where(np.arange(n) < half, 1 / half, -1 / (n - half))
    directions = np.column_stack([np.full(n, 1 / math.sqrt(n)), u / np.linalg.norm(u)])
    return RaceResult(read_only(directions), tuple(_runner(config, key, directions) for key in config.runners))


def _runner(config: Race, key: str, directions: FloatArray) -> Runner:
    centred = key == CENTRED
    mean, one = (0.0, METHODS["plain"]) if centred else (config.mean, METHODS[key])
    ends = extreme_curvatures(config.n, mean, config.spread, config.bias)
    h = like_inputs_hessian(config.n, mean, config.spread, config.bias)
    basis = np.eye(len(h))[:, [0, 1, *([-1] if config.bias else [])]]
    basis[: config.n, :2] = directions
    basis[config.n :, :2] = 0
    error = np.array([config.steep, config.flat, *([0.0] if config.bias else [])])
    if centred and config.bias:
        error[-1] = config.mean * math.sqrt(config.n) * config.steep
    # What acts along eigenvectors may be followed in these two or three coordinates alone; rates per weight need the weights.
    h, start = (h, basis @ error) if one.per_weight else (basis.T @ h @ basis, error)
    asked = MethodConfig(
        inputs=Quadratic(tuple(map(tuple, ((h + h.T) / 2).tolist()))),
        start=tuple(start),
        target=(0.0,) * len(start),
        method=one.key,
        eta=0.0,
        beta=config.beta,
        decay=one.decay,
        steps=config.steps,
        tolerance=config.tolerance,
    )
    best = best_setting(asked) if one.best is None else best_rate(one.key, *ends)
    run = minimise(replace(asked, eta=best.eta, beta=best.beta, decay=best.decay))
    steps = run.steps
    if run.status is Status.RUNNING and one.key == "plain":
        values, vectors = np.linalg.eigh(h)
        counted = plain_steps([best.eta], values, start @ vectors, config.tolerance)[0]
        steps = int(counted) if math.isfinite(counted) else None
    return Runner(
        key=key,
        kappa=1.0 if one.whitens else ends[1] / ends[0],
        best=best,
        path=read_only(run.w @ basis[:, :2] if one.per_weight else run.w[:, :2]),
        loss=run.loss,
        status=run.status,
        steps=steps,
        path_ratio=run.path_ratio,
    )
