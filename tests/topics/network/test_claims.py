"""Each sentence of `/network` against the shipped file, read again line by line: what it says is so at every setting, and what the
seeds do not decide is not claimed."""

import csv
import json
import math
import re
import statistics
from collections import defaultdict
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from core.network.ablation import ABLATION_FILE, TARGET, ablation
from core.network.cures_table import CURES_FILE
from core.network.curvature import largest_curvature
from core.network.mlp import networks
from core.network.runs import MAX_WORK, collect, first_look, steps_to, work
from core.network.training import Training
from core.network.variants import VARIANTS
from dashboard.look.columns import columns
from dashboard.look.formats import three, whole
from dashboard.topics import TOPICS
from dashboard.topics.network import (
    charts,
    compare,
    frames,
    frames_live,
    words,
    words_deeper,
    words_findings,
    words_live,
)
from dashboard.topics.network.settings import Network
from dashboard.ui.cache import cached
from tests.topics.grid import grid

Seeds = list[float]


@cache
def shipped() -> tuple[dict[str, int], dict[str, dict[str, dict[float, list[dict[str, str]]]]]]:
    """The cap of each experiment, and experiment -> variant -> eta -> rows by seed."""
    found: dict = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    with ABLATION_FILE.open(encoding="ascii") as lines:
        caps = {one["name"]: one["steps"] for one in json.loads(next(lines)[2:])["experiments"]}
        for row in csv.DictReader(lines):
            found[row["experiment"]][row["variant"]][float(row["eta"])].append(row)
    return caps, found


def seeds(rows: list[dict[str, str]]) -> Seeds:
    return [float(row["steps"]) if int(row["steps"]) >= 0 else math.inf for row in rows]


def chosen(name: str, variant: str, eta: float | None) -> list[dict[str, str]]:
    """A variant's rows at the learning rate that was tried and is nearest, or at its best."""
    caps, found = shipped()
    by_eta = found[name][variant]

    def rank(rate: float) -> tuple[float, float, float]:
        steps = seeds(by_eta[rate])
        return statistics.median(steps), statistics.mean(min(s, caps[name]) for s in steps), rate

    key = min(by_eta, key=rank) if eta is None else min(by_eta, key=lambda rate: max(rate / eta, eta / rate))
    return by_eta[key]


def median(steps: Seeds, cap: int) -> str:
    middle = statistics.median(steps)
    return f"not within {whole(cap)}" if math.isinf(middle) else whole(round(middle))


def all_of(before: Seeds, after: Seeds) -> str:
    """fewer, more, same, never or open, by counting seeds."""
    wins = sum(b < a for a, b in zip(before, after, strict=True))
    losses = sum(b > a for a, b in zip(before, after, strict=True))
    if all(math.isinf(s) for s in (*before, *after)):
        return "never"
    return {(5, 0): "fewer", (0, 5): "more", (0, 0): "same"}.get((wins, losses), "open")


SETTINGS = list(grid("network", drawn=40))
# What is claimed of the table follows from these alone.
SHOWN = list(
    dict.fromkeys(Network(at.compare, at.eta, at.batch, at.layers) for at in (one.tried() for one in SETTINGS))
)
PAIRS = {
    "**Centring** alone": ("sigmoid", "centred"),
    "**Times four** alone": ("sigmoid", "four"),
    "**Times four** once centred": ("centred", "four_centred"),
    "Doing **both**": ("sigmoid", "four_centred"),
}
CLAIMS = {
    "fewer": ("down to", "makes it arrive"),
    "more": ("up to", "keeps it from arriving"),
    "same": ("changes nothing",),
    "never": ("cannot be judged",),
    "open": ("makes no clear difference over 5 seeds",),
}


def page(at: Network) -> tuple[frames.Reading, compare.Square, str]:
    """The reading and the square of a setting, and all findings as the page says them."""
    table = ablation()[at.experiment]
    shown = frames.reading(table, at.shared_eta)
    four = compare.square(shown)
    pairs = frames.twins(table, four.plain.variant.key, four.flipped.variant.key)
    one, full = (compare.square(frames.reading(ablation()[batch])) for batch in ("1", "full"))
    said = words_findings.findings(
        four,
        compare.saturation(shown),
        words_findings.flips(pairs.alike, pairs.arrive),
        words_findings.lock(one, full),
    )
    return shown, four, said


