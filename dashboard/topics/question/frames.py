"""The asker's example as columns for its picture."""

from itertools import product

import numpy as np

from core.signs.batches import PatternShares
from core.signs.patterns import Pattern
from dashboard.look.colours import sign_glyph
from dashboard.look.columns import Columns, columns, from_rows

CASES = (((1, 1), (-1, -1)), ((1, -1), (1, -1)))
"""What happens to ((w1, w2), (w3, w4)): what the asker sees happen, and what they say cannot."""

DRAWS = 8000
"""How many batches are drawn to see how often they happen."""

_NAMES = (("w₁", "w₂"), ("w₃", "w₄"))


def example(*possible: bool) -> dict[str, Columns]:
    """Both cases, and which of them one sample can make."""
    rows = [
        (case, row, column, _NAMES[row][column], sign_glyph(CASES[case][row][column]))
        for case in range(len(CASES))
        for row in (0, 1)
        for column in (0, 1)
    ]
    return {
        "wires": from_rows(("case", "row", "column", "name", "glyph"), rows),
        "cases": columns(case=range(len(CASES)), said=[_said(can) for can in possible]),
    }


def mirrored(measured: PatternShares, pattern: Pattern) -> float:
    """How often a pattern happens, as the mean over its mirror images: the signals of either neuron are as often negative."""
    images = {
        tuple(tuple(flip * sign for sign in row) for flip, row in zip(flips, pattern, strict=True))
        for flips in product((1, -1), repeat=len(pattern))
    }
    return float(np.mean([measured.shares[measured.patterns.index(one)] for one in images]))


def _said(can: bool) -> str:
    return "one sample can" if can else "one sample cannot"
