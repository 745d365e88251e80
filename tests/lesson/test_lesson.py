"""The lesson: each link opens what it says, and each number the class is promised is found again another way."""

import math
import re

import numpy as np
import pytest

from core.network.ablation import ablation
from core.neuron.stability import FULL
from dashboard.lesson import plan
from dashboard.lesson.plan import STOPS, Stop
from dashboard.topics import TOPICS
from dashboard.topics.neuron.settings import BEST, Neuron
from dashboard.ui.settings import states
from tests.apptest import assert_calm, at_path, open_page
from tests.greek import seen, spelled


def sees(slug: str, turn: int = 0) -> list[float]:
    """The numbers of what the class will see at a stop on this page."""
    stop = [stop for stop in STOPS if stop.slug == slug][turn]
    superscripts = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    text = re.sub(
        r"([\d.]+) × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)",
        lambda found: f"{found[1]}e{found[2].translate(superscripts)}",
        stop.sees().replace(",", ""),
    )
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text)]


def sees_at(stop: Stop) -> list[float]:
    """The numbers of what is seen at this stop."""
    same = [one for one in STOPS if one.slug == stop.slug]
    return sees(stop.slug, same.index(stop))


def slow_descent(centred: bool, eta: float, flip: bool = False) -> tuple[int, int]:
    """Steps to 1/10,000 of the first loss, and how many of them share a sign; by drawing no eigenvector. Sigmoid inputs."""
    at, z = Neuron(), np.linspace(-12, 12, 200_001)
    weight = np.exp(-(z**2) / 2)
    a = 1 / (1 + np.exp(-z))
    mean, square = (weight @ a) / weight.sum(), (weight @ a**2) / weight.sum()
    sign = -1.0 if flip else 1.0
    off = 0.0 if centred else sign * mean**2
    own = square - mean**2 if centred else square
    hessian = np.array([[own, off], [off, own]])
    target = np.array([at.target1, sign * at.target2])
    w = np.array([at.start1, sign * at.start2])
    first = (w - target) @ hessian @ (w - target)
    agree = 0
    for step in range(10_000):
        if (w - target) @ hessian @ (w - target) <= 1e-4 * first:
            return step, agree
        update = -eta * hessian @ (w - target)
        agree += bool(update[0] * update[1] > 0)
        w = w + update
    raise AssertionError("does not arrive")


def eigenvalues() -> tuple[float, float]:
    z = np.linspace(-12, 12, 200_001)
    weight = np.exp(-(z**2) / 2)
    a = 1 / (1 + np.exp(-z))
    mean, square = (weight @ a) / weight.sum(), (weight @ a**2) / weight.sum()
    return square - mean**2, square + mean**2


def test_the_neuron_arrives_when_a_slow_loop_does():
    flat, steep = eigenvalues()
    eta = Neuron().eta * 2 / steep
    assert sees("neuron") == [slow_descent(False, eta)[0], slow_descent(True, eta)[0]]
    assert STOPS[1].at.compare == BEST
    left, right, kappa = sees("neuron", 1)
    assert [left, right] == [slow_descent(False, 2 / (flat + steep))[0], slow_descent(True, 1 / flat)[0]]
    assert kappa == pytest.approx(steep / flat, rel=5e-3)
    (before, agree), (after, agree_after) = slow_descent(False, eta), slow_descent(False, eta, flip=True)
    assert sees("neuron", 2) == [before, after, agree, agree_after]


def test_the_patterns_are_those_of_an_enumeration():
    signs = (-1, 1)
    outer = {
        kind: {(d1 * a1, d1 * a2, d2 * a1, d2 * a2) for d1 in signs for d2 in signs for a1 in inputs for a2 in inputs}
        for kind, inputs in (("positive", (1,)), ("mixed", signs))
    }
    positive, mixed = len(outer["positive"]), len(outer["mixed"])
    assert sees("signs") == [positive, 16, mixed, 16 - mixed]


def test_the_slopes_are_their_closed_forms():
    sigmoid, tanh = 100 / math.cosh(1.5) ** 2, 100 / math.cosh(3) ** 2
    assert sees("saturation") == pytest.approx([sigmoid, tanh], rel=5e-3)


def test_the_output_arrives_when_a_slow_loop_does():
    at, found = plan.FAR, []
    for squared in (True, False):
        z, step = at.w + at.b, 0
        while (a := 1 / (1 + math.exp(-z))) > 0.1:
            z -= 2 * at.eta * (a * a * (1 - a) if squared else a)
            step += 1
        found.append(step)
    # The first is more than the page counts.
    assert found[0] > 10_000 and sees("output") == [10_000, found[1]]


def test_the_layers_factor_is_that_of_an_iterated_length():
    z = np.linspace(-12, 12, 20_001)
    weight = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
    q = 1.0
    for _ in range(200):
        q = float(weight @ (1 / (1 + np.exp(-math.sqrt(q) * z))) ** 2)
    a = 1 / (1 + np.exp(-math.sqrt(q) * z))
    factor = math.sqrt(weight @ (a * (1 - a)) ** 2)
    got = sees("depth")
    assert got[0] == pytest.approx(factor, rel=5e-3) and got[1] == pytest.approx(factor**20, rel=5e-3)


