"""What happens once in a server's life."""

import contextlib
import ctypes
import gc
import socket

import altair
import pandas
import streamlit as st
from starlette.formparsers import MultiPartParser

__all__ = ["altair", "pandas", "prepare_server"]


M_MMAP_THRESHOLD = -3
"""The option's number in glibc's malloc.h."""


@st.cache_resource(show_spinner=False)
def prepare_server() -> None:
    """Once, at the first visit: answers leave at once, uploads stay in memory, imports leave the garbage collector's sight."""
    gc.collect()
    _keep_uploads_in_memory()
    _give_memory_back()
    _send_at_once()
    _freeze_imports()


def _send_at_once() -> None:
    """Turn off Nagle's algorithm for this server's connections, those to come included.

    A run sends dozens of small messages, and the last of them used to wait up to 40 ms for the browser's delayed
    acknowledgement of the first. `asyncio` would turn the algorithm off, but only for sockets that name TCP as their
    protocol, and Streamlit's does not. Connections inherit the option from the socket that listens.
    """
    for thing in gc.get_objects():
        if type(thing) is socket.socket and thing.family in (socket.AF_INET, socket.AF_INET6):
            with contextlib.suppress(OSError):
                thing.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)


def _keep_uploads_in_memory() -> None:
    """A visitor's file is never written to disk: Starlette would spool what is larger than 1 MB to a temporary file.

    How large an upload may be is `server.maxUploadSize`; a megabyte more is for what frames it.
    """
    MultiPartParser.spool_max_size = (st.get_option("server.maxUploadSize") + 1) * 2**20


def _give_memory_back() -> None:
    """What is larger than 4 MB, as a visitor's file, goes back to the system when it is let go, where the C library is glibc.

    By itself glibc keeps such blocks after the first few, a store for each thread: fifty files that had long been let go took
    300 MB for good.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, 4 * 2**20)


def _freeze_imports() -> None:
    """Move what the heavy imports left in memory out of the garbage collector's sight.

    A full collection walks every object that Python tracks: with pandas and altair loaded that takes 25 to 35 ms with the
    interpreter lock held, for every visitor, and finds nothing in objects that live as long as the server.
    """
    gc.freeze()
