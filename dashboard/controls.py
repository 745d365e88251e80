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

    @property
    def locks(self) -> str:
        """The key that lists the locked controls of this control's page."""
        return f"{self.topic}_lock"

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

    def value(self, raw: Any) -> Any:
        """The value that `raw`, cleaned, stands for."""
        cleaned = self.clean(raw)
        return self.choices[cleaned] if self.choices else cleaned


def _choices(options: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(options))


def activation_choices(*keys: str) -> Mapping[str, str]:
    """Options for a choice among activations: label to key."""
    return _choices({ACTIVATIONS[key].label: key for key in keys})


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

TOPICS: Mapping[str, tuple[Control, ...]] = MappingProxyType({"neuron": NEURON})
"""The controls of each page."""

CONTROLS: Mapping[str, Control] = MappingProxyType({c.key: c for controls in TOPICS.values() for c in controls})
"""Every control by its URL key."""
