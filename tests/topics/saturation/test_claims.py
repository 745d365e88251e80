"""Every sentence of `/saturation` over a grid of settings: what it claims holds in numbers found without the page's own way."""

import math
import re
from functools import cache

import numpy as np
import pytest

from core.activations import activation
from core.initialisations import RULES, named_spread
from core.saturation import layer_slope, layer_spread, saturated_zone, spread_sweep, zone_below
from dashboard.look.formats import percent, three
from dashboard.topics import TOPICS
from dashboard.topics.saturation import frames, words, words_deeper
from dashboard.topics.saturation.card import cards
from dashboard.topics.saturation.settings import Saturation
from tests.topics.grid import grid

AT = list(grid("saturation", drawn=30))
LOUD = Saturation(mean=8.0, weights=20.0, square=4.0)
ERF = np.vectorize(math.erf, otypes=[float])
_TABLE = np.linspace(-10, 10, 20_001)
_PHI = 0.5 * (1 + ERF(_TABLE / math.sqrt(2)))


def sigma(z):
    return 0.5 * (1 + np.tanh(z / 2))


def cdf(z):
    return np.interp(z, _TABLE, _PHI)


SLOPES = {
    "sigmoid": lambda z: sigma(z) * sigma(-z),
    "centred": lambda z: sigma(z) * sigma(-z),
    "four": lambda z: 4 * sigma(z) * sigma(-z),
    "four_centred": lambda z: 4 * sigma(z) * sigma(-z),
    "bipolar": lambda z: 2 * sigma(z) * sigma(-z),
    "tanh": lambda z: 1 - np.tanh(z) ** 2,
    "relu": lambda z: (z > 0) * 1.0,
    "leaky_relu": lambda z: np.where(z > 0, 1.0, 0.01),
    "gelu": lambda z: cdf(z) + z * np.exp(-z * z / 2) / math.sqrt(2 * math.pi),
    "silu": lambda z: sigma(z) + z * sigma(z) * sigma(-z),
    "softplus": sigma,
    "identity": lambda z: np.ones_like(z),
}
U = np.linspace(-9, 9, 6_001)
WEIGHT = np.exp(-U * U / 2)
WEIGHT = WEIGHT / WEIGHT.sum()
WIDE = np.linspace(-60, 60, 12_001) + 1e-4


@cache
def best(key: str) -> float:
    return float(np.abs(SLOPES[key](WIDE)).max())


def own(key: str, mean: float, spread: float, below: float) -> tuple[float, float, float]:
    """Share saturated, mean and root mean square of the slope as shares of the best, by a plain sum."""
    slope = SLOPES[key](mean + spread * U) / best(key)
    return float(WEIGHT @ (np.abs(slope) < below)), float(WEIGHT @ slope), math.sqrt(float(WEIGHT @ slope**2))


def number(text: str) -> float:
    """A share as it is told."""
    return 0.0 if text.startswith("under") else float(text.split()[0].replace("−", "-")) / 100


def near(told: str, truth: float) -> bool:
    return abs(number(told) - truth) < 3e-3 + 0.01 * abs(truth)


NUMBER = r"\d[\d,]*(?:\.\d+)?(?: × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"


def value(text: str) -> float:
    """A number as it is told."""
    digits = text.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789", ",")).replace(" × 10", "e")
    return float(digits)


SHARE = r"(?:under 0\.01|[\d.]+) %"


def said(at: Saturation) -> tuple[list[frames.Shown], dict[str, str]]:
    """What the page says in these settings."""
    keys = tuple(dict.fromkeys((at.activation, at.beside)))
    spread = layer_spread(at.weights, at.square)
    shown = [
        frames.Shown(activation(key), saturated_zone(key, at.below), layer_slope(key, at.mean, spread, at.below))
        for key in keys
    ]
    rules = frames.named_rules(at.fan, at.square)
    he, glorot4 = (layer_slope(keys[0], at.mean, rules[rule].spread, at.below) for rule in ("he", "glorot4"))
    larger = layer_slope(keys[0], at.mean, words.LARGER * spread, at.below)
    return shown, {
        "answer": words.answer(shown[0], at.mean),
        "legend": words.legend(frames.outside(at.mean, spread)),
        "why": words.why(shown, at.weights, at.square, spread, larger, frames.gap(keys)),
        "rows": "\n".join(" | ".join(row) for row in words.rows(shown, at.weights)),
        "kept": words.kept_text(shown, spread, he, glorot4),
        "answered": words.answered(shown[0], layer_slope("sigmoid", 0.0, words.MODEST_SPREAD)),
    }


