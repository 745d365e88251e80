"""The pages: path, question and navigation label of each topic, once. The order is the order of the argument."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import streamlit as st
from streamlit.navigation.page import StreamlitPage

FOLDER = Path(__file__).parent / "app_pages"


@dataclass(frozen=True, slots=True)
class Topic:
    """slug: URL path (empty for the default page) and file name. question: the page's title."""

    slug: str
    question: str

    def page(self) -> StreamlitPage:
        """The page object that `st.navigation` takes."""
        return st.Page(
            FOLDER / f"{self.slug}.py",
            title=self.question,
            url_path="" if self.slug == "question" else self.slug,
            default=self.slug == "question",
        )

    @property
    def file(self) -> str:
        """The page's file, as `st.page_link` takes it: relative to the entry point."""
        return f"app_pages/{self.slug}.py"


PAGES: Mapping[str, Topic] = MappingProxyType(
    {
        topic.slug: topic
        for topic in (
            Topic("question", "Why does sigmoid slow gradient descent?"),
            Topic("neuron", "Why does one neuron zigzag?"),
            Topic("signs", "Which sign combinations can happen?"),
            Topic("saturation", "Where does the gradient die?"),
            Topic("output", "Is a sigmoid output a problem?"),
            Topic("depth", "How fast does it vanish with depth?"),
            Topic("network", "What does it cost in a real network?"),
        )
    }
)
