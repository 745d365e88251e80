"""What ails a sigmoid network, four ailments in a number each, and what is left of each under a remedy.

One case a remedy: the patient (`Case()`) has a neuron fed by a hundred sigmoids, a layer driven far into its tails, twenty layers
of weights of size 1, and a badly wrong output under squared error. A remedy is a change of the case (core.remedies), and every
number is measured anew on the changed one.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from core.activations import ACTIVATIONS, activation
from core.checks import FloatArray, check_choice
from core.costs import COSTS, CROSS_ENTROPY, SQUARED, gradient
from core.cures import extreme_curvatures, like_inputs_hessian, lopsidedness
from core.depth.config import DepthConfig
from core.depth.measured import factors, measure
from core.depth.normalisations import BATCH, NORMS, normalisation
from core.depth.summary import profile_factor
from core.depth.theory import layers, profile
from core.fields import flag, one_of, real, settings, whole
from core.neuron.methods import METHODS, Memory, Rates
from core.neuron.racing import Race, race
from core.neuron.tuning import best_rate
from core.quadrature import expect
from core.saturation import layer_slope

INPUTS, WIDTH, DEPTH = 100, 128, 20
"""Inputs of the neuron, units of a layer, layers."""

TAILS, SQUARE = 5.9, 0.44
"""sigma_w of the layer that is driven into its tails, and the mean square of what it is fed: a quarter of its sigmoids are saturated."""

START, ETA, GOAL = 6.0, 0.15, 0.1
"""The output's z at the start, where it should be 0 and not 0.998; its learning rate; how near it has to get."""

MOMENTUM, MOST_STEPS, TOLERANCE = 0.9, 10_000, 1e-6

TAKEN = 100
"""Steps over which a method's strides under a small gradient are compared with those under a large one."""

SEEDS = 64
"""Networks of orthogonal matrices that are measured."""


@settings
class Case:
    """The patient, or what a remedy has made of it. The default is the patient itself."""

    activation: str = one_of("of the hidden units", ACTIVATIONS, default="sigmoid")
    standardised: bool = flag("whether a layer's inputs have their mean subtracted, and spread 1", default=False)
    norm: str = one_of("the normalisation's key", NORMS, default="none")
    skip: bool = flag("whether a layer is added to what it is fed", default=False)
    orthogonal: bool = flag("whether the weights are random orthogonal matrices", default=False)
    sigma_w: float = real("the usual size of such a layer's weights, times sqrt(fan-in)", 0.05, 4, default=1.0)
    larger: float = real("how many times as large as usual the weights are", 0.1, 20, default=1.0)
    bias: bool = flag("whether the neuron has a trainable bias, which starts at 0", default=False)
    flipped: bool = flag("whether every other input is negated, with its weight", default=False)
    method: str = one_of("the method of descent", ("plain", "heavy_ball", "adam"), default="plain")
    share: float = real("the learning rate, as a share of the best", 0.01, 1, default=1.0)
    batch: int = whole("samples a step", 4, 4096, default=BATCH)
    cost: str = one_of("the loss at the output", COSTS, default=SQUARED)


@dataclass(frozen=True, slots=True)
class Measure:
    """One ailment of one case. cause: what ails. felt: what descent is left with, in the same unit but for the output, where it
    is steps: a method of descent leaves the cause and may change what is felt."""

    cause: float
    felt: float


@dataclass(frozen=True, slots=True)
class Ailment:
    """One ailment. cause, felt: how far such a number is from health, on a logarithmic scale, 0 at health."""

    key: str
    label: str
    measure: Callable[[Case], Measure]
    cause: Callable[[float], float]
    felt: Callable[[float], float]


