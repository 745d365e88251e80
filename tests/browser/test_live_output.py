"""The picture of `/output` follows the hand: dots and the product of both factors are what `core` gives, wherever it is."""

import time
from collections.abc import Callable
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator

from core import CROSS_ENTROPY, SQUARED, OutputConfig, chain, learn
from dashboard.look.formats import as_shown, equals, three
from dashboard.topics.output.frames import output
from tests.breadth import wide
from tests.browser.tabs import DESKTOP, PHONE, Tab
from tests.browser.test_live import CHART, marks, release, slide, slides, told

Visit = Callable[..., Tab]
COSTS = {"squared error": SQUARED, "cross-entropy": CROSS_ENTROPY}


MIRRORED = {"output_target": "1", "output_w": "-6", "output_b": "-6"}


def plot(chart: Locator) -> tuple[float, float]:
    """Width and height of the plotting area, in pixels."""
    across, tall = chart.evaluate(
        """e => { const b = e.querySelector('g.mark-group.role-frame.root > g > path.background').getBBox();
        return [b.width, b.height] }"""
    )
    return across, tall


def ticks(chart: Locator) -> tuple[float, float]:
    """The scale of z as the axis has it: z = first + second * pixels."""
    found = chart.evaluate(
        """e => [...e.querySelectorAll('g.role-axis-label text')].map(t => [t.textContent, t.getAttribute('transform'),
        t.closest('g.role-axis').getAttribute('aria-label')])"""
    )
    z = [
        (float(text.replace("−", "-")), float(place.split("(")[1].split(",")[0]))
        for text, place, name in found
        if name and name.startswith("X-axis") and text
    ]
    # Labels at the ends are drawn in from the edge: those between them stand at their ticks.
    (low, left), (high, right) = z[1], z[-2]
    slope = (high - low) / (right - left)
    return low - slope * left, slope


def same(chart: Locator, w: float, b: float, pinned: int, y: float = 0.0, eta: float = 0.15, steps: int = 300) -> None:
    """Dots and words against `core`."""
    across, tall = plot(chart)
    first, slope = ticks(chart)
    lines = told(chart, "told")
    top = (1 - y) + 0.28 if across >= 520 else (1 - y) + 0.56
    step = steps // 100 * pinned
    for (name, cost), dot in zip(COSTS.items(), marks(chart, "dots"), strict=True):
        run = learn(OutputConfig(cost, w, b, y=y, eta=eta, steps=steps))
        z = float(run.z[step])
        # Half a pixel for what the labels of the axis are rounded to, and a tenth.
        assert abs((z - first) / slope - dot[0]) < 0.6
        across = (top - float(run.gradient[step])) / (top - (-y)) * tall
        assert abs(across - dot[1]) < 0.1
        links = chain(cost, z, y)
        (line,) = [text for text in lines if text.startswith(name)]
        assert f"a = {output(z)}" in line
        if across >= 520:
            product = f"{three(links.dl_da)} · {three(links.da_dz)} {equals(as_shown(links.dl_da) * as_shown(links.da_dz), links.dl_dz)} {three(links.dl_dz)}"
            assert line.endswith(f"dL/dz = dL/da · slope = {product}")
    (head,) = told(chart, "step_told")
    assert head == f"start z₀ = {w + b + 0:.1f}, step {step:,} of {steps:,}".replace("-", "−").replace("−0.0", "0.0")


def soon(check: Callable[[], None]) -> None:
    """`check`, as soon as it holds; a busy machine takes a while to paint."""
    until = time.monotonic() + 3
    while True:
        try:
            return check()
        except (AssertionError, ValueError):
            if time.monotonic() > until:
                raise
            time.sleep(0.03)


def test_the_dots_follow_the_step_and_the_start(turn_to: Visit) -> None:
    tab = turn_to("output")
    chart = tab.page.locator(CHART).first
    for pinned in (0, 3, 50, 100, 17):
        slide(chart, "pinned", pinned)
        soon(partial(same, chart, 2.0, 2.0, pinned))
    # The step stands where it was measured: from any start.
    for w, b in ((5.1, 2.0), (-6.0, 2.0), (-1.7, 2.0), (6.0, 6.0), (-6.0, -6.0)):
        slides(chart, {"w": w, "b": b})
        soon(partial(same, chart, w, b, 17))
    release(tab, chart, "b")
    query = parse_qs(urlsplit(tab.page.url).query)
    assert [float(query[key][0]) for key in ("output_w", "output_b")] == [-6, -6]
    for pinned in (80, 1):
        slide(chart, "pinned", pinned)
        soon(partial(same, chart, -6.0, -6.0, pinned))
    release(tab, chart, "pinned")
    assert parse_qs(urlsplit(tab.page.url).query)["output_pinned"] == ["1"]
    assert tab.complaints() == []


