"""`/` through the entry point: every number of the answer and of the cards, by another route."""

import csv
import io
import math
import re

import numpy as np
import pyarrow as pa
import pytest

from dashboard.look.formats import percent, three, whole
from dashboard.topics import TOPICS
from dashboard.topics.signs.card import BATCH, COUPLING
from tests.apptest import ROOT, assert_calm, open_page, read_page, run_snippet, said

Z = np.linspace(-12, 12, 200_001)
PHI = np.exp(-Z * Z / 2) / math.sqrt(2 * math.pi)
S2 = float(np.trapezoid(PHI / (1 + np.exp(-Z)) ** 2, Z)) - 0.25
KAPPA = 1 + 0.5 / S2


@pytest.fixture(scope="module")
def page():
    at = read_page("question")
    assert_calm(at)
    return at


def card(claim: str) -> str:
    """What a card says as a sentence; its number is set large on the page, beside the claim and the verdict."""
    (one,) = [one for one in TOPICS.cards if one.claim == claim]
    return one.number


def test_the_index_of_claims(page):
    shown = {metric.label: metric.value for metric in page.metric}
    assert shown == {one.claim: one.figure for one in TOPICS.cards}
    for one in TOPICS.cards:
        assert f"**{one.claim}**  \n{one.mark} {one.verdict}" in said(page) and one.of in said(page)
        numbers = re.findall(r"\d[\d.,]*", one.figure)
        assert numbers and all(number in one.number for number in numbers), one.claim


def descend(h: np.ndarray, eta: float) -> tuple[int, float]:
    e, steps, length = np.array([-2.0, 1.5]), 0, 0.0
    goal = e @ h @ e / 1e4
    while e @ h @ e > goal:
        move = eta * h @ e
        e, steps, length = e - move, steps + 1, length + float(np.hypot(*move))
    return steps, length / 2.5


def test_the_picture_in_numbers(page):
    raw, centred = S2 * np.eye(2) + 0.25, S2 * np.eye(2)
    eta = 0.9 * 2 / (S2 + 0.5)
    (one, far), (two, straight) = descend(raw, eta), descend(centred, eta)
    etas = 2 / (2 * S2 + 0.5), 1 / S2
    best = [descend(h, step)[0] for h, step in zip((raw, centred), etas, strict=True)]
    text = said(page)
    assert (
        f"At *η* = {three(eta)} for both, the mean costs nothing: {one} steps with these inputs, {two} steps with centred ones."
        in text
    )
    assert (one, two, *best) == (29, 30, 29, 1)
    assert straight == pytest.approx(1, abs=0.02) and far > 1.5
    assert f"*η* = {three(etas[0])} ({best[0]} steps) for these inputs, {three(etas[1])} ({best[1]} step)" in text
    # 23.1 / 3.41 is 6.77, and the ratio is 6.76: both are about 6.8.
    assert etas[1] / etas[0] == pytest.approx(6.8, abs=0.05)
    assert "**about 6.8 times as large**, (*κ* + 1) / 2." in text
    assert pytest.approx(etas[1] / etas[0], rel=1e-6) == (KAPPA + 1) / 2
    assert f"**{three(KAPPA)} times** as steep" in text


def test_the_askers_two_cases(page):
    """Neither needs the page's way: a positive sample's rows share a sign; batches are drawn again with another seed."""
    text = said(page)
    assert "the left one can happen, and the right one cannot" in text
    rng = np.random.default_rng(3)
    a = 1 / (1 + np.exp(-rng.standard_normal((40_000, 32, 2))))
    up = np.einsum("xbm,xbn->xmn", rng.standard_normal((40_000, 32, 2)), a) > 0
    share = float((up == np.array([[True, False], [True, False]])).all(axis=(1, 2)).mean())
    told = float(text.split("the right one happens about ")[1].split(" %")[0]) / 100
    assert told == pytest.approx(share, abs=5e-4 + 4 * math.sqrt(share / 40_000))


