"""The side bar: where one is, what one has seen in this visit, and how large the pictures' type is."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard.ui import type_size
from dashboard.ui.topic import Argument

SEEN = " ✓"
"""After the question of a page that the visitor has been to."""

_VISITED = "visited"


def journey(argument: Argument, *others: tuple[str, str]) -> StreamlitPage:
    """Draw the side bar; the page that the visitor is on, to be run. What was seen is forgotten with the visit.

    others: the paths and titles of the pages beside the argument, listed last; the file of each is `<path>/page.py`.
    """
    visited: set[str] = st.session_state.setdefault(_VISITED, set())
    pages = [topic.page(SEEN if topic.path in visited else "") for topic in argument.values()]
    for path, title in others:
        mark = SEEN if path in visited else ""
        pages.append(st.Page(f"{path}/page.py", title=f"{title}{mark}", url_path=path))
    here = st.navigation(pages)
    visited.add(here.url_path)
    # The title of the browser's tab is the question alone.
    st.set_page_config(page_title=here.title.removesuffix(SEEN))
    with st.sidebar:
        type_size.choose()
    return here
