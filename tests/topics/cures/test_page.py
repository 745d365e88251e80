"""`/cures` through the entry point: what it says is recomputed here by another route, and every link it gives is understood."""

import csv
import math
import re
import statistics
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from core.activations import ACTIVATIONS
from core.cures import conditioning
from core.inputs import UNIFORM
from core.network.cures_table import cure_cells
from core.network.treatments import MOST_STEPS, TREATMENTS, Trial
from core.neuron.racing import race
from core.remedies import REMEDIES, remedy_table
from dashboard.look.formats import percent, three, whole
from dashboard.topics import TOPICS
from dashboard.topics.cures import (
    closed_form,
    evidence,
    frames,
    frames_deeper,
    words,
    words_deeper,
    words_network,
    words_remedies,
)
from dashboard.topics.cures.settings import MOMENTS, Cures
from tests.apptest import ROOT, assert_calm, datasets, open_page, read_page, run_snippet, said, tables
from tests.sight import LOOKS, contrast, linear, theme

Z = np.linspace(-14, 14, 400_001)
PHI = np.exp(-Z * Z / 2) / math.sqrt(2 * math.pi)


def lopsided(f, spread: float = 1.0) -> float:
    value = f(spread * Z)
    mu = float(np.trapezoid(value * PHI, Z))
    return mu * mu / float(np.trapezoid((value - mu) ** 2 * PHI, Z))


SIGMOID = lopsided(lambda z: 1 / (1 + np.exp(-z)))
KAPPA = 1 + 100 * SIGMOID


def loop(kappa: float, key: str, goal: float = 1e-6) -> int:
    """Steps of plain descent, heavy ball or Nesterov's method at its best, from equal errors at both ends of the valley."""
    values, e, v = np.array([1.0, kappa]), np.ones(2), np.zeros(2)
    root, three_root = math.sqrt(kappa), math.sqrt(3 * kappa + 1)
    eta = {"plain": 2 / (1 + kappa), "ball": 4 / (1 + root) ** 2, "nesterov": 4 / (3 * kappa + 1)}[key]
    beta = {"plain": 0.0, "ball": ((root - 1) / (root + 1)) ** 2, "nesterov": (three_root - 2) / (three_root + 2)}[key]
    steps, first = 0, values.sum()
    while values @ e**2 > goal * first:
        if key == "nesterov":
            ahead = e + beta * v
            v = ahead - eta * values * ahead - e
            e = e + v
        else:
            v = beta * v + values * e
            e = e - eta * v
        steps += 1
    return steps


@pytest.fixture(scope="module")
def page():
    at = read_page("cures", cures_deeper="true")
    assert_calm(at)
    return at


def test_the_race_in_numbers(page):
    table, text = tables(page)[0], said(page)
    counts = {name: loop(KAPPA, name) for name in ("plain", "ball", "nesterov")}
    assert table["plain descent"] == [three(2 / (lowest() * (1 + KAPPA)), 6), whole(counts["plain"]), three(KAPPA)]
    root, beta = math.sqrt(KAPPA), ((math.sqrt(KAPPA) - 1) / (math.sqrt(KAPPA) + 1)) ** 2
    assert table[f"momentum, *β* = {three(beta)}"][1:] == [whole(counts["ball"]), three(root)]
    beta = (math.sqrt(3 * KAPPA + 1) - 2) / (math.sqrt(3 * KAPPA + 1) + 2)
    assert table[f"Nesterov, *β* = {three(beta)}"][1:] == [
        whole(counts["nesterov"]),
        three(math.sqrt(3 * KAPPA + 1) - 1),
    ]
    assert table["plain descent, inputs centred"] == [three(1 / lowest(), 4), "1", "1.00"]
    assert "In one neuron with 100 independent inputs of mean 0.500 and spread 0.208: take the mean away." in text
    assert (
        f"plain descent takes **{whole(counts['plain'])} steps** and momentum {counts['ball']}, each at its best rate in the long run"
        in text
    )
    assert "Adam takes 217 at the rate with the fewest, and the same inputs centred **1**" in text
    assert f"*κ* = {three(KAPPA)}, it feels as its square root, {three(math.sqrt(KAPPA))}" in text


