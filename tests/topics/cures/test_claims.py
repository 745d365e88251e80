"""What `/cures` claims, at its default, its presets, the ends of its controls and drawn settings, by another route than its words go."""

import csv
import math
import re
import statistics
from functools import cache

import numpy as np
import pytest

from core.activations import ACTIVATIONS
from core.ailments import DEPTH, ETA, GOAL, SQUARE, START, TAILS
from core.cures import conditioning
from core.initialisations import rule
from core.inputs import UNIFORM
from core.network.cures_table import cure_cells
from core.neuron.racing import race
from core.remedies import REMEDIES, patient, remedy_table
from dashboard.look.formats import three
from dashboard.topics import TOPICS
from dashboard.topics.cures import (
    charts,
    closed_form,
    frames,
    frames_deeper,
    words,
    words_deeper,
    words_network,
    words_race,
    words_remedies,
)
from dashboard.topics.cures.card import cards
from dashboard.topics.cures.settings import MOMENTS, Cures
from tests.apptest import ROOT, datasets, read_page, said
from tests.sight import APART, LOOKS, distance, lab, linear, theme
from tests.topics.grid import grid

race = cache(race)

Z = np.linspace(-14, 14, 200_001)
PHI = np.exp(-Z * Z / 2) / math.sqrt(2 * math.pi)
STEPS = np.arange(20_001)


@cache
def moments(inputs: str) -> tuple[float, float]:
    cdf = np.concatenate([[0.0], np.cumsum((PHI[1:] + PHI[:-1]) / 2 * np.diff(Z))])
    f = {"sigmoid": 1 / (1 + np.exp(-Z)), "tanh": np.tanh(Z), "relu": np.maximum(Z, 0), "gelu": Z * cdf}[inputs]
    mu = float(np.trapezoid(f * PHI, Z))
    return mu, math.sqrt(float(np.trapezoid((f - mu) ** 2 * PHI, Z)))


def kappa_of(at: Cures) -> float:
    mu, s = (at.mean, at.spread) if at.inputs == UNIFORM else moments(at.inputs)
    return 1 + at.n * (mu / s) ** 2 if abs(mu) > 1e-9 else 1.0


def plain_steps(kappa: float, goal: float) -> int:
    if kappa == 1:
        return 1
    return max(1, math.ceil(math.log(goal) / (2 * math.log1p(-2 / (kappa + 1))) - 1e-9))


def fewest_plain_steps(kappa: float, goal: float) -> int:
    """At every rate of a grid, from equal errors at both ends; a step more than needed at most.

    The loss falls at every step, so a rate that is not there one step before the fewest so far needs no closer look; where it
    is there, all steps are looked at.
    """
    best = len(STEPS)
    for eta in 2 / kappa * np.concatenate([np.linspace(0.5, 0.9999, 400), 1 - np.geomspace(1e-6, 1e-2, 400)]):
        if (1 - eta) ** (2.0 * best - 2) + kappa * (1 - eta * kappa) ** (2.0 * best - 2) <= goal * (1 + kappa):
            share = (1 - eta) ** (2.0 * STEPS[:best]) + kappa * (1 - eta * kappa) ** (2.0 * STEPS[:best])
            best = int(np.argmax(share <= goal * (1 + kappa)))
    return best if best < len(STEPS) else 10**9


def ball_steps(kappa: float, goal: float) -> int:
    """From the double root in closed form, at every step at once."""
    r = (math.sqrt(kappa) - 1) / (math.sqrt(kappa) + 1)
    parts = kappa * (1 + (1 + r) * STEPS) ** 2 + (1 + (1 - r) * STEPS) ** 2
    return int(np.argmax(r ** (2.0 * STEPS) * parts / (kappa + 1) <= goal))


def adam_steps(kappa: float, goal: float, eta: float, n: int, flat: float) -> float:
    """One run in the two weights that all others follow, at the learning rate that the page found."""
    e = np.array([2.0, 0.0]) / math.sqrt(n)
    h = flat * (np.eye(2) + (kappa - 1) / 2)
    goal, m, v = goal * (e @ h @ e), np.zeros(2), np.zeros(2)
    for t in range(1, 5001):
        g = h @ e
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        e = e - eta * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        if e @ h @ e <= goal:
            return t
    return math.inf


def settings() -> list[Cures]:
    """The settings that differ in what is raced."""
    found = {}
    for at in grid("cures", drawn=60):
        own = at.inputs == UNIFORM
        found.setdefault((at.inputs, at.n, at.mean if own else 0, at.spread if own else 0, at.goal), at)
    return list(found.values())


