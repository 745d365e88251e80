"""What a hand moves in a picture: sliders under it and points in it.

They live in the browser: the picture follows at every frame, and the server hears of it once, on release. A slider is a field
of the selection `hand`, so that `hand_eta` is its value in an expression; a point is a selection of its own, a brush of fixed
size whose middle is the point. A control that is locked, or does not apply, is a plain parameter of the same name: expressions
need not know the difference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

SELECTION = "hand"

COLOUR = "#E69F00"
"""What is in the hand: a point's handle, or what the sliders are making."""

HOVER = "over"
"""The selection of what a pointer is over: it stays in the browser, and the server never hears of it."""

GRIP = 0.22
"""Half the width of a point's handle, in weights: a finger's width on a phone."""

_NEVER = "[pointerdown[event.button == 7], window:pointerup] > window:pointermove!"
"""What would begin a brush, or zoom it: an event that does not come. Vega asks for an ordered stream."""


@dataclass(frozen=True, slots=True)
class Slide:
    """A slider under a picture. name: of the setting. label: what stands before it. free: whether it can be moved."""

    name: str
    label: str
    low: float
    high: float
    step: float
    free: bool = True

    @property
    def settings(self) -> tuple[str, ...]:
        """The settings it holds."""
        return (self.name,)


@dataclass(frozen=True, slots=True)
class Grip:
    """A point that can be dragged. name: of the selection. x, y: names of the settings that hold it. mirror: what the second
    is multiplied by in the picture, 1 or -1. free: as in `Slide`."""

    name: str
    x: str
    y: str
    mirror: float = 1.0
    free: bool = True

    @property
    def settings(self) -> tuple[str, ...]:
        """The settings it holds."""
        return (self.x, self.y)

    def at(self, settings: Mapping[str, float]) -> dict[str, float]:
        """Where it is drawn."""
        return {"x": settings[self.x], "y": self.mirror * settings[self.y]}


Hold = Slide | Grip


def sliders(holds: Sequence[Hold]) -> list[alt.Parameter]:
    """The parameters of the sliders: one selection for all that are free, a plain one for each that is not."""
    free = [one for one in holds if isinstance(one, Slide) and one.free]
    fixed = [one for one in holds if isinstance(one, Slide) and not one.free]
    found = [alt.param(name=f"{SELECTION}_{one.name}", value=one.low) for one in fixed]
    if free:
        bind: Any = {
            one.name: alt.binding_range(min=one.low, max=one.high, step=one.step, name=f"{one.label} ") for one in free
        }
        # No key ever selects a mark: the selection takes its values from the sliders alone.
        found.append(
            alt.selection_point(
                name=SELECTION,
                # Vega puts the last field's slider first.
                fields=[one.name for one in reversed(free)],
                on="keydown[event.keyCode == 0]",
                clear=False,
                toggle=False,
                bind=bind,
                value=[{one.name: one.low for one in free}],
            )
        )
    return found


def grips(holds: Sequence[Hold]) -> list[alt.Parameter]:
    """The selections of the points that are free; they belong to a layer that has the points' own scales."""
    return [
        alt.selection_interval(
            name=one.name,
            value={"x": [-GRIP, GRIP], "y": [-GRIP, GRIP]},
            zoom=False,
            clear=False,
            on=_NEVER,
            mark=alt.BrushConfig(fill=COLOUR, fillOpacity=0.25, stroke=COLOUR, strokeOpacity=0.9, cursor="move"),
        )
        for one in holds
        if isinstance(one, Grip) and one.free
    ]


def points(holds: Sequence[Hold], limit: float) -> list[alt.Parameter]:
    """`x_<name>` and `y_<name>` of each point, as expressions may use them, within `limit`; plain ones where it is not free."""
    found = []
    for one in holds:
        if isinstance(one, Grip):
            for axis in ("x", "y"):
                name = f"{axis}_{one.name}"
                if one.free:
                    middle = f"({one.name}.{axis}[0] + {one.name}.{axis}[1]) / 2"
                    # Until the first pulse the brush is not there yet.
                    expr = f"{one.name}.{axis} ? clamp({middle}, {-limit}, {limit}) : 0"
                    found.append(alt.param(name=name, expr=expr))
                else:
                    found.append(alt.param(name=name, value=0))
    return found


def embedded(spec: Mapping[str, Any], holds: Sequence[Hold], at: Mapping[str, float]) -> dict[str, Any]:
    """A specification with its sliders and points where the settings `at` have them."""
    values: dict[str, Any] = {}
    for one in holds:
        if isinstance(one, Slide) and one.free:
            values.setdefault(SELECTION, [{}])[0][one.name] = at[one.name]
        elif isinstance(one, Slide):
            values[f"{SELECTION}_{one.name}"] = at[one.name]
        else:
            for axis, middle in one.at(at).items():
                if one.free:
                    values.setdefault(one.name, {})[axis] = [middle - GRIP, middle + GRIP]
                else:
                    values[f"{axis}_{one.name}"] = middle
    params = [{**one, "value": values[one["name"]]} if one["name"] in values else one for one in spec["params"]]
    return {**spec, "params": params}


def moved(selection: Mapping[str, Any], holds: Sequence[Hold]) -> dict[str, float]:
    """What the browser sent of these sliders and points, by the names of the settings."""
    found: dict[str, float] = {}
    sent = selection.get(SELECTION) or [{}]
    for one in holds:
        if isinstance(one, Slide) and one.free and one.name in sent[0]:
            found[one.name] = sent[0][one.name]
        elif isinstance(one, Grip) and one.free and selection.get(one.name):
            box = selection[one.name]
            if "x" in box and "y" in box:
                found[one.x], found[one.y] = sum(box["x"]) / 2, one.mirror * sum(box["y"]) / 2
    return found
