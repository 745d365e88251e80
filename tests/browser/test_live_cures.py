"""The race of `/cures` follows the hand: runners, lanes and counts are what `core` gives, wherever it is."""

import math
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator

from core import Inputs, Race, input_moments, lopsidedness, race
from core.activations import activation
from dashboard.look.formats import plural, three
from dashboard.topics.cures.closed_form import REACH_X, REACH_Y, RUNNERS
from dashboard.topics.cures.frames import kinds
from dashboard.topics.cures.settings import MOMENTS
from tests.browser.hand import CHART, marks, release, slide, slides, told
from tests.browser.tabs import PHONE, Tab

Visit = Callable[..., Tab]


def frames(chart: Locator) -> np.ndarray:
    """Left, top, width and height of the two valleys, in pixels of the picture: (2, 4)."""
    boxes = chart.evaluate(
        """e => { const svg = e.querySelector('svg.marks').getBoundingClientRect();
        return [...e.querySelectorAll('g.mark-rect > path')].map(p => p.getBoundingClientRect())
        .filter(b => b.width > 100).slice(0, 2).map(b => [b.x - svg.x, b.y - svg.y, b.width, b.height]) }"""
    )
    return np.array(boxes)


def same_race(chart: Locator, n: int, mean: float, spread: float, moment: int, adam: bool = True) -> None:
    """What is drawn is the race that these settings make; Adam's, where it has followed."""
    keys = ("heavy_ball", "adam", "centred", "whitened")
    found = {one.key: one for one in race(Race(n, mean, spread, runners=keys)).runners}
    # Plain descent is counted in closed form, and run as far as it is looked at.
    k = MOMENTS[moment]
    plain = race(Race(n, mean, spread, runners=("plain",), steps=max(1, k))).runners[0]
    found["plain"] = plain
    assert told(chart, "kappa_told")[0].endswith(f"κ {three(1 + n * (mean / spread) ** 2)}")
    assert told(chart, "step_told")[0].startswith(f"after {plural(k, 'step')}")
    boxes, at, lanes = frames(chart), [], []
    for runner in RUNNERS:
        one = found[runner.key]
        step = min(k, len(one.path) - 1)
        steep, flat = one.path[step]
        x, y = (steep + flat) / math.sqrt(2), (steep - flat) / math.sqrt(2)
        loss = max(float(one.loss[step] / one.loss[0]), 1e-30)
        lanes.append(min(max(math.log(loss) / math.log(1e-6), 0.0), 1.0))
        if abs(x) <= REACH_X and abs(y) <= REACH_Y:
            left, top, wide, tall = boxes[runner.panel]
            at.append(
                (runner.key, left + (x + REACH_X) / (2 * REACH_X) * wide, top + (REACH_Y - y) / (2 * REACH_Y) * tall)
            )
    drawn, expected = marks(chart, "heads"), [one for one in at if adam or one[0] != "adam"]
    for _, x, y in expected:
        # A tenth of a pixel, and half of one for what the frame's own edge is read to.
        assert np.abs(drawn - (x, y)).max(axis=1).min() < 0.7
    heads = marks(chart, "lane_heads")[:, 0]
    start, end = heads[3:].min(), heads[3:].max()
    if k:
        # Centred and whitened are there after a step: their heads are the finish, and the first one's lane begins at the start.
        first = float(
            chart.evaluate("e => e.querySelector('g.lanes_marks line').getAttribute('transform').match(/-?[\\d.]+/)[0]")
        )
        first = min(first, end)
        for runner, head, share in zip(RUNNERS, heads, lanes, strict=True):
            if adam or runner.key != "adam":
                assert head == pytest.approx(first + share * (end - first), abs=0.2), runner.key
    else:
        assert start == pytest.approx(end)
    for runner, line in zip(RUNNERS, told(chart, "counts"), strict=True):
        if adam or runner.key != "adam":
            steps = found[runner.key].steps
            assert line == ("more than 5,000" if steps is None else plural(steps, "step")), runner.key


def test_the_race_follows_the_hand(turn_to: Visit) -> None:
    tab = turn_to("cures")
    chart = tab.page.locator(CHART).first
    mean, spread = input_moments(Inputs("sigmoid"))
    same_race(chart, 100, mean, spread, MOMENTS.index(62))
    for moment in (0, 1, 7, 20, 35, 53):
        slide(chart, "moment", moment)
        same_race(chart, 100, mean, spread, moment)
    slide(chart, "moment", 5)
    # Moved and read in one breath: a hand that rests for a moment has been heard.
    pale = chart.locator('input[name="hand_n"]').evaluate(
        """e => { e.value = 12; e.dispatchEvent(new Event('input', {bubbles: true}));
        return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(
        [...e.closest('[data-testid="stVegaLiteChart"]').querySelectorAll('g.lane_heads_marks > path')]
        .map(p => +(p.getAttribute('opacity') ?? 1)))))) }"""
    )
    assert pale[2] < 0.5 <= min(pale[:2] + pale[3:]), "Adam has no closed form, and waits for the release"
    same_race(chart, 12, mean, spread, 5, adam=False)
    release(tab, chart, "n")
    same_race(chart, 12, mean, spread, 5)
    assert parse_qs(urlsplit(tab.page.url).query)["cures_n"] == ["12"]
    assert tab.complaints() == []


def test_mean_and_spread_are_in_the_hand_where_they_are_yours(turn_to: Visit) -> None:
    tab = turn_to("cures", {"cures_inputs": "your own", "cures_n": "2", "cures_moment": "6"})
    chart = tab.page.locator(CHART).first
    same_race(chart, 2, 0.5, 0.2, 6)
    for mean, spread, moment in ((0.0, 0.2, 3), (2.0, 0.1, 40), (0.3, 0.7, 2), (0.01, 2.0, 1)):
        slides(chart, {"mean": mean, "spread": spread, "moment": moment})
        same_race(chart, 2, mean, spread, moment, adam=False)
    assert tab.complaints() == []


def test_the_cursor_reads_every_curve_of_lopsidedness(turn_to: Visit) -> None:
    tab = turn_to("cures", size=PHONE)
    chart = tab.page.locator(CHART).nth(2)
    for spread in (1.0, 0.2, 3.7, 12.0):
        slide(chart, "cursor", spread)
        read = dict(line.split(": ") for line in told(chart, "read"))
        assert len(read) == len(kinds())
        for key, alike in kinds().items():
            unit, value = activation(key), lopsidedness(key, spread)
            name = (
                f"{unit.label} and whatever is centred"
                if unit.zero_centred
                else ", ".join(activation(one).label for one in alike)
            )
            number, kappa = re.fullmatch(r"(.*?), (?:and )?κ (?:of 100 inputs )?(.*)", read[name]).groups()
            assert (number, kappa) == (three(value), three(1 + 100 * value))
    assert len(marks(chart, "dots")) == len(kinds())
    assert tab.complaints() == []


def test_a_lock_holds_what_it_holds(turn_to: Visit) -> None:
    tab = turn_to("cures", {"cures_lock": ["n"], "cures_n": "30"})
    chart = tab.page.locator(CHART).first
    assert chart.locator('input[name="hand_n"]').count() == 0
    slide(chart, "moment", 12)
    same_race(chart, 30, *input_moments(Inputs("sigmoid")), 12)
    assert tab.complaints() == []
