"""`/network`: what does it cost in a real network, and which of the causes costs it?"""

from dataclasses import replace

import numpy as np
import streamlit as st

from core.network.ablation import TARGET, ablation
from core.network.mlp import VARIANTS
from core.network.runs import within
from core.network.training import Training
from dashboard import blocks, compute, sharing
from dashboard.charts import network as charts
from dashboard.controls import CONTROLS
from dashboard.frames import columns, last_rows
from dashboard.frames import network as frames
from dashboard.live import live
from dashboard.pages import PAGES
from dashboard.widgets import locked, show, value
from dashboard.words import network as words
from dashboard.words import network_deeper as more


def picked() -> None:
    """A click on a dot opens its run."""
    chosen = st.session_state.network_picture.selection.get("pick")
    run, seed = CONTROLS["network_run"], CONTROLS["network_seed"]
    if chosen and not (locked(run) or locked(seed)):
        st.session_state.network_run = run.clean(chosen[0]["variant"])
        st.session_state.network_seed = seed.clean(str(chosen[0]["seed"]))


same, depth = value("network_compare") == "same", value("network_layers")
table = ablation()["deep" if depth > 1 else value("network_batch")]
chosen = frames.rates(table, value("network_eta") if same else None)
dots = frames.dots(table, chosen, blocks.turn("network_picture"))

blocks.opening("network", words.answer(table, chosen, same))
blocks.picture(
    charts.ablation,
    {"dots": dots, "medians": frames.medians(table, chosen), "frame": frames.frame(dots)},
    alt=words.alt(table, chosen),
    key="network_picture",
    on_select=picked,
)
st.caption(words.LEGEND)

left, right = blocks.side_by_side(2)
with left:
    show(CONTROLS["network_batch"], disabled=depth > 1)
    show(CONTROLS["network_layers"])
with right:
    show(CONTROLS["network_compare"])
    show(CONTROLS["network_eta"], disabled=not same)
if depth > 1:
    st.caption("Five hidden layers were measured with batches of 64 only.")
blocks.presets("network")

blocks.numbers(
    ["variant", "best eta" if not same else "eta", "steps", "saturated, locked"],
    words.numbers(table, chosen),
)
st.caption(words.on_arrival(table, chosen))
st.markdown(words.why(table, chosen, same))
blocks.predict("network", *words.prediction(table))

st.header("Watch it train")
who, seed, quantity, layer = map(value, ("network_run", "network_seed", "network_trace", "network_layer"))
keys = tuple(VARIANTS) if who == "all" else ("sigmoid", "centred" if who == "sigmoid" else who)
seeds = range(table.steps.shape[2]) if seed is None else range(seed, seed + 1)
rows = [table.variants.index(key) for key in keys]
counts = np.array([table.steps[v, chosen[v], seeds.start : seeds.stop] for v in rows])
never = (counts < 0).all() or (who != "all" and (counts < 0).any())
length = table.experiment.steps if never else min(table.experiment.steps, int(counts.max() * 1.25) + 5)
asked = replace(
    table.experiment.training(keys, [float(table.etas[chosen[v]]) for v in rows], seeds.start, len(seeds)), steps=length
)
training = within(asked)
running = live("network_live", training)
chart, progress = st.empty(), st.empty()
st.caption(f"{words.trace(quantity, layer, depth, keys)} {words.bound(training, length)}")
button = st.empty()
left, right = blocks.side_by_side(2)
with left:
    show(CONTROLS["network_run"])
    show(CONTROLS["network_seed"])
with right:
    show(CONTROLS["network_trace"])
    show(CONTROLS["network_layer"], disabled=quantity in ("loss", "accuracy"))


def draw() -> None:
    """The curves so far, and how far that is."""
    curves, loss = frames.curves(running.run, quantity, layer), quantity == "loss"
    few = len(keys) < 3
    with chart:
        blocks.picture(
            charts.trace,
            {
                "curves": curves,
                **({"ends": last_rows(curves, "variant")} if few else {}),
                "arrivals": frames.arrivals(table, running.run, chosen if loss else None),
                "target": columns(value=[TARGET] if loss else []),
                "frame": columns(step=(0, training.steps)),
            },
            alt=words.trace(quantity, layer, depth, keys),
            quantity=quantity,
            few=few,
        )
    if running.done:
        progress.markdown(words.landed(table, chosen, running.run))
    else:
        progress.progress(running.step / training.steps, words.under_way(running.step, training.steps, running.stopped))


draw()


def deeper() -> None:
    st.markdown(more.leak(compute.bias_leak(Training())))
    full, raw = ablation()["full"], ablation()["raw"]
    start = Training(tuple(VARIANTS), seeds=1)
    found = compute.largest_curvature(start)
    st.markdown(more.curvature(found, full))
    blocks.numbers(
        ["variant", "largest curvature", "edge, 2 / curvature", "best eta"], more.curvature_rows(found, full)
    )
    st.markdown(more.pixels(*(compute.first_look(replace(start, pixels=kind)) for kind in ("standardised", "raw"))))
    blocks.numbers(["variant", "standardised", "raw"], more.pixels_rows(full, raw))
    st.markdown(more.settings(table))


blocks.deeper("network", deeper)
sharing.share(
    "network",
    PAGES["network"].question,
    {"dots": dots, "trace": frames.curves(running.run, quantity, layer)},
    words.snippet(training),
)
blocks.next_question("network", words.answered(table))

# Last, so that the page stands before the networks train; whatever the visitor does ends the loop at its next picture.
if not running.done:
    action, label = (running.go_on, "Go on") if running.stopped else (running.stop, "Stop")
    button.button(label, key="network_pause", on_click=action)
    while not running.done and not running.stopped:
        running.advance()
        draw()
    if running.done:
        button.empty()
