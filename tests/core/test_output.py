"""core.output: finite differences, mpmath, a slow loop, closed forms, and growth rates as slopes."""

import math
import pickle

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.checks import Status
from core.output import (
    COSTS,
    CROSS_ENTROPY,
    MOST_STEPS,
    SQUARED,
    OutputConfig,
    chain,
    courses,
    flow_steps,
    gradient,
    learn,
    loss,
    start_sweep,
    steps_needed,
)

mp = mpmath.mp.clone()
mp.dps = 40

costs = st.sampled_from(COSTS)
targets = st.one_of(st.just(0.0), st.just(1.0), st.floats(0, 1))


def exact_loss(cost, z, y):
    z, y = mp.mpf(z), mp.mpf(y)
    a, rest = 1 / (1 + mp.exp(-z)), 1 / (1 + mp.exp(z))
    if cost == SQUARED:
        return ((1 - y) * a - y * rest) ** 2 / 2
    return y * mp.log1p(mp.exp(-z)) + (1 - y) * mp.log1p(mp.exp(z))


def exact_gradient(cost, z, y):
    z, y = mp.mpf(z), mp.mpf(y)
    a, rest = 1 / (1 + mp.exp(-z)), 1 / (1 + mp.exp(z))
    error = (1 - y) * a - y * rest
    return error * a * rest if cost == SQUARED else error


@settings(max_examples=50)
@given(cost=costs, z=st.floats(-15, 15), y=targets)
def test_gradient_matches_finite_differences(cost, z, y):
    h = 1e-3
    # Five points: the error is h^4 / 30 times the fifth derivative.
    stencil = loss(cost, np.array([z - 2 * h, z - h, z + h, z + 2 * h]), y)
    difference = float(stencil @ [1, -8, 8, -1]) / (12 * h)
    scale = max(float(loss(cost, z, y)), abs(difference))
    assert float(gradient(cost, z, y)) == pytest.approx(difference, rel=1e-6, abs=1e-12 * scale + 1e-300)


@settings(max_examples=50)
@given(cost=costs, z=st.floats(-700, 700), y=st.sampled_from([0.0, 1.0, 0.5, 0.03, 0.875]))
def test_loss_and_gradient_match_high_precision(cost, z, y):
    for found, exact in (
        (loss(cost, z, y), exact_loss(cost, z, y)),
        (gradient(cost, z, y), exact_gradient(cost, z, y)),
    ):
        # Inside (0, 1) the gradient crosses 0, where only absolute precision means anything.
        blur = 0 if y in (0, 1) else 1e-16
        assert abs(mp.mpf(float(found)) - exact) <= max(1e-13 * abs(exact), blur, mp.mpf("1e-300"))


@pytest.mark.parametrize("y", [0.0, 1.0, 0.25])
def test_loss_from_logits_is_safe_to_ten_thousand(y):
    z = np.array([-1e4, -800.0, 0.0, 800.0, 1e4])
    with np.errstate(all="raise"):
        cross, squared = loss(CROSS_ENTROPY, z, y), loss(SQUARED, z, y)
        slopes = [gradient(cost, z, y) for cost in COSTS]
    assert cross == pytest.approx([1e4 * y, 800 * y, math.log(2), 800 * (1 - y), 1e4 * (1 - y)], rel=1e-15)
    assert squared == pytest.approx([y * y / 2, y * y / 2, (0.5 - y) ** 2 / 2, (1 - y) ** 2 / 2, (1 - y) ** 2 / 2])
    assert all(np.isfinite(slope).all() for slope in slopes)


def test_squared_error_pushes_hardest_at_two_thirds():
    z = np.linspace(-5, 5, 100_001)
    top = z[np.argmax(gradient(SQUARED, z, 0.0))]
    assert 1 / (1 + math.exp(-top)) == pytest.approx(2 / 3, abs=1e-4)
    assert float(gradient(SQUARED, math.log(2), 0.0)) == pytest.approx(4 / 27, rel=1e-15)


@settings(max_examples=50)
@given(cost=costs, z=st.floats(-600, 600), y=targets)
def test_mirror(cost, z, y):
    assert float(loss(cost, z, y)) == pytest.approx(float(loss(cost, -z, 1 - y)), rel=1e-9, abs=1e-13)
    assert float(gradient(cost, z, y)) == pytest.approx(-float(gradient(cost, -z, 1 - y)), rel=1e-9, abs=1e-15)


@settings(max_examples=50)
@given(cost=costs, z=st.floats(-30, 30), y=targets)
def test_chain_rule(cost, z, y):
    link = chain(cost, z, y)
    assert link.dl_da * link.da_dz == pytest.approx(link.dl_dz, rel=1e-13, abs=1e-300)
    a = 1 / (1 + mp.exp(-mp.mpf(z)))
    rest = 1 - a
    exact = a - y if cost == SQUARED else -y / a + (1 - y) / rest
    assert link.dl_da == pytest.approx(float(exact), rel=1e-9, abs=1e-9)
    assert link.da_dz == pytest.approx(float(a * rest), rel=1e-14)


