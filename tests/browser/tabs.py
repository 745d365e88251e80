"""What the browser tests do in a tab: open, wait until all is still, read controls and charts, act."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.topics import TOPICS
from dashboard.ui.control import Choice, Control, Number, Slider, Toggle
from dashboard.ui.settings import states

DESKTOP, PHONE = (1280, 900), (390, 844)

# Runs before anything of the page. `watch.sent` counts messages to the server, `watch.finished` the script runs that it
# has ended since, `watch.sockets` the connections; `watch.at` is when something last moved; `watch.held` reads every control off the page, `watch.seen` keeps every value a control in sight has ever shown.
_WATCH = """
(() => {
  const one = e => {
    const range = e.querySelector('input[type=range]');
    if (range) return range.getAttribute('aria-valuetext');
    const toggle = e.querySelector('input[role=switch]');
    if (toggle) return String(toggle.checked);
    if (e.querySelector('[role=radiogroup]'))
      return e.querySelector('[role=radio][aria-checked=true]')?.textContent ?? null;
    const input = e.querySelector('input[type=number], input[role=combobox]');
    return input ? input.value : null;
  };
  const held = (visible) => Object.fromEntries([...document.querySelectorAll('[class*="st-key-"]')]
    .filter(e => visible ? !e.closest('details:not([open])') : e.dataset.stale !== 'true')
    .map(e => [e.className.match(/st-key-(\\S+)/)[1], one(e)]).filter(([, value]) => value !== null && value !== ''));
  const watch = window.watch = {sent: 0, finished: 0, started: 0, began: 0, sockets: 0, at: 0, seen: {}, held};
  // The numbers of the fields of a protobuf message, at its top level.
  const fields = bytes => {
    const out = [];
    let i = 0;
    const varint = () => {
      let value = 0;
      for (let factor = 1; i < bytes.length; factor *= 128) {
        const byte = bytes[i++];
        value += (byte & 127) * factor;
        if (byte < 128) break;
      }
      return value;
    };
    while (i < bytes.length) {
      const tag = varint(), kind = tag % 8;
      out.push((tag - kind) / 8);
      const size = kind === 0 ? varint() * 0 : kind === 2 ? varint() : kind === 1 ? 8 : 4;
      i += size;
    }
    return out;
  };
  window.WebSocket = class extends WebSocket {
    constructor(...arguments_) {
      super(...arguments_);
      watch.sockets += 1;
      this.addEventListener('message', ({data}) => {
        watch.at = performance.now();
        const [kinds, now] = [fields(new Uint8Array(data)), performance.now()];
        if (kinds.includes(SCRIPT_FINISHED)) watch.finished += 1;
        if (kinds.includes(NEW_SESSION)) [watch.started, watch.began] = [watch.started + 1, now];
      });
    }
    send(data) {
      watch.sent += 1;
      super.send(data);
    }
  };
  const note = () => {
    for (const [key, value] of Object.entries(watch.held(true)))
      if (!(watch.seen[key] ??= []).includes(value)) watch.seen[key].push(value);
  };
  let noting = false;
  new MutationObserver(() => {
    watch.at = performance.now();
    if (noting) return;
    noting = true;
    // What stands when a frame is about to be painted, and not what React puts there and takes away before.
    requestAnimationFrame(() => { noting = false; note(); });
  }).observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
})()
""".replace("SCRIPT_FINISHED", str(ForwardMsg.SCRIPT_FINISHED_FIELD_NUMBER)).replace(
    "NEW_SESSION", str(ForwardMsg.NEW_SESSION_FIELD_NUMBER)
)

_STILL = """
({finished, started, live}) => {
  const app = document.querySelector('[data-testid="stApp"]'), main = document.querySelector('[data-testid="stMain"]');
  const drawn = main?.querySelector('[data-testid="stElementContainer"]') && !main.querySelector('[data-testid="stSkeleton"]')
    && [...document.querySelectorAll('[data-testid="stVegaLiteChart"]')].every(c => c.querySelector('svg.marks, canvas.marks'));
  // Where networks train before the visitor's eyes the run goes on; the page stands once their progress is shown, this run's
  // and not what the one before has left (which a slow machine shows for seconds).
  const trains = live && main?.querySelector('[data-stale="false"] [data-testid="stProgress"]')
    && watch.started > started && performance.now() - watch.began > 800;
  const done = app?.getAttribute('data-test-script-state') === 'notRunning' && watch.finished > finished
    && performance.now() - watch.at > 80;
  return drawn && (trains || done);
}
"""

_FACTS = """
() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const charts = all('[data-testid="stVegaLiteChart"]');
  return {
    errors: all('[data-testid="stException"], [data-testid="stAlertContentError"]').map(e => e.innerText),
    charts: charts.length,
    empty: charts.filter(c => {
      const drawn = c.querySelector('svg.marks, canvas.marks');
      return !drawn || drawn.clientWidth < 50 || drawn.clientHeight < 30
        || drawn.matches('svg') && drawn.querySelectorAll('path[d], text, line').length < 3;
    }).length,
    names: charts.map(c => c.querySelector('svg.marks, canvas.marks')?.closest('[aria-label]')?.getAttribute('aria-label')
      ?? c.querySelector('[aria-label]')?.getAttribute('aria-label') ?? ''),
    wide: all('[data-testid="stMain"] *').filter(e => {
      const box = e.getBoundingClientRect();
      // What a picture cuts off does not stick out of it; what scrolls in a box of its own (code) may be wide, and so may the hidden inputs of Streamlit's own sliders.
      if (e.closest('svg.marks *') || box.width <= 1 || box.right <= innerWidth + 1 || getComputedStyle(e).visibility === 'hidden') return false;
      for (let up = e; up.dataset.testid !== 'stMain'; up = up.parentElement)
        if (/auto|scroll/.test(getComputedStyle(up).overflowX) || up.style.clipPath === 'inset(50%)') return false;
      return true;
    }).slice(0, 5).map(e => `${e.tagName}.${e.getAttribute('class')} ${Math.round(e.getBoundingClientRect().right)}`),
    // The numbers of an upright axis stand at their lines, the first and the last as well.
    off: all('svg.marks .role-axis-label').filter(axis => new Set([...axis.children].map(e => e.__data__?.baseline)).size > 1)
      .map(axis => axis.textContent),
    scrolls: document.querySelector('[data-testid="stMain"]').scrollWidth > innerWidth,
  };
}
"""

# What a browser's translator does to a page: elements of its own in the place of every text.
_TRANSLATE = """
() => {
  const walk = document.createTreeWalker(document.querySelector('[data-testid="stMain"]'), NodeFilter.SHOW_TEXT), all = [];
  while (walk.nextNode()) all.push(walk.currentNode);
  for (const text of all) {
    if (!text.textContent.trim() || text.parentElement.closest('svg, style, script, textarea, code, [translate=no]')) continue;
    const [outer, inner] = [document.createElement('font'), document.createElement('font')];
    inner.textContent = text.textContent;
    outer.append(inner);
    text.replaceWith(outer);
  }
}
"""

# Points at a few marks of every layer of every picture, as a mouse would, and reads what comes up beside it.
_TIPS = """
() => {
  const tips = new Set();
  const point = (on, x, y) => {
    for (const kind of ['pointerover', 'mouseover', 'pointermove', 'mousemove'])
      on.dispatchEvent(new (kind.startsWith('p') ? PointerEvent : MouseEvent)(kind, {bubbles: true, clientX: x, clientY: y}));
    const tip = document.querySelector('#vg-tooltip-element.visible');
    if (tip) tips.add(tip.innerText);
  };
  for (const drawn of document.querySelectorAll('[data-testid="stVegaLiteChart"] :is(svg.marks, canvas.marks)')) {
    const box = drawn.getBoundingClientRect();
    if (drawn.matches('canvas'))
      for (let i = 1; i < 12; i++) for (let j = 1; j < 8; j++)
        point(drawn, box.x + i * box.width / 12, box.y + j * box.height / 8);
    else
      for (const layer of drawn.querySelectorAll('[class*="role-mark"]')) {
        const marks = [...layer.querySelectorAll(':scope > :is(path, text, line, rect)')];
        for (const mark of new Set([marks[0], marks[marks.length >> 1]].filter(Boolean))) {
          const at = mark.getBoundingClientRect();
          point(mark, at.x + at.width / 2, at.y + at.height / 2);
        }
      }
    drawn.dispatchEvent(new MouseEvent('mouseout', {bubbles: true}));
  }
  return [...tips];
}
"""


# What the browser does at Back, with the address that is given.
_TURN = "url => { history.pushState(null, '', url); dispatchEvent(new PopStateEvent('popstate', {state: null})) }"


def link_to(url: str, slug: str, query: Mapping[str, Any] | None = None) -> str:
    """The address of a page of the dashboard at `url`."""
    path = "" if slug == "question" else slug
    return f"{url}/{path}" + (f"?{urlencode(query, doseq=True)}" if query else "")


def device(
    browser: Browser, size: tuple[int, int] = DESKTOP, scheme: Any = "light", touch: bool = False
) -> BrowserContext:
    """A new device, with nothing on it."""
    viewport: Any = {"width": size[0], "height": size[1]}
    return browser.new_context(
        viewport=viewport, color_scheme=scheme, reduced_motion="reduce", has_touch=touch, is_mobile=touch
    )


class Devices:
    """Two devices that visit one server, one with a mouse and one with a finger, and the tabs on them, kept from test to test.

    A tab that has been there before has Streamlit's 4 MB of script at hand and its code warm, as a visitor's has, and opens a
    page at two thirds of the work; one that turns to a page as Back does, at a third.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser, self._url = browser, url
        self._contexts: dict[bool, BrowserContext] = {}
        self._idle: dict[bool, list[Tab]] = {True: [], False: []}
        self._staying: dict[bool, list[Tab]] = {True: [], False: []}

    def _tab(self, touch: bool) -> Tab:
        if self._idle[touch]:
            return self._idle[touch].pop()
        if touch not in self._contexts:
            self._contexts[touch] = device(self._browser, touch=touch)
        return Tab(self._contexts[touch])

    @contextmanager
    def visitor(self, size: tuple[int, int] = DESKTOP, scheme: Any = "light", touch: bool = False) -> Iterator[Tab]:
        """A tab, and nothing in it or on its device of the visitor before."""
        tab = self._tab(touch)
        tab.look(size, scheme)
        yield tab
        tab.page.mouse.move(0, 0)
        tab.page.goto(f"{self._url}/_stcore/health")
        tab.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        tab.context.clear_cookies()
        tab.said.clear()
        # A browser counts 50 steps of a tab and no more: one that has come near is not kept.
        if tab.page.evaluate("history.length") < 30:
            self._idle[touch].append(tab)
        else:
            tab.close()

    @contextmanager
    def staying(
        self,
        slug: str,
        query: Mapping[str, Any] | None = None,
        size: tuple[int, int] = DESKTOP,
        scheme: Any = "light",
        touch: bool = False,
    ) -> Iterator[Tab]:
        """A visitor who has looked at other pages, and comes to this one from `/lesson`, as Back does."""
        staying = self._staying[touch]
        tab = staying.pop() if staying else self._tab(touch).open(self._url, "lesson")
        tab.look(size, scheme)
        tab.turn_to(self._url, slug, query)
        yield tab
        tab.page.mouse.up()
        tab.page.mouse.move(0, 0)
        tab.turn_to(self._url, "lesson")
        tab.said.clear()
        staying.append(tab)


