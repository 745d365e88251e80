"""What `/` can be set to: names, bounds, defaults and labels, once, here; and its presets."""

from dashboard.ui.settings import Preset, page_settings


@page_settings
class Question:
    """The settings of `/`."""


PRESETS: tuple[Preset[Question], ...] = ()
