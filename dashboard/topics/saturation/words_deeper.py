"""What `/saturation` says under "Go deeper"."""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from core.activations import ACTIVATIONS, activation
from core.saturation import SpreadSweep, Zone
from dashboard.look.formats import percent, three
from dashboard.topics.saturation.frames import ABSOLUTE, NamedRule, Shown, title
from dashboard.topics.saturation.words import both_tails, edge, where

FUNCTIONS = "***f* itself.** Its slope is what the first picture shows, there as a share of the best."

FUNCTIONS_FINDING = "The activations and their slopes, as they are: where f is flat, its slope is next to nothing."

FRACTION = "**How many units are saturated.** The chance that *z* falls under a bar of the first picture."

EDGES = ("activation", "saturated", f"slope within ±{ABSOLUTE:g}")
"""The columns of `edges`."""

RULES = ("rule", "Var *W*", "$\\sigma_w$", "*s*")
"""The columns of `initialisations`."""


def fraction_finding(shown: Sequence[Shown], swept: Sequence[SpreadSweep], mean: float) -> str:
    """The picture of the saturated share for those who do not see it, by the case it shows."""
    around = " around a mean that is not 0" if mean else ""
    courses = (f"{one.label} {_course(sweep.saturated)}" for one, sweep in zip(shown, swept, strict=True))
    return f"The share of saturated units against the spread of z{around}: {'; '.join(courses)}."


def _course(saturated: np.ndarray) -> str:
    """How the share of saturated units goes as the spread grows."""
    change = np.diff(saturated)
    if not saturated.any():
        return "has none"
    if np.ptp(saturated) < 1e-9:
        return f"has {_share(saturated[-1])} at any spread"
    if (change < 0).all():
        return f"falls towards {_share(saturated[-1])}"
    return "has more as the spread grows" if change.min() > -1e-3 else "changes with the spread"


def _share(saturated: float) -> str:
    return "one half" if abs(saturated - 0.5) < 0.02 else percent(saturated)


def spread_text(weights: float, square: float, spread: float, fan: int, rules: Iterable[NamedRule]) -> str:
    """Where s comes from."""
    biases = "".join(
        f" {one.rule.label} draws biases too, and their variance {three(one.biases)} is in its *s*²."
        for one in rules
        if one.biases > 0
    )
    return (
        f"**Where *s* comes from.** A unit adds up {fan:,} inputs, each times a weight of variance $\\sigma_w^2$ / {fan:,}. "
        f"The variances add: *s*² = {fan:,} × $\\sigma_w^2$ / {fan:,} × E *a*² = {three(weights)}² × {three(square)} = "
        f"{three(spread**2)}. The fan-in cancels. A rule for initial weights is a choice of $\\sigma_w$ (fan-out equal "
        f"to fan-in here).{biases}"
    )


def initialisations(rules: Iterable[NamedRule]) -> list[list[str]]:
    """The table of named rules: name, Var W, sigma_w, s."""
    return [
        [
            title(one.rule),
            one.rule.formula.replace("fan_in", "fan-in").replace("fan_out", "fan-out"),
            three(one.sigma_w),
            three(one.spread),
        ]
        for one in rules
    ]


def absolute() -> str:
    """Why a share and not an absolute threshold."""
    return (
        "**The edges.** With *r* the share of its best slope, sigmoid and its scaled forms are saturated at |*z*| > 2 "
        "acosh(1/√*r*), tanh at |*z*| > acosh(1/√*r*). The last column uses one absolute slope, "
        f"{ABSOLUTE:g}, for all: *r* = {percent(ABSOLUTE / activation('sigmoid').max_slope)} of sigmoid's best but "
        f"{percent(ABSOLUTE / activation('tanh').max_slope)} of tanh's, so it flatters the steeper one."
    )


def edges(fair: Iterable[Zone], absolute: Iterable[Zone]) -> list[list[str]]:
    """Every activation's zone by the share of its best slope, and by an absolute slope."""
    return [[ACTIVATIONS[one.key].label, short(one), short(other)] for one, other in zip(fair, absolute, strict=True)]


def short(zone: Zone) -> str:
    """The zone for a narrow column: |z| > 4.58; z < 0; z < −2.40, −0.869…−0.655."""
    if both_tails(zone):
        return f"\\|z\\| > {three(zone.edges[1])}"
    if not zone.edges:
        return where(zone)
    return ", ".join(_piece(low, high) for low, high in zone.intervals)


def _piece(low: float, high: float) -> str:
    if math.isinf(low):
        return f"z < {edge(high)}"
    return f"z > {edge(low)}" if math.isinf(high) else f"{edge(low)}…{edge(high)}"
