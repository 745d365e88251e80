"""A dot of `/network` under the pointer says what was recorded of its run, at once; only a click asks the server for anything."""

from collections.abc import Callable

import pytest

from tests.breadth import wide
from tests.browser.tabs import DESKTOP, PHONE, Tab
from tests.browser.test_live import CHART, told

Visit = Callable[..., Tab]


@pytest.mark.parametrize("size", wide([DESKTOP, PHONE], PHONE))
def test_a_dot_says_its_recorded_run(visit: Visit, size: tuple[int, int]) -> None:
    tab = visit("network", {"network_run": "tanh", "network_seed": "0", "network_batch": "full"}, size=size)
    tab.settle(live=False)
    chart = tab.page.locator(CHART).first
    chart.scroll_into_view_if_needed()
    dots = chart.locator("g.dots_marks > path")
    sent = tab.count("sent")
    seen = set()
    for index in (0, 13, 27, 39):
        box = dots.nth(index).bounding_box()
        assert box is not None
        tab.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        tab.page.wait_for_function("() => document.querySelector('g.recorded_marks text')")
        (text,) = told(chart, "recorded")
        assert "steps" in text and "of unseen digits read" in text and "of neurons with one sign" in text
        seen.add(text)
        edge = chart.evaluate(
            "e => [e.querySelector('svg.marks').getBoundingClientRect(), e.querySelector('g.recorded_marks text').getBoundingClientRect()].map(b => [b.left, b.right])"
        )
        assert edge[0][0] <= edge[1][0] and edge[1][1] <= edge[0][1], "the line is cut off"
        # No dot is behind the line, and no second box says other things beside it.
        low = chart.evaluate("e => e.querySelector('g.recorded_marks text').getBoundingClientRect().bottom")
        assert low <= min(b["y"] for k in range(5) if (b := dots.nth(k).bounding_box()))
        assert tab.page.locator("#vg-tooltip-element.visible").count() == 0
    assert len(seen) >= 3
    tab.page.mouse.move(2, 2)
    tab.page.wait_for_timeout(300)
    assert told(chart, "recorded") == []
    assert tab.count("sent") == sent, "the server heard of a pointer"
    tab.act(dots.nth(13).click)
    assert tab.complaints() == []