@pytest.fixture(params=range(len(SHOWN)), ids=lambda index: f"setting{index}")
def at(request: pytest.FixtureRequest) -> Network:
    return SHOWN[request.param]


def test_a_difference_is_one_where_every_seed_says_so(at: Network) -> None:
    caps, _ = shipped()
    cap, (shown, four, said) = caps[at.experiment], page(at)
    table = words_findings.square(four)
    for name, (before, after) in PAIRS.items():
        (line,) = [one for one in said.splitlines() if name in one]
        a, b = (seeds(chosen(at.experiment, key, at.shared_eta)) for key in (before, after))
        case = all_of(a, b)
        held = {key for key, tokens in CLAIMS.items() if any(token in line for token in tokens)}
        # Half of the seeds may arrive where "every seed" cannot be said.
        assert held == {case} or (held == {"open"} and math.inf in (statistics.median(a), statistics.median(b))), line
        if case in ("fewer", "more") and math.inf not in (*a, *b):
            ratios = [x / y if case == "fewer" else y / x for x, y in zip(a, b, strict=True)]
            low, high = three(min(ratios)), three(max(ratios))
            assert line.endswith(f"a factor of {low}." if low == high else f"a factor of {low} to {high}.")
            middles = [statistics.median(s) for s in (a, b)]
            cell = {"centred": table[0][3], "four": table[2][1]}.get(after)
            sign = "fewer: ÷" if case == "fewer" else "more: ×"
            assert cell in (None, f"{sign} {three(max(middles) / min(middles))}")
        if case in ("open", "same", "fewer", "more") and "arriv" not in line:
            assert median(a, cap) in line and median(b, cap) in line
    assert [table[0][1], table[0][2], table[1][1], table[1][2]] == [
        f"**{median(seeds(chosen(at.experiment, key, at.shared_eta)), cap)}**"
        for key in ("sigmoid", "centred", "four", "four_centred")
    ]
    assert shown.same == (at.compare == "same")


def test_the_answer_the_closing_and_the_alt_are_of_what_is_shown(at: Network) -> None:
    caps, _ = shipped()
    shown, four, _ = page(at)
    rows = {key: chosen(at.experiment, key, at.shared_eta) for key in ("sigmoid", "centred", "four", "flipped")}
    of = {key: seeds(found) for key, found in rows.items()}
    full = compare.square(frames.reading(ablation()["full"]))
    opening, closing, alt = words.answer(shown, four), words.answered(shown, four, full), words.alt(four)
    for key in ("sigmoid", "centred", "four"):
        told = f"**{median(of[key], caps[at.experiment]).removeprefix('not within ')}**"
        assert told in opening
        assert told in closing or "none of the three networks arrives" in closing
    # The batch, the depth and the learning rate are those of the file's rows.
    depth, batch = (5, 64) if at.layers > 1 else (1, {"full": 1000}.get(at.batch) or int(at.batch))
    size = {1: "one sample a step", 1000: "the full batch"}.get(batch, f"batches of {batch}")
    assert f"{size}, {'one hidden layer' if depth == 1 else f'{depth} hidden layers'}" in opening
    if at.compare == "same":
        eta = float(rows["sigmoid"][0]["eta"])
        assert eta == pytest.approx(at.eta, rel=1e-3)
        assert f"*η* = {three(eta)}" in opening and f"*η* = {three(eta)}" in closing
    mean, slope = (all_of(of["sigmoid"], of[key]) for key in ("centred", "four"))
    # Both, where the other costs as well once the first is gone.
    last = seeds(chosen(at.experiment, "four_centred", at.shared_eta))
    then_slope, then_mean, together = (all_of(of[key], last) for key in ("centred", "four", "sigmoid"))
    two = (mean == "fewer" and "fewer" in (slope, then_slope)) or (slope == then_mean == "fewer")
    assert ("two things cost" in closing) == two
    assert ("it is the mean of the hidden outputs that costs" in closing) == (mean == "fewer" and not two)
    assert ("it is the small slope that costs" in closing) == (slope == "fewer" and not two)
    assert ("both together do" in closing) == (
        "fewer" not in (mean, slope) and not mean == slope == "never" and together == "fewer"
    )
    # What stands beside a count says whether it is another one.
    told = {"fewer": ": fewer with every seed", "more": ": more with every seed", "same": ": the same with every seed"}
    told |= {"never": " either", "open": ", and over 5 seeds neither is clearly faster"}
    for text in (opening, closing):
        if "none of the three" not in text:
            one, other = re.split(r"times four", text, flags=re.IGNORECASE)
            assert f"steps**{told[mean]}." in (one := one.replace("** steps", " steps**")), one
            assert f"steps**{told[slope]}." in (other := other.replace("** steps", " steps**")), other
    assert ("fewer steps than the sigmoid one with every seed" in alt) == (mean == "fewer")
    assert ("with some seeds, and not with others" in alt) == (mean == "open")
    assert ("exactly as many steps as the sigmoid one" in alt) == (mean == "same")
    flips = all_of(of["sigmoid"], of["flipped"])
    assert ("nothing changes" in closing) == ("exactly as many" in alt) == (flips == "same")


