"""Pictures follow the hand: what is drawn while it moves is what `core` gives for where it is, and only release is sent."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator

from core import DescentConfig, Inputs, condition_number, descend, step_limits
from dashboard.look.formats import plural, three, whole
from dashboard.look.landscape import REACH_X, REACH_Y
from tests.browser.tabs import PHONE, Tab

CHART = '[data-testid="stVegaLiteChart"]'
Visit = Callable[..., Tab]


def slide(chart: Locator, name: str, value: float) -> None:
    """Move a slider of the picture as a drag does: an input event, without the change that a release makes."""
    chart.locator(f'input[name="hand_{name}"]').evaluate(
        "(e, v) => { e.value = v; e.dispatchEvent(new Event('input', {bubbles: true})) }", str(value)
    )


def release(tab: Tab, chart: Locator, name: str) -> None:
    """Let go of a slider, and wait until the page has followed. (A hand that rests for a moment has been heard before.)"""
    chart.locator(f'input[name="hand_{name}"]').evaluate("e => e.dispatchEvent(new Event('change', {bubbles: true}))")
    tab.page.wait_for_timeout(400)
    tab.settle(0, 0)


def marks(chart: Locator, name: str) -> np.ndarray:
    """Where the marks of a layer stand, in pixels of the picture: (marks, 2)."""
    found = chart.evaluate(
        """(e, name) => [...e.querySelectorAll(`g.${name}_marks > path`)].map(p => p.getAttribute('transform'))""", name
    )
    pairs = [re.findall(r"-?[\d.]+(?:e-?\d+)?", text)[:2] for text in found if text]
    return np.array(pairs, dtype=float).reshape(-1, 2)


def told(chart: Locator, name: str) -> list[str]:
    """The texts of a layer, the first panel's first."""
    found = chart.evaluate(
        """(e, name) => [...e.querySelectorAll(`g.${name}_marks text`)].map(t => { const b = t.getBoundingClientRect();
        return [Math.round(b.y / 20), b.x, t.textContent] })""",
        name,
    )
    return [text for *_, text in sorted(found)]


def frames(chart: Locator) -> np.ndarray:
    """Left, top, width and height of the two panels, in pixels of the picture: (2, 4)."""
    boxes = chart.evaluate(
        """e => [...e.querySelectorAll('g.mark-rect > path')].filter(p => p.getAttribute('fill') in {null: 1, none: 1, transparent: 1}
        && p.getBoundingClientRect().width > 100).slice(0, 2).map(p => { const svg = e.querySelector('svg.marks').getBoundingClientRect(),
        b = p.getBoundingClientRect(); return [b.x - svg.x, b.y - svg.y, b.width, b.height] })"""
    )
    return np.array(boxes)


