"""What all charts have in common."""

from dashboard.look.colours import NEUTRAL

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
