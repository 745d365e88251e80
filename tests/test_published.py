"""Links are an interface: once published, a control's key, bounds, default and choices stay.

A new control of the first seven pages is added to `published.json` by hand, and a new topic publishes its page and controls in
`topics/<topic>/published.json`; what stands in either is never changed.
"""

import json

import pytest

from dashboard.topics import TOPICS
from dashboard.ui.control import Choice, Control, Span, Toggle
from tests.apptest import ROOT

FILES = [ROOT / "tests/published.json", *sorted((ROOT / "tests/topics").glob("*/published.json"))]
PUBLISHED = [json.loads(file.read_text(encoding="utf-8")) for file in FILES]
CONTROLS = {key: described for one in PUBLISHED for key, described in one["controls"].items()}
PAGES = [slug for one in PUBLISHED for slug in one["pages"]]


def described(control: Control) -> dict[str, object]:
    if isinstance(control, Choice):
        return {"default": control.default_state, "choices": list(control.choices)}
    if isinstance(control, Toggle):
        return {"default": control.default}
    assert isinstance(control, Span)
    return {"default": control.default, "low": control.low, "high": control.high, "step": control.step}


def test_every_control_is_published():
    for slug, topic in TOPICS.items():
        missing = [control.key for control in topic.controls.values() if control.key not in CONTROLS]
        assert not missing, (
            f"not published: add {missing} to tests/topics/{slug}/published.json, or tests/published.json"
        )


@pytest.mark.parametrize("key", CONTROLS)
def test_a_published_control_stays(key):
    assert described(TOPICS.controls[key]) == CONTROLS[key]


def test_every_page_is_published_and_the_paths_stay():
    for slug in TOPICS:
        assert slug in PAGES, f'not published: add "pages": ["{slug}"] to tests/topics/{slug}/published.json'
    assert set(PAGES) <= set(TOPICS)
    assert [slug for slug in TOPICS if slug in PUBLISHED[0]["pages"]] == PUBLISHED[0]["pages"]
