"""What is done to a network in the hope that it learns in fewer steps: one frozen object each, in one registry, and the settings
in which each is tried."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.checks import check_choice
from core.network.norms import NETWORK_NORMS
from core.network.optimisers import OPTIMISERS
from core.network.training import Training
from core.network.variants import TRAINABLE


@dataclass(frozen=True, slots=True)
class Treatment:
    """A network of the cures' table: its activation, its normalisation and its initial weights."""

    key: str
    """Its name in tables."""
    variant: str
    """A key of core.network.variants.TRAINABLE."""
    norm: str = "none"
    """A key of core.network.norms, or "none"."""
    sigma_w: float = 1.0
    """The initial weights have variance sigma_w^2 / fan_in."""

    @property
    def label(self) -> str:
        """Its name on a page (ASCII)."""
        normed = "" if self.norm == "none" else f", {NETWORK_NORMS[self.norm].label}"
        scaled = "" if self.sigma_w == 1 else f", initial weights x {self.sigma_w:.3g}"
        return TRAINABLE[self.variant].label + normed + scaled

    def refused(self, batch: int) -> str | None:
        """Why it cannot be trained with this batch; None where it can."""
        if batch == 1 and self.norm != "none" and NETWORK_NORMS[self.norm].over_images:
            return "batch norm of one image: less its own mean it is 0, whatever it shows"
        return None


_ALL = (
    Treatment("sigmoid", "sigmoid"),
    Treatment("centred", "centred"),
    Treatment("tanh", "tanh"),
    Treatment("relu", "relu"),
    Treatment("gelu", "gelu"),
    Treatment("softplus", "softplus"),
    Treatment("sigmoid, batch before", "sigmoid", "batch before"),
    Treatment("sigmoid, batch after", "sigmoid", "batch after"),
    Treatment("sigmoid, layer after", "sigmoid", "layer after"),
    Treatment("sigmoid, weights 4", "sigmoid", sigma_w=4.0),
    Treatment("four", "four"),
    Treatment("four_centred", "four_centred"),
    Treatment("silu", "silu"),
    Treatment("leaky_relu", "leaky_relu"),
    Treatment("relu, batch before", "relu", "batch before"),
    Treatment("relu, weights 1.414", "relu", sigma_w=1.414),
    Treatment("centred, weights 4", "centred", sigma_w=4.0),
)

TREATMENTS: Mapping[str, Treatment] = MappingProxyType({one.key: one for one in _ALL})
"""Every treatment by its key."""

DEPTHS, BATCHES = (1, 5), (1000, 64, 8, 1)
MOST_STEPS: Mapping[tuple[int, int], int] = MappingProxyType(
    {
        (1, 1000): 1000,
        (1, 64): 2000,
        (1, 8): 6000,
        (1, 1): 24000,
        (5, 1000): 1000,
        (5, 64): 6000,
        (5, 8): 16000,
        (5, 1): 40000,
    }
)
"""The most steps of a run, by (depth, batch)."""
SPACING = 0.05
"""As in Training."""


@dataclass(frozen=True, slots=True, order=True)
class Trial:
    """One cell of the cures' table: where a treatment is tried, and by which optimiser.

    Raises: ValueError that names the parameter and what it may be, and for a treatment that this batch refuses.
    """

    depth: int
    """Hidden layers, one of DEPTHS."""
    batch: int
    """Images a step, one of BATCHES; 1000 is all of them."""
    optimiser: str
    """A key of core.network.optimisers."""
    treatment: str
    """A key of TREATMENTS."""

    def __post_init__(self) -> None:
        check_choice("depth", self.depth, DEPTHS)
        check_choice("batch", self.batch, BATCHES)
        check_choice("optimiser", self.optimiser, tuple(OPTIMISERS))
        check_choice("treatment", self.treatment, tuple(TREATMENTS))
        if reason := TREATMENTS[self.treatment].refused(self.batch):
            raise ValueError(f"treatment = {self.treatment!r} with batch = {self.batch}: {reason}")

    @property
    def most_steps(self) -> int:
        """The most steps of a run."""
        return MOST_STEPS[self.depth, self.batch]

    def training(self, eta: float = 1.0, seed: int = 0, seeds: int = 1) -> Training:
        """The training behind its rows, at one learning rate."""
        one = TREATMENTS[self.treatment]
        return Training(
            (one.variant,),
            (eta,),
            batch=self.batch,
            steps=self.most_steps,
            depth=self.depth,
            sigma_w=one.sigma_w,
            optimiser=self.optimiser,
            norm=one.norm,
            seed=seed,
            seeds=seeds,
            spacing=SPACING,
        )


def all_trials() -> tuple[Trial, ...]:
    """Every cell of the whole design, in the order in which they are computed: what answers most for the least work first."""
    early, late = tuple(TREATMENTS)[:9], tuple(TREATMENTS)[9:]
    quick, slow = [(1, batch) for batch in BATCHES] + [(5, 64)], [(5, 8), (5, 1000), (5, 1)]
    rounds = [(place, keys) for places in (quick, slow) for keys in (early, late) for place in places]
    return tuple(
        Trial(*place, optimiser, key)
        for place, keys in rounds
        for optimiser in OPTIMISERS
        for key in keys
        if TREATMENTS[key].refused(place[1]) is None
    )
