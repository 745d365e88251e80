"""Caches are shared, and bounded in entries and in bytes."""

import ast

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.network.runs import Run, collect
from core.network.training import Training
from dashboard.topics import TOPICS
from dashboard.ui import cache, live
from tests.apptest import ROOT, open_page


def test_every_cached_call_into_core_is_bounded() -> None:
    for slug in TOPICS:
        open_page(slug)
    assert len(cache._CACHED) > 10
    for (function, spinner, one_by_one), remembered in list(cache._CACHED.items()):
        assert remembered._info.max_entries and remembered._info.max_size_bytes, function
        assert cache.cached(function, spinner=spinner, one_by_one=one_by_one) is remembered, "a new cache at every run"


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
