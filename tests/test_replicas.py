"""More than one machine, with real parts: nginx in front of two replicas that die, hang or are replaced under load."""

import asyncio
import os
import random
import re
import signal
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from tests import front as fronts
from tests import serving
from tests.bench.load import Person
from tests.front import Front

T = TypeVar("T")

QUICK = {
    "proxy_read_timeout 65s": "proxy_read_timeout 3s",
    "proxy_read_timeout 5s": "proxy_read_timeout 2s",
}
"""A replica that hangs is found out sooner than in deploy/; the replicas' heartbeat is quicker in turn."""


CHOSEN = "saturation_activation=GELU"
"""What everybody's link says too, and nobody changes."""


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    if fronts.nginx() is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("needs nginx: apt-get install nginx-light")
    quick = ["--server.websocketPingInterval", "1"]
    with serving.dashboard(*quick) as one, serving.dashboard(*quick) as two, fronts.front([one, two], QUICK) as found:
        yield found


def run(work: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: the browser of other tests keeps an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class Class:
    """Two visitors of each replica, each with weights of their own in the link, on a page that a fresh replica opens soon."""

    def __init__(self, front: Front, each: int = 2) -> None:
        drawn = front.cookies(each)
        self.front = front
        self.homes = [port for _ in range(each) for port in drawn]
        cookies = [cookie for pair in zip(*drawn.values(), strict=True) for cookie in pair]
        self.people = [
            Person(
                front.stream,
                "saturation",
                random.Random(k),
                f"saturation_weights={2 + 0.5 * k:.1f}&{CHOSEN}",
                {"Cookie": cookie},
            )
            for k, cookie in enumerate(cookies)
        ]

    async def play(self, meanwhile: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """All move sliders while something happens; who loses the connection comes back, as a browser does. It begins when all
        have moved something, and when it is over everybody moves something more."""
        leave = asyncio.Event()
        visits = [asyncio.create_task(one.stay(leave)) for one in self.people]
        await self.all_move()
        await meanwhile()
        await self.all_move()
        leave.set()
        await asyncio.gather(*visits)

    async def all_move(self) -> None:
        """Until everybody has had an answer from now on."""
        before = [len(one.waits) for one in self.people]
        async with asyncio.timeout(60):
            while any(len(one.waits) < 2 + count for one, count in zip(self.people, before, strict=True)):
                await asyncio.sleep(0.02)

    async def faults(self) -> list[str]:
        """Who saw an error, or ends with another page than the link to what they did."""
        found = []
        for one in self.people:
            link = "&".join(f"{key}={value:.6g}" for key, value in one.wanted.items())
            fresh = Person(self.front.stream, "saturation", random.Random(0), f"{link}&{CHOSEN}")
            async with fresh.connect() as socket:
                await fresh.send(socket, fresh.opening())
            found += one.errors + fresh.errors
            if not one.waits or not fresh.texts or one.texts != fresh.texts:
                found.append(f"{one.query} shows another page than {link}")
        return found


def test_a_visitor_stays_with_one_replica_and_both_have_visitors(front: Front) -> None:
    # All from one address, as a class is.
    rooms = front.cookies(6)
    for port, cookies in rooms.items():
        for cookie in cookies[:3]:
            answers = [front.ask(cookie=cookie) for _ in range(4)]
            assert {(one.replica, one.cookie) for one in answers} == {(port, "")}, "kept, and given no second cookie"


def test_a_browser_without_cookies_stays_with_one_replica_too(front: Front) -> None:
    assert len({front.ask().replica for _ in range(8)}) == 1


def test_headers_let_others_frame_the_page_and_nothing_else(front: Front) -> None:
    for answer in (front.ask(), front.ask("/_stcore/nonsense")):
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
        assert policy["frame-ancestors"] == "*" and policy["default-src"] == "'none'"
        assert policy["connect-src"] == "'self'" and policy["base-uri"] == policy["form-action"] == "'none'"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "camera=()" in answer.headers["permissions-policy"] and "x-frame-options" not in answer.headers
        assert answer.headers["server"] == "nginx" and "strict-transport-security" not in answer.headers
    secure = front.ask(headers={"X-Forwarded-Proto": "https"}).headers
    assert "max-age" in secure["strict-transport-security"]
    assert {"Secure", "Partitioned", "HttpOnly", "SameSite=None"} <= {*secure["set-cookie"].split("; ")}


def test_static_files_come_small_once_and_for_a_year(front: Front) -> None:
    page = front.ask().body.decode()
    path = "/" + re.findall(r"\./(static/js/index\.\w+\.js)", page)[0]
    whole, small = front.ask(path), front.ask(path, headers={"Accept-Encoding": "gzip, br"})
    assert small.headers["content-encoding"] == "gzip" and len(small.body) < len(whole.body) / 2
    assert "immutable" in small.headers["cache-control"] and "set-cookie" not in small.headers
    # From now on no replica is asked for it.
    for replica in front.replicas:
        replica.process.send_signal(signal.SIGSTOP)
    try:
        assert front.ask(path, headers={"Accept-Encoding": "gzip"}).body == small.body
        assert front.ask(path).body == whole.body
    finally:
        for replica in front.replicas:
            replica.process.send_signal(signal.SIGCONT)
    assert front.ask(headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"
    assert front.ask().headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/script-health-check",
        "/_stcore/agent/interact",
        "/_stcore/agent/openapi.json",
        "/neuron/_stcore/health",
        "/_stcore/bidi-components/x",
        "/component/x",
        "/app/static/x",
    ],
)
def test_what_no_page_needs_is_not_there(front: Front, path: str) -> None:
    for method in ("GET", "POST"):
        answer = front.ask(path, method=method)
        assert (answer.status, answer.replica) == (404, 0)


def test_only_what_a_browser_does_is_let_through(front: Front) -> None:
    assert front.ask("/neuron", method="POST").status == 403
    assert front.ask("/_stcore/upload_file/a/b", method="GET").status == 403
    # As large as what the page takes, and no larger.
    assert (
        front.ask("/_stcore/upload_file/a/b", method="PUT", headers={"Content-Length": str(10 * 2**20)}).status == 413
    )
    assert front.ask("/neuron", headers={"Content-Length": "20000"}).status == 413
    assert front.ask("/neuron?" + "neuron_eta=1&" * 1500).status == 200, "a link of 19 kB"


def test_the_log_counts_and_names_nobody(front: Front) -> None:
    front.ask("/zq7page?neuron_eta=zq7text", headers={"User-Agent": "zq7browser", "Referer": "http://zq7.example"})
    front.ask("/_stcore/upload_file/zq7session/zq7file.npz", method="PUT", headers={"Content-Length": str(2**30)})
    front.ask("/zq7\r")
    lines = front.log.read_text() + (front.folder / "errors").read_text()
    assert re.search(r" page 200 \d+ ", lines) and re.search(r" upload 413 \d+ ", lines)
    assert "zq7" not in lines
    addresses = {*re.findall(r"\d+\.\d+\.\d+\.\d+(?::\d+)?", lines)}
    assert addresses <= {f"127.0.0.1:{one.port}" for one in front.replicas}, "replicas are named, visitors are not"


def test_each_limit_lets_a_class_in_and_no_more(front: Front) -> None:
    def statuses(path: str, method: str, times: int) -> list[int]:
        with ThreadPoolExecutor(8) as threads:
            return list(threads.map(lambda _: front.ask(path, method=method).status, range(times)))

    files = statuses("/_stcore/upload_file/a/b", "OPTIONS", 320)
    assert 429 not in files[:100] and files.count(429) > 20


def test_a_replica_dies_under_load_and_nobody_loses_the_page(front: Front) -> None:
    group = Class(front)
    dying = front.replicas[0]

    async def meanwhile() -> None:
        dying.stop(signal.SIGKILL)

    try:
        run(group.play(meanwhile))
    finally:
        dying.stop()
        dying.start_again()
    lost = [one.returns > 0 for one in group.people]
    assert lost == [home == dying.port for home in group.homes], "the other replica's visitors notice nothing"
    assert any(lost) and not all(lost)
    assert run(group.faults()) == []


def test_a_rolling_restart_loses_nobody(front: Front) -> None:
    """One replica drained and replaced after the other, while all play."""
    group = Class(front)

    async def meanwhile() -> None:
        for replica in front.replicas:
            await asyncio.to_thread(replica.stop, signal.SIGTERM)
            await group.all_move()
            await asyncio.to_thread(replica.start_again)
            # The next one's turn comes when this one has visitors again.
            await asyncio.to_thread(front.cookies, 1)

    run(group.play(meanwhile))
    assert all(one.returns for one in group.people)
    assert run(group.faults()) == []


def test_a_replica_that_hangs_is_left_for_the_other(front: Front) -> None:
    group = Class(front)
    hanging = front.replicas[0]

    async def meanwhile() -> None:
        hanging.process.send_signal(signal.SIGSTOP)

    try:
        run(group.play(meanwhile))
    finally:
        hanging.process.send_signal(signal.SIGCONT)
    assert [one.returns > 0 for one in group.people] == [home == hanging.port for home in group.homes]
    assert run(group.faults()) == []


def test_a_visitor_who_reconnects_in_the_midst_of_a_run_gets_it_from_another_replica(front: Front) -> None:
    """The page of the longest work, cut off before it stands; the other replica knows neither visitor nor run."""
    query = "network_layers=5&network_seed=1&network_run=tanh"

    async def visit(ports: list[int]) -> Person:
        person = Person("", "network", random.Random(0), query)
        for port in ports:
            person.address = f"ws://127.0.0.1:{port}/_stcore/stream"
            async with person.connect() as socket:
                if port is not ports[-1]:
                    await socket.send(person.opening().SerializeToString())
                    while not person.texts:
                        await person.hear(socket)
                    socket.transport.abort()
                else:
                    await person.send(socket, person.opening())
        return person

    one, other = (replica.port for replica in front.replicas)
    moved, stayed = run(visit([one, other])), run(visit([other]))
    assert moved.errors == stayed.errors == [] and moved.session
    # Networks train, so either may have seen more of it by now.
    both = moved.texts.keys() & stayed.texts.keys()
    assert len(both) >= 6 and all(moved.texts[where] == stayed.texts[where] for where in both)