def lowest() -> float:
    """The flat curvature, s^2 of a sigmoid."""
    value = 1 / (1 + np.exp(-Z))
    return float(np.trapezoid((value - 0.5) ** 2 * PHI, Z))


def test_the_table_of_goals(page):
    goals = tables(page)[3]
    for name, key in (("plain", "plain"), ("momentum", "ball"), ("Nesterov", "nesterov")):
        assert goals[name] == [whole(loop(KAPPA, key, goal)) for goal in (1e-3, 1e-6, 1e-12)]
    assert goals["Adam"] == ["46", "217", "381"] and goals["centred"] == ["1", "1", "1"]


def test_what_lies_deeper(page):
    text = said(page)
    crossing = (1 + math.sqrt(0.9)) / (1 - math.sqrt(0.9))
    assert f"below *κ* = {three(crossing)} it is worse than no momentum" in text
    eta, beta = 4 / (1 + math.sqrt(KAPPA)) ** 2, ((math.sqrt(KAPPA) - 1) / (math.sqrt(KAPPA) + 1)) ** 2
    e, v, swing = 1.0, 0.0, 0.0
    for _ in range(100):
        v = beta * v + KAPPA * e
        e -= eta * v
        swing = max(swing, abs(e))
    assert f"grows to {three(swing)} times the first" in text
    s2 = lowest()
    block = np.block([[s2 * np.eye(100) + 0.25, np.full((100, 1), 0.5)], [np.full((1, 100), 0.5), np.ones((1, 1))]])
    assert f"*κ* goes from {three(KAPPA)} to {three(np.linalg.cond(block))}" in text
    rates = np.exp(np.linspace(-3, 8, 400))
    kappas = [np.linalg.cond(block * np.outer(d, d)) for d in (np.append(np.ones(100), math.sqrt(r)) for r in rates)]
    tuned = float(re.search(r"brings it to ([\d,]+) at best", text)[1].replace(",", ""))
    assert tuned == pytest.approx(min(kappas), rel=2e-3)
    assert f"no longer mix: {three(1 / s2)}, and 1.00" in text
    assert "1.20 for the identity at batches of 8, 1.02 for the identity at batches of 64" in text
    assert f"{three(6 / 5)} for" in text and f"{three(62 / 61)} for" in text, "(B - 2) / (B - 3)"
    factor = 1.493
    assert f"{three(factor)[:4]} for ReLU at batches of 64" in text
    many = int(re.search(r"10⁴ times in about (\d+)", text)[1])
    assert factor ** (many / 2) > 9.9e3 > factor ** ((many - 1) / 2) * 0.99
    h = np.diag([s2, s2 + 0.25])
    assert f"take *κ* from {three(np.linalg.cond(h))} to 1.00" in text


def test_each_cell_says_its_number_and_links_to_a_page_that_understands_it(page):
    table = tables(page)[1]
    signs = {"cures it": "✓", "eases it": "◐", "takes the square root": "◐", "hides it": "◌", "does nothing": "–"}
    signs |= {"makes it worse": "✗", "explodes instead": "✗"}
    assert list(table) == [one.label for one in REMEDIES.values()]
    cells = iter(remedy_table())
    for row in table.values():
        for text in row:
            cell = next(cells)
            sign, said_word, number, link = re.fullmatch(
                r"(\S) (.*?): \[(.*?)\]\((.*)\)", text.replace("**", "")
            ).groups()
            assert signs[said_word] == sign and said_word == words_remedies.VERDICTS[cell.verdict].cell
            assert number.replace(words_remedies.NARROW, " ") == words_remedies.amount(cell.ailment, cell.number)
            slug, query = urlsplit(link).path, dict(parse_qsl(urlsplit(link).query))
            assert slug in TOPICS
            for key, value in query.items():
                if key != f"{slug}_deeper":
                    assert TOPICS.controls[key].understands(value), (key, value)


