"""How many people one, two and four processes serve on this machine, behind nginx as in deploy/.

    .venv/bin/python -m tests.bench.replicas                            50 to 400 visitors on 1, 2 and 4 processes
    .venv/bin/python -m tests.bench.replicas --processes 2 --sessions 200 --seconds 20

Each visitor moves a slider of /neuron to a new value every three seconds and waits for the answer, as in tests.bench.load, which
says more. For each number of processes the levels rise until the median is above 200 ms. Visitors and nginx share the machine
with the processes they measure: figures are upper bounds. Everything stays on 127.0.0.1.
"""

import argparse
import asyncio
import os
import random
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack

from tests import front, serving
from tests.bench.load import Person, memory, processor

PROCESSES, LEVELS = (1, 2, 4), (50, 100, 150, 200, 300, 400)
GOOD = 200.0
"""Milliseconds: what feels immediate."""


async def attend(found: front.Front, slug: str, sessions: int, seconds: float) -> tuple[list[Person], float]:
    """`sessions` people for `seconds`, each with a cookie; and the processes' largest memory meanwhile, MB, all together."""
    cookies = [found.ask().cookie for _ in range(sessions)]
    people = [
        Person(found.stream, slug, random.Random(k), headers={"Cookie": cookie}) for k, cookie in enumerate(cookies)
    ]
    arrival = min(seconds / 2, sessions / 20)
    end, largest = time.monotonic() + arrival + seconds, 0.0
    tasks = [asyncio.create_task(person.attend(arrival, end)) for person in people]
    while not all(task.done() for task in tasks):
        largest = max(largest, sum(map(memory, found.replicas)))
        await asyncio.sleep(0.5)
    await asyncio.gather(*tasks)
    return people, largest


def measure(count: int, slug: str, levels: Sequence[int], seconds: float) -> int:
    """Print a row a level; the largest level whose median is good."""
    served = 0
    with ExitStack() as stack:
        servers = [stack.enter_context(serving.dashboard()) for _ in range(count)]
        found = stack.enter_context(front.front(servers, {"rate=100r/s": "rate=10000r/s"}))
        # As the probes of deploy/ see to it: nobody is sent to a process that has never made a page.
        asyncio.run(attend(found, slug, 4 * count, 1.0))
        for level in levels:
            worked, began = sum(map(processor, servers)), time.monotonic()
            people, largest = asyncio.run(attend(found, slug, level, seconds))
            spent = (sum(map(processor, servers)) - worked) / (time.monotonic() - began)
            waits = sorted(wait for person in people for wait in person.waits)
            errors = sum(len(person.errors) for person in people)
            for error in sorted({error for person in people for error in person.errors})[:3]:
                print(f"  {error}", flush=True)
            if not waits:
                print(f"{count:>9} {level:>8}  no answers, {errors} errors", flush=True)
                break
            middle, tail = statistics.median(waits), waits[min(len(waits) - 1, int(0.95 * len(waits)))]
            row = f"{count:>9} {level:>8} {errors:>6} {middle:>10.0f} {tail:>8.0f} {largest:>10.0f} {spent:>6.2f}"
            print(row, flush=True)
            if middle > GOOD or errors:
                break
            served = level
    return served


def main() -> None:
    """A table, and how many are served well by each number of processes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, nargs="*", default=list(PROCESSES), help="each at most 8")
    parser.add_argument("--sessions", type=int, nargs="*", default=list(LEVELS), help="levels, each at most 1,000")
    parser.add_argument("--seconds", type=float, default=15, help="how long each level lasts, at most 120")
    parser.add_argument("--page", default="neuron")
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the start; /{asked.page}")
    print("processes visitors errors  median ms  95th ms  memory, MB  cores")
    served = {
        count: measure(count, asked.page, [min(level, 1000) for level in asked.sessions], min(asked.seconds, 120))
        for count in (min(count, 8) for count in asked.processes)
    }
    told = "; ".join(f"{count} process{'es' * (count > 1)}: {level}" for count, level in served.items())
    print(f"served at a median under {GOOD:.0f} ms: {told}")


if __name__ == "__main__":
    main()
