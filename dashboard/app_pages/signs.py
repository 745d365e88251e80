"""`/signs`: which sign combinations can happen?"""

import streamlit as st

from core.activations import ACTIVATIONS
from core.inputs import Inputs, noise_lock
from core.signs.batches import PatternConfig
from core.signs.patterns import ANY, POSITIVE, fewest_steps, reach
from dashboard import blocks, compute, sharing
from dashboard.charts import signs as charts
from dashboard.controls import CONTROLS
from dashboard.frames import columns, from_rows
from dashboard.frames import signs as frames
from dashboard.frames.neuron import ends
from dashboard.marks import three
from dashboard.pages import PAGES
from dashboard.widgets import locked, show, value
from dashboard.words import signs as words

START, TARGET = ((-1.0, 0.5), (0.8, -1.2)), ((1.0, -1.0), (-1.0, 0.8))
DRAWS = 8000


def picked() -> None:
    """A tap on a tile asks for its pattern."""
    chosen = st.session_state.signs_tiles.selection.get("pick")
    if chosen and not locked(CONTROLS["signs_pattern"]):
        st.session_state.signs_pattern = CONTROLS["signs_pattern"].clean(chosen[0]["pattern"])


pattern, source, batch, seed = map(value, ("signs_pattern", "signs_inputs", "signs_batch", "signs_seed"))
law = Inputs(source)
inputs = ANY if source == "tanh" else POSITIVE
steps, found = fewest_steps(pattern, inputs)
config = PatternConfig(source, batch=batch, draws=DRAWS, seed=seed)
one = compute.measured_patterns(PatternConfig(source, draws=DRAWS, seed=seed))
many, limit = compute.measured_patterns(config), compute.limit_patterns(source)

blocks.opening("signs", words.answer(one, batch, many, source))
tiles = frames.tiles(pattern, many, blocks.turn("signs_tiles"))
blocks.picture(
    charts.tiles,
    {
        "groups": frames.groups(),
        "tiles": tiles,
        "arrows": frames.arrows(tiles),
        "cells": frames.cells(found),
        "captions": frames.captions(steps),
    },
    alt=words.FINDING,
    key="signs_tiles",
    on_select=picked,
)
st.markdown(words.verdict(pattern, source, steps, found))
st.caption(words.LEGEND)

left, right = blocks.side_by_side(2)
with left:
    show(CONTROLS["signs_pattern"])
    show(CONTROLS["signs_inputs"])
with right:
    show(CONTROLS["signs_batch"])
    show(CONTROLS["signs_seed"])
blocks.presets("signs")

st.markdown(words.to_the_asker(one, batch, many, limit, noise_lock(law)))
if one.with_zero:
    st.markdown(words.zeros(one, batch, many))
four = {
    "the asker's": ((1, -1), (1, -1)),
    "only w1 up": ((1, -1), (-1, -1)),
    "rows opposite": ((1, 1), (-1, -1)),
    "all up": ((1, 1), (1, 1)),
}
blocks.predict("signs", *words.prediction([name for name, asked in four.items() if reach(asked, ANY).reachable]))

st.header("Two neurons, two valleys")
coupling = value("signs_coupling")
coupled = ((1.0, coupling), (coupling, 1.0))
shape = compute.layer_curvature(coupled, law)
run = compute.descend_layer(coupled, law, START, TARGET)
alone = compute.descend_layer(((1.0, 0.0), (0.0, 1.0)), law, START, TARGET)
contours, path, heads = frames.valleys(law, run, TARGET, ACTIVATIONS[source].label)
blocks.picture(
    charts.valleys,
    {
        "panels": columns(panel=(0, 1), title=words.TITLES, x=0.0, y=0.0),
        "contours": contours,
        "path": path,
        "heads": heads,
        "ends": ends(START, TARGET),
    },
    alt=words.valleys(law),
    key="signs_valleys",
    pinned=12,
)
show(CONTROLS["signs_coupling"])
st.markdown(words.layer(shape, run.steps, alone.steps, coupling))
shares = frames.shares(many, limit, ACTIVATIONS[source].label)


def deeper() -> None:
    st.markdown(words.ENTROPY)
    sources = ("sigmoid", "tanh", "relu")
    measured = [
        (
            ACTIVATIONS[key].label,
            2**k,
            compute.measured_patterns(PatternConfig(key, batch=2**k, draws=DRAWS, seed=seed)),
        )
        for key in sources
        for k in range(8)
    ]
    limits = [(ACTIVATIONS[key].label, compute.limit_patterns(key).bits) for key in sources]
    blocks.picture(
        charts.entropies,
        {"bits": frames.bits(measured), "limits": from_rows(("activation", "bits"), limits)},
        alt=words.ENTROPIES,
        key="signs_entropies",
        labels=tuple(ACTIVATIONS[key].label for key in sources),
    )
    st.caption("Limits: " + ", ".join(f"{name} {three(bits)}" for name, bits in limits) + " bits.")
    st.markdown(words.shares(batch, source))
    blocks.picture(
        charts.shares, {"shares": shares}, alt="How often each of the sixteen patterns happens.", key="signs_shares"
    )
    st.markdown("**The example in numbers.** What the tables under the tiles show.")
    blocks.numbers(["sample", "a1, a2", "−δ1, −δ2", "w1, w2, w3, w4 move by"], words.example(found))
    st.markdown(words.law())
    st.markdown(words.BEHIND)


blocks.deeper("signs", deeper)
sharing.share(
    "signs",
    PAGES["signs"].question,
    {"patterns": shares, "valleys": path, "example": frames.example(found)},
    words.snippet(config, pattern, inputs, coupling),
)
blocks.next_question("signs", words.answered(shape))
