"""The style sheet reaches what it is written for: touch, forced colours; it fails here when Streamlit's markup moves on."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator

from dashboard.topics import TOPICS
from tests.apptest import ROOT
from tests.breadth import wide
from tests.browser.tabs import PHONE, Tab

Visit = Callable[..., Tab]
SLIDERS = '[data-testid="stSlider"], .vega-bindings input[type=range]'
THUMB = '[role="group"] > div > div:has(input[type="range"])'
SHEET = Path(ROOT, "dashboard/style.css").read_text(encoding="utf-8")


def opened(visit: Visit, slug: str, **look: Any) -> Tab:
    """A page with every expander open."""
    tab = visit(slug, {f"{slug}_deeper": "true"}, **look)
    tab.settle(live=False)
    tab.page.evaluate("document.querySelectorAll('details:not([open]) summary').forEach(e => e.click())")
    tab.page.wait_for_timeout(800)
    tab.settle(live=False)
    return tab


def value(slider: Locator) -> float:
    return float(slider.evaluate("e => +(e.matches('input') ? e : e.querySelector('input[type=range]')).value"))


def step(slider: Locator) -> float:
    return float(slider.evaluate("e => +(e.matches('input') ? e : e.querySelector('input[type=range]')).step || 1"))


def pixel(slider: Locator) -> float:
    """What the slider's value changes by from one pixel to the next."""
    return float(
        slider.evaluate(
            """e => {
              const input = e.matches('input') ? e : e.querySelector('input[type=range]');
              return (input.max - input.min) / (e.querySelector('[role=group]') ?? e).getBoundingClientRect().width;
            }"""
        )
    )


def thumb(slider: Locator) -> tuple[float, float]:
    """Where the thumb is, with the slider in the middle of the screen."""
    slider.evaluate("e => e.scrollIntoView({block: 'center'})")
    slider.page.wait_for_timeout(150)
    x, y = slider.evaluate(
        """(e, thumb) => {
          const b = (e.matches('input') ? e : e.querySelector(thumb)).getBoundingClientRect();
          const at = e.matches('input') ? 8 + (e.value - e.min) / (e.max - e.min) * (b.width - 16) : b.width / 2;
          return [b.x + at, b.y + b.height / 2];
        }""",
        THUMB,
    )
    return x, y


@pytest.mark.parametrize("slug", wide(TOPICS, "cures"))
def test_every_slider_leaves_upright_swipes_to_the_page(visit: Visit, slug: str) -> None:
    """What the next test feels with a finger on one page, looked up for every slider of all."""
    tab = visit(slug, {f"{slug}_deeper": "true"}, size=PHONE, touch=True)
    rules = """e => [e.matches('input') ? e : e.querySelector('[role=group]'), e.querySelector('[role=group] *') ?? e]
      .map((one, index) => getComputedStyle(one)[index ? 'touchAction' : 'pointerEvents'])"""
    found = [slider.evaluate(rules) for slider in tab.page.locator(SLIDERS).all()]
    assert found
    assert all(rule == ["none", "pan-y"] for rule in found), found


