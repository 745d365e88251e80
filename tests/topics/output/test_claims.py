"""What `/output` claims is borne out by the numbers beside it, at every setting: each claim is decided here by plain descent."""

import json
import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pytest

from core.exponential import exp_cost
from core.output import (
    COSTS,
    CROSS_ENTROPY,
    MOST_STEPS,
    SQUARED,
    OutputConfig,
    chain,
    flow_steps,
    learn,
    steps_needed,
    tanh_twin,
)
from dashboard.look.formats import plural, three, whole
from dashboard.topics.output import charts, frames, words, words_deeper
from dashboard.topics.output.charts import COST_NAMES
from dashboard.topics.output.settings import PRESETS, Output, is_nielsens
from tests.apptest import read_page, said
from tests.topics.grid import grid


@lru_cache
def plain(z: float, y: float, eta: float, cross: bool) -> tuple[tuple[float, ...], int | None]:
    """Outputs of plain descent until it is within 0.1, or 10,000 steps; and how many steps that is."""
    outputs = []
    for step in range(MOST_STEPS + 1):
        a = 1 / (1 + math.exp(-z))
        outputs.append(a)
        if abs(a - y) <= 0.1:
            return tuple(outputs), step
        z -= 2 * eta * (a - y) * (1 if cross else a * (1 - a))
    return tuple(outputs), None


@dataclass(frozen=True)
class Case:
    at: Output
    pair: frames.Pair
    steps: tuple[int | None, int | None]
    answer: str
    why: str
    small: str

    @property
    def wrong(self) -> float:
        """How far out on the wrong side it starts."""
        return (self.at.w + self.at.b) * (1 if self.at.target == 0 else -1)

    @property
    def times(self) -> float:
        """Steps of squared error over those of cross-entropy; where it is cut off, by Euler's rule for continuous time."""
        squared, cross = self.steps
        if squared is None:
            z, low = np.linspace(math.log(1 / 9), self.wrong, 20_001), 1e-300
            a = 1 / (1 + np.exp(-z))
            with np.errstate(divide="ignore"):
                squared = float(np.trapezoid(1 / np.maximum(a * a * (1 - a), low), z)) / 2 / self.at.eta
        return squared / max(cross or MOST_STEPS, 1)


def made(at: Output) -> Case:
    configs = [OutputConfig(cost, at.w, at.b, y=at.target, eta=at.eta, steps=at.steps) for cost in COSTS]
    pair = frames.Pair(
        *(
            frames.Neuron(name, learn(one), steps_needed(one), flow_steps(one))
            for name, one in zip(COST_NAMES, configs, strict=True)
        ),
        at.w + at.b,
        at.target,
    )
    slope = chain(SQUARED, pair.start, at.target).da_dz
    z = round(at.w + at.b, 9)
    return Case(
        at,
        pair,
        tuple(plain(z, at.target, at.eta, cross)[1] for cross in (False, True)),
        words.answer(pair),
        words.why(pair, slope, at.eta, is_nielsens(at)),
        words.small_gradient(pair, frames.stands(at.steps)[at.pinned]),
    )


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    odd = [
        Output(w=0.1, b=0.0),
        Output(w=-2.1, b=0.0, eta=2.0),
        Output(w=0.0, b=0.0),
        Output(w=-6.0, b=-6.0, target=1.0, pinned=90),
    ]
    return [made(replace(at, steps=min(at.steps, 1000))) for at in (*grid("output", drawn=100), *odd)]


def test_the_verdict_is_that_of_the_steps_beside_it(cases):
    seen = set()
    for one in cases:
        kind = one.answer.split(":")[0].split(" from")[0]
        seen.add(kind)
        if one.steps[0] == 0:
            assert kind == "Not", one.at
            continue
        # What the page as a whole claims: that the cost makes the difference.
        assert one.times >= 3, one.at
        assert (kind == "With squared error it is") == (one.wrong > 0), one.at
        for count in one.steps:
            assert (plural(count, "step") if count is not None else "over 10,000 steps") in one.answer
    assert seen == {"Not", "A mild one with squared error", "With squared error it is"}