def lopsided(case: Case) -> Measure:
    """kappa of the neuron's valley; felt: the kappa at which plain descent at its best is as fast.

    Formula: 1 + n (mu/s)^2 for inputs of one law; with a bias as `extreme_curvatures`. After layer normalisation like inputs
    have one curvature in every direction but (1, ..., 1), where there is none: 1. A skip connection adds the outputs to a
    standardised signal, independent of them. A factor rho a step is felt as kappa = (1 + rho) / (1 - rho), which is kappa
    itself for plain descent and its root for heavy ball; a share c of the best learning rate leaves
    rho = 1 - 2 c / (kappa + 1). Adam has no rate: its steps to a millionth of the loss, from equal errors at both ends, each
    way at its best, count as the rate by which they would take plain descent.
    """
    if normalisation(case.norm).after:
        return _descended(case, 0.0, 1.0)
    mean, spread = _fed(case)
    return _descended(case, mean, spread)


def _fed(case: Case) -> tuple[float, float]:
    """Mean and spread of one input of the neuron."""
    if case.standardised:
        return 0.0, 1.0
    unit, z = activation(case.activation), 1.0 if normalisation(case.norm).before else case.larger
    ratio = lopsidedness(case.activation, z)
    mean = 0.0 if unit.zero_centred else expect(unit.f, 0.0, z)
    variance = mean**2 / ratio if ratio else expect(lambda x: unit.f(x) ** 2, 0.0, z)
    return mean, math.sqrt(variance + case.skip)


def _descended(case: Case, mean: float, spread: float) -> Measure:
    low, high = extreme_curvatures(INPUTS, mean, spread, case.bias)
    if case.flipped:
        signs = np.append(np.resize([1.0, -1.0], INPUTS), np.ones(int(case.bias)))
        values = np.linalg.eigvalsh(like_inputs_hessian(INPUTS, mean, spread, case.bias) * np.outer(signs, signs))
        low, high = float(values[0]), float(values[-1])
    kappa = high / low
    if case.method == "adam":
        found = race(
            Race(INPUTS, mean, spread, bias=case.bias, tolerance=TOLERANCE, steps=MOST_STEPS, runners=("adam",))
        )
        steps = found.runners[0].steps
        return Measure(kappa, math.inf if steps is None else _felt(TOLERANCE ** (1 / (2 * steps))))
    if case.method == "plain":
        return Measure(kappa, kappa if case.share == 1 else _felt(1 - 2 * case.share / (kappa + 1)))
    rate = best_rate(case.method, low, high).rate
    assert rate is not None
    return Measure(kappa, _felt(rate))


def _felt(rate: float) -> float:
    return (1 + rate) / (1 - rate)


def tails_spread(case: Case) -> float:
    """The spread of z in the layer that is driven into its tails.

    Formula: sigma_w sqrt(E a^2) with sigma_w = 5.9, times `larger`, and E a^2 = 0.44, 1 behind layer normalisation; 1 where z
    itself is normalised.
    """
    kind = normalisation(case.norm)
    return 1.0 if kind.before else TAILS * case.larger * math.sqrt(1.0 if kind.after else SQUARE)


def tails(case: Case) -> Measure:
    """The share of its best slope that a layer keeps which is driven into its tails; felt: the same share of a stride.

    Formula: `layer_slope` at the spread of z `tails_spread`.
    """
    kept = layer_slope(case.activation, 0.0, tails_spread(case)).kept
    return Measure(kept, strides(case.method, kept))


def vanishing(case: Case) -> Measure:
    """What twenty layers multiply the size of the gradient by, a layer; felt: the same of a stride, from the last layer's to the first's.

    Formula: `core.depth.theory.layers` at sigma_w times `larger`. Random orthogonal matrices are measured.
    """
    sigma_w = case.sigma_w * case.larger
    if case.orthogonal:
        drawn = DepthConfig(case.activation, DEPTH, WIDTH, sigma_w, seeds=SEEDS, orthogonal=True)
        factor = float(np.median(factors(measure(drawn))))
    else:
        found = layers(case.activation, DEPTH, sigma_w, 0.0, case.norm, case.skip, case.batch)
        factor = profile_factor(profile(found, WIDTH))
    return Measure(factor, strides(case.method, factor ** (DEPTH - 1)) ** (1 / (DEPTH - 1)))


