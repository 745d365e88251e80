"""Text of a page that says something new at every move, also where the visitor's browser has translated it.

A translator puts elements of its own in the place of text. Where bold, italic or code parts a paragraph, React goes on writing
into the text that is no longer there, and the paragraph keeps its old numbers beside a picture that has moved on (streamlit
7745). So such a text stands in a container whose key is the text: another text is another element, mounted anew.
"""

import re
from contextlib import AbstractContextManager, nullcontext, suppress
from itertools import count
from typing import Any
from zlib import crc32

import streamlit as st
from streamlit.errors import StreamlitDuplicateElementKey

_PARTED = re.compile(r"[*`$\[]|\b_")
"""What parts a paragraph into several pieces of text."""


def say(text: str, help: str | None = None) -> None:
    """`text` as Markdown. help: what a question mark beside it says."""
    with _place(text):
        st.markdown(text, help=help)


def note(text: str) -> None:
    """`text` as a caption."""
    with _place(text):
        st.caption(text)


def _place(text: str) -> AbstractContextManager[Any]:
    """Where a text is written: for one that is parted a container of its own, also where it stands on the page twice."""
    if not _PARTED.search(text):
        return nullcontext()
    key = f"text_{crc32(text.encode()):08x}"
    for turn in count():
        with suppress(StreamlitDuplicateElementKey):
            return st.container(key=f"{key}_{turn}")
    raise AssertionError("a count has no end")
