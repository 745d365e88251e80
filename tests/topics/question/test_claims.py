"""What `/` claims, over a grid of settings, by another route than its words take."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from core.inputs import Inputs, condition_number
from core.neuron.descent import MOST_STEPS, DescentConfig, descend, full_batch_steps
from core.neuron.stability import step_limits
from dashboard.look.descent import Outcome, moral, outcome
from dashboard.topics import TOPICS
from dashboard.topics.question import words
from dashboard.topics.question.settings import Question
from tests.apptest import open_page
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
    if ratio := re.search(r"\*\*(.*) times as large", said):
        assert float(ratio[1]) == pytest.approx(best[1] / best[0], rel=6e-3)


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
    assert float(layer.figure) > float(layer.number.split("One neuron alone: ")[1].rstrip("."))
    one, many = map(float, re.findall(r"[\d.]+", cards["So it is reduced entropy"].figure))
    assert one < many < 4
    entropy, squared = map(float, re.findall(r"\d+", cards["A sigmoid output is no problem"].figure))
    assert entropy < squared
    for card in TOPICS.cards:
        assert not re.search(
            r"sigma_w(?!\$)|\b(kappa|eta|mu|chi)\b", re.sub(r"\$[^$]*\$", "", card.number + card.of + card.verdict)
        )


def test_nobody_is_asked_to_drag_what_is_locked() -> None:
    query = {"question_start1": "1", "question_start2": "-1"}
    ends = ["start1", "start2", "target1", "target2"]
    for locked, dragged in (([], True), (ends, False)):
        at = open_page("question", **query, question_lock=locked)
        assert "nothing to learn" in page_said(at)
        assert ("Drag" in page_said(at)) == dragged
    assert "The hand drags the start." in words.finding(["the start"]) and "drag" not in words.finding([])


def test_the_picture_says_until_when_it_counts_and_what_its_inputs_are() -> None:
    text = page_said(open_page("question"))
    assert "A count of steps ends where the loss is 1/10,000 of its first." in text
    assert "Sigmoid inputs are the outputs of the sigmoid units" in text


def test_cards_that_ask_are_not_counted_among_what_is_said() -> None:
    asked = sum(card.claim.endswith("?") for card in TOPICS.cards)
    assert asked == sum(card.holds == "ask" for card in TOPICS.cards) == 2
    assert "Seven things that are said, and two to ask" in [one.value for one in open_page("question").header]
    assert words.claims(3, 0) == "Three things that are said, and what holds"
