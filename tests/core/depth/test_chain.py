"""The chain against finite differences."""

import math

import numpy as np
import pytest

from core.activations import activation
from core.depth.chain import chain_gradients


@pytest.mark.parametrize("key", ["sigmoid", "tanh", "gelu"])
@pytest.mark.parametrize("weight", [1.0, -2.5, 4.0])
def test_each_gradient_is_a_difference_of_outputs(key, weight):
    f, layers, step = activation(key).f, 6, 1e-6
    inputs = [0.3] + [float(f(0.0))] * (layers - 1)

    def out(moved: int, by: float) -> float:
        x = 0.3
        for layer in range(layers):
            # The bias that holds the unit of the chain as it is at 0.
            x = float(f(weight * x - weight * inputs[layer] + (by if layer == moved else 0.0)))
        return x

    found = chain_gradients(key, weight, layers)
    for back in range(layers):
        at = layers - 1 - back
        assert found[back] == pytest.approx((out(at, step) - out(at, -step)) / (2 * step), rel=1e-6, abs=1e-9)


def test_the_one_that_everybody_knows():
    assert chain_gradients("sigmoid", 1.0, 4).tolist() == [0.25, 0.0625, 0.015625, 0.00390625]
    assert chain_gradients("sigmoid", 4.0, 900) == pytest.approx(np.full(900, 0.25))


@pytest.mark.parametrize(("name", "bad"), [("weight", (math.nan, 3)), ("weight", (101, 3)), ("layers", (1.0, 0))])
def test_bad_arguments(name, bad):
    with pytest.raises(ValueError, match=f"{name} = "):
        chain_gradients("sigmoid", *bad)
