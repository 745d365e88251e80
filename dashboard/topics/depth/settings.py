"""What `/depth` can be set to: names, bounds, defaults and labels, once, here; and its presets."""

from core.initialisations import RULES
from dashboard.ui.settings import (
    Preset,
    activation_choices,
    number,
    page_settings,
    segmented,
    select,
    slider,
    steps,
    toggle,
)

OWN = "own"
"""The rule by which the weights are set by hand."""


@page_settings
class Depth:
    """The settings of `/depth`."""

    activation: str = select("Activation", activation_choices(), default="sigmoid")
    beside: str = select(
        "Beside it", activation_choices(), default="centred", help="The same activation twice is drawn once."
    )
    show: str = segmented(
        "Gradient of",
        {"z: delta": "delta", "weights: dW": "dw"},
        default="delta",
        help="delta = dL/dz. |dW| is |delta| times the size of the layer's input.",
    )
    rule: str = select(
        "Initial weights",
        {rule.label: key for key, rule in RULES.items()} | {"your own": OWN},
        default="glorot4",
        help="PyTorch's default also has random biases, of the same variance as its weights. Drawn from a normal law here; "
        "PyTorch's is uniform, of the same variance.",
    )
    weights: float = slider(
        "Your own sigma_w",
        default=1.0,
        low=0.1,
        high=20.0,
        step=0.05,
        format="%.2f",
        help="A weight has variance sigma_w² / fan-in.",
    )
    bias: float = slider("Your own sigma_b", default=0.0, low=0.0, high=2.0, step=0.05, format="%.2f")
    norm: str = select(
        "Normalisation",
        {
            "none": "none",
            "layer norm before the activation": "layer before",
            "layer norm after the activation": "layer after",
            "batch norm before the activation": "batch before",
        },
        default="none",
    )
    skip: bool = toggle("Skip connections", default=False)
    layers: int = slider("Layers", default=50, low=2, high=200, step=1)
    width: int = steps("Units a layer", {str(2**k): 2**k for k in range(3, 12)}, default=256)
    seeds: int = steps("Networks", {str(4**k): 4**k for k in range(4)}, default=16)
    seed: int = number("Seed", default=0, low=0, high=9999)
    layer: int = slider("Chosen layer, from the input", default=10, low=1, high=199, step=1)


PRESETS = (
    Preset("glorot4", "sigma_w = 4, raw and centred", Depth()),
    Preset("pytorch", "PyTorch's default", Depth(rule="pytorch")),
    Preset("unit", "sigma_w = 1", Depth(rule="lecun")),
    Preset("critical", "Sigmoid's critical sigma_w", Depth(rule=OWN, weights=10.15)),
    Preset("skip", "Skip connections", Depth(skip=True, rule="lecun")),
    Preset("after", "Layer norm after the activation", Depth(norm="layer after", rule="lecun")),
    Preset("relu", "ReLU with He's weights", Depth(activation="relu", beside="tanh", rule="he")),
)
