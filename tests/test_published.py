"""Links are an interface: once published, a control's key, bounds, default and choices stay.

A new control is added to `published.json` by hand; what stands there is never changed.
"""

import json

import pytest

from dashboard.controls import CONTROLS, Control
from dashboard.pages import PAGES
from tests.apptest import ROOT

PUBLISHED = json.loads((ROOT / "tests/published.json").read_text(encoding="utf-8"))


def described(control: Control) -> dict[str, object]:
    if control.choices:
        return {"default": control.default, "choices": list(control.choices)}
    if control.kind == "toggle":
        return {"default": control.default}
    return {"default": control.default, "low": control.low, "high": control.high, "step": control.step}


def test_every_control_is_published():
    assert set(CONTROLS) == set(PUBLISHED["controls"])


@pytest.mark.parametrize("key", PUBLISHED["controls"])
def test_a_published_control_stays(key):
    assert described(CONTROLS[key]) == PUBLISHED["controls"][key]


def test_the_paths_stay():
    assert [topic.slug for topic in PAGES.values()] == PUBLISHED["pages"]
