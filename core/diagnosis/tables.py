"""One layer from text: a sample a line, its values separated by commas, semicolons or tabs."""

import io
import re
from itertools import chain

import numpy as np

from core.checks import FloatArray
from core.diagnosis.arrays import Numbers, printable
from core.diagnosis.npy import FileLimits

MOST_FIELD = 40
"""Characters of one value, blanks and quotation marks included."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(nan|inf|infinity)", re.IGNORECASE | re.ASCII)


def read_table(shown: str, content: memoryview, limits: FileLimits) -> dict[str, Numbers]:
    """The arrays `a`, and `delta` if a header names columns so, of a .csv.

    The first line tells the separator: a semicolon (then a comma is a decimal point), a tab or a comma. It is a header if
    any of its values is not a number. Empty lines are left out.
    Raises ValueError that names the line and the column.
    """
    text = bytes(content)
    if b"\0" in text:
        raise ValueError(f"{shown} is no text: save numbers with numpy.savetxt, or as .npz")
    longest = limits.units * MOST_FIELD + MOST_FIELD
    lines = io.BytesIO(text)
    first = ""
    for raw in iter(lambda: lines.readline(longest), b""):
        if first := _decoded(shown, raw, longest, limits).strip("\r\n"):
            break
    if not first.strip():
        raise ValueError(f"{shown} has no line with numbers")
    separator = next((s for s in ";\t," if s in first), ",")
    names = _fields(first, separator)
    columns = len(names)
    if columns > limits.units:
        raise ValueError(f"{shown} has {columns:,} columns, at most {limits.units:,} are read: save a slice")
    headed = not all(_NUMBER.fullmatch(_dotted(name, separator)) for name in names)
    rows = text.count(b"\n") + 1
    # A value takes a character and a separator: more lines than the text can hold of so many columns are ragged ones.
    rows = min(rows, len(text) // (2 * columns) + 1)
    if 8 * rows * columns > limits.unpacked_bytes or rows > limits.samples + 1:
        raise ValueError(
            f"{shown} has about {rows:,} lines x {columns:,} columns, at most {limits.samples:,} samples and "
            f"{limits.unpacked_bytes:,} bytes of numbers are read: save a slice"
        )
    table, at = np.empty((rows, columns)), 0
    rest = iter(lambda: lines.readline(longest), b"")
    for index, raw in enumerate(rest if headed else chain([first.encode()], rest)):
        line = _decoded(shown, raw, longest, limits).strip("\r\n")
        if not line.strip():
            continue
        fields = _fields(line, separator)
        if len(fields) != columns or at == rows:
            raise ValueError(
                f"{shown} has {len(fields):,} values in line {index + 1 + headed}, {columns:,} in the first: "
                "every line needs as many"
            )
        table[at] = _numbers(shown, index + 1 + headed, fields, separator)
        at += 1
    if not at:
        raise ValueError(f"{shown} has no line with numbers")
    return _parts(table[:at], names if headed else [])


def _decoded(shown: str, raw: bytes, longest: int, limits: FileLimits) -> str:
    if len(raw) >= longest:
        raise ValueError(f"{shown} has a line longer than {limits.units:,} columns of numbers: save a slice")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{shown} is no UTF-8 text: save numbers with numpy.savetxt, or as .npz") from None


def _fields(line: str, separator: str) -> list[str]:
    return [field.strip().strip('"').strip() for field in line.split(separator)]


def _dotted(field: str, separator: str) -> str:
    return field.replace(",", ".") if separator == ";" else field


def _numbers(shown: str, line: int, fields: list[str], separator: str) -> list[float]:
    found = []
    for column, field in enumerate(fields):
        text = _dotted(field, separator)
        if not _NUMBER.fullmatch(text):
            what = f"holds {printable(field, 20)!r}, no number" if field else "is empty"
            raise ValueError(f"{shown}: line {line}, column {column + 1} {what}")
        found.append(float(text))
    return found


def _parts(table: FloatArray, names: list[str]) -> dict[str, Numbers]:
    signals = np.array([name.lower().startswith("delta") for name in names], dtype=bool)
    if not signals.any():
        return {"a": table}
    return {key: table[:, chosen] for key, chosen in (("a", ~signals), ("delta", signals)) if chosen.any()}
