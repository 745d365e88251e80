"""`/signs` through the entry point: what it says is recomputed here by another route."""

import itertools
import math
import re

import numpy as np
import pytest

from core.signs.patterns import ANY, fewest_steps
from dashboard.look.formats import percent, three, whole
from dashboard.topics import TOPICS
from dashboard.topics.signs.frames import example
from tests.apptest import datasets, open_page, read_page, run_snippet, said, tables

SIGMOID_S2 = (
    float(
        np.trapezoid(
            np.exp(-((z := np.linspace(-12, 12, 200_001)) ** 2) / 2) / math.sqrt(2 * math.pi) / (1 + np.exp(-z)) ** 2, z
        )
    )
    - 0.25
)


def steps_at_best(coupling: float) -> tuple[float, int]:
    """kappa and steps of plain descent on the four weights together, at the best fixed learning rate."""
    h = np.kron([[1, coupling], [coupling, 1]], SIGMOID_S2 * np.eye(2) + 0.25)
    curvatures = np.linalg.eigvalsh(h)
    e = np.array([-1.0, 0.5, 0.8, -1.2]) - np.array([1.0, -1.0, -1.0, 0.8])
    goal, steps = e @ h @ e / 1e4, 0
    while e @ h @ e > goal:
        e, steps = e - 2 / (curvatures[0] + curvatures[-1]) * h @ e, steps + 1
    return curvatures[-1] / curvatures[0], steps


def test_the_answer_to_the_asker():
    text = said(read_page("signs"))
    assert (
        "can make **4 of the 16** sign patterns: 2.00 of 4 bits" in text
        and "12 of the 16 patterns are out of reach" in text
    )
    rho = 0.25 / (0.25 + SIGMOID_S2)
    agree = 0.5 + math.asin(rho) / math.pi
    bits = 2 * (1 - agree * math.log2(agree) - (1 - agree) * math.log2(1 - agree))
    assert f"equally often: {three(bits)} of 4 bits" in text and f"still agree in {percent(agree)} of them" in text


def test_inputs_without_a_mean_leave_nothing_to_miss():
    for batch in ("1", "8"):
        text = said(read_page("signs", signs_inputs="tanh", signs_batch=batch))
        assert "all are equally frequent: 4.00 of 4 bits" in text and "as two coins do" in text
        assert f"*κ* = {three(1 + 0.5 / SIGMOID_S2)} with 2 sigmoid inputs, 1.00 with these" in text
        assert "1 step to 1/10,000" in text and "its inputs have no mean, and its valley is a round bowl" in text
    assert "with these" not in said(read_page("signs")).rsplit("sigmoid's cost", 1)[0][-120:]


def test_the_formula_has_the_numbers_of_the_sample_in_the_hand():
    at = read_page("signs", signs_delta1="-0.25", signs_delta2="1.0", signs_a1="-0.6", signs_a2="0.35")
    (shown,) = [m.value for m in at.markdown if m.value.startswith("$$")]
    # Sigmoid's inputs are never negative: a1 counts as 0.
    update, signals, sample = re.findall(r"begin{pmatrix}(.*?)\\end", shown)
    assert update == "0.00 & 0.09 \\\\ 0.00 & -0.35" and signals == "0.25 \\\\ -1.00" and sample == "0.00 & 0.35"


