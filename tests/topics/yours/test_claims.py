"""Each sentence of `/yours` against the example's arrays by singular values, counts and plain loops, at every setting: what it
claims is so, and what the numbers do not bear out is not claimed."""

import inspect
import io
import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from core.activations import ACTIVATIONS
from core.diagnosis.example import example_layers
from core.diagnosis.layers import diagnose
from core.diagnosis.records import NetworkRecord, example_record
from core.diagnosis.results import Layer
from dashboard.look.formats import percent, three
from dashboard.topics.yours import charts, frames, words, words_advice, words_signs, words_steps, words_units
from dashboard.topics.yours.settings import LAYERS, LIMITS, Yours
from tests.apptest import read_page
from tests.topics.grid import grid

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")

record = cache(example_record)


@cache
def arrays(variant: str, trained: bool) -> list[Layer]:
    return list(example_layers(variant, trained).values())


@cache
def top(variant: str, trained: bool, layer: int, bias: bool, centred: bool) -> float:
    """The steepest curvature, by singular values."""
    a = np.asarray(arrays(variant, trained)[layer].a)
    a = a - a.mean(axis=0) if centred else a
    a = np.hstack([a, np.ones((len(a), 1))]) if bias else a
    return float(np.linalg.svd(a, compute_uv=False)[0] ** 2 / len(a))


def times(at: Yours, layer: int) -> float:
    return top(at.variant, at.trained, layer, at.bias, False) / top(at.variant, at.trained, layer, at.bias, True)


SETTINGS = list(grid("yours", drawn=60))


def shown(at: Yours):
    found = record(at.variant, at.trained).read(at.activation, at.below)
    return found, found.layers[at.layer], frames.pair(found.layers[at.layer], at.bias)


def test_what_centring_gains_is_said_by_one_rule():
    for at in SETTINGS:
        _, layer, two = shown(at)
        ratio = times(at, at.layer)
        opening, verdict = words.answer(layer, two, at, None), words.verdict(layer, two, at.bias)
        advice, end = words_advice.advice(layer, two), words.answered(layer, two, cures=False)
        nothing, worth = ratio < 1.005, ratio >= 1.5
        for said in (opening, verdict):
            assert ("gains nothing" in said) == nothing, at
            assert ("only **" in said) == (not nothing and not worth), at
            assert nothing or f"**{three(ratio)} times** larger" in said, at
            assert ("no bias, before and after" in said) == (not at.bias)
        assert ("Centre these inputs" in advice) == worth == ("waits behind the mean" in end), at
        assert ("centring gains nothing" in advice) == nothing, at
        assert ("next to nothing to gain" in end) == (not worth), at
        if nothing:
            steepest = top(at.variant, at.trained, at.layer, at.bias, False)
            assert f"stays near {three(steepest)}" in opening


def test_units_that_never_move_are_counted_and_only_units_are_dead():
    for at in SETTINGS:
        _, layer, two = shown(at)
        a = np.asarray(arrays(at.variant, at.trained)[at.layer].a)
        dead = sum(bool((a[:, unit] == 0).all()) for unit in range(a.shape[1]))
        verdict, advice = words.verdict(layer, two, at.bias), words_advice.advice(layer, two)
        count = dead or "None"
        assert f"{count} of {a.shape[1]} {'is' if dead <= 1 else 'are'} 0 for every sample" in verdict, at
        # The first layer is fed by pixels, some negative: one that is always 0 is no dead ReLU, whatever is chosen.
        units = at.activation is not None or at.layer > 0
        flat = units and a.min() >= 0 and (at.activation or ("relu" if at.variant == "relu" else "")) == "relu"
        assert ("dead and learn" in advice) == (dead > 0 and flat), at
        assert ("do not move the weights" in advice) == (dead > 0 and not flat), at


def test_what_is_saturated_is_so_by_the_slope_at_each_output():
    for at in SETTINGS:
        _, layer, two = shown(at)
        key = at.activation or (None if at.layer == 0 else at.variant)
        a = np.asarray(arrays(at.variant, at.trained)[at.layer].a)
        said, advice = words.verdict(layer, two, at.bias), words_advice.advice(layer, two)
        if key not in ("sigmoid", "tanh", "centred") or (at.activation and at.variant != at.activation):
            continue
        # f' from the output itself: a (1 - a), 1 - a^2, 1/4 - a^2.
        slope = {"sigmoid": a * (1 - a), "tanh": 1 - a * a, "centred": 0.25 - a * a}[key]
        if slope.min() < 0:
            continue
        share = float((slope < at.below * ACTIVATIONS[key].max_slope).mean())
        assert f"{percent(share)} of the outputs are saturated" in said, at
        assert ("smaller weights" in advice) == (share >= 0.25), at


