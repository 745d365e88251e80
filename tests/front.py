"""nginx with deploy/nginx.conf in front of replicas on 127.0.0.1, for what needs both for real."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests import serving

DEPLOY = serving.ROOT / "deploy"


@dataclass
class Answer:
    """What nginx says to one request. `replica`: the port of the replica that answered, 0 where none was asked."""

    status: int
    headers: dict[str, str]
    body: bytes
    replica: int

    @property
    def cookie(self) -> str:
        """The cookie that a new visitor is given."""
        return self.headers.get("set-cookie", "").partition(";")[0]


class Front:
    """nginx and the replicas behind it. `log`: what it has told."""

    def __init__(self, folder: Path, port: int, replicas: Sequence[serving.Server]) -> None:
        self.folder, self.port, self.replicas = folder, port, list(replicas)
        self.log = folder / "log"

    @property
    def stream(self) -> str:
        """Where a browser connects."""
        return f"ws://127.0.0.1:{self.port}/_stcore/stream"

    def ask(
        self, path: str = "/neuron", cookie: str = "", method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request, and what came back, errors included."""
        more = {"Cookie": cookie} if cookie else {}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", method=method, headers={**more, **(headers or {})}
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as got:
                status, said, body = got.status, got.headers, got.read()
        except urllib.error.HTTPError as error:
            with error:
                status, said, body = error.code, error.headers, error.read()
        named = {name.lower(): value for name, value in said.items()}
        last = named.get("x-replica", "").rpartition(":")[2]
        return Answer(status, named, body, int(last) if last.isdigit() else 0)

    def cookies(self, each: int) -> dict[int, list[str]]:
        """Cookies of visitors, `each` of every replica, by its port. Cookies are drawn: however long that takes."""
        rooms: dict[int, list[str]] = {replica.port: [] for replica in self.replicas}
        until = time.monotonic() + 15
        while min(map(len, rooms.values())) < each:
            assert time.monotonic() < until, f"one replica gets no visitors: {rooms}"
            cookie = self.ask().cookie
            answer = self.ask(cookie=cookie)
            assert answer.status == 200, (answer.status, cookie, self.log.read_text()[-300:])
            rooms[answer.replica].append(cookie)
            # One that has just come back is asked again after a while.
            time.sleep(0.05 if sum(map(len, rooms.values())) > 10 * each else 0)
        return {port: cookies[:each] for port, cookies in rooms.items()}


def nginx() -> str | None:
    """The path of nginx ($NGINX names another), None where there is none."""
    return os.environ.get("NGINX") or shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")


def configured(folder: Path, port: int, replicas: Sequence[int], changes: Mapping[str, str]) -> None:
    """deploy/nginx.conf and deploy/replicas.conf in `folder`, with these ports; `changes`: text that is to be another."""
    inner = serving.free_port()
    for name in ("nginx.conf", "replicas.conf"):
        text = (DEPLOY / name).read_text()
        for written, real in changes.items():
            assert written in (DEPLOY / "nginx.conf").read_text() + (DEPLOY / "replicas.conf").read_text(), written
            text = text.replace(written, real)
        for number, real in ((8080, port), (8079, inner)):
            text = re.sub(rf"\b{number}\b", str(real), text)
        servers = re.findall(r" *server 127\.0\.0\.1:850\d (.*)\n", text)
        if servers:
            lines = "".join(f"    server 127.0.0.1:{real} {servers[0]}\n" for real in replicas)
            text = re.sub(r"( *server 127\.0\.0\.1:850\d .*\n)+", lines, text)
        # Who answered is for tests to know.
        text = text.replace(
            f"listen {port};", f"listen 127.0.0.1:{port};\n        add_header X-Replica $upstream_addr always;"
        )
        text = text.replace("/dev/stdout", str(folder / "log"))
        (folder / name).write_text(text)


@contextlib.contextmanager
def front(replicas: Sequence[serving.Server], changes: Mapping[str, str] | None = None) -> Iterator[Front]:
    """nginx before these replicas. `changes`: text of its configuration, and what stands there instead."""
    program = nginx()
    assert program is not None
    with tempfile.TemporaryDirectory(prefix="nginx-") as name:
        folder, port = Path(name), serving.free_port()
        folder.chmod(0o755)
        configured(folder, port, [one.port for one in replicas], changes or {})
        command = [program, "-p", name, "-c", f"{name}/nginx.conf", "-g", "daemon off;"]
        with (folder / "errors").open("wb") as errors:
            process = subprocess.Popen(command, stderr=errors)
        try:
            found = Front(folder, port, replicas)
            until = time.monotonic() + 20
            while True:
                with contextlib.suppress(OSError):
                    found.ask()
                    break
                said = (folder / "errors").read_text()
                assert process.poll() is None and time.monotonic() < until, f"nginx does not answer: {said}"
                time.sleep(0.02)
            yield found
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)