def slow_descent(config: OutputConfig) -> list[tuple]:
    """Descent as one would write it down, in high precision: w, b, z, a, loss by step."""
    with mpmath.workdps(30):
        w, b, x, y, eta = (mpmath.mpf(v) for v in (config.w, config.b, config.x, config.y, config.eta))
        rows = []
        for _ in range(config.steps + 1):
            z = w * x + b
            a = 1 / (1 + mpmath.exp(-z))
            if config.cost == SQUARED:
                value, upstream = (a - y) ** 2 / 2, (a - y) * a * (1 - a)
            else:
                value, upstream = -(y * mpmath.log(a) + (1 - y) * mpmath.log(1 - a)), a - y
            rows.append((float(w), float(b), float(z), float(a), float(value), float(upstream)))
            w, b = w - eta * upstream * x, b - eta * upstream
        return rows


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("start", [(0.6, 0.9), (2.0, 2.0)])
def test_nielsens_setting(cost, start):
    config = OutputConfig(cost, *start)
    assert (config.x, config.y, config.eta, config.steps) == (1.0, 0.0, 0.15, 300)
    run = learn(config)
    expected = np.array(slow_descent(config)).T
    for found, column in zip((run.w, run.b, run.z, run.a, run.loss, run.gradient), expected, strict=True):
        assert found == pytest.approx(column, rel=1e-11, abs=1e-13)
    reached = [k for k, a in enumerate(expected[3]) if a <= config.goal]
    assert run.steps == (reached[0] if reached else None)


def test_nielsens_outcomes():
    """What he reports for squared error: 0.82 falls to 0.09; from 0.98 it is slow to start and ends at 0.20."""
    mild, stuck = learn(OutputConfig(SQUARED, 0.6, 0.9)), learn(OutputConfig(SQUARED, 2.0, 2.0))
    assert [round(float(run.a[k]), 2) for run in (mild, stuck) for k in (0, -1)] == [0.82, 0.09, 0.98, 0.20]
    assert (mild.status, stuck.status) == (Status.CONVERGED, Status.RUNNING)
    assert stuck.a[150] > 0.5
    cross = learn(OutputConfig(CROSS_ENTROPY, 2.0, 2.0))
    assert cross.status is Status.CONVERGED
    # With cross-entropy the worse start learns faster at first.
    assert cross.gradient[0] > learn(OutputConfig(CROSS_ENTROPY, 0.6, 0.9)).gradient[0]


@settings(max_examples=40)
@given(
    cost=costs,
    w=st.floats(-4, 4),
    b=st.floats(-4, 4),
    x=st.floats(-3, 3),
    y=targets,
    eta=st.floats(0.01, 3),
)
def test_descent_matches_a_slow_loop(cost, w, b, x, y, eta):
    config = OutputConfig(cost, w, b, x, y, eta, steps=25)
    run, expected = learn(config), np.array(slow_descent(config)).T
    for found, column in zip((run.w, run.b, run.z, run.a, run.loss), expected, strict=False):
        assert found == pytest.approx(column, rel=1e-8, abs=1e-8)
    assert run.z == pytest.approx(run.w * x + run.b, abs=1e-11)


def test_the_longest_run():
    run = learn(OutputConfig(SQUARED, 3.9, 3.9, steps=MOST_STEPS))
    assert run.z.shape == (MOST_STEPS + 1,)
    assert run.steps is not None
    assert run.a[run.steps] <= 0.1 < run.a[run.steps - 1]
    assert not run.z.flags.writeable
    assert pickle.loads(pickle.dumps(run)).steps == run.steps


@pytest.mark.parametrize("cost", COSTS)
def test_a_huge_step_overshoots_and_stays_bounded(cost):
    with np.errstate(all="raise"):
        run = learn(OutputConfig(cost, 350.0, 350.0, 1.0, 0.5, 500.0, 2000))
    assert np.isfinite(run.loss).all()
    assert np.abs(run.z).max() <= 1200


def closed_form(cost, z0, goal):
    end = math.log(goal / (1 - goal))
    if cost == CROSS_ENTROPY:
        return (z0 - math.exp(-z0)) - (end - math.exp(-end))

    def primitive(z):
        return math.exp(z) + 3 * z - 3 * math.exp(-z) - math.exp(-2 * z) / 2

    return primitive(z0) - primitive(end)


