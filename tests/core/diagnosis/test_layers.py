"""The diagnosis of arrays: planted spectra, invariances, laws known in closed form, and every array that is refused."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core import Inputs, Layer, condition_number, diagnose, draw_inputs, input_moments, noise_kappa, noise_lock
from core.diagnosis import arrays
from core.diagnosis.report import halves, number


def planted(eigenvalues, mean, samples=500, seed=0):
    """Samples whose covariance has exactly these eigenvalues and whose mean is exactly this, up to rounding."""
    rng, n = np.random.default_rng(seed), len(eigenvalues)
    noise = rng.standard_normal((samples, n))
    noise = np.linalg.qr(noise - noise.mean(axis=0))[0] * math.sqrt(samples)
    turned = np.linalg.qr(rng.standard_normal((n, n)))[0]
    return noise * np.sqrt(eigenvalues) @ turned.T + mean, turned


def test_a_planted_spectrum_comes_back():
    wanted = np.array([0.01, 0.2, 0.7, 3.0, 40.0])
    a, _ = planted(wanted, 0.0)
    found = diagnose(a)
    for spectrum in (found.raw, found.centred):
        np.testing.assert_allclose(spectrum.eigenvalues, wanted, rtol=1e-10)
        assert spectrum.kappa == pytest.approx(4000, rel=1e-9) and spectrum.rank == 5
    np.testing.assert_allclose(found.centred_bias.eigenvalues, np.sort([*wanted, 1.0]), rtol=1e-10)
    assert found.lopsidedness == pytest.approx(1) and found.mean_share == pytest.approx(0, abs=1e-20)


@pytest.mark.parametrize(("samples", "units"), [(60, 7), (7, 60), (30, 30), (31, 30), (30, 31)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_all_four_spectra_are_those_of_the_plain_matrices(samples, units, dtype):
    a = (np.random.default_rng(1).standard_normal((samples, units)) + 0.7).astype(dtype)
    found, wide = diagnose(a), a.astype(float)
    for centre, bias, spectrum in (
        (False, False, found.raw),
        (True, False, found.centred),
        (False, True, found.raw_bias),
        (True, True, found.centred_bias),
    ):
        x = wide - wide.mean(axis=0) if centre else wide
        x = np.hstack([x, np.ones((samples, 1))]) if bias else x
        wanted = np.linalg.svd(x, compute_uv=False) ** 2 / samples
        padded = np.sort(np.append(wanted, np.zeros(x.shape[1] - len(wanted))))
        np.testing.assert_allclose(spectrum.eigenvalues, padded, rtol=1e-9, atol=1e-13)
        assert spectrum.rank == np.linalg.matrix_rank(x, tol=1e-6)
        assert spectrum.kappa == pytest.approx(wanted[0] / wanted[: spectrum.rank][-1], rel=1e-8)
    assert found.lopsidedness == pytest.approx(found.raw_bias.top / found.centred_bias.top)


def test_blocks_change_nothing(monkeypatch):
    rng = np.random.default_rng(2)
    for shape in ((90, 11), (11, 90)):
        a, delta = rng.standard_normal(shape) + 0.5, rng.standard_normal((shape[0], 4))
        whole = diagnose(a, delta, "tanh", z=a)
        monkeypatch.setattr(arrays, "BLOCK_BYTES", 8 * 13)
        monkeypatch.setattr("core.diagnosis.spectra.PANEL", 3)
        parts = diagnose(a, delta, "tanh", z=a)
        monkeypatch.undo()
        np.testing.assert_allclose(parts.raw_bias.eigenvalues, whole.raw_bias.eigenvalues, rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(parts.centred.eigenvalues, whole.centred.eigenvalues, rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(parts.each.spread, whole.each.spread, rtol=1e-12)
        np.testing.assert_array_equal(parts.each.saturated, whole.each.saturated)
        np.testing.assert_array_equal(parts.locks.locked, whole.locks.locked)


def numbers(found):
    """Every number of a diagnosis that no order of samples, units or neurons may change; units sorted."""
    each = [np.sort(x) for x in (found.each.mean, found.each.spread, found.each.saturated)]
    spectra = [s.eigenvalues for s in (found.raw, found.centred, found.raw_bias, found.centred_bias)]
    return [*each, *spectra, found.lopsidedness, found.mean_share, found.delta_norm, found.dead, found.constant]


def signs(found):
    return [found.locks.locked, found.locks.bits, found.noise.locked, found.noise.bits]


@hypothesis_settings(max_examples=10)
@given(st.integers(0, 2**32), st.integers(10, 150), st.integers(2, 90), st.integers(1, 80))
def test_no_order_of_samples_units_or_neurons_matters(seed, samples, units, neurons):
    rng = np.random.default_rng(seed)
    a, delta = np.maximum(rng.standard_normal((samples, units)) + 0.3, 0), rng.standard_normal((samples, neurons))
    delta[rng.random(delta.shape) < 0.2] = 0
    rows, columns, others = rng.permutation(samples), rng.permutation(units), rng.permutation(neurons)
    one = diagnose(a, delta, "relu", batches=(1, 2, 8))
    other = diagnose(a[rows][:, columns], delta[rows][:, others], "relu", batches=(1, 2, 8))
    for x, y in zip(numbers(one) + signs(one), numbers(other) + signs(other), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-9, atol=1e-12)


def test_a_flip_of_units_changes_the_lock_and_the_thresholds_only():
    rng = np.random.default_rng(4)
    z = rng.standard_normal((400, 10))
    a, delta = 1 / (1 + np.exp(-z)), rng.standard_normal((400, 5))
    flip = np.where(np.arange(10) % 2, -1.0, 1.0)
    one, other = diagnose(a, delta, "sigmoid", z=3 * z), diagnose(a * flip, delta, "sigmoid", z=3 * z)
    skip = (0,)  # the means of flipped units are flipped
    for index, (x, y) in enumerate(zip(numbers(one), numbers(other), strict=True)):
        if index not in skip:
            np.testing.assert_allclose(x, y, rtol=1e-9, atol=1e-13)
    assert one.locks.locked[0] == 1 and other.locks.locked[0] == 0
    assert other.noise.locked < one.noise.locked / 5
    # The entropy of a pair of signs does not see a flip: 1 bit stays 1 bit.
    np.testing.assert_allclose(one.locks.bits, other.locks.bits, rtol=1e-12)
    assert diagnose(a * flip, delta, "sigmoid").saturated is None


@hypothesis_settings(max_examples=50)
@given(st.floats(1e-20, 1e20))
def test_scaling_by_c_scales_eigenvalues_by_c_squared(c):
    a = np.random.default_rng(5).standard_normal((40, 6)) + 1
    one, other = diagnose(a), diagnose(c * a)
    np.testing.assert_allclose(other.raw.eigenvalues / c / c, one.raw.eigenvalues, rtol=1e-9)
    np.testing.assert_allclose(other.centred.eigenvalues / c / c, one.centred.eigenvalues, rtol=1e-9)
    assert other.lopsidedness_without_bias == pytest.approx(one.lopsidedness_without_bias, rel=1e-9)


@pytest.mark.parametrize("source", ["uniform", "sigmoid", "tanh", "relu", "gelu"])
def test_the_laws_of_the_neuron_page_give_its_kappa(source):
    law, samples = Inputs(source, 16), 60_000
    found = diagnose(draw_inputs(law, np.random.default_rng(6), (samples,)))
    noise = 2 * math.sqrt(law.n / samples)  # the edges of the sample's bulk, each
    assert found.raw.kappa == pytest.approx(condition_number(law), rel=2.5 * noise)
    assert found.raw_bias.kappa == pytest.approx(condition_number(law, bias=True), rel=2.5 * noise)
    mu, s = input_moments(law)
    assert found.mean_share == pytest.approx(mu * mu / (mu * mu + s * s), abs=0.01)
    assert found.noise.locked == pytest.approx(noise_lock(law), abs=0.01)


def test_a_hundred_sigmoids_are_26_times_with_a_bias_and_577_without():
    law = Inputs("sigmoid", 50)
    rng = np.random.default_rng(7)
    a = np.hstack([draw_inputs(law, rng, (50_000,)), draw_inputs(law, rng, (50_000,))])
    found, (mu, s) = diagnose(a), input_moments(law)
    assert found.lopsidedness == pytest.approx(100 * mu * mu + s * s + 1, rel=0.01)
    assert found.lopsidedness == pytest.approx(26, abs=0.1)
    # The top of the sampled covariance is (1 + sqrt(n / N))^2 too high (Marchenko and Pastur).
    edge = (1 + math.sqrt(100 / 50_000)) ** 2
    assert found.lopsidedness_without_bias * edge == pytest.approx(1 + 100 * mu * mu / s / s, rel=0.02)


def test_few_samples_of_pure_noise_show_the_kappa_that_is_told():
    a = np.random.default_rng(8).standard_normal((4000, 400))
    found = diagnose(a)
    assert noise_kappa(4000, 400) == found.noise_kappa == pytest.approx(3.70, abs=0.01)
    assert found.centred.kappa == pytest.approx(found.noise_kappa, rel=0.05)
    assert found.centred.eigenvalues[0] == pytest.approx(0.468, rel=0.05)
    assert "3.71 (Marchenko" in found.report()
    assert noise_kappa(5, 5) == math.inf


def test_dead_constant_and_deficient_units_are_told():
    rng = np.random.default_rng(9)
    a = np.maximum(rng.standard_normal((300, 6)), 0)
    a[:, 1], a[:, 2], a[:, 5] = 0, 0.1, a[:, 0]
    found = diagnose(a)
    assert (found.dead, found.constant) == (1, 2)
    assert found.raw.rank == 4 and found.centred.rank == 3 and found.raw_bias.rank == found.centred_bias.rank == 4
    assert found.each.spread[2] == 0 and found.each.mean[2] == 0.1
    assert any("never varied" in one for one in found.remarks)
    # Of the units that vary: who never moves has no spread to speak of.
    spread = np.delete(a.std(axis=0), [1, 2])
    assert f"spreads {spread.min():.3g} to {spread.max():.3g} (of the 4 that vary)" in found.report()


@pytest.mark.parametrize(
    ("mean_share", "said"),
    [
        (1.0, "0 % variation, 100 % mean"),
        (0.0, "100 % variation, 0 % mean"),
        (0.9995925, "0.0408 % variation, 99.9592 % mean"),
        (0.123, "87.7 % variation, 12.3 % mean"),
        (0.5, "50 % variation, 50 % mean"),
        (1 - 1e-6, "under 0.01 % variation, over 99.99 % mean"),
    ],
)
def test_both_parts_of_a_second_moment_add_up_as_they_are_told(mean_share, said):
    assert halves(mean_share) == said


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (31.25, "31.3"),
        (0.03125, "0.0313"),
        (100.5, "101"),
        (2.5, "2.5"),
        (0.0, "0"),
        (1234.4, "1,234"),
        (2e-7, "2.00e-07"),
    ],
)
def test_what_lies_halfway_is_rounded_away_from_zero(value, text):
    assert number(value) == text


def test_an_activation_is_asked_for_only_of_outputs():
    """Data and pixels have none to name."""
    (said,) = (one for one in diagnose(np.random.default_rng(1).random((9, 2))).remarks if "Saturation" in one)
    assert "if these are outputs of units, name their activation" in said


@pytest.mark.parametrize(("value", "ratio"), [(0.0, 1.0), (0.3, math.inf), (-2e5, math.inf)])
def test_a_layer_that_never_varies_has_an_answer(value, ratio):
    found = diagnose(np.full((50, 4), value), np.ones((50, 2)))
    assert found.lopsidedness_without_bias == ratio and found.lopsidedness == pytest.approx(1 + 4 * value * value)
    assert found.mean_share == float(value != 0) and found.centred.rank == 0 and found.centred.kappa == 1
    assert "nan" not in found.report()


@pytest.mark.parametrize(
    ("key", "low", "high"),
    [("sigmoid", 0.0101, 0.9899), ("tanh", -0.9798, 0.9798), ("relu", 0, None), ("leaky_relu", 0, None)],
)
def test_saturated_outputs_are_those_of_the_activations_own_zone(key, low, high):
    from core import activation, saturated_zone

    z = np.random.default_rng(10).standard_normal((4000, 5)) * 4
    a = activation(key).f(z)
    by_outputs, by_z = diagnose(a, activation=key), diagnose(a, activation=key, z=z)
    np.testing.assert_array_equal(by_outputs.each.saturated, by_z.each.saturated)
    slow = np.zeros(z.shape, dtype=bool)
    for left, right in saturated_zone(key).intervals:
        slow |= (z > left) & (z < right)
    np.testing.assert_allclose(by_z.each.saturated, slow.mean(axis=0))
    ends = by_outputs.saturation.intervals
    assert ends[0][1] == pytest.approx(low, abs=5e-5)
    assert high is None or ends[-1][0] == pytest.approx(high, abs=5e-5)


@pytest.mark.parametrize("key", ["gelu", "silu"])
def test_outputs_of_an_activation_that_is_not_monotone_do_not_decide(key):
    from core import activation

    z = np.random.default_rng(11).standard_normal((500, 3)) * 3
    a = activation(key).f(z)
    found = diagnose(a, activation=key)
    assert found.saturated is None and "Give z" in found.report()
    slope = np.abs(activation(key).df(z)) < 0.04 * activation(key).max_slope
    np.testing.assert_allclose(diagnose(a, activation=key, z=z).each.saturated, slope.mean(axis=0))


def test_outputs_that_the_activation_cannot_have_are_told():
    found = diagnose(np.random.default_rng(12).standard_normal((50, 3)), activation="sigmoid")
    assert found.saturated is None and "no outputs of sigmoid" in found.report()


def test_several_layers_with_the_factor_between_them():
    rng = np.random.default_rng(13)
    a, delta = rng.standard_normal((100, 4)), rng.standard_normal((100, 3))
    found = diagnose(
        {"first": (a, delta / 8), "second": Layer(a + 1, delta / 2, activation="identity"), "out": (a, delta)}
    )
    np.testing.assert_allclose(found.factors, [0.25, 0.5])
    assert found.factor == pytest.approx(math.sqrt(0.125)) and found.most_lopsided.name == "second"
    assert found["out"].delta_norm == pytest.approx(math.sqrt((delta**2).sum() / 100))
    assert found["second"].saturated == 0 and "most lopsided: second" in found.report()
    missing = diagnose({"first": a, "second": (a, delta), "third": (a, 0 * delta)})
    assert missing.factor is None and np.isnan(missing.factors).all()
    by_name = diagnose({"x": a, "y": np.abs(a)}, activation={"y": "relu"})
    assert by_name["x"].saturated is None and by_name["y"].saturated == 0


def test_a_signal_too_small_to_be_squared_keeps_its_norm_and_signs():
    rng = np.random.default_rng(14)
    a, delta = rng.random((60, 4)), rng.standard_normal((60, 3))
    one, other = diagnose(a, delta), diagnose(a, delta * 1e-200)
    assert other.delta_norm == pytest.approx(1e-200 * one.delta_norm)
    np.testing.assert_array_equal(one.locks.locked, other.locks.locked)
    np.testing.assert_array_equal(one.locks.bits, other.locks.bits)


def test_no_result_can_be_changed_and_no_input_is():
    a = np.random.default_rng(15).random((30, 3))
    before = a.copy()
    found = diagnose(a, a[:, :2])
    np.testing.assert_array_equal(a, before)
    for array in (found.each.mean, found.each.dead, found.raw.eigenvalues, found.locks.locked):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


class Tensor:
    """What a tensor that still has a graph does."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")


