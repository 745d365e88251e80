"""Runs of any method on one linear neuron, or on any quadratic, and the setting that serves each method best.

config = MethodConfig(Inputs("sigmoid", 8), start, target, "adam", best_setting(...).eta)
run = minimise(config)
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from core.checks import FloatArray, Status, check_array, check_choice, check_real, read_only
from core.fields import made_of, numbers, one_of, real, settings, several, whole
from core.inputs import Inputs, draw_inputs, second_moment
from core.neuron.descent import LEFT
from core.neuron.methods import LARGEST_BETA, LINEAR, METHODS, Gradient, Memory, Method, Rates
from core.neuron.stability import FULL, LARGEST_BATCH

MOST_WEIGHTS, MOST_METHOD_STEPS = 257, 20_000
LARGEST_KAPPA = 1e12

GRID = 2.0 ** (np.arange(-64, 17) / 4)
"""Learning rates tried where no best one is known, as shares of the largest error of a weight at the start: 2^-16 to 2^4, a
factor of 2^(1/4) apart. AdaGrad and Adam move each weight by about eta in their first steps, whatever the curvature."""


def _row(name: str, row: Any) -> tuple[float, ...]:
    values = check_array(name, row, (None,)).tolist()
    if values:
        check_real(name, max(values, key=abs), -1e12, 1e12)
    return tuple(values)


@settings
class Quadratic:
    """The loss L(w) = 1/2 (w - w*)^T H (w - w*), given by its Hessian, of any size and shape: for a neuron whose inputs
    have no law here.

    Raises: ValueError where H is not symmetric and positive definite, its steepest curvature not in [1e-9, 1e12], or kappa
    above 1e12.
    """

    hessian: tuple[tuple[float, ...], ...] = several("the rows of H, one for each weight", 1, MOST_WEIGHTS, _row)

    def __post_init__(self) -> None:
        n = len(self.hessian)
        if any(len(row) != n for row in self.hessian):
            raise ValueError(f"hessian = {n} rows of {sorted({len(row) for row in self.hessian})} numbers: H is square")
        h = np.array(self.hessian)
        values = np.linalg.eigvalsh(h)
        if np.abs(h - h.T).max() > 1e-12 * np.abs(h).max():
            raise ValueError(f"hessian = a matrix of {n} rows that is not symmetric")
        if not (1e-9 <= values[-1] <= 1e12 and values[0] * LARGEST_KAPPA >= values[-1]):
            raise ValueError(
                f"hessian = a matrix with curvatures from {values[0]:g} to {values[-1]:g}: the steepest is in [1e-9, 1e12], "
                "the flattest positive and at least 1e-12 of it"
            )


@settings
class MethodConfig:
    """One run of one method. Settings that the method does not read (`Method.settings`) have no effect.

    start: w_0, target: w*, a number a weight.
    Raises: ValueError that names the parameter, its value and its range.
    """

    inputs: Inputs | Quadratic = made_of("the law of the neuron's inputs, or the Hessian itself", Inputs, Quadratic)
    start: tuple[float, ...] = numbers("w_0, one for each weight", -1e6, 1e6)
    target: tuple[float, ...] = numbers("w*, one for each weight", -1e6, 1e6)
    method: str = one_of("key of the method", METHODS)
    eta: float = real("learning rate", 0, 1e12)
    beta: float = real("share of the velocity, or of Adam's mean gradient, kept a step", 0, LARGEST_BETA, default=0.9)
    decay: float = real("share of the mean squared gradient kept a step", 0, LARGEST_BETA, default=0.999)
    batch: int = whole("fresh samples a step, 0 for the full batch; needs a law", 0, LARGEST_BATCH, default=FULL)
    steps: int = whole("at most this many", 1, MOST_METHOD_STEPS, default=1000)
    tolerance: float = real("the run has converged once L <= tolerance * L_0", 1e-12, 1, default=1e-4)
    seed: int = whole("for batches", 0, 2**63, default=0)

    def __post_init__(self) -> None:
        for name in ("start", "target"):
            check_array(name, getattr(self, name), (len(_hessian(self.inputs)),))
        if self.batch != FULL and isinstance(self.inputs, Quadratic):
            raise ValueError(f"batch = {self.batch} needs a law to draw from: for a Quadratic it is 0")


@dataclass(frozen=True, slots=True, eq=False)
class MethodRun:
    """A run of T steps, which stops where it converges (L <= tolerance * L_0) or diverges, and is never clipped."""

    w: FloatArray  # (T + 1, n) weights, w[0] the start
    loss: FloatArray  # (T + 1,) exact losses L(w)
    status: Status
    steps: int | None  # the steps taken until it converged, None if it did not
    path_ratio: float  # length of the path over |w* - w_0|, nan where the start is the target


@dataclass(frozen=True, slots=True)
class Best:
    """The best setting of a method."""

    method: str  # its key
    eta: float
    beta: float  # 0 where the method has none
    decay: float  # 0 where the method has none
    rate: float | None  # the long-run factor of the error a step at this setting; None where no theory gives one
    steps: int | None  # where eta was searched: the steps to the tolerance of `minimise` with it; None if none arrived
    at_end: bool  # where eta was searched: whether it is the grid's first or last, so that a better one may lie beyond


def _hessian(inputs: Inputs | Quadratic) -> FloatArray:
    return np.array(inputs.hessian) if isinstance(inputs, Quadratic) else second_moment(inputs)


def _gradients(config: MethodConfig, one: Method, h: FloatArray) -> Gradient:
    """e -> the gradient that one step is given at the error e."""
    whitener = np.linalg.inv(h) if one.whitens else None
    if config.batch == FULL:
        matrix = h if whitener is None else h @ whitener
        return lambda e: e @ matrix
    assert isinstance(config.inputs, Inputs)
    samples = _samples(config.inputs, config.batch, config.seed)

    def gradient(e: FloatArray) -> FloatArray:
        a = next(samples)
        g = (a @ e) @ a / config.batch
        return g if whitener is None else g @ whitener

    return gradient


def _samples(inputs: Inputs, batch: int, seed: int) -> Iterator[FloatArray]:
    """One batch after another, (batch, n) each: the very ones of `core.neuron.descent.descend`."""
    rng = np.random.default_rng(seed)
    while True:
        yield from draw_inputs(inputs, rng, (128, batch))


def _errors(one: Method, gradient: Gradient, error: FloatArray, rates: Rates) -> Iterator[FloatArray]:
    """The errors after one step, two, and so on without an end."""
    memory = Memory(error)
    while True:
        error = one.step(error, gradient, memory, rates)
        yield error


def minimise(config: MethodConfig) -> MethodRun:
    """One run of `config.method` from `config.start`.

    Formula: the method's own (`Method.formula`), with the gradient g = H (w - w*) of the full batch, or the mean of
    a a^T (w - w*) over fresh samples. A run has diverged once its error is 10,000 times its first; where a velocity is
    kept, which overshoots by up to about sqrt(kappa), sqrt(kappa) times as much.
    Reference: `core.neuron.methods.METHODS`.
    """
    h, target, one = _hessian(config.inputs), np.array(config.target), METHODS[config.method]
    error = np.array(config.start) - target
    first = float(error @ h @ error) / 2
    values = np.linalg.eigvalsh(h)
    bound = LEFT * float(np.linalg.norm(error)) * (math.sqrt(values[-1] / values[0]) if one.best_eta else 1.0)
    goal = config.tolerance * first
    errors, losses, status = [error], [first], Status.CONVERGED if first <= goal else Status.RUNNING
    if status is Status.RUNNING:
        rates = Rates(config.eta, config.beta, config.decay)
        for e in islice(_errors(one, _gradients(config, one, h), error, rates), config.steps):
            errors.append(e)
            losses.append(float(e @ h @ e) / 2)
            if losses[-1] <= goal:
                status = Status.CONVERGED
                break
            if e @ e > bound * bound:
                status = Status.DIVERGED
                break
    path = np.array(errors)
    distance = float(np.linalg.norm(path[0]))
    length = float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum())
    return MethodRun(
        w=read_only(path + target),
        loss=read_only(np.array(losses)),
        status=status,
        steps=len(path) - 1 if status is Status.CONVERGED else None,
        path_ratio=length / distance if distance > 0 else math.nan,
    )


def best_rate(key: str, flattest: float, steepest: float, beta: float | None = None) -> Best:
    """The setting of a linear method that is best for the worst start, and its long-run rate, in closed form.

    Formula, with kappa = steepest / flattest. Plain: eta = 2 / (steepest + flattest), rate (kappa - 1) / (kappa + 1).
    Heavy ball: eta = 4 / (sqrt steepest + sqrt flattest)^2, rate (sqrt kappa - 1) / (sqrt kappa + 1), beta its square.
    Nesterov: eta = 4 / (3 steepest + flattest), beta = (r - 2) / (r + 2), rate 1 - 2 / r with r = sqrt(3 kappa + 1).
    Whitened: eta = 1, rate 0. With a `beta` given, the best eta for it: heavy ball 2 (1 + beta) / (steepest + flattest), where
    no rate is better than sqrt beta; Nesterov where its factors at both ends are equal, by bisection.
    Parameters: key, one of `core.neuron.methods.LINEAR`; steepest, 1e-9 to
    1e12, and flattest, from 1e-12 of it to all of it; beta in [0, 0.999999],
    for a method that has one.
    Raises: ValueError for anything else.
    Reference: Polyak 1964; Lessard, Recht and Packard, SIAM Journal on Optimization 2016.
    """
    one = METHODS[check_choice("key", key, LINEAR)]
    steepest = check_real("steepest", steepest, 1e-9, 1e12)
    flattest = check_real("flattest", flattest, steepest / LARGEST_KAPPA, steepest)
    assert one.best is not None and one.factor is not None
    eta, best, rate = one.best(flattest, steepest)
    if beta is not None:
        if one.best_eta is None:
            raise ValueError(f"beta = {beta!r}: {key} has none")
        best = check_real("beta", beta, 0, LARGEST_BETA)
        eta = one.best_eta(flattest, steepest, best)
        rate = float(one.factor(np.array([flattest, steepest]), eta, best).max())
    return Best(key, eta, best, 0.0, rate, None, False)


def best_setting(config: MethodConfig) -> Best:
    """The best setting of `config.method` for the full batch; `config.eta`, and the batch, are not used.

    Formula: `best_rate` between the extreme eigenvalues of H where a closed form exists: best for the worst start. Otherwise
    the learning rate on `GRID` times the largest |w_0 - w*| of a weight that needs the fewest steps to the tolerance from
    the given start (of several, the one with the lowest loss there; where none arrives, the lowest loss at the end), beta
    and decay as in `config`.
    """
    one, h = METHODS[config.method], _hessian(config.inputs)
    if one.best is not None:
        values = np.linalg.eigvalsh(h)
        return best_rate(one.key, float(values[0]), float(values[-1]))
    error = np.array(config.start) - np.array(config.target)
    etas = GRID * (np.abs(error).max() or 1.0)
    first = float(error @ h @ error) / 2
    goal = config.tolerance * first
    rates = Rates(etas[:, None], config.beta, config.decay)
    losses = np.full(len(etas), first)
    # All learning rates step side by side, and the first to arrive is the best: nobody has to wait for the slow ones.
    steps = config.steps if first > goal else 0
    for e in islice(_errors(one, lambda e: e @ h, np.tile(error, (len(etas), 1)), rates), steps):
        losses = np.einsum("ri,ri->r", e @ h, e) / 2
        if losses.min() <= goal:
            break
    k = int(np.argmin(losses)) if steps else len(etas) // 2
    eta = float(etas[k])
    # Signs of tiny gradients decide there, and so may the last bits of a sum: what counts is the run that is shown.
    alone = minimise(replace(config, eta=eta, batch=FULL)).steps if losses[k] <= goal else None
    return Best(
        method=one.key,
        eta=eta,
        beta=config.beta if "beta" in one.settings else 0.0,
        decay=config.decay if "decay" in one.settings else 0.0,
        rate=None,
        steps=alone,
        at_end=k in (0, len(etas) - 1),
    )
