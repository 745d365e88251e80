"""A printed page is a hand-out: light, whole, with its address and settings on it, and without an empty sheet."""

import re
import zlib
from collections.abc import Callable

import pytest

from dashboard.topics import TOPICS
from tests.breadth import wide
from tests.browser.tabs import Tab

Visit = Callable[..., Tab]


def sheets(pdf: bytes) -> list[int]:
    """How much is drawn on each sheet: bytes of its content, uncompressed."""
    objects = dict(re.findall(rb"(?s)\n(\d+) 0 obj\n?(.*?)endobj", b"\n" + pdf))
    found = []
    for body in objects.values():
        if re.search(rb"/Type\s*/Page\b(?!s)", body):
            content = re.search(rb"/Contents (\d+) 0 R", body)
            assert content is not None
            packed = objects[content[1]].split(b"stream", 1)[1].lstrip(b"\r\n").rsplit(b"endstream", 1)[0]
            found.append(len(zlib.decompressobj().decompress(packed)))
    return found


@pytest.mark.parametrize(
    ("slug", "scheme"),
    wide([*((slug, "dark") for slug in TOPICS), ("question", "light")], ("signs", "dark"), ("question", "light")),
)
def test_a_page_prints_as_a_hand_out(visit: Visit, slug: str, scheme: str) -> None:
    tab = visit(slug, scheme=scheme)
    tab.settle(live=False)
    assert tab.page.locator('[class*="st-key-print_"]').is_hidden()
    pdf = tab.page.pdf(format="A4", print_background=True)
    drawn = sheets(pdf)
    assert len(drawn) >= 2, "one sheet: the page is cut off where its window ends"
    assert min(drawn) > 600, f"an empty sheet: {drawn}"
    tab.page.emulate_media(media="print", color_scheme=scheme)  # type: ignore[arg-type]
    for gone in ("stSidebar", "stHeader"):
        assert tab.page.locator(f'[data-testid="{gone}"]:visible').count() == 0, gone
    app = tab.page.locator('[data-testid="stApp"]')
    assert app.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"
    assert app.locator('[data-testid="stHeading"] h1').evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"
    turned = app.locator("svg.marks").first.evaluate("e => getComputedStyle(e).filter")
    assert (turned != "none") == (scheme == "dark")
    address = tab.page.locator('[class*="st-key-print_"]')
    assert address.is_visible()
    for control in TOPICS[slug].controls.values():
        assert f"{control.key}=" in address.inner_text()
    for chart in tab.page.locator('[data-testid="stVegaLiteChart"]').all():
        assert chart.evaluate("e => getComputedStyle(e).breakInside") == "avoid"
