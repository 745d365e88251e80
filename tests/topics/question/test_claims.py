"""What `/` claims, over a grid of settings, by another route than its words take."""

import colorsys
import io
import json
import math
import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from core.inputs import Inputs, condition_number
from core.neuron.descent import MOST_STEPS, DescentConfig, descend, full_batch_steps
from core.neuron.stability import step_limits
from dashboard.look.descent import ETA_HELP, Outcome, moral, outcome
from dashboard.look.hand import COLOUR
from dashboard.topics import TOPICS
from dashboard.topics.question import words
from dashboard.topics.question.settings import Question
from tests.apptest import read_page
from tests.apptest import said as page_said
from tests.topics.grid import grid

Z = np.linspace(-12, 12, 24_001)
S2 = float(np.trapezoid(np.exp(-Z * Z / 2) / math.sqrt(2 * math.pi) / (1 + np.exp(-Z)) ** 2, Z)) - 0.25


def own(kept: float, error: np.ndarray, eta: float) -> str:
    """What plain descent comes to, by a loop over the two parts of the error."""
    flat, steep = S2, S2 + 0.5 * kept**2
    along, across = (error[0] - error[1]) / 2, (error[0] + error[1]) / 2
    along, across = (0.0 if abs(part) < 1e-12 else part for part in (along, across))
    first = flat * along**2 + steep * across**2
    a, b = 1 - eta * flat, 1 - eta * steep
    if (along and abs(a) > 1 + 1e-9) or (across and abs(b) > 1 + 1e-9):
        return "it diverges"
    if flat * along**2 * (abs(a) > 1 - 1e-9) + steep * across**2 * (abs(b) > 1 - 1e-9) > 1e-4 * first:
        return "it never arrives"
    for step in range(5001):
        if step and flat * along**2 + steep * across**2 <= 1e-4 * first:
            return f"{step:,} step{'s' * (step != 1)}"
        along, across = along * a, across * b
    return "more than 5,000 steps"


def told(at: Question) -> str:
    law = Inputs("sigmoid")
    laws = (replace(law, removed=at.centre / 100), replace(law, centred=True))
    start, target = (at.start1, at.start2), (at.target1, at.target2)

    def run(one: Inputs, eta: float) -> Outcome:
        config = DescentConfig(one, start, target, eta, steps=MOST_STEPS)
        made = descend(config)
        return outcome(config, made, full_batch_steps(config) if made.steps is None else None)

    eta = at.eta * step_limits(law).edge
    at_one, best = (
        (run(laws[0], a), run(laws[1], b)) for a, b in ((eta, eta), map(lambda x: step_limits(x).best, laws))
    )
    return moral(at_one, best, condition_number(laws[0]))


@pytest.mark.parametrize("at", list(grid("question", drawn=80)), ids=lambda at: "")
def test_what_is_said_under_the_picture(at: Question) -> None:
    error = np.array([at.start1 - at.target1, at.start2 - at.target2])
    if not error.any():
        return
    said, kept = told(at), 1 - at.centre / 100
    best = 2 / (2 * S2 + 0.5 * kept**2), 1 / S2
    if at.centre == 100:
        assert "no mean" in said and own(0.0, error, best[1]) in said
        return
    eta = at.eta * 2 / (S2 + 0.5)
    given, centred = own(kept, error, eta), own(0.0, error, eta)
    alike = f"{given} with both"
    assert (alike if given == centred else f"{given} with these inputs, {centred} with centred ones") in said
    counts = [float(text.split()[0].replace(",", "")) if text[0].isdigit() else math.inf for text in (given, centred)]
    if "costs nothing" in said:
        assert counts[0] <= counts[1] <= 1.1 * counts[0]
    assert ("saves steps" in said) == (counts[1] > 1.1 * counts[0])
    assert f"({own(kept, error, best[0])}) for these inputs" in said
    assert f"({own(0.0, error, best[1])}) for centred ones" in said
    assert ("hardly caps" in said) == (best[1] / best[0] < 1.05)
    if ratio := re.search(r"\*\*(about )?(\S+) times as large", said):
        # Who divides the two numbers on the page finds this one, to its last digit or to what "about" leaves open.
        shown = re.findall(r"(?:= |, )([\d.]+) \(", said)[:2]
        divided, told_of = float(shown[1]) / float(shown[0]), float(ratio[2])
        assert told_of == pytest.approx(best[1] / best[0], rel=0.02 if ratio[1] else 6e-3)
        assert f"{divided:.3g}" == f"{told_of:.3g}" or (ratio[1] and told_of == pytest.approx(divided, rel=0.03))