def test_signs_at_batch_1_are_those_of_every_single_sample():
    for at in {Yours(variant=one.variant, trained=one.trained, layer=one.layer) for one in SETTINGS}:
        _, layer, two = shown(at)
        given = arrays(at.variant, at.trained)[at.layer]
        a, delta = np.asarray(given.a), np.asarray(given.delta)
        # One sample's update is delta a: it is all of one sign where the inputs that are not 0 are, whatever the neuron's delta.
        agree = np.array([(row >= 0).all() or (row <= 0).all() for row in a])
        moves = np.array([(row != 0).any() for row in a])
        counted = (delta != 0) & moves[:, None]
        share = float((agree[:, None] & counted).sum() / counted.sum())
        verdict = words.verdict(layer, two, at.bias)
        at_one = re.findall(r"share a sign (\S+ %) of the time at batch 1[,.]", verdict)
        (told,) = at_one or ["0 %"] * ("At no batch size" in verdict)
        assert abs(float(told.removesuffix(" %")) / 100 - share) < 0.03, at
        rows = words_signs.lock_table(layer)
        assert [row[0] for row in rows] == ["1", "8", "64", "1,000"] and rows[0][2] == told


def test_how_sure_a_lock_is_stands_beside_it():
    """Batches drawn anew from the same samples, by a loop: the share is within four of the errors that are said of it, and what one
    step on all samples does is a count of neurons."""
    rng = np.random.default_rng(11)
    for variant, trained, index in (("sigmoid", False, 3), ("sigmoid", True, 3), ("relu", False, 2)):
        layer = record(variant, trained).read().layers[index]
        given = arrays(variant, trained)[index]
        a, delta = np.asarray(given.a, dtype=float), np.asarray(given.delta, dtype=float)
        said = words_signs.signs(layer)
        for batch in (8, 64):
            found = re.search(rf"([\d.]+) ± ([\d.]+) % at batch {batch}\b", said)
            assert found, said
            locked = moved = 0
            for _ in range(600):
                some = rng.choice(len(a), batch, replace=False)
                g = delta[some].T @ a[some]
                up, down = (g > 0).any(axis=1), (g < 0).any(axis=1)
                locked, moved = locked + int((up ^ down).sum()), moved + int((up | down).sum())
            told, error = float(found[1]) / 100, float(found[2]) / 100
            assert abs(told - locked / moved) < 4 * error + 0.01
            # No surer than as many independent batches would make it.
            share = max(told, 1e-3)
            assert error >= 0.7 * np.sqrt(share * (1 - share) / 256)
        g = delta.T @ a
        up, down = (g > 0).any(axis=1), (g < 0).any(axis=1)
        count, one_way = int((up | down).sum()), int((up ^ down).sum())
        assert (
            f"One step on all 1,000 samples moves {count} neurons; in {one_way or 'none'} of them {'' if one_way else 'do '}all weights move one way."
            in said
        )
        assert not re.search(r"% at batch 1,000", said)


def test_the_bias_is_named_where_it_is_the_steepest_and_nowhere_else():
    for at in SETTINGS:
        two = shown(at)[2]
        own = top(at.variant, at.trained, at.layer, False, True)
        named = at.bias and own < 1
        assert ("What is steepest then is the bias" in words.gain(two, at.bias)) == named, at
        assert ("(bias)" in words.rows(two)[1]) == named
        assert not named or abs(two.centred.top - 1) < 1e-9


def told(text: str) -> float:
    """A number as it stands on the page."""
    return float(re.sub(r" × 10(.+)", lambda m: "e" + m[1].translate(RAISED), text.replace(",", "")))


def test_the_gain_is_the_quotient_of_the_curvatures_beside_it():
    for at in {Yours(variant=one.variant, trained=one.trained, layer=one.layer) for one in SETTINGS}:
        pairs = [frames.pair(shown(at)[1], bias) for bias in (True, False)]
        times, raw, centred, *_ = words.numbers_table(*pairs)
        for column in (1, 2):
            found = told(raw[column]) / told(centred[column].removesuffix(" (bias)"))
            assert three(found) == times[column], (at, raw, centred)
        for two in pairs:
            steepest = [told(re.search(r"steepest (.+?)(?: \(bias\))?, κ", row)[1]) for row in words.rows(two)]
            gap = re.search(r"may be (.+) times", words.gap(two, True))
            assert not gap or gap[1] == three(steepest[0] / steepest[1]), at


