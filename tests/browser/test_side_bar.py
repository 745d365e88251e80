"""The side bar: where one is, what one has seen, and the size of the type in pictures, which a link carries."""

from collections.abc import Callable

from playwright.sync_api import Browser

from dashboard.look.vega import LARGER, WIDER
from dashboard.ui.journey import SEEN
from tests.browser.hand import CHART
from tests.browser.tabs import Tab
from tests.serving import Server

PHONES = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"

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


def test_a_phone_on_its_side_shows_both_landscapes_and_a_slider(browser: Browser, server: Server) -> None:
    """The side bar is closed there, though Streamlit would take the phone for a small desktop."""
    phone = browser.new_context(
        viewport={"width": 844, "height": 390},
        user_agent=PHONES,
        is_mobile=True,
        has_touch=True,
        reduced_motion="reduce",
    )
    for slug in ("neuron", "question"):
        with Tab(phone) as tab:
            tab.open(server.url, slug)
            bar = tab.page.locator('[data-testid="stSidebar"]')
            assert bar.evaluate("e => e.getBoundingClientRect().right") <= 0
            top, bottom, width = tab.page.locator(CHART).first.evaluate(
                """e => [e.querySelector('svg.marks').getBoundingClientRect().top,
                          e.querySelector('.vega-bind').getBoundingClientRect().bottom, e.offsetWidth]"""
            )
            assert bottom - top <= 390 and width > 700
            assert tab.complaints() == []
    phone.close()
