"""Colours and signs, so that a thing looks the same on every chart.

Colours come from the theme wherever they can, so that light and dark need no rerun; the few written here are mid-tones
with a contrast of at least 3 on both backgrounds.
"""

import altair as alt

from core.activations import ACTIVATIONS

NEUTRAL = alt.ExprRef("luminance(background) > 0.5 ? '#5F6671' : '#A3A9B4'")
"""Rules, frames and labels inside a chart. No one grey is dark enough for a light page and light enough for a dark one: the
browser takes the one that is."""

UP, DOWN, ZERO = "▲", "▼", "•"

OTHERS = ("+", "−", "=")
"""What else may stand among arrows: the sign of an input, and what is done with tables."""

UP_COLOUR, DOWN_COLOUR = "#2A86C8", "#C65A11"


def sign_glyph(value: float) -> str:
    """The arrow of an update: up, down, or a dot for exactly 0."""
    return UP if value > 0 else DOWN if value < 0 else ZERO


def sign_colour(field: str) -> alt.Color:
    """Colour of a sign glyph: the second sign, after the arrow."""
    return alt.Color(
        f"{field}:N",
        scale=alt.Scale(domain=[UP, DOWN, ZERO, *OTHERS], range=[UP_COLOUR, DOWN_COLOUR, *[NEUTRAL] * 4]),
        legend=None,
    )


def activation_colour(field: str = "activation", legend: alt.Legend | None = None) -> alt.Color:
    """Colour of an activation, by its label: the theme's categorical colours, in the order of the registry."""
    return alt.Color(f"{field}:N", scale=alt.Scale(domain=[a.label for a in ACTIVATIONS.values()]), legend=legend)
