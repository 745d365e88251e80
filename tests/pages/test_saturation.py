"""`/saturation` through the entry point: what it says is recomputed here by another route."""

import math
import re

import numpy as np
import pytest

from core.activations import sigmoid, sigmoid_slope
from core.gaussian import expect
from dashboard.controls import SATURATION
from dashboard.marks import percent, three
from dashboard.presets import PRESETS, preset_query
from tests.apptest import assert_calm, open_page, run_snippet, said

EDGE = {"sigmoid": 2 * math.acosh(5), "tanh": math.acosh(5)}
SLOPE = {"sigmoid": lambda z: 1 / (2 + np.exp(z) + np.exp(-z)), "tanh": lambda z: np.cosh(z) ** -2.0}
BEST = {"sigmoid": 0.25, "tanh": 1.0}


def tables(at) -> list[dict[str, list[str]]]:
    found = []
    for text in (m.value for m in at.markdown if m.value.startswith("| ")):
        rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in text.splitlines()[2:]]
        found.append({row[0]: row[1:] for row in rows})
    return found


def outside(edge: float, mean: float, s: float) -> float:
    return 0.5 * (math.erfc((edge - mean) / s / math.sqrt(2)) + math.erfc((edge + mean) / s / math.sqrt(2)))


@pytest.mark.parametrize(("weights", "square", "mean"), [(4.0, 0.37, 0.0), (10.0, 0.5, -1.5), (0.5, 0.25, 3.0)])
def test_the_numbers_are_those_of_a_plain_trapezoid(weights, square, mean):
    at = open_page(
        "saturation",
        saturation_weights=str(weights),
        saturation_square=str(square),
        saturation_mean=str(mean),
    )
    (numbers,) = tables(at)
    s = weights * math.sqrt(square)
    z = np.linspace(mean - 10 * s, mean + 10 * s, 400_001)
    density = np.exp(-0.5 * ((z - mean) / s) ** 2) / (s * math.sqrt(2 * math.pi))
    for column, key in enumerate(("sigmoid", "tanh")):
        slope = SLOPE[key](z)
        average, square_mean = np.trapezoid(slope * density, z), np.trapezoid(slope**2 * density, z)
        assert numbers["best slope"][column] == three(BEST[key])
        assert numbers["saturated"][column] == f"beyond ±{three(EDGE[key])}"
        assert numbers["share of units saturated"][column] == percent(outside(EDGE[key], mean, s))
        assert numbers["mean slope in this layer"][column] == three(average)
        assert numbers["root mean square slope"][column] == three(math.sqrt(square_mean))
        assert numbers["share of its best slope kept"][column] == percent(math.sqrt(square_mean) / BEST[key])
    assert f"{percent(outside(EDGE['sigmoid'], mean, s))} of this layer is out there" in said(at)


def fixed_point(sigma_w: float) -> tuple[float, float]:
    """Variance of z and the factor chi_1 of a deep sigmoid network without biases, by iteration."""
    q = 1.0
    for _ in range(200):
        q = sigma_w**2 * expect(lambda z: sigmoid(z) ** 2, 0.0, math.sqrt(q))
    return q, sigma_w**2 * expect(lambda z: sigmoid_slope(z) ** 2, 0.0, math.sqrt(q))


@pytest.mark.parametrize("preset", ["glorot4", "small", "unit", "critical"])
def test_presets_have_the_mean_square_that_sigmoid_layers_settle_at(preset):
    query = {"saturation_weights": "4.0", "saturation_square": "0.37"} | preset_query("saturation", preset)
    sigma_w = float(query["saturation_weights"])
    q, _ = fixed_point(sigma_w)
    assert float(query["saturation_square"]) == pytest.approx(q / sigma_w**2, abs=0.006)


def test_the_critical_preset_is_critical_and_half_saturated():
    _, chi = fixed_point(10.1)
    assert chi == pytest.approx(1, abs=0.01)
    (numbers,) = tables(open_page("saturation", **preset_query("saturation", "critical")))
    assert float(numbers["share of units saturated"][0].split()[0]) == pytest.approx(50, abs=1)


def test_relu_is_said_to_have_a_dead_half():
    text = said(open_page("saturation", **preset_query("saturation", "relu")))
    assert "50 % of this layer is ReLU's dead half" in text
    assert "Below 0, all at once" in text


def test_the_same_activation_twice_is_shown_once():
    at = open_page("saturation", saturation_beside="sigmoid")
    assert_calm(at)
    assert len(tables(at)[0]["best slope"]) == 1