def test_where_the_push_is_largest_and_on_which_side_of_it_you_stand(cases):
    z = np.linspace(-6, 6, 240_001)
    a = 1 / (1 + np.exp(-z))
    for target, told in ((0, "2/3"), (1, "1/3")):
        largest = float(a[np.argmax(np.abs((a - target) * a * (1 - a)))])
        assert largest == pytest.approx(eval(told), abs=1e-4)
        assert all(
            f"The push is largest where the output is *a* = {told}" in one.why
            for one in cases
            if one.at.target == target
        )
    seen = set()
    for one in cases:
        # The push a little farther out, and here.
        far, here = ((1 / (1 + math.exp(-x))) ** 2 / (1 + math.exp(x)) for x in (one.wrong + 0.01, one.wrong))
        place = re.search(
            r"Your start (lies beyond|is not that wrong|is about there|is on the right side|is on neither side)",
            one.why,
        )[1]
        seen.add(place)
        # ln 2 = 0.693 lies between two starts of the slider, and next to one.
        assert (place == "is about there") == (abs(one.wrong - math.log(2)) < 0.05)
        assert (place == "lies beyond") <= (far < here) and (place == "is on the right side") == (one.wrong < 0)
        assert (place == "is on neither side") == (one.wrong == 0) and ("neither" in one.answer) <= (one.wrong == 0)
        assert "it is largest" not in one.why
    assert len(seen) >= 4


ALL = 1 / (1 + np.exp(-np.linspace(-6, 6, 240_001)))
LARGEST = float((ALL * ALL * (1 - ALL)).max())


def test_a_small_gradient_is_called_what_it_is(cases):
    seen = set()
    for one in cases:
        step = one.at.pinned * one.at.steps // 100
        z, y = one.at.w + one.at.b, one.at.target
        for _ in range(step):
            a = 1 / (1 + math.exp(-z))
            z -= 2 * one.at.eta * (a - y) * a * (1 - a)
        a = 1 / (1 + math.exp(-z))
        push, off = abs((a - y) * a * (1 - a)), abs(a - y)
        says = [text in one.small for text in ("it learns", "is still", "here it has")]
        # Small is less than a quarter of the largest there is, found on a grid: and what is small is never said not to be.
        small = push < LARGEST / 4
        assert says == [off > 0.1 and not small, off > 0.1 and small, off <= 0.1], one.at
        assert "not small" not in one.small
        if off > 0.1:
            (share,) = re.findall(r"([\d.]+) % of its largest|under 0.01 %", one.small)
            assert "only under" not in one.small
            assert float(share or 0) == pytest.approx(100 * push / LARGEST, rel=6e-3, abs=0.01)
        else:
            # An output as far from its target as is said is pushed as little.
            far = float(re.search(r"as small at an output ([\d.]+) from its target, far out", one.small)[1])
            assert far * far * (1 - far) == pytest.approx(push, abs=6e-4) and far > 0.9
            assert "nothing is learnt" not in one.small
        # Signed, as in the table beside it.
        assert f"gradient is {three((a - y) * a * (1 - a))}" in one.small
        seen.add(tuple(says))
    assert len(seen) == 3


def test_the_default_makes_the_points_own_case():
    """At the opening the gradient is small beside its largest, and the output as wrong as can be."""
    small = made(Output()).small
    assert "only 15.6 % of its largest, and the output is still 0.976 from its target" in small


