"""Back, Forward and reload bring what was there; a press makes one entry; a link's odd value is said, and put right."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.topics import TOPICS
from dashboard.ui.control import Choice, Control, Number, Span, Toggle
from dashboard.ui.settings import states
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


def misread(tab: Tab, slug: str) -> str:
    """The line that says what of the link was not understood; empty where there is none."""
    line = tab.page.locator(f".st-key-{slug}_misread")
    return str(line.inner_text()) if line.count() else ""


@pytest.mark.parametrize("slug", TOPICAL)
def test_back_and_forward_show_what_was_there_in_one_step(visit: Visit, slug: str) -> None:
    # How one leaves, and on what, has nothing to do with the page one leaves: one page goes one way, the next the other.
    size, touch, way = [(DESKTOP, False, "side bar"), (PHONE, True, "next")][TOPICAL.index(slug) % 2]
    state = link(slug, "other")
    query = {key: written(value) for key, value in state.items()} | {f"{slug}_deeper": "true"}
    tab = visit(slug, query, size=size, touch=touch)
    left, there = tab.page.url, tab.held()
    before = entries(tab)
    leave(tab, slug, way)
    elsewhere = tab.page.url
    assert entries(tab) == before + 1, "more than one entry for one step"
    assert not any(key.startswith(f"{slug}_") for key in address(tab))
    tab.act(tab.page.go_back)
    assert (tab.page.url, tab.held()) == (left, there)
    tab.act(tab.page.go_forward)
    assert tab.page.url == elsewhere
    tab.page.reload()
    tab.settle(0, 0)
    tab.act(tab.page.go_back)
    assert (tab.page.url, tab.held()) == (left, there)
    assert tab.complaints() == []


@pytest.mark.parametrize("slug", TOPICAL)
def test_a_preset_is_one_entry_at_most_and_back_undoes_it(visit: Visit, slug: str) -> None:
    """On a phone in the dark; the tour presses them on a desktop in the light."""
    tab = visit(slug, size=PHONE, scheme="dark")
    trail = [(tab.page.url, tab.held())]
    for preset in TOPICS[slug].presets:
        before, url = entries(tab), tab.page.url
        tab.act(lambda name=preset.name: tab.control(f"{slug}_preset_{name}").locator("button").click())
        assert entries(tab) - before == (tab.page.url != url)
        assert {key: text for key, [text] in address(tab).items()} == preset.query
        assert tab.complaints() == [], f"preset {preset.name}"
        if tab.page.url != url:
            trail.append((tab.page.url, tab.held()))
    for url, held in reversed(trail[:-1]):
        tab.act(tab.page.go_back)
        assert tab.page.url == url
        assert tab.held() == held
    for url, held in trail[1:2]:
        tab.act(tab.page.go_forward)
        assert (tab.page.url, tab.held()) == (url, held)
    assert tab.complaints() == []


def test_a_move_by_hand_comes_back_with_one_press_after_next(visit: Visit) -> None:
    tab = visit("neuron", {"neuron_eta": "0.9"})
    tab.press("neuron_batch", 2, "ArrowLeft")
    left, there = tab.page.url, tab.held()
    leave(tab, "neuron", "next")
    tab.act(tab.page.go_back)
    assert (tab.page.url, tab.held()) == (left, there)
    assert there["neuron_batch"] == "32"


def test_a_quick_hand_is_not_taken_for_back(visit: Visit) -> None:
    """The next move is on its way before the browser has the address of the one before."""
    tab = visit("neuron")
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


def odd(control: Control) -> list[str]:
    """Texts of a link that the control does not take as they stand."""
    match control:
        case Toggle():
            return ["yes"]
        case Choice():
            return [f"{control.default_state}x"]
        case Number():
            return ["0,5", str(control.high + 1), "6.6"]
        case Span():
            return ["0,5", str(control.high + control.step), str(control.default + control.step / 2.5)]
    raise TypeError(type(control).__name__)


@pytest.mark.parametrize("slug", TOPICAL)
def test_what_is_not_understood_is_said_and_the_address_is_put_right(visit: Visit, slug: str) -> None:
    controls = TOPICS[slug].controls.values()
    for turn in [TOPICAL.index(slug) % 3]:
        query = {one.key: odd(one)[min(turn, len(odd(one)) - 1)] for one in controls}
        tab = visit(slug, {**query, f"{slug}_deeper": "true", f"{slug}_etta": "1"})
        said = misread(tab, slug)
        for one in list(controls)[:3]:
            state = one.read(query[one.key])
            assert f"{one.key}={query[one.key]} is " in said
            assert f"shown: {one.write(state)}" in said
            assert tab.held()[one.key] == shown(one, state)
        assert f"and {len(controls) + 1 - 3} more" in said
        wanted = {one.key: [one.write(s)] for one in controls if (s := one.read(query[one.key])) != one.default_state}
        assert address(tab) == {**wanted, f"{slug}_deeper": ["true"]}
        assert tab.complaints() == []


@pytest.mark.parametrize("slug", TOPICAL[::3])
def test_a_key_given_twice_is_said(visit: Visit, slug: str) -> None:
    one = next(iter(TOPICS[slug].controls.values()))
    last = link(slug, "other")[one.key]
    tab = visit(slug, {one.key: [one.write(one.default_state), written(last)]})
    assert misread(tab, slug) == f"Of this link: {one.key} is there 2 times; shown: {written(last)}."
    assert tab.held()[one.key] == shown(one, last)
    assert address(tab) == {one.key: [written(last)]}
    # Said until something moves.
    tab.act(lambda: tab.control(f"{slug}_share").locator("summary").click())
    assert misread(tab, slug)
    presets = [p for p in TOPICS[slug].presets if states(p.at)[one.key] != last]
    if presets:
        tab.act(lambda: tab.control(f"{slug}_preset_{presets[0].name}").locator("button").click())
        assert not misread(tab, slug)


@pytest.mark.parametrize("slug", TOPICAL)
def test_a_link_that_is_understood_is_left_alone(visit: Visit, slug: str) -> None:
    """Defaults that a copied link writes out stay in it, and nothing is said."""
    query = {one.key: one.write(one.default_state) for one in TOPICS[slug].controls.values()}
    tab = visit(slug, query)
    before = entries(tab)
    assert address(tab) == {key: [text] for key, text in query.items()}
    assert not misread(tab, slug)
    assert entries(tab) == before
