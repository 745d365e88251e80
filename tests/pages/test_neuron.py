"""`/neuron` through the entry point: what it says is recomputed here by another route."""

import math
import re

import numpy as np
import pytest

from core.inputs import Inputs, second_moment
from dashboard.charts.landscape import REACH_X, REACH_Y
from dashboard.controls import NEURON
from dashboard.frames.neuron import contours
from dashboard.marks import three, whole
from dashboard.presets import PRESETS, preset_query
from tests.apptest import assert_calm, open_page, run_snippet, said

MU = 0.5


def sigmoid_spread() -> float:
    """Variance of sigma(Z), by a plain trapezoid."""
    z = np.linspace(-12, 12, 200_001)
    density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return float(np.trapezoid(density / (1 + np.exp(-z)) ** 2, z)) - 0.25


def table(at) -> dict[str, list[str]]:
    (text,) = [m.value for m in at.markdown if m.value.startswith("| ")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]
    return {row[0].strip(): row[1:] for row in rows}


def descend(h: np.ndarray, e: np.ndarray, eta: float) -> tuple[int, float, int]:
    """Steps, path ratio and sign changes along (1, 1) of plain full-batch descent, to 1/10,000 of the loss."""
    goal, length, flips, steps, distance = e @ h @ e / 1e4, 0.0, 0, 0, math.hypot(*e)
    while e @ h @ e > goal:
        new = e - eta * h @ e
        counted = abs(new.sum()) / math.sqrt(2) > 1e-12 * distance
        length, flips, steps = length + math.hypot(*(new - e)), flips + (counted and new.sum() * e.sum() < 0), steps + 1
        e = new
    return steps, length / distance, flips


def test_the_numbers_are_those_of_a_plain_loop():
    s2 = sigmoid_spread()
    numbers = table(open_page("neuron", neuron_eta="0.6"))
    error = np.array([-1.0, 0.5]) - np.array([1.0, -1.0])
    eta = 0.6 * 2 / (s2 + 2 * MU**2)
    for column, h in enumerate((s2 * np.eye(2) + MU**2, s2 * np.eye(2))):
        steps, ratio, flips = descend(h, error, eta)
        curvatures = np.linalg.eigvalsh(h)
        assert numbers["kappa, steepest over flattest curvature"][column] == three(curvatures[-1] / curvatures[0])
        assert numbers["learning rate eta"][column] == three(eta)
        assert numbers["eta × steepest curvature"][column] == three(eta * curvatures[-1])
        assert numbers["steps to 1/10,000 of the loss"][column] == whole(steps)
        assert numbers["path ratio: length over distance"][column] == three(ratio)
        assert numbers["flips along the steep direction"][column] == whole(flips)


@pytest.mark.parametrize(
    ("law", "target"),
    [
        (Inputs("sigmoid"), (1.0, -1.0)),
        (Inputs("sigmoid", centred=True), (2.0, 2.0)),
        (Inputs("uniform", mean=2.0, spread=0.1, flipped=(1,)), (-2.0, 0.3)),
        (Inputs("uniform", mean=0.0, spread=2.0), (0.0, 0.0)),
    ],
)
def test_a_contour_is_one_loss_and_ends_only_at_the_frame(law, target):
    drawn = {name: np.asarray(values, dtype=float) for name, values in contours([law], target).items()}
    e = np.stack([drawn["x"], drawn["y"]]) - np.array(target)[:, None]
    loss = np.einsum("ik,ij,jk->k", e, second_moment(law), e) / 2
    # 96 chords: the middle of one lies 0.05 % inside its curve.
    exponent = np.log(loss) / np.log(4)
    assert np.abs(exponent - np.round(exponent)).max() < 2e-3
    for curve in np.unique(drawn["curve"]):
        piece = drawn["curve"] == curve
        x, y = drawn["x"][piece], drawn["y"][piece]
        assert len(np.unique(np.round(exponent[piece]))) == 1 and np.all(np.diff(drawn["order"][piece]) > 0)
        closed = math.hypot(x[0] - x[-1], y[0] - y[-1]) < 1e-5
        at_frame = [abs(abs(x[k]) - REACH_X) < 1e-5 or abs(abs(y[k]) - REACH_Y) < 1e-5 for k in (0, -1)]
        # A curve is drawn from the angle 0 on: of one that leaves the frame, a piece may begin there, and one may end there.
        seam = not {0, 2 * 96 - 1}.isdisjoint(drawn["order"][piece])
        assert closed or all(at_frame) or (any(at_frame) and seam)
    assert np.abs(drawn["x"]).max() <= REACH_X + 1e-6 and np.abs(drawn["y"]).max() <= REACH_Y + 1e-6


