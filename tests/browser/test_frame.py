"""A course page of another origin holds the dashboard in a frame, as the embed snippet writes it."""

import threading
from collections.abc import Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests import serving
from tests.browser.tabs import Devices

FRAMED = "neuron?embed=true&neuron_eta=0.4&neuron_batch=64"


@pytest.fixture
def course_page(server: serving.Server) -> Iterator[str]:
    """The address of a page on another host and port with the frame in it."""
    body = f'<!doctype html><title>course</title><iframe src="{escape(f"{server.url}/{FRAMED}")}" width="640" height="900"></iframe>'

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as holder:
        threading.Thread(target=holder.serve_forever, daemon=True).start()
        yield f"http://localhost:{holder.server_port}/"
        holder.shutdown()


def test_a_frame_of_another_origin_opens_the_link_and_follows_the_hand(devices: Devices, course_page: str) -> None:
    with devices.visitor() as guest:
        page = guest.page
        page.goto(course_page)
        frame = page.frame_locator("iframe")
        picture = frame.locator('[data-testid="stVegaLiteChart"] svg.marks').first
        picture.wait_for()
        slider = frame.locator('input[name="hand_eta"]')
        assert float(slider.input_value()) == 0.4
        box, left = frame.locator('[data-testid="stVegaLiteChart"]').first.bounding_box(), page.viewport_size
        assert box is not None and left is not None and box["width"] <= 640, "the comparison is wider than its column"
        before, history = picture.inner_html(), page.evaluate("history.length")
        slider.focus()
        slider.press("ArrowRight")
        frame.get_by_text("0.41").first.wait_for()
        page.wait_for_timeout(500)
        assert picture.inner_html() != before
        assert page.evaluate("history.length") == history and page.url == course_page
        assert frame.locator('[data-testid="stException"]').count() == 0
