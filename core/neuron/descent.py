"""Gradient descent on one linear neuron: how far it may step, where it goes, and what the path costs.

The loss is L(w) = 1/2 E (w . a - y)^2 with y = w* . a and no noise, so L = 1/2 e^T H e with the error e = w - w* and
H = E a a^T (core.inputs). The full batch steps with H itself; a batch of B steps with the mean of a a^T over B fresh
samples.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.checks import BoolArray, FloatArray, Status, check_array, check_int, check_items, check_real, read_only
from core.inputs import (
    Inputs,
    Spectrum,
    condition_number,
    draw_inputs,
    input_range,
    second_moment,
    spectrum,
)
from core.neuron.stability import FULL, LARGEST_BATCH, step_limits

MOST_STEPS = 5000
LEFT = 1e4
"""A run has diverged once its error is this many times the error it started from."""

NEGLIGIBLE = 1e-12
"""Below this share of the initial error a component along an eigenvector is rounding: it neither grows nor flips. Below this
share of its update a weight does not move."""


@dataclass(frozen=True, slots=True)
class DescentConfig:
    """One run. start, target: w_0 and w*, n numbers each in [-100, 100]. eta: learning rate, 0 to 1e9. batch: 0 for the
    full batch, else 1 to 1,024 fresh samples a step. steps: at most this many, 1 to 5,000. tolerance: the run has
    converged once L <= tolerance * L_0, 1e-12 to 1. seed: for batches, at least 0. Raises ValueError otherwise."""

    inputs: Inputs
    start: tuple[float, ...]
    target: tuple[float, ...]
    eta: float
    batch: int = FULL
    steps: int = 1000
    tolerance: float = 1e-4
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("start", "target"):
            values = check_array(name, getattr(self, name), (self.inputs.n,))
            for value in values:
                check_real(name, float(value), -100, 100)
        check_real("eta", self.eta, 0, 1e9)
        check_int("batch", self.batch, 0, LARGEST_BATCH)
        check_int("steps", self.steps, 1, MOST_STEPS)
        check_real("tolerance", self.tolerance, 1e-12, 1)
        check_int("seed", self.seed, 0, 2**63)


@dataclass(frozen=True, slots=True, eq=False)
class Descent:
    """A run of T steps. A run stops where it converges (L <= tolerance * L_0) or diverges (the error has grown
    10,000 times), and is never clipped.

    w: (T + 1, n) weights, w[0] the start. loss: (T + 1,) exact losses L(w). update: (T, n), w[t + 1] - w[t], exactly 0
    for a weight that does not move.
    cosine: (T,) cosine between the update and the way to the target, nan where either is 0.
    status: CONVERGED, RUNNING or DIVERGED. steps: the steps taken until it converged, None if it did not.
    path_ratio: length of the path over |w* - w_0|, nan where the start is the target.
    flips: how many steps changed side along the steep direction.
    """

    w: FloatArray
    loss: FloatArray
    update: FloatArray
    cosine: FloatArray
    status: Status
    steps: int | None
    path_ratio: float
    flips: int


def descend(config: DescentConfig) -> Descent:
    """Gradient descent from `config.start`.

    Formula: w <- w - eta G (w - w*), with G the mean of a a^T over `batch` fresh samples, step by step. The full batch has
    G = H: the part of the error along the steep direction v is multiplied by 1 - eta (s^2 + n mu^2) at each step, the rest
    by 1 - eta s^2.
    Parameters: config, a `DescentConfig`. Raises: nothing.
    Reference: LeCun, Bottou, Orr and Muller, Efficient BackProp, 1998.
    """
    h, target = second_moment(config.inputs), np.array(config.target)
    error = np.array(config.start) - target
    first = float(error @ h @ error) / 2
    goal, bound = config.tolerance * first, LEFT * float(np.linalg.norm(error))
    if first == 0:
        return _describe(error[None], np.empty((0, len(error))), h, target, Status.CONVERGED, np.zeros(1))
    if config.batch == FULL:
        return _full_batch(config, error, h, goal, bound)
    rng, steep = np.random.default_rng(config.seed), spectrum(config.inputs).vectors[:, -1]
    errors, updates, status = [error], [], Status.RUNNING
    while status is Status.RUNNING and len(errors) <= config.steps:
        a = draw_inputs(config.inputs, rng, (min(128, config.steps + 1 - len(errors)), config.batch))
        for g in np.einsum("tbi,tbj->tij", a, a) / config.batch:
            updates.append(-config.eta * (g @ error))
            error = error + updates[-1]
            errors.append(error)
            if error @ h @ error / 2 <= goal:
                status = Status.CONVERGED
                break
            if error @ error > bound * bound:
                status = Status.DIVERGED
                break
    path = np.array(errors)
    return _describe(path, np.array(updates), h, target, status, path @ steep)


def _full_batch(config: DescentConfig, error: FloatArray, h: FloatArray, goal: float, bound: float) -> Descent:
    eigenvalues, v = spectrum(config.inputs).eigenvalues[[0, -1]], config.inputs.signs
    steep = v * (v @ error) / len(v)
    size = np.array([np.linalg.norm(error - steep), np.linalg.norm(steep)])
    # A start on an eigenvector, in decimals, has a rounding error off it, which above the edge would grow.
    kept = size > NEGLIGIBLE * np.linalg.norm(error)
    parts = np.array([error - steep, steep]) if kept.all() else error * kept[:, None]
    factor = np.where(kept, 1 - config.eta * eigenvalues, 0.0)
    with np.errstate(over="ignore", under="ignore"):
        power = factor ** np.arange(config.steps + 1.0)[:, None]
        square = (size * power) ** 2
        converged = (eigenvalues * square).sum(axis=1) / 2 <= goal
        diverged = square.sum(axis=1) > bound * bound
    ended = converged | diverged
    ended[0] = False
    last = int(np.argmax(ended)) if ended.any() else config.steps
    status = Status.RUNNING if not ended[last] else Status.CONVERGED if converged[last] else Status.DIVERGED
    power = power[: last + 1]
    path, update = power @ parts, power[:-1] @ (-config.eta * eigenvalues[:, None] * parts)
    path[0] = error
    along = power[:, 1] * (v @ parts[1]) / math.sqrt(len(v))
    return _describe(path, update, h, np.array(config.target), status, along)


def _describe(
    e: FloatArray, update: FloatArray, h: FloatArray, target: FloatArray, status: Status, along: FloatArray
) -> Descent:
    """The run whose errors are `e`; `along` is their component along the steep direction."""
    length = np.linalg.norm(update, axis=1)
    update = np.where(np.abs(update) > NEGLIGIBLE * length[:, None], update, 0.0)
    distance = np.linalg.norm(e, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosine = -np.einsum("ti,ti->t", update, e[:-1]) / (length * distance[:-1])
        path_ratio = float(length.sum() / distance[0])
    counted = along[np.abs(along) > NEGLIGIBLE * distance[0]]
    return Descent(
        w=read_only(e + target),
        loss=read_only(np.einsum("ti,ij,tj->t", e, h, e) / 2),
        update=read_only(update),
        cosine=read_only(cosine),
        status=status,
        steps=len(update) if status is Status.CONVERGED else None,
        path_ratio=path_ratio,
        flips=int(np.sum(counted[1:] * counted[:-1] < 0)),
    )


def full_batch_steps(config: DescentConfig) -> int | None:
    """Steps the full batch needs until L <= tolerance * L_0, from the closed form; None at or above an excited edge.

    Formula: L_t = 1/2 sum_i lambda_i (1 - eta lambda_i)^(2t) (q_i . e_0)^2, which only falls while eta is below the edge
    of every excited direction, so bisection finds the first t that is small enough. `config.batch`, `config.steps` and
    `config.seed` are not used.
    Parameters: config, a `DescentConfig`. Raises: nothing. Reference: any text on quadratic convergence.
    """
    away = np.array(config.start) - np.array(config.target)
    (steps,) = _closed_form_steps([spectrum(config.inputs)], [config.eta], away, config.tolerance)
    return int(steps) if np.isfinite(steps) else None


def _closed_form_steps(
    shapes: Sequence[Spectrum], etas: Sequence[float], away: FloatArray, tolerance: float
) -> FloatArray:
    """`full_batch_steps` from the error `away`, for several inputs and learning rates side by side: inf where never."""
    eigenvalues = np.array([shape.eigenvalues for shape in shapes])
    error = away @ np.array([shape.vectors for shape in shapes])
    # A component that is only rounding would grow, in this formula, where a real run has none.
    error[np.abs(error) <= NEGLIGIBLE * np.linalg.norm(away)] = 0.0
    weight = eigenvalues * error**2
    factor = np.where(weight > 0, np.abs(1 - np.array(etas)[:, None] * eigenvalues), 0.0)
    goal, slowest = tolerance * weight.sum(axis=1), factor.max(axis=1)

    def reached(t: FloatArray) -> BoolArray:
        with np.errstate(under="ignore"):
            return np.asarray((weight * factor ** (2.0 * t[:, None])).sum(axis=1) <= goal)

    # Beyond 2^53 not every step is a floating-point number, and the factor is not known that well.
    with np.errstate(divide="ignore", invalid="ignore"):
        high = np.ceil(math.log(tolerance) / (2 * np.log(slowest))) + 1
    never = (slowest >= 1) | (high > 2.0**53)
    factor[never], high[never] = 0.0, 1.0
    low, at_once = np.zeros(len(shapes)), reached(np.zeros(len(shapes)))
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        there = reached(middle)
        low, high = np.where(there, low, middle), np.where(there, middle, high)
    return np.where(at_once, 0.0, np.where(never, np.inf, high))


@dataclass(frozen=True, slots=True, eq=False)
class SampleGradient:
    """The gradient of one sample. a: (n,) its inputs. delta = w . a - y, its upstream signal. gradient: (n,) delta a."""

    a: FloatArray
    delta: float
    gradient: FloatArray


def sample_gradient(config: DescentConfig, w: tuple[float, ...], step: int) -> SampleGradient:
    """The gradient that one sample gives at the weights `w`: for batches of 1 the very sample that the run of `config` takes
    at `step` (0 the first), otherwise one drawn for this step.

    Formula: dL/dw = delta a with delta = (w - w*) . a, which lies on the ray of a.
    Parameters: config, a `DescentConfig`; w, n finite numbers; step, 0 to 5,000.
    Raises: ValueError for a wrong length or a step out of range.
    Reference: CS231n notes, Neural networks part 1.
    """
    error = check_array("w", w, (config.inputs.n,)) - np.array(config.target)
    check_int("step", step, 0, MOST_STEPS)
    if config.batch == 1:
        a = draw_inputs(config.inputs, np.random.default_rng(config.seed), (step + 1,))[step]
    else:
        a = draw_inputs(config.inputs, np.random.default_rng((config.seed, step)), ())
    delta = float(error @ a)
    return SampleGradient(read_only(a), delta, read_only(delta * a))


def same_sign(update: FloatArray) -> int:
    """How many updates move all weights the same way; a weight that does not move goes with either.

    Parameters: update, shape (T, n), as in `Descent`. Raises: nothing.
    """
    return int(np.sum((update >= 0).all(axis=1) | (update <= 0).all(axis=1)))


def push_directions(inputs: Inputs, error: FloatArray) -> list[tuple[float, float]]:
    """The directions in which one sample can push two weights, as angle intervals (radians, counter-clockwise from w1).

    Formula: the update -delta a with delta = e . a points along u where u or -u is the direction of a possible input
    and e . u < 0: no sample ever pushes uphill on its own loss.
    Parameters: inputs, an `Inputs` with n = 2; error, shape (2,), w - w*.
    Returns: at most two intervals (from, to), from < to; none at the target.
    Raises: ValueError for another n or shape.
    """
    check_int("n", inputs.n, 2, 2)
    e = check_array("error", error, (2,))
    if not e.any():
        return []
    low, high = input_range(inputs)
    downhill = math.atan2(-e[1], -e[0])
    lower, upper = downhill - math.pi / 2, downhill + math.pi / 2
    if low < 0 < high:
        return [(lower, upper)]
    near, far = sorted((abs(low), abs(high)))
    first = math.atan2(near, far) if math.isfinite(far) else 0.0
    intervals = []
    # The inputs' quadrant is (+, +), turned by the flips; its mirror image through the origin comes from -delta < 0.
    v = inputs.signs
    for turn in (0.0, math.pi):
        middle = math.atan2(v[1], v[0]) + turn
        half = math.pi / 4 - first
        centre = downhill + math.remainder(middle - downhill, 2 * math.pi)
        a, b = max(lower, centre - half), min(upper, centre + half)
        if b - a > 1e-9:
            intervals.append((a, b))
    return intervals


@dataclass(frozen=True, slots=True, eq=False)
class MeanSweep:
    """What the mean of the inputs costs. mean, kappa, eta (the best), steps (inf where it never converges): all of one
    length, dimensionless."""

    mean: FloatArray
    kappa: FloatArray
    eta: FloatArray
    steps: FloatArray


def mean_sweep(
    spread: float,
    start: tuple[float, ...],
    target: tuple[float, ...],
    means: tuple[float, ...],
    tolerance: float = 1e-4,
) -> MeanSweep:
    """kappa and the full batch's steps at its best learning rate, for uniform inputs of each mean and one spread.

    Formula: `condition_number`, `step_limits` and `full_batch_steps` of each.
    Parameters: spread as in `Inputs`; start and target, n numbers each; means, at most 1,000 values, each as in `Inputs`;
    tolerance as in `DescentConfig`.
    Raises: ValueError out of range. Reference: those functions.
    """
    means = check_items("means", means, 1, 1000)
    start = tuple(check_array("start", start, (None,)).tolist())
    laws = [Inputs("uniform", len(start), mean, spread) for mean in means]
    eta = [step_limits(law).best for law in laws]
    first = DescentConfig(laws[0], start, target, eta[0], tolerance=tolerance)
    away = np.array(first.start) - np.array(first.target)
    steps = _closed_form_steps([spectrum(law) for law in laws], eta, away, tolerance)
    return MeanSweep(
        mean=read_only(np.array(means, dtype=float)),
        kappa=read_only(np.array([condition_number(law) for law in laws])),
        eta=read_only(np.array(eta)),
        steps=read_only(steps),
    )
