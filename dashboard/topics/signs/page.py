"""`/signs`: which sign combinations can happen?"""

from dataclasses import replace

import streamlit as st

from core.activations import ACTIVATIONS
from core.inputs import Inputs, condition_number, input_range
from core.locks import noise_lock
from core.signs.batches import PatternConfig, limit_patterns, measured_patterns
from core.signs.layer import descend_layer, layer_curvature
from core.signs.patterns import ANY, POSITIVE, fewest_steps, one_sample_counts, reach
from core.signs.wide import layer_width
from dashboard.look.landscape import STEPS
from dashboard.topics import TOPICS
from dashboard.topics.signs import charts, frames, frames_deeper, words, words_deeper
from dashboard.topics.signs.settings import BATCHES, DRAWS, FOUR, SOURCES, START, TARGET, WIDTHS, Signs
from dashboard.ui.cache import cached
from dashboard.ui.page import Page, numbers, side_by_side
from dashboard.ui.prose import note, say

page = Page(Signs, TOPICS)
at = page.state()


def picked() -> None:
    """A tap on a tile asks for its pattern."""
    tile = page.picked("tiles")
    if tile is not None:
        page.move(pattern=tile["pattern"])


law, name = Inputs(at.inputs), ACTIVATIONS[at.inputs].label
low, high = input_range(law)
inputs = ANY if low < 0 < high else POSITIVE
alone = cached(reach)(at.pattern, inputs)
steps, example = cached(fewest_steps)(at.pattern, inputs)
positive, both, _ = one_sample_counts(2, 2)
possible = both if inputs == ANY else positive
config = PatternConfig(at.inputs, batch=at.batch, draws=DRAWS, seed=at.seed)
one = cached(measured_patterns)(PatternConfig(at.inputs, draws=DRAWS, seed=at.seed))
many, limit = cached(measured_patterns)(config), cached(limit_patterns)(at.inputs)

page.opening(words.answer(one, possible, at.batch, many, name))
left, right = side_by_side(2)
with left:
    page.show("inputs")
with right:
    page.show("batch")
least = max(low, -1.0)
deltas, sample = (at.delta1, at.delta2), (max(at.a1, least), max(at.a2, least))
signals = [page.slide(f"delta{k}", f"upstream signal δ{frames.SUBSCRIPTS[k - 1]}") for k in (1, 2)]
holds = (*signals, *(replace(page.slide(f"a{j}", f"input a{frames.SUBSCRIPTS[j - 1]}"), low=least) for j in (1, 2)))
page.picture(
    charts.tiles,
    frames.table_of_patterns(at.pattern, many, steps, example, inputs, page.parity("tiles")),
    alt=words.FINDING,
    name="tiles",
    on_select=picked,
    holds=holds,
    hand=holds,
    least=least,
    source=name,
)
note(words.legend(not page.locked("pattern"), any(one.free for one in holds), at.batch))
page.presets()
page.by_number(("pattern", "seed"), ("delta1", "delta2"), ("a1", "a2"))
say(words.verdict(at.pattern, name, alone))
if many.with_zero:
    say(words.zeros(at.batch, many))
with st.container(key="follows_formula"):
    say(words.formula(deltas, sample))
say(words.SLOPE)

asked = FOUR["the asker's"]
flipped = condition_number(replace(law, flipped=(1,)))
say(
    words.to_the_asker(
        cached(reach)(asked, inputs),
        possible,
        float(one.shares[one.patterns.index(asked)]),
        limit,
        cached(noise_lock)(law),
        condition_number(law),
        flipped,
        name,
    )
)
reachable = [label for label, pattern in FOUR.items() if cached(reach)(pattern, ANY).reachable]
page.predict(*words.prediction(reachable))

st.header("Two neurons, two valleys")
given = replace(law, n=at.n)
coupled = ((1.0, at.coupling), (at.coupling, 1.0))
start, target = (tuple(row * (at.n // 2) for row in drawn) for drawn in (START, TARGET))
shape = cached(layer_curvature)(coupled, given)
run = cached(descend_layer)(coupled, given, start, target, keep=STEPS)
width = cached(layer_width)(given, START, TARGET)
descents = (page.slide("step", "step"), page.slide("coupling", "coupling"), page.slide("n", "inputs n of a neuron"))
page.picture(
    charts.valleys,
    frames.valleys(law, name),
    alt=words.valleys(shape.input_kappa),
    name="valleys",
    holds=descents,
    hand=descents,
)
note(words.DRAWN)
page.by_number(("step", "coupling"), ("n",), label="Step, coupling and inputs, by number")
with st.container(key="follows_layer"):
    say(words.layer(shape, run.steps, width.steps, at.coupling, *frames.together(run)))
widths = [cached(layer_width)(replace(law, n=n), START, TARGET) for n in sorted({*WIDTHS, at.n})]
many_neurons = cached(layer_curvature)(frames.uncoupled(words.NEURONS), law)
say(words.wide(widths, many_neurons.kappa))
numbers(words.wide_head(widths), words.wide_rows(widths))
shares = frames.shares(many, limit, name)


def deeper() -> None:
    say(words_deeper.ENTROPY)
    measured = {
        ACTIVATIONS[key].label: {
            size: cached(measured_patterns)(PatternConfig(key, batch=size, draws=DRAWS, seed=at.seed))
            for size in BATCHES
        }
        for key in SOURCES.values()
    }
    limits = {ACTIVATIONS[key].label: cached(limit_patterns)(key).bits for key in SOURCES.values()}
    bits = frames_deeper.bits(measured)
    page.picture(
        charts.entropies,
        {
            "bits": bits,
            "limits": frames_deeper.limits(limits),
            "names": frames_deeper.names(bits, limits),
        },
        alt=words_deeper.ENTROPIES,
        name="entropies",
    )
    note(words_deeper.limits(limits))
    say(words_deeper.shares(at.batch, name))
    page.picture(charts.shares, {"shares": shares}, alt=words_deeper.SHARES, name="shares")
    say(words_deeper.EXAMPLE)
    numbers(words_deeper.EXAMPLE_HEAD, words_deeper.example(example))
    slopes = frames_deeper.slopes(deltas, sample)
    say(words_deeper.slope(slopes))
    numbers(words_deeper.SLOPE_HEAD, words_deeper.slope_rows(slopes))
    say(words_deeper.law({size: one_sample_counts(*size) for size in ((2, 2), (3, 3), (10, 10))}))
    say(words_deeper.BEHIND)


page.deeper(deeper)
page.share(
    {"patterns": shares, "valleys": frames.descents(run), "example": frames.example(example)},
    words.snippet(config, at.pattern, inputs, at.coupling, at.n),
)
page.next_question(words.answered(shape, condition_number(Inputs("sigmoid", at.n)), at.n))
