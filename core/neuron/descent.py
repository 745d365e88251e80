"""Gradient descent on one linear neuron: where it goes, and what the path costs.

The loss is L(w) = 1/2 E (w . a - y)^2. With a law of inputs y = w* . a and there is no noise, so L = 1/2 e^T H e with the error
e = w - w* and H = E a a^T (core.inputs). The full batch steps with H itself; a batch of B steps with the mean of a a^T over B
fresh samples. With a data set E is the mean over its samples, w* the least-squares optimum, and L has its residual besides.
"""

import math
from dataclasses import dataclass

import numpy as np

from core.checks import FloatArray, Status, check_array, check_int, check_items, check_kind, read_only
from core.inputs import Inputs, condition_number, input_range, is_discrete, spectrum
from core.neuron.config import MOST_STEPS, DescentConfig
from core.neuron.stability import FULL, step_limits
from core.neuron.surface import NEGLIGIBLE, LossSurface, closed_form_steps, loss_surface, sample, steps_of_batches

LEFT = 1e4
"""A run has diverged once its error is this many times the error it started from."""

_LOOKED_AHEAD = (60, 600)
"""Steps as far as which the full batch's closed form is looked at first."""


@dataclass(frozen=True, slots=True, eq=False)
class Descent:
    """A run of T steps. It stops where it converges, L - L* <= tolerance * (L_0 - L*), or diverges (the error has grown
    10,000 times), and is never clipped. L* is the least loss: 0, or a data set's residual."""

    w: FloatArray
    """(T + 1, n) weights, w[0] the start."""
    loss: FloatArray
    """(T + 1,) exact losses L(w)."""
    update: FloatArray
    """(T, n), w[t + 1] - w[t], exactly 0 for a weight that does not move."""
    cosine: FloatArray
    """(T,) cosine between the update and the way to the target, nan where either is 0."""
    status: Status
    """CONVERGED, RUNNING or DIVERGED."""
    steps: int | None
    """The steps taken until it converged, None if it did not."""
    path_ratio: float
    """Length of the path over |w* - w_0|, nan where the start is the target."""
    flips: int
    """How many steps changed side along the steep direction."""
    target: FloatArray
    """(n,), w*: as given, or a data set's least-squares optimum, of several the nearest to the start."""
    least: float
    """L*, the loss at w*: 0 for a law, a data set's residual loss."""


def descend(config: DescentConfig) -> Descent:
    """Gradient descent from `config.start`.

    Formula: w <- w - eta (G (w - w*) - c), step by step, with G the mean of a a^T over a batch, and c = 0 for a law, the mean of
    a (y - w* . a) over the batch for a data set. The full batch has G = H and c = 0: the part of the error along an eigenvector
    is multiplied by 1 - eta lambda at each step, which for a law is 1 - eta (s^2 + n mu^2) along the steep direction, and
    1 - eta s^2 for the rest.
    Reference: LeCun, Bottou, Orr and Muller, Efficient BackProp, 1998.
    """
    surface = _surface(config)
    first = float(surface.error @ surface.h @ surface.error) / 2
    goal = config.tolerance * first
    if first <= goal:
        return _describe(surface, surface.error[None], np.empty((0, config.inputs.n)), Status.CONVERGED, np.zeros(1))
    if config.batch == FULL:
        return _full_batch(config, surface, goal)
    bound, error = LEFT * surface.scale, surface.error
    errors, updates, status = [error], [], Status.RUNNING
    for g, c in steps_of_batches(config.inputs, surface, config.batch, config.steps, config.seed):
        updates.append(-config.eta * (g @ error - c))
        error = error + updates[-1]
        errors.append(error)
        if error @ surface.h @ error / 2 <= goal:
            status = Status.CONVERGED
        elif error @ error > bound * bound:
            status = Status.DIVERGED
        if status is not Status.RUNNING:
            break
    path = np.array(errors)
    return _describe(surface, path, np.array(updates), status, path @ surface.steep)


def _surface(config: DescentConfig) -> LossSurface:
    return loss_surface(
        config.inputs, np.array(config.start), None if config.target is None else np.array(config.target)
    )


def _full_batch(config: DescentConfig, surface: LossSurface, goal: float) -> Descent:
    size = np.linalg.norm(surface.parts, axis=1)
    # A start on an eigenvector, in decimals, has a rounding error off it, which above the edge would grow.
    kept = size > NEGLIGIBLE * np.linalg.norm(surface.error)
    parts = surface.parts * kept[:, None] if kept.sum() > 1 else surface.error * kept[:, None]
    factor = np.where(kept, 1 - config.eta * surface.curvatures, 0.0)
    # Most runs end soon: as far as the first bound, only if they have not by then as far as the next.
    for bound in (*(many for many in _LOOKED_AHEAD if many < config.steps), config.steps):
        with np.errstate(over="ignore", under="ignore"):
            power = factor ** np.arange(bound + 1.0)[:, None]
            square = (size * power) ** 2
            converged = (surface.curvatures * square).sum(axis=1) / 2 <= goal
            diverged = square.sum(axis=1) > (LEFT * np.linalg.norm(surface.error)) ** 2
        ended = converged | diverged
        ended[0] = False
        if ended.any():
            break
    last = int(np.argmax(ended)) if ended.any() else bound
    status = Status.RUNNING if not ended[last] else Status.CONVERGED if converged[last] else Status.DIVERGED
    power = power[: last + 1]
    path, update = power @ parts, power[:-1] @ (-config.eta * surface.curvatures[:, None] * parts)
    path[0] = surface.error
    return _describe(surface, path, update, status, power[:, -1] * (surface.steep @ parts[-1]))


