"""Start and target in a valley of `dashboard.look.valley`: their names, the valley's axes through the target, and what drags both."""

from collections.abc import Sequence

import altair as alt

from dashboard.look.closed_form import Scene, by_panel, rows
from dashboard.look.colours import NEUTRAL
from dashboard.look.formats import three_expression as three
from dashboard.look.hand import COLOUR, GRIP, HANDLES, NET, Hold, held
from dashboard.look.landscape import REACH_X, REACH_Y, placed
from dashboard.look.names import clear
from dashboard.look.panels import Panels, X, Y

_GRIP = f"max({GRIP / 2 / REACH_X} * side, 12)"
"""Half the width of a handle, in pixels: enough for a finger."""

_AXIS, _ROOM, _NAME, _ALIKE = 0.85, 0.3, 46, 1e-9
"""How far an axis is drawn from the target, in weights along w1; how far it must be for its name; half of what the name is wide, in
pixels; a difference of curvatures that is none."""


_DIGITS = 4
"""Of a curvature: its inverse is then the learning rate that stands over the panel, to the digit."""


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
        *clear(
            marks.encode(text="end:N"),
            dy=alt.ExprRef(f"(datum.up ? -1 : 1) * ({_GRIP} / type + 9)"),
            fontSize=12,
            color=NEUTRAL,
        ),
    ]


def axes(panels: Panels, scene: Scene) -> tuple[alt.Chart, list[alt.Chart]]:
    """The steep and the flat axis of each valley through its target, and their names, with their curvatures."""
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
    named = lines.transform_calculate(px=panels.left("datum.at"), py=panels.top("datum.below"))
    names = clear(
        named.encode(x=X, y=Y, text="note:N"),
        "curvatures",
        fontSize=alt.ExprRef("wide ? 12 : 11"),
        fontStyle="italic",
        color=NEUTRAL,
    )
    return line, names


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
