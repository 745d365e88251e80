"""`/signs` through the entry point: what it says is recomputed here by another route."""

import itertools
import math

import numpy as np
import pytest

from dashboard.controls import CONTROLS, SIGNS
from dashboard.marks import percent, three, whole
from dashboard.presets import PRESETS, preset_query
from tests.apptest import assert_calm, open_page, run_snippet, said

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
    text = said(open_page("signs"))
    assert "leaves 2.00 of 4 bits" in text and "one sample showed 4 of the 16 patterns" in text
    rho = 0.25 / (0.25 + SIGMOID_S2)
    agree = 0.5 + math.asin(rho) / math.pi
    bits = 2 * (1 - agree * math.log2(agree) - (1 - agree) * math.log2(1 - agree))
    assert f"tend to {three(bits)} of 4" in text and f"agree in {percent(agree)} of the noise" in text


@pytest.mark.parametrize("inputs", ["sigmoid", "tanh"])
def test_every_tile_says_rightly_whether_one_sample_makes_it(inputs):
    at = open_page("signs", signs_inputs=inputs)
    for label, rows in CONTROLS["signs_pattern"].choices.items():
        product = math.prod(itertools.chain.from_iterable(rows))
        possible = product == 1 if inputs == "tanh" else all(row[0] == row[1] for row in rows)
        text = said(at.selectbox(key="signs_pattern").set_value(label).run())
        assert (f"**{label}** happens in one sample" in text) == possible
        assert (f"**{label}** never happens in one sample" in text) != possible


@pytest.mark.parametrize("coupling", [0.0, 0.6, 0.9])
def test_the_layer_is_as_lopsided_as_its_hessian(coupling):
    text = said(open_page("signs", signs_coupling=str(coupling)))
    kappa, steps = steps_at_best(coupling)
    assert f"= {three(kappa)}." in text and f"{whole(steps)} steps to 1/10,000" in text
    if coupling:
        assert f"against {whole(steps_at_best(0)[1])} uncoupled" in text


def test_relu_says_how_many_updates_are_exactly_zero():
    text = said(open_page("signs", signs_inputs="ReLU"))
    share = float(text.split(" of single samples move some weight by exactly 0")[0].rsplit("\n", 1)[-1].split()[0])
    assert share == pytest.approx(75, abs=400 * math.sqrt(0.75 * 0.25 / 8000))


def test_the_prediction_is_borne_out():
    at = open_page("signs")
    at.radio(key="signs_guess").set_value("All but only w1 up").run()
    assert any(m.value.startswith("**Yes.**") for m in at.markdown)


@pytest.mark.parametrize("preset", [p.name for p in PRESETS["signs"]])
def test_every_preset_is_a_link_and_a_button_to_the_same_page(preset):
    by_link = open_page("signs", **preset_query("signs", preset))
    by_button = (
        open_page("signs", signs_coupling="0.5", signs_batch="8").button(key=f"signs_preset_{preset}").click().run()
    )
    assert_calm(by_link)
    assert said(by_link) == said(by_button)


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("source", ["sigmoid", "tanh", "ReLU"])
def test_all_controls_at_one_end_at_once(end, source):
    query = {c.key: str(getattr(c, end)) for c in SIGNS if c.kind in ("slider", "number")}
    at = open_page(
        "signs", **query, signs_inputs=source, signs_batch="1" if end == "low" else "128", signs_deeper="true"
    )
    assert_calm(at)
    assert "nan" not in said(at).lower()
    assert len(at.get("vega_lite_chart")) == 4


def test_the_snippet_prints_the_numbers_of_the_page():
    at = open_page("signs", signs_batch="4", signs_seed="5", signs_coupling="0.3")
    at.session_state["signs_share"] = True
    at.run()
    (snippet,) = [c.value for c in at.code if "from core" in c.value]
    example, bits, kappa = run_snippet(snippet).splitlines()
    assert example.startswith("2 ")
    measured, limit = map(float, bits.split())
    text = said(at)
    assert f"a batch of 4 leaves {three(measured)}" in text and f"tend to {three(limit)} of 4" in text
    assert f"= {three(float(kappa))}." in text
