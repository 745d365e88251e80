"""What `/depth` claims is borne out by the numbers beside it, at every setting: each claim is decided here by another route."""

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pytest

from core.activations import ACTIVATIONS, activation
from core.depth.chain import chain_gradients
from core.depth.mean_field import crossing, factor_sweep, fixed_point
from core.depth.measured import DepthConfig, Measured, measure, quantiles
from core.depth.scales import profiles_by_scale
from core.depth.summary import measured_parts, profile_factor, summary, theory_parts
from core.depth.theory import layers, profile
from core.initialisations import RULES, rule
from dashboard.look.formats import power, short, three
from dashboard.topics import TOPICS
from dashboard.topics.depth import (
    frames,
    frames_deeper,
    words,
    words_asked,
    words_deeper,
    words_layer,
    words_picture,
)
from dashboard.topics.depth.settings import PRESETS, Depth
from tests import breadth
from tests.apptest import datasets, open_page, read_page, said
from tests.topics.grid import grid

layers = lru_cache(layers)
fixed_point = lru_cache(fixed_point)
crossing = lru_cache(crossing)


@dataclass(frozen=True)
class Case:
    """A setting: what the page says, and the networks it says it of."""

    at: Depth
    config: DepthConfig
    run: Measured
    answer: str
    why: str
    legend: str
    finding: str
    rows: dict[str, list[str]]
    drawn: dict
    curve: frames.Curve

    @property
    def said(self) -> str:
        return f"{self.answer}\n{self.why}"

    @property
    def logs(self) -> np.ndarray:
        """log10 of what the picture shows, the median network: (layers,)."""
        return np.median(self.run.log_delta if self.at.show == "delta" else self.run.log_dw, axis=0)

    @property
    def factor(self) -> float:
        """Its median factor per layer."""
        if self.at.show == "delta":
            # The median of the networks' own factors, a dead one's is 0.
            if self.mostly_dead:
                return 0.0
            each = [
                10 ** ((one[0] - one[-1]) / (self.config.depth - 1))
                for one in self.run.log_delta
                if np.isfinite(one[[0, -1]]).all()
            ]
            return float(np.median([*each, *[0.0] * int(self.run.dead.sum())]))
        return float(10 ** ((self.logs[0] - self.logs[-1]) / (self.config.depth - 1)))

    @property
    def decades(self) -> float:
        return (self.config.depth - 1) * math.log10(self.factor) if self.factor else -math.inf

    @property
    def mostly_dead(self) -> bool:
        return float(self.run.dead.mean()) >= 0.5


