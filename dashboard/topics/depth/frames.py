"""The frames of `/depth`. An activation appears by its label, which is also its colour."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.activations import Activation, activation
from core.checks import FloatArray
from core.depth.mean_field import FixedPoint
from core.depth.measured import DepthConfig, Measured, quantiles
from core.depth.scales import ProfilesByScale
from core.depth.summary import Summary
from core.depth.theory import LayerTheory, Profile
from dashboard.look.columns import Columns, columns, from_rows, last_rows, only, stack
from dashboard.look.formats import short
from dashboard.topics.depth.charts_live import SCALES, UPPER

SIGMA_WS = tuple(float(s) for s in np.geomspace(*SCALES))
"""The weight scales at which the theory is computed: all that the controls can set."""

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
    scaled: ProfilesByScale
    """The same at the weight scales `SIGMA_WS`, with weights and biases set by hand."""
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


def gradients(curves: Sequence[Curve], quantity: str) -> dict[str, Columns]:
    """The datasets of the upper half of `charts.picture`."""
    config = curves[0].config
    measured, slopes = lines(curves, quantity), bound([curve.unit for curve in curves], config.depth, quantity)
    lowest = min([0.0, *measured["low"], *slopes["value"]])
    return {
        "lines": measured,
        "ends": ends(curves, measured, lowest, quantity),
        "theory": theory(curves, quantity),
        "bound": slopes,
        "bound_names": bound_names(slopes, measured),
        "rules": underflow(config, lowest, quantity),
    }


def per_layer(found: Summary, layers: int, quantity: str) -> float:
    """What the quantity is multiplied by per layer, on average."""
    return found.factor if quantity == "delta" else float(10 ** (found.log_dw / (layers - 1)))


LETTERS, EDGE = 16, 16
"""Pixels: of a name's height, and of the room above and below what is drawn."""


def ends(curves: Sequence[Curve], drawn: Columns, lowest: float, quantity: str) -> Columns:
    """Whose line it is, and its factor, at each line's end: back, value, text, drop, left, activation. drop, left: how far below the
    end its name stands, and how far before it, in pixels: where the line itself does not pass, within the picture, and clear of the
    next name."""
    last = last_rows(drawn, "activation")
    highest = max([0.0, *drawn["high"].tolist()])
    pixels = EDGE + (highest - last["median"]) / max(highest - lowest, 1e-9) * (UPPER - 2 * EDGE)
    found = {curve.label: curve for curve in curves}
    rows: list[tuple[float, float, str, float, float, str]] = []
    floor = UPPER - 2.0
    for k in np.argsort(-pixels, kind="stable"):
        label, end = str(last["activation"][k]), float(pixels[k])
        rises = last["median"][k] > drawn["median"][drawn["activation"] == label][0]
        at = min(end + (-10 if rises else 14), floor - 5)
        floor = at - LETTERS + 5
        curve = found[label]
        factor = short(per_layer(curve.summary, curve.config.depth, quantity))
        text = f"{label}: {factor} a layer"
        # A name that had no room below stands before the end of a line that comes down to it.
        left = 4.0 if rises or at - end >= LETTERS - 4 else 26.0
        rows.append((float(last["back"][k]), float(last["median"][k]), text, at - end, left, label))
    return from_rows(("back", "value", "text", "drop", "left", "activation"), rows)


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


MOST_KNEES = 33
"""The theory's line is drawn through at most so many layers: near both ends all of them, between them it is all but straight."""


def knees(layers: int) -> np.ndarray:
    """The layers through which the theory's line is drawn, counted back from the output."""
    near = MOST_KNEES // 4
    between = np.round(np.linspace(near, layers - near, MOST_KNEES - 2 * near + 1)).astype(int)
    every = np.arange(1, layers + 1)
    return every if layers <= MOST_KNEES else np.unique([*every[:near], *between, *every[-near:]])


def theory(curves: Sequence[Curve], quantity: str) -> Columns:
    """Predicted: back, value, activation, and v0, v1, ... at the weight scales `SIGMA_WS`; a layer that gets nothing is left out."""
    parts = []
    for curve in curves:
        back = knees(curve.config.depth)
        value = (curve.profile.log_delta if quantity == "delta" else curve.profile.log_dw)[::-1]
        scaled = (curve.scaled.log_delta if quantity == "delta" else curve.scaled.log_dw)[:, ::-1]
        # Six digits are a hundredth of a pixel.
        by_scale = {f"v{k}": one[back - 1].astype(np.float32) for k, one in enumerate(scaled)}
        parts.append(columns(back=back, value=value[back - 1], activation=curve.label, **by_scale))
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
        f"{name}ᴸ: slopes only,|no bound on the gradient" if value else ""
        for name, value in zip(last["name"], last["value"], strict=True)
    ]
    return columns(back=at * last["back"], value=at * last["value"], text=texts, above=above)


def entries(config: DepthConfig, quantity: str) -> int:
    """How many numbers a gradient is made of."""
    return config.width * config.inputs if quantity == "delta" else config.width**2


def underflow(config: DepthConfig, lowest: float, quantity: str) -> Columns:
    """Where an entry of root-mean-square size rounds to 0 in a number format: back, value, text; only rules that the curves
    reach, and the gradient at the output.

    n entries with norm r have the root mean square r / sqrt n: delta has one for each unit and input, dW width squared.
    """
    layers, root = config.depth, 0.5 * math.log10(entries(config, quantity))
    rows = [(layers, math.log10(least) + root, name) for name, least in ROUNDS_TO_0.items()]
    rows = [row for row in rows if row[1] > lowest]
    rows.append((layers, 0.0, ""))
    return from_rows(("back", "value", "text"), rows)


def limits(rules: Columns) -> dict[str, float]:
    """The rules of `underflow` that belong to a number format: its name and the power of ten."""
    named = zip(rules["text"].tolist(), rules["value"].tolist(), strict=True)
    return {text: value for text, value in named if text}


def means(curves: Sequence[Curve]) -> Columns:
    """The mean activation by layer, from the input on: layer, low, median, high, activation."""
    parts = []
    for curve in curves:
        low, median, high = quantiles(curve.measured.mean)
        layer = np.arange(1, len(median) + 1)
        parts.append(columns(layer=layer, low=low, median=median, high=high, activation=curve.label))
    return stack(parts)


FILES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "gradients": {
        "low": ("log10_gradient_low", "lower end of the band over networks, as a power of ten"),
        "median": ("log10_gradient_median", "median over networks, as a power of ten"),
        "high": ("log10_gradient_high", "upper end of the band over networks, as a power of ten"),
    },
}
"""What the columns of a file are called, and what they are, where that is not what `dashboard.ui.files` says."""
