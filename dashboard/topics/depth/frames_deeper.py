"""The frames of the lower half of the picture of `/depth`, and of the picture that a visitor draws. An activation appears by its
label, which is also its colour."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.activations import Activation, activation
from core.depth.mean_field import Crossing, FixedPoint, Sweep
from core.depth.measured import DepthConfig, Measured, quantiles
from core.initialisations import RULES
from core.saturation import Zone, saturated_fraction, saturated_zone
from dashboard.look.columns import Columns, columns, from_rows, only, stack
from dashboard.look.formats import power, superscript
from dashboard.topics.depth.charts import DEEPEST, LAYERS, STEP
from dashboard.topics.depth.charts_live import SCALES
from dashboard.topics.depth.frames import bound


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """What the size of the weights does to a deep plain network of one activation."""

    unit: Activation
    point: FixedPoint
    """At the chosen weights."""
    sweep: Sweep
    """At `SIGMA_WS`."""
    crossing: Crossing | None
    """Where the factor per layer gets to 1."""
    critical: FixedPoint | None
    """There, where it is exactly 1 and no jump."""

    @property
    def saturated(self) -> float | None:
        """The share of saturated units at the critical size."""
        return None if self.critical is None else saturated_at(self.unit.key, self.critical)


def saturated_at(key: str, point: FixedPoint) -> float:
    """The share of saturated units deep inside."""
    return _saturated(saturated_zone(key), point.q)


def stands(config: DepthConfig) -> float:
    """Where the slider of the weight scale stands: at the network's, as far as it is written out beside it."""
    return round(config.sigma_w, 3)


def factors(settled: Sequence[Settled], config: DepthConfig) -> dict[str, Columns]:
    """The datasets of the lower half of `charts.picture`, and what both know of the hand: own, where it found its slider."""
    return {
        "sweep": sweep(settled),
        "one": columns(factor=1.0),
        "critical": critical(settled),
        "held": columns(sigma_w=config.sigma_w, own=stands(config)),
        "pieces": pieces(settled, config.sigma_w),
        "named": named(config.width),
    }


def sweep(settled: Sequence[Settled]) -> Columns:
    """Deep networks by the size of their weights: sigma_w, factor, q, saturated, activation, piece. A new piece begins where
    the factor jumps."""
    parts = []
    for one in settled:
        zone, sweep, at = saturated_zone(one.unit.key), one.sweep, one.crossing
        parts.append(
            columns(
                sigma_w=sweep.sigma_w,
                factor=sweep.factor,
                q=sweep.q,
                saturated=[_saturated(zone, q) for q in sweep.q],
                activation=one.unit.label,
                piece=(sweep.sigma_w >= at.sigma_w if at is not None and at.jumps else np.zeros(len(sweep.q), bool))
                + 0,
            )
        )
    return stack(parts)


def _saturated(zone: Zone, q: float) -> float:
    # A signal that dies out has a small spread for ever, never none: ReLU's dead half stays dead.
    return saturated_fraction(zone, 0.0, min(max(math.sqrt(q), 1e-7), 1e4))


def critical(settled: Sequence[Settled]) -> Columns:
    """Where the factor per layer is 1: sigma_w, factor, text, below, activation. Before the first crossing no curve is
    above it, behind the last one none is below it: there the number has room."""
    drawn = sorted(
        (one.crossing.sigma_w, one.unit.key, one.unit.label)
        for one in settled
        if one.crossing is not None and not one.crossing.jumps and one.crossing.sigma_w <= SCALES[1]
    )
    rows = [(sigma_w, 1.0, f"{sigma_w:.4g}", index > 0, label) for index, (sigma_w, _, label) in enumerate(drawn)]
    return from_rows(("sigma_w", "factor", "text", "below", "activation"), rows)


