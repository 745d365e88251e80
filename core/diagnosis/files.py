"""Layers read from a file that nobody vouches for: .npz, .npy or .csv, every bound checked before anything is allocated.

Nothing in a file is ever run: no pickle is opened, and a .npy header is matched, not evaluated. In an .npz, `hidden1.a`,
`hidden1.delta` and `hidden1.z` belong to the layer `hidden1`; `a`, `delta` and `z` alone to the layer `layer`; any other name
is that of a layer's inputs. A .csv is one layer, a sample a line, its columns units; a header may name columns `delta...`.
"""

import mmap
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from core.diagnosis.archive import read_archive
from core.diagnosis.arrays import Numbers, check_name, printable
from core.diagnosis.npy import FileLimits, read_npy
from core.diagnosis.results import Layer
from core.diagnosis.tables import read_table

KINDS = (".npz", ".npy", ".csv")
PARTS = ("a", "delta", "z")
ALONE = "layer"

_PICKLE = re.compile(rb"\x80[\x00-\x07]|\(lp0|c__builtin__|ccopy_reg")


def read_layers(name: str, data: bytes | BinaryIO | Path, limits: FileLimits | None = None) -> Mapping[str, Layer]:
    """The layers of a file, by their names, in its order; arrays are read-only views where that can be.

    Parameters: name, the file's name, whose ending says what it is; data, its contents, or an open binary file, of which at
    most `limits.file_bytes` + 1 bytes are read, or its path, which is mapped into memory; limits, `FileLimits()` if None.
    Raises: ValueError, one line of letters, digits and plain punctuation, that says what is wrong and what to do.
    """
    bounds, shown = limits or FileLimits(), printable(Path(str(name)).name) or "the file"
    kind = Path(str(name)).suffix.lower()
    if kind not in KINDS:
        raise ValueError(f"{shown} is none of .npz, .npy and .csv: save the arrays with numpy.savez")
    content = _contents(shown, data, bounds)
    if not len(content):
        raise ValueError(f"{shown} is empty: save the arrays again")
    start = bytes(content[:16])
    if _PICKLE.match(start):
        raise ValueError(f"{shown} is a pickle, which could run a program, and is not opened: save with numpy.savez")
    if kind == ".npz":
        arrays = read_archive(shown, content, bounds)
    elif kind == ".npy":
        arrays = {ALONE: read_npy(shown, content, bounds)}
    else:
        arrays = read_table(shown, content, bounds)
    return _grouped(shown, arrays, bounds)


def _contents(shown: str, data: Any, limits: FileLimits) -> memoryview:
    if isinstance(data, os.PathLike):
        try:
            with open(data, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                if 0 < size <= limits.file_bytes:
                    return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except (OSError, ValueError) as error:
            raise ValueError(
                f"{shown} cannot be read: {printable(getattr(error, 'strerror', None) or error)}"
            ) from None
        content = b""
    elif isinstance(data, bytes | bytearray | memoryview):
        content, size = data, len(data)  # type: ignore[assignment]
    elif hasattr(data, "read"):
        content = data.read(limits.file_bytes + 1)
        if not isinstance(content, bytes):
            raise ValueError(f"{shown} is open as text: open it with mode 'rb'")
        size = len(content)
    else:
        raise ValueError(f"data is a {type(data).__name__}, neither bytes, an open binary file nor a Path")
    if size > limits.file_bytes:
        raise ValueError(
            f"{shown} has more than {limits.file_bytes:,} bytes, the bound: save fewer samples, or as float32"
        )
    return memoryview(content).cast("B")


def _grouped(shown: str, arrays: Mapping[str, Numbers], limits: FileLimits) -> dict[str, Layer]:
    """Arrays by their layers."""
    found: dict[str, dict[str, Numbers]] = {}
    for key, array in arrays.items():
        layer, _, part = key.rpartition(".")
        if key in PARTS:
            layer, part = ALONE, key
        elif part not in PARTS or not layer:
            layer, part = key, "a"
        parts = found.setdefault(check_name(layer), {})
        if part in parts:
            raise ValueError(f"{shown} has two arrays for the inputs of {layer!r}: name them apart")
        parts[part] = array
    for layer, parts in found.items():
        if "a" not in parts:
            raise ValueError(
                f"{shown} has {layer}.{next(iter(parts))} but no {layer}.a: save the inputs of the layer too, as {layer}.a"
            )
    if not found or len(found) > limits.layers:
        raise ValueError(f"{shown} holds {len(found):,} layers, 1 to {limits.layers:,} are read: save fewer")
    units = sum(parts["a"].shape[-1] for parts in found.values())
    if units > limits.all_units:
        raise ValueError(
            f"{shown} holds {units:,} units in all its layers, at most {limits.all_units:,} are read: save fewer layers"
        )
    return {layer: Layer(parts["a"], parts.get("delta"), parts.get("z")) for layer, parts in found.items()}