@pytest.mark.parametrize("at", [*AT, LOUD], ids=lambda at: "")
def test_what_is_said_of_the_layer_is_so(at: Saturation) -> None:
    shown, text = said(at)
    spread = at.weights * math.sqrt(at.square)
    key, label = at.activation, activation(at.activation).label
    saturated, mean, rms = own(key, at.mean, spread, at.below)
    answer = text["answer"]
    nowhere = not (np.abs(SLOPES[key](WIDE)) < at.below * best(key) * (1 - 1e-9)).any()
    assert ("Nowhere" in answer) == nowhere
    assert near(re.search(rf"\(rms\) is ({SHARE}) of the best", answer)[1], rms)
    if not nowhere:
        assert near(re.search(rf"({SHARE}) of this layer", answer)[1], saturated)
    # Nothing that is a root mean square goes by another name.
    everything = "\n".join(text.values())
    for told in re.findall(rf"(?:layer (?:as a whole )?keeps|it keeps) ({SHARE})", everything):
        assert near(told, mean), "what a layer keeps is no mean"

    why = text["why"]
    heavier = own(key, at.mean, 1.1 * spread, at.below)
    factor, later = (w * at.weights * best(key) * x for w, x in ((1, rms), (1.1, heavier[2])))
    before, after = (value(x) for x in _pair(why, "that factor", NUMBER))
    assert before == pytest.approx(factor, rel=0.012) and after == pytest.approx(later, rel=0.012)
    for told, truth in zip(_pair(why, "the share of saturated units", SHARE), (saturated, heavier[0]), strict=True):
        assert near(told, truth)
    # Of larger weights in general only what holds from He's on, whose numbers stand below.
    rising = sorted((math.sqrt(2 * at.square), 4 * math.sqrt(at.square), spread, 1.1 * spread))
    if "arther into the tails" in why:
        assert (np.diff([own(key, at.mean, s, at.below)[0] for s in rising]) > -1e-3).all()
    if "make up for both" in why:
        assert later > factor
    if (half := "half of a layer is off" in why) and key == "relu":
        assert half and own(key, 0.0, spread, at.below)[0] == pytest.approx(0.5, abs=1e-3)
    if "are the same curve" in why or "hardly differ" in why:
        one, other = (SLOPES[each](WIDE) / best(each) for each in (at.activation, at.beside))
        assert np.abs(one - other).max() < (1e-6 if "same curve" in why else 0.02)

    rows = {line.split(" | ")[0]: line.split(" | ")[1:] for line in text["rows"].splitlines()}
    for column, one in enumerate(shown):
        truth = own(one.unit.key, at.mean, spread, at.below)
        names = ("share of units saturated", "mean slope, of the best", "rms slope, of the best")
        for name, expected in zip(names, truth, strict=True):
            assert near(rows[name][column], expected), name
    told = re.findall(rf"({SHARE}) of the best for", text["kept"])
    assert near(told[0], rms) and f"*s* = {three(spread)}" in text["kept"]
    named = re.findall(SHARE, text["kept"].partition("With He's weights")[2])
    for pair, sigma_w in ((named[:2], math.sqrt(2)), (named[2:], 4.0)):
        there = own(key, at.mean, sigma_w * math.sqrt(at.square), at.below)
        assert near(pair[0], there[2]) and near(pair[1], there[0])
    assert f"In this {label} layer the rms slope is {percent(shown[0].layer.kept)}" in text["answered"]
    assert near(
        re.search(rf"with them it is ({SHARE}), at mean 0", text["answered"])[1], own("sigmoid", 0.0, 0.5, 0.04)[2]
    )
    ends = [SLOPES[key](np.array([z]))[0] / best(key) < 1e-6 for z in (-50.0, 50.0)]
    assert ("in the tails" in text["answered"].partition(",")[0]) == all(ends)
    beyond = re.search(rf"({SHARE}) of the units lie beyond", text["legend"])
    far = min(max(10.0, abs(at.mean) + 3 * spread), 20.0)
    out = float(WEIGHT @ (np.abs(at.mean + spread * U) > far))
    assert near(beyond[1], out) if beyond else out < 4e-3


