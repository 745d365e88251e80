"""The window through which every page looks at a loss landscape of two weights."""

import altair as alt

from dashboard.look.colours import activation_colour
from dashboard.look.panels import Panels

REACH_X, REACH_Y = 2.6, 2.35
"""A landscape shows weights w1 from -REACH_X to REACH_X and w2 from -REACH_Y to REACH_Y: every start and target, with room
for its name."""

STEPS = 60
"""How many steps a landscape's slider goes through."""


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
