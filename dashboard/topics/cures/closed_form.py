"""The race of `/cures` as Vega's expressions, so that the valley and four of its five runners follow the hand.

`core` hands over the parts of the closed forms. From equal errors at both ends plain descent at its best multiplies both by
minus or plus rho = (kappa - 1) / (kappa + 1) a step; heavy ball at its best has a double root r = (sqrt kappa - 1) / (sqrt kappa + 1)
there, so that after t steps they are (-r)^t (1 + (1 + r) t) and r^t (1 + (1 - r) t); centred and whitened arrive in one step.
Adam has no closed form: it is measured, goes pale while the hand is elsewhere, and follows on release.
"""

from dataclasses import dataclass

import altair as alt

from dashboard.topics.cures.settings import MOMENTS


@dataclass(frozen=True, slots=True)
class Runner:
    """How one way down is drawn. panel: 0 in the valley as it is, 1 in the centred one. key: its key in `core.neuron.racing`."""

    key: str
    name: str
    colour: str
    shape: str
    panel: int = 0


RUNNERS = (
    Runner("plain", "plain", "#7A828E", "circle"),
    Runner("heavy_ball", "momentum", "#8C753F", "square"),
    Runner("adam", "Adam", "#BF30BF", "triangle-up"),
    Runner("centred", "centred", "#0B72D9", "diamond", panel=1),
    Runner("whitened", "whitened", "#1F9A9A", "cross"),
)
"""None wears the orange of sigmoid and of what can be moved; what is centred is blue, as the centred sigmoid is."""

NAMES = [one.name for one in RUNNERS]

REACH_X, REACH_Y = 2.3, 1.5
"""A valley shows errors from minus to plus this."""

TRAIL = 6
"""The strides that a runner leaves behind it, few enough to be told apart: more of a zigzag are a smear."""

BITS = range(17, -1, -1)

ADAM = 2
"""Its place among the runners: it has no closed form."""


def signals(uniform: bool) -> list[alt.Parameter]:
    """The closed forms. Datasets: law (mu, s, n, mean, spread, goal, adam), one row, and moments (steep, flat, loss), Adam's
    state at each moment."""
    mu, s = ("hand_mean", "hand_spread") if uniform else ("data('law')[0].mu", "data('law')[0].s")
    named = {
        "k": "stops[hand_moment]",
        "goal": "data('law')[0].goal",
        "flat": f"pow({s}, 2)",
        "steep": f"flat + hand_n * pow({mu}, 2)",
        "kappa": "steep / flat",
        "rho": "(kappa - 1) / (kappa + 1)",
        "r": "(sqrt(kappa) - 1) / (sqrt(kappa) + 1)",
        "count_0": "kappa - 1 < 1e-12 ? 1 : max(1, ceil(log(goal) / (2 * log(rho)) - 1e-9))",
    }
    found = "0"
    for bit in BITS:
        there = f"({found} + {2**bit})"
        named[f"taken_{bit}"] = f"{found} + ({_ball_loss(there)} > goal ? {2**bit} : 0)"
        found = f"taken_{bit}"
    named |= {
        "count_1": f"{found} + 1",
        f"count_{ADAM}": "data('law')[0].adam",
        "count_3": "1",
        "count_4": "1",
    }
    named |= {f"at_{m}": f"min(k, count_{m})" for m in range(len(RUNNERS))}
    named |= {
        "steep_0": "pow(-rho, at_0)",
        "flat_0": "pow(rho, at_0)",
        "loss_0": "pow(rho, 2 * at_0)",
        "steep_1": ball("at_1", -1),
        "flat_1": ball("at_1", 1),
        "loss_1": _ball_loss("at_1"),
        **{f"{part}_{ADAM}": f"data('moments')[hand_moment].{part}" for part in ("steep", "flat", "loss")},
    }
    for m in (3, 4):
        named |= {f"{part}_{m}": "k > 0 ? 0 : 1" for part in ("steep", "flat", "loss")}
    moved = ["n", *(("mean", "spread") if uniform else ())]
    named["stale"] = " || ".join(f"abs(hand_{one} - data('law')[0].{one}) > 1e-6" for one in moved)
    # An array that stands in an expression would be made anew for every mark.
    for name in ("at", "count", "steep", "flat", "loss"):
        named[f"{name}s"] = f"[{', '.join(f'{name}_{m}' for m in range(len(RUNNERS)))}]"
    made = [alt.param(name=name, expr=expr) for name, expr in named.items()]
    return [alt.param(name="stops", value=list(MOMENTS)), alt.param(name="names", value=NAMES), *made]


def ball(t: str, sign: int) -> str:
    """An expression: heavy ball's error after t steps, along the steep direction (sign -1) or the flat one (1)."""
    return f"pow({'-' if sign < 0 else ''}r, {t}) * (1 + (1 {'+' if sign < 0 else '-'} r) * {t})"


def _ball_loss(t: str) -> str:
    squares = " + ".join(f"{part} * pow(1 + (1 {sign} r) * {t}, 2)" for part, sign in (("steep", "+"), ("flat", "-")))
    return f"pow(r, 2 * {t}) * ({squares}) / (steep + flat)"


def of(name: str, index: str) -> str:
    """An expression: the signal of that name of the runner `index`."""
    return f"{name}s[{index}]"
