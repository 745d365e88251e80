"""The registry of normalisations against the arrays that they normalise."""

import pickle

import numpy as np
import pytest

from core.depth import measured, theory
from core.depth.normalisations import BATCH, NORMALISATIONS, NORMS, normalisation
from core.depth.passes import _normalised


def test_there_is_one_list_and_it_has_the_published_keys_in_their_order():
    assert NORMS == ("none", "layer before", "layer after", "batch before") == tuple(NORMALISATIONS)
    assert measured.NORMS is NORMS and theory.NORMS is NORMS
    assert len({one.label for one in NORMALISATIONS.values()}) == len(NORMS)


def test_facts_do_not_contradict_each_other():
    for key, one in NORMALISATIONS.items():
        assert one.key == key and normalisation(key) is one and pickle.loads(pickle.dumps(one)) == one
        assert not (one.before and one.after) and one.changes == (one.before or one.after)
        assert one.inputs == (BATCH if one.over_inputs else 1)
        assert measured.DepthConfig(norm=key).inputs == one.inputs
        assert measured.DepthConfig(norm=key).plain == (not one.changes)


@pytest.mark.parametrize("key", NORMS[1:])
def test_the_axis_is_the_one_that_is_averaged_over(key):
    u = np.random.default_rng(1).standard_normal((2, 5, BATCH))
    hat, _ = _normalised(u, normalisation(key).axis)
    for i, j in np.ndindex(2, BATCH if "layer" in key else 5):
        row = hat[i, :, j] if "layer" in key else hat[i, j]
        assert row.mean() == pytest.approx(0, abs=1e-14) and (row**2).mean() == pytest.approx(1)


def test_an_unknown_one_is_refused():
    with pytest.raises(ValueError, match="norm = 'group' is not one of 'none', 'layer before'"):
        normalisation("group")
