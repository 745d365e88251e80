"""`/neuron` through the entry point: what it says is recomputed here by another route."""

import math
from typing import Any

import numpy as np
import pytest

from core.activations import ACTIVATIONS
from core.inputs import UNIFORM, Inputs, second_moment
from core.neuron.descent import DescentConfig
from core.neuron.descent import descend as run_of
from dashboard.look.descent import contours, moral, nothing
from dashboard.look.formats import percent, plural, three, whole
from dashboard.look.landscape import REACH_X, REACH_Y
from dashboard.topics import TOPICS
from dashboard.topics.neuron import charts, words, words_deeper, words_why
from dashboard.topics.neuron.frames import case, colours, notes, wedges
from dashboard.topics.neuron.settings import BEST, Neuron
from tests.apptest import open_page, read_page, run_snippet, said

MU = 0.5


def sigmoid_spread() -> float:
    """Variance of sigma(Z), by a plain trapezoid."""
    z = np.linspace(-12, 12, 200_001)
    density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return float(np.trapezoid(density / (1 + np.exp(-z)) ** 2, z)) - 0.25


def table(**more: Any) -> dict[str, list[str]]:
    """The numbers of both panels, each by the name of its row; flips by that alone."""
    found = {row[0]: list(row[1:]) for row in words.table(case(Neuron(**more)))}
    return {"flips" if name.startswith("flips") else name: row for name, row in found.items()}


def told(**more: Any) -> str:
    """What is said in the main part of the page."""
    at = Neuron(**more)
    found = case(at)
    asked = words.prediction(found)
    parts = [words.answer(found), moral(None if at.compare == BEST else found.alike, found.best, found.kappa)]
    parts += [words_why.why(found), words.answered(found), *((asked[0], asked[2], asked[3]) if asked else ())]
    return "\n".join(parts)


KAPPA, ETA, STEPS = "*κ*, steepest over flattest curvature", "learning rate *η*", "steps to 1/10,000 of its first loss"
RATIO = "path ratio: length over distance"


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
    numbers = table(eta=0.6)
    error = np.array([-1.0, 0.5]) - np.array([1.0, -1.0])
    eta = 0.6 * 2 / (s2 + 2 * MU**2)
    for column, h in enumerate((s2 * np.eye(2) + MU**2, s2 * np.eye(2))):
        steps, ratio, flips = descend(h, error, eta)
        curvatures = np.linalg.eigvalsh(h)
        assert numbers[KAPPA][column] == three(curvatures[-1] / curvatures[0])
        assert numbers[ETA][column] == three(eta)
        assert numbers["*η* × steepest curvature"][column] == three(eta * curvatures[-1])
        assert numbers[STEPS][column] == whole(steps)
        assert numbers[RATIO][column] == three(ratio)
        assert numbers["flips"][column] == whole(flips)


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
    numbers = table(compare=BEST)
    assert numbers[ETA] == [three(2 / (2 * s2 + 2 * MU**2)), three(1 / s2)]
    assert numbers[STEPS] == ["29", "1"]