def number(text: str) -> float:
    return math.inf if text.startswith("more") else float(re.sub(r"[^\d.]", "", text))


@pytest.mark.parametrize("at", settings(), ids=lambda at: f"{at.inputs}-{at.n}-{at.mean}-{at.spread}-{at.goal}")
def test_claims(at):
    field = frames.field(at, *map(race, frames.races(at)))
    kappa = kappa_of(at)
    plain, ball = plain_steps(kappa, at.goal), ball_steps(kappa, at.goal)
    adam = field.steps("adam")
    own = adam_steps(kappa, at.goal, field.runners["adam"].best.eta, at.n, field.spread**2)
    # Signs of gradients that have all but vanished decide the last steps.
    assert own == adam or abs(own - adam) <= max(2, 0.05 * adam)
    assert field.kappa == pytest.approx(kappa, rel=1e-6)
    assert abs(field.steps("plain") - plain) <= 1 + 1e-5 * plain and abs(field.steps("heavy_ball") - ball) <= 1
    answer, halves = words.answer(field, ""), words.half_true(field, "")
    plain, ball = field.steps("plain"), field.steps("heavy_ball")

    assert ("nothing to cure" in answer) == (kappa == 1) == ("Nothing to fix" in halves)
    assert ("hardly anything to cure" in answer) == (1 < kappa < 1.1)
    told = [number(one) for one in re.findall(r"\*\*([\d,]+|more than [\d,]+) steps?\*\*", answer)]
    assert told == ([] if kappa == 1 else [plain])
    # What the neuron says is said of the neuron.
    assert ("take the mean away" in answer) == ("In one neuron with" in answer) == (kappa >= 1.1)
    if kappa == 1:
        assert plain == 1
        assert words.straightens(field, conditioning(at.n, field.mean, field.spread))[2] == words.NOTHING
        return
    momentum, of_adam = halves.split("\n\n")
    assert ("gains nothing" in momentum) == (plain / 1.1 <= ball <= plain * 1.1)
    assert ("is slower" in momentum) == (ball > plain * 1.1)
    assert (" steps instead of " in momentum) == (ball < plain / 1.1)
    assert ("cannot tell" in of_adam) == (at.goal >= 1 / (1 + kappa))
    if "cannot tell" not in of_adam:
        # Adam has the rate with the fewest steps from this start, so it is held against plain descent at such a rate too.
        fewest = fewest_plain_steps(kappa, at.goal)
        assert abs(field.fewest - fewest) <= 1 + 1e-3 * fewest and field.fewest <= plain
        fewest = field.fewest
        assert ("Half true" in of_adam) == (adam < fewest) != ("Not here" in of_adam)
        assert ("goes faster through the same valley" in of_adam) == (adam < fewest)
        assert ("more than momentum alone" in of_adam) == (ball * 1.1 < adam < fewest)
        assert ("fewer than momentum's" in of_adam) == (adam < ball / 1.1 and adam < fewest)
        assert ("about as many as momentum's" in of_adam) == (ball / 1.1 <= adam <= ball * 1.1 and adam < fewest)
        assert (f"{fewest:,.0f} at the rate with the fewest" in of_adam) == (
            fewest <= adam < plain or ball * 1.1 < adam < fewest
        )
    found = conditioning(at.n, field.mean, field.spread)
    _, options, right, _ = words.straightens(field, found)
    assert right == words.NO and right in options, "like inputs: equal rates are the best"


@pytest.mark.parametrize(
    ("adam", "without", "claim"),
    [
        (217, 1097, "that is what helps"),
        (100, 105, "(*β*₁ = 0)."),
        (100, 50, "a burden"),
        (100, math.inf, "that is what helps"),
    ],
)
def test_what_adams_momentum_does_is_decided_by_both_counts(adam, without, claim):
    text = words_deeper.per_weight(conditioning(100, 0.5, 0.2), adam, without, (2.0, 1.0))
    assert claim in text
    assert ("Unlike inputs can gain" in text) and "Unlike" not in words_deeper.per_weight(
        conditioning(100, 0.0, 0.2), adam, without, (1.0, 1.0)
    )


