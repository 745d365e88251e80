"""Every cell of the table of remedies by another route: explicit matrices, sums over a grid, loops in scalars, drawn networks."""

import math
from dataclasses import replace

import numpy as np
import pytest

from core.ailments import (
    AILMENTS,
    INPUTS,
    SQUARE,
    TAILS,
    Case,
    Measure,
    lopsided,
    output,
    strides,
    tails,
    vanishing,
    verdict,
)
from core.depth.config import DepthConfig
from core.depth.measured import factors, measure
from core.depth.normalisations import normalisation
from core.output import OutputConfig, steps_needed
from core.remedies import REMEDIES, cells, patient, remedy_table
from tests.core.test_bad_arguments import BAD

Z = np.linspace(-14, 14, 40_000)  # an even count: a kink at 0 lies midway between two
PHI = np.exp(-Z * Z / 2) / math.sqrt(2 * math.pi)


def _cdf(z):
    """Phi on the grid, by a running sum."""
    steps = np.concatenate([[0.0], np.cumsum((PHI[1:] + PHI[:-1]) / 2 * np.diff(Z))])
    return np.interp(z, Z, steps, left=0.0, right=1.0)


F = {
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: 1 / (2 + np.exp(z) + np.exp(-z)), 0.25),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2, 1.0),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0, 1.0),
    "gelu": (
        lambda z: z * _cdf(z),
        lambda z: _cdf(z) + z * np.exp(-z * z / 2) / math.sqrt(2 * math.pi),
        0.5 + math.erf(1) / 2 + math.sqrt(2) * math.exp(-1) / math.sqrt(2 * math.pi),
    ),
}


def mean(values) -> float:
    return float(np.trapezoid(values * PHI, Z))


def law(case: Case) -> tuple[float, float]:
    """Mean and spread of an input, by sums over the grid."""
    if case.standardised:
        return 0.0, 1.0
    value = F[case.activation][0]((1.0 if normalisation(case.norm).before else case.larger) * Z)
    mu = mean(value)
    return mu, math.sqrt(mean((value - mu) ** 2) + case.skip)


def valley(case: Case) -> np.ndarray:
    mu, s = law(case)
    signs = np.where(np.arange(INPUTS) % 2, -1.0, 1.0) if case.flipped else np.ones(INPUTS)
    h = s * s * np.eye(INPUTS) + mu * mu * np.outer(signs, signs)
    if case.bias:
        h = np.block([[h, mu * signs[:, None]], [mu * signs[None], np.ones((1, 1))]])
    return h


def spectral_radius(values, eta, beta) -> float:
    """Of one step of heavy ball, (e, e_before) -> (e_after, e)."""
    return max(
        np.abs(np.linalg.eigvals([[1 + beta - eta * one, -beta], [1.0, 0.0]])).max() for one in (values[0], values[-1])
    )


def adam_steps(h) -> int:
    """The fewest steps of Adam to a millionth of the loss over the grid of its learning rates, all in one loop. Both halves of
    the weights move together, so two of them are enough."""
    half = INPUTS // 2
    two = np.array([[h[:half, :half].sum(1)[0], h[:half, half:].sum(1)[0]]] * 2)
    two[1] = two[1][::-1]
    first = np.array([[2.0], [0.0]]) / math.sqrt(INPUTS)
    etas = 2.0 ** (np.arange(-64, 17) / 4) * first.max()
    e, goal = first * np.ones(len(etas)), 1e-6 * (first.T @ two @ first).item()
    m, v = np.zeros_like(e), np.zeros_like(e)
    for t in range(1, 1000):
        g = two @ e
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        e = e - etas * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        if ((e * (two @ e)).sum(axis=0) <= goal).any():
            return t
    raise AssertionError("no rate arrives")


@pytest.mark.parametrize("key", REMEDIES)
def test_lopsided(key):
    case = REMEDIES[key].case
    found = lopsided(case)
    if normalisation(case.norm).after:
        return  # by drawn samples, below
    h = valley(case)
    values = np.linalg.eigvalsh(h)
    kappa = values[-1] / values[0]
    assert found.cause == pytest.approx(kappa, rel=1e-5)
    if case.method == "adam":
        steps = adam_steps(h)
        rate = 1e-6 ** (1 / (2 * steps))
        # A step more or less, where signs of tiny gradients decide.
        assert found.felt == pytest.approx((1 + rate) / (1 - rate), rel=2 / steps)
    elif case.method == "heavy_ball":
        low, high = np.sqrt(values[[0, -1]])
        eta, beta = 4 / (low + high) ** 2, ((high - low) / (high + low)) ** 2
        radius = spectral_radius(values, eta, beta)
        # A double root: rounding splits it by the root of what it rounds to.
        assert found.felt == pytest.approx((1 + radius) / (1 - radius), rel=1e-4)
    else:
        radius = np.abs(1 - case.share * 2 / (values[0] + values[-1]) * values[[0, -1]]).max()
        assert found.felt == pytest.approx((1 + radius) / (1 - radius), rel=1e-4)


