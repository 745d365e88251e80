"""`/neuron` through the entry point: what it says is recomputed here by another route."""

import math

import numpy as np
import pytest

from core.activations import ACTIVATIONS
from core.inputs import Inputs, second_moment
from core.neuron.descent import DescentConfig
from core.neuron.descent import descend as run_of
from dashboard.look.descent import contours
from dashboard.look.formats import percent, three, whole
from dashboard.look.landscape import REACH_X, REACH_Y
from dashboard.topics import TOPICS
from dashboard.topics.neuron import charts
from dashboard.topics.neuron.frames import colours, notes, wedges
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
        assert numbers["steps to 1/10,000 of its first loss"][column] == whole(steps)
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
    assert numbers["steps to 1/10,000 of its first loss"][1] == "1"


def test_the_textbook_start_crawls_and_does_not_flip():
    at = open_page("neuron", **TOPICS["neuron"].preset("textbook").query)
    assert table(at)["flips along the steep direction"] == ["0", "0"]
    left = 1 - 1.9 * sigmoid_spread() / (sigmoid_spread() + 0.5)
    assert (
        f"yet nothing flips: this start has no error along the steep direction. The path follows the flat one, and is merely slow: each step leaves {percent(left)}"
        in said(at)
    )


def test_a_start_on_the_flat_direction_is_called_slow_only_where_it_is():
    """ReLU's flat curvature is more than half of its steep one: at the edge the first step overshoots the target."""
    mu2, s2 = 1 / (2 * math.pi), 0.5 - 1 / (2 * math.pi)
    at = open_page("neuron", neuron_inputs="ReLU", neuron_start1="0", neuron_start2="0", neuron_eta="1.0")
    left = 2 * s2 / (s2 + 2 * mu2) - 1
    assert 0 < left < 0.1 and table(at)["steps to 1/10,000 of its first loss"] == ["2", "2"]
    assert f"each step overshoots the target and leaves {percent(left)} of the error." in said(at)
    assert "slow" not in said(at) and "would grow" not in said(at)
    at = open_page("neuron", neuron_inputs="ReLU", neuron_start1="0", neuron_start2="0", neuron_eta="0.9")
    assert "The path follows the flat one: each step leaves" in said(at) and "slow" not in said(at)
    at = open_page("neuron", neuron_start1="0", neuron_start2="0", neuron_eta="1.2")
    assert "Along the steep one any error would grow" in said(at)


def test_a_start_on_the_flat_direction_whose_decimals_round_does_not_diverge():
    query = {"neuron_inputs": "mean and spread", "neuron_mean": "0.5", "neuron_spread": "0.1", "neuron_eta": "1.2"}
    ends = {"neuron_start1": "0", "neuron_start2": "-1.9", "neuron_target1": "0.1", "neuron_target2": "-2"}
    for flip in ("false", "true"):
        at = open_page("neuron", **query, **ends, neuron_flip=flip)
        steps = math.ceil(math.log(1e-4) / (2 * math.log(1 - 2.4 * 0.01 / 0.51)))
        assert table(at)["steps to 1/10,000 of its first loss"] == [str(steps)] * 2
        assert table(at)["flips along the steep direction"] == ["0", "0"]
        assert "yet nothing flips" in said(at) and "farther than the last" not in said(at)


def updates_of(source: str, share: float, start, target, batch: int = 0, seed: int = 0) -> np.ndarray:
    """The updates of descent by a plain loop, from the moments of sigmoid, tanh or ReLU inputs."""
    f = {"sigmoid": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh, "ReLU": lambda z: np.maximum(z, 0)}[source]
    z = np.linspace(-12, 12, 200_001)
    density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    mu, square = float(np.trapezoid(density * f(z), z)), float(np.trapezoid(density * f(z) ** 2, z))
    h = (square - mu * mu) * np.eye(2) + mu * mu
    eta, e = share * 2 / (square + mu * mu), np.array(start) - np.array(target)
    drawn = np.random.default_rng(seed).standard_normal((5000, max(batch, 1), 2))
    goal, updates = e @ h @ e / 1e4, []
    while e @ h @ e > goal and len(updates) < 5000:
        a = f(drawn[len(updates)])
        updates.append(-eta * (h @ e if batch == 0 else a.T @ (a @ e) / batch))
        e = e + updates[-1]
    return np.array(updates)