def test_the_pages_behind_the_links_show_the_numbers():
    """One of each kind; that a number is right is tested where it is computed."""
    for cell in remedy_table():
        slug, query = evidence.evidence(cell)
        if slug == "saturation" and cell.remedy in ("tanh", "weights", "batch_norm", "layer_norm", "relu"):
            (table,) = tables(read_page(slug, **query))
            assert percent(cell.number) in [row[0] for row in table.values()]
        if slug == "output" and cell.remedy in ("eta", "cross_entropy"):
            assert whole(int(cell.number)) in said(read_page(slug, **query))
        if slug == "cures" and cell.ailment == "lopsided" and cell.remedy in ("relu", "gelu", "standardise", "tanh"):
            assert tables(read_page(slug, **query))[0]["plain descent"][-1] == three(cell.number)


@pytest.mark.parametrize("key", REMEDIES)
def test_what_is_asked_about_is_answered_below_the_question(key):
    text = words_remedies.asked(
        [cell for cell in remedy_table() if cell.remedy == key], {slug: slug for slug in TOPICS}
    )
    assert text.startswith(f"**{REMEDIES[key].label[0].upper()}") and text.count("\n- ") == 4
    for cell in remedy_table():
        if cell.remedy == key:
            assert (
                words_remedies.amount(cell.ailment, cell.number) in text
                and words_remedies.VERDICTS[cell.verdict].cell in text
            )


def test_lopsidedness_of_every_activation(page):
    drawn = datasets(page, 2)
    curves, read = drawn["curves"], drawn["readings"]
    f = {"sigmoid": lambda z: 1 / (1 + np.exp(-z)), "ReLU": lambda z: np.maximum(z, 0)}
    f |= {"SiLU": lambda z: z / (1 + np.exp(-z)), "softplus": lambda z: np.logaddexp(0, z), "tanh": np.tanh}
    for label, function in f.items():
        own = curves[curves.activation == label]
        for spread in (0.2, 1.0, 5.0, 12.0):
            value = float(own[np.isclose(own.spread, spread)].lopsidedness.iloc[0])
            assert value == pytest.approx(lopsided(function, spread), rel=1e-3, abs=1e-12)
    alike = frames.kinds()
    assert sorted(key for keys in alike.values() for key in keys) == sorted(ACTIVATIONS), (
        "every activation has its curve"
    )
    assert set(read.k) == set(range(len(frames.SPREADS))) and set(read.row) == set(range(len(alike)))
    quarter, eight = (lopsided(f["sigmoid"], spread) for spread in (0.25, 8.0))
    told = f"{three(1 / (math.pi - 1))} at any spread. Sigmoid has {three(quarter)} where"
    assert (
        "even tanh has" in said(page)
        and told in said(page)
        and f"{three(SIGMOID)} at 1 and {three(eight)} at 8" in said(page)
    )


def test_the_predictions(page):
    at = open_page("cures")
    at.radio(key="cures_guess").set_value(words.NO).run()
    assert any(m.value.startswith("**Right.** With the best fixed rate") for m in at.markdown)
    relu = 1 + 100 / (math.pi - 1)
    at.radio(key="cures_guess_relu").set_value(f"about {three(relu)}").run()
    assert any(m.value.startswith("**Right.** ReLU is never negative") for m in at.markdown)
    even = open_page("cures", cures_inputs="tanh")
    even.radio(key="cures_guess").set_value(words.NOTHING).run()
    assert any(m.value.startswith("**Right.**") for m in even.markdown)


def test_what_adam_is_drawn_from(page):
    drawn = datasets(page, 0)
    (law,) = drawn["law"].itertuples()
    assert law.adam == 217 and law.mu == pytest.approx(0.5) and law.s == pytest.approx(math.sqrt(lowest()))
    moments, strides = drawn["moments"], drawn["adam"]
    assert len(moments) == len(MOMENTS) and moments.loss.iloc[0] == 1 and moments.loss.iloc[-1] <= 1e-6
    last = {step for end in (*MOMENTS, 217) if end <= 217 for step in range(max(0, end - closed_form.TRAIL), end)}
    assert strides.step.tolist() == sorted(last), "no stride that leads to a moment is missing, or to the end"
    follows = np.diff(strides.step) == 1
    for end, start in ((strides.steep2, strides.steep), (strides.flat2, strides.flat)):
        assert np.allclose(end.to_numpy()[:-1][follows], start.to_numpy()[1:][follows])
    loss = (moments.steep**2 * KAPPA + moments.flat**2) / (KAPPA + 1)
    assert np.allclose(loss, moments.loss, rtol=1e-4)


