"""The frames of `/depth`. An activation appears by its label, which is also its colour."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.activations import Activation, activation
from core.checks import FloatArray
from core.depth.mean_field import Crossing, FixedPoint, Sweep
from core.depth.measured import DepthConfig, Measured, quantiles
from core.depth.summary import Summary
from core.depth.theory import LayerTheory, Profile
from core.initialisations import RULES
from core.saturation import Zone, saturated_fraction, saturated_zone
from dashboard.look.columns import Columns, columns, from_rows, last_rows, only, stack
from dashboard.topics.depth.charts import DEEPEST, HIGHEST, LAYERS, STEP

SIGMA_WS = tuple(float(s) for s in np.geomspace(0.1, 20, 81))
"""The sizes of weights at which the second picture is computed: all that the controls can set."""

ROUNDS_TO_0 = {"float16": 2.0**-25, "float32": 2.0**-150}
"""Half of the smallest positive number of each format: up to there a number rounds to 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """What the page knows of one activation at the chosen settings."""

    config: DepthConfig
    measured: Measured
    summary: Summary
    """Of `measured`."""
    layers: Sequence[LayerTheory]
    profile: Profile
    """Of `layers`."""
    factor: float
    """What theory says that |delta| is multiplied by per layer, at this depth."""
    point: FixedPoint
    """Where a plain network with these weights settles."""

    @property
    def unit(self) -> Activation:
        return activation(self.config.activation)

    @property
    def label(self) -> str:
        return self.unit.label


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
        return None if self.critical is None else _saturated(saturated_zone(self.unit.key), self.critical.q)


def gradients(curves: Sequence[Curve], quantity: str) -> dict[str, Columns]:
    """The datasets of `charts.gradients`."""
    config = curves[0].config
    measured, slopes = lines(curves, quantity), bound([curve.unit for curve in curves], config.depth, quantity)
    lowest = min([0.0, *measured["low"], *slopes["value"]])
    return {
        "lines": measured,
        "theory": theory(curves, quantity),
        "bound": slopes,
        "bound_names": bound_names(slopes, measured),
        "rules": underflow(config, lowest, quantity),
    }


def values(measured: Measured, quantity: str) -> FloatArray:
    """The logarithms that the picture shows, (S, L)."""
    return measured.log_delta if quantity == "delta" else measured.log_dw


def _finite(drawn: Columns, name: str) -> Columns:
    return only(drawn, np.isfinite(drawn[name]))


def lines(curves: Sequence[Curve], quantity: str) -> Columns:
    """Measured: back, low, median, high, activation; a layer that gets nothing is left out."""
    parts = []
    for curve in curves:
        low, median, high = quantiles(values(curve.measured, quantity))[:, ::-1]
        back = np.arange(1, len(median) + 1)
        low = np.maximum(low, median - 20)  # where some networks are dead the band has no lower end
        parts.append(columns(back=back, low=low, median=median, high=high, activation=curve.label))
    return _finite(stack(parts), "median")


def theory(curves: Sequence[Curve], quantity: str) -> Columns:
    """Predicted: back, value, activation; a layer that gets nothing is left out."""
    parts = []
    for curve in curves:
        value = (curve.profile.log_delta if quantity == "delta" else curve.profile.log_dw)[::-1]
        parts.append(columns(back=np.arange(1.0, len(value) + 1), value=value, activation=curve.label))
    return _finite(stack(parts), "value")


def bound(units: Sequence[Activation], layers: int, quantity: str) -> Columns:
    """The largest slope to the power of the layers: back, value, name. It is about |delta| and no other quantity."""
    slopes = sorted({unit.max_slope for unit in units}) if quantity == "delta" else []
    back = np.arange(layers + 1)
    parts = [columns(back=back, value=back * math.log10(s) + 0.0, name=f"{s:.3g}") for s in slopes]
    return stack(parts) if parts else columns(back=0, value=0.0, name="")


