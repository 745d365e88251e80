"""Cached calls into `core`, and cached chart specifications.

Caches are shared by all visitors, keyed by frozen settings, and bounded in entries and in bytes. What they hold is frozen and given
to everybody as it is: `st.cache_data` would pickle a copy for each, which with the walk through its settings took a tenth of a run.
A cache defined in a page would be lost at every rerun: hence `cached`, which keeps them.
"""

import pickle
from collections import OrderedDict
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import fields, is_dataclass
from functools import lru_cache, wraps
from threading import Lock
from typing import Any, Generic, ParamSpec, TypeVar

import altair as alt
import numpy as np
import streamlit as st

from dashboard.look.vega import drawn

P = ParamSpec("P")
R = TypeVar("R")

ENTRIES, BYTES = 256, 16 * 2**20
"""What a cache of one function may hold; the oldest goes first."""


class Remembered(Generic[P, R]):
    """A function and its latest results. Equal calls at the same time compute once."""

    def __init__(self, function: Callable[P, R], spinner: str | None = None) -> None:
        self._function, self._spinner = function, spinner
        self._held: OrderedDict[Any, tuple[R, int]] = OrderedDict()
        self._under_way: dict[Any, Lock] = {}
        self._lock = Lock()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._held)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        named = tuple(kwargs.items())
        # 1, 1.0 and True are equal and no more than that; their words differ.
        key = (args, named, repr((args, named)))
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key][0]
            mine = self._under_way.setdefault(key, Lock())
        while not mine.acquire(timeout=0.02):
            pause()
        try:
            with self._lock:
                if key in self._held:
                    return self._held[key][0]
            with st.spinner(self._spinner) if self._spinner else nullcontext():
                result = frozen(self._function(*args, **kwargs))
            self._keep(key, result)
            return result
        finally:
            mine.release()
            with self._lock:
                self._under_way.pop(key, None)

    def _keep(self, key: Any, result: R) -> None:
        """Remember, and forget the oldest until all is within its bounds; the latest stays, however large."""
        size = len(pickle.dumps(result))
        with self._lock:
            self.bytes -= self._held.pop(key, (None, 0))[1]
            self._held[key] = result, size
            self.bytes += size
            while len(self._held) > 1 and (len(self._held) > ENTRIES or self.bytes > BYTES):
                self.bytes -= self._held.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._held.clear()
            self.bytes = 0


def frozen(result: R) -> R:
    """`result`, whose arrays nobody can write to any more."""
    if isinstance(result, np.ndarray):
        result.setflags(write=False)
    elif isinstance(result, tuple | list):
        for part in result:
            frozen(part)
    elif isinstance(result, dict):
        for part in result.values():
            frozen(part)
    elif is_dataclass(result):
        for one in fields(result):
            frozen(getattr(result, one.name))
    return result


_CACHED: dict[tuple[Callable[..., Any], str | None, bool], Any] = {}


def cached(function: Callable[P, R], *, spinner: str | None = None, one_by_one: bool = False) -> Remembered[P, R]:
    """`function`, remembered for at most 256 settings and 16 MB. Asked again for the same function it gives the same cache.

    spinner: what is said meanwhile, where it takes a visible while. one_by_one: one visitor at a time, where a call takes a
    core and much memory.
    """
    key = (function, spinner, one_by_one)
    if key not in _CACHED:
        _CACHED[key] = Remembered(one_at_a_time(function) if one_by_one else function, spinner)
    remembered: Remembered[P, R] = _CACHED[key]
    return remembered


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
