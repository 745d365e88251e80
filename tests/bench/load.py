"""A class with one link: many sessions over real websockets that open a page, move its sliders and leave.

    .venv/bin/python -m tests.bench.load                    20 s each with 1, 20, 50, 100 and 200 sessions on /neuron
    .venv/bin/python -m tests.bench.load --pages signs depth --sessions 100 --seconds 30
    .venv/bin/python -m tests.bench.load --churn 1000       sessions come and go, and the server's memory with them
    .venv/bin/python -m tests.bench.load --leave            what the server still works after a visitor has left a training

Each session moves a slider to a random value every three seconds (--every) and waits for the answer: until the script has ended, or
stands but for a training that goes on. The load goes to 127.0.0.1 only, to a server that this command starts and stops,
and is bounded in sessions and in time. It shares the machine with the server it measures: figures are upper bounds.
"""

import argparse
import asyncio
import contextlib
import os
import random
import statistics
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from dashboard.topics import TOPICS
from tests import serving

EVERY = 3.0
"""Seconds between two moves of one person, unless told otherwise."""

LEVELS = (1, 20, 50, 100, 200)

HARDEST = {
    "network": "network_layers=5&network_run=all+variants&network_seed=all",
    "depth": "depth_layers=200&depth_width=2048&depth_seeds=64&depth_norm=batch+norm+before+the+activation",
}
"""What asks the server for most, page by page."""


@dataclass
class Slider:
    """A slider of the page as the server described it."""

    id: str
    low: float
    high: float
    step: float
    key: str
    value: float


