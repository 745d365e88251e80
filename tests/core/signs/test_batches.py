"""Pattern entropies against exact values, sampling and high precision."""

import math

import mpmath
import numpy as np
import pytest

from core.inputs import Inputs, measured_second_moment, second_moment
from core.laws import Discrete
from core.signs.batches import PatternConfig, limit_patterns, measured_patterns
from core.signs.patterns import POSITIVE, reachable_patterns


@pytest.mark.parametrize(("source", "bits"), [("sigmoid", 2.0), ("tanh", 3.0), ("centred", 3.0), ("relu", 2.0)])
def test_one_sample_has_the_bits_of_its_equally_likely_patterns(source, bits):
    shares = measured_patterns(PatternConfig(source, draws=20_000, seed=3))
    assert shares.bits == pytest.approx(bits, abs=max(4 * shares.error, 2e-3))
    assert shares.shares.sum() + shares.with_zero == pytest.approx(1, abs=1e-12)


def test_relu_zeros_are_reported_apart():
    shares = measured_patterns(PatternConfig("relu", draws=20_000))
    assert shares.with_zero == pytest.approx(0.75, abs=4 * math.sqrt(0.75 * 0.25 / 20_000))
    assert measured_patterns(PatternConfig("sigmoid", draws=1000)).with_zero == 0


def test_one_positive_sample_shows_only_reachable_patterns():
    shares = measured_patterns(PatternConfig("sigmoid", 3, 3, 2, 20_000))
    seen = {p for p, share in zip(shares.patterns, shares.shares, strict=True) if share > 0}
    assert seen <= set(reachable_patterns(3, 3, POSITIVE, 2))


def exact_two_sample_bits(source: str) -> float:
    """Two samples, 2 x 2: with the inputs fixed, the rows are independent and equally likely by angle. A row's four
    patterns have the angles between the two columns' lines as probabilities, so integrate over the columns' angles."""
    rng = np.random.default_rng(11)
    f = {"sigmoid": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh}[source]
    a = f(rng.standard_normal((500_000, 2, 2)))
    first, second = np.arctan2(a[:, 1, 0], a[:, 0, 0]), np.arctan2(a[:, 1, 1], a[:, 0, 1])
    apart = np.abs(np.angle(np.exp(1j * (first - second)))) / np.pi  # the chance that a row's two signs differ
    same = ((1 - apart) ** 2).mean() / 4, (apart * (1 - apart)).mean() / 4, (apart**2).mean() / 4
    # 4 patterns with both rows agreeing, 8 with one, 4 with none.
    return -sum(count * p * math.log2(p) for count, p in zip((4, 8, 4), same, strict=True))


@pytest.mark.parametrize("source", ["sigmoid", "tanh"])
def test_two_samples_have_the_entropy_of_the_angles_between_their_inputs(source):
    shares = measured_patterns(PatternConfig(source, batch=2, draws=40_000, seed=5))
    assert shares.bits == pytest.approx(exact_two_sample_bits(source), abs=4 * shares.error + 1e-3)


@pytest.mark.parametrize("source", ["sigmoid", "relu", "tanh", "uniform"])
def test_the_limit_for_two_inputs_is_the_bivariate_orthant_probability(source):
    law = Inputs(source)
    h = np.array([[float(x) for x in row] for row in _second_moment_by_sampling(law)])
    rho = h[0, 1] / h[0, 0]
    agree = 0.5 + math.asin(rho) / math.pi
    bits = 2 * (1 - agree * math.log2(agree) - (1 - agree) * math.log2(1 - agree))
    assert limit_patterns(source).bits == pytest.approx(bits, abs=5e-3)
    assert limit_patterns(source).shares.sum() == pytest.approx(1, abs=1e-12)


def _second_moment_by_sampling(law: Inputs) -> np.ndarray:
    return measured_second_moment(law, 1_000_000, 2)


def test_the_limit_for_three_inputs_against_high_precision():
    ratio = (
        mpmath.mpf(1)
        / 2
        / mpmath.sqrt(mpmath.quad(lambda z: mpmath.npdf(z) / (1 + mpmath.exp(-z)) ** 2, [-30, 0, 30]) - 0.25)
    )
    chance = [
        mpmath.quad(
            lambda z, k=k: mpmath.npdf(z) * mpmath.ncdf(ratio * z) ** (3 - k) * mpmath.ncdf(-ratio * z) ** k,
            [-12, 0, 12],
        )
        for k in range(4)
    ]
    bits = -sum(mpmath.binomial(3, k) * p * mpmath.log(p, 2) for k, p in enumerate(chance))
    assert limit_patterns("sigmoid", 1, 3).bits == pytest.approx(float(bits), abs=1e-10)