@pytest.mark.parametrize("n", [2, 10, 64])
@pytest.mark.parametrize("centre", [0, 40, 100])
def test_many_inputs_and_a_share_of_the_mean(n, centre):
    """A dense Hessian of n inputs, and a plain loop in all n weights; the learning rate is that of the inputs as they are."""
    s2, left = sigmoid_spread(), MU * (1 - centre / 100)
    h = s2 * np.eye(n) + left**2
    error, eta = np.array([-2.0, 1.5] * (n // 2)), 0.9 * 2 / (s2 + n * MU**2)
    e, steps = error, 0
    while e @ h @ e > error @ h @ error / 1e4:
        e, steps = e - eta * h @ e, steps + 1
    numbers, curvatures = table(n=n, centre=centre), np.linalg.eigvalsh(h)
    assert numbers[KAPPA] == [three(curvatures[-1] / curvatures[0]), "1.00"]
    assert numbers[STEPS][0] == whole(steps) and numbers[ETA] == [three(eta)] * 2
    if (n, centre) == (10, 0):
        assert numbers[KAPPA][0] == "58.6"


def test_the_textbook_start_crawls_and_does_not_flip():
    at = TOPICS["neuron"].preset("textbook").at
    assert case(at).runs[0].flips == 0
    left = 1 - 1.9 * sigmoid_spread() / (sigmoid_spread() + 0.5)
    assert (
        "Yet nothing flips: this start has no error along the steep direction. The path follows the flat one, and is merely slow: "
        f"each step leaves {percent(left)}" in words_why.why(case(at))
    )


def test_a_start_on_the_flat_direction_is_called_slow_only_where_it_is():
    """ReLU's flat curvature is more than half of its steep one: at the edge the first step overshoots the target."""
    mu2, s2 = 1 / (2 * math.pi), 0.5 - 1 / (2 * math.pi)
    flat = {"start1": 0.0, "start2": 0.0}
    left = 2 * s2 / (s2 + 2 * mu2) - 1
    text = told(inputs="relu", eta=1.0, **flat)
    assert 0 < left < 0.1 and table(inputs="relu", eta=1.0, **flat)[STEPS] == ["2", "2"]
    assert f"each step overshoots the target and leaves {percent(left)} of the error." in text
    assert "slow" not in text and "would grow" not in text
    text = told(inputs="relu", eta=0.9, **flat)
    assert "The path follows the flat one: each step leaves" in text and "slow" not in text
    assert "Along the steep one any error would grow" in told(eta=1.2, **flat)


def test_a_start_on_the_flat_direction_whose_decimals_round_does_not_diverge():
    for flip in (False, True):
        more = dict(inputs=UNIFORM, mean=0.5, spread=0.1, eta=1.2, start1=0.0, start2=-1.9, target1=0.1, target2=-2.0)
        steps = math.ceil(math.log(1e-4) / (2 * math.log(1 - 2.4 * 0.01 / 0.51)))
        numbers, text = table(**more, flip=flip), told(**more, flip=flip)
        assert numbers[STEPS] == [str(steps)] * 2 and numbers["flips"] == ["0", "0"]
        assert "Yet nothing flips" in text and "farther than the last" not in text


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
    more = {"inputs": source.lower(), "eta": share, "batch": batch, "start1": start[0], "start2": start[1]}
    both = [words_why.why(case(Neuron(**more, flip=flip))) for flip in (False, True)]
    still = " (a weight that stands still agrees with either)" if zero.any() else ""
    assert bool(still) == (source == "ReLU")
    total = f"{plural(len(updates), 'update')}"
    assert (
        f"The two signs agree in {here} of the {total} of this descent; with a wire flipped, in {there}{still}. The path"
        in both[0]
    )
    assert (
        f"the two signs agree in {there} of the {total} of this descent; with no wire flipped, in {here}{still}. The path"
        in both[1]
    )
    for text in both:
        assert "the sign costs nothing" in text and ("What costs is the mean: it caps" in text) <= (source != "tanh")


def test_a_flipped_wire_changes_no_number():
    for more in ({}, {"batch": 1, "eta": 0.4}, {"n": 10}):
        assert table(**more) == table(flip=True, **more)


@pytest.mark.parametrize("share", [0.3, 0.8, 1.2])
@pytest.mark.parametrize("flip", [True, False])
def test_inputs_without_a_mean_have_no_steep_direction_to_speak_of(share, flip):
    text = told(inputs="tanh", eta=share, flip=flip)
    assert "no valley" in text and "These inputs have none" in text
    assert "of the error along" not in text and "What costs" not in text
    assert ("runs straight to the target" in text) == (share == 0.3)
    assert ("overshoot in every direction" in text) == (share > 0.3)


@pytest.mark.parametrize("share", [0.3, 0.8, 1.0, 1.2])
@pytest.mark.parametrize(("mean", "spread"), [(0.3, 2.0), (0.05, 2.0), (-0.05, 1.5)])
def test_a_mean_that_is_small_is_still_a_mean(mean, spread, share):
    """kappa is 1.045, 1.00125 and 1.0022: displayed as 1.0x, but at the edge one run never arrives and the other does."""
    more = {"inputs": UNIFORM, "mean": mean, "spread": spread, "eta": share}
    kappa, text = 1 + 2 * mean**2 / spread**2, told(**more)
    assert f"The mean is hardly a reason here. It makes one direction of the loss only {percent(kappa - 1)}" in text
    assert "Here it is small" in text and "hardly caps" in text
    for wrong in ("no mean", "have none", "1.00 times"):
        assert wrong not in text
    assert ("overshoot in every direction" in text) == (share * 2 / kappa > 1)
    if share == 1.0:
        raw, centred = table(**more)[STEPS]
        assert raw == "never arrives" and int(centred.replace(",", "")) < 5000 and "Fewer steps" in text
        flat = percent(abs(1 - 2 / kappa))
        assert f"leaves 100 % of the error along the steep direction and {flat} along the flat one" in text
    alike = "the best *η* stays" if mean != 0.3 else "The best *η* grows from 0.244 to 0.250"
    assert alike in text


def test_the_prediction_is_borne_out():
    at = open_page("neuron")
    at.radio(key="neuron_guess").set_value("Fewer steps").run()
    reveal = next(m.value for m in at.markdown if "Centring leaves" in m.value)
    assert reveal.startswith("**No: about as many.**")
    raw, centred = table()[STEPS]
    assert f"These inputs: {raw} steps" in reveal and f"Centred: {centred} steps" in reveal
    s2 = sigmoid_spread()
    best = [three(2 / (2 * s2 + 2 * MU**2)), three(1 / s2)]
    assert f"The best *η* grows from {best[0]} to {best[1]}. There it takes 1 step." in reveal
    # Another learning rate in the question is no reason to forget the answer.
    at.segmented_control(key="neuron_compare").set_value("each at its best eta").run()
    assert at.radio(key="neuron_guess").value == "Fewer steps"


def test_each_at_its_best_asks_about_the_first_ones_best_eta():
    s2 = sigmoid_spread()
    eta, text = 2 / (2 * s2 + 2 * MU**2), told(compare=BEST)
    assert f"Centre the inputs and keep *η* at {three(eta)}. How many steps" in text
    error = np.array([-2.0, 1.5])
    for name, h in (("These inputs", s2 * np.eye(2) + MU**2), ("Centred", s2 * np.eye(2))):
        steps, ratio, _ = descend(h, error, eta)
        assert f"{name}: {steps} steps and a path of {three(ratio)} times the distance" in text


def test_the_prediction_is_right_where_the_run_is_cut_too():
    """Along the flat direction 1 - eta s^2 of the error is left at each step, 0.0025 % of the loss or 0.01 % of it."""
    more = {"inputs": UNIFORM, "mean": 2.0, "spread": 0.1, "eta": 0.3}
    eta, (flat, steep) = 0.6 / 8.01, ((3.5**2 / 2, 0.5**2 / 2))
    given = math.log(1e-4 * (0.01 * flat + 8.01 * steep) / (0.01 * flat)) / (2 * math.log(1 - 0.01 * eta))
    centred = math.log(1e-4) / (2 * math.log(1 - 0.01 * eta))
    text = told(**more)
    assert f"More steps\nThese inputs: {whole(math.ceil(given))} steps" in text
    assert f"Centred: {whole(math.ceil(centred))} steps, of which 5,000 were run." in text
    assert table(**more)[STEPS] == [whole(math.ceil(given)), "more than 5,000"]


def test_what_batches_leave_open_is_not_said_to_be_never():
    options = words.prediction(case(Neuron(batch=1)))[1]
    assert options[-1] == "Not within 5,000 steps"
    more = {"inputs": UNIFORM, "mean": 2.0, "spread": 0.1, "batch": 64, "eta": 0.2}
    assert "Not within 5,000 steps\nWith these inputs and with centred ones: more than 5,000 steps." in told(**more)
    diverging = {"inputs": "relu", "batch": 1, "start1": 2.0, "start2": 2.0, "eta": 1.2}
    assert table(**diverging)[STEPS][0].startswith("diverged") and "These inputs: it diverges" in told(**diverging)


@pytest.mark.parametrize(
    ("target1", "target2", "inputs", "phrase"),
    [
        (0.0, -0.5, "sigmoid", "bends into the valley and then crawls"),
        (1.0, -1.0, "sigmoid", "straight along the flat one"),
        (1.0, 1.0, "sigmoid", "straight down the steep one"),
        (1.0, 1.0, "tanh", "straight to the target"),
    ],
)
def test_the_sentence_follows_the_start(target1, target2, inputs, phrase):
    more = dict(eta=0.3, start1=0.0, start2=0.0, target1=target1, target2=target2, inputs=inputs)
    assert phrase in told(**more)
    bent = float(table(**more)[RATIO][0]) > 1
    assert bent == ("bends" in phrase), "a straight path that stops short of the target is shorter than the way there"


def test_only_a_narrow_valley_is_said_to_be_crawled_along():
    """With ReLU kappa is 1.93, and at half the edge the path is as long as the distance: 7 steps."""
    mu2, s2 = 1 / (2 * math.pi), 0.5 - 1 / (2 * math.pi)
    steep = s2 + 2 * mu2
    text = told(inputs="relu", eta=0.5)
    assert f"The first takes all error along the steep direction away. Each leaves {percent(1 - s2 / steep)}" in text
    assert table(inputs="relu", eta=0.5)[RATIO][0] == "1.00"
    text = told(inputs="relu", eta=0.4)
    left = f"Each leaves 20 % of the error along the steep direction and {percent(1 - 0.8 * s2 / steep)} along the flat one"
    assert left in text and "crawls" not in text
    assert "crawls" in told(eta=0.4)
    # From (-2, 2) to (2, -1.9) it does not bend for the eye.
    assert "bends" not in told(eta=0.4, start1=-2.0, start2=2.0, target1=2.0, target2=-1.9)


@pytest.mark.parametrize(
    ("kappa", "shape"),
    [(12.5, "a narrow valley"), (1.93, "an oval bowl"), (1.0, "Both landscapes are round bowls"), (None, "a valley")],
)
def test_who_does_not_see_the_picture_hears_of_its_shape(kappa, shape):
    alt = words.finding(kappa, True)
    assert shape in alt and "left" not in alt.lower().split() and "right" not in alt.lower().replace(",", "").split()


def pictures(at) -> list[str]:
    """The charts' accessible names."""
    return [chart.proto.alt for chart in at.get("vega_lite_chart")]


def test_what_the_hand_moves_does_not_draw_the_picture_anew():
    """The name of a picture is part of it: with another the browser would go back to what it was first drawn with."""
    moves = ({}, {"neuron_centre": "100"}, {"neuron_n": "64"}, {"neuron_eta": "0.1"})
    assert len({pictures(read_page("neuron", **more))[0] for more in moves}) == 1
    own = {"neuron_inputs": "mean and spread"}
    assert len({pictures(read_page("neuron", **own, neuron_mean=mean))[0] for mean in ("0", "2")}) == 1


def test_a_round_bowl_is_said_to_alternate_from_every_start():
    for flip, name in ((False, "*w*₁ = *w*₂"), (True, "*w*₁ = −*w*₂")):
        for start in (0.0, 0.8):
            more = dict(inputs="tanh", start1=start, start2=0.0, flip=flip)
            text = told(**more)
            assert "to the other side of the target, and leaves 80 % of the error." in text
            none = table(**more)["flips"][0] == "0"
            said_so = f"The table counts flips along {name} alone, and this start has no error there." in text
            assert said_so == none == (start == 0)


def test_from_the_target_there_is_nowhere_to_go():
    at = read_page("neuron", neuron_start1="1", neuron_start2="-1", neuron_deeper="true")
    assert nothing(["the start", "the target"]) in said(at) and "no steps to draw" in said(at)
    assert not [one for one in at.radio if one.key == "neuron_guess"], "a prediction about nothing"
    assert not [alt for alt in pictures(at) if alt in (words_deeper.LOSSES_FINDING, words_deeper.COSINES_FINDING)]
    assert "none times" not in said(at)


def test_at_the_best_eta_every_start_takes_as_many_steps():
    starts = ((-1.0, 0.5), (0.0, 0.0), (2.0, 1.0))
    assert len({table(start1=one, start2=two, compare=BEST)[STEPS][0] for one, two in starts}) == 1
    assert "the steps are the same from every start" in words.cost(0.5, 0.2, 2, 12.5, True, False)


@pytest.mark.parametrize(
    ("query", "verb", "limit"),
    [
        ({}, "falls", 0.8249),
        ({"neuron_flip": "true"}, "rises", 0.1751),
        ({"neuron_inputs": "mean and spread", "neuron_mean": "0.2", "neuron_spread": "0.3"}, "rises", None),
        ({"neuron_inputs": "mean and spread", "neuron_mean": "0.05", "neuron_spread": "2"}, "about", None),
        ({"neuron_inputs": "tanh"}, "that of coins", 0.5),
    ],
)
def test_which_way_the_lock_goes_with_the_batch(query, verb, limit):
    """Against two correlated normals: both signs agree with probability 1/2 + asin(rho) / pi."""
    at = read_page("neuron", **query, neuron_deeper="true")
    text = said(at)
    mu, s = (float(query.get(f"neuron_{name}", 0)) for name in ("mean", "spread"))
    if limit is None:
        limit = 0.5 + math.asin(mu * mu / (mu * mu + s * s)) / math.pi
    one = float(text.split("agree?** In ")[1].split(" %")[0].split(" ±")[0]) / 100
    (alt,) = [alt for alt in pictures(at) if alt.startswith("The chance")]
    assert f" {verb} " in alt
    moved = limit - one
    assert {
        "falls": moved < -0.02,
        "rises": moved > 0.02,
        "about": abs(moved) < 0.02,
        "that of coins": abs(moved) < 0.02,
    }[verb]


@pytest.mark.parametrize(("share", "outcome"), [(0.5, "arrived."), (0.9, "arrived all the same."), (1.2, "diverged.")])
def test_above_the_mean_square_edge_a_single_run_may_arrive(share, outcome):
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
    eta = share * 2 / (sigmoid_spread() + 0.5)
    share_of_edge = three(low * (sigmoid_spread() + 0.5) / 2)
    expected = (
        f"the squared error grows once *η* is above {three(low)}, {share_of_edge} of the full batch's edge. Yours is {three(eta)}. "
        f"This run {outcome}\n"
    )
    assert expected in words_why.why(case(Neuron(batch=1, eta=share)))


@pytest.mark.parametrize("flip", ["false", "true"])
def test_the_sample_shown_is_the_one_the_run_took(flip):
    """The inputs of step 5 are the sixth pair that the seed draws; -eta times the gradient shown is the step taken."""
    query = {"neuron_batch": "1", "neuron_eta": "0.5", "neuron_seed": "3", "neuron_step": "5", "neuron_flip": flip}
    text = said(read_page("neuron", **query, neuron_deeper="true"))
    sign = np.array([1.0, -1.0 if flip == "true" else 1.0])
    drawn = sign / (1 + np.exp(-np.random.default_rng(3).standard_normal((6, 2))))
    e, eta = np.array([-2.0, 1.5]) * sign, 0.5 * 2 / (sigmoid_spread() + 0.5)
    for a in drawn[:5]:
        e = e - eta * (a @ e) * a
    a, delta = drawn[5], float(drawn[5] @ e)
    assert "**The sample of step 5.**" in text and "The step is −*η* times that." in text
    formula = text.split("$$")[1]
    for k in (0, 1):
        assert f"\\partial w_{k + 1}}}}}_{{{words.tex(delta * a[k])}}}" in formula
        assert f"\\underbrace{{a_{k + 1}" in formula and f"_{{{words.tex(a[k])}}}" in formula
    assert formula.count(f"_{{{words.tex(delta)}}} \\cdot") == 2
    assert ("share a sign" in text) == (flip == "false")
    full = said(read_page("neuron", neuron_step="5"))
    assert "**One sample, drawn at step 5.**" in full and "The step is" not in full


def test_a_number_in_a_formula_is_set_as_one():
    assert (words.tex(-0.0557) == "-0.0557" and words.tex(12345.0) == "12{,}300") or words.tex(12345.0) == "12{,}345"
    assert words.tex(-3.2e-7) == "-3.20 \\cdot 10^{-7}"


def test_a_run_that_goes_on_is_said_to():
    law = Inputs("sigmoid")
    long = run_of(DescentConfig(law, (-1.0, 0.5), (1.0, -1.0), 0.0368, steps=5000))
    short = run_of(DescentConfig(law, (-1.0, 0.5), (1.0, -1.0), 3.31, steps=5000))
    drawn = notes([long, short])
    last = drawn["note"][drawn["step"] == 60].tolist()
    assert last[0] == f"the first 60 of {whole(len(long.update))} steps: \nloss {three(float(long.loss[60]))}"
    assert last[1] == f"step 29: \nloss {three(float(short.loss[29]))}, converged"
    assert drawn["note"][59] == f"step 59: \nloss {three(float(long.loss[59]))}"


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
    ends = ("the start", "the target")
    text = words.legend(ends, "start", True, True, True)
    assert text.startswith(
        "Drag the start or the target by its yellow pad. Click a landscape to move the start, or the strip to pick a step."
    )
    assert "Shaded" in text and "Shaded" not in words.legend(ends, "start", True, True, False)
    held = said(read_page("neuron", neuron_lock=["start1"]))
    assert (
        "Drag the target by its yellow pad. Click the strip to pick a step." in held and "Click a landscape" not in held
    )
    held = read_page("neuron", neuron_lock=["start1", "target2", "step"])
    assert not any("lick" in caption.value or "rag" in caption.value for caption in held.caption)


def test_controls_of_the_picture_come_right_after_it():
    at = read_page("neuron")
    order = [key for key in (getattr(element, "key", None) for element in at.main) if key]
    wanted = ["neuron_preset_zigzag", "neuron_inputs", "neuron_batch", "neuron_flip", "neuron_compare", "neuron_eta"]
    assert [key for key in order if key in wanted] == wanted


def test_a_path_ratio_below_one_is_explained():
    assert float(table()[RATIO][1]) < 1 and words.PATHS in said(read_page("neuron"))


@pytest.mark.parametrize(
    ("source", "phrase"), [("sigmoid", "not to 50 % as with 2 coins"), ("tanh", "no lock to lose")]
)
def test_the_noise_limit_is_told_from_one_half_only_where_it_differs(source, phrase):
    text = said(read_page("neuron", neuron_inputs=source, neuron_deeper="true"))
    assert phrase in text and ("not to 50 % as with 2 coins" in text) != ("no lock to lose" in text)


def test_the_snippet_prints_the_numbers_of_the_page():
    at = open_page("neuron", neuron_eta="0.5", neuron_batch="4", neuron_seed="3", neuron_flip="true")
    at.session_state["neuron_share"] = True
    at.run()
    (snippet,) = [c.value for c in at.code if "from core" in c.value]
    given, centred = (line.split() for line in run_snippet(snippet).splitlines())
    numbers = table(eta=0.5, batch=4, seed=3, flip=True)
    for column, line in enumerate((given, centred)):
        kappa, eta, steps, ratio, flips = line
        assert numbers[KAPPA][column] == three(float(kappa))
        assert numbers[ETA][column] == three(float(eta))
        assert numbers[STEPS][column] == whole(int(steps))
        assert numbers[RATIO][column] == three(float(ratio))
        assert numbers["flips"][column] == whole(int(flips))


def test_any_activation_has_a_colour_for_its_inputs_and_for_the_same_centred():
    assert colours("sigmoid") == ("sigmoid", "centred sigmoid")
    assert colours("uniform") == ("identity", "centred sigmoid")
    for key in (
        Neuron.__dataclass_fields__["inputs"].metadata["control"](topic="neuron", name="inputs").choices.values()
    ):
        own, centred = colours(key)
        assert own != centred and {own, centred} <= {one.label for one in ACTIVATIONS.values()}