def test_a_finger_scrolls_over_sliders_and_moves_them_sideways(visit: Visit) -> None:
    tab = opened(visit, "neuron", size=PHONE, touch=True)
    finger = tab.context.new_cdp_session(tab.page)

    def swipe(x: float, y: float, dx: float, dy: float) -> float:
        """A swipe of 14 small moves; how far the page has scrolled."""
        top = "document.querySelector('[data-testid=stMain]').scrollTop"
        before = tab.page.evaluate(top)
        for kind, count in [("touchStart", 0), *(("touchMove", n) for n in range(1, 15))]:
            points = [{"x": x + dx * count, "y": y + dy * count}]
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
            tab.page.wait_for_timeout(10)
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        tab.page.wait_for_timeout(400)
        return float(tab.page.evaluate(top)) - float(before)

    free = [
        slider
        for slider in tab.page.locator(SLIDERS).all()
        if slider.is_visible() and not slider.evaluate("e => !!e.parentElement.querySelector('input:disabled')")
    ]
    for slider in free[:1] + free[-1:]:
        held = value(slider)
        x, y = thumb(slider)
        assert swipe(x + (90 if x < 195 else -90), y, 0.5, -12) > 60, "a swipe over the track does not scroll"
        assert value(slider) == held, "a swipe over the track moves the slider"
        x, y = thumb(slider)
        assert swipe(x, y, 0, -12) > 60, "a swipe from the thumb does not scroll"
        # A travelling thumb is never quite upright: a pixel or two are a known limit, and no more.
        assert abs(value(slider) - held) <= 1.001 * max(step(slider), 2 * pixel(slider)), (
            "a swipe from the thumb moves it"
        )
        held = value(slider)
        x, y = thumb(slider)
        swipe(x, y, 6 if x < 195 else -6, 0.7)
        assert abs(value(slider) - held) >= step(slider), "a finger cannot move the slider sideways"
    assert free
    assert tab.complaints() == []


@pytest.mark.parametrize("slug", wide(["neuron", "depth", "yours"], "neuron"))
def test_forced_colours_leave_every_state_in_sight(visit: Visit, slug: str) -> None:
    """On pages that have every kind of control between them: one style sheet draws them all."""
    tab = visit(slug)
    tab.page.emulate_media(forced_colors="active")
    tab.settle()
    for slider in tab.page.locator('[data-testid="stSlider"]').all():
        track, knob = slider.locator('[role="group"] > div > div').first, slider.locator(THUMB)
        assert track.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"
        assert knob.evaluate("e => getComputedStyle(e).forcedColorAdjust") == "none"
        assert slider.locator('[data-testid="stSliderThumbValue"]').count(), "no text says where it is"
    for choice in tab.page.locator('[role="radiogroup"]:has([data-variant="segmented_control"])').all():
        shades = [
            radio.evaluate("e => getComputedStyle(e).backgroundColor")
            for radio in choice.locator('[role="radio"]').all()
        ]
        chosen = choice.locator('[role="radio"][aria-checked="true"]').evaluate(
            "e => getComputedStyle(e).backgroundColor"
        )
        assert shades.count(chosen) == 1, "the choice looks like the others"
    for switch in tab.page.locator('[data-testid="stCheckbox"]').all():
        edge = switch.locator("label > div").first
        assert edge.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"
    for slide in tab.page.locator(".vega-bindings input[type=range]").all():
        # Both track and thumb: the thumb elsewhere is another picture.
        assert slide.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
        before = slide.screenshot()
        slide.evaluate("e => { e.value = e.value === e.max ? e.min : e.max }")
        assert slide.screenshot() != before, "the thumb cannot be seen"


def test_every_rule_finds_something_on_some_page(visit: Visit) -> None:
    """A selector that finds nothing is one that Streamlit's markup has left behind."""
    rules = re.findall(r"([^{}]+)\{", re.sub(r"/\*.*?\*/", "", SHEET, flags=re.DOTALL))
    wanted = {rule.strip() for rule in rules if not rule.strip().startswith("@")}
    # Pseudo-elements have no element, and the hook for a dark screen is there in the dark.
    # A hand or the focus is nowhere while one looks.
    missing = {rule: re.sub(r"::[\w-]+|:active|:focus-visible", "", rule) for rule in wanted}
    for slug, look in (("neuron", "dark"), ("saturation", "light")):
        tab = opened(visit, slug, scheme=look)
        tab.act(tab.page.get_by_text("Larger type in pictures").click)
        missing = {rule: plain for rule, plain in missing.items() if not tab.page.locator(plain).count()}
    assert set(missing) <= {'[data-testid="stExpander"]:has(details:not([open])),\n  [data-testid="stPageLink"]'}, (
        missing
    )