@pytest.mark.parametrize("centre", [0, 60, 100])
def test_centring_by_hand_leaves_the_learning_rate_where_it_is(centre):
    left = 0.5 * (1 - centre / 100)
    raw, eta = S2 * np.eye(2) + left**2, 0.9 * 2 / (S2 + 0.5)
    text = said(read_page("question", question_centre=str(centre)))
    if centre < 100:
        count = descend(raw, eta)[0]
        alike = f"*η* = {three(eta)} for both, the mean costs nothing: {count} steps with "
        assert f"{alike}{'both' if count == 30 else 'these inputs, 30 steps'}" in text
        assert f"({descend(raw, 2 / (2 * S2 + 2 * left**2))[0]} steps) for these inputs" in text
    else:
        assert "no mean to remove, and both panels are the same: best *η* 23.1 (1 step)" in text


def test_one_neuron_and_its_layer(page):
    rho = 0.25 / (0.25 + S2)
    limit = 0.5 + math.asin(rho) / math.pi
    lock = card("All weights of one neuron move together")
    assert f"tend to {percent(limit)}" in lock
    measured = float(lock.split("agree ")[1].split()[0]) / 100
    # Batches are locked more often than their limit, and larger ones less so.
    rng = np.random.default_rng(8)
    a = 1 / (1 + np.exp(-rng.standard_normal((40_000, 32, 2))))
    up = np.einsum("db,dbn->dn", rng.standard_normal((40_000, 32)), a) > 0
    drawn = float((up[:, 0] == up[:, 1]).mean())
    assert measured == pytest.approx(drawn, abs=4 * math.sqrt(drawn * (1 - drawn) / 40_000) + 0.0006)
    assert limit < measured < limit + 0.006
    curvatures = np.linalg.eigvalsh(np.kron([[1, COUPLING], [COUPLING, 1]], S2 * np.eye(2) + 0.25))
    text = card("But a layer mixes signs")
    assert (
        f"valley {three(curvatures[-1] / curvatures[0])} times" in text and f"One neuron alone: {three(KAPPA)}." in text
    )


def test_the_lost_bits(page):
    text = card("So it is reduced entropy")
    one, many = map(float, re.findall(r"has ([\d.]+) of 4 bits; in batches of 32 it has ([\d.]+)\.$", text)[0])
    rng = np.random.default_rng(77)
    a = 1 / (1 + np.exp(-rng.standard_normal((20_000, BATCH, 2))))
    update = np.einsum("xbm,xbn->xmn", rng.standard_normal((20_000, BATCH, 2)), a).reshape(-1, 4) > 0
    share = np.bincount(update @ [8, 4, 2, 1], minlength=16) / 20_000
    assert one == 2
    assert many == pytest.approx(-(share * np.log2(share)).sum(), abs=0.05)


def test_slope_and_factor(page):
    spread = 4 * math.sqrt(0.37)
    slope = np.exp(-spread * np.abs(Z)) / (1 + np.exp(-spread * np.abs(Z))) ** 2
    kept = 4 * math.sqrt(np.trapezoid(slope**2 * PHI, Z))
    saturates = card("It saturates")
    assert (
        f"At a spread of {three(spread)} in its pre-activations (weight scale 4) a layer keeps {percent(kept)}"
        in saturates
    )
    q = 1.0
    for _ in range(50):
        q = float(np.trapezoid(PHI / (1 + np.exp(-math.sqrt(q) * Z)) ** 2, Z))
    e = np.exp(-math.sqrt(q) * np.abs(Z))
    factor = math.sqrt(np.trapezoid(PHI * (e / (1 + e) ** 2) ** 2, Z))
    assert three(factor) in card("At most 0.25 a layer, so it vanishes")
    assert f"by {three(factor)}," in said(page)


def test_the_output_unit(page):
    def steps(slope_too: bool) -> int:
        z, count = 4.0, 0
        while (a := 1 / (1 + math.exp(-z))) > 0.1:
            z, count = z - 2 * 0.15 * a * (a * (1 - a) if slope_too else 1), count + 1
        return count

    text = card("A sigmoid output is no problem")
    assert f"{steps(False)} steps to within 0.1" in text and text.endswith(f"squared error {steps(True)}.")


