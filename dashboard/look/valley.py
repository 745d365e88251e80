"""The landscape of one linear neuron with two inputs, live: contours, paths, wedges, notes and handles over the closed form."""

import math
from collections.abc import Sequence

import altair as alt

from core.neuron.descent import MOST_STEPS
from dashboard.look.closed_form import Scene, by_panel, rows, run_rows, signals
from dashboard.look.colours import NEUTRAL, activation_colour
from dashboard.look.formats import three_expression as three
from dashboard.look.hand import Hold, grips, points, sliders
from dashboard.look.landscape import REACH_X, REACH_Y, STEPS
from dashboard.look.panels import Panels, X, Y

LIMIT = 2.0
"""Start and target stay within ± this."""

_LEVELS, _POINTS = 14, 145
"""Contours: the losses 4^-6 to 4^7, and points on each."""


def _placed(panels: Panels, chart: alt.Chart) -> alt.Chart:
    """The pixels px and py of a row's x and y, null outside the frame."""
    x, y = panels.across("datum.x"), panels.down("datum.y")
    # Scales that map pixels to themselves: without one a line is not broken where a value is missing.
    across = alt.Scale(domainMin=0, domainMax=alt.ExprRef("width"), nice=False, zero=False)
    down = alt.Scale(domainMin=0, domainMax=alt.ExprRef("height"), nice=False, zero=False, reverse=True)
    return chart.transform_calculate(
        px=f"datum.inside ? {panels.left(x)} : null", py=f"datum.inside ? {panels.top(y)} : null"
    ).encode(x=alt.X("px:Q", axis=None, scale=across), y=alt.Y("py:Q", axis=None, scale=down))


def _coloured(chart: alt.Chart) -> alt.Chart:
    looked = alt.LookupData(alt.NamedData("laws"), key="panel", fields=["activation"])
    return chart.transform_lookup(lookup="panel", from_=looked).encode(color=activation_colour())


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
        _placed(panels, curves)
        .mark_line(strokeWidth=1, opacity=0.45, color=NEUTRAL, invalid="break-paths-show-domains")
        .encode(detail="curve:Q", order="order:Q")
        .properties(name="contours")
    )


def paths(panels: Panels, scene: Scene) -> list[alt.Chart]:
    """The path up to the step shown, and where it stands."""
    placed = _coloured(_placed(panels, run_rows(scene)))
    sofar = placed.transform_filter("datum.step <= k")
    line = sofar.mark_line(strokeWidth=2, invalid="break-paths-show-domains").encode(detail="panel:Q", order="step:Q")
    dots = sofar.transform_filter("datum.inside").mark_circle(size=16, opacity=0.9).properties(name="dots")
    head = placed.transform_filter(f"datum.inside && datum.step == min(k, {by_panel('count')})").mark_circle(
        size=110, opacity=1, stroke="white", strokeWidth=1.5
    )
    return [line, dots, head.properties(name="head")]


def wedges(panels: Panels, scene: Scene, radius: float) -> alt.Chart:
    """Every direction in which one sample could push, where the run stands: at most two sectors a panel."""
    sign = -1 if scene.flipped else 1
    # Where inputs have one sign each, their directions fill the angle `first` to 90 - `first` degrees, and its mirror image.
    near, far = "abs(mu) - sqrt(3 * flat)", "abs(mu) + sqrt(3 * flat)"
    both = f"(datum.panel == 1 || {near} < 0)" if scene.uniform else "datum.both"
    first = f"atan2({near}, {far})" if scene.uniform else "datum.first"
    here = f"min(k, {by_panel('count')})"
    middle = math.pi / 4 * sign
    return (
        rows(4)
        .transform_calculate(panel="floor(datum.i / 2)", mirror="datum.i % 2")
        .transform_lookup(
            lookup="panel", from_=alt.LookupData(alt.NamedData("laws"), key="panel", fields=["first", "both"])
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
            f"datum.inside && datum.high - datum.low > 1e-9 && (datum.ex != 0 || datum.ey != 0) && !({both} && datum.mirror)"
        )
        .transform_calculate(
            px=panels.left(panels.across("datum.x")),
            py=panels.top(panels.down("datum.y")),
        )
        .mark_arc(radius=alt.ExprRef("datum.radius"), opacity=0.28, color=NEUTRAL)
        .encode(x=X, y=Y, theta=alt.Theta("theta:Q", scale=None), theta2="theta2:Q")
    )


def ends(panels: Panels) -> list[alt.Chart]:
    """Start and target of each panel, named."""
    marks = (
        rows(4)
        .transform_calculate(panel="floor(datum.i / 2)", end="datum.i % 2 ? 'target' : 'start'")
        .transform_calculate(
            x="datum.i % 2 ? x_target : x_start",
            y="datum.i % 2 ? y_target : y_start",
            # Away from each other, so that the path between them crosses no name.
            up="datum.i % 2 ? y_start <= y_target : y_start > y_target",
            inside="true",
        )
    )
    marks = _placed(panels, marks)
    shape = alt.Shape("end:N", scale=alt.Scale(domain=["start", "target"], range=["square", "cross"]), legend=None)
    return [
        marks.mark_point(filled=False, strokeWidth=2, size=110, color=NEUTRAL).encode(shape=shape),
        marks.mark_text(dy=alt.ExprRef("datum.up ? -24 : 25"), fontSize=12, color=NEUTRAL).encode(text="end:N"),
    ]


def freed(panels: Panels) -> alt.Chart:
    """What the centred neuron does at its own best learning rate: one step, straight to the target."""
    step = rows(2).transform_calculate(
        panel="1", x="datum.i ? x_target : x_start", y="datum.i ? y_target : y_start", inside="true"
    )
    line = _coloured(_placed(panels, step)).mark_line(strokeWidth=1.5, strokeDash=[5, 4], opacity=0.8)
    return line.encode(order="i:Q").properties(name="freed")


