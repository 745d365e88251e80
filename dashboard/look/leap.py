"""The leap: the one step that centred inputs take at their best learning rate, over a valley of `dashboard.look.valley`."""

import altair as alt

from dashboard.look.closed_form import rows
from dashboard.look.colours import NEUTRAL
from dashboard.look.landscape import REACH_X, REACH_Y
from dashboard.look.panels import Panels, X, Y
from dashboard.look.valley import coloured, placed

_ARC, _BOW = 32, 0.16
"""The leap: its points, and how high it is beside its length."""

_TOLD, _TOLD_WIDE, _APART = 0.14, 78, 0.6
"""Beside the leap its words: how far from it, in weights; how wide, in pixels; and how far start and target must be apart."""

_TIP = f"atan2(-error_x - {4 * _BOW} * (error_x < 0 ? error_y : -error_y), -error_y - {4 * _BOW} * abs(error_x)) * 180 / PI"
"""The way it points at its end, in degrees from north."""


def leap(panels: Panels) -> list[alt.Chart]:
    """The third path: the centred neuron at its own best learning rate, one step to the target, drawn as the leap it is."""
    bow = f"4 * datum.t * (1 - datum.t) * {_BOW}"
    points = (
        rows(_ARC + 1)
        .transform_calculate(panel="1", t=f"datum.i / {_ARC}")
        .transform_calculate(
            # To the upper side, where no name of an end is in its way.
            x=f"x_start - datum.t * error_x + {bow} * (error_x < 0 ? error_y : -error_y)",
            y=f"y_start - datum.t * error_y + {bow} * abs(error_x)",
        )
        .transform_calculate(inside=f"away > 0 && abs(datum.x) <= {REACH_X} && abs(datum.y) <= {REACH_Y}")
    )
    line = coloured(placed(panels, points)).mark_line(
        strokeWidth=2.5, strokeDash=[7, 4], invalid="break-paths-show-domains"
    )
    end = points.transform_filter(f"datum.i == {_ARC} && datum.inside").transform_calculate(turned=_TIP)
    tip = (
        coloured(placed(panels, end))
        .mark_point(shape="triangle", filled=True, size=110, opacity=1)
        .encode(angle=alt.Angle("turned:Q", scale=None))
    )
    return [line.encode(order="i:Q").properties(name="leap"), tip, _leap_told(panels)]


def _leap_told(panels: Panels) -> alt.Chart:
    """What the leap is, beside its middle, within the frame."""
    height = f"({_BOW} + {_TOLD} / away)"
    x = f"(x_start + x_target) / 2 + {height} * (error_x < 0 ? error_y : -error_y)"
    y = f"(y_start + y_target) / 2 + {height} * abs(error_x)"
    right = "(error_x < 0) == (error_y >= 0)"
    return (
        rows(1)
        .transform_filter(f"away > {_APART}")
        .transform_calculate(panel="1", told="'best η: 1 step'", reach=f"{_TOLD_WIDE} * type")
        .transform_calculate(
            px=panels.left(
                f"({right} ? clamp({panels.across(x)} + 5, 3, side - 3 - datum.reach) : clamp({panels.across(x)} - 5, 3 + datum.reach, side - 3))"
            ),
            py=panels.top(f"clamp({panels.down(y)}, 10 * type, tall - 10 * type)"),
        )
        .mark_text(align=alt.ExprRef(f"{right} ? 'left' : 'right'"), fontSize=12, color=NEUTRAL)
        .encode(x=X, y=Y, text="told:N")
        .properties(name="leap_told")
    )