def test_what_is_said_of_saturation_is_borne_out_by_every_pair_of_the_table(at: Network) -> None:
    """Counted off the table as a reader would: its whole percents and its steps, the flipped twin of the sigmoid left out."""
    shown, _, said = page(at)
    read = {row[0]: row[1:] for row in words.numbers(shown, frames.further(shown))}
    rows = []
    for key, variant in VARIANTS.items():
        count, _, share, _ = read[variant.label]
        known = [
            float(row["saturated"]) for row in chosen(at.experiment, key, at.shared_eta) if row["saturated"] != "nan"
        ]
        assert share == (f"{100 * statistics.mean(known):.0f} %" if known else "–")
        if not variant.flipped and "not within" not in count and share != "–":
            rows.append((int(share.split()[0]), int(re.sub(r" \(.*|,", "", count))))
    products = [(a - c) * (b - d) for k, (a, b) in enumerate(rows) for c, d in rows[:k]]
    slower, faster = (sum(sign * one > 0 for one in products) for sign in (1, -1))
    (line,) = [one for one in said.splitlines() if "**Saturation**" in one]
    assert ("cannot be judged" in line) == (slower + faster < 2)
    if slower + faster >= 2:
        assert f"of the {slower + faster} pairs of networks in the table below" in line
        assert f"takes more steps in {slower} and fewer in {faster}." in line
        share = slower / (slower + faster)
        assert ("always goes with more" in line) == (share == 1) and ("always goes with fewer" in line) == (share == 0)
        assert ("mostly goes with more" in line) == (3 * slower >= 2 * (slower + faster) and share < 1)
        assert ("mostly goes with fewer" in line) == (3 * faster >= 2 * (slower + faster) and share > 0)
        assert ("does not tell which" in line) == (3 * max(slower, faster) < 2 * (slower + faster))
        assert "by itself is not tested" in line
    assert "does not decide" not in line, "no pair chosen by hand decides that"


def test_what_is_said_of_the_sign(at: Network) -> None:
    *_, said = page(at)
    _, found = shipped()
    pairs = [
        (a["steps"], b["steps"])
        for eta in found[at.experiment]["sigmoid"]
        for a, b in zip(found[at.experiment]["sigmoid"][eta], found[at.experiment]["flipped"][eta], strict=True)
    ]
    arrive = [pair for pair in pairs if pair != ("-1", "-1")]
    assert (f"All {len(arrive)} sigmoid runs that arrive, at all learning" in said) == all(a == b for a, b in arrive)


def test_slope_and_prediction_are_of_each_at_its_best(at: Network) -> None:
    shown, four, _ = page(at)
    best = compare.square(frames.reading(ablation()[at.experiment]))
    case = all_of(*(seeds(chosen(at.experiment, key, None)) for key in ("sigmoid", "four")))
    _, options, right, _ = words.prediction(best)
    assert options.index(right) == {"fewer": 0, "more": 2}.get(case, 1)
    slope = words_deeper.slope(four, best)
    assert ("No single *η* makes up for a small slope" in slope) == (case == "fewer")
    if "longer strides" in slope:
        assert shown.same
        assert all_of(*(seeds(chosen(at.experiment, key, at.eta)) for key in ("sigmoid", "four"))) == "fewer"


def test_what_is_left_out_of_the_pairs_is_said() -> None:
    for found in (compare.Saturation(9, 12), compare.Saturation(1, 0)):
        assert "half flipped left out" in words_findings._saturation(found)


