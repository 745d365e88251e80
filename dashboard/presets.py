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
            Preset("zigzag", "The real zigzag", {}),
            Preset(
                "textbook",
                "The textbook start",
                {"neuron_start1": 0.0, "neuron_start2": 0.0, "neuron_eta": 0.95},
            ),
            Preset("best", "Each at its best", {"neuron_compare": "each at its best eta"}),
            Preset("single", "One sample at a time", {"neuron_batch": "1", "neuron_eta": 0.5}),
            Preset("flipped", "A wire flipped", {"neuron_flip": True}),
        ),
        "signs": (
            Preset("asked", "The asker's wish", {}),
            Preset("lecture", "The lecture's neuron", {"signs_pattern": "up up, down down"}),
            Preset("tanh", "tanh", {"signs_inputs": "tanh"}),
            Preset("two", "A batch of two", {"signs_batch": "2"}),
        ),
        "saturation": (
            Preset("glorot4", "4 x Glorot", {}),
            Preset("small", "Small weights", {"saturation_weights": 0.2, "saturation_square": 0.25}),
            Preset("unit", "sigma_w = 1", {"saturation_weights": 1.0, "saturation_square": 0.26}),
            Preset("critical", "Sigmoid's critical sigma_w", {"saturation_weights": 10.1, "saturation_square": 0.44}),
            Preset(
                "tanh",
                "tanh at the same spread",
                {
                    "saturation_activation": "tanh",
                    "saturation_beside": "sigmoid",
                    "saturation_weights": 10.1,
                    "saturation_square": 0.44,
                },
            ),
            Preset("relu", "ReLU's dead half", {"saturation_activation": "ReLU", "saturation_beside": "GELU"}),
        ),
        "output": (
            Preset("stuck", "Nielsen, stuck", {}),
            Preset("mild", "Nielsen, mild", {"output_w": 0.6, "output_b": 0.9}),
            Preset("far", "Start at z = 10", {"output_w": 5.0, "output_b": 5.0}),
            Preset("right", "Nearly right", {"output_w": -0.8, "output_b": -1.0}),
        ),
        "depth": (
            Preset("glorot4", "sigma_w = 4, raw and centred", {}),
            Preset("pytorch", "PyTorch's default", {"depth_rule": "PyTorch's default"}),
            Preset("unit", "sigma_w = 1", {"depth_rule": "LeCun"}),
            Preset("critical", "Sigmoid's critical sigma_w", {"depth_rule": "your own", "depth_weights": 10.15}),
            Preset("skip", "Skip connections", {"depth_skip": True, "depth_rule": "LeCun"}),
            Preset(
                "after",
                "Layer norm after the activation",
                {"depth_norm": "layer norm after the activation", "depth_rule": "LeCun"},
            ),
            Preset(
                "relu",
                "ReLU with He's weights",
                {"depth_activation": "ReLU", "depth_beside": "tanh", "depth_rule": "He"},
            ),
        ),
        "network": (
            Preset("best", "Each at its best eta", {}),
            Preset("same", "All at the same eta", {"network_compare": "the same eta"}),
            Preset("full", "The full batch", {"network_batch": "full"}),
            Preset("one", "Batch size 1", {"network_batch": "1", "network_seed": "0"}),
            Preset(
                "flipped",
                "Half the units flipped",
                {
                    "network_run": "sigmoid, half flipped",
                    "network_trace": "neurons whose update is all of one sign",
                    "network_batch": "1",
                    "network_seed": "0",
                },
            ),
            Preset("deep", "Five hidden layers", {"network_layers": "5", "network_seed": "0"}),
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
