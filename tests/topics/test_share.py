"""What is taken away can be read: no column that only a picture needs, each file explained, and where `core` is to be had."""

import io
from unittest import mock

import pandas as pd
import pytest

from dashboard.topics import TOPICS
from dashboard.ui import files, sharing
from tests.apptest import open_page, read_page

pytestmark = pytest.mark.usefixtures("short_training")


@pytest.mark.parametrize("slug", [slug for slug in TOPICS if TOPICS[slug].controls])
def test_files_hold_what_a_reader_would_plot(slug: str) -> None:
    frames, share = {}, sharing.share
    with mock.patch.object(
        sharing, "share", lambda topic, got, snippet: (frames.update(got), share(topic, got, snippet))
    ):
        at = open_page(slug)
        at.session_state[f"{slug}_share"] = True
        at.run()
    assert frames
    own = getattr(TOPICS[slug].module("frames"), "FILES", {})
    assert own.keys() <= frames.keys(), "columns of a file that is not there"
    for name, frame in frames.items():
        table = pd.read_csv(io.StringIO(files.csv(frame, own.get(name, {}))))
        assert len(table) == len(next(iter(frame.values())))
        assert not {"x", "y", "q", "mid", "px"} & set(table.columns), "a name that says nothing"
        [line] = [
            line for caption in at.caption for line in caption.value.split("  \n") if line.startswith(f"{name}.csv:")
        ]
        for column in table.columns:
            assert f"`{column}`: " in line, (
                f"{name}.csv has a column {column!r} that nothing explains: see dashboard/ui/files.py"
            )
        for column in own.get(name, {}):
            assert column in frame, f"{name}.csv explains {column!r} and does not have it"


def test_a_page_without_https_says_that_its_button_cannot_copy() -> None:
    assert (
        sharing.copies("https://example.org/x")
        and sharing.copies("http://localhost:8501/")
        and sharing.copies("http://127.0.0.1/")
    )
    assert not sharing.copies("http://lab-7.example.org:8501/neuron") and not sharing.copies("http://10.0.0.7/")


def test_the_snippet_says_where_core_is_to_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "folder" in sharing.whence()
    monkeypatch.setenv("DASHBOARD_REPOSITORY", "https://example.org/x.git")
    assert sharing.whence() == "# core: pip install git+https://example.org/x.git"


def test_a_learning_rate_that_was_not_tried_is_said() -> None:
    at = read_page("network", network_compare="the same eta", network_eta="64", network_batch="1")
    said = [caption.value for caption in at.caption if "*η* = 64 was not tried" in caption.value]
    assert len(said) == 1 and "nearest" in said[0]
