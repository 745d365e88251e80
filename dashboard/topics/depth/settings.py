"""What `/depth` can be set to: names, bounds, defaults and labels, once, here; and its presets."""

from collections.abc import Sequence
from dataclasses import replace

from core.activations import activation
from core.depth.measured import DepthConfig
from core.depth.normalisations import NORMALISATIONS, normalisation
from core.initialisations import RULES, rule
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

MOST_UNITS = 16_000_000
"""Plain units that one run of the page measures, all networks together: within a second on one core."""

REMEDIED = 1.4
"""What a unit costs with biases, skip connections and layer normalisation, in plain ones."""


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
        shown={"z: delta": "*z*: *δ*", "weights: dW": "weights: d*W*"},
        help="*δ* = d*L*/d*z*. A layer's weights get |*δ*| times the size of its input.",
    )
    rule: str = select(
        "Initial weights",
        {rule.label: key for key, rule in RULES.items()} | {"your own": OWN},
        default="glorot4",
        help="PyTorch's default also has random biases, of the same variance as its weights. Drawn from a normal law here; "
        "PyTorch's is uniform, of the same variance.",
    )
    weights: float = slider(
        "Weight scale",
        default=1.0,
        low=0.1,
        high=20.0,
        step=0.05,
        format="%.2f",
        help="$\\sigma_w$: a weight has the variance $\\sigma_w^2$ / fan-in.",
    )
    bias: float = slider("Bias scale", default=0.0, low=0.0, high=2.0, step=0.05, format="%.2f")
    norm: str = select(
        "Normalisation",
        {one.label: key for key, one in NORMALISATIONS.items()},
        default="none",
    )
    skip: bool = toggle("Skip connections", default=False)
    layers: int = slider("Layers", default=50, low=2, high=200, step=1)
    width: int = steps("Units a layer", {str(2**k): 2**k for k in range(3, 12)}, default=256)
    seeds: int = steps("Networks", {str(4**k): 4**k for k in range(4)}, default=16)
    seed: int = number("Seed", default=0, low=0, high=9999)
    layer: int = slider("Chosen layer, from the input", default=10, low=1, high=199, step=1)

    def networks(self) -> list[DepthConfig]:
        """The networks that are asked for, one setting an activation, as many of each as a run of the page measures."""
        sigma_w, sigma_b, orthogonal = self.weights, self.bias, False
        if self.rule != OWN:
            named = rule(self.rule)
            sigma_w, sigma_b = named.sigma_w(self.width, self.width), named.sigma_b(self.width, self.width)
            orthogonal = named.orthogonal
        asked = [
            DepthConfig(
                key,
                self.layers,
                self.width,
                sigma_w,
                sigma_b,
                self.seeds,
                self.norm,
                self.skip,
                seed=self.seed,
                orthogonal=orthogonal,
            )
            for key in dict.fromkeys((self.activation, self.beside))
        ]
        return [replace(one, seeds=affordable(asked)) for one in asked]


def affordable(wanted: Sequence[DepthConfig]) -> int:
    """How many networks of each wanted curve a run of the page measures."""
    units = sum(_cost(config) * config.depth * config.width for config in wanted)
    return max(1, min(wanted[0].seeds, int(MOST_UNITS / units)))


def _cost(config: DepthConfig) -> float:
    """What a unit costs, in plain ones; several inputs cost twice as much each."""
    more = 1.0 if config.plain and config.sigma_b == 0 else REMEDIED
    return activation(config.activation).cost * (2 * config.inputs if normalisation(config.norm).over_inputs else more)


PRESETS = (
    Preset("glorot4", "Does centring help?", Depth()),
    Preset("pytorch", "A small gradient: converged?", Depth(rule="pytorch")),
    Preset("unit", "At weight scale 1?", Depth(rule="lecun")),
    Preset("critical", "Larger weights?", Depth(rule=OWN, weights=10.15)),
    Preset("skip", "Skip connections?", Depth(skip=True, rule="lecun")),
    Preset("after", "Layer norm?", Depth(norm="layer after", rule="lecun")),
    Preset("relu", "ReLU?", Depth(activation="relu", beside="tanh", rule="he")),
    Preset("orthogonal", "Orthogonal weights?", Depth(activation="tanh", beside="sigmoid", rule="orthogonal")),
)
