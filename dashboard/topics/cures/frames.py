"""Results of `core` as `/cures` needs them: the race, the table of remedies with its evidence, and the curves of lopsidedness."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.activations import ACTIVATIONS, activation
from core.ailments import ETA, SQUARE, TAILS, Case
from core.cures import lopsidedness
from core.depth.normalisations import normalisation
from core.depth.theory import layers
from core.initialisations import RULES
from core.inputs import UNIFORM, Inputs, input_moments
from core.neuron.racing import Race, RaceResult, Runner
from core.neuron.tuning import best_rate
from core.remedies import REMEDIES, Cell
from dashboard.look.columns import Columns, columns, from_rows, stack
from dashboard.topics.cures.charts_live import STEPS
from dashboard.topics.cures.settings import MOMENTS, Cures

MOST_STEPS = 5000
"""A race is called off after so many steps; plain descent is counted on in closed form."""

QUICK = ("heavy_ball", "nesterov", "adam", "centred", "whitened")


def moments_of(at: Cures) -> tuple[float, float]:
    """Mean and spread of one input."""
    if at.inputs == UNIFORM:
        return at.mean, at.spread
    return input_moments(Inputs(at.inputs))


def races(at: Cures) -> tuple[Race, Race]:
    """The race to be run, and that of plain descent, which is counted and not run."""
    mean, spread = moments_of(at)
    run = Race(at.n, mean, spread, tolerance=at.goal, steps=MOST_STEPS, runners=QUICK)
    return run, Race(at.n, mean, spread, tolerance=at.goal, steps=1, runners=("plain",))


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """Everyone in the race, and the law of the inputs."""

    n: int
    mean: float
    spread: float
    goal: float
    runners: Mapping[str, Runner]

    @property
    def kappa(self) -> float:
        """Of the valley as it is."""
        return self.runners["plain"].kappa

    def steps(self, key: str) -> float:
        """The steps to the goal; infinite where they are more than were run."""
        found = self.runners[key].steps
        return math.inf if found is None else found


def field(at: Cures, *results: RaceResult) -> Field:
    """The runners of several races over one valley."""
    return Field(at.n, *moments_of(at), at.goal, {one.key: one for found in results for one in found.runners})


def law(found: Field, at: Cures) -> Columns:
    """What the live picture is drawn from: mu, s, n, mean, spread (of the sliders), goal, and Adam's steps, -1 for none."""
    steps = found.runners["adam"].steps
    return columns(
        mu=found.mean,
        s=found.spread,
        n=at.n,
        mean=at.mean,
        spread=at.spread,
        goal=at.goal,
        adam=-1 if steps is None else steps,
    )


def moments(found: Field) -> Columns:
    """Adam at each moment of the race, and after its arrival where it stayed: steep, flat, loss (relative to the first)."""
    run = found.runners["adam"]
    index = np.minimum(MOMENTS, len(run.path) - 1)
    return {
        "steep": run.path[index, 0],
        "flat": run.path[index, 1],
        "loss": run.loss[index] / run.loss[0],
    }


def adam(found: Field) -> Columns:
    """The strides of Adam's path: m, panel, step, steep, flat, steep2, flat2."""
    run = found.runners["adam"]
    index = np.unique(np.minimum(STEPS, len(run.path) - 1))
    here, there = run.path[index[:-1]], run.path[index[1:]]
    return {
        **columns(m=[2] * (len(index) - 1), panel=[0] * (len(index) - 1)),
        "step": index[:-1],
        "steep": here[:, 0],
        "flat": here[:, 1],
        "steep2": there[:, 0],
        "flat2": there[:, 1],
    }


def panels() -> Columns:
    """The frames of the two valleys: panel, title, x, y."""
    return columns(panel=range(2), title=("the valley as it is", "the same inputs, centred"), x=0.0, y=0.0)


