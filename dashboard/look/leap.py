"""The leap: the one step that centred inputs take at their best learning rate, over a valley of `dashboard.look.valley`."""

import altair as alt

from dashboard.look.closed_form import rows
from dashboard.look.colours import NEUTRAL
from dashboard.look.landscape import REACH_X, REACH_Y, coloured, placed
from dashboard.look.names import clear
from dashboard.look.panels import Panels, X, Y

_TOLD, _TOLD_WIDE, _APART = 0.14, 78, 0.6
"""Beside the leap its words: how far from it, in weights; how wide, in pixels; and how far start and target must be apart."""

_BROAD, _PALE = 9, 0.35
"""Of its line: broad and pale, so that it is seen under the path that takes the same way in many steps."""

_TIP = "atan2(-error_x, -error_y) * 180 / PI"
"""The way it points, in degrees from north."""


def leap(panels: Panels) -> list[alt.Chart]:
    """The third path: the centred neuron at its own best learning rate, one step straight from the start to the target."""
    points = (
        rows(2)
        .transform_calculate(panel="1")
        .transform_calculate(x="x_start - datum.i * error_x", y="y_start - datum.i * error_y")
        .transform_calculate(inside=f"away > 0 && abs(datum.x) <= {REACH_X} && abs(datum.y) <= {REACH_Y}")
    )
    line = coloured(placed(panels, points)).mark_line(strokeWidth=_BROAD, opacity=_PALE)
    end = points.transform_filter("datum.i == 1 && datum.inside").transform_calculate(turned=_TIP)
    tip = (
        coloured(placed(panels, end))
        .mark_point(shape="triangle", filled=True, size=110, opacity=1)
        .encode(angle=alt.Angle("turned:Q", scale=None))
    )
    return [line.encode(order="i:Q").properties(name="leap"), tip, *_leap_told(panels)]


def _leap_told(panels: Panels) -> list[alt.Chart]:
    """What the leap is, beside its middle, within the frame."""
    height = f"{_TOLD} / away"
    x = f"(x_start + x_target) / 2 + {height} * (error_x < 0 ? error_y : -error_y)"
    y = f"(y_start + y_target) / 2 + {height} * abs(error_x)"
    right = "(error_x < 0) == (error_y >= 0)"
    told = (
        rows(1)
        .transform_filter(f"away > {_APART}")
        .transform_calculate(panel="1", told="'best η: 1 step'", reach=f"{_TOLD_WIDE} * type")
        .transform_calculate(
            px=panels.left(
                f"({right} ? clamp({panels.across(x)} + 5, 3, side - 3 - datum.reach) : clamp({panels.across(x)} - 5, 3 + datum.reach, side - 3))"
            ),
            py=panels.top(f"clamp({panels.down(y)}, 10 * type, tall - 10 * type)"),
        )
        .encode(x=X, y=Y, text="told:N")
    )
    return clear(told, "leap_told", align=alt.ExprRef(f"{right} ? 'left' : 'right'"), fontSize=12, color=NEUTRAL)