@pytest.mark.parametrize(("source", "batch"), [("sigmoid", 1), ("sigmoid", 8), ("tanh", 2), ("ReLU", 4)])
def test_the_shares_in_the_tiles_and_bars_are_those_of_drawn_batches(source, batch):
    at = read_page("signs", signs_inputs=source, signs_batch=str(batch), signs_deeper="true")
    rng, draws = np.random.default_rng(99), 40_000
    f = {"sigmoid": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh, "ReLU": lambda z: np.maximum(z, 0)}[source]
    a, delta = f(rng.standard_normal((draws, batch, 2))), rng.standard_normal((draws, batch, 2))
    update = -np.einsum("xbm,xbn->xmn", delta, a).reshape(draws, 4)
    tiles, bars = datasets(at, 0)["tiles"].set_index("pattern"), datasets(at, 3)["shares"].set_index("pattern")
    assert set(bars["activation"]) == {source} and bars["share"].sum() == pytest.approx(1)
    for label, rows in TOPICS.controls["signs_pattern"].choices.items():
        signs = np.array(rows).ravel()
        exact = (np.sign(update) == signs).all(axis=1).mean()
        assert bars.loc[label, "share"] == pytest.approx(exact, abs=5 * math.sqrt(exact / 8000) + 5e-4)
        # As fine as the headers above them, so that who adds tiles up comes to these.
        assert float(tiles.loc[label, "share"].removesuffix(" %")) == pytest.approx(
            100 * bars.loc[label, "share"], rel=5.1e-3
        )
    zero = (update == 0).any(axis=1).mean()
    if source == "ReLU":
        assert bars.loc["some exactly 0", "share"] == pytest.approx(zero, abs=0.02)
        told = float(said(at).partition("\nIn ")[2].split()[0]) / 100
        assert told == pytest.approx(zero, abs=0.02)
    else:
        assert "some exactly 0" not in bars.index


def test_the_limit_ticks_are_the_orthants_of_two_normals():
    bars = datasets(read_page("signs", signs_deeper="true"), 3)["shares"].set_index("pattern")["limit"]
    agree = 0.5 + math.asin(0.25 / (0.25 + SIGMOID_S2)) / math.pi
    for label, rows in TOPICS.controls["signs_pattern"].choices.items():
        expected = math.prod(agree / 2 if row[0] == row[1] else (1 - agree) / 2 for row in rows)
        assert bars[label] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("label", ["up down, up down", "up up, down down", "up down, down down"])
def test_the_tables_multiply_and_add_up_to_the_pattern(label):
    at = read_page("signs", signs_pattern=label, signs_deeper="true")
    cells = datasets(at, 0)["cells"]
    names = cells["name"].str.translate(str.maketrans("₁₂₃₄", "1234"))
    numbers = cells.assign(name=names).set_index(["table", "name"])["value"]
    numbers = numbers.replace({"": "nan"}).str.replace("−", "-").astype(float)
    tables_drawn = sorted(set(cells["table"]))
    samples = tables_drawn[:-1] if len(tables_drawn) > 1 else tables_drawn
    total = np.zeros(4)
    for table in samples:
        moves = [numbers[table, f"−δ{k}"] * numbers[table, f"a{j}"] for k in (1, 2) for j in (1, 2)]
        assert [numbers[table, f"w{k}"] for k in range(1, 5)] == pytest.approx(moves)
        assert numbers[table, "a1"] > 0 and numbers[table, "a2"] > 0
        total += moves
    wanted = np.array(TOPICS.controls["signs_pattern"].choices[label]).ravel()
    assert (np.sign(total) == wanted).all()
    glyphs = cells[(cells["table"] == tables_drawn[-1]) & cells["inside"]]["glyph"].tolist()
    assert glyphs == ["▲" if sign > 0 else "▼" for sign in wanted]
    rows = next(t for t in tables(at) if "sample 1" in t)
    assert [
        float(n.replace("−", "-")) for n in rows["together" if len(samples) > 1 else "sample 1"][2].split(", ")
    ] == pytest.approx(total, abs=0.006)


def test_the_file_of_the_example_holds_numbers_that_make_the_pattern():
    for rows in TOPICS.controls["signs_pattern"].choices.values():
        for inputs in ("positive", ANY):
            data = example(fewest_steps(rows, inputs)[1])
            assert all(np.issubdtype(column.dtype, np.number) for column in data.values())
            sums = [-(data[f"delta{k}"] * data[f"a{j}"]).sum() for k in (1, 2) for j in (1, 2)]
            assert sums == pytest.approx([data[f"w{k}"].sum() for k in range(1, 5)])
            assert (np.sign(sums) == np.array(rows).ravel()).all()


