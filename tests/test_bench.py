"""The programs that are run by hand: that there is one command for all, and that what they draw can be drawn."""

import contextlib
import importlib
import random
import time
from pathlib import Path

import pytest

from dashboard.topics import TOPICS
from tests.apptest import ROOT
from tests.bench import links
from tests.bench.__main__ import PROGRAMS, Program, run


def test_one_command_runs_every_program_within_an_hour() -> None:
    # `colours` proposes a colour for a new activation, `film` films the README's picture: they measure nothing.
    programs = {path.stem for path in (ROOT / "tests/bench").glob("[a-z]*.py")} - {"colours", "film"}
    assert {program.name for program in PROGRAMS} == programs
    assert sum(program.minutes for program in PROGRAMS) <= 60
    for name in programs:
        assert callable(importlib.import_module(f"tests.bench.{name}").main)


def test_what_is_ended_leaves_no_server_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARK_OF_THIS_TEST", "ended-early")

    def marked() -> list[str]:
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if b"MARK_OF_THIS_TEST=ended-early" in (place / "environ").read_bytes():
                    found.append((place / "cmdline").read_text())
        return found

    # Its server has to stand when it is ended: on a slow machine it is given longer.
    for minutes in (0.05, 0.1, 0.3):
        ended, lines, _ = run(Program("load", "", "", "", minutes), "--sessions 1 --seconds 60")
        if lines:
            break
    assert ended.startswith("not done")
    assert lines
    end = time.monotonic() + 10
    while marked() and time.monotonic() < end:
        time.sleep(0.1)
    assert not marked()


@pytest.mark.parametrize("topic", list(TOPICS))
def test_hostile_links_are_drawn_from_all_controls(topic: str) -> None:
    asked: set[str] = set()
    keys = {control.key for control in TOPICS[topic].controls.values()}
    for seed in range(200):
        asked |= {*links.drawn(topic, random.Random(seed))}
    assert asked >= keys
