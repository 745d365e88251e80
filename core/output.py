"""One sigmoid output neuron, taught one sample: what squared error and cross-entropy make of its slope.

The neuron is a = sigma(z) with z = w x + b and one target y in [0, 1]. Everything is computed from the logit z, never from a
(core.costs).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from core.activations import sigmoid
from core.checks import FloatArray, Status, check_array, check_int, check_items, check_real, read_only
from core.costs import COSTS, CROSS_ENTROPY, FARTHEST, SQUARED, Chain, chain, gradient, loss, output_error
from core.fields import one_of, real, settings, whole

__all__ = [
    "COSTS", "CROSS_ENTROPY", "FARTHEST", "GOAL", "MOST_STEPS", "SQUARED", "Chain", "OutputConfig", "OutputRun",
    "StartSweep", "chain", "courses", "flow_steps", "gradient", "learn", "loss", "start_sweep", "steps_needed", "tanh_twin",
]  # fmt: skip

MOST_STEPS = 10_000
GOAL = 0.1
"""The neuron has learnt once its output is this close to the target."""

_X, _P = np.polynomial.legendre.leggauss(20)


@settings
class OutputConfig:
    """One neuron to teach.

    Raises: ValueError that names the parameter, its value and its range; also unless |w x + b| <= 700 and
    eta (x^2 + 1) <= 1,000.
    """

    cost: str = one_of("the loss", COSTS)
    w: float = real("weight at the start", -1e3, 1e3, default=2.0)
    b: float = real("bias at the start", -1e3, 1e3, default=2.0)
    x: float = real("the input", -100, 100, default=1.0)
    y: float = real("the target", 0, 1, default=0.0)
    eta: float = real("learning rate", 1e-6, 1e3, default=0.15)
    steps: int = whole("how many to take", 1, MOST_STEPS, default=300)
    goal: float = real("learnt once |a - y| is no larger", 1e-6, 0.5, default=GOAL)

    def __post_init__(self) -> None:
        check_real("w x + b", self.w * self.x + self.b, -700, 700)
        check_real("eta (x^2 + 1)", self.eta * self.pull, 0, 1e3)

    @property
    def pull(self) -> float:
        """x^2 + 1: a step moves z by -eta (x^2 + 1) dL/dz, through w and through b."""
        return self.x * self.x + 1


@dataclass(frozen=True, slots=True, eq=False)
class OutputRun:
    """A run of T = `config.steps` steps; it goes on after the goal. All arrays have shape (T + 1,), the start first.

    w, b, z, a: weight, bias, logit and output. loss: L. gradient: dL/dz; dL/dw = x dL/dz and dL/db = dL/dz.
    status: CONVERGED where some |a - y| <= goal, else RUNNING; a run cannot diverge, for |dL/dz| <= 1 and always points
    away from y. steps: the first step within the goal, None if there is none.
    """

    w: FloatArray
    b: FloatArray
    z: FloatArray
    a: FloatArray
    loss: FloatArray
    gradient: FloatArray
    status: Status
    steps: int | None


def learn(config: OutputConfig) -> OutputRun:
    """Gradient descent on (w, b), the same for both costs.

    Formula: w <- w - eta x dL/dz, b <- b - eta dL/dz.
    Reference: Nielsen, ch. 3: x = 1, y = 0, eta = 0.15, 300 epochs from (w, b) = (0.6, 0.9) or (2, 2).
    """
    slope, z0, rate = _scalar_gradient(config), config.w * config.x + config.b, config.eta * config.pull
    # Every update is a multiple of (x, 1), so the sum of all dL/dz so far tells w, b and z.
    total, totals = 0.0, [0.0]
    for _ in range(config.steps):
        total += slope(z0 - rate * total)
        totals.append(total)
    moved = config.eta * np.array(totals)
    z = z0 - config.pull * moved
    low, high = _goal(config)
    reached = np.flatnonzero((low <= z) & (z <= high))
    return OutputRun(
        w=read_only(config.w - config.x * moved),
        b=read_only(config.b - moved),
        z=read_only(z),
        a=read_only(sigmoid(z)),
        loss=read_only(loss(config.cost, z, config.y)),
        gradient=read_only(gradient(config.cost, z, config.y)),
        status=Status.CONVERGED if len(reached) else Status.RUNNING,
        steps=int(reached[0]) if len(reached) else None,
    )


def _scalar_gradient(config: OutputConfig) -> Callable[[float], float]:
    """`gradient` for one number, thirty times as fast as an array of one."""
    y, squared = config.y, config.cost == SQUARED

    def slope(z: float) -> float:
        e = math.exp(-abs(z))
        near, far = 1 / (1 + e), e / (1 + e)
        up, down = (near, far) if z >= 0 else (far, near)
        error = (1 - y) * up - y * down
        return error * up * down if squared else error

    return slope


def flow_steps(config: OutputConfig) -> float:
    """The continuous-time answer: steps until |a - y| <= goal in the limit of a small learning rate, t / eta.

    Formula: gradient flow dz/dt = -(x^2 + 1) dL/dz, so t = integral from z_goal to z_0 of dz / ((x^2 + 1) dL/dz). For
    y = 0 that is [z - e^-z] for cross-entropy and [e^z + 3 z - 3 e^-z - e^-2z / 2] for squared error, each over x^2 + 1:
    linear in a badly wrong start z_0, and exponential. Computed by composite Gauss-Legendre for every y.
    `config.steps` is not used. Returns: 0 where the start is within the goal, inf for more than 1.8e308 steps.
    Reference: the closed forms follow from 1 / sigma(z) = 1 + e^-z.
    """
    return _flow_time(config.cost, config.w * config.x + config.b, config.y, config.goal) / config.pull / config.eta


@lru_cache(maxsize=4096)
def _flow_time(cost: str, start: float, y: float, goal: float) -> float:
    """The integral of dz / (dL/dz) from the goal to `start`: whatever the learning rate, the same."""
    side = 1.0 if output_error(np.array(start), y) > 0 else -1.0
    # Seen from the side the start is on, it comes down from above: z -> -z, y -> 1 - y mirrors the problem.
    start, y = side * start, y if side > 0 else 1 - y
    if y + goal >= 1:
        return 0.0
    end = _logit(y + goal)
    if start <= end:
        return 0.0
    # 1 / (dL/dz) has a pole at logit(y): panels as wide as they are far from it, and no wider than 1.
    breaks, pole = [end], _logit(y) if y > 0 else -math.inf
    while breaks[-1] < start:
        breaks.append(min(breaks[-1] + min(1.0, breaks[-1] - pole), start))
    low, width = np.array(breaks[:-1])[:, None], np.diff(breaks)[:, None]
    z = low + width * (_X + 1) / 2
    return float((width / 2 * _P / gradient(cost, z, y)).sum())


def _logit(p: float) -> float:
    return math.log(p) - math.log1p(-p)


@dataclass(frozen=True, slots=True, eq=False)
class StartSweep:
    """Steps to the goal by start. z: starts. steps: descent's, nan where it is cut off. flow: the continuous-time answer,
    for every start. All of one length."""

    z: FloatArray
    steps: FloatArray
    flow: FloatArray


def start_sweep(config: OutputConfig, starts: tuple[float, ...]) -> StartSweep:
    """Steps until |a - y| <= goal from each start z_0, by descent as far as it is run, and in continuous time.

    Formula: z <- z - eta (x^2 + 1) dL/dz, at most 10,000 times; `flow_steps`.
    Parameters: config, of which w, b and `steps` are not used; starts, 1 to 1,000 values of z_0, each -700 to 700.
    Raises: ValueError out of range.
    """
    starts = check_items("starts", starts, 1, 1000)
    for start in starts:
        check_real("start", start, -700, 700)
    low, high = _goal(config)
    # While eta (x^2 + 1) |d^2 L / dz^2| <= 1 a step keeps two starts in order, and |d^2 L / dz^2| <= 1/4 for both costs:
    # then whatever starts farther out than one that is cut off is cut off too.
    orderly, bounds = config.eta * config.pull <= 4, [-math.inf, math.inf]
    steps = np.full(len(starts), np.nan)
    for k in np.argsort([max(low - start, start - high) for start in starts], kind="stable"):
        if not bounds[0] < starts[k] < bounds[1]:
            continue
        found = _descent_steps(config, starts[k], low, high)
        steps[k] = math.nan if found is None else found
        if orderly and found is None:
            bounds[int(starts[k] > high)] = starts[k]
    flow = [_flow_time(config.cost, start, config.y, config.goal) / config.pull / config.eta for start in starts]
    return StartSweep(check_array("starts", starts, (None,)), read_only(steps), read_only(np.array(flow)))


def _goal(config: OutputConfig) -> tuple[float, float]:
    """The logits between which |a - y| <= goal."""
    low, high = config.y - config.goal, config.y + config.goal
    return _logit(low) if low > 0 else -math.inf, _logit(high) if high < 1 else math.inf


def _descent_steps(config: OutputConfig, z: float, low: float, high: float) -> int | None:
    """Steps of descent from z until it is within [low, high], None where that takes more than MOST_STEPS."""
    y, squared, rate, exp = config.y, config.cost == SQUARED, config.eta * config.pull, math.exp
    # `_scalar_gradient`, written out: the call would take as long as what it does.
    for step in range(MOST_STEPS + 1):
        if low <= z <= high:
            return step
        e = exp(-z) if z >= 0 else exp(z)
        near = 1 / (1 + e)
        far = e * near
        error = (1 - y) * near - y * far if z >= 0 else (1 - y) * far - y * near
        z -= rate * (error * near * far if squared else error)
    return None


def steps_needed(config: OutputConfig) -> int | None:
    """`learn(config).steps` however many `config.steps` are: the first step within the goal, None if it takes over 10,000."""
    return _descent_steps(config, config.w * config.x + config.b, *_goal(config))


def tanh_twin(config: OutputConfig) -> OutputConfig:
    """The sigmoid neuron whose 2 sigma(z) - 1 descends step by step as a = tanh(z), with the target 2 y - 1, does.

    Formula: tanh z = 2 sigma(2 z) - 1. So (a - t)^2 / 2 is four times sigmoid's squared error at 2 z, and -log((1 + t a) / 2),
    t = +-1, its cross-entropy there: d/dz is 8 and 2 times sigmoid's d/dz at 2 z, and 2 z moves 16 and 4 times as fast. Within
    `goal` of t it is where sigmoid is within goal / 2.
    Raises: ValueError where w, b or eta of the twin are out of range.
    Reference: LeCun, Bottou, Orr and Muller, Efficient BackProp, 1998, on tanh outputs and targets.
    """
    faster = {SQUARED: 16.0, CROSS_ENTROPY: 4.0}[config.cost]
    return replace(config, w=2 * config.w, b=2 * config.b, eta=faster * config.eta, goal=config.goal / 2)


def courses(config: OutputConfig, starts: tuple[float, ...], steps: tuple[int, ...]) -> FloatArray:
    """The logit of descent from each start z_0 after each of these numbers of steps, (starts, steps).

    Formula: as `start_sweep`. Parameters: config, of which w, b and `steps` are not used; starts, as there; steps, 1 to 1,000
    increasing ones, each 0 to 10,000. Raises: ValueError out of range.
    """
    z = check_array(
        "starts", [check_real("start", one, -700, 700) for one in check_items("starts", starts, 1, 1000)], (None,)
    )
    wanted = [check_int("step", one, 0, MOST_STEPS) for one in check_items("steps", steps, 1, 1000)]
    if wanted != sorted(set(wanted)):
        raise ValueError(f"steps = {steps!r} do not increase")
    y, squared, rate, taken, found = config.y, config.cost == SQUARED, config.eta * config.pull, 0, []
    with np.errstate(over="ignore"):
        for step in wanted:
            for _ in range(step - taken):
                # Both tails of the sigmoid by themselves: 1 - up would lose what is left of the farther one.
                up, down = 1 / (1 + np.exp(-z)), 1 / (1 + np.exp(z))
                error = (1 - y) * up - y * down
                z = z - rate * (error * up * down if squared else error)
            taken = step
            found.append(z)
    return read_only(np.stack(found, axis=1))
