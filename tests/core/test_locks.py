"""How often signs agree: both limits and what is measured, against drawn gradients and closed forms."""

import math
import tracemalloc

import numpy as np
import pytest

from core.inputs import Inputs, condition_number, draw_inputs, input_moments, measured_second_moment, second_moment
from core.locks import full_batch_lock, measured_lock, noise_lock

UNIT = Inputs("uniform", 2, 0.5, 12**-0.5)


def test_the_full_batch_of_nearly_constant_inputs_is_nearly_always_locked():
    """Two inputs: (2 / pi) arctan kappa, here with kappa = 2e8 + 1."""
    law = Inputs("uniform", 2, 10.0, 0.001)
    assert full_batch_lock(law) == pytest.approx(0.9999999968, abs=1e-10)
    unlocked = 2 / math.pi * math.atan(1 / condition_number(law))
    assert 1 - full_batch_lock(law) == pytest.approx(unlocked, rel=1e-7)
    for n in (1, 3, 64):
        assert 0.99999 < full_batch_lock(Inputs("uniform", n, 10.0, 0.001)) <= 1


def test_a_large_sample_is_added_up_in_little_memory():
    law = Inputs("sigmoid", 64)
    # At once the samples would take 80 MB, those of the batches 130.
    tracemalloc.start()
    measured = measured_second_moment(law, 40_000, 3)
    locked = measured_lock(law, 64, 1000, 3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60e6, f"{peak / 1e6:.0f} MB"
    a = draw_inputs(law, np.random.default_rng(3), (40_000,))
    assert measured == pytest.approx(a.T @ a / len(a), rel=1e-12)
    rng = np.random.default_rng(3)
    a = draw_inputs(law, rng, (1000, 64))
    gradient = np.einsum("db,dbn->dn", rng.standard_normal((1000, 64)), a)
    assert locked[0] == ((gradient >= 0).all(1) | (gradient <= 0).all(1)).mean()


def test_two_inputs_have_the_arctan_and_arcsin_laws():
    for law in (UNIT, Inputs("sigmoid"), Inputs("relu"), Inputs("tanh")):
        assert full_batch_lock(law) == pytest.approx(2 / math.pi * math.atan(condition_number(law)), rel=1e-9)
        mu, s = input_moments(law)
        assert noise_lock(law) == pytest.approx(0.5 + math.asin(mu**2 / (mu**2 + s**2)) / math.pi, rel=1e-9)
    assert noise_lock(Inputs("sigmoid", 7, centred=True)) == pytest.approx(2**-6)


@pytest.mark.parametrize(
    "law", [Inputs("sigmoid", 2), Inputs("sigmoid", 4), Inputs("relu", 3), Inputs("sigmoid", 3, flipped=(1,))]
)
def test_both_limits_against_drawn_gradients(law):
    rng, draws = np.random.default_rng(3), 100_000
    for value, root in (
        (noise_lock(law), np.linalg.cholesky(second_moment(law))),
        (full_batch_lock(law), second_moment(law)),
    ):
        gradient = rng.standard_normal((draws, law.n)) @ root.T
        share = ((gradient > 0).all(1) | (gradient < 0).all(1)).mean()
        assert share == pytest.approx(value, abs=4 * math.sqrt(value * (1 - value) / draws) + 1e-6)


def test_the_measured_lock_falls_from_certainty_to_the_noise_limit():
    law = Inputs("sigmoid", 3)
    one, _ = measured_lock(law, 1)
    many, error = measured_lock(law, 256, 20_000, 1)
    assert one == 1
    assert many == pytest.approx(noise_lock(law), abs=4 * error + 0.01)
    assert measured_lock(law, 8, 500, 7) == measured_lock(law, 8, 500, 7)


def test_the_error_of_a_measured_lock_is_its_scatter():
    found = np.array([measured_lock(Inputs("sigmoid", 3), 4, 200, seed) for seed in range(300)])
    assert found[:, 0].std(ddof=1) == pytest.approx(found[:, 1].mean(), rel=0.15)


@pytest.mark.parametrize("batch", [1, 2, 32])
@pytest.mark.parametrize("law", [Inputs("sigmoid"), Inputs("sigmoid", flipped=(1,)), Inputs("relu"), Inputs("tanh")])
def test_the_lock_of_two_inputs_is_that_of_drawn_signals(law, batch):
    """The mean of a known chance over drawn inputs, against a count with drawn signals too; and it scatters less."""
    share, error = measured_lock(law, batch, 4000, 5)
    rng = np.random.default_rng(77)
    a = draw_inputs(law, rng, (40_000, batch))
    gradient = np.einsum("db,dbn->dn", rng.standard_normal((40_000, batch)), a)
    counted = float(((gradient >= 0).all(1) | (gradient <= 0).all(1)).mean())
    assert share == pytest.approx(counted, abs=4 * (error + math.sqrt(counted * (1 - counted) / 40_000)) + 1e-12)
    assert error <= math.sqrt(share * (1 - share) / 4000) + 1e-12
