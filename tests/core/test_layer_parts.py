"""The parts of the kept slope, put together, give what the quadrature gives."""

import math

import numpy as np
import pytest

from core import ACTIVATIONS, layer_slope, slope_parts
from core.layer_parts import NARROWEST


def phi(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2))


def kept(key: str, mean: float, spread: float) -> float:
    parts = slope_parts(key)
    square = parts.low + (parts.high - parts.low) * phi(mean / math.hypot(spread, parts.width))
    square += sum(
        rest * math.exp(-0.5 * min(((z - mean) / spread) ** 2, 1400)) / spread
        for z, rest in zip(parts.z.tolist(), parts.rest.tolist(), strict=True)
    )
    return math.sqrt(max(square, 0.0))


@pytest.mark.parametrize("key", ACTIVATIONS)
@pytest.mark.parametrize("mean", [-8.0, -1.3, 0.0, 0.05, 2.7, 8.0])
def test_the_parts_make_the_kept_slope_at_every_mean_and_spread(key: str, mean: float) -> None:
    for spread in (NARROWEST, 0.1, 0.5, 2.4331, 9.0, 40.0):
        assert kept(key, mean, spread) ** 2 == pytest.approx(
            layer_slope(key, mean, spread).kept ** 2, rel=1e-7, abs=2e-11
        )


def test_float32_is_enough_for_three_digits() -> None:
    for key in ACTIVATIONS:
        rest = slope_parts(key).rest
        assert np.abs(rest.astype(np.float32) - rest).max() < 1e-8


def test_an_unknown_activation_is_refused() -> None:
    with pytest.raises(ValueError, match="activation = 'soft'"):
        slope_parts("soft")