@pytest.mark.parametrize(
    ("source", "share", "start", "batch", "counted"),
    [
        ("sigmoid", 0.1, (-1.0, 0.5), 0, (3, 277)),
        ("sigmoid", 0.9, (-1.0, 0.5), 0, (9, 20)),
        ("sigmoid", 0.95, (-1.0, 0.5), 0, (37, 0)),
        ("sigmoid", 0.95, (0.0, 0.0), 0, (0, 28)),
        ("sigmoid", 0.5, (-1.0, 0.5), 1, (71, 0)),
        ("tanh", 0.3, (-1.0, 0.5), 0, (0, 6)),
        ("ReLU", 0.15, (-1.0, 0.5), 1, None),
        ("ReLU", 0.4, (-1.0, 0.5), 4, None),
    ],
)
def test_updates_that_share_a_sign_are_counted_with_and_without_a_flipped_wire(source, share, start, batch, counted):
    updates = updates_of(source, share, start, (1.0, -1.0), batch)
    zero = (np.abs(updates) <= 1e-9 * np.hypot(*updates.T)[:, None]).any(1)
    product = updates.prod(1)
    here, there = int((zero | (product > 0)).sum()), int((zero | (product < 0)).sum())
    assert counted in ((here, there), None)
    query = {"neuron_inputs": source, "neuron_eta": share, "neuron_batch": str(batch or "full")}
    query |= {"neuron_start1": start[0], "neuron_start2": start[1]}
    both = [said(open_page("neuron", **query, neuron_flip=flip)) for flip in ("false", "true")]
    still = " (a weight that stands still agrees with either)" if zero.any() else ""
    assert bool(still) == (source == "ReLU")
    total = whole(len(updates))
    assert (
        f"Updates whose two signs agree: {here} of {total}; with a wire flipped, {there}{still}. Every number"
        in both[0]
    )
    assert f"Updates whose two signs agree: {there} of {total}; with no wire flipped, {here}{still}. Every" in both[1]
    for text in both:
        assert ("the sign costs nothing, the mean does." in text) == (source != "tanh")


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
    assert "of the error along" not in text and "the mean does" not in text
    assert ("runs straight to the target" in text) == (share == 0.3)


@pytest.mark.parametrize("share", ["0.3", "0.8", "1.0", "1.2"])
@pytest.mark.parametrize(("mean", "spread"), [("0.3", "2"), ("0.05", "2"), ("-0.05", "1.5")])
def test_a_mean_that_is_small_is_still_a_mean(mean, spread, share):
    """kappa is 1.045, 1.00125 and 1.0022: displayed as 1.0x, but at the edge one run never arrives and the other does."""
    query = {"neuron_inputs": "mean and spread", "neuron_mean": mean, "neuron_spread": spread, "neuron_eta": share}
    at = open_page("neuron", **query, neuron_deeper="true")
    kappa, text = 1 + 2 * float(mean) ** 2 / float(spread) ** 2, said(at)
    assert (
        f"It hardly need: the mean that these inputs share makes one direction of the loss only {percent(kappa - 1)}"
        in text
    )
    assert "here it is small" in text and "the mean does" in text
    for wrong in ("no mean", "have none", "in every direction", "a coin's", "1.00 times"):
        assert wrong not in text
    limit = 0.5 + math.asin(float(mean) ** 2 / (float(mean) ** 2 + float(spread) ** 2)) / math.pi
    assert ("not to one half" in text) == (limit > 0.5005) == (mean == "0.3")
    at.radio(key="neuron_guess").set_value("Fewer steps").run()
    assert "no mean" not in said(at)
    if share == "1.0":
        raw, centred = table(at)["steps to 1/10,000 of its first loss"]
        assert raw == "more than 5,000" and int(centred.replace(",", "")) < 5000 and "**Yes.**" in said(at)
        flat = percent(abs(1 - 2 / kappa))
        assert f"leaves 100 % of the error along the steep direction, {flat} along the flat one" in text
    alike = "the best eta stays" if mean != "0.3" else "only then may eta grow: the best eta goes from 0.244 to 0.250"
    assert alike in said(at)


