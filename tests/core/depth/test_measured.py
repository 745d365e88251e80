"""The two engines: the matrices against finite differences, the sampler against the matrices, both against the theory."""

import math
import tracemalloc
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from core.activations import activation
from core.depth.engines import MatrixLayer, SampledLayer
from core.depth.mean_field import fixed_point
from core.depth.measured import NORMS, DepthConfig, factors, measure, propagate, quantiles
from core.depth.theory import layers, profile
from tests.breadth import wide

RECORDED = ("log_delta", "log_dw", "log_back", "log_x", "mean", "saturated")


def forward(config: DepthConfig, weights: list, x: np.ndarray, nudge: dict) -> np.ndarray:
    """The network written out anew: x (inputs, n), one matrix a layer, `nudge` added to the pre-activations of a layer."""
    f = activation(config.activation).f
    for index, w in enumerate(weights):
        z = x @ w.T + nudge.get(index, 0)
        if config.norm in ("layer before", "batch before"):
            axis = 1 if config.norm == "layer before" else 0
            z = (z - z.mean(axis, keepdims=True)) / z.std(axis, keepdims=True)
        h = f(z)
        if config.norm == "layer after":
            h = (h - h.mean(1, keepdims=True)) / h.std(1, keepdims=True)
        x = x + h if config.skip else h
    return x


@pytest.mark.parametrize("key", ["sigmoid", "tanh", "gelu"])
@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("skip", [False, True])
def test_the_oracles_gradients_match_finite_differences(key, norm, skip):
    config = DepthConfig(key, 4, 5, 1.4, 0.0, 1, norm, skip, "matrix")
    rng = np.random.default_rng(7)
    maps = [MatrixLayer([rng], 5, 1.4 / math.sqrt(5)) for _ in range(4)]
    x = rng.standard_normal((1, 5, config.inputs))
    state = np.random.default_rng(99)
    kept: list = []
    columns = propagate(config, maps, x, [state], keep=kept)
    g = np.random.default_rng(99).standard_normal((5, config.inputs))
    g /= np.linalg.norm(g)
    weights, inputs, step = [m.w[0] for m in maps], x[0].T, 1e-6

    def loss(nudge: dict) -> float:
        return float((forward(config, weights, inputs, nudge) * g.T).sum())

    for index in range(4):
        slopes = np.zeros((config.inputs, 5))
        for place in np.ndindex(slopes.shape):
            nudge = np.zeros_like(slopes)
            nudge[place] = step
            slopes[place] = (loss({index: nudge}) - loss({index: -nudge})) / (2 * step)
        delta = kept[3 - index][0].T
        assert np.allclose(delta, slopes, atol=1e-7 * max(1, np.abs(slopes).max()))
        assert columns.log_delta[0, index] == pytest.approx(math.log10(np.linalg.norm(slopes)), abs=1e-5)
        fed = forward(config, weights[:index], inputs, {})
        assert columns.log_dw[0, index] == pytest.approx(math.log10(np.linalg.norm(slopes.T @ fed)), abs=1e-5)


@pytest.mark.parametrize(
    ("width", "norm", "skip"),
    wide(
        product([16, 64, 256], NORMS, [False, True]),
        *product([16], NORMS, [False, True]),
        *((64, norm, norm != "none") for norm in NORMS),
        (256, "none", False),
    ),
)
def test_the_engines_agree(width, norm, skip):
    seeds = 60 if width == 256 else 250
    config = DepthConfig("sigmoid", 4, width, 2.0, 0.3, seeds, norm, skip, "sampler", 11)
    sampled, oracle = measure(config), measure(replace(config, engine="matrix", seed=12))
    for name in RECORDED:
        a, b = getattr(sampled, name), getattr(oracle, name)
        error = np.sqrt(a.var(0, ddof=1) / seeds + b.var(0, ddof=1) / seeds)
        assert (np.abs(a.mean(0) - b.mean(0)) <= 4.5 * error + 1e-12).all(), name
    for name in ("log_delta", "log_x"):
        a, b = getattr(sampled, name).std(0, ddof=1), getattr(oracle, name).std(0, ddof=1)
        # The spread of a spread over n networks is about 1 / sqrt(2 n) of it.
        assert (np.abs(a - b) <= 5 * np.maximum(a, b) / math.sqrt(seeds) + 1e-9).all(), name


