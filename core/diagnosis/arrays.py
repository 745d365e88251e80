"""The arrays of a layer: taken from what is given, or refused with the array's name, the place and a remedy."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.checks import FloatArray

Numbers = NDArray[Any]

BLOCK_BYTES = 2**25
"""How much of a layer is held as float64 at once, besides the array that is given."""

SMALLEST, LARGEST = 1e-100, 1e100
"""The range of a layer's largest absolute value: its square must be a number in double precision."""

_KINDS = {
    "b": "True and False: convert it with .astype(float)",
    "c": "complex numbers: give their real part, or real and imaginary parts as units of their own",
    "O": "Python objects: give one array of numbers, with as many in each row",
    "U": "text: convert it to numbers",
    "S": "text: convert it to numbers",
    "V": "records with named fields: give one plain array of numbers",
    "M": "dates: give numbers",
    "m": "time spans: give numbers",
}


def printable(text: Any, most: int = 60) -> str:
    """`text` fit for a message or a page: letters, digits and `. _ - / : ( )` and blanks, other characters as `?`, cut to `most`."""
    shown = "".join(c if c.isalnum() or c in "._-/:() " else "?" for c in str(text)[: most + 1])
    return shown if len(shown) <= most else shown[: most - 3] + "..."


def check_name(name: Any) -> str:
    """A layer's name: what `printable` leaves as it is, 1 to 60 characters.

    Raises ValueError that shows what can be shown of it.
    """
    if not isinstance(name, str) or not name.strip() or printable(name) != name:
        raise ValueError(
            f"the layer name {printable(name)!r} is not 1 to 60 letters, digits, blanks or . _ - / : ( ): rename it"
        )
    return name


def check_table(name: str, value: Any) -> Numbers:
    """`value` as a two-dimensional array of real numbers, at least one column, two rows; not copied and not yet read.

    Raises ValueError that names the array, what is wrong and what to do about it.
    """
    if isinstance(value, np.ma.MaskedArray):
        raise ValueError(f"{name} is a masked array: fill its gaps, or leave these samples out")
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError):
        raise ValueError(
            f"{name} cannot be read as an array (rows of unlike length, or a tensor that is on another device or still "
            "in a graph): give a NumPy array, from a tensor by .detach().cpu().numpy()"
        ) from None
    if array.dtype.kind not in "fiu":
        what = _KINDS.get(array.dtype.kind, "no numbers: give an array of float32 or float64")
        raise ValueError(f"{name} has dtype {printable(array.dtype)}, it holds {what}")
    shape = tuple(map(int, array.shape))
    if array.ndim == 1:
        raise ValueError(
            f"{name} has shape {shape}, one dimension: give samples x units, {name}[:, None] for the samples of one unit"
        )
    if array.ndim != 2:
        raise ValueError(
            f"{name} has shape {shape}, which is not samples x units: for a convolution make each position a sample, "
            "a.transpose(0, 2, 3, 1).reshape(-1, channels); for a sequence a.reshape(-1, features)"
        )
    if shape[1] < 1 or shape[0] < 1:
        raise ValueError(f"{name} has shape {shape}, it is empty: capture at least one unit and two samples")
    if shape[0] < 2:
        raise ValueError(f"{name} has shape {shape}: one sample has no spread, capture at least two")
    return array


def row_blocks(array: Numbers) -> Iterator[tuple[slice, FloatArray]]:
    """The rows of `array` as float64, as many at once as BLOCK_BYTES hold, with where they stand. Copies: to be changed freely."""
    step = max(1, BLOCK_BYTES // (8 * array.shape[1]))
    for start in range(0, array.shape[0], step):
        rows = slice(start, min(start + step, array.shape[0]))
        yield rows, as_double(array[rows])


def column_blocks(array: Numbers) -> Iterator[tuple[slice, FloatArray]]:
    """The columns of `array` as float64, as `row_blocks` gives its rows."""
    step = max(1, BLOCK_BYTES // (8 * array.shape[0]))
    for start in range(0, array.shape[1], step):
        columns = slice(start, min(start + step, array.shape[1]))
        yield columns, as_double(array[:, columns])


def as_double(part: Numbers) -> FloatArray:
    """A copy as float64. A signalling nan, or a number of a wider type that becomes infinite, is for `check_finite` to refuse."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.array(part, dtype=float, order="C")


def check_finite(name: str, rows: slice, block: FloatArray) -> float:
    """The largest absolute value of a block of rows.

    Raises ValueError that names the array and the first place where it is not a number or infinite.
    """
    largest = float(max(block.max(), -block.min()))
    if not np.isfinite(largest):
        row, column = (int(i) for i in np.argwhere(~np.isfinite(block))[0])
        what = "not a number" if np.isnan(block[row, column]) else "infinite"
        raise ValueError(
            f"{name}[{rows.start + row}, {column}] is {what}: leave such samples out, or capture at a moment of training "
            "before the numbers overflow"
        )
    return largest


def check_size(name: str, largest: float) -> None:
    """Raises ValueError where the squares of values up to `largest` leave the range of double precision."""
    if largest > LARGEST or 0 < largest < SMALLEST:
        raise ValueError(
            f"{name}'s largest absolute value is {largest:.3g}, its square is out of range: scale it to within "
            f"[{SMALLEST:g}, {LARGEST:g}]"
        )
