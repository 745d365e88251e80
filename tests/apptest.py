"""Opens a page of the dashboard in Streamlit's AppTest, through the real entry point."""

import io
import re
from contextlib import redirect_stdout
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd
import pyarrow as pa
from altair.utils.schemapi import disable_debug_mode
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from core.network import runs as network
from dashboard.topics import TOPICS
from dashboard.ui import live

ROOT = Path(__file__).resolve().parent.parent

# A chart is validated where its specification is made, whole; Altair would validate each of its parts besides, as they are put
# together, to say sooner what is wrong: most of what the first opening of a page takes.
disable_debug_mode()


def open_page(slug: str, **query: Any) -> AppTest:
    """The page called `slug`, run once under the query parameters `query`."""
    return app(slug, **query).run()


def read_page(slug: str, **query: Any) -> AppTest:
    """The same page, to be read alone: it is opened once for all that read it, and takes no further run.

    For a page that is opened as a visitor opens it; where a test puts something else in the place of a part of it, not.
    """
    # A training that is cut short, or does not begin at once, shows another page.
    training = (network.within.__defaults__, live.REST_SECONDS)
    return _read(slug, training, tuple((key, _held(value)) for key, value in query.items()))


@lru_cache(maxsize=60)
def _read(slug: str, _: Any, query: tuple[tuple[str, Any], ...]) -> AppTest:
    at = open_page(slug, **{key: list(value) if isinstance(value, tuple) else value for key, value in query})
    vars(at)["_run"] = _refuse
    return at


def _held(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else str(value)


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise AssertionError("a page that is read alone takes no further run: open_page gives one that does")


def app(slug: str, **query: Any) -> AppTest:
    """The page called `slug` under the query parameters `query`, to be run."""
    at = at_path(TOPICS[slug].path)
    for key, value in query.items():
        at.query_params[key] = value
    return at


def at_path(path: str) -> AppTest:
    """The page at this address, to be run."""
    at = AppTest.from_file(ROOT / "dashboard/app.py", default_timeout=120)
    # Pages are told apart by their addresses, which AppTest itself learns in a first run only.
    at._page_hash = calc_hash(path)
    at._bidi_component_manager = components()
    return at


@cache
def components() -> BidiComponentManager:
    """The components of the packages that are installed. A server looks for them once; each AppTest would, for two thirds of the
    time that it takes."""
    found = BidiComponentManager()
    found.discover_and_register_components(start_file_watching=False)
    return found


def said(at: AppTest) -> str:
    """All prose of the page, one string."""
    return "\n".join(element.value for kind in (at.title, at.markdown, at.caption) for element in kind)


def assert_calm(at: AppTest) -> None:
    """No exception, no error box, a title, and at least one chart: a usable page."""
    assert not at.exception, [e.value for e in at.exception]
    assert not at.error
    assert at.title


def datasets(at: AppTest, chart: int) -> dict[str, pd.DataFrame]:
    """What a chart of the page draws, as the browser gets it, by the name of the dataset."""
    proto = at.get("vega_lite_chart")[chart].proto
    return {one.name: pa.ipc.open_stream(io.BytesIO(one.data.data)).read_pandas() for one in proto.datasets}


def tables(at: AppTest) -> list[dict[str, list[str]]]:
    """The tables of numbers on the page, each by the name of its row."""
    found = []
    for text in (m.value for m in at.markdown if m.value.startswith("| ")):
        rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in text.splitlines()[2:]]
        found.append({row[0]: row[1:] for row in rows})
    return found


def run_snippet(code: str) -> str:
    """What the Python lines a page offers print, run as they stand."""
    out = io.StringIO()
    with redirect_stdout(out):
        exec(compile(code, "snippet", "exec"), {"__name__": "__main__"})
    return out.getvalue()
