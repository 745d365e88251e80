"""What measured networks come to, against medians by hand, network by network."""

import math
from dataclasses import fields
from statistics import median, stdev

import numpy as np
import pytest

from core.depth.measured import DepthConfig, factors, measure
from core.depth.passes import Measured
from core.depth.summary import measured_parts, profile_factor, summary, theory_parts
from core.depth.theory import layers, profile


def quantile(values: list[float], share: float) -> float:
    """By linear interpolation between order statistics."""
    values, place = sorted(values), share * (len(values) - 1)
    low = math.floor(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (place - low) * (values[high] - values[low])


def test_a_summary_is_of_the_median_network():
    measured = measure(DepthConfig("tanh", 7, 32, 1.3, 0.2, seeds=9))
    found = summary(measured)
    factors = [10 ** ((row[0] - row[-1]) / 6) for row in measured.log_delta]
    assert (found.networks, found.dead) == (9, 0)
    assert found.factor == pytest.approx(median(factors))
    assert found.error == pytest.approx(1.25 * stdev(factors) / 3)
    assert found.log_first == pytest.approx(median(measured.log_delta[:, 0]))
    assert found.log_last == pytest.approx(median(measured.log_delta[:, -1]))
    assert found.log_dw == pytest.approx(median(measured.log_dw[:, 0]) - median(measured.log_dw[:, -1]))
    assert found.saturated == median(measured.saturated[:, -1])
    assert found.mean == median(measured.mean[:, -1])


def test_one_network_has_no_error_and_one_layer_no_factor():
    found = summary(measure(DepthConfig("tanh", 1, 8, seeds=1)))
    assert math.isnan(found.error) and math.isnan(found.factor) and math.isfinite(found.log_first)
    assert math.isnan(profile_factor(profile(layers("tanh", 1, 1.0), 8)))


def test_networks_that_are_all_dead_have_no_parts():
    measured = measure(DepthConfig("relu", 400, 4, 1.0, seeds=2))
    assert measured.dead.all()
    found, parts = summary(measured), measured_parts(measured, 5)
    assert (found.dead, found.factor, found.log_first, found.log_dw) == (2, 0.0, -math.inf, -math.inf)
    assert (parts.weights, parts.slopes, parts.together, parts.low, parts.high) == (0, 0, 0, 0, 0)


def test_a_mean_that_is_rounding_is_0():
    assert summary(measure(DepthConfig("tanh", 5, 64, norm="layer after", seeds=4))).mean == 0


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("norm", ["none", "layer before", "layer after", "batch before"])
def test_a_layers_parts_multiply_to_the_whole(norm, skip):
    measured = measure(DepthConfig("sigmoid", 6, 16, 2.0, 0.5, seeds=5, norm=norm, skip=skip))
    for layer in (1, 3, 5):
        parts = measured_parts(measured, layer)
        together = [10 ** (row[layer - 1] - row[layer]) for row in measured.log_delta]
        passed = [
            10 ** (back[layer] - row[layer]) for back, row in zip(measured.log_back, measured.log_delta, strict=True)
        ]
        assert parts.together == pytest.approx(median(together)) and parts.weights == pytest.approx(median(passed))
        assert parts.slopes == pytest.approx(median(whole / one for whole, one in zip(together, passed, strict=True)))
        assert parts.low == pytest.approx(quantile(together, 0.1))
        assert parts.high == pytest.approx(quantile(together, 0.9))
        predicted = theory_parts(layers("sigmoid", 6, 2.0, 0.5, norm, skip), layer)
        assert predicted.together == pytest.approx(predicted.weights * predicted.slopes)


@pytest.mark.parametrize("norm", ["none", "layer before", "layer after", "batch before"])
def test_the_parts_in_theory_make_the_factor_of_the_profile(norm):
    found = layers("tanh", 9, 1.5, 0.1, norm, True)
    product = math.prod(theory_parts(found, layer).together for layer in range(1, 9))
    assert profile_factor(profile(found, 32)) == pytest.approx(product ** (1 / 8))


def test_where_nothing_gets_through_there_are_no_parts_in_theory():
    found = layers("tanh", 3, 0.0, norm="layer after")
    parts = theory_parts(found, 1)
    assert math.isnan(parts.weights) and math.isnan(parts.together) and (parts.slopes, parts.spread) == (0, 0)
    assert profile_factor(profile(found, 8)) == 0


def test_the_spread_of_an_exploding_signal_is_told_beyond_the_square_root_of_the_largest_float():
    parts = theory_parts(layers("relu", 200, 20.0), 199)
    # ReLU halves a mean square: a layer multiplies the variance by 20^2 / 2, the first makes it 20^2.
    assert math.log10(parts.spread) == pytest.approx((math.log10(400) + 198 * math.log10(200)) / 2)
    assert theory_parts(layers("identity", 1000, 100.0), 999).spread == math.inf
    assert np.isfinite(parts.weights) and parts.weights == pytest.approx(20.0)


def test_a_layer_that_is_off_is_gone_around_and_no_network_is_dead_for_it():
    """By plain products of matrices: with skip connections the gradient at the input is never 0."""
    config = DepthConfig("relu", 60, 8, math.sqrt(2), seeds=24, skip=True, engine="matrix")
    measured = measure(config)
    assert np.isneginf(measured.log_delta).any() and np.isfinite(measured.log_back[:, 0]).all()
    assert not measured.dead.any()
    rng, sizes = np.random.default_rng(3), []
    for _ in range(24):
        x, kept = rng.standard_normal(8), []
        for _ in range(60):
            w = rng.standard_normal((8, 8)) * math.sqrt(2 / 8)
            z = w @ x
            kept.append((w, z > 0))
            x = x + np.maximum(z, 0)
        g = rng.standard_normal(8)
        g /= np.linalg.norm(g)
        for w, on in reversed(kept):
            g = g + w.T @ (on * g)
        sizes.append(math.log10(np.linalg.norm(g)))
    assert np.median(measured.log_back[:, 0]) == pytest.approx(np.median(sizes), abs=0.9)
    found = summary(measured)
    assert found.dead == 0 and 1.4 < found.factor < 1.8 and found.error > 0


def test_between_a_dead_network_and_a_living_one_lies_none():
    measured = measure(DepthConfig("relu", 200, 8, math.sqrt(2), seeds=16))
    each, found = factors(measured), summary(measured)
    assert 0 < found.dead < 16
    assert found.factor == (0 if 2 * found.dead >= 16 else np.median(each))
    half = Measured(
        **{
            one.name: np.concatenate(
                [getattr(measured, one.name)[measured.dead][:3], getattr(measured, one.name)[~measured.dead][:3]]
            )
            for one in fields(Measured)
        }
    )
    assert summary(half).factor == 0 == 10 ** summary(half).log_first
