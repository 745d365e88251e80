"""Back, Forward and reload bring what was there; a press makes one entry; a link's odd value is said, and put right."""

import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.topics import TOPICS
from dashboard.ui.settings import states
from tests.breadth import wide
from tests.browser.tabs import DESKTOP, PHONE, Tab, link, shown, written

Visit = Callable[..., Tab]
TOPICAL = [slug for slug in TOPICS if TOPICS[slug].controls]


def address(tab: Tab) -> dict[str, list[str]]:
    """The query parameters in the address bar."""
    return parse_qs(urlsplit(tab.page.url).query, keep_blank_values=True)


def entries(tab: Tab) -> int:
    """How long the history of the tab is."""
    return int(tab.page.evaluate("history.length"))


def leave(tab: Tab, slug: str, way: str) -> None:
    """Go to another page by the side bar, or by the link at the foot of the page."""
    if way == "side bar":
        other = 1 if slug == "question" else 0
        tab.act(lambda: tab.page.locator('[data-testid="stSidebarNavLink"]').nth(other).dispatch_event("click"))
    else:
        tab.act(lambda: tab.page.locator('[data-testid="stMain"] [data-testid="stPageLink"] a').last.click())


def brings_back(tab: Tab, url: str, there: dict[str, str]) -> None:
    """Back or Forward has led there. (Where networks train, a control of the page before stays for a moment.)"""
    until = time.monotonic() + 5
    while (tab.page.url, tab.held()) != (url, there) and time.monotonic() < until:
        time.sleep(0.05)
    assert (tab.page.url, tab.held()) == (url, there)


def misread(tab: Tab, slug: str) -> str:
    """The line that says what of the link was not understood; empty where there is none."""
    line = tab.page.locator(f".st-key-{slug}_misread")
    return str(line.inner_text()) if line.count() else ""


LEFT = ("question", "neuron", "depth", "network", "yours")
"""The pages that one comes back to: the first of all, two with live pictures, one that trains, and one with a file."""


@pytest.mark.parametrize("slug", wide(LEFT, "neuron", "yours"))
def test_back_and_forward_show_what_was_there_in_one_step(visit: Visit, slug: str) -> None:
    # How one leaves, and on what, has nothing to do with the page one leaves: one page goes one way, the next the other.
    size, touch, way = [(DESKTOP, False, "side bar"), (PHONE, True, "next")][LEFT.index(slug) % 2]
    state = link(slug, "other")
    query = {key: written(value) for key, value in state.items()} | {f"{slug}_deeper": "true"}
    tab = visit(slug, query, size=size, touch=touch)
    if slug == "neuron":
        # What came by hand, and not by the link, is left and found again as well.
        tab.press("neuron_batch")
        assert tab.held()["neuron_batch"] != shown(TOPICS.controls["neuron_batch"], state["neuron_batch"])
    left, there = tab.page.url, tab.held()
    before = entries(tab)
    leave(tab, slug, way)
    elsewhere = tab.page.url
    assert entries(tab) == before + 1, "more than one entry for one step"
    assert not any(key.startswith(f"{slug}_") for key in address(tab))
    tab.act(tab.page.go_back)
    brings_back(tab, left, there)
    if slug in LEFT[:2]:
        tab.act(tab.page.go_forward)
        assert tab.page.url == elsewhere
        tab.page.reload()
        tab.settle(0, 0)
        tab.act(tab.page.go_back)
        assert (tab.page.url, tab.held()) == (left, there)
    assert tab.complaints() == []


@pytest.mark.parametrize("slug", wide(TOPICAL, "signs"))
def test_a_preset_is_one_entry_at_most_and_back_undoes_it(visit: Visit, slug: str) -> None:
    """On a phone in the dark, where a picture or a table has least room."""
    tab = visit(slug, size=PHONE, scheme="dark")
    trail = [(tab.page.url, tab.held())]
    for preset in TOPICS[slug].presets:
        before, url = entries(tab), tab.page.url
        tab.act(lambda name=preset.name: tab.control(f"{slug}_preset_{name}").locator("button").click())
        assert entries(tab) - before == (tab.page.url != url)
        assert {key: text for key, [text] in address(tab).items()} == preset.query
        held, state = tab.held(), states(preset.at)
        assert {key: held[key] for key in state if key in held} == {
            key: shown(TOPICS.controls[key], value) for key, value in state.items() if key in held
        }
        assert tab.complaints() == [], f"preset {preset.name}"
        if tab.page.url != url:
            trail.append((tab.page.url, tab.held()))
    # Two of them: what is further back is reached by the same press.
    back = trail[-3:-1]
    for url, held in reversed(back):
        tab.act(tab.page.go_back)
        brings_back(tab, url, held)
    for url, held in trail[len(trail) - len(back) :][:1]:
        tab.act(tab.page.go_forward)
        brings_back(tab, url, held)
    assert tab.complaints() == []


def test_a_quick_hand_is_not_taken_for_back(turn_to: Visit) -> None:
    """The next move is on its way before the browser has the address of the one before."""
    tab = turn_to("neuron")
    handle = tab.control("neuron_batch").locator("input")
    for _ in range(6):
        handle.press("ArrowLeft")
    tab.page.wait_for_timeout(1000)
    tab.settle()
    assert tab.held()["neuron_batch"] == "2"
    assert address(tab) == {"neuron_batch": ["2"]}


def test_in_a_frame_nothing_is_added_to_the_history(visit: Visit) -> None:
    tab = visit("neuron", {"embed": "true"})
    before, url = entries(tab), tab.page.url
    tab.press("neuron_batch", 2, "ArrowLeft")
    tab.act(lambda: tab.control("neuron_preset_single").locator("button").click())
    assert (entries(tab), tab.page.url) == (before, url)
    assert tab.held()["neuron_eta"] == "0.50"


def test_a_link_is_put_right_and_what_was_not_understood_is_said_until_something_moves(visit: Visit) -> None:
    """On one page; tests/topics/test_odd_links.py tries all, as far as no browser is needed."""
    slug = "neuron"
    one = next(iter(TOPICS[slug].controls.values()))
    last = link(slug, "other")[one.key]
    tab = visit(slug, {one.key: [one.write(one.default_state), written(last)]})
    assert misread(tab, slug) == f"Of this link: {one.key} is there 2 times; shown: {written(last)}."
    assert tab.held()[one.key] == shown(one, last)
    assert address(tab) == {one.key: [written(last)]}
    # Said until something moves.
    tab.act(lambda: tab.control(f"{slug}_share").locator("summary").click())
    assert misread(tab, slug)
    preset = next(p for p in TOPICS[slug].presets if states(p.at)[one.key] != last)
    tab.act(lambda: tab.control(f"{slug}_preset_{preset.name}").locator("button").click())
    assert not misread(tab, slug)
