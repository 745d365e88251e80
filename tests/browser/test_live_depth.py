"""The second picture of `/depth` follows the size of the weights: the factors are those of `core`, and the networks follow on release."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from core import fixed_point
from tests.browser.tabs import PHONE, Tab
from tests.browser.test_live import CHART, marks, release, slide, told
from tests.browser.test_live_output import plot, soon

Visit = Callable[..., Tab]
OWN = {"depth_rule": "your own", "depth_layers": "10", "depth_width": "64"}
HIGHEST = 1.8


@pytest.mark.parametrize("size", [(1280, 900), PHONE])
def test_the_factors_follow_the_size_of_the_weights(visit: Visit, size: tuple[int, int]) -> None:
    tab = visit("depth", OWN, size=size)
    chart = tab.page.locator(CHART).last

    def same(sigma_w: float) -> None:
        wide, tall = plot(chart)
        factors = sorted((fixed_point(key, sigma_w).factor for key in ("sigmoid", "centred")), reverse=True)
        shown = sorted((float(text.split()[-1]) for text in told(chart, "here_told")), reverse=True)
        # Two digits behind the point, of a curve that is straight between its computed places.
        assert shown == pytest.approx(factors, abs=0.0101)
        dots = marks(chart, "here")
        assert np.abs(dots[:, 0] - math.log(sigma_w / 0.1) / math.log(200) * wide).max() < 0.1
        heights = sorted((HIGHEST - dots[:, 1] / tall * HIGHEST).tolist(), reverse=True)
        assert heights == pytest.approx([min(one, HIGHEST) for one in factors], abs=0.006)

    for sigma_w in (1.0, 0.1, 2.5, 4.0, 10.15, 16.0, 20.0, 0.75):
        slide(chart, "weights", sigma_w)
        soon(partial(same, sigma_w))
    release(tab, chart, "weights")
    assert "depth_weights=0.75" in tab.page.url
    assert tab.complaints() == []


def test_a_named_rule_has_no_slider_and_a_preset_moves_it(visit: Visit) -> None:
    tab = visit("depth")
    chart = tab.page.locator(CHART).last
    assert chart.locator('input[name="hand_weights"]').count() == 0
    assert len(marks(chart, "here")) == 2
    tab.act(lambda: tab.control("depth_preset_critical").locator("button").click())
    chart = tab.page.locator(CHART).last
    assert float(chart.locator('input[name="hand_weights"]').input_value()) == 10.15
    slide(chart, "weights", 3.0)
    release(tab, chart, "weights")
    assert tab.held()["depth_weights"] == "3.00"
    held = visit("depth", {**OWN, "depth_lock": "weights", "depth_weights": "2"})
    chart = held.page.locator(CHART).last
    assert chart.locator('input[name="hand_weights"]').count() == 0
    assert min(float(text.split()[-1]) for text in told(chart, "here_told")) == pytest.approx(
        fixed_point("sigmoid", 2.0).factor, abs=0.005
    )
    assert tab.complaints() == held.complaints() == []
