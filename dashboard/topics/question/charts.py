"""The picture of `/`."""

import altair as alt

from core.activations import ACTIVATIONS
from dashboard.look.landscape import REACH_X, REACH_Y, STEPS, two_landscapes
from dashboard.look.panels import Panels

TITLES = ("sigmoid inputs", "the same, centred")
COLOURS = (ACTIVATIONS["sigmoid"].label, ACTIVATIONS["centred"].label)
"""The activations whose colours the two paths have."""

PANELS = Panels(REACH_X, REACH_Y, wide=0)


def landscapes(*, pinned: int) -> alt.TopLevelMixin:
    """The loss landscape of one neuron fed by sigmoid inputs, and by the same inputs centred, with both paths.

    How to read it: each closed curve is one loss, four times the one inside it. The slider moves both paths; they have
    the same start, target and learning rate.
    Datasets: panels, contours, path, heads and ends, as `dashboard.look.descent` makes them.
    Source: after LeCun, Bottou, Orr and Muller, Efficient BackProp, 1998.
    """
    return two_landscapes(PANELS, pinned, STEPS)