def test_one_layer_of_the_sampler_has_the_covariance_of_a_matrix():
    """With x and delta fixed, W^T delta given W x = z has mean x (z . delta) / |x|^2 and covariance along the rest."""
    n, draws, rng = 4, 60_000, np.random.default_rng(3)
    x, delta = rng.standard_normal((n, 1)), rng.standard_normal((n, 1))
    rngs = [np.random.default_rng(3)] * draws
    both = []
    for kind in (SampledLayer, MatrixLayer):
        layer = kind(rngs, n, 0.7)
        z = layer.forward(np.broadcast_to(x, (draws, n, 1)))
        back = layer.backward(np.broadcast_to(delta, (draws, n, 1)))
        both.append(np.cov(np.concatenate([z, back], axis=1)[:, :, 0].T))
    assert np.allclose(both[0], both[1], atol=0.2)


@pytest.mark.parametrize(("key", "sigma_w"), [("sigmoid", 1.0), ("tanh", 1.3), ("relu", 1.2)])
def test_chi_measured_at_width_1024_is_that_of_the_theory(key, sigma_w):
    run = measure(DepthConfig(key, 16, 1024, sigma_w, seeds=24, seed=2))
    chi = 10 ** (2 * (run.log_delta[:, 13] - run.log_delta[:, 3]).mean() / 10)
    # delta_l gets from delta_{l+1} by chi: backwards through layers 13 ... 4.
    shape = layers(key, 16, sigma_w)
    expected = math.prod(shape[k + 1].gain * shape[k].slope2 / shape[k + 1].slope2 for k in range(3, 13)) ** (1 / 10)
    assert 1 / chi == pytest.approx(expected, rel=0.05)
    if key != "relu":
        assert shape[-1].gain == pytest.approx(fixed_point(key, sigma_w).chi, rel=1e-2)


@pytest.mark.parametrize("sigma_w", [1.5, 4.0])
def test_the_saturated_share_of_the_first_layer_is_the_normal_laws(sigma_w):
    """z ~ N(0, sigma_w^2): sigmoid's slope is below 4 % of 1/4 where |z| > 2 acosh 5, tanh's where |z| > acosh 5."""
    for key, edge in (("sigmoid", 2 * math.acosh(5)), ("tanh", math.acosh(5))):
        share = measure(DepthConfig(key, 1, 4096, sigma_w, seeds=32)).saturated.mean()
        expected = math.erfc(edge / sigma_w / math.sqrt(2))
        # The input's own size scatters by 1 / sqrt(2 x 4096) a network.
        assert share == pytest.approx(expected, abs=5 * math.sqrt(expected / 4096 / 32) + 0.004 * expected)


@pytest.mark.parametrize("norm", ["none", "layer before", "layer after"])
@pytest.mark.parametrize("skip", [False, True])
def test_wide_networks_follow_the_theory_with_every_remedy_it_covers(norm, skip):
    config = DepthConfig("sigmoid", 8, 1024, 1.5, 0.2, 24, norm, skip, seed=4)
    run, theory = measure(config), profile(layers("sigmoid", 8, 1.5, 0.2, norm, skip), 1024)
    for index in range(8):
        slack = 0.02 * (8 - index) + 0.02
        assert run.log_delta[:, index].mean() == pytest.approx(theory.log_delta[index], abs=slack)
        assert run.log_dw[:, index].mean() == pytest.approx(theory.log_dw[index], abs=slack)
        assert run.log_x[:, index].mean() == pytest.approx(theory.log_x[index], abs=0.02)