def test_an_edge_is_2_over_the_curvature_beside_it() -> None:
    found = cached(largest_curvature)(Training(tuple(VARIANTS), seeds=1))
    for _, steepest, edge, _ in words_deeper.curvature_rows(found, frames.reading(ablation()["full"])):
        assert three(2 / float(steepest)) == edge


def test_a_band_is_spoken_of_where_several_seeds_are_drawn() -> None:
    for count in (1, 2, 5):
        assert ("a line is the median" in words_live.seeds(Training(seeds=count)).lower()) == (count > 1)


def test_biases_are_trained_and_start_at_0() -> None:
    text = words_deeper.settings(ablation()["64"])
    assert "biases 0 at first, but for the centred sigmoid" in text and "no biases" not in text
    for key in VARIANTS:
        nets = networks([(key, 0)], 32, 1, 1.0)
        assert any(b.any() for _, b in nets.layers) == (key == "centred"), key


def test_the_run_that_is_watched_ends_where_its_axis_ends() -> None:
    for at in dict.fromkeys(one.tried() for one in SETTINGS):
        shown = frames.reading(ablation()[at.experiment], at.shared_eta)
        asked, training = (one(shown, at.trained, at.seeds) for one in (frames_live.watched, frames_live.affordable))
        assert work(training) <= MAX_WORK
        assert all(frames_live.arrivals(shown, training, "loss")["step"] <= training.steps)
        said = words_live.watching(training, asked.steps, asked.seeds)
        assert ("too much work" in said) == (training.steps < asked.steps or training.seeds < asked.seeds), at
        # Seeds are left out before steps are: a run that is cut off shows no end.
        assert training.seeds in (1, asked.seeds) or training.steps >= 0.8 * asked.steps


def test_controls_go_to_what_was_measured() -> None:
    for wanted in SETTINGS:
        at = wanted.tried()
        assert at.tried() == at
        table = ablation()[at.experiment]
        assert at.compare == "best" or frames.reading(table, at.eta).rows["sigmoid"].eta == at.eta
        assert at == wanted or (wanted.compare == "same" and replace(at, eta=wanted.eta) == wanted)


def test_lock_and_gain_go_together_only_as_the_seeds_say() -> None:
    *_, said = page(Network())
    (line,) = [one for one in said.splitlines() if "**Batch size**" in one]
    cases = {}
    for name in ("1", "full"):
        a, b = (seeds(chosen(name, key, None)) for key in ("sigmoid", "centred"))
        cases[name] = all_of(a, b)
        assert whole(round(statistics.median(a))) in line and whole(round(statistics.median(b))) in line
    assert ("** decides whether centring gains" in line) == (cases["1"] != cases["full"])
    assert "with one hidden layer and each at its best *η*" in line
    etas = [float(chosen(name, key, None)[0]["eta"]) for name in ("full", "1") for key in ("sigmoid", "centred")]
    assert f"goes from {three(etas[0])} to {three(etas[1])} with the full batch" in line and etas[0] < etas[1]
    stays = etas[2] == etas[3] < etas[0] / 4
    assert (f"stays at {three(etas[2])}, far below what the steep direction allows" in line) == stays
    locked = [float(row["locked"]) for row in chosen("1", "sigmoid", None)]
    assert f"{100 * statistics.mean(locked):.3g} % of the neurons" in line


def test_further_activations_are_those_of_the_other_table() -> None:
    with CURES_FILE.open(encoding="ascii") as lines:
        next(lines)
        rows = list(csv.DictReader(lines))
    for batch, count in (("full", 1000), ("64", 64)):
        shown = frames.reading(ablation()[batch])
        told = {row[0]: row[1:] for row in words.numbers(shown, frames.further(shown))}
        assert {"GELU", "softplus"} <= set(told)
        for label, key in (("GELU", "gelu"), ("softplus", "softplus")):
            own = [
                r
                for r in rows
                if (r["depth"], r["batch"], r["optimiser"], r["treatment"]) == ("1", str(count), "sgd", key)
            ]
            best = min(
                statistics.median([float(v) if (v := r[f"steps_{s}"]).isdigit() else math.inf for s in range(5)])
                for r in own
            )
            assert told[label][0] == whole(round(best)) and told[label][2:] == ["–", "–"]
    assert frames.further(frames.reading(ablation()["64"], 0.5)) == []


