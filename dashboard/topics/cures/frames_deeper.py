"""The real network of `/cures`, and what lies deeper: momentum against the root of kappa, and batch norm."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.checks import IntArray
from core.depth.theory import layers
from core.network.ablation import ablation
from core.network.optimisers import OPTIMISERS
from core.network.variants import VARIANTS, Variant
from core.neuron.tuning import best_rate
from dashboard.look.columns import Columns, columns, from_rows, stack
from dashboard.look.formats import plural
from dashboard.topics.cures.settings import Cures

# A real network.


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """Networks trained one way at the best of its learning rates, over S seeds."""

    optimiser: str
    """Its key in core.network.optimisers."""
    variant: Variant
    eta: float
    cap: int
    """The steps after which a run was given up."""
    median: float
    """Of the steps; inf where half the seeds or more never arrive."""
    steps: IntArray
    """(S,), -1 where a run never arrived."""

    @property
    def label(self) -> str:
        """Its row in the picture."""
        return f"{OPTIMISERS[self.optimiser].label}: {self.variant.label}"

    @property
    def low(self) -> float:
        """The fewest steps of a seed; who never arrives counts as infinite."""
        return float(np.where(self.steps < 0, np.inf, self.steps).min())

    @property
    def high(self) -> float:
        """The most steps of a seed."""
        return float(np.where(self.steps < 0, np.inf, self.steps).max())


def measured(at: Cures) -> str:
    """The batch size that is shown: five hidden layers were measured with one alone."""
    return "64" if at.layers > 1 else at.batch


def where(at: Cures) -> str:
    """The batch size and the depth, in words."""
    batch = {"1": "one image a step", "full": "the full batch"}.get(measured(at), f"batches of {measured(at)}")
    return f"{batch}, {plural(at.layers, 'hidden layer')}"


def arms(at: Cures) -> dict[tuple[str, str], Arm]:
    """The ways of training that were measured with this batch size and depth, by optimiser and variant, in the order of the picture."""
    table = ablation()["deep" if at.layers > 1 else at.batch]
    found, medians = {}, table.medians()
    for variant in ("sigmoid", "centred", "tanh", "relu"):
        row, column = table.variants.index(variant), table.best(variant)
        found["sgd", variant] = Arm(
            "sgd",
            VARIANTS[variant],
            float(table.etas[column]),
            table.experiment.steps,
            float(medians[row, column]),
            table.steps[row, column],
        )
    return found


def dots(found: Mapping[tuple[str, str], Arm]) -> Columns:
    """A row for each way and seed; who has not arrived stands at the cap: row, way, activation, seed, steps, state, eta."""
    rows = []
    for place, arm in enumerate(found.values()):
        for seed, count in enumerate(arm.steps.tolist()):
            rows.append(
                (
                    place + 0.12 * (seed - (len(arm.steps) - 1) / 2),
                    arm.label,
                    arm.variant.known.label,
                    seed,
                    count if count >= 0 else arm.cap,
                    "arrived" if count >= 0 else "not arrived",
                    arm.eta,
                )
            )
    return from_rows(("row", "way", "activation", "seed", "steps", "state", "eta"), rows)


def medians(found: Mapping[tuple[str, str], Arm]) -> Columns:
    """The median of each row, with its label right of the row's dots: row, steps, right, told."""
    rows = []
    for place, arm in enumerate(found.values()):
        stands = np.where(arm.steps < 0, arm.cap, arm.steps)
        told = f"{round(arm.median):,}" if math.isfinite(arm.median) else f"> {arm.cap:,}"
        rows.append((place, float(np.median(stands)), int(stands.max()), told))
    return from_rows(("row", "steps", "right", "told"), rows)


def edges(drawn: Columns) -> Columns:
    """The ends of the axis of steps, with room for the labels: steps."""
    fewest, most = drawn["steps"].min(), drawn["steps"].max()
    return columns(steps=(fewest / 1.15, most * (most / fewest) ** 0.25 * 1.15))


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
