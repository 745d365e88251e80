"""Sign locks and bits from upstream signals, beside slow loops and closed forms."""

import math

import numpy as np
import pytest

from core import Inputs, diagnose, draw_inputs, noise_lock


def slow_lock(a, delta):
    """Locked share and moving count of single samples and of all samples, by loops over every gradient."""
    shares = []
    for batch in (1, len(a)):
        locked = moved = 0
        for start in range(0, len(a), batch):
            for k in range(delta.shape[1]):
                row = sum(delta[n, k] * a[n] for n in range(start, start + batch))
                moved += bool((row != 0).any())
                locked += bool((row != 0).any() and ((row >= 0).all() or (row <= 0).all()))
        shares.append((locked / moved, moved))
    return shares


@pytest.mark.parametrize("shift", [0.0, 0.4, 2.0])
def test_locks_are_those_of_a_slow_loop(shift):
    rng = np.random.default_rng(0)
    a, delta = np.maximum(rng.standard_normal((60, 3)) + shift, -1), rng.standard_normal((60, 4))
    a[rng.random(a.shape) < 0.3] = 0
    delta[rng.random(delta.shape) < 0.3] = 0
    locks = diagnose(a, delta).locks
    wanted = slow_lock(a, delta)
    for index, place in enumerate((0, -1)):
        assert locks.locked[place] == pytest.approx(wanted[index][0])
        assert locks.counted[place] == wanted[index][1]
    assert list(locks.batch) == [1, 8, 60]


def test_batches_of_two_are_those_of_all_pairs_within_sampling_error():
    rng = np.random.default_rng(1)
    a, delta = rng.random((40, 3)) + 0.1, rng.standard_normal((40, 20))
    found = diagnose(a, delta, batches=(2,)).locks
    locked = [
        (row >= 0).all() or (row <= 0).all()
        for n in range(40)
        for m in range(n)
        for row in np.outer(delta[n], a[n]) + np.outer(delta[m], a[m])
    ]
    assert found.locked[0] == pytest.approx(np.mean(locked), abs=4 * found.error[0])
    assert found.counted[0] == 256 * 20 and found.batches[0] == 256


def test_large_batches_of_free_signals_reach_the_noise_limit():
    law = Inputs("sigmoid", 4)
    rng = np.random.default_rng(2)
    a, delta = draw_inputs(law, rng, (20_000,)), rng.standard_normal((20_000, 64))
    found = diagnose(a, delta, batches=(64,))
    assert found.noise.locked == pytest.approx(noise_lock(law), abs=0.005)
    assert found.locks.locked[0] == pytest.approx(noise_lock(law), abs=0.02)
    assert found.locks.bits[0] == pytest.approx(found.noise.bits, abs=0.02)


def test_bits_of_the_noise_limit_are_those_of_drawn_gaussians():
    rng = np.random.default_rng(3)
    a = rng.standard_normal((500, 2)) @ [[1.0, 0.6], [0.0, 0.5]] + [0.5, -0.3]
    gradient = rng.standard_normal((40_000, 500)) @ a
    same = np.mean(np.sign(gradient[:, 0]) == np.sign(gradient[:, 1]))
    entropy = 1 - same * math.log2(same) - (1 - same) * math.log2(1 - same)
    assert diagnose(a).noise.bits == pytest.approx(entropy, abs=0.01)


def test_unlike_units_have_the_noise_lock_of_drawn_gaussians():
    rng = np.random.default_rng(4)
    mu, s = np.array([1.0, -0.2, 0.4]), np.array([0.5, 1.0, 0.2])
    noise = np.linalg.qr(rng.standard_normal((400, 3)) - 0)[0]
    noise = np.linalg.qr(noise - noise.mean(axis=0))[0] * 20  # independent to the last bit
    a = mu + s * noise
    draws = s * rng.standard_normal((400_000, 3)) + mu * rng.standard_normal((400_000, 1))
    share = np.mean((draws > 0).all(axis=1) | (draws < 0).all(axis=1))
    assert diagnose(a).noise.locked == pytest.approx(share, abs=0.003)


def test_nothing_that_moves_is_no_lock():
    a = np.random.default_rng(5).random((30, 3))
    found = diagnose(a, np.zeros((30, 2)))
    assert not found.locks.counted.any() and np.isnan(found.locks.locked).all() and np.isnan(found.locks.bits).all()
    assert found.delta_norm == 0 and "no weight moves" in found.report() and "nan" not in found.report()
    alone = diagnose(a[:, :1], a)
    assert alone.locks.locked[0] == 1 and np.isnan(alone.locks.bits).all() and math.isnan(alone.noise.bits)
    dead = diagnose(0 * a, a)
    assert not dead.locks.counted.any() and dead.noise.locked == 1


def test_positive_inputs_lock_every_sample_to_one_bit():
    rng = np.random.default_rng(6)
    found = diagnose(rng.random((500, 80)) + 0.01, rng.standard_normal((500, 70))).locks
    assert found.locked[0] == 1 and found.bits[0] == pytest.approx(1, abs=0.001)
    assert found.counted[0] == 500 * 70 and found.counted[-1] == 64


@pytest.mark.parametrize("small", [1e-200, 1e-310])
def test_bits_in_the_noise_limit_know_no_scale(small):
    a = np.random.default_rng(4).random((50, 3)) - 0.3
    assert diagnose(a * [1.0, small, 3.0]).noise.bits == pytest.approx(
        diagnose(a).noise.bits, rel=1e-9 if small == 1e-200 else 1e-3
    )
