"""Every sentence of `/signs` over a grid of settings: what it claims holds in numbers found without the page's own way."""

import math
import re
from functools import cache
from itertools import product

import numpy as np
import pytest

from core.activations import ACTIVATIONS
from core.inputs import Inputs, condition_number
from core.locks import noise_lock
from core.signs.batches import PatternConfig, limit_patterns, measured_patterns
from core.signs.layer import descend_layer, layer_curvature
from core.signs.patterns import ANY, POSITIVE, fewest_steps, one_sample_counts, reach
from core.signs.wide import layer_width
from dashboard.look.formats import percent, three
from dashboard.topics import TOPICS
from dashboard.topics.signs import frames, frames_deeper, words, words_deeper
from dashboard.topics.signs.settings import FOUR, SOURCES, START, TARGET, WIDTHS, Signs
from tests.apptest import read_page
from tests.apptest import said as page_said
from tests.topics.grid import grid

Z = np.linspace(-12, 12, 4801)
PHI = np.exp(-Z * Z / 2) / math.sqrt(2 * math.pi)
UPPER = np.array([math.erfc(-z / math.sqrt(2)) / 2 for z in Z])
OF = {"sigmoid": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh, "relu": lambda z: np.maximum(z, 0)}
OF["softplus"] = lambda z: np.logaddexp(0, z)
LABEL = {key: label for label, key in SOURCES.items()}
DRAWS = 500
ASKED = FOUR["the asker's"]
AT = list(grid("signs", drawn=24))
cheap, width = cache(measured_patterns), cache(layer_width)


@cache
def moments(source: str) -> tuple[float, float]:
    f = OF[source](Z)
    mu = 0.0 if source == "tanh" else float(np.trapezoid(f * PHI, Z))
    return mu, float(np.trapezoid(f * f * PHI, Z)) - mu * mu


@cache
def one_sample(source: str) -> set[tuple[tuple[int, ...], ...]]:
    """Every pattern of -delta a^T, by all signs that these inputs have."""
    sides = (1,) if OF[source](Z).min() >= 0 else (1, -1)
    return {
        tuple(tuple(-d * a for a in inputs) for d in deltas)
        for deltas in product((1, -1), repeat=2)
        for inputs in product(sides, repeat=2)
    }


def hessian(source: str, n: int, signs: np.ndarray | float = 1.0, mean: bool = True) -> np.ndarray:
    mu, var = moments(source)
    v = np.ones(n) * signs
    return var * np.eye(n) + (mu * mu * np.outer(v, v) if mean else 0)


@cache
def steps(source: str, n: int, coupling: float, flip: bool = False, mean: bool = True) -> tuple[float, int, int]:
    """kappa of the layer, steps to 1/10,000 and the steps of the first 60 in which the first two weights of both neurons agree, by
    the eigenvectors of the whole Hessian."""
    signs = np.resize([1.0, -1.0], n) if flip else np.ones(n)
    h = np.kron([[1, coupling], [coupling, 1]], hessian(source, n, signs, mean))
    values, vectors = np.linalg.eigh(h)
    begin, goal = (np.concatenate([np.resize(row, n) * signs for row in one]) for one in (START, TARGET))
    parts = vectors.T @ (begin - goal)
    shrink = 1 - 2 / (values[0] + values[-1]) * values
    weight = values * parts**2
    t = np.arange(20_001)
    with np.errstate(under="ignore"):
        left = np.array([weight @ shrink ** (2.0 * k) for k in t[:200]])
        if left[-1] > 1e-4 * left[0]:
            # Only the slowest parts are left, which shrink alike.
            rate = np.abs(shrink).max() ** 2
            left = np.append(left, left[-1] * rate ** np.arange(1, len(t) - 199))
    needed = int(np.argmax(left <= 1e-4 * left[0]))
    k = np.arange(min(needed, 60) + 1)
    w = (parts * shrink ** k[:, None]) @ vectors.T
    moves = np.sign(np.diff(w[:, [0, 1, n, n + 1]], axis=0))
    return float(values[-1] / values[0]), needed, int((np.abs(moves.sum(axis=1)) == 4).sum())


