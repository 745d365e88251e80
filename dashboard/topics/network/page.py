"""`/network`: what does it cost in a real network, and which of the causes costs it?"""

from dataclasses import replace

import numpy as np
import streamlit as st

from core.network.ablation import TARGET, ablation
from core.network.curvature import bias_leak, largest_curvature
from core.network.mlp import VARIANTS
from core.network.runs import first_look, within
from core.network.training import Training
from dashboard.look.columns import columns, last_rows
from dashboard.topics import TOPICS
from dashboard.topics.network import charts, frames, words, words_deeper
from dashboard.topics.network.settings import ALL, Network
from dashboard.ui.cache import cached
from dashboard.ui.live import live
from dashboard.ui.page import Page, numbers, side_by_side

page = Page(Network, TOPICS)
at = page.state()


def picked() -> None:
    """A click on a dot opens its run."""
    dot = page.picked("picture")
    if dot is not None:
        page.move(run=dot["variant"], seed=str(dot["seed"]))


same, depth = at.compare == "same", at.layers
table = ablation()["deep" if depth > 1 else at.batch]
chosen = frames.rates(table, at.eta if same else None)
dots = frames.dots(table, chosen, page.parity("picture"))

page.opening(words.answer(table, chosen, same))
page.picture(
    charts.ablation,
    {"dots": dots, "medians": frames.medians(table, chosen), "frame": frames.frame(dots)},
    alt=words.alt(table, chosen),
    name="picture",
    on_select=picked,
)
st.caption(words.LEGEND)

left, right = side_by_side(2)
with left:
    page.show("batch", disabled=depth > 1)
    page.show("layers")
with right:
    page.show("compare")
    page.show("eta", disabled=not same)
if depth > 1:
    st.caption("Five hidden layers were measured with batches of 64 only.")
page.presets()

numbers(
    ["variant", "best eta" if not same else "eta", "steps", "saturated, locked"],
    words.numbers(table, chosen),
)
st.caption(words.on_arrival(table, chosen))
st.markdown(words.why(table, chosen, same))
page.predict(*words.prediction(table))

st.header("Watch it train")
keys = tuple(VARIANTS) if at.run == ALL else ("sigmoid", "centred" if at.run == "sigmoid" else at.run)
seeds = range(table.steps.shape[2]) if at.seed is None else range(at.seed, at.seed + 1)
rows = [table.variants.index(key) for key in keys]
counts = np.array([table.steps[v, chosen[v], seeds.start : seeds.stop] for v in rows])
never = (counts < 0).all() or (at.run != ALL and (counts < 0).any())
length = table.experiment.steps if never else min(table.experiment.steps, int(counts.max() * 1.25) + 5)
asked = replace(
    table.experiment.training(keys, [float(table.etas[chosen[v]]) for v in rows], seeds.start, len(seeds)), steps=length
)
training = within(asked)
running = live("network_live", training)
chart, progress = st.empty(), st.empty()
st.caption(f"{words.trace(at.trace, at.layer, depth, keys)} {words.bound(training, length)}")
button = st.empty()
left, right = side_by_side(2)
with left:
    page.show("run")
    page.show("seed")
with right:
    page.show("trace")
    page.show("layer", disabled=at.trace in ("loss", "accuracy"))


def draw() -> None:
    """The curves so far, and how far that is."""
    curves, loss = frames.curves(running.run, at.trace, at.layer), at.trace == "loss"
    few = len(keys) < 3
    with chart:
        page.picture(
            charts.trace,
            {
                "curves": curves,
                **({"ends": last_rows(curves, "variant")} if few else {}),
                "arrivals": frames.arrivals(table, running.run, chosen if loss else None),
                "target": columns(value=[TARGET] if loss else []),
                "frame": columns(step=(0, training.steps)),
            },
            alt=words.trace(at.trace, at.layer, depth, keys),
            quantity=at.trace,
            few=few,
        )
    if running.done:
        progress.markdown(words.landed(table, chosen, running.run))
    else:
        progress.progress(running.step / training.steps, words.under_way(running.step, training.steps, running.stopped))


draw()


def deeper() -> None:
    st.markdown(words_deeper.leak(cached(bias_leak)(Training())))
    full, raw = ablation()["full"], ablation()["raw"]
    start = Training(tuple(VARIANTS), seeds=1)
    found = cached(largest_curvature)(start)
    st.markdown(words_deeper.curvature(found, full))
    numbers(
        ["variant", "largest curvature", "edge, 2 / curvature", "best eta"], words_deeper.curvature_rows(found, full)
    )
    st.markdown(
        words_deeper.pixels(*(cached(first_look)(replace(start, pixels=kind)) for kind in ("standardised", "raw")))
    )
    numbers(["variant", "standardised", "raw"], words_deeper.pixels_rows(full, raw))
    st.markdown(words_deeper.settings(table))


page.deeper(deeper)
page.share(
    {"dots": dots, "trace": frames.curves(running.run, at.trace, at.layer)},
    words.snippet(training),
)
page.next_question(words.answered(table))

# Last, so that the page stands before the networks train; whatever the visitor does ends the loop at its next picture.
if not running.done:
    action, label = (running.go_on, "Go on") if running.stopped else (running.stop, "Stop")
    button.button(label, key="network_pause", on_click=action)
    while not running.done and not running.stopped:
        running.advance()
        draw()
    if running.done:
        button.empty()