def test_which_momentum_is_first_is_decided_by_both_counts():
    felt = frames_deeper.felt_at(577.0)
    for ball, nesterov, claimed in ((106, 58, True), (10, 12, False), (7, 7, False)):
        said = words_deeper.rates(felt, 577.0, 38.0, 8.85, (997, ball, nesterov, 46, 1))
        assert ("Nesterov's is there before momentum" in said) == claimed
    # Of single steps it is not so: a step may leave less than the square root of beta, or more.
    assert "a step leaves at least √0.9 = 0.949 of the error in the long run" in said
    assert "less than there is" in said and "more than there is" in words_deeper.rates(
        frames_deeper.felt_at(20.0), 20.0, 38.0, 0.5, (9, 9, 9, 9, 1)
    )


def ball_losses(kappa: float) -> np.ndarray:
    """The loss of momentum at its best at each of `STEPS`, as a share of the first, in closed form."""
    r = (math.sqrt(kappa) - 1) / (math.sqrt(kappa) + 1)
    return r ** (2.0 * STEPS) * (kappa * (1 + (1 + r) * STEPS) ** 2 + (1 + (1 - r) * STEPS) ** 2) / (kappa + 1)


@pytest.mark.parametrize("at", settings()[:24], ids=lambda at: f"{at.inputs}-{at.n}-{at.mean}-{at.spread}-{at.goal}")
def test_who_is_ahead_is_said_where_another_arrives_first(at):
    field = frames.field(at, *map(race, frames.races(at)))
    kappa = kappa_of(at)
    adam = field.runners["adam"].loss / field.runners["adam"].loss[0]
    for moment, step in enumerate(MOMENTS):
        said = words_race.standing(field, moment)
        loss = {
            "plain descent": ((kappa - 1) / (kappa + 1)) ** (2 * step),
            "momentum": ball_losses(kappa)[step] if kappa > 1 else 0.0,
        }
        if step < len(adam):
            loss["Adam"] = float(adam[step])
        counts = {
            "plain descent": field.steps("plain"),
            "momentum": field.steps("heavy_ball"),
            "Adam": field.steps("adam"),
        }
        loss = {name: one for name, one in loss.items() if counts[name] > step}
        ahead = re.search(
            r"steps? (.*) is ahead of those still under way\. (.*?),? (?:whose .*?, )?arrives sooner all the same: (\S+) steps?, not (.*)\.",
            said,
        )
        if len(loss) < 2 or step == 0:
            assert not said
        elif ahead:
            assert loss[ahead[1]] <= min(loss.values()) * (1 + 1e-6)
            first = next(name for name in counts if name.lower() == ahead[2].lower())
            assert counts[first] == number(ahead[3]) < number(ahead[4]) == counts[ahead[1]]
        else:
            assert counts[min(loss, key=loss.__getitem__)] <= min(counts[one] for one in loss) * (1 + 1e-9)
        if "grows to" in said:
            r = (math.sqrt(kappa) - 1) / (math.sqrt(kappa) + 1)
            assert f"grows to {three(float((r**STEPS * (1 + (1 + r) * STEPS)).max()))} times" in said


def test_the_default_race_explains_who_is_ahead():
    field = frames.field(Cures(), *map(race, frames.races(Cures())))
    said = words_race.standing(field, Cures().moment)
    assert (
        "After 62 steps Adam is ahead of those still under way. Momentum, whose" in said
        and "152 steps, not 217." in said
    )


def test_the_legend_of_the_race_is_of_what_is_drawn():
    field = frames.field(Cures(), *map(race, frames.races(Cures())))
    for moment, step in enumerate(MOMENTS):
        said = words_race.legend(field, moment)
        assert f"Moment {moment} is after {step:,} step" in said
        assert ("ashed: one single step" in said) == (step > 1), "before the first step nobody has jumped"
        strides = re.search(r"the last (\d+) steps of a way", said)
        # Plain descent is the last of the three to arrive, after 1,994 steps.
        assert bool(strides) == (1 < step < 1994)
        assert not strides or int(strides[1]) == min(step, closed_form.TRAIL)
    assert MOMENTS[:11] == tuple(range(11)), "the first ten are a step apart"
    assert (np.diff(MOMENTS[10:]) >= 1).all() and (np.diff(MOMENTS, 2)[20:] >= 0).all()
    # Few enough strides to be told apart: of a zigzag more are a smear.
    assert closed_form.TRAIL <= 8


