"""Larger type in pictures, for the back row: one setting for all pages, in the side bar, that a link carries as `type=large`.

It is a visitor's, not a page's: a link that says nothing of it leaves it as it is.
"""

from typing import Any

import streamlit as st

PARAMETER, LARGE = "type", "large"
"""How a link says it."""

_HELD, _TOLD, _MOVED = "type_size", "type_size_told", "type_size_moved"


def is_large() -> bool:
    """Whether this visitor wants larger type."""
    return bool(st.session_state.get(_HELD, False))


def carried() -> dict[str, str]:
    """What a link has to hold of it."""
    return {PARAMETER: LARGE} if is_large() else {}


def choose() -> None:
    """The switch. Once a run, before the page: what a link says holds until the visitor says otherwise."""
    texts = st.query_params.get_all(PARAMETER)
    if texts and texts != st.session_state.get(_TOLD):
        st.session_state[_HELD] = texts[-1] == LARGE
    st.session_state[_TOLD] = texts
    st.session_state.setdefault(_HELD, False)
    st.toggle(
        "Larger type in pictures",
        key=_HELD,
        help="For a projector's back row. The link carries it.",
        on_change=st.session_state.update,
        args=({_MOVED: True},),
    )


def written(asked: dict[str, list[str]], changes: bool) -> dict[str, list[str]]:
    """The parameter as the address is to hold it. asked: what it holds. changes: whether it is about to change anyhow.

    An address that says nothing of it is not rewritten for its sake alone, unless the switch was moved: each writing is a step
    for Back.
    """
    moved = st.session_state.pop(_MOVED, False)
    wanted = is_large() and (changes or moved or PARAMETER in asked)
    return {PARAMETER: [LARGE]} if wanted else {}


def misread(asked: dict[str, Any]) -> list[str]:
    """What a link says of it that is not understood."""
    texts = asked.get(PARAMETER, [LARGE])
    return [] if texts == [LARGE] else [f"{PARAMETER} is {LARGE} or left out"]
