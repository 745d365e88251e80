"""The tour: from the answer page into every page, on a desktop in the light that becomes a phone in the dark, or the other way round.
(A phone that opens pages itself, and presses presets, is in tests/browser/test_history.py.)

On the way: nothing breaks, everything can be reached by the keyboard alone, nothing sticks out of a phone, and axe finds
nothing that it does not find on a bare Streamlit page.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from dashboard.topics import TOPICS
from dashboard.ui.page import HERE
from tests import serving
from tests.breadth import wide
from tests.browser.hand import CHART, still
from tests.browser.tabs import DESKTOP, PHONE, Devices, Tab, device

SCRUB = ".vega-bindings input[type=range]"

LOOKS = ((DESKTOP, "light"), (PHONE, "dark"))

# Of what is the same on every page, once is enough: to come by its card, the picture in the hand, the Tab key.
BY_CARD = wide([slug for slug in TOPICS if slug != "question"], "network")
SCRUBBED = wide(TOPICS, "depth")
TABBED = wide(TOPICS, "neuron", "yours")


@pytest.fixture(scope="module")
def guest(devices: Devices, server: serving.Server) -> Iterator[Tab]:
    """A visitor who stays for the whole tour, and starts at the answer page."""
    with devices.visitor() as tab:
        yield tab.open(server.url)


def look_through(tab: Tab, size: tuple[int, int], scheme: Any) -> None:
    """Turn the device into another, the page still on it."""
    if (tab.page.viewport_size or {})["width"] == size[0]:
        return
    tab.look(size, scheme)
    tab.page.wait_for_function("performance.now() - watch.at > 300", polling=50)


def violations(tab: Tab) -> dict[str, str]:
    """What axe finds: rule to the first place that breaks it."""
    found: list[dict[str, Any]] = Axe().run(tab.page).response["violations"]
    out = {}
    for rule in found:
        places = [node for node in rule["nodes"] if not excused(tab, rule["id"], node)]
        if places:
            out[rule["id"]] = f"{rule['help']}: {places[0]['html'][:300]} ({len(places)} places)"
    return out


def excused(tab: Tab, rule: str, node: dict[str, Any]) -> bool:
    """Whether a place breaks a rule that is not ours to keep there. Vega-Lite can give the brush of a selection no name; what
    it moves has one "by number", and is part of a picture that has a name."""
    brush = rule == "svg-img-alt" and "_brush" in node["html"]
    return brush or (rule == "color-contrast" and inactive(tab, node))


def inactive(tab: Tab, node: dict[str, Any]) -> bool:
    """Whether the place is part of a disabled control: these need no contrast (WCAG 1.4.3), but axe does not see that
    Streamlit's label belongs to the control."""
    return bool(
        tab.page.evaluate(
            "s => !!document.querySelector(s)?.closest('[class*=\"st-key-\"]')?.querySelector('input:disabled, button:disabled')",
            node["target"][0],
        )
    )


def new_violations(tab: Tab, tolerated: set[str]) -> dict[str, str]:
    return {rule: where for rule, where in violations(tab).items() if rule not in tolerated}


@pytest.fixture(scope="session")
def tolerated(browser: Browser, bare: serving.Server) -> set[str]:
    """The axe rules that a bare Streamlit page breaks, in any look; but contrast is ours to choose and must hold."""
    with Tab(device(browser)) as tab:
        tab.open(bare.url, query={"upload": "true"})
        rules = set(violations(tab))
        look_through(tab, PHONE, "light")
        return (rules | set(violations(tab))) - {"color-contrast"}


def go_on(tab: Tab, slug: str) -> None:
    """To a page through the navigation."""
    link = tab.page.locator('[data-testid="stSidebarNavLink"]').nth(list(TOPICS).index(slug))
    # On a phone the navigation is folded away, but there.
    tab.act(lambda: link.dispatch_event("click"))


def reached_by_tab(tab: Tab) -> set[str]:
    """The keys of the widgets that the Tab key comes to, from the top of the page to its end."""
    tab.page.locator('a[href="#stMain"]').focus()
    reached: set[str] = set()
    for _ in range(150):
        tab.page.keyboard.press("Tab")
        keys: list[str] = tab.page.evaluate(
            """() => {
              const keys = [];
              for (let e = document.activeElement; e && e !== document.body; e = e.parentElement)
                keys.push(...[...e.classList].filter(c => c.startsWith('st-key-')).map(c => c.slice(7)));
              return document.activeElement === document.body ? ['the end'] : keys;
            }"""
        )
        if "the end" in keys and reached:
            break
        reached |= set(keys)
    return reached