def case(at: Depth) -> Case:
    config = at.networks()[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        run = measure(config)
        found = summary(run)
    theory = layers(config.activation, config.depth, config.sigma_w, config.sigma_b, config.norm, config.skip)
    shape = profile(theory, config.width)
    point = fixed_point(config.activation, config.sigma_w, config.sigma_b)
    scaled = profiles_by_scale(config.activation, config.depth, config.width, (config.sigma_w,))
    curve = frames.Curve(config, run, found, theory, shape, scaled, profile_factor(shape), point)
    drawn = frames.gradients([curve], at.show)
    return Case(
        at,
        config,
        run,
        words.answer(config, found, at.show),
        words_deeper.why(curve, settle(config), at.show),
        words_picture.legend(config, at.seeds, at.show, frames.limits(drawn["rules"])),
        words.finding(at.networks(), at.show),
        {row[0]: row[1:] for row in words.rows([curve], at.show)},
        drawn,
        curve,
    )


def small(at: Depth) -> Depth:
    """The same claims at a fraction of the cost: fewer and narrower networks."""
    return replace(at, width=min(at.width, 32), seeds=min(at.seeds, 4))


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    odd = [
        Depth(layers=2),
        Depth(layers=2, rule="lecun", activation="tanh"),
        Depth(show="dw"),
        Depth(norm="layer after", rule="lecun", activation="relu", layers=200),
        Depth(norm="batch before", skip=True, layers=20),
        Depth(norm="batch before", activation="relu", layers=50),
        Depth(activation="relu", rule="lecun", width=8, layers=200),
        Depth(skip=True, rule="pytorch", activation="tanh", layers=200),
        Depth(activation="gelu", rule="lecun"),
        Depth(activation="tanh", norm="layer after", rule="own", weights=0.1, layers=20),
        Depth(activation="relu", rule="pytorch", width=8, layers=200),
        Depth(activation="relu", rule="own", weights=2.0, layers=100),
    ]
    return [case(small(at)) for at in (*grid("depth", drawn=breadth.drawn(30, 70)), *odd)]


def finite(found: list[Case]) -> Iterator[Case]:
    return (one for one in found if not one.mostly_dead)


CLAIMS: dict[str, Callable[[Case], bool]] = {
    r"^By a factor of": lambda one: one.decades < -1 or one.factor < 0.9,
    r"^Slowly, by a factor of": lambda one: -1 <= one.decades < -0.1 and 0.9 <= one.factor < 1,
    r"^Hardly at all": lambda one: abs(one.decades) <= 0.1,
    r"^It does not: it grows": lambda one: 0.1 < one.decades <= 2,
    r"^It explodes": lambda one: one.decades > 2,
    r"^Completely": lambda one: one.mostly_dead,
    r"of the gradient gets back": lambda one: one.at.show == "delta" and float(one.logs[0]) <= 0,
    r"times the gradient gets back": lambda one: one.at.show == "delta" and float(one.logs[0]) > 0,
    r"factors? of [^;]*for the last layer, which": lambda one: one.at.show == "delta",
    r"the first layer's weights get": lambda one: one.at.show == "dw",
    r"bounds only the slope": lambda one: one.config.plain and one.at.show == "delta",
    r"so nothing vanishes": lambda one: one.decades_delta >= -1,  # type: ignore[attr-defined]
    r"which makes up for small slopes": lambda one: one.decades_delta >= -1,  # type: ignore[attr-defined]
    r"it is no rescue": lambda one: one.decades_delta < -1 or one.factor_delta < 0.9,  # type: ignore[attr-defined]
}


def delta(one: Case) -> Case:
    return replace(one, at=replace(one.at, show="delta"))


@pytest.mark.parametrize("claim", CLAIMS)
def test_what_is_claimed_of_the_gradient_is_so(claim, cases):
    made = 0
    for one in cases:
        if not re.search(claim, one.said, re.MULTILINE):
            continue
        made += 1
        for name, value in (("decades_delta", delta(one).decades), ("factor_delta", delta(one).factor)):
            object.__setattr__(one, name, value)
        assert CLAIMS[claim](one), one.at
    assert made, "nowhere in the grid: the claim is not tried"


def test_one_verdict_is_given_and_its_numbers_are_those_that_are_drawn(cases):
    openings = [claim for claim in CLAIMS if claim.startswith("^")]
    for one in cases:
        assert sum(bool(re.match(claim[1:], one.answer)) for claim in openings) == 1, one.answer
    for one in finite(cases):
        assert f"{short(one.factor)} a layer{', on average' if one.config.depth > 2 else ''}" in one.answer
        assert one.drawn["ends"]["text"].tolist() == [
            f"{activation(one.config.activation).label}: {short(one.factor)} a layer"
        ]
        if one.at.show == "delta":
            last = one.drawn["lines"]["median"][-1]
            assert f"{power(last)} {'times' if last > 0 else 'of'} the gradient gets back" in one.answer
        else:
            assert re.search(f"get (about )?{power(one.logs[0] - one.logs[-1])} times", one.answer)


def test_names_at_the_lines_ends_do_not_touch():
    for at in (
        Depth(),
        Depth(layers=2, show="dw", rule="pytorch"),
        Depth(activation="relu", beside="gelu", rule="own", weights=20.0),
    ):
        curves = [case(small(replace(at, activation=key))).curve for key in (at.activation, at.beside)]
        drawn = frames.gradients(curves, at.show)
        lowest = min(0.0, *drawn["lines"]["low"], *drawn["bound"]["value"])
        highest = max(0.0, *drawn["lines"]["high"])
        ends = drawn["ends"]
        y = 16 + (highest - ends["value"]) / (highest - lowest) * (210 - 32) + ends["drop"]
        assert np.ptp(y) >= 15.9 and y.max() <= 204, at


def value(text: str) -> float:
    """log10 of a number as a page writes it."""
    mantissa, _, exponent = text.replace(",", "").partition(" × 10")
    raised = int(exponent.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-"))) if exponent else 0
    return math.log10(float(mantissa)) + raised


NUMBER = r"(\d[\d.,]*\d(?: × 10[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)?|\d)"


def test_the_factors_of_a_sentence_multiply_to_its_product(cases):
    """What stands in it is multiplied as a reader would, who sees no more digits than it gives."""
    seen = set()
    for one in finite(cases):
        told = re.search(
            rf"(?:, |get )(about )?{NUMBER} (?:of|times) the gradient.*?: (one|\d+) factors? of {NUMBER}", one.answer
        )
        assert told, one.answer
        count = one.config.depth - 1
        assert told[3] == ("one" if count == 1 else str(count))
        product = count * value(told[4])
        if one.at.show == "delta":
            last = re.search(rf" and {NUMBER} for the last layer, which", one.answer)
            assert last and abs(value(last[1]) - one.logs[-1]) < 0.003
            product += value(last[1])
        said_why = "each taken by itself" in one.answer
        assert product == pytest.approx(value(told[2]), abs=0.01) or said_why, one.answer
        # Where who multiplies does not find the three digits it is said so, or why: each is a median by itself.
        assert (power(product) == power(value(told[2]))) == (not told[1] and not said_why), one.answer
        exact = count * math.log10(one.factor) + (one.logs[-1] - one.logs[0] if one.at.show == "delta" else 0)
        if one.at.show == "delta":
            assert not (said_why and one.config.seeds == 1) and said_why <= (abs(exact) > 1e-9)
            assert abs(exact) < 0.002 or said_why
        seen.add("why" if said_why else "about" if told[1] else "exact")
        # In the table of both activations too, whose factors have four digits at most.
        if one.at.show == "delta" and "each taken by itself" not in one.answer:
            last, first = (value(one.rows[name][0]) for name in (LAST, FIRST))
            measured = value(next(iter(one.rows.values()))[0])
            # Half of its last digit, in powers of ten.
            half = math.log10(1 + 0.5 * 10 ** (math.floor(measured) - 3 - measured))
            assert abs(measured * count + last - first) < 0.01 + count * half
    assert seen == {"why", "about", "exact"}


LAST, FIRST = "factor of the last layer, measured", "gradient at the first layer, measured"
DEEP = "factor of one layer deep inside, theory: √*χ*₁"


def test_what_is_said_of_the_spread_is_where_it_is(cases):
    """By the plain recursion of the variance, layer by layer, on a fine grid."""
    u = np.linspace(-12, 12, 2401)
    p = np.exp(-u * u / 2) * 0.01 / math.sqrt(2 * math.pi)
    tried = set()
    for one in cases:
        got = re.search(r"settle at a spread of (\S+)\. |dies out|fades on its way|have a spread of (\S+); in", one.why)
        if not got or one.config.depth > 60:
            continue
        unit, w, b = activation(one.config.activation), one.config.sigma_w, one.config.sigma_b
        square, spreads = 1.0, []
        for _ in range(one.config.depth + 40):
            spreads.append(math.hypot(w * math.sqrt(square), b))
            square = float(p @ unit.f(spreads[-1] * u) ** 2)
        last, later = spreads[one.config.depth - 1], spreads[-1]
        kind = got[0].split()[0]
        tried.add(kind)
        if kind == "settle":
            assert abs(last / later - 1) < 0.03 and three(last)[:3] == got[1][:3], one.at
        elif kind == "have":
            assert abs(last / later - 1) > 0.01 and got[2] == three(last), one.at
        else:
            assert (last < 0.1) == (kind == "dies") and later < last, one.at
    assert tried >= {"settle", "dies", "have"}


def test_larger_weights_help_where_it_is_said(cases):
    for one in cases:
        if "Larger weights help" in one.why:
            key, w, b = one.config.activation, one.config.sigma_w, one.config.sigma_b
            assert fixed_point(key, 1.2 * w, b).factor > fixed_point(key, w, b).factor


def test_the_legend_is_of_what_is_drawn(cases):
    ruled = set()
    for one in cases:
        named = [str(text) for text in one.drawn["rules"]["text"] if text]
        assert {name for name in ("float16", "float32") if f"At the rule {name} " in one.legend} == set(named)
        for name, told in re.findall(
            rf"At the rule (\S+) a gradient of \S+ like entries has the length {NUMBER}:", one.legend
        ):
            # As many entries of one size, and by the format itself which of them are 0.
            count = one.config.width * (one.config.width if one.at.show == "dw" else one.config.inputs)
            each = 10 ** value(told) / math.sqrt(count)
            assert np.dtype(name).type(0.99 * each) == 0 < np.dtype(name).type(1.01 * each)
        assert ("median" in one.legend) == (one.config.seeds > 1)
        ruled.add(bool(named))
        dotted = set(one.drawn["bound"]["value"].tolist()) != {0.0}
        assert dotted <= (one.at.show == "delta")
    assert ruled == {True, False}


def test_the_deep_limit_is_not_called_the_theory_of_this_depth(cases):
    for one in cases:
        limit = one.rows.get(DEEP)
        assert (limit is not None) == one.config.plain
        if limit:
            assert limit == [three(fixed_point(one.config.activation, one.config.sigma_w, one.config.sigma_b).factor)]
    two = next(one for one in cases if one.at.layers == 2 and one.config.plain)
    assert two.rows["factor per layer, the layer before the last, theory"] != two.rows[DEEP]
    assert not any("any depth" in name for one in cases for name in one.rows)


def test_a_small_gradient_of_an_untrained_network_is_called_what_it_is(cases):
    seen = set()
    for one in cases:
        first = float(np.median(one.run.log_delta[:, 0]))
        text = words_asked.converged(one.config, summary(one.run))
        if math.isinf(first):
            assert "gets nothing: a layer on the way is dead" in text
            continue
        seen.add("says how far back it is" in text)
        assert ("says how far back it is" in text) == (
            first < -2
        ) and f"gets {power(first)} {'times' if first > 0 else 'of'} it" in text
    assert seen == {True, False}
    asked = next(preset.at for preset in PRESETS if "converged" in preset.label)
    assert "says how far back it is" in words_asked.converged(
        asked.networks()[0], summary(measure(asked.networks()[0]))
    )


def test_the_chain_and_the_network_beside_it():
    one = case(small(Depth(rule="lecun")))
    by_hand = chain_gradients("sigmoid", 1.0, 50)
    assert "0.25, 0.0625, 0.0156, …" in words_asked.chain(one.config, by_hand)
    table = {int(row[0]): row[1:] for row in words_asked.chain_rows(by_hand, quantiles(one.run.log_delta, (0.5,))[0])}
    for back, row in table.items():
        assert row == [three(0.25**back), power(float(one.logs[-back]))]
    assert set(table) == {1, 2, 3, 5, 10, 20, 50}


def test_what_a_gate_passes():
    text, a = words_asked.gates(), 1 / (1 + math.exp(-4))
    for number in (a, 0.25**20, a * (1 - a)):
        assert three(number) in text
    # Who reckons with what is shown finds these two to one digit.
    passed, share = (
        float(re.search(pattern, text)[1]) for pattern in (r"about ([\d.]+) in 20", r"about (\d) % of its")
    )
    for gate, slope in ((a, a * (1 - a)), (float(three(a)), float(three(a * (1 - a))))):
        assert passed == round(gate**20, 1) and share == round(100 * slope / 0.25)


def test_no_symbol_is_spelled_in_latin_letters(cases):
    for one in cases:
        text = "\n".join((one.said, one.legend, one.finding, *one.rows, words_asked.gates()))
        assert not re.search(r"(?<!\\)\b(sigma|kappa|chi|eta|delta)\b|(?<!\\)sigma_|chi_", text), text
        # Mathematics set by KaTeX waits until the first picture stands.
        assert "$" not in one.answer + one.legend


@pytest.mark.parametrize("key", ACTIVATIONS)
def test_with_pytorchs_default_weights_every_deep_plain_network_loses_its_gradient(key: str) -> None:
    """What `words_asked.converged` says of a network whose gradient is not small, of any activation; 200 layers are many."""
    config = Depth(activation=key, beside=key, rule="pytorch", layers=200).networks()[0]
    assert 199 * math.log10(fixed_point(key, config.sigma_w, config.sigma_b).factor) < words_asked.SMALL


def test_a_gradient_that_is_not_small_is_said_as_it_is() -> None:
    for at, bare in ((Depth(activation="tanh"), ""), (Depth(skip=True), ", without skip connections,")):
        config = at.networks()[0]
        found = summary(measure(config))
        told = words_asked.converged(config, found)
        assert f"{power(found.log_first)} {'times' if found.log_first > 0 else 'of'} it" in told
        assert f"Through many layers{bare} with PyTorch's default weights" in told


def test_the_closing_asks_nothing_that_the_next_page_does_not_answer() -> None:
    config = Depth().networks()[0]
    closing = words.answered(config, summary(measure(config)), "delta", 0.0)
    following = TOPICS.after("depth")
    assert following is not None
    assert not closing.endswith("?") or closing.endswith(following.question)


def test_the_number_of_layers_stands_apart_from_a_name_that_begins_with_one() -> None:
    assert "Through 50 layers of 4 x sigmoid at weight scale 4, " in words.answer(
        *(lambda config: (config, summary(measure(config)), "delta"))(Depth(activation="four").networks()[0])
    )


@lru_cache
def sweep(key: str, sigma_ws: tuple[float, ...], sigma_b: float):
    return factor_sweep(key, sigma_ws, sigma_b)


def settle(one: DepthConfig, sigma_ws: tuple[float, ...] = frames.SIGMA_WS[:2]) -> frames_deeper.Settled:
    """What a network settles at, with the curve of its factor at `sigma_ws`, which pictures draw and words do not look at. Of
    one with remedies nothing is said that needs the critical point."""
    cross = crossing(one.activation, one.sigma_b) if one.plain else None
    critical = None if cross is None or cross.jumps else fixed_point(one.activation, cross.sigma_w, one.sigma_b)
    point = fixed_point(one.activation, one.sigma_w, one.sigma_b)
    curve = sweep(one.activation, sigma_ws, one.sigma_b)
    return frames_deeper.Settled(activation(one.activation), point, curve, cross, critical)


def settled(at: Depth) -> list[frames_deeper.Settled]:
    return [settle(one, frames.SIGMA_WS) for one in at.networks()]


def test_how_to_read_the_lower_half_is_of_what_is_drawn_there():
    seen = set()
    for at in (Depth(), Depth(activation="relu", beside="relu"), Depth(activation="gelu", beside="gelu", rule="lecun")):
        deep = settled(at)
        drawn = frames_deeper.factors(deep, at.networks()[0])
        text = words_picture.lower(deep, by_hand=True)
        rings = len(drawn["critical"]["text"])
        assert ("Rings" in text, "Ring," in text) == (rings > 1, rings == 1)
        above = [one for one in deep if one.point.factor > 1.8]
        assert ("triangle" in text) == bool(above) and ("Full dots" in text) == (len(deep) > 1)
        assert "slider" in text and "slider" not in words_picture.lower(deep, by_hand=False)
        seen.add((rings, bool(above)))
    assert len(seen) == 3


def test_a_curve_begins_where_it_is_said_to_begin(cases):
    """One layer back, at what the last layer's slopes leave of a gradient of length 1."""
    for one in finite(cases):
        if one.at.show == "delta" and one.config.plain:
            assert one.drawn["lines"]["back"][0] == 1 and "begins one layer back" in one.legend
            unit, spread = activation(one.config.activation), math.sqrt(one.curve.layers[-1].q)
            u = np.linspace(-12, 12, 4801)
            p = np.exp(-u * u / 2) * 0.005 / math.sqrt(2 * math.pi)
            slopes = 0.5 * math.log10(float(p @ unit.df(spread * u) ** 2))
            assert one.drawn["theory"]["value"][0] == pytest.approx(slopes, abs=0.01)


@pytest.mark.parametrize(
    "query", [{}, {"depth_rule": "PyTorch's default"}, {"depth_rule": "He"}, {"depth_weights": "7"}]
)
def test_the_slider_stands_at_the_weight_scale_that_is_told(query):
    at = read_page("depth", **query)
    spec = json.loads(at.get("vega_lite_chart")[0].proto.spec)
    (hand,) = (one for one in spec["params"] if one["name"] == "hand_weights")
    assert hand["bind"]["name"].strip() == "weight scale"
    told = float(re.search(r"at weight scale ([\d.]+),", said(at))[1])
    assert hand["value"] == pytest.approx(told, abs=6e-4)
    assert f"At weight scale {told:g}, deep inside" in said(at)
    # What the picture calls unmoved is where the slider was put.
    assert float(datasets(at, 0)["held"]["own"].iloc[0]) == hand["value"]


def test_no_power_is_written_with_a_caret():
    at = read_page("depth", depth_deeper="true")
    told = [said(at)]
    for chart in range(len(at.get("vega_lite_chart"))):
        for one in datasets(at, chart).values():
            told += [str(text) for name in one.columns if one[name].dtype == object for text in one[name]]
    assert not [text for text in told if re.search(r"\w\^", re.sub(r"\$+[^$]*\$+", "", text))]


def test_a_name_at_a_lines_end_is_clear_of_the_line_on_a_phone():
    """In pixels of a phone's picture, 280 wide: the line in the place of its last letters is above them."""
    tried = 0
    for at in (Depth(), Depth(rule="pytorch"), Depth(rule="lecun"), Depth(rule="lecun", beside="sigmoid", layers=200)):
        curves = [case(small(replace(at, activation=key))).curve for key in dict.fromkeys((at.activation, at.beside))]
        drawn = frames.gradients(curves, at.show)
        lowest, highest = min(0.0, *drawn["lines"]["low"], *drawn["bound"]["value"]), max(0.0, *drawn["lines"]["high"])
        scale = (210 - 32) / (highest - lowest)
        ends = drawn["ends"]
        for label, end, drop, left in zip(ends["activation"], ends["value"], ends["drop"], ends["left"], strict=True):
            own = drawn["lines"]["activation"] == label
            back, median = drawn["lines"]["back"][own], drawn["lines"]["median"][own]
            x = (1 - left / 280) * back[-1]
            if -end * scale > 60:
                # Capitals stand 9 pixels above the foot of a line of 13.
                assert -float(np.interp(x, back, median)) * scale <= -end * scale + drop - 9 + 2, (at, label)
                tried += 1
    assert tried >= 4


def test_what_the_words_point_to_is_there(cases):
    """There is one picture, of two halves."""
    for one in cases:
        assert "second picture" not in one.said
    pointed = [one for one in cases if "lower half of the picture" in one.why]
    assert pointed
    for one in pointed:
        limit = settle(one.config).saturated
        assert not limit or limit < 0.001 or "price" in one.why


def test_the_help_of_a_control_is_true():
    pytorch = rule("pytorch")
    assert "biases, of the same variance as its weights" in TOPICS.controls["depth_rule"].help
    for width in (8, 256):
        assert pytorch.sigma_b(width, width) ** 2 == pytest.approx(pytorch.sigma_w(width, width) ** 2 / width)
    named = [key for key, one in RULES.items() if one.sigma_b(64, 64)]
    assert named == ["pytorch"], "PyTorch's also: no other has biases"
    assert "over" not in TOPICS.controls["depth_weights"].help and "fan-in" in TOPICS.controls["depth_weights"].help
    # A layer's weights get |delta| times the size of its input, here of matrices.
    run = measure(small(Depth(layers=3)).networks()[0])
    assert np.all(run.log_dw[:, 0] - run.log_delta[:, 0] == pytest.approx(0.5 * math.log10(32), abs=0.15))
    assert "|*δ*| times the size of its input" in TOPICS.controls["depth_show"].help


def test_the_reveal_of_the_guess_is_what_is_drawn():
    usual = DepthConfig("sigmoid", 20, 256, rule("pytorch").sigma_w(256, 256), rule("pytorch").sigma_b(256, 256), 16)
    run = measure(usual)
    question, reveal = words.prediction(usual, summary(run))
    first = float(np.median(run.log_delta[:, 0]))
    assert (
        re.search(f"says (about )?{power(first)}: 19 factors of ", reveal)
        and "20 layers of 256 sigmoid units" in question
    )
    assert "far below 0.25²⁰" in reveal and first < 20 * math.log10(0.25) - 2
    assert (
        "0.577 × 0.25 = 0.144" in reveal
        and three(1 / math.sqrt(3)) == "0.577"
        and three(0.25 / math.sqrt(3)) == "0.144"
    )
    factor, last = map(float, re.search(r"19 factors of ([\d.]+) and ([\d.]+) for the last layer", reveal).groups())
    assert factor**19 * last == pytest.approx(10**first, rel=0.03 if "by itself" in reveal else 6e-3)
    drawn = frames_deeper.guess(usual, run)
    assert drawn["texts"]["text"][0] == f"measured: {power(first)}"
    assert drawn["bound_text"]["text"][0] == f"0.25²⁰ = {power(20 * math.log10(0.25))}"
    levels = dict(zip(drawn["levels"]["level"].tolist(), drawn["levels"]["text"].tolist(), strict=True))
    assert levels[-10.0] == "your guess: 10⁻¹⁰" and levels[0.0] == "your guess: 10⁰"
    assert levels[-10.5] == "your guess: 3.16 × 10⁻¹¹"


def test_the_slider_goes_where_a_rule_puts_the_weights():
    at = open_page("depth", depth_rule="your own", depth_weights="7")

    def stands() -> float:
        return float(datasets(at, 0)["settings"]["weights"].iloc[0])

    assert stands() == 7
    for name, scale in (("He", 1.414), ("4 x Glorot", 4.0), ("your own", 7.0)):
        at.selectbox(key="depth_rule").set_value(name).run()
        assert stands() == scale


def test_a_price_is_named_only_where_larger_weights_have_it():
    """By the share that stands beside it: of units saturated at the scale where the factor is 1."""
    seen = set()
    for key in ("sigmoid", "centred", "tanh", "bipolar"):
        for rule_, bias in (("lecun", 0.0), ("pytorch", 0.0), ("own", 0.5), ("own", 2.0)):
            one = case(small(Depth(activation=key, rule=rule_, weights=0.3, bias=bias, layers=10)))
            found = settle(one.config)
            if "Larger weights help" in one.why:
                (share,) = re.findall(
                    r"with (?:under )?([\d.]+) % of its units", words_deeper.factor_text([found], one.config)
                )
                assert ("at the price of saturated units" in one.why) == (float(share) >= 0.1), one.at
                seen.add(float(share) >= 0.1)
    assert seen == {True, False}


def test_the_closing_calls_free_what_the_page_has_as_free():
    seen = set()
    for bias in (0.0, 0.05, 0.5, 2.0):
        at = Depth(rule="own", bias=bias)
        config = at.networks()[0]
        centred = settle(at.networks()[1])
        assert centred.unit.key == "centred" and centred.saturated is not None
        text = words.answered(config, summary(measure(config)), "delta", centred.saturated)
        (share,) = re.findall(r"with (?:under )?([\d.]+) % of its", words_deeper.factor_text([centred], config))
        assert ("with matching weights pays no such price" in text) == (float(share) < 0.1)
        assert ("weights and no biases pays no such price" in text) == (float(share) >= 0.1)
        seen.add(float(share) < 0.1)
    # Without biases there is none.
    assert seen == {True, False} and settle(Depth().networks()[1]).saturated == 0
    # The page hands on what it has found.
    for bias, told in (("0", "matching weights pays"), ("2", "and no biases pays")):
        assert told in said(read_page("depth", depth_rule="your own", depth_bias=bias, depth_layers="5"))


def test_a_factor_of_another_gradient_than_the_pictures_is_named():
    for show, named in (("delta", False), ("dw", True)):
        one = case(small(Depth(show=show)))
        closing = words.answered(one.config, one.curve.summary, show, 0.0)
        assert ("multiplies *δ* by weight times slope" in closing) == named
        assert ("On its way back *δ*, the gradient of *z*, meets" in one.why) == named
        assert any("factor per layer of *δ*," in name for name in one.rows) == named
        assert (FIRST in one.rows) != named and ("*δ* at the first layer, measured" in one.rows) == named


@pytest.mark.parametrize("seeds", [1, 4])
def test_a_layer_taken_apart_multiplies_or_says_why_not(seeds):
    for at in (
        Depth(),
        Depth(rule="lecun", activation="gelu"),
        Depth(skip=True, rule="lecun"),
        Depth(norm="layer after"),
    ):
        one = case(small(replace(at, seeds=seeds)))
        text = words_layer.split(10, 10, one.config)
        assert ("medians, each taken by itself" in text) == (seeds > 1)
        table = words_layer.layer_rows([measured_parts(one.run, 10)], [theory_parts(one.curve.layers, 10)], one.config)
        for how in ("theory", *(["measured"] if seeds == 1 else [])):
            passed, slopes, together = (
                row[1] for row in table if re.match(rf"(weights|slopes|together).*, {how}$", row[0])
            )
            assert three(float(passed) * float(slopes)) == together, at


def test_a_chain_says_what_is_taken_where_there_is_no_slope():
    for key in ACTIVATIONS:
        config = small(Depth(activation=key)).networks()[0]
        text = words_asked.chain(config, chain_gradients(key, config.sigma_w, 50))
        left, right = activation(key).df(-1e-9), activation(key).df(1e-9)
        assert ("has a kink there" in text) == (abs(left - right) > 1e-3)
        assert "has a kink" not in text or f"the slope on its left is taken, {short(float(left))}." in text
        # The last one passes its slope alone.
        first = re.search(rf": {NUMBER}, {NUMBER}, {NUMBER}, …", text)[1]
        assert float(first) == pytest.approx(float(activation(key).df(0.0)), rel=5e-3)
        assert "The last layer passes its slope. Each further one back multiplies" in text


def test_saturated_is_of_the_size_of_a_slope_that_may_be_negative():
    for key in ACTIVATIONS:
        curve = case(small(Depth(activation=key, layers=3))).curve
        falls = bool((activation(key).df(np.linspace(-8, 8, 1601)) < -1e-6).any())
        assert ("a unit whose slope, in size, is below" in words.terms([curve])) == falls