def test_a_thousand_layers_of_sigmoid_stay_finite():
    run = measure(DepthConfig(depth=1000, width=64, seeds=3))
    assert np.isfinite(run.log_delta).all() and run.log_delta[:, 0].max() < -500 and not run.dead.any()


def test_a_dead_relu_network_is_reported_as_dead():
    run = measure(DepthConfig("relu", 60, 2, 1.0, seeds=40))
    assert run.dead.any()
    assert np.isneginf(run.log_delta[run.dead]).any(axis=1).all()
    assert np.isfinite(run.log_delta[~run.dead]).all()
    assert np.isneginf(quantiles(run.log_delta)[0, 0]) and not np.isnan(quantiles(run.log_delta)).any()


def test_a_layer_norm_behind_a_single_living_unit_passes_nothing():
    """One unit on: its normalised output does not depend on how far. Two units: theirs are +1 and -1, whatever z."""
    config = DepthConfig("relu", 50, 8, math.sqrt(2), 0.0, 60, "layer after", engine="matrix")
    rngs = [np.random.default_rng(seed) for seed in np.random.SeedSequence(config.seed).spawn(config.seeds)]
    x = np.stack([rng.standard_normal((8, 1)) for rng in rngs])
    maps = [MatrixLayer(rngs, 8, 0.5) for _ in range(50)]
    dies = np.zeros(60, dtype=bool)
    for layer in maps:
        branch = np.maximum(layer.forward(x), 0)
        dies |= ((branch > 0).sum(axis=(1, 2)) <= 1).astype(bool)
        spread = branch.std(axis=1, keepdims=True)
        x = (branch - branch.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1)
    run = measure(config)
    assert (run.dead == dies).all() and 20 < dies.sum() < 60
    assert run.log_delta[~dies].min() > -12
    assert measure(DepthConfig("tanh", 5, 2, seeds=20, norm="layer before")).dead.all()


def test_the_factor_of_a_network_is_its_own():
    run = measure(DepthConfig("relu", 30, 4, 1.0, seeds=40))
    found = factors(run)
    assert run.dead.any() and not run.dead.all() and (found[run.dead] == 0).all()
    for s in np.flatnonzero(~run.dead):
        assert found[s] ** 29 == pytest.approx(10 ** (run.log_delta[s, 0] - run.log_delta[s, 29]), rel=1e-9)
    assert np.isnan(factors(measure(DepthConfig(depth=1, seeds=2)))).all()


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("skip", [False, True])
def test_what_a_layer_hands_on_is_what_the_one_before_gets(norm, skip):
    """Identity units and no normalisation: delta_l is dL/dx_l itself. Otherwise W^T delta, from the delta that was kept."""
    config = DepthConfig("identity" if norm == "none" else "tanh", 4, 12, 0.8, 0.0, 1, norm, skip, "matrix")
    rng, kept = np.random.default_rng(5), []
    maps = [MatrixLayer([rng], 12, 0.8 / math.sqrt(12)) for _ in range(4)]
    columns = propagate(
        config, maps, rng.standard_normal((1, 12, config.inputs)), [np.random.default_rng(8)], keep=kept
    )
    g = np.random.default_rng(8).standard_normal((12, config.inputs))
    g /= np.linalg.norm(g)
    for layer, delta in zip((3, 2, 1, 0), kept, strict=True):
        g = maps[layer].w[0].T @ delta[0] + (g if skip else 0)
        assert columns.log_back[0, layer] == pytest.approx(math.log10(np.linalg.norm(g)), abs=1e-9)
        if norm == "none" and layer:
            assert columns.log_back[0, layer] == pytest.approx(columns.log_delta[0, layer - 1], abs=1e-9)


