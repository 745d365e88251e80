"""What `/cures` can be set to: names, bounds, defaults and labels, once, here; and its presets."""

from core.inputs import UNIFORM
from core.remedies import REMEDIES
from dashboard.ui.settings import Preset, page_settings, segmented, select, slider

MOMENTS = (*range(11), *sorted({round(10 * 1.15**k) for k in range(1, 44)}))
"""The steps at which the race can be looked at: each of the first ten, and then ever farther apart."""

CLOSE = MOMENTS.index(62)
"""Where momentum has swung out and comes in, in the race of a hundred sigmoids."""


@page_settings
class Cures:
    """The settings of `/cures`."""

    inputs: str = segmented(
        "Where the inputs come from",
        {"sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "relu", "GELU": "gelu", "your own": UNIFORM},
        default="sigmoid",
        help="*a* = *f*(*z*) with *z* normal of spread 1, or any inputs with the mean and spread you set.",
    )
    n: int = slider("Number of inputs", default=100, low=2, high=100, step=2)
    mean: float = slider("Mean of an input, *μ*", default=0.5, low=0.0, high=2.0, step=0.01, format="%.2f")
    spread: float = slider("Spread of an input, *s*", default=0.2, low=0.1, high=2.0, step=0.01, format="%.2f")
    moment: int = slider(
        "Moment of the race",
        default=CLOSE,
        low=0,
        high=len(MOMENTS) - 1,
        step=1,
        help="The first ten moments are one step of the race apart; later ones are ever farther apart.",
    )
    goal: float = segmented(
        "The race ends at this share of the first loss",
        {"1e-3": 1e-3, "1e-6": 1e-6, "1e-12": 1e-12},
        default=1e-6,
        shown={"1e-3": "1/1,000", "1e-6": "1/1,000,000", "1e-12": "10⁻¹²"},
    )
    cure: str = select(
        "Ask about",
        {key: key for key in REMEDIES},
        default="momentum",
        shown={key: one.label for key, one in REMEDIES.items()},
    )
    batch: str = segmented("Batch size", {"1": "1", "8": "8", "64": "64", "full": "full"}, default="full")
    layers: int = segmented("Hidden layers", {"1": 1, "5": 5}, default=1)
    cursor: float = slider(
        "Read the curves at this spread of *z*", default=1.0, low=0.2, high=12.0, step=0.1, format="%.1f"
    )


PRESETS = (
    Preset("momentum", "Does momentum fix it?", Cures()),
    Preset("adam", "Does Adam?", Cures(cure="adam", layers=5, batch="64", moment=MOMENTS.index(124))),
    Preset("relu", "Why does ReLU work?", Cures(inputs="relu", cure="relu", moment=10)),
    Preset("batch_norm", "Does batch norm?", Cures(cure="batch_norm", layers=5, batch="64")),
    Preset("bias", "A bias?", Cures(cure="bias")),
    Preset("batch", "A larger batch?", Cures(cure="batches", batch="1")),
)