def in_weights(chart: Locator, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The marks in each panel, as weights."""
    parts = []
    for left, top, wide, tall in frames(chart):
        inside = (pixels[:, 0] > left - 4) & (pixels[:, 0] < left + wide + 4)
        inside &= (pixels[:, 1] > top - 4) & (pixels[:, 1] < top + tall + 4)
        at = pixels[inside]
        x = (at[:, 0] - left) / wide * 2 * REACH_X - REACH_X
        y = REACH_Y - (at[:, 1] - top) / tall * 2 * REACH_Y
        parts.append(np.stack([x, y], axis=1))
    return parts[0], parts[1]


def expected(law: Inputs, share: float, start: Sequence[float], target: Sequence[float]) -> list[Any]:
    eta = share * step_limits(law).edge
    laws = (law, replace(law, centred=True))
    return [descend(DescentConfig(one, tuple(start), tuple(target), eta, steps=5000)) for one in laws]


def same_picture(
    chart: Locator, runs: list[Any], law: Inputs, step: int, start: Any = (-1.0, 0.5), target: Any = (1.0, -1.0)
) -> None:
    dots = in_weights(chart, marks(chart, "dots"))
    pixel = 2 * REACH_X / frames(chart)[0][2]
    for run, drawn in zip(runs, dots, strict=True):
        w = run.w[: min(step, 60) + 1]
        w = w[(np.abs(w) <= (REACH_X, REACH_Y)).all(axis=1)]
        assert len(drawn) == len(w)
        # A tenth of a pixel, and half of one for what the frame's own edge is read to.
        assert np.abs(drawn - w).max(initial=0) < 0.6 * pixel
    for line, one in zip(told(chart, "best_told"), (law, replace(law, centred=True)), strict=True):
        eta = step_limits(one).best
        own = descend(DescentConfig(one, start, target, eta, steps=5000))
        assert line == f"at its best η, {three(eta)}: {plural(own.steps or 0, 'step')}"
    lines, notes = told(chart, "told"), told(chart, "step_told")
    kappas = [condition_number(law), condition_number(replace(law, centred=True))]
    for run, line, note, kappa in zip(runs, lines, notes, kappas, strict=True):
        assert f"κ {three(kappa)}" in line
        if run.status == "diverged":
            assert "diverges" in line
        else:
            steps = "more than 5,000" if run.steps is None else whole(run.steps)
            assert f"{steps} step" in line
        at = min(step, len(run.w) - 1)
        assert f"loss {three(float(run.loss[at]))}" in note


@pytest.mark.parametrize("slug", ["question", "neuron"])
def test_the_valley_follows_the_sliders(visit: Visit, slug: str) -> None:
    tab = visit(slug)
    chart = tab.page.locator(CHART).first
    law, start, target = Inputs("sigmoid"), (-1.0, 0.5), (1.0, -1.0)
    for share, step in ((0.9, 12), (0.03, 60), (0.5, 7), (1.05, 30), (1.2, 3), (0.99, 0)):
        slide(chart, "eta", share)
        slide(chart, "step", step)
        same_picture(chart, expected(law, share, start, target), law, step)
    release(tab, chart, "eta")
    query = parse_qs(urlsplit(tab.page.url).query)
    assert float(query[f"{slug}_eta"][0]) == 0.99
    assert tab.complaints() == []


def test_the_valley_turns_and_stretches_with_the_inputs(visit: Visit) -> None:
    tab = visit("neuron", {"neuron_inputs": "mean and spread"})
    chart = tab.page.locator(CHART).first
    for mean, spread in ((0.5, 0.3), (-2.0, 0.1), (0.0, 1.0), (1.4, 2.0)):
        slide(chart, "mean", mean)
        slide(chart, "spread", spread)
        law = Inputs("uniform", 2, mean, spread)
        same_picture(chart, expected(law, 0.9, (-1.0, 0.5), (1.0, -1.0)), law, 12)


def test_a_start_is_dragged_and_lands_in_the_link(visit: Visit) -> None:
    tab = visit("neuron", {"neuron_flip": "true"})
    chart = tab.page.locator(CHART).first
    chart.scroll_into_view_if_needed()
    grip = chart.locator("g.start_brush > path").first
    box = grip.bounding_box()
    assert box is not None
    x, y, sent = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, tab.count("sent")
    mouse = tab.page.mouse
    mouse.move(x, y)
    mouse.down()
    for step in range(1, 9):
        mouse.move(x + 10 * step, y - 6 * step)
        tab.page.wait_for_timeout(16)
    assert tab.count("sent") == sent, "a move is sent before release"
    side = frames(chart)[0][2]
    start = (-1.0 + 80 / side * 2 * REACH_X, -0.5 + 48 / side * 2 * REACH_X)
    law = Inputs("sigmoid", flipped=(1,))
    drawn, _ = in_weights(chart, marks(chart, "dots"))
    run = expected(law, 0.9, start, (1.0, 1.0))[0]
    assert np.abs(drawn - run.w[: len(drawn)]).max() < 0.06
    tab.act(mouse.up)
    query = parse_qs(urlsplit(tab.page.url).query)
    assert float(query["neuron_start1"][0]) == pytest.approx(start[0], abs=0.06)
    assert float(query["neuron_start2"][0]) == pytest.approx(-start[1], abs=0.06)
    assert tab.complaints() == []


def test_a_preset_a_link_and_a_lock_hold_in_the_picture(visit: Visit) -> None:
    tab = visit("neuron", {"neuron_eta": "0.4", "neuron_start1": "1.5"})
    chart = tab.page.locator(CHART).first
    assert float(chart.locator('input[name="hand_eta"]').input_value()) == 0.4
    slide(chart, "eta", 0.7)
    release(tab, chart, "eta")
    assert tab.held()["neuron_eta"] == "0.70"
    tab.act(lambda: tab.control("neuron_preset_textbook").locator("button").click())
    chart = tab.page.locator(CHART).first
    assert float(chart.locator('input[name="hand_eta"]').input_value()) == 0.95
    slide(chart, "eta", 0.7)  # the very value of before counts again
    release(tab, chart, "eta")
    assert tab.held()["neuron_eta"] == "0.70"
    held = visit("neuron", {"neuron_lock": ["eta", "start1"]})
    chart = held.page.locator(CHART).first
    assert chart.locator('input[name="hand_eta"]').count() == 0
    assert chart.locator("g.start_brush").count() == 0
    law = Inputs("sigmoid")
    same_picture(chart, expected(law, 0.9, (-1.0, 0.5), (1.0, -1.0)), law, 12)
    assert tab.complaints() == held.complaints() == []


def test_a_choice_that_draws_another_picture_leaves_what_the_hand_has_set(visit: Visit) -> None:
    tab = visit("neuron")
    chart = tab.page.locator(CHART).first
    slide(chart, "eta", 0.5)
    release(tab, chart, "eta")
    tab.act(lambda: tab.control("neuron_flip").locator("label").first.click())
    chart = tab.page.locator(CHART).first
    law = Inputs("sigmoid", flipped=(1,))
    assert float(chart.locator('input[name="hand_eta"]').input_value()) == 0.5
    same_picture(chart, expected(law, 0.5, (-1.0, -0.5), (1.0, 1.0)), law, 12)
    assert tab.complaints() == []


def test_what_has_no_closed_form_goes_pale_and_follows_on_release(visit: Visit) -> None:
    tab = visit("neuron", {"neuron_batch": "4"})
    chart = tab.page.locator(CHART).first

    def opacity() -> float:
        return float(chart.locator("g.head_marks > path").first.evaluate("e => e.getAttribute('opacity') ?? 1"))

    assert opacity() == 1
    slide(chart, "eta", 0.5)
    assert opacity() < 0.5
    release(tab, chart, "eta")
    assert opacity() == 1


def test_on_a_phone_both_panels_are_seen_and_a_finger_drags(visit: Visit) -> None:
    tab = visit("neuron", size=PHONE, touch=True)
    chart = tab.page.locator(CHART).first
    chart.scroll_into_view_if_needed()
    box = chart.locator("g.start_brush > path").first.bounding_box()
    assert box is not None
    finger, top = (
        tab.context.new_cdp_session(tab.page),
        tab.page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop"),
    )
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def touch(kind: str, *points: tuple[float, float]) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in points]})

    touch("touchStart", (x, y))
    for step in range(1, 13):
        touch("touchMove", (x + 4 * step, y + max(0, 6 * (step - 4))))
        tab.page.wait_for_timeout(16)
    tab.act(lambda: touch("touchEnd"))
    assert tab.page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == top, (
        "the page scrolled away"
    )
    query = parse_qs(urlsplit(tab.page.url).query)
    assert "neuron_start1" in query and "neuron_start2" in query
    assert tab.complaints() == []
