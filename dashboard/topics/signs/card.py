"""What `/signs` says on the front page."""

from core.inputs import Inputs, condition_number
from core.signs.batches import PatternConfig, limit_patterns, measured_patterns
from core.signs.layer import layer_curvature
from dashboard.look.formats import three
from dashboard.topics.signs.settings import DRAWS, FOUR, Signs
from dashboard.ui.cache import cached
from dashboard.ui.card import Card

BATCH, COUPLING = 32, 0.5
"""The batch size, and the coupling of two neurons, that it speaks of."""


def cards() -> list[Card]:
    """A layer mixes signs, and what is left of the entropy."""
    law = Inputs("sigmoid")
    layer = cached(layer_curvature)(((1.0, COUPLING), (COUPLING, 1.0)), law)
    one, many = (cached(measured_patterns)(PatternConfig("sigmoid", batch=size, draws=DRAWS)) for size in (1, BATCH))
    many_more = cached(limit_patterns)("sigmoid").bits
    return [
        Card(
            2,
            "But a layer mixes signs",
            "True, and no cure.",
            f"Two neurons whose outputs are added up in part (coupling {COUPLING:g}) make a valley {three(layer.kappa)} times as steep one "
            f"way as the other (*κ*). One neuron alone: {three(condition_number(law))}.",
            Signs(pattern=FOUR["rows opposite"], coupling=COUPLING),
            holds="yes",
            figure=f"{three(layer.kappa)} × as steep",
            of=f"one way as the other (*κ*) for two coupled neurons with two inputs; {three(condition_number(law))} for one neuron",
        ),
        Card(
            3,
            "So it is reduced entropy",
            "True for one sample.",
            f"The pattern of four signs has {three(one.bits)} of 4 bits; in batches of {BATCH} it has {three(many.bits)}.",
            Signs(batch=BATCH),
            figure=f"{three(one.bits)} → {three(many.bits)} bits",
            of=f"of 4: one sample, and batches of {BATCH}; large ones tend to {three(many_more)}",
        ),
    ]
