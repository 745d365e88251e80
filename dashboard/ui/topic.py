"""A topic of the argument, and the argument: all topics in order. Pages, controls, presets and links are derived from them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard.ui.card import Card, in_order
from dashboard.ui.control import Control
from dashboard.ui.settings import Preset, controls

HOME = "question"
"""The topic whose page opens at the address of the app itself."""


@dataclass(frozen=True)
class Topic:
    """slug: its folder in `dashboard/topics/`, and its path in the address. question: the page's title."""

    slug: str
    question: str

    @property
    def path(self) -> str:
        """Its path in the address: empty for the default page."""
        return "" if self.slug == HOME else self.slug

    @property
    def file(self) -> str:
        """The page's file, as `st.page_link` takes it: relative to the entry point."""
        return f"topics/{self.slug}/page.py"

    def page(self, mark: str = "") -> StreamlitPage:
        """The page object that `st.navigation` takes. mark: what stands after its question in the side bar."""
        file = Path(__file__).parents[1] / self.file
        return st.Page(file, title=f"{self.question}{mark}", url_path=self.path, default=self.slug == HOME)

    def module(self, name: str) -> ModuleType:
        """One of the modules in its folder.

        Raises: ModuleNotFoundError that says what is missing.
        """
        wanted = f"dashboard.topics.{self.slug}.{name}"
        try:
            return import_module(wanted)
        except ModuleNotFoundError as error:
            if error.name != wanted and not wanted.startswith(f"{error.name}."):
                raise
            raise ModuleNotFoundError(
                f"the topic {self.slug!r} has no {name}.py: add dashboard/topics/{self.slug}/{name}.py", name=error.name
            ) from None

    @cached_property
    def settings(self) -> type:
        """The class of its settings."""
        name = self.slug.capitalize()
        found = getattr(self.module("settings"), name, None)
        if found is None:
            raise AttributeError(
                f"dashboard/topics/{self.slug}/settings.py has no class {name}: add one, decorated with @page_settings"
            )
        return found

    @property
    def controls(self) -> Mapping[str, Control]:
        """Its controls by name."""
        return controls(self.settings)

    @cached_property
    def presets(self) -> tuple[Preset[Any], ...]:
        """Its presets, in the order of their buttons."""
        return tuple(self.module("settings").PRESETS)

    def preset(self, name: str) -> Preset[Any]:
        """The preset called `name`."""
        for preset in self.presets:
            if preset.name == name:
                return preset
        raise KeyError(f"{self.slug} has no preset {name!r}: it has {', '.join(p.name for p in self.presets)}")

    @property
    def cards(self) -> tuple[Card, ...]:
        """What it says on the front page."""
        return tuple(self.module("card").cards())


class Argument(Mapping[str, Topic]):
    """The topics in the order of the argument, by slug."""

    def __init__(self, *topics: Topic) -> None:
        self._topics = {topic.slug: topic for topic in topics}

    def __getitem__(self, slug: str) -> Topic:
        return self._topics[slug]

    def __iter__(self) -> Iterator[str]:
        return iter(self._topics)

    def __len__(self) -> int:
        return len(self._topics)

    def after(self, slug: str) -> Topic | None:
        """The topic that follows; None after the last."""
        slugs = list(self)
        return self[slugs[slugs.index(slug) + 1]] if slug != slugs[-1] else None

    @property
    def cards(self) -> list[Card]:
        """What all topics but the front page itself say on it, in the order of their places."""
        return in_order(card for topic in self.values() if topic.slug != HOME for card in topic.cards)

    @property
    def controls(self) -> dict[str, Control]:
        """Every control of every page by its URL key."""
        return {control.key: control for topic in self.values() for control in topic.controls.values()}
