"""The multiplication table of `/signs` is in the hand: its signs and sizes are those of a sample's update, -delta a^T."""

import itertools
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator

from core import Inputs, descend_layer, layer_curvature
from core.signs.patterns import POSITIVE, reach
from dashboard.look.colours import sign_glyph
from dashboard.look.formats import plural, three
from dashboard.look.landscape import REACH_X, REACH_Y
from dashboard.topics.signs.settings import START, TARGET, pattern_label
from tests.breadth import wide
from tests.browser.hand import CHART, marks, release, slide, slides, told
from tests.browser.tabs import DESKTOP, PHONE, Tab

Visit = Callable[..., Tab]
HAND = ("delta1", "delta2", "a1", "a2")
DEFAULT = (-0.8, 0.5, 0.9, 0.4)


def hold(chart: Locator, sample: tuple[float, ...]) -> None:
    slides(chart, dict(zip(HAND, sample, strict=True)))


def lit(chart: Locator) -> list[str]:
    """The four arrows in each tile that is framed, row by row."""
    return chart.evaluate(  # type: ignore[no-any-return]
        """e => { const box = p => p.getBoundingClientRect();
        return [...e.querySelectorAll('g.made_marks > path')].map(box).map(b => [...e.querySelectorAll('svg.marks text')]
          .filter(t => /[▲▼]/.test(t.textContent)).map(t => [box(t), t.textContent])
          .filter(([t]) => t.x > b.x && t.right < b.right && t.y > b.y && t.bottom < b.bottom)
          .sort(([s], [t]) => Math.round((s.y - t.y) / 20) || s.x - t.x).map(([, text]) => text).join('')) }"""
    )


def same_table(chart: Locator, sample: tuple[float, ...], source: str = "sigmoid") -> None:
    """What is drawn is the update that this sample makes."""
    deltas, inputs = np.array(sample[:2]), np.array(sample[2:])
    least = -1.0 if source == "tanh" else 0.0
    inputs = np.maximum(inputs, least)
    update = -np.outer(deltas, inputs)
    values = [*inputs, *-deltas, *update.ravel()]
    assert told(chart, "hand_values") == [three(float(value)) for value in values]
    assert told(chart, "hand_glyphs")[2:] == [sign_glyph(value) for value in values[2:]]
    sizes = [
        float(size)
        for size in chart.evaluate(
            """e => [...e.querySelectorAll('g.hand_glyphs_marks text')].map(t => parseFloat(getComputedStyle(t).fontSize))"""
        )
    ]
    order = np.argsort(np.abs(values[2:]))
    assert (np.diff(np.array(sizes[2:])[order]) >= -1e-6).all(), "a larger number has a smaller arrow"
    makes, stops = told(chart, "hand_told")
    if (update == 0).any():
        assert lit(chart) == [] and "no pattern" in makes
    else:
        pattern = tuple(tuple(int(sign) for sign in row) for row in np.sign(update))
        assert lit(chart) == ["".join(map(sign_glyph, update.ravel()))]
        assert makes == f"makes {pattern_label(pattern)}"
        assert reach(pattern, POSITIVE if least == 0 else "any").reachable
    at_0 = [f"a{'₁₂'[k]}" for k in (0, 1) if least == 0 and inputs[k] == 0]
    verb = "stops" if len(at_0) == 1 else "stop"
    assert stops == (f"{' and '.join(at_0)} {verb} at 0: {source} is never negative" if at_0 else "")


@pytest.mark.parametrize("source", wide(["sigmoid", "tanh", "ReLU"], "sigmoid", "tanh"))
def test_signs_and_sizes_follow_the_hand(turn_to: Visit, source: str) -> None:
    tab = turn_to("signs", {"signs_inputs": source})
    chart = tab.page.locator(CHART).first
    same_table(chart, DEFAULT, source)
    for sample in ((0.35, 0.2, 0.05, 1.0), (-1.0, -0.15, 0.0, 0.3), (1.0, -1.0, -0.6, 0.7), (0.0, 0.5, -1.0, -1.0)):
        hold(chart, sample)
        same_table(chart, sample, source)
    if source != "tanh":
        for name in ("a1", "a2"):
            slider = chart.locator(f'input[name="hand_{name}"]')
            assert (slider.get_attribute("min"), slider.input_value()) == ("0", "0"), "the lock is not felt"
    assert tab.complaints() == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_every_pattern_of_one_sample_lights_its_own_tile(turn_to: Visit, size: tuple[int, int]) -> None:
    tab = turn_to("signs", {"signs_inputs": "tanh"}, size=size)
    formula = tab.page.locator(".katex-html").first.bounding_box()
    assert tab.page.locator(".katex-error").count() == 0 and formula is not None
    assert formula["x"] + formula["width"] <= size[0], "the formula is wider than the page"
    chart, seen = tab.page.locator(CHART).first, set()
    every = list(itertools.product((-0.5, 0.7), repeat=4))
    for signs in every if size == DESKTOP else every[::5]:
        hold(chart, signs)
        same_table(chart, signs, "tanh")
        seen.update(lit(chart))
    assert len(seen) == (8 if size == DESKTOP else 2), "one sample makes eight patterns, whatever its signs"
    svg, words = chart.locator("svg.marks").bounding_box(), chart.locator("g.hand_told_marks text").last.bounding_box()
    assert svg is not None and words is not None
    assert words["y"] + words["height"] <= svg["y"] + svg["height"] + 1
    assert tab.complaints() == []