def test_a_result_depends_on_the_seed_and_not_on_the_company():
    config = DepthConfig(depth=5, width=40, seeds=6, seed=3)
    few, many = measure(config), measure(replace(config, seeds=9))
    assert (few.log_delta == many.log_delta[:6]).all()
    assert not np.allclose(few.log_delta, measure(replace(config, seed=4)).log_delta)


def test_quantiles_are_those_of_sorted_networks():
    values = np.arange(11.0)[:, None] * [1, 10]
    assert (quantiles(values, (0.0, 0.5, 1.0)) == [[0, 0], [5, 50], [10, 100]]).all()


LARGE = (
    DepthConfig("tanh", 200, 2048, 1.0, 1.0, 2, "batch before", skip=True),  # 210 MB if it were kept at once
    DepthConfig("tanh", 15, 1024, seeds=2, engine="matrix"),
)


@pytest.mark.parametrize(
    "config",
    wide(
        [
            DepthConfig("tanh", 1000, 256, seeds=40),  # 250 MB if it were kept at once
            DepthConfig("tanh", 200, 2048, 1.0, 1.0, 20, "layer before", skip=True),  # 260 MB
            *LARGE,
        ],
        *LARGE,
    ),
)
def test_memory_stays_below_200_mb(config):
    tracemalloc.start()
    measure(config)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200e6


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        ({"activation": "softmax"}, "activation"),
        ({"depth": 1001}, "depth"),
        ({"width": 4097}, "width"),
        ({"width": 2048, "engine": "matrix"}, "width"),
        ({"depth": 1000, "width": 4096}, "width"),
        ({"sigma_w": math.nan}, "sigma_w"),
        ({"seeds": 0}, "seeds"),
        ({"norm": "group"}, "norm"),
        ({"engine": "gpu"}, "engine"),
    ],
)
def test_bad_settings_are_named(bad, name):
    with pytest.raises(ValueError, match=name):
        DepthConfig(**bad)


@pytest.mark.parametrize(
    ("key", "sigma_w"),
    wide(
        product(["identity", "relu", "leaky_relu"], [0.02, 60.0]),
        ("identity", 0.02),
        ("relu", 60.0),
        ("leaky_relu", 0.02),
    ),
)
def test_a_signal_beyond_every_float_is_followed_all_the_way(key, sigma_w):
    """These are proportional to their weights: another sigma_w moves every logarithm by a known amount."""
    one = measure(DepthConfig(key, 1000, 64, 1.5, 0.0, 3))
    other = measure(DepthConfig(key, 1000, 64, sigma_w, 0.0, 3))
    moved, steps = math.log10(sigma_w / 1.5), np.arange(1, 1001)
    assert not one.dead.any() and not other.dead.any()
    assert np.allclose(other.log_x - one.log_x, moved * steps, atol=1e-4)
    assert np.allclose(other.log_delta - one.log_delta, moved * (1000 - steps), atol=1e-4)
    assert np.allclose(other.log_dw - one.log_dw, moved * 999, atol=1e-4)


@pytest.mark.parametrize(
    ("key", "sigma_w"),
    wide([("tanh", 0.3), ("gelu", 6.0), ("silu", 0.5), ("centred", 1.0)], ("gelu", 6.0), ("tanh", 0.3)),
)
def test_smooth_activations_out_there_follow_the_theory(key, sigma_w):
    found, predicted = measure(DepthConfig(key, 600, 256, sigma_w, 0.0, 4)), profile(layers(key, 600, sigma_w), 256)
    assert abs(predicted.log_x[-1]) > 160, "beyond what a float can square"
    for name in ("log_x", "log_delta", "log_dw"):
        measured = np.median(getattr(found, name), axis=0)
        assert np.abs(measured - getattr(predicted, name)).max() < 0.01 * np.abs(getattr(predicted, name)).max()


