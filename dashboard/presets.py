"""The presets of every page: a button that sets the page's controls to one telling case."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from dashboard.controls import TOPICS


@dataclass(frozen=True, slots=True)
class Preset:
    """name: stable, for links from other pages. label: on the button. values: widget states by URL key; every control
    of the page that is not named goes to its default."""

    name: str
    label: str
    values: Mapping[str, Any]


PRESETS: Mapping[str, tuple[Preset, ...]] = MappingProxyType(
    {
        "neuron": (
            Preset("zigzag", "The real zigzag", {"neuron_eta": 0.95}),
            Preset(
                "textbook",
                "The textbook start",
                {"neuron_start1": 0.0, "neuron_start2": 0.0, "neuron_eta": 0.95},
            ),
            Preset("best", "Each at its best", {"neuron_compare": "each at its best eta"}),
            Preset("single", "One sample at a time", {"neuron_batch": "1", "neuron_eta": 0.5}),
            Preset("flipped", "A wire flipped", {"neuron_flip": True, "neuron_eta": 0.95}),
        ),
    }
)


def preset_state(topic: str, preset: Preset) -> dict[str, Any]:
    """The state of every control of the page under this preset."""
    return {control.key: preset.values.get(control.key, control.default) for control in TOPICS[topic]}


def preset_query(topic: str, name: str) -> dict[str, str]:
    """The query parameters that open a page in this preset."""
    (preset,) = (p for p in PRESETS[topic] if p.name == name)
    return {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in preset.values.items()}
