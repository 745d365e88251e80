"""A visitor's file: taken in, read by one visitor at a time, and let go.

What is kept is what was read out of it, in the visitor's own session and nowhere else: no cache that visitors share, no disk,
no log. The bytes leave the server's memory as soon as they are read or refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.diagnosis.npy import FileLimits
from dashboard.ui.cache import one_at_a_time

R = TypeVar("R")

BUSY = (
    "Many files are being read just now, and this one was let go unread. Drop it once more in a minute, or read it on your "
    "own machine with: python -m core.diagnosis FILE"
)
TOO_LARGE = "There is no memory for this file just now. Save fewer samples or units."


@dataclass(frozen=True, slots=True)
class Received(Generic[R]):
    """What became of the last file. size: in bytes. result: what was read; None where it was refused. why: then, in a sentence."""

    name: str
    size: int
    result: R | None
    why: str = ""


class Desk(Generic[R]):
    """Where a page takes files in: one for all its visitors, see `desk`."""

    def __init__(
        self, slug: str, read: Callable[[str, bytes, FileLimits], R], limits: FileLimits, waiting: int
    ) -> None:
        self.slug, self.limits, self.most = slug, limits, waiting
        self._waiting, self._counting = 0, Lock()
        self._read = one_at_a_time(read)

    @property
    def key(self) -> str:
        """The key of the widget: another one after each file, so that the browser's, too, is empty again."""
        return f"{self.slug}_file_{st.session_state.get(f'{self.slug}_files', 0)}"

    @property
    def received(self) -> Received[R] | None:
        """What became of this visitor's last file; None where there is none, or it was forgotten."""
        found: Received[R] | None = st.session_state.get(f"{self.slug}_received")
        return found

    def forget(self) -> None:
        """Let go of what was read."""
        st.session_state.pop(f"{self.slug}_received", None)

    def draw(self, label: str) -> None:
        """The widget; its label is for those who hear it. It takes any name: what is none of ours is refused in words, and a phone hides no file."""
        st.file_uploader(label, key=self.key, label_visibility="collapsed")

    def take_in(self, spinner: str) -> None:
        """Read a file that has just come, keep what is read for this visitor, let go of the file, and run the page again."""
        file = st.session_state.get(self.key)
        if not isinstance(file, UploadedFile):
            return
        with st.spinner(spinner):
            received = self._within_bounds(file)
        st.session_state[f"{self.slug}_received"] = received
        st.session_state[f"{self.slug}_files"] = st.session_state.get(f"{self.slug}_files", 0) + 1
        _let_go(file)
        st.rerun()

    def _within_bounds(self, file: UploadedFile) -> Received[R]:
        with self._counting:
            if self._waiting + file.size > self.most:
                return Received(file.name, file.size, None, BUSY)
            self._waiting += file.size
        try:
            return Received(file.name, file.size, self._read(file.name, file.getvalue(), self.limits))
        except ValueError as error:
            return Received(file.name, file.size, None, str(error))
        except MemoryError:
            return Received(file.name, file.size, None, TOO_LARGE)
        finally:
            with self._counting:
                self._waiting -= file.size


_DESKS: dict[str, Desk[Any]] = {}
_making = Lock()


def desk(slug: str, read: Callable[[str, bytes, FileLimits], R], limits: FileLimits, waiting: int) -> Desk[R]:
    """The desk of the topic `slug`. Asked again it gives the same one: a page runs anew at every move.

    read: from a file's name and contents to what is kept of it, or a ValueError that says why not, within `limits`.
    waiting: how many bytes may wait for their turn, those being read included; a file beyond that is refused.
    """
    with _making:
        if slug not in _DESKS:
            _DESKS[slug] = Desk(slug, read, limits, waiting)
        return _DESKS[slug]


def _let_go(file: UploadedFile) -> None:
    """Take the file out of the server's memory: Streamlit would keep it until its visitor has left."""
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