def notes(panels: Panels, scene: Scene) -> list[alt.Chart]:
    """Over each panel: what its learning rate makes of the steep direction, in how many steps; in how many its best one
    would; and the step shown."""
    count, grows, curvature = by_panel("count"), by_panel("grows"), by_panel("steep")
    product, kappa = f"{by_panel('eta')} * {curvature}", f"({curvature} / flat)"
    kind = f"({product} > 1 + 1e-9 && on_steep != 0 ? 'overshoots, ' : {count} > 20 ? 'crawls, ' : '')"
    told = (
        f"'η ' + {three(by_panel('eta'))} + ', κ ' + {three(kappa)} + ': '"
        f" + ({grows} ? 'diverges' : {kind} + {_steps(count)})"
    )
    lines = [_line(panels, told, -46 if not scene.best else -29).properties(name="told")]
    if not scene.best:
        best = f"'at its best η, ' + {three(by_panel('best'))} + ': ' + {_steps(by_panel('best_count'))}"
        lines.append(_line(panels, best, -28).properties(name="best_told"))
    last = f"datum.step == min(k, {count})"
    at = (
        run_rows(scene)
        .transform_filter(last)
        .transform_calculate(
            px=panels.left("0"),
            py=panels.top("-11"),
            note=f"(datum.step == {STEPS} && {count} > {STEPS} ? 'the first {STEPS} of ' + format(min({count}, {MOST_STEPS}), ',')"
            f" + ' steps' : 'step ' + datum.step) + ': loss ' + {three('datum.loss')}"
            f" + (datum.step == {count} && datum.step > 0 ? ({grows} ? ', diverged' : ', converged') : '')"
            f" + (datum.inside ? '' : ', outside the picture')",
        )
        .mark_text(align="left", fontSize=12, color=NEUTRAL)
        .encode(x=X, y=Y, text="note:N")
    )
    return [*lines, at.properties(name="step_told")]


def _steps(count: str) -> str:
    """An expression: a count of steps in words."""
    words = f"format({count}, ',') + ({count} == 1 ? ' step' : ' steps')"
    return f"({count} > {MOST_STEPS} ? 'more than {MOST_STEPS:,} steps' : {words})"


def _line(panels: Panels, text: str, down: int) -> alt.Chart:
    """A line of text over each panel, `down` pixels from its upper edge."""
    return (
        rows(2)
        .transform_calculate(panel="datum.i")
        .transform_calculate(px=panels.left("0"), py=panels.top(str(down)), note=text)
        .mark_text(align="left", fontSize=13, fontWeight=600, color=NEUTRAL)
        .encode(x=X, y=Y, text="note:N")
    )


def handles(panels: Panels, holds: Sequence[Hold]) -> alt.Chart:
    """The points of the first panel as handles; their layer has scales of its own, in weights."""
    x, y = f"{2 * REACH_X} / side", f"{2 * REACH_Y} / tall"
    left, top = "margin", f"{panels.header}"
    across = alt.Scale(
        domainMin=alt.ExprRef(f"-{REACH_X} - {left} * {x}"),
        domainMax=alt.ExprRef(f"-{REACH_X} + (width - {left}) * {x}"),
        nice=False,
        zero=False,
    )
    down = alt.Scale(
        domainMin=alt.ExprRef(f"{REACH_Y} - (height - {top}) * {y}"),
        domainMax=alt.ExprRef(f"{REACH_Y} + {top} * {y}"),
        nice=False,
        zero=False,
    )
    return (
        # Drawn over the laws, so that they are there for the signals too: data that no layer draws are left out.
        alt.Chart(alt.NamedData("laws"))
        .transform_calculate(x="0", y="0")
        .mark_point(opacity=0)
        .encode(x=alt.X("x:Q", axis=None, scale=across), y=alt.Y("y:Q", axis=None, scale=down))
        .add_params(*grips(holds))
    )


def pale(full: float) -> alt.ExprRef:
    """An opacity that says that a run is no longer what the hand asks for: it follows on release."""
    return alt.ExprRef(f"stale ? {full / 4} : {full}")


def measured(panels: Panels) -> list[alt.Chart]:
    """The path, dots, head and note of runs that were measured. Datasets: path (panel, piece, step, x, y, activation), heads
    (panel, step, x, y, activation) and notes (panel, step, note), as `dashboard.look.descent` makes them."""
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
    note = (
        alt.Chart(alt.NamedData("notes"))
        .transform_filter("datum.step == k")
        .transform_calculate(px=panels.left("0"), py=panels.top("-11"))
        .mark_text(align="left", fontSize=12, color=NEUTRAL, opacity=pale(1))
        .encode(x=X, y=Y, text="note:N")
    )
    return [line, dots, head, note]


def valleys(
    panels: Panels, scene: Scene, runs: Sequence[alt.Chart], more: Sequence[alt.Parameter] = ()
) -> alt.LayerChart:
    """Two framed valleys that follow the hand, the `runs` in them, and the handles of start and target.

    Datasets: panels, laws, and those of the runs. more: further signals.
    """
    layers = [*panels.frames(), contours(panels, scene), *runs, *ends(panels), handles(panels, scene.holds)]
    held = [*sliders(scene.holds), *points(scene.holds, LIMIT)]
    return (
        alt.layer(*layers)
        .add_params(*held, *panels.layout(), *signals(scene), *more)
        .resolve_scale(color="independent", x="independent", y="independent")
    )
