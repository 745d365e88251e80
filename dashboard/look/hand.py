"""What a hand moves in a picture: sliders under it and points in it.

They live in the browser: the picture follows at every frame, and the server hears of it once, on release. A slider is a field
of the selection `hand`, so that `hand_eta` is its value in an expression. A point is two signals that follow the pointer from
a handle on, `x_start` and `y_start`; the selection `ends` takes them up when it is let go. A control that is locked, or does not
apply, is a plain parameter of the same name: expressions need not know the difference.
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

ENDS, HANDLES, NET = "ends", "handles", "net"
"""The selection of points that were let go; the marks that are taken hold of; the mark that catches where they are let go."""

GRIP = 0.22
"""Half the width of a point's handle, in weights."""

ROUND = 10
"""Parts of a weight at which a point stops: where its settings do."""


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


def held(holds: Sequence[Hold]) -> list[Grip]:
    """The points that can be dragged."""
    return [one for one in holds if isinstance(one, Grip) and one.free]


def dragged(holds: Sequence[Hold]) -> list[str]:
    """The points that can be dragged, in words."""
    return [f"the {one.name}" for one in held(holds)]


def fields(holds: Sequence[Hold]) -> list[str]:
    """The signals of the points that can be dragged."""
    return [f"{axis}_{one.name}" for one in held(holds) for axis in ("x", "y")]


def released(holds: Sequence[Hold]) -> list[alt.Parameter]:
    """The selection of the points that were let go; its marks have `fields` as columns."""
    if not held(holds):
        return []
    on = f"@{NET}_marks:pointerup, @{HANDLES}_marks:pointerup"
    return [alt.selection_point(name=ENDS, fields=fields(holds), on=on, clear=False, toggle=False)]


def points(holds: Sequence[Hold]) -> list[alt.Parameter]:
    """`x_<name>` and `y_<name>` of each point, as expressions may use them; `dragged`, the name of the one in the hand, and
    `in_panel`, where it was taken. What moves them is `moves`."""
    found = [alt.param(name="dragged", value=""), alt.param(name="in_panel", value=0)]
    return found + [
        alt.param(name=f"{axis}_{one.name}", value=0) for one in holds if isinstance(one, Grip) for axis in ("x", "y")
    ]


def moves(holds: Sequence[Hold], x: str, y: str, limit: float) -> dict[str, list[dict[str, Any]]]:
    """What events do to the signals of `points`, for `usermeta`: Altair has no word for it, and Vega does. x, y: expressions of
    the pointer's place in weights, in the panel `in_panel`; within `limit`. Marks of the handles have columns end and panel."""
    down, move = f"@{HANDLES}_marks:pointerdown", "window:pointermove!"
    gone = "window:pointerup, window:pointercancel"
    found = {
        "dragged": [{"events": down, "update": "datum.end"}, {"events": gone, "update": "''"}],
        "in_panel": [{"events": down, "update": "datum.panel"}],
    }
    for one in held(holds):
        for axis, place in (("x", x), ("y", y)):
            name = f"{axis}_{one.name}"
            there = f"round({ROUND} * clamp({place}, {-limit}, {limit})) / {ROUND}"
            found[name] = [{"events": move, "update": f"dragged === '{one.name}' ? {there} : {name}"}]
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
                values[f"{axis}_{one.name}"] = middle
    moves = spec.get("usermeta", {}).get("moves", {})
    params = [
        one
        | ({"value": values[one["name"]]} if one["name"] in values else {})
        | ({"on": moves[one["name"]]} if one["name"] in moves else {})
        for one in spec["params"]
    ]
    return {**spec, "params": params}


def moved(selection: Mapping[str, Any], holds: Sequence[Hold]) -> dict[str, float]:
    """What the browser sent of these sliders and points, by the names of the settings."""
    found: dict[str, float] = {}
    sent, let_go = selection.get(SELECTION) or [{}], selection.get(ENDS) or [{}]
    for one in holds:
        if isinstance(one, Slide) and one.free and one.name in sent[0]:
            found[one.name] = sent[0][one.name]
        elif isinstance(one, Grip) and one.free and f"x_{one.name}" in let_go[0]:
            found[one.x], found[one.y] = let_go[0][f"x_{one.name}"], one.mirror * let_go[0][f"y_{one.name}"]
    return found