def test_layer_norm_leaves_like_inputs_alike():
    a = F["sigmoid"][0](np.random.default_rng(0).standard_normal((20_000, INPUTS)))
    a = (a - a.mean(1, keepdims=True)) / a.std(1, keepdims=True)
    values = np.linalg.eigvalsh(a.T @ a / len(a))
    assert abs(values[0]) < 1e-12, "nothing is left along (1, ..., 1)"
    noise = math.sqrt(INPUTS / len(a))
    assert values[1] > (1 - noise) ** 2 * 0.99 and values[-1] < (1 + noise) ** 2 * 1.03
    assert lopsided(REMEDIES["layer_norm"].case) == Measure(1.0, 1.0)


@pytest.mark.parametrize("key", REMEDIES)
def test_tails(key):
    case = REMEDIES[key].case
    kind, (_, slope, best) = normalisation(case.norm), F[case.activation]
    spread = 1.0 if kind.before else TAILS * case.larger * math.sqrt(1.0 if kind.after else SQUARE)
    kept = math.sqrt(mean(slope(spread * Z) ** 2)) / best
    found = tails(case)
    assert found.cause == pytest.approx(kept, rel=1e-4)
    assert found.felt == pytest.approx(1.0 if case.method == "adam" else kept, rel=1e-4)
    assert mean(np.abs(slope(TAILS * math.sqrt(SQUARE) * Z)) < 0.04 * best) == pytest.approx(0.25, abs=0.02) or (
        case.activation != "sigmoid"
    ), "a quarter of the patient's units are saturated"


def recursion(case: Case) -> float:
    """The factor of twenty plain layers, by sums over the grid."""
    f, slope, _ = F[case.activation]
    sigma_w, square, logs = case.sigma_w * case.larger, 1.0, []
    for _ in range(20):
        z = sigma_w * math.sqrt(square) * Z
        logs.append(math.log(mean(slope(z) ** 2)))
        square = mean(f(z) ** 2)
    # |delta_l|^2 is slope^2 of its own layer, and the gain of each after it.
    return math.exp((logs[0] + 19 * 2 * math.log(sigma_w) + sum(logs[1:]) - logs[-1]) / 38)


def orthogonal_factor(case: Case) -> float:
    """The factor of twenty layers of drawn orthogonal matrices: the median of 24 networks, each matrix formed and multiplied."""
    f, slope, _ = F[case.activation]
    found, rng = [], np.random.default_rng(0)
    for _ in range(24):
        x, slopes, matrices = rng.standard_normal(128), [], []
        for _ in range(20):
            q, r = np.linalg.qr(rng.standard_normal((128, 128)))
            matrices.append(case.sigma_w * case.larger * q * np.sign(np.diag(r)))
            z = matrices[-1] @ x
            x = f(z)
            slopes.append(slope(z))
        delta = slopes[-1] * rng.standard_normal(128)
        last = np.linalg.norm(delta)
        for one, matrix in zip(slopes[-2::-1], matrices[:0:-1], strict=True):
            delta = one * (matrix.T @ delta)
        found.append((np.linalg.norm(delta) / last) ** (1 / 19))
    return float(np.median(found))


@pytest.mark.parametrize("key", REMEDIES)
def test_vanishing(key):
    case = REMEDIES[key].case
    found, kind = vanishing(case), normalisation(case.norm)
    if kind.changes or case.skip:
        config = DepthConfig(
            case.activation, 20, 512, case.sigma_w * case.larger, seeds=12, norm=case.norm, skip=case.skip, seed=3
        )
        drawn = factors(measure(config))
        assert found.cause == pytest.approx(float(np.median(drawn)), rel=0.02)
    elif case.orthogonal:
        assert found.cause == pytest.approx(orthogonal_factor(case), rel=0.01)
    else:
        assert found.cause == pytest.approx(recursion(case), rel=1e-3)
    share = found.cause**19
    felt = share if case.method != "adam" else adam_stride(share)
    assert found.felt == pytest.approx(felt ** (1 / 19), rel=1e-6)


def adam_stride(share: float) -> float:
    """Adam under the steady gradients 1 and `share`: both means are the gradient and its square, but for epsilon."""
    return share / (share + 1e-8) * (1 + 1e-8)


