"""What width makes of a neuron, against plain descent of all its weights."""

import numpy as np
import pytest

from core.inputs import Inputs, second_moment
from core.signs.wide import layer_width

START, TARGET = np.array([[-1.0, 0.5], [0.8, -1.2]]), np.array([[1.0, -1.0], [-1.0, 0.8]])


@pytest.mark.parametrize(("source", "n"), [("sigmoid", 2), ("sigmoid", 10), ("relu", 6), ("tanh", 4)])
def test_steps_of_every_kind_are_those_of_a_plain_loop(source, n):
    found = layer_width(Inputs(source, n), START, TARGET)
    mirror = np.resize([1.0, -1.0], n)
    for law, sign, told in (
        (Inputs(source, n), 1.0, found.steps),
        (Inputs(source, n, flipped=tuple(range(1, n, 2))), mirror, found.flipped),
        (Inputs(source, n, centred=True), 1.0, found.centred),
    ):
        h = second_moment(law)
        values = np.linalg.eigvalsh(h)
        error = (np.tile(START - TARGET, n // 2)) * sign
        first, steps = np.trace(error @ h @ error.T), 0
        while np.trace(error @ h @ error.T) > 1e-4 * first:
            error, steps = error - 2 / (values[0] + values[-1]) * error @ h, steps + 1
        assert told == steps
    assert found.kappa == pytest.approx(np.linalg.cond(second_moment(Inputs(source, n))))
    draws = np.random.default_rng(0).multivariate_normal(np.zeros(n), second_moment(Inputs(source, n)), 40_000)
    agree = (np.abs(np.sign(draws).sum(axis=1)) == n).mean()
    assert found.lock == pytest.approx(agree, abs=0.01) and found.coins == 0.5 ** (n - 1)


def test_only_plain_inputs_in_pairs():
    for law in (Inputs("sigmoid", 3), Inputs("sigmoid", 2, flipped=(0,)), Inputs("sigmoid", 2, centred=True)):
        with pytest.raises(ValueError, match="even number"):
            layer_width(law, START, TARGET)
