"""The real network of `/cures`, and what lies deeper: momentum against the root of kappa, and batch norm."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.depth.theory import layers
from core.network.cures_table import CureCell
from core.network.treatments import TREATMENTS, Trial
from core.neuron.tuning import best_rate
from dashboard.look.columns import Columns, columns, from_rows, stack
from dashboard.look.formats import three, whole
from dashboard.topics.cures.settings import Cures

# A real network.

SHOWN = (
    "sigmoid",
    "centred",
    "tanh",
    "relu",
    "gelu",
    "sigmoid, batch before",
    "sigmoid, batch after",
    "sigmoid, layer after",
)
"""The treatments in the picture, from top to bottom."""

BATCHES: Mapping[str, int] = {"1": 1, "8": 8, "64": 64, "full": 1000}
"""Images a step, by the choices of the page."""

WAYS = {"sgd": "plain", "momentum": "momentum", "adam": "Adam"}
"""The optimisers, by the names that their runners have in the race."""

Arms = Mapping[tuple[str, str], CureCell]
"""What was measured with one batch size and depth, by optimiser and treatment."""


def arms(layers: int, batch: int, cells: Mapping[Trial, CureCell]) -> dict[tuple[str, str], CureCell]:
    """The ways of training that were measured with this depth and batch size, in the order of the picture."""
    found = {}
    for treatment in SHOWN:
        for optimiser in WAYS:
            if TREATMENTS[treatment].refused(batch) is None:
                cell = cells.get(Trial(layers, batch, optimiser, treatment))
                if cell is not None:
                    found[optimiser, treatment] = cell
    return found


def place(at: Cures, cells: Mapping[Trial, CureCell]) -> tuple[int, int]:
    """Depth and batch size that are shown: those asked for where they were measured, else the nearest that were."""
    asked = (at.layers, BATCHES[at.batch])
    for one in (asked, (at.layers, 64), (1, asked[1]), (1, 1000)):
        if ("sgd", "sigmoid") in arms(*one, cells):
            return one
    raise ValueError("the table of cures has no plain sigmoid network")


def labels(found: Arms) -> tuple[str, ...]:
    """The rows of the picture: the networks, in names that a phone has room for."""
    return tuple(dict.fromkeys(TREATMENTS[key].label.removesuffix(" the activation") for _, key in found))


def dots(found: Arms) -> Columns:
    """A row for each way and seed that was tried; who has not arrived stands at the cap: row, network, name, seed, steps, state, eta, and what
    a mouse is told: told for the steps, label for the learning rate."""
    rows = []
    for (optimiser, treatment), cell in found.items():
        for seed, count in enumerate(cell.each.tolist()):
            arrived, most = math.isfinite(count), cell.trial.most_steps
            if not cell.tried[seed]:
                continue
            rows.append(
                (
                    _row(found, optimiser, treatment),
                    TREATMENTS[treatment].label,
                    WAYS[optimiser],
                    seed,
                    count if arrived else most,
                    "arrived" if arrived else "not arrived",
                    cell.eta,
                    whole(round(count)) if arrived else f"more than {whole(most)}",
                    three(cell.eta) if cell.arrives else "none of those tried",
                )
            )
    return from_rows(("row", "network", "name", "seed", "steps", "state", "eta", "told", "label"), rows)


def _row(found: Arms, optimiser: str, treatment: str) -> float:
    """Where a way stands: a row for each treatment, and in it a line for each optimiser."""
    treatments = list(dict.fromkeys(key for _, key in found))
    return treatments.index(treatment) + 0.27 * (list(WAYS).index(optimiser) - 1)


def medians(found: Arms) -> Columns:
    """The median of each way, and its number: row, name, steps, told."""
    rows = []
    for (optimiser, treatment), cell in found.items():
        most = cell.trial.most_steps
        told = f"{round(cell.median):,}" if cell.arrives else f"> {most:,}"
        rows.append((_row(found, optimiser, treatment), WAYS[optimiser], min(cell.median, most), told))
    return from_rows(("row", "name", "steps", "told"), rows)


def edges(drawn: Columns) -> Columns:
    """The ends of the axis of steps, with room for the column of medians: steps."""
    fewest, most = drawn["steps"].min(), drawn["steps"].max()
    return columns(steps=(fewest / 1.15, most * (most / fewest) ** 0.3 * 1.1))


# Under "Go deeper": momentum against the root of kappa, and batch norm.

NINE = 0.9
"""The momentum that everybody uses."""

WIDE = 1000.0
"""A kappa at which a momentum of 0.9 is larger than it need be, so that it alone sets the rate."""

KAPPAS = tuple(float(kappa) for kappa in np.geomspace(1, 1e5, 61))

FELT: Mapping[str, tuple[str, float | None]] = {
    "plain descent": ("plain", None),
    "momentum, best β": ("heavy_ball", None),
    "Nesterov, best β": ("nesterov", None),
    "momentum, β = 0.9": ("heavy_ball", NINE),
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