@pytest.mark.parametrize("at", settings()[:24], ids=lambda at: f"{at.inputs}-{at.n}-{at.mean}-{at.spread}-{at.goal}")
def test_a_felt_kappa_beside_fewer_steps_is_explained(at):
    """By the closed forms of both rates, and by a loop of Nesterov's steps."""
    field, kappa = frames.field(at, *map(race, frames.races(at))), kappa_of(at)
    text = words.tabled(field)
    root = math.sqrt(3 * kappa + 1)
    beta, eta, e, v, nesterov = (root - 2) / (root + 2), 4 / (3 * kappa + 1), np.ones(2), np.zeros(2), 0
    while np.array([1, kappa]) @ e**2 > at.goal * (1 + kappa) * (1 + 1e-12):
        ahead = e + beta * v
        v = ahead - eta * np.array([1, kappa]) * ahead - e
        e, nesterov = e + v, nesterov + 1
    ball = ball_steps(kappa, at.goal) if kappa > 1 else 1
    odd = root - 1 > math.sqrt(kappa) * (1 + 1e-9) and nesterov < ball
    assert ("Felt *κ* leaves the start out" in text) == odd
    if odd:
        assert f"fewer steps, {nesterov:,} and not {ball:,}." in text
    assert "Momentum is the heavy ball" in text, "said once"


def test_a_method_has_one_name_on_the_page():
    at = read_page("cures", cures_deeper="true")
    texts = [one for one in said(at).split("\n") if "heavy ball" in one.lower()]
    assert len(texts) == 1 and "Momentum is the heavy ball" in texts[0]
    for chart in range(len(at.get("vega_lite_chart"))):
        assert "heavy ball" not in at.get("vega_lite_chart")[chart].proto.spec.lower()
        for name, one in datasets(at, chart).items():
            assert not one.astype(str).apply(lambda column: column.str.contains("heavy ball")).any(axis=None), name


PLACES = [(depth, batch) for depth in (1, 5) for batch in (1, 8, 64, 1000)]


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_no_seed_that_was_not_tried_is_counted(place):
    """Off the file: a seed without a number of steps, a last look or a divergence was never run."""
    found = frames_deeper.arms(*place, cure_cells())
    if ("sgd", "sigmoid") not in found:
        return
    told = words_network.network(found, place).split("\n\n")
    names = {"sgd": "**Plain descent**", "momentum": "**Momentum**", "adam": "**Adam**"}
    alone = {
        way for way, cell in found.items() if sum(((cell.steps >= 0) | (cell.seen > 0) | cell.diverged).any(axis=0)) < 5
    }
    for optimiser, name in names.items():
        (line,) = [one for one in told if one.startswith(name)] if (optimiser, "sigmoid") in found else [""]
        if not line:
            continue
        compares = optimiser != "sgd" and ("sgd", "sigmoid") in alone
        if (optimiser, "sigmoid") in alone or compares:
            assert "first seed" in line, line
            assert not re.search(r"helps|instead of|is slower|cannot be told", line), line
        else:
            assert "first seed" not in line
    others = words_network.others(found)
    assert ("the only one tried" in others) == (("sgd", "sigmoid") in alone)
    if ("sgd", "sigmoid") in alone:
        assert not re.search(r"- (faster|slower|not to be told)", others)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_hollow_dot_is_spoken_of_where_one_is_drawn(place):
    found = frames_deeper.arms(*place, cure_cells())
    if found:
        drawn = frames_deeper.dots(found)["state"].tolist()
        assert ("hollow dot" in words_network.legend(found)) == ("not arrived" in drawn)
    (dots,) = (
        one for one in charts.network(labels=("a",)).to_dict()["layer"] if one.get("data", {}).get("name") == "dots"
    )
    assert not dots["mark"].get("filled") and "fill" in dots["encoding"], (
        "a mark that has neither fill nor line is not seen"
    )


