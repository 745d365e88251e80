"""Which sign patterns the updates of a layer can have: decided exactly, with a witness or a reason.

A layer of m neurons with n shared inputs. One sample updates W by -eta delta a^T, so its sign pattern is that of the rank-one
matrix -delta a^T; a batch of B samples (or B one-sample steps, with their signals free) adds B of them. A pattern is an
(m, n) matrix of +1 and -1, row k for the weights into neuron k: for two neurons and two inputs ((w1, w2), (w3, w4)).
Exact zeros belong to no pattern; where inputs force one, the reason says so.

Inputs are "positive" (all a > 0), "any" (any non-zero a), or given: an array of shape (B, n).
"""

import math
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import numpy as np

from core.checks import FloatArray, check_array, check_int, read_only

Pattern = tuple[tuple[int, ...], ...]

POSITIVE, ANY = "positive", "any"
MOST_CELLS = 16
"""Patterns are listed for layers of at most this many weights: 65,536 patterns."""


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Whether a pattern can happen. reachable; reason: one sentence. deltas: (B, m) and inputs: (B, n), an example with
    sign(-deltas^T inputs) = pattern and, unless they were given, inputs that sigmoid or tanh can give; else None."""

    reachable: bool
    reason: str
    deltas: FloatArray | None = None
    inputs: FloatArray | None = None


def check_pattern(pattern: Any) -> Pattern:
    """`pattern` as a tuple of rows of +1 and -1.

    Raises: ValueError unless it is a rectangle of +1 and -1 with 1 to 64 rows and columns.
    """
    try:
        cells = np.array(pattern)
    except ValueError:  # rows of several lengths
        cells = np.array(0)
    if cells.ndim != 2 or not 1 <= min(cells.shape) <= max(cells.shape) <= 64 or not np.isin(cells, (1, -1)).all():
        raise ValueError(f"pattern = {pattern!r} is not a rectangle of +1 and -1 with 1 to 64 rows and columns")
    return tuple(tuple(int(sign) for sign in row) for row in cells.real)


def all_patterns(m: int, n: int) -> list[Pattern]:
    """Every sign pattern of an (m, n) layer, 2^(mn) of them; m n at most 16.

    Raises: ValueError out of range.
    """
    check_int("m", m, 1, MOST_CELLS)
    check_int("n", n, 1, MOST_CELLS // m)
    return [tuple(signs[k * n : (k + 1) * n] for k in range(m)) for signs in product((1, -1), repeat=m * n)]


def reach(pattern: Any, inputs: Any = POSITIVE, batch: int = 1) -> Reach:
    """Whether `batch` samples together can update a layer with this sign pattern, the upstream signals being free.

    Formula: one sample, the pattern must be s r^T with r the signs of the inputs. Two, the columns are directions in the
    plane and each row a line through the origin that parts them: positive inputs lie in one quadrant, so some order of
    the columns must make every row change its sign at most once; with inputs of any sign the same must hold after
    flipping some columns. Everything is reachable once batch >= n, or >= m + 1 with positive inputs (>= m with any),
    or when the given inputs have rank n.
    Given inputs are compared in double precision: directions closer than 1e-12 radians, or parts of a sample below 1e-12 of what
    the others span, count as one; an example is checked before it is returned.
    Parameters: pattern, (m, n) of +1 and -1; inputs, "positive", "any" or an array (batch, n); batch, 1 to 64.
    Raises: ValueError for anything else, and where this is not decided exactly (more than two samples that do not reach
    everything; inputs "any" with n > 12; given inputs whose example fails in double precision).
    Reference: Cover 1965 for given inputs; the rank-one case is the CS231n remark on positive inputs.
    """
    wanted = check_pattern(pattern)
    m, n = len(wanted), len(wanted[0])
    check_int("batch", batch, 1, 64)
    if not isinstance(inputs, str):
        return _reach_given(wanted, check_array("inputs", inputs, (batch, n)))
    _check_kind(inputs, f", or an array of shape ({batch}, {n})")
    if batch >= enough_samples(m, n, inputs):
        return _pad(_reach_everything(wanted, inputs), batch)
    if batch == 1:
        return _reach_one(wanted, inputs)
    if batch > 2:
        raise ValueError(
            f"batch = {batch} is not decided exactly for a {m} x {n} layer with {inputs} inputs: only 1 and 2"
        )
    return _reach_two(wanted, inputs)


def enough_samples(m: int, n: int, inputs: str) -> int:
    """The batch size from which every pattern of an (m, n) layer is reachable.

    Formula: n independent inputs solve for any signals; with positive inputs m + 1 samples do too, a_k = T_k + c 1 and one
    more, 1, to take c away; with any inputs m samples, a_k = T_k. A single input has one column and needs one sample.
    Raises: ValueError for m or n outside 1 to 64, or other inputs than "positive" and "any".
    """
    check_int("m", m, 1, 64)
    check_int("n", n, 1, 64)
    _check_kind(inputs)
    return min(n, m + 1) if inputs == POSITIVE else min(n, m)


def _check_kind(inputs: Any, more: str = "") -> None:
    if not isinstance(inputs, str) or inputs not in (POSITIVE, ANY):
        raise ValueError(f"inputs = {inputs!r} is not 'positive' or 'any'{more}")


def reachable_patterns(m: int, n: int, inputs: Any = POSITIVE, batch: int = 1) -> list[Pattern]:
    """Every pattern that `reach` calls reachable, m n at most 16. Parameters and raises: as `reach`."""
    return [pattern for pattern in all_patterns(m, n) if reach(pattern, inputs, batch).reachable]


def one_sample_counts(m: int, n: int) -> tuple[int, int, int]:
    """How many patterns one sample reaches: from positive inputs, from any, and how many there are.

    Formula: 2^m, 2^(m + n - 1) and 2^(m n).
    Parameters: m, n, 1 to 64. Raises: ValueError out of range.
    """
    check_int("m", m, 1, 64)
    check_int("n", n, 1, 64)
    return 2**m, 2 ** (m + n - 1), 2 ** (m * n)


def cover_count(n: int, batch: int) -> int:
    """How many patterns one row of n weights reaches from `batch` given samples in general position.

    Formula: 2 sum_{k < batch} C(n - 1, k); whether the inputs are positive does not matter.
    Parameters: n and batch, 1 to 10,000. Raises: ValueError out of range.
    Reference: Cover, Geometrical and statistical properties of systems of linear inequalities, 1965.
    """
    check_int("n", n, 1, 10_000)
    check_int("batch", batch, 1, 10_000)
    return 2 * sum(math.comb(n - 1, k) for k in range(min(batch, n)))


def fewest_steps(pattern: Any, inputs: str = POSITIVE) -> tuple[int, Reach]:
    """The fewest one-sample steps whose net change has this pattern, with an example, the signals being free.

    Formula: the net change of k steps is that of a batch of k, so the first k that `reach` allows.
    Parameters: pattern and inputs ("positive" or "any") as in `reach`.
    Raises: ValueError as `reach`, and where more than two steps are needed but fewer than reach everything.
    """
    wanted = check_pattern(pattern)
    for steps in range(1, enough_samples(len(wanted), len(wanted[0]), inputs) + 1):
        found = reach(wanted, inputs, steps)
        if found.reachable:
            return steps, found
    raise AssertionError("the loop ends where everything is reachable")


def behind_output_unit(outgoing: Any, n: int) -> list[Pattern]:
    """The patterns that positive inputs leave over all samples where one output unit fixes the signals.

    Formula: delta_k = v_k f'(z_k) epsilon with f' > 0 has the sign of v_k epsilon, so two patterns are left: a neuron moves
    with the sign of its outgoing weight v_k, or against it.
    Parameters: outgoing, the m weights v, none 0; n, 1 to 64. Raises: ValueError out of range.
    """
    v = check_array("outgoing", outgoing, (None,))
    check_int("n", n, 1, 64)
    if not v.size:
        raise ValueError(f"outgoing = {outgoing!r} has no weight: at least one neuron")
    if (v == 0).any():
        raise ValueError(f"outgoing = {outgoing!r} has a weight of 0, whose neuron gets no update at all")
    return [tuple((int(side * sign),) * n for sign in np.sign(v)) for side in (1, -1)]


def _witness(deltas: Any, inputs: Any, reason: str) -> Reach:
    return Reach(True, reason, read_only(np.array(deltas, dtype=float)), read_only(np.array(inputs, dtype=float)))


def _pad(found: Reach, batch: int) -> Reach:
    """The same example with samples of zero signal added."""
    assert found.deltas is not None and found.inputs is not None
    more = batch - len(found.deltas)
    deltas = np.vstack([found.deltas, np.zeros((more, found.deltas.shape[1]))])
    return _witness(deltas, np.vstack([found.inputs, np.full((more, found.inputs.shape[1]), 0.5)]), found.reason)


def _reach_everything(wanted: Pattern, inputs: str) -> Reach:
    target = np.array(wanted, dtype=float)
    m, n = target.shape
    reason = f"{enough_samples(m, n, inputs)} samples reach every pattern of a {m} x {n} layer."
    if n <= (m + 1 if inputs == POSITIVE else m):
        a = (np.ones((n, n)) + n * np.eye(n)) / (n + 2)
        return _witness(-np.linalg.solve(a.T, target.T), a, reason)
    if inputs == ANY:
        return _witness(-np.eye(m), target / 2, reason)
    a = np.vstack([target + 2, np.full((1, n), 2.0)]) / 4
    return _witness(np.vstack([-np.eye(m), np.ones((1, m))]), a, reason)


def _reach_one(wanted: Pattern, inputs: str) -> Reach:
    first, rows = wanted[0], tuple(row[0] for row in wanted)
    if inputs == POSITIVE:
        for k, row in enumerate(wanted):
            if len(set(row)) > 1:
                return Reach(
                    False, f"Neuron {k + 1} would need both signs, and positive inputs give all its weights one."
                )
        return _witness([[-sign for sign in rows]], [[0.5] * len(first)], "Each neuron's weights share its sign.")
    for k, row in enumerate(wanted):
        if any(row[j] * row[0] != first[j] * first[0] for j in range(len(row))):
            return Reach(
                False, f"Rows 1 and {k + 1} are neither equal nor opposite, and one sample's update has rank one."
            )
    columns = [0.5 * sign * first[0] for sign in first]
    return _witness([[-sign for sign in rows]], [columns], "The rows are equal or opposite: one sample has rank one.")


def _reach_two(wanted: Pattern, inputs: str) -> Reach:
    n = len(wanted[0])
    if inputs == ANY and n > 12:
        raise ValueError(f"inputs = 'any' with n = {n} is not decided exactly: n at most 12")
    for flips in product((1, -1), repeat=n - 1) if inputs == ANY else ((1,) * (n - 1),):
        column_signs = (1, *flips)
        turned = [[sign * flip for sign, flip in zip(row, column_signs, strict=True)] for row in wanted]
        order = _common_order(turned)
        if order is not None:
            return _two_samples(turned, column_signs, order)
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


def _two_samples(rows: list[list[int]], column_signs: tuple[int, ...], order: list[int]) -> Reach:
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


def _reach_given(wanted: Pattern, a: FloatArray) -> Reach:
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
        # Some line has every column on its wanted side where the columns, turned by the row, fit into a half-plane.
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
