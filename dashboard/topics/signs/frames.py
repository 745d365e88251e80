"""The frames of `/signs`."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from functools import lru_cache

import numpy as np

from core.checks import FloatArray
from core.inputs import Inputs, input_moments
from core.signs.batches import PatternShares
from core.signs.decisions import Reach
from core.signs.layer import LayerDescent
from core.signs.patterns import ANY, POSITIVE, Pattern, reach
from dashboard.look.colours import sign_glyph
from dashboard.look.columns import Columns, columns, from_rows, stack
from dashboard.look.formats import percent, three
from dashboard.topics.signs.settings import pattern_label

NO_PATTERN = "some exactly 0"
"""The label of batches in which some weight is not moved at all."""

GROUPS = ("one sample, positive inputs", "one sample, inputs of both signs", "no single sample")
"""The kinds of patterns, by what makes them; `kind`."""

STAYS = "no pattern, a weight stays"

SUBSCRIPTS = "₁₂₃₄"

TITLES = ("neuron 1: w₁ and w₂", "neuron 2: w₃ and w₄")


def samples(reached: Reach) -> tuple[FloatArray, FloatArray]:
    """Signals and inputs of an example, a row a sample.

    Raises: ValueError for a pattern that cannot happen, which has none.
    """
    if reached.deltas is None or reached.inputs is None:
        raise ValueError(f"there is no example: {reached.reason}")
    return reached.deltas, reached.inputs


# Asked for sixteen patterns at every move of a control, and always the same.
@lru_cache(maxsize=16)
def kind(pattern: Pattern) -> int:
    """0 where one sample of positive inputs makes the pattern, 1 where inputs of both signs do, 2 where none does."""
    if reach(pattern, POSITIVE).reachable:
        return 0
    return 1 if reach(pattern, ANY).reachable else 2


def table_of_patterns(
    chosen: Pattern, measured: PatternShares, steps: int, reached: Reach, inputs: str, parity: int
) -> dict[str, Columns]:
    """What the first picture draws: the tiles, and how the chosen pattern comes about in that many steps. inputs: which the
    activation has, "positive" or "any"."""
    placed = tiles(chosen, measured, inputs, parity)
    return {
        "groups": groups(measured),
        "tiles": placed,
        "arrows": arrows(placed, measured.patterns),
        "cells": cells(reached),
        "captions": captions(steps),
    }


def pattern_code(pattern: Pattern) -> int:
    """A number for a pattern: a bit for each weight, w1 the highest, 1 where it goes up."""
    code = 0
    for sign in (sign for row in pattern for sign in row):
        code = 2 * code + (sign > 0)
    return code


def groups(measured: PatternShares) -> Columns:
    """The headers, each with what its tiles add up to, and at the right edge what has no tile: row, phone_row, left, right, text."""
    kinds = np.array([kind(pattern) for pattern in measured.patterns])
    shares = [float(measured.shares[kinds == one].sum()) for one in range(3)]
    texts = [f"{name}: {percent(share)}" for name, share in zip(GROUPS, shares, strict=True)]
    rest = f"{STAYS}: {percent(measured.with_zero)}" if measured.with_zero else ""
    return columns(
        row=(0, 0, 1, 1),
        phone_row=(0, 1, 2, 2),
        left=(0, 4, 0, 0),
        right=(False, False, False, True),
        text=[*texts, rest],
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a tile stands, on a wide screen and on a phone."""

    column: int
    row: int
    phone_column: int
    phone_row: int


_PLACE = tuple(one.name for one in fields(_Place))


