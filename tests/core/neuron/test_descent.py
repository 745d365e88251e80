"""One neuron's descent against its closed form, plain loops and sampling."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.checks import Status
from core.dataset import DataSet
from core.inputs import Inputs, draw_inputs, second_moment, spectrum
from core.laws import Discrete
from core.neuron.descent import (
    FULL,
    DescentConfig,
    descend,
    full_batch_steps,
    mean_sweep,
    push_directions,
    same_sign,
    sample_gradient,
    step_limits,
)

UNIT = Inputs("uniform", 2, 0.5, 12**-0.5)
TEXTBOOK = ((0.0, 0.0), (1.0, -1.0))
weights = st.tuples(st.floats(-2, 2), st.floats(-2, 2))


@given(weights, weights, st.floats(0.01, 1.15), st.sampled_from(["sigmoid", "tanh", "relu", "gelu"]))
@settings(max_examples=50)
def test_full_batch_descent_is_its_closed_form(start, target, share, source):
    law = Inputs(source)
    eta = share * step_limits(law).edge
    run = descend(DescentConfig(law, start, target, eta, steps=60))
    values, vectors = np.linalg.eigh(second_moment(law))
    e0 = np.array(start) - target
    for t in range(len(run.w)):
        expected = vectors @ ((1 - eta * values) ** t * (vectors.T @ e0))
        assert np.allclose(run.w[t] - target, expected, atol=1e-9 * max(1, np.abs(expected).max()))
        assert run.loss[t] == pytest.approx(expected @ second_moment(law) @ expected / 2, rel=1e-6, abs=1e-15)


@given(weights, weights, st.floats(0.05, 0.99))
@settings(max_examples=50)
def test_the_closed_form_counts_the_steps_of_the_loop(start, target, share):
    config = DescentConfig(UNIT, start, target, share * step_limits(UNIT).edge, steps=5000)
    run = descend(config)
    if run.status is Status.CONVERGED:
        assert full_batch_steps(config) == run.steps


def test_the_textbook_start_crawls_along_the_flattest_direction():
    eta = 0.95 * step_limits(UNIT).edge
    run = descend(DescentConfig(UNIT, *TEXTBOOK, eta))
    assert run.flips == 0 and run.path_ratio <= 1
    assert np.allclose(run.w[:, 0], -run.w[:, 1])
    off_axis = descend(DescentConfig(UNIT, (0.2, 0.2), (1.0, -1.0), eta))
    assert off_axis.flips > 20 and off_axis.path_ratio > 1.5
    single = descend(DescentConfig(UNIT, *TEXTBOOK, 0.4 * step_limits(UNIT).edge, batch=1))
    assert single.flips > 5 and single.path_ratio > 2


def test_a_step_above_the_edge_looks_convergent_while_the_unstable_direction_is_unexcited():
    eta = 1.1 * step_limits(UNIT).edge
    assert descend(DescentConfig(UNIT, *TEXTBOOK, eta)).status is Status.CONVERGED
    assert descend(DescentConfig(UNIT, (0.1, 0.0), (1.0, -1.0), eta)).status is Status.DIVERGED


@pytest.mark.parametrize("flipped", [(), (1,)])
def test_a_start_on_an_eigenvector_stays_on_it_though_its_decimals_round(flipped):
    """(0, -1.9) - (0.1, -2) is (-0.1, 0.1) but for its last bit, which would grow 1.4 times a step."""
    law = Inputs("uniform", 2, 0.5, 0.1, flipped=flipped)
    start, target = ((0.0, -1.9), (0.1, -2.0)) if not flipped else ((0.0, 1.9), (0.1, 2.0))
    away = np.array(start) - target
    assert 0 < abs(away @ law.signs) < 1e-12, "a rounding error off the flat direction"
    config = DescentConfig(law, start, target, 1.2 * step_limits(law).edge, steps=5000)
    run = descend(config)
    flat = 1 - config.eta * 0.1**2
    assert run.steps == full_batch_steps(config) == math.ceil(math.log(1e-4) / (2 * math.log(flat)))
    assert run.flips == 0 and (run.w[0] == start).all()
    assert np.allclose(run.w - target, flat ** np.arange(len(run.w))[:, None] * away, rtol=1e-10, atol=0)
    # A hundred-millionth off it is no rounding: it grows.
    off = descend(replace(config, start=(start[0] + 1e-8, start[1])))
    assert off.status is Status.DIVERGED and off.flips > 20


def test_a_weight_that_does_not_move_is_said_to_stand_still():
    """Without a mean the path to a target on the axis of w1 is that axis, whatever the last bits say of w2."""
    for source in ("tanh", "uniform"):
        law = Inputs(source, 2, 0.0, 0.3)
        run = descend(DescentConfig(law, (0.0, 0.3), (0.7, 0.3), 0.3 * step_limits(law).edge))
        assert (run.update[:, 1] == 0).all() and (run.update[:, 0] > 0).all()
        assert same_sign(run.update) == same_sign(-run.update) == same_sign(run.update * [1, -1]) == run.steps


@given(weights, weights, st.floats(0.01, 1.15), st.sampled_from([FULL, 1, 3]))
@settings(max_examples=30)
def test_updates_are_the_steps_between_the_weights_and_their_signs_are_counted(start, target, share, batch):
    law = Inputs("relu")
    run = descend(DescentConfig(law, start, target, share * step_limits(law).edge, batch, 50, seed=3))
    assert np.allclose(run.update, np.diff(run.w, axis=0), rtol=1e-9, atol=1e-11 * max(1, np.abs(run.w).max()))
    counted = sum(one == 0 or other == 0 or (one > 0) == (other > 0) for one, other in run.update.tolist())
    assert same_sign(run.update) == counted
    # One sample's updates share a sign; the full batch's need not, and where they do not, those of its mirror image do.
    assert counted == len(run.update) or batch != 1
    assert counted + same_sign(run.update * [1, -1]) >= len(run.update)


@pytest.mark.parametrize("batch", [FULL, 1, 4])
def test_a_flipped_wire_mirrors_the_whole_run_exactly(batch):
    config = DescentConfig(Inputs("sigmoid", 3), (-1.0, 0.5, 0.3), (1.0, -1.0, 0.2), 1.2, batch, 200, seed=4)
    flipped = replace(
        config, inputs=Inputs("sigmoid", 3, flipped=(1,)), start=(-1.0, -0.5, 0.3), target=(1.0, 1.0, 0.2)
    )
    here, there = descend(config), descend(flipped)
    assert (there.w == here.w * [1, -1, 1]).all() and (there.update == here.update * [1, -1, 1]).all()
    assert there.steps == here.steps and there.flips == here.flips
    assert there.path_ratio == pytest.approx(here.path_ratio, rel=1e-12)


def test_batches_follow_a_plain_loop_over_the_same_draws():
    config = DescentConfig(UNIT, (-1.0, 0.5), (1.0, -1.0), 0.9, batch=3, steps=40, tolerance=1e-12, seed=8)
    run, w = descend(config), np.array(config.start)
    a = draw_inputs(UNIT, np.random.default_rng(8), (40, 3))
    for t in range(len(run.update)):
        delta = a[t] @ (w - config.target)
        w = w - 0.9 * (delta[:, None] * a[t]).mean(0)
        assert np.allclose(run.w[t + 1], w, atol=1e-12)


def test_single_samples_lose_stability_at_about_0_62_of_the_edge():
    assert step_limits(UNIT, 1).edge / step_limits(UNIT).edge == pytest.approx(0.62, abs=0.005)


@pytest.mark.parametrize("batch", [1, 4])
@pytest.mark.parametrize("law", [UNIT, Inputs("sigmoid"), Inputs("sigmoid", 3, flipped=(0,))])
def test_the_mean_square_edge_by_carrying_the_second_moment_of_the_error(law, batch):
    """E e e^T is carried by drawn curvatures: it shrinks just below the edge and grows just above."""
    limits, rng = step_limits(law, batch), np.random.default_rng(1)
    a = draw_inputs(law, rng, (60_000, batch))
    g = np.einsum("tbi,tbj->tij", a, a) / batch

    def growth(eta: float) -> float:
        step = (np.eye(law.n) - eta * g).reshape(len(g), -1)
        carried = (step.T @ step / len(g)).reshape((law.n,) * 4)  # the mean of step_ij step_lk
        moment = np.eye(law.n)
        for _ in range(60):
            moment = np.einsum("ijlk,jk->il", carried, moment)
            size = np.trace(moment)
            moment /= size
        return float(size)

    assert growth(0.95 * limits.edge) < 1 < growth(1.05 * limits.edge)
    assert growth(limits.best) < min(growth(0.85 * limits.best), growth(1.15 * limits.best))


def test_large_batches_have_the_limits_of_the_full_batch():
    full, large = step_limits(UNIT), step_limits(UNIT, 1024)
    assert large.edge == pytest.approx(full.edge, rel=0.01)
    assert full.edge == pytest.approx(2 / (7 / 12), rel=1e-12)
    assert full.best == pytest.approx(2 / (8 / 12), rel=1e-12)


@given(weights, weights, st.floats(0.05, 3), st.floats(-2, 2), st.floats(0.1, 2))
@settings(max_examples=50)
def test_the_cosine_to_the_target_never_falls_below_kantorovichs_bound(start, target, share, mean, spread):
    law = Inputs("uniform", 2, mean, spread)
    run = descend(DescentConfig(law, start, target, share * step_limits(law).edge, steps=40))
    kappa = spectrum(law).kappa
    moved = run.cosine[np.isfinite(run.cosine) & (np.abs(run.w[:-1] - target).max(1) > 1e-6)]
    assert (moved >= 2 * math.sqrt(kappa) / (1 + kappa) - 1e-6).all()


def test_what_a_run_says_of_itself():
    far = descend(DescentConfig(UNIT, (2.0, 2.0), (1.0, -1.0), 1.3 * step_limits(UNIT).edge))
    assert far.status is Status.DIVERGED and far.steps is None
    assert np.linalg.norm(far.w[-1] - (1, -1)) > 1e4 * np.linalg.norm(far.w[0] - (1, -1))
    still = descend(DescentConfig(UNIT, (1.0, -1.0), (1.0, -1.0), 1.0))
    assert (still.status, still.steps, len(still.w)) == (Status.CONVERGED, 0, 1) and math.isnan(still.path_ratio)
    stuck = descend(DescentConfig(UNIT, *TEXTBOOK, 0.0, steps=10))
    assert (stuck.status, stuck.steps, len(stuck.w)) == (Status.RUNNING, None, 11)
    assert full_batch_steps(DescentConfig(UNIT, *TEXTBOOK, 0.0)) is None


def test_a_samples_gradient_lies_on_the_ray_of_its_inputs_and_is_the_slope_of_its_loss():
    w, target, step = np.array([0.3, -0.7]), np.array([1.0, -1.0]), 1e-6
    one = sample_gradient(DescentConfig(Inputs("sigmoid"), (0.0, 0.0), tuple(target), 1.0), tuple(w), 5)
    assert np.allclose(one.gradient, one.delta * one.a)

    def loss(weights):
        return 0.5 * ((weights - target) @ one.a) ** 2

    slopes = [(loss(w + step * d) - loss(w - step * d)) / (2 * step) for d in np.eye(2)]
    assert np.allclose(one.gradient, slopes, rtol=1e-6)


@pytest.mark.parametrize("source", ["sigmoid", "relu", "uniform"])
def test_with_batches_of_one_the_sample_of_a_step_is_the_one_the_run_took(source):
    law = Inputs(source, 2, 0.5, 0.3, flipped=(1,))
    config = DescentConfig(law, (-1.0, 0.5), (1.0, -1.0), 0.02 * step_limits(law).edge, 1, 300, 1e-12, 6)
    run = descend(config)
    for step in (0, 1, 12, 127, 128, 200):
        one = sample_gradient(config, tuple(run.w[step]), step)
        assert np.allclose(run.w[step + 1] - run.w[step], -config.eta * one.gradient, rtol=1e-9, atol=1e-12)


def test_a_sample_drawn_at_a_step_is_another_at_the_next_and_the_same_again():
    config = DescentConfig(Inputs("sigmoid"), (-1.0, 0.5), (1.0, -1.0), 1.0, seed=6)
    drawn = [tuple(sample_gradient(config, (0.0, 0.0), step).a) for step in (0, 1, 2, 0)]
    assert len(set(drawn)) == 3 and drawn[0] == drawn[3]
    assert drawn[1] == tuple(draw_inputs(config.inputs, np.random.default_rng([6, 1]), ()))
    with pytest.raises(ValueError, match="step = -1"):
        sample_gradient(config, (0.0, 0.0), -1)


@pytest.mark.parametrize("flipped", [(), (0,), (1,), (0, 1)])
@pytest.mark.parametrize(
    "law",
    [
        Inputs("sigmoid"),
        Inputs("sigmoid", centred=True),
        Inputs("relu"),
        Inputs("uniform", 2, 1.0, 0.3),
        Inputs("uniform", 2, -1.0, 0.3),
    ],
)
def test_push_directions_are_those_of_drawn_samples(law, flipped):
    law, rng = replace(law, flipped=flipped), np.random.default_rng(2)
    for _ in range(6):
        e = rng.standard_normal(2)
        a = draw_inputs(law, rng, (4000,))
        update = -(a @ e)[:, None] * a
        update = update[np.abs(update).max(1) > 1e-9]
        angles = np.arctan2(update[:, 1], update[:, 0])
        intervals = push_directions(law, e)
        inside = np.zeros(len(angles), dtype=bool)
        for low, high in intervals:
            turned = low + np.mod(angles - low, 2 * np.pi)
            inside |= (turned <= high + 1e-9) | (turned >= low + 2 * np.pi - 1e-9)
        assert inside.all()
        for low, high in intervals:
            # Every fifth of an interval is hit by some sample, so nothing impossible is shaded.
            turned = low + np.mod(angles - low, 2 * np.pi)
            hits = np.histogram(turned[turned <= high], bins=3, range=(low, high))[0]
            assert high - low < 0.2 or law.source == "uniform" or (hits > 0).all()
    assert push_directions(law, np.zeros(2)) == []


def test_the_mean_costs_steps():
    sweep = mean_sweep(0.3, (-1.0, 0.5), (1.0, -1.0), tuple(k / 10 for k in range(21)))
    assert (np.diff(sweep.kappa) > 0).all() and sweep.kappa[5] == pytest.approx(1 + 2 * 0.25 / 0.09)
    assert (np.diff(sweep.steps) >= 0).all()
    law = Inputs("uniform", 2, 1.0, 0.3)
    run = descend(DescentConfig(law, (-1.0, 0.5), (1.0, -1.0), step_limits(law).best))
    assert sweep.steps[10] == run.steps and sweep.eta[10] == step_limits(law).best


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        ({"start": (0.0,)}, "start"),
        ({"target": (0.0, math.inf)}, "target"),
        ({"start": (1e9, 0.0)}, "start"),
        ({"eta": -1.0}, "eta"),
        ({"eta": 1e308}, "eta"),
        ({"batch": 2000}, "batch"),
        ({"steps": 10**9}, "steps"),
        ({"tolerance": 0.0}, "tolerance"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_settings_are_named(bad, name):
    good = {"inputs": UNIT, "start": (0.0, 0.0), "target": (1.0, -1.0), "eta": 0.1}
    with pytest.raises(ValueError, match=name):
        DescentConfig(**{**good, **bad})


def test_directions_are_those_of_two_weights():
    with pytest.raises(ValueError, match="n = 3"):
        push_directions(Inputs("sigmoid", 3), np.ones(3))


@example((0.0, 0.0), (2.0, -1.0), 1.0, 0.5, False)
@example((1.0, -0.9999), (0.0, 0.0), 1.05, 1e-3, False)
@given(weights, weights, st.floats(0.01, 1.1), st.sampled_from([1e-12, 1e-4, 0.5, 1 - 1e-9, 1.0]), st.booleans())
@settings(max_examples=60)
def test_run_and_closed_form_agree_on_every_number_of_steps_from_none_on(start, target, share, tolerance, at_target):
    start = target if at_target else start
    config = DescentConfig(UNIT, start, target, share * step_limits(UNIT).edge, steps=5000, tolerance=tolerance)
    run = descend(config)
    if run.status is Status.CONVERGED:
        assert full_batch_steps(config) == run.steps == len(run.w) - 1
    if tolerance == 1 or at_target:
        assert run.steps == full_batch_steps(config) == descend(replace(config, batch=2)).steps == 0


SAMPLES = ((0.2, 1.0, 0.5), (1.5, 0.3, -0.2), (0.4, 0.4, 1.0), (1.0, 2.0, 0.1), (-0.5, 0.6, 0.3))
DATA = DataSet(SAMPLES, (1.0, -2.0, 0.5, 0.3, 1.2))
"""Five samples whose targets no three weights reach."""
WIDE = DataSet(SAMPLES[:2], (1.0, -2.0))
"""Fewer samples than weights: a whole line of optima."""


def loss_of(data, w):
    return sum(
        (sum(p * q for p, q in zip(a, w, strict=True)) - y) ** 2 for a, y in zip(data.a, data.y, strict=True)
    ) / (2 * len(data.y))


@pytest.mark.parametrize("data", [DATA, WIDE])
@pytest.mark.parametrize("share", [0.3, 0.95, 1.05])
def test_the_full_batch_of_a_data_set_follows_a_plain_loop(data, share):
    config = DescentConfig(data, (1.0, -1.0, 0.5), None, share * step_limits(data).edge, steps=200, tolerance=1e-8)
    run, w = descend(config), np.array(config.start)
    best = np.linalg.lstsq(np.array(data.a), np.array(data.y), rcond=None)[0]
    least, first = loss_of(data, best), loss_of(data, w)
    assert run.least == pytest.approx(least, abs=1e-15)
    for t in range(len(run.update)):
        assert np.allclose(run.w[t], w, atol=1e-10 * max(1, np.abs(w).max()))
        assert run.loss[t] == pytest.approx(loss_of(data, w), rel=1e-9, abs=1e-14)
        assert loss_of(data, w) - least > 1e-8 * (first - least) or t == 0
        w = w - config.eta * np.mean([(a @ w - y) * a for a, y in zip(np.array(data.a), data.y, strict=True)], axis=0)
    if run.status is Status.CONVERGED:
        assert loss_of(data, w) - least <= 1e-8 * (first - least)
        assert run.steps == full_batch_steps(config) == len(run.update)
        # What no sample sees stays as it started.
        unseen = np.eye(3) - np.linalg.pinv(np.array(data.a)) @ np.array(data.a)
        assert np.allclose(unseen @ (run.w[-1] - run.w[0]), 0, atol=1e-12)
        assert np.allclose(run.target, best + unseen @ config.start, atol=1e-10)
    assert (run.status is Status.DIVERGED) == (share > 1)


@pytest.mark.parametrize("order", ["given", "shuffled"])
@pytest.mark.parametrize("batch", [1, 2, 5])
def test_batches_of_a_data_set_go_through_it_pass_by_pass(order, batch):
    data = replace(DATA, order=order)
    config = DescentConfig(data, (1.0, -1.0, 0.5), None, 0.1, batch, 40, 1e-12, 7)
    run, w, rng, t = descend(config), np.array(config.start), np.random.default_rng(7), 0
    while t < 40:
        passing = list(rng.permutation(5)) if order == "shuffled" else [0, 1, 2, 3, 4]
        while passing and t < 40:
            taken, passing = passing[:batch], passing[batch:]
            slopes = [(sum(SAMPLES[k] * w) - data.y[k]) * np.array(SAMPLES[k]) for k in taken]
            if batch == 1:
                one = sample_gradient(config, tuple(w), t)
                assert np.allclose(one.gradient, slopes[0]) and tuple(one.a) == SAMPLES[taken[0]]
            w = w - 0.1 * np.mean(slopes, axis=0)
            t += 1
            assert np.allclose(run.w[t], w, atol=1e-12)
            assert run.loss[t] == pytest.approx(loss_of(data, w))


def test_a_data_set_with_the_targets_of_a_line_descends_as_a_law_with_its_moments_would():
    """Four corners, a standard deviation from the middle, have the second moment of two uniform inputs: so has every step."""
    a = [(0.5 + s / math.sqrt(12), 0.5 + t / math.sqrt(12)) for s in (-1, 1) for t in (-1, 1)]
    assert np.allclose(second_moment(DataSet(a, [0] * 4)), second_moment(UNIT))
    target = (1.0, -1.0)
    data = DataSet(a, [p * target[0] + q * target[1] for p, q in a])
    ours = DescentConfig(data, (0.2, 0.2), None, 0.9 * step_limits(data).edge)
    here, there = descend(ours), descend(replace(ours, inputs=UNIT, target=target))
    assert here.steps == there.steps == full_batch_steps(ours) and here.flips == there.flips
    assert np.allclose(here.w, there.w, atol=1e-9) and here.least == pytest.approx(0, abs=1e-20)
    assert here.path_ratio == pytest.approx(there.path_ratio, rel=1e-9)


def test_a_run_that_starts_at_the_optimum_of_its_data_is_there():
    best = np.linalg.lstsq(np.array(DATA.a), np.array(DATA.y), rcond=None)[0]
    for batch in (FULL, 2):
        config = DescentConfig(DATA, best, None, 0.1, batch)
        assert descend(config).steps == full_batch_steps(config) == 0
    # Single samples move away from it again and again, which is no divergence.
    noisy = descend(DescentConfig(DATA, best + 1e-9, None, 0.1, 1, 500))
    assert noisy.status is Status.RUNNING and noisy.loss.max() > DATA_LEAST


DATA_LEAST = loss_of(DATA, np.linalg.lstsq(np.array(DATA.a), np.array(DATA.y), rcond=None)[0])


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        ({"target": (1.0, 1.0, 1.0)}, "target"),
        ({"batch": 6}, "batch = 6"),
        ({"start": (0.0, 0.0)}, "start"),
        ({"inputs": UNIT, "start": (0.0, 0.0)}, "target = None"),
        ({"inputs": SAMPLES}, "inputs"),
    ],
)
def test_what_a_data_set_does_not_go_with_is_named(bad, name):
    with pytest.raises(ValueError, match=name):
        DescentConfig(**{"inputs": DATA, "start": (0.0, 0.0, 0.0), "eta": 0.1, **bad})


def test_a_run_has_a_law_or_a_data_set():
    assert DescentConfig(UNIT, (0.0, 0.0), (1.0, 1.0)).law is UNIT
    with pytest.raises(ValueError, match="no law"):
        _ = DescentConfig(DATA, (0.0, 0.0, 0.0)).law


def test_discrete_and_gaussian_laws_descend_too():
    for law in (Inputs("signs", 2), Inputs("gaussian", 2, 1.0, 0.5), Inputs(Discrete((0.0, 1.0)), 2)):
        for batch in (FULL, 1, 4):
            config = DescentConfig(law, (-1.0, 0.5), (1.0, -1.0), 0.3 * step_limits(law, batch).edge, batch, 5000)
            assert descend(config).status is Status.CONVERGED
    with pytest.raises(ValueError, match="has no density"):
        push_directions(Inputs("signs", 2), np.ones(2))
    assert len(push_directions(Inputs("gaussian", 2, 1.0, 0.5), np.ones(2))) == 1


@pytest.mark.parametrize("wanted", [1, 59, 60, 61, 599, 600, 601, 2000])
def test_a_run_ends_where_a_plain_loop_does_however_far_it_is_looked_ahead(wanted):
    law = Inputs("sigmoid")
    hessian, error = second_moment(law), np.array([1.0, -1.0])
    # Along the flat direction alone the loss is multiplied by factor^2 at each step.
    flat = error @ hessian @ error / 2
    factor = 1e-4 ** (1 / (2 * (wanted - 0.5)))
    config = DescentConfig(law, tuple(error), (0.0, 0.0), (1 - factor) / flat, steps=5000)
    losses = [error @ hessian @ error / 2]
    while losses[-1] > 1e-4 * losses[0]:
        error = error - config.eta * hessian @ error
        losses.append(error @ hessian @ error / 2)
    run = descend(config)
    assert (run.status, run.steps, len(losses) - 1) == (Status.CONVERGED, wanted, wanted)
    assert np.allclose(run.loss, losses, rtol=1e-9)
    cut = descend(replace(config, steps=wanted - 1)) if wanted > 1 else None
    assert cut is None or (cut.status, len(cut.loss)) == (Status.RUNNING, wanted)
