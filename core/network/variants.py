"""The variants: what the hidden units of a network compute. Each asks core.activations for the facts about its function."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.activations import ACTIVATIONS, Activation


@dataclass(frozen=True, slots=True)
class TanhForm:
    """f(z) = gain (tanh(rate z) + shift), as all sigmoids are; dimensionless."""

    gain: float
    rate: float
    shift: float


@dataclass(frozen=True, slots=True)
class Variant:
    """A hidden activation as the ablation names it: an activation, and what is done to the network besides.

    Raises: KeyError for an activation that core.activations does not have.
    """

    key: str
    """Its name in links and tables."""
    activation: str
    """The key of f in core.activations."""
    flipped: bool = False
    """Whether every other hidden unit and its outgoing weights are negated: the same function, other signs."""
    matched: bool = False
    """Whether the biases are shifted at the start, so that f = sigma - 1/2 makes the same function as sigma."""

    @property
    def known(self) -> Activation:
        """The activation itself."""
        return ACTIVATIONS[self.activation]

    @property
    def label(self) -> str:
        """Its name on pages."""
        return f"{self.known.label}, half flipped" if self.flipped else self.known.label

    @property
    def form(self) -> TanhForm | None:
        """f as a scaled tanh; None for any other function, which is computed by itself.

        Formula: where f is an affine image of sigma(c z) = (1 + tanh(c z / 2)) / 2, its range says which one.
        """
        low, high, c = self.known.low, self.known.high, self.known.rate
        return None if c is None else TanhForm((high - low) / 2, c / 2, (high + low) / (high - low))


def _by_key(*variants: Variant) -> Mapping[str, Variant]:
    return MappingProxyType({variant.key: variant for variant in variants})


VARIANTS: Mapping[str, Variant] = _by_key(
    Variant("sigmoid", "sigmoid"),
    Variant("centred", "centred", matched=True),
    Variant("four", "four"),
    Variant("four_centred", "four_centred"),
    Variant("bipolar", "bipolar"),
    Variant("tanh", "tanh"),
    Variant("relu", "relu"),
    Variant("flipped", "sigmoid", flipped=True),
)
"""Every variant of the page by its key, in its order."""

TRAINABLE: Mapping[str, Variant] = _by_key(
    *VARIANTS.values(),
    *(Variant(key, key) for key in ACTIVATIONS if key not in VARIANTS),
)
"""Every variant that can be trained: those of the page, and each further activation as it is."""
