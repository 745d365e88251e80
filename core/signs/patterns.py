"""Which sign patterns the updates of a layer can have: decided exactly, with a witness or a reason.

A layer of m neurons with n shared inputs. One sample updates W by -eta delta a^T, so its sign pattern is that of the rank-one
matrix -delta a^T; a batch of B samples (or B one-sample steps, with their signals free) adds B of them. A pattern is an
(m, n) matrix of +1 and -1, row k for the weights into neuron k: for two neurons and two inputs ((w1, w2), (w3, w4)).
Exact zeros belong to no pattern; where inputs force one, the reason says so.

Inputs are "positive" (all a > 0), "any" (any non-zero a), or given: an array of shape (B, n).
"""

import math
from itertools import product
from typing import Any

import numpy as np

from core.checks import check_array, check_int
from core.signs.decisions import (
    ANY,
    POSITIVE,
    Pattern,
    Reach,
    enough,
    everything,
    given_samples,
    one_sample,
    padded,
    two_samples,
)

MOST_CELLS = 16
"""Patterns are listed for layers of at most this many weights: 65,536 patterns."""


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
        return given_samples(wanted, check_array("inputs", inputs, (batch, n)))
    _check_kind(inputs, f", or an array of shape ({batch}, {n})")
    if batch >= enough_samples(m, n, inputs):
        return padded(everything(wanted, inputs), batch)
    if batch == 1:
        return one_sample(wanted, inputs)
    if batch > 2:
        raise ValueError(
            f"batch = {batch} is not decided exactly for a {m} x {n} layer with {inputs} inputs: only 1 and 2"
        )
    return two_samples(wanted, inputs)


def enough_samples(m: int, n: int, inputs: str) -> int:
    """The batch size from which every pattern of an (m, n) layer is reachable.

    Formula: n independent inputs solve for any signals; with positive inputs m + 1 samples do too, a_k = T_k + c 1 and one
    more, 1, to take c away; with any inputs m samples, a_k = T_k. A single input has one column and needs one sample.
    Raises: ValueError for m or n outside 1 to 64, or other inputs than "positive" and "any".
    """
    check_int("m", m, 1, 64)
    check_int("n", n, 1, 64)
    _check_kind(inputs)
    return enough(m, n, inputs)


def _check_kind(inputs: Any, more: str = "") -> None:
    if not isinstance(inputs, str) or inputs not in (POSITIVE, ANY):
        raise ValueError(f"inputs = {inputs!r} is not 'positive' or 'any'{more}")


def reachable_patterns(m: int, n: int, inputs: Any = POSITIVE, batch: int = 1) -> list[Pattern]:
    """Every pattern that `reach` calls reachable, m n at most 16. Parameters and raises: as `reach`."""
    return [pattern for pattern in all_patterns(m, n) if reach(pattern, inputs, batch).reachable]


def one_sample_counts(m: int, n: int) -> tuple[int, int, int]:
    """How many patterns one sample reaches: from positive inputs, from any, and how many there are.

    Formula: 2^m, 2^(m + n - 1) and 2^(m n).
    Parameters: m and n, 1 to 64.
    Raises: ValueError out of range.
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
        decided = reach(wanted, inputs, steps)
        if decided.reachable:
            return steps, decided
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
