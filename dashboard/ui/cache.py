"""Cached calls into `core`, and cached chart specifications.

Caches are shared by all visitors, keyed by frozen settings, bounded in entries and in bytes, and hold frozen results of
plain arrays; each caller gets a copy. A cache defined in a page would be lost at every rerun: hence `cached`, which keeps them.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

import altair as alt
import streamlit as st

from core.fields import settings_classes
from dashboard.look.vega import drawn

P = ParamSpec("P")
R = TypeVar("R")

ENTRIES, BYTES = 256, "16MB"
"""What a cache of one function may hold; the oldest goes first."""

_CACHED: dict[tuple[Callable[..., Any], str | None, bool], Any] = {}


def cached(function: Callable[P, R], *, spinner: str | None = None, one_by_one: bool = False) -> Callable[P, R]:
    """`function`, remembered for at most 256 settings and 16 MB. Asked again for the same function it gives the same cache.

    spinner: what is said meanwhile, where it takes a visible while. one_by_one: one visitor at a time, where a call takes a
    core and much memory.
    """
    key = (function, spinner, one_by_one)
    if key not in _CACHED:
        # A setting's own words tell it apart, and cost a tenth of a walk through its fields.
        told: dict[str | type, Callable[[Any], Any]] = dict.fromkeys(settings_classes(), repr)
        remember = st.cache_data(max_entries=ENTRIES, max_size=BYTES, show_spinner=spinner or False, hash_funcs=told)
        _CACHED[key] = remember(one_at_a_time(function) if one_by_one else function)
    return _CACHED[key]


def pause() -> None:
    """Where a long run of a page may end: reading the state is where Streamlit ends that of a visitor who has moved on."""
    st.session_state.get("nothing")


def one_at_a_time(function: Callable[P, R]) -> Callable[P, R]:
    """`function`, for one visitor at a time; the others wait, and leave the queue where they move on meanwhile."""
    turn = Lock()

    @wraps(function)
    def waiting(*args: P.args, **kwargs: P.kwargs) -> R:
        while not turn.acquire(timeout=0.02):
            pause()
        try:
            return function(*args, **kwargs)
        finally:
            turn.release()

    return waiting


@lru_cache(maxsize=128)
def spec(builder: Callable[..., alt.TopLevelMixin], large: bool, **options: Any) -> dict[str, Any]:
    """The Vega-Lite specification of a chart: built and validated once, then drawn over ever new data. Not to be changed.

    large: whether its type is for the back row.
    """
    # Altair would not let events into a configuration, nor expressions for sizes; Vega does.
    return drawn(builder(**options).to_dict(), large)
