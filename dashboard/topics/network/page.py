"""`/network`: what does it cost in a real network, and which of the causes costs it?"""

from dataclasses import replace

import streamlit as st

from core.network.ablation import TARGET, ablation
from core.network.curvature import bias_leak, largest_curvature
from core.network.runs import first_look, within, work
from core.network.training import Training
from core.network.variants import VARIANTS
from dashboard.look.columns import columns, last_rows
from dashboard.topics import TOPICS
from dashboard.topics.network import charts, frames, words, words_deeper
from dashboard.topics.network.settings import Network
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


table = ablation()[at.experiment]
shown, best = frames.reading(table, at.shared_eta), frames.reading(table)
one, full = (frames.reading(ablation()[batch]) for batch in ("1", "full"))
dots = frames.dots(shown, page.parity("picture"))

page.opening(words.answer(shown))
page.picture(
    charts.ablation,
    {"dots": dots, "medians": frames.medians(shown), "frame": frames.frame(dots)},
    alt=words.alt(shown),
    name="picture",
    on_select=picked,
)
st.caption(words.LEGEND)

left, right = side_by_side(2)
with left:
    page.show("batch", applies=at.layers == 1)
    page.show("layers")
with right:
    page.show("compare")
    page.show("eta", applies=shown.same)
used = next(iter(shown.rows.values())).eta
if shown.same and abs(used / at.eta - 1) > 0.01:
    st.caption(f"eta = {at.eta:g} was not tried with this batch size; shown at the nearest that was, {used:.3g}.")
if at.layers > 1:
    st.caption("Five hidden layers were measured with batches of 64 only.")
page.presets()

numbers(["variant", "eta" if shown.same else "best eta", "steps", "saturated, locked"], words.numbers(shown))
st.caption(words.on_arrival(shown))
st.markdown(words_deeper.why(shown, best, frames.twins(table, words.SIGMOID, words.FLIPPED), one, full))
page.predict(*words.prediction(best))

st.header("Watch it train")
asked = frames.watched(shown, at.trained, at.seeds)
training = within(asked)
running = live("network_live", training)
chart, progress = st.empty(), st.empty()
traced = words.trace(at.trace, at.layer, training)
st.caption(f"{traced} {words.bound(training, asked.steps, work(training))}")
button = st.empty()
left, right = side_by_side(2)
with left:
    page.show("run")
    page.show("seed")
with right:
    page.show("trace")
    page.show("layer", applies=at.trace not in ("loss", "accuracy"))


def draw() -> None:
    """The curves so far, and how far that is."""
    curves, few = frames.curves(running.run, at.trace, at.layer), len(training.variants) < 3
    with chart:
        page.picture(
            charts.trace,
            {
                "curves": curves,
                **({"ends": last_rows(curves, "variant")} if few else {}),
                "arrivals": frames.arrivals(shown, training, at.trace),
                "target": columns(value=[TARGET] if at.trace == "loss" else []),
                "frame": columns(step=(0, training.steps)),
            },
            alt=traced,
            quantity=at.trace,
            few=few,
        )
    if running.done:
        progress.markdown(words.landed(frames.landings(shown, running.run), training.steps))
    else:
        progress.progress(running.step / training.steps, words.under_way(running.step, training.steps, running.stopped))


draw()


def deeper() -> None:
    st.markdown(words_deeper.leak(cached(bias_leak)(Training())))
    start = Training(tuple(VARIANTS), seeds=1)
    steepest = cached(largest_curvature)(start)
    st.markdown(words_deeper.curvature(steepest, full))
    numbers(
        ["variant", "largest curvature", "edge, 2 / curvature", "best eta"],
        words_deeper.curvature_rows(steepest, full),
    )
    looks = [cached(first_look)(replace(start, pixels=kind)) for kind in ("standardised", "raw")]
    st.markdown(words_deeper.pixels(*looks))
    numbers(["variant", "standardised", "raw"], words_deeper.pixels_rows(full, frames.reading(ablation()["raw"])))
    st.markdown(words_deeper.settings(table))


page.deeper(deeper)
page.share(
    {"dots": dots, "trace": frames.curves(running.run, at.trace, at.layer)},
    words.snippet(training),
)
page.next_question(words.answered(best, full))

# Last, so that the page stands before the networks train; whatever the visitor does ends the loop at its next picture.
if not running.done:
    action, label = (running.go_on, "Go on") if running.stopped else (running.stop, "Stop")
    button.button(label, key="network_pause", on_click=action)
    while not running.done and not running.stopped:
        running.advance()
        draw()
    if running.done:
        button.empty()