def test_runners_can_be_told_apart_by_shape_and_seen_in_both_themes():
    runners = closed_form.RUNNERS
    assert len({one.shape for one in runners}) == len({one.colour for one in runners}) == len(runners)
    for look in LOOKS:
        ground = linear(theme()[look]["backgroundColor"])
        for one in runners:
            assert contrast(linear(one.colour), ground) >= 3, (one.name, look)


def test_the_snippet_prints_the_numbers_of_the_page():
    lines = run_snippet(words.snippet(frames.races(Cures(n=10)))).splitlines()
    ten = 1 + 10 * SIGMOID
    assert f"heavy_ball {loop(ten, 'ball')} " in " ".join(lines) and any(line.startswith("plain ") for line in lines)
    assert [line.split()[0] for line in lines[-len(REMEDIES) :]] == list(REMEDIES)


def test_the_settings_of_a_race_are_those_of_the_page():
    at = Cures(inputs="uniform", mean=1.2, spread=0.4, n=6, goal=1e-3)
    run, count = frames.races(at)
    assert (run.n, run.mean, run.spread, run.tolerance) == (count.n, count.mean, count.spread, count.tolerance)
    assert (run.n, run.mean, run.spread, run.tolerance) == (6, 1.2, 0.4, 1e-3)
    assert frames.moments_of(replace(at, inputs="relu"))[0] == pytest.approx(1 / math.sqrt(2 * math.pi))


def recorded() -> dict[tuple[int, int, str, str], list[float]]:
    """The steps of every seed at the learning rate with the smallest median, of equals the smallest mean, then the smallest: by
    depth, batch, optimiser and treatment, read off the file as it stands."""
    rows: dict[tuple[int, int, str, str], list[tuple[float, float, float, list[float]]]] = {}
    with (ROOT / "core/network/data/cures.csv").open() as file:
        next(file)
        for row in csv.DictReader(file):
            told = [row[f"steps_{seed}"] for seed in range(5)]
            steps = [float(one) if one.isdigit() else math.inf for one in told]
            key = (int(row["depth"]), int(row["batch"]), row["optimiser"], row["treatment"])
            capped = sum(MOST_STEPS[key[:2]] if math.isinf(one) else one for one in steps)
            rows.setdefault(key, []).append((statistics.median(steps), capped, float(row["eta"]), steps))
    return {key: min(found)[3] for key, found in rows.items()}


@pytest.fixture(scope="module")
def steps():
    return recorded()


