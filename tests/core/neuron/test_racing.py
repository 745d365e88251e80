"""The race in two eigendirections against runs of all its weights."""

import math
from dataclasses import replace

import numpy as np
import pytest

from core.checks import Status
from core.cures import like_inputs_hessian
from core.inputs import Inputs, input_moments
from core.neuron.methods import METHODS
from core.neuron.racing import CENTRED, MOST_LOPSIDED, RUNNERS, Race, race
from core.neuron.tuning import MethodConfig, Quadratic, best_rate, minimise
from tests.core.test_bad_arguments import BAD

MU, S = input_moments(Inputs("sigmoid"))
SIGMOIDS = Race(100, MU, S)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("n", [2, 7])
def test_each_runner_is_a_run_of_all_weights_at_its_best_setting(n, bias):
    result = race(Race(n, 0.5, 0.3, steep=0.7, flat=-1.2, bias=bias, tolerance=1e-5, runners=RUNNERS))
    flat = result.directions[:, 1]
    assert np.allclose(result.directions.T @ result.directions, np.eye(2)) and np.ptp(result.directions[:, 0]) < 1e-15
    weights = 0.7 / math.sqrt(n) - 1.2 * flat
    for runner in result.runners:
        centred = runner.key == CENTRED
        h = like_inputs_hessian(n, 0.0 if centred else 0.5, 0.3, bias)
        start = [*weights, *([0.5 * weights.sum() if centred else 0.0] if bias else [])]
        key, best = "plain" if centred else runner.key, runner.best
        if METHODS[key].best:
            values = np.linalg.eigvalsh(h)
            closed = best_rate(key, float(values[0]), float(values[-1]))
            assert (best.eta, best.beta) == pytest.approx((closed.eta, closed.beta), rel=1e-9, abs=1e-12)
        run = minimise(
            MethodConfig(
                Quadratic(h.tolist()), start, np.zeros(len(h)), key, best.eta, best.beta, best.decay,
                steps=5000, tolerance=1e-5,
            )
        )  # fmt: skip
        assert runner.steps == run.steps and runner.status is run.status is Status.CONVERGED
        assert np.allclose(runner.path @ result.directions.T, run.w[:, :n], atol=1e-9)
        assert np.allclose(runner.loss, run.loss, rtol=1e-6, atol=1e-15)
        assert runner.path_ratio == pytest.approx(run.path_ratio, rel=1e-6)
        expected = 1.0 if key == "whitened" else np.linalg.cond(h)
        assert runner.kappa == pytest.approx(expected, rel=1e-9)


def test_a_hundred_sigmoids():
    """The order in which they come in depends on the goal; centring needs one step, and the square root is a square root."""
    steps = {}
    for tolerance in (1e-3, 1e-6, 1e-12):
        result = race(replace(SIGMOIDS, tolerance=tolerance))
        steps[tolerance] = {runner.key: runner.steps for runner in result.runners}
        assert all(not runner.best.at_end for runner in result.runners)
    assert steps[1e-3] == dict(plain=997, heavy_ball=106, nesterov=58, adam=46, centred=1, whitened=1)
    assert steps[1e-6] == dict(plain=1994, heavy_ball=152, nesterov=130, adam=217, centred=1, whitened=1)
    assert steps[1e-12] == dict(plain=3988, heavy_ball=240, nesterov=276, adam=381, centred=1, whitened=1)


def test_with_a_bias_the_centred_neuron_starts_as_the_same_function_and_is_not_round():
    result = race(replace(SIGMOIDS, bias=True))
    by_key = {runner.key: runner for runner in result.runners}
    assert len({round(float(runner.loss[0]), 9) for runner in result.runners}) == 1
    assert by_key["plain"].kappa == pytest.approx(15_634, abs=0.5)
    assert by_key[CENTRED].kappa == pytest.approx(1 / S**2) and by_key[CENTRED].steps == 80
    assert by_key["plain"].status is Status.RUNNING and len(by_key["plain"].path) == 5001
    assert by_key["plain"].steps > 50_000, "counted on from the closed form"


@pytest.mark.parametrize(("flat", "bias"), [(1.0, False), (0.0, False), (1.0, True)])
def test_plain_descent_that_is_cut_short_is_counted_on_as_the_loop_would(flat, bias):
    config = Race(9, 0.5, 0.2, steep=1.0, flat=flat, bias=bias, runners=("plain",), steps=10_000)
    (long,), (short,) = race(config).runners, race(replace(config, steps=10)).runners
    assert short.steps == long.steps > 10 and len(short.path) == 11
    assert long.status is Status.CONVERGED and short.status is Status.RUNNING


def test_kappa_up_to_the_largest_is_run_and_above_it_named():
    for config in (
        Race(128, 10.0, 1e-3),
        Race(2, 0.0, 10.0, bias=True),
        Race(2, -10.0, 1e-3),
        Race(2, 0.5, 1.0, 0.0, 0.0),
    ):
        for runner in race(replace(config, steps=20, runners=RUNNERS)).runners:
            assert np.isfinite(runner.path).all() and runner.kappa <= MOST_LOPSIDED
    with pytest.raises(ValueError, match=r"mean = 10, spread = 0.001, n = 128, bias = True give kappa"):
        Race(128, 10.0, 1e-3, bias=True)


GOOD = dict(n=3, mean=0.5, spread=0.3, steep=1.0, flat=1.0, bias=True, tolerance=1e-3, steps=20, runners=RUNNERS)


@pytest.mark.parametrize("parameter", GOOD)
def test_a_bad_value_is_refused_by_name_or_taken(parameter):
    for value in BAD:
        try:
            race(Race(**{**GOOD, parameter: value}))
        except ValueError as error:
            assert " = " in str(error), (parameter, value)