def test_points_say_what_their_numbers_do() -> None:
    text = words.points(12.5, 37.6, 3.33, 0.236)
    assert "even more lopsided" in text and "most of it" in text
    text = words.points(12.5, 12.5, 2.6, 0.236)
    assert "as lopsided as" in text and "some of it" in text


def test_the_askers_cases_are_said_as_they_are_decided() -> None:
    assert "left one can happen, and the right one cannot" in words.example(True, False, 0.01)
    assert "the left one can happen, the right one can happen" in words.example(True, True, 0.01)


def test_cards_claim_what_their_numbers_show() -> None:
    """ "Mostly" and "no cure" are decided here, from the figures alone."""
    cards = {one.claim: one for one in TOPICS.cards}
    agree = float(cards["All weights of one neuron move together"].figure.split()[0])
    assert 50 < agree < 100, "true for one sample only, and more than coins would"
    layer = cards["But a layer mixes signs"]
    assert float(layer.figure.split()[0]) > float(layer.number.split("One neuron alone: ")[1].rstrip("."))
    one, many = map(float, re.findall(r"[\d.]+", cards["So it is reduced entropy"].figure))
    assert one < many < 4
    entropy, squared = map(float, re.findall(r"\d+", cards["A sigmoid output is no problem"].figure))
    assert entropy < squared
    for card in TOPICS.cards:
        assert not re.search(
            r"sigma_w(?!\$)|\b(kappa|eta|mu|chi)\b", re.sub(r"\$[^$]*\$", "", card.number + card.of + card.verdict)
        )


def test_the_mark_of_a_verdict_is_what_its_words_say() -> None:
    """True without a condition holds; true for some, of some or in part is half true; a question is asked."""
    for card in TOPICS.cards:
        if card.claim.endswith("?"):
            wanted = "ask"
        elif re.match(r"True[,.]", card.verdict):
            wanted = "yes"
        else:
            assert re.match(r"True (for|where|with)|Half true|Partly", card.verdict)
            wanted = "half"
        assert card.holds == wanted, card.claim


def test_each_large_number_has_words_beside_it_and_its_setting_under_it() -> None:
    for card in TOPICS.cards:
        words_of_it = re.findall(r"[^\W\d_]+", card.figure)
        assert 1 <= len(words_of_it) <= 3, card.claim
        # Room for it in a column of 200 pixels.
        assert len(card.figure) <= 17, card.claim
    under = {card.claim: card.of for card in TOPICS.cards}
    settings = {
        "All weights of one neuron move together": "batches of 32",
        "But a layer mixes signs": "two inputs",
        "So it is reduced entropy": "batches of 32",
        "It saturates": "weight scale 4",
        "At most 0.25 a layer, so it vanishes": "weight scale 1",
        "A sigmoid output is no problem": "from *z* = 4",
        "It matters in practice": "full batch",
        "So what helps?": "one linear neuron with 100 inputs",
        "Is it so in my network?": "with a bias before and after",
    }
    assert settings.keys() == under.keys()
    assert all(setting in under[claim] for claim, setting in settings.items())


def test_what_large_batches_tend_to_stands_beside_what_batches_do() -> None:
    """Two values of one quantity, 82.7 and 82.5 %, 3.33 and 3.34 bits: each beside its batch size. By Sheppard's formula, and by
    a count of the signs of normal gradients."""
    under = {card.claim: card.of for card in TOPICS.cards}
    rho = 0.25 / (0.25 + S2)
    limit = 0.5 + math.asin(rho) / math.pi
    (large,) = re.findall(r"of large ones ([\d.]+) %", under["All weights of one neuron move together"])
    assert float(large) == pytest.approx(100 * limit, abs=0.06)
    (bits,) = re.findall(r"large ones tend to ([\d.]+)", under["So it is reduced entropy"])
    halves = [limit / 2, limit / 2, (1 - limit) / 2, (1 - limit) / 2]
    assert float(bits) == pytest.approx(-2 * sum(p * math.log2(p) for p in halves), abs=0.006)


def test_the_headline_names_its_setting_and_where_it_weighs_less() -> None:
    said = page_said(read_page("question"))
    (times,) = re.findall(r"With two inputs it makes one direction \*\*([\d.]+) times", said)
    mean = np.mean(1 / (1 + np.exp(-np.random.default_rng(0).standard_normal(10_000))))
    assert "Inputs of one sign have a mean, and the mean is what costs." in said and mean > 0.4
    counts = re.findall(r"(\d+) steps become (\d+) with (the full batch|batches of 64)", said)
    assert len(counts) == 2
    # What the best learning rate gains in the valley of the picture, (kappa + 1) / 2, is more than either network gains in steps.
    assert all(1 < int(before) / int(after) < (float(times) + 1) / 2 for before, after, _ in counts)
    assert "gains less" not in words.answer(12.5, {"with the full batch": (18.0, 1.0)})
    assert "gains less" not in words.answer(12.5, {"with the full batch": (18.0, 18.0)})