def strides(key: str, share: float) -> float:
    """How far a weight goes whose gradient is steadily `share` times another's, as a share of how far that one goes.

    Formula: a hundred steps of the method's own rule under the gradients (1, share). `share` itself for plain descent and
    momentum; 1 for Adam, as long as the gradient is far above its epsilon of 1e-8.
    Parameters: key, one of METHODS; share, 0 or more.
    """
    rule, memory = METHODS[key].step, Memory(np.zeros(2))
    steady, place = np.array([1.0, share]), np.zeros(2)
    for _ in range(TAKEN):
        place = rule(place, lambda _: steady, memory, Rates(0.01, MOMENTUM))
    return float(place[1] / place[0])


def output(case: Case) -> Measure:
    """|dL/dz| of the badly wrong output at the start; felt: the steps until it is within 0.1 of its target.

    Formula: `core.costs.gradient` at z = 6, target 0. Steps of the method on weight and bias from (3, 3) with the input 1, at
    eta = 0.15 times the share: momentum 0.9 with the velocity times 1 - 0.9, so that its stride in the long run is plain descent's.
    Raises: ValueError where it takes more than 5,000 steps.
    Reference: Nielsen, ch. 3, for neuron and learning rate.
    """
    steps = _output_steps(case.cost, case.method, ETA * case.share)
    return Measure(abs(float(gradient(case.cost, START, 0.0))), float(steps))


@lru_cache(maxsize=64)
def _output_steps(cost: str, method: str, eta: float) -> int:
    eta *= 1 - MOMENTUM if method == "heavy_ball" else 1
    rule, memory, place = METHODS[method].step, Memory(np.zeros(2)), np.full(2, START / 2)

    def slope(w: FloatArray) -> FloatArray:
        return np.full(2, float(gradient(cost, w.sum(), 0.0)))

    steps, end = 0, math.log(GOAL / (1 - GOAL))
    while place.sum() > end:
        place, steps = rule(place, slope, memory, Rates(eta, MOMENTUM)), steps + 1
        if steps > MOST_STEPS:
            raise ValueError(f"eta = {eta!r}: the output takes more than {MOST_STEPS} steps")
    return steps


def _steps_at_best(steps: float) -> float:
    return math.log(steps / output(Case(cost=CROSS_ENTROPY)).felt)


def _size(value: float) -> float:
    return abs(math.log(value))


AILMENTS: Mapping[str, Ailment] = MappingProxyType(
    {
        one.key: one
        for one in (
            Ailment("lopsided", "lopsided curvature", lopsided, math.log, math.log),
            Ailment("tails", "flat tails", tails, _size, _size),
            Ailment("vanishing", "vanishing with depth", vanishing, _size, _size),
            Ailment("output", "the output", output, _size, _steps_at_best),
        )
    }
)
"""The four ailments, in the order of the argument: of the inputs' mean, of the slope, of weight times slope, of the loss."""

CURED, SAME, GROWS = 0.1, 0.05, 1.15
"""Cured: at most this share of the way from health is left. The same: within this share of it. A layer that grows its gradient by
more than the last explodes."""

ROOT = (0.45, 0.55)
"""Between these powers of kappa it is its square root."""


def verdict(key: str, found: Measure, patient: Measure) -> str:
    """What a remedy does for an ailment: "cures", "eases", "root", "hides", "nothing", "worse" or "explodes".

    Formula: how far from health the cause still is, as a share of the patient's distance: above 1.05 worse, below 0.95 eased, up to
    0.1 cured. Where the cause stands as it did, what is felt decides likewise: worse, nothing, or a method of descent hides the
    cause; of kappa it may take the square root (a power of 0.45 to 0.55).
    Raises: ValueError for an unknown ailment.
    """
    one = AILMENTS[check_choice("key", key, tuple(AILMENTS))]
    if key == "vanishing" and found.cause > GROWS:
        return "explodes"
    left = one.cause(found.cause) / one.cause(patient.cause)
    if abs(left - 1) > SAME:
        return "worse" if left > 1 else "cures" if left <= CURED else "eases"
    left = one.felt(found.felt) / one.felt(patient.felt)
    if abs(left - 1) <= SAME:
        return "nothing"
    if left > 1:
        return "worse"
    return "root" if key == "lopsided" and ROOT[0] <= left <= ROOT[1] else "hides"