def test_each_at_its_best_uses_the_textbook_step():
    s2 = sigmoid_spread()
    numbers = table(open_page("neuron", neuron_compare="each at its best eta"))
    assert numbers["learning rate eta"] == [three(2 / (2 * s2 + 2 * MU**2)), three(1 / s2)]
    assert numbers["steps to 1/10,000 of the loss"][1] == "1"


def test_the_textbook_start_crawls_and_does_not_flip():
    at = open_page("neuron", **preset_query("neuron", "textbook"))
    assert table(at)["flips along the steep direction"] == ["0", "0"]
    assert "yet nothing flips" in said(at)


def test_a_flipped_wire_changes_no_number():
    for more in ({}, {"neuron_batch": "1", "neuron_eta": "0.4"}):
        straight, flipped = table(open_page("neuron", **more)), table(open_page("neuron", neuron_flip="true", **more))
        assert straight == flipped


@pytest.mark.parametrize(("share", "phrase"), [(0.3, "no step overshoots"), (0.8, "changes side"), (1.2, "above 2")])
def test_the_sentence_follows_the_learning_rate(share, phrase):
    assert phrase in said(open_page("neuron", neuron_eta=str(share)))


@pytest.mark.parametrize("share", [0.3, 0.8, 1.2])
@pytest.mark.parametrize("flip", ["true", "false"])
def test_inputs_without_a_mean_have_no_steep_direction_to_speak_of(share, flip):
    text = said(open_page("neuron", neuron_inputs="tanh", neuron_eta=share, neuron_flip=flip))
    assert "It need not" in text and "these inputs have none" in text
    assert "of the error along" not in text and "share a sign" not in text
    assert ("runs straight to the target" in text) == (share == 0.3)


def test_the_prediction_is_borne_out():
    at = open_page("neuron")
    at.radio(key="neuron_guess").set_value("Fewer steps").run()
    reveal = next(m.value for m in at.markdown if "Centring leaves" in m.value)
    assert reveal.startswith("**No: about as many.**")
    raw, centred = table(at)["steps to 1/10,000 of the loss"]
    assert f"With these inputs: {raw} steps" in reveal and f"Centred: {centred} steps" in reveal
    s2 = sigmoid_spread()
    best = [three(2 / (2 * s2 + 2 * MU**2)), three(1 / s2)]
    assert f"the best eta goes from {best[0]} to {best[1]}, and there the centred neuron takes 1 step." in reveal
    at.radio(key="neuron_guess").set_value("About as many").run()
    assert any(m.value.startswith("**Yes.**") for m in at.markdown)


def test_where_neither_arrives_the_prediction_says_so():
    at = open_page("neuron", neuron_inputs="tanh", neuron_eta="1.2")
    at.radio(key="neuron_guess").set_value("About as many").run()
    assert "**No: it does not arrive.** With these inputs: it diverged by step" in said(at)
    at = open_page("neuron", neuron_eta="1.2")
    at.radio(key="neuron_guess").set_value("Fewer steps").run()
    assert "**Yes.** With these inputs: it diverged by step" in said(at)


@pytest.mark.parametrize(
    ("query", "phrase"),
    [
        ({"neuron_target1": "0", "neuron_target2": "-0.5"}, "bends into the valley"),
        ({"neuron_target1": "1", "neuron_target2": "-1"}, "straight along the flat one"),
        ({"neuron_target1": "1", "neuron_target2": "1"}, "straight down the steep one"),
        ({"neuron_target1": "1", "neuron_target2": "1", "neuron_inputs": "tanh"}, "straight to the target"),
    ],
)
def test_the_sentence_follows_the_start(query, phrase):
    at = open_page("neuron", neuron_eta="0.3", neuron_start1="0", neuron_start2="0", **query)
    assert phrase in said(at)
    bent = float(table(at)["path ratio: length over distance"][0]) > 1
    assert bent == ("bends" in phrase), "a straight path that stops short of the target is shorter than the way there"