def test_the_weight_scale_is_a_word_that_is_said_once() -> None:
    """No symbol on the cards: what it is stands under them."""
    text = page_said(read_page("question"))
    assert not any("sigma" in card.of + card.figure + card.number for card in TOPICS.cards)
    assert text.count("Weight scale: ") == 1
    # As it is said: inputs times the variance of a weight, drawn here.
    rng = np.random.default_rng(0)
    drawn = rng.standard_normal((400, 256)) / math.sqrt(256)
    assert math.sqrt(256 * drawn.var()) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("slug", ["question", "neuron"])
def test_what_stands_under_both_panels_says_which_one_it_moves(slug: str) -> None:
    chart = read_page(slug).get("vega_lite_chart")[0]
    spec = json.loads(chart.proto.spec)
    (hand,) = [one for one in spec["params"] if one["name"] == "hand_centre"]
    data = {one.name: one.data.data for one in chart.proto.datasets}
    first = pa.ipc.open_stream(io.BytesIO(data["panels"])).read_pandas()["title"][0]
    assert hand["bind"]["name"].strip() == f"centre the {first}, %"


def test_the_pads_are_named_where_there_are_some_and_in_their_colour() -> None:
    red, green, blue = (int(COLOUR[at : at + 2], 16) for at in (1, 3, 5))
    hue, _, _ = colorsys.rgb_to_hsv(red, green, blue)
    assert 30 < 360 * hue < 65, "what readers call yellow, on a pale pad"
    ends = ["start1", "start2", "target1", "target2"]
    assert "Drag the start or the target by its yellow pad." in page_said(read_page("question"))
    assert "yellow" not in page_said(read_page("question", question_lock=ends))


def test_nobody_is_asked_to_drag_what_is_locked() -> None:
    query = {"question_start1": "1", "question_start2": "-1"}
    ends = ["start1", "start2", "target1", "target2"]
    for locked, dragged in (([], True), (ends, False)):
        at = read_page("question", **query, question_lock=locked)
        assert "nothing to learn" in page_said(at)
        assert ("Drag" in page_said(at)) == dragged
    assert "The hand drags the start." in words.finding(["the start"]) and "drag" not in words.finding([])


def test_the_picture_says_until_when_it_counts_and_what_its_inputs_are() -> None:
    text = page_said(read_page("question"))
    assert "Steps are counted until the loss is 1/10,000 of its first." in text
    assert "Sigmoid inputs are the outputs of the sigmoid units" in text


def test_cards_that_ask_are_not_counted_among_what_is_said() -> None:
    asked = sum(card.claim.endswith("?") for card in TOPICS.cards)
    assert asked == sum(card.holds == "ask" for card in TOPICS.cards) == 2
    assert "Seven things that are said, and two to ask" in [one.value for one in read_page("question").header]
    assert words.claims(3, 0) == "Three things that are said, and what holds"


def test_where_the_slider_is_at_1_and_what_the_axes_say() -> None:
    """ "Above 1 an error along the steep direction grows; above it the full batch diverges", and the pictures' curvatures."""
    flat, steep = S2, S2 + 0.5
    edge = step_limits(Inputs("sigmoid")).edge
    left = [abs(1 - share * edge * steep) for share in (0.99, 1.0, 1.01)]
    assert left[0] < 1 and left[1] == pytest.approx(1, abs=1e-6) and left[2] > 1
    assert "Above 1 on the slider" in words.HOW and "above it the full batch diverges" in ETA_HELP
    # What stands at the dotted axes, to four digits, and the best rates over the panels: their inverses, as a reader finds them.
    assert f"{1 / float(f'{flat:.4g}'):.3g}" == f"{1 / flat:.3g}"
    assert f"{2 / (float(f'{flat:.4g}') + float(f'{steep:.4g}')):.3g}" == f"{2 / (flat + steep):.3g}"
    assert "At each dotted axis stands the curvature along it." in page_said(read_page("question"))


def test_coupled_neurons_are_said_with_their_coupling() -> None:
    (told,) = re.findall(
        r"coupled by ([\d.]+), make a valley .*?\*κ\* ([\d.]+) beside\s+(\d+\.\d+)",
        page_said(read_page("question")),
        re.S,
    )
    coupling, layer, alone = map(float, told)
    assert layer == pytest.approx(alone * (1 + coupling) / (1 - coupling), rel=6e-3)
