"""Every control of every page, once: its URL key, label, bounds and default. `widgets.show` draws one.

A control's key is `<topic>_<name>`, the same in the URL and in the session; a choice is written into the URL by its
label, so the labels of choices are part of a link too. Keys, bounds, such labels and defaults, once published, stay.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from core.activations import ACTIVATIONS
from core.initialisations import RULES
from core.network.ablation import SEEDS
from core.network.mlp import VARIANTS
from core.signs.patterns import Pattern, all_patterns

Kind = Literal["slider", "number", "toggle", "segmented", "select", "steps"]


@dataclass(frozen=True, slots=True)
class Control:
    """One control. choices maps each option's label to the value it stands for; `default` is a label there, a number
    or a bool elsewhere. `low`, `high` and `step` are floats for a real slider, ints for a whole one."""

    key: str
    label: str
    kind: Kind
    default: Any
    low: float = 0
    high: float = 0
    step: float = 1
    format: str | None = None
    choices: Mapping[str, Any] = field(default_factory=dict)
    help: str | None = None

    @property
    def topic(self) -> str:
        return self.key.partition("_")[0]

    @property
    def name(self) -> str:
        return self.key.partition("_")[2]

    def clean(self, raw: Any) -> Any:
        """`raw` as the widget should hold it: on the step, within the bounds, one of the labels; else the default."""
        if self.choices:
            return raw if isinstance(raw, str) and raw in self.choices else self.default
        if self.kind == "toggle":
            return raw if isinstance(raw, bool) else self.default
        if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not math.isfinite(raw):
            return self.default
        steps = round((min(max(raw, self.low), self.high) - self.low) / self.step)
        value = min(self.low + steps * self.step, self.high)
        return round(value, 9) if isinstance(self.step, float) else int(value)

    def read(self, text: str) -> Any:
        """The state that a link asks for by `text`; the default where that is no state, or out of range."""
        if self.choices:
            return self.clean(text)
        if self.kind == "toggle":
            return text == "true" if text in ("true", "false") else self.default
        try:
            asked = float(text)
        except ValueError:
            return self.default
        return self.clean(asked) if self.low <= asked <= self.high else self.default

    def value(self, raw: Any) -> Any:
        """The value that `raw`, cleaned, stands for."""
        cleaned = self.clean(raw)
        return self.choices[cleaned] if self.choices else cleaned


def _choices(options: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(options))


def activation_choices(*keys: str) -> Mapping[str, str]:
    """Options for a choice among activations: label to key."""
    return _choices({ACTIVATIONS[key].label: key for key in keys})


def pattern_label(pattern: Pattern) -> str:
    """A 2 x 2 pattern in words, neuron by neuron: "up down, up down"."""
    return ", ".join(" ".join("up" if sign > 0 else "down" for sign in row) for row in pattern)


def batch_choices(*sizes: int) -> Mapping[str, int]:
    """Options for a batch size: label to number, and "full" to 0."""
    return _choices({str(size): size for size in sizes} | {"full": 0})


NEURON = (
    Control(
        "neuron_inputs",
        "Where the inputs come from",
        "segmented",
        "sigmoid",
        choices=_choices({"sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "relu", "mean and spread": "uniform"}),
        help="a = f(z) with z normal, or uniform inputs with the mean and spread you set.",
    ),
    Control("neuron_mean", "Mean of an input, mu", "slider", 0.5, low=-2.0, high=2.0, step=0.05, format="%.2f"),
    Control("neuron_spread", "Spread of an input, s", "slider", 0.3, low=0.1, high=2.0, step=0.05, format="%.2f"),
    Control(
        "neuron_eta",
        "Learning rate, as a share of the edge",
        "slider",
        0.9,
        low=0.01,
        high=1.2,
        step=0.01,
        format="%.2f",
        help="1 is the full-batch edge, 2 / steepest curvature: above it the steep direction diverges.",
    ),
    Control("neuron_batch", "Batch size", "steps", "full", choices=batch_choices(1, 2, 4, 8, 16, 32, 64)),
    Control(
        "neuron_compare",
        "Compare at",
        "segmented",
        "the same eta",
        choices=_choices({"the same eta": "same", "each at its best eta": "best"}),
        help="Best eta: the fixed learning rate that shrinks the error fastest from the worst start.",
    ),
    Control("neuron_flip", "Flip a wire: negate input 2 and its weight", "toggle", False),
    Control("neuron_start1", "Start, w1", "slider", -1.0, low=-2.0, high=2.0, step=0.1, format="%.1f"),
    Control("neuron_start2", "Start, w2", "slider", 0.5, low=-2.0, high=2.0, step=0.1, format="%.1f"),
    Control("neuron_target1", "Target, w1", "slider", 1.0, low=-2.0, high=2.0, step=0.1, format="%.1f"),
    Control("neuron_target2", "Target, w2", "slider", -1.0, low=-2.0, high=2.0, step=0.1, format="%.1f"),
    Control(
        "neuron_click",
        "A click in the picture moves",
        "segmented",
        "the start",
        choices=_choices({"the start": "start", "the target": "target"}),
    ),
    Control("neuron_step", "Pinned step", "slider", 12, low=0, high=60, step=1),
    Control("neuron_seed", "Seed", "number", 0, low=0, high=9999, step=1),
)

SIGNS = (
    Control(
        "signs_inputs",
        "Inputs from",
        "segmented",
        "sigmoid",
        choices=_choices({"sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "relu"}),
        help="sigmoid: all positive. tanh: of either sign. ReLU: positive where a unit is on, and exactly 0 where it is off.",
    ),
    Control(
        "signs_pattern",
        "Ask for a pattern",
        "select",
        "up down, up down",
        choices=_choices({pattern_label(pattern): pattern for pattern in all_patterns(2, 2)}),
        help="The wanted updates of w1 w2, w3 w4. A tap on a tile asks for it too.",
    ),
    Control(
        "signs_batch",
        "Batch size",
        "steps",
        "1",
        choices=_choices({str(2**k): 2**k for k in range(8)}),
        help="Moves the shares in the tiles and the bits; what one sample can do stays.",
    ),
    Control(
        "signs_coupling",
        "Coupling of the two neurons",
        "slider",
        0.0,
        low=0.0,
        high=0.9,
        step=0.05,
        format="%.2f",
        help="0: what is behind the layer treats them apart. Towards 1: it feels little but their sum.",
    ),
    Control("signs_seed", "Seed", "number", 0, low=0, high=9999, step=1),
)

SATURATION = (
    Control(
        "saturation_activation",
        "Activation",
        "select",
        "sigmoid",
        choices=activation_choices(*ACTIVATIONS),
    ),
    Control("saturation_beside", "Beside it", "select", "tanh", choices=activation_choices(*ACTIVATIONS)),
    Control(
        "saturation_below",
        "Saturated below this share of its best slope",
        "slider",
        0.04,
        low=0.01,
        high=0.5,
        step=0.01,
        format="%.2f",
        help="A share is fair between activations; an absolute slope is not.",
    ),
    Control(
        "saturation_weights",
        "Size of the weights, sigma_w",
        "slider",
        4.0,
        low=0.2,
        high=20.0,
        step=0.1,
        format="%.1f",
        help="A weight has variance sigma_w² / fan-in.",
    ),
    Control(
        "saturation_square",
        "Mean square of an input",
        "slider",
        0.37,
        low=0.05,
        high=4.0,
        step=0.01,
        format="%.2f",
        help="E a². A sigmoid layer puts out 0.25 (nothing moves) to 0.5 (all saturated).",
    ),
    Control(
        "saturation_mean",
        "Mean of z",
        "slider",
        0.0,
        low=-8.0,
        high=8.0,
        step=0.1,
        format="%.1f",
        help="From a bias, or from inputs and weights whose means do not cancel.",
    ),
    Control(
        "saturation_fan",
        "Fan-in, and fan-out",
        "steps",
        "256",
        choices=_choices({str(2**k): 2**k for k in range(2, 13)}),
        help="Moves the named initialisations, and only those with a bias: sigma_w has the fan-in in it already.",
    ),
    Control("saturation_cursor", "Pinned cursor, z", "slider", 1.0, low=-10.0, high=10.0, step=0.1, format="%.1f"),
)

OUTPUT = (
    Control("output_w", "Start, weight w", "slider", 2.0, low=-6.0, high=6.0, step=0.1, format="%.1f"),
    Control("output_b", "Start, bias b", "slider", 2.0, low=-6.0, high=6.0, step=0.1, format="%.1f"),
    Control("output_eta", "Learning rate eta", "slider", 0.15, low=0.01, high=2.0, step=0.01, format="%.2f"),
    Control("output_target", "Target y, for the input x = 1", "segmented", "0", choices=_choices({"0": 0.0, "1": 1.0})),
    Control(
        "output_steps",
        "Steps",
        "steps",
        "300",
        choices=_choices({"100": 100, "300": 300, "1000": 1000, "3000": 3000, "10000": 10000}),
    ),
    Control(
        "output_pinned",
        "Pinned step, % of the run",
        "slider",
        17,
        low=0,
        high=100,
        step=1,
    ),
)

NETWORK = (
    Control(
        "network_compare",
        "Compare at",
        "segmented",
        "each at its best eta",
        choices=_choices({"each at its best eta": "best", "the same eta": "same"}),
        help="Best eta: the smallest median of steps on the grid, whose rates are a factor of sqrt 2 apart.",
    ),
    Control(
        "network_eta",
        "The same eta",
        "steps",
        "0.5",
        choices=_choices({f"{2 ** (k / 2):.4g}": float(f"{2 ** (k / 2):.4g}") for k in range(-14, 13)}),
        help="Where a batch size has not been tried at this eta, the nearest that was.",
    ),
    Control("network_batch", "Batch size", "steps", "64", choices=_choices({k: k for k in ("1", "8", "64", "full")})),
    Control("network_layers", "Hidden layers", "segmented", "1", choices=_choices({"1": 1, "5": 5})),
    Control(
        "network_run",
        "Train",
        "select",
        "all variants",
        choices=_choices({"all variants": "all"} | {variant.label: key for key, variant in VARIANTS.items()}),
        help="One variant runs beside sigmoid. A dot of the picture above opens its run here.",
    ),
    Control(
        "network_seed",
        "Seed",
        "segmented",
        "all",
        choices=_choices({"all": None} | {str(seed): seed for seed in range(SEEDS)}),
    ),
    Control(
        "network_trace",
        "Trace",
        "select",
        "training loss",
        choices=_choices(
            {
                "training loss": "loss",
                "held-out accuracy": "accuracy",
                "neurons whose update is all of one sign": "locked",
                "pattern bits": "bits",
                "gradient norm": "gradient",
                "saturated units": "saturated",
            }
        ),
    ),
    Control(
        "network_layer",
        "Of the weights fed by",
        "select",
        "hidden layer 1",
        choices=_choices({"the pixels": 0} | {f"hidden layer {layer}": layer for layer in range(1, 6)}),
    ),
)

DEPTH = (
    Control("depth_activation", "Activation", "select", "sigmoid", choices=activation_choices(*ACTIVATIONS)),
    Control(
        "depth_beside",
        "Beside it",
        "select",
        "centred sigmoid",
        choices=activation_choices(*ACTIVATIONS),
        help="The same activation twice is drawn once.",
    ),
    Control(
        "depth_show",
        "Gradient of",
        "segmented",
        "z: delta",
        choices=_choices({"z: delta": "delta", "weights: dW": "dw"}),
        help="delta = dL/dz. |dW| is |delta| times the size of the layer's input.",
    ),
    Control(
        "depth_rule",
        "Initial weights",
        "select",
        "4 x Glorot",
        choices=_choices({rule.label: key for key, rule in RULES.items()} | {"your own": "own"}),
        help="PyTorch's default also has random biases, of the same variance as its weights. Drawn from a normal law here; "
        "PyTorch's is uniform, of the same variance.",
    ),
    Control(
        "depth_weights",
        "Your own sigma_w",
        "slider",
        1.0,
        low=0.1,
        high=20.0,
        step=0.05,
        format="%.2f",
        help="A weight has variance sigma_w² / fan-in.",
    ),
    Control("depth_bias", "Your own sigma_b", "slider", 0.0, low=0.0, high=2.0, step=0.05, format="%.2f"),
    Control(
        "depth_norm",
        "Normalisation",
        "select",
        "none",
        choices=_choices(
            {
                "none": "none",
                "layer norm before the activation": "layer before",
                "layer norm after the activation": "layer after",
                "batch norm before the activation": "batch before",
            }
        ),
    ),
    Control("depth_skip", "Skip connections", "toggle", False),
    Control("depth_layers", "Layers", "slider", 50, low=2, high=200, step=1),
    Control("depth_width", "Units a layer", "steps", "256", choices=_choices({str(2**k): 2**k for k in range(3, 12)})),
    Control("depth_seeds", "Networks", "steps", "16", choices=_choices({str(4**k): 4**k for k in range(4)})),
    Control("depth_seed", "Seed", "number", 0, low=0, high=9999, step=1),
    Control("depth_layer", "Chosen layer, from the input", "slider", 10, low=1, high=199, step=1),
)

TOPICS: Mapping[str, tuple[Control, ...]] = MappingProxyType(
    {
        "question": (),
        "neuron": NEURON,
        "signs": SIGNS,
        "network": NETWORK,
        "saturation": SATURATION,
        "output": OUTPUT,
        "depth": DEPTH,
    }
)
"""The controls of each page."""

CONTROLS: Mapping[str, Control] = MappingProxyType({c.key: c for controls in TOPICS.values() for c in controls})
"""Every control by its URL key."""