def test_a_round_bowl_is_said_to_alternate_from_every_start():
    for start in ("0", "0.8"):
        at = open_page("neuron", neuron_inputs="tanh", neuron_start1=start, neuron_start2="0")
        assert "changes side, and leaves 80 % of the error." in said(at)
        none = table(at)["flips along the steep direction"][0] == "0"
        assert ("this start has no error there" in said(at)) == none == (start == "0")


def test_from_the_target_there_is_nowhere_to_go():
    at = open_page("neuron", neuron_start1="1", neuron_start2="-1")
    at.radio(key="neuron_guess").set_value("About as many").run()
    assert "no step is taken" in said(at) and "neither takes a step" in said(at) and "no steps to draw" in said(at)
    assert "none times" not in said(at)


def test_at_the_best_eta_every_start_takes_as_many_steps():
    counted = set()
    for start in (("-1", "0.5"), ("0", "0"), ("2", "1")):
        at = open_page("neuron", neuron_start1=start[0], neuron_start2=start[1], neuron_compare="each at its best eta")
        counted.add(table(at)["steps to 1/10,000 of the loss"][0])
    assert len(counted) == 1 and "the steps are the same from every start" in said(at)


@pytest.mark.parametrize(("source", "phrase"), [("sigmoid", "not to one half"), ("tanh", "no lock to lose")])
def test_the_noise_limit_is_told_from_one_half_only_where_it_differs(source, phrase):
    text = said(open_page("neuron", neuron_inputs=source, neuron_deeper="true"))
    assert phrase in text and ("not to one half" in text) != ("no lock to lose" in text)


@pytest.mark.parametrize("preset", [p.name for p in PRESETS["neuron"]])
def test_every_preset_is_a_link_and_a_button_to_the_same_page(preset):
    by_link = open_page("neuron", **preset_query("neuron", preset))
    by_button = (
        open_page("neuron", neuron_seed="7", neuron_batch="8").button(key=f"neuron_preset_{preset}").click().run()
    )
    assert_calm(by_link)
    assert said(by_link) == said(by_button)


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("source", ["sigmoid", "tanh", "ReLU", "mean and spread"])
def test_all_controls_at_one_end_at_once(end, source):
    query = {c.key: str(getattr(c, end)) for c in NEURON if c.kind in ("slider", "number")}
    query |= {"neuron_inputs": source, "neuron_batch": "1" if end == "low" else "64", "neuron_deeper": "true"}
    at = open_page("neuron", **query, neuron_flip="true" if end == "high" else "false")
    assert_calm(at)
    assert "nan" not in said(at).lower() and "inf" not in re.sub("infinite", "", said(at).lower())
    assert len(at.get("vega_lite_chart")) == 5


def test_the_snippet_prints_the_numbers_of_the_page():
    at = open_page("neuron", neuron_eta="0.5", neuron_batch="4", neuron_seed="3", neuron_flip="true")
    at.session_state["neuron_share"] = True
    at.run()
    (snippet,) = [c.value for c in at.code if "from core" in c.value]
    given, centred = (line.split() for line in run_snippet(snippet).splitlines())
    numbers = table(at)
    for column, line in enumerate((given, centred)):
        kappa, eta, steps, ratio, flips = line
        assert numbers["kappa, steepest over flattest curvature"][column] == three(float(kappa))
        assert numbers["learning rate eta"][column] == three(float(eta))
        assert numbers["steps to 1/10,000 of the loss"][column] == whole(int(steps))
        assert numbers["path ratio: length over distance"][column] == three(float(ratio))
        assert numbers["flips along the steep direction"][column] == whole(int(flips))


def test_a_locked_control_is_held_and_a_preset_that_would_move_it_is_disabled():
    at = open_page("neuron", neuron_lock=["eta"], neuron_eta="0.33")
    eta = at.slider(key="neuron_eta")
    assert (eta.disabled, eta.value) == (True, 0.33)
    assert at.button(key="neuron_preset_zigzag").disabled
    assert not at.slider(key="neuron_start1").disabled


def test_the_copied_link_writes_every_control_out():
    at = open_page("neuron", neuron_eta="0.5")
    at.session_state["neuron_share"] = True
    at.run()
    link = at.code[0].value
    for control in NEURON:
        assert f"{control.key}=" in link
    assert "neuron_eta=0.5" in link and "neuron_batch=full" in link