def run_columns(found: Field) -> Columns:
    """The race for a visitor's file: way_down, step, along_steep, along_flat, loss."""
    parts = []
    for key, run in found.runners.items():
        if key != "plain":
            parts.append(
                columns(
                    way_down=key,
                    step=range(len(run.path)),
                    along_steep=run.path[:, 0],
                    along_flat=run.path[:, 1],
                    loss=run.loss,
                )
            )
    return stack(parts)


# The evidence: which page shows the number of a cell, read off the case itself.

Link = tuple[str, Mapping[str, str]]
"""The slug of a topic, and the query that sets its page."""

_DEEPER: Link = ("cures", {"cures_deeper": "true"})


def evidence(cell: Cell) -> Link:
    """The page, and the settings, that show the number of a cell."""
    case = REMEDIES[cell.remedy].case
    return _EVIDENCE[cell.ailment](case)


def _lopsided(case: Case) -> Link:
    if normalisation(case.norm).after or case.skip or case.bias or case.share < 1:
        return _DEEPER
    if case.flipped:
        return "neuron", {"neuron_flip": "true"}
    if case.standardised:
        return "cures", {"cures_inputs": "your own", "cures_mean": "0.0", "cures_spread": "1.0"}
    if case.larger != 1:
        return "cures", {"cures_cursor": f"{case.larger:.1f}"}
    return "cures", {} if case.activation == Cures().inputs else {"cures_inputs": activation(case.activation).label}


def _tails(case: Case) -> Link:
    if case.method != "plain":
        return _DEEPER
    kind = normalisation(case.norm)
    weights, square = (1.0, 1.0) if kind.before else (TAILS, 1.0 if kind.after else SQUARE)
    if case.larger != 1:
        # The largest weights that the page has, and inputs that make up for the rest.
        weights, square = 20.0, (TAILS * case.larger / 20.0) ** 2 * SQUARE
    unit = activation(case.activation).label
    return "saturation", {
        "saturation_activation": unit,
        "saturation_weights": f"{weights:.1f}",
        "saturation_square": f"{square:.2f}",
    }


def _vanishing(case: Case) -> Link:
    if case.method != "plain" or case.orthogonal:
        return _DEEPER
    query = {
        "depth_activation": activation(case.activation).label,
        "depth_layers": "20",
        "depth_norm": normalisation(case.norm).label,
        "depth_skip": "true" if case.skip else "false",
    }
    size = case.sigma_w * case.larger
    named = [one.label for one in RULES.values() if one.bias_gain == 0 and math.isclose(one.gain, size**2)]
    rule = {"depth_rule": named[0]} if named else {"depth_rule": "your own", "depth_weights": f"{size:.2f}"}
    return "depth", query | rule


def _output(case: Case) -> Link:
    if case.method != "plain":
        return _DEEPER
    return "output", {"output_w": "3.0", "output_b": "3.0", "output_eta": f"{ETA * case.share:.2f}"}


_EVIDENCE = {"lopsided": _lopsided, "tails": _tails, "vanishing": _vanishing, "output": _output}


# How lopsided each activation is.

SPREADS = tuple(round(0.1 * k, 1) for k in range(2, 121))
"""Where the curves of lopsidedness are computed, and where the cursor stands."""


TOLD_APART = ("sigmoid", "tanh", "relu", "gelu")
"""Of activations that share a curve, one of these gives it its colour and name: those that the page can be set to."""


def kinds() -> dict[str, list[str]]:
    """The activations by curve: those that are as lopsided at every spread are one. The key that stands for the curve to all of its keys."""
    found: dict[tuple[float, ...], list[str]] = {}
    for key in ACTIVATIONS:
        mark = tuple(round(lopsidedness(key, spread), 9) for spread in (0.5, 1.0, 3.0))
        found.setdefault(mark, []).append(key)
    return {next((key for key in keys if key in TOLD_APART), keys[0]): keys for keys in found.values()}


