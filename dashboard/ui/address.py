"""The address and the page: a link is read once, what was not understood is said, and what the address holds is what is seen.

Not by Streamlit's `bind="query-params"`: a page that is left takes bound parameters out of its address first, and so Back finds
the defaults; a preset makes a history entry for every control that it sets; and an odd value falls away without a word. Here
all of a page's parameters are read in one place and written in one message: an entry of the history for a change, one for a
page. In a frame nothing is written: an entry there would be one in the history of the page around it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.ui import type_size
from dashboard.ui.control import Control, readable

Parameters = dict[str, list[str]]
_NOTHING = object()


@dataclass(frozen=True, slots=True)
class _Seen:
    """How a visitor's last run left a page. address: its parameters. states: its controls, locks and panels by key.
    notes: what was not understood in the link."""

    address: Parameters
    states: dict[str, Any]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """The parameters of one page. slug: of its topic. controls: by the names of its settings."""

    slug: str
    controls: Mapping[str, Control]

    def follow(self) -> tuple[str, ...]:
        """Bring page and address together, at the start of a run; what of the link was not understood, a sentence each.

        An address that another than this page has changed (a link, Back, Forward) is read anew; but where a control has
        moved as well, it is the one that this page is about to change. A quick hand sends its next move before the browser
        has the address of the one before.
        """
        asked = {key: st.query_params.get_all(key) for key in st.query_params}
        own = {key: texts for key, texts in asked.items() if key.startswith(f"{self.slug}_")}
        last: _Seen | None = st.session_state.get(self._key)
        held = {key: st.session_state[key] for key in self._keys() if key in st.session_state}
        moved = last is not None and any(self._clean(key, state) != last.states[key] for key, state in held.items())
        if last is None or (own != last.address and not moved):
            states, notes = self._read(own)
            notes = (*notes, *type_size.misread(asked))
            if last is None:
                states |= {key: self._clean(key, state) for key, state in held.items()}
        else:
            states = last.states | {key: self._clean(key, state) for key, state in held.items()}
            notes = () if moved else last.notes
        for key, state in states.items():
            # Only where it differs: an assigned value is sent to the browser and would fight a moving slider. And not in a
            # visitor's first run, where a control starts from the link by itself: to a server that was started anew the
            # browser sends what its controls hold, the move just made included, and that is to stand.
            if last is None and self._control(key) is not None:
                continue
            if held.get(key, _NOTHING) != state and not (last is None and not state):
                st.session_state[key] = state
        if not st.context.is_embedded:
            own = self._written(own, states)
            wanted = {key: texts for key, texts in asked.items() if not key.startswith(f"{self.slug}_")} | own
            changes = wanted != asked
            wanted.pop(type_size.PARAMETER, None)
            wanted |= type_size.written(asked, changes)
            if wanted != asked:
                st.query_params.from_dict(wanted)
        st.session_state[self._key] = _Seen(own, states, notes)
        return notes

    # What is in an address beside the controls: which of them a teacher holds, and whether "Go deeper" is open.

    @property
    def _key(self) -> str:
        return f"{self.slug}_address"

    @property
    def _lock(self) -> str:
        return f"{self.slug}_lock"

    @property
    def _deeper(self) -> str:
        return f"{self.slug}_deeper"

    def _keys(self) -> Iterator[str]:
        yield from (control.key for control in self.controls.values())
        yield from (self._lock, self._deeper)

    def _control(self, key: str) -> Control | None:
        return self.controls.get(key.removeprefix(f"{self.slug}_"))

    def _clean(self, key: str, state: Any) -> Any:
        """`state` as the page takes it: a value between two steps is at one of them."""
        control = self._control(key)
        if control is not None:
            return control.clean(state)
        return list(state) if key == self._lock else bool(state)

    def _read(self, own: Parameters) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The states that a link asks for, and what of it was not understood."""
        states: dict[str, Any] = {}
        notes: list[str] = []
        for control in self.controls.values():
            states[control.key], note = control.asked(own.get(control.key, []))
            notes += [note] if note else []
        names = own.get(self._lock, [])
        states[self._lock] = [name for name in self.controls if name in names]
        opened = own.get(self._deeper, ["false"])
        states[self._deeper] = opened[-1].lower() == "true"
        if opened[-1].lower() not in ("true", "false"):
            notes.append(f"{self._deeper} is neither true nor false; shown: false")
        unknown = [key for key in own if key not in states]
        unknown += [f"{self._lock}={name}" for name in names if name not in self.controls]
        notes += [f"{readable(name)} is unknown here; left out" for name in unknown]
        return states, tuple(notes)

    def _written(self, own: Parameters, states: Mapping[str, Any]) -> Parameters:
        """The parameters for these states: what differs from the defaults, and whatever a link has put rightly."""
        out: Parameters = {}
        wanted = {key: self._texts(key, state) for key, state in states.items()}
        for key in (*(key for key in own if key in states), *(key for key in states if key not in own)):
            control = self._control(key)
            if control is not None and key in own and control.holds(own[key], states[key]):
                out[key] = own[key]
            elif control is not None and key in own and control.asked(own[key]) == (states[key], None):
                # Understood but for what a sentence has left at its end: written out it was, and so it stays.
                out[key] = [control.write(states[key])]
            elif wanted[key]:
                out[key] = wanted[key]
        return out

    def _texts(self, key: str, state: Any) -> list[str]:
        """A state as it stands in an address; nothing for a default."""
        control = self._control(key)
        if control is not None:
            return [] if state == control.default_state else [control.write(state)]
        if key == self._lock:
            return list(state)
        return ["true"] if state else []
