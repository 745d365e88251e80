"""A control: its address, what it may hold, and how it is read, written, locked and drawn.

A page's controls are the fields of its settings (`dashboard.ui.settings`). A control's key is `<topic>_<name>`, the same in
the URL and in the session; a choice is written into the URL by its label, so the labels of choices are part of a link too.
Keys, bounds, such labels and defaults, once published, stay (tests/published.json).

A control's *state* is what its widget holds: a label for a choice, otherwise a number or a bool. Its *value* is what that
stands for.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import streamlit as st


def locked_names(topic: str) -> list[str]:
    """The names of the controls that a teacher's view of this page holds where they are."""
    key = f"{topic}_lock"
    return list(st.session_state[key] if key in st.session_state else st.query_params.get_all(key))


_AROUND = ").,;:!>]}'\"”’…"
"""What a sentence may leave at the end of a link that was pasted into it."""


def readable(text: str) -> str:
    """A visitor's text, fit for a line: printable, and not long."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in text)
    return shown if len(shown) <= 40 else f"{shown[:40]}…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Control(ABC):
    """What all controls have in common. topic, name: of the page, and of the field of its settings. default: a value."""

    topic: str
    name: str
    label: str
    default: Any
    help: str | None = None

    @property
    def key(self) -> str:
        """Its name in the URL and in the session."""
        return f"{self.topic}_{self.name}"

    # What differs between kinds.

    @abstractmethod
    def clean(self, raw: Any) -> Any:
        """`raw` as the state that the widget should have; the default's state where it is none."""

    @abstractmethod
    def read(self, text: str) -> Any:
        """The state that a link asks for by `text`; the default's where that is none."""

    @abstractmethod
    def understands(self, text: str) -> bool:
        """Whether `text` is a state, exactly as it stands."""

    @abstractmethod
    def trouble(self, text: str) -> str:
        """What a `text` is that is not understood."""

    def value_of(self, state: Any) -> Any:
        """The value that a clean state stands for."""
        return state

    def state_of(self, value: Any) -> Any:
        """The state that stands for `value`; the default's for a value that the control cannot hold."""
        return self.clean(value)

    @abstractmethod
    def _widget(self, start: Any, **common: Any) -> Any:
        """Draw the widget and return what it holds. start: the state that it has while it has no other."""

    # What is the same for all.

    @property
    def default_state(self) -> Any:
        return self.state_of(self.default)

    def write(self, state: Any) -> str:
        """A state as a link holds it."""
        return str(state)

    def tidy(self, text: str) -> str:
        """`text` without what a sentence around the link has left at its end, where it is understood only so."""
        bare = text.rstrip(_AROUND)
        return bare if not self.understands(text) and self.understands(bare) else text

    def holds(self, texts: list[str], state: Any) -> bool:
        """Whether these texts of a link say `state`, and nothing else."""
        return len(texts) == 1 and self.understands(texts[0]) and self.read(texts[0]) == state

    def asked(self, texts: list[str]) -> tuple[Any, str | None]:
        """The state that a link asks for, and a sentence where that is not what it says. texts: all it has for the key."""
        if not texts:
            return self.default_state, None
        texts = [self.tidy(text) for text in texts]
        state = self.read(texts[-1])
        if self.holds(texts, state):
            return state, None
        shown = f"; shown: {self.write(state)}"
        if self.understands(texts[-1]):
            return state, f"{self.key} is there {len(texts)} times{shown}"
        return state, f"{self.key}={readable(texts[-1])} is {self.trouble(texts[-1])}{shown}"

    @property
    def locked(self) -> bool:
        """Whether a teacher's view holds this control where it is."""
        return self.name in locked_names(self.topic)

    @property
    def state(self) -> Any:
        """What the widget holds now. In a visitor's first run a widget that is yet to be drawn holds what the link says."""
        if self.key in st.session_state:
            return self.clean(st.session_state[self.key])
        return self.read(self.tidy(st.query_params.get(self.key, "")))

    @property
    def value(self) -> Any:
        """The value of the control, drawn or not yet drawn.

        A page draws its picture before its controls: what is sent first is on the screen first.
        """
        return self.value_of(self.state)

    def draw(self, collapsed: bool = False) -> Any:
        """Draw the control and return its value.

        One that does not apply may be left out: its value lives on in the address (`dashboard.ui.address`). `clean` sees
        to what a widget may hold and the page does not take (a value between two steps, an emptied choice).
        """
        first, state = self.key not in st.session_state, self.state
        if not first and st.session_state[self.key] != state:
            # Assigned only where it differs: an assigned value is sent to the browser and would fight a moving slider.
            st.session_state[self.key] = state
        raw = self._widget(
            state if first else self.default_state,
            key=self.key,
            disabled=self.locked,
            help=self.help,
            label_visibility="collapsed" if collapsed else "visible",
        )
        if first and self.clean(raw) != state:
            # The browser held something else, and a picture above was drawn from the link: both have the same from here on.
            st.rerun()
        return self.value_of(self.clean(raw))