class Tab:
    """A browser tab on a page of the dashboard: a visitor."""

    def __init__(self, on: BrowserContext) -> None:
        self.context = on
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.add_init_script(_WATCH)
        self.said: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.said.append(str(error)[:300]))

    def _hear(self, message: ConsoleMessage) -> None:
        # Streamlit looks for its server below the page's own path first, and says so: /neuron/_stcore/health is not there.
        if message.type == "error" and not ("404" in message.text and "/_stcore/" in message.location["url"]):
            self.said.append(f"{message.text[:300]} ({message.location['url']})")

    def close(self) -> None:
        self.page.close()

    def __enter__(self) -> Tab:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self, url: str, slug: str = "", query: Mapping[str, Any] | None = None) -> Tab:
        """Open a page of the dashboard at `url` and wait until all of it is there."""
        self.page.goto(link_to(url, slug, query))
        self.settle(0, 0)
        return self

    def look(self, size: tuple[int, int], scheme: Any) -> None:
        """In front, of this size in pixels, light or dark, and nothing else asked of it."""
        self.page.bring_to_front()
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.emulate_media(media="null", color_scheme=scheme, forced_colors="null", reduced_motion="reduce")

    def turn_to(self, url: str, slug: str, query: Mapping[str, Any] | None = None) -> None:
        """From one page of the dashboard to another, at what a link says, without loading anew."""
        self.act(lambda: self.page.evaluate(_TURN, link_to(url, slug, query)))
        self.page.evaluate("document.querySelector('[data-testid=\"stMain\"]').scrollTo(0, 0)")

    def settle(self, finished: int = -1, started: int = -1, live: bool = True) -> None:
        """Wait until a new script run (the one after so many) has ended and nothing has moved for a while; or, if `live`
        will do, until it has drawn the page and trains networks."""
        expected = {"finished": finished, "started": started, "live": live}
        self.page.wait_for_function(_STILL, arg=expected, timeout=60_000 if live else 120_000)

    def count(self, what: str) -> int:
        """How many messages were "sent", runs "finished", or "sockets" opened, since the page was loaded."""
        return int(self.page.evaluate("what => watch[what]", what))

    def act(self, action: Callable[[], Any]) -> None:
        """Do what causes a rerun, and wait until it is on the screen."""
        finished, started = self.count("finished"), self.count("started")
        action()
        self.settle(finished, started)

    def control(self, key: str) -> Any:
        return self.page.locator(f".st-key-{key}").first

    def press(self, key: str, times: int = 1, arrow: str = "ArrowRight") -> None:
        """Move a slider by the keyboard; what it is folded into is opened first."""
        folded = self.page.locator("details:not([open])").filter(has=self.page.locator(f".st-key-{key}"))
        if folded.count():
            folded.first.locator("summary").first.click()
        for _ in range(times):
            self.act(lambda: self.control(key).locator("input").press(arrow))

    def held(self) -> dict[str, str]:
        """What every control on the page shows."""
        return dict(self.page.evaluate("watch.held()"))

    def changed(self) -> dict[str, list[str]]:
        """The controls that have shown more than one value since the page was opened, with these values.

        Boxes for numbers are left out: Streamlit's own shows its lowest value for one frame, on a bare page too.
        """
        seen: dict[str, list[str]] = self.page.evaluate("watch.seen")
        boxes = {key for key, control in TOPICS.controls.items() if isinstance(control, Number)}
        return {key: values for key, values in seen.items() if len(values) > 1 and key not in boxes}

    def facts(self) -> dict[str, Any]:
        return dict(self.page.evaluate(_FACTS))

    def tips(self) -> list[str]:
        """What comes up beside a mouse over the pictures."""
        return list(self.page.evaluate(_TIPS))

    def translate(self) -> None:
        """Let the browser translate the page (into its own language)."""
        self.page.evaluate(_TRANSLATE)

    def numbers(self) -> list[str]:
        """The prose and the tables of the page, without what is in "Share"."""
        return list(
            self.page.evaluate(
                """() => [...document.querySelectorAll('[data-testid="stMain"] [data-testid="stMarkdown"]')]
                .filter(e => !e.closest('[class*="_share"]')).map(e => e.innerText)"""
            )
        )

    def complaints(self, charts: bool = True) -> list[str]:
        """What a visitor would call broken: error boxes, console errors, charts without picture or name, sideways scroll."""
        facts = self.facts()
        out = [f"error box: {text}" for text in facts["errors"]] + [f"console: {text}" for text in self.said]
        out += [f"{facts['empty']} of {facts['charts']} charts empty"] if facts["empty"] else []
        out += ["no chart"] if charts and not facts["charts"] else []
        out += [f"chart without a name: {n!r}" for n in facts["names"] if not n or n.startswith("Vega visualization")]
        out += [f"sticks out sideways: {what}" for what in facts["wide"]]
        out += [f"numbers of an axis beside their lines: {text}" for text in facts["off"]]
        out += ["scrolls sideways"] if facts["scrolls"] else []
        self.said.clear()
        return out


