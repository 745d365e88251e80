"""The picture of `/depth` follows the weight scale: the theory's line and the factors are those of `core`, and the networks follow on
release, pale until then."""

import math
import re
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from playwright.sync_api import Locator

from core import fixed_point, layers, profile
from dashboard.topics.depth.charts_live import HEIGHT, HIGHEST, LOWER, UPPER
from tests.breadth import wide
from tests.browser.hand import CHART, marks, release, slide, told
from tests.browser.tabs import DESKTOP, PHONE, Tab
from tests.browser.test_live_output import plot, soon

Visit = Callable[..., Tab]
# Altair numbers the names of layers by the half that they are in.
OWN = {"depth_rule": "your own", "depth_layers": "10", "depth_width": "64"}


def dashed(chart: Locator) -> list[np.ndarray]:
    """The points of the theory's lines, in pixels: (points, 2) each."""
    found = chart.evaluate("e => [...e.querySelectorAll('g.theory_1_marks > path')].map(p => p.getAttribute('d'))")
    return [np.array(re.findall(r"(-?[\d.]+(?:e-?\d+)?),(-?[\d.]+(?:e-?\d+)?)", d), dtype=float) for d in found]


def ticks(chart: Locator) -> tuple[float, float]:
    """The upper scale as its axis has it: power of ten = first + second * pixels."""
    found = chart.evaluate(
        """e => [...e.querySelectorAll('g.role-axis-label text')].map(t => [t.textContent, t.getAttribute('transform')])"""
    )
    at = [
        (float(text.replace("−", "-")), *map(float, re.findall(r"-?[\d.]+", place)[:2]))
        for text, place in found
        if text
    ]
    # Of the labels that stand to the left of the picture, those of its upper half; their feet are 4 pixels below the tick.
    powers = sorted({(y - 4, value) for value, x, y in at if x < -5 and y < UPPER})
    (top, high), (bottom, low) = powers[1], powers[-2]
    slope = (low - high) / (bottom - top)
    return high - slope * top, slope


def faint(chart: Locator) -> bool:
    """Whether the measured networks are pale."""
    found = chart.locator("g.measured_1_marks > path").first.evaluate("e => e.getAttribute('opacity') ?? 1")
    return float(found) < 0.3


@pytest.mark.parametrize("size", wide([DESKTOP, PHONE], PHONE))
def test_line_and_factors_follow_the_weight_scale(turn_to: Visit, size: tuple[int, int]) -> None:
    tab = turn_to("depth", OWN, size=size)
    chart = tab.page.locator(CHART).first

    def same(sigma_w: float) -> None:
        across, _ = plot(chart)
        factors = sorted((fixed_point(key, sigma_w).factor for key in ("sigmoid", "centred")), reverse=True)
        shown = sorted((float(text.split()[-1]) for text in told(chart, "here_told_2")), reverse=True)
        # Two digits behind the point, of a curve that is straight between its computed places.
        assert shown == pytest.approx(factors, abs=0.0101)
        dots = marks(chart, "here_2")
        assert np.abs(dots[:, 0] - math.log(sigma_w / 0.1) / math.log(200) * across).max() < 0.1
        heights = sorted(((HEIGHT - dots[:, 1]) / LOWER * HIGHEST).tolist(), reverse=True)
        assert heights == pytest.approx([min(one, HIGHEST) for one in factors], abs=0.008)
        first, slope = ticks(chart)
        lines = dashed(chart)
        expected = [profile(layers(key, 10, sigma_w), 64).log_delta[::-1] for key in ("sigmoid", "centred")]
        assert len(lines) == 2
        for line in lines:
            assert line[:, 0] == pytest.approx(np.arange(1, 11) / 10 * across, abs=0.1)
            assert min(np.abs((one - first) / slope - line[:, 1]).max() for one in expected) < 0.1

    # The view that the hand holds lives on, whatever is measured meanwhile.
    chart.evaluate("e => { e.querySelector('svg.marks').dataset.held = 'yes' }")
    for sigma_w in (1.0, 0.1, 2.5, 4.0, 10.15, 20.0, 0.75):
        slide(chart, "weights", sigma_w)
        soon(partial(same, sigma_w))
    release(tab, chart, "weights")
    assert "depth_weights=0.75" in tab.page.url
    soon(partial(same, 0.75))
    assert not faint(chart) and chart.locator("svg.marks").get_attribute("data-held") == "yes"
    assert tab.complaints() == []


def test_a_named_rule_is_left_for_ones_own_by_the_hand(turn_to: Visit) -> None:
    tab = turn_to("depth", {"depth_layers": "10", "depth_width": "64"})
    chart = tab.page.locator(CHART).first
    assert not faint(chart)
    # Before anything is sent.
    pale = chart.evaluate(
        """e => { const input = e.querySelector('input[name="hand_weights"]'); input.value = 2.5;
        input.dispatchEvent(new Event('input', {bubbles: true}));
        return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(
          [...e.querySelectorAll('g.measured_1_marks > path')].map(p => Number(p.getAttribute('opacity') ?? 1)))))) }"""
    )
    assert max(pale) < 0.3
    release(tab, chart, "weights")
    assert "depth_weights=2.5" in tab.page.url and "depth_rule=your+own" in tab.page.url
    soon(lambda: faint(chart) and pytest.fail("still pale"))
    assert "at weight scale 2.5" in str(tab.page.locator("[data-testid=stMain]").inner_text())
    tab.act(lambda: tab.control("depth_preset_critical").locator("button").click())
    chart = tab.page.locator(CHART).first
    assert float(chart.locator('input[name="hand_weights"]').input_value()) == 10.15
    held = turn_to("depth", {**OWN, "depth_lock": "weights", "depth_weights": "2"})
    chart = held.page.locator(CHART).first
    assert chart.locator('input[name="hand_weights"]').count() == 0
    assert min(float(text.split()[-1]) for text in told(chart, "here_told_2")) == pytest.approx(
        fixed_point("sigmoid", 2.0).factor, abs=0.005
    )
    assert tab.complaints() == held.complaints() == []


def test_a_locked_rule_is_not_left_by_the_hand(turn_to: Visit) -> None:
    locked = turn_to("depth", {"depth_lock": "rule"})
    assert locked.page.locator(CHART).first.locator('input[name="hand_weights"]').count() == 0
    assert locked.complaints() == []