def pieces(settled: Sequence[Settled], here: float) -> Columns:
    """The curves as straight pieces: low and high (sigma_w), first and last (factor), activation. They end where the factor is 1
    or jumps, and `here`, at your weights: there it is exact."""
    parts = []
    for one in settled:
        sigma_w, factor, at = one.sweep.sigma_w, one.sweep.factor, one.crossing
        if at is not None and sigma_w[0] < at.sigma_w < sigma_w[-1]:
            place = int(np.searchsorted(sigma_w, at.sigma_w))
            between = [at.below, at.above] if at.jumps else [1.0, 1.0]
            sigma_w, factor = np.insert(sigma_w, place, [at.sigma_w] * 2), np.insert(factor, place, between)
        if sigma_w[0] < here < sigma_w[-1] and here not in sigma_w:
            place = int(np.searchsorted(sigma_w, here))
            sigma_w, factor = np.insert(sigma_w, place, here), np.insert(factor, place, one.point.factor)
        high = sigma_w[1:].copy()
        high[-1] += 1e-6  # the last piece has its end
        drawn = columns(low=sigma_w[:-1], high=high, first=factor[:-1], last=factor[1:], activation=one.unit.label)
        parts.append(only(drawn, drawn["high"] > drawn["low"]))
    return stack(parts)


PHONE, LETTER = 280, 6.3
"""Pixels: a phone's picture is so wide, and a letter of a rule's name."""


def named(width: int) -> Columns:
    """The weight scale that each named initialisation gives, rules of one scale on one line: sigma_w, row, name. Names that would
    touch on a phone stand in rows above each other."""
    names: dict[float, list[str]] = {}
    for rule in RULES.values():
        names.setdefault(round(rule.sigma_w(width, width), 9), []).append(rule.label.removesuffix("'s default"))
    taken: list[list[tuple[float, float]]] = [[]]
    rows = []
    for sigma_w, labels in sorted(names.items()):
        text = ", ".join(labels)
        middle = math.log(sigma_w / SCALES[0]) / math.log(SCALES[1] / SCALES[0]) * PHONE
        reach = LETTER * len(text) / 2 + 3
        free = [k for k, row in enumerate(taken) if all(abs(middle - other) > reach + far for other, far in row)]
        if not free:
            taken.append([])
            free = [len(taken) - 1]
        taken[free[0]].append((middle, reach))
        rows.append((sigma_w, free[0], text))
    return from_rows(("sigma_w", "row", "name"), rows)


def guess(config: DepthConfig, measured: Measured) -> dict[str, Columns]:
    """The datasets of `charts.guess`."""
    unit = activation(config.activation)
    truth, slopes = answer(unit, measured), bound([unit], config.depth, "delta")
    return {
        "levels": levels(),
        "answer": truth,
        "bound": slopes,
        "bound_text": bound_text(slopes),
        "texts": answer_texts(truth),
    }


def levels() -> Columns:
    """The bands of the picture that take a drawn guess: level, foot, head, left, right, top, bottom, text."""
    level = np.arange(-DEEPEST / STEP, 1) * STEP
    return columns(
        level=level,
        foot=np.maximum(level - STEP / 2, -DEEPEST),
        head=np.minimum(level + STEP / 2, 0),
        left=0,
        right=LAYERS,
        top=0,
        bottom=-DEEPEST - 2,
        text=[f"your guess: {_ten(one)}" for one in level.tolist()],
    )


def _ten(exponent: float) -> str:
    """A guess as a power of ten."""
    return f"10{superscript(int(exponent))}" if exponent == int(exponent) else power(exponent)


def answer(unit: Activation, measured: Measured) -> Columns:
    """What the drawn guess is held against: back, low, value, high, activation, from 1 at the output on."""
    low, median, high = np.pad(quantiles(measured.log_delta)[:, ::-1], ((0, 0), (1, 0)))
    return columns(back=np.arange(LAYERS + 1), low=low, value=median, high=high, activation=unit.label)


def answer_texts(drawn: Columns) -> Columns:
    """The measurement as a number: back, value, text, activation."""
    text = f"measured: {power(float(drawn['value'][-1]))}"
    return columns(back=0, value=-DEEPEST - 2.0, text=text, activation=drawn["activation"][-1])


def bound_text(drawn: Columns) -> Columns:
    """The name of the dotted line, above its middle: back, value, text."""
    middle = {name: column[LAYERS // 2] for name, column in drawn.items()}
    text = f"{middle['name']}{superscript(LAYERS)} = {power(float(drawn['value'][-1]))}"
    return columns(back=middle["back"], value=middle["value"], text=text)
