"""What `/` can be set to: names, bounds, defaults and labels, once, here; and its presets."""

from dashboard.look.descent import ETA, ETA_HELP
from dashboard.ui.settings import Preset, page_settings, slider


@page_settings
class Question:
    """The settings of `/`."""

    eta: float = slider(
        ETA,
        default=0.9,
        low=0.01,
        high=1.2,
        step=0.01,
        format="%.2f",
        help=ETA_HELP,
    )
    centre: int = slider("Centre the inputs, %", default=0, low=0, high=100, step=1)
    step: int = slider("Step", default=12, low=0, high=60, step=1)
    start1: float = slider("Start, *w*₁", default=-1.0, low=-2.0, high=2.0, step=0.1, format="%.1f")
    start2: float = slider("Start, *w*₂", default=0.5, low=-2.0, high=2.0, step=0.1, format="%.1f")
    target1: float = slider("Target, *w*₁", default=1.0, low=-2.0, high=2.0, step=0.1, format="%.1f")
    target2: float = slider("Target, *w*₂", default=-1.0, low=-2.0, high=2.0, step=0.1, format="%.1f")


PRESETS: tuple[Preset[Question], ...] = ()
