"""Runs Streamlit apps on 127.0.0.1 for what needs a real server: the browser tests, the benchmark, the load test."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BARE_PAGE = ROOT / "tests/browser/bare_page.py"

_NOISE = re.compile(r"warn|error|exception|traceback|deprecat", re.IGNORECASE)


@dataclass
class Server:
    """A running app. `folder` is where it was started, `log` what it printed so far."""

    script: Path
    folder: Path
    port: int
    log: Path
    options: tuple[str, ...]
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def noise(self) -> list[str]:
        """The lines of the log that speak of warnings or errors."""
        return [line for line in self.log.read_text(errors="replace").splitlines() if _NOISE.search(line)]

    def stop(self, how: int = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)

    def start_again(self) -> None:
        """The same app on the same port, after `stop`."""
        self.process = _launch(self.script, self.folder, self.port, self.log, self.options)
        _wait(self)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _launch(
    script: Path, folder: Path, port: int, log: Path, options: tuple[str, ...] = ()
) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.headless", "true", "--server.fileWatcherType", "none"]
    command += ["--browser.gatherUsageStats", "false", *options]
    with log.open("ab") as out:
        return subprocess.Popen(command, cwd=folder, stdout=out, stderr=subprocess.STDOUT, env=dict(os.environ))


def _wait(server: Server, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if server.process.poll() is not None:
            raise RuntimeError(f"streamlit ended early:\n{server.log.read_text(errors='replace')}")
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=1):
            return
        time.sleep(0.02)
    raise RuntimeError(f"streamlit did not answer within {seconds} s:\n{server.log.read_text(errors='replace')}")


@contextlib.contextmanager
def dashboard(*options: str) -> Iterator[Server]:
    """The dashboard, started as the README starts it, with more options of Streamlit's where they are given."""
    with tempfile.TemporaryDirectory(prefix="dashboard-") as folder:
        yield from _running(ROOT / "dashboard/app.py", ROOT, Path(folder), options)


@contextlib.contextmanager
def bare_page() -> Iterator[Server]:
    """One slider and one chart, in Streamlit as installed: from a folder of its own, out of reach of our configuration."""
    with tempfile.TemporaryDirectory(prefix="bare-") as folder:
        yield from _running(Path(shutil.copy(BARE_PAGE, folder)), Path(folder), Path(folder))


def _running(script: Path, folder: Path, scratch: Path, options: tuple[str, ...] = ()) -> Iterator[Server]:
    port, log = free_port(), scratch / "server.log"
    server = Server(script, folder, port, log, options, _launch(script, folder, port, log, options))
    try:
        _wait(server)
        yield server
    finally:
        server.stop()


def chromium() -> str | None:
    """The path of a Chromium or Chrome, None where there is none."""
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


CHROMIUM_ARGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Tabs of one server share a process, and with it what the process has read already.
    "--process-per-site",
    # Chromium's sandbox refuses to run as root, as containers and CI do.
    *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
]
