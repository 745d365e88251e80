"""Caches are shared, and bounded in entries and in bytes."""

import ast
import gc
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.network.runs import Run, collect
from core.network.training import Training
from dashboard.topics import TOPICS
from dashboard.topics.neuron.settings import Neuron
from dashboard.ui import cache, live
from tests.apptest import ROOT, open_page
from tests.breadth import wide


def test_every_cached_call_into_core_is_bounded() -> None:
    for slug in wide(TOPICS, "question", "saturation"):
        page = open_page(slug)
        known = set(cache._CACHED)
        page.run()
        assert set(cache._CACHED) == known, f"{slug}: a new cache at every run"
    assert len(cache._CACHED) > 10
    for (function, spinner, one_by_one), remembered in list(cache._CACHED.items()):
        assert isinstance(remembered, cache.Remembered)
        assert cache.cached(function, spinner=spinner, one_by_one=one_by_one) is remembered


def test_what_is_cached_is_there_once_and_not_made_anew_by_a_run() -> None:
    """In every page's own text: the function that is given to `cached` has a name of its module's."""
    found = 0
    for path in (ROOT / "dashboard").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        passing = {node.name for one in functions for node in ast.walk(one) if node is not one and node in functions}
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "cached":
                found += 1
                (function,) = call.args
                assert isinstance(function, ast.Name | ast.Attribute), f"{path.name}: {ast.unparse(call)}"
                assert ast.unparse(function) not in passing, f"{path.name}: {ast.unparse(call)}"
    assert found > 50


def test_a_cache_forgets_the_oldest_beyond_its_entries_and_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def squares(count: int, more: float = 0.0) -> np.ndarray:
        asked.append((count, more))
        return np.arange(float(count)) ** 2 + more

    remembered = cache.Remembered(squares)
    first = remembered(100)
    assert remembered(100) is first and asked == [(100, 0.0)]
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1.0
    # As st.cache_data has it: equal is not the same.
    remembered(100, 1), remembered(100, 1.0), remembered(100, more=1.0)
    assert len(asked) == 4 == len(remembered)
    monkeypatch.setattr(cache, "ENTRIES", 3)
    remembered(5)
    assert len(remembered) == 3 and remembered(100) is not first
    monkeypatch.setattr(cache, "BYTES", 3000)
    for count in range(110, 120):
        remembered(count)
        assert remembered.bytes <= 3000 and len(remembered) <= 3
    remembered(10_000)
    assert len(remembered) == 1, "one result too large for the bound is there for whoever asked"
    remembered.clear()
    assert len(remembered) == remembered.bytes == 0


def test_equal_calls_at_the_same_time_compute_once_and_a_failure_is_nobody_elses() -> None:
    asked: list[int] = []

    def slow(number: int) -> int:
        asked.append(number)
        time.sleep(0.05)
        if len(asked) == 1:
            raise ValueError(number)
        return number

    remembered = cache.Remembered(slow)
    with ThreadPoolExecutor(4) as threads:
        calls = [threads.submit(remembered, 7) for _ in range(4)]
        ended = [call.exception() for call in calls]
    assert sum(error is not None for error in ended) == 1 and asked == [7, 7]
    assert remembered(7) == 7 and asked == [7, 7]


def test_nothing_is_remembered_without_a_bound() -> None:
    for folder in ("core", "dashboard"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.FunctionDef):
                    continue
                names = [ast.unparse(one) for one in node.decorator_list]
                takes = bool(node.args.args or node.args.kwonlyargs or node.args.vararg or node.args.kwarg)
                for name in names:
                    unbounded = name in ("cache", "functools.cache") or "maxsize=None" in name
                    assert not (unbounded and takes), f"{path.name}: {node.name} is remembered without a bound"
                    shared = name.startswith(("st.cache_resource", "st.cache_data"))
                    assert not (shared and takes and "max_entries" not in name), f"{path.name}: {node.name}"


def test_finished_trainings_are_kept_within_entries_and_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    finished = live._finished()
    finished.clear()
    runs = [collect(Training(("tanh",), (0.1,), steps=3, seeds=1, width=2, seed=seed)) for seed in range(6)]
    each = sum(v.nbytes for v in (getattr(runs[0], n) for n in Run.__slots__) if isinstance(v, np.ndarray))
    assert each > 200
    monkeypatch.setattr(live, "KEPT_BYTES", 4 * each)
    for run in runs:
        live._keep(run)
    assert list(finished) == [run.training for run in runs[2:]]
    monkeypatch.setattr(live, "KEPT", 2)
    live._keep(runs[0])
    assert list(finished) == [runs[5].training, runs[0].training]
    monkeypatch.setattr(live, "KEPT_BYTES", 1)
    live._keep(runs[1])
    assert list(finished) == [runs[1].training], "one run too large for the bound is still there for its visitor"
    finished.clear()


def test_where_a_run_of_a_page_may_end_it_otherwise_goes_on() -> None:
    def page() -> None:
        import streamlit as st

        from dashboard.ui.cache import pause

        pause()
        st.text("went on")

    at = AppTest.from_function(page).run()
    assert not at.exception and at.text[0].value == "went on"


def test_a_session_keeps_nothing_of_the_runs_before() -> None:
    """Each move by number embeds the valley anew, under another key; what a run has computed goes with the run."""
    page = open_page("neuron")

    def states() -> int:
        gc.collect()
        return sum(type(thing) is Neuron for thing in gc.get_objects())

    page.slider(key="neuron_eta").set_value(0.5).run()
    before = states()
    for eta in (0.6, 0.7, 0.8, 1.0, 1.1, 0.3):
        page.slider(key="neuron_eta").set_value(eta).run()
    assert states() <= before + 1