@dataclass(frozen=True, slots=True, kw_only=True)
class Span(Control):
    """A number from `low` to `high` in steps of `step`: floats for a real one, ints for a whole one."""

    low: float
    high: float
    step: float
    format: str | None = None

    def clean(self, raw: Any) -> Any:
        if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not math.isfinite(raw):
            return self.default
        steps = round((min(max(raw, self.low), self.high) - self.low) / self.step)
        value = min(self.low + steps * self.step, self.high)
        return round(value, 9) if isinstance(self.step, float) else int(value)

    def read(self, text: str) -> Any:
        try:
            asked = float(text)
        except ValueError:
            return self.default
        return self.clean(asked) if self.low <= asked <= self.high else self.default

    def understands(self, text: str) -> bool:
        try:
            return bool(float(text) == self.read(text))
        except ValueError:
            return False

    def trouble(self, text: str) -> str:
        try:
            asked = float(text)
        except ValueError:
            asked = math.nan
        if self.low <= asked <= self.high:
            return "between two steps"
        return f"no number from {self.write(self.low)} to {self.write(self.high)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider(Span):
    def _widget(self, start: Any, **common: Any) -> Any:
        return st.slider(self.label, self.low, self.high, value=start, step=self.step, format=self.format, **common)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Span):
    def _widget(self, start: Any, **common: Any) -> Any:
        # As a real number: Streamlit's whole-number input raises on "Infinity" in a link. `clean` makes it whole.
        low, high, step, start = map(float, (self.low, self.high, self.step, start))
        return st.number_input(self.label, low, high, value=start, step=step, format="%.0f", **common)


@dataclass(frozen=True, slots=True, kw_only=True)
class Toggle(Control):
    def clean(self, raw: Any) -> Any:
        return raw if isinstance(raw, bool) else self.default

    def read(self, text: str) -> Any:
        return self._WORDS.get(text.lower(), self.default)

    def understands(self, text: str) -> bool:
        return text.lower() in self._WORDS

    def trouble(self, text: str) -> str:
        return "neither true nor false"

    def write(self, state: Any) -> str:
        return "true" if state else "false"

    def _widget(self, start: Any, **common: Any) -> Any:
        return st.toggle(self.label, start, **common)

    _WORDS: ClassVar[Mapping[str, bool]] = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Control):
    """One of several values. choices: each option's label and the value it stands for. shape: how it is drawn. shown: what
    stands on the page for a label, where that is not the label itself: labels are part of links, and stay."""

    choices: Mapping[str, Any]
    shape: Literal["segmented", "select", "steps"]
    shown: Mapping[str, str]

    def clean(self, raw: Any) -> Any:
        return raw if isinstance(raw, str) and raw in self.choices else self.default_state

    def read(self, text: str) -> Any:
        return self.clean(text)

    def understands(self, text: str) -> bool:
        return text in self.choices

    def trouble(self, text: str) -> str:
        return "none of its choices"

    def value_of(self, state: Any) -> Any:
        return self.choices[state]

    def state_of(self, value: Any) -> Any:
        for label, option in self.choices.items():
            if type(option) is type(value) and option == value:
                return label
        raise ValueError(f"{self.key} = {value!r} is not one of {', '.join(map(repr, self.choices.values()))}")

    def _widget(self, start: Any, **common: Any) -> Any:
        labels = list(self.choices)
        common["format_func"] = self.text
        match self.shape:
            case "segmented":
                return st.segmented_control(self.label, labels, default=start, required=True, **common)
            case "select":
                return st.selectbox(self.label, labels, index=labels.index(start), **common)
            case "steps":
                return st.select_slider(self.label, labels, value=start, **common)

    def text(self, label: str) -> str:
        """What stands on the page for a label."""
        return self.shown.get(label, label)
