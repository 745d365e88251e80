"""`/signs`: which sign combinations can happen?"""

from dataclasses import replace

import streamlit as st

from core.activations import ACTIVATIONS
from core.inputs import Inputs, condition_number, input_range, noise_lock
from core.signs.batches import PatternConfig, limit_patterns, measured_patterns
from core.signs.layer import descend_layer, layer_curvature
from core.signs.patterns import ANY, POSITIVE, fewest_steps, one_sample_counts, reach
from dashboard.look.columns import from_rows
from dashboard.topics import TOPICS
from dashboard.topics.signs import charts, frames, words, words_deeper
from dashboard.topics.signs.settings import BATCHES, DRAWS, FOUR, SOURCES, Signs
from dashboard.ui.cache import cached
from dashboard.ui.page import Page, numbers, side_by_side

START, TARGET = ((-1.0, 0.5), (0.8, -1.2)), ((1.0, -1.0), (-1.0, 0.8))
UNCOUPLED = ((1.0, 0.0), (0.0, 1.0))

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
config = PatternConfig(at.inputs, batch=at.batch, draws=DRAWS, seed=at.seed)
one = cached(measured_patterns)(PatternConfig(at.inputs, draws=DRAWS, seed=at.seed))
many, limit = cached(measured_patterns)(config), cached(limit_patterns)(at.inputs)

page.opening(words.answer(one, at.batch, many, name))
least = max(low, -1.0)
signals = [page.slide(f"delta{k}", f"upstream signal δ{k}") for k in (1, 2)]
holds = (*signals, *(replace(page.slide(f"a{j}", f"input a{j}"), low=least) for j in (1, 2)))
page.picture(
    charts.tiles,
    frames.table_of_patterns(at.pattern, many, steps, example, page.parity("tiles")),
    alt=words.FINDING,
    name="tiles",
    on_select=picked,
    holds=holds,
    hand=holds,
    least=least,
    source=name,
)
st.markdown(words.verdict(at.pattern, name, alone))
st.caption(words.LEGEND)

left, right = side_by_side(2)
with left:
    page.show("pattern")
    page.show("inputs")
with right:
    page.show("batch")
    page.show("seed")
page.presets()
page.by_number(("delta1", "delta2"), ("a1", "a2"), label="Your sample, by number")

st.markdown(words.to_the_asker(one, at.batch, many, limit, cached(noise_lock)(law)))
if one.with_zero:
    st.markdown(words.zeros(one, at.batch, many))
reachable = [asked for asked, pattern in FOUR.items() if cached(reach)(pattern, ANY).reachable]
page.predict(*words.prediction(reachable))

st.header("Two neurons, two valleys")
coupled = ((1.0, at.coupling), (at.coupling, 1.0))
shape = cached(layer_curvature)(coupled, law)
run, uncoupled = (cached(descend_layer)(coupling, law, START, TARGET) for coupling in (coupled, UNCOUPLED))
valleys = frames.valleys(law, run, START, TARGET, name)
steps_held = (page.slide("step", "step"),)
page.picture(
    charts.valleys,
    valleys,
    alt=words.valleys(condition_number(law)),
    name="valleys",
    holds=steps_held,
    hand=steps_held,
)
page.show("coupling")
page.by_number(("step",), label="The step, by number")
st.markdown(words.layer(shape, run.steps, uncoupled.steps, at.coupling))
shares = frames.shares(many, limit, name)


def deeper() -> None:
    st.markdown(words_deeper.ENTROPY)
    measured = {
        ACTIVATIONS[key].label: {
            size: cached(measured_patterns)(PatternConfig(key, batch=size, draws=DRAWS, seed=at.seed))
            for size in BATCHES
        }
        for key in SOURCES.values()
    }
    limits = {ACTIVATIONS[key].label: cached(limit_patterns)(key).bits for key in SOURCES.values()}
    page.picture(
        charts.entropies,
        {"bits": frames.bits(measured), "limits": from_rows(("activation", "bits"), list(limits.items()))},
        alt=words_deeper.ENTROPIES,
        name="entropies",
        labels=tuple(limits),
    )
    st.caption(words_deeper.limits(limits))
    st.markdown(words_deeper.shares(at.batch, name))
    page.picture(charts.shares, {"shares": shares}, alt=words_deeper.SHARES, name="shares")
    st.markdown(words_deeper.EXAMPLE)
    numbers(words_deeper.EXAMPLE_HEAD, words_deeper.example(example))
    st.markdown(words_deeper.law({size: one_sample_counts(*size) for size in ((2, 2), (3, 3), (10, 10))}))
    st.markdown(words_deeper.BEHIND)


page.deeper(deeper)
page.share(
    {"patterns": shares, "valleys": valleys["path"], "example": frames.example(example)},
    words.snippet(config, at.pattern, inputs, at.coupling),
)
page.next_question(words.answered(shape, condition_number(Inputs("sigmoid"))))
