"""`/depth` through the entry point: what it says is recomputed here by another route."""

import itertools
import math
import re
from dataclasses import replace

import mpmath
import numpy as np
import pytest

from core.activations import sigmoid, sigmoid_slope
from core.depth.mean_field import crossing, fixed_point
from core.depth.measured import DepthConfig, measure
from core.depth.normalisations import NORMALISATIONS
from dashboard.look.formats import power, three
from dashboard.topics import TOPICS
from dashboard.topics.depth.charts_live import HIGHEST
from dashboard.topics.depth.settings import affordable
from dashboard.ui.cache import cached
from dashboard.ui.control import Slider
from dashboard.ui.settings import activation_choices
from tests.apptest import assert_calm, datasets, open_page, read_page, run_snippet, said, tables
from tests.breadth import wide


def plain_networks(f, df, sigma_w: float, width: int, layers: int, count: int) -> np.ndarray:
    """log10 |delta_l| of networks with matrices, written down from the definition: (count, layers)."""
    rng, result = np.random.default_rng(99), np.empty((count, layers))
    for row in result:
        a, weights, slopes = rng.standard_normal(width), [], []
        for _ in range(layers):
            weights.append(rng.standard_normal((width, width)) * sigma_w / math.sqrt(width))
            z = weights[-1] @ a
            a, slope = f(z), df(z)
            slopes.append(slope)
        g = rng.standard_normal(width)
        g /= np.linalg.norm(g)
        for layer in reversed(range(layers)):
            delta = slopes[layer] * g
            row[layer] = math.log10(np.linalg.norm(delta))
            g = weights[layer].T @ delta
    return result