def test_what_was_drawn_is_at_most_so_many_batches():
    layer = record("sigmoid", False).read().layers[3]
    assert "Of each larger size, 256 batches at most were drawn from these samples:" in words_signs.signs(layer)
    assert layer.locks.batches.max() >= 256 and all(
        drawn == 256
        for size, drawn in zip(layer.locks.batch, layer.locks.batches, strict=True)
        if 1 < size < layer.samples
    )


def test_to_rescale_is_advised_where_the_numbers_call_for_it():
    """By the arrays: the centred inputs made larger by what is said, beside a bias, have the kappa that is said; and the one that is
    said to stay is a bound from two units' own variances."""
    seen = set()
    for at in SETTINGS:
        _, layer, two = shown(at)
        said = words_advice.advice(layer, two)
        a = np.asarray(arrays(at.variant, at.trained)[at.layer].a, dtype=float)
        a = a - a.mean(axis=0)
        found = re.search(r"(\S+) times as large, they would bring \*κ\* from (.+?) to (.+?), at the same", said)
        own = top(at.variant, at.trained, at.layer, False, True)
        assert bool(found) <= (at.bias and own <= 1 / 1.5), at
        assert ("Rescale" in said) == bool(found)
        if at.bias and own <= 1 / 1.5:
            assert found, at
            larger = float(found[1].replace(",", ""))

            def kappa(inputs: np.ndarray) -> float:
                values = np.linalg.svd(np.hstack([inputs, np.ones((len(inputs), 1))]), compute_uv=False) ** 2
                return float(values[0] / values[values > values[0] * 1e-15].min())

            number = [told(one) for one in found.groups()[1:]]
            assert number[0] == pytest.approx(kappa(a), rel=0.02), at
            assert number[1] == pytest.approx(kappa(larger * a), rel=0.02), at
            seen.add(at.variant)
        spread = a.std(axis=0)
        spread = spread[spread > 0]
        apart = re.search(
            r"The spreads go from (.+?) to (.+?): as long as they differ so, \*κ\* cannot fall below (.+?), even", said
        )
        assert bool(apart) == ((spread.max() / spread.min()) ** 2 >= 10), at
        if apart:
            found_by_reader = (told(apart[2]) / told(apart[1])) ** 2
            assert apart[3].startswith("about ") == (three(found_by_reader) != apart[3].removeprefix("about ")), said
            assert [apart[1], apart[2]] == [three(float(spread.min())), three(float(spread.max()))]
            assert two.centred.kappa >= (spread.max() / spread.min()) ** 2
    assert {"sigmoid", "centred"} <= seen


def test_no_picture_has_a_layer_without_data():
    """To Vega the extent of none is infinite, and it says so."""

    @cache
    def drawn_from(chart: Callable[..., Any], **options: bool) -> set[str]:
        """The datasets of a picture's layers."""
        return set(re.findall(r'"name": "(\w+)"', json.dumps(chart(**options).to_dict()["layer"])))

    for at in SETTINGS:
        _, layer, two = shown(at)
        held = record(at.variant, at.trained).layers[at.layer]
        unit = min(at.unit, layer.units - 1)
        drawn = [
            (charts.spectrum, frames.spectrum(two, words.rows(two), words.gap(two, at.bias))),
            (charts.units, frames.units(layer, unit, 0)),
            (charts.histogram, frames.histogram(held, layer, unit)),
        ]
        for chart, data in drawn:
            options = {
                "drawn": len(data.get("ticks", {"row": []})["row"]) > 0,
                "gapped": len(data.get("gap", {"low": []})["low"]) > 0,
                "shaded": len(data.get("zones", {"low": []})["low"]) > 0,
                "coloured": bool(frames.activation_label(layer)),
            }
            taken = {name: options[name] for name in inspect.signature(chart).parameters}
            names = drawn_from(chart, **taken)
            assert all(len(next(iter(data[name].values()))) for name in names & set(data)), (at, chart.__name__)


def test_the_page_draws_no_layer_without_data():
    """The same, as the page sends it, where nothing is saturated and where centring gains nothing."""
    for query in (
        {},
        {"yours_variant": "tanh"},
        {"yours_layer": "hidden 1"},
        {"yours_variant": "relu", "yours_layer": "hidden 2"},
    ):
        for chart in read_page("yours", **query).get("vega_lite_chart"):
            rows = {
                one.name: pa.ipc.open_stream(io.BytesIO(one.data.data)).read_all().num_rows
                for one in chart.proto.datasets
            }
            names = set(re.findall(r'"name": "(\w+)"', json.dumps(json.loads(chart.proto.spec)["layer"])))
            assert all(rows[name] for name in names & set(rows)), query


