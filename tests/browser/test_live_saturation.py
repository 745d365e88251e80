"""The hill of `/saturation` follows the hand, and so do the shares that it says; all as `core` has them."""

import math
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator

from core import activation, layer_slope
from dashboard.look.formats import percent, three
from tests.breadth import wide
from tests.browser.hand import CHART, marks, outline, release, slide, slides, told
from tests.browser.tabs import PHONE, Tab

Visit = Callable[..., Tab]
TALL = 1.75
"""The axis of shares goes from -15 % to 160 %."""


def scales(chart: Locator, far: float) -> tuple[Callable[[float], float], Callable[[float], float]]:
    """Pixels of z and of a share, from the size of the picture's frame."""
    numbers = chart.evaluate("e => [...e.querySelectorAll('path.background')].map(p => p.getAttribute('d'))")[0]
    wide, tall = [abs(float(one)) for one in re.findall(r"-?[\d.]+", numbers)][2:4]
    return lambda z: (z + far) / (2 * far) * wide, lambda y: (1.6 - y) / TALL * tall


def same_layer(
    chart: Locator, keys: tuple[str, ...], weights: float, square: float, mean: float, cursor: float
) -> None:
    """What is drawn is the layer that these settings make."""
    spread = weights * math.sqrt(square)
    far = min(max(10.0, abs(mean) + 3 * spread), 20.0)
    x, y = scales(chart, far)
    hill = outline(chart, "hill")
    top = hill[: len(hill) // 2]
    z = top[:, 0] / x(far) * 2 * far - far
    expected = np.exp(-0.5 * np.minimum(((z - mean) / spread) ** 2, 80))
    # A tenth of a pixel down, or the thousandth of one across that a path's numbers are rounded to, where the hill is steep.
    slope = np.abs(expected * (z - mean) / spread**2) * 2 * far / x(far) * (y(0) - y(1))
    drawn = np.array([y(one) for one in expected])
    assert (np.abs(top[:, 1] - drawn) < 0.1 + 0.001 * slope).all()
    assert told(chart, "spread_told") == [f"spread of z: {three(spread)}"]
    layers = [layer_slope(key, mean, spread) for key in keys]
    assert told(chart, "layer_told") == [
        f"{activation(key).label}: {percent(one.saturated)} saturated, rms slope {percent(one.kept)}"
        for key, one in zip(keys, layers, strict=True)
    ]
    assert marks(chart, "kept")[:, 1] == pytest.approx([y(one.kept) for one in layers], abs=0.1)
    dots = marks(chart, "dots")
    assert dots[:, 0] == pytest.approx(x(cursor), abs=0.1)
    shares = [float(activation(key).df(cursor)) / activation(key).max_slope for key in keys]
    assert dots[:, 1] == pytest.approx([y(one) for one in shares], abs=0.1)
    assert all(f"at z = {cursor:.1f}".replace("-", "−") in line for line in told(chart, "read"))


LAYERS: list[tuple[dict[str, str], tuple[str, ...]]] = [
    ({}, ("sigmoid", "tanh")),
    ({"saturation_activation": "ReLU", "saturation_beside": "GELU"}, ("relu", "gelu")),
    ({"saturation_activation": "softplus", "saturation_beside": "SiLU"}, ("softplus", "silu")),
    ({"saturation_activation": "identity", "saturation_beside": "leaky ReLU"}, ("identity", "leaky_relu")),
]


@pytest.mark.parametrize(
    ("query", "keys"),
    wide(LAYERS, LAYERS[0], LAYERS[2]),
)
def test_the_hill_and_its_shares_follow_the_hand(turn_to: Visit, query: dict[str, str], keys: tuple[str, ...]) -> None:
    tab = turn_to("saturation", query)
    chart = tab.page.locator(CHART).first
    same_layer(chart, keys, 4.0, 0.37, 0.0, 1.0)
    for weights, square, mean, cursor in (
        (0.2, 0.05, -3.0, -2.5),
        (20.0, 4.0, 8.0, 10.0),
        (2.5, 1.0, 1.5, 0.0),
        (10.1, 0.44, -0.7, -10.0),
        (0.2, 0.05, -8.0, 3.0),
        (0.2, 0.05, 8.0, 3.0),
    ):
        slides(chart, {"weights": weights, "square": square, "mean": mean, "cursor": cursor})
        same_layer(chart, keys, weights, square, mean, cursor)
    assert tab.complaints() == []


def test_the_hand_reaches_the_link_and_a_lock_holds(turn_to: Visit) -> None:
    tab = turn_to("saturation", {"saturation_weights": "7.5", "saturation_cursor": "-2"})
    chart = tab.page.locator(CHART).first
    same_layer(chart, ("sigmoid", "tanh"), 7.5, 0.37, 0.0, -2.0)
    slide(chart, "mean", 2.5)
    release(tab, chart, "mean")
    assert parse_qs(urlsplit(tab.page.url).query)["saturation_mean"] == ["2.5"]
    assert (
        percent(layer_slope("sigmoid", 2.5, 7.5 * math.sqrt(0.37)).kept) in tab.page.locator("table").first.inner_text()
    )
    tab.act(lambda: tab.control("saturation_preset_small").locator("button").click())
    same_layer(tab.page.locator(CHART).first, ("sigmoid", "tanh"), 0.2, 0.25, 0.0, 1.0)
    held = turn_to("saturation", {"saturation_lock": ["weights", "cursor"], "saturation_weights": "3"})
    chart = held.page.locator(CHART).first
    assert chart.locator('input[name="hand_weights"]').count() == 0
    slide(chart, "mean", -1.0)
    same_layer(chart, ("sigmoid", "tanh"), 3.0, 0.37, -1.0, 1.0)
    assert tab.complaints() == held.complaints() == []


@pytest.mark.parametrize("unit", wide(["4 x centred sigmoid", "softplus"], "4 x centred sigmoid"))
def test_what_is_said_in_the_picture_fits_on_a_phone(turn_to: Visit, unit: str) -> None:
    tab = turn_to("saturation", {"saturation_activation": unit, "saturation_beside": "centred sigmoid"}, size=PHONE)
    chart = tab.page.locator(CHART).first
    for weights, mean in ((0.2, 0.0), (0.2, -8.0), (20.0, 8.0), (1.0, 3.0)):
        slides(chart, {"weights": weights, "mean": mean})
        over = chart.evaluate(
            """e => { const svg = e.querySelector('svg.marks').getBoundingClientRect();
            return [...e.querySelectorAll('svg.marks text')].map(t => t.getBoundingClientRect().right - svg.right) }"""
        )
        assert max(over) <= 0
    assert tab.complaints() == []


def test_what_waits_for_the_hand_is_pale_meanwhile(turn_to: Visit) -> None:
    tab = turn_to("saturation", {})
    beside = tab.page.locator(".st-key-follows_numbers, .st-key-follows_kept")
    assert beside.count() == 2

    def paleness() -> list[str]:
        return beside.evaluate_all("es => es.map(e => getComputedStyle(e).opacity)")  # type: ignore[no-any-return]

    assert paleness() == ["1", "1"]
    slider = tab.page.locator(CHART).first.locator('input[name="hand_mean"]')
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    tab.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.page.mouse.down()
    tab.page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] / 2)
    assert paleness() == ["0.4", "0.4"]
    tab.page.mouse.up()
    assert paleness() == ["1", "1"]
