"""core.initialisations: against draws from the laws that the rules are known by."""

import math
import pickle
import re

import numpy as np
import pytest

from core.initialisations import RULES, Rule, rule

FAN_IN, FAN_OUT = 300, 100


def drawn(key: str) -> np.ndarray:
    """Weights drawn as the libraries draw them: from a uniform law with the limit their documentation gives."""
    rng = np.random.default_rng(0)
    limit = {
        "pytorch": 1 / math.sqrt(FAN_IN),
        "lecun": math.sqrt(3 / FAN_IN),
        "glorot": math.sqrt(6 / (FAN_IN + FAN_OUT)),
        "orthogonal": math.sqrt(3 / max(FAN_IN, FAN_OUT)),
        "he": math.sqrt(6 / FAN_IN),
        "glorot4": 4 * math.sqrt(6 / (FAN_IN + FAN_OUT)),
    }[key]
    return rng.uniform(-limit, limit, 200_000)


@pytest.mark.parametrize("key", RULES)
def test_variance_is_that_of_the_uniform_law_the_rule_is_known_by(key):
    weights = drawn(key)
    spread = math.sqrt(0.8 / weights.size)  # standard error of a uniform law's variance, relative
    assert weights.var() == pytest.approx(rule(key).weight_variance(FAN_IN, FAN_OUT), rel=4 * spread)


@pytest.mark.parametrize(
    ("key", "expected"),
    [("pytorch", 3**-0.5), ("lecun", 1), ("glorot", 1), ("orthogonal", 1), ("he", 2**0.5), ("glorot4", 4)],
)
def test_sigma_w_of_a_square_layer(key, expected):
    assert rule(key).sigma_w(500, 500) == pytest.approx(expected, rel=1e-15)


def test_sigma_w_follows_the_fans():
    assert rule("glorot").sigma_w(FAN_IN, FAN_OUT) == pytest.approx(math.sqrt(1.5), rel=1e-15)
    assert rule("glorot4").sigma_w(FAN_IN, FAN_OUT) == pytest.approx(4 * math.sqrt(1.5), rel=1e-15)
    assert rule("he").sigma_w(FAN_IN, FAN_OUT) == rule("he").sigma_w(FAN_IN, 7)


@pytest.mark.parametrize("key", RULES)
def test_the_formula_in_words_is_the_one_that_is_used(key):
    written = re.sub(r"(\d) (fan)", r"\1 * \2", rule(key).formula)
    for fan_in, fan_out in ((300, 100), (7, 7)):
        value = eval(written, {"fan_in": fan_in, "fan_out": fan_out})
        assert rule(key).weight_variance(fan_in, fan_out) == pytest.approx(value, rel=1e-14)


def test_only_pytorch_draws_biases():
    assert rule("pytorch").sigma_b(300, 100) == pytest.approx(1 / 30, rel=1e-15)
    assert all(r.sigma_b(300, 100) == 0 for r in RULES.values() if r.key != "pytorch")


def test_rules_are_sorted_named_and_pickle():
    sigmas = [r.sigma_w(64, 64) for r in RULES.values()]
    assert sigmas == sorted(sigmas)
    assert all(r.label.isascii() and r.key == key and r.source for key, r in RULES.items())
    assert pickle.loads(pickle.dumps(rule("glorot4"))) == rule("glorot4")


@pytest.mark.parametrize("bad", ["xavier", None, 1, ""])
def test_unknown_rule(bad):
    with pytest.raises(ValueError, match=r"rule = .*pytorch"):
        rule(bad)


@pytest.mark.parametrize(("field", "bad"), [("fan", "out"), ("fan", None), ("gain", -1.0), ("bias_gain", math.nan)])
def test_a_rule_that_nobody_would_understand(field, bad):
    """An unknown fan is an error, and not taken for the mean of both."""
    with pytest.raises(ValueError, match=f"{field} = "):
        Rule(**{"key": "new", "label": "new", "formula": "", "source": "", "gain": 1.0, field: bad})


@pytest.mark.parametrize("fans", [(0, 1), (1, 0), (1.5, 1), (True, 1), (10**7, 1)])
def test_bad_fans(fans):
    with pytest.raises(ValueError, match="fan_"):
        rule("he").weight_variance(*fans)
