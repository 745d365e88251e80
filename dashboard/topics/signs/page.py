"""`/signs`: which sign combinations can happen?"""

import streamlit as st

from core.activations import ACTIVATIONS
from core.inputs import Inputs, input_range, noise_lock
from core.signs.batches import PatternConfig, descend_layer, layer_curvature, limit_patterns, measured_patterns
from core.signs.patterns import ANY, POSITIVE, fewest_steps, reach
from dashboard.look.columns import columns, from_rows
from dashboard.look.descent import ends
from dashboard.look.formats import three
from dashboard.topics import TOPICS
from dashboard.topics.signs import charts, frames, words
from dashboard.topics.signs.settings import DRAWS, Signs
from dashboard.ui.cache import cached
from dashboard.ui.page import Page, numbers, side_by_side

START, TARGET = ((-1.0, 0.5), (0.8, -1.2)), ((1.0, -1.0), (-1.0, 0.8))

page = Page(Signs, TOPICS)
at = page.state()


def picked() -> None:
    """A tap on a tile asks for its pattern."""
    tile = page.picked("tiles")
    if tile is not None:
        page.move(pattern=tile["pattern"])


law = Inputs(at.inputs)
inputs = ANY if input_range(law)[0] < 0 else POSITIVE
steps, found = fewest_steps(at.pattern, inputs)
config = PatternConfig(at.inputs, batch=at.batch, draws=DRAWS, seed=at.seed)
one = cached(measured_patterns)(PatternConfig(at.inputs, draws=DRAWS, seed=at.seed))
many, limit = cached(measured_patterns)(config), cached(limit_patterns)(at.inputs)

page.opening(words.answer(one, at.batch, many, at.inputs))
tiles = frames.tiles(at.pattern, many, page.parity("tiles"))
page.picture(
    charts.tiles,
    {
        "groups": frames.groups(),
        "tiles": tiles,
        "arrows": frames.arrows(tiles),
        "cells": frames.cells(found),
        "captions": frames.captions(steps),
    },
    alt=words.FINDING,
    name="tiles",
    on_select=picked,
)
st.markdown(words.verdict(at.pattern, at.inputs, steps, found))
st.caption(words.LEGEND)

left, right = side_by_side(2)
with left:
    page.show("pattern")
    page.show("inputs")
with right:
    page.show("batch")
    page.show("seed")
page.presets()

st.markdown(words.to_the_asker(one, at.batch, many, limit, noise_lock(law)))
if one.with_zero:
    st.markdown(words.zeros(one, at.batch, many))
four = {
    "the asker's": ((1, -1), (1, -1)),
    "only w1 up": ((1, -1), (-1, -1)),
    "rows opposite": ((1, 1), (-1, -1)),
    "all up": ((1, 1), (1, 1)),
}
page.predict(*words.prediction([name for name, asked in four.items() if reach(asked, ANY).reachable]))

st.header("Two neurons, two valleys")
coupled = ((1.0, at.coupling), (at.coupling, 1.0))
shape = cached(layer_curvature)(coupled, law)
run = cached(descend_layer)(coupled, law, START, TARGET)
alone = cached(descend_layer)(((1.0, 0.0), (0.0, 1.0)), law, START, TARGET)
contours, path, heads = frames.valleys(law, run, TARGET, ACTIVATIONS[at.inputs].label)
page.picture(
    charts.valleys,
    {
        "panels": columns(panel=(0, 1), title=words.TITLES, x=0.0, y=0.0),
        "contours": contours,
        "path": path,
        "heads": heads,
        "ends": ends(START, TARGET),
    },
    alt=words.valleys(law),
    name="valleys",
    pinned=12,
)
page.show("coupling")
st.markdown(words.layer(shape, run.steps, alone.steps, at.coupling))
shares = frames.shares(many, limit, ACTIVATIONS[at.inputs].label)


def deeper() -> None:
    st.markdown(words.ENTROPY)
    sources = ("sigmoid", "tanh", "relu")
    measured = [
        (
            ACTIVATIONS[key].label,
            2**k,
            cached(measured_patterns)(PatternConfig(key, batch=2**k, draws=DRAWS, seed=at.seed)),
        )
        for key in sources
        for k in range(8)
    ]
    limits = [(ACTIVATIONS[key].label, cached(limit_patterns)(key).bits) for key in sources]
    page.picture(
        charts.entropies,
        {"bits": frames.bits(measured), "limits": from_rows(("activation", "bits"), limits)},
        alt=words.ENTROPIES,
        name="entropies",
        labels=tuple(ACTIVATIONS[key].label for key in sources),
    )
    st.caption("Limits: " + ", ".join(f"{name} {three(bits)}" for name, bits in limits) + " bits.")
    st.markdown(words.shares(at.batch, at.inputs))
    page.picture(
        charts.shares, {"shares": shares}, alt="How often each of the sixteen patterns happens.", name="shares"
    )
    st.markdown("**The example in numbers.** What the tables under the tiles show.")
    numbers(["sample", "a1, a2", "−δ1, −δ2", "w1, w2, w3, w4 move by"], words.example(found))
    st.markdown(words.law())
    st.markdown(words.BEHIND)


page.deeper(deeper)
page.share(
    {"patterns": shares, "valleys": path, "example": frames.example(found)},
    words.snippet(config, at.pattern, inputs, at.coupling),
)
page.next_question(words.answered(shape))
