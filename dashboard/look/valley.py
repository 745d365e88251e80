"""The landscape of one linear neuron with two inputs, live: contours, paths and wedges over the closed form."""

import math
from collections.abc import Sequence

import altair as alt

from dashboard.look.closed_form import Scene, by_panel, rows, run_rows, signals
from dashboard.look.colours import NEUTRAL, activation_colour
from dashboard.look.ends import axes, ends, handles
from dashboard.look.hand import held, moves, points, sliders
from dashboard.look.landscape import REACH_X, REACH_Y, coloured, placed
from dashboard.look.panels import GAP, IN_PIXELS, Panels, X, Y

LIMIT = 2.0
"""Start and target stay within ± this."""

_LEVELS, _POINTS = 14, 145
"""Contours: the losses 4^-6 to 4^7, and points on each."""


def contours(panels: Panels, scene: Scene) -> alt.Chart:
    """Curves of one loss around the target, each four times the one inside it."""
    sign = -1 if scene.flipped else 1
    curves = (
        rows(2 * _LEVELS * _POINTS)
        .transform_calculate(
            panel=f"floor(datum.i / {_LEVELS * _POINTS})",
            curve=f"floor(datum.i / {_POINTS})",
            level=f"pow(4, floor(datum.i / {_POINTS}) % {_LEVELS} - 6)",
            order=f"datum.i % {_POINTS}",
        )
        # A curve whose nearest point is beyond the farthest corner is not seen.
        .transform_filter(
            f"2 * datum.level < {by_panel('steep')} * (pow({REACH_X} + abs(x_target), 2) + pow({REACH_Y} + abs(y_target), 2))"
        )
        # Between equal angles of the ellipse and equal angles of sight: its tips are smooth, and so are its long sides.
        .transform_calculate(
            u=f"cos(2 * PI * datum.order / {_POINTS - 1}) * pow(flat, -0.25)",
            w=f"sin(2 * PI * datum.order / {_POINTS - 1}) * pow({by_panel('steep')}, -0.25)",
        )
        .transform_calculate(
            r=f"sqrt(datum.level / (flat * datum.u * datum.u + {by_panel('steep')} * datum.w * datum.w))"
        )
        .transform_calculate(
            x="x_target + datum.r * (datum.w + datum.u)", y=f"y_target + {sign} * datum.r * (datum.w - datum.u)"
        )
        .transform_calculate(inside=f"abs(datum.x) <= {REACH_X} && abs(datum.y) <= {REACH_Y}")
    )
    return (
        placed(panels, curves)
        .mark_line(strokeWidth=1, opacity=0.45, color=NEUTRAL, invalid="break-paths-show-domains")
        .encode(detail="curve:Q", order="order:Q")
        .properties(name="contours")
    )


def paths(panels: Panels, scene: Scene) -> list[alt.Chart]:
    """The path up to the step shown, and where it stands."""
    runs = coloured(placed(panels, run_rows(scene)))
    sofar = runs.transform_filter("datum.step <= k")
    line = sofar.mark_line(strokeWidth=2, invalid="break-paths-show-domains").encode(detail="panel:Q", order="step:Q")
    dots = sofar.transform_filter("datum.inside").mark_circle(size=16, opacity=0.9).properties(name="dots")
    head = runs.transform_filter(f"datum.inside && datum.step == min(k, {by_panel('count')})").mark_circle(
        size=110, opacity=1, stroke="white", strokeWidth=1.5
    )
    return [line, dots, head.properties(name="head")]


