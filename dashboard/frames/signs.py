"""The frames of `/signs`."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.arrays import FloatArray
from core.inputs import Inputs
from core.sign_batches import LayerDescent, PatternShares
from core.signs import ANY, POSITIVE, Pattern, Reach, all_patterns, reach
from dashboard.charts.signs import STEPS
from dashboard.controls import pattern_label
from dashboard.frames.neuron import contours as valley_contours
from dashboard.marks import sign_glyph, three

GROUPS = ("with sigmoid", "with inputs of both signs", "never in one sample")


def kind(pattern: Pattern) -> int:
    """0 where one sample of positive inputs makes the pattern, 1 where inputs of both signs do, 2 where none does."""
    return 0 if reach(pattern, POSITIVE).reachable else 1 if reach(pattern, ANY).reachable else 2


def groups() -> pd.DataFrame:
    """The headers: row, phone_row, left, text."""
    return pd.DataFrame({"row": [0, 0, 1], "phone_row": [0, 1, 2], "left": [0, 4, 0], "text": GROUPS})


def tiles(chosen: Pattern) -> pd.DataFrame:
    """One row a pattern: column, row, phone_column, phone_row, pattern (its label), kind, chosen."""
    rows, taken = [], [0, 0, 0]
    for pattern in all_patterns(2, 2):
        group = kind(pattern)
        at = taken[group]
        taken[group] += 1
        wide = (at, 1) if group == 2 else (at + 4 * group, 0)
        phone = (at % 4, 2 + at // 4) if group == 2 else (at, group)
        rows.append((*wide, *phone, pattern_label(pattern), group, pattern == chosen))
    return pd.DataFrame(rows, columns=["column", "row", "phone_column", "phone_row", "pattern", "kind", "chosen"])


def arrows(placed: pd.DataFrame) -> pd.DataFrame:
    """The four arrows of every tile: its place, dx, dy, glyph."""
    frames = []
    for index, (dx, dy) in enumerate(((-1, -1), (1, -1), (-1, 1), (1, 1))):
        glyphs = [sign_glyph(1 if label.replace(",", "").split()[index] == "up" else -1) for label in placed["pattern"]]
        frames.append(placed[["column", "row", "phone_column", "phone_row"]].assign(dx=dx, dy=dy, glyph=glyphs))
    return pd.concat(frames, ignore_index=True)


def cells(found: Reach) -> pd.DataFrame:
    """The multiplication table of each sample, and of their sum where there are two: table, row, column, name, glyph, value,
    inside."""
    assert found.deltas is not None and found.inputs is not None
    rows: list[tuple[int, int, int, str, str, str, bool]] = []
    total = np.zeros((2, 2))
    for table, (delta, a) in enumerate(zip(found.deltas, found.inputs, strict=True)):
        update = -np.outer(delta, a)
        total += update
        rows += [(table, 0, j + 1, f"a{j + 1}", "", three(float(a[j])), False) for j in (0, 1)]
        rows += [(table, k + 1, 0, f"−δ{k + 1}", sign_glyph(-delta[k]), three(float(-delta[k])), False) for k in (0, 1)]
        rows += _inside(table, update)
    if len(found.deltas) > 1:
        rows += _inside(len(found.deltas), total)
    return pd.DataFrame(rows, columns=["table", "row", "column", "name", "glyph", "value", "inside"])


def _inside(table: int, update: FloatArray) -> list[tuple[int, int, int, str, str, str, bool]]:
    return [
        (table, k + 1, j + 1, f"w{2 * k + j + 1}", sign_glyph(update[k, j]), three(float(update[k, j])), True)
        for k in (0, 1)
        for j in (0, 1)
    ]


def captions(steps: int) -> pd.DataFrame:
    """What stands above each table: table, text."""
    text = ["one sample"] if steps == 1 else ["first sample", "second sample", "both together"]
    return pd.DataFrame({"table": range(len(text)), "text": text})


def valleys(
    law: Inputs, run: LayerDescent, target: Sequence[tuple[float, float]], name: str
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Contours, path and heads of the two neurons, one a panel."""
    around = [valley_contours((law,), point).assign(panel=k) for k, point in enumerate(target)]
    step = np.arange(STEPS + 1)
    at = np.minimum(step, len(run.w) - 1)
    heads = pd.concat(
        [
            pd.DataFrame({"panel": k, "step": step, "x": run.w[at, k, 0], "y": run.w[at, k, 1], "activation": name})
            for k in (0, 1)
        ],
        ignore_index=True,
    )
    path = heads[heads["step"] < len(run.w)].assign(piece=0)
    return pd.concat(around, ignore_index=True), path, heads


def bits(measured: Sequence[tuple[str, int, PatternShares]]) -> pd.DataFrame:
    """Entropy by activation and batch size: activation, batch, bits, low, high (two standard errors)."""
    return pd.DataFrame(
        [(name, batch, s.bits, s.bits - 2 * s.error, s.bits + 2 * s.error) for name, batch, s in measured],
        columns=["activation", "batch", "bits", "low", "high"],
    )


def shares(measured: PatternShares, limit: PatternShares) -> pd.DataFrame:
    """Share of each pattern, those of one sample first: order, pattern, share, limit."""
    frame = pd.DataFrame(
        {
            "kind": [kind(pattern) for pattern in measured.patterns],
            "pattern": [pattern_label(pattern) for pattern in measured.patterns],
            "share": measured.shares,
            "limit": limit.shares,
        }
    )
    frame = frame.sort_values("kind", kind="stable").reset_index(drop=True)
    return frame.assign(order=frame.index)
