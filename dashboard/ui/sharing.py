"""Taking a page along: the link with everything in it, the embed snippet, the teacher's view, the data, the Python lines."""

import os
from collections.abc import Mapping
from functools import partial
from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit

import pandas as pd
import streamlit as st

from dashboard.look.columns import Columns
from dashboard.ui import type_size
from dashboard.ui.control import locked_names
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


def embed_snippet(topic: Topic) -> str:
    """HTML for a course page: the dashboard in a frame, and a plain link beside it for when the frame sleeps."""
    framed, plain = escape(link(topic, embed="true")), escape(link(topic))
    title = escape(topic.question)
    return (
        f'<iframe src="{framed}" title="{title}" width="100%" height="900" style="border:0" loading="lazy"></iframe>\n'
        f'<p><a href="{plain}">{title}</a> (open in a page of its own)</p>'
    )


PICTURE_ONLY = frozenset({"piece", "order", "row", "glyph", "parity", "told", "turn", "mid", "px", "grip", "label"})
"""Columns that tell a picture how to draw, and a reader nothing."""

COLUMNS: Mapping[str, tuple[str, str]] = {
    "panel": ("inputs_are", "which of the two landscapes"),
    "x": ("w1", "first weight"),
    "y": ("w2", "second weight"),
    "step": ("step", "optimiser steps taken"),
    "steps": ("steps", "optimiser steps needed"),
    "back": ("layers_back", "layers from the output"),
    "low": ("gradient_low", "lower end of the band over networks"),
    "median": ("gradient_median", "median over networks"),
    "high": ("gradient_high", "upper end of the band over networks"),
    "q": ("mean_square", "mean square of a pre-activation"),
    "rms": ("rms_slope", "root mean square slope"),
    "kept": ("slope_kept", "share of the best slope kept, 0 to 1"),
    "saturated": ("share_saturated", "share of units saturated, 0 to 1"),
    "wrong": ("start_error", "how wrong the output is at the start"),
}
"""What a column of a chart is called in a file, and what it is."""


def plain(frame: Columns) -> dict[str, Any]:
    """The columns of a chart that a reader would plot, by the names that files have."""
    if "z" in frame and "y" in frame:  # slopes of an activation, not weights
        names = {name: "share_of_best_slope" if name == "y" else name for name in frame}
    else:
        names = {name: COLUMNS[name][0] if name in COLUMNS else name for name in frame}
    return {names[name]: values for name, values in frame.items() if name not in PICTURE_ONLY}


def explained(frame: Columns) -> str:
    """A line on what the columns of the file are."""
    said = {new: meaning for new, meaning in COLUMNS.values()}
    return "; ".join(f"{name}: {said[name]}" if name in said else name for name in plain(frame))


def whence() -> str:
    """The first line of the Python lines: where `core` is to be had."""
    address = os.environ.get("DASHBOARD_REPOSITORY", "")
    if address:
        return f"# core: pip install git+{address}"
    return "# core: the folder of that name in this project; it needs numpy alone"


def csv(columns: Columns) -> str:
    """Columns as the text of a .csv, those a reader would plot, with their names in its first line."""
    return str(pd.DataFrame(plain(columns)).to_csv(index=False))


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
        if topic.controls:
            st.caption("; ".join(f"{name}: {control.label}" for name, control in topic.controls.items()) + ".")
        st.markdown("**Embed.** For a course page.")
        st.code(embed_snippet(topic), language=None, wrap_lines=True)
        st.markdown("**Data.** What each chart draws, as CSV. The toolbar of a chart saves its picture as PNG.")
        with st.container(horizontal=True, gap="small"):
            for name, frame in frames.items():
                st.download_button(
                    f"{name}.csv",
                    partial(csv, frame),
                    file_name=f"{topic.slug}-{name}.csv",
                    mime="text/csv",
                    key=f"{topic.slug}_csv_{name}",
                    on_click="ignore",
                    icon=":material/download:",
                )
        st.caption(
            "  \n".join(
                f"{name}.csv: {explained(frame).replace('_', chr(92) + '_')}." for name, frame in frames.items()
            )
            + "  \nAll numbers are without units."
        )
        st.markdown("**Python.** The numbers above from the simulation itself; `core` is this project's package.")
        st.code(f"{whence()}\n{snippet}", language=None, wrap_lines=True)