def test_the_identity_is_saturated_nowhere():
    assert "Nowhere: the slope of identity" in said(open_page("saturation", saturation_activation="identity"))


def test_the_prediction_is_borne_out():
    at = open_page("saturation")
    at.radio(key="saturation_guess").set_value("tanh").run()
    reveal = next(m.value for m in at.markdown if "stretched" in m.value)
    assert reveal.startswith("**No: sigmoid.**")
    for key in ("sigmoid", "tanh"):
        assert percent(float(SLOPE[key](3.0)) / BEST[key]) in reveal
        assert three(EDGE[key]) in reveal
        assert three(float(SLOPE[key](3.0))) in reveal


def test_the_table_of_initialisations():
    at = open_page("saturation", saturation_deeper="true", saturation_fan="64", saturation_square="1.0")
    rules = next(t for t in tables(at) if "He" in t)
    s = {"PyTorch's default": math.sqrt(1 / 3 + 1 / 192), "LeCun": 1, "Glorot": 1, "He": math.sqrt(2), "4 x Glorot": 4}
    assert {name: row[2] for name, row in rules.items()} == {name: three(value) for name, value in s.items()}


def test_the_table_of_edges_and_the_absolute_slope():
    at = open_page("saturation", saturation_deeper="true", saturation_below="0.1")
    edges = next(t for t in tables(at) if "identity" in t)
    assert edges["tanh"] == [
        f"\\|z\\| > {three(math.acosh(1 / math.sqrt(0.1)))}",
        f"\\|z\\| > {three(math.acosh(10))}",
    ]
    assert edges["sigmoid"] == [
        f"\\|z\\| > {three(2 * math.acosh(1 / math.sqrt(0.1)))}",
        f"\\|z\\| > {three(2 * math.acosh(5))}",
    ]
    assert edges["ReLU"] == ["z < 0", "z < 0"]
    assert edges["leaky ReLU"] == ["z < 0", "nowhere"]
    assert edges["identity"] == ["nowhere", "nowhere"]


@pytest.mark.parametrize("preset", [p.name for p in PRESETS["saturation"]])
def test_every_preset_is_a_link_and_a_button_to_the_same_page(preset):
    by_link = open_page("saturation", **preset_query("saturation", preset))
    by_button = (
        open_page("saturation", saturation_mean="1.0", saturation_activation="SiLU")
        .button(key=f"saturation_preset_{preset}")
        .click()
        .run()
    )
    assert_calm(by_link)
    assert said(by_link) == said(by_button)


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("unit", ["sigmoid", "ReLU", "leaky ReLU", "GELU", "SiLU", "identity", "4 x centred sigmoid"])
def test_all_controls_at_one_end_at_once(end, unit):
    query = {c.key: str(getattr(c, end)) for c in SATURATION if c.kind == "slider"}
    query |= {"saturation_activation": unit, "saturation_fan": "4" if end == "low" else "4096"}
    at = open_page("saturation", **query, saturation_deeper="true")
    assert_calm(at)
    assert "nan" not in said(at).lower() and "inf" not in said(at).lower()
    assert len(at.get("vega_lite_chart")) == 4


@pytest.mark.parametrize(
    "query",
    [
        {"saturation_activation": "Sigmoid"},
        {"saturation_below": "0"},
        {"saturation_below": "nan"},
        {"saturation_weights": "1e9"},
        {"saturation_weights": "-4"},
        {"saturation_cursor": "11"},
        {"saturation_fan": "3"},
    ],
)
def test_a_value_that_cannot_be_is_the_default(query):
    at = open_page("saturation", **query)
    assert_calm(at)
    assert said(at) == said(open_page("saturation"))


def test_the_snippet_prints_the_numbers_of_the_page():
    at = open_page("saturation", saturation_below="0.1", saturation_mean="0.5", saturation_beside="GELU")
    at.session_state["saturation_share"] = True
    at.run()
    (snippet,) = [c.value for c in at.code if "from core" in c.value]
    numbers = tables(at)[0]
    for column, line in enumerate(run_snippet(snippet).splitlines()):
        saturated, mean, rms, kept = map(float, line.rpartition(")")[2].split())
        assert numbers["share of units saturated"][column] == percent(saturated)
        assert numbers["mean slope in this layer"][column] == three(mean)
        assert numbers["root mean square slope"][column] == three(rms)
        assert numbers["share of its best slope kept"][column] == percent(kept)


def test_the_copied_link_writes_every_control_out():
    at = open_page("saturation")
    at.session_state["saturation_share"] = True
    at.run()
    assert all(f"{control.key}=" in at.code[0].value for control in SATURATION)