def test_what_the_answer_says_of_a_deep_network_is_what_was_recorded():
    found = frames_deeper.arms(5, 64, cure_cells())
    with (ROOT / "core/network/data/cures.csv").open() as file:
        next(file)
        rows = [row for row in csv.DictReader(file) if (row["depth"], row["batch"]) == ("5", "64")]

    def best(optimiser: str, treatment: str) -> list[float]:
        mine = [
            [float(one) if (one := row[f"steps_{seed}"]).isdigit() else math.inf for seed in range(5)]
            for row in rows
            if (row["optimiser"], row["treatment"]) == (optimiser, treatment)
        ]
        return min(mine, key=lambda steps: (statistics.median(steps), statistics.mean(min(one, 6000) for one in steps)))

    plain, centred, adam, both = (
        best(*way) for way in (("sgd", "sigmoid"), ("sgd", "centred"), ("adam", "sigmoid"), ("adam", "centred"))
    )
    said = words_network.headline(found)
    middle = [f"{round(statistics.median(one)):,}" for one in (plain, centred, adam, both)]
    assert f"plain descent takes {middle[0]} steps, with centred outputs {middle[1]}, and Adam {middle[2]}" in said
    assert f"Both together take {middle[3]}" in said and "batches of 64" in said and "five hidden layers" in said

    def wins(one: list[float], other: list[float]) -> int:
        return sum(a < b for a, b in zip(one, other, strict=True))

    assert ("there Adam does more" in said) == (wins(adam, centred) == 5)
    assert ("there too centring does more" in said) == (wins(centred, adam) == 5)
    if "fewer than either alone" not in said:
        assert f"fewer than centring alone in all 5 seeds, than Adam alone in {wins(both, adam)}." in said and wins(
            both, centred
        ) == 5 > wins(both, adam)
    else:
        assert wins(both, adam) == wins(both, centred) == 5
    assert words_network.headline({}) == words_network.headline(None) == ""
    assert said in words.answer(frames.field(Cures(), *map(race, frames.races(Cures()))), said)


def test_the_patient_is_as_the_caption_says():
    """The numbers of the words, by quadrature and from the cells' own patients."""
    text, sick = words_remedies.PATIENT, patient()
    assert "a hundred sigmoids" in text and sick["lopsided"].felt == pytest.approx(kappa_of(Cures()), rel=1e-6)
    spread = TAILS * math.sqrt(SQUARE)
    edge = 2 * math.acosh(1 / (2 * math.sqrt(0.04 / 4)))
    assert "a quarter of its units are saturated" in text
    assert math.erfc(edge / spread / math.sqrt(2)) == pytest.approx(0.25, abs=0.01)
    assert (
        "twenty layers of sigmoids with weights of variance 1 / fan-in (LeCun's)" in text.replace("\n", " ")
        and DEPTH == 20
        and rule("lecun").gain == 1
    )
    assert "starts at *z* = 6" in text and START == 6.0
    # Steps from there at the learning rate of the table, by the rule itself: one input of 1, a weight and a bias.
    w = b = 3.0
    steps = 0
    while (a := 1 / (1 + math.exp(-w - b))) > GOAL:
        delta = a * a * (1 - a)
        w, b, steps = w - ETA * delta, b - ETA * delta, steps + 1
    assert round(sick["output"].felt) == steps


def test_momentum_at_plain_descents_stride_takes_as_long_at_the_output():
    """By the rule itself, the velocity times 1 - 0.9: in the long run a stride is the gradient times the rate."""
    (cell,) = (one for one in remedy_table() if (one.remedy, one.ailment) == ("momentum", "output"))
    w, velocity, steps = np.full(2, START / 2), np.zeros(2), 0
    while (a := 1 / (1 + math.exp(-w.sum()))) > GOAL:
        velocity = 0.9 * velocity - ETA * (1 - 0.9) * a * a * (1 - a)
        w, steps = w + velocity, steps + 1
    text = words_remedies.asked([cell], {slug: slug for slug in TOPICS})
    assert (
        f"is within 0.1 of its target after {steps:,} steps, much as before (1,652 steps), at plain descent's stride"
        in text
    )


@pytest.mark.parametrize("key", REMEDIES)
def test_what_is_said_of_a_remedy_is_the_verdict_of_its_numbers(key):
    """A tenth of the way to health left, on a log scale, is a cure; a twentieth of it gone is nothing: counted here from the numbers told."""
    for cell in (one for one in remedy_table() if one.remedy == key):
        text = words_remedies.asked([cell], {slug: slug for slug in TOPICS})
        if ", as before (" in text:
            assert words_remedies.amount(cell.ailment, cell.number) == words_remedies.amount(
                cell.ailment, cell.patient.felt
            )
        if "much as before" in text:
            assert cell.number == pytest.approx(cell.patient.felt, rel=0.05)
        # No number without what it was measured on; what hides an ailment speaks of strides.
        named = {
            "lopsided": "100 inputs",
            "tails": "scale (is|was) 5.9 ",
            "vanishing": "20 layers",
            "output": r"\*z\* = 6 ",
        }
        assert re.search(named[cell.ailment], text) or cell.verdict == "hides"
        better = {"lopsided": -1, "tails": 1, "vanishing": 1, "output": -1}[cell.ailment]
        if cell.verdict in ("cures", "eases", "root"):
            assert better * (cell.number - cell.patient.felt) > 0
        if cell.verdict == "worse":
            assert better * (cell.number - cell.patient.felt) < 0
        if cell.verdict == "root":
            assert cell.number == pytest.approx(math.sqrt(cell.patient.felt), rel=1e-6)
        if cell.verdict == "hides":
            assert cell.found.cause == pytest.approx(cell.patient.cause, rel=0.05) and cell.number != pytest.approx(
                cell.patient.felt
            )


