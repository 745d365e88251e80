"""Shared axes, scales and formats, so that a quantity looks the same on every chart.

Colours come from the theme wherever they can, so that light and dark need no rerun; the few written here are mid-tones
with a contrast of at least 3 on both backgrounds.
"""

import math

import altair as alt

from core.activations import ACTIVATIONS

NEUTRAL = alt.ExprRef("luminance(background) > 0.5 ? '#5F6671' : '#A3A9B4'")
"""Rules, frames and labels inside a chart. No one grey is dark enough for a light page and light enough for a dark one: the
browser takes the one that is."""

TAP = "click, touchend[event.cancelable]"
"""What picks a mark: a click, or a tap. On a canvas a finger's click carries no mark, since the finger has left before it
comes; its touch does, and cannot be cancelled where it was a swipe that scrolled the page."""

CONFIG = {
    # What a chart leaves to the browser: Vega would cancel the end of every touch, and of a swipe in vain.
    "events": {"defaults": {"allow": ["wheel", "touchend"]}},
    # Streamlit's own grey has a contrast of 3.7 to a light page.
    "axis": {"labelColor": NEUTRAL.to_dict(), "titleColor": NEUTRAL.to_dict()},
    "legend": {"labelColor": NEUTRAL.to_dict(), "titleColor": NEUTRAL.to_dict()},
}
"""What all charts have in common, as a Vega-Lite configuration."""

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


def activation_order(key: str) -> str:
    """The label to give a colour encoded by `activation_colour` for the activation called `key`."""
    return ACTIVATIONS[key].label


def three(value: float | None) -> str:
    """Three significant digits for a sentence: 12.5, 0.0557, 1.2 × 10⁵ as a power; "none" where there is no number."""
    if value is None or math.isnan(value):
        return "none"
    if math.isinf(value):
        return "infinite" if value > 0 else "−infinite"
    if value == 0:
        return "0"
    if not 1e-3 <= abs(value) < 1e5:
        mantissa, _, exponent = f"{value:.2e}".partition("e")
        return f"{mantissa} × 10{_superscript(int(exponent))}".replace("-", "−")
    digits = max(0, 2 - math.floor(math.log10(abs(float(f"{value:.3g}")))))
    return f"{value:,.{digits}f}".replace("-", "−")


def whole(value: int | None) -> str:
    """A count for a sentence: 1,234; "none" where there is no number."""
    return "none" if value is None else f"{value:,}" if value < 10_000_000 else three(float(value))


def percent(share: float) -> str:
    """A share for a sentence, as a percentage with three significant digits at most: 87.5 %."""
    if 0 < share < 1e-4:
        return "under 0.01 %"
    return f"{float(f'{100 * share:.3g}'):g} %"


def _superscript(number: int) -> str:
    return "".join("⁻" if c == "-" else "⁰¹²³⁴⁵⁶⁷⁸⁹"[int(c)] for c in str(number))
