"""The suite at its widest: what it looks at on some pages and settings, on all of them.

.venv/bin/python -m tests.bench.everywhere                     every test that has more to look at
.venv/bin/python -m tests.bench.everywhere tests/topics/signs  of these
"""

import subprocess
import sys

from tests.serving import ROOT

WIDE = ("tests/browser", "tests/topics", "tests/core")
"""Where tests/breadth.py is asked."""


def main() -> int:
    """0 where all tests passed."""
    asked = sys.argv[1:] or list(WIDE)
    return subprocess.call([sys.executable, "-m", "pytest", "-q", "--everywhere", *asked], cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())
