"""Diagnose the layers in files: `python -m core.diagnosis FILE...` prints a report of each .npz, .npy or .csv.

Exit status: 0 where all could be read and diagnosed, 2 where not (each says why on the error output) or for a wrong call.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from core.activations import ACTIVATIONS
from core.diagnosis.arrays import printable
from core.diagnosis.files import read_layers
from core.diagnosis.layers import diagnose
from core.diagnosis.npy import FileLimits
from core.saturation import SHARE

QUIET_FOR, EVERY = 1.0, 0.2
"""Seconds before the first line of progress, and between two."""

ANY_SIZE = FileLimits(2**40, 2**40, 10**9, 10**5, 1000)
"""Bounds for one's own files on one's own machine."""


class _Progress:
    """A line on the error output that is written over, once the work has taken a while."""

    def __init__(self, what: str) -> None:
        self.what, self.start, self.last = what, time.monotonic(), 0.0

    def __call__(self, done: float) -> None:
        now = time.monotonic()
        if now - self.start > QUIET_FOR and (now - self.last > EVERY or done >= 1):
            self.last = now
            end = "\n" if done >= 1 else ""
            print(f"\r{self.what}: {100 * done:3.0f} %", end=end, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the reports of files; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m core.diagnosis",
        description="How lopsided is the curvature that a layer's inputs make? Reports on layers in .npz, .npy or .csv files.",
        epilog="In an .npz, NAME.a are a layer's inputs (samples x units), NAME.delta its upstream signals dL/dz, NAME.z the "
        "pre-activations behind a. Exit status: 0, or 2 where a file could not be read.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
    parser.add_argument(
        "--activation", choices=tuple(ACTIVATIONS), help="what made the inputs, to say which are saturated"
    )
    parser.add_argument(
        "--share", type=float, default=SHARE, help="saturated: a slope below this share of the largest (%(default)s)"
    )
    told = parser.parse_args(arguments)
    status = 0
    for path in told.files:
        shown = printable(path.name)
        try:
            layers = read_layers(path.name, path, ANY_SIZE)
            found = diagnose(layers, activation=told.activation, share=told.share, progress=_Progress(shown))
        except ValueError as error:
            print(f"{shown}: {error}", file=sys.stderr)
            status = 2
        except MemoryError:
            print(f"{shown}: not enough memory: save fewer samples or units, or float32", file=sys.stderr)
            status = 2
        else:
            print(f"== {shown}\n\n{found.report()}\n" if len(told.files) > 1 else found.report(), flush=True)
    return status


if __name__ == "__main__":
    try:
        code = main()
    except BrokenPipeError:  # the reader has seen enough, as in `... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
