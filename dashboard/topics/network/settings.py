"""What `/network` can be set to: names, bounds, defaults and labels, once, here; and its presets."""

import math
from dataclasses import replace

from core.network.ablation import EXPERIMENTS, SEEDS
from core.network.variants import TRAINABLE, VARIANTS
from dashboard.ui.settings import Preset, page_settings, segmented, select, steps

ALL = "all"
"""Every variant."""

_RATES = {f"{2 ** (k / 2):.4g}": float(f"{2 ** (k / 2):.4g}") for k in range(-14, 13)}
"""The learning rates that may be asked for, a factor √2 apart."""


@page_settings
class Network:
    """The settings of `/network`."""

    compare: str = segmented(
        "Compare at",
        {"each at its best eta": "best", "the same eta": "same"},
        default="best",
        shown={"each at its best eta": "each at its best η", "the same eta": "the same η"},
        help="Best *η*: the smallest median of steps on the grid, whose rates are a factor of √2 apart.",
    )
    eta: float = steps(
        "The same learning rate, η",
        _RATES,
        default=0.5,
        help="Not every batch size was tried at every *η*: then the slider goes to the nearest that was.",
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

    own: bool = segmented("What trains", {"a run of the picture": False, "my own network": True}, default=False)
    activation: str = select(
        "Its hidden units",
        {variant.label: key for key, variant in TRAINABLE.items() if not variant.flipped},
        default="gelu",
        help="Beside it trains a sigmoid network, or where it is one itself its centred twin, with the same layers, initial weights and "
        "learning rate.",
    )
    depth: int = segmented("Its hidden layers", {str(count): count for count in range(1, 6)}, default=2)
    weights: float = steps(
        "Its initial weights, as a multiple of the usual ones",
        {f"{scale:g}": scale for scale in (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)},
        default=1.0,
        help="The variance of a weight at the start is this squared, over the number of inputs of its unit.",
    )
    rate: float = steps("Its learning rate, η", _RATES, default=0.5)

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
        return _beside(self.run)

    @property
    def own_pair(self) -> tuple[str, ...]:
        """The variants that train where the visitor's own network does."""
        return _beside(self.activation)

    def tried(self) -> "Network":
        """The settings nearest to these that were measured: not every learning rate that all share was tried at every batch size."""
        if self.compare != "same":
            return self
        etas = EXPERIMENTS[self.experiment].etas
        return replace(self, eta=min(etas, key=lambda one: abs(math.log(one / self.eta))))

    @property
    def seeds(self) -> range:
        """The seeds that are watched."""
        return range(SEEDS) if self.seed is None else range(self.seed, self.seed + 1)


def _beside(key: str) -> tuple[str, ...]:
    """Sigmoid and another variant; sigmoid itself has its centred twin beside it."""
    plain = next(iter(VARIANTS.values()))
    return plain.key, str(plain.known.centred_key) if key == plain.key else key


PRESETS = (
    Preset("best", "Each at its best η", Network()),
    Preset("same", "All at the same η", Network(compare="same")),
    Preset("full", "With the full batch?", Network(batch="full")),
    Preset("one", "One sample a step?", Network(batch="1", seed=0)),
    Preset("flipped", "Is it the shared sign?", Network(run="flipped", trace="locked", batch="1", seed=0)),
    Preset("deep", "Five hidden layers?", Network(layers=5, seed=0)),
    Preset(
        "ends",
        "Units that start at 0 or 1?",
        Network(own=True, activation="sigmoid", weights=8.0, depth=1, rate=2.0, trace="saturated", seed=0),
    ),
)