def test_the_hand_reaches_the_link_and_a_lock_holds(turn_to: Visit) -> None:
    linked = (-0.25, -0.8, 0.9, 0.15)
    query = {f"signs_{name}": value for name, value in zip(HAND, linked, strict=True)}
    tab = turn_to("signs", query)
    chart = tab.page.locator(CHART).first
    same_table(chart, linked)
    slide(chart, "delta1", 0.6)
    release(tab, chart, "delta1")
    assert parse_qs(urlsplit(tab.page.url).query)["signs_delta1"] == ["0.6"]
    # Drawn another way, the picture keeps what the hand has set.
    tab.act(lambda: tab.control("signs_inputs").get_by_text("tanh", exact=True).click())
    tab.page.wait_for_timeout(300)
    chart = tab.page.locator(CHART).first
    same_table(chart, (0.6, -0.8, 0.9, 0.15), "tanh")
    slide(chart, "a2", -0.4)
    release(tab, chart, "a2")
    assert tab.held()["signs_a2"] == "-0.40"
    tab.act(lambda: tab.control("signs_inputs").get_by_text("ReLU", exact=True).click())
    tab.page.wait_for_timeout(300)
    same_table(tab.page.locator(CHART).first, (0.6, -0.8, 0.9, -0.4), "ReLU")
    tab.act(lambda: tab.control("signs_preset_two").locator("button").click())
    same_table(tab.page.locator(CHART).first, DEFAULT)
    held = turn_to("signs", {"signs_lock": ["a1", "delta2"], "signs_a1": "0.3"})
    chart = held.page.locator(CHART).first
    assert chart.locator('input[name="hand_a1"], input[name="hand_delta2"]').count() == 0
    slide(chart, "a2", 0.7)
    same_table(chart, (-0.8, 0.5, 0.3, 0.7))
    assert tab.complaints() == held.complaints() == []


def same_valleys(chart: Locator, source: str, step: int, coupling: float, n: int) -> None:
    """What is drawn is the descent of this layer at this step."""
    law, coupled = Inputs(source, n), ((1.0, coupling), (coupling, 1.0))
    start, target = (tuple(row * (n // 2) for row in drawn) for drawn in (START, TARGET))
    run = descend_layer(coupled, law, start, target, keep=60)
    heads = marks(chart, "head")
    boxes = chart.evaluate(
        """e => { const svg = e.querySelector('svg.marks').getBoundingClientRect();
        return [...e.querySelectorAll('g.mark-rect > path')].map(p => p.getBoundingClientRect()).filter(b => b.width > 100)
          .slice(0, 2).map(b => [b.x - svg.x, b.y - svg.y, b.width, b.height]) }"""
    )
    last = min(step, len(run.w) - 1)
    for (left, top, across, tall), head, w in zip(boxes, heads, run.w[last, :, :2], strict=True):
        x, y = left + (w[0] + REACH_X) / 2 / REACH_X * across, top + (REACH_Y - w[1]) / 2 / REACH_Y * tall
        # A tenth of a pixel, and half of one for what the frame's own edge is read to.
        assert head == pytest.approx([x, y], abs=0.6)
    shape = layer_curvature(coupled, law)
    neuron, layer = told(chart, "compared")
    assert neuron == f"each neuron: κ {three(shape.input_kappa)}"
    assert layer == f"the layer: κ {three(shape.kappa)}: {plural(run.steps, 'step')}"
    shown, alone = told(chart, "step_told")
    at = f"the first 60 of {run.steps:,} steps" if step == 60 < run.steps else f"step {last}"
    assert shown == f"{at}: loss {three(float(run.loss[last] / run.loss[0]))} of its first"
    uncoupled = descend_layer(((1.0, 0.0), (0.0, 1.0)), law, start, target, keep=0).steps
    needs = f"uncoupled: {plural(uncoupled, 'step')}" if coupling else "not coupled"
    assert alone == needs + (f"; a weight stands for {n // 2}" if n > 2 else "")


@pytest.mark.parametrize(("source", "size"), [("sigmoid", DESKTOP), ("ReLU", PHONE)])
def test_step_coupling_and_inputs_move_both_valleys(turn_to: Visit, source: str, size: tuple[int, int]) -> None:
    query = {"signs_inputs": source, "signs_step": "30", "signs_coupling": "0.5"}
    tab = turn_to("signs", query, size=size)
    chart = tab.page.locator(CHART).nth(1)
    key = source.lower()
    same_valleys(chart, key, 30, 0.5, 2)
    for step, coupling, n in ((0, 0.0, 64), (5, 0.9, 2), (60, 0.9, 64), (17, 0.35, 10)):
        slides(chart, {"step": step, "coupling": coupling, "n": n})
        same_valleys(chart, key, step, coupling, n)
    release(tab, chart, "n")
    held = parse_qs(urlsplit(tab.page.url).query)
    assert (held["signs_step"], held["signs_coupling"], held["signs_n"]) == (["17"], ["0.35"], ["10"])
    same_valleys(tab.page.locator(CHART).nth(1), key, 17, 0.35, 10)
    assert tab.complaints() == []
