"""What something other than the hand sets (a slider by number, a preset, Back) a live picture follows without being embedded anew."""

from collections.abc import Callable
from typing import Any

import pytest

from dashboard.topics import TOPICS
from dashboard.ui.control import Slider
from tests.breadth import wide
from tests.browser.hand import CHART, release, slide
from tests.browser.tabs import Tab, link, written

Visit = Callable[..., Tab]

MOVED = {
    "question": ["eta", "centre", "step"],
    "neuron": ["eta", "centre", "step"],
    "signs": ["coupling", "step", "n"],
    "saturation": ["weights", "mean"],
    "output": ["w", "b"],
    "cures": ["n"],
}
"""Settings that are held in a picture and have a slider beside it."""


def in_the_picture(tab: Tab, name: str) -> float:
    return float(tab.page.locator(f'{CHART} input[name="hand_{name}"]').first.input_value())


def beside_it(tab: Tab, slug: str, name: str) -> float:
    return float(tab.control(f"{slug}_{name}").locator("input").first.input_value())


def mark(tab: Tab) -> None:
    """Know the drawn pictures again."""
    tab.page.evaluate(
        "c => document.querySelectorAll(`${c} svg.marks`).forEach(e => { e.dataset.known = 'yes' })", CHART
    )


def known(tab: Tab, name: str) -> bool:
    """Whether the picture that holds the setting is the one that was drawn before."""
    chart = tab.page.locator(CHART).filter(has=tab.page.locator(f'input[name="hand_{name}"]')).first
    return bool(chart.evaluate("e => e.querySelector('svg.marks').dataset.known === 'yes'"))


@pytest.mark.parametrize("slug", wide(MOVED, "neuron"))
def test_a_slider_by_number_moves_the_picture_that_is_there(turn_to: Visit, slug: str) -> None:
    tab = turn_to(slug)
    mark(tab)
    for name in MOVED[slug]:
        control: Any = TOPICS[slug].controls[name]
        assert isinstance(control, Slider)
        before = in_the_picture(tab, name)
        tab.press(f"{slug}_{name}", arrow="ArrowRight" if control.default < control.high else "ArrowLeft")
        assert in_the_picture(tab, name) == beside_it(tab, slug, name) != before
        assert known(tab, name), f"{name}: the picture was embedded anew"
    assert tab.complaints() == []


def test_hand_and_number_take_turns(turn_to: Visit) -> None:
    tab = turn_to("neuron")
    chart = tab.page.locator(CHART).first
    mark(tab)
    for by_hand in (0.7, 0.7, 0.5):
        slide(chart, "eta", by_hand)
        release(tab, chart, "eta")
        assert float(tab.held()["neuron_eta"]) == by_hand, "what the hand sent before counts again"
        tab.press("neuron_eta")
        assert in_the_picture(tab, "eta") == float(tab.held()["neuron_eta"]) == round(by_hand + 0.01, 2)
        tab.press("neuron_start1")
        assert in_the_picture(tab, "eta") == round(by_hand + 0.01, 2)
    assert known(tab, "eta")
    # Another page's input that changes is nothing that was let go here.
    sent = tab.count("sent")
    tab.page.evaluate(
        "document.body.append(Object.assign(document.createElement('input'), {name: 'other', id: 'other'}))"
    )
    tab.page.evaluate("document.querySelector('#other').dispatchEvent(new Event('change', {bubbles: true}))")
    tab.page.wait_for_timeout(400)
    assert tab.count("sent") == sent
    assert tab.complaints() == []


def test_while_the_hand_holds_a_slider_nothing_is_sent(turn_to: Visit) -> None:
    tab = turn_to("neuron")
    chart, sent = tab.page.locator(CHART).first, tab.count("sent")
    slide(chart, "eta", 0.5)
    tab.page.wait_for_timeout(500)
    assert tab.count("sent") == sent, "it rests, and is still in the hand"
    release(tab, chart, "eta")
    assert tab.count("sent") == sent + 1


@pytest.mark.parametrize(("slug", "name"), wide([("neuron", "step"), ("signs", "coupling")], ("signs", "coupling")))
def test_a_picture_that_was_left_is_found_as_the_hand_has_left_it(turn_to: Visit, slug: str, name: str) -> None:
    control: Any = TOPICS[slug].controls[name]
    tab = turn_to(slug, {key: written(value) for key, value in link(slug, "other").items()})
    chart = tab.page.locator(CHART).filter(has=tab.page.locator(f'input[name="hand_{name}"]')).first
    slide(chart, name, control.high)
    release(tab, chart, name)
    tab.act(lambda: tab.page.locator('[data-testid="stSidebarNavLink"]').nth(4).dispatch_event("click"))
    tab.act(tab.page.go_back)
    assert in_the_picture(tab, name) == beside_it(tab, slug, name) == control.high
    tab.press(f"{slug}_{name}", arrow="ArrowLeft")
    assert in_the_picture(tab, name) == beside_it(tab, slug, name) < control.high
    assert tab.complaints() == []