def wedges(panels: Panels, scene: Scene, radius: float) -> alt.Chart:
    """Every direction in which one sample could push, where the run stands: at most two sectors a panel."""
    sign = -1 if scene.flipped else 1
    # Where inputs have one sign each, their directions fill the angle `first` to 90 - `first` degrees, and its mirror image.
    removed = "(datum.panel ? 0 : shift)"
    low = f"((datum.panel || {int(not scene.uniform)} ? datum.low : given - sqrt(3 * flat)) - {removed})"
    high = f"((datum.panel || {int(not scene.uniform)} ? datum.high : given + sqrt(3 * flat)) - {removed})"
    both, first = "datum.both", "datum.first"
    here = f"min(k, {by_panel('count')})"
    middle = math.pi / 4 * sign
    return (
        rows(4)
        .transform_calculate(panel="floor(datum.i / 2)", mirror="datum.i % 2")
        .transform_lookup(
            lookup="panel", from_=alt.LookupData(alt.NamedData("laws"), key="panel", fields=["low", "high"])
        )
        .transform_calculate(lowest=low, highest=high)
        .transform_calculate(
            # Centred ones have a mean of 0, and so both signs.
            both="datum.panel == 1 || datum.lowest < 0 && datum.highest > 0",
            first="atan2(min(abs(datum.lowest), abs(datum.highest)), max(abs(datum.lowest), abs(datum.highest)))",
        )
        .transform_calculate(
            along=f"on_flat * pow({by_panel('shrink_flat')}, {here})",
            across=f"on_steep * pow({by_panel('shrink_steep')}, {here})",
        )
        .transform_calculate(ex="datum.across + datum.along", ey=f"{sign} * (datum.across - datum.along)")
        .transform_calculate(x="x_target + datum.ex", y="y_target + datum.ey", downhill="atan2(-datum.ey, -datum.ex)")
        .transform_calculate(
            turned=f"{middle} + PI * datum.mirror - datum.downhill",
            half=f"{both} ? PI / 2 : PI / 4 - {first}",
        )
        # The nearest of the equivalent angles, as a remainder.
        .transform_calculate(
            centre=f"{both} ? 0 : datum.turned - 2 * PI * round(datum.turned / (2 * PI))",
        )
        .transform_calculate(
            low="max(-PI / 2, datum.centre - datum.half)", high="min(PI / 2, datum.centre + datum.half)"
        )
        .transform_calculate(
            inside=f"abs(datum.x) <= {REACH_X} && abs(datum.y) <= {REACH_Y}",
            theta="PI / 2 - datum.downhill - datum.high",
            theta2="PI / 2 - datum.downhill - datum.low",
            # No farther than to the frame.
            radius=f"max(0, min({radius}, {REACH_X} - abs(datum.x), {REACH_Y} - abs(datum.y))) / {2 * REACH_X} * side",
        )
        .transform_filter(
            # Of more than two inputs the others have a say in which way it goes.
            f"pairs == 1 && datum.inside && datum.high - datum.low > 1e-9 && (datum.ex != 0 || datum.ey != 0) && !({both} && datum.mirror)"
        )
        .transform_calculate(
            px=panels.left(panels.across("datum.x")),
            py=panels.top(panels.down("datum.y")),
        )
        .mark_arc(radius=alt.ExprRef("datum.radius"), opacity=0.28, color=NEUTRAL)
        .encode(x=X, y=Y, theta=alt.Theta("theta:Q", scale=None), theta2="theta2:Q")
    )


def pale(full: float) -> alt.ExprRef:
    """An opacity that says that a run is no longer what the hand asks for: it follows on release."""
    return alt.ExprRef(f"stale ? {full / 4} : {full}")


def measured(panels: Panels) -> list[alt.Chart]:
    """The path, dots and head of runs that were measured. Datasets: path (panel, piece, step, x, y, activation) and heads
    (panel, step, x, y, activation), as `dashboard.look.descent` makes them."""
    sofar = panels.place("path").transform_filter("datum.step <= k")
    line = sofar.mark_line(strokeWidth=2, opacity=pale(1)).encode(
        detail=["panel:N", "piece:N"], order="step:Q", color=activation_colour()
    )
    dots = sofar.mark_circle(size=16, opacity=pale(0.9)).encode(color=activation_colour())
    head = (
        panels.place("heads")
        .transform_filter("datum.step == k")
        .mark_circle(size=110, opacity=pale(1), stroke="white", strokeWidth=1.5)
        .encode(color=activation_colour())
        .properties(name="head")
    )
    return [line, dots, head]


def valleys(
    panels: Panels, scene: Scene, runs: Sequence[alt.Chart], more: Sequence[alt.Parameter] = ()
) -> alt.LayerChart:
    """Two framed valleys that follow the hand, the `runs` in them, and the handles of start and target.

    Datasets: panels, laws, and those of the runs. more: further signals.
    """
    # Data that no layer draws are left out, and the signals want the laws.
    laws = alt.Chart(alt.NamedData("laws")).transform_calculate(px="0", py="0").mark_point(opacity=0).encode(x=X, y=Y)
    line, names = axes(panels, scene)
    layers = [
        panels.frame(),
        laws,
        contours(panels, scene),
        line,
        *panels.weights("x_target < 0"),
        *runs,
        *names,
        *ends(panels),
    ]
    if held(scene.holds):
        layers += handles(panels, scene.holds)
    across = f"(x() - margin - (wide ? in_panel * (side + {GAP}) : 0)) / side * {2 * REACH_X} - {REACH_X}"
    up = f"{REACH_Y} - (y() - head - (wide ? 0 : in_panel * (tall + head))) / tall * {2 * REACH_Y}"
    meta = {**IN_PIXELS["usermeta"], "moves": moves(scene.holds, across, up, LIMIT)}
    return (
        alt.layer(*layers)
        .add_params(*sliders(scene.holds), *points(scene.holds), *panels.layout(), *signals(scene), *more)
        .resolve_scale(color="independent", x="independent", y="independent")
        .properties(**{**IN_PIXELS, "usermeta": meta})
    )