@cache
def said(at: Signs) -> dict[str, str]:
    """What the page says in these settings, from fewer draws."""
    law, name = Inputs(at.inputs), LABEL[at.inputs]
    inputs = ANY if at.inputs == "tanh" else POSITIVE
    one, many = (cheap(PatternConfig(at.inputs, batch=size, draws=DRAWS, seed=at.seed)) for size in (1, at.batch))
    possible = one_sample_counts(2, 2)[inputs == ANY]
    kappa = condition_number(law)
    coupled, given = ((1.0, at.coupling), (at.coupling, 1.0)), Inputs(at.inputs, at.n)
    shape = layer_curvature(coupled, given)
    start, target = (tuple(row * (at.n // 2) for row in drawn) for drawn in (START, TARGET))
    run = descend_layer(coupled, given, start, target, keep=60)
    widths = [width(Inputs(at.inputs, n), START, TARGET) for n in sorted({*WIDTHS, at.n})]
    alone = width(given, START, TARGET).steps
    slopes = frames_deeper.slopes((at.delta1, at.delta2), (at.a1, at.a2))
    return {
        "answer": words.answer(one, possible, at.batch, many, name),
        "zeros": words.zeros(at.batch, many) if many.with_zero else "",
        "verdict": words.verdict(at.pattern, name, reach(at.pattern, inputs)),
        "asker": words.to_the_asker(
            reach(ASKED, inputs),
            possible,
            float(one.shares[one.patterns.index(ASKED)]),
            limit_patterns(at.inputs),
            noise_lock(law),
            kappa,
            condition_number(Inputs(at.inputs, flipped=(1,))),
            name,
        ),
        "layer": words.layer(shape, run.steps, alone, at.coupling, *frames.together(run)),
        "wide": words.wide(widths, layer_curvature(np.eye(words.NEURONS), law).kappa),
        "rows": "\n".join(" | ".join(row) for row in words.wide_rows(widths)),
        "answered": words.answered(shape, condition_number(Inputs("sigmoid", at.n)), at.n),
        "slope": words_deeper.slope(slopes),
        "headers": "\n".join(frames.groups(many)["text"].tolist()),
    }


@pytest.mark.parametrize("at", AT, ids=lambda at: "")
def test_what_is_said_of_patterns_is_so(at: Signs) -> None:
    text, made = said(at), one_sample(at.inputs)
    assert f"**{len(made)} of the 16**" in text["answer"]
    assert ("** happens in one sample" in text["verdict"]) == (at.pattern in made)
    assert ("never happens" in text["verdict"]) == (at.pattern not in made)
    needed, example = fewest_steps(at.pattern, ANY if at.inputs == "tanh" else POSITIVE)
    assert ("Two steps do it" in text["verdict"]) == (at.pattern not in made) == (needed == 2)
    assert (np.sign(-example.deltas.T @ example.inputs) == np.array(at.pattern)).all()
    # A share in the headers for every batch: with what has no tile they add up.
    shares = [float(one) for one in re.findall(r"([\d.]+) %", text["headers"])]
    assert sum(shares) == pytest.approx(100, abs=0.15)
    named = re.findall(r"with (sigmoid|tanh|ReLU|softplus)", text["headers"] + text["answer"])
    assert set(named) <= {LABEL[at.inputs]}
    assert ("stays" in text["headers"]) == bool(text["zeros"]) and bool(text["zeros"]) <= (at.inputs == "relu")
    assert not re.search(r"all its weights one\b", text["verdict"])


@pytest.mark.parametrize("at", AT, ids=lambda at: "")
def test_the_asker_is_told_what_is_so(at: Signs) -> None:
    text, made = said(at)["asker"], one_sample(at.inputs)
    (mu, var), lowest = moments(at.inputs), OF[at.inputs](Z).min()
    assert bool(re.search("iterally yes|right about one sample", text)) == (ASKED not in made)
    assert ("have both signs" in text) == (lowest < 0) == ("never negative" not in text)
    assert f"{16 - len(made)} of the 16" in text
    agree = 0.5 + math.asin(mu * mu / (mu * mu + var)) / math.pi
    assert ("equally frequent" in text) == (abs(agree - 0.5) < 1e-9) != ("not make them equally often" in text)
    assert f"agree in {percent(agree)} of" in text
    bits = 2 * (1 - sum(p * math.log2(p) for p in (agree, 1 - agree)))
    assert f"{three(bits)} of 4 bits" in text
    kappa = np.linalg.cond(hessian(at.inputs, 2))
    assert ("round bowl" in text) == (kappa < 1 + 1e-9)
    if "exactly as lopsided" in text:
        assert np.linalg.cond(hessian(at.inputs, 2, np.array([1.0, -1.0]))) == pytest.approx(kappa)
        # With input 2 negated, what was made with its weights up is made with them down.
        assert ASKED in {tuple((row[0], -row[1]) for row in pattern) for pattern in made}
        assert f"*κ* = {three(kappa)}" in text


@pytest.mark.parametrize("at", AT, ids=lambda at: "")
def test_what_is_said_of_the_layer_is_so(at: Signs) -> None:
    text = said(at)
    kappa, needed, same = steps(at.inputs, at.n, at.coupling)
    own, alone, _ = steps(at.inputs, at.n, 0.0)
    layer = text["layer"]
    assert ("round bowl" in layer) == (own < 1 + 1e-9) == ("times as steep" not in layer)
    told = int(re.search(r"([\d,]+) steps? to 1/10,000", layer)[1].replace(",", ""))
    assert told == pytest.approx(needed, abs=1) and re.search(rf"[=≈] {re.escape(three(kappa))}(?!\d)", layer)
    drawn = min(told, 60)
    if told > 1:
        word = {0: "none moves", drawn: "each moves", 1: "1 moves"}.get(same, f"{same} move")
        # Where all were kept, they are not the first of more.
        assert (
            f"Of the {'' if drawn == told else 'first '}{drawn} steps, {word} all four drawn weights one way" in layer
        )
    assert ("Coupled" in layer) == (at.coupling > 0)
    if at.coupling:
        ahead = int(alone) if told != alone else "as many as"
        assert f"{ahead:,} uncoupled" in layer if told != alone else "as many as uncoupled" in layer
    assert f"{three(steps('sigmoid', at.n, 0.0)[0])} with {at.n} sigmoid inputs" in text["answered"]
    assert ("with these" in text["answered"]) == (at.inputs != "sigmoid")


@pytest.mark.parametrize("source", OF)
@pytest.mark.parametrize("n", [2, 10, 64])
def test_what_is_said_of_a_wide_layer_is_so(source: str, n: int) -> None:
    text, (mu, var) = said(Signs(inputs=source, n=n)), moments(source)
    widths = sorted({2, n, 64})
    rows = {line.split(" | ")[0]: line.split(" | ")[1:] for line in text["rows"].splitlines()}
    assert rows["how lopsided its valley is, *κ*"] == [three(np.linalg.cond(hessian(source, k))) for k in widths]
    plain, flipped, centred = (
        [steps(source, k, 0.0, *how)[1] for k in widths] for how in ((), (True,), (False, False))
    )
    assert rows["steps, at the best *η*"] == [f"{k:,}" for k in plain]
    assert rows["steps, every second input negated"] == [f"{k:,}" for k in flipped]
    assert rows["steps, inputs centred"] == [f"{k:,}" for k in centred]
    locks = [float(np.trapezoid(2 * PHI * np.interp(mu / math.sqrt(var) * Z, Z, UPPER) ** k, Z)) for k in widths]
    for cell, lock in zip(rows["all its signs agree, in a large batch"], locks, strict=True):
        shown = 0.0 if cell.startswith("under") else float(cell.split()[0]) / 100
        assert shown == pytest.approx(lock, rel=6e-3, abs=1e-4)
    wide = text["wide"]
    assert ("Not with these inputs" in wide) == (abs(mu) < 1e-9) == (plain[0] == plain[-1])
    assert ("costs nothing at any width" in wide) <= (flipped == plain)
    if "uncoupled ones have the" in wide:
        many = np.linalg.cond(np.kron(np.eye(words.NEURONS), hessian(source, 2)))
        assert f"{three(many)} with 2 inputs" in wide and three(many) == rows["how lopsided its valley is, *κ*"][0]


def test_two_samples_make_all_sixteen() -> None:
    rng = np.random.default_rng(3)
    for f in OF.values():
        a, delta = f(rng.standard_normal((4000, 2, 2))), rng.standard_normal((4000, 2, 2))
        signs = np.sign(np.einsum("xbm,xbn->xmn", delta, a).reshape(-1, 4))
        assert len({tuple(row) for row in signs if row.all()}) == 16


@pytest.mark.parametrize("at", AT, ids=lambda at: "")
def test_the_slope_drops_out_only_where_it_does(at: Signs) -> None:
    deltas, inputs = np.array([at.delta1, at.delta2]), np.array([at.a1, at.a2])
    rows = words_deeper.slope_rows(frames_deeper.slopes(deltas.tolist(), inputs.tolist()))
    kept = set()
    for (_, first, second, within), slope in zip(rows, frames_deeper.SLOPES, strict=True):
        moves = -slope * np.outer(deltas, inputs)
        for told, row in zip((first, second), moves, strict=True):
            assert told == ", ".join(three(float(one) + 0.0) for one in row)
        kept.add(within)
        if (moves != 0).all():
            assert within == ("agree" if inputs.prod() > 0 else "differ")
    assert ("drops out" in said(at)["slope"]) == (len(kept) == 1)


@pytest.mark.parametrize("seed", [0, 9999])
def test_what_is_told_of_the_entropies_is_so(seed: int) -> None:
    bits = {
        source: [cheap(PatternConfig(source, batch=size, draws=2000, seed=seed)).bits for size in (1, 128)]
        for source in OF
    }
    assert bits["sigmoid"][0] == pytest.approx(2, abs=0.01) and bits["tanh"][0] == pytest.approx(3, abs=0.01)
    assert min(bits["tanh"][1], bits["relu"][1]) > 3.88 and bits["sigmoid"][1] < 3.5
    assert "Sigmoid starts at two bits, tanh at three" in words_deeper.ENTROPIES


@pytest.mark.parametrize("deltas", [(-0.05, 0.05), (0.0, -0.0), (-0.8, 0.5)])
def test_what_is_not_0_is_not_written_as_0(deltas: tuple[float, float]) -> None:
    """On this page a sign is all that counts: -0.05 times 0.05 is not -0.00."""
    a = (0.05, 0.9)
    first = re.findall(r"begin\{pmatrix\}(.*?)\\end", words.formula(deltas, a))[0]
    told = list(map(float, re.findall(r"-?[\d.]+", first)))
    assert [np.sign(one) for one in told] == [np.sign(-delta * one) for delta in deltas for one in a]
    assert "-0.00 " not in words.formula(deltas, a)


def test_formula_and_tables_have_one_sign() -> None:
    """What the formula says of the sample in the hand is what its pattern, and the table of slopes, say its weights do."""
    deltas, a = (-0.8, 0.5), (0.9, 0.4)
    text = words.formula(deltas, a)
    first, signals, sample = (
        list(map(float, re.findall(r"-?[\d.]+", one))) for one in re.findall(r"begin\{pmatrix\}(.*?)\\end", text)
    )
    # The formula itself, at its own digits, and its letters.
    assert first == pytest.approx([row * one for row in signals for one in sample], abs=0.006)
    assert r"-\dfrac{\partial C}" in text and r"-\delta_k" in text and "show updates" in words.SLOPE
    moves = [float(one) for _, move in frames_deeper.slopes(deltas, a)[:1] for one in move.ravel()]
    assert [np.sign(one) for one in first] == [np.sign(one) for one in moves]
    rows = words_deeper.example(fewest_steps(FOUR["the asker's"], POSITIVE)[1])
    assert rows[0][2].startswith("2.00") and rows[0][3].startswith("1.50")


def test_the_legend_asks_for_nothing_that_is_locked() -> None:
    ask = ("Tap one", "The sliders make")
    every = ["pattern", "delta1", "delta2", "a1", "a2"]
    for locked, seen in (([], (True, True)), (["pattern"], (False, True)), (every, (False, False))):
        text = page_said(read_page("signs", signs_lock=locked))
        assert tuple(one in text for one in ask) == seen


def test_a_frame_is_promised_only_to_what_is_a_pattern() -> None:
    for slides in (True, False):
        assert words.legend(True, slides, 1).endswith(", if it makes one, has an orange frame.")


def test_a_batch_of_one_is_called_a_sample() -> None:
    for text in (words.legend(True, True, 1), words_deeper.shares(1, "sigmoid")):
        assert "single samples" in text and "batches of 1" not in text
    for text in (words.legend(True, True, 2), words_deeper.shares(2, "sigmoid")):
        assert "batches of 2" in text


def test_nobody_hears_of_sliders_that_may_be_locked() -> None:
    for kappa in (1.0, 12.5):
        assert "slider" not in words.valleys(kappa)


def test_the_help_says_which_signs_inputs_have_and_what_coupling_does() -> None:
    z = np.linspace(-6, 6, 1201)
    values = {key: ACTIVATIONS[key].f(z) for key in SOURCES.values()}
    help_of = {name: control.help for name, control in TOPICS["signs"].controls.items()}
    assert "sigmoid and softplus: all positive" in help_of["inputs"]
    assert min(values["sigmoid"].min(), values["softplus"].min()) > 0
    assert values["tanh"].min() < 0 < values["tanh"].max()
    assert (values["relu"][z < 0] == 0).all() and (values["relu"][z > 0] > 0).all()
    # Towards 1 what is behind the layer feels little but the sum: its curvature along the difference goes to 0.
    assert "feels little but their sum" in help_of["coupling"]
    most = TOPICS["signs"].controls["coupling"].high
    (apart, together), vectors = np.linalg.eigh(np.array([[1, most], [most, 1]]))
    assert apart < together / 10 and vectors[0, 1] == pytest.approx(vectors[1, 1])


def test_who_multiplies_the_two_kappas_on_the_page_finds_the_third_or_is_told_about() -> None:
    for coupling in np.arange(0.05, 0.95, 0.05):
        for n in (2, 8, 64):
            shape = layer_curvature(((1.0, float(coupling)), (float(coupling), 1.0)), Inputs("sigmoid", n))
            said = words.layer(shape, 30, 29, float(coupling), 0, 1)
            told = re.search(r"\*κ\* = (\S+) × (\S+) (=|≈) (\S+)\. That", said)
            assert told, said
            one, other, result = (float(told[at].replace(",", "")) for at in (1, 2, 4))
            assert (told[3] == "=") == (three(one * other) == three(result)), said
            assert one * other == pytest.approx(result, rel=0.01)


def test_a_weight_that_only_rounding_moves_does_not_move() -> None:
    """In exact fractions one weight of each step stays, where two coupled neurons pull it apart."""
    law, coupled = Inputs("tanh"), ((1.0, 0.9), (0.9, 1.0))
    run = descend_layer(coupled, law, START, TARGET, keep=60)
    moves = np.diff(run.w[:, :, :2], axis=0)
    assert np.abs(moves[0]).min() < 1e-12 < np.abs(moves[0]).max()
    assert frames.together(run)[0] == 0
