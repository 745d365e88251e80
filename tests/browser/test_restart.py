"""The server dies under an open page and comes back: so does the page, with its state."""

import signal

from playwright.sync_api import Browser

from dashboard.topics import TOPICS
from tests import serving
from tests.browser.tabs import Tab, device, link, shown, written


def test_a_page_survives_its_server(browser: Browser) -> None:
    state = link("neuron", "other")
    with serving.dashboard() as server, Tab(device(browser)) as tab:
        tab.open(server.url, "neuron", {key: written(value) for key, value in state.items()})
        # A value that came by hand, not by the link.
        tab.press("neuron_batch")
        before, numbers, sockets = tab.held(), tab.numbers(), tab.count("sockets")
        assert before["neuron_batch"] != shown(TOPICS.controls["neuron_batch"], state["neuron_batch"])
        server.stop(signal.SIGKILL)
        server.start_again()
        for _ in range(150):
            if tab.count("sockets") > sockets:
                break
            tab.page.wait_for_timeout(100)
        assert tab.count("sockets") > sockets, "the page does not come back"
        tab.page.wait_for_timeout(200)
        assert tab.held() == before
        # The new server knows nothing of this visitor: what it now shows comes from what the page held.
        tab.press("neuron_batch")
        assert tab.numbers() != numbers
        tab.press("neuron_batch", arrow="ArrowLeft")
        assert tab.held() == before
        assert tab.numbers() == numbers
        assert tab.facts()["errors"] == []
        assert not server.noise()
