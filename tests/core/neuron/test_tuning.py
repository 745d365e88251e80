"""Runs of every method against loops in plain Python, and searched settings against trying each."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.checks import Status
from core.cures import like_inputs_hessian
from core.inputs import Inputs, draw_inputs, input_moments, second_moment
from core.neuron.descent import DescentConfig, descend
from core.neuron.methods import LINEAR, METHODS
from core.neuron.tuning import GRID, MethodConfig, Quadratic, best_rate, best_setting, minimise
from tests.core.test_bad_arguments import BAD

MU, S = input_moments(Inputs("sigmoid"))
KAPPA = 1 + 100 * (MU / S) ** 2
PER_WEIGHT = tuple(key for key, one in METHODS.items() if one.per_weight)


def quadratic(h) -> Quadratic:
    return Quadratic(tuple(map(tuple, np.asarray(h).tolist())))


def from_both_ends(n, kappa, turned=True):
    """Equal errors along the steep and a flat direction of a valley of this kappa; `turned`, it lies across the axes."""
    if turned:
        h = like_inputs_hessian(n, math.sqrt((kappa - 1) / n), 1.0)
        halves = np.where(np.arange(n) < n // 2, 1.0, -1.0) if n > 1 else np.zeros(1)
        start = (np.ones(n) + halves) / math.sqrt(n)
    else:
        h, start = np.diag([1.0] * (n - 1) + [kappa]), np.array([1.0] + [0.0] * (n - 2) + [1.0])
    return MethodConfig(quadratic(h), start, np.zeros(n), "plain", 0.0, steps=20_000)


def tuned(config):
    best = best_setting(config)
    return minimise(replace(config, eta=best.eta, beta=best.beta, decay=best.decay))


def by_hand(config, gradient, steps):
    """Each method in scalars, from its textbook; gradient(t, e) gives a list."""
    n, eta, beta, rho, eps = len(config.start), config.eta, config.beta, config.decay, 1e-8
    e = [a - b for a, b in zip(config.start, config.target, strict=True)]
    before, v, m, s, path = list(e), [0.0] * n, [0.0] * n, [0.0] * n, [list(e)]
    for t in range(1, steps + 1):
        ahead = [e[i] + beta * (e[i] - before[i]) for i in range(n)]
        g = gradient(t, ahead if config.method == "nesterov" else e)
        before = list(e)
        for i in range(n):
            match config.method:
                case "plain" | "whitened":
                    e[i] -= eta * g[i]
                case "heavy_ball":
                    v[i] = beta * v[i] + g[i]
                    e[i] -= eta * v[i]
                case "nesterov":
                    e[i] = ahead[i] - eta * g[i]
                case "adagrad":
                    s[i] += g[i] ** 2
                    e[i] -= eta * g[i] / (math.sqrt(s[i]) + eps)
                case "rmsprop":
                    s[i] = rho * s[i] + (1 - rho) * g[i] ** 2
                    e[i] -= eta * g[i] / (math.sqrt(s[i]) + eps)
                case "adam":
                    m[i] = beta * m[i] + (1 - beta) * g[i]
                    s[i] = rho * s[i] + (1 - rho) * g[i] ** 2
                    e[i] -= eta * (m[i] / (1 - beta**t)) / (math.sqrt(s[i] / (1 - rho**t)) + eps)
                case _:
                    raise AssertionError("a method without a second implementation")
        path.append(list(e))
    return np.array(path) + np.array(config.target)


@pytest.mark.parametrize("batch", [0, 1, 3])
@pytest.mark.parametrize("key", METHODS)
def test_a_run_is_that_of_a_loop_in_scalars(key, batch):
    law = Inputs("relu", 3, flipped=(1,))
    config = MethodConfig(law, (1.0, -0.5, 0.2), (0.3, 0.1, -1.0), key, 0.04, 0.8, 0.95, batch, 60, 1e-12, seed=5)
    h, rng = second_moment(law), np.random.default_rng(5)
    whiten = np.linalg.inv(h) if key == "whitened" else np.eye(3)

    def gradient(t, e):
        a = draw_inputs(law, rng, (batch,)) if batch else None
        seen = h if a is None else sum(np.outer(one, one) for one in a) / batch
        return (whiten @ seen @ np.array(e)).tolist()

    run = minimise(config)
    assert run.status is Status.RUNNING and len(run.w) == 61
    expected = by_hand(config, gradient, 60)
    assert np.allclose(run.w, expected, rtol=1e-9, atol=1e-12)
    errors = expected - config.target
    assert np.allclose(run.loss, [e @ h @ e / 2 for e in errors], rtol=1e-8)
    length = sum(math.dist(a, b) for a, b in pairwise(expected))
    assert run.path_ratio == pytest.approx(length / math.dist(expected[0], config.target))


@given(st.floats(0.05, 1.15), st.sampled_from([0, 1, 4]), st.sampled_from(["sigmoid", "tanh", "gelu"]))
@settings(max_examples=40)
def test_the_plain_method_is_the_descent_of_the_neuron_page(share, batch, source):
    law = Inputs(source, 2)
    eta = share * 2 / np.linalg.eigvalsh(second_moment(law))[-1]
    run = minimise(MethodConfig(law, (0.2, 0.3), (1.0, -1.0), "plain", eta, batch=batch, steps=300, seed=2))
    other = descend(DescentConfig(law, (0.2, 0.3), (1.0, -1.0), eta, batch=batch, steps=300, seed=2))
    assert (run.status, run.steps, len(run.w)) == (other.status, other.steps, len(other.w))
    assert np.allclose(run.w, other.w, rtol=1e-7, atol=1e-9)
    assert run.path_ratio == pytest.approx(other.path_ratio, rel=1e-7)


def test_the_steps_that_are_quoted():
    """kappa 577 (a hundred sigmoids), equal errors at both ends."""
    halves = np.where(np.arange(100) < 50, 1.0, -1.0)
    h = like_inputs_hessian(100, MU, S)
    config = MethodConfig(quadratic(h), (np.ones(100) + halves) / 10, np.zeros(100), "plain", 0.0, steps=5000)
    for tolerance, expected in ((1e-3, (997, 106, 58)), (1e-12, (3988, 240, 276))):
        runs = [tuned(replace(config, method=key, tolerance=tolerance)) for key in ("plain", "heavy_ball", "nesterov")]
        assert tuple(run.steps for run in runs) == expected
    steep = np.abs(runs[1].w.sum(axis=1) / 10)
    assert steep.max() / steep[0] == pytest.approx(8.85, abs=0.01), "heavy ball overshoots first"
    assert np.abs(runs[2].w.sum(axis=1) / 10).max() == pytest.approx(steep[0]), "Nesterov's method does not"
    assert tuned(replace(config, method="whitened", tolerance=1e-12)).steps == 1


def test_what_rates_per_weight_do_and_do_not():
    """Along the axes they make a valley round; across them Adam keeps what its momentum gives, and the rest crawl once the
    goal asks for the flat direction too."""
    across, along = from_both_ends(10, KAPPA), from_both_ends(10, KAPPA, turned=False)
    steps = {
        (name, key): tuned(replace(config, method=key, decay=METHODS[key].decay, tolerance=1e-6)).steps
        for name, config in (("across", across), ("along", along))
        for key in METHODS
    }
    for key in PER_WEIGHT:
        assert steps["along", key] < 40 < steps["across", key] < 10_000
    assert all(steps["along", key] == steps["across", key] for key in LINEAR), (
        "eigenvectors are all that matters to them"
    )
    assert steps["across", "nesterov"] == 130 < steps["across", "adam"] == 217
    assert steps["across", "adagrad"] > 1500 and steps["across", "rmsprop"] > 2500 and steps["across", "plain"] == 1994
    without = tuned(replace(across, method="adam", beta=0.0, tolerance=1e-6))
    assert without.steps > 4 * 217, "most of Adam's help here is its momentum"


@pytest.mark.parametrize("key", PER_WEIGHT)
def test_the_searched_rate_is_the_best_of_all_that_are_tried(key):
    config = from_both_ends(3, 9.0)
    config = replace(config, method=key, start=(1.0, -0.4, 0.3), decay=METHODS[key].decay, steps=400)
    best = best_setting(config)
    runs = {eta: minimise(replace(config, eta=eta)) for eta in GRID.tolist()}
    arrived = {eta: run.steps for eta, run in runs.items() if run.steps is not None}
    assert best.steps == min(arrived.values()) == arrived[best.eta] and not best.at_end
    ties = [eta for eta, steps in arrived.items() if steps == best.steps]
    assert runs[best.eta].loss[-1] == min(runs[eta].loss[-1] for eta in ties)


@pytest.mark.parametrize("key", PER_WEIGHT)
def test_no_optimum_stands_at_the_end_of_the_grid(key):
    for n, kappa, tolerance in ((2, 1.0, 1e-3), (2, 9.0, 1e-6), (5, 120.0, 1e-4), (100, 577.0, 1e-3), (64, 48.0, 1e-6)):
        for scale in (1e-3, 1.0, 50.0):
            config = from_both_ends(n, kappa)
            start = np.array(config.start) * scale + scale * 0.1 * np.random.default_rng(n).standard_normal(n)
            config = replace(config, start=start, method=key, tolerance=tolerance, decay=METHODS[key].decay, steps=6000)
            best = best_setting(config)
            assert best.steps is not None and not best.at_end
            # Beside it on the grid it takes no fewer, but for what the last bits of a sum decide.
            near = [minimise(replace(config, eta=best.eta * f)).steps or math.inf for f in (2**-0.25, 1, 2**0.25)]
            assert near[1] == best.steps <= 1.1 * min(near)


def test_where_none_arrives_the_lowest_loss_is_best():
    config = replace(from_both_ends(100, 1e4), method="rmsprop", tolerance=1e-12, steps=30)
    best = best_setting(config)
    assert best.steps is None
    last = [minimise(replace(config, eta=eta)).loss[-1] for eta in GRID * max(map(abs, config.start))]
    assert minimise(replace(config, eta=best.eta)).loss[-1] == pytest.approx(min(last), rel=1e-9)


def test_a_run_that_is_there_already_takes_no_steps():
    for key in METHODS:
        for start, tolerance in (((0.5, 0.5), 1e-4), ((0.3, 0.1), 1.0)):
            config = MethodConfig(Inputs("relu"), start, (0.5, 0.5), key, 0.1, tolerance=tolerance)
            run, best = minimise(config), best_setting(config)
            assert run.steps == 0 and run.status is Status.CONVERGED and len(run.w) == 1 and not best.at_end
            assert best.steps == (0 if key in PER_WEIGHT else None)


@pytest.mark.parametrize(("key", "edge"), [("plain", 2.0), ("heavy_ball", 2 * 1.9), ("nesterov", 2 * 1.9 / 2.8)])
def test_above_its_edge_a_run_diverges_and_below_it_converges(key, edge):
    config = MethodConfig(quadratic([[2.0, 0.0], [0.0, 0.5]]), (1.0, 1.0), (0.0, 0.0), key, 0.0, beta=0.9, steps=5000)
    assert minimise(replace(config, eta=1.01 * edge / 2)).status is Status.DIVERGED
    assert minimise(replace(config, eta=0.99 * edge / 2)).status is Status.CONVERGED


def test_an_overshoot_is_no_divergence():
    """At kappa 1e8 heavy ball swings out 3,700 times, and comes back."""
    best = best_rate("heavy_ball", 1e-4, 1e4)
    h = np.diag([1e-4, 1e4])
    run = minimise(MethodConfig(quadratic(h), (1.0, 1.0), (0.0, 0.0), "heavy_ball", best.eta, best.beta, steps=20_000))
    assert np.abs(run.w[:, 1]).max() > 3000 and run.status is not Status.DIVERGED


GOOD = dict(
    inputs=Inputs("relu"), start=(0.0, 0.0), target=(1.0, 1.0), method="adam", eta=0.1, beta=0.9, decay=0.9, batch=1,
    steps=5, tolerance=1e-3, seed=0,
)  # fmt: skip


@pytest.mark.parametrize("parameter", GOOD)
def test_a_bad_value_is_refused_by_name_or_taken(parameter):
    for value in BAD:
        for call in (minimise, best_setting):
            try:
                call(MethodConfig(**{**GOOD, parameter: value}))
            except ValueError as error:
                assert " = " in str(error), (parameter, value)


@pytest.mark.parametrize(
    "hessian",
    [
        *BAD,
        [[1.0, 2.0], [2.0, 1.0]],
        [[1.0, 0.5], [0.2, 1.0]],
        [[1.0, 0.0]],
        [[1.0], [1.0, 2.0]],
        [[0.0]],
        [[1e-12]],
        [[1.0, 1.0], [1.0, 1.0]],
    ],
)
def test_what_is_no_curvature_is_refused_by_name(hessian):
    with pytest.raises(ValueError, match="hessian = "):
        Quadratic(hessian)


def test_lists_are_taken_and_settings_can_be_hashed():
    config = MethodConfig(Quadratic([[2, 0], [0, 1]]), [1, 0], [0, 0], "plain", 0.5)
    assert hash(config) == hash(replace(config)) and config.start == (1.0, 0.0)
    assert minimise(config).steps == 1
    with pytest.raises(ValueError, match="batch = 2"):
        replace(config, batch=2)