def scrub_once(tab: Tab) -> None:
    """The sliders of a picture change that picture at once; the server hears at most once, of where the hand has come to."""
    for index in range(tab.page.locator(CHART).filter(has=tab.page.locator(SCRUB)).count()):
        chart = tab.page.locator(CHART).filter(has=tab.page.locator(SCRUB)).nth(index)
        scrub = chart.locator(SCRUB).first
        before, sent = chart.screenshot(), tab.count("sent")
        # A quick hand, also where the machine is slow: three moves, and let go.
        scrub.evaluate(
            """e => {
              for (const _ of [1, 2, 3]) {
                if (e.value === e.min) e.stepUp(); else e.stepDown();
                e.dispatchEvent(new Event('input', {bubbles: true}));
              }
              e.dispatchEvent(new Event('change', {bubbles: true}));
            }"""
        )
        still(chart)
        assert chart.screenshot() != before, "the picture does not follow its slider"
        tab.page.wait_for_timeout(500)
        tab.settle()
        assert tab.count("sent") <= sent + 1, "the server is asked while the hand moves"


@pytest.mark.parametrize("slug", TOPICS)
def test_the_tour(guest: Tab, server: serving.Server, tolerated: set[str], slug: str) -> None:
    # The device in which one page is left is the one in which the next is come to.
    first, then = LOOKS if list(TOPICS).index(slug) % 2 == 0 else LOOKS[::-1]
    look_through(guest, *first)
    go_on(guest, "question" if slug in BY_CARD else slug)
    if slug in BY_CARD:
        card = guest.page.locator(f'[data-testid="stMain"] :is(a[href^="{slug}"], a[href*="/{slug}"])').first
        guest.act(card.click)
    assert urlsplit(guest.page.url).path == ("/" if slug == "question" else f"/{slug}")
    assert guest.complaints(charts=slug != "question") == []
    if slug in SCRUBBED:
        scrub_once(guest)
    guest.act(lambda: guest.control(f"{slug}_share").locator("summary").click())
    assert new_violations(guest, tolerated) == {}
    guest.act(lambda: guest.control(f"{slug}_share").locator("summary").click())
    if slug in TABBED:
        usable = {
            key
            for key in [c.key for c in TOPICS[slug].controls.values()]
            + [f"{slug}_preset_{p.name}" for p in TOPICS[slug].presets]
            if guest.page.locator(
                f":not(details:not([open]) *).st-key-{key} :is(input, button, [role=radio]):enabled"
            ).count()
        }
        assert usable - reached_by_tab(guest) == set(), "out of reach for the keyboard"
    assert guest.complaints(charts=slug != "question") == []
    look_through(guest, *then)
    assert guest.page.locator('[data-testid="stApp"]').evaluate("e => getComputedStyle(e).colorScheme") == then[1]
    assert new_violations(guest, tolerated) == {}
    assert guest.complaints(charts=slug != "question") == []


def test_the_keyboard_alone(guest: Tab, server: serving.Server) -> None:
    """Reaches and works a slider, a choice and a preset, in the order of the page."""
    guest.open(server.url, "neuron")

    def tab_to(key: str) -> None:
        for _ in range(60):
            guest.page.keyboard.press("Tab")
            if guest.page.evaluate("key => !!document.activeElement.closest('.st-key-' + key)", key):
                return
        raise AssertionError(f"the Tab key does not come to {key}")

    for _ in range(60):
        guest.page.keyboard.press("Tab")
        if guest.page.evaluate("document.activeElement.matches('input[name=hand_eta]')"):
            break
    else:
        raise AssertionError("the Tab key does not come to the learning rate")
    guest.act(lambda: guest.page.keyboard.press("ArrowRight"))
    assert "neuron_eta=0.91" in guest.page.url
    tab_to("neuron_inputs")
    while not guest.page.evaluate("document.activeElement.matches('[role=radio]')"):
        guest.page.keyboard.press("Tab")
    guest.page.keyboard.press("ArrowRight")
    guest.act(lambda: guest.page.keyboard.press("Space"))
    assert guest.held()["neuron_inputs"] == "tanh"
    tab_to("neuron_preset_textbook")
    guest.act(lambda: guest.page.keyboard.press("Enter"))
    assert guest.held()["neuron_inputs"] == "sigmoid" and "neuron_eta=0.95" in guest.page.url
    # Its mark is heard, and the button has kept the focus.
    assert guest.page.evaluate("document.activeElement.textContent").startswith(HERE)
    assert guest.complaints() == []
