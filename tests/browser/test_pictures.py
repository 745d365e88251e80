"""What a visitor does in a picture: scrub it, click a point in it."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator

from dashboard.topics.neuron.charts import PANELS
from tests.browser.hand import slide
from tests.browser.tabs import PHONE, Tab

CHART, MARKS = '[data-testid="stVegaLiteChart"]', "svg.marks, canvas.marks"


def drawn(chart: Locator) -> str:
    """What the picture shows, as text: its marks, or its pixels where it is a canvas."""
    return chart.locator(MARKS).evaluate("e => e.matches('canvas') ? e.toDataURL() : e.innerHTML")


def test_scrubbing_stays_in_the_browser_and_a_click_reaches_the_server(turn_to: Callable[..., Tab]) -> None:
    tab = turn_to("neuron")
    chart = tab.page.locator(CHART).first
    scrub = chart.locator("input[name=hand_step]")
    scrub.scroll_into_view_if_needed()
    picture, sent, address = drawn(chart), tab.count("sent"), tab.page.url
    at = int(scrub.input_value())
    # In the hand: a key is let go at each press.
    for step in range(at + 1, at + 6):
        slide(chart, "step", step)
    assert int(scrub.input_value()) == at + 5
    assert drawn(chart) != picture, "the picture does not follow the scrub"
    assert (tab.count("sent"), tab.page.url) == (sent, address), "scrubbing asked the server"

    # The left panel spans half of the view, x from -2.6 to 2.6 and y from -2.35 to 2.35, below its header.
    box = chart.locator(MARKS).bounding_box()
    assert box is not None
    side = (box["width"] - 36) / 2
    # A click beside the frame, where no start can be, moves it as far as it goes.
    for x, y, start1, start2 in ((-1.6, 1.2, -1.6, 1.2), (2.5, -2.25, 2.0, -2.0)):
        place = {"x": (x + 2.6) / 5.2 * side, "y": PANELS.header + (2.35 - y) / 4.7 * (side * 2.35 / 2.6)}
        tab.act(lambda at=place: chart.locator(MARKS).click(position=at))  # type: ignore[misc]
        query = parse_qs(urlsplit(tab.page.url).query)
        assert abs(float(query["neuron_start1"][0]) - start1) < 0.11
        assert abs(float(query["neuron_start2"][0]) - start2) < 0.11

    # Once more after a preset has moved on: the same click counts again.
    tab.act(lambda: tab.control("neuron_preset_textbook").locator("button").click())
    assert float(parse_qs(urlsplit(tab.page.url).query)["neuron_start1"][0]) == 0
    tab.act(lambda at=place: chart.locator(MARKS).click(position=at))  # type: ignore[misc]
    assert float(parse_qs(urlsplit(tab.page.url).query)["neuron_start1"][0]) == 2

    # The strip begins 100 pixels from the left, 60 steps wide, its first row 22 below the panels.
    step, row = 40, 1
    cell = (box["width"] - 100) / 60
    bottom = PANELS.header + side * 2.35 / 2.6
    where = {"x": 100 + (step + 0.5) * cell, "y": bottom + 22 + 18 * row}
    tab.act(lambda: chart.locator(MARKS).click(position=where))
    assert parse_qs(urlsplit(tab.page.url).query)["neuron_step"] == [str(step)]
    assert int(chart.locator("input[name=hand_step]").input_value()) == step
    assert tab.complaints() == []


def test_a_finger_picks_by_a_tap_and_scrolls_by_a_swipe(turn_to: Callable[..., Tab]) -> None:
    tab = turn_to("neuron", size=PHONE, touch=True)
    chart = tab.page.locator(CHART).first.locator(MARKS)
    box = chart.bounding_box()
    assert box is not None
    finger = tab.context.new_cdp_session(tab.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    x, y, sent = box["x"] + 100, box["y"] + 250, tab.count("sent")
    touch("touchStart", (x, y))
    for step in range(1, 15):
        touch("touchMove", (x, y - 10 * step))
        tab.page.wait_for_timeout(16)
    touch("touchEnd")
    tab.settle()
    moved = chart.bounding_box()
    assert moved is not None and moved["y"] < box["y"] - 60, "a swipe over the picture does not scroll"
    assert tab.count("sent") == sent and "neuron_start" not in tab.page.url, "a swipe is no tap"
    for down in (120, 160):  # the second of two taps goes the same way as the first
        before = tab.page.url
        tab.act(lambda at=down: tab.page.touchscreen.tap(x, moved["y"] + at))
        assert "neuron_start1" in tab.page.url and tab.page.url != before
    assert tab.complaints() == []


def test_a_tile_can_be_tapped_again_after_a_preset_and_a_locked_one_cannot(turn_to: Callable[..., Tab]) -> None:
    tab = turn_to("signs", size=PHONE)
    marks = tab.page.locator(CHART).first.locator(MARKS)
    tile = {"x": 45.0, "y": 70.0}  # the first one: all up
    two_samples = marks.bounding_box()
    for _ in range(2):
        tab.act(lambda: marks.click(position=tile))  # type: ignore[arg-type]
        one_sample = marks.bounding_box()
        assert two_samples is not None and one_sample is not None
        assert one_sample["height"] < two_samples["height"] - 100, "a gap where the sum of two samples was"
        assert parse_qs(urlsplit(tab.page.url).query)["signs_pattern"] == ["up up, up up"]
        tab.act(lambda: tab.control("signs_preset_lecture").locator("button").click())
        assert parse_qs(urlsplit(tab.page.url).query)["signs_pattern"] == ["up up, down down"]
    held = turn_to("signs", {"signs_lock": "pattern"})
    held.act(lambda: held.page.locator(CHART).first.locator(MARKS).click(position=tile))  # type: ignore[arg-type]
    assert held.held()["signs_pattern"] == "up down, up down"
    assert tab.complaints() == held.complaints() == []
