"""What is kept of a layer says what the layer itself would have said, and holds none of its samples."""

import gc
import weakref
from itertools import product

import numpy as np
import pytest

from core import Layer, diagnose, example_layers, record_layers
from core.activations import ACTIVATIONS
from core.diagnosis.records import BINS, SHARES
from tests.breadth import wide

RNG = np.random.default_rng(3)


def layer(kind: str, samples: int = 203, units: int = 7) -> Layer:
    z = 3 * RNG.standard_normal((samples, units))
    a = ACTIVATIONS[kind].f(z)
    a[:, 2] = 0.25 if kind != "relu" else 0.0
    return Layer(a, RNG.standard_normal((samples, 3)))


KINDS = ("sigmoid", "tanh", "relu", "gelu")


@pytest.mark.parametrize(("kind", "share"), wide(product(KINDS, SHARES), *zip(KINDS, SHARES, strict=True)))
def test_an_activation_named_later_gives_the_diagnosis_that_naming_it_at_once_gives(kind, share):
    given = {"one": layer(kind), "two": layer("sigmoid")}
    kept = record_layers(given)
    for key in (None, *ACTIVATIONS):
        at_once, later = diagnose(given, activation=key, share=share), kept.read(key, share)
        assert later.report() == at_once.report()
        for one, other in zip(later.layers, at_once.layers, strict=True):
            assert one.saturation == other.saturation
            if other.each.saturated is None:
                assert one.each.saturated is None
            else:
                assert np.array_equal(one.each.saturated, other.each.saturated)


def test_pre_activations_decide_where_they_are_given():
    z = RNG.standard_normal((50, 4)) * 4
    given = {"x": Layer(ACTIVATIONS["gelu"].f(z), None, z)}
    kept = record_layers(given)
    assert kept.read("gelu").layers[0].saturated == diagnose(given, activation="gelu").layers[0].saturated is not None


def test_the_recorded_activation_is_used_unless_another_is_named():
    example = example_layers("sigmoid")
    kept = record_layers(example)
    assert kept.read().report() == diagnose(example).report()
    assert kept.read("tanh").report() == diagnose(dict(example), activation="tanh").report()
    assert [one.recorded for one in kept.layers] == [None, "sigmoid", "sigmoid", "sigmoid"]


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int8])
def test_histograms_are_those_of_numpy(dtype, monkeypatch):
    monkeypatch.setattr("core.diagnosis.arrays.BLOCK_BYTES", 8 * 5 * 11)
    a = (20 * RNG.standard_normal((203, 5))).astype(dtype)
    a[:, 1] = 7
    record = record_layers({"x": Layer(a)}).layers[0]
    assert record.counts.shape == (5, BINS) and (record.counts.sum(axis=1) == 203).all()
    for unit in (0, 2, 3, 4):
        values = a[:, unit].astype(float)
        wanted, edges = np.histogram(values, bins=BINS, range=(values.min(), values.max()))
        assert record.edges(unit) == pytest.approx(edges)
        # A value on a bound between two bins may fall to either side by a rounding.
        assert np.abs(np.cumsum(record.counts[unit].astype(int)) - np.cumsum(wanted)).max() <= (dtype == np.int8) * 40
    assert record.counts[1, 0] == 203


def test_nothing_of_the_arrays_is_held():
    class Watched(np.ndarray):
        pass

    a = RNG.random((30, 4)).view(Watched)
    gone = weakref.ref(a)
    kept = record_layers({"x": Layer(a)})
    del a
    gc.collect()
    assert gone() is None and kept.layers[0].diagnosis.samples == 30


def test_a_unit_that_hardly_moves_has_a_histogram():
    a = RNG.random((20, 2))
    a[:, 1] = 0.0
    a[3, 1] = 1e-310
    counts = record_layers({"x": Layer(a)}).layers[0].counts
    assert counts[1, 0] == 19 and counts[1, -1] == 1


def test_bad_values_are_named():
    kept = record_layers({"x": layer("tanh")})
    with pytest.raises(ValueError, match=r"share = 0\.3"):
        kept.read("tanh", 0.3)
    with pytest.raises(ValueError, match="key = 'swish'"):
        kept.read("swish")


def test_single_layers_may_have_an_activation_of_their_own():
    record = record_layers({"one": Layer(np.eye(3)), "two": Layer(np.eye(3))})
    found = record.read("sigmoid", named={"two": "relu"})
    assert [layer.saturation.key for layer in found.layers] == ["sigmoid", "relu"]
    with pytest.raises(ValueError, match="not there: 'three'"):
        record.read(named={"three": "relu"})