def test_the_prediction_is_borne_out():
    at = open_page("neuron")
    at.radio(key="neuron_guess").set_value("Fewer steps").run()
    reveal = next(m.value for m in at.markdown if "Centring leaves" in m.value)
    assert reveal.startswith("**No: about as many.**")
    raw, centred = table(at)["steps to 1/10,000 of its first loss"]
    assert f"With these inputs: {raw} steps" in reveal and f"Centred: {centred} steps" in reveal
    s2 = sigmoid_spread()
    best = [three(2 / (2 * s2 + 2 * MU**2)), three(1 / s2)]
    assert f"the best eta goes from {best[0]} to {best[1]}, and there the centred neuron takes 1 step." in reveal
    at.radio(key="neuron_guess").set_value("About as many").run()
    assert any(m.value.startswith("**Yes.**") for m in at.markdown)


@pytest.mark.parametrize("more", [{}, {"neuron_flip": "true"}])
def test_the_presets_that_zigzag_take_about_as_many_steps_centred(more):
    preset = "flipped" if more else "zigzag"
    at = open_page("neuron", **TOPICS["neuron"].preset(preset).query)
    assert at.toggle(key="neuron_flip").value == bool(more) and at.slider(key="neuron_eta").value == 0.9
    at.radio(key="neuron_guess").set_value("About as many").run()
    assert "**Yes.** With these inputs: 29 steps" in said(at) and "Centred: 30 steps" in said(at)


def test_each_at_its_best_asks_about_the_first_ones_best_eta():
    s2 = sigmoid_spread()
    eta = 2 / (2 * s2 + 2 * MU**2)
    at = open_page("neuron", neuron_compare="each at its best eta")
    assert f"Centre the inputs and keep eta at {three(eta)}: how many steps" in said(at)
    at.radio(key="neuron_guess").set_value("About as many").run()
    error = np.array([-2.0, 1.5])
    for name, h in (("With these inputs", s2 * np.eye(2) + MU**2), ("Centred", s2 * np.eye(2))):
        steps, ratio, _ = descend(h, error, eta)
        assert f"{name}: {steps} steps and a path of {three(ratio)} times the distance" in said(at)
    held = at.radio(key="neuron_guess").value
    at.segmented_control(key="neuron_compare").set_value("the same eta").run()
    assert at.radio(key="neuron_guess").value == held, "another eta in the question is no reason to forget the answer"


def test_the_prediction_is_right_where_the_run_is_cut_too():
    """Along the flat direction 1 - eta s^2 of the error is left at each step, 0.0025 % of the loss or 0.01 % of it."""
    query = {"neuron_inputs": "mean and spread", "neuron_mean": "2", "neuron_spread": "0.1", "neuron_eta": "0.3"}
    at = open_page("neuron", **query)
    at.radio(key="neuron_guess").set_value("More steps").run()
    eta, (flat, steep) = 0.6 / 8.01, ((3.5**2 / 2, 0.5**2 / 2))
    given = math.log(1e-4 * (0.01 * flat + 8.01 * steep) / (0.01 * flat)) / (2 * math.log(1 - 0.01 * eta))
    centred = math.log(1e-4) / (2 * math.log(1 - 0.01 * eta))
    assert f"**Yes.** With these inputs: {whole(math.ceil(given))} steps" in said(at)
    assert f"Centred: {whole(math.ceil(centred))} steps, of which 5,000 were run." in said(at)
    assert table(at)["steps to 1/10,000 of its first loss"] == [whole(math.ceil(given)), "more than 5,000"]


def test_at_the_edge_itself_a_run_does_not_arrive():
    at = open_page("neuron", neuron_eta="1.0")
    at.radio(key="neuron_guess").set_value("Fewer steps").run()
    assert "**Yes.** With these inputs: it does not arrive. Centred: 27 steps" in said(at)
    assert "changes side, and leaves 100 % of the error along the steep direction" in said(at)


