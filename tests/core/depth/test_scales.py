"""Many weight scales at once, against the theory of each by itself."""

import math
from itertools import product

import numpy as np
import pytest

from core.activations import ACTIVATIONS
from core.depth.normalisations import NORMS
from core.depth.scales import profiles_by_scale
from core.depth.theory import layers, profile
from tests.breadth import wide

SCALES = (0.1, 0.5774, 1.0, 1.4142, 3.9, 10.15, 20.0)


NETWORKS = (("none", False, 0.0), ("none", True, 0.3), ("layer after", False, 0.0))


@pytest.mark.parametrize(
    ("key", "network"),
    wide(
        product(ACTIVATIONS, NETWORKS),
        *product(ACTIVATIONS, NETWORKS[:1]),
        *product(("sigmoid", "tanh", "relu", "gelu"), NETWORKS[1:]),
    ),
)
def test_each_scale_is_that_of_its_own_theory(key, network):
    norm, skip, sigma_b = network
    found = profiles_by_scale(key, 60, 100, SCALES, sigma_b, norm, skip)
    for index in (0, 3, 6, *((1, 2, 4, 5) if key in ("sigmoid", "tanh") else ())):
        alone = profile(layers(key, 60, SCALES[index], sigma_b, norm, skip), 100)
        for name in ("log_delta", "log_dw"):
            # Where GELU's signal dies or lives by a hair, an error of a table grows from layer to layer.
            assert np.abs(getattr(found, name)[index] - getattr(alone, name)).max() < 60e-5, SCALES[index]


@pytest.mark.parametrize("norm", NORMS)
def test_with_every_normalisation(norm):
    found = profiles_by_scale("sigmoid", 12, 64, (0.7, 4.0), 0.2, norm, True)
    for index, sigma_w in enumerate((0.7, 4.0)):
        alone = profile(layers("sigmoid", 12, sigma_w, 0.2, norm, True), 64)
        assert found.log_delta[index] == pytest.approx(alone.log_delta, abs=1e-4)
        assert found.log_dw[index] == pytest.approx(alone.log_dw, abs=1e-4)


def test_straight_units_go_on_beyond_the_table():
    found = profiles_by_scale("identity", 200, 1, (0.1, 20.0))
    assert found.log_delta[:, 0] == pytest.approx([-199, 199 * math.log10(20)], rel=1e-9)
    assert found.log_dw == pytest.approx(np.array([[-199], [199 * math.log10(20)]]) * np.ones(200), rel=1e-9)


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("sigma_ws", {"sigma_ws": ()}),
        ("sigma_ws", {"sigma_ws": (0.0,)}),
        ("sigma_w", {"sigma_ws": (101.0,)}),
        ("depth", {"depth": 0}),
        ("width", {"width": 0}),
        ("norm", {"norm": "group"}),
        ("activation", {"key": "max"}),
    ],
)
def test_bad_arguments(name, bad):
    with pytest.raises(ValueError, match=f"{name} = "):
        profiles_by_scale(**{"key": "tanh", "depth": 3, "width": 4, "sigma_ws": (1.0,), **bad})
