"""What all charts have in common, and how large their type is."""

from collections.abc import Mapping
from typing import Any

from dashboard.look.colours import NEUTRAL

TAP = "click, touchend[event.cancelable]"
"""What picks a mark: a click, or a tap. On a canvas a finger's click carries no mark, since the finger has left before it
comes; its touch does, and cannot be cancelled where it was a swipe that scrolled the page."""

CONFIG = {
    # What a chart leaves to the browser: Vega would cancel the end of every touch, and of a swipe in vain.
    "events": {"defaults": {"allow": ["wheel", "touchend"]}},
    # Streamlit's theme would show every column behind a mark, helpers included. A chart that has something to tell says what.
    "mark": {"tooltip": None},
    # What is heard of a chart is its name. Marks without words have none of their own, and would be read out as such.
    **{kind: {"aria": False} for kind in ("point", "circle", "square", "rect", "bar", "line", "area", "rule", "tick")},
    # Streamlit's own grey has a contrast of 3.7 to a light page.
    "axis": {"labelColor": NEUTRAL.to_dict(), "titleColor": NEUTRAL.to_dict()},
    # Streamlit's theme moves the first and last number of an axis into the picture: off the line that it names.
    "axisY": {"labelFlush": False},
    "legend": {"labelColor": NEUTRAL.to_dict(), "titleColor": NEUTRAL.to_dict()},
}
"""What all charts have in common, as a Vega-Lite configuration."""


TYPE = 12
"""Pixels of the type of axes and legends in a window of ordinary width; what a chart sets otherwise is near it."""

LARGER, WIDE, WIDER = 1.4, 1600, 1.2
"""How much larger all type is where a visitor asks for it, and by itself in a window of WIDE pixels or more."""

_SIZES = frozenset({"fontSize", "labelFontSize", "titleFontSize"})
_SHIFTS = frozenset({"dx", "dy"})


def drawn(spec: Mapping[str, Any], large: bool = False) -> dict[str, Any]:
    """A chart's specification as a page sends it: with what all charts have in common, and its type to be read.

    large: for the back row. Every size of type, and how far a text stands from its mark, is multiplied by the parameter
    `type_scale`, which the browser takes from the width of its window.
    """
    expr = f"{LARGER if large else 1} * (windowSize()[0] >= {WIDE} ? {WIDER} : 1)"
    kinds = {kind: {"labelFontSize": TYPE, "titleFontSize": TYPE} for kind in ("axis", "legend")}
    config = {**spec.get("config", {}), **CONFIG}
    config |= {kind: {**config.get(kind, {}), **sizes} for kind, sizes in kinds.items()}
    return {
        **_scaled({**spec, "config": config}),
        "params": [*spec.get("params", ()), {"name": "type_scale", "expr": expr}],
    }


def _scaled(part: Any) -> Any:
    """A part of a specification with its type times `type_scale`."""
    if isinstance(part, list):
        return [_scaled(one) for one in part]
    if not isinstance(part, dict):
        return part
    scaled = _SIZES | _SHIFTS if part.get("type") == "text" else _SIZES
    return {name: _times(value) if name in scaled else _scaled(value) for name, value in part.items()}


def _times(size: Any) -> dict[str, str]:
    """A number or an expression, times `type_scale`."""
    return {"expr": f"({size['expr'] if isinstance(size, dict) else size}) * type_scale"}