def test_what_batches_leave_open_is_not_said_to_be_never():
    query = {"neuron_inputs": "tanh", "neuron_batch": "1", "neuron_start1": "2", "neuron_start2": "2"}
    at = open_page("neuron", **query, neuron_eta="1.2")
    assert at.radio(key="neuron_guess").options[-1] == "Not within 5,000 steps"
    steps = table(at)["steps to 1/10,000 of its first loss"]
    assert steps[1].startswith("diverged")
    at.radio(key="neuron_guess").set_value("Fewer steps").run()
    assert "**No: not within 5,000 steps.**" in said(at) and f"Centred: it {steps[1]}" in said(at)
    at = open_page("neuron", neuron_inputs="mean and spread", neuron_mean="2", neuron_spread="0.1", neuron_batch="64")
    assert table(at)["steps to 1/10,000 of its first loss"][0] != "more than 5,000"
    at.slider(key="neuron_eta").set_value(0.2).run()
    at.radio(key="neuron_guess").set_value("Not within 5,000 steps").run()
    assert "**Yes.**" in said(at) and "Centred: more than 5,000 steps." in said(at)
    at.select_slider(key="neuron_batch").set_value("full").run()
    assert_calm(at)


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
        ({"neuron_target1": "0", "neuron_target2": "-0.5"}, "bends into the valley and then crawls"),
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


def test_only_a_narrow_valley_is_said_to_be_crawled_along():
    """With ReLU kappa is 1.93, and at half the edge the path is as long as the distance: 7 steps."""
    mu2, s2 = 1 / (2 * math.pi), 0.5 - 1 / (2 * math.pi)
    steep = s2 + 2 * mu2
    at = open_page("neuron", neuron_inputs="ReLU", neuron_eta="0.5")
    assert f"The first takes all error along the steep direction away; each leaves {percent(1 - s2 / steep)}" in said(
        at
    )
    assert table(at)["path ratio: length over distance"][0] == "1.00"
    at = open_page("neuron", neuron_inputs="ReLU", neuron_eta="0.4")
    left = f"Each leaves 20 % of the error along the steep direction and {percent(1 - 0.8 * s2 / steep)} along the flat one"
    assert left in said(at) and "crawls" not in said(at)
    assert "crawls" in said(open_page("neuron", neuron_eta="0.4"))
    # From (-2, 2) to (2, -1.9) it does not bend for the eye.
    ends = {"neuron_start1": "-2", "neuron_start2": "2", "neuron_target1": "2", "neuron_target2": "-1.9"}
    assert "bends" not in said(open_page("neuron", neuron_eta="0.4", **ends))


@pytest.mark.parametrize(
    ("query", "shape"),
    [
        ({}, "a narrow valley"),
        ({"neuron_inputs": "ReLU"}, "an oval bowl"),
        ({"neuron_inputs": "tanh"}, "Both landscapes are round bowls"),
    ],
)
def test_who_does_not_see_the_picture_hears_of_its_shape(query, shape):
    alt = pictures(open_page("neuron", **query))[0]
    assert shape in alt and "left" not in alt.lower().split() and "right" not in alt.lower().replace(",", "").split()


def pictures(at) -> list[str]:
    """The charts' accessible names."""
    return [chart.proto.alt for chart in at.get("vega_lite_chart")]


def test_a_flipped_round_bowl_is_counted_along_its_own_direction():
    for flip, name in (("false", "w1 = w2"), ("true", "w1 = −w2")):
        at = open_page("neuron", neuron_inputs="tanh", neuron_start1="0", neuron_start2="0", neuron_flip=flip)
        assert f"The table counts flips along {name} alone, and this start has no error there." in said(at)
        assert table(at)["flips along the steep direction"] == ["0", "0"]


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
        counted.add(table(at)["steps to 1/10,000 of its first loss"][0])
    assert len(counted) == 1 and "the steps are the same from every start" in said(at)


@pytest.mark.parametrize(
    ("query", "verb", "limit"),
    [
        ({}, "falls", 0.8249),
        ({"neuron_flip": "true"}, "rises", 0.1751),
        ({"neuron_inputs": "mean and spread", "neuron_mean": "0.2", "neuron_spread": "0.3"}, "rises", None),
        ({"neuron_inputs": "mean and spread", "neuron_mean": "0.05", "neuron_spread": "2"}, "about", None),
        ({"neuron_inputs": "tanh"}, "one half", 0.5),
    ],
)
def test_which_way_the_lock_goes_with_the_batch(query, verb, limit):
    """Against two correlated normals: both signs agree with probability 1/2 + asin(rho) / pi."""
    at = open_page("neuron", **query, neuron_deeper="true")
    text = said(at)
    mu, s = (float(query.get(f"neuron_{name}", 0)) for name in ("mean", "spread"))
    if limit is None:
        limit = 0.5 + math.asin(mu * mu / (mu * mu + s * s)) / math.pi
    one = float(text.split("One sample: ")[1].split(" %")[0]) / 100
    (alt,) = [alt for alt in pictures(at) if alt.startswith("The chance")]
    assert f" {verb} " in alt
    moved = limit - one
    assert {"falls": moved < -0.02, "rises": moved > 0.02, "about": abs(moved) < 0.02, "one half": abs(moved) < 0.02}[
        verb
    ]