def _pair(text: str, what: str, kind: str) -> tuple[str, str]:
    """A number before and after, as told."""
    if found := re.search(rf"{what} goes from ({kind}) to ({kind})", text):
        return found[1], found[2]
    same = re.search(rf"{what} stays at ({kind})", text)[1]
    return same, same


@pytest.mark.parametrize("mean", [0.0, -4.0])
@pytest.mark.parametrize("key", SLOPES)
def test_what_is_told_of_the_pictures_is_what_they_show(key: str, mean: float) -> None:
    one = frames.Shown(activation(key), saturated_zone(key), layer_slope(key, mean, 1.0))
    swept = [spread_sweep(key, mean, frames.SPREADS)]
    lost, _, rms = np.array([own(key, mean, s, 0.04) for s in frames.SPREADS[::2]]).T
    kept_alt, lost_alt = words.kept_finding([one], swept, mean), words_deeper.fraction_finding([one], swept, mean)
    slack = 2e-3
    claims = {
        "falls as the spread grows": (np.diff(rms) < slack).all() and rms[-1] < rms[0],
        "rises as the spread grows": (np.diff(rms) > -slack).all() and rms[-1] > rms[0],
        "stays level": np.ptp(rms) < slack,
        "rises, then stays nearly level": rms[-1] > rms[0] and np.ptp(rms[20:]) < 0.03 + slack,
        "changes with the spread": True,
    }
    (claim,) = (name for name in claims if kept_alt.endswith(f"{one.label} {name}."))
    assert claims[claim]
    if "has more as the spread grows" in lost_alt:
        assert np.diff(lost).min() > -1e-3 - slack and lost[-1] > lost[0]
    elif "falls towards" in lost_alt:
        assert (np.diff(lost) < slack).all()
    elif "has none" in lost_alt:
        assert lost.max() < slack
    assert ("mean that is not 0" in kept_alt) == (mean != 0) == ("mean that is not 0" in lost_alt)


def test_the_card_says_no_more_than_its_number() -> None:
    (card,) = cards()
    spread = card.at.weights * math.sqrt(card.at.square)
    saturated, _, rms = own(card.at.activation, card.at.mean, spread, 0.04)
    text = f"{card.verdict} {card.number}"
    assert near(re.search(SHARE, card.number)[0], rms) and "root mean square" in card.number
    assert ("True." in text.split()) <= (saturated > 0.5)


@pytest.mark.parametrize("at", [*AT, Saturation(mean=3.0, weights=0.5, square=0.25)], ids=lambda at: "")
def test_every_sentence_begins_with_a_capital_and_every_name_has_its_article(at: Saturation) -> None:
    _, text = said(at)
    assert not re.search(r"\. (?!tanh \*z\*)[a-z]", text["answer"]), text["answer"]
    assert not re.search(r"\ba [aeioAEIO]|\ban [^aeioAEIO]", text["why"]), text["why"]


def test_nobody_hears_of_sliders_that_may_be_locked() -> None:
    assert "slider" not in words.FINDING


