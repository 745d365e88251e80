"""Descent of one linear neuron with two inputs as Vega's expressions, so that a picture of it follows the hand.

`core` hands over the parts of the closed form, and Vega takes powers of them: with the error's part along the flat axis and
its part along the steep one, a step of the full batch multiplies the first by 1 - eta s^2 and the second by
1 - eta (s^2 + n mu^2). Of more than two inputs a picture draws two: all pairs of weights start alike, so they move alike, and
what is drawn of one pair is exact. Tests hold what is drawn against `core` at several places of the hand.

Signals that expressions may use, P being 0 for the inputs as they are and 1 for the centred ones: `flat`, `steepP`, `etaP`,
`countP` (the steps of the run, beyond MOST_STEPS where it does not end), `growsP`, `neverP` (it stays, and never arrives),
`bestP` and `best_countP` (the best learning rate, and the steps it takes), `k` (the step shown), `shift` (what is subtracted
from each input of panel 0), `pairs` (of inputs).
"""

import math
from dataclasses import dataclass

import altair as alt

from core.neuron.descent import LEFT, MOST_STEPS, NEGLIGIBLE
from dashboard.look.colours import DOWN, UP, ZERO
from dashboard.look.hand import Grip, Hold, Slide
from dashboard.look.landscape import REACH_X, REACH_Y, STEPS

TOLERANCE = 1e-4
"""A run has arrived at this share of its first loss."""

ROUNDING = 1e-12
"""A factor this near to 1 is 1, but for rounding."""

_HALVINGS = range(MOST_STEPS.bit_length() - 1, -1, -1)


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture of two valleys is built for. holds: what the hand moves, `centre` (the % of the mean that is subtracted)
    among it. uniform: the mean and spread are too. wide: the number of inputs is. best: each at its own best learning rate.
    flipped: input 2 of each pair is negated, with its weight."""

    holds: tuple[Hold, ...]
    uniform: bool = False
    wide: bool = False
    best: bool = False
    flipped: bool = False


def signals(scene: Scene) -> list[alt.Parameter]:
    """Every signal of the closed form. Dataset: laws, as `dashboard.look.descent` makes it."""
    sign = -1 if scene.flipped else 1
    mu, s = ("hand_mean", "hand_spread") if scene.uniform else ("data('laws')[0].mu", "data('laws')[0].s")
    named = {
        "given": mu,
        "shift": "given * hand_centre / 100",
        "mu": "given - shift",
        "pairs": "hand_n / 2" if scene.wide else "1",
        "flat": f"pow({s}, 2)",
        "steep0": "flat + 2 * pairs * mu * mu",
        "steep1": "flat",
        # The learning rate is a share of the edge of the inputs as they are: it stays where they are centred.
        "eta0": "2 / (steep0 + flat)" if scene.best else "hand_eta * 2 / (flat + 2 * pairs * given * given)",
        "eta1": "1 / flat" if scene.best else "eta0",
        "error_x": "x_start - x_target",
        "error_y": "y_start - y_target",
        "away": "sqrt(error_x * error_x + error_y * error_y)",
        "steep_raw": f"(error_x + {sign} * error_y) / 2",
        "flat_raw": f"(error_x - {sign} * error_y) / 2",
        # Rounding is no error: it would grow where a real run has none.
        "on_steep": f"abs(steep_raw) > {NEGLIGIBLE} * away ? steep_raw : 0",
        "on_flat": f"abs(flat_raw) > {NEGLIGIBLE} * away ? flat_raw : 0",
        "k": "hand_step",
    }
    for p in (0, 1):
        a, b = f"(1 - eta{p} * flat)", f"(1 - eta{p} * steep{p})"
        # At the best learning rate both parts shrink by the same factor a step.
        ratio = f"(steep{p} - flat) / (steep{p} + flat)"
        counted = f"max(1, ceil({math.log(TOLERANCE)} / (2 * log({ratio})) - 1e-9))"
        named |= {
            f"best{p}": f"2 / (steep{p} + flat)",
            f"best_count{p}": f"away == 0 ? 0 : steep{p} == flat ? 1 : {counted}",
        }
        named |= {
            f"shrink_flat{p}": a,
            f"shrink_steep{p}": b,
            f"first{p}": f"flat * on_flat * on_flat + steep{p} * on_steep * on_steep",
            f"grows{p}": f"on_flat != 0 && abs({a}) > 1 + {ROUNDING} || on_steep != 0 && abs({b}) > 1 + {ROUNDING}",
            f"never{p}": f"away != 0 && !grows{p} && {_stuck('on_flat', 'flat', a)} + {_stuck('on_steep', f'steep{p}', b)}"
            f" > {TOLERANCE} * first{p}",
        }
        found = "0"
        for bit in _HALVINGS:
            named[f"count{p}_{bit}"] = f"{found} + ({_ended(p, f'({found} + {2**bit})')} ? 0 : {2**bit})"
            found = f"count{p}_{bit}"
        named[f"count{p}"] = f"away == 0 ? 0 : {found} + 1"
    return [alt.param(name=name, expr=expr) for name, expr in named.items()]


def _stuck(part: str, curvature: str, shrink: str) -> str:
    """What a part of the error adds to the loss for ever: all of it, where a step leaves it as it is, but for rounding."""
    return f"(abs({shrink}) > 1 - {ROUNDING} ? {curvature} * {part} * {part} : 0)"


def _squares(p: int, t: str, flat: str = "1", steep: str = "1") -> str:
    """Half of the squared error after t steps, each part with a weight."""
    return (
        f"((on_flat == 0 ? 0 : {flat} * pow(on_flat * pow(shrink_flat{p}, {t}), 2))"
        f" + (on_steep == 0 ? 0 : {steep} * pow(on_steep * pow(shrink_steep{p}, {t}), 2)))"
    )


def _ended(p: int, t: str) -> str:
    """Whether the run has ended by step t: arrived, or left."""
    left = f"{_squares(p, t)} > {LEFT**2} * (on_flat * on_flat + on_steep * on_steep)"
    arrived = f"{_squares(p, t, 'flat', f'steep{p}')} <= {TOLERANCE} * first{p}"
    return f"(grows{p} ? {left} : {arrived})"


def by_panel(name: str) -> str:
    """The signal of the row's panel."""
    return f"(datum.panel ? {name}1 : {name}0)"


