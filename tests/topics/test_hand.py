"""What a browser sends of a live picture: taken where it knew of the latest turn, and where it did not, only what was moved."""

import itertools
import json
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from tests.apptest import assert_calm, datasets, open_page
from tests.breadth import wide


def let_go(at: AppTest, **sent: Any) -> AppTest:
    """Send what a hand has let go, as the browser does."""
    return send(at, sent)


def send(at: AppTest, sent: Any) -> AppTest:
    """Send this as what was let go."""
    chart = next(one for one in at.get("vega_lite_chart") if "neuron_picture" in one.proto.id)
    states = at._tree.get_widget_states()
    states.widgets.append(WidgetState(id=chart.proto.id, string_value=json.dumps({"selection": {"sent": sent}})))
    return at._run(states)


def shown(at: AppTest) -> dict[str, float]:
    """The one row that the picture follows."""
    (row,) = datasets(at, 0)["settings"].to_dict("records")
    return dict(row)


START = {"eta": 0.9, "centre": 0, "step": 12, "n": 2, "start1": -1.0, "start2": 0.5, "target1": 1.0, "target2": -1.0}


def test_what_is_let_go_is_set_and_makes_no_turn() -> None:
    at = open_page("neuron")
    assert {name: shown(at)[name] for name in START} == START and shown(at)["turn"] == 0
    let_go(at, turn=0, **START | {"eta": 0.5, "start1": 1.5})
    assert_calm(at)
    assert at.session_state["neuron_eta"] == 0.5 and at.session_state["neuron_start1"] == 1.5
    # The picture has it already, and is told nothing: the answer is small.
    assert {name: shown(at)[name] for name in START} == START and shown(at)["turn"] == 0


def test_a_slider_by_number_makes_a_turn() -> None:
    at = open_page("neuron")
    at.slider(key="neuron_eta").set_value(0.3).run()
    assert (shown(at)["eta"], shown(at)["turn"]) == (0.3, 1)


def test_of_what_crossed_a_turn_only_the_move_counts() -> None:
    at = open_page("neuron")
    at.slider(key="neuron_eta").set_value(0.3).run()
    let_go(at, turn=0, **START | {"step": 20})
    assert at.session_state["neuron_step"] == 20 and at.session_state["neuron_eta"] == 0.3
    # The browser went to the first turn meanwhile, without the move: it is told.
    assert (shown(at)["eta"], shown(at)["step"], shown(at)["turn"]) == (0.3, 20, 2)


def test_what_is_older_than_that_counts_no_more() -> None:
    at = open_page("neuron")
    for eta in (0.3, 0.4):
        at.slider(key="neuron_eta").set_value(eta).run()
    let_go(at, turn=0, **START | {"step": 20})
    assert at.session_state["neuron_step"] == 12 and at.session_state["neuron_eta"] == 0.4


VALUES: tuple[Any, ...] = (1e308, -1e308, "<script>", None, True, [1], {"a": 1}, 0.123456)
TURNS: tuple[Any, ...] = (-1, 0, 7, "x", None, [])


@pytest.mark.parametrize(
    ("place", "turn"),
    wide(
        itertools.product(range(len(VALUES)), range(len(TURNS))),
        # Each value where it counts, and each turn with a value that is put right and one that is none.
        *((place, 1) for place in range(len(VALUES))),
        *((place, turn) for place in (2, 7) for turn in (0, 2, 3, 4, 5)),
    ),
)
def test_odd_values_are_put_right_and_the_picture_is_told(place: int, turn: int) -> None:
    at, value = open_page("neuron"), VALUES[place]
    let_go(at, turn=TURNS[turn], **START | {"eta": value, "start2": value})
    assert_calm(at)
    row = shown(at)
    assert row["eta"] == at.session_state["neuron_eta"] and row["start2"] == at.session_state["neuron_start2"]
    assert 0.01 <= row["eta"] <= 1.2 and -2 <= row["start2"] <= 2
    if TURNS[turn] == 0:
        assert row["turn"] == 1, "what it shows is not what it sent"


def test_a_lock_holds_against_what_is_sent() -> None:
    at = open_page("neuron", neuron_lock=["eta"])
    let_go(at, turn=0, **START | {"eta": 0.5, "step": 20})
    assert at.session_state["neuron_step"] == 20 and shown(at)["eta"] == 0.9


def test_what_is_let_go_before_the_first_turn_has_come_counts() -> None:
    at = open_page("neuron")
    let_go(at, turn=-1, **START | {"eta": 0.5})
    assert_calm(at)
    assert at.session_state["neuron_eta"] == shown(at)["eta"] == 0.5 and shown(at)["turn"] == 1


@pytest.mark.parametrize("sent", ["<script>", 3, [1], [[]], None, {"vlPoint": 1}, {"eta": 0.5}])
def test_what_is_no_release_moves_nothing(sent: Any) -> None:
    at = open_page("neuron")
    send(at, sent)
    assert_calm(at)
    assert {name: at.session_state[f"neuron_{name}"] for name in START} == START and shown(at)["turn"] == 0
