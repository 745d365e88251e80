"""What is taken away can be read: no column that only a picture needs, each file explained, and where `core` is to be had."""

import io
from unittest import mock

import pandas as pd
import pytest

from dashboard.topics import TOPICS
from dashboard.ui import sharing
from tests.apptest import open_page

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
    for name, frame in frames.items():
        table = pd.read_csv(io.StringIO(sharing.csv(frame)))
        assert len(table) == len(next(iter(frame.values())))
        assert not set(table.columns) & sharing.PICTURE_ONLY
        assert not {"x", "y", "q"} & set(table.columns), "a name that says nothing"
        assert any(f"{name}.csv:" in caption.value for caption in at.caption)


def test_the_snippet_says_where_core_is_to_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "folder" in sharing.whence()
    monkeypatch.setenv("DASHBOARD_REPOSITORY", "https://example.org/x.git")
    assert sharing.whence() == "# core: pip install git+https://example.org/x.git"


def test_a_learning_rate_that_was_not_tried_is_said() -> None:
    at = open_page("network", network_compare="the same eta", network_eta="64", network_batch="1")
    said = [caption.value for caption in at.caption if "*η* = 64 was not tried" in caption.value]
    assert len(said) == 1 and "nearest" in said[0]
