"""The picture of `/`."""

import altair as alt

from core.activations import ACTIVATIONS
from dashboard.look.closed_form import Scene
from dashboard.look.colours import NEUTRAL, sign_colour
from dashboard.look.landscape import REACH_X, REACH_Y
from dashboard.look.leap import leap
from dashboard.look.names import clear
from dashboard.look.panels import IN_PIXELS, Panels, X, Y
from dashboard.look.readout import BESIDE, HEADER, live, titles
from dashboard.look.valley import paths, valleys

TITLES = ("sigmoid inputs", "the same, centred")
COLOURS = (ACTIVATIONS["sigmoid"].label, ACTIVATIONS["centred"].label)
"""The activations whose colours the two paths have."""

PANELS = Panels(REACH_X, REACH_Y, header=HEADER, beside=BESIDE)


def landscapes(*, scene: Scene) -> alt.TopLevelMixin:
    """The loss landscape of one neuron fed by sigmoid inputs, and by the same inputs centred, with both paths.

    How to read it: each closed curve is one loss, four times the one inside it. The start can be dragged, and the sliders move
    both paths; they have the same start, target and learning rate.
    Datasets: panels and laws, as `dashboard.look.descent` makes them.
    Source: after LeCun, Bottou, Orr and Muller, Efficient BackProp, 1998.
    """
    runs = [*titles(PANELS), *leap(PANELS), *paths(PANELS, scene), *live(PANELS, scene)]
    return valleys(PANELS, scene, runs).properties(height=400)


HIGH = 132
"""Of the two small networks, in pixels."""


def example() -> alt.TopLevelMixin:
    """The asker's two cases: two neurons, two inputs, four weights, and where each is to go.

    How to read it: inputs on the left, neurons on the right; the arrow on each weight is the sign of its update.
    Datasets: wires (case, row, column, name, glyph), cases (case, said).
    Source: the question.
    """
    half = "width / 2"
    left, right = f"datum.case * {half} + 34", f"datum.case * {half} + min({half} - 40, 260)"
    top, down = "40", "66"
    wires = (
        alt.Chart(alt.NamedData("wires"))
        .transform_calculate(px=left, px2=right, py=f"{top} + datum.column * {down}", py2=f"{top} + datum.row * {down}")
        # A name stands nearer to the neuron, where wires are apart.
        .transform_calculate(
            at="datum.px + 0.72 * (datum.px2 - datum.px)", level="datum.py + 0.72 * (datum.py2 - datum.py) - 10"
        )
    )
    line = wires.mark_rule(color=NEUTRAL, opacity=0.7).encode(x=X, y=Y, x2="px2:Q", y2="py2:Q")
    named = wires.transform_calculate(px="datum.at", py="datum.level")
    names = clear(named.encode(x=X, y=Y, text="name:N"), fontSize=14, align="right", dx=2, color=NEUTRAL)
    glyph = named.mark_text(fontSize=15, align="left", dx=6).encode(
        x=X, y=Y, text="glyph:N", color=sign_colour("glyph")
    )
    units = alt.Chart(alt.sequence(0, 8, as_="i")).transform_calculate(
        case="floor(datum.i / 4)", of="datum.i % 2", level="floor(datum.i / 2) % 2"
    )
    placed = units.transform_calculate(px=f"datum.of ? {right} : {left}", py=f"{top} + datum.level * {down}")
    unit = placed.mark_point(shape="circle", size=420, filled=True, opacity=1, fill="#8A93A0", strokeWidth=0).encode(
        x=X, y=Y
    )
    title = (
        alt.Chart(alt.NamedData("cases"))
        .transform_calculate(px=f"datum.case * {half} + 20", py="10")
        .mark_text(align="left", fontSize=14, fontWeight=600, color=NEUTRAL)
        .encode(x=X, y=Y, text="said:N")
    )
    return alt.layer(line, unit, *names, glyph, title).properties(height=HIGH, **IN_PIXELS)
