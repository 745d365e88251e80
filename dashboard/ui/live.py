"""Training that a visitor watches: checkpoints as they come, stopped at will, and finished runs shared by all visitors."""

import time
from collections import OrderedDict
from threading import Lock

import numpy as np
import streamlit as st

from core.network.runs import Checkpoint, Run, collect, train
from core.network.training import Training
from dashboard.ui.cache import pause

KEPT, KEPT_BYTES = 64, 16_000_000
"""Finished runs that are kept, for all visitors together; the oldest goes first."""
FRAME_SECONDS = 0.15
"""Between two pictures of a run; the picture itself takes the browser some 50 ms."""
REST_SECONDS = 0.2
"""Before a training begins: while a hand moves on, nothing trains, and the pictures of its move have the machine to themselves."""


@st.cache_resource
def _finished() -> OrderedDict[Training, Run]:
    return OrderedDict()


_turn = Lock()


def _keep(run: Run) -> None:
    """Keep a finished run for all visitors, within the bounds."""
    with _turn:
        finished = _finished()
        finished[run.training] = run
        while len(finished) > 1 and (len(finished) > KEPT or sum(map(_size, finished.values())) > KEPT_BYTES):
            finished.popitem(last=False)


def _size(run: Run) -> int:
    """Bytes of its arrays."""
    return sum(value.nbytes for name in Run.__slots__ if isinstance(value := getattr(run, name), np.ndarray))


class Live:
    """A training under way. It works only while `advance` runs: a visitor who leaves or stops leaves no work behind."""

    def __init__(self, training: Training) -> None:
        self.training, self.stopped = training, False
        # A rerun may begin while the run before it is still between two pictures.
        self._busy = Lock()
        self._source = train(training)
        known = _finished().get(training)
        self._points: list[Checkpoint] = [] if known else [next(self._source)]
        self.run: Run = known or collect(training, self._points)

    @property
    def step(self) -> int:
        """Optimiser steps taken."""
        return int(self.run.step[-1])

    @property
    def done(self) -> bool:
        """Whether every step has been taken."""
        return self.step == self.training.steps

    def advance(self) -> None:
        """Train for a moment, by one checkpoint at least; nothing once all is done."""
        with self._busy:
            if self.done:
                return
            until = time.monotonic() + FRAME_SECONDS
            try:
                self._points.append(next(self._source))
                while self._points[-1].step < self.training.steps and time.monotonic() < until:
                    pause()
                    self._points.append(next(self._source))
            finally:
                self.run = collect(self.training, self._points)
            if self.done:
                _keep(self.run)

    def stop(self) -> None:
        """Take no further step until `go_on`."""
        self.stopped = True

    def go_on(self) -> None:
        self.stopped = False


def live(key: str, training: Training) -> Live:
    """This visitor's training under `key`: the one under way if the settings are the same, else a new one, which begins after a
    moment's rest where it is not known already."""
    held = st.session_state.get(key)
    if held is None or held.training != training:
        until = time.monotonic() + (0 if training in _finished() else REST_SECONDS)
        while time.monotonic() < until:
            time.sleep(0.02)
            pause()
        held = st.session_state[key] = Live(training)
    return held
