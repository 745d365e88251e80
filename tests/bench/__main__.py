"""All programs that are run by hand, one after the other, with progress and a summary; an hour at most.

    .venv/bin/python -m tests.bench                     everything, on a machine that does nothing else
    .venv/bin/python -m tests.bench --quick             the same programs, small: whether they run
    .venv/bin/python -m tests.bench --only load replicas

What each program prints is shown as it comes. Each is ended when its time is up, and the summary says so. Ends with 1 where
anything failed.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

from tests.serving import ROOT, chromium


@dataclass(frozen=True, slots=True)
class Program:
    """One program. whole, quick: its arguments. minutes: how long it may take. last: how many lines of it the summary shows."""

    name: str
    what: str
    whole: str
    quick: str
    minutes: float
    last: int = 1


PROGRAMS = (
    Program("speed", "beside a bare Streamlit page", "", "--presses 1 --starts 1 --no-heaviest --pages output", 8, 12),
    Program("load", "a class on one process", "", "--sessions 1 10 --seconds 4", 4, 5),
    Program(
        "replicas", "a class on one, two and four processes", "", "--sessions 10 --seconds 4 --processes 1 2", 6, 9
    ),
    Program("load", "visitors who come and go", "--churn 1000", "--churn 20", 9, 2),
    Program("load", "a visitor who leaves", "--leave", "--leave", 1, 4),
    Program("uploads", "a class that drops its files at once", "", "--visitors 4 --seconds 20", 2, 4),
    Program("links", "hostile links", "--count 10000", "--count 60", 6),
    Program("agreement", "the sampler against matrices", "10000", "60", 8),
    Program("depth", "the engines for depth", "", "", 2, 6),
    Program("network", "the engine for training", "", "", 2, 6),
    Program("everywhere", "the suite on every page and setting", "", "tests/topics/signs", 12, 2),
)
"""Sixty minutes at most, together with what starting takes."""


def run(program: Program, arguments: str) -> tuple[str, list[str], float]:
    """How it ended, what it printed, and the seconds that took."""
    command = [sys.executable, "-u", "-m", f"tests.bench.{program.name}", *arguments.split()]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    begun, lines = time.monotonic(), []
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    late = threading.Event()

    def end() -> None:
        # With the servers that it started: one that is left behind would be part of all that is measured after it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)

    def stop() -> None:
        late.set()
        end()

    timer = threading.Timer(60 * program.minutes, stop)
    timer.start()
    try:
        assert process.stdout is not None
        with process.stdout as said:
            for line in said:
                lines.append(line.rstrip())
                print(f"    {lines[-1]}", flush=True)
        code = process.wait()
    finally:
        timer.cancel()
        end()
    ended = f"not done in {program.minutes:g} min" if late.is_set() else "done" if code == 0 else f"failed ({code})"
    return ended, lines, time.monotonic() - begun


def main() -> int:
    """Run what is asked for; 0 where all of it was done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small: whether the programs run")
    parser.add_argument("--only", nargs="*", choices=sorted({program.name for program in PROGRAMS}))
    asked = parser.parse_args()
    chosen = [program for program in PROGRAMS if not asked.only or program.name in asked.only]
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the start; {len(chosen)} programs", flush=True)
    summary, failed = [], 0
    for index, program in enumerate(chosen):
        arguments = program.quick if asked.quick else program.whole
        print(f"\n[{index + 1}/{len(chosen)}] {program.name} {arguments}: {program.what}", flush=True)
        if program.name in ("speed", "everywhere") and chromium() is None:
            ended, lines, seconds = "failed (needs Chromium)", [], 0.0
        else:
            ended, lines, seconds = run(program, arguments)
        failed += ended != "done"
        summary.append((program, ended, seconds, [line for line in lines if line.strip()][-program.last :]))
    print(f"\nSummary: {len(chosen) - failed} of {len(chosen)} done")
    for program, ended, seconds, lines in summary:
        print(f"\n{program.name}, {program.what}: {ended}, {seconds:.0f} s")
        for line in lines:
            print(f"    {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