@dataclass
class Person:
    """One session: what it waited for, in milliseconds, and what went wrong."""

    address: str
    slug: str
    rng: random.Random
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    every: float = EVERY
    opened: float = 0.0
    waits: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    sliders: dict[str, Slider] = field(default_factory=dict)
    page_hash: str = ""
    session: str = ""
    states: dict[str, float] = field(default_factory=dict)
    """What this person's browser holds, by a slider's id: where the page is made anew, it tells the server."""
    wanted: dict[str, float] = field(default_factory=dict)
    """Where each slider was put, or stood when the page was first opened, by its key."""
    texts: dict[tuple[int, ...], str] = field(default_factory=dict)
    """The page's paragraphs, by where they stand."""
    returns: int = 0
    """How often the connection was lost and made again."""

    async def attend(self, start: float, end: float) -> None:
        """Come at a time of one's own, open the page, move sliders until `end`, leave."""
        await asyncio.sleep(self.rng.uniform(0, start))
        try:
            async with self.connect() as socket:
                self.opened = await self.send(socket, self.opening())
                await self.watch(socket, time.monotonic() + self.rng.uniform(0, self.every))
                while time.monotonic() < end:
                    following = time.monotonic() + self.every
                    self.waits.append(await self.send(socket, self.moving()))
                    await self.watch(socket, following)
        except (OSError, TimeoutError, WebSocketException) as error:
            self.errors.append(f"{type(error).__name__}: {error}")

    async def stay(self, leave: asyncio.Event, pause: float = 0.2) -> None:
        """Move sliders until `leave`, as someone with a browser does: that connects again when it is cut off, and goes on."""
        while True:
            try:
                await asyncio.to_thread(self.greet)
                async with self.connect() as socket:
                    await self.send(socket, self.opening())
                    self.wanted = self.wanted or self.held()
                    while not leave.is_set():
                        await self.watch(socket, time.monotonic() + pause)
                        self.waits.append(await self.send(socket, self.moving()))
                    return
            except (OSError, WebSocketException) as error:
                self.returns += 1
                if self.returns > 50:
                    self.errors.append(f"{type(error).__name__}: {error}")
                    return
                await asyncio.sleep(0.1)

    def greet(self) -> None:
        """What a browser asks for before it connects."""
        origin = self.address.replace("ws:", "http:").removesuffix("stream")
        for asked in ("health", "host-config"):
            with urllib.request.urlopen(
                urllib.request.Request(origin + asked, headers=self.headers), timeout=20
            ) as got:
                got.read()

    def held(self) -> dict[str, float]:
        """What the page shows: the value of each slider, by its key."""
        return {slider.key: slider.value for slider in self.sliders.values()}

    def connect(self) -> connect:
        """The websocket of a page. A visitor who comes back names the session there was, as browsers do."""
        spoken = ["streamlit", "PLACEHOLDER_AUTH_TOKEN", self.session] if self.session else ["streamlit"]
        wanted = {"subprotocols": spoken, "additional_headers": self.headers}
        return connect(self.address, max_size=None, compression=None, close_timeout=1, **wanted)

    def opening(self) -> BackMsg:
        """What a browser sends first."""
        message = BackMsg()
        message.rerun_script.page_name = "" if self.slug == "question" else self.slug
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self.page_hash
        for key, value in self.states.items():
            state = message.rerun_script.widget_states.widgets.add()
            state.id = key
            state.double_array_value.data.append(value)
        return message

    def moving(self) -> BackMsg:
        """A slider moved to a random value: after a few moves nobody else has the same page, and no cache answers."""
        if self.sliders:
            slider = self.rng.choice(list(self.sliders.values()))
            steps = self.rng.randint(0, max(1, round((slider.high - slider.low) / slider.step)))
            slider.value = min(slider.high, slider.low + steps * slider.step)
            self.states[slider.id] = self.wanted[slider.key] = slider.value
        return self.opening()

    async def send(self, socket: ClientConnection, message: BackMsg) -> float:
        """Milliseconds until the page stands that `message` asks for."""
        began, answered = time.perf_counter(), False
        await socket.send(message.SerializeToString())
        async with asyncio.timeout(120):
            while True:
                answer = await self.hear(socket)
                kind = answer.WhichOneof("type")
                if kind == "new_session":
                    # What came before belongs to a run that this message ended.
                    answered = True
                # A progress bar says that a training goes on; the page does not wait for it.
                training = answer.delta.new_element.WhichOneof("type") == "progress"
                # A run that only made way for the next is no answer.
                done = kind == "script_finished" and answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
                if answered and (done or training):
                    return 1000 * (time.perf_counter() - began)

    async def watch(self, socket: ClientConnection, until: float) -> None:
        """Take what the server sends meanwhile, as a browser does."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, until - time.monotonic())):
                while True:
                    await self.hear(socket)

    async def hear(self, socket: ClientConnection) -> ForwardMsg:
        """The server's next message."""
        data = await socket.recv()
        answer = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
        match answer.WhichOneof("type"):
            case "delta":
                self.look_at(answer)
            case "new_session":
                # Every run says all of the page anew.
                self.session = answer.new_session.initialize.session_id
                self.texts.clear()
            case "page_info_changed":
                self.query = answer.page_info_changed.query_string
            case "navigation":
                # Which page runs: what a browser, too, names in its next message.
                if self.page_hash not in ("", answer.navigation.page_script_hash):
                    self.errors.append("another page ran")
                self.page_hash = answer.navigation.page_script_hash
        return answer

    def look_at(self, answer: ForwardMsg) -> None:
        """Remember the page's real sliders, and any exception it shows."""
        element = answer.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.errors.append(element.exception.type)
        if kind == "markdown":
            self.texts[tuple(answer.metadata.delta_path)] = element.markdown.body
        if kind == "slider" and not element.slider.disabled and not element.slider.options and element.slider.step > 0:
            found = element.slider
            (value,) = found.value if found.set_value else [self.states.get(found.id, found.default[0])]
            self.states[found.id] = value
            self.sliders[found.id] = Slider(
                found.id, found.min, found.max, found.step, found.id.rpartition("-")[2], value
            )


