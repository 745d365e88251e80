"""What `/signs` can be set to: names, bounds, defaults and labels, once, here; and its presets."""

from core.signs.patterns import Pattern, all_patterns
from dashboard.ui.settings import Preset, number, page_settings, segmented, select, slider, steps

DRAWS = 8000
"""How many batches are drawn for shares and entropies."""

SOURCES = {"sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "relu"}
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
        help="sigmoid: all positive. tanh: of either sign. ReLU: positive where a unit is on, and exactly 0 where it is off.",
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


PRESETS = (
    Preset("asked", "The asker's wish", Signs()),
    Preset("lecture", "The lecture's neuron", Signs(pattern=FOUR["rows opposite"])),
    Preset("tanh", "tanh", Signs(inputs="tanh")),
    Preset("two", "A batch of two", Signs(batch=2)),
)
