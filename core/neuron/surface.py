"""The loss of one linear neuron as the quadratic it is: its optimum, its curvatures, and the steps that batches take in it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.checks import BoolArray, FloatArray, IntArray
from core.dataset import DataSet, arrays, data_batches, least_squares
from core.inputs import Inputs, Spectrum, draw_inputs, second_moment, spectrum
from core.roots import first_whole

NEGLIGIBLE = 1e-12
"""Below this share of the initial error a component along an eigenvector is rounding: it neither grows nor flips. Below this
share of its update a weight does not move."""

_DRAWN_AT_ONCE = 128


@dataclass(frozen=True, slots=True, eq=False)
class LossSurface:
    """L(w) = L* + 1/2 (w - w*)^T H (w - w*), and a start in it."""

    h: FloatArray
    """(n, n), the Hessian."""
    target: FloatArray
    """(n,), w*; of several the nearest to the start."""
    error: FloatArray
    """(n,), w_0 - w*."""
    curvatures: FloatArray
    """(k,), eigenvalues of H, the steep one last, each for one part of the error."""
    parts: FloatArray
    """(k, n), the parts of the error in the eigenspaces of `curvatures`; they add up to the error."""
    steep: FloatArray
    """(n,), the steep direction, of length 1."""
    least: float
    """L*."""
    residual: FloatArray | None
    """(N,), y - w* . a of a data set's samples; None for a law, where it is 0."""
    scale: float
    """What errors are measured by: |error|, or if that is larger the error that costs as much as the residual."""


def loss_surface(inputs: Inputs | DataSet, start: FloatArray, target: FloatArray | None) -> LossSurface:
    """The loss around `target`, or around a data set's own optimum."""
    return _of_data(inputs, start) if isinstance(inputs, DataSet) else _of_law(inputs, start, target)


def _of_law(inputs: Inputs, start: FloatArray, target: FloatArray | None) -> LossSurface:
    assert target is not None
    error, v, shape = start - target, inputs.signs, spectrum(inputs)
    # All directions but the steep one share a curvature: two parts are enough.
    steep = v * (v @ error) / len(v)
    return LossSurface(
        h=second_moment(inputs),
        target=target,
        error=error,
        curvatures=shape.eigenvalues[[0, -1]],
        parts=np.array([error - steep, steep]),
        steep=v / math.sqrt(len(v)),
        least=0.0,
        residual=None,
        scale=float(np.linalg.norm(error)),
    )


def _of_data(data: DataSet, start: FloatArray) -> LossSurface:
    best, shape = least_squares(data, start), spectrum(data)
    curved = shape.eigenvalues > 0
    vectors, curvatures = shape.vectors[:, curved], shape.eigenvalues[curved]
    components = vectors.T @ (start - best.w)
    # The optimum is computed: a start at it is off it by rounding.
    components[np.abs(components) <= NEGLIGIBLE * (np.linalg.norm(start) + np.linalg.norm(best.w))] = 0.0
    error = vectors @ components
    return LossSurface(
        h=second_moment(data),
        target=start - error,
        error=error,
        curvatures=curvatures,
        parts=components[:, None] * vectors.T,
        steep=vectors[:, -1],
        least=best.loss,
        residual=best.residual,
        scale=max(float(np.linalg.norm(error)), math.sqrt(2 * best.loss / curvatures[-1])),
    )


def steps_of_batches(
    inputs: Inputs | DataSet, surface: LossSurface, batch: int, steps: int, seed: int
) -> Iterator[tuple[FloatArray, FloatArray | float]]:
    """G and c of one batch after another, `steps` of them: the gradient at the error e is G e - c.

    Formula: G the mean of a a^T over the batch, c the mean of a (y - w* . a), which is 0 for a law.
    """
    if isinstance(inputs, DataSet):
        assert surface.residual is not None
        a = arrays(inputs)[0]
        for _, chosen in zip(range(steps), data_batches(inputs, batch, seed), strict=False):
            yield a[chosen].T @ a[chosen] / len(chosen), a[chosen].T @ surface.residual[chosen] / len(chosen)
        return
    rng = np.random.default_rng(seed)
    for done in range(0, steps, _DRAWN_AT_ONCE):
        a = draw_inputs(inputs, rng, (min(_DRAWN_AT_ONCE, steps - done), batch))
        for g in a.swapaxes(1, 2) @ a / batch:
            yield g, 0.0


def sample(inputs: Inputs | DataSet, batch: int, seed: int, step: int) -> tuple[FloatArray, float | None]:
    """One sample's inputs and, of a data set, its target: with batches of 1 the sample that is taken at `step`, otherwise one
    drawn for it."""
    if isinstance(inputs, DataSet):
        if batch == 1:
            taken = next(chosen for k, chosen in enumerate(data_batches(inputs, 1, seed)) if k == step)[0]
        else:
            taken = np.random.default_rng((seed, step)).integers(inputs.samples)
        a, y = arrays(inputs)
        return a[taken].copy(), float(y[taken])
    if batch == 1:
        return draw_inputs(inputs, np.random.default_rng(seed), (step + 1,))[step], None
    return draw_inputs(inputs, np.random.default_rng((seed, step)), ()), None


def closed_form_steps(
    shapes: Sequence[Spectrum], etas: Sequence[float], away: FloatArray, tolerance: float
) -> FloatArray:
    """The full batch's steps from the error `away` until L - L* <= tolerance * (L_0 - L*), for several inputs and learning
    rates side by side: inf where never."""
    eigenvalues = np.array([shape.eigenvalues for shape in shapes])
    error = away @ np.array([shape.vectors for shape in shapes])
    # A component that is only rounding would grow, in this formula, where a real run has none.
    error[np.abs(error) <= NEGLIGIBLE * np.linalg.norm(away)] = 0.0
    weight = eigenvalues * error**2
    factor = np.where(weight > 0, np.abs(1 - np.array(etas)[:, None] * eigenvalues), 0.0)
    goal, slowest = tolerance * weight.sum(axis=1), factor.max(axis=1)

    def loss(t: IntArray) -> FloatArray:
        with np.errstate(under="ignore", over="ignore"):
            return np.asarray((weight * factor ** (2.0 * t[:, None])).sum(axis=1))

    def reached(t: IntArray) -> BoolArray:
        return loss(t) <= goal

    zero = np.zeros(len(shapes), dtype=np.int64)
    # Beyond 2^53 not every step is a floating-point number, and the factor is not known that well.
    with np.errstate(divide="ignore", invalid="ignore"):
        high = np.ceil(math.log(tolerance) / (2 * np.log(slowest))) + 1
    # A sum of exponentials is convex: where a part stays or grows, the loss is lowest at the first step that lowers it no more.
    turns, lowest = slowest >= 1, zero
    if turns.any():
        lowest = first_whole(lambda t: ~turns | (loss(t + 1) >= loss(t)), zero, np.full(len(shapes), 2**53))
        high[turns] = np.maximum(lowest[turns], 1)
    never = (high > 2.0**53) | (turns & ~reached(lowest))
    factor[never], high[never] = 0.0, 1.0
    steps = first_whole(reached, zero, high.astype(np.int64))
    return np.where(reached(zero), 0.0, np.where(never, np.inf, steps))