@pytest.mark.parametrize(
    ("batch", "share", "said_of_it"),
    [
        ("1", "0.5", ""),
        ("1", "0.9", " A single run may arrive all the same, and this one did."),
        ("1", "1.2", " A single run may arrive all the same."),
    ],
)
def test_above_the_mean_square_edge_a_single_run_may_arrive(batch, share, said_of_it):
    """The edge of single samples, by bisection on E (I - eta a a^T) (x) (I - eta a a^T) over a fine grid of inputs."""
    z, weight = np.polynomial.hermite_e.hermegauss(60)
    a = 1 / (1 + np.exp(-np.stack(np.meshgrid(z, z)).reshape(2, -1)))
    chance = np.outer(weight, weight).ravel() / (2 * math.pi)
    pair = np.einsum("iq,jq->qij", a, a)

    def growth(eta: float) -> float:
        step = np.eye(2) - eta * pair
        return float(np.linalg.eigvalsh(np.einsum("q,qij,qkl->ikjl", chance, step, step).reshape(4, 4))[-1])

    low, high = 1.0, 2 / (sigmoid_spread() + 0.5)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if growth(middle) < 1 else (low, middle)
    at = open_page("neuron", neuron_batch=batch, neuron_eta=share)
    eta = float(share) * 2 / (sigmoid_spread() + 0.5)
    share_of_edge = three(low * (sigmoid_spread() + 0.5) / 2)
    expected = f"the squared error grows above eta = {three(low)}, {share_of_edge} of the full-batch edge; yours is {three(eta)}.{said_of_it}\n"
    assert expected in said(at)
    arrived = table(at)["steps to 1/10,000 of its first loss"][0].isdigit()
    assert arrived == (share != "1.2") and (eta > low) == bool(said_of_it)


@pytest.mark.parametrize("flip", ["false", "true"])
def test_the_sample_shown_is_the_one_the_run_took(flip):
    """The inputs of step 5 are the sixth pair that the seed draws; -eta times the gradient shown is the step taken."""
    query = {"neuron_batch": "1", "neuron_eta": "0.5", "neuron_seed": "3", "neuron_step": "5", "neuron_flip": flip}
    text = said(open_page("neuron", **query, neuron_deeper="true"))
    sign = np.array([1.0, -1.0 if flip == "true" else 1.0])
    drawn = sign / (1 + np.exp(-np.random.default_rng(3).standard_normal((6, 2))))
    e, eta = np.array([-2.0, 1.5]) * sign, 0.5 * 2 / (sigmoid_spread() + 0.5)
    for a in drawn[:5]:
        e = e - eta * (a @ e) * a
    a, delta = drawn[5], float(drawn[5] @ e)
    assert (
        f"**The sample that step 5 takes.** Inputs a = ({three(a[0])}, {three(a[1])}), upstream signal delta = {three(delta)}. "
        f"The gradient is delta × a = ({three(delta * a[0])}, {three(delta * a[1])}): on the ray of the inputs, whatever delta "
        "is. The update is −eta times that."
    ) in text
    full = said(open_page("neuron", neuron_step="5", neuron_deeper="true"))
    assert "**A sample drawn at step 5.**" in full and "The update is" not in full


def test_a_run_that_goes_on_is_said_to():
    law = Inputs("sigmoid")
    long = run_of(DescentConfig(law, (-1.0, 0.5), (1.0, -1.0), 0.0368, steps=5000))
    short = run_of(DescentConfig(law, (-1.0, 0.5), (1.0, -1.0), 3.31, steps=5000))
    drawn = notes([long, short])
    last = drawn["note"][drawn["step"] == 60].tolist()
    assert last[0] == f"the first 60 of {whole(len(long.update))} steps: loss {three(float(long.loss[60]))}"
    assert last[1] == f"step 29: loss {three(float(short.loss[29]))}, converged"
    assert drawn["note"][59] == f"step 59: loss {three(float(long.loss[59]))}"