def test_the_networks_steps_are_the_tables():
    table = ablation()["full"]
    wanted = []
    for key in ("sigmoid", "centred"):
        steps = np.where(table.steps[table.variants.index(key)] < 0, np.inf, table.steps[table.variants.index(key)])
        wanted.append(np.median(steps, axis=-1).min())
    assert sees("network")[1:] == pytest.approx(wanted, rel=5e-3)


def test_relus_mean_is_its_closed_form():
    relu = 1 / (math.pi - 1)
    z = np.linspace(-12, 12, 200_001)
    weight = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
    a = 1 / (1 + np.exp(-z))
    sigmoid = (weight @ a) ** 2 / (weight @ a**2 - (weight @ a) ** 2)
    # kappa of n alike inputs: one direction has their means besides, n times as much.
    kappas = [1 + n * one for n in (2, 100) for one in (relu, sigmoid)]
    wanted = [relu, sigmoid, 2, *kappas[:2], 100, *kappas[2:]]
    assert sees("cures") == pytest.approx(wanted, rel=5e-3)


def test_one_quantity_has_one_number_or_its_setting():
    """kappa of two sigmoid inputs wherever it is said; nothing else is near it."""
    kappa = sees("neuron", 1)[2]
    assert kappa in sees("cures")
    everywhere = [number for stop in STOPS for number in sees_at(stop)]
    assert not [number for number in everywhere if 0 < abs(number / kappa - 1) < 0.05]


def test_each_link_says_what_it_opens_and_no_two_say_the_same():
    labels = [f"{stop.opens}: {TOPICS[stop.slug].question}" for stop in STOPS]
    assert len(set(labels)) == len(labels) and all(stop.opens for stop in STOPS)
    assert len({stop.opens for stop in STOPS}) == len(STOPS)
    at = at_path("lesson").run()
    assert [one.proto.label for one in at.get("page_link")] == labels


def test_it_speaks_to_the_teacher_and_names_what_the_pages_have():
    """ "You" is who reads: no student stands beside. What it names to hold controls with is on a page under that name."""
    at = at_path("lesson").run()
    text = "\n".join(one.value for one in at.markdown)
    assert not re.search(r"\bstudents?\b", text)
    page = open_page("neuron")
    for named in re.findall(r"open \*(.+?)\* at the foot", text):
        assert named in [one.label for one in page.expander]
    (view,) = re.findall(r"choose it under \*(.+?)\*", text)
    assert any(one.label.startswith(view) for one in page.multiselect)


def test_what_shares_a_sign_is_said_to_be_steps_of_the_full_batch():
    """One sample's update shares a sign every time; the full batch's does in 9 of 29, which needs its setting."""
    (stop,) = [stop for stop in STOPS if stop.slug == "neuron" and stop.at.flip]
    assert "steps of the full batch" in stop.sees()
    assert stop.at.batch == FULL
    before, _, agree, agree_after = sees("neuron", 2)
    assert agree < before and agree_after < before, "not all of them, as is said"


def test_it_takes_twenty_minutes():
    assert sum(stop.minutes for stop in STOPS) == 20


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: f"{stop.slug}-{STOPS.index(stop)}")
def test_every_link_opens_what_it_says(stop: Stop) -> None:
    """Every control of the page, read from the link without a word of complaint."""
    controls = TOPICS[stop.slug].controls
    assert stop.query.keys() == {one.key for one in controls.values()}
    for one in controls.values():
        assert one.asked([stop.query[one.key]]) == (states(stop.at)[one.key], None)


def test_one_of_them_opens_in_the_page_and_the_page_itself_is_calm() -> None:
    at = open_page("signs", **STOPS[3].query)
    assert_calm(at)
    assert not any(text.value.startswith("Of this link") for text in at.text)
    at = at_path("lesson").run()
    assert not at.exception and at.title[0].value == "A lesson of twenty minutes"
    links = [one.proto.query_string for one in at.get("page_link")]
    assert len(links) == len(STOPS)
    assert not [text for part in seen(at) for text in spelled(part)]
    assert sum("They will see" in one.value for one in at.markdown) == len(STOPS)


def test_a_count_of_steps_is_a_whole_number():
    for stop in STOPS:
        assert not re.search(r"\d\.\d+ steps|centred \d+\.", stop.sees()), stop.sees()


def test_the_zigzag_costs_nothing_at_one_rate_by_the_counts_beside_it():
    left, right = sees("neuron")
    assert left <= right and "costs nothing" in STOPS[0].sees()
    assert f"starts at *z* = {plan.FAR.w + plan.FAR.b:g}" in next(stop.ask for stop in STOPS if stop.slug == "output")
