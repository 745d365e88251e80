"""The side bar: where one is, what one has seen, and the size of the type in pictures, which a link carries."""

from collections.abc import Callable

from dashboard.look.vega import LARGER, WIDER
from dashboard.ui.journey import SEEN
from tests.browser.hand import CHART
from tests.browser.tabs import Tab

LINK = '[data-testid="stSidebarNavLink"]'


def sizes(tab: Tab) -> list[float]:
    """Pixels of the type in every picture: axes, legends and what stands beside marks."""
    read = "all => all.filter(e => e.textContent).map(e => parseFloat(getComputedStyle(e).fontSize))"
    return [float(size) for size in tab.page.locator(f"{CHART} svg.marks text").evaluate_all(read)]


def test_the_side_bar_says_where_one_is_and_has_been_and_holds_the_size_of_type(visit: Callable[..., Tab]) -> None:
    tab = visit("depth")
    links = tab.page.locator(LINK)
    usual, before = sizes(tab), tab.page.evaluate("history.length")
    tab.act(lambda: tab.page.get_by_text("Larger type in pictures").click())
    assert tab.page.url.endswith("/depth?type=large")
    assert [f"{one / LARGER:.1f}" for one in sizes(tab)] == [f"{one:.1f}" for one in usual]
    # A step for Back; to go elsewhere is another, and no more; the type stays as it is.
    tab.act(lambda: links.nth(1).click())
    assert tab.page.evaluate("history.length") == before + 2
    assert min(sizes(tab)) > 1.2 * min(usual)
    assert [SEEN in text for text in links.all_inner_texts()] == [index == 5 for index in range(links.count())]
    assert tab.page.locator(f"{LINK}[aria-current=page]").inner_text() == "Why does one neuron zigzag?"
    assert tab.page.title() == "Why does one neuron zigzag?"
    # A move on this page takes it into its link too.
    tab.press("neuron_batch", arrow="ArrowLeft")
    assert "type=large" in tab.page.url
    links.nth(2).focus()
    tab.page.keyboard.press("Shift+Tab")
    ring = links.nth(1).evaluate("e => [document.activeElement === e, getComputedStyle(e).outlineStyle]")
    assert ring == [True, "solid"]
    assert tab.complaints() == []

    projector = visit("depth", {"type": "large"}, size=(1920, 1080))
    assert [f"{one / LARGER / WIDER:.1f}" for one in sizes(projector)] == [f"{one:.1f}" for one in usual]
    slider = projector.page.locator(".vega-bindings input[type=range]").first
    part = slider.evaluate("e => e.offsetWidth / e.closest('[data-testid=stVegaLiteChart]').offsetWidth")
    assert part > 0.5, "a short slider under a wide picture"
    assert projector.complaints() == []
