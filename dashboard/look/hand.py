"""What a hand moves in a picture: sliders under it and points in it.

They live in the browser: the picture follows at every frame, and the server hears of it once, on release. A slider is a signal,
`hand_eta`, and a point is two, `x_start` and `y_start`, that follow the pointer from a handle on. A control that is locked, or
does not apply, is a signal that nothing moves: expressions need not know the difference.

What else sets a control (a widget, a preset, a link) reaches the picture as data, the one row of `settings`: where its `turn` is
another than before, every signal takes its value from it, and the picture need not be embedded anew, which costs 100 ms and more.
What the hand has let go is in the signal `sent`, with the turn that it knew of. Vega-Lite would give a selection no such ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

SENT, SETTINGS = "sent", "settings"
"""The signal of what was let go, by the names of the settings; the dataset of what they are."""

COLOUR = "#E69F00"
"""What is in the hand: a point's handle, or what the sliders are making."""

HOVER = "over"
"""The selection of what a pointer is over: it stays in the browser, and the server never hears of it."""

HANDLES, NET = "handles", "net"
"""The marks that are taken hold of; the mark that catches where they are let go."""

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
    def signals(self) -> dict[str, tuple[str, float]]:
        """The setting behind each of its signals, and what it is multiplied by."""
        return {f"hand_{self.name}": (self.name, 1)}


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
    def signals(self) -> dict[str, tuple[str, float]]:
        """The setting behind each of its signals, and what it is multiplied by."""
        return {f"x_{self.name}": (self.x, 1), f"y_{self.name}": (self.y, self.mirror)}


Hold = Slide | Grip


def settings(holds: Sequence[Hold]) -> list[str]:
    """The settings that are held, free or not."""
    return [name for one in holds for name, _ in one.signals.values()]


def sliders(holds: Sequence[Hold]) -> list[alt.Parameter]:
    """The signals of the sliders: those that are free have one under the picture."""
    return [
        alt.param(name=f"hand_{one.name}", value=one.low)
        if not one.free
        else alt.param(
            name=f"hand_{one.name}",
            value=one.low,
            bind=alt.binding_range(min=one.low, max=one.high, step=one.step, name=f"{one.label} "),
        )
        for one in holds
        if isinstance(one, Slide)
    ]


def held(holds: Sequence[Hold]) -> list[Grip]:
    """The points that can be dragged."""
    return [one for one in holds if isinstance(one, Grip) and one.free]


def dragged(holds: Sequence[Hold]) -> list[str]:
    """The points that can be dragged, in words."""
    return [f"the {one.name}" for one in held(holds)]


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
    """A specification with its sliders and points where the settings `at` have them; it follows the dataset `settings`, and says
    in `sent` what was let go."""
    moves = spec.get("usermeta", {}).get("moves", {})
    signals = {name: found for one in holds for name, found in one.signals.items()}
    params = []
    for one in spec["params"]:
        name, on = one["name"], list(moves.get(one["name"], ()))
        if name in signals:
            setting, times = signals[name]
            follow = f"{times} * data('{SETTINGS}')[0].{setting}"
            one = one | {"value": times * at[setting]}
            # By force: where it has followed to this very value before, and the hand has moved it since, it follows again.
            on.append({"events": {"signal": "turn"}, "update": follow, "force": True})
        params.append(one | ({"on": on} if on else {}))
    # Streamlit resizes a view that stands, and at each change of data: what it was embedded with may be older than the data.
    params.append({"name": "stands", "value": 0, "on": [{"events": {"signal": "autosize"}, "update": "1"}]})
    params.append({"name": "turn", "expr": f"stands ? data('{SETTINGS}')[0].turn : -1"})
    free = [one for one in holds if one.free]
    if free:
        params.append({"name": SENT, "value": {}, "on": [{"events": _released(free), "update": _let_go(free)}]})
    # Data that no layer draws are left out.
    layer = {"data": {"name": SETTINGS}, "transform": [{"filter": "false"}], "mark": {"type": "point", "aria": False}}
    # Streamlit listens to any signal, but only where it finds a selection of that name: here, where Vega-Lite does not look.
    heard = {"spec": {"params": [{"name": SENT, "select": "point"}]}} if free else {}
    return {**spec, "params": params, "layer": [*spec["layer"], layer], **heard}


def _released(free: Sequence[Hold]) -> list[dict[str, Any]]:
    """The events with which one of these is let go."""
    named = [f"hand_{one.name}" for one in free if isinstance(one, Slide)]
    events: list[dict[str, Any]] = []
    if named:
        events.append({"source": "window", "type": "change", "filter": f"indexof({named}, event.target.name) >= 0"})
    if held(free):
        events += [{"type": "pointerup", "markname": f"{mark}_marks"} for mark in (NET, HANDLES)]
    return events


def _let_go(free: Sequence[Hold]) -> str:
    """What is then in `sent`."""
    now = [f"{setting}: {times} * {signal}" for one in free for signal, (setting, times) in one.signals.items()]
    return f"{{turn: turn, {', '.join(now)}}}"


def moved(selection: Mapping[str, Any], holds: Sequence[Hold]) -> tuple[int | None, dict[str, float]]:
    """What the browser sent last of these sliders and points, by the names of the settings, and the turn that it knew of."""
    sent = selection.get(SENT)
    if not isinstance(sent, Mapping):
        return None, {}
    free = settings([one for one in holds if one.free])
    return sent.get("turn"), {name: sent[name] for name in free if name in sent}