def chi(f, df, sigma_w: float, points: int = 40_001) -> float:
    """chi_1 without biases by iteration and a plain trapezoid."""
    z = np.linspace(-12, 12, points)
    weight = np.exp(-z * z / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    q = sigma_w**2
    for _ in range(2000):
        last, q = q, sigma_w**2 * float(weight @ f(math.sqrt(q) * z) ** 2)
        if abs(q - last) <= 1e-14 * q:
            break
    return sigma_w**2 * float(weight @ df(math.sqrt(q) * z) ** 2)


LIMIT = "factor of one layer deep inside, theory: √*χ*₁"


def per_layer(table: dict[str, list[str]], how: str) -> list[str]:
    """The row of the mean factor, whatever the number of layers that it is a mean over. how: measured, or theory."""
    (row,) = (
        row for name, row in table.items() if re.fullmatch(rf"factor per layer.*, .* before the last, {how}", name)
    )
    return row


UNITS = {"sigmoid": (sigmoid, sigmoid_slope), "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2)}


@pytest.mark.parametrize("sigma_w", [1.0, 4.0])
def test_the_drawn_medians_are_those_of_networks_with_matrices(sigma_w):
    at = read_page(
        "depth",
        depth_beside="tanh",
        depth_rule="your own",
        depth_weights=str(sigma_w),
        depth_width="64",
        depth_layers="12",
        depth_seeds="64",
    )
    drawn = datasets(at, 0)["lines"]
    for name, (f, df) in UNITS.items():
        one = drawn[drawn["activation"] == name].sort_values("back")
        matrices = plain_networks(f, df, sigma_w, 64, 12, 64)[:, ::-1]
        error = 1.25 * math.sqrt(2) * matrices.std(axis=0) / 8  # of the difference of two medians
        assert np.all(np.abs(one["median"] - np.median(matrices, axis=0)) < 4.5 * error)
        assert np.all(one["low"] <= one["median"]) and np.all(one["median"] <= one["high"])


@pytest.mark.parametrize(("preset", "sigma_w"), [("glorot4", 4.0), ("unit", 1.0), ("critical", 10.15)])
def test_the_theory_in_the_table_is_that_of_a_plain_trapezoid(preset, sigma_w):
    at = read_page("depth", **TOPICS["depth"].preset(preset).query)
    numbers = tables(at)[0]
    assert numbers[LIMIT][0] == three(math.sqrt(chi(*UNITS["sigmoid"], sigma_w)))
    measured, theory = (float(per_layer(numbers, how)[0]) for how in ("measured", "theory"))
    assert measured == pytest.approx(theory, rel=0.05)


def test_the_dashed_line_and_the_dotted_one():
    drawn = datasets(read_page("depth", depth_rule="LeCun"), 0)
    dashed = drawn["theory"].query("activation == 'sigmoid'")
    theory, steps = dashed["value"].to_numpy(), np.diff(dashed["back"])
    # Far from the input the steps are log10 sqrt(chi_1), at the output there is no weight yet.
    assert (np.diff(theory) / steps)[:-4] == pytest.approx(0.5 * math.log10(chi(*UNITS["sigmoid"], 1.0)), abs=1e-6)
    z = np.random.default_rng(0).normal(0, math.sqrt(0.26469), 10**6)
    assert theory[0] == pytest.approx(0.5 * math.log10(np.mean(sigmoid_slope(z) ** 2)), abs=1e-3)
    bound = drawn["bound"]
    assert bound["value"].to_numpy() == pytest.approx(bound["back"].to_numpy() * math.log10(0.25))
    assert "no bound on the gradient" in drawn["bound_names"]["text"].iloc[0]


def test_the_weight_gradients_and_their_rules():
    at = read_page("depth", depth_rule="LeCun", depth_show="weights: dW", depth_layers="100", depth_width="64")
    drawn, delta = (
        datasets(one, 0) for one in (at, read_page("depth", depth_rule="LeCun", depth_layers="100", depth_width="64"))
    )
    size = (drawn["lines"]["median"] - delta["lines"]["median"])[drawn["lines"]["activation"] == "sigmoid"]
    # |dW_l| / |delta_l| is the size of the layer's input: sqrt(64 E a^2) behind the first layer, sqrt 64 at the input.
    assert size.iloc[:-1].to_numpy() == pytest.approx(math.log10(8 * math.sqrt(0.26469)), abs=0.03)
    assert size.iloc[-1] == pytest.approx(math.log10(8), abs=0.05)
    rules = drawn["rules"].set_index("text")["value"]
    # 64 x 64 entries of one size, just above and just below what rounds to 0.
    for name, kind in (("float16", np.float16), ("float32", np.float32)):
        entry = 10 ** rules[name] / 64
        assert kind(entry * 1.001) > 0 and kind(entry * 0.999) == 0
    assert len(set(drawn["bound"]["value"])) == 1


def test_the_answer_is_the_first_layer_of_the_picture():
    at = read_page("depth", depth_rule="PyTorch's default", depth_layers="30")
    first = datasets(at, 0)["lines"].query("activation == 'sigmoid'").sort_values("back")["median"].iloc[-1]
    assert f"Through 30 layers of sigmoid at weight scale 0.5774, {power(first)} of the gradient gets back" in said(at)
    assert first < 30 * math.log10(0.25), "small weights run below the product of slopes"


@pytest.mark.parametrize(
    ("unit", "sigma_w", "factor"),
    [("leaky ReLU", 2.0, math.sqrt(2 * 1.0001)), ("identity", 0.5, 0.5), ("ReLU", 1.0, math.sqrt(0.5))],
)
def test_straight_activations_have_their_factor_from_the_weights(unit, sigma_w, factor):
    at = read_page(
        "depth", depth_activation=unit, depth_rule="your own", depth_weights=str(sigma_w), depth_width="2048"
    )
    assert tables(at)[0][LIMIT][0] == three(factor)
    assert float(per_layer(tables(at)[0], "measured")[0]) == pytest.approx(factor, rel=0.01)
    text = said(at)
    assert ("It explodes instead" in text) == (factor > 1)
    assert ("By a factor of" in text) == (factor < 1)
    assert "the signal itself" not in text.lower()
    assert {"ReLU": r"$\sigma_w$ / √2 = 0.707", "identity": "Every slope is 1"}.get(unit, f"= {three(factor)};") in text


@pytest.mark.parametrize("width", ["8", "2048"])
def test_theory_and_measurement_are_told_apart_where_they_part(width):
    at = read_page("depth", depth_activation="tanh", depth_rule="LeCun", depth_width=width)
    numbers = tables(at)[0]
    measured, theory = (float(per_layer(numbers, how)[0]) for how in ("measured", "theory"))
    apart = re.search(rf"says {three(theory)} a layer; these, of {width} units, come to (\S+)\.", said(at))
    assert bool(apart) == (width == "8") == (abs(measured / theory - 1) > 0.03)
    assert not apart or float(apart[1]) == pytest.approx(measured, abs=5.5e-4)


def test_the_scatter_of_few_networks_is_not_put_down_to_their_width():
    at = read_page("depth", depth_layers="2", depth_beside="sigmoid")
    numbers = tables(at)[0]
    measured, theory = (float(per_layer(numbers, how)[0]) for how in ("measured", "theory"))
    assert abs(measured / theory - 1) > 0.03, "a seed that scatters"
    assert f"these 16 networks come to {three(measured)}, and so few may scatter by as much." in said(at)
    many = plain_networks(*UNITS["sigmoid"], 4.0, 256, 2, 400)
    assert np.median(10 ** (many[:, 0] - many[:, 1])) == pytest.approx(theory, rel=0.03)


def test_a_remedy_changes_what_the_factor_is_made_of():
    text = said(read_page("depth", depth_skip="true", depth_rule="LeCun", depth_deeper="true"))
    assert "no longer weight times slope alone: the skip connection adds" in text
    assert "mean output, last layer" in text and "mean activation" not in text
    biased, without = (
        said(read_page("depth", depth_norm="layer norm before the activation", depth_rule=rule))
        for rule in ("PyTorch's default", "LeCun")
    )
    assert "so the weight scale drops out" in without and "so the weight scale drops out" not in biased


def test_weights_drop_out_of_a_normalised_network_only_without_biases():
    found = [
        [np.diff(measure(DepthConfig("sigmoid", 6, 64, w, b, 4, "layer before")).log_delta) for w in (1.0, 4.0)]
        for b in (0.0, 1.0)
    ]
    (alone, alone4), (biased, biased4) = found
    assert alone4 == pytest.approx(alone, abs=1e-9)
    assert np.abs(biased4 - biased).max() > 0.1


def test_the_second_picture():
    at = read_page("depth")
    drawn = datasets(at, 0)
    critical = drawn["critical"].set_index("activation")["sigma_w"]
    assert critical["centred sigmoid"] == pytest.approx(4, abs=1e-6)
    assert chi(*UNITS["sigmoid"], critical["sigmoid"]) == pytest.approx(1, abs=1e-6)
    sweep = drawn["sweep"].query("activation == 'sigmoid'").iloc[40]
    assert sweep["factor"] == pytest.approx(math.sqrt(chi(*UNITS["sigmoid"], sweep["sigma_w"])), abs=1e-8)
    s = math.sqrt(sweep["q"])
    assert sweep["saturated"] == pytest.approx(math.erfc(2 * math.acosh(5) / s / math.sqrt(2)), abs=1e-9)
    assert "with 49.7 % of its units saturated" in said(at)


def standing(drawn, name: str, sigma_w: float) -> float:
    """The factor at which the picture draws the dot of an activation."""
    pieces = drawn["pieces"]
    mine = pieces[(pieces["activation"] == name) & (pieces["low"] <= sigma_w) & (sigma_w < pieces["high"])]
    (piece,) = mine.itertuples()
    return piece.first + (piece.last - piece.first) * (sigma_w - piece.low) / (piece.high - piece.low)


def test_the_second_picture_stands_where_the_controls_say():
    at = read_page("depth", depth_rule="He", depth_beside="tanh")
    drawn = datasets(at, 0)
    assert drawn["held"]["sigma_w"].tolist() == [pytest.approx(math.sqrt(2))]
    for name, (f, df) in UNITS.items():
        factor = math.sqrt(chi(f, df, math.sqrt(2)))
        assert standing(drawn, name, float(drawn["held"]["sigma_w"].iloc[0])) == pytest.approx(factor, abs=1e-8)
        assert (
            f"{name} {three(factor)}"
            in said(at).partition("At weight scale 1.414, deep inside: ")[2].partition(".\n")[0]
        )
    named = drawn["named"].set_index("name")["sigma_w"]
    assert named["PyTorch"] == pytest.approx(3**-0.5) and named["He"] == pytest.approx(2**0.5)
    assert named["4 x Glorot"] == pytest.approx(4) and named["LeCun, Glorot, Orthogonal"] == pytest.approx(1)
    far = datasets(read_page("depth", depth_activation="ReLU", depth_rule="4 x Glorot"), 0)
    assert standing(far, "ReLU", 4.0) == pytest.approx(4 / math.sqrt(2)) and 4 / math.sqrt(2) > HIGHEST


@pytest.mark.parametrize(
    ("bias", "name"),
    wide(
        itertools.product(("0", "0.5"), activation_choices()),
        *(("0", name) for name in activation_choices()),
        *(("0.5", name) for name in ("sigmoid", "ReLU", "GELU")),
    ),
)
def test_the_dots_find_their_factor_between_the_computed_ones(name, bias):
    """To two digits behind the point, which is what the picture says; relative, where the factor is large."""
    at = read_page(
        "depth", depth_activation=name, depth_beside=name, depth_rule="your own", depth_bias=bias, depth_layers="2"
    )
    drawn, key = datasets(at, 0), activation_choices()[name]
    jump = cached(crossing)(key, float(bias))
    for tenths in (2, 3, 13, 19, 20, 21, 33, 47, 80, 81, 120, 203, 390, 400):
        sigma_w = 0.05 * tenths
        if jump is None or abs(sigma_w / jump.sigma_w - 1) > 1e-3:
            factor = fixed_point(key, sigma_w, float(bias)).factor
            assert standing(drawn, name, sigma_w) == pytest.approx(factor, abs=0.005, rel=0.005), sigma_w


def test_the_numbers_of_the_first_and_last_layer():
    """The ratio of weight gradients and the saturated share, from networks with matrices."""
    at = read_page(
        "depth", depth_rule="4 x Glorot", depth_beside="tanh", depth_layers="6", depth_width="64", depth_seeds="64"
    )
    rng, ratios, shares = np.random.default_rng(7), [], []
    for _ in range(200):
        a, inputs, weights, slopes = rng.standard_normal(64), [], [], []
        for _ in range(6):
            inputs.append(a)
            weights.append(rng.standard_normal((64, 64)) * 4 / 8)
            z = weights[-1] @ a
            a = sigmoid(z)
            slopes.append(sigmoid_slope(z))
        g, sizes = rng.standard_normal(64), []
        for layer in reversed(range(6)):
            delta = slopes[layer] * g
            sizes.append(np.linalg.norm(delta) * np.linalg.norm(inputs[layer]))
            g = weights[layer].T @ delta
        ratios.append(sizes[-1] / sizes[0])
        shares.append(np.mean(slopes[-1] < 0.01))
    numbers = tables(at)[0]
    shown = float(numbers["first layer's weight gradient / last layer's"][0])
    assert shown == pytest.approx(np.median(ratios), rel=4 * 1.25 * np.std(np.log(ratios)) / 8)
    saturated = float(numbers["saturated units, last layer"][0].split()[0]) / 100
    assert saturated == pytest.approx(np.mean(shares), abs=5 * np.std(shares) / 8 + 0.008)


def test_the_mean_activation_layer_by_layer():
    at = read_page("depth", depth_rule="4 x Glorot", depth_layers="8", depth_width="256", depth_deeper="true")
    means = datasets(at, 2)["means"]
    for name, centre in (("sigmoid", 0.5), ("centred sigmoid", 0.0)):
        one = means[means["activation"] == name]
        assert one["layer"].tolist() == list(range(1, 9))
        assert (one["low"] <= one["median"]).all() and (one["median"] <= one["high"]).all()
        # A mean of 256 units scatters by their spread over 16.
        assert (one["median"] - centre).abs().max() < 0.5 / 16 * 3 and one["high"].mean() > centre > one["low"].mean()


def test_relus_dead_half_is_there_at_any_size_of_the_weights():
    drawn = datasets(read_page("depth", depth_activation="ReLU", depth_beside="ReLU"), 0)
    assert (drawn["sweep"]["saturated"] == 0.5).all()
    assert drawn["critical"]["sigma_w"].tolist() == pytest.approx([math.sqrt(2)])
    assert drawn["sweep"]["factor"].to_numpy() == pytest.approx(drawn["sweep"]["sigma_w"].to_numpy() / math.sqrt(2))


def test_the_guess_is_drawn_in_the_browser_and_survives_a_change_of_controls():
    before = read_page("depth").get("vega_lite_chart")[1].proto
    at = read_page("depth", depth_layers="120", depth_activation="tanh")
    after = at.get("vega_lite_chart")[1].proto
    assert before.spec == after.spec and before.id == after.id
    answer = datasets(at, 1)["answer"]
    matrices = plain_networks(*UNITS["sigmoid"], math.sqrt(1 / 3), 64, 20, 16)
    assert answer["back"].iloc[-1] == 20
    assert answer["value"].iloc[-1] == pytest.approx(np.median(matrices[:, 0]), abs=0.3)
    mantissa, exponent = f"{10 ** answer['value'].iloc[-1]:.2e}".split("e-")
    assert (
        f"The measurement says about {mantissa} × 10⁻{exponent.translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
        in said(at)
    )


@pytest.mark.parametrize("norm", ["layer norm before the activation", "layer norm after the activation"])
def test_remedies_follow_their_theory(norm):
    at = read_page("depth", depth_norm=norm, depth_rule="LeCun", depth_layers="20")
    numbers = tables(at)[0]
    for measured, theory in zip(per_layer(numbers, "measured"), per_layer(numbers, "theory"), strict=True):
        assert float(measured) == pytest.approx(float(theory), rel=0.05)
    rescued = float(per_layer(numbers, "measured")[0]) > 0.9
    assert rescued == ("after" in norm), "layer normalisation rescues sigmoid only after it"


BATCH_NORM = {"depth_norm": "batch norm before the activation"}


@pytest.mark.parametrize("skip", ["false", "true"])
@pytest.mark.parametrize("pair", [("sigmoid", "ReLU"), ("GELU", "softplus")])
@pytest.mark.parametrize("show", ["z: delta", "weights: dW"])
def test_networks_with_batch_normalisation_follow_the_dashed_line(pair, skip, show):
    """Within 0.06 decades at every one of 20 layers: 16 networks of 512 units scatter by up to 0.04."""
    query = {"depth_rule": "LeCun", "depth_layers": "20", "depth_width": "512", "depth_skip": skip, "depth_show": show}
    at = read_page("depth", **BATCH_NORM, **query, depth_activation=pair[0], depth_beside=pair[1])
    drawn = datasets(at, 0)
    for unit in pair:
        measured = drawn["lines"].query(f"activation == '{unit}'").set_index("back")["median"]
        theory = drawn["theory"].query(f"activation == '{unit}'").set_index("back")["value"]
        assert theory.index.tolist() == list(range(1, 21))
        assert (measured - theory).abs().max() < 0.06
    numbers = tables(at)[0]
    for measured, theory in zip(per_layer(numbers, "measured"), per_layer(numbers, "theory"), strict=True):
        assert float(measured) == pytest.approx(float(theory), rel=0.015)


@pytest.mark.parametrize(("unit", "growth"), [("identity", 6 / 5), ("ReLU", 1.788)])
def test_the_dashed_line_of_batch_normalisation_is_the_published_one(unit, growth):
    """Of the squared gradient, a layer, with batches of 8: (B - 2) / (B - 3), and ReLU's by Yang et al. 2019."""
    at = read_page("depth", **BATCH_NORM, depth_activation=unit, depth_deeper="true")
    dashed = datasets(at, 0)["theory"].query("activation == @unit").sort_values("back")
    theory, steps = dashed["value"].to_numpy(), np.diff(dashed["back"])
    # Level, but at the last layer, whose gradient is alike for all inputs in part, and at the first, whose inputs are others.
    assert (np.diff(theory) / steps)[1:-1] == pytest.approx(math.log10(growth) / 2, abs=2e-4)
    parts = tables(at)[1]
    assert parts["together, theory"][0] == three(math.sqrt(growth))
    assert parts["spread of *z* as the activation sees it, theory"][0] == "1.00"
    for name in ("weights", "slopes", "together"):
        assert float(parts[f"{name}, measured"][0]) == pytest.approx(float(parts[f"{name}, theory"][0]), rel=0.06)


@pytest.mark.parametrize("layers", ["2", "200"])
@pytest.mark.parametrize("width", ["8", "256"])
def test_what_is_said_of_batch_normalisation_is_what_is_drawn(layers, width):
    at = read_page("depth", **BATCH_NORM, depth_layers=layers, depth_width=width, depth_seeds="16")
    assert_calm(at)
    text, numbers = said(at), tables(at)[0]
    assert "Dashed: theory of infinitely wide ones." in text
    assert "Batches of 8 inputs, in the theory too." in text
    dashed = datasets(at, 0)["theory"].groupby("activation")["back"]
    assert (dashed.min() == 1).all() and (dashed.max() == int(layers)).all() and len(dashed) == 2
    measured, theory = (float(per_layer(numbers, how)[0]) for how in ("measured", "theory"))
    apart = abs(measured / theory - 1) > 0.03
    assert (f"Theory, of infinitely wide networks, says {three(theory)} a layer; these" in text) == apart
    assert ("Batches" in said(read_page("depth", depth_layers=layers, depth_width=width))) is False


def test_dead_networks_are_said_to_be_dead():
    at = read_page(
        "depth", depth_activation="ReLU", depth_rule="PyTorch's default", depth_width="8", depth_layers="200"
    )
    config = DepthConfig("relu", 200, 8, math.sqrt(1 / 3), math.sqrt(1 / 24), 16)
    dead = int(measure(config).dead.sum())
    assert dead > 8
    assert tables(at)[0]["dead networks"] == [f"{dead} of 16", "0 of 16"]
    assert f"Completely in {dead} of 16 networks: they are dead" in said(at)


@pytest.mark.parametrize("show", ["z: delta", "weights: dW"])
def test_a_picture_without_any_living_network_still_stands(show):
    query = {"depth_activation": "ReLU", "depth_beside": "ReLU", "depth_rule": "LeCun", "depth_width": "8"}
    at = read_page(
        "depth", **query, depth_layers="200", depth_seeds="1", depth_seed="1", depth_show=show, depth_deeper="true"
    )
    assert_calm(at)
    assert measure(DepthConfig("relu", 200, 8, 1.0, seeds=1, seed=1)).dead.all()
    assert "Completely: nothing of the gradient gets back" in said(at) and "This network is dead." in said(at)
    assert len(datasets(at, 0)["lines"]) == 0


def test_gelu_jumps_over_the_critical_point():
    """Below the jump the signal dies out and every slope is 1/2; above it, chi by the definition is over 1."""
    at = read_page("depth", depth_activation="GELU", depth_beside="tanh", depth_rule="LeCun")
    (jump,) = re.findall(r"GELU jumps over it, from (\S+) to \S+, at a scale of ([\d.]+)", said(at))
    assert float(jump[0]) == pytest.approx(float(jump[1]) / 2, abs=5e-3)

    def cdf(z):
        return np.array([math.erfc(-x / math.sqrt(2)) / 2 for x in z])

    unit = (lambda z: z * cdf(z)), (lambda z: cdf(z) + z * np.exp(-z * z / 2) / math.sqrt(2 * math.pi))
    assert chi(*unit, float(jump[1]) + 0.002, points=1001) > 1
    assert chi(*unit, float(jump[1]) - 0.01, points=1001) < 0.6
    drawn = datasets(at, 0)
    assert drawn["critical"]["activation"].tolist() == ["tanh"]
    gelu = drawn["sweep"].query("activation == 'GELU'")
    assert gelu.groupby("piece")["factor"].max().tolist()[0] < 0.74 and gelu["piece"].nunique() == 2


@pytest.mark.parametrize("exponent", [-0.4, 0.0, 2.99, -2.999, -3.0, 12.3456, -350.0021, 999.9999])
def test_powers_of_ten_in_words(exponent):
    text = power(exponent)
    with mpmath.workdps(30):
        wanted = mpmath.mpf(10) ** mpmath.mpf(exponent)
    mantissa, _, rest = text.replace("−", "-").replace(",", "").partition(" × 10")
    plain = rest.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-"))
    shown = mpmath.mpf(mantissa) * mpmath.mpf(10) ** int(plain or 0)
    assert abs(shown / wanted - 1) < 0.0051
    assert (" × 10" in text) == (abs(exponent) >= 3)


def test_one_layer_taken_apart():
    at = read_page("depth", depth_deeper="true", depth_layer="20", depth_rule="LeCun", depth_layers="30")
    parts = tables(at)[1]
    root = math.sqrt(chi(*UNITS["sigmoid"], 1.0))
    assert parts["weights, theory"] == ["1.00", "1.00"]
    assert parts["slopes, theory"][0] == parts["together, theory"][0] == three(root)
    assert float(parts["weights, measured"][0]) == pytest.approx(1, rel=0.05)
    assert float(parts["slopes, measured"][0]) == pytest.approx(root, rel=0.05)
    assert float(parts["together, measured"][0]) == pytest.approx(root, rel=0.05)
    assert float(parts["mean activation, measured"][0]) == pytest.approx(0.5, abs=0.02)
    assert "Layer 20 of 30" in said(at) and "is beyond" not in said(at)
    short = said(read_page("depth", depth_deeper="true", depth_layer="150", depth_layers="2"))
    assert "Layer 1 of 2" in short and "Your layer 150 is beyond" in short


def test_a_skip_connection_taken_apart():
    """|dL/dx_l|^2 = |delta_{l+1}|^2 (sigma_w^2 + 1 / E f'^2): the branch and the way around are independent in direction."""
    query = {"depth_deeper": "true", "depth_skip": "true", "depth_rule": "LeCun", "depth_beside": "sigmoid"}
    parts = tables(read_page("depth", **query))[1]
    above = tables(read_page("depth", **query, depth_layer="11"))[1]
    slope = float(above["slopes, theory"][0])
    assert float(parts["weights and the way around, theory"][0]) == pytest.approx(math.sqrt(1 + 1 / slope**2), rel=0.01)
    for name in ("weights and the way around", "slopes", "together"):
        assert float(parts[f"{name}, measured"][0]) == pytest.approx(float(parts[f"{name}, theory"][0]), rel=0.06)


def test_a_run_that_would_take_long_measures_fewer_networks_and_says_so():
    largest = DepthConfig("tanh", 200, 2048, seeds=64)
    one, two, slow, least = map(
        affordable,
        ([largest], [largest] * 2, [replace(largest, activation="gelu")], [replace(largest, norm="batch before")] * 2),
    )
    assert 64 > one > two > slow > least == 1
    assert affordable([replace(largest, width=1024)]) == 64
    at = read_page("depth", depth_norm="batch norm before the activation", depth_seeds="64", depth_layers="60")
    shown = affordable([DepthConfig("sigmoid", 60, 256, seeds=64, norm="batch before")] * 2)
    assert shown < 64
    assert f"Of the 64 networks you asked for, {shown}" in said(at)


ENDS = ("low", "high")
END_UNITS = ("sigmoid", "ReLU", "GELU", "identity", "4 x centred sigmoid")
END_NORMS = ("none", "layer norm after the activation", "batch norm before the activation")


@pytest.mark.parametrize(
    ("end", "unit", "norm"),
    wide(
        itertools.product(ENDS, END_UNITS, END_NORMS),
        # Each activation and each remedy at each end.
        *((end, unit, END_NORMS[(k + e) % 3]) for e, end in enumerate(ENDS) for k, unit in enumerate(END_UNITS)),
    ),
)
def test_all_controls_at_one_end_at_once(end, unit, norm):
    query = {c.key: str(getattr(c, end)) for c in TOPICS["depth"].controls.values() if isinstance(c, Slider)}
    query |= {"depth_activation": unit, "depth_beside": unit, "depth_norm": norm, "depth_rule": "your own"}
    query |= {"depth_width": "8" if end == "low" else "128", "depth_skip": str(end == "high").lower()}
    at = read_page("depth", **query, depth_deeper="true")
    assert_calm(at)
    assert not re.search(r"\b(nan|inf)\b", said(at).lower())
    assert len(at.get("vega_lite_chart")) == 3


@pytest.mark.parametrize(
    "query",
    [
        {"depth_activation": "Sigmoid"},
        {"depth_layers": "1e9"},
        {"depth_layers": "1"},
        {"depth_weights": "nan"},
        {"depth_width": "3000"},
        {"depth_seeds": "-1"},
        {"depth_rule": "glorot4"},
        {"depth_norm": "batch before"},
    ],
)
def test_a_value_that_cannot_be_is_the_default(query):
    at = read_page("depth", **query)
    assert_calm(at)
    assert said(at) == said(read_page("depth"))


def test_the_snippet_prints_the_numbers_of_the_page():
    at = open_page("depth", depth_rule="LeCun", depth_beside="tanh", depth_layers="15", depth_seed="3")
    at.session_state["depth_share"] = True
    at.run()
    (code,) = [c.value for c in at.code if "from core" in c.value]
    numbers = tables(at)[0]
    for column, line in enumerate(run_snippet(code).splitlines()):
        _, factor, point, first = line.split()
        cell = per_layer(numbers, "measured")[column]
        assert cell in (three(float(factor)), three(float(factor), 4))
        assert numbers[LIMIT][column] == three(float(point))
        assert numbers["gradient at the first layer, measured"][column] == power(float(first))


def test_the_normalisations_are_those_of_the_registry():
    choices = TOPICS.controls["depth_norm"].choices
    assert choices == {one.label: key for key, one in NORMALISATIONS.items()}


@pytest.mark.parametrize("unit", ["sigmoid", "4 x sigmoid", "softplus", "tanh", "ReLU"])
def test_layer_normalisation_is_called_no_rescue_where_the_gradient_still_vanishes(unit):
    at = read_page(
        "depth",
        depth_norm="layer norm before the activation",
        depth_rule="LeCun",
        depth_activation=unit,
        depth_width="1024",
    )
    vanishes = float(per_layer(tables(at)[0], "theory")[0]) < 0.9
    assert vanishes == (unit not in ("tanh", "ReLU"))
    assert (f"so for {unit} it is no rescue" in said(at)) == vanishes


def test_what_is_said_of_softplus_is_true_of_it():
    """With He's weights its signal grows for ever, but the gradient does not."""
    he, lecun = (said(read_page("depth", depth_activation="softplus", depth_rule=rule)) for rule in ("He", "LeCun"))
    assert "without bound, ever more slowly, and the factor tends to that of the slopes far out: 1.00." in he
    q = 1.0
    for _ in range(300):
        z = math.sqrt(q) * np.linspace(-12, 12, 4001)
        weight = np.exp(-(np.linspace(-12, 12, 4001) ** 2) / 2) * 0.006 / math.sqrt(2 * math.pi)
        q = float(weight @ np.logaddexp(0, z) ** 2)
    assert f"settle at a spread of {three(math.sqrt(q))}." in lecun


@pytest.mark.parametrize(("raw", "centre"), [("sigmoid", "½"), ("4 x sigmoid", "2")])
def test_an_activation_and_its_centred_twin_are_compared_in_either_order(raw, centre):
    twin = raw.replace("sigmoid", "centred sigmoid")
    for pair in ((raw, twin), (twin, raw)):
        text = said(read_page("depth", depth_activation=pair[0], depth_beside=pair[1]))
        assert f"Both have the same slopes. But {raw}'s outputs stand around {centre}," in text
    for pair in ((raw, "tanh"), ("tanh", "ReLU"), (twin, twin)):
        assert "the same slopes" not in said(read_page("depth", depth_activation=pair[0], depth_beside=pair[1]))


@pytest.mark.parametrize("unit", ["ReLU", "softplus", "identity"])
def test_pytorchs_weights_are_shown_whole(unit):
    """Near the critical scale lengths settle beyond the largest that is reckoned with; the page once broke off there."""
    at = read_page(
        "depth", depth_activation=unit, depth_rule="PyTorch's default", depth_width="512", depth_deeper="true"
    )
    assert_calm(at)
    assert tables(at)
