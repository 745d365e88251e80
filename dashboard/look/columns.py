"""Results of `core` as tidy columns: what a chart draws and what a visitor can download.

Columns are plain arrays. To build pandas frames of them, and to take those apart again for the charts, cost as much time as
the simulations do.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

Columns = dict[str, np.ndarray]
"""Arrays of one length by name."""


def columns(**values: Any) -> Columns:
    """Each value as a column; a single number or text is repeated in every row, and there is at least one row."""
    size = max((len(value) for value in values.values() if np.ndim(value)), default=1)
    return {name: np.broadcast_to(np.asarray(value), size) for name, value in values.items()}


def stack(parts: Iterable[Columns]) -> Columns:
    """The rows of one part after those of another; all have the same columns."""
    parts = list(parts)
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def from_rows(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Columns:
    """Rows of values, possibly none, as columns of these names."""
    return {name: np.array([row[index] for row in rows]) for index, name in enumerate(names)}


def only(whole: Mapping[str, np.ndarray], keep: np.ndarray) -> Columns:
    """The rows where `keep` is true."""
    return {name: column[keep] for name, column in whole.items()}


def last_rows(whole: Columns, name: str) -> Columns:
    """The last row of each value in the column `name`, in the order in which the values come."""
    last = {value: index for index, value in enumerate(whole[name].tolist())}
    return only(whole, np.array(list(last.values()), dtype=int))