def test_what_the_help_says_of_the_controls_is_so() -> None:
    """The mean square that sigmoid layers put out, what the fan-in moves, and that a share is fair where a slope is not."""
    help_of = {name: control.help for name, control in TOPICS["saturation"].controls.items()}
    assert "0.25 (nothing moves) to 0.5 (all saturated)" in help_of["square"]
    z = np.linspace(-12, 12, 48_001)
    weight = np.exp(-z * z / 2) / np.exp(-z * z / 2).sum()
    squares = [float(weight @ (0.5 + 0.5 * np.tanh(spread * z / 2)) ** 2) for spread in (1e-3, 0.5, 2, 8, 1e4)]
    assert squares[0] == pytest.approx(0.25, abs=1e-4) and squares[-1] == pytest.approx(0.5, abs=1e-3)
    assert squares == sorted(squares)
    assert "only those with a bias" in help_of["fan"]
    for key, one in RULES.items():
        moved = named_spread(key, 64, 64, 0.37) != pytest.approx(named_spread(key, 1024, 1024, 0.37), rel=1e-9)
        assert moved == (one.bias_variance(64, 64) > 0), key
        assert one.sigma_w(64, 64) ** 2 / 64 == pytest.approx(one.weight_variance(64, 64)), (
            "variance, as the help has it"
        )
    # 4 x sigmoid is sigmoid made four times as high: one share of the best gives both one zone, one slope does not.
    assert "an absolute slope is not" in help_of["below"]
    alike = [saturated_zone(key, 0.04).edges for key in ("sigmoid", "four")]
    assert alike[0] == pytest.approx(alike[1])
    assert zone_below("sigmoid", 0.01).edges != pytest.approx(zone_below("four", 0.01).edges)


def test_the_factor_is_the_weight_scale_times_the_slope_that_stands_over_it() -> None:
    """With the digits of the table: 4 x 0.1575 is 0.630, where 4 x 0.158 would be 0.632."""
    for at in AT:
        spread = layer_spread(at.weights, at.square)
        one = frames.Shown(
            activation(at.activation),
            saturated_zone(at.activation, at.below),
            layer_slope(at.activation, at.mean, spread, at.below),
        )
        *_, (_, slope), _, (_, factor) = words.rows([one], at.weights)
        if "×" not in slope + factor:
            found = at.weights * float(slope.replace(",", ""))
            assert found == pytest.approx(float(factor.replace(",", "")), rel=6e-3), at
            assert abs(found - at.weights * one.layer.rms) <= 6e-4 * found, "one digit more than the factor has"


@pytest.mark.parametrize("key", SLOPES)
def test_a_share_of_the_best_is_what_who_divides_finds(key: str) -> None:
    """With the digits of the table: 0.5000 / 1.129 is 44.3 %, where 0.5000 / 1.13 would be 44.2 %."""
    one = frames.Shown(activation(key), saturated_zone(key), layer_slope(key, 0.0, 4 * math.sqrt(0.37)))
    rows = {name: number for name, number in words.rows([one], 4.0)}
    for part, truth in (("mean slope", one.layer.mean), ("root mean square (rms) slope", one.layer.rms)):
        found = float(rows[part]) / float(rows["best slope"])
        assert found == pytest.approx(truth / one.unit.max_slope, rel=6e-4)


@pytest.mark.parametrize("key", SLOPES)
def test_where_a_slope_is_negative_its_size_is_what_is_small(key: str) -> None:
    """A zone may have slopes below 0 and below the threshold by far that are not small: of a unit that falls the size is meant."""
    one = frames.Shown(activation(key), saturated_zone(key), layer_slope(key, 0.0, 1.0))
    told = words.answer(one, 0.0)
    falls = bool((SLOPES[key](WIDE) < -1e-6).any())
    if "there the" in told:
        assert ("there the size of the slope of" in told) == falls
    assert "±" in words_deeper.EDGES[-1]


def test_a_unit_without_a_slope_is_called_off_as_on_the_pages_that_follow() -> None:
    """A unit is called dead where it is 0 for every sample, which no sum over a layer tells."""
    for at in AT:
        assert not re.search(r"\bdead\b", "\n".join(said(at)[1].values())), at
    assert not [preset for preset in TOPICS["saturation"].presets if "dead" in preset.label]
