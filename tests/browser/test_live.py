"""Pictures follow the hand: what is drawn while it moves is what `core` gives for where it is, and only release is sent."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator

from core import Descent, DescentConfig, Inputs, condition_number, descend, full_batch_steps, spectrum, step_limits
from dashboard.look.formats import three, whole
from dashboard.look.landscape import REACH_X, REACH_Y
from tests.breadth import wide
from tests.browser.hand import CHART, marks, release, slide, slides, still, told
from tests.browser.tabs import PHONE, Tab

Visit = Callable[..., Tab]


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
    for left, top, across, tall in frames(chart):
        inside = (pixels[:, 0] > left - 4) & (pixels[:, 0] < left + across + 4)
        inside &= (pixels[:, 1] > top - 4) & (pixels[:, 1] < top + tall + 4)
        at = pixels[inside]
        x = (at[:, 0] - left) / across * 2 * REACH_X - REACH_X
        y = REACH_Y - (at[:, 1] - top) / tall * 2 * REACH_Y
        parts.append(np.stack([x, y], axis=1))
    return parts[0], parts[1]


def pair(law: Inputs, removed: float = 0.0) -> tuple[Inputs, Inputs]:
    """The laws of the two panels."""
    return replace(law, removed=removed), replace(law, centred=True)


Ran = tuple[DescentConfig, Descent]


def expected(
    law: Inputs, share: float, start: Sequence[float], target: Sequence[float], removed: float = 0.0
) -> list[Ran]:
    """The two runs, every pair of weights from the same start; the learning rate is a share of the edge with nothing removed."""
    eta, pairs = share * step_limits(law).edge, law.n // 2
    ends = tuple(start) * pairs, tuple(target) * pairs
    configs = [DescentConfig(one, *ends, eta, steps=5000) for one in pair(law, removed)]
    return [(config, descend(config)) for config in configs]


def counted(steps: int | None) -> str:
    return "over 5,000" if steps is None else whole(steps)


def same_picture(chart: Locator, ran: list[Ran], step: int) -> None:
    """The marks and the numbers of the picture are those of the runs."""
    still(chart)
    dots = in_weights(chart, marks(chart, "dots"))
    pixel = 2 * REACH_X / frames(chart)[0][2]
    numbers, words, notes = (told(chart, name) for name in ("scores", "score_words", "step_told"))
    kappas, curvatures = told(chart, "kappa"), told(chart, "curvatures")
    for panel, (config, run) in enumerate(ran):
        w = run.w[: min(step, 60) + 1, :2]
        w = w[(np.abs(w) <= (REACH_X, REACH_Y)).all(axis=1)]
        assert len(dots[panel]) == len(w)
        # A tenth of a pixel, and half of one for what the frame's own edge is read to.
        assert np.abs(dots[panel] - w).max(initial=0) < 0.6 * pixel
        law, best = config.law, step_limits(config.law).best
        own = descend(replace(config, eta=best))
        assert kappas[panel] == f"κ {three(condition_number(law))}"
        flat, steep = (three(float(value), 4) for value in spectrum(law).eigenvalues[[0, -1]])
        named = {"", f"{flat} every way"} if condition_number(law) == 1 else {f"flat {flat}", f"steep {steep}"}
        assert set(curvatures[2 * panel : 2 * panel + 2]) == named
        if run.status == "diverged":
            outcome = "diverges"
        elif full_batch_steps(config) is None:
            outcome = "never arrives"
        else:
            outcome = counted(run.steps)
        assert [numbers[2 * panel], numbers[2 * panel + 1]] == [outcome, counted(own.steps)]
        assert f"η {three(config.eta)}" in words[2 * panel] and f"best η {three(best)}" in words[2 * panel + 1]
        at = min(step, len(run.w) - 1)
        assert f"loss {three(float(run.loss[at]))}" in notes[panel]


@pytest.mark.parametrize("slug", wide(["question", "neuron"], "question"))
def test_the_valley_follows_the_sliders(turn_to: Visit, slug: str) -> None:
    tab = turn_to(slug)
    chart = tab.page.locator(CHART).first
    law, start, target = Inputs("sigmoid"), (-1.0, 0.5), (1.0, -1.0)
    hands = ((0.9, 12, 0), (0.03, 60, 100), (0.5, 7, 40), (1.05, 30, 25), (1.2, 3, 0), (0.99, 0, 99), (1.0, 20, 0))
    for share, step, centre in hands:
        slides(chart, {"eta": share, "step": step, "centre": centre})
        same_picture(chart, expected(law, share, start, target, centre / 100), step)
    release(tab, chart, "eta")
    query = parse_qs(urlsplit(tab.page.url).query)
    assert float(query[f"{slug}_eta"][0]) == 1.0
    assert tab.complaints() == []


SIZES = """e => [...e.querySelectorAll('g.scores_marks text')].filter(t => t.textContent).map(t => [t.textContent, parseFloat(getComputedStyle(t).fontSize)])"""


@pytest.mark.parametrize(
    ("slug", "query"),
    wide(
        [
            ("question", {}),
            ("neuron", {}),
            ("neuron", {"neuron_compare": "each at its best eta"}),
            ("neuron", {"neuron_batch": "4"}),
        ],
        ("question", {}),
        ("neuron", {"neuron_batch": "4"}),
    ),
)
def test_the_number_that_pays_is_the_one_that_stands_out(turn_to: Visit, slug: str, query: dict[str, str]) -> None:
    chart = turn_to(slug, query).page.locator(CHART).first
    still(chart)
    *quiet, (count, large) = sorted(chart.evaluate(SIZES), key=lambda one: one[1])
    assert count == ("9" if "neuron_batch" in query else "1"), "the centred inputs at their own best rate"
    assert large > 1.7 * max(size for _, size in quiet)
    assert told(chart, "leap_told") == ([] if query else ["best η: 1 step"])


LEAP = (
    """e => [...e.querySelectorAll('g.leap_marks path')].map(p => p.getAttribute('d')).filter(d => d && d.length > 4)"""
)


@pytest.mark.parametrize(
    ("slug", "start"),
    wide(
        [(slug, start) for slug in ("question", "neuron") for start in (("-1", "0.5"), ("2", "0"))],
        ("neuron", ("-1", "0.5")),
        ("question", ("2", "0")),
    ),
)
def test_one_step_of_descent_is_drawn_straight(turn_to: Visit, slug: str, start: tuple[str, str]) -> None:
    """Its line has two points and no curve: along the path that takes the same way in many steps."""
    chart = turn_to(slug, {f"{slug}_start1": start[0], f"{slug}_start2": start[1]}).page.locator(CHART).first
    still(chart)
    (line,) = chart.evaluate(LEAP)
    assert re.fullmatch(r"M[-\d.,]+L[-\d.,]+", line)
    (x, y), (x2, y2) = ([float(one) for one in point.split(",")] for point in line[1:].split("L"))
    side = 2 * REACH_X / frames(chart)[1][2]
    wanted = 1 - float(start[0]), -1 - float(start[1])
    assert (x2 - x) * side == pytest.approx(wanted[0], abs=0.02)
    assert (y - y2) * side == pytest.approx(wanted[1], abs=0.02)


BOXES = """(e, name) => [...e.querySelectorAll(`g.${name}_marks text`)].filter(t => t.textContent).map(t => {
const b = t.getBoundingClientRect(); return [b.left, b.right, b.top, b.bottom] })"""


@pytest.mark.parametrize("size", ["usual", "large"])
def test_what_is_said_has_room_at_any_size_of_type(visit: Visit, size: str) -> None:
    query = {"question_start1": "2", "question_start2": "2", "question_target1": "-2"}
    chart = visit("question", query | ({"type": "large"} if size == "large" else {})).page.locator(CHART).first
    still(chart)
    told_boxes = sorted(chart.evaluate(BOXES, "score_words"))
    for (_, right, *_), (left, *_) in pairwise(told_boxes):
        assert right < left, "the words of two counts lie on each other"
    frame = chart.evaluate("e => e.querySelector('svg.marks').getBoundingClientRect().x")
    for (left, right, *_), (begin, _, across, _) in zip(
        chart.evaluate(BOXES, "curvatures")[-1:], frames(chart)[1:], strict=True
    ):
        assert frame + begin - 3 < left and right < frame + begin + across + 3, "a name sticks out of its panel"


def test_where_centring_pays_nothing_no_number_stands_out(turn_to: Visit) -> None:
    chart = turn_to("neuron", {"neuron_inputs": "tanh"}).page.locator(CHART).first
    still(chart)
    assert len({size for _, size in chart.evaluate(SIZES)}) == 1


def test_the_valley_turns_and_stretches_with_the_inputs(turn_to: Visit) -> None:
    tab = turn_to("neuron", {"neuron_inputs": "mean and spread"})
    chart = tab.page.locator(CHART).first
    hands = ((0.5, 0.3, 2, 0), (-2.0, 0.1, 64, 10), (0.0, 1.0, 10, 50), (1.4, 2.0, 6, 70), (0.5, 0.3, 10, 100))
    for mean, spread, n, centre in hands:
        slides(chart, {"mean": mean, "spread": spread, "n": n, "centre": centre})
        law = Inputs("uniform", n, mean, spread)
        same_picture(chart, expected(law, 0.9, (-1.0, 0.5), (1.0, -1.0), centre / 100), 12)


@pytest.mark.parametrize(
    ("panel", "end"), wide([(0, "start"), (1, "start"), (1, "target")], (0, "start"), (1, "target"))
)
def test_an_end_is_dragged_in_either_panel_and_lands_in_the_link(turn_to: Visit, panel: int, end: str) -> None:
    tab = turn_to("neuron", {"neuron_flip": "true"})
    chart = tab.page.locator(CHART).first
    chart.scroll_into_view_if_needed()
    box = chart.locator("g.handles_marks > path").nth(2 * panel + (end == "target")).bounding_box()
    assert box is not None
    x, y, sent = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, tab.count("sent")
    mouse = tab.page.mouse
    mouse.move(x, y)
    mouse.down()
    for step in range(1, 9):
        mouse.move(x + 8 * step, y - 6 * step)
        tab.page.wait_for_timeout(16)
    still(chart)
    assert tab.count("sent") == sent, "a move is sent before release"
    weight = 2 * REACH_X / frames(chart)[0][2]
    # A point stops at tenths, as the settings do.
    ends = {"start": (-1.0, -0.5), "target": (1.0, 1.0)}
    ends[end] = tuple(round(min(at + by * weight, 2.0), 1) for at, by in zip(ends[end], (64, 48), strict=True))  # type: ignore[assignment]
    _, run = expected(Inputs("sigmoid", flipped=(1,)), 0.9, *ends.values())[0]
    drawn, _ = in_weights(chart, marks(chart, "dots"))
    assert np.abs(drawn - run.w[: len(drawn)]).max() < 0.01
    tab.act(mouse.up)
    query = parse_qs(urlsplit(tab.page.url).query)
    assert float(query[f"neuron_{end}1"][0]) == ends[end][0] and float(query[f"neuron_{end}2"][0]) == -ends[end][1]
    assert np.abs(in_weights(chart, marks(chart, "dots"))[0] - run.w[: len(drawn)]).max() < 0.01
    assert tab.complaints() == []


def test_a_preset_a_link_and_a_lock_hold_in_the_picture(turn_to: Visit) -> None:
    tab = turn_to("neuron", {"neuron_eta": "0.4", "neuron_start1": "1.5"})
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
    held = turn_to("neuron", {"neuron_lock": ["eta", "start1"]})
    chart = held.page.locator(CHART).first
    assert chart.locator('input[name="hand_eta"]').count() == 0
    handles = chart.locator("g.handles_marks > path")
    assert handles.count() == 2, "the target's, in both panels"
    law = Inputs("sigmoid")
    same_picture(chart, expected(law, 0.9, (-1.0, 0.5), (1.0, -1.0)), 12)
    assert tab.complaints() == held.complaints() == []


def test_a_choice_that_draws_another_picture_leaves_what_the_hand_has_set(turn_to: Visit) -> None:
    tab = turn_to("neuron")
    chart = tab.page.locator(CHART).first
    slide(chart, "eta", 0.5)
    release(tab, chart, "eta")
    tab.act(lambda: tab.control("neuron_flip").locator("label").first.click())
    chart = tab.page.locator(CHART).first
    law = Inputs("sigmoid", flipped=(1,))
    assert float(chart.locator('input[name="hand_eta"]').input_value()) == 0.5
    same_picture(chart, expected(law, 0.5, (-1.0, -0.5), (1.0, 1.0)), 12)
    assert tab.complaints() == []


def test_what_has_no_closed_form_goes_pale_and_follows_on_release(turn_to: Visit) -> None:
    tab = turn_to("neuron", {"neuron_batch": "4"})
    chart = tab.page.locator(CHART).first
    head = "g.head_marks > path"
    assert float(chart.locator(head).first.evaluate("e => e.getAttribute('opacity') ?? 1")) == 1
    # In one breath: on a slow machine the server has answered before a second look.
    faintest = chart.evaluate(
        """(e, head) => new Promise(done => {
          const hand = e.querySelector('input[name="hand_eta"]');
          let [least, frames] = [1, 0];
          const look = () => {
            least = Math.min(least, e.querySelector(head)?.getAttribute('opacity') ?? 1);
            ++frames < 20 && least === 1 ? requestAnimationFrame(look) : done(least);
          };
          hand.value = 0.5;
          hand.dispatchEvent(new Event('input', {bubbles: true}));
          requestAnimationFrame(look);
        })""",
        head,
    )
    assert faintest < 0.5
    release(tab, chart, "eta")
    assert float(chart.locator(head).first.evaluate("e => e.getAttribute('opacity') ?? 1")) == 1


def test_on_a_phone_both_panels_are_seen_and_a_finger_drags(turn_to: Visit) -> None:
    tab = turn_to("neuron", size=PHONE, touch=True)
    chart = tab.page.locator(CHART).first
    chart.scroll_into_view_if_needed()
    box = chart.locator("g.handles_marks > path").first.bounding_box()
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
