"""How widely the suite looks.

What one mechanism does on every page is looked at on some pages in the suite, and on all of them by `pytest --everywhere`
(one of the programs of `python -m tests.bench`, which are run by hand).
"""

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")

everywhere = False
"""Set by the option `--everywhere`, in tests/conftest.py, before any test is collected."""


def wide(every: Iterable[T], *some: T) -> list[T]:
    """`some` of `every` case; with `--everywhere`, all."""
    cases = list(every)
    assert all(one in cases for one in some), "a case that is not among all"
    return cases if everywhere else list(some)


def drawn(count: int, many: int) -> int:
    """How many examples to draw: `count`; with `--everywhere`, so `many`."""
    return many if everywhere else count
