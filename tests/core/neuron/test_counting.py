"""Plain descent that is counted, against a loop over its steps, a closed form for one curvature, and what must hold exactly."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.neuron.counting import fewest_plain_steps, plain_steps
from core.neuron.tuning import MethodConfig, Quadratic, best_rate, minimise
from tests.core.test_bad_arguments import BAD

valleys = st.lists(
    st.tuples(st.floats(1e-3, 10), st.floats(-3, 3).filter(lambda e: abs(e) > 1e-3)), min_size=1, max_size=5
)
"""Curvatures, and the error of the start along each."""
tolerances = st.floats(1e-9, 0.9)


def steps_of_a_loop(eta: float, valley: list[tuple[float, float]], tolerance: float, most: int) -> float:
    """One step after the other, one direction after the other."""
    errors, steps = [error for _, error in valley], 0
    first = sum(curve * error**2 for curve, error in valley)
    while steps < most:
        errors = [error - eta * curve * error for (curve, _), error in zip(valley, errors, strict=True)]
        steps += 1
        if sum(curve * error**2 for (curve, _), error in zip(valley, errors, strict=True)) <= tolerance * first:
            return steps
    return math.inf


@settings(max_examples=60)
@given(valleys, tolerances, st.floats(0.05, 0.999))
def test_it_is_what_a_loop_counts(valley, tolerance, share):
    curves, errors = zip(*valley, strict=True)
    eta = share * 2 / max(curves)
    (found,) = plain_steps([eta], curves, errors, tolerance)
    looped = steps_of_a_loop(eta, valley, tolerance, 3000)
    # Where a step ends at the goal within rounding, a loop may take one more or one less.
    assert abs(found - looped) <= 1 if looped < math.inf else found >= 2999
    (before, there) = (sum(c * e**2 * (1 - eta * c) ** (2 * t) for c, e in valley) for t in (found - 1, found))
    goal = tolerance * sum(c * e**2 for c, e in valley)
    assert there <= goal * (1 + 1e-9) and before > goal * (1 - 1e-9)


@settings(max_examples=60)
@given(st.floats(1e-6, 1e6), st.floats(1e-6, 0.5), tolerances, st.floats(0.01, 100))
def test_one_curvature_has_a_closed_form(curve, share, tolerance, error):
    """(1 - eta lambda)^(2t) <= tolerance: t = log(tolerance) / (2 log |1 - eta lambda|), rounded up; the same on both sides of
    1 / lambda, wherever the start is."""
    exact = math.log(tolerance) / (2 * math.log1p(-share))
    found = plain_steps([share / curve, (2 - share) / curve], [curve], [error], tolerance)
    assert (np.abs(found - max(exact + 0.5, 1)) <= 0.5 + 1e-8 * exact).all()


@settings(max_examples=60)
@given(valleys, tolerances, st.floats(0.05, 0.999), st.floats(1e-3, 1e3), st.permutations(range(5)))
def test_no_unit_and_no_order_matters(valley, tolerance, share, unit, order):
    """Larger curvatures at smaller rates, larger errors, other places: the same steps. A harder goal: no fewer."""
    curves, errors = (np.array(column) for column in zip(*valley, strict=True))
    etas = share * 2 / curves.max() * np.array([0.3, 1.0])
    found = plain_steps(etas, curves, errors, tolerance)
    kept = [at for at in order if at < len(curves)]
    other = plain_steps(etas / unit, unit * curves[kept], -unit * errors[kept], tolerance)
    assert (np.abs(found - other) <= 1).all()  # a goal that is met within rounding
    assert (plain_steps(etas, curves, errors, tolerance / 2) >= found).all()
    assert (plain_steps(etas[1:], curves, errors, tolerance) == found[1:]).all(), "each rate by itself"


def test_it_is_what_a_run_counts():
    h = np.diag([0.3, 2.0, 5.0])
    for eta in (0.1, best_rate("plain", 0.3, 5.0).eta, 0.399):
        run = minimise(MethodConfig(Quadratic(h.tolist()), (1.0, -2.0, 0.5), (0.0,) * 3, "plain", eta, tolerance=1e-5))
        assert plain_steps([eta], np.diag(h), [1.0, -2.0, 0.5], 1e-5).tolist() == [run.steps]


def test_at_the_ends():
    assert plain_steps([0.5], [2.0], [3.0], 1e-12).tolist() == [1], "there in one step"
    assert plain_steps([0.5], [2.0], [0.0], 1e-12).tolist() == [1], "no error at all"
    assert plain_steps([0.0, 1.0, 1.1], [2.0], [3.0], 0.5).tolist() == [math.inf] * 3, "it stays, swings, or grows"
    assert plain_steps([1.1], [2.0, 1.0], [0.0, 1.0], 0.5).tolist() == [1], "only an error that is there can grow"
    # Far beyond what is run; of 1 - 1e-12 a float knows the rest to four digits.
    (far,) = plain_steps([1e-12], [1.0], [1.0], 1e-3)
    assert far == pytest.approx(math.log(1e3) / 2e-12, rel=1e-3) and far == round(far)
    assert not plain_steps([0.1], [1.0], [1.0], 0.1).flags.writeable


@pytest.mark.parametrize("tolerance", [1e-3, 1e-12])
@pytest.mark.parametrize("kappa", [1.0, 7.0, 577.0])
def test_no_rate_of_a_finer_search_needs_clearly_fewer_steps(kappa, tolerance):
    """Steps of a loop at 300 rates that were not looked at; the best in the long run is one of those that need no fewer."""
    found = fewest_plain_steps(0.2, 0.2 * kappa, tolerance)
    etas = np.linspace(0.5, 1, 300, endpoint=False) * 2 / (0.2 * kappa)
    factors, share = np.abs(1 - np.outer(etas, [0.2, 0.2 * kappa])), np.array([1.0, kappa]) / (1 + kappa)
    left, steps = np.ones_like(factors), 0
    while not (left**2 @ share <= tolerance).any():
        left, steps = left * factors, steps + 1
    assert found <= steps * 1.01 + 1
    assert found >= 0.99 * steps - 1
    assert found <= plain_steps([best_rate("plain", 0.2, 0.2 * kappa).eta], [0.2, 0.2 * kappa], [1, 1], tolerance)[0]


GOOD = dict(etas=[0.1, 0.2], curvatures=[1.0, 2.0], errors=[1.0, 1.0], tolerance=1e-3)


@pytest.mark.parametrize(
    ("function", "good"), [(plain_steps, GOOD), (fewest_plain_steps, dict(flattest=0.5, steepest=2.0, tolerance=1e-3))]
)
def test_a_bad_value_is_refused_by_name_or_taken(function, good):
    for parameter in good:
        for value in BAD:
            try:
                function(**{**good, parameter: value})
            except ValueError as error:
                assert " = " in str(error), (parameter, value)
    with pytest.raises(ValueError, match=r"errors = .* is not a finite array of shape \(2\)"):
        plain_steps(**{**GOOD, "errors": [1.0]})
