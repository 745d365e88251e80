"""The arrays of an .npz that nobody vouches for, each looked at before it is unpacked."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from core.diagnosis.arrays import Numbers, check_name, printable
from core.diagnosis.npy import MOST_HEADER, FileLimits, check_shape, parse_header, read_npy

MOST_DIRECTORY = 2**20
"""Bytes of the archive's table of contents, which is read whole."""

MOST_DEFLATED = 1040
"""Deflate makes at most 1,032 bytes of one."""


class _Window(io.RawIOBase):
    """Bytes as a file, read in place. Reads of more than `most` bytes at once are refused."""

    def __init__(self, content: memoryview, most: int) -> None:
        self.content, self.at, self.most = content, 0, most

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        at = offset + (0, self.at, len(self.content))[whence]
        if at < 0:
            raise OSError("a place before the start")
        self.at = at
        return at

    def read(self, size: int | None = -1) -> bytes:
        left = max(0, len(self.content) - self.at)
        size = left if size is None or size < 0 else min(size, left)
        if size > self.most:
            raise zipfile.BadZipFile("a table of contents beyond the bound")
        found = bytes(self.content[self.at : self.at + size])
        self.at += size
        return found


@contextmanager
def _calm(damaged: str) -> Iterator[None]:
    """Whatever zipfile stumbles over (it raises a dozen kinds) is one ValueError."""
    try:
        yield
    except Exception:
        raise ValueError(damaged) from None


def read_archive(shown: str, content: memoryview, limits: FileLimits) -> dict[str, Numbers]:
    """The arrays of an .npz by their names, which may have `.npy` at their end.

    Raises ValueError where it is no archive of .npy files, or anything in it is beyond the limits: names, the number of
    entries, and the sizes that they declare are checked before any is unpacked, and no more than declared is unpacked.
    """
    damaged = f"{shown} is no .npz or a damaged one: save it again with numpy.savez"
    with _calm(damaged):
        pack = zipfile.ZipFile(_Window(content, MOST_DIRECTORY))
        entries = pack.infolist()
    _check_entries(shown, entries, limits)
    arrays: dict[str, Numbers] = {}
    left = limits.unpacked_bytes
    for entry in entries:
        label = entry.filename.removesuffix(".npy")
        arrays[label] = _read_member(f"{label} in {shown}", damaged, pack, entry, limits)
        left -= arrays[label].nbytes
        if left < 0:
            raise ValueError(f"{shown} unpacks to more than {limits.unpacked_bytes:,} bytes, the bound: save a slice")
    return arrays


def _check_entries(shown: str, entries: list[zipfile.ZipInfo], limits: FileLimits) -> None:
    if not entries or len(entries) > 3 * limits.layers:
        raise ValueError(f"{shown} holds {len(entries):,} arrays, 1 to {3 * limits.layers:,} are read: save fewer")
    names = [entry.filename for entry in entries]
    if len({name.removesuffix(".npy") for name in names}) < len(names):
        raise ValueError(f"{shown} holds two arrays of one name: save it again with numpy.savez")
    for entry in entries:
        if not entry.filename.endswith(".npy"):
            raise ValueError(
                f"{shown} holds {printable(entry.filename)!r}, which is no .npy array: save the arrays alone, with numpy.savez"
            )
        check_name(entry.filename.removesuffix(".npy"))
        if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError(f"{shown} is packed in a way that NumPy does not use: save it again with numpy.savez")
        ratio = MOST_DEFLATED if entry.compress_type == zipfile.ZIP_DEFLATED else 1
        if entry.file_size > ratio * entry.compress_size + MOST_DEFLATED:
            raise ValueError(f"{shown} declares more than its bytes can hold: it is damaged, save it again")
    total = sum(entry.file_size for entry in entries)
    if total > limits.unpacked_bytes + MOST_HEADER * len(entries):
        raise ValueError(
            f"{shown} unpacks to {total:,} bytes, the bound is {limits.unpacked_bytes:,}: save a slice, or float32"
        )


def _read_member(
    shown: str, damaged: str, pack: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: FileLimits
) -> Numbers:
    """One array: its header first, then as many bytes as that and the archive agree upon."""
    with _calm(damaged):
        member = pack.open(entry)
        start = member.read(min(entry.file_size, MOST_HEADER + 12))
    dtype, _, shape, begin = parse_header(shown, start, limits)
    wanted = check_shape(shown, shape, dtype.itemsize, limits) + begin
    if wanted != entry.file_size:
        raise ValueError(
            f"{shown} says it holds {wanted:,} bytes and holds {entry.file_size:,}: it is damaged, save it again"
        )
    parts, have = [start], len(start)
    with _calm(damaged):
        while have < wanted and (part := member.read(min(2**20, wanted - have))):
            parts.append(part)
            have += len(part)
        member.read(1)  # at the end, the checksum is compared
    return read_npy(shown, memoryview(b"".join(parts)), limits)
