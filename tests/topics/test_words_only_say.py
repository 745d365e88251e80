"""What a page says takes results and gives sentences: it computes nothing itself."""

import ast
import inspect
from importlib import import_module

import pytest

from dashboard.topics import TOPICS
from tests.apptest import ROOT

# Asking a registry for an entry computes nothing.
LOOKED_UP = {"activation", "normalisation", "rule"}

WORDS = sorted(path for slug in TOPICS for path in (ROOT / "dashboard/topics" / slug).glob("words*.py"))


@pytest.mark.parametrize("path", WORDS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_words_take_types_and_constants_of_core_and_no_function(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "core":
            module = import_module(node.module)
            called = {one.name for one in node.names if inspect.isroutine(getattr(module, one.name))}
            assert called <= LOOKED_UP, f"{path}: {called - LOOKED_UP}; the page computes, and passes results in"