def memory(server: serving.Server) -> float:
    """Resident memory of the server, in MB."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


async def level(
    server: serving.Server, slugs: Sequence[str], sessions: int, seconds: float, every: float = EVERY
) -> tuple[list[Person], float]:
    """`sessions` people for `seconds`; and the largest memory the server had meanwhile."""
    address = f"ws://127.0.0.1:{server.port}/_stcore/stream"
    people = [Person(address, slugs[k % len(slugs)], random.Random(k), every=every) for k in range(sessions)]
    arrival = min(seconds / 2, sessions / 20)
    end = time.monotonic() + arrival + seconds
    tasks = [asyncio.create_task(person.attend(arrival, end)) for person in people]
    largest = memory(server)
    while not all(task.done() for task in tasks):
        largest = max(largest, memory(server))
        await asyncio.sleep(0.5)
    await asyncio.gather(*tasks)
    return people, largest


async def churn(server: serving.Server, slugs: Sequence[str], sessions: int) -> None:
    """Sessions that open a page, move a slider and leave, twenty at a time; the server's memory after each tenth.

    A fifth as many come first: until the caches are full, memory grows by what is remembered, not by who has been there.
    """
    address = f"ws://127.0.0.1:{server.port}/_stcore/stream"
    room, marks, errors, done, first = asyncio.Semaphore(20), [], 0, 0, sessions // 5

    async def one(index: int) -> None:
        nonlocal errors, done
        async with room:
            person = Person(address, slugs[index % len(slugs)], random.Random(index))
            await person.attend(0.0, time.monotonic() + EVERY)
            errors, done = errors + len(person.errors), done + 1
            if done >= first and (done - first) % max(1, sessions // 10) == 0:
                marks.append(memory(server))

    await asyncio.gather(*(one(index) for index in range(first + sessions)))
    told = ", ".join(f"{mark:.0f}" for mark in marks)
    print(f"memory, MB, after {first} sessions and after each tenth of {sessions} more: {told}; errors {errors}")
    print(f"from the first to the last: {100 * (marks[-1] / marks[0] - 1):+.1f} %")


def processor(server: serving.Server) -> float:
    """Seconds of processor time that the server has used."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def leave(server: serving.Server, slug: str, query: str) -> None:
    """One visitor asks for a page's longest work and leaves in the midst of it; what the server works then."""
    person = Person(f"ws://127.0.0.1:{server.port}/_stcore/stream", slug, random.Random(0), query)
    async with person.connect() as socket:
        before = processor(server)
        # Until the page stands and networks train, or for as long as it takes to lose patience.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(10 if slug == "network" else 0.5):
                await person.send(socket, person.opening())
        await person.watch(socket, time.monotonic() + 0.5)
        spent = processor(server) - before
    seconds = []
    for _ in range(5):
        before = processor(server)
        await asyncio.sleep(1.0)
        seconds.append(processor(server) - before)
    after = ", ".join(f"{one:.2f}" for one in seconds)
    print(f"/{slug}?{query}\n  {spent:.2f} s of a core until the visitor left; in each second after that {after}")


def report(sessions: int, people: list[Person], largest: float) -> str:
    """One row of the table."""
    waits, opened = sorted(w for p in people for w in p.waits), sorted(p.opened for p in people)
    errors = sum(len(p.errors) for p in people)
    if not waits:
        return f"{sessions:>8} {errors:>6}  no answers"
    tail = waits[min(len(waits) - 1, int(0.95 * len(waits)))]
    middle, first = statistics.median(waits), statistics.median(opened)
    return f"{sessions:>8} {errors:>6} {len(waits):>7} {middle:>10.0f} {tail:>8.0f} {first:>12.0f} {largest:>10.0f}"


def main() -> None:
    """Run the levels, or the churn, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, nargs="*", default=list(LEVELS), help="levels, each at most 500")
    parser.add_argument("--seconds", type=float, default=20, help="how long each level lasts, at most 300")
    parser.add_argument("--every", type=float, default=EVERY, help="seconds between two moves of one person, 1 to 60")
    parser.add_argument("--pages", nargs="*", default=["neuron"], choices=list(TOPICS))
    parser.add_argument("--churn", type=int, default=0, help="sessions that come and go instead, at most 5,000")
    parser.add_argument("--leave", action="store_true", help="a visitor leaves while the server works hardest")
    asked = parser.parse_args()
    with serving.dashboard() as server:
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the start; pages {', '.join(asked.pages)}")
        if asked.leave:
            for slug, query in HARDEST.items():
                asyncio.run(leave(server, slug, query))
        elif asked.churn:
            asyncio.run(churn(server, asked.pages, min(asked.churn, 5000)))
        else:
            print("sessions errors answers  median ms  95th ms  to open, ms  memory, MB")
            for sessions in asked.sessions:
                seconds, every = min(asked.seconds, 300), min(max(asked.every, 1), 60)
                people, largest = asyncio.run(level(server, asked.pages, min(sessions, 500), seconds, every))
                print(report(sessions, people, largest), flush=True)
                for error in sorted({e for p in people for e in p.errors})[:5]:
                    print(f"  {error}")
        for line in server.noise()[:5]:
            print(f"  log: {line}")


if __name__ == "__main__":
    main()