def test_a_network_of_ones_own_ends_where_another_route_says() -> None:
    at = Network(own=True, activation="gelu", depth=2, rate=1.0, seed=0)
    shown = frames.reading(ablation()["64"])
    training = replace(frames_live.own(shown, at.own_pair, at.seeds, at.depth, at.weights, at.rate), steps=60)
    assert (training.depth, training.sigma_w, training.variants) == (2, 1.0, ("sigmoid", "gelu"))
    (sigmoid, gelu) = frames_live.learnt(collect(training))
    passage = steps_to(training, TARGET)
    assert [sigmoid.arrived[0], gelu.arrived[0]] == passage.steps[:, 0].tolist()
    assert gelu.arrived[0] > 0 > sigmoid.arrived[0]
    start = first_look(training)
    assert gelu.saturated[0] == pytest.approx(float(start.saturated[1].mean()))
    for wanted in SETTINGS:
        own = frames_live.own(shown, wanted.own_pair, wanted.seeds, wanted.depth, wanted.weights, wanted.rate)
        assert work(own) <= MAX_WORK


@pytest.mark.parametrize(
    ("quantity", "first", "second", "high"),
    [
        ("locked", 1.0, 0.0, [0, 0]),
        ("saturated", 0.5, 0.52, [0, 1]),
        ("loss", 0.01, 0.01, [1, 0]),
        ("loss", 0.1, 0.01, [0, 0]),
    ],
)
def test_names_at_the_ends_of_curves_do_not_lie_on_each_other(
    quantity: str, first: float, second: float, high: list[int]
) -> None:
    drawn = columns(variant=np.array(["a", "b"]), mid=np.array([first, second]), step=np.array([9, 9]))
    assert frames_live.ends(drawn, quantity)["high"].tolist() == high


def test_a_weight_scale_of_one_is_called_the_usual() -> None:
    shown = frames.reading(ablation()["64"])
    for scale, told in ((1.0, "the usual initial weights"), (8.0, "8 times the usual initial weights")):
        at = Network(own=True, weights=scale)
        training = frames_live.own(shown, at.own_pair, at.seeds, at.depth, at.weights, at.rate)
        assert f", {told}." in words_live.own(training, "batches of 64")


def test_what_is_done_to_the_sigmoid_is_said_in_full() -> None:
    assert "slope, mean and spread" in words.LEGEND and "4*σ*" in words.LEGEND
    opening = words.answer(frames.reading(ablation()["64"]), compare.square(frames.reading(ablation()["64"])))
    assert f"training loss on handwritten digits down to {TARGET:g}" in opening


def test_runs_that_end_elsewhere_are_counted() -> None:
    (variant,) = [one for key, one in VARIANTS.items() if key == "tanh"]
    off = [frames_live.Landing(variant, seed, 50, 52) for seed in range(5)]
    assert words_live.landed(off[:1], 99).startswith(
        "0 of 1 runs end as the table says, to the step. 1 not: tanh, seed 0:"
    )
    assert "5 not, among them: " in words_live.landed(off, 99)


def test_a_ring_is_spoken_of_where_one_is_drawn() -> None:
    seen = set()
    for at in dict.fromkeys(one.tried() for one in SETTINGS):
        shown = frames.reading(ablation()[at.experiment], at.shared_eta)
        training = frames_live.affordable(shown, at.trained, at.seeds)
        if at.own:
            training = frames_live.own(shown, at.own_pair, at.seeds, at.depth, at.weights, at.rate)
        rings = frames_live.arrivals(shown, training, "" if at.own else at.trace)
        text = words_live.trace(
            at.trace, frames_live.drawn_layer(at.trace, at.layer, training.depth), (), len(rings["step"])
        )
        # Of the file: the median of the seeds that train, where all of them arrive before the run ends.
        drawn = 0
        for key in () if at.own or at.trace != "loss" else training.variants:
            trained = seeds(chosen(at.experiment, key, at.shared_eta))[training.seed : training.seed + training.seeds]
            drawn += math.inf not in trained and statistics.median(trained) <= training.steps
        assert ("A ring" in text) == (drawn > 0) and len(rings["step"]) == drawn, at
        seen.add((at.trace == "loss", drawn > 0))
    assert seen == {(True, True), (True, False), (False, False)}


def test_a_cross_is_spoken_of_where_one_is_drawn(at: Network) -> None:
    shown, *_ = page(at)
    states = frames.dots(shown, 0)["state"].tolist()
    never = [key for key in VARIANTS if math.inf in seeds(chosen(at.experiment, key, at.shared_eta))]
    assert ("is a cross" in words.legend(shown)) == ("not arrived" in states) == bool(never)


