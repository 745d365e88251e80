"""Taking a page along: the link with everything in it, the embed snippet, the teacher's view, the data, the Python lines."""

import os
from collections.abc import Mapping
from functools import partial
from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit

import streamlit as st

from dashboard.look.columns import Columns
from dashboard.ui import type_size
from dashboard.ui.control import locked_names
from dashboard.ui.files import Named, csv, explained
from dashboard.ui.topic import Topic


def query(topic: Topic) -> dict[str, Any]:
    """Every control of the page as query parameters, defaults written out: a later default cannot change this link."""
    held: dict[str, Any] = {control.key: control.write(control.state) for control in topic.controls.values()}
    names = locked_names(topic.slug)
    if topic.controls:
        held[f"{topic.slug}_lock"] = [name for name in topic.controls if name in names]
    if st.session_state.get(f"{topic.slug}_deeper"):
        held[f"{topic.slug}_deeper"] = "true"
    return held | type_size.carried()


def link(topic: Topic, **more: str) -> str:
    """The address of this page with every control in it."""
    base, parameters = (st.context.url or "").partition("?")[0], urlencode({**query(topic), **more}, doseq=True)
    return f"{base}?{parameters}" if parameters else base


def copies(url: str) -> bool:
    """Whether a browser lets a button of the page at `url` copy: a secure context, or this very machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme != "http" or host in ("localhost", "127.0.0.1", "::1") or host.endswith(".localhost")


def lettered(label: str) -> str:
    """A label without its Markdown, for a list that sets none."""
    return label.replace("*", "").replace("$\\sigma_w$", "σw").replace("$", "")


def embed_snippet(topic: Topic) -> str:
    """HTML for a course page: the dashboard in a frame, and a plain link beside it for when the frame sleeps."""
    framed, plain = escape(link(topic, embed="true")), escape(link(topic))
    title = escape(topic.question)
    return (
        f'<iframe src="{framed}" title="{title}" width="100%" height="900" style="border:0" loading="lazy"></iframe>\n'
        f'<p><a href="{plain}">{title}</a> (open in a page of its own)</p>'
    )


def whence() -> str:
    """The first line of the Python lines: where `core` is to be had."""
    address = os.environ.get("DASHBOARD_REPOSITORY", "")
    if address:
        return f"# core: pip install git+{address}"
    return "# core: the folder of that name in this project; it needs numpy alone"


def share(topic: Topic, frames: Mapping[str, Columns], snippet: str) -> None:
    """The closed "Share, embed, take away" of a page; next to nothing in it costs anything until it is opened.

    frames: the data behind each chart by name. snippet: Python lines that reproduce the page's numbers with `core`.
    """
    panel = st.expander(
        "Share, embed, take away", icon=":material/share:", key=f"{topic.slug}_share", on_change="rerun"
    )
    with panel:
        above = st.container()
        if topic.controls:
            # Drawn even while the panel is closed: a widget that is not drawn loses its locks.
            st.multiselect(
                "Teacher's view: controls that the link holds where they are",
                list(topic.controls),
                format_func=lambda name: lettered(topic.controls[name].label),
                key=f"{topic.slug}_lock",
                help="They stay visible and cannot be moved. The choice is part of the link above.",
            )
    if not panel.open:
        return
    with above:
        st.markdown("**Copy link.** Every setting of this page is in it; whoever opens it sees the same numbers.")
        st.code(link(topic), language=None, wrap_lines=True)
        if not copies(st.context.url or ""):
            st.caption("Browsers let no button copy on a page without https: select the link, and copy it by hand.")
    with panel:
        st.markdown("**Embed.** For a course page.")
        st.code(embed_snippet(topic), language=None, wrap_lines=True)
        own: Mapping[str, Named] = getattr(topic.module("frames"), "FILES", {})
        st.markdown("**Data.** What each chart draws, as CSV. The toolbar of a chart saves its picture as PNG.")
        with st.container(horizontal=True, gap="small"):
            for name, frame in frames.items():
                st.download_button(
                    f"{name}.csv",
                    partial(csv, frame, own.get(name, {})),
                    file_name=f"{topic.slug}-{name}.csv",
                    mime="text/csv",
                    key=f"{topic.slug}_csv_{name}",
                    on_click="ignore",
                    icon=":material/download:",
                )
        lines = [f"{name}.csv: {explained(frame, own.get(name, {}))}." for name, frame in frames.items()]
        st.caption("  \n".join([*lines, "Steps, layers and samples are counts; all other numbers are dimensionless."]))
        st.markdown("**Python.** The numbers above from the simulation itself; `core` is this project's package.")
        st.code(f"{whence()}\n{snippet}", language=None, wrap_lines=True)
