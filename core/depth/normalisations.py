"""The normalisations a deep random network may have, each one frozen object with its facts, in one registry.

A normalisation maps u to (u - mean) / s, with mean and s taken over the units of one input (layer normalisation) or over the
inputs of one unit (batch normalisation). None here has a scale or a shift of its own to learn.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.checks import check_choice

BATCH = 8
"""How many inputs go through the network where batch normalisation needs several."""


@dataclass(frozen=True, slots=True)
class Normalisation:
    """Where a normalisation stands and what it averages over. At most one of `before` and `after` is true."""

    key: str
    """Its name in settings."""
    label: str
    """Its name on a page and in links."""
    before: bool = False
    """Whether the pre-activations are normalised."""
    after: bool = False
    """Whether the activation's outputs are normalised."""
    over_inputs: bool = False
    """Whether each unit is averaged over the inputs (batch normalisation), not each input over the units."""

    @property
    def axis(self) -> int:
        """The axis averaged over, in arrays of shape (networks, units, inputs)."""
        return 2 if self.over_inputs else 1

    @property
    def inputs(self) -> int:
        """How many inputs go through a network at once when it is measured."""
        return BATCH if self.over_inputs else 1

    @property
    def changes(self) -> bool:
        """Whether anything is normalised at all."""
        return self.before or self.after


_ALL = (
    Normalisation("none", "none"),
    Normalisation("layer before", "layer norm before the activation", before=True),
    Normalisation("layer after", "layer norm after the activation", after=True),
    Normalisation("batch before", "batch norm before the activation", before=True, over_inputs=True),
)

NORMALISATIONS: Mapping[str, Normalisation] = MappingProxyType({one.key: one for one in _ALL})
"""Every normalisation by its key, in the order of the page's control."""

NORMS = tuple(NORMALISATIONS)
"""The keys."""


def normalisation(key: str) -> Normalisation:
    """The normalisation called `key`.

    Raises: ValueError that lists the keys, for any other value.
    """
    return NORMALISATIONS[check_choice("norm", key, NORMS)]
