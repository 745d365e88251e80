"""`/output` through the entry point: what it says is recomputed here by another route."""

import math

import pytest

from dashboard.look.formats import three, whole
from dashboard.topics import TOPICS
from dashboard.ui.control import Slider
from tests.apptest import assert_calm, datasets, open_page, read_page, run_snippet, said

GRADIENT = "d*L*/d*z* at the start"


def table(at, row: str) -> dict[str, list[str]]:
    for text in (m.value for m in at.markdown if m.value.startswith("| ")):
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]
        if row in (found := {one[0]: one[1:] for one in rows}):
            return found
    raise AssertionError(f"no table with a row {row!r}")


def numbers(at) -> dict[str, list[str]]:
    return table(at, "output at the start")


def plain(
    w: float, b: float, y: float, eta: float, cross: bool, steps: int
) -> tuple[list[float], list[float], int | None]:
    """Outputs and gradients of plain descent by step, and the first step within 0.1."""
    outputs, gradients, reached = [], [], None
    for step in range(steps + 1):
        a = 1 / (1 + math.exp(-(w + b)))
        g = (a - y) * (1 if cross else a * (1 - a))
        outputs.append(a)
        gradients.append(g)
        if reached is None and abs(a - y) <= 0.1:
            reached = step
        w, b = w - eta * g, b - eta * g
    return outputs, gradients, reached


@pytest.mark.parametrize(
    ("w", "b", "y", "eta", "steps"),
    [(2.0, 2.0, 0, 0.15, 300), (0.6, 0.9, 0, 0.15, 300), (-1.0, -2.0, 1, 0.5, 100), (-2.0, 3.0, 0, 2.0, 1000)],
)
def test_the_numbers_are_those_of_a_plain_loop(w, b, y, eta, steps):
    query = {"w": w, "b": b, "target": y, "eta": eta, "steps": steps}
    at = read_page("output", **{f"output_{key}": str(value) for key, value in query.items()})
    found = numbers(at)
    for column, cross in enumerate((False, True)):
        outputs, gradients, reached = plain(w, b, y, eta, cross, 10_000)
        assert found["output at the start"][column] == three(outputs[0])
        assert found[GRADIENT][column] == three(gradients[0])
        assert found["steps until within 0.1"][column] == whole(reached)
        after = found[f"output after {whole(steps)} steps"][column]
        expected = outputs[steps]
        assert after == (three(expected) if expected < 0.9995 else f"1 − {three(1 - expected)}")


def time(z0: float) -> float:
    """2 eta times the steps of squared error from z0 to sigma(z) = 0.1, in continuous time."""
    z1 = math.log(1 / 9)
    low, high = (math.exp(z) + 3 * z - 3 * math.exp(-z) - math.exp(-2 * z) / 2 for z in (z1, z0))
    return high - low


def test_a_run_that_is_cut_off_is_marked_and_answered_in_continuous_time():
    at = read_page("output", **TOPICS["output"].preset("far").query)
    flow = time(10.0) / (2 * 0.15)
    assert numbers(at)["steps until within 0.1"][0] == "over 10,000"
    assert numbers(at)["the same in continuous time"][0] == three(flow)
    assert f"over 10,000 steps ({three(flow)} in continuous time)" in said(at)


@pytest.mark.parametrize(("w", "b", "y", "eta"), [(5.0, 5.0, 0, 0.15), (-6.0, 6.0, 1, 2.0), (-0.3, 0.5, 0, 0.4)])
def test_the_picture_has_every_place_that_the_hand_can_reach(w, b, y, eta):
    query = {"w": w, "b": b, "target": y, "eta": eta, "pinned": 20, "steps": 100}
    at = read_page("output", **{f"output_{key}": str(value) for key, value in query.items()})
    places = datasets(at, 0)["places"]
    tenths = round(10 * (w + b))
    for cost, cross in (("squared error", False), ("cross-entropy", True)):
        mine = places[places["cost"] == cost].set_index(["start", "stand"])["z"]
        assert mine.index.is_unique
        for start in (*range(-120, 121, 24), tenths):
            outputs, _, _ = plain(start / 10, 0.0, y, eta, cross, 100)
            for stand in range(101) if start == tenths else (20,):
                a = 1 / (1 + math.exp(-mine[start, stand]))
                assert a == pytest.approx(outputs[stand], rel=1e-9)
        assert len(mine) == 101 + 240


