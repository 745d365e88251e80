"""More than one machine, with real parts: nginx in front of two replicas, one of which dies; and the image recipe."""

import json
import os
import re
import shutil
import subprocess
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from tests import serving
from tests.apptest import ROOT

QUERY = "neuron_eta=0.37&neuron_batch=4"


class Front:
    """nginx and the two replicas behind it."""

    def __init__(self, port: int, replicas: list[serving.Server]) -> None:
        self.port, self.replicas = port, replicas

    def get(self, cookie: str = "") -> tuple[str, str]:
        """Which replica answers, and the visitor's cookie."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/neuron?{QUERY}", headers={"Cookie": cookie})
        with urllib.request.urlopen(request, timeout=10) as answer:
            replica = answer.headers["X-Replica"].split(", ")[-1]
            return replica, answer.headers["Set-Cookie"].partition(";")[0]

    def eta(self, cookie: str) -> float:
        """Open the link over a websocket, as a browser does, and read the slider that comes back."""
        address = f"ws://127.0.0.1:{self.port}/_stcore/stream"
        with connect(
            address, max_size=None, subprotocols=["streamlit"], additional_headers={"Cookie": cookie}
        ) as socket:
            message = BackMsg()
            message.rerun_script.page_name, message.rerun_script.query_string = "neuron", QUERY
            socket.send(message.SerializeToString())
            while True:
                data = socket.recv(timeout=60)
                assert isinstance(data, bytes)
                answer = ForwardMsg.FromString(data)
                element = answer.delta.new_element
                if element.WhichOneof("type") == "slider" and "share of the edge" in element.slider.label:
                    (value,) = element.slider.value or element.slider.default
                    return value


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
        text = text.replace(f"listen {port}", f"listen 127.0.0.1:{port}")
        conf = folder / "nginx.conf"
        conf.write_text(text)
        process = subprocess.Popen(
            [nginx, "-p", str(folder), "-c", str(conf), "-g", "daemon off;"], stderr=subprocess.PIPE
        )
        try:
            found = Front(port, [one, two])
            for _ in range(100):
                try:
                    found.get()
                    break
                except OSError:
                    time.sleep(0.1)
            yield found
        finally:
            process.terminate()
            process.wait(10)
            assert process.stderr is not None
            process.stderr.close()


def test_a_visitor_stays_with_one_replica_and_both_have_visitors(front: Front) -> None:
    visitors = [front.get() for _ in range(24)]
    assert len({replica for replica, _ in visitors}) == 2
    for replica, cookie in visitors[:6]:
        assert {front.get(cookie)[0] for _ in range(4)} == {replica}


def test_a_dead_replicas_visitors_get_their_page_back_from_the_other(front: Front) -> None:
    replica, cookie = front.get()
    assert front.eta(cookie) == pytest.approx(0.37)
    (dying,) = [server for server in front.replicas if replica.endswith(f":{server.port}")]
    dying.stop()
    try:
        assert front.get(cookie)[0] != replica
        assert front.eta(cookie) == pytest.approx(0.37)
    finally:
        dying.start_again()


def test_the_image_holds_what_the_app_needs_and_starts_it_as_the_readme_does() -> None:
    recipe = (ROOT / "Containerfile").read_text()
    copied = [name for line in re.findall(r"^COPY (.*)$", recipe, re.MULTILINE) for name in line.split()[:-1]]
    assert all((ROOT / name).exists() for name in copied)
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    assert {name.partition(".")[0] for name in packages} <= set(copied)
    command = json.loads(recipe.rsplit("CMD ", 1)[1])
    assert " ".join(command[:3]) == "streamlit run dashboard/app.py"
    assert "USER visitor" in recipe and "_stcore/health" in recipe
    assert Path(ROOT / "requirements.txt").read_text().splitlines()[-1] == "-e ."
