"""The example that ships, beside the network it is taken from."""

import numpy as np
import pytest

from core import EXAMPLE_VARIANTS, activation, diagnose, digits, example_layers


@pytest.mark.parametrize("trained", [False, True])
@pytest.mark.parametrize("variant", EXAMPLE_VARIANTS)
def test_the_example_is_finite_at_every_depth_and_a_layer_is_fed_by_the_one_before(variant, trained):
    for depth in (1, 5):
        layers = example_layers(variant, trained, depth)
        assert list(layers) == [*(f"hidden {n + 1}" for n in range(depth)), "output"]
        np.testing.assert_array_equal(layers["hidden 1"].a, digits().x)
        assert layers["hidden 1"].activation is None and layers["output"].activation in (variant, "centred")
        for held in layers.values():
            assert (
                np.isfinite(held.a).all() and np.isfinite(held.delta).all() and len(held.a) == len(held.delta) == 1000
            )
            assert not held.a.flags.writeable
    unit = activation(layers["output"].activation)
    assert layers["output"].a.min() >= unit.low and layers["output"].a.max() <= unit.high
    # The signal of the outputs is (p - onehot) / N: its rows sum to 0, and every one has one negative entry, its label.
    output = layers["output"].delta
    np.testing.assert_allclose(output.sum(axis=1), 0, atol=1e-15)
    np.testing.assert_array_equal(output.argmin(axis=1), digits().labels)


def test_training_changes_the_example_and_lowers_its_loss():
    def error(layers):
        return np.abs(layers["output"].delta.min(axis=1)).mean()

    for variant in EXAMPLE_VARIANTS:
        assert error(example_layers(variant, True)) < 0.8 * error(example_layers(variant, False))


def test_which_layer_of_the_sigmoid_network_is_the_most_lopsided():
    """At the start, without a bias column, the last hidden layer's outputs by far: they hardly vary."""
    found = diagnose(example_layers("sigmoid"))
    without = [layer.lopsidedness_without_bias for layer in found.layers]
    assert without[-1] > 10 * max(without[:-1])
    assert found["output"].each.spread.max() < 0.02 < 0.1 < found["hidden 2"].each.spread.min()
    # With one, the bias itself bounds the gain: all layers that sigmoids feed gain alike, about n / 4 + 1.
    assert [round(layer.lopsidedness) for layer in found.layers] == [1, 9, 9, 9]
    assert found.most_lopsided.name == "output"
    # Standardised pixels are centred, and so is tanh at the start.
    assert found["hidden 1"].lopsidedness == pytest.approx(1)
    assert max(layer.lopsidedness for layer in diagnose(example_layers("tanh")).layers) < 1.01


@pytest.mark.parametrize(
    ("call", "name"),
    [(("softsign",), "variant"), (("tanh", 2), "trained"), (("tanh", True, 0), "depth"), ((3,), "variant")],
)
def test_unknown_examples_are_told(call, name):
    with pytest.raises(ValueError, match=name):
        example_layers(*call)