A = np.random.default_rng(16).random((20, 3))
HOLES = A.copy()
HOLES[7, 2] = np.nan
POLES = A.copy()
POLES[3, 0] = -np.inf
SIGNALLING = A.astype(np.float32)
SIGNALLING.view(np.uint32)[7, 2] = 0x7F800001
REFUSED = {
    "nan": (HOLES, r"a\[7, 2\] is not a number: leave such samples out"),
    "a signalling nan": (SIGNALLING, r"a\[7, 2\] is not a number"),
    "a nan in the first row": (np.roll(SIGNALLING, -7, axis=0), r"a\[0, 2\] is not a number"),
    "infinite": (POLES, r"a\[3, 0\] is infinite"),
    "empty": (A[:0], r"shape \(0, 3\), it is empty"),
    "no units": (A[:, :0], r"shape \(20, 0\), it is empty"),
    "one sample": (A[:1], "one sample has no spread"),
    "one dimension": (A[0], r"one dimension: give samples x units, a\[:, None\]"),
    "four dimensions": (A.reshape(5, 2, 2, 3), "make each position a sample"),
    "a number": (3.0, "not samples x units"),
    "bool": (A > 0.5, r"True and False: convert it with .astype\(float\)"),
    "object": (A.astype(object), "Python objects"),
    "ragged": ([[1.0, 2.0], [3.0]], "rows of unlike length"),
    "text": (np.array([["a", "b"], ["c", "d"]]), "text"),
    "complex": (A + 1j, "complex numbers"),
    "masked": (np.ma.masked_greater(A, 0.5), "masked"),
    "records": (np.zeros((3, 2), dtype=[("x", float)]), "records"),
    "dates": (np.zeros((3, 2), dtype="datetime64[s]"), "dates"),
    "none": (None, "Python objects"),
    "tensor": (Tensor(), r"\.detach\(\)"),
    "too large": (A * 1e150, "largest absolute value"),
    "too small": (A * 1e-150, "largest absolute value"),
    "at the end of the range": (np.array([[1e308, 1], [-1e308, 2]]), "largest absolute value"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_refused_with_name_place_and_remedy(case):
    value, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        diagnose(value)
    if case not in ("too large", "too small", "at the end of the range", "one sample", "empty", "no units"):
        with pytest.raises(ValueError, match=message.replace("a\\[", "h.delta\\[")):
            diagnose({"h": (A, value)} if value is not None else {"h": (A, np.array(None))})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (dict(a=A, delta=A[:5]), "both must come from the same samples"),
        (dict(a=A, z=A[:, :2]), "z has a value for each output"),
        (dict(a=A, activation="sigmoyd"), "activation = 'sigmoyd'"),
        (dict(a=A, activation=3), "activation = 3"),
        (dict(a=A, share=0), "share"),
        (dict(a=A, seed=-1), "seed"),
        (dict(a=A, delta=A, batches=(0,)), "batches"),
        (dict(a=A, delta=A, batches=3), "batches"),
        (dict(a=A, name="<b>"), "layer name"),
        (dict(a=Layer(A), delta=A), "belong into the Layer"),
        (dict(a={}), "empty"),
        (dict(a={"x": A}, delta=A), "into the mapping"),
        (dict(a={"x": A}, activation={"y": "relu"}), "not among"),
        (dict(a={"x": ()}), "tuple of 0"),
        (dict(a={3: A}), "layer name"),
    ],
)
def test_wrong_calls_are_told(call, message):
    with pytest.raises(ValueError, match=message):
        diagnose(**call)


def test_whole_numbers_and_lists_are_taken():
    np.testing.assert_array_equal(diagnose([[1, 2], [3, 5], [4, 4]]).each.low, [1, 2])
    wide = np.array([[200, 1], [100, 2], [50, 255]], dtype=np.uint8)
    assert diagnose(wide).raw.top == diagnose(wide.astype(float)).raw.top
    half = np.random.default_rng(17).random((30, 3)).astype(np.float16)
    assert diagnose(half).raw.top == diagnose(half.astype(float)).raw.top