def test_a_medians_number_stands_over_its_tick() -> None:
    """Not beside the slowest dot, whose number it would seem to be."""
    marks = [one for one in charts.ablation().to_dict()["layer"] if one.get("data", {}).get("name") == "medians"]
    tick, _, text = (
        one for kind in ("tick", "text") for one in marks if one["mark"]["type"] == kind
    )  # under it its rim
    assert tick["encoding"]["x"]["field"] == text["encoding"]["x"]["field"] == "steps"
    # Over it, and within its own row.
    assert text["mark"]["dy"] <= -tick["mark"]["size"] / 2
    assert -text["mark"]["dy"] + text["mark"]["fontSize"] <= charts.ROW - tick["mark"]["size"] / 2
    shown = frames.reading(ablation()["64"])
    for row, place in zip(shown.rows.values(), frames.medians(shown)["steps"], strict=True):
        assert place == statistics.median(row.steps.tolist())


def test_what_stands_at_the_head_of_a_column_is_what_the_file_has(at: Network) -> None:
    shown, *_ = page(at)
    assert words.HEAD[2:] == ("digits read right", "units satu\u00adrated", "updates of one sign")
    for name in words.HEAD[2:]:
        assert f"{name.replace(chr(0xAD), '')}:" in words.HINTS.lower()
    for key, row in zip(VARIANTS, words.numbers(shown, ()), strict=True):
        rows = chosen(at.experiment, key, at.shared_eta)
        read = [float(one["accuracy"]) for one in rows if int(one["steps"]) >= 0]
        signs = [float(one["locked"]) for one in rows if one["locked"] != "nan"]
        assert row[2] == (f"{100 * statistics.mean(read):.0f} %" if read else "–")
        assert row[4] == (f"{100 * statistics.mean(signs):.0f} %" if signs else "–")


def test_the_help_of_a_control_is_true() -> None:
    _, found = shipped()
    assert "a factor of √2 apart" in TOPICS.controls["network_compare"].help
    tried = {name: sorted({eta for by_eta in one.values() for eta in by_eta}) for name, one in found.items()}
    for etas in tried.values():
        assert np.allclose(np.diff(np.log2(etas)), 0.5, atol=2e-3)
    assert "the slider goes to the nearest that was" in TOPICS.controls["network_eta"].help
    for at in (
        Network(compare="same", eta=one, batch=batch) for batch in ("1", "8", "64", "full") for one in (2.0**-7, 64.0)
    ):
        assert min(abs(math.log(at.tried().eta / eta)) for eta in tried[at.experiment]) < 2e-3
        assert (
            abs(math.log(at.tried().eta / at.eta))
            <= min(abs(math.log(eta / at.eta)) for eta in tried[at.experiment]) + 2e-3
        )
    # One variant runs beside sigmoid; sigmoid itself has its centred twin beside it.
    for key in VARIANTS:
        pair = Network(run=key).trained
        assert pair == (("sigmoid", "centred") if key == "sigmoid" else ("sigmoid", key))
    assert Network(own=True, activation="gelu").own_pair == ("sigmoid", "gelu")
    # The variance of a weight at the start is the scale squared over the fan-in.
    weights = [networks([("tanh", 0)], 32, 1, scale).layers[0][0][0] for scale in (1.0, 8.0)]
    assert np.allclose(weights[1], 8 * weights[0])
    fan_in = weights[0].shape[1]
    assert float(weights[0].var()) * fan_in == pytest.approx(1, rel=0.15)


def test_the_rule_of_what_is_a_difference_is_the_one_that_is_used(at: Network) -> None:
    shown, *_ = page(at)
    text = words_deeper.rule(shown.seeds)
    assert "all 5 seeds agree" in text
    # By chance: five fair coins all one way or all the other.
    assert f"once in {round(1 / (2 * 0.5**5))} times" in text
    for before in shown.rows.values():
        for after in shown.rows.values():
            case = all_of(*([math.inf if s < 0 else float(s) for s in row.steps] for row in (before, after)))
            named = {"fewer": "FEWER", "more": "MORE", "same": "SAME", "open": "OPEN", "never": "NEITHER"}[case]
            assert compare.Difference(before, after).verdict.name == named