def _describe(surface: LossSurface, e: FloatArray, update: FloatArray, status: Status, along: FloatArray) -> Descent:
    """The run whose errors are `e`; `along` is their component along the steep direction."""
    length = np.linalg.norm(update, axis=1)
    update = np.where(np.abs(update) > NEGLIGIBLE * length[:, None], update, 0.0)
    distance = np.linalg.norm(e, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosine = -np.einsum("ti,ti->t", update, e[:-1]) / (length * distance[:-1])
        path_ratio = float(length.sum() / distance[0])
    counted = along[np.abs(along) > NEGLIGIBLE * distance[0]]
    return Descent(
        w=read_only(e + surface.target),
        loss=read_only(np.einsum("ti,ti->t", e @ surface.h, e) / 2 + surface.least),
        update=read_only(update),
        cosine=read_only(cosine),
        status=status,
        steps=len(update) if status is Status.CONVERGED else None,
        path_ratio=path_ratio,
        flips=int(np.sum(counted[1:] * counted[:-1] < 0)),
        target=read_only(surface.target.copy()),
        least=surface.least,
    )


def full_batch_steps(config: DescentConfig) -> int | None:
    """Steps the full batch needs until it has converged, as `Descent` says, from the closed form; None where it never does.

    Formula: L_t - L* = 1/2 sum_i lambda_i (1 - eta lambda_i)^(2t) (q_i . e_0)^2, a convex function of t: bisection finds
    the first t that is small enough, which above an excited edge there may be on the way down. `config.batch`, `config.steps` and
    `config.seed` are not used.
    Reference: any text on quadratic convergence.
    """
    (steps,) = closed_form_steps([spectrum(config.inputs)], [config.eta], _surface(config).error, config.tolerance)
    return int(steps) if np.isfinite(steps) else None


@dataclass(frozen=True, slots=True, eq=False)
class SampleGradient:
    """The gradient of one sample."""

    a: FloatArray
    """(n,), its inputs."""
    delta: float
    """w . a - y, its upstream signal."""
    gradient: FloatArray
    """(n,), delta a."""


def sample_gradient(config: DescentConfig, w: tuple[float, ...], step: int) -> SampleGradient:
    """The gradient that one sample gives at the weights `w`: for batches of 1 the very sample that the run of `config` takes
    at `step` (0 the first), otherwise one drawn for this step.

    Formula: dL/dw = delta a with delta = w . a - y, which lies on the ray of a.
    Parameters: w, n finite numbers; step, 0 to 5,000.
    Raises: ValueError for a wrong length or a step out of range.
    Reference: CS231n notes, Neural networks part 1.
    """
    weights = check_array("w", w, (config.inputs.n,))
    check_int("step", step, 0, MOST_STEPS)
    a, y = sample(config.inputs, config.batch, config.seed, step)
    # With a law the error is taken first: near the target w . a and w* . a would cancel.
    delta = float((weights - np.array(config.target)) @ a if y is None else weights @ a - y)
    return SampleGradient(read_only(a), delta, read_only(delta * a))


def same_sign(update: FloatArray) -> int:
    """How many updates move all weights the same way; a weight that does not move goes with either.

    Parameters: update, shape (T, n), as in `Descent`.
    """
    return int(np.sum((update >= 0).all(axis=1) | (update <= 0).all(axis=1)))


def push_directions(inputs: Inputs, error: FloatArray) -> list[tuple[float, float]]:
    """The directions in which one sample can push two weights, as angle intervals (radians, counter-clockwise from w1).

    Formula: the update -delta a with delta = e . a points along u where u or -u is the direction of a possible input
    and e . u < 0: no sample ever pushes uphill on its own loss.
    Parameters: inputs, with n = 2 and a density; error, shape (2,), w - w*.
    Returns: at most two intervals (from, to), from < to; none at the target.
    Raises: ValueError for another n or shape, and for a discrete law, whose samples push in single directions.
    """
    check_kind("inputs", inputs, Inputs)
    check_int("n", inputs.n, 2, 2)
    if is_discrete(inputs):
        raise ValueError(f"source = {inputs.source!r} has no density: its samples push in single directions")
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
    # The inputs' quadrant is (+, +), mirrored by the flips; its mirror image through the origin comes from -delta < 0.
    v = inputs.signs
    for opposite in (0.0, math.pi):
        middle = math.atan2(v[1], v[0]) + opposite
        half = math.pi / 4 - first
        centre = downhill + math.remainder(middle - downhill, 2 * math.pi)
        a, b = max(lower, centre - half), min(upper, centre + half)
        if b - a > 1e-9:
            intervals.append((a, b))
    return intervals


@dataclass(frozen=True, slots=True, eq=False)
class MeanSweep:
    """What the mean of the inputs costs: arrays of one length, dimensionless."""

    mean: FloatArray
    kappa: FloatArray
    eta: FloatArray
    """The best learning rate."""
    steps: FloatArray
    """The full batch's steps with it, inf where it never converges."""


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
    steps = closed_form_steps([spectrum(law) for law in laws], eta, _surface(first).error, tolerance)
    return MeanSweep(
        mean=read_only(np.array(means, dtype=float)),
        kappa=read_only(np.array([condition_number(law) for law in laws])),
        eta=read_only(np.array(eta)),
        steps=read_only(steps),
    )
