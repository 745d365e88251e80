"""What is said to help, each as a change of the case that core.ailments measures, and what each does for each ailment."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from core.ailments import AILMENTS, Case, Measure, verdict
from core.checks import check_choice
from core.costs import CROSS_ENTROPY

CRITICAL = 10.15
"""How many times as large as 1 sigma_w is where twenty layers of sigmoids keep their gradient."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """Something that is said to help. label: its name on a page and in links. why: how it works, in a sentence or two. case: the
    patient under it."""

    key: str
    label: str
    why: str
    case: Case


_ALL = (
    Remedy(
        "tanh",
        "centre the hidden outputs (tanh)",
        "The mean is gone, and the steep direction with it. Driven as far out, tanh is flatter than sigmoid.",
        Case(activation="tanh"),
    ),
    Remedy(
        "standardise",
        "standardise the inputs",
        "It rounds the valley of the first layer. What a sigmoid layer hands on has a mean again.",
        Case(standardised=True),
    ),
    Remedy(
        "batch_norm",
        "batch norm",
        "In its usual place, before the activation, it keeps *z* out of the tails and the gradient at its size. What comes out of the "
        "sigmoid behind it has its mean as before; placed after the activation it would be centred.",
        Case(norm="batch before"),
    ),
    Remedy(
        "layer_norm",
        "layer norm after the activation",
        "It removes, sample by sample, the mean that the units share. A mean of one unit's own stays.",
        Case(norm="layer after"),
    ),
    Remedy(
        "momentum",
        "momentum",
        "It runs faster through the valley it is given. That valley, the tails and the layers stay as they are.",
        Case(method="heavy_ball"),
    ),
    Remedy(
        "adam",
        "Adam",
        "Every weight strides about as far, however small its gradient: a weak signal is hidden, not mended. The mean lies across "
        "all weights at once, and no rate per weight takes it away.",
        Case(method="adam"),
    ),
    Remedy(
        "batches",
        "larger batches",
        "They show the valley more exactly. It is the same valley.",
        Case(batch=64),
    ),
    Remedy(
        "eta",
        "a smaller learning rate",
        "It stops the zigzag, and crawls instead.",
        Case(share=1 / 3),
    ),
    Remedy(
        "bias",
        "a bias",
        "A bias is one more input that is always 1: all mean and no spread.",
        Case(bias=True),
    ),
    Remedy(
        "flip",
        "flipped wires",
        "No update is all of one sign any more, and the descent is the same one, mirrored: the sign never was the cost.",
        Case(flipped=True),
    ),
    Remedy(
        "weights",
        "larger weights",
        "The factor of a layer is weight times slope, so they can make up for the slope. They also push *z* into the tails.",
        Case(larger=CRITICAL),
    ),
    Remedy(
        "relu",
        "ReLU",
        "It is not centred either, only far less lopsided; and its slope is 1 on the half that is on. It is taken with He's weights, of variance 2 / fan-in.",
        Case(activation="relu", sigma_w=math.sqrt(2)),
    ),
    Remedy(
        "gelu",
        "GELU",
        "Its small negative outputs take half of ReLU's lopsidedness away. It is taken with He's weights, of variance 2 / fan-in.",
        Case(activation="gelu", sigma_w=math.sqrt(2)),
    ),
    Remedy(
        "skip",
        "skip connections",
        "The gradient has a way around every slope. The outputs' mean is set against the spread of what runs past them; over many "
        "blocks the means add up.",
        Case(skip=True),
    ),
    Remedy(
        "cross_entropy",
        "cross-entropy at the output",
        "It cancels the slope of the output unit, and of no other.",
        Case(cost=CROSS_ENTROPY),
    ),
    Remedy(
        "orthogonal",
        "orthogonal weights",
        "They keep lengths exactly, and the slopes shrink them all the same.",
        Case(orthogonal=True),
    ),
    Remedy(
        "classic",
        "tanh, batch norm, cross-entropy",
        "One for each: the mean, the spread of *z* and the factor of a layer, the output.",
        Case(activation="tanh", norm="batch before", cost=CROSS_ENTROPY),
    ),
    Remedy(
        "modern",
        "ReLU, skip connections, Adam, cross-entropy",
        "Nothing is centred here, and little of the mean is left beside the signal that runs past. Its blocks start small: a tenth of "
        "LeCun's weights, of variance 1 / fan-in.",
        Case(activation="relu", sigma_w=0.1, skip=True, method="adam", cost=CROSS_ENTROPY),
    ),
)

REMEDIES: Mapping[str, Remedy] = MappingProxyType({one.key: one for one in _ALL})
"""Every remedy by its key, in the order of the table; the two combinations last."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one remedy does for one ailment. verdict: as `core.ailments.verdict` gives it."""

    remedy: str
    ailment: str
    found: Measure
    patient: Measure
    verdict: str

    @property
    def number(self) -> float:
        """The number that decides: of the cause where that gave way, else of what is felt; of the output always the steps."""
        touched = self.found.cause != self.patient.cause and self.ailment != "output"
        return self.found.cause if touched else self.found.felt


@cache
def patient() -> Mapping[str, Measure]:
    """Every ailment of the patient, by its key."""
    return MappingProxyType({key: one.measure(Case()) for key, one in AILMENTS.items()})


def cells(remedy: str) -> tuple[Cell, ...]:
    """What a remedy does for each ailment, in the order of `AILMENTS`.

    Raises: ValueError that lists the remedies, for any other key.
    """
    case, sick = REMEDIES[check_choice("remedy", remedy, tuple(REMEDIES))].case, patient()
    found = {key: one.measure(case) for key, one in AILMENTS.items()}
    return tuple(Cell(remedy, key, one, sick[key], verdict(key, one, sick[key])) for key, one in found.items())


@cache
def remedy_table() -> tuple[Cell, ...]:
    """`cells` of every remedy, one after the other."""
    return tuple(cell for key in REMEDIES for cell in cells(key))
