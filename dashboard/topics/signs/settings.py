"""What `/signs` can be set to: names, bounds, defaults and labels, once, here; and its presets."""

from core.signs.patterns import Pattern, all_patterns
from dashboard.ui.settings import Preset, number, page_settings, segmented, select, slider, steps

DRAWS = 8000
"""How many batches are drawn for shares and entropies."""

SOURCES = {"sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "relu", "softplus": "softplus"}
"""Where inputs come from: label and key of the activation."""

START, TARGET = ((-1.0, 0.5), (0.8, -1.2)), ((1.0, -1.0), (-1.0, 0.8))
"""Where the two weights that are drawn of each neuron begin, and where they are to go."""

WIDTHS = (2, 64)
"""The numbers of inputs that are always compared."""

BATCHES = tuple(2**k for k in range(8))

FOUR: dict[str, Pattern] = {
    "the asker's": ((1, -1), (1, -1)),
    "only w₁ up": ((1, -1), (-1, -1)),
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
        help="The wanted updates of *w*₁ *w*₂, *w*₃ *w*₄. A tap on a tile asks for it too.",
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
    n: int = slider(
        "Number of inputs, *n*",
        default=2,
        low=2,
        high=64,
        step=2,
        help="Of each of the two neurons. Two weights of a neuron are drawn, and the others do as they do.",
    )
    seed: int = number("Seed", default=0, low=0, high=9999)
    delta1: float = slider("Upstream signal *δ*₁", default=-0.8, low=-1.0, high=1.0, step=0.05, format="%.2f")
    delta2: float = slider("Upstream signal *δ*₂", default=0.5, low=-1.0, high=1.0, step=0.05, format="%.2f")
    a1: float = slider(
        "Input *a*₁",
        default=0.9,
        low=-1.0,
        high=1.0,
        step=0.05,
        format="%.2f",
        help="Below 0 it counts as 0 where the activation that it comes from is never negative.",
    )
    a2: float = slider("Input *a*₂", default=0.4, low=-1.0, high=1.0, step=0.05, format="%.2f", help="As *a*₁.")
    step: int = slider("Step", default=12, low=0, high=60, step=1, help="How far the two neurons have descended.")


PRESETS = (
    Preset("asked", "Can one sample make my pattern?", Signs()),
    Preset("lecture", "Can neurons differ in sign?", Signs(pattern=FOUR["rows opposite"])),
    Preset("tanh", "Does tanh make more?", Signs(inputs="tanh")),
    Preset("two", "What does a batch of two add?", Signs(batch=2)),
    Preset("wide", "Is it worse in a wide layer?", Signs(n=64)),
)