@settings(max_examples=50)
@given(cost=costs, z0=st.floats(-2.19, 600), goal=st.floats(1e-4, 0.1), x=st.floats(-5, 5), eta=st.floats(0.01, 1))
def test_flow_matches_the_closed_form(cost, z0, goal, x, eta):
    expected = closed_form(cost, z0, goal) / (x * x + 1) / eta
    for sign, y in ((1, 0.0), (-1, 1.0)):
        config = OutputConfig(cost, 0.0, sign * z0, x, y, eta, goal=goal)
        assert flow_steps(config) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize(
    ("z0", "y", "goal"), [(6.0, 0.3, 0.01), (-4.0, 0.7, 0.05), (9.0, 1e-3, 1e-3), (-20.0, 0.5, 1e-6)]
)
def test_flow_towards_an_inner_target_against_mpmath(cost, z0, y, goal):
    end = y + goal if z0 > math.log(y / (1 - y)) else y - goal
    end = math.log(end / (1 - end))
    middle = [end + (z0 - end) * 2.0**-k for k in range(25, -1, -1)]
    time = mpmath.quad(lambda z: 1 / exact_gradient(cost, z, y), [end, *middle])
    assert flow_steps(OutputConfig(cost, 0.0, z0, 1.0, y, 0.5, goal=goal)) == pytest.approx(float(time), rel=1e-8)


@pytest.mark.parametrize("cost", COSTS)
def test_descent_tends_to_the_flow(cost):
    """The gap to continuous time is of first order in eta: a tenth of eta, a tenth of the gap in time."""
    gaps = []
    for eta in (0.5, 0.05):
        run_config = OutputConfig(cost, 1.0, 1.5, eta=eta, steps=MOST_STEPS)
        run = learn(run_config)
        k = run.steps
        # Where between two steps the goal was crossed, from the logit.
        end = math.log(0.1 / 0.9)
        crossed = k - 1 + (run.z[k - 1] - end) / (run.z[k - 1] - run.z[k])
        gaps.append(eta * abs(crossed - flow_steps(run_config)))
    assert gaps[1] == pytest.approx(gaps[0] / 10, rel=0.25)


def test_no_way_to_go():
    for cost in COSTS:
        assert flow_steps(OutputConfig(cost, 0.0, -3.0)) == 0
        assert learn(OutputConfig(cost, 0.0, -3.0)).steps == 0
        assert flow_steps(OutputConfig(cost, 0.0, 0.0, y=0.5)) == 0
        assert flow_steps(OutputConfig(cost, 0.0, 600.0, y=0.75, goal=0.3)) == 0


def test_steps_grow_like_exp_and_like_z():
    starts = tuple(np.linspace(8, 10, 9))
    # At eta = 2 descent is not cut off from any of these.
    squared, cross = (start_sweep(OutputConfig(cost, eta=2.0), starts) for cost in COSTS)
    assert np.isfinite(squared.steps).all()
    for steps in (squared.steps, squared.flow):
        assert np.polyfit(starts, np.log(steps), 1)[0] == pytest.approx(1, abs=0.02)
    assert cross.steps[-1] < 8
    slow = start_sweep(OutputConfig(CROSS_ENTROPY, eta=0.02), starts)
    for steps in (slow.steps, slow.flow):
        assert np.polyfit(starts, steps, 1)[0] == pytest.approx(1 / (2 * 0.02), rel=0.01)


def test_far_out_the_growth_is_exact():
    """From z0 = 20 on, one more unit of z0 costs e times the steps, or 1 / (eta (x^2 + 1)) more."""
    starts = (20.0, 21.0, 22.0, 40.0, 41.0)
    squared, cross = (start_sweep(OutputConfig(cost), starts) for cost in COSTS)
    assert np.isnan(squared.steps).all()
    assert squared.flow[1:3] / squared.flow[:2] == pytest.approx([math.e] * 2, rel=1e-6)
    assert squared.flow[4] / squared.flow[3] == pytest.approx(math.e, rel=1e-12)
    assert np.diff(cross.flow)[[0, 1, 3]] == pytest.approx([1 / 0.3] * 3, rel=1e-6)
    assert np.diff(cross.steps)[[0, 1, 3]] == pytest.approx([1 / 0.3] * 3, abs=1)


def test_sweep_is_the_runs_one_by_one():
    starts = (-5.0, -1.0, 0.0, 3.0, 6.0, 7.9, 9.0)
    for cost in COSTS:
        sweep = start_sweep(OutputConfig(cost, w=123.0), starts)
        for k, start in enumerate(starts):
            config = OutputConfig(cost, 0.0, start, steps=MOST_STEPS)
            one = learn(config).steps
            assert sweep.steps[k] == one if one is not None else np.isnan(sweep.steps[k])
            assert sweep.flow[k] == flow_steps(config)
        assert sweep.z.tolist() == list(starts)
        assert not sweep.steps.flags.writeable


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize(("y", "eta"), [(0.0, 2.0), (1.0, 2.0), (0.5, 1.0), (0.0, 40.0), (0.5, 40.0)])
def test_sweep_skips_no_start_that_descent_would_reach(cost, y, eta):
    """Starts in no order, on both sides, with steps that keep their order and steps that do not."""
    starts = (11.0, -11.0, 3.0, -9.3, 10.2, 0.0, 14.0, -4.0, 9.0)
    sweep = start_sweep(OutputConfig(cost, y=y, eta=eta), starts)
    for k, start in enumerate(starts):
        one = learn(OutputConfig(cost, 0.0, start, y=y, eta=eta, steps=MOST_STEPS)).steps
        assert sweep.steps[k] == one if one is not None else np.isnan(sweep.steps[k])