@pytest.mark.parametrize("source", ["sigmoid", "relu"])
def test_large_batches_reach_the_limit(source):
    measured, limit = measured_patterns(PatternConfig(source, batch=256, draws=20_000)), limit_patterns(source)
    assert measured.bits == pytest.approx(limit.bits, abs=4 * measured.error + 5e-3)
    error = np.sqrt(limit.shares * (1 - limit.shares) / 20_000)
    assert (np.abs(measured.shares - limit.shares) < 5 * error + 1e-3).all()


def test_the_same_seed_gives_the_same_shares():
    config = PatternConfig(batch=4, draws=500, seed=9)
    assert (measured_patterns(config).shares == measured_patterns(config).shares).all()


def test_bad_settings_are_named():
    for bad in (
        {"m": 5, "n": 4},
        {"batch": 0},
        {"draws": 99},
        {"seed": -1},
        {"source": "no such law"},
        {"batch": 1024, "draws": 100_000},
    ):
        with pytest.raises(ValueError, match=" = "):
            PatternConfig(**bad)


def test_inputs_and_the_law_they_have_give_the_same():
    for source, n in (("sigmoid", 2), ("uniform", 3), (Discrete((0.0, 1.0)), 2)):
        law = Inputs(source, n)
        old, new = PatternConfig(source, m=2, n=n, batch=3, draws=500), PatternConfig(law, m=2, batch=3, draws=500)
        assert old.inputs == new.inputs == law and old.n == new.n == n
        assert (measured_patterns(old).shares == measured_patterns(new).shares).all()
        assert (limit_patterns(source, 2, n).shares == limit_patterns(law, 2).shares).all()
    assert PatternConfig().n == PatternConfig("tanh").n == 2
    with pytest.raises(ValueError, match="n = 3"):
        PatternConfig(Inputs("sigmoid", 2), n=3)
    with pytest.raises(ValueError, match="n = 3"):
        limit_patterns(Inputs("sigmoid", 2), 2, 3)


@pytest.mark.parametrize(
    "law",
    [
        Inputs("uniform", 3, 1.0, 0.4, flipped=(1,)),
        Inputs("gaussian", 2, -0.6, 0.5, flipped=(0,)),
        Inputs("sigmoid", 3, centred=True),
        Inputs(Discrete((-1, 2), (0.3, 0.7)), 3),
    ],
)
def test_the_limit_of_any_inputs_is_that_of_gaussian_rows(law):
    limit, draws = limit_patterns(law, 2), 100_000
    root = np.linalg.cholesky(second_moment(law))
    rows = np.random.default_rng(5).standard_normal((draws, 2, law.n)) @ root.T
    down = (rows < 0).reshape(draws, -1) @ 2 ** np.arange(2 * law.n - 1, -1, -1)
    share = np.bincount(down, minlength=4**law.n) / draws
    assert (np.abs(share - limit.shares) < 5 * np.sqrt(limit.shares / draws) + 1e-4).all()
    assert limit.bits == pytest.approx(-(limit.shares * np.log2(limit.shares)).sum(), rel=1e-9)


def test_flips_of_the_inputs_flip_their_columns_of_the_drawn_patterns():
    plain, flipped = (
        measured_patterns(PatternConfig(Inputs("sigmoid", 2, flipped=flips), batch=2, draws=400))
        for flips in ((), (1,))
    )
    by_pattern = dict(zip(flipped.patterns, flipped.shares, strict=True))
    for pattern, share in zip(plain.patterns, plain.shares, strict=True):
        assert by_pattern[tuple((first, -second) for first, second in pattern)] == share


def test_the_draws_left_open_fit_every_batch():
    assert PatternConfig().draws == PatternConfig(batch=64).draws == 20_000
    for batch in (1024, 1000, 600):
        for m, n in ((2, 2), (4, 4), (1, 16), (16, 1)):
            config = PatternConfig(m=m, n=n, batch=batch)
            most = 40_000_000 // (batch * (m + n))
            assert config.draws == min(20_000, most) and PatternConfig(m=m, n=n, batch=batch, draws=most).draws == most
            with pytest.raises(ValueError, match="draws"):
                PatternConfig(m=m, n=n, batch=batch, draws=most + 1)
