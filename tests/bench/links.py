"""Hostile links: what an edited, mangled or malicious address may hold, for every page and control.

The suite tries a few hundred (tests/topics/test_hostile_links.py); `python -m tests.bench.links --count 10000` tries as many as
you like, on all cores, and stops at the first page that is not calm.
"""

import argparse
import logging
import random
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from importlib import import_module
from multiprocessing import get_context
from typing import Any

from hypothesis import strategies as st

from dashboard.topics import TOPICS
from dashboard.ui.control import Choice, Control, Toggle
from tests.apptest import assert_calm, open_page

MARK = "zq7visitor"
"""Stands in every text of the visitor, so that a log can be searched for it."""

HOSTILE = (
    "",
    " ",
    "nan",
    "-nan",
    "inf",
    "-Infinity",
    "1e308",
    "-1e308",
    "1e-320",
    "1e999",
    "0x10",
    "1_000",
    "٣",
    "--1",
    "1,5",
    "0.33333333333333333333",
    "9" * 400,
    "true",
    "None",
    "null",
    "[]",
    "{}",
    "\x00",
    "%00",
    "%ZZ",
    "\ud7ff\u202e\u0000",
    f"{MARK}",
    f"<script>alert('{MARK}')</script>",
    f"'; DROP TABLE {MARK}; --",
    f"${{{MARK}}}",
    f"{{{{{MARK}}}}}",
    f"../../{MARK}",
    f"javascript:{MARK}",
    MARK * 5000,
    "😀" * 100,
)
"""Values that fit no control."""


def near(control: Control) -> list[str]:
    """Values that nearly fit this control: its ends, beyond them, between two steps, labels with a letter changed."""
    if isinstance(control, Choice):
        labels = list(control.choices)
        return [labels[0], labels[-1], labels[0].upper(), labels[-1] + " ", str(control.choices[labels[0]])]
    if isinstance(control, Toggle):
        return ["true", "false", "1", "0", "True"]
    span = [control.low, control.high, control.low - control.step, control.high + control.step]
    return [*map(repr, span), repr(control.low + control.step / 3), str(control.default)]


def values(control: Control) -> st.SearchStrategy[Any]:
    """Anything a link may hold for one control, repeated parameters included."""
    one = st.one_of(
        st.sampled_from(HOSTILE),
        st.sampled_from(near(control)),
        st.floats(allow_nan=True, allow_infinity=True).map(repr),
        st.integers().map(str),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(lambda text: text + MARK),
    )
    return st.one_of(one, st.lists(one, min_size=2, max_size=4))


def extras(topic: str) -> dict[str, st.SearchStrategy[Any]]:
    """The parameters of a page that are no controls, and some that nobody knows."""
    text = st.sampled_from(HOSTILE)
    return {
        f"{topic}_lock": st.lists(
            st.one_of(text, st.sampled_from([c.name for c in TOPICS[topic].controls.values()] or [""])), max_size=5
        ),
        f"{topic}_deeper": st.one_of(text, st.just("true")),
        "embed": st.one_of(text, st.just("true")),
        MARK: text,
        f"{topic}_{MARK}": text,
    }


def queries(topic: str) -> st.SearchStrategy[dict[str, Any]]:
    """Whole query strings of a page: several hostile values at once."""
    return st.fixed_dictionaries(
        {}, optional={c.key: values(c) for c in TOPICS[topic].controls.values()} | extras(topic)
    )


def singles(topic: str) -> Iterator[dict[str, Any]]:
    """Each control with each near miss and each hostile value, one at a time."""
    for control in TOPICS[topic].controls.values():
        for value in (*near(control), *HOSTILE):
            yield {control.key: value}


class Watch(logging.Handler):
    """Collects everything that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line, with its traceback if it has one."""
        self.lines.append(self.format(record))


def try_link(topic: str, query: dict[str, Any], watch: Watch) -> None:
    """Open one link and insist on a usable page, a quiet log and no trace of the visitor's text in it."""
    watch.lines.clear()
    at = open_page(topic, **query)
    assert_calm(at)
    assert at.get("vega_lite_chart"), "no chart"
    log = "\n".join(line for line in watch.lines if "missing ScriptRunContext" not in line)
    assert MARK not in log, log[:500]
    assert "Traceback" not in log, log[:2000]


def drawn(topic: str, rng: random.Random) -> dict[str, Any]:
    """A random link of a page: some of its controls with values that fit, nearly fit, or do not."""
    query: dict[str, Any] = {}
    controls = list(TOPICS[topic].controls.values())
    for control in rng.sample(controls, k=rng.randint(0, len(controls))):
        pool = [
            *near(control),
            *HOSTILE,
            repr(rng.uniform(-1e3, 1e3)),
            str(rng.getrandbits(70)),
            repr(rng.gauss(0, 1e150)),
        ]
        query[control.key] = rng.choice(pool) if rng.random() < 0.9 else rng.choices(pool, k=3)
    if rng.random() < 0.2:
        query[f"{topic}_lock"] = rng.choices([*HOSTILE, *(c.name for c in TOPICS[topic].controls.values())], k=3)
    if rng.random() < 0.2:
        query[f"{topic}_deeper"] = "true"
    return query


CHUNK = 250
"""So many links are one piece of work, drawn from a seed of its own: the same links on any number of cores."""


def chunk(seed: int, pages: Sequence[str], count: int) -> str:
    """Try `count` links; says which one is not calm, and why, or nothing."""
    rng, watch = random.Random(seed), Watch()
    streamlit = logging.getLogger("streamlit")
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").disabled = True
    streamlit.addHandler(watch)
    try:
        for _ in range(count):
            # /network trains for seconds where the others answer in milliseconds: it gets one link in fifty.
            (topic,) = rng.choices(pages, [0.12 if topic == "network" else 1.0 for topic in pages])
            query = drawn(topic, rng)
            try:
                try_link(topic, query, watch)
            except Exception:
                return f"page {topic!r} is not calm: {query!r}"[:3000] + "\n" + traceback.format_exc()
    finally:
        streamlit.removeHandler(watch)
    return ""


def main() -> int:
    """Try `--count` random links over all pages, on all cores; ends with 1 at the first that is not calm."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000, help="how many links, at most 1,000,000")
    parser.add_argument("--pages", nargs="*", default=list(TOPICS), choices=list(TOPICS))
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    count, begun = min(asked.count, 1_000_000), time.perf_counter()
    sizes = [min(CHUNK, count - first) for first in range(0, count, CHUNK)]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        # By the name of this module: a test of an app puts the app in the place of what was started.
        tried = import_module("tests.bench.links").chunk
        work = [pool.submit(tried, 1000 * asked.seed + k, asked.pages, size) for k, size in enumerate(sizes)]
        for done, one in enumerate(as_completed(work), 1):
            if found := one.result():
                pool.shutdown(wait=False, cancel_futures=True)
                print(found)
                return 1
            print(f"{min(count, done * CHUNK)} links, {time.perf_counter() - begun:.0f} s", flush=True)
    print(f"{count} links, every page calm")
    return 0


if __name__ == "__main__":
    sys.exit(main())
