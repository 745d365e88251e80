"""Orthogonal weights without their matrices: the sampler against matrices that are made another way, and against exact laws."""

import functools
import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from core.activations import activation
from core.depth.engines import OrthogonalMatrixLayer, SampledOrthogonalLayer
from core.depth.mean_field import fixed_point
from core.depth.measured import NORMS, DepthConfig, factors, measure
from core.initialisations import RULES
from tests.breadth import wide


@functools.cache
def many_small(n: int, draws: int) -> np.ndarray:
    """So many orthogonal matrices, made as `polar` does: (draws, n, n)."""
    return polar(np.random.default_rng(4), draws, n)


def polar(rng: np.random.Generator, count: int, n: int) -> np.ndarray:
    """Uniform among the orthogonal matrices, as the orthogonal part of Gaussian ones: (count, n, n)."""
    u, _, vt = np.linalg.svd(rng.standard_normal((count, n, n)))
    return u @ vt


@pytest.mark.parametrize("kind", [SampledOrthogonalLayer, OrthogonalMatrixLayer])
@pytest.mark.parametrize("inputs", [1, 2])
def test_one_layer_has_the_covariance_of_the_orthogonal_part_of_a_gaussian_matrix(kind, inputs):
    """With x and delta fixed: of W x and W^T delta, and of their squares, which a Gaussian W would scatter otherwise."""
    n, draws = 4, 40_000
    rng = np.random.default_rng(3)
    x, delta = rng.standard_normal((2, n, inputs))
    layer = kind([np.random.default_rng(5)] * draws, n, 0.7 / math.sqrt(n))
    z, back = (
        pass_(np.broadcast_to(one, (draws, n, inputs))) for pass_, one in ((layer.forward, x), (layer.backward, delta))
    )
    w = 0.7 * many_small(n, draws)
    found = []
    for ahead, behind in ((z, back), (w @ x, w.swapaxes(1, 2) @ delta)):
        flat = np.concatenate([ahead, behind], axis=1).reshape(draws, -1)
        found.append(np.cov(np.concatenate([flat, flat[:, :4] * flat[:, -4:]], axis=1).T))
    scale = np.sqrt(np.outer(np.diag(found[1]), np.diag(found[1])))
    assert np.abs(found[0] - found[1]).max() < 8 / math.sqrt(draws) * scale.max()
    # What is exact for each draw: lengths, angles, and that back and forth are one matrix.
    assert np.allclose(np.einsum("cnb,cnd->cbd", z, z), 0.49 * x.T @ x)
    assert np.allclose(np.einsum("cnb,cnd->cbd", back, back), 0.49 * delta.T @ delta)
    assert np.allclose(np.einsum("cnb,nd->cbd", z, delta), np.einsum("nb,cnd->cbd", x, back))


@pytest.mark.parametrize(
    ("width", "norm", "skip"),
    wide(
        product([8, 48], NORMS, [False, True]),
        *product([8], NORMS, [False, True]),
        (48, "none", False),
        (48, "batch before", True),
    ),
)
def test_the_engines_agree(norm, skip, width):
    """At width 8 the eight inputs of batch normalisation span all there is."""
    seeds = 200
    config = DepthConfig("sigmoid", 4, width, 2.0, 0.3, seeds, norm, skip, "sampler", 11, orthogonal=True)
    sampled, oracle = measure(config), measure(replace(config, engine="matrix", seed=12))
    for name in ("log_delta", "log_dw", "log_back", "log_x", "mean", "saturated"):
        a, b = getattr(sampled, name), getattr(oracle, name)
        error = np.sqrt(a.var(0, ddof=1) / seeds + b.var(0, ddof=1) / seeds)
        assert (np.abs(a.mean(0) - b.mean(0)) <= 4.5 * error + 1e-12).all(), name


@pytest.mark.parametrize("sigma_w", [0.5, 1.0, 3.0])
def test_identity_units_pass_on_exactly_the_scale(sigma_w):
    run = measure(DepthConfig("identity", 40, 16, sigma_w, seeds=5, orthogonal=True))
    assert factors(run) == pytest.approx(np.full(5, sigma_w), rel=1e-9)


def test_narrow_networks_with_matrices_made_another_way():
    """Tanh at its critical scale: Gaussian weights of this width lose far more of the gradient, and far less evenly."""
    n, layers, count, unit = 16, 30, 300, activation("tanh")
    rng, logs = np.random.default_rng(5), []
    a, g, maps, slopes = rng.standard_normal((count, n)), rng.standard_normal((count, n)), [], []
    for _ in range(layers):
        maps.append(polar(rng, count, n))
        z = np.einsum("cij,cj->ci", maps[-1], a)
        a = np.tanh(z)
        slopes.append(unit.df(z))
    for w, slope in zip(reversed(maps), reversed(slopes), strict=True):
        delta = slope * g
        logs.append(np.log10(np.linalg.norm(delta, axis=1)))
        g = np.einsum("cij,ci->cj", w, delta)
    by_hand = (np.array(logs) - np.array(logs[0])).T
    orthogonal, gaussian = (
        measure(DepthConfig("tanh", layers, n, 1.0, seeds=count, orthogonal=one)).log_delta[:, ::-1]
        for one in (True, False)
    )
    orthogonal, gaussian = orthogonal - orthogonal[:, :1], gaussian - gaussian[:, :1]
    error = np.sqrt((by_hand.var(0) + orthogonal.var(0)) / count)
    assert (np.abs(by_hand.mean(0) - orthogonal.mean(0)) <= 4.5 * error + 1e-9).all()
    assert orthogonal[:, -1].std() < 0.5 * gaussian[:, -1].std()
    assert orthogonal[:, -1].mean() > gaussian[:, -1].mean() + 0.2


def test_a_wide_network_has_the_factor_of_the_theory():
    found = factors(measure(DepthConfig("sigmoid", 30, 1024, 1.0, seeds=4, orthogonal=True)))
    assert np.median(found) == pytest.approx(fixed_point("sigmoid", 1.0).factor, rel=0.02)


def test_without_a_pass_forward_there_is_none_back():
    with pytest.raises(ValueError, match="call forward first"):
        SampledOrthogonalLayer([np.random.default_rng(0)], 4, 1.0).backward(np.ones((1, 4, 1)))


def test_the_registry_says_which_rule_it_is():
    assert [key for key, rule in RULES.items() if rule.orthogonal] == ["orthogonal"]
    rule = RULES["orthogonal"]
    w = polar(np.random.default_rng(0), 1, 300)[0][:100]
    assert np.allclose(w @ w.T, np.eye(100)) and rule.weight_variance(300, 100) == pytest.approx(
        (w**2).mean(), rel=0.01
    )
    assert rule.weight_variance(100, 300) == rule.weight_variance(300, 100)