def test_the_far_start_is_shown_while_it_moves():
    at = read_page("output", **TOPICS["output"].preset("far").query)
    places = datasets(at, 0)["places"]
    _, _, reached = plain(5.0, 5.0, 0, 0.15, True, 300)
    cross = places[(places["cost"] == "cross-entropy") & (places["start"] == 100)].sort_values("stand")
    # Of the stands of the slider at least a fifth are on the way, and the dot moves at every one of them.
    way = cross[3 * cross["stand"] <= reached]
    assert len(way) >= len(cross) / 5
    assert (way["z"].diff().dropna() < -0.05).all()


@pytest.mark.parametrize(
    ("w", "b", "y", "right"), [(-0.5, -1.0, 0, True), (0.0, 0.0, 0, True), (0.2, 0.0, 0, False), (1.0, 0.5, 1, True)]
)
def test_a_start_on_the_right_side_is_no_great_problem(w, b, y, right):
    text = said(read_page("output", output_w=str(w), output_b=str(b), output_target=str(y)))
    squared, cross = (plain(w, b, y, 0.15, each, 400)[2] for each in (False, True))
    if right:
        where = "on the right side already" if w + b else "on neither side yet"
        assert f"{where}, and takes {squared} steps. With cross-entropy it takes {cross} steps" in text
    else:
        assert f"With squared error it is: this start takes {squared} steps." in text
    assert ("With squared error it is" in text) != right


@pytest.mark.parametrize(
    ("query", "his"),
    [
        ({}, True),
        (TOPICS["output"].preset("mild").query, True),
        (TOPICS["output"].preset("far").query, False),
        ({"output_eta": "0.2"}, False),
        ({"output_target": "1"}, False),
    ],
)
def test_nielsen_is_named_at_his_own_settings(query, his):
    text = said(read_page("output", **query))
    assert ("The demonstration is Nielsen's." in text) == his
    assert f"Both neurons learn at the same rate, *η* = {query.get('output_eta', '0.15')}." in text


def test_a_start_that_is_right_already():
    at = read_page("output", output_w="-3.0", output_b="-3.0")
    assert_calm(at)
    assert "already within 0.1" in said(at)
    assert numbers(at)["steps until within 0.1"] == ["0", "0"]
    assert "no problem with cross-entropy. That cures" in said(at)
    assert "Your start is within the goal and has no steps to draw" in said(at)
    assert len(datasets(at, 1)["here"]) == 0
    assert "no steps to draw" not in said(read_page("output"))


def test_the_last_word_has_the_counts_of_both():
    squared, cross = (plain(-1.0, -1.1, 0, 2.0, each, 100)[2] for each in (False, True))
    text = said(read_page("output", output_w="-1.0", output_b="-1.1", output_eta="2"))
    assert cross == 1
    assert f"here 1 step, with squared error {squared} steps. That cures" in text


def test_what_cross_entropy_takes_far_out():
    # A small eta is continuous time: dz/dt = -2 sigma(z), by plain Euler steps from z0 = 10 down to sigma(z) = 0.1.
    z, time = 10.0, 0.0
    while (a := 1 / (1 + math.exp(-z))) > 0.1:
        z, time = z - 2e-5 * a, time + 1e-5
    assert f"(|*z*₀| + {three(2 * time - 10)}) / (2*η*)" in said(read_page("output"))