def shipped(experiment: str, variant: str) -> str:
    """The smallest median over seeds in the shipped file, read line by line."""
    with open(ROOT / "core/network/data/ablation.csv") as file:
        next(file)
        runs: dict[str, list[float]] = {}
        for row in csv.DictReader(file):
            if row["experiment"] == experiment and row["variant"] == variant:
                arrived = row["status"] == "converged"
                runs.setdefault(row["eta"], []).append(float(row["steps"]) if arrived else math.inf)
    return whole(round(min(float(np.median(steps)) for steps in runs.values())))


def test_the_real_network(page):
    full, one = ([shipped(name, v) for v in ("sigmoid", "centred")] for name in ("full", "1"))
    said_of_it = f"full batch: {full[0]} steps, centred {full[1]}. At batch 1: {one[0]}, centred {one[1]}."
    assert said_of_it in card("It matters in practice")


def test_the_prediction_is_borne_out():
    at = open_page("question")
    at.radio(key="question_guess").set_value("The same").run()
    (reveal,) = [m.value for m in at.markdown if m.value.startswith("**Right.**")]
    assert f"{shipped('full', 'sigmoid')} steps as it was, {shipped('full', 'flipped')} flipped" in reveal


@pytest.mark.usefixtures("short_training")
def test_every_card_leads_into_a_page_that_says_its_number():
    shown = TOPICS.cards
    assert {one.slug for one in shown} == set(TOPICS) - {"question"}
    for one in shown:
        there = read_page(one.slug, **{**one.query, f"{one.slug}_deeper": "true"})
        assert_calm(there)
        # Each number of the card stands on its page too, at the opening of the link.
        numbers = re.findall(r"(?<![\w.])\d[\d,.]*\d|\d", one.number)
        skipped = {"4", "50", "0.1", "0.5", "1", str(BATCH), "2"}
        page_said = said(there)
        missing = [
            n for n in numbers if n not in skipped and not re.search(rf"(?<![\d.]){re.escape(n)}(?![\d])", page_said)
        ]
        if one.slug == "neuron":
            # The measured share is a dot of the chart there.
            share = float(missing.pop(0)) / 100
            drawn = next(c for c in there.get("vega_lite_chart") if "locks" in {d.name for d in c.proto.datasets})
            table = {d.name: d for d in drawn.proto.datasets}["locks"].data.data
            dots = pa.ipc.open_stream(io.BytesIO(table)).read_pandas().set_index("batch")["share"]
            assert dots[BATCH] == pytest.approx(share, abs=6e-4)
        assert missing == [], one.claim


def test_the_snippet_prints_the_numbers_of_the_page(page):
    at = open_page("question")
    at.session_state["question_share"] = True
    at.run()
    (snippet,) = [c.value for c in at.code if "from core" in c.value]
    raw, centred = (line.split() for line in run_snippet(snippet).splitlines())
    text = said(at)
    assert f"{raw[2]} steps with these inputs, {centred[2]} steps with centred ones" in text


@pytest.mark.parametrize(
    ("link", "phrase"),
    [
        ({"question_eta": "1.2"}, "The mean caps *η*. Best are"),
        ({"question_eta": "1.2"}, "*η* = 4.42 for both: it diverges with these inputs, 22 steps with centred ones."),
        (
            {"question_eta": "0.01"},
            ", the mean costs nothing: 2,811 steps with these inputs, 2,882 steps with centred ones.",
        ),
        (
            {"question_start1": "1.0", "question_start2": "-1.0"},
            "The start is the target: there is nothing to learn, and no step is taken. Drag the start or the target away.",
        ),
        (
            {"question_start1": "2.0", "question_start2": "0.0", "question_eta": "1.0"},
            ": it never arrives with these inputs",
        ),
    ],
)
def test_the_caption_holds_wherever_the_hand_is(link, phrase):
    at = read_page("question", **link)
    assert_calm(at)
    assert phrase in said(at)
