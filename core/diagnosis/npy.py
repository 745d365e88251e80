"""The array of a .npy that nobody vouches for: its header matched against what NumPy writes, and bounded, before it is read."""

import re
from typing import Any

import numpy as np

from core.diagnosis.arrays import Numbers, printable
from core.fields import settings, whole

MOST_HEADER = 4096
"""Bytes of a header; NumPy writes 118."""

_MAGIC = b"\x93NUMPY"
_HEADER = re.compile(
    rb"\{'descr': '([^'\\]{1,20})', 'fortran_order': (True|False), 'shape': \(((?:[0-9]{1,18}, ?)*[0-9]{0,18})\), ?\}[ ]*\n?"
)
_RECORDS = re.compile(rb"\{'descr': \[")
_NUMBERS = re.compile(r"[<>=|]?(f2|f4|f8|[iu][1248])")


@settings
class FileLimits:
    """What a file may hold; a page that many use at once sets lower ones."""

    file_bytes: int = whole("bytes of the file", 1, 2**50, default=2**26)
    unpacked_bytes: int = whole("bytes of all its arrays, and of the numbers of a .csv", 1, 2**50, default=2**27)
    samples: int = whole("rows of an array", 2, 2**40, default=1_000_000)
    units: int = whole("columns of an array", 1, 2**40, default=4096)
    layers: int = whole("layers of a file", 1, 10_000, default=64)
    all_units: int = whole("units of all its layers", 1, 2**40, default=2**40)


def check_shape(shown: str, shape: tuple[int, ...], itemsize: int, limits: FileLimits) -> int:
    """The bytes of an array of that shape.

    Raises ValueError where it is empty, has other than one or two dimensions, or is beyond the limits.
    """
    told = " x ".join(f"{n:,}" for n in shape) or "a single number"
    if len(shape) not in (1, 2):
        raise ValueError(
            f"{shown} has the shape {told}: save samples x units, for a convolution each position as a sample"
        )
    if 0 in shape:
        raise ValueError(f"{shown} has the shape {told}, it is empty: capture at least one unit and two samples")
    if shape[0] > limits.samples or (len(shape) == 2 and shape[1] > limits.units):
        raise ValueError(
            f"{shown} has the shape {told}, at most {limits.samples:,} samples x {limits.units:,} units are read: save a slice"
        )
    total = itemsize
    for n in shape:
        total *= n
    if total > limits.unpacked_bytes:
        raise ValueError(f"{shown} would take {total:,} bytes, the bound is {limits.unpacked_bytes:,}: save a slice")
    return total


def parse_header(shown: str, start: bytes, limits: FileLimits) -> tuple[np.dtype[Any], bool, tuple[int, ...], int]:
    """What the header of a .npy says, of its first bytes: dtype, whether in Fortran order, shape; and where the numbers start.

    Raises ValueError where it is no such header, or one of an array that is not read.
    """
    long = len(start) > 7 and start[6:7] in (b"\x02", b"\x03")
    if start[:6] != _MAGIC or start[6:7] not in (b"\x01", b"\x02", b"\x03") or len(start) < 12:
        raise ValueError(f"{shown} does not start as a .npy does: save it with numpy.save")
    begin = 12 if long else 10
    length = int.from_bytes(start[8:begin], "little")
    text = start[begin : begin + length]
    if length > MOST_HEADER or len(text) < length:
        raise ValueError(f"{shown} has a damaged header: save it again with numpy.save")
    if _RECORDS.match(text):
        raise ValueError(f"{shown} holds records with named fields: save one plain array of numbers")
    found = _HEADER.fullmatch(text)
    if found is None:
        raise ValueError(f"{shown} has a damaged header: save it again with numpy.save")
    described = found[1].decode("latin-1")
    if not _NUMBERS.fullmatch(described):
        what = "Python objects" if "O" in described else f"dtype {printable(described)}"
        raise ValueError(f"{shown} holds {what}: save real numbers, float32 or float64")
    shape = tuple(int(n) for n in found[3].replace(b" ", b"").split(b",") if n)
    dtype = np.dtype(described)
    check_shape(shown, shape, dtype.itemsize, limits)
    return dtype, found[2] == b"True", shape, begin + length


def read_npy(shown: str, content: memoryview, limits: FileLimits) -> Numbers:
    """The array in the bytes of a .npy, as a view of them.

    Raises ValueError as `parse_header`, and where the bytes are not as many as it says.
    """
    dtype, fortran, shape, begin = parse_header(shown, bytes(content[: MOST_HEADER + 12]), limits)
    wanted = check_shape(shown, shape, dtype.itemsize, limits)
    if len(content) - begin != wanted:
        raise ValueError(
            f"{shown} says it holds {wanted:,} bytes of numbers and holds {len(content) - begin:,}: it is damaged or cut "
            "off, save it again"
        )
    flat = np.frombuffer(content, dtype, offset=begin)
    return flat.reshape(shape, order="F" if fortran else "C")