PLACES = [(depth, batch) for depth in (1, 5) for batch in (1, 8, 64, 1000)]


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_what_is_said_of_the_real_network_is_what_was_recorded(steps, place):
    found = frames_deeper.arms(*place, cure_cells())
    names = {"sgd": "Plain descent", "momentum": "Momentum", "adam": "Adam"}
    told = {key[2:]: one for key, one in steps.items() if key[:2] == place and key[3] in frames_deeper.SHOWN}
    assert set(found) == set(told)
    if ("sgd", "sigmoid") not in told:
        return

    def median(way) -> str:
        middle = statistics.median(told[way])
        return whole(round(middle)) if math.isfinite(middle) else "more than"

    def beats(one, other) -> bool:
        return all(a < b for a, b in zip(told[one], told[other], strict=True))

    lines = words_network.network(found, place).split("\n\n")
    plain = ("sgd", "sigmoid")
    for line, optimiser in zip(lines, [key for key in names if (key, "sigmoid") in told], strict=True):
        way, centred = (optimiser, "sigmoid"), (optimiser, "centred")
        assert names[optimiser] in line and median(way) in line
        if way != plain:
            # One seed that was tried is no comparison.
            tried = found[plain].tried.all() and found[way].tried.all()
            assert ("helps" in line) == (beats(way, plain) and tried)
            assert ("is slower: " in line) == (beats(plain, way) or (centred in told and beats(way, centred)))
            neither = math.isinf(min(*told[way], *told[plain]))
            assert ("does not arrive either" in line) == neither
            undecided = not neither and not beats(way, plain) and not beats(plain, way)
            assert ("cannot be told" in line) == undecided
            if undecided:
                wins = sum(a < b for a, b in zip(told[way], told[plain], strict=True))
                losses = sum(a > b for a, b in zip(told[way], told[plain], strict=True))
                assert f"beside {median(plain)}, faster in {wins} of 5 seeds, slower in {losses}." in line
        if centred in told and math.isinf(min(*told[way], *told[centred])):
            assert "does not either" in line
        elif centred in told:
            factor = statistics.median(told[way]) / statistics.median(told[centred])
            said = beats(centred, way) and math.isfinite(factor)
            assert median(centred) in line and ("times as fast" in line) == said
    faster = words_network.others(found).partition("- faster: ")[2].partition("\n")[0]
    for optimiser, treatment in told:
        if optimiser == "sgd" and treatment not in ("sigmoid", "centred"):
            label = f"{TREATMENTS[treatment].label} ({median((optimiser, treatment))}"
            assert label in words_network.others(found)
            assert (label in faster) == (beats((optimiser, treatment), plain) and found[plain].tried.all())
    drawn, middles = frames_deeper.dots(found), frames_deeper.medians(found)
    assert sorted(drawn["steps"][drawn["state"] == "arrived"]) == sorted(
        one for each in told.values() for one in each if math.isfinite(one)
    )
    assert len(middles["told"]) == len(told)
    # A seed that was never tried is no dot, and no word that a mouse brings up is a number that is none.
    tried = sum(cure_cells()[Trial(*place, *way)].tried.sum() for way in told)
    assert len(drawn["steps"]) == tried
    assert not {"none", "nan"} & {*drawn["label"], *drawn["told"]}


def test_how_the_networks_are_compared_is_said_as_it_was(steps):
    cells = cure_cells()
    for place in PLACES:
        found = frames_deeper.arms(*place, cells)
        if found:
            text = words_network.fair(found)
            tried = [len(cell.etas) for cell in found.values()]
            assert f"{len(tried)} way" in text and f"{sum(tried)} were tried" in text
            best = [cell.etas.tolist().index(cell.eta) for cell in found.values() if cell.arrives]
            last = [len(cell.etas) - 1 for cell in found.values() if cell.arrives]
            inside = all(0 < one < end for one, end in zip(best, last, strict=True))
            assert ("no best one" in text) == inside
            for cell in found.values():
                apart = 0.5 if cell.arrives else 1
                assert np.allclose(np.diff(np.log2(cell.etas)), apart, atol=2e-3)
                assert cell.arrives or (cell.steps == -1).all()
            never = sum(not cell.arrives for cell in found.values())
            assert ("did not arrive with the first seed" in text) == (never > 0)
            assert never == 0 or f" {never} way" in text


def test_the_table_of_batch_sizes(steps):
    by = {size: frames_deeper.arms(1, size, cure_cells()) for size in frames_deeper.BATCHES.values()}
    sizes = [size for size in (1, 8, 64, 1000) if (1, size, "sgd", "sigmoid") in steps]
    assert words_network.batches_head(by) == ["images a step", *map(whole, sizes)]
    ways = {"plain": ("sgd", "sigmoid"), "momentum": ("momentum", "sigmoid"), "Adam": ("adam", "sigmoid")}
    ways |= {"plain, centred": ("sgd", "centred")}
    better = dict.fromkeys(sizes, False)
    for name, *row in words_network.batches(by):
        for size, cell in zip(sizes, row, strict=True):
            own, plain = steps.get((1, size, *ways[name])), steps[1, size, "sgd", "sigmoid"]
            assert cell.strip("*") == ("–" if own is None else whole(round(statistics.median(own))))
            wins = own is not None and all(a < b for a, b in zip(own, plain, strict=True))
            assert ("**" in cell) == wins
            better[size] |= wins
    claimed = "noise limits" in words_network.batched(by)
    assert claimed == (not better[min(sizes)] and better[max(sizes)])
    assert "nothing to give" not in words_network.batched(by), "that no way beats plain descent is all that is measured"