def test_from_5_to_10():
    squared, cross = (start_sweep(OutputConfig(cost), (5.0, 10.0)) for cost in COSTS)
    for sweep, cost in ((squared, SQUARED), (cross, CROSS_ENTROPY)):
        expected = closed_form(cost, 10.0, 0.1) / closed_form(cost, 5.0, 0.1)
        assert sweep.flow[1] / sweep.flow[0] == pytest.approx(expected, rel=1e-10)
    assert squared.flow[1] / squared.flow[0] > 90
    assert cross.flow[1] / cross.flow[0] < 1.4


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cost", "hinge"),
        ("cost", None),
        ("w", math.nan),
        ("b", 2000.0),
        ("x", 101.0),
        ("y", -0.1),
        ("y", 1.1),
        ("eta", 0.0),
        ("eta", 600.0),
        ("steps", 0),
        ("steps", 10_001),
        ("steps", 3.0),
        ("goal", 0.0),
        ("goal", 0.6),
    ],
)
def test_bad_settings(field, value):
    with pytest.raises(ValueError, match=rf"{field}.* = .* (in|one of)"):
        OutputConfig(**{"cost": SQUARED, field: value})


def test_bad_arguments():
    for bad in (
        lambda: loss("hinge", 0.0, 0.0),
        lambda: loss(SQUARED, 1.1e4, 0.0),
        lambda: gradient(SQUARED, [math.nan], 0.0),
        lambda: gradient(SQUARED, 0.0, 2.0),
        lambda: chain(SQUARED, 701.0, 0.0),
        lambda: start_sweep(OutputConfig(SQUARED), ()),
        lambda: start_sweep(OutputConfig(SQUARED), (701.0,)),
        lambda: OutputConfig(SQUARED, w=500.0, b=500.0),
    ):
        with pytest.raises(ValueError, match=r" = .* (in|one of|within)"):
            bad()


@settings(max_examples=30)
@given(cost=costs, y=targets, eta=st.floats(0.01, 3), w=st.floats(-6, 6), b=st.floats(-6, 6))
def test_steps_are_counted_beyond_the_run_as_by_it(cost, y, eta, w, b):
    needed = steps_needed(OutputConfig(cost, w, b, y=y, eta=eta, steps=1))
    run = learn(OutputConfig(cost, w, b, y=y, eta=eta, steps=MOST_STEPS))
    if needed != run.steps:
        # A step that ends within rounding of the goal may be told either way.
        at = min(n for n in (needed, run.steps) if n is not None)
        assert abs(abs(run.a[at] - y) - 0.1) < 1e-9


@settings(max_examples=30)
@given(
    cost=costs,
    y=targets,
    eta=st.floats(0.01, 3),
    starts=st.lists(st.floats(-300, 300), min_size=1, max_size=4),
    steps=st.lists(st.integers(0, 200), min_size=1, max_size=4, unique=True),
)
def test_courses_from_many_starts_are_the_runs_of_each(cost, y, eta, starts, steps):
    found = courses(OutputConfig(cost, y=y, eta=eta), tuple(starts), tuple(sorted(steps)))
    assert found.shape == (len(starts), len(steps)) and not found.flags.writeable
    for start, course in zip(starts, found, strict=True):
        run = learn(OutputConfig(cost, 0.0, start, y=y, eta=eta, steps=max(1, *steps)))
        assert course == pytest.approx(run.z[sorted(steps)], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("starts", "steps", "named"),
    [
        ((), (1,), "starts"),
        ((701.0,), (1,), "start"),
        ((1.0,), (2, 1), "steps"),
        ((1.0,), (1, 1), "steps"),
        ((1.0,), (10_001,), "step"),
    ],
)
def test_courses_name_what_is_wrong(starts, steps, named):
    with pytest.raises(ValueError, match=named):
        courses(OutputConfig(SQUARED), starts, steps)


@pytest.mark.parametrize("cost", COSTS)
def test_a_start_far_beyond_every_exponential_overshoots_in_peace(cost):
    # One step of 1,000 from 700 lands at -300 with cross-entropy; none of it warns.
    found = courses(OutputConfig(cost, eta=500.0), (700.0, -700.0), (0, 1, 50))
    assert np.isfinite(found).all()
