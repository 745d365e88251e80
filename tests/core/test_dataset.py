"""A data set of one's own: its curvature, its optimum and its batches against slow loops and dense algebra."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import DataSet, Inputs, condition_number, draw_inputs, second_moment, spectrum, step_limits
from core.dataset import data_batches, least_squares

entries = st.floats(-3, 3).map(lambda x: round(x, 3))


@st.composite
def data_sets(draw, fewest=1, most=8):
    samples, n = draw(st.integers(fewest, most)), draw(st.integers(1, 4))
    a = draw(st.lists(st.lists(entries, min_size=n, max_size=n), min_size=samples, max_size=samples))
    a[0][0] = 1.0
    return DataSet(a, draw(st.lists(entries, min_size=samples, max_size=samples)))


@given(data_sets(), st.booleans())
@settings(max_examples=60)
def test_the_second_moment_is_the_mean_over_the_samples(data, bias):
    rows = [list(row) + [1.0] * bias for row in data.a]
    slow = [[sum(r[i] * r[j] for r in rows) / len(rows) for j in range(len(rows[0]))] for i in range(len(rows[0]))]
    assert second_moment(data, bias) == pytest.approx(np.array(slow), rel=1e-12, abs=1e-14)
    singular = np.linalg.svd(np.array(rows), compute_uv=False)
    curved = singular[singular > 1e-6 * singular[0]]
    if (singular[len(curved) :] < 1e-10 * singular[0]).all():
        assert condition_number(data, bias) == pytest.approx((curved[0] / curved[-1]) ** 2, rel=1e-3)


@given(data_sets())
@settings(max_examples=60)
def test_the_spectrum_and_its_rank(data):
    shape, h = spectrum(data), second_moment(data)
    assert np.allclose(shape.vectors @ np.diag(shape.eigenvalues) @ shape.vectors.T, h, atol=1e-12 * h.max())
    assert (np.diff(shape.eigenvalues) >= 0).all() and (shape.eigenvalues > 0).sum() == shape.rank <= data.samples
    limits = step_limits(data)
    curved = shape.eigenvalues[-shape.rank :]
    assert limits.edge * curved[-1] == pytest.approx(2) and limits.best * (curved[0] + curved[-1]) == pytest.approx(2)


def test_a_data_set_drawn_from_a_law_has_nearly_its_curvature():
    law = Inputs("sigmoid", 3)
    data = DataSet(draw_inputs(law, np.random.default_rng(0), (10_000,)), np.zeros(10_000))
    assert condition_number(data) == pytest.approx(condition_number(law), rel=0.05)
    assert spectrum(data).rank == 3 == spectrum(law).rank


@given(data_sets(), st.integers(0, 100))
@settings(max_examples=60)
def test_the_optimum_is_least_and_of_all_the_nearest(data, seed):
    a, y, rng = np.array(data.a), np.array(data.y), np.random.default_rng(seed)
    near = rng.normal(size=data.n)
    best = least_squares(data, near)

    def loss(w):
        return sum((row @ w - target) ** 2 for row, target in zip(a, y, strict=True)) / (2 * len(y))

    assert best.loss == pytest.approx(loss(best.w), rel=1e-9, abs=1e-12)
    assert np.allclose(best.residual, y - a @ best.w)
    for _ in range(5):
        assert loss(best.w + 0.1 * rng.normal(size=data.n)) >= best.loss - 1e-9 * (1 + best.loss)
    # The way from `near` lies in the span of the samples: what no sample sees is left as it is.
    null = np.eye(data.n) - np.linalg.pinv(a, rcond=1e-6) @ a
    if spectrum(data).rank == np.linalg.matrix_rank(a, tol=1e-6 * np.linalg.norm(a)):
        assert np.allclose(null @ (best.w - near), 0, atol=1e-7 * (1 + np.linalg.norm(best.w)))


def test_batches_take_every_sample_once_a_pass():
    data = DataSet(np.arange(1.0, 8.0)[:, None], np.zeros(7))
    taken = data_batches(data, 3, 0)
    assert [next(taken).tolist() for _ in range(4)] == [[0, 1, 2], [3, 4, 5], [6], [0, 1, 2]]
    shuffled = DataSet(data.a, data.y, "shuffled")
    passes = []
    taken = data_batches(shuffled, 3, 5)
    for _ in range(3):
        passes.append([k for _ in range(3) for k in next(taken).tolist()])
        assert sorted(passes[-1]) == list(range(7))
    assert passes[0] != passes[1] != passes[2]
    again, other = data_batches(shuffled, 3, 5), data_batches(shuffled, 3, 6)
    assert [next(again).tolist() for _ in range(3)] == [passes[0][:3], passes[0][3:6], passes[0][6:]]
    assert [next(other).tolist() for _ in range(3)] != [passes[0][:3], passes[0][3:6], passes[0][6:]]


def test_arrays_lists_and_tuples_make_one_data_set():
    made = [DataSet(kind([[1, 2], [3, 4]]), kind([1, 2])) for kind in (np.array, list, tuple)]
    assert made[0] == made[1] == made[2] and len({hash(one) for one in made}) == 1
    assert made[0].a == ((1.0, 2.0), (3.0, 4.0)) and made[0].samples == made[0].n == 2
    given = np.ones((2, 2))
    data = DataSet(given, [0, 0])
    given[0, 0] = 9
    assert second_moment(data)[0, 0] == 1


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        ({"a": []}, "a = "),
        ({"a": np.empty((0, 2)), "y": []}, "a = "),
        ({"a": [[1.0], [1.0, 2.0]]}, "a = "),
        ({"a": [1.0, 2.0]}, "a = "),
        ({"a": [[0.0], [0.0]]}, "a = "),
        ({"a": [[1e7], [0.0]]}, "a = "),
        ({"a": np.ones((2, 65))}, "a = "),
        ({"a": np.ones((10_001, 1)), "y": np.ones(10_001)}, "a = "),
        ({"a": np.ones((5000, 64)), "y": np.ones(5000)}, "a = "),
        ({"y": [1.0]}, "y = "),
        ({"y": [1.0, np.nan]}, "y = "),
        ({"order": "random"}, "order = "),
    ],
)
def test_what_is_no_data_set_is_named(bad, name):
    with pytest.raises(ValueError, match=name):
        DataSet(**{"a": [[1.0], [2.0]], "y": [1.0, 2.0], **bad})


def test_batches_of_a_data_set_have_no_stated_limits():
    with pytest.raises(ValueError, match="batch = 2"):
        step_limits(DataSet([[1.0], [2.0]], [0.0, 0.0]), 2)
