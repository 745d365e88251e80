"""What a page is set to, and the pictures on it, with what a hand moves in them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Generic, TypeVar

import pyarrow as pa
import streamlit as st

from dashboard.look.columns import Columns, columns
from dashboard.look.hand import HOVER, SENT, SETTINGS, Grip, Hold, Slide, embedded, moved, settings
from dashboard.ui import cache
from dashboard.ui.address import Address
from dashboard.ui.control import Control, Span
from dashboard.ui.settings import controls
from dashboard.ui.topic import Argument, Topic
from dashboard.ui.type_size import is_large

S = TypeVar("S")

_PLACE = "place"
"""Key of the page that a visitor was shown last, and of its theme."""


@dataclass(frozen=True, slots=True)
class _Live:
    """A live picture of one visitor. embedded: the settings that its specification holds. told: those that it was sent in this
    turn; turn: how often that was, after the first. current: those that it shows, the hand having moved some. before: those that
    it showed until this turn. drawn: its builder, its options and how large its type is. count: how often it has been embedded anew."""

    embedded: dict[str, Any]
    told: dict[str, Any]
    current: dict[str, Any]
    drawn: tuple[Any, ...]
    count: int = 0
    turn: int = 0
    before: dict[str, Any] = field(default_factory=dict)


class Pictures(Generic[S]):
    """The settings and the pictures of the page of the topic that the class `settings` is named after."""

    def __init__(self, settings: type[S], argument: Argument) -> None:
        self.settings = settings
        self.argument = argument
        self.topic: Topic = argument[settings.__name__.lower()]
        self.controls: Mapping[str, Control] = controls(settings)
        self.misread: tuple[str, ...] = ()
        self.arrives = True

    # What the page is set to.

    def state(self) -> S:
        """The settings now, controls drawn or not yet drawn; page and address are one from here on."""
        place = (self.topic.slug, st.context.theme.type)
        self.arrives = st.session_state.get(_PLACE) != place
        st.session_state[_PLACE] = place
        self.misread = Address(self.topic.slug, self.controls).follow()
        return self.settings(**{name: one.value for name, one in self.controls.items()})

    def control(self, name: str) -> Control:
        """The control of one setting."""
        try:
            return self.controls[name]
        except KeyError:
            raise KeyError(f"{self.settings.__name__} has no {name!r}: it has {', '.join(self.controls)}") from None

    def show(self, *names: str, collapsed: bool = False, applies: bool = True) -> None:
        """Draw these controls, one under the other; nothing where they do not apply. They keep their values all the same."""
        for name in names if applies else ():
            self.control(name).draw(collapsed)

    def locked(self, *names: str) -> bool:
        """Whether a teacher's view holds any of these controls where it is."""
        return any(self.control(name).locked for name in names)

    def move(self, **states: Any) -> None:
        """Set controls from a callback, as a click in a picture does: all of them, cleaned, or none where one is locked."""
        if not self.locked(*states):
            for name, state in states.items():
                st.session_state[self.control(name).key] = self.control(name).clean(state)

    def picture(
        self,
        builder: Callable[..., Any],
        datasets: Mapping[str, Columns],
        alt: str,
        name: str | None = None,
        on_select: Callable[[], None] | None = None,
        holds: Sequence[Hold] = (),
        stands: Mapping[str, float] = {},
        **options: Any,
    ) -> None:
        """A chart of the topic's `charts` over its named datasets.

        alt: the finding in a sentence, the chart's name for those who do not see it. It is part of the specification, so it
        names the case and not the numbers: a number in it would draw the chart anew at every move of a slider.
        name: tells the chart from others of the page, where something is picked in it or its view is to live on.
        holds: what the hand moves in it, as the builder's options have it; see `dashboard.look.hand`. stands: where it stands, for
        settings that the picture has elsewhere than their controls.
        """
        large = is_large()
        drawn = cache.spec(builder, large, **options)
        if holds and name:
            live = self._live(name, holds, stands, (builder, options, large))
            drawn = embedded(drawn, holds, live.embedded)
            datasets = {**datasets, SETTINGS: columns(turn=live.turn, **live.told)}
            # Where all of it is locked nothing is left that could be sent, and Streamlit refuses to listen.
            if on_select or any(one.free for one in holds):
                on_select = partial(self._moved, name, holds, on_select)
        key = self._key(name) if name else None
        if on_select and name:
            # Streamlit keeps what it was given to call for every key that there ever was, one more each time a picture is
            # embedded anew: with all that the page had computed then, if it were the page's own function.
            st.session_state[f"{self.topic.slug}_{name}_heard"] = on_select
            on_select = partial(_hear, f"{self.topic.slug}_{name}_heard")
        # As Arrow tables, which is what the browser gets. From a frame Streamlit would first look for indexes and types.
        tables = {
            dataset: pa.table({column: pa.array(values, from_pandas=True) for column, values in frame.items()})
            for dataset, frame in datasets.items()
        }
        heard = [one["name"] for one in drawn.get("params", ()) if "select" in one and one["name"] != HOVER]
        heard += [SENT] if "spec" in drawn else []
        st.vega_lite_chart(
            {**drawn, "datasets": tables},
            alt=alt,
            key=key,
            # Where all that could be moved is locked there is nothing to hear.
            on_select=on_select if on_select and heard else "ignore",
            selection_mode=heard or None,
            width="stretch",
        )

    # What the hand moves.

    def slide(self, name: str, label: str, free: bool = True) -> Slide:
        """The slider in a picture that holds the setting `name`; not `free` where it does not apply."""
        control = self.control(name)
        assert isinstance(control, Span)
        return Slide(name, label, control.low, control.high, control.step, free and not control.locked)

    def grip(self, name: str, x: str, y: str, mirror: float = 1.0) -> Grip:
        """The point in a picture that holds the settings `x` and `y`, the second drawn times `mirror`."""
        return Grip(name, x, y, mirror, not self.locked(x, y))

    def _key(self, name: str) -> str:
        """The key of a picture: another one each time it is embedded anew, so that the browser forgets what it held. Larger type
        is part of it, for the style sheet: the sliders in the picture have it too."""
        times = st.session_state.get(f"{self.topic.slug}_{name}_live")
        size = "_large" if is_large() else ""
        return f"{self.topic.slug}_{name}{size}" + (f"_{times.count}" if times and times.count else "")

    def _live(self, name: str, holds: Sequence[Hold], stands: Mapping[str, float], drawn: tuple[Any, ...]) -> _Live:
        """What the picture was embedded with, and what it shows: another turn where something other than the hand has set it, or
        the browser makes it anew from what it was last told (it comes from another page, or into another theme); embedded anew
        where it is `drawn` another way.

        A picture whose data alone change lives on in the browser: to embed it costs 100 ms. And what the hand has moved is not
        told back: the browser has the rest of the picture already, and nothing is sent.
        """
        key = f"{self.topic.slug}_{name}_live"
        now = {**{setting: self.control(setting).state for setting in settings(holds)}, **stands}
        live: _Live | None = st.session_state.get(key)
        if live is None:
            live = _Live(now, now, now, drawn)
        elif live.drawn != drawn:
            live = _Live(now, now, now, drawn, live.count + 1)
        elif live.current != now or (live.told != now and self.arrives):
            live = replace(live, told=now, current=now, before=live.current, turn=live.turn + 1)
        st.session_state[key] = live
        return live

    def _moved(self, name: str, holds: Sequence[Hold], then: Callable[[], None] | None) -> None:
        """The browser sent what the hand has moved, or picked."""
        key = f"{self.topic.slug}_{name}_live"
        live: _Live = st.session_state[key]
        turn, got = moved(st.session_state[self._key(name)].selection, holds)
        if turn == live.turn:
            # What is not taken as it was sent, it shows otherwise from the next turn on.
            st.session_state[key] = replace(live, current={**live.current, **got})
        else:
            # It was let go before the latest turn had come, the first one too, or long before: only what was moved since counts.
            got = {one: to for one, to in got.items() if turn == live.turn - 1 and to != live.before.get(one)}
        self.move(**{setting: value for setting, value in got.items() if not self.control(setting).locked})
        if then is not None:
            then()

    def picked(self, name: str) -> dict[str, Any] | None:
        """What was picked in the picture called `name`: the fields of the mark; None where nothing was that can be."""
        held = st.session_state.get(self._key(name))
        chosen = held.selection.get("pick") if held else None
        # A click on a mark without these fields, a handle for one, is sent too.
        return dict(chosen[0]) if chosen and "parity" in chosen[0] else None

    def parity(self, name: str) -> int:
        """0 or 1, and never what the last pick in this picture carried: a column for its marks that are to be picked.

        A pick that is equal to the last one is not sent, though a preset may have moved on since. With this column among
        its fields none is.
        """
        chosen = self.picked(name)
        return 1 - int(chosen["parity"]) if chosen else 0


def _hear(key: str) -> None:
    """Do what the latest run of the page wants done."""
    st.session_state[key]()