def test_the_most_lopsided_layer_is_named():
    for at in SETTINGS:
        found, _, _ = shown(at)
        ratios = [times(at, index) for index in range(len(LAYERS))]
        said = words_units.layer_text(found, [frames.pair(one, at.bias) for one in found.layers], at.bias)
        if max(ratios) < 1.005:
            assert said.startswith("No layer gains from centring")
        else:
            assert said.startswith(f"The most lopsided inputs are those of `{LAYERS[int(np.argmax(ratios))]}`")
        norms = [np.sqrt((np.asarray(one.delta) ** 2).sum(axis=1).mean()) for one in arrays(at.variant, at.trained)]
        assert f"multiplied by {three(float((norms[0] / norms[-1]) ** (1 / 3)))} a layer" in said


def test_the_prediction_says_what_the_example_bears_out():
    held: NetworkRecord = record("sigmoid", False)
    layers = held.read().layers
    _, options, right, reveal = words.prediction(
        [frames.pair(one, True) for one in layers], [frames.pair(one, False) for one in layers], list(LAYERS)
    )
    bare, biased = ([times(Yours(bias=bias), index) for index in range(4)] for bias in (False, True))
    assert options[int(np.argmax(bare))] == right
    assert ", ".join(map(three, bare)) + " times" in reveal and ", ".join(map(three, biased)) + " times" in reveal
    # Smaller with a bias, layer by layer, and bounded: the bias has a curvature of 1, the mean square of n sigmoids is below n.
    assert all(x <= y * (1 + 1e-9) for x, y in zip(biased, bare, strict=True)) and max(biased) <= 1 + 32
    spreads = [float(np.asarray(one.a).std(axis=0).mean()) for one in arrays("sigmoid", False)[1:]]
    assert spreads == sorted(spreads, reverse=True)
    assert all(0.4 < float(np.asarray(one.a).mean()) < 0.6 for one in arrays("sigmoid", False)[1:])


def test_what_is_all_or_none_is_said_so_and_a_number_has_its_minus_sign():
    for at in SETTINGS:
        _, layer, two = shown(at)
        verdict, legend = words.verdict(layer, two, at.bias), words_units.units_legend(layer)
        assert "100 % of their mean square" not in verdict, at
        shares = [] if layer.locks is None else layer.locks.locked[~np.isnan(layer.locks.locked)]
        assert ("At no batch size" in verdict) == (len(shares) > 0 and not np.any(shares > 0)), at
        for said in (verdict, legend, words.limits(layer)):
            assert not re.search(r"(?<!\w)-\d", said), said
            assert "no a is" not in said, said
        if layer.saturation.key == "identity":
            assert "Shaded" not in legend and "can be saturated" in verdict


def test_where_plain_descent_is_stable_and_what_the_layers_are_named_by():
    """A loop of descent on the inputs' own second moment, just below and above 2 / steepest; and the first layer's inputs are pixels."""
    given = np.asarray(arrays("sigmoid", True)[3].a, dtype=float)
    moment = given.T @ given / len(given)
    steepest = top("sigmoid", True, 3, False, False)
    assert "stable below *η* = 2 / steepest" in words.legend(
        frames.pair(record("sigmoid", True).read().layers[3], False)
    )
    for share, grows in ((0.98, False), (1.02, True)):
        e = np.ones(moment.shape[0])
        first = float(e @ e)
        for _ in range(400):
            e = e - share * 2 / steepest * moment @ e
        assert (float(e @ e) > first) == grows
    shapes = [np.asarray(one.a).shape[1] for one in arrays("sigmoid", False)]
    assert shapes == [64, 32, 32, 32], "hidden 1 is fed by 64 pixels, the others by hidden units"
    # The help: a bias is one more input that is always 1, so one more direction.
    layer = record("sigmoid", False).read().layers[3]
    assert len(layer.raw_bias.eigenvalues) == len(layer.raw.eigenvalues) + 1


def test_a_few_thousand_samples_are_enough():
    """The gain of a slice is that of many more samples, to a tenth."""
    rng = np.random.default_rng(4)
    mix = rng.standard_normal((32, 32)) / np.sqrt(32)
    a = 1 / (1 + np.exp(-rng.standard_normal((60_000, 32)) @ mix))
    many, few = (diagnose(one) for one in (a, a[:3000]))
    assert few.lopsidedness == pytest.approx(many.lopsidedness, rel=0.05)
    assert few.lopsidedness_without_bias == pytest.approx(many.lopsidedness_without_bias, rel=0.1)
    assert "a few thousand samples are enough" in words_steps.BOUNDS
    assert f"At most {LIMITS.file_bytes // 2**20} MB" in words_steps.BOUNDS
