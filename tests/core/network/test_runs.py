"""Networks against finite differences, against a network written as plain loops, and against what must hold exactly."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.activations import ACTIVATIONS
from core.network.curvature import bias_leak, largest_curvature
from core.network.digits import digits
from core.network.hessian import curvature_along
from core.network.mlp import Networks, backward, forward, losses, networks, parameters
from core.network.runs import MAX_WORK, collect, first_look, steps_to, train, within, work
from core.network.training import Trainer, Training, checks, detailed
from core.network.update_signs import probe_size, update_signs
from core.network.variants import TRAINABLE, VARIANTS
from tests.breadth import wide

ALL = tuple(VARIANTS)
SMALL = Training(ALL, width=6, depth=2, steps=12, batch=8, seeds=2, sigma_w=1.5)


def small(depth: int = 2, sigma_w: float = 1.5) -> Networks:
    """One network of each kind, those first that ship."""
    nets = networks([(v, 3) for v in TRAINABLE], 6, depth, sigma_w)
    nets.theta += 0.1 * np.random.default_rng(0).standard_normal(nets.theta.shape[1])  # biases off zero too
    return nets


def plain_step(kind: str, layers: list, x: np.ndarray, label: int) -> tuple[float, list]:
    """Loss and gradients of one image by the textbook, with the registry's activations; `kind` a variant's key."""
    f, df = ACTIVATIONS[TRAINABLE[kind].activation].f, ACTIVATIONS[TRAINABLE[kind].activation].df
    sign = np.where(np.arange(layers[0][0].shape[0]) % 2, -1, 1) if TRAINABLE[kind].flipped else 1
    a, z = [x], []
    for w, b in layers:
        z.append(w @ a[-1] + b)
        a.append(sign * f(z[-1]) if len(z) < len(layers) else z[-1])
    e = np.exp(z[-1] - z[-1].max())
    delta = e / e.sum()
    loss = -np.log(delta[label])
    delta[label] -= 1
    gradients = []
    for i in range(len(layers) - 1, -1, -1):
        gradients.insert(0, (np.outer(delta, a[i]), delta))
        if i:
            delta = sign * df(z[i - 1]) * (layers[i][0].T @ delta)
    return loss, gradients


@pytest.mark.parametrize("key", TRAINABLE)
def test_each_variant_is_the_registered_activation(key: str) -> None:
    nets = networks([(key, 0)], 2, 1, 1.0)
    nets.theta[:] = 0
    (w, _), (_, _) = nets.layers
    w[0, 0, 0] = 1
    z = np.linspace(-30, 30, 601)
    x = np.zeros((1, 601, 64))
    x[0, :, 0] = z
    found = forward(nets, x, slopes=True, bends=True)
    registered = ACTIVATIONS[TRAINABLE[key].activation]
    assert np.allclose(found.a[1][0, :, 0], registered.f(z), rtol=0, atol=1e-15 * 4)
    assert np.allclose(found.slope[0][0, :, 0], registered.df(z), rtol=0, atol=4e-15)
    smooth = np.abs(z) > 1e-9 if key in ("relu", "leaky_relu") else np.ones(601, dtype=bool)
    by_difference = (registered.df(z + 1e-6) - registered.df(z - 1e-6)) / 2e-6
    assert np.allclose(found.bend[0][0, smooth, 0], by_difference[smooth], atol=1e-8)


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_gradients_are_finite_differences_in_every_layer_and_variant(depth: int) -> None:
    nets, data = small(depth), digits()
    x, labels = data.x[None, ::50], data.labels[None, ::50]
    gradient = np.zeros_like(nets.theta)
    backward(nets, forward(nets, x, slopes=True), labels, nets.split(gradient))
    rng = np.random.default_rng(1)
    for w, b in nets.split(np.arange(nets.theta.size).reshape(nets.theta.shape)):
        for place in [*rng.choice(w[0].ravel() % nets.theta.shape[1], 12), *b[0][:3] % nets.theta.shape[1]]:
            start = nets.theta[:, place].copy()
            sides = []
            for step in (1e-5, -1e-5):
                nets.theta[:, place] = start + step
                sides.append(losses(forward(nets, x).logits, labels))
            nets.theta[:, place] = start
            assert np.allclose(gradient[:, place], (sides[0] - sides[1]) / 2e-5, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("key", TRAINABLE)
def test_the_batched_gradient_is_the_mean_over_single_images_of_single_networks(key: str) -> None:
    nets, data = small(), digits()
    run, some = list(TRAINABLE).index(key), slice(0, 1000, 111)
    gradient = np.zeros_like(nets.theta)
    result = forward(nets, data.x[None, some], slopes=True)
    backward(nets, result, data.labels[None, some], nets.split(gradient))
    own = [(w[run], b[run]) for w, b in nets.layers]
    single = [plain_step(key, own, x, n) for x, n in zip(data.x[some], data.labels[some], strict=True)]
    assert np.isclose(losses(result.logits, data.labels[None, some])[run], np.mean([loss for loss, _ in single]))
    for layer, (w, b) in enumerate(nets.split(gradient)):
        assert np.allclose(w[run], np.mean([g[layer][0] for _, g in single], axis=0), atol=1e-14)
        assert np.allclose(b[run], np.mean([g[layer][1] for _, g in single], axis=0), atol=1e-14)


@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "adam"])
def test_training_is_the_textbook_rule_one_network_at_a_time(optimiser: str) -> None:
    training = replace(SMALL, optimiser=optimiser, etas=(0.05,))
    trainer = Trainer(training)
    started = trainer.nets.theta.copy()
    trainer.advance(12)
    data, rng = digits(), np.random.default_rng([1, 1])
    batches = rng.permutation(1000)[: 12 * 8].reshape(12, 8)
    for run in (1, 7, 13, 15):  # seed 1 of sigmoid, four_centred, relu and flipped
        theta, m, v = started[run].copy(), 0.0, 0.0
        for t, chosen in enumerate(batches, 1):
            layers = [(w[0], b[0]) for w, b in trainer.nets.split(theta[None])]
            steps = [plain_step(ALL[run // 2], layers, data.x[i], data.labels[i])[1] for i in chosen]
            g = np.mean([np.concatenate([np.concatenate([w.ravel(), b]) for w, b in s]) for s in steps], axis=0)
            if optimiser == "momentum":
                g = m = 0.9 * m + g
            elif optimiser == "adam":
                m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
                g = m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
            theta -= 0.05 * g
        assert np.allclose(trainer.nets.theta[run], theta, atol=1e-10)


def test_side_by_side_is_one_at_a_time() -> None:
    together = collect(SMALL)
    for v, key in enumerate(ALL):
        alone = collect(replace(SMALL, variants=(key,), seeds=1, seed=1))
        for name in ("loss", "accuracy", "gradient", "saturated", "locked", "locked_one", "bits"):
            assert np.allclose(getattr(together, name)[:, v, 1], getattr(alone, name)[:, 0, 0], atol=1e-12), name


@settings(max_examples=20)
@given(
    st.integers(1, 5),
    st.integers(2, 40),
    st.floats(0.1, 8),
    st.integers(0, 10**6),
    st.sampled_from(["raw", "standardised"]),
)
def test_raw_and_centred_are_one_function_and_differ_by_the_bias_leak(depth, width, sigma_w, seed, pixels) -> None:
    leak = bias_leak(Training(width=width, depth=depth, sigma_w=sigma_w, seed=seed, pixels=pixels))
    assert leak.function < 1e-12
    assert leak.gradient.max() < 1e-12
    assert leak.share[0] == 0
    assert (leak.share[1:] > 0).all()


def test_the_first_layer_does_not_feel_the_centring_at_the_start() -> None:
    assert np.isclose(bias_leak(Training(depth=3)).cosine[0], 1)


def test_share_and_cosine_of_the_leak_written_out() -> None:
    training = Training(width=12, seed=3)
    (w1, b1), (w2, b2) = ((w[0], b[0]) for w, b in networks([("sigmoid", 3)], 12, 1, 1.0).layers)
    data = digits("standardised")
    a = 1 / (1 + np.exp(-(data.x @ w1.T + b1)))
    logits = a @ w2.T + b2
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    delta = (p / p.sum(axis=1, keepdims=True) - np.eye(10)[data.labels]) / len(data.x)
    raw, centred = delta.T @ a, delta.T @ (a - 0.5)
    leak, size = np.repeat(delta.sum(axis=0)[:, None] / 2, 12, axis=1), np.linalg.norm
    found = bias_leak(training)
    assert found.share[1] == pytest.approx(size(leak) / size(raw), rel=1e-9)
    assert found.cosine[1] == pytest.approx((raw * centred).sum() / size(raw) / size(centred), rel=1e-9)


@pytest.mark.parametrize(("depth", "batch"), [(1, 8), (3, 64), (1, 1000), (2, 1)])
def test_flipping_half_the_units_changes_the_signs_and_nothing_else(depth: int, batch: int) -> None:
    run = collect(Training(("sigmoid", "flipped"), (0.5,), batch=batch, steps=40, depth=depth, seeds=2, spacing=0.3))
    plain, flipped = 0, 1
    assert np.allclose(run.loss[:, plain], run.loss[:, flipped], rtol=0, atol=1e-13)
    assert np.array_equal(run.accuracy[:, plain], run.accuracy[:, flipped])
    assert np.allclose(run.gradient[:, plain], run.gradient[:, flipped], atol=1e-13)
    assert np.array_equal(run.saturated[:, plain], run.saturated[:, flipped])
    assert np.allclose(run.bits[:, plain], run.bits[:, flipped])
    assert (run.locked_one[:, plain, :, 1:] == 1).all()
    assert (run.locked_one[:, flipped, :, 1:] == 0).all()
    assert (run.locked[:, flipped, :, 1:] < 0.05).all()
    if batch == 1:
        assert (run.locked[:, plain, :, 1:] == 1).all()
        assert (run.bits[:, plain, :, 1:] <= 1 + 1e-12).all()  # an output's delta is seldom negative: below 1 bit there
        assert run.bits[:, plain, :, 1].mean() > 0.9
        assert (collect(Training(("tanh",), (0.1,), batch=1, steps=5, depth=depth)).bits[..., 1] > 1.8).all()


def test_raw_pixels_lock_the_first_layer_whatever_the_variant() -> None:
    one = Training(ALL, (0.01,), batch=1, steps=2, seeds=1)
    assert (collect(replace(one, pixels="raw")).locked[..., 0] == 1).all()
    assert (collect(one).locked[..., 0] == 0).all()


def test_signs_by_a_plain_count() -> None:
    nets, data = small(), digits()
    x, labels = np.repeat(data.x[None, :32], len(TRAINABLE), 0), np.repeat(data.labels[None, :32], len(TRAINABLE), 0)
    found = update_signs(nets, x, labels, 8)
    for run, key in enumerate(TRAINABLE):
        own = [(w[run], b[run]) for w, b in nets.layers]
        grads = [plain_step(key, own, x[run, i], labels[run, i])[1] for i in range(32)]
        for layer in range(3):
            batches = [sum(grads[i][layer][0] for i in range(8 * m, 8 * m + 8)) for m in range(4)]
            for rows, share in (
                (np.concatenate(batches), found.locked),
                (np.concatenate([g[layer][0] for g in grads]), found.locked_one),
            ):
                moving = [row[row != 0] for row in rows if (row != 0).any()]
                assert np.isclose(share[run, layer], np.mean([len(set(np.sign(row))) == 1 for row in moving]))


def test_pattern_bits_by_a_plain_count() -> None:
    training = Training(("sigmoid", "tanh"), (0.5,), batch=8, steps=3, width=6, seeds=1)
    run, trainer = collect(training), Trainer(training)
    trainer.advance(3)
    data, probe = digits(), trainer.probe[0]
    rng = np.random.default_rng(0)
    first = rng.integers(6, size=64)
    second = (first + rng.integers(1, 6, size=64)) % 6
    for v, key in enumerate(training.variants):
        own = [(w[v], b[v]) for w, b in trainer.nets.layers]
        rows = [plain_step(key, own, data.x[i], data.labels[i])[1][1][0] for i in probe]
        batches = np.array(rows).reshape(-1, 8, *rows[0].shape).sum(axis=1).reshape(-1, 6)
        bits = []
        for i, j in zip(first, second, strict=True):
            patterns = Counter((np.sign(row[i]), np.sign(row[j])) for row in batches if row[i] and row[j])
            share = np.array(list(patterns.values())) / patterns.total()
            bits.append(-(share * np.log2(share)).sum())
        assert np.isclose(run.bits[-1, v, 0, 1], np.mean(bits))
        assert 0 < np.mean(bits) <= 2


@pytest.mark.parametrize("key", wide(TRAINABLE, "sigmoid", "centred", "relu", "gelu", "flipped"))
def test_a_checkpoint_is_what_a_plain_loop_measures(key: str) -> None:
    training = Training((key,), (0.5,), steps=9, width=6, depth=2, seeds=1)
    run, trainer = collect(training), Trainer(training)
    trainer.advance(9)
    data, known = digits(), ACTIVATIONS[TRAINABLE[key].activation]
    own = [(w[0], b[0]) for w, b in trainer.nets.layers]
    measured = [plain_step(key, own, x, label) for x, label in zip(data.x, data.labels, strict=True)]
    assert np.isclose(run.loss[-1, 0, 0], np.mean([loss for loss, _ in measured]))
    for layer in range(3):
        whole = np.mean([g[layer][0] for _, g in measured], axis=0)
        assert np.isclose(run.gradient[-1, 0, 0, layer], np.linalg.norm(whole))
    sign = np.where(np.arange(6) % 2, -1, 1) if key == "flipped" else 1
    for x, labels, part in ((data.x, data.labels, "train"), (data.held_x, data.held_labels, "held")):
        a = x
        for layer, (w, b) in enumerate(own[:2]):
            z = a @ w.T + b
            a = sign * known.f(z)
            if part == "train":
                share = (np.abs(known.df(z)) < 0.04 * known.max_slope).mean()
                assert np.isclose(run.saturated[-1, 0, 0, layer], share)
        if part == "held":
            right = (a @ own[2][0].T + own[2][1]).argmax(axis=1) == labels
            assert np.isclose(run.accuracy[-1, 0, 0], right.mean())


def test_between_detailed_checks_the_loss_alone_is_recorded() -> None:
    some = replace(SMALL, variants=tuple(wide(ALL, "sigmoid", "relu", "flipped")), steps=60, spacing=0.05)
    whole, brief = collect(some), collect(replace(some, detail=0.25))
    assert np.array_equal(whole.step, brief.step)
    assert np.allclose(whole.loss, brief.loss, rtol=1e-9, equal_nan=True)
    known = np.isin(whole.step, detailed(brief.training))
    assert known[0] and known[-1] and 0.2 < known.mean() < 0.6
    gaps = np.diff(whole.step[known])[:-1] / np.maximum(whole.step[known][:-2], 1)
    assert gaps[3:].min() >= 0.24
    for name in ("accuracy", "gradient", "saturated", "locked", "locked_one", "bits"):
        full, part = getattr(whole, name), getattr(brief, name)
        assert np.allclose(full[known], part[known], rtol=1e-6, atol=1e-12, equal_nan=True), name
        assert np.isnan(part[~known]).all(), name
    assert work(brief.training) < work(whole.training)
    assert detailed(whole.training) == checks(60, 0.05)


def test_the_first_look_is_the_first_checkpoint() -> None:
    assert np.array_equal(first_look(SMALL).loss, collect(SMALL).loss[0])


def test_a_training_is_cut_to_its_budget_and_no_further() -> None:
    big = Training(batch=1000, steps=40_000, width=64, depth=2, seeds=4)
    cut = within(big)
    assert work(cut) <= MAX_WORK < work(replace(cut, steps=cut.steps + 1))
    assert within(SMALL) == SMALL
    assert within(big, 0).steps == 1


def test_curvature_is_the_derivative_of_the_gradient() -> None:
    nets, data = small(), digits()
    x, labels = data.x[None, ::50], data.labels[None, ::50]
    v = np.random.default_rng(5).standard_normal(nets.theta.shape)
    exact = curvature_along(nets, x, labels, v)
    sides, start = [], nets.theta.copy()
    for step in (1e-5, -1e-5):
        nets.theta[:] = start + step * v
        side = np.zeros_like(v)
        backward(nets, forward(nets, x, slopes=True), labels, nets.split(side))
        sides.append(side)
    assert np.allclose(exact, (sides[0] - sides[1]) / 2e-5, rtol=1e-5, atol=1e-7)


def test_the_largest_curvature_is_the_largest_eigenvalue_of_the_whole_hessian() -> None:
    kinds = tuple(wide(("sigmoid", "centred", "four_centred", "tanh", "relu"), "sigmoid", "tanh", "relu"))
    training = Training(kinds, width=3, seeds=1)
    found = largest_curvature(training, iterations=200)
    trainer = Trainer(training)
    size = parameters(3, 1)
    basis = [np.repeat(row[None], len(kinds), 0) for row in np.eye(size)]
    x, labels = trainer.data.x[None], trainer.data.labels[None]
    hessians = np.stack([curvature_along(trainer.nets, x, labels, v) for v in basis], axis=1)
    assert np.allclose(hessians, hessians.swapaxes(1, 2), atol=1e-12)
    eigenvalues = np.linalg.eigvalsh(hessians)
    assert (-eigenvalues[:, 0] > eigenvalues[:, -1]).any()  # so that the shift is needed
    assert np.allclose(found.value[:, 0], eigenvalues[:, -1], rtol=1e-4)
    assert np.allclose(found.edge, 2 / found.value)
    assert (found.residual < 0.05).all()


def test_full_batch_descent_is_stable_below_the_edge_and_not_above_it() -> None:
    training = Training(("sigmoid",), seeds=1, batch=1000, steps=6)
    edge = float(largest_curvature(training).edge[0, 0])
    below, above = (collect(replace(training, etas=(share * edge,))).loss[:, 0, 0] for share in (0.9, 3.0))
    assert (np.diff(below) < 0).all()
    assert (np.diff(above) > 0).any()


def test_a_good_setting_recognises_unseen_digits() -> None:
    run = collect(Training(("centred", "tanh", "relu"), (1.0, 0.3, 0.2), steps=400, spacing=0.5))
    assert (run.accuracy[-1] > 0.95).all()
    assert (run.loss[-1] < run.loss[0] / 10).all()


def test_a_run_that_leaves_every_bound_is_cut_and_disturbs_no_other() -> None:
    mixed = collect(Training(("sigmoid", "relu"), (0.5, 1e4), steps=30, seeds=2))
    assert mixed.diverged[-1].tolist() == [[False, False], [True, True]]
    assert np.isnan(mixed.loss[-1, 1]).all()
    alone = collect(Training(("sigmoid",), (0.5,), steps=30, seeds=2))
    assert np.array_equal(mixed.loss[:, 0], alone.loss[:, 0])


def test_steps_to_a_target_are_those_of_the_whole_run() -> None:
    training = Training(ALL, (2.0,), steps=60, spacing=0.05, seeds=2)
    run, passage = collect(replace(training, detail=1.0)), steps_to(training, 0.2)
    assert np.array_equal(run.reached(0.2), passage.steps)
    assert np.array_equal(run.diverged[-1] & (run.reached(0.2) < 0), passage.diverged)
    assert (passage.steps >= 0).sum() > 3


@given(st.integers(1, 40_000), st.floats(0.01, 1))
@settings(max_examples=50)
def test_checks_start_at_0_grow_and_end_at_the_last_step(steps: int, spacing: float) -> None:
    found = np.array(checks(steps, spacing))
    assert found[0] == 0
    assert found[-1] == steps
    assert (np.diff(found) >= 1).all()
    assert (np.diff(found) <= np.maximum(1, spacing * found[:-1]) + 1e-9).all()


def test_training_stops_when_nobody_asks_and_refuses_too_much() -> None:
    points = train(Training(steps=40_000, batch=1, seeds=1))
    assert [next(points).step for _ in range(3)] == [0, 1, 2]
    points.close()
    big = Training(ALL, batch=1000, steps=40_000, width=128, depth=5, seeds=8)
    assert work(big) > MAX_WORK
    with pytest.raises(ValueError, match="work"):
        next(train(big))


def test_work_is_a_count_of_the_products() -> None:
    training = Training(("sigmoid",), batch=10, steps=1, seeds=1, width=2)
    weights = 64 * 2 + 2 + 2 * 10 + 10
    assert work(training) == weights * (3 * 10 + 2 * (3 * 1000 + 797 + 4 * probe_size(10)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("variants", ()),
        ("variants", ("swish",)),
        ("variants", ("tanh", "tanh")),
        ("etas", (0.0,)),
        ("etas", (1.0, 2.0)),
        ("etas", (float("nan"),)),
        ("batch", 0),
        ("batch", 1001),
        ("steps", 40_001),
        ("width", 1),
        ("depth", 6),
        ("sigma_w", -1),
        ("optimiser", "lbfgs"),
        ("momentum", 1.0),
        ("pixels", "grey"),
        ("seeds", 9),
        ("seed", -1),
        ("spacing", 0.0),
        ("detail", -0.1),
        ("detail", 10.5),
    ],
)
def test_bad_settings_are_named(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=name):
        Training(**{name: value})
