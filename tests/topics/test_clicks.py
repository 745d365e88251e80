"""A click in a picture moves what it is said to move, and nothing that a teacher's view holds."""

import json
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from tests.apptest import assert_calm, open_page

pytestmark = pytest.mark.usefixtures("short_training")


def click(at: AppTest, key: str, **picked: Any) -> AppTest:
    """Send a pick in the picture called `key` as the browser does: the state of a widget that AppTest has no element for."""
    (chart,) = [chart for chart in at.get("vega_lite_chart") if chart.proto.id.endswith(f"-{key}")]
    states = at._tree.get_widget_states()
    states.widgets.append(WidgetState(id=chart.proto.id, string_value=json.dumps({"selection": {"pick": [picked]}})))
    return at._run(states)


def held(at: AppTest, *keys: str) -> tuple[Any, ...]:
    return tuple(at.session_state[key] for key in keys)


@pytest.mark.parametrize(
    ("slug", "key", "picked", "moved"),
    [
        (
            "neuron",
            "neuron_picture",
            {"panel": 0, "x": -1.6, "y": 1.2, "parity": 0},
            {"neuron_start1": -1.6, "neuron_start2": 1.2},
        ),
        ("neuron", "neuron_picture", {"panel": -1, "x": 40, "y": 0, "parity": 0}, {"neuron_step": 40}),
        ("signs", "signs_tiles", {"pattern": "up up, up up", "parity": 0}, {"signs_pattern": "up up, up up"}),
        (
            "network",
            "network_picture",
            {"variant": "tanh", "seed": 1, "parity": 0},
            {"network_run": "tanh", "network_seed": "1"},
        ),
    ],
)
def test_a_click_moves_what_no_lock_holds(slug, key, picked, moved):
    at = click(open_page(slug), key, **picked)
    assert_calm(at)
    assert held(at, *moved) == tuple(moved.values())
    # One of the two is held: the whole click is ignored.
    for name in moved:
        at = open_page(slug, **{f"{slug}_lock": [name.removeprefix(f"{slug}_")]})
        before = held(at, *moved)
        at = click(at, key, **picked)
        assert_calm(at)
        assert held(at, *moved) == before


@pytest.mark.parametrize("flip", ["false", "true"])
def test_a_click_moves_the_end_that_is_chosen_as_it_is_drawn(flip):
    at = open_page("neuron", neuron_click="the target", neuron_flip=flip)
    at = click(at, "neuron_picture", panel=1, x=0.4, y=-2.0, parity=0)
    mirrored = 2.0 if flip == "true" else -2.0
    assert held(at, "neuron_target1", "neuron_target2", "neuron_start1") == (0.4, mirrored, -1.0)