def test_the_curve_that_looks_like_the_output_is_said_to_be_a_gradient():
    """For the target 0 the gradient of cross-entropy is the sigmoid to every digit, for 1 it is the sigmoid less 1."""
    z = np.linspace(-5, 5, 101)
    a = 1 / (1 + np.exp(-z))
    for target, less in ((0.0, ""), (1.0, " less 1")):
        gradient = [chain(CROSS_ENTROPY, float(one), target).dl_dz for one in z]
        assert gradient == pytest.approx(a - (1 if less else 0), abs=1e-12)
        said_of_it = words.legend(True, True, target)
        assert "Both curves are gradients, not outputs." in said_of_it and f"own curve{less} for" in said_of_it
        spec = json.dumps(charts.gradients(hand=()).to_dict())
        assert "cross-entropy's gradient, a" in spec and "squared error's gradient" in spec


def test_the_preset_that_asks_it_shows_it():
    (preset,) = [one for one in PRESETS if "converged" in one.label]
    assert "and the output is still 1.00 from its target" in made(preset.at).small


@pytest.mark.parametrize("target", [0, 1])
def test_what_far_starts_take(target):
    """Within a tenth at z0 = 12, by plain sums."""
    text = words.starts(0.15, False, True)
    lead = float(re.search(r"\+ ([\d.]+)\) / \(2\*η\*\)", text)[1])
    z = np.linspace(math.log(1 / 9), 12, 200_001)
    a = 1 / (1 + np.exp(-z))
    squared, cross = (float(np.trapezoid(1 / push, z)) for push in (a * a * (1 - a), a))
    assert squared == pytest.approx(math.exp(12), rel=0.1) and cross == pytest.approx(12 + lead, rel=0.01)
    assert "dashed" in text and "dashed" not in words.starts(2.0, False, False)


@pytest.mark.parametrize("eta", [0.01, 0.15, 2.0])
def test_dashes_are_spoken_of_where_they_are_drawn(eta):
    swept = [frames.every_start(OutputConfig(cost, 0.0, 0.0, eta=eta, steps=MOST_STEPS)) for cost in COSTS]
    drawn = frames.sweep(swept, 0.0)
    assert frames.cut(swept) == (set(drawn["kind"].tolist()) != {"descent"})


@pytest.mark.parametrize(
    ("w", "b", "y", "eta"), [(2.0, 2.0, 0, 0.15), (-1.0, 0.4, 1, 0.3), (0.5, 1.0, 0, 2.0), (-3.0, -2.0, 0, 0.15)]
)
@pytest.mark.parametrize("cross", [False, True])
def test_a_tanh_output_takes_the_steps_of_a_plain_loop(w, b, y, eta, cross):
    config = OutputConfig(COSTS[cross], w, b, y=y, eta=eta)
    z, t, steps = w + b, 2 * y - 1, 0
    while abs(math.tanh(z) - t) > 0.1 and steps < MOST_STEPS:
        a = math.tanh(z)
        z, steps = z - 2 * eta * (a - t) * (1 if cross else 1 - a * a), steps + 1
    assert steps_needed(tanh_twin(config)) == (None if steps == MOST_STEPS else steps)
    sigmoids = [frames.Neuron("", learn(one), steps_needed(one), flow_steps(one)) for one in (config, config)]
    tanhs = [replace(one, steps=steps_needed(tanh_twin(config))) for one in sigmoids]
    text = words_deeper.tanh_output(sigmoids, tanhs)
    # Within 0.1 of its target, tanh is where a sigmoid of twice the z is within 0.05.
    assert "within 0.1 of ±1 is within 0.05 of a sigmoid's target" in text
    assert (math.tanh(1.2) + 1) / 2 == pytest.approx(1 / (1 + math.exp(-2.4)))
    assert ("at once" in text) == (steps == 0) and (steps == 0 or plural(steps, "step") in text or steps == MOST_STEPS)


