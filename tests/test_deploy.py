"""More than one machine, with real parts: nginx in front of two replicas, one of which dies; and the image recipe."""

import asyncio
import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import serving
from tests.apptest import ROOT
from tests.bench.load import Person

QUERY = "neuron_eta=0.37&neuron_batch=4"


class Front:
    """nginx and the two replicas behind it."""

    def __init__(self, port: int, replicas: list[serving.Server]) -> None:
        self.port, self.replicas = port, replicas

    def get(self, cookie: str = "") -> tuple[str, str]:
        """Which replica answers, and the cookie that a new visitor is given."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/neuron?{QUERY}", headers={"Cookie": cookie})
        with urllib.request.urlopen(request, timeout=10) as answer:
            replica = answer.headers["X-Replica"].split(", ")[-1]
            return replica, answer.headers.get("Set-Cookie", "").partition(";")[0]


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if nginx is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("needs nginx: apt-get install nginx-light")
    folder, port = tmp_path_factory.mktemp("nginx"), serving.free_port()
    with serving.dashboard() as one, serving.dashboard() as two:
        text = (ROOT / "deploy/nginx.conf").read_text()
        for written, real in ((8501, one.port), (8502, two.port), (8080, port)):
            text = re.sub(rf"\b{written}\b", str(real), text)
        text = text.replace(f"listen {port};", f"listen 127.0.0.1:{port}; add_header X-Replica $upstream_addr;")
        # Headers of the server hold where a location has none of its own.
        text = text.replace(
            "            add_header Set-Cookie",
            "            add_header X-Replica $upstream_addr; add_header Set-Cookie",
        )
        conf = folder / "nginx.conf"
        conf.write_text(text)
        process = subprocess.Popen(
            [nginx, "-p", str(folder), "-c", str(conf), "-g", "daemon off;"], stderr=subprocess.PIPE
        )
        try:
            found = Front(port, [one, two])
            until = time.monotonic() + 20
            while True:
                try:
                    found.get()
                    break
                except OSError:
                    assert process.poll() is None and time.monotonic() < until, "nginx does not answer"
                    time.sleep(0.1)
            yield found
        finally:
            process.terminate()
            process.wait(10)
            assert process.stderr is not None
            process.stderr.close()


def test_a_visitor_stays_with_one_replica_and_both_have_visitors(front: Front) -> None:
    # All from one address, as a class is.
    cookies = [front.get()[1] for _ in range(24)]
    homes = {cookie: front.get(cookie)[0] for cookie in cookies}
    assert len(homes) == 24 and len(set(homes.values())) == 2
    for cookie in cookies[:6]:
        assert {front.get(cookie) for _ in range(4)} == {(homes[cookie], "")}, "kept, and given no second cookie"


def test_a_browser_without_cookies_stays_with_one_replica_too(front: Front) -> None:
    assert len({front.get()[0] for _ in range(8)}) == 1


def test_a_replica_dies_under_load_and_nobody_loses_the_page(front: Front) -> None:
    # Cookies are drawn: six visitors of each replica, however long that takes.
    rooms: dict[str, list[str]] = {}
    while len(rooms) < 2 or min(map(len, rooms.values())) < 6:
        cookie = front.get()[1]
        rooms.setdefault(front.get(cookie)[0], []).append(cookie)
    cookies = [cookie for pair in zip(*rooms.values(), strict=False) for cookie in pair][:12]
    homes = [front.get(cookie)[0] for cookie in cookies]
    dying = front.replicas[0]
    moved = [f"neuron_eta={0.2 + 0.05 * k:.2f}&neuron_batch=4" for k in range(12)]
    people = [
        Person(f"ws://127.0.0.1:{front.port}/_stcore/stream", "neuron", random.Random(k), query, {"Cookie": cookie})
        for k, (query, cookie) in enumerate(zip(moved, cookies, strict=True))
    ]

    async def visits() -> list[bool]:
        """Everyone moves sliders while the replica dies; who lost the connection opens the same link again."""
        first = [asyncio.create_task(one.attend(0.0, time.monotonic() + 6.0)) for one in people]
        await asyncio.sleep(2.5)
        dying.stop(signal.SIGKILL)
        await asyncio.gather(*first)
        lost = [bool(one.errors) for one in people]
        for one in people:
            one.sliders.clear()
            one.errors.clear()
        await asyncio.gather(*(one.attend(0.0, 0.0) for one in people))
        return lost

    try:
        # In a thread of its own: the browser of other tests keeps an event loop in this one.
        with ThreadPoolExecutor(1) as thread:
            lost = thread.submit(asyncio.run, visits()).result()
    finally:
        dying.stop()
        dying.start_again()
    assert lost == [home.endswith(f":{dying.port}") for home in homes], "the other replica's visitors notice nothing"
    assert any(lost) and not all(lost)
    for k, one in enumerate(people):
        assert not one.errors
        (eta,) = [slider.value for slider in one.sliders.values() if slider.key == "neuron_eta"]
        assert eta == pytest.approx(0.2 + 0.05 * k)


def test_the_image_holds_what_the_app_needs_and_starts_it_as_the_readme_does() -> None:
    recipe = (ROOT / "Containerfile").read_text()
    copied = [name for line in re.findall(r"^COPY (.*)$", recipe, re.MULTILINE) for name in line.split()[:-1]]
    assert all((ROOT / name).exists() for name in copied)
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    assert {name.rstrip("*") for name in packages} <= set(copied)
    command = json.loads(recipe.rsplit("CMD ", 1)[1])
    assert " ".join(command[:3]) == "streamlit run dashboard/app.py"
    assert "USER visitor" in recipe and "_stcore/health" in recipe
    assert Path(ROOT / "requirements.txt").read_text().splitlines()[-1] == "-e ."