def curves(found: Mapping[str, Sequence[float]]) -> Columns:
    """The curves: spread, lopsidedness, activation."""
    return stack(
        columns(spread=SPREADS, lopsidedness=values, activation=activation(key).label) for key, values in found.items()
    )


def lopsided_curves() -> dict[str, tuple[float, ...]]:
    """(mu / s)^2 at each of `SPREADS`, a curve for each of `kinds`."""
    return {key: tuple(lopsidedness(key, spread) for spread in SPREADS) for key in kinds()}


def readings(found: Mapping[str, Sequence[float]], alike: Mapping[str, Sequence[str]], n: int) -> Columns:
    """What the cursor reads of each curve at each of its stands: k, spread, lopsidedness, activation, row, names, n."""
    rows = []
    for row, (key, values) in enumerate(sorted(found.items(), key=lambda one: -one[1][SPREADS.index(1.0)])):
        unit = activation(key)
        names = ", ".join(activation(one).label for one in alike[key])
        if unit.zero_centred:
            names = f"{unit.label} and whatever is centred"
        rows += [
            (k, spread, value, unit.label, row, names, n)
            for k, (spread, value) in enumerate(zip(SPREADS, values, strict=True))
        ]
    return from_rows(("k", "spread", "lopsidedness", "activation", "row", "names", "n"), rows)


# Under "Go deeper": momentum against the root of kappa, and batch norm.

NINE = 0.9
"""The momentum that everybody uses."""

WIDE = 1000.0
"""A kappa at which a momentum of 0.9 is larger than it need be, so that it alone sets the rate."""

KAPPAS = tuple(float(kappa) for kappa in np.geomspace(1, 1e5, 61))

FELT: Mapping[str, tuple[str, float | None]] = {
    "plain descent": ("plain", None),
    "heavy ball, best β": ("heavy_ball", None),
    "Nesterov, best β": ("nesterov", None),
    "heavy ball, β = 0.9": ("heavy_ball", NINE),
}
"""The lines of the picture: method, and its momentum where that is fixed."""


def felt_at(kappa: float) -> dict[str, float]:
    """The kappa that each line of `FELT` feels in a valley of this kappa: (1 + rate) / (1 - rate)."""
    found = {}
    for name, (key, beta) in FELT.items():
        rate = best_rate(key, 1.0, kappa, beta).rate
        assert rate is not None
        found[name] = (1 + rate) / (1 - rate)
    return found


def rate_curves() -> Columns:
    """The lines: kappa, felt, method."""
    points = [felt_at(kappa) for kappa in KAPPAS]
    return stack(columns(kappa=KAPPAS, felt=[one[name] for one in points], method=name) for name in FELT)


def rates_here(felt: Mapping[str, float], kappa: float) -> Columns:
    """The dots of one valley: kappa, felt, method."""
    return columns(kappa=kappa, felt=list(felt.values()), method=list(felt))


EXPLOSIONS = (
    ("the identity", "identity", 8),
    ("the identity", "identity", 64),
    ("ReLU", "relu", 8),
    ("ReLU", "relu", 64),
)
"""Networks with batch normalisation: the name, the activation, the batch."""

DEEP = 12
"""In the middle of so many layers the factor has settled."""


@dataclass(frozen=True, slots=True)
class Explosion:
    """What batch normalisation makes of the gradient. factors: name, batch and the squared factor per layer. fives: of the norm, in five
    layers of the last. many: the layers of the last that make 10^4 of it."""

    factors: tuple[tuple[str, int, float], ...]
    fives: float
    many: int


def explosion() -> Explosion:
    """The factors of `EXPLOSIONS`, at the start of a wide network."""
    factors = tuple(
        (name, batch, layers(key, DEEP, 1.0, norm="batch before", batch=batch)[DEEP // 2].gain)
        for name, key, batch in EXPLOSIONS
    )
    last = factors[-1][2]
    return Explosion(factors, last**2.5, math.ceil(8 / math.log10(last)))
