"""One dashboard, one bare page and one browser for all browser tests."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import serving
from tests.browser.tabs import Devices, Tab


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = serving.chromium()
    if path is None:
        message = "no Chromium for the browser tests: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=serving.CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(browser: Browser) -> Iterator[serving.Server]:
    """The dashboard; when all browser tests are over, its log must be free of warnings and errors."""
    with serving.dashboard() as running:
        yield running
        assert not running.noise()


@pytest.fixture(scope="session")
def bare(browser: Browser) -> Iterator[serving.Server]:
    with serving.bare_page() as running:
        yield running


@pytest.fixture(scope="session")
def devices(browser: Browser, server: serving.Server) -> Devices:
    """What visitors of the dashboard come with."""
    return Devices(browser, server.url)


@pytest.fixture
def visit(devices: Devices, server: serving.Server) -> Iterator[Callable[..., Tab]]:
    """Opens a page of the dashboard for a new visitor: `visit(slug, query, size=..., scheme=...)`."""
    with ExitStack() as leaving:

        def opened(slug: str, query: dict[str, Any] | None = None, **look: Any) -> Tab:
            return leaving.enter_context(devices.visitor(**look)).open(server.url, slug, query)

        yield opened


@pytest.fixture
def turn_to(devices: Devices) -> Iterator[Callable[..., Tab]]:
    """Turns to a page of the dashboard in a tab that is there: `turn_to(slug, query, size=..., scheme=...)`."""
    with ExitStack() as leaving:

        def turned(slug: str, query: dict[str, Any] | None = None, **look: Any) -> Tab:
            return leaving.enter_context(devices.staying(slug, query, **look))

        yield turned
