"""The landscape of one linear neuron with two inputs, live: contours, paths, wedges, notes and handles over the closed form."""

import math
from collections.abc import Sequence

import altair as alt

from dashboard.look.closed_form import Scene, by_panel, rows, run_rows, signals
from dashboard.look.colours import NEUTRAL, activation_colour
from dashboard.look.formats import three_expression as three
from dashboard.look.hand import COLOUR, GRIP, HANDLES, NET, Hold, held, moves, points, sliders
from dashboard.look.landscape import REACH_X, REACH_Y
from dashboard.look.panels import GAP, IN_PIXELS, Panels, X, Y

LIMIT = 2.0
"""Start and target stay within ± this."""

_LEVELS, _POINTS = 14, 145
"""Contours: the losses 4^-6 to 4^7, and points on each."""

_GRIP = f"max({GRIP / 2 / REACH_X} * side, 12)"
"""Half the width of a handle, in pixels: enough for a finger."""

_AXIS, _ROOM, _NAME, _ALIKE = 0.85, 0.3, 46, 1e-9
"""How far an axis is drawn from the target, in weights along w1; how far it must be for its name; half of what the name is wide, in
pixels; a difference of curvatures that is none."""


_DIGITS = 4
"""Of a curvature: its inverse is then the learning rate that stands over the panel, to the digit."""


def placed(panels: Panels, chart: alt.Chart) -> alt.Chart:
    """The pixels px and py of a row's x and y, null outside the frame."""
    x, y = panels.across("datum.x"), panels.down("datum.y")
    # Scales that map pixels to themselves: without one a line is not broken where a value is missing.
    across = alt.Scale(domainMin=0, domainMax=alt.ExprRef("width"), nice=False, zero=False)
    down = alt.Scale(domainMin=0, domainMax=alt.ExprRef("height"), nice=False, zero=False, reverse=True)
    return chart.transform_calculate(
        px=f"datum.inside ? {panels.left(x)} : null", py=f"datum.inside ? {panels.top(y)} : null"
    ).encode(x=alt.X("px:Q", axis=None, scale=across), y=alt.Y("py:Q", axis=None, scale=down))


def coloured(chart: alt.Chart) -> alt.Chart:
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
    marks = placed(panels, marks)
    shape = alt.Shape("end:N", scale=alt.Scale(domain=["start", "target"], range=["square", "cross"]), legend=None)
    return [
        marks.mark_point(filled=False, strokeWidth=2, size=110, color=NEUTRAL).encode(shape=shape),
        marks.mark_text(
            dy=alt.ExprRef(f"(datum.up ? -1 : 1) * ({_GRIP} / type + 9)"),
            fontSize=12,
            color=NEUTRAL,
        ).encode(text="end:N"),
    ]


def axes(panels: Panels, scene: Scene) -> list[alt.Chart]:
    """The steep and the flat axis of each valley through its target, named, with their curvatures."""
    sign = -1 if scene.flipped else 1
    up = f"(datum.steep ? {sign} : {-sign})"
    # How far each end is from the target: AXIS, or as far as the frame.
    ends = {
        "ahead": f"{REACH_X} - x_target, {REACH_Y} - {up} * y_target",
        "behind": f"{REACH_X} + x_target, {REACH_Y} + {up} * y_target",
    }
    lines = (
        rows(4)
        .transform_calculate(panel="floor(datum.i / 2)", steep="datum.i % 2")
        .transform_calculate(**{name: f"min({_AXIS}, {room})" for name, room in ends.items()})
        .transform_calculate(
            # The name stands at the end away from the start, if there is room.
            turned="datum.steep ? on_steep > 0 : on_flat > 0",
            round=f"{by_panel('steep')} - flat <= {_ALIKE} * flat",
        )
        .transform_calculate(
            end=f"datum.turned ? (datum.behind > {_ROOM} ? -datum.behind : datum.ahead)"
            f" : (datum.ahead > {_ROOM} ? datum.ahead : -datum.behind)",
        )
        .transform_calculate(
            x="x_target + datum.ahead",
            y=f"y_target + {up} * datum.ahead",
            x2="x_target - datum.behind",
            y2=f"y_target - {up} * datum.behind",
        )
        .transform_calculate(
            px=panels.left(panels.across("datum.x")),
            py=panels.top(panels.down("datum.y")),
            px2=panels.left(panels.across("datum.x2")),
            py2=panels.top(panels.down("datum.y2")),
            at=f"clamp({panels.across('x_target + datum.end')}, {_NAME} * type, side - {_NAME} * type)",
            below=f"clamp({panels.down(f'y_target + {up} * datum.end')} + ({up} * datum.end > 0 ? -9 : 11) * type, 9 * type, tall - 8 * type)",
            note=f"datum.steep ? (datum.round ? '' : 'steep ' + {three(by_panel('steep'), _DIGITS)})"
            f" : (datum.round ? '' : 'flat ') + {three('flat', _DIGITS)} + (datum.round ? ' every way' : '')",
        )
    )
    line = lines.mark_rule(strokeWidth=1.5, strokeDash=[1, 3], color=NEUTRAL).encode(x=X, y=Y, x2="px2:Q", y2="py2:Q")
    name = (
        lines.transform_calculate(px=panels.left("datum.at"), py=panels.top("datum.below"))
        .mark_text(fontSize=alt.ExprRef("wide ? 12 : 11"), fontStyle="italic", color=NEUTRAL)
        .encode(x=X, y=Y, text="note:N")
    )
    return [line, name.properties(name="curvatures")]


def handles(panels: Panels, holds: Sequence[Hold]) -> list[alt.Chart]:
    """Start and target as handles, in both panels; and the net over all of the view, there while one is dragged."""
    names = [one.name for one in held(holds)]
    grips = (
        rows(2 * len(names))
        .transform_calculate(
            panel=f"floor(datum.i / {len(names)})", end=f"{names}[datum.i % {len(names)}]", inside="true"
        )
        .transform_calculate(
            x="datum.end == 'start' ? x_start : x_target", y="datum.end == 'start' ? y_start : y_target"
        )
        .transform_calculate(hint="'drag the ' + datum.end")
    )
    size = alt.ExprRef(f"2 * ({_GRIP})")
    # Without a hint or a selection of its own a mark is deaf to the pointer.
    drawn = (
        placed(panels, grips)
        .mark_rect(
            width=size, height=size, fill=COLOUR, fillOpacity=0.25, stroke=COLOUR, strokeOpacity=0.9, cursor="move"
        )
        .encode(tooltip="hint:N")
    )
    net = (
        rows(1)
        .transform_filter("dragged != ''")
        .transform_calculate(px="width / 2", py="height / 2")
        .mark_rect(width=alt.ExprRef("width"), height=alt.ExprRef("height"), opacity=0, cursor="move")
        .encode(x=X, y=Y, tooltip=alt.value(None))
    )
    return [drawn.properties(name=HANDLES), net.properties(name=NET)]


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
    layers = [panels.frame(), laws, contours(panels, scene), *axes(panels, scene), *runs, *ends(panels)]
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
