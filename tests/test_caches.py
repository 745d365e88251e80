"""Caches are shared, and bounded in entries and in bytes."""

import ast

from dashboard import compute
from tests.apptest import ROOT


def test_every_cached_call_into_core_is_bounded() -> None:
    cached = {
        name: thing for name, thing in vars(compute).items() if hasattr(thing, "clear") and hasattr(thing, "_info")
    }
    assert len(cached) > 10
    for name, thing in cached.items():
        assert thing._info.max_entries and thing._info.max_size_bytes, name


def test_nothing_is_remembered_without_a_bound() -> None:
    for folder in ("core", "dashboard"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.FunctionDef):
                    continue
                names = [ast.unparse(one) for one in node.decorator_list]
                takes = bool(node.args.args or node.args.kwonlyargs or node.args.vararg or node.args.kwarg)
                for name in names:
                    unbounded = name in ("cache", "functools.cache") or "maxsize=None" in name
                    assert not (unbounded and takes), f"{path.name}: {node.name} is remembered without a bound"
                    shared = name.startswith(("st.cache_resource", "st.cache_data"))
                    assert not (shared and takes and "max_entries" not in name), f"{path.name}: {node.name}"