@pytest.mark.parametrize("share", [1.0, 0.3, 1e-4, 1e-9])
def test_strides(share):
    assert strides("plain", share) == pytest.approx(share)
    assert strides("heavy_ball", share) == pytest.approx(share)
    assert strides("adam", share) == pytest.approx(adam_stride(share), rel=1e-6)


@pytest.mark.parametrize("key", REMEDIES)
def test_output(key):
    case = REMEDIES[key].case
    found = output(case)
    a = 1 / (1 + math.exp(-6))
    assert found.cause == pytest.approx(a if case.cost == "cross_entropy" else a * a * (1 - a))
    if case.method == "plain":
        assert found.felt == steps_needed(OutputConfig(case.cost, 3.0, 3.0, eta=0.15 * case.share))
        return
    z, v, m, s, steps = 6.0, 0.0, 0.0, 0.0, 0
    while 1 / (1 + math.exp(-z)) > 0.1:
        a = 1 / (1 + math.exp(-z))
        g, steps = a if case.cost == "cross_entropy" else a * a * (1 - a), steps + 1
        if case.method == "heavy_ball":
            v = 0.9 * v + 0.1 * g
            z -= 2 * 0.15 * v
        else:
            m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g * g
            z -= 2 * 0.15 * (m / (1 - 0.9**steps)) / (math.sqrt(s / (1 - 0.999**steps)) + 1e-8)
    assert found.felt == steps


VERDICTS = {
    "tanh": "cures worse cures nothing",
    "standardise": "cures nothing nothing nothing",
    "batch_norm": "nothing eases cures nothing",
    "layer_norm": "cures worse cures nothing",
    "momentum": "root nothing nothing nothing",
    "adam": "hides hides hides hides",
    "batches": "nothing nothing nothing nothing",
    "eta": "worse nothing nothing worse",
    "bias": "worse nothing nothing nothing",
    "flip": "nothing nothing nothing nothing",
    "weights": "eases worse cures nothing",
    "relu": "eases eases cures nothing",
    "gelu": "eases eases cures nothing",
    "skip": "eases nothing cures nothing",
    "cross_entropy": "nothing nothing nothing cures",
    "orthogonal": "nothing nothing nothing nothing",
    "classic": "cures eases cures cures",
    "modern": "eases eases cures cures",
}


def test_the_verdicts_are_those_of_the_numbers():
    assert len(remedy_table()) == len(REMEDIES) * len(AILMENTS)
    for key in REMEDIES:
        found = cells(key)
        assert " ".join(cell.verdict for cell in found) == VERDICTS[key], key
        for cell in found:
            assert cell.patient == patient()[cell.ailment] == AILMENTS[cell.ailment].measure(Case())
            gave_way = cell.found.cause != cell.patient.cause and cell.ailment != "output"
            assert cell.number == (cell.found.cause if gave_way else cell.found.felt)
    assert all(any("cures" in VERDICTS[key].split()[k] for key in ("classic", "modern")) for k in (0, 2, 3))


def test_what_decides_a_verdict():
    sick = Measure(0.2, 0.2)
    told = {0.2: "nothing", 0.195: "nothing", 0.1: "worse", 0.5: "eases", 0.9: "cures", 1.0: "cures", 1.2: "explodes"}
    for factor, expected in told.items():
        assert verdict("vanishing", Measure(factor, factor), sick) == expected
    assert verdict("vanishing", Measure(0.2, 0.9), sick) == "hides"
    sick = Measure(400.0, 400.0)
    for felt, expected in ((20.0, "root"), (60.0, "hides"), (2.0, "hides"), (380.0, "nothing"), (800.0, "worse")):
        assert verdict("lopsided", Measure(400.0, felt), sick) == expected
    with pytest.raises(ValueError, match="key = 'cold'"):
        verdict("cold", sick, sick)


def test_larger_batches_take_what_batch_norm_explodes_back():
    eight, many = (vanishing(Case(activation="relu", norm="batch before", batch=size)).cause for size in (8, 64))
    assert many < eight and verdict("vanishing", Measure(eight, eight), patient()["vanishing"]) == "explodes"
    assert vanishing(Case(batch=64)) == vanishing(Case())


@pytest.mark.parametrize("name", Case.__dataclass_fields__)
def test_bad_values_are_named(name):
    for value in BAD:
        try:
            replace(Case(), **{name: value})
        except ValueError as error:
            assert " = " in str(error)
    with pytest.raises(ValueError, match="remedy = 'prayer'"):
        cells("prayer")
