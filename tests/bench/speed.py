"""How quick the dashboard is, beside a bare one-slider, one-chart Streamlit page as installed, in the same run.

    .venv/bin/python -m tests.bench.speed [--pages neuron signs] [--presses 4] [--starts 3] [--no-heaviest]

Needs Chromium; talks to 127.0.0.1 only. Absolute times depend on the machine and on what else it does: compare the
ratios. What is measured:

- key to chart: from a key press on a slider (every slider of the page in turn) to the frame in which the last chart has
  been repainted, in the browser (the first chart where networks train meanwhile); presses on the bare page's slider
  in between. Ratio: of the two medians.
- server: the messages which the browser sent for these key presses, sent again to a server of its own with cold caches
  and no browser beside it; from sending until the script run has ended (or trains networks before the visitor's
  eyes). Each follows at once: what the server still does after the run before is part of it.
- heaviest: every control at each end and at each choice, the others at their defaults, and then every control at its
  slowest value at once, opened as a link by a new visitor with cold caches; the slowest.
- data: the largest chart as it goes over the wire.
- sent: messages and bytes that one such move is answered with, median, and the bytes once compressed as the websocket does.
- scrub: frames a second while a chart's own slider moves at every frame, milliseconds from its input event to the frame in which
  the chart has changed (median), and messages to the server meanwhile.
- start: from launching `streamlit run` until the first chart is on the screen.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from dashboard.topics import TOPICS
from dashboard.ui.control import Choice, Control
from tests import serving
from tests.browser.tabs import Tab, device, end, slides, written

# Stamps the last key press and the frame after the last change inside a chart.
_STAMPS = """
(() => {
  const stamps = window.stamps = {key: 0, first: 0, chart: 0};
  const CHART = '[data-testid="stVegaLiteChart"]';
  const painted = () => requestAnimationFrame(() => {
    stamps.chart = performance.now();
    stamps.first ||= stamps.chart;
  });
  addEventListener('keydown', event => { stamps.key = event.timeStamp; stamps.first = stamps.chart = 0; }, true);
  new MutationObserver(changes => {
    if (changes.some(({target, addedNodes}) => target.parentElement?.closest(CHART)
        || [...addedNodes].some(node => node.querySelector?.(CHART)))) painted();
  }).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
  const clear = CanvasRenderingContext2D.prototype.clearRect;
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    if (this.canvas.closest(CHART)) painted();
    return clear.apply(this, box);
  };
})()
"""

_SCRUB = """
input => new Promise(done => {
  const low = +input.min, steps = Math.max(1, Math.round((input.max - input.min) / (input.step || 1)));
  const frames = 120;
  let frame = 0, start = 0, moved = 0;
  const lags = [];
  const next = now => {
    if (frame === 0) start = now;
    if (moved && stamps.chart > moved) lags.push(stamps.chart - moved);
    if (frame === frames)
      return done([1000 * frames / (now - start), lags.sort((a, b) => a - b)[Math.floor(lags.length / 2)] ?? 0]);
    moved = performance.now();
    input.value = low + (frame % (steps + 1)) * (+input.step || 1);
    input.dispatchEvent(new Event('input', {bubbles: true}));
    frame += 1;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
})
"""


@dataclass
class Figures:
    """What was measured on one page; times in milliseconds."""

    page: str
    latency: dict[str, list[float]] = field(default_factory=dict)
    still: list[str] = field(default_factory=list)
    server: list[float] = field(default_factory=list)
    heaviest: tuple[float, str] = (0.0, "")
    data: int = 0
    scrub: list[tuple[float, float, int]] = field(default_factory=list)
    answers: list[tuple[int, int, int]] = field(default_factory=list)
    """Messages, bytes and compressed bytes of each answer."""

    @property
    def all_latencies(self) -> list[float]:
        return [ms for times in self.latency.values() for ms in times]


class Visitor:
    """A session without a browser: sends what a browser sends, and waits until the script run has ended."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.largest_chart = 0
        self.answers: list[tuple[int, int, int]] = []
        # As uvicorn compresses: a window of 4 kB, kept from message to message.
        self._packer = zlib.compressobj(wbits=-12, memLevel=5)

    def send(self, payload: bytes) -> float:
        """Milliseconds from sending `payload` until the run that it caused has ended, or shows networks training."""
        start, mine, heard = time.perf_counter(), False, []
        self.socket.send(payload)
        while True:
            data = self.socket.recv(timeout=120)
            assert isinstance(data, bytes)
            heard.append(data)
            message = ForwardMsg.FromString(data)
            kind, element = message.WhichOneof("type"), message.delta.new_element.WhichOneof("type") or ""
            # What comes before belongs to a run that this message ends.
            mine = mine or kind == "new_session"
            if mine and (kind == "script_finished" or element == "progress"):
                took = 1000 * (time.perf_counter() - start)
                packed = sum(
                    len(self._packer.compress(one)) + len(self._packer.flush(zlib.Z_SYNC_FLUSH)) for one in heard
                )
                self.answers.append((len(heard), sum(map(len, heard)), packed))
                return took
            if "vega" in element:
                self.largest_chart = max(self.largest_chart, len(data))

    def open(self, slug: str, query: str = "") -> float:
        """Open a page by its link."""
        message = BackMsg()
        message.rerun_script.page_name = "" if slug == "question" else slug
        message.rerun_script.query_string = query
        message.rerun_script.context_info.url = f"http://127.0.0.1/{slug}"
        return self.send(message.SerializeToString())


@contextlib.contextmanager
def visiting(server: serving.Server) -> Iterator[Visitor]:
    address = f"ws://127.0.0.1:{server.port}/_stcore/stream"
    with connect(address, max_size=None, subprotocols=["streamlit"], compression=None) as socket:
        yield Visitor(socket)


class Pressed:
    """A tab whose slider presses are timed, and what it sent for each."""

    def __init__(self, browser: Browser, server: serving.Server, slug: str = "") -> None:
        self.tab = Tab(device(browser))
        self.tab.page.add_init_script(_STAMPS)
        self.sent: list[bytes] = []
        self.tab.page.on("websocket", lambda socket: socket.on("framesent", self._keep))
        self.tab.open(server.url, slug)
        # The tests' own watch over every control would be measured too.
        self.tab.page.evaluate("watch.held = () => ({})")

    def _keep(self, payload: str | bytes) -> None:
        if isinstance(payload, bytes):
            self.sent.append(payload)

    def press(self, slider: Any, arrow: str) -> float | None:
        """Milliseconds from the key press to the last chart repainted, None where no chart changed."""
        self.tab.page.bring_to_front()
        self.tab.act(lambda: slider.press(arrow))
        key, first, last = self.tab.page.evaluate("[stamps.key, stamps.first, stamps.chart]")
        # While networks train, their picture never comes to rest.
        chart = first if self.tab.page.locator('[data-testid="stProgress"]').count() else last
        return chart - key if chart > key else None


def arrows(control: Control, presses: int) -> list[str]:
    """Key presses that stay within the slider's range and, where it is long enough, meet no value twice."""
    labels = list(control.choices) if isinstance(control, Choice) else []
    room = len(labels) - 1 if labels else round((control.high - control.low) / control.step)
    at = labels.index(control.default_state) if labels else round((control.default - control.low) / control.step)
    way = 1 if room - at >= at else -1
    keys = []
    for _ in range(presses):
        if not 0 <= at + way <= room:
            way = -way
        at += way
        keys.append("ArrowRight" if way > 0 else "ArrowLeft")
    return keys


def in_the_browser(
    browser: Browser, server: serving.Server, bare: serving.Server, slugs: Sequence[str], presses: int
) -> tuple[dict[str, Figures], list[float], dict[str, list[bytes]]]:
    """Key presses on every slider of each page and, in between, on the bare page; and the messages they sent."""
    found, sent, plain = {}, {}, []
    for slug in slugs:
        figures = found[slug] = Figures(slug)
        # A tab each: what a browser learns about a page by repetition, it has learnt about both.
        pressed, beside = Pressed(browser, server, slug), Pressed(browser, bare)
        their = beside.tab.page.get_by_role("slider").first
        page = pressed.tab.page
        for control in TOPICS[slug].controls.values():
            if not slides(control):
                continue
            slider = pressed.tab.control(control.key).locator("input")
            if not slider.count() or slider.is_disabled():
                continue
            folded = page.locator("details:not([open])").filter(has=slider)
            if folded.count():
                folded.locator("summary").first.click()
                pressed.tab.settle()
            for index, arrow in enumerate(arrows(control, presses)):
                ms = pressed.press(slider, arrow)
                if ms is not None:
                    figures.latency.setdefault(control.key, []).append(ms)
                elif control.key not in figures.still:
                    figures.still.append(control.key)
                other = beside.press(their, "ArrowRight" if index % 2 == 0 else "ArrowLeft")
                if other is not None:
                    plain.append(other)
        sent[slug] = pressed.sent
        for scrub in page.locator(".vega-bindings input[type=range]").all():
            before = pressed.tab.count("sent")
            scrub.scroll_into_view_if_needed()
            rate, lag = scrub.evaluate(_SCRUB)
            pressed.tab.settle()
            figures.scrub.append((rate, lag, pressed.tab.count("sent") - before))
        sent["bare"] = beside.sent or sent.get("bare", [])
        pressed.tab.close()
        beside.tab.close()
    return found, plain, sent


def replay(server: serving.Server, payloads: Sequence[bytes]) -> tuple[list[float], int, list[tuple[int, int, int]]]:
    """Server time of each message of a visit but the first, the largest chart in bytes, and what each was answered with."""
    with visiting(server) as visitor:
        times = [visitor.send(payload) for payload in payloads]
        return times[1:], visitor.largest_chart, visitor.answers[1:]


def settings(control: Control) -> list[Any]:
    """Every choice, or both ends."""
    return list(control.choices) if isinstance(control, Choice) else [end(control, high) for high in (False, True)]


def heaviest(server: serving.Server, slug: str) -> tuple[float, str, int]:
    """The slowest link of a page, in words, and its largest chart."""
    chart = 0

    def opened(state: dict[str, Any]) -> float:
        nonlocal chart
        with visiting(server) as visitor:
            query = {key: written(value) for key, value in state.items()} | {f"{slug}_deeper": "true"}
            ms = visitor.open(slug, urlencode(query))
            chart = max(chart, visitor.largest_chart)
            return ms

    slowest: dict[str, Any] = {}
    tried = [(opened({}), "as it opens")]
    for control in TOPICS[slug].controls.values():
        times = [
            (opened({control.key: value}), str(value)) for value in settings(control) if value != control.default_state
        ]
        tried += [(ms, f"{control.name} {value}") for ms, value in times]
        if times and (worst := max(times))[0] > tried[0][0]:
            slowest[control.key] = worst[1]
    tried.append((opened(slowest), "each control at its slowest"))
    # The first of all pays for what the server imports and prepares once.
    ms, name = max(tried[1:], default=tried[0])
    return ms, name, chart


def start(browser: Browser, bare: bool) -> float:
    """Seconds from launching the server to the first chart on the screen."""
    begun = time.perf_counter()
    with (serving.bare_page if bare else serving.dashboard)() as server, Tab(device(browser)) as tab:
        tab.page.goto(f"{server.url}/{'' if bare else 'neuron'}")
        tab.page.wait_for_selector('[data-testid="stVegaLiteChart"] :is(svg.marks, canvas.marks)')
        return time.perf_counter() - begun


def high(times: Sequence[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else max(times, default=0.0)


def report(found: dict[str, Figures], plain: list[float], plain_server: list[float]) -> None:
    head = f"{'page':<12}{'key to chart, ms':>18}{'ratio':>7}{'server, ms':>13}{'heaviest, ms':>14}{'data, kB':>10}{'sent, kB':>18}{'scrub':>22}"
    print(
        f"\n{head}\n{'':<12}{'median / 95th':>18}{'':>7}{'med. / 95th':>13}{'':>14}{'largest':>10}{'msgs: all > packed':>18}{'frames/s, ms, sent':>22}"
    )
    middle = statistics.median(plain)
    print(
        f"{'(bare page)':<12}{f'{middle:.0f} / {high(plain):.0f}':>18}{'1.00':>7}"
        f"{f'{statistics.median(plain_server):.0f} / {high(plain_server):.0f}':>13}"
    )
    for slug, figures in found.items():
        times, server = figures.all_latencies, figures.server
        speed = f"{statistics.median(times):.0f} / {high(times):.0f}" if times else "no slider"
        ratio = f"{statistics.median(times) / middle:.2f}" if times else ""
        cost = f"{statistics.median(server):.0f} / {high(server):.0f}" if server else ""
        slow = f"{figures.heaviest[0]:.0f}" if figures.heaviest[1] else ""
        scrub = "; ".join(f"{rate:.0f}, {lag:.0f}, {sent}" for rate, lag, sent in figures.scrub)
        count, whole, packed = (
            (statistics.median(part) for part in zip(*figures.answers, strict=True)) if figures.answers else (0, 0, 0)
        )
        answer = f"{count:.0f}: {whole / 1000:.0f} > {packed / 1000:.0f}"
        print(f"{slug:<12}{speed:>18}{ratio:>7}{cost:>13}{slow:>14}{figures.data / 1000:>10.0f}{answer:>18}  {scrub}")
    print()
    for slug, figures in found.items():
        if figures.latency:
            key = max(figures.latency, key=lambda k: statistics.median(figures.latency[k]))
            print(f"{slug}: slowest slider {key}, median {statistics.median(figures.latency[key]):.0f} ms", end="")
            print(f"; moves no chart: {', '.join(figures.still)}" if figures.still else "")
        if figures.heaviest[1]:
            print(f"{slug}: heaviest link: {figures.heaviest[1]}, {figures.heaviest[0]:.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", nargs="+", choices=list(TOPICS), default=list(TOPICS), help="pages to measure")
    parser.add_argument("--presses", type=int, default=4, help="key presses on each slider")
    parser.add_argument("--starts", type=int, default=3, help="starts of each server, 0 for none")
    parser.add_argument("--no-heaviest", action="store_true", help="leave out the search for the heaviest setting")
    options = parser.parse_args()
    path = serving.chromium()
    if path is None:
        sys.exit("no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=serving.CHROMIUM_ARGS)
        with serving.dashboard() as server, serving.bare_page() as bare:
            found, plain, sent = in_the_browser(browser, server, bare, options.pages, options.presses)
        with serving.dashboard() as server, serving.bare_page() as bare:
            plain_server, _, _ = replay(bare, sent.pop("bare"))
            for slug, payloads in sent.items():
                found[slug].server, found[slug].data, found[slug].answers = replay(server, payloads)
        if not options.no_heaviest:
            with serving.dashboard() as server:
                for slug, figures in found.items():
                    ms, name, chart = heaviest(server, slug)
                    figures.heaviest, figures.data = (ms, name), max(figures.data, chart)
        report(found, plain, plain_server)
        starts = {kind: [] for kind in (True, False)}
        for _ in range(options.starts):
            for bare_one in (True, False):
                starts[bare_one].append(start(browser, bare_one))
        if options.starts:
            theirs, ours = (statistics.median(starts[kind]) for kind in (True, False))
            print(f"start to first chart: {ours:.2f} s, bare page {theirs:.2f} s, ratio {ours / theirs:.2f}")
        browser.close()


if __name__ == "__main__":
    main()
