"""The frames of `/signs`."""

from collections.abc import Sequence

import numpy as np

from core.checks import FloatArray
from core.inputs import Inputs
from core.signs.batches import LayerDescent, PatternShares
from core.signs.patterns import ANY, POSITIVE, Pattern, Reach, reach
from dashboard.look.colours import sign_glyph
from dashboard.look.columns import Columns, columns, from_rows, only, stack
from dashboard.look.descent import contours as valley_contours
from dashboard.look.formats import three
from dashboard.look.landscape import STEPS
from dashboard.topics.signs.settings import pattern_label

NO_PATTERN = "some exactly 0"
"""The label of batches in which some weight is not moved at all."""

GROUPS = ("with sigmoid", "with inputs of both signs", "never in one sample")


def kind(pattern: Pattern) -> int:
    """0 where one sample of positive inputs makes the pattern, 1 where inputs of both signs do, 2 where none does."""
    return 0 if reach(pattern, POSITIVE).reachable else 1 if reach(pattern, ANY).reachable else 2


def groups() -> Columns:
    """The headers: row, phone_row, left, text."""
    return columns(row=(0, 0, 1), phone_row=(0, 1, 2), left=(0, 4, 0), text=GROUPS)


def tiles(chosen: Pattern, measured: PatternShares, parity: int) -> Columns:
    """One row a pattern: column, row, phone_column, phone_row, pattern (its label), kind, chosen, share, parity."""
    rows, taken = [], [0, 0, 0]
    for pattern, share in zip(measured.patterns, measured.shares.tolist(), strict=True):
        group = kind(pattern)
        at = taken[group]
        taken[group] += 1
        wide = (at, 1) if group == 2 else (at + 4 * group, 0)
        phone = (at % 4, 2 + at // 4) if group == 2 else (at, group)
        told = f"{100 * share:.0f} %" if share >= 0.005 else "< 1 %" if share else "0 %"
        rows.append((*wide, *phone, pattern_label(pattern), group, pattern == chosen, told, parity))
    names = ("column", "row", "phone_column", "phone_row", "pattern", "kind", "chosen", "share", "parity")
    return from_rows(names, rows)


def arrows(placed: Columns) -> Columns:
    """The four arrows of every tile: its place, dx, dy, glyph."""
    parts = []
    place = {name: placed[name] for name in ("column", "row", "phone_column", "phone_row")}
    for index, (dx, dy) in enumerate(((-1, -1), (1, -1), (-1, 1), (1, 1))):
        words = (label.replace(",", "").split()[index] for label in placed["pattern"].tolist())
        parts.append(columns(**place, dx=dx, dy=dy, glyph=[sign_glyph(1 if word == "up" else -1) for word in words]))
    return stack(parts)


def cells(found: Reach) -> Columns:
    """The multiplication table of each sample, and of their sum where there are two: table, row, column, name, glyph, value,
    inside."""
    assert found.deltas is not None and found.inputs is not None
    rows: list[Cell] = []
    total, last = np.zeros((2, 2)), len(found.deltas) - 1
    for table, (delta, a) in enumerate(zip(found.deltas, found.inputs, strict=True)):
        update = -np.outer(delta, a)
        total += update
        # An arrow is an update; an input has a plain sign.
        rows += [_cell(table, 0, j + 1, f"a{j + 1}", "+" if a[j] > 0 else "−", a[j], False) for j in (0, 1)]
        rows += [_cell(table, k + 1, 0, f"−δ{k + 1}", sign_glyph(-delta[k]), -delta[k], False) for k in (0, 1)]
        rows += _inside(table, update)
        if last:
            rows.append((table, 1.5, 3.1, "", "=" if table == last else "+", "", False))
    if last:
        rows += _inside(last + 1, total)
    return from_rows(("table", "row", "column", "name", "glyph", "value", "inside"), rows)


Cell = tuple[int, float, float, str, str, str, bool]


def _cell(table: int, row: int, column: int, name: str, glyph: str, number: float, inside: bool) -> Cell:
    return (table, float(row), float(column), name, glyph, three(float(number)), inside)


def _inside(table: int, update: FloatArray) -> list[Cell]:
    return [
        _cell(table, k + 1, j + 1, f"w{2 * k + j + 1}", sign_glyph(update[k, j]), update[k, j], True)
        for k in (0, 1)
        for j in (0, 1)
    ]


def captions(steps: int) -> Columns:
    """What stands above each table, and what does where no sign fits between them: table, text, narrow."""
    if steps == 1:
        return columns(table=(0,), text="one sample", narrow="one sample")
    text, narrow = ("second sample", "both together"), ("+ second sample", "= both together")
    return columns(table=range(3), text=("first sample", *text), narrow=("first sample", *narrow))


def example(found: Reach) -> Columns:
    """The example in numbers, one row a sample: sample, a1, a2, delta1, delta2, and what w1 to w4 move by."""
    assert found.deltas is not None and found.inputs is not None
    numbered = {
        f"{name}{k + 1}": part[:, k] for name, part in (("a", found.inputs), ("delta", found.deltas)) for k in (0, 1)
    }
    moves = {f"w{2 * k + j + 1}": -found.deltas[:, k] * found.inputs[:, j] for k in (0, 1) for j in (0, 1)}
    return columns(sample=np.arange(len(found.deltas)) + 1, **numbered, **moves)


def valleys(
    law: Inputs, run: LayerDescent, target: Sequence[tuple[float, float]], name: str
) -> tuple[Columns, Columns, Columns]:
    """Contours, path and heads of the two neurons, one a panel."""
    contours, path, heads = [], [], []
    step = np.arange(STEPS + 1)
    at = np.minimum(step, len(run.w) - 1)
    for k, point in enumerate(target):
        contours.append(valley_contours((law,), point) | {"panel": k})
        heads.append(columns(panel=k, step=step, x=run.w[at, k, 0], y=run.w[at, k, 1], activation=name))
        path.append(only(columns(**heads[k], piece=0), step < len(run.w)))
    return stack(columns(**one) for one in contours), stack(path), stack(heads)


def bits(measured: Sequence[tuple[str, int, PatternShares]]) -> Columns:
    """Entropy by activation and batch size: activation, batch, bits, low, high (two standard errors)."""
    rows = [(name, batch, s.bits, s.bits - 2 * s.error, s.bits + 2 * s.error) for name, batch, s in measured]
    return from_rows(("activation", "batch", "bits", "low", "high"), rows)


def shares(measured: PatternShares, limit: PatternShares, name: str) -> Columns:
    """Share of each pattern, those of one sample first, and of none where a weight may stay: order, pattern, share, limit,
    activation."""
    order = np.argsort([kind(pattern) for pattern in measured.patterns], kind="stable")
    labels = [pattern_label(measured.patterns[k]) for k in order]
    found, tends = measured.shares[order], limit.shares[order]
    if measured.with_zero:
        labels, found, tends = [*labels, NO_PATTERN], np.append(found, measured.with_zero), np.append(tends, 0.0)
    return columns(order=np.arange(len(labels)), pattern=labels, share=found, limit=tends, activation=name)