def test_what_cross_entropy_hands_to_hidden_layers():
    """By the chain rule: the same hidden gradient but for the factor that enters it."""
    a = 1 / (1 + math.exp(-4))
    slope = a * (1 - a)
    text = words_deeper.hidden(slope, 0.236)
    # The slope stands on the page as 0.0177, and 1 / 0.0177 is 56.5.
    assert f"≈ {three(a / (a * slope))} times" in text and three(1 / float(three(slope))) == "56.5"
    assert "= 4.00 times" in words_deeper.hidden(0.25, 0.236)
    # So many layers shrink the larger one to what squared error hands on.
    layers = float(re.search(r"After about ([\d.]+) layers it is as small as squared error's was on entering", text)[1])
    assert a * 0.236**layers == pytest.approx(a * slope, rel=0.05)


def test_what_exp_costs_is_timed():
    cost = exp_cost(64, 8, 2)
    assert (cost.units, cost.samples) == (64, 8) and min(cost.product, cost.sigmoid, cost.relu) > 0
    text = words_deeper.exponential(cost)
    assert f"{whole(64)} units on 8 samples" in text
    # The shares are those of the times that stand beside them.
    shares = [float(one) for one in re.findall(r"([\d.]+) %", text)]
    *over, under = [float(one.replace(",", "")) for one in re.findall(r"([\d.,]+) ms", text)]
    assert shares == [float(f"{100 * one / under:.3g}") for one in over]
    assert shares[0] == pytest.approx(100 * cost.sigmoid / cost.product, rel=0.02)
    # In a layer 32 times as wide the product takes far longer, beside the same exponentials a unit.
    wide = exp_cost(2048, 8, 2)
    assert wide.sigmoid / wide.product < cost.sigmoid / cost.product
    for bad in ({"units": 1}, {"samples": 0}, {"runs": 0}):
        with pytest.raises(ValueError, match=next(iter(bad))):
            exp_cost(**bad)


def test_no_symbol_is_spelled_in_latin_letters(cases):
    for one in cases:
        text = "\n".join(
            (
                one.answer,
                one.why,
                one.small,
                words.legend(True, True, one.at.target),
                words.starts(one.at.eta, True, True),
            )
        )
        assert not re.search(r"\b(sigma|eta|delta)\b|z0", text), text


def test_nearly_there_is_not_there():
    """Between the goal and where the gradient gets small, a neuron has not converged yet."""
    for start in np.arange(-2.19, -2.1, 0.01):
        one = made(Output(w=float(start), b=0.0, pinned=0))
        off = 1 / (1 + math.exp(-float(start)))
        assert ("here it has" in one.small) <= (off <= 0.1)


def test_the_legend_asks_for_nothing_that_is_locked():
    for locked, seen in (([], 2), (["pinned"], 1), (["w", "b"], 1), (["w"], 2), (["pinned", "w", "b"], 0)):
        assert said(read_page("output", output_lock=locked)).count("Drag the st") == seen
    for at in (Output(), Output(w=-6.0, b=-6.0), Output(pinned=0)):
        one = made(at)
        assert not re.search(r"\b(Start|Drag|Move)\b", one.answer + one.small)


def test_what_is_heard_of_the_outputs_holds_from_a_start_that_is_right_too():
    assert "wrong" not in words_deeper.OUTPUTS_FINDING


def test_the_grey_band_is_where_the_output_is_within_the_goal(cases):
    for target in (0.0, 1.0):
        (one,) = [made(Output(target=target))]
        edge = float(frames.held(one.pair, 17)["edge"][0])
        assert abs(1 / (1 + math.exp(-edge)) - target) == pytest.approx(0.1)
        assert "within 0.1 of the target" in words.legend(True, True, target)


def test_the_chain_multiplies_as_it_stands():
    for z in np.linspace(-8, 8, 65):
        for _, outer, slope, product in words_deeper.chains([chain(cost, float(z), 0.0) for cost in COSTS]):
            by_hand = math.prod(
                float(one.replace(",", "").replace("−", "-")) for one in (outer, slope) if "×" not in one
            )
            assert "×" in outer + slope or three(by_hand) == product, z
