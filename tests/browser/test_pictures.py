"""What a visitor does in a picture: scrub it, click a point in it."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator

from tests.browser.tabs import Tab

CHART, MARKS = '[data-testid="stVegaLiteChart"]', "svg.marks, canvas.marks"


def drawn(chart: Locator) -> str:
    """What the picture shows, as text: its marks, or its pixels where it is a canvas."""
    return chart.locator(MARKS).evaluate("e => e.matches('canvas') ? e.toDataURL() : e.innerHTML")


def test_scrubbing_stays_in_the_browser_and_a_click_reaches_the_server(visit: Callable[..., Tab]) -> None:
    tab = visit("neuron")
    chart = tab.page.locator(CHART).first
    scrub = chart.locator(".vega-bindings input[type=range]")
    scrub.scroll_into_view_if_needed()
    picture, sent, address = drawn(chart), tab.count("sent"), tab.page.url
    at = int(scrub.input_value())
    for _ in range(5):
        scrub.press("ArrowRight")
    tab.settle()
    assert int(scrub.input_value()) == at + 5
    assert drawn(chart) != picture, "the picture does not follow the scrub"
    assert (tab.count("sent"), tab.page.url) == (sent, address), "scrubbing asked the server"

    # The left panel spans half of the view, x from -2.6 to 2.6 and y from -2.35 to 2.35, 30 pixels below the upper edge.
    box = chart.locator(MARKS).bounding_box()
    assert box is not None
    side = (box["width"] - 36) / 2
    x, y = -1.6, 1.2
    left, top = (x + 2.6) / 5.2 * side, 30 + (2.35 - y) / 4.7 * (side * 2.35 / 2.6)
    tab.act(lambda: chart.locator(MARKS).click(position={"x": left, "y": top}))
    query = parse_qs(urlsplit(tab.page.url).query)
    assert abs(float(query["neuron_start1"][0]) - x) < 0.11
    assert abs(float(query["neuron_start2"][0]) - y) < 0.11

    # The strip begins 100 pixels from the left, 60 steps wide, its first row 22 below the panels.
    step, row = 40, 1
    cell = (box["width"] - 100) / 60
    bottom = 30 + side * 2.35 / 2.6
    where = {"x": 100 + (step + 0.5) * cell, "y": bottom + 22 + 18 * row}
    tab.act(lambda: chart.locator(MARKS).click(position=where))
    assert parse_qs(urlsplit(tab.page.url).query)["neuron_step"] == [str(step)]
    assert int(chart.locator(".vega-bindings input[type=range]").input_value()) == step
    assert tab.complaints() == []
