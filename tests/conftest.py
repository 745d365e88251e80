"""What all tests share."""

import os

# The workers are as many as the processors: algebra with threads of its own would be too many.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings

from tests import breadth

# How long an example takes says something of the machine, and nothing of the code.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--everywhere", action="store_true", help="look at all cases, not at some of each kind")


def pytest_configure(config: pytest.Config) -> None:
    breadth.everywhere = config.getoption("--everywhere")
