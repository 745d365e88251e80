"""`/saturation` through the entry point: what it says is recomputed here by another route."""

import itertools
import math

import numpy as np
import pytest

from core.activations import activation, sigmoid, sigmoid_slope
from core.quadrature import expect
from dashboard.look.formats import percent, three
from dashboard.topics import TOPICS
from dashboard.topics.saturation import frames
from dashboard.topics.saturation.charts_live import MOST_ZONES
from dashboard.ui.control import Slider
from tests.apptest import assert_calm, datasets, open_page, read_page, run_snippet, said, tables
from tests.breadth import wide

EDGE = {"sigmoid": 2 * math.acosh(5), "tanh": math.acosh(5)}
SLOPE = {"sigmoid": lambda z: 1 / (2 + np.exp(z) + np.exp(-z)), "tanh": lambda z: np.cosh(z) ** -2.0}
BEST = {"sigmoid": 0.25, "tanh": 1.0}


def outside(edge: float, mean: float, s: float) -> float:
    return 0.5 * (math.erfc((edge - mean) / s / math.sqrt(2)) + math.erfc((edge + mean) / s / math.sqrt(2)))


@pytest.mark.parametrize(("weights", "square", "mean"), [(4.0, 0.37, 0.0), (10.0, 0.5, -1.5), (0.5, 0.25, 3.0)])
def test_the_numbers_are_those_of_a_plain_trapezoid(weights, square, mean):
    at = read_page(
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
        assert float(numbers["best slope"][column]) == pytest.approx(BEST[key], rel=5e-4)
        assert numbers["saturated"][column] == f"beyond ±{three(EDGE[key])}"
        assert numbers["share of units saturated"][column] == percent(outside(EDGE[key], mean, s))
        assert numbers["mean slope"][column] == three(average, 4)
        assert numbers["mean slope, of the best"][column] == percent(average / BEST[key])
        assert numbers["root mean square (rms) slope"][column] == three(math.sqrt(square_mean), 4)
        assert numbers["rms slope, of the best"][column] == percent(math.sqrt(square_mean) / BEST[key])
        assert numbers[r"$\sigma_w$ × rms slope: factor of such a layer"][column] == three(
            weights * math.sqrt(square_mean)
        )
    layer = "this layer" if mean == 0 else f"this layer, whose *z* has the mean {three(mean)},"
    share = percent(outside(EDGE["sigmoid"], mean, s))
    assert f". {share[0].upper()}{share[1:]} of {layer} is out there" in said(at)


def fixed_point(sigma_w: float) -> tuple[float, float]:
    """Variance of z and the factor chi_1 of a deep sigmoid network without biases, by iteration."""
    q = 1.0
    for _ in range(200):
        q = sigma_w**2 * expect(lambda z: sigmoid(z) ** 2, 0.0, math.sqrt(q))
    return q, sigma_w**2 * expect(lambda z: sigmoid_slope(z) ** 2, 0.0, math.sqrt(q))


@pytest.mark.parametrize("preset", ["glorot4", "small", "unit", "critical"])
def test_presets_have_the_mean_square_that_sigmoid_layers_settle_at(preset):
    query = {"saturation_weights": "4.0", "saturation_square": "0.37"} | TOPICS["saturation"].preset(preset).query
    sigma_w = float(query["saturation_weights"])
    q, _ = fixed_point(sigma_w)
    assert float(query["saturation_square"]) == pytest.approx(q / sigma_w**2, abs=0.006)


def test_the_critical_preset_is_critical_and_half_saturated():
    _, chi = fixed_point(10.1)
    assert chi == pytest.approx(1, abs=0.01)
    (numbers,) = tables(read_page("saturation", **TOPICS["saturation"].preset("critical").query))
    assert float(numbers["share of units saturated"][0].split()[0]) == pytest.approx(50, abs=1)
    assert float(numbers[r"$\sigma_w$ × rms slope: factor of such a layer"][0]) == pytest.approx(
        math.sqrt(chi), abs=0.005
    )


@pytest.mark.parametrize("mean", [0.0, 8.0, -8.0])
def test_relu_is_off_below_0_and_leaky_relu_is_not(mean):
    off = percent(0.5 * math.erfc(mean / (4 * math.sqrt(0.37)) / math.sqrt(2)))
    layer = "this layer" if mean == 0 else f"this layer, whose *z* has the mean {three(mean)},"
    relu = said(read_page("saturation", saturation_activation="ReLU", saturation_mean=str(mean)))
    assert f"Below 0, all at once: {off} of {layer} is off." in relu
    leaky = said(read_page("saturation", saturation_activation="leaky ReLU", saturation_mean=str(mean)))
    assert f"Below 0, all at once: {off} of {layer} has the slope 0.01." in leaky
    assert "half" not in leaky and "no unit is off" in leaky


def test_leaky_relu_that_is_saturated_nowhere_loses_nothing_to_saturation():
    text = said(read_page("saturation", saturation_activation="leaky ReLU", saturation_below="0.01"))
    assert "Nowhere: the slope of leaky ReLU never falls below 1 % of its best" in text
    assert "Saturation is what it loses" not in text


@pytest.mark.parametrize(
    ("unit", "below"), [("GELU", 0.04), ("GELU", 0.11), ("GELU", 0.12), ("SiLU", 0.09), ("SiLU", 0.1)]
)
def test_smooth_rectifiers_have_a_band_only_where_the_zone_is_in_two_pieces(unit, below):
    z = np.linspace(-12, 12, 2_400_001)
    if unit == "GELU":
        slope = 0.5 * np.array([math.erfc(-x / math.sqrt(2)) for x in z[::100]])
        z = z[::100]
        slope += z * np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    else:
        slope = 1 / (1 + np.exp(-z)) + z / (2 + np.exp(z) + np.exp(-z))
    saturated = np.abs(slope) < below * slope.max()
    pieces = int(saturated[0]) + int((~saturated[:-1] & saturated[1:]).sum())
    text = said(read_page("saturation", saturation_activation=unit, saturation_below=str(below)))
    assert ("a band around that crossing" in text) == (pieces == 2)
    assert (", and between " in text) == (pieces == 2)
    assert f"largest, {three(slope.max())}, at {three(z[slope.argmax()])}" in text


@pytest.mark.parametrize(
    ("unit", "mean", "wanted", "unwanted"),
    [
        ("sigmoid", 0.0, "dies in the tails", "below 0,"),
        ("ReLU", 2.0, "dies below 0, and the mean of *z* against its spread", "in the tails, and"),
        ("leaky ReLU", 0.0, "nearly dies below 0", "in the tails, and"),
        ("SiLU", 0.0, "dies on the left", "in the tails, and"),
        ("softplus", 0.0, "dies on the left", "in the tails, and"),
        ("identity", 3.0, "dies nowhere", "in the tails, and"),
    ],
)
def test_the_last_word_fits_the_activation(unit, mean, wanted, unwanted):
    text = said(read_page("saturation", saturation_activation=unit, saturation_mean=str(mean)))
    last = next(line for line in text.splitlines() if "Modest weights" in line)
    assert wanted in last and unwanted not in last


def alts(at) -> list[str]:
    return [chart.proto.alt for chart in at.get("vega_lite_chart")]


TOLD_UNITS = ("sigmoid", "tanh", "ReLU", "leaky ReLU", "GELU", "SiLU", "softplus", "identity")


@pytest.mark.parametrize(
    ("unit", "below"),
    wide(
        itertools.product(TOLD_UNITS, ("0.01", "0.04", "0.5")),
        *((unit, "0.01") for unit in TOLD_UNITS),
        *itertools.product(("leaky ReLU", "GELU"), ("0.04", "0.5")),
    ),
)
def test_what_is_told_of_the_pictures_is_what_they_show(unit, below):
    at = read_page("saturation", saturation_activation=unit, saturation_below=below, saturation_deeper="true")
    drawn = datasets(at, 1)["sweep"]
    drawn = drawn[drawn["activation"] == unit]
    kept, lost = drawn["kept"].to_numpy(), drawn["saturated"].to_numpy()
    _, kept_alt, _, lost_alt = alts(at)
    if f"{unit} falls as the spread" in kept_alt:
        assert (np.diff(kept) < 0).all()
    elif f"{unit} stays level" in kept_alt:
        assert np.ptp(kept) < 1e-9
    elif f"{unit} rises as the spread grows" in kept_alt:
        assert (np.diff(kept) > 0).all() and np.ptp(kept[40:]) > 0.03
    else:
        assert f"{unit} rises, then stays nearly level" in kept_alt
        assert kept[30] > kept[0] + 0.1 and np.ptp(kept[40:]) < 0.03
    if f"{unit} has none" in lost_alt:
        assert not lost.any()
    elif f"{unit} has one half" in lost_alt:
        assert lost == pytest.approx(0.5)
    elif f"{unit} falls towards one half" in lost_alt:
        assert (np.diff(lost) < 0).all() and lost[-1] == pytest.approx(0.5, abs=0.01)
    else:
        assert f"{unit} has more as the spread grows" in lost_alt
        assert lost[-1] > 0.4 and np.diff(lost).min() > -1e-3


@pytest.mark.parametrize("unit", ["sigmoid", "ReLU"])
def test_around_another_mean_nothing_is_told_that_holds_at_mean_0_only(unit):
    at = read_page("saturation", saturation_activation=unit, saturation_mean="-4", saturation_deeper="true")
    _, kept_alt, _, lost_alt = alts(at)
    assert "mean that is not 0" in kept_alt and "mean that is not 0" in lost_alt
    drawn = datasets(at, 1)["sweep"]
    kept = drawn[drawn["activation"] == unit]["kept"].to_numpy()
    assert (f"{unit} rises as the spread grows" in kept_alt) == bool((np.diff(kept) > 0).all())
    assert "level" not in kept_alt and "half" not in lost_alt


def test_f_itself_is_drawn_as_it_is():
    known = {
        "4 x sigmoid": lambda z: 4 / (1 + math.exp(-z)),
        "identity": lambda z: z,
        "ReLU": lambda z: max(z, 0.0),
        "SiLU": lambda z: z / (1 + math.exp(-z)),
    }
    for pair in (("4 x sigmoid", "identity"), ("ReLU", "SiLU")):
        at = read_page("saturation", saturation_activation=pair[0], saturation_beside=pair[1], saturation_deeper="true")
        drawn = datasets(at, 2)["functions"]
        for unit in pair:
            f = drawn[(drawn["activation"] == unit) & (drawn["curve"] == "f")]
            assert f["value"].to_numpy() == pytest.approx([known[unit](z) for z in f["z"]], abs=1e-12)
            assert f["z"].max() >= 6


def test_how_much_of_the_hill_lies_beyond_the_picture_is_said():
    at = read_page("saturation", saturation_weights="20", saturation_square="4", saturation_mean="8")
    curves = datasets(at, 0)["curves"]["z"]
    assert (curves.min(), curves.max()) == (-20, 20)
    assert f"{percent(outside(20, 8.0, 40.0))} of the units lie beyond the picture." in said(at)
    assert "beyond the picture" not in said(read_page("saturation"))


def test_what_the_cursor_reads_fits_on_a_phone():
    """At 390 pixels some 50 letters of this size fit beside the axis."""
    for unit in TOPICS.controls["saturation_activation"].choices:
        at = read_page("saturation", saturation_activation=unit, saturation_beside="4 x centred sigmoid")
        drawn = datasets(at, 0)
        assert drawn["notes"]["text"].str.len().max() <= 48
        assert not drawn["notes"]["text"].str.contains("e-").any()
    notes = drawn["notes"]
    for row, each in enumerate(dict.fromkeys(("identity", "4 x centred sigmoid"))):
        there = notes[(notes["k"] == 30) & (notes["row"] == row)]["text"].tolist()
        cosh = 1.0 if each == "identity" else math.cosh(1.5)
        assert there == [f"{each} keeps {percent(1 / cosh**2)} at z = 3.0"]


@pytest.mark.parametrize(
    ("unit", "below"),
    wide(
        itertools.product(TOPICS.controls["saturation_activation"].choices, ("0.04", "0.11", "0.5")),
        *((unit, "0.11") for unit in TOPICS.controls["saturation_activation"].choices),
        *itertools.product(("sigmoid", "GELU", "SiLU"), ("0.04", "0.5")),
    ),
)
def test_the_picture_is_given_every_interval_of_a_zone(unit, below):
    at = read_page("saturation", saturation_activation=unit, saturation_below=below)
    layer = datasets(at, 0)["layers"].iloc[0]
    ends = [(layer[f"low{k}"], layer[f"high{k}"]) for k in range(MOST_ZONES)]
    key = TOPICS.controls["saturation_activation"].choices[unit]
    z = np.linspace(-30, 30, 60_001) + 1e-5
    inside = np.abs(activation(key).df(z)) < float(below) * activation(key).max_slope
    drawn = np.any([(z > low) & (z < high) for low, high in ends], axis=0)
    assert (inside != drawn).mean() < 1e-3


@pytest.mark.parametrize(
    ("beside", "words"),
    [("4 x sigmoid", "are the same curve"), ("centred sigmoid", "are the same curve"), ("tanh", None)],
)
def test_a_curve_on_another_is_dashed_and_said_to_be(beside, words):
    at = read_page("saturation", saturation_beside=beside, saturation_deeper="true")
    for chart in (0, 1, 3):
        spec = at.get("vega_lite_chart")[chart].proto.spec
        assert (f"datum.activation === '{beside}'" in spec) == (words is not None)
    assert ("the second one is dashed" in said(at)) == (words is not None)
    assert words is None or f"sigmoid and {beside} {words}" in said(at)
    relu = said(read_page("saturation", saturation_activation="ReLU", saturation_beside="leaky ReLU"))
    assert "ReLU and leaky ReLU hardly differ" in relu


@pytest.mark.parametrize("fan", [4, 16, 256, 4096])
@pytest.mark.parametrize("square", [0.05, 0.13, 0.37, 1.0, 4.0])
def test_no_rule_strikes_a_name_through(fan, square):
    drawn = frames.named(list(frames.named_rules(fan, square).values()))
    rules = list(zip(drawn["spread"], drawn["name"], drawn["height"], strict=True))
    assert ", ".join(name for _, name, _ in rules if name).count(",") == len(frames.named_rules(fan, square)) - 1
    for s, name, top in rules:
        # 12 pixels of letters, of an axis of 1.7 that is 250 tall at least.
        crossed = [other for other, _, high in rules if name and other > s and high > top - 0.08]
        assert not crossed, f"{name} is crossed at {crossed}"
    assert len(np.unique(drawn["spread"])) == len(drawn["spread"]) and drawn["height"].min() > 1.1


def test_the_same_activation_twice_is_shown_once():
    at = read_page("saturation", saturation_beside="sigmoid")
    assert_calm(at)
    assert len(tables(at)[0]["best slope"]) == 1


def test_an_edge_at_0_is_told_as_0():
    # Softplus's slope is sigma(z), one half at 0: the edge that is found lies beside 0 by a rounding.
    text = said(read_page("saturation", saturation_activation="softplus", saturation_below="0.5"))
    assert "Below 0: there the slope of softplus is below 50 % of its best. 50 % of this layer is out there" in text


def test_the_identity_is_saturated_nowhere():
    assert "Nowhere: the slope of identity" in said(read_page("saturation", saturation_activation="identity"))


def test_the_prediction_is_borne_out():
    at = open_page("saturation")
    at.radio(key="saturation_guess").set_value("tanh").run()
    reveal = next(m.value for m in at.markdown if "squeezed" in m.value)
    assert reveal.startswith("**No: sigmoid.**")
    for key in ("sigmoid", "tanh"):
        assert percent(float(SLOPE[key](3.0)) / BEST[key]) in reveal
        assert three(EDGE[key]) in reveal
        assert three(float(SLOPE[key](3.0))) in reveal


def test_the_table_of_initialisations():
    at = read_page("saturation", saturation_deeper="true", saturation_fan="64", saturation_square="1.0")
    rules = next(t for t in tables(at) if "He" in t)
    s = {"PyTorch's default": math.sqrt(1 / 3 + 1 / 192), "LeCun": 1, "Glorot": 1, "He": math.sqrt(2), "4 × Glorot": 4}
    assert {name: row[2] for name, row in rules.items()} == {name: three(value) for name, value in s.items()}
    # A row's own numbers make its s, the variance of PyTorch's biases being told below.
    assert f"PyTorch's default draws biases too, and their variance {three(1 / 192)} is in its *s*²" in said(at)


def test_the_table_of_edges_and_the_absolute_slope():
    at = read_page("saturation", saturation_deeper="true", saturation_below="0.1")
    edges = next(t for t in tables(at) if "identity" in t)
    assert edges["tanh"] == [
        f"\\|z\\| > {three(math.acosh(1 / math.sqrt(0.1)))}",
        f"\\|z\\| > {three(math.acosh(10))}",
    ]
    assert edges["sigmoid"] == [
        f"\\|z\\| > {three(2 * math.acosh(1 / math.sqrt(0.1)))}",
        f"\\|z\\| > {three(2 * math.acosh(5))}",
    ]
    # The formula that is told: r is the share of the best slope, 0.01 of 4 x sigmoid's best slope of 1.
    assert (
        "sigmoid and its scaled forms are saturated at |*z*| > 2 acosh(1/√*r*), tanh at |*z*| > acosh(1/√*r*)"
        in said(at)
    )
    assert edges["4 x sigmoid"] == [f"\\|z\\| > {three(2 * math.acosh(r**-0.5))}" for r in (0.1, 0.01)]
    assert edges["ReLU"] == ["z < 0", "z < 0"]
    assert edges["leaky ReLU"] == ["z < 0", "nowhere"]
    assert edges["softplus"] == [f"z < {three(math.log(r / (1 - r)))}" for r in (0.1, 0.01)]
    assert edges["identity"] == ["nowhere", "nowhere"]


END_UNITS = ("sigmoid", "ReLU", "leaky ReLU", "GELU", "SiLU", "softplus", "identity", "4 x centred sigmoid")


@pytest.mark.parametrize(
    ("end", "unit"),
    wide(
        itertools.product(("low", "high"), END_UNITS), *zip(itertools.cycle(("low", "high")), END_UNITS, strict=False)
    ),
)
def test_all_controls_at_one_end_at_once(end, unit):
    query = {c.key: str(getattr(c, end)) for c in TOPICS["saturation"].controls.values() if isinstance(c, Slider)}
    query |= {"saturation_activation": unit, "saturation_fan": "4" if end == "low" else "4096"}
    at = read_page("saturation", **query, saturation_deeper="true")
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
    at = read_page("saturation", **query)
    assert_calm(at)
    assert said(at) == said(read_page("saturation"))


def test_the_snippet_prints_the_numbers_of_the_page():
    at = open_page("saturation", saturation_below="0.1", saturation_mean="0.5", saturation_beside="GELU")
    at.session_state["saturation_share"] = True
    at.run()
    (snippet,) = [c.value for c in at.code if "from core" in c.value]
    numbers = tables(at)[0]
    for column, line in enumerate(run_snippet(snippet).splitlines()):
        saturated, mean, rms, kept = map(float, line.rpartition(")")[2].split())
        assert numbers["share of units saturated"][column] == percent(saturated)
        assert numbers["mean slope"][column] == three(mean, 4)
        assert numbers["root mean square (rms) slope"][column] == three(rms, 4)
        assert numbers["rms slope, of the best"][column] == percent(kept)


@pytest.mark.parametrize("at", ["0.04", "0.5"])
def test_the_named_rules_and_the_reveal_use_the_pages_own_threshold(at):
    page = open_page("saturation", saturation_below=at)
    page.radio(key="saturation_guess").set_value("sigmoid").run()
    text, edge = said(page), 2 * math.acosh(1 / math.sqrt(float(at)))
    for sentence, sigma_w in (("With He's weights this sigmoid layer", math.sqrt(2)), ("With 4 × Glorot it", 4.0)):
        spread = sigma_w * math.sqrt(0.37)
        share = math.erfc(edge / spread / math.sqrt(2))
        assert f" {percent(share)} " in text.partition(sentence)[2].partition(" are")[0] + " "
    assert f"at half the distance, {three(edge / 2)} instead of {three(edge)}" in text