@pytest.mark.parametrize("size", wide([DESKTOP, PHONE], PHONE))
def test_the_other_target_is_mirrored(turn_to: Visit, size: tuple[int, int]) -> None:
    at = {"target": "1", "w": "-3.3", "b": "-2.0", "eta": "0.6", "steps": "1000", "pinned": "2"}
    tab = turn_to("output", {f"output_{key}": value for key, value in at.items()}, size=size)
    chart = tab.page.locator(CHART).first
    same(chart, -3.3, -2.0, 2, 1.0, 0.6, 1000)
    slide(chart, "w", 1.1)
    soon(partial(same, chart, 1.1, -2.0, 2, 1.0, 0.6, 1000))
    assert tab.complaints() == []


def test_both_at_once_are_pale_until_the_page_has_followed(turn_to: Visit) -> None:
    tab = turn_to("output")
    chart = tab.page.locator(CHART).first

    def opacity() -> float:
        dots = chart.locator("g.dots_marks > path")
        return min(float(dots.nth(k).evaluate("e => e.getAttribute('opacity') ?? 1")) for k in range(2))

    # In one go, before anything is sent: what is drawn is the step that is known, and says which.
    chart.evaluate(
        """e => { for (const [name, value] of [['pinned', 40], ['w', 3.5]]) { const input = e.querySelector(`input[name="hand_${name}"]`);
        input.value = value; input.dispatchEvent(new Event('input', {bubbles: true})) } }"""
    )
    tab.page.wait_for_function(
        "() => document.querySelector('g.step_told_marks text').textContent.startsWith('start z₀ = 5.5')"
    )
    early = opacity(), told(chart, "step_told")[0]
    assert (early[0] < 0.5 and "step 51 of" in early[1]) or (early[0] == 1 and "step 120 of" in early[1])
    release(tab, chart, "w")
    soon(partial(same, chart, 3.5, 2.0, 40))
    assert opacity() == 1
    assert tab.complaints() == []


def test_a_preset_a_link_and_a_lock_hold_in_the_picture(turn_to: Visit) -> None:
    tab = turn_to("output", {"output_pinned": "60", "output_w": "1.4"})
    chart = tab.page.locator(CHART).first
    same(chart, 1.4, 2.0, 60)
    tab.act(lambda: tab.control("output_preset_far").locator("button").click())
    chart = tab.page.locator(CHART).first
    same(chart, 5.0, 5.0, 17)
    held = turn_to("output", {"output_lock": ["pinned", "w"], "output_b": "-1"})
    chart = held.page.locator(CHART).first
    assert chart.locator('input[name="hand_pinned"], input[name="hand_w"]').count() == 0
    slide(chart, "b", -3.3)
    soon(partial(same, chart, 2.0, -3.3, 17))
    assert tab.complaints() == held.complaints() == []


@pytest.mark.parametrize("query", wide([{}, MIRRORED], MIRRORED))
def test_no_word_crosses_a_curve(turn_to: Visit, query: dict[str, str]) -> None:
    for size in ((1280, 900), PHONE):
        chart = turn_to("output", query, size=size).page.locator(CHART).first
        lowest = chart.evaluate(
            """e => Math.max(...[...e.querySelectorAll('g.told_marks text, g.step_told_marks text')].map(t => t.getBoundingClientRect().bottom))"""
        )
        highest = chart.evaluate(
            """e => Math.min(...[...e.querySelectorAll('g.mark-line > path')].map(p => p.getBoundingClientRect().top))"""
        )
        assert lowest < highest
        edge = chart.evaluate("e => e.querySelector('svg.marks').getBoundingClientRect().right")
        assert edge > max(
            chart.evaluate(
                "e => [...e.querySelectorAll('g.told_marks text')].map(t => t.getBoundingClientRect().right)"
            )
        )


def test_the_names_at_the_lines_ends_are_within_the_picture_on_a_phone(turn_to: Visit) -> None:
    tab = turn_to("output", {"output_deeper": "true"}, size=PHONE)
    for k in (2, 3):
        chart = tab.page.locator(CHART).nth(k)
        chart.scroll_into_view_if_needed()
        chart.get_by_text("cross-entropy").first.wait_for()
        edge = chart.evaluate("e => e.getBoundingClientRect().right")
        for name in COSTS:
            box = chart.get_by_text(name, exact=True).first.bounding_box()
            assert box is not None and box["x"] + box["width"] <= edge
    assert tab.complaints() == []
