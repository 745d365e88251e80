"""The picture of `/`."""

import altair as alt

from core.activations import ACTIVATIONS
from dashboard.look.closed_form import Scene
from dashboard.look.landscape import REACH_X, REACH_Y
from dashboard.look.panels import IN_PIXELS, Panels
from dashboard.look.readout import BESIDE, HEADER, live, titles
from dashboard.look.valley import leap, paths, valleys

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
    return valleys(PANELS, scene, runs).properties(height=400, **IN_PIXELS)
