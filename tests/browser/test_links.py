"""A link holds a page whole: opened, it restores every control at once; changed, the address follows; copied, it travels."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from core.initialisations import rule
from dashboard.topics import TOPICS
from dashboard.topics.depth.settings import Depth
from dashboard.ui.settings import states
from dashboard.ui.sharing import lettered
from tests.breadth import wide
from tests.browser.tabs import PHONE, Devices, Tab, end, link, shown, slides, written

Visit = Callable[..., Tab]
TOPICAL = [slug for slug in TOPICS if TOPICS[slug].controls]


def address(tab: Tab) -> dict[str, list[str]]:
    """The query parameters in the address bar."""
    return parse_qs(urlsplit(tab.page.url).query)


def wanted(tab: Tab, state: dict[str, object]) -> dict[str, str]:
    """What the page is to show of `state`: of the controls that apply, which are drawn."""
    there = tab.held()
    return {key: shown(TOPICS.controls[key], value) for key, value in state.items() if key in there}


def holds(tab: Tab, state: dict[str, object]) -> dict[str, str]:
    """What the page shows of the controls in `state`; most of them apply."""
    held = {key: text for key, text in tab.held().items() if key in state}
    assert len(held) > len(state) / 2
    return held


def written_out(state: dict[str, object]) -> dict[str, str]:
    return {key: written(value) for key, value in state.items()}


def copied_link(tab: Tab, slug: str) -> str:
    """The text under "Copy link"."""
    panel = tab.control(f"{slug}_share")
    tab.act(lambda: panel.locator("summary").click())
    return str(panel.locator("code").first.inner_text())


@pytest.mark.parametrize("slug", wide(TOPICAL, "depth"))
def test_a_link_restores_the_page_and_follows_it(visit: Visit, devices: Devices, slug: str) -> None:
    state = link(slug, "other")
    tab = visit(slug, {**written_out(state), f"{slug}_deeper": "true"})
    assert holds(tab, state) == wanted(tab, state)
    # From the first paint on: no control ever showed anything else. (What is in a closed expander is not painted.)
    assert tab.changed() == {}
    for slider in tab.page.locator('.vega-bindings input[name^="hand_"]').all():
        key = f"{slug}_{(slider.get_attribute('name') or '').removeprefix('hand_')}"
        stands: Any = state[key]
        if key == "depth_weights" and state["depth_rule"] != "your own":
            # A named rule has the weights elsewhere than the control that waits to be the visitor's own.
            at = Depth(**{name: one.value_of(state[one.key]) for name, one in TOPICS[slug].controls.items()})
            stands = pytest.approx(
                rule(at.rule).sigma_w(at.width, at.width), abs=TOPICS[slug].controls["weights"].step / 2
            )
        assert float(slider.input_value()) == stands, f"the picture does not open where the link has {key}"
    assert {key: address(tab)[key] for key in state} == {key: [text] for key, text in written_out(state).items()}

    # What a mouse brings up over a picture is named, and has three digits (four where it counts).
    for tip in tab.tips():
        assert not re.search(
            r"\d{5}|[1-9]\d*\.\d{4}|\.0*[1-9]\d{3}|_|\b(px|py|panel|parity|datum|undefined|null|NaN)\b", tip
        ), tip

    def within_reach(key: str) -> bool:
        slider = tab.control(key).locator("input")
        return (
            slider.count() > 0
            and slider.is_enabled()
            and not slider.evaluate("e => Boolean(e.closest('details:not([open])'))")
        )

    sliders = [c for c in TOPICS[slug].controls.values() if slides(c)]
    moved = next((c for c in sliders if within_reach(c.key)), next(c for c in sliders if c.key in tab.held()))
    arrow = "ArrowLeft" if state[moved.key] == end(moved, True) else "ArrowRight"
    # Translated by the browser meanwhile: every paragraph below is to be that of a page opened anew.
    tab.translate()
    tab.press(moved.key, arrow=arrow)
    now = tab.held()[moved.key]
    assert now != shown(moved, state[moved.key])
    if now != shown(moved, moved.default_state):
        assert shown(moved, moved.read(address(tab)[moved.key][0])) == now

    copied = copied_link(tab, slug)
    parameters = parse_qs(urlsplit(copied).query)
    assert set(state) <= set(parameters), "the copied link leaves a control out"
    # A classmate's phone, in the dark, inside a course page's frame.
    with devices.visitor(PHONE, "dark") as other:
        other.page.goto(f"{copied}&embed=true")
        other.settle(0, 0)
        assert holds(other, state) == holds(tab, state)
        for one in (tab, other):
            one.settle(live=False)
        assert other.numbers() == tab.numbers()
        assert address(other)["embed"] == ["true"]
        assert other.complaints() == []
    assert tab.complaints() == []


@pytest.mark.parametrize("slug", wide(TOPICAL, "question", "cures"))
def test_bounds_and_locks_travel(visit: Visit, slug: str) -> None:
    """Every control at the upper end of its range (one page after the other: or the lower), locked by a teacher, in a frame."""
    state = link(slug, "low" if TOPICAL.index(slug) % 2 else "high")
    query: dict[str, object] = {**written_out(state), f"{slug}_deeper": "true", "embed": "true"}
    tab = visit(slug, query | {f"{slug}_lock": [control.name for control in TOPICS[slug].controls.values()]})
    assert holds(tab, state) == wanted(tab, state)
    assert tab.changed() == {}
    free = [key for key in state if tab.control(key).locator("input:enabled, [role=radio]:enabled").count()]
    assert free == [], "locked, and yet it can be moved"
    barred = [p.name for p in TOPICS[slug].presets if states(p.at) != state]
    assert [n for n in barred if tab.control(f"{slug}_preset_{n}").locator("button").is_enabled()] == []
    assert tab.complaints() == []


def test_a_teacher_locks_by_clicking(turn_to: Visit) -> None:
    tab = turn_to("neuron", {"neuron_eta": "0.4"})
    copied_link(tab, "neuron")
    box = tab.control("neuron_lock").locator("input[role=combobox]")
    box.click()
    tab.act(
        lambda: tab.page.get_by_role(
            "option", name=lettered(TOPICS["neuron"].controls["eta"].label), exact=True
        ).click()
    )
    assert address(tab)["neuron_lock"] == ["eta"]
    assert tab.control("neuron_eta").locator("input").is_disabled()
    # Closed again, the panel leaves the lock where it is: in the page, and in the address.
    tab.act(lambda: tab.control("neuron_share").locator("summary").click())
    tab.press("neuron_batch", arrow="ArrowLeft")
    assert address(tab)["neuron_lock"] == ["eta"]
    tab.act(lambda: tab.control("neuron_share").locator("summary").click())
    copied = str(tab.control("neuron_share").locator("code").first.inner_text())
    assert parse_qs(urlsplit(copied).query)["neuron_lock"] == ["eta"]
