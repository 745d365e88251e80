"""The frames of `/depth`. An activation appears by its label, which is also its colour."""

import math
from collections.abc import Sequence

import numpy as np

from core.activations import ACTIVATIONS, activation
from core.checks import FloatArray
from core.depth.mean_field import Crossing, Sweep, fixed_point
from core.depth.measured import BATCH, DepthConfig, Measured, quantiles
from core.depth.theory import Profile
from core.initialisations import RULES
from core.saturation import Zone, saturated_fraction, saturated_zone
from dashboard.look.columns import Columns, columns, from_rows, last_rows, only, stack
from dashboard.topics.depth.charts import DEEPEST, HIGHEST, LAYERS, STEP

SIGMA_WS = tuple(float(s) for s in np.geomspace(0.1, 20, 81))
"""The sizes of weights at which the second picture is computed: all that the controls can set."""

MOST_UNITS = 16_000_000
"""Plain units that one run of the page measures, all networks together: within a second on one core."""

COSTS = {"gelu": 2.3}
"""What a unit of an activation costs, in units of the others."""

REMEDIED = 1.4
"""What a unit costs with biases, skip connections and layer normalisation, in plain ones."""

ROUNDS_TO_0 = {"float16": 2.0**-25, "float32": 2.0**-150}
"""Half of the smallest positive number of each format: up to there a number rounds to 0."""


def affordable(wanted: Sequence[DepthConfig]) -> int:
    """How many networks of each wanted curve a run of the page measures."""
    units = sum(_cost(config) * config.depth * config.width for config in wanted)
    return max(1, min(wanted[0].seeds, int(MOST_UNITS / units)))


def _cost(config: DepthConfig) -> float:
    """What a unit costs, in plain ones; several inputs cost twice as much each."""
    more = 1.0 if config.plain and config.sigma_b == 0 else REMEDIED
    return COSTS.get(config.activation, 1.0) * (2 * BATCH if config.norm == "batch before" else more)


def values(measured: Measured, quantity: str) -> FloatArray:
    """The logarithms that the picture shows, (S, L)."""
    return measured.log_delta if quantity == "delta" else measured.log_dw


def _finite(drawn: Columns, name: str) -> Columns:
    return only(drawn, np.isfinite(drawn[name]))


def lines(keys: Sequence[str], found: Sequence[Measured], quantity: str) -> Columns:
    """Measured: back, low, median, high, activation; a layer that gets nothing is left out."""
    parts = []
    for key, one in zip(keys, found, strict=True):
        low, median, high = quantiles(values(one, quantity))[:, ::-1]
        back = np.arange(1, len(median) + 1)
        low = np.maximum(low, median - 20)  # where some networks are dead the band has no lower end
        parts.append(columns(back=back, low=low, median=median, high=high, activation=ACTIVATIONS[key].label))
    return _finite(stack(parts), "median")


def theory(keys: Sequence[str], found: Sequence[Profile | None], quantity: str) -> Columns:
    """Predicted: back, value, activation; nothing where there is no theory."""
    parts = []
    for key, one in zip(keys, found, strict=True):
        # Every line starts at the output, where the gradient is 1: without a theory that point is all there is.
        back, value = np.zeros(1), np.zeros(1)
        if one is not None:
            value = (one.log_delta if quantity == "delta" else one.log_dw)[::-1]
            back = np.arange(1.0, len(value) + 1)
        parts.append(columns(back=back, value=value, activation=ACTIVATIONS[key].label))
    return _finite(stack(parts), "value")


def bound(keys: Sequence[str], layers: int, quantity: str) -> Columns:
    """The largest slope to the power of the layers: back, value, name. It is about |delta| and no other quantity."""
    slopes = sorted({activation(key).max_slope for key in keys}) if quantity == "delta" else []
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


def sweep(keys: Sequence[str], found: Sequence[Sweep], crossings: Sequence[Crossing | None]) -> Columns:
    """Deep networks by the size of their weights: sigma_w, factor, q, saturated, activation, piece. A new piece begins where
    the factor jumps."""
    parts = []
    for key, one, at in zip(keys, found, crossings, strict=True):
        zone = saturated_zone(key)
        parts.append(
            columns(
                sigma_w=one.sigma_w,
                factor=one.factor,
                q=one.q,
                saturated=[_saturated(zone, q) for q in one.q],
                activation=ACTIVATIONS[key].label,
                piece=(one.sigma_w >= at.sigma_w if at is not None and at.jumps else np.zeros(len(one.q), bool)) + 0,
            )
        )
    return stack(parts)


