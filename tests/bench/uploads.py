"""A class whose files come at once: visitors over real websockets who each drop one on /yours at the same moment.

    .venv/bin/python -m tests.bench.uploads                      50 visitors, 8 MB each
    .venv/bin/python -m tests.bench.uploads --visitors 70 --units 1024 --seconds 120

Prints how many got a verdict and how many were refused, how long they waited, and the server's memory: before, the largest while
they wait, and after all have left. The load goes to 127.0.0.1 only, to a server that this command starts and stops.
"""

import argparse
import asyncio
import contextlib
import http.client
import io
import random
import statistics
import time
import uuid
from dataclasses import dataclass

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection

from dashboard.topics.yours import words_steps
from dashboard.topics.yours.settings import LIMITS
from tests import serving
from tests.bench.load import Person, memory

VERDICT, REFUSED = "In your file", words_steps.refused("")[:25]


def file_of(units: int) -> bytes:
    """An .npz of float32 that fills the bound: as many samples of that many units as it takes."""
    samples = (LIMITS.file_bytes - 2000) // (4 * units)
    a = np.random.default_rng(0).random((samples, units), dtype=np.float32)
    out = io.BytesIO()
    np.savez(out, a=a)
    return out.getvalue()


@dataclass
class Dropper(Person):
    """A visitor with a file. said: what came of it. waited: seconds from the drop to the verdict."""

    content: bytes = b""
    port: int = 0
    said: str = ""
    waited: float = 0.0
    uploader: str = ""

    def look_at(self, answer: ForwardMsg) -> None:
        """Remember the page's uploader, and what it says about the file."""
        super().look_at(answer)
        element = answer.delta.new_element
        match element.WhichOneof("type"):
            case "file_uploader":
                self.uploader = element.file_uploader.id
            case "markdown" if VERDICT in element.markdown.body:
                self.said = "verdict"
            case "alert" if REFUSED in element.alert.body:
                self.said = "refused"

    async def visit(self, ready: asyncio.Barrier, end: float) -> None:
        """Open the page; once all have, drop the file and wait for what comes of it; stay until `end`."""
        async with self.connect() as socket:
            self.opened = await self.send(socket, self.opening())
            await ready.wait()
            began = time.monotonic()
            await self.drop(socket)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(end - time.monotonic()):
                    while not self.said:
                        await self.hear(socket)
            self.waited = time.monotonic() - began
            await self.watch(socket, end)

    async def drop(self, socket: ClientConnection) -> None:
        """What a browser does with a file: ask where to put it, put it there, tell the page."""
        message, request = BackMsg(), str(uuid.uuid4())
        message.file_urls_request.request_id = request
        message.file_urls_request.file_names.append("layers.npz")
        await socket.send(message.SerializeToString())
        answer = await self.hear(socket)
        while answer.WhichOneof("type") != "file_urls_response":
            answer = await self.hear(socket)
        (where,) = answer.file_urls_response.file_urls
        await asyncio.to_thread(self.put, where.upload_url)
        message = self.opening()
        message.rerun_script.page_script_hash = self.page_hash
        state = message.rerun_script.widget_states.widgets.add()
        state.id = self.uploader
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.file_id, info.name, info.size = where.file_id, "layers.npz", len(self.content)
        info.file_urls.CopyFrom(where)
        await socket.send(message.SerializeToString())

    def put(self, path: str) -> None:
        """Send the file."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request("GET", "/_stcore/health")
        cookie = connection.getresponse()
        cookie.read()
        token = (cookie.getheader("Set-Cookie") or "").partition(";")[0]
        edge = uuid.uuid4().hex
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="layers.npz"\r\n\r\n'.encode()
        body = head + self.content + f"\r\n--{edge}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}", "Cookie": token}
        connection.request("PUT", path, body, headers | {"X-Xsrftoken": token.partition("=")[2]})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 204:
            self.errors.append(f"upload: {answer.status}")
        connection.close()


async def crowd(server: serving.Server, visitors: int, content: bytes, seconds: float) -> None:
    """All at once; prints what became of them."""
    address, end = f"ws://127.0.0.1:{server.port}/_stcore/stream", time.monotonic() + seconds
    ready = asyncio.Barrier(visitors)
    people = [Dropper(address, "yours", random.Random(k), content=content, port=server.port) for k in range(visitors)]
    tasks = [asyncio.create_task(person.visit(ready, end)) for person in people]
    before = largest = memory(server)
    while not all(task.done() for task in tasks):
        largest = max(largest, memory(server))
        if ready.n_waiting:
            before = memory(server)
        await asyncio.sleep(0.05)
    read = memory(server)
    await asyncio.gather(*tasks)
    waits = sorted(person.waited for person in people if person.said == "verdict")
    told = {said: sum(person.said == said for person in people) for said in ("verdict", "refused", "")}
    print(
        f"{visitors} visitors, {len(content) / 2**20:.2f} MB each: {told['verdict']} verdicts, {told['refused']} refused, "
        f"{told['']} without an answer; errors {sorted({e for p in people for e in p.errors})}"
    )
    if waits:
        print(
            f"seconds to a verdict: first {waits[0]:.1f}, median {statistics.median(waits):.1f}, last {waits[-1]:.1f}"
        )
    print(f"memory, MB: {before:.0f} with the page open, at most {largest:.0f}, {read:.0f} when all are read")


def main() -> None:
    """One crowd."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=50, help="at most 200")
    parser.add_argument("--units", type=int, default=256, help="of the one layer in each file, at most 2,048")
    parser.add_argument("--seconds", type=float, default=90, help="how long they stay, at most 300")
    asked = parser.parse_args()
    content = file_of(min(asked.units, LIMITS.units))
    with serving.dashboard() as server:
        asyncio.run(crowd(server, min(asked.visitors, 200), content, min(asked.seconds, 300)))
        for line in server.noise()[:5]:
            print(f"  log: {line}")


if __name__ == "__main__":
    main()
