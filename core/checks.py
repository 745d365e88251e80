"""What every module of `core` shares about its values: array types, the fate of a run, and checked parameters."""

import math
from enum import StrEnum
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


class Status(StrEnum):
    """How a run ended: it reached its goal, ran out of steps on the way, or left every bound."""

    CONVERGED = "converged"
    RUNNING = "running"
    DIVERGED = "diverged"


def check_real(name: str, value: Any, low: float = -math.inf, high: float = math.inf) -> float:
    """`value` as a finite float within [low, high].

    Raises ValueError that names the parameter, its value and its range.
    """
    if (
        isinstance(value, bool)
        or not isinstance(value, Real)
        or not math.isfinite(value)
        or not low <= float(value) <= high
    ):
        raise ValueError(f"{name} = {value!r} is not a finite number in [{low:g}, {high:g}]")
    return float(value)


def check_int(name: str, value: Any, low: int, high: int) -> int:
    """`value` as an int within [low, high].

    Raises ValueError that names the parameter, its value and its range.
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or not low <= int(value) <= high:
        raise ValueError(f"{name} = {value!r} is not a whole number in [{low}, {high}]")
    return int(value)


def check_choice(name: str, value: Any, choices: Any) -> Any:
    """`value`, where it is one of `choices`.

    Raises ValueError that names the parameter, its value and the choices.
    """
    if not any(type(value) is type(c) and value == c for c in choices):
        raise ValueError(f"{name} = {value!r} is not one of {', '.join(map(repr, choices))}")
    return value


def check_kind(name: str, value: Any, *kinds: type) -> Any:
    """`value`, where it is an object of one of the classes `kinds`.

    Raises ValueError that names the parameter, its value and the classes.
    """
    if not isinstance(value, kinds):
        raise ValueError(f"{name} = {value!r} is not of the class {' or '.join(kind.__name__ for kind in kinds)}")
    return value


def check_floats(name: str, value: Any) -> FloatArray:
    """`value` as a float array of any shape, nan and infinities included.

    Raises ValueError that names the parameter and its value.
    """
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} = {value!r} is not made of real numbers") from None


def check_items(name: str, value: Any, fewest: int, most: int) -> tuple[Any, ...]:
    """`value` as a tuple of `fewest` to `most` items, which are not checked.

    Raises ValueError that names the parameter, its value and how many it may have.
    """
    try:
        items = None if isinstance(value, str | bytes) else tuple(value)
    except TypeError:
        items = None
    if items is None:
        raise ValueError(f"{name} = {value!r} is not a sequence of {fewest} to {most} values")
    check_int(f"number of {name}", len(items), fewest, most)
    return items


def check_array(name: str, value: Any, shape: tuple[int | None, ...]) -> FloatArray:
    """`value` as a read-only finite float array of `shape` (None: any length along that axis).

    Raises ValueError that names the parameter, its shape and the shape asked for.
    """
    array = check_floats(name, value).copy()
    fits = array.ndim == len(shape) and all(s in (None, got) for s, got in zip(shape, array.shape, strict=True))
    if not fits or not np.isfinite(array).all():
        wanted = "(" + ", ".join("any" if s is None else str(s) for s in shape) + ")"
        raise ValueError(f"{name} = {value!r} is not a finite array of shape {wanted}")
    return read_only(array)


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """`array` itself, made read-only: frozen results hold arrays that nobody can change."""
    array.setflags(write=False)
    return array
