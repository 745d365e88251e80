"""Two square-scaled panels in one view: side by side where there is room, one above the other on a phone.

A value that the browser scrubs cannot cross from one chart to another, and a horizontal concatenation is wider than a
phone. So both panels live in one view whose marks are placed in pixels, and the layout follows the width of the view.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import altair as alt

from dashboard.look.colours import NEUTRAL
from dashboard.look.names import clear

GAP, LARGEST, STACKED, EDGE, TITLE = 36, 560, 250, 1, 26
"""Side by side, the panels stand GAP pixels apart, at most LARGEST wide (or they would outgrow a projector's screen), in
the middle of the view; one above the other, at most STACKED wide, so that a phone shows both at once. A view cuts off what lies
outside it: its frames stay EDGE pixels inside. A title takes TITLE pixels."""

LEAST, SLIDERS, SAID = 150, 130, 330
"""Side by side, panels are not less than LEAST wide, and leave SLIDERS pixels of the window's height for what moves them; what
is said over one takes up to SAID pixels."""

X: alt.X = alt.X("px:Q", scale=None, axis=None)
Y: alt.Y = alt.Y("py:Q", scale=None, axis=None)

IN_PIXELS: Mapping[str, Any] = MappingProxyType(
    {
        "autosize": alt.AutoSizeParams(type="none"),
        "padding": 0,
        # Marks that the hand takes hold of are elements of the page: they keep a finger from scrolling it away.
        "usermeta": {"embedOptions": {"renderer": "svg"}},
    }
)
"""Properties of a view whose marks are placed in pixels: nothing outside of it wants room, and looking for what does is
a third of the time of a redraw."""


@dataclass(frozen=True, slots=True)
class Panels:
    """What both panels show: x from -reach_x to reach_x, y from -reach_y to reach_y. Over each are `header` pixels, for its
    title and what else is said of it; under them are `below`, at least the frame's own line. From `wide` pixels on they
    stand side by side. Below that what is said of a panel may stand `beside` it, in so many pixels; only its title is then
    over it."""

    reach_x: float
    reach_y: float
    below: float = 1
    wide: int = 500
    header: int = 30
    beside: int = 0

    def layout(self) -> list[alt.Parameter]:
        """The signals that lay the panels out; they replace the view's height."""
        return [
            alt.param(name="wide", expr=f"width >= {self.wide}"),
            alt.param(
                name="side",
                # Not taller than leaves room for the sliders under them, on a phone that lies on its side as well.
                expr=f"wide ? min((width - {GAP}) / 2 - {EDGE}, {LARGEST}, max({LEAST}, (windowSize()[1] - {self.header + SLIDERS}) * {self.reach_x / self.reach_y})) : min(width - {2 * EDGE + self.beside}, {STACKED})",
            ),
            # Small panels stand farther apart: what is said over each is not smaller.
            alt.param(name="gap", expr=f"max({GAP}, min({SAID} - side, width - 2 * side - {2 * EDGE}))"),
            alt.param(
                name="margin",
                expr=f"(width - (wide ? 2 * side + gap : side + {self.beside})) / 2",
            ),
            # What is said over a panel takes more room where all type is larger (`dashboard.look.vega.drawn`).
            alt.param(name="type", expr="type_scale"),
            alt.param(name="tall", expr=f"side * {self.reach_y / self.reach_x}"),
            alt.param(
                name="head",
                expr=f"(wide ? {self.header} : {TITLE if self.beside else self.header}) * type",
            ),
            alt.param(name="bottom", expr="(wide ? 1 : 2) * (tall + head)"),
            alt.param(name="height", expr=f"bottom + {self.below}"),
        ]

    def left(self, pixels: str) -> str:
        """An expression: `pixels` from the left edge of the row's panel."""
        return f"margin + (wide ? datum.panel * (side + gap) : 0) + {pixels}"

    def top(self, pixels: str) -> str:
        """An expression: `pixels` down from the upper edge of the row's panel."""
        return f"head + (wide ? 0 : datum.panel * (tall + head)) + {pixels}"

    def across(self, x: str) -> str:
        """An expression: how far `x` is from the left edge of a panel, in pixels."""
        return f"(({x}) + {self.reach_x}) / {2 * self.reach_x} * side"

    def down(self, y: str) -> str:
        """An expression: how far `y` is from the upper edge of a panel, in pixels."""
        return f"({self.reach_y} - ({y})) / {2 * self.reach_y} * tall"

    def place(self, data: str) -> alt.Chart:
        """A chart over the dataset `data`, its columns `panel`, `x` and `y` turned into the pixels `px` and `py`."""
        return (
            alt.Chart(alt.NamedData(data))
            .transform_calculate(
                px=self.left(self.across("datum.x")),
                py=self.top(self.down("datum.y")),
            )
            .encode(x=X, y=Y)
        )

    def frame(self, data: str = "panels") -> alt.Chart:
        """The frame of each panel; `data` has one row a panel: panel, title, x = y = 0."""
        return self.place(data).mark_rect(
            filled=False,
            stroke=NEUTRAL,
            strokeOpacity=0.5,
            width=alt.ExprRef("side"),
            height=alt.ExprRef("tall"),
        )

    def weights(self, right: str, names: Sequence[Sequence[str]] = (("w₁", "w₂"),) * 2) -> list[alt.Chart]:
        """Which weights a panel's axes are, in its corners, with an arrow the way each grows. right: an expression, whether these
        are its corners on the right; names: of each panel's two."""
        told = alt.Chart(alt.sequence(0, 4, as_="i")).transform_calculate(panel="floor(datum.i / 2)", up="datum.i % 2")
        told = told.transform_calculate(right=right).transform_calculate(
            text=f"datum.up ? '↑ ' + {[two[1] for two in names]}[datum.panel] : {[two[0] for two in names]}[datum.panel] + ' →'",
            px=f"datum.right ? {self.left('side - 5')} : {self.left('5')}",
            py=f"datum.up ? {self.top('10 * type')} : {self.top('tall - 9 * type')}",
        )
        corners = told.encode(x=X, y=Y, text="text:N")
        return clear(corners, align=alt.ExprRef("datum.right ? 'right' : 'left'"), fontSize=12, color=NEUTRAL)

    def frames(self, data: str = "panels") -> list[alt.Chart]:
        """The frame and title of each panel; `data` as for `frame`."""
        title = (
            alt.Chart(alt.NamedData(data))
            .transform_calculate(px=self.left("0"), py=f"{self.top('0')} - head + {TITLE / 2 - 1} * type")
            .mark_text(align="left", fontSize=14, fontWeight=600, color=NEUTRAL)
            .encode(x=X, y=Y, text="title:N")
        )
        return [self.frame(data), title]