@pytest.mark.parametrize("key", ["sigmoid", "four", "softplus", "tanh"])
@pytest.mark.parametrize("sigma_w", [1e-12, 1e-60, 1e-100])
def test_a_normalisation_behind_small_weights_sees_a_straight_line(key, sigma_w):
    """The same draws through identity units: f' cancels against the spread of f, in the gradient and in the signal."""
    one, other = (measure(DepthConfig(k, 6, 32, sigma_w, 0.0, 3, "layer after")) for k in (key, "identity"))
    for name in ("log_x", "log_delta", "log_dw", "log_back"):
        assert np.allclose(getattr(one, name), getattr(other, name), atol=1e-9), name


@pytest.mark.parametrize("sigma_w", [1e-100, 1e-12, 100.0])
@pytest.mark.parametrize("skip", [False, True])
def test_batch_normalisation_takes_out_the_size_of_the_weights_whatever_the_biases(sigma_w, skip):
    one, other = (measure(DepthConfig("tanh", 5, 24, w, 0.3, 3, "batch before", skip)) for w in (1.0, sigma_w))
    assert np.allclose(one.log_x, other.log_x, atol=1e-9) and np.allclose(one.log_back, other.log_back, atol=1e-9)
    assert np.allclose(one.log_delta - other.log_delta, math.log10(sigma_w), atol=1e-9)


def test_a_signal_that_comes_back_from_nothing_is_felt_as_itself():
    """Down to 1e-120 and up again, where tanh saturates: a plain recursion stays within the range of a float."""
    rng, n = np.random.default_rng(2), 16
    scales = [0.05] * 90 + [40.0] * 110
    config = DepthConfig("tanh", len(scales), n, 1.0, seeds=1, engine="matrix")
    maps = [MatrixLayer([rng], n, scale / math.sqrt(n)) for scale in scales]
    x = rng.standard_normal((1, n, 1))
    run, sizes = propagate(config, maps, x, [np.random.default_rng(1)]), []
    for layer in maps:
        x = np.tanh(layer.w @ x)
        sizes.append(math.log10(np.linalg.norm(x)))
    assert min(sizes) < -110 and sizes[-1] > 0
    assert np.allclose(run.log_x[0], sizes, atol=1e-9)


@pytest.mark.parametrize("sigma_w", [1e-100, 1e-60])
def test_a_signal_that_falls_by_any_factor_a_layer_is_followed(sigma_w):
    one, other = (measure(DepthConfig("tanh", 40, 16, w, 0.0, 3)) for w in (1e-9, sigma_w))
    moved, steps = math.log10(sigma_w) + 9, np.arange(1, 41)
    assert np.allclose(other.log_x - one.log_x, moved * steps, atol=1e-4)
    assert np.allclose(other.log_delta - one.log_delta, moved * (40 - steps), atol=1e-4)


def test_weights_that_no_float_can_square_are_refused_by_name():
    for name in ("sigma_w", "sigma_b"):
        with pytest.raises(ValueError, match=f"{name} = 1e-101 is neither 0 nor in"):
            DepthConfig(**{name: 1e-101})


def test_what_does_not_fit_together_is_refused_by_name():
    config, rng = DepthConfig(depth=2, width=4), np.random.default_rng(0)
    maps = [MatrixLayer([rng], 4, 1.0) for _ in range(2)]
    with pytest.raises(ValueError, match="number of maps"):
        propagate(config, maps[:1], np.ones((1, 4, 1)), [rng])
    with pytest.raises(ValueError, match="call forward first"):
        SampledLayer([rng], 4, 1.0).backward(np.ones((1, 4, 1)))
    with pytest.raises(ValueError, match="x is of shape"):
        propagate(config, maps, np.ones((1, 5, 1)), [rng])
    for values, shares, name in (
        ([[math.nan]], (0.5,), "values"),
        ([[math.inf]], (0.5,), "values"),
        ([1.0], (0.5,), "values"),
        (np.empty((0, 3)), (0.5,), "values"),
        ([[1.0]], (1.5,), "share"),
        ([[1.0]], (), "shares"),
    ):
        with pytest.raises(ValueError, match=name):
            quantiles(values, shares)
