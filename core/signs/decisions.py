"""How it is decided whether a sign pattern can happen: one function for one sample, two, given ones, and enough of them.

A pattern and its inputs are as in core.signs.patterns, which checks them. What can happen comes with an example.
"""

import math
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import numpy as np

from core.checks import FloatArray, read_only

Pattern = tuple[tuple[int, ...], ...]

POSITIVE, ANY = "positive", "any"


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Whether a pattern can happen."""

    reachable: bool
    reason: str
    """One sentence."""
    deltas: FloatArray | None = None
    """(B, m), with the inputs an example: sign(-deltas^T inputs) = pattern; None where there is none."""
    inputs: FloatArray | None = None
    """(B, n): those given, or some that sigmoid or tanh can give."""


def _witness(deltas: Any, inputs: Any, reason: str) -> Reach:
    return Reach(True, reason, read_only(np.array(deltas, dtype=float)), read_only(np.array(inputs, dtype=float)))


def padded(decided: Reach, batch: int) -> Reach:
    """The same example with samples of zero signal added."""
    assert decided.deltas is not None and decided.inputs is not None
    more = batch - len(decided.deltas)
    deltas = np.vstack([decided.deltas, np.zeros((more, decided.deltas.shape[1]))])
    return _witness(deltas, np.vstack([decided.inputs, np.full((more, decided.inputs.shape[1]), 0.5)]), decided.reason)


def enough(m: int, n: int, inputs: str) -> int:
    """The batch size from which every pattern is reachable; see `core.signs.patterns.enough_samples`."""
    return min(n, m + 1) if inputs == POSITIVE else min(n, m)


def everything(wanted: Pattern, inputs: str) -> Reach:
    """As many samples as reach every pattern."""
    target = np.array(wanted, dtype=float)
    m, n = target.shape
    reason = f"{enough(m, n, inputs)} samples reach every pattern of a {m} x {n} layer."
    if n <= (m + 1 if inputs == POSITIVE else m):
        a = (np.ones((n, n)) + n * np.eye(n)) / (n + 2)
        return _witness(-np.linalg.solve(a.T, target.T), a, reason)
    if inputs == ANY:
        return _witness(-np.eye(m), target / 2, reason)
    a = np.vstack([target + 2, np.full((1, n), 2.0)]) / 4
    return _witness(np.vstack([-np.eye(m), np.ones((1, m))]), a, reason)


def one_sample(wanted: Pattern, inputs: str) -> Reach:
    """One sample of inputs that are free."""
    first, rows = wanted[0], tuple(row[0] for row in wanted)
    if inputs == POSITIVE:
        for k, row in enumerate(wanted):
            if len(set(row)) > 1:
                return Reach(
                    False,
                    f"Neuron {k + 1} would need both signs, and positive inputs give all its weights the same sign.",
                )
        return _witness([[-sign for sign in rows]], [[0.5] * len(first)], "Each neuron's weights share its sign.")
    for k, row in enumerate(wanted):
        if any(row[j] * row[0] != first[j] * first[0] for j in range(len(row))):
            return Reach(
                False, f"Rows 1 and {k + 1} are neither equal nor opposite, and one sample's update has rank one."
            )
    columns = [0.5 * sign * first[0] for sign in first]
    return _witness([[-sign for sign in rows]], [columns], "The rows are equal or opposite: one sample has rank one.")


def two_samples(wanted: Pattern, inputs: str) -> Reach:
    """Two samples of inputs that are free."""
    n = len(wanted[0])
    if inputs == ANY and n > 12:
        raise ValueError(f"inputs = 'any' with n = {n} is not decided exactly: n at most 12")
    for flips in product((1, -1), repeat=n - 1) if inputs == ANY else ((1,) * (n - 1),):
        column_signs = (1, *flips)
        flipped = [[sign * flip for sign, flip in zip(row, column_signs, strict=True)] for row in wanted]
        order = _common_order(flipped)
        if order is not None:
            return _on_a_line_each(flipped, column_signs, order)
    how = "in no order of the inputs" if inputs == POSITIVE else "in no order of the inputs, whichever are negated,"
    return Reach(False, f"Two samples can part the inputs once per neuron; {how} does every row change sign just once.")


def _common_order(rows: list[list[int]]) -> list[int] | None:
    """An order of the columns in which every row changes sign at most once, None where there is none.

    With column p first, the columns that agree with p must be a leading part of the order in every row: those sets must
    be nested.
    """
    n = len(rows[0])
    for p in range(n):
        agreeing = sorted(({j for j in range(n) if row[j] == row[p]} for row in rows), key=len)
        if all(small <= large for small, large in pairwise(agreeing)):
            return sorted(range(n), key=lambda j: (j != p, -sum(j in group for group in agreeing)))
    return None


def _on_a_line_each(rows: list[list[int]], column_signs: tuple[int, ...], order: list[int]) -> Reach:
    n = len(order)
    angle = np.empty(n)
    angle[order] = (np.arange(n) + 0.5) / n * math.pi / 2
    a = np.stack([np.cos(angle), np.sin(angle)]) * np.array(column_signs)
    deltas = []
    for row in rows:
        lead = sum(row[j] == row[order[0]] for j in order)
        # The line between the last agreeing column and the first that disagrees; beyond them all where none does.
        cut = lead / n * math.pi / 2
        deltas.append([-row[order[0]] * math.sin(cut), row[order[0]] * math.cos(cut)])
    return _witness(np.array(deltas).T, a, "Two samples part the inputs, each neuron on its own line.")


def given_samples(wanted: Pattern, a: FloatArray) -> Reach:
    """The samples `a`, shape (batch, n)."""
    batch, n = a.shape
    if not a.any(axis=0).all():
        j = int(np.argmin(a.any(axis=0)))
        return Reach(False, f"Input {j + 1} is 0 in every sample, so the updates of its weights are exactly 0.")
    # An input's size changes no sign of its weights' updates: with columns of one size, small ones are not taken for none.
    unit = a / np.abs(a).max(axis=0)
    unit /= np.linalg.norm(unit, axis=0)
    if np.linalg.matrix_rank(unit, tol=1e-12) == n:
        deltas = -np.linalg.lstsq(unit.T, np.array(wanted, dtype=float).T, rcond=None)[0]
        return _checked(wanted, deltas, a, f"The given inputs have rank {n}: signals can be solved for every pattern.")
    if batch > 2:
        raise ValueError(f"batch = {batch} given samples of rank below n = {n} are not decided exactly: only 1 and 2")
    columns = unit.T if batch == 2 else np.hstack([unit.T, np.zeros((n, 1))])
    deltas = []
    for k, row in enumerate(wanted):
        # Some line has every column on its wanted side where the columns, each times its sign in the row, fit into a half-plane.
        angles = np.sort(np.arctan2(*(columns * np.array(row)[:, None]).T[::-1]))
        gaps = np.diff(np.append(angles, angles[0] + 2 * math.pi))
        if gaps.max() <= math.pi + 1e-12:
            return Reach(
                False, f"No signals of these samples give neuron {k + 1} its row: no line parts its inputs so."
            )
        middle = angles[int(np.argmax(gaps))] + gaps.max() / 2 + math.pi
        deltas.append([-math.cos(middle), -math.sin(middle)][:batch])
    return _checked(wanted, np.array(deltas).T, a, "Every neuron's row is a line that parts the given inputs.")


def _checked(wanted: Pattern, deltas: FloatArray, a: FloatArray, reason: str) -> Reach:
    """An example for given inputs, which must make the pattern in floating point too.

    Raises: ValueError where inputs are so nearly degenerate, or so small, that it does not.
    """
    with np.errstate(under="ignore"):
        update = -deltas.T @ a
    if not np.array_equal(np.sign(update), np.array(wanted)):
        raise ValueError(f"inputs = {a!r} are too nearly degenerate, or too small, to be decided in double precision")
    return _witness(deltas, a, reason)