def _unarrived(cell, tried):
    """A cell of which no seed arrives, and of which the first `tried` were tried."""
    steps = np.full_like(cell.steps, -1)
    seen = np.where(np.arange(steps.shape[1]) < tried, cell.trial.most_steps, 0) + np.zeros_like(steps)
    return replace(cell, steps=steps, seen=seen, diverged=np.zeros_like(cell.diverged))


def test_a_way_that_does_not_arrive_is_said_to_and_seeds_that_were_not_tried_are_no_seeds():
    found = frames_deeper.arms(5, 64, cure_cells())
    for tried in (1, 5):
        slow = {way: _unarrived(cell, tried) for way, cell in found.items()}
        plain, momentum, _ = words_network.network(slow, (5, 64)).split("\n\n")
        assert "more than 6,000 steps" in plain and "centred it does not either" in plain
        assert ("the others were not tried" in plain) == (tried == 1)
        alone = " with the first seed, the only one tried" if tried == 1 else ""
        assert momentum.startswith(f"**Momentum** does not arrive either{alone}: more than 6,000 steps.")


def test_what_has_no_mean_is_not_said_to_share_one():
    for mean in (0.0, 0.5):
        kappas = conditioning(100, mean, 0.2)
        assert ("does not absorb the mean" in words_deeper.bias(kappas, 100)) == (mean > 0)
        at = Cures(inputs=UNIFORM, mean=mean, spread=0.2)
        field = frames.field(at, *(race(one) for one in frames.races(at)))
        *_, reveal = words.straightens(field, kappas)
        assert ("All inputs share the mean" in reveal) == (mean > 0)
        assert ("no direction is steeper" in reveal) == (mean == 0)


def test_a_number_that_links_to_what_lies_deeper_stands_there():
    text = words_deeper.measured(remedy_table()) + words_deeper.bias(
        conditioning(100, 0.5, 0.5 / math.sqrt(100 * SIGMOID / 100)), 100
    )
    deeper = "cures?cures_deeper=true"
    paths = {slug: one.path for slug, one in TOPICS.items()}
    shown = [cell for cell in remedy_table() if words_remedies.address(evidence.evidence(cell), paths) == deeper]
    assert shown
    for cell in shown:
        assert words_remedies.amount(cell.ailment, cell.number).removeprefix("*κ* ") in text, (
            cell.remedy,
            cell.ailment,
        )


def test_a_guess_is_no_yes_or_no():
    at = read_page("cures")
    for radio in at.radio:
        assert not any(one.startswith(("Yes", "No")) for one in radio.options)


def test_what_was_not_measured_is_said_and_what_is_shown_instead():
    cells = {key: cell for key, cell in cure_cells().items() if (key.depth, key.batch) == (1, 1000)}
    for at in (Cures(layers=5, batch="8"), Cures(batch="1")):
        assert frames_deeper.place(at, cells) == (1, 1000)
    assert words_network.not_measured((5, 8), (1, 1000)) == (
        "Not measured: 5 hidden layers, batches of 8. Shown: 1 hidden layer, the full batch."
    )
    assert words_network.not_measured((1, 1), (1, 1)) == ""
    with pytest.raises(ValueError, match="no plain sigmoid"):
        frames_deeper.place(Cures(), {})


def test_adam_is_called_half_a_cure_of_depth_only_where_the_seeds_bear_it_out(steps):
    told = words_network.deep(frames_deeper.arms(5, 64, cure_cells()))
    ways = [steps.get((5, 64, *way)) for way in (("sgd", "sigmoid"), ("adam", "sigmoid"), ("adam", "centred"))]
    borne_out = None not in ways and all(a < b for a, b in zip(ways[1], ways[0], strict=True))
    assert bool(told) == borne_out
    if borne_out:
        assert all(whole(round(statistics.median(one))) in told for one in ways)
        assert "with batches of 64" in told, "the picture may be of another batch size"
        assert f"faster in {sum(a < b for a, b in zip(ways[2], ways[1], strict=True))} of 5 seeds" in told
    assert words_network.deep(None) == ""
