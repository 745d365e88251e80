"""What `/network` can be set to: names, bounds, defaults and labels, once, here; and its presets."""

from core.network.ablation import SEEDS
from core.network.variants import VARIANTS
from dashboard.ui.settings import Preset, page_settings, segmented, select, steps

ALL = "all"
"""Every variant."""


@page_settings
class Network:
    """The settings of `/network`."""

    compare: str = segmented(
        "Compare at",
        {"each at its best eta": "best", "the same eta": "same"},
        default="best",
        help="Best eta: the smallest median of steps on the grid, whose rates are a factor of sqrt 2 apart.",
    )
    eta: float = steps(
        "The same eta",
        {f"{2 ** (k / 2):.4g}": float(f"{2 ** (k / 2):.4g}") for k in range(-14, 13)},
        default=0.5,
        help="Where a batch size has not been tried at this eta, the nearest that was.",
    )
    batch: str = steps("Batch size", {"1": "1", "8": "8", "64": "64", "full": "full"}, default="64")
    layers: int = segmented("Hidden layers", {"1": 1, "5": 5}, default=1)
    run: str = select(
        "Train",
        {"all variants": ALL} | {variant.label: key for key, variant in VARIANTS.items()},
        default=ALL,
        help="One variant runs beside sigmoid. A dot of the picture above opens its run here.",
    )
    seed: int | None = segmented("Seed", {"all": None} | {str(seed): seed for seed in range(SEEDS)}, default=None)
    trace: str = select(
        "Trace",
        {
            "training loss": "loss",
            "held-out accuracy": "accuracy",
            "neurons whose update is all of one sign": "locked",
            "pattern bits": "bits",
            "gradient norm": "gradient",
            "saturated units": "saturated",
        },
        default="loss",
    )
    layer: int = select(
        "Of the weights fed by",
        {"the pixels": 0} | {f"hidden layer {layer}": layer for layer in range(1, 6)},
        default=1,
    )

    @property
    def experiment(self) -> str:
        """The experiment of the table that is shown; five hidden layers were measured with one batch size only."""
        return "deep" if self.layers > 1 else self.batch

    @property
    def shared_eta(self) -> float | None:
        """The learning rate of all variants; None where each has its best."""
        return self.eta if self.compare == "same" else None

    @property
    def trained(self) -> tuple[str, ...]:
        """The variants that are watched: all, or one beside sigmoid, which has its centred twin beside it."""
        if self.run == ALL:
            return tuple(VARIANTS)
        return "sigmoid", "centred" if self.run == "sigmoid" else self.run

    @property
    def seeds(self) -> range:
        """The seeds that are watched."""
        return range(SEEDS) if self.seed is None else range(self.seed, self.seed + 1)


PRESETS = (
    Preset("best", "Each at its best eta", Network()),
    Preset("same", "All at the same eta", Network(compare="same")),
    Preset("full", "The full batch", Network(batch="full")),
    Preset("one", "Batch size 1", Network(batch="1", seed=0)),
    Preset("flipped", "Half the units flipped", Network(run="flipped", trace="locked", batch="1", seed=0)),
    Preset("deep", "Five hidden layers", Network(layers=5, seed=0)),
)
