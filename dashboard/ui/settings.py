"""A page's settings: one frozen dataclass whose fields carry their controls.

    @page_settings
    class Neuron:
        eta: float = slider("Learning rate", default=0.9, low=0.01, high=1.2, step=0.01)
        batch: int = steps("Batch size", {"1": 1, "full": 0}, default=0)

The class is named after its topic, and a field's URL key is `<topic>_<field>`. Defaults and presets are values of the class:
`Neuron()`, `Neuron(eta=0.95)`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar, dataclass_transform

from core.activations import ACTIVATIONS
from dashboard.ui.control import Choice, Control, Number, Slider, Toggle

S = TypeVar("S")

Shape = Literal["segmented", "select", "steps"]

_CONTROL = "control"
_CONTROLS: dict[type, Mapping[str, Control]] = {}


def _declared(default: Any, make: Callable[..., Control]) -> Any:
    return field(default=default, metadata={_CONTROL: make})


def slider(
    label: str,
    *,
    default: Any,
    low: float,
    high: float,
    step: float,
    format: str | None = None,
    help: str | None = None,
) -> Any:
    """A number on a slider; floats give a real one, ints a whole one."""
    return _declared(
        default, partial(Slider, label=label, default=default, low=low, high=high, step=step, format=format, help=help)
    )


def number(label: str, *, default: int, low: int, high: int, help: str | None = None) -> Any:
    """A whole number that is typed."""
    return _declared(default, partial(Number, label=label, default=default, low=low, high=high, step=1, help=help))


def toggle(label: str, *, default: bool, help: str | None = None) -> Any:
    """On or off."""
    return _declared(default, partial(Toggle, label=label, default=default, help=help))


def _choice(
    shape: Shape,
    label: str,
    default: Any,
    choices: Mapping[str, Any],
    help: str | None,
    shown: Mapping[str, str] | None,
) -> Any:
    options, texts = MappingProxyType(dict(choices)), MappingProxyType(dict(shown or {}))
    if stray := texts.keys() - options.keys():
        raise ValueError(f"{label}: shown has {', '.join(map(repr, sorted(stray)))}, which is none of the choices")
    make = partial(Choice, label=label, default=default, choices=options, shape=shape, shown=texts, help=help)
    return _declared(default, make)


def segmented(
    label: str,
    choices: Mapping[str, Any],
    *,
    default: Any,
    help: str | None = None,
    shown: Mapping[str, str] | None = None,
) -> Any:
    """One of a few values, all in sight. choices: each option's label, as links have it, and its value. shown: what stands
    on the page for a label where that is not the label itself."""
    return _choice("segmented", label, default, choices, help, shown)


def select(
    label: str,
    choices: Mapping[str, Any],
    *,
    default: Any,
    help: str | None = None,
    shown: Mapping[str, str] | None = None,
) -> Any:
    """One of many values, from a list; `choices` and `shown` as in `segmented`."""
    return _choice("select", label, default, choices, help, shown)


def steps(
    label: str,
    choices: Mapping[str, Any],
    *,
    default: Any,
    help: str | None = None,
    shown: Mapping[str, str] | None = None,
) -> Any:
    """One of several values that have an order, on a slider; `choices` and `shown` as in `segmented`."""
    return _choice("steps", label, default, choices, help, shown)


def activation_choices() -> Mapping[str, str]:
    """Options for a choice among all activations: label to key."""
    return {one.label: key for key, one in ACTIVATIONS.items()}


@dataclass_transform(frozen_default=True, field_specifiers=(slider, number, toggle, segmented, select, steps))
def page_settings(cls: type[S]) -> type[S]:
    """Class decorator: the settings of the page whose topic the class is named after."""
    topic = cls.__name__.lower()
    made = dataclass(frozen=True, slots=True)(cls)
    made_controls = {
        one.name: one.metadata[_CONTROL](topic=topic, name=one.name)
        for one in fields(made)  # type: ignore[arg-type]
    }
    _CONTROLS[made] = MappingProxyType(made_controls)
    return made


def controls(settings: type) -> Mapping[str, Control]:
    """The controls of a page by the names of its settings, in their order."""
    return _CONTROLS[settings]


def states(at: Any) -> dict[str, Any]:
    """The state of every control under the settings `at`, by URL key."""
    return {one.key: one.state_of(getattr(at, name)) for name, one in controls(type(at)).items()}


def link_query(at: Any) -> dict[str, str]:
    """The query parameters that open a page in the settings `at`: what differs from the defaults."""
    held = controls(type(at)).items()
    return {
        one.key: one.write(one.state_of(getattr(at, name))) for name, one in held if getattr(at, name) != one.default
    }


def states_written(at: Any) -> dict[str, str]:
    """The query parameters that open a page in the settings `at`, every control written out."""
    return {one.key: one.write(one.state_of(getattr(at, name))) for name, one in controls(type(at)).items()}


@dataclass(frozen=True, slots=True)
class Preset(Generic[S]):
    """A button that sets the page to one telling case. name: stable, for links. label: on the button. at: the settings."""

    name: str
    label: str
    at: S

    @property
    def query(self) -> dict[str, str]:
        """The query parameters that open the page so."""
        return link_query(self.at)
