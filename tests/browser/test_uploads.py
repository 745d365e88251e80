"""A file dropped in a browser: its verdict, what of it is left, and files that are refused."""

import io
from collections.abc import Callable

import numpy as np

from tests import serving
from tests.browser.tabs import PHONE, Tab

INPUT = '[data-testid="stFileUploader"] input[type=file]'


def drop(tab: Tab, name: str, content: bytes) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    tab.act(lambda: tab.page.locator(INPUT).set_input_files(file))  # type: ignore[list-item]


def npz(**arrays: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def text(tab: Tab) -> str:
    return tab.page.locator('[data-testid="stMain"]').inner_text()


def test_a_file_is_read_forgotten_and_not_in_the_address(visit: Callable[..., Tab], server: serving.Server) -> None:
    tab = visit("yours", size=PHONE)
    rng = np.random.default_rng(0)
    # Larger than what Starlette would keep in memory by itself.
    drop(tab, "zq7mine.npz", npz(mine=rng.random((2000, 200))))
    tab.page.get_by_text("In your file").wait_for()
    assert "zq7mine.npz" in text(tab) and tab.complaints() == []
    assert "zq7mine" not in tab.page.url and "zq7mine" not in server.log.read_text()
    tab.act(tab.control("yours_forget").locator("button").click)
    tab.page.get_by_text("In the example, a digits").wait_for()
    assert "zq7mine" not in text(tab)


def test_a_bad_file_is_refused_and_the_page_goes_on(visit: Callable[..., Tab]) -> None:
    tab = visit("yours")
    drop(tab, "<b>zq7bad</b>.npy", b"nonsense")
    tab.page.get_by_text("This file was not read").wait_for()
    assert tab.page.locator("b:has-text('zq7bad')").count() == 0 and tab.complaints() == []
    drop(tab, "good.npy", npy(np.random.default_rng(0).random((40, 6))))
    tab.page.get_by_text("In your file").wait_for()
    assert "This file was not read" not in text(tab) and tab.complaints() == []


def npy(array: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()
