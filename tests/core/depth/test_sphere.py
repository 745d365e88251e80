"""The theory of batch normalisation against closed forms, drawn batches and wide networks."""

import math
from itertools import product

import numpy as np
import pytest

from core.activations import ACTIVATIONS
from core.depth.measured import DepthConfig, measure
from core.depth.normalisations import BATCH
from core.depth.sphere import sphere_averages
from core.depth.theory import layers, profile
from tests.breadth import wide


def growth(key: str, batch: int) -> float:
    """What a layer deep inside a network multiplies the squared gradient by."""
    return layers(key, 3, 1.0, norm="batch before", batch=batch)[1].gain


@pytest.mark.parametrize("batch", [4, 5, 8, 64, 4096])
def test_the_identity_has_its_closed_form(batch):
    assert growth("identity", batch) == pytest.approx((batch - 2) / (batch - 3), rel=1e-10)
    over = sphere_averages("identity", batch)
    assert over.apart == pytest.approx(batch / (batch - 1), rel=1e-12) and over.f2 == pytest.approx(1, rel=1e-12)
    assert over.own == pytest.approx(batch - 2, rel=1e-12) and over.common == pytest.approx(0, abs=1e-10)


def test_relu_has_the_published_factors():
    assert growth("relu", 8) == pytest.approx(1.788, abs=5e-4)
    assert growth("relu", 64) == pytest.approx(1.493, abs=5e-4)
    limit = math.pi / (math.pi - 1)
    far, further = growth("relu", 2048) - limit, growth("relu", 4096) - limit
    assert 0 < further < 5e-4 and far / further == pytest.approx(2, rel=0.01)


@pytest.mark.parametrize("batch", [4, 5, 6, 8, 64])
def test_relu_averages_have_closed_forms(batch):
    """E |u_1| of a unit vector in m dimensions; two of correlation r are positive together with chance 1/4 + asin(r) / 2 pi, and
    there E z_a z_b 1 1 = r / 4 + (r asin r + sqrt(1 - r^2)) / 2 pi (homogeneous, so as for Gaussians), so E f_a f_b too."""
    over, m, r = sphere_averages("relu", batch), batch - 1, -1 / (batch - 1)
    size = math.exp(math.lgamma(m / 2) - math.lgamma((m + 1) / 2)) / math.sqrt(math.pi)
    assert over.f == pytest.approx(math.sqrt(m) * size / 2, rel=1e-12) and over.f2 == pytest.approx(0.5, rel=1e-12)
    both = 0.25 + math.asin(r) / (2 * math.pi)
    product = r / 4 + (r * math.asin(r) + math.sqrt(1 - r * r)) / (2 * math.pi)
    assert over.apart == pytest.approx(0.5 - product, rel=1e-11)
    every = m * 0.5 - 0.5
    common = 0.5 - (0.5 + m * both + 0.5 + m * product) / batch
    assert over.common == pytest.approx(common, rel=1e-10) and over.own == pytest.approx(every - common, rel=1e-10)


@pytest.mark.parametrize(
    ("key", "batch"),
    wide(product(ACTIVATIONS, [4, 8]), *product(ACTIVATIONS, [8]), ("sigmoid", 4), ("relu", 4), ("gelu", 4)),
)
def test_averages_are_those_of_drawn_batches(key, batch):
    """Gaussian batches with a common part, normalised row by row; gradients drawn and projected row by row."""
    unit, rng, rows = ACTIVATIONS[key], np.random.default_rng(batch), 40_000
    z = rng.standard_normal((rows, batch)) + 2 * rng.standard_normal((rows, 1))
    z = (z - z.mean(1, keepdims=True)) / z.std(1, keepdims=True)
    f, d = unit.f(z), unit.df(z)
    g = rng.standard_normal((rows, batch))
    own, common = d * (g - g.mean(1, keepdims=True)), d / math.sqrt(batch) * rng.standard_normal((rows, 1))

    def passed(v):
        v = v - v.mean(1, keepdims=True) - z * (v * z).mean(1, keepdims=True)
        return (v**2).sum(1)

    over = sphere_averages(key, batch)
    for drawn, expected in (
        (f[:, 0], over.f),
        (f[:, 0] ** 2, over.f2),
        ((f[:, 0] - f[:, 1]) ** 2 / 2, over.apart),
        (passed(own), over.own),
        (passed(common), over.common),
    ):
        assert drawn.mean() == pytest.approx(expected, abs=4.5 * drawn.std() / math.sqrt(rows) + 1e-12)


def test_scale_shift_and_weights_do_not_matter():
    """Batch normalisation takes out what scales or shifts a layer: its gain is that of any affine image of f, at any sigma."""
    for other in ("centred", "four", "four_centred"):
        assert growth(other, BATCH) == pytest.approx(growth("sigmoid", BATCH), rel=1e-11)
    for sigma_w, sigma_b in ((1e-200, 0.0), (1e-8, 3.0), (100.0, 100.0)):
        for a, b in zip(
            layers("tanh", 4, sigma_w, sigma_b, "batch before"),
            layers("tanh", 4, 1.0, 0.0, "batch before"),
            strict=True,
        ):
            assert a.log_gain == pytest.approx(b.log_gain, abs=1e-11) and a.log_a2 == b.log_a2
            assert a.log_slope2 == pytest.approx(b.log_slope2 - 2 * math.log10(sigma_w), abs=1e-10)


@pytest.mark.parametrize(
    ("key", "skip"),
    wide(
        product(["sigmoid", "relu", "gelu", "softplus"], [False, True]),
        ("sigmoid", False),
        ("relu", True),
        ("gelu", False),
        ("softplus", True),
    ),
)
def test_wide_networks_follow_it_from_the_first_layer_on(key, skip):
    config = DepthConfig(key, 8, 768, 1.3, 0.2, 24, "batch before", skip, seed=3)
    run, theory = measure(config), profile(layers(key, 8, 1.3, 0.2, "batch before", skip), config.width)
    for name in ("log_delta", "log_dw", "log_x"):
        found, expected = getattr(run, name), getattr(theory, name)
        error = found.std(axis=0, ddof=1) / math.sqrt(config.seeds)
        # A norm of finite width is smaller in the logarithm: by about 1 / (4 width) times the number of factors.
        assert (np.abs(found.mean(axis=0) - expected) < 4 * error + 0.006).all(), name


def test_the_last_layer_gets_another_gradient_than_the_others():
    """At the output the gradient has a part that is the same for all inputs; of what has passed a normalisation that is gone."""
    found = layers("relu", 5, 1.0, norm="batch before")
    assert found[2].gain == found[3].gain == pytest.approx(found[1].gain, rel=1e-12)
    assert abs(found[4].gain / found[3].gain - 1) > 0.01
    over = sphere_averages("relu", 8)
    assert found[4].gain / found[3].gain == pytest.approx((over.own + over.common) / 8 / (over.own / 7), rel=1e-10)


def test_the_first_layer_gets_inputs_that_differ_by_their_whole_size():
    found = layers("relu", 5, 1.0, norm="batch before")
    assert found[0].gain / found[1].gain == pytest.approx(sphere_averages("relu", 8).apart, rel=1e-10)


def test_batches_without_a_theory_are_refused():
    layers("relu", 5, 1.0, norm="batch before", batch=8)
    for batch in (3, 4097, 8.0, None):
        with pytest.raises(ValueError, match="batch"):
            layers("relu", 5, 1.0, norm="batch before", batch=batch)
        with pytest.raises(ValueError, match="batch"):
            sphere_averages("relu", batch)