def rows(count: int) -> alt.Chart:
    """Rows 0 to count - 1, made in the browser: the column `i`."""
    return alt.Chart(alt.sequence(0, count, as_="i"))


def run_rows(scene: Scene) -> alt.Chart:
    """A row for each panel and step of the run that the slider can stand on: panel, step, x, y, loss, inside."""
    sign = -1 if scene.flipped else 1
    return (
        rows(2 * (STEPS + 1))
        .transform_calculate(panel=f"floor(datum.i / {STEPS + 1})", step=f"datum.i % {STEPS + 1}")
        .transform_filter(f"datum.step <= {by_panel('count')}")
        .transform_calculate(
            along=f"on_flat * pow({by_panel('shrink_flat')}, datum.step)",
            across=f"on_steep * pow({by_panel('shrink_steep')}, datum.step)",
        )
        .transform_calculate(
            x="x_target + datum.across + datum.along", y=f"y_target + {sign} * (datum.across - datum.along)"
        )
        .transform_calculate(
            loss=f"pairs * (flat * datum.along * datum.along + {by_panel('steep')} * datum.across * datum.across)",
            inside=f"abs(datum.x) <= {REACH_X} && abs(datum.y) <= {REACH_Y}",
        )
    )


def update_rows(scene: Scene) -> alt.Chart:
    """A row for each panel, weight and step: row (two a panel), panel, step, glyph."""
    sign = -1 if scene.flipped else 1
    return (
        rows(4 * STEPS)
        .transform_calculate(row=f"floor(datum.i / {STEPS})", step=f"datum.i % {STEPS}")
        .transform_calculate(panel="floor(datum.row / 2)")
        .transform_filter(f"datum.step < {by_panel('count')}")
        .transform_calculate(
            along=f"-flat * on_flat * pow({by_panel('shrink_flat')}, datum.step)",
            across=f"-{by_panel('steep')} * on_steep * pow({by_panel('shrink_steep')}, datum.step)",
        )
        .transform_calculate(
            update=f"datum.row % 2 ? {sign} * (datum.across - datum.along) : datum.across + datum.along",
            size="sqrt(2 * (datum.across * datum.across + datum.along * datum.along))",
        )
        .transform_calculate(
            glyph=f"abs(datum.update) <= {NEGLIGIBLE} * datum.size ? '{ZERO}' : datum.update > 0 ? '{UP}' : '{DOWN}'"
        )
    )


def stale(scene: Scene) -> alt.Parameter:
    """A signal: whether the hand is elsewhere than where the run that is drawn was measured. Dataset: laws, with a column
    for each setting of the hand's, and x_start, ..., for its points."""
    held = [one.name for one in scene.holds if isinstance(one, Slide) and one.name != "step"]
    names = {name: f"hand_{name}" for name in held}
    names |= {
        f"{axis}_{one.name}": f"{axis}_{one.name}" for one in scene.holds if isinstance(one, Grip) for axis in "xy"
    }
    off = [f"abs({signal} - data('laws')[0].{name}) > 1e-6" for name, signal in names.items()]
    return alt.param(name="stale", expr=" || ".join(off))