def _place(group: int, nth: int) -> _Place:
    """Of the `nth` pattern of a kind: on a wide screen the first two kinds share a row, on a phone the third has two."""
    if group == 2:
        return _Place(nth, 1, nth % 4, 2 + nth // 4)
    return _Place(nth + 4 * group, 0, nth, group)


def tiles(chosen: Pattern, measured: PatternShares, inputs: str, parity: int) -> Columns:
    """One row a pattern: column, row, phone_column, phone_row, pattern (its label), code, alone (whether one sample of these inputs
    makes it), chosen, share, parity."""
    kinds = [kind(pattern) for pattern in measured.patterns]
    places = [astuple(_place(group, kinds[:index].count(group))) for index, group in enumerate(kinds)]
    return from_rows(_PLACE, places) | columns(
        pattern=[pattern_label(pattern) for pattern in measured.patterns],
        code=[pattern_code(pattern) for pattern in measured.patterns],
        alone=[one == 0 or (one == 1 and inputs == ANY) for one in kinds],
        chosen=[pattern == chosen for pattern in measured.patterns],
        # With as many digits as the headers, or they would not add up to them.
        share=[percent(share) for share in measured.shares.tolist()],
        parity=parity,
    )


def arrows(placed: Columns, patterns: Sequence[Pattern]) -> Columns:
    """The four arrows of every tile: its place, dx, dy, glyph."""
    place = {name: placed[name] for name in _PLACE}
    signs = np.array(patterns).reshape(len(patterns), 4)
    corners = ((-1, -1), (1, -1), (-1, 1), (1, 1))
    return stack(
        columns(**place, dx=dx, dy=dy, glyph=[sign_glyph(sign) for sign in signs[:, index]])
        for index, (dx, dy) in enumerate(corners)
    )


@dataclass(frozen=True, slots=True)
class _Cell:
    """One number of a multiplication table, or what stands between two tables."""

    table: int
    row: float
    column: float
    name: str
    glyph: str
    value: str
    inside: bool
    """Whether it is a product, and not one of its factors."""


def cells(reached: Reach) -> Columns:
    """The multiplication table of each sample, and of their sum where there are two: table, row, column, name, glyph, value,
    inside."""
    deltas, inputs = samples(reached)
    drawn: list[_Cell] = []
    total, last = np.zeros((2, 2)), len(deltas) - 1
    for table, (delta, a) in enumerate(zip(deltas, inputs, strict=True)):
        update = -np.outer(delta, a)
        total += update
        # An arrow is an update; an input has a plain sign.
        drawn += [_factor(table, 0, j + 1, f"a{SUBSCRIPTS[j]}", "+" if a[j] > 0 else "−", a[j]) for j in (0, 1)]
        drawn += [_factor(table, k + 1, 0, f"−δ{SUBSCRIPTS[k]}", sign_glyph(-delta[k]), -delta[k]) for k in (0, 1)]
        drawn += _products(table, update)
        if last:
            drawn.append(_Cell(table, 1.5, 3.1, "", "=" if table == last else "+", "", False))
    if last:
        drawn += _products(last + 1, total)
    return from_rows([one.name for one in fields(_Cell)], [astuple(cell) for cell in drawn])


def _factor(table: int, row: int, column: int, name: str, glyph: str, number: float) -> _Cell:
    return _Cell(table, float(row), float(column), name, glyph, three(float(number)), False)


def _products(table: int, update: FloatArray) -> list[_Cell]:
    return [
        _Cell(table, k + 1.0, j + 1.0, f"w{SUBSCRIPTS[2 * k + j]}", sign_glyph(w), three(float(w)), True)
        for (k, j), w in np.ndenumerate(update)
    ]


def captions(steps: int) -> Columns:
    """What stands above each table, and what does where no sign fits between them: table, text, narrow."""
    if steps == 1:
        return columns(table=(0,), text="one sample", narrow="one sample")
    text, narrow = ("second sample", "both together"), ("+ second sample", "= both together")
    return columns(table=range(3), text=("first sample", *text), narrow=("first sample", *narrow))


def example(reached: Reach) -> Columns:
    """The example in numbers, one row a sample: sample, a1, a2, delta1, delta2, and what w1 to w4 move by."""
    deltas, inputs = samples(reached)
    numbered = {f"{name}{k + 1}": part[:, k] for name, part in (("a", inputs), ("delta", deltas)) for k in (0, 1)}
    moves = {f"w{2 * k + j + 1}": -deltas[:, k] * inputs[:, j] for k in (0, 1) for j in (0, 1)}
    return columns(sample=np.arange(len(deltas)) + 1, **numbered, **moves)


def valleys(law: Inputs, name: str) -> dict[str, Columns]:
    """What the second picture is drawn from: its panels, and mean and spread of an input. name: the activation whose colour the
    paths have."""
    mu, s = input_moments(law)
    return {
        "panels": columns(panel=(0, 1), title=TITLES, x=0.0, y=0.0),
        "law": columns(panel=(0, 1), mu=mu, s=s, activation=name),
    }


def uncoupled(neurons: int) -> tuple[tuple[float, ...], ...]:
    """The coupling of so many neurons that have none."""
    return tuple(map(tuple, np.eye(neurons).tolist()))


def descents(run: LayerDescent) -> Columns:
    """The two weights of each neuron that are drawn, at each step that was kept: neuron, step, weight_1, weight_2."""
    step = np.arange(len(run.w))
    return stack(
        columns(neuron=k + 1, step=step, weight_1=run.w[:, k, 0], weight_2=run.w[:, k, 1])
        for k in range(run.w.shape[1])
    )


def together(run: LayerDescent) -> tuple[int, int]:
    """In how many of the steps that were kept all four weights that are drawn move the same way, and how many were kept."""
    steps = np.diff(run.w[:, :, :2], axis=0)
    # What is rounding moves no weight.
    moves = np.where(np.abs(steps) > 1e-12 * np.abs(steps).max(initial=0.0), np.sign(steps), 0.0).sum(axis=(1, 2))
    return int((np.abs(moves) == 4).sum()), len(moves)


def shares(measured: PatternShares, limit: PatternShares, name: str) -> Columns:
    """Share of each pattern, those of one sample first, and of none where a weight may stay: order, pattern, share, limit,
    activation."""
    order = np.argsort([kind(pattern) for pattern in measured.patterns], kind="stable")
    labels = [pattern_label(measured.patterns[k]) for k in order]
    drawn, tends = measured.shares[order], limit.shares[order]
    if measured.with_zero:
        labels, drawn, tends = [*labels, NO_PATTERN], np.append(drawn, measured.with_zero), np.append(tends, 0.0)
    return columns(order=np.arange(len(labels)), pattern=labels, share=drawn, limit=tends, activation=name)


FILES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "valleys": {
        "neuron": ("neuron", "which of the two"),
        "weight_1": ("weight_1", "of its first input"),
        "weight_2": ("weight_2", "of its second input"),
    },
    "patterns": {
        "pattern": ("pattern", "signs of the four updates"),
        "share": ("share", "of batches that show it, 0 to 1"),
        "limit": ("share_in_large_batches", "of batches without end, 0 to 1"),
    },
    "example": {
        "sample": ("sample", "which of the samples, and their sum"),
        "a1": ("a1", "first input"),
        "a2": ("a2", "second input"),
        "delta1": ("delta1", "upstream signal of the first neuron"),
        "delta2": ("delta2", "upstream signal of the second neuron"),
        "w1": ("w1", "update of the weight"),
        "w2": ("w2", "update of the weight"),
        "w3": ("w3", "update of the weight"),
        "w4": ("w4", "update of the weight"),
    },
}
"""What the columns of a file are called, and what they are, where that is not what `dashboard.ui.files` says."""