def test_the_law_of_one_sample_in_its_table():
    text = said(read_page("signs", signs_deeper="true"))
    for m, n in ((2, 2), (3, 3), (10, 10)):
        counts = " | ".join(whole(count) for count in (2**m, 2 ** (m + n - 1), 2 ** (m * n)))
        assert f"| {m} neurons, {n} inputs | {counts} |" in text


@pytest.mark.parametrize("inputs", ["sigmoid", "tanh"])
def test_every_tile_says_rightly_whether_one_sample_makes_it(inputs):
    at = open_page("signs", signs_inputs=inputs)
    for label, rows in TOPICS.controls["signs_pattern"].choices.items():
        product = math.prod(itertools.chain.from_iterable(rows))
        possible = product == 1 if inputs == "tanh" else all(row[0] == row[1] for row in rows)
        text = said(at.selectbox(key="signs_pattern").set_value(label).run())
        assert (f"**{label}** happens in one sample" in text) == possible
        assert (f"**{label}** never happens in one sample" in text) != possible


@pytest.mark.parametrize("coupling", [0.0, 0.6, 0.9])
def test_the_layer_is_as_lopsided_as_its_hessian(coupling):
    text = said(read_page("signs", signs_coupling=str(coupling)))
    kappa, steps = steps_at_best(coupling)
    assert re.search(rf"[=≈] {re.escape(three(kappa))}(?!\d)", text) and f"{whole(steps)} steps to 1/10,000" in text
    if coupling:
        assert f"against {whole(steps_at_best(0)[1])} uncoupled" in text


def test_what_costs_as_many_steps_is_not_set_against_as_many():
    """ReLU: E a a^T has 1/2 on its diagonal and 1/(2 pi) off it; a coupling of 0.05 is too little to cost a whole step."""
    h, e = np.array([[0.5, 0.5 / math.pi], [0.5 / math.pi, 0.5]]), np.array([-2.0, 1.5, 1.8, -2.0])
    counted = []
    for coupling in (0, 0.05):
        both = np.kron([[1, coupling], [coupling, 1]], h)
        low, *_, high = np.linalg.eigvalsh(both)
        shrink = np.eye(4) - 2 / (low + high) * both
        left = [np.linalg.matrix_power(shrink, k) @ e for k in range(20)]
        counted.append(next(k for k, x in enumerate(left) if x @ both @ x <= e @ both @ e / 1e4))
    assert counted[0] == counted[1]
    text = said(read_page("signs", signs_inputs="ReLU", signs_coupling="0.05"))
    assert f"{counted[1]} steps to 1/10,000 of the loss, as many as uncoupled" in text


def test_relu_says_how_many_updates_are_exactly_zero():
    text = said(read_page("signs", signs_inputs="ReLU"))
    share = float(re.search(r"In ([\d.]+) % of these 8,000 single samples an input is exactly 0", text)[1])
    assert share == pytest.approx(75, abs=400 * math.sqrt(0.75 * 0.25 / 8000))


def test_the_prediction_is_borne_out():
    at = open_page("signs")
    at.radio(key="signs_guess").set_value("All but “only w₁ up”").run()
    assert any(m.value.startswith("**Right.**") for m in at.markdown)


def test_the_snippet_prints_the_numbers_of_the_page():
    at = open_page("signs", signs_batch="4", signs_seed="5", signs_coupling="0.3")
    at.session_state["signs_share"] = True
    at.run()
    (snippet,) = [c.value for c in at.code if "from core" in c.value]
    example, bits, kappa = run_snippet(snippet).splitlines()
    assert example.startswith("2 ")
    measured, limit = map(float, bits.split())
    text = said(at)
    assert re.search(rf"Batches of 4 made \*\*\d+\*\*: {three(measured)} ± [\d.]+ of 4 bits", text)
    assert f"equally often: {three(limit)} of 4 bits" in text and re.search(
        rf"[=≈] {re.escape(three(float(kappa)))}(?!\d)", text
    )