def bound_names(drawn: Columns, lines: Columns) -> Columns:
    """The name of each dotted line, on the side where no curve ends: back, value, text, above. A level line has none: it lies
    on the rule of the gradient at the output."""
    last = last_rows(drawn, "name")
    lowest = min(lines["median"], default=-math.inf)
    above = np.full(len(last["name"]), bool(lowest < last["value"].min()))
    at = np.where(above, 0.45, 0.8)
    texts = [
        f"{name}^L: slopes only,|no bound on the gradient" if value else ""
        for name, value in zip(last["name"], last["value"], strict=True)
    ]
    return columns(back=at * last["back"], value=at * last["value"], text=texts, above=above)


def underflow(config: DepthConfig, lowest: float, quantity: str) -> Columns:
    """Where an entry of root-mean-square size rounds to 0 in a number format: back, value, text; only rules that the curves
    reach, and the gradient at the output.

    n entries with norm r have the root mean square r / sqrt n: delta has one for each unit and input, dW width squared.
    """
    layers = config.depth
    entries = config.width * config.inputs if quantity == "delta" else config.width**2
    rows = [(layers, math.log10(least) + 0.5 * math.log10(entries), name) for name, least in ROUNDS_TO_0.items()]
    rows = [(back, value, f"{name} underflows") for back, value, name in rows if value > lowest]
    rows.append((layers, 0.0, ""))
    return from_rows(("back", "value", "text"), rows)


def factors(settled: Sequence[Settled], config: DepthConfig) -> dict[str, Columns]:
    """The datasets of `charts.factors`."""
    return {
        "sweep": sweep(settled),
        "one": columns(factor=1.0),
        "critical": critical(settled),
        "here": columns(sigma_w=config.sigma_w),
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
        if one.crossing is not None and not one.crossing.jumps and one.crossing.sigma_w <= SIGMA_WS[-1]
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


def named(width: int) -> Columns:
    """The size of weights that each named initialisation gives, rules of one size on one line: sigma_w, foot, name."""
    names: dict[float, list[str]] = {}
    for rule in RULES.values():
        names.setdefault(round(rule.sigma_w(width, width), 9), []).append(rule.label.removesuffix("'s default"))
    rows = [(sigma_w, HIGHEST - 0.04, ", ".join(labels)) for sigma_w, labels in names.items()]
    return from_rows(("sigma_w", "foot", "name"), rows)


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
        text=[f"your guess: 10^{one:g}" for one in level],
    )


def answer(unit: Activation, measured: Measured) -> Columns:
    """What the drawn guess is held against: back, low, value, high, activation, from 1 at the output on."""
    low, median, high = np.pad(quantiles(measured.log_delta)[:, ::-1], ((0, 0), (1, 0)))
    return columns(back=np.arange(LAYERS + 1), low=low, value=median, high=high, activation=unit.label)


def answer_texts(drawn: Columns) -> Columns:
    """The measurement as a number: back, value, text, activation."""
    text = f"measured: 10^{drawn['value'][-1]:.1f}"
    return columns(back=0, value=-DEEPEST - 2.0, text=text, activation=drawn["activation"][-1])


def bound_text(drawn: Columns) -> Columns:
    """The name of the dotted line, above its middle: back, value, text."""
    middle = {name: column[LAYERS // 2] for name, column in drawn.items()}
    text = f"{middle['name']}^L: 10^{drawn['value'][-1]:.1f}"
    return columns(back=middle["back"], value=middle["value"], text=text)


def means(curves: Sequence[Curve]) -> Columns:
    """The mean activation by layer, from the input on: layer, low, median, high, activation."""
    parts = []
    for curve in curves:
        low, median, high = quantiles(curve.measured.mean)
        layer = np.arange(1, len(median) + 1)
        parts.append(columns(layer=layer, low=low, median=median, high=high, activation=curve.label))
    return stack(parts)