def saturated_at(key: str, at: Crossing | None, sigma_b: float) -> float | None:
    """The share of saturated units of a deep network at its critical sigma_w; None where it has none."""
    if at is None or at.jumps:
        return None
    return _saturated(saturated_zone(key), fixed_point(key, at.sigma_w, sigma_b).q)


def _saturated(zone: Zone, q: float) -> float:
    # A signal that dies out has a small spread for ever, never none: ReLU's dead half stays dead.
    return saturated_fraction(zone, 0.0, min(max(math.sqrt(q), 1e-7), 1e4))


def critical(keys: Sequence[str], found: Sequence[Crossing | None]) -> Columns:
    """Where the factor per layer is 1: sigma_w, factor, text, below, activation. Before the first crossing no curve is
    above it, behind the last one none is below it: there the number has room."""
    drawn = sorted(
        (at.sigma_w, key)
        for key, at in zip(keys, found, strict=True)
        if at is not None and not at.jumps and at.sigma_w <= SIGMA_WS[-1]
    )
    rows = [
        (sigma_w, 1.0, f"{sigma_w:.4g}", index > 0, ACTIVATIONS[key].label)
        for index, (sigma_w, key) in enumerate(drawn)
    ]
    return from_rows(("sigma_w", "factor", "text", "below", "activation"), rows)


def here(keys: Sequence[str], sigma_w: float, factors: Sequence[float]) -> Columns:
    """Your network on each curve, at the upper edge of the picture where it is `beyond` it: sigma_w, factor, activation,
    beyond."""
    return columns(
        sigma_w=sigma_w,
        factor=np.minimum(factors, HIGHEST),
        activation=[ACTIVATIONS[key].label for key in keys],
        beyond=np.array(factors) > HIGHEST,
    )


def one() -> Columns:
    """The factor at which gradients keep their size: factor."""
    return columns(factor=1.0)


def named(width: int) -> Columns:
    """The size of weights that each named initialisation gives, rules of one size on one line: sigma_w, foot, name."""
    names: dict[float, list[str]] = {}
    for rule in RULES.values():
        names.setdefault(round(rule.sigma_w(width, width), 9), []).append(rule.label.removesuffix("'s default"))
    rows = [(sigma_w, HIGHEST - 0.04, ", ".join(labels)) for sigma_w, labels in names.items()]
    return from_rows(("sigma_w", "foot", "name"), rows)


def levels() -> Columns:
    """The bands of the picture that take a drawn guess: level, foot, head, left, right, top, text."""
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


def answer(found: Measured) -> Columns:
    """What the drawn guess is held against: back, low, value, high, from 1 at the output on."""
    low, median, high = np.pad(quantiles(found.log_delta)[:, ::-1], ((0, 0), (1, 0)))
    return columns(back=np.arange(LAYERS + 1), low=low, value=median, high=high, activation="sigmoid")


def answer_texts(drawn: Columns) -> Columns:
    """The measurement as a number: back, value, text, activation."""
    text = f"measured: 10^{drawn['value'][-1]:.1f}"
    return columns(back=0, value=-DEEPEST - 2.0, text=text, activation="sigmoid")


def bound_text(drawn: Columns) -> Columns:
    """The name of the dotted line, above its middle: back, value, text."""
    middle = {name: column[LAYERS // 2] for name, column in drawn.items()}
    text = f"{middle['name']}^L: 10^{drawn['value'][-1]:.1f}"
    return columns(back=middle["back"], value=middle["value"], text=text)


def means(keys: Sequence[str], found: Sequence[Measured]) -> Columns:
    """The mean activation by layer, from the input on: layer, low, median, high, activation."""
    parts = []
    for key, one in zip(keys, found, strict=True):
        low, median, high = quantiles(one.mean)
        layer = np.arange(1, len(median) + 1)
        parts.append(columns(layer=layer, low=low, median=median, high=high, activation=ACTIVATIONS[key].label))
    return stack(parts)