def shown(control: Control, value: Any) -> str:
    """What the page shows where `control` holds `value` (a label where it is a choice)."""
    if isinstance(control, Toggle):
        return str(value).lower()
    if isinstance(control, Choice):
        return control.text(value).replace("*", "")  # set in italics
    return control.format % value if isinstance(control, Slider) and control.format else str(value)


def slides(control: Control) -> bool:
    """Whether it is drawn as a slider."""
    return isinstance(control, Slider) or (isinstance(control, Choice) and control.shape == "steps")


def written(value: Any) -> str:
    """How a link writes a value."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def other(control: Control) -> Any:
    """A value that is not the default."""
    if isinstance(control, Choice):
        return next(label for label in control.choices if label != control.default_state)
    if isinstance(control, Toggle):
        return not control.default
    moved = control.clean(control.default + 3 * control.step)
    return moved if moved != control.default else control.clean(control.default - 3 * control.step)


def end(control: Control, high: bool) -> Any:
    """The first or last value a control can hold."""
    if isinstance(control, Choice):
        return list(control.choices)[-1 if high else 0]
    if isinstance(control, Toggle):
        return high
    return control.clean(control.high if high else control.low)


def link(topic: str, which: str) -> dict[str, Any]:
    """The state of every control of a page: "other" (none at its default), "low" or "high"; where the page shows what was
    tried alone, the nearest that was."""
    pick: Callable[[Control], Any] = other if which == "other" else lambda c: end(c, which == "high")
    at = TOPICS[topic].settings(**{name: one.value_of(pick(one)) for name, one in TOPICS[topic].controls.items()})
    return states(at.tried() if hasattr(at, "tried") else at)


__all__ = ["DESKTOP", "PHONE", "Devices", "Tab", "device", "end", "link", "other", "shown", "written"]