@pytest.mark.parametrize("at", settings()[:24], ids=lambda at: f"{at.inputs}-{at.n}-{at.mean}-{at.spread}-{at.goal}")
def test_the_rate_of_the_table_gives_the_steps_beside_it(at):
    """Plain descent's, by the closed form at the rate as it stands; near its edge a digit less is hundreds of steps."""
    field, kappa = frames.field(at, *map(race, frames.races(at))), kappa_of(at)
    for key, row in zip(("plain", "centred"), (words.table(field)[0], words.table(field)[4]), strict=True):
        k = kappa if key == "plain" else 1.0
        eta = float(row[1]) * field.spread**2
        share = (1 - eta) ** (2.0 * STEPS) + k * (1 - eta * k) ** (2.0 * STEPS)
        assert abs(int(np.argmax(share <= at.goal * (1 + k))) - number(row[2])) <= 1 + 1e-4 * number(row[2]), (key, row)


def test_every_way_is_said_to_be_at_its_own_kind_of_rate():
    field = frames.field(Cures(), *map(race, frames.races(Cures())))
    for text in (words.answer(field, ""), words.tabled(field), words_race.legend(field, 9), cards()[0].number):
        assert "best rate in the long run" in text and "with the fewest" in text
    assert "whitened: the gradient times the inverse curvature" in words_race.legend(field, 9).lower()


def test_monday_says_the_momentum_that_its_line_of_code_has():
    """A momentum of 0.9 that is more than it need be leaves its root a step; else by the roots at its best rate."""
    cells = {(cell.remedy, cell.ailment): cell for cell in remedy_table()}
    first, *_, fourth, _ = words_deeper.monday(cells).split("\n")
    kappa = kappa_of(Cures())
    eta = 2 * 1.9 / (1 + kappa)
    rate = max(abs(np.roots([1, -(1 + 0.9 - eta * curve), 0.9])).max() for curve in (1, kappa))
    assert f"*κ* {three(kappa)} becomes *κ* {three((1 + rate) / (1 - rate))}, as it is felt" in fourth
    assert "momentum=0.9)" in fourth and "nesterov" not in fourth
    assert "100 inputs of a sigmoid's mean and spread" in first, "the first layer is fed by data"


def test_a_spread_of_1_is_not_corrected():
    for spread in (0.2, 0.99, 1.0, 1.01):
        said = words_deeper.bias(conditioning(100, 0.1, spread), 100)
        assert ("where their spread is 1 as well" in said) == (spread != 1)


def test_the_help_of_a_control_is_true():
    at = Cures()
    assert "normal of spread 1" in TOPICS.controls["cures_inputs"].help
    assert frames.moments_of(at) == pytest.approx(moments("sigmoid"), rel=1e-6)
    assert "first ten moments are one step" in TOPICS.controls["cures_moment"].help and MOMENTS[:11] == tuple(range(11))


def test_a_runner_wears_no_colour_that_means_something_else():
    """Orange is sigmoid's on this page, and what can be moved; blue is what is centred."""
    shown = {one.key: linear(one.colour) for one in closed_form.RUNNERS}
    for look in LOOKS:
        orange, blue = (
            linear(theme()[look]["chartCategoricalColors"][list(ACTIVATIONS).index(key)])
            for key in ("sigmoid", "centred")
        )
        for key, colour in shown.items():
            assert (
                distance(colour, orange) >= APART and distance(colour, linear(theme()[look]["primaryColor"])) >= APART
            ), (key, look)
        near = {key: float(np.linalg.norm(lab(colour) - lab(blue))) for key, colour in shown.items()}
        assert min(near, key=near.__getitem__) == "centred"
    # Of one colour in the picture of the rates, its lines differ in their dashes.
    lines = charts.rates().to_dict()["layer"][0]["encoding"]
    drawn = list(zip(lines["color"]["scale"]["range"], map(tuple, lines["strokeDash"]["scale"]["range"]), strict=True))
    assert len(set(drawn)) == len(drawn) == len(charts.METHOD_COLOURS)
    assert charts.METHOD_COLOURS["Nesterov, best β"] not in {
        one.colour for one in closed_form.RUNNERS if one.key in ("adam", "whitened")
    }