@pytest.mark.parametrize("source", ["sigmoid", "tanh", "relu"])
def test_a_wedge_stays_within_the_frame_and_is_cut_short_only_there(source):
    laws = (Inputs(source), Inputs(source, centred=True))
    for start, target in (((2.0, 2.0), (-2.0, -2.0)), ((-1.0, 0.5), (1.0, -1.0)), ((2.0, -2.0), (2.0, 1.9))):
        runs = [run_of(DescentConfig(law, start, target, 0.5, steps=200)) for law in laws]
        drawn = {name: np.asarray(values, dtype=float) for name, values in wedges(laws, runs, target).items()}
        # Points on the arc: an angle counts clockwise from north.
        angle = np.linspace(drawn["theta"], drawn["theta2"], 181)
        x, y = drawn["x"] + drawn["radius"] * np.sin(angle), drawn["y"] + drawn["radius"] * np.cos(angle)
        assert np.abs(x).max() <= REACH_X + 1e-9 and np.abs(y).max() <= REACH_Y + 1e-9
        full = charts.RADIUS - drawn["radius"] < 1e-9
        touches = np.maximum(np.abs(x) / REACH_X, np.abs(y) / REACH_Y).max(0) > 1 - 1e-3
        assert (full | touches).all() and (full.any() or start[0] == target[0]), (
            "only along the frame are all cut short"
        )


def test_charts_wear_the_colours_and_dashes_of_the_house():
    locks = charts.locks().to_dict()
    (dash,) = [layer["encoding"]["strokeDash"] for layer in locks["layer"] if "strokeDash" in layer["encoding"]]
    assert dash["legend"]["columns"] == 1 and all(min(pattern) > 0 for pattern in dash["scale"]["range"])
    line = charts.mean_sweep().to_dict()["layer"][0]
    assert "color" in line["mark"] and "color" not in line["encoding"]


def test_the_caption_follows_what_a_hand_can_do():
    text = said(open_page("neuron"))
    assert "Drag the start or the target, click a landscape to move the start, click the strip to pick a step." in text
    assert "to move the target, click the strip" in said(open_page("neuron", neuron_click="the target"))
    held = said(open_page("neuron", neuron_lock=["start1"]))
    assert "Drag the target, click the strip to pick a step." in held and "click a landscape" not in held
    held = open_page("neuron", neuron_lock=["start1", "target2", "step"])
    assert not any("lick" in caption.value or "rag" in caption.value for caption in held.caption)


def test_controls_of_the_picture_come_right_after_it():
    at = open_page("neuron")
    order = [key for key in (getattr(element, "key", None) for element in at.main) if key]
    wanted = ["neuron_batch", "neuron_flip", "neuron_compare", "neuron_inputs", "neuron_preset_zigzag", "neuron_eta"]
    assert [key for key in order if key in wanted] == wanted


def test_a_path_ratio_below_one_is_explained():
    at = open_page("neuron")
    assert float(table(at)["path ratio: length over distance"][1]) < 1
    assert "A run stops at 1/10,000 of its first loss, short of the target: hence a path ratio can be below 1." in said(
        at
    )


@pytest.mark.parametrize(("source", "phrase"), [("sigmoid", "not to one half"), ("tanh", "no lock to lose")])
def test_the_noise_limit_is_told_from_one_half_only_where_it_differs(source, phrase):
    text = said(open_page("neuron", neuron_inputs=source, neuron_deeper="true"))
    assert phrase in text and ("not to one half" in text) != ("no lock to lose" in text)


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
        assert numbers["steps to 1/10,000 of its first loss"][column] == whole(int(steps))
        assert numbers["path ratio: length over distance"][column] == three(float(ratio))
        assert numbers["flips along the steep direction"][column] == whole(int(flips))


def test_any_activation_has_a_colour_for_its_inputs_and_for_the_same_centred():
    assert colours("sigmoid") == ("sigmoid", "centred sigmoid")
    assert colours("four") == ("4 x sigmoid", "4 x centred sigmoid")
    assert colours("tanh") == ("tanh", "tanh") and colours("uniform") == ("identity", "identity")
    for key, unit in ACTIVATIONS.items():
        assert colours(key)[0] == unit.label and colours(key)[1] in {one.label for one in ACTIVATIONS.values()}