def test_both_targets_mirror_each_other():
    zero = numbers(read_page("output", output_w="1.5", output_b="2.5"))
    one = numbers(read_page("output", output_w="-1.5", output_b="-2.5", output_target="1"))
    assert zero["steps until within 0.1"] == one["steps until within 0.1"]
    assert [f"−{value}" for value in zero[GRADIENT]] == one[GRADIENT]


def test_the_chain_rule_table_multiplies():
    at = read_page("output", output_deeper="true", output_pinned="0")
    a = 1 / (1 + math.exp(-4.0))
    links = table(at, "cross-entropy")
    slope = three(a * (1 - a), 4)
    assert links["squared error"] == [three(a, 4), slope, three(a * a * (1 - a))]
    assert links["cross-entropy"] == [three(1 / (1 - a), 4), slope, three(a)]
    for first, second, product in links.values():
        assert three(float(first) * float(second)) == product
    assert "compare shapes, not heights" in said(at)


def test_the_cancelling_derivative_is_told_as_it_is():
    """dL/da = 1 / (1 - a) grows with 1 / slope where a is near 1, and tends to 1 where a is near 0; dL/dz is a on both."""
    for z0, follows in ((4.0, True), (-4.0, False)):
        at = read_page("output", output_deeper="true", output_pinned="0", output_w=str(z0), output_b="0")
        row = table(at, "cross-entropy")["cross-entropy"]
        a = 1 / (1 + math.exp(-z0))
        assert (abs(float(row[0]) * float(row[1]) - 1) < 0.05) == follows
        assert row[2] == three(a)
        assert "On the wrong side the first factor grows as the slope shrinks" in said(at)


def test_the_prediction_is_borne_out():
    at = open_page("output")
    at.radio(key="output_guess").set_value("Twice as many").run()
    reveal = next(m.value for m in at.markdown if "in continuous time. The next unit" in m.value)
    assert reveal.startswith("**No: about a hundred times.**")
    first, last = time(6.0) / time(5.0), time(10.0) / time(9.0)
    assert f"multiplies them by {three(first)} at 5, by {three(last)} at 9 and by *e* = 2.72 far out" in reveal
    at.radio(key="output_guess").set_value("About a hundred times").run()
    assert any(m.value.startswith("**Right.**") for m in at.markdown)


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("target", ["0", "1"])
@pytest.mark.parametrize("steps", ["100", "10000"])
def test_all_controls_at_one_end_at_once(end, target, steps):
    query = {c.key: str(getattr(c, end)) for c in TOPICS["output"].controls.values() if isinstance(c, Slider)}
    at = read_page("output", **query, output_target=target, output_steps=steps, output_deeper="true")
    assert_calm(at)
    assert "nan" not in said(at).lower()
    assert len(at.get("vega_lite_chart")) == 4


@pytest.mark.parametrize(
    "query",
    [
        {"output_w": "7"},
        {"output_w": "nan"},
        {"output_eta": "0"},
        {"output_eta": "-inf"},
        {"output_target": "0.5"},
        {"output_steps": "301"},
        {"output_pinned": "101"},
    ],
)
def test_a_value_that_cannot_be_is_the_default(query):
    at = read_page("output", **query)
    assert_calm(at)
    assert said(at) == said(read_page("output"))


def test_the_snippet_prints_the_numbers_of_the_page():
    at = open_page("output", output_w="1.2", output_eta="0.4", output_steps="1000")
    at.session_state["output_share"] = True
    at.run()
    (snippet,) = [c.value for c in at.code if "from core" in c.value]
    found = numbers(at)
    for column, line in enumerate(run_snippet(snippet).splitlines()):
        first, gradient, last, steps, flow = map(float, line.split())
        assert found["output at the start"][column] == three(first)
        assert found[GRADIENT][column] == three(gradient)
        assert found["output after 1,000 steps"][column] == three(last)
        assert found["steps until within 0.1"][column] == whole(int(steps))
        assert found["the same in continuous time"][column] == three(flow)
