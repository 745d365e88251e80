"""What `/signs` can be set to: names, bounds, defaults and labels, once, here; and its presets."""

from core.signs.patterns import Pattern, all_patterns
from dashboard.ui.settings import Preset, number, page_settings, segmented, select, slider, steps

DRAWS = 8000
"""How many batches are drawn for shares and entropies."""

SOURCES = {"sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "relu", "softplus": "softplus"}
"""Where inputs come from: label and key of the activation."""

BATCHES = tuple(2**k for k in range(8))

FOUR: dict[str, Pattern] = {
    "the asker's": ((1, -1), (1, -1)),
    "only w1 up": ((1, -1), (-1, -1)),
    "rows opposite": ((1, 1), (-1, -1)),
    "all up": ((1, 1), (1, 1)),
}
"""The patterns whose reach is to be predicted."""


def pattern_label(pattern: Pattern) -> str:
    """A 2 x 2 pattern in words, neuron by neuron: "up down, up down"."""
    return ", ".join(" ".join("up" if sign > 0 else "down" for sign in row) for row in pattern)


@page_settings
class Signs:
    """The settings of `/signs`."""

    inputs: str = segmented(
        "Inputs from",
        SOURCES,
        default="sigmoid",
        help="sigmoid and softplus: all positive. tanh: of either sign. ReLU: positive where a unit is on, and exactly 0 where it is off.",
    )
    pattern: Pattern = select(
        "Ask for a pattern",
        {pattern_label(pattern): pattern for pattern in all_patterns(2, 2)},
        default=FOUR["the asker's"],
        help="The wanted updates of w1 w2, w3 w4. A tap on a tile asks for it too.",
    )
    batch: int = steps(
        "Batch size",
        {str(size): size for size in BATCHES},
        default=1,
        help="Moves the shares in the tiles and the bits; what one sample can do stays.",
    )
    coupling: float = slider(
        "Coupling of the two neurons",
        default=0.0,
        low=0.0,
        high=0.9,
        step=0.05,
        format="%.2f",
        help="0: what is behind the layer treats them apart. Towards 1: it feels little but their sum.",
    )
    seed: int = number("Seed", default=0, low=0, high=9999)
    delta1: float = slider("Upstream signal δ1", default=-0.8, low=-1.0, high=1.0, step=0.05, format="%.2f")
    delta2: float = slider("Upstream signal δ2", default=0.5, low=-1.0, high=1.0, step=0.05, format="%.2f")
    a1: float = slider(
        "Input a1",
        default=0.9,
        low=-1.0,
        high=1.0,
        step=0.05,
        format="%.2f",
        help="Below 0 it counts as 0 where the activation that it comes from is never negative.",
    )
    a2: float = slider("Input a2", default=0.4, low=-1.0, high=1.0, step=0.05, format="%.2f", help="As a1.")
    step: int = slider("Step", default=12, low=0, high=60, step=1, help="How far the two neurons have descended.")


PRESETS = (
    Preset("asked", "The asker's wish", Signs()),
    Preset("lecture", "The lecture's neuron", Signs(pattern=FOUR["rows opposite"])),
    Preset("tanh", "tanh", Signs(inputs="tanh")),
    Preset("two", "A batch of two", Signs(batch=2)),
)
