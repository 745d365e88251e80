"""What `/cures` claims, at its default, its presets, the ends of its controls and drawn settings, by another route than its words go."""

import math
import re
from functools import cache

import numpy as np
import pytest

from core.cures import conditioning
from core.inputs import UNIFORM
from core.neuron.racing import race
from dashboard.topics.cures import frames, frames_deeper, words, words_deeper
from dashboard.topics.cures.settings import Cures
from tests.topics.grid import grid

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
    answer, halves = words.answer(field), words.half_true(field, "")
    plain, ball = field.steps("plain"), field.steps("heavy_ball")

    assert ("nothing to cure" in answer) == (kappa == 1) == ("Nothing to fix" in halves)
    assert ("hardly anything to cure" in answer) == (1 < kappa < 1.1)
    told = [number(one) for one in re.findall(r"\*\*([\d,]+|more than [\d,]+) steps?\*\*", answer)]
    assert told == ([] if kappa == 1 else [plain])
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
        assert ("Half true" in of_adam) == (adam < plain) != ("Not here" in of_adam)
        assert ("more than momentum alone" in of_adam) == (ball * 1.1 < adam < plain)
        assert ("fewer than momentum's" in of_adam) == (adam < ball / 1.1 and adam < plain)
        assert ("about as many as momentum's" in of_adam) == (ball / 1.1 <= adam <= ball * 1.1 and adam < plain)
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
        assert ("Nesterov's is there before it" in said) == claimed
    assert "less than there is" in said and "more than there is" in words_deeper.rates(
        frames_deeper.felt_at(20.0), 20.0, 38.0, 0.5, (9, 9, 9, 9, 1)
    )
