"""`/network`: what does it cost in a real network, and which of the causes costs it?"""

from dataclasses import replace

import streamlit as st

from core.network.ablation import TARGET, ablation
from core.network.curvature import bias_leak, largest_curvature
from core.network.runs import first_look
from core.network.training import Training
from core.network.variants import VARIANTS
from dashboard.look.columns import columns
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
from dashboard.ui.live import live
from dashboard.ui.page import Page, numbers, side_by_side
from dashboard.ui.prose import note, say

UNTRIED = "network_untried"
"""The key of what was asked for and is not in the table: the settings that are shown instead, and the learning rate asked for."""

page = Page(Network, TOPICS)
at = page.state()


def picked() -> None:
    """A click on a dot opens its run."""
    dot = page.picked("picture")
    if dot is not None:
        page.move(run=dot["variant"], seed=str(dot["seed"]))


wanted = at.tried()
if wanted.eta != at.eta:
    # A control says what is seen: it goes to what was measured, unless a teacher's view holds it.
    st.session_state[UNTRIED] = wanted, at.eta
    if not page.locked("eta"):
        page.move(eta=page.control("eta").state_of(wanted.eta))
        st.rerun()
    at = wanted

table = ablation()[at.experiment]
shown = frames.reading(table, at.shared_eta)
four = compare.square(shown)
dots = frames.dots(shown, page.parity("picture"))

page.opening(words.answer(shown, four))
page.picture(
    charts.ablation,
    {"dots": dots, "medians": frames.medians(shown), "frame": frames.frame(dots)},
    alt=words.alt(four),
    name="picture",
    on_select=picked,
)
place, asked_eta = st.session_state.get(UNTRIED, (None, 0.0))
if place == at:
    note(words.untried(asked_eta, at.eta, shown))
if at.layers > 1:
    note(words.DEEP)

left, right = side_by_side(2)
with left:
    page.show("batch", applies=at.layers == 1)
    page.show("layers")
with right:
    page.show("compare")
    page.show("eta", applies=shown.same)
page.presets()
note(words.legend(shown))

st.header("Slope or mean?")
best, one, full = frames.reading(table), *(frames.reading(ablation()[batch]) for batch in ("1", "full"))
at_one, at_full = compare.square(one), compare.square(full)
pairs = frames.twins(table, four.plain.variant.key, four.flipped.variant.key)
numbers(words_findings.SQUARE_HEAD, words_findings.square(four))
say(
    words_findings.findings(
        four,
        compare.saturation(shown),
        words_findings.flips(pairs.alike, pairs.arrive),
        words_findings.lock(at_one, at_full),
    )
)
page.predict(*words.prediction(compare.square(best)))

st.header("Every variant")
others = frames.further(shown)
numbers(words.HEAD, words.numbers(shown, others))
note(words.HINTS)

st.header("Watch it train")
if at.own:
    training = frames_live.own(shown, at.own_pair, at.seeds, at.depth, at.weights, at.rate)
    aside = words_live.own(training, words.setting(shown).partition(",")[0])
else:
    asked, training = (choose(shown, at.trained, at.seeds) for choose in (frames_live.watched, frames_live.affordable))
    aside = words_live.watching(training, asked.steps, asked.seeds)
stage = st.container()
drawn = frames_live.drawn_layer(at.trace, at.layer, training.depth)
rings = frames_live.arrivals(shown, training, "" if at.own else at.trace)
traced = words_live.trace(at.trace, drawn, frames_live.flipped(training), len(rings["step"]))
note(" ".join(one for one in (traced, words_live.seeds(training), aside) if one))
button = st.empty()
left, right = side_by_side(2)
with left:
    page.show("own")
    page.show("run", applies=not at.own)
    page.show("activation", "depth", applies=at.own)
    page.show("seed")
with right:
    page.show("trace")
    page.show("layer", applies=at.trace not in ("loss", "accuracy"))
    page.show("weights", "rate", applies=at.own)


def draw() -> None:
    """The curves so far, and how far that is."""
    curves, few = frames_live.curves(running.run, at.trace, at.layer), len(training.variants) < 3
    with chart:
        page.picture(
            charts.trace,
            {
                "curves": curves,
                **({"ends": frames_live.ends(curves, at.trace)} if few else {}),
                "arrivals": rings,
                "target": columns(value=[TARGET] if at.trace == "loss" else []),
                "frame": columns(step=(0, training.steps)),
            },
            alt=traced,
            quantity=at.trace,
            few=few,
        )
    if running.done:
        with progress.container():
            if at.own:
                numbers(words_live.LEARNT_HEAD, words_live.learnt(frames_live.learnt(running.run)))
            else:
                say(words_live.landed(frames_live.landings(shown, running.run), training.steps))
    else:
        progress.progress(
            running.step / training.steps, words_live.under_way(running.step, training.steps, running.stopped)
        )


def deeper() -> None:
    say(words_deeper.rule(shown.seeds))
    numbers(words_deeper.rates_head(shown.same), words_deeper.rates(shown, others))
    say(words_deeper.slope(four, compare.square(best)))
    say(words_deeper.leak(cached(bias_leak)(Training())))
    start = Training(tuple(VARIANTS), seeds=1)
    steepest = cached(largest_curvature)(start)
    say(words_deeper.curvature(steepest, full))
    numbers(
        ["variant", "steepest", "edge, 2 / steepest", "best *η*"],
        words_deeper.curvature_rows(steepest, full),
    )
    looks = [cached(first_look)(replace(start, pixels=kind)) for kind in ("standardised", "raw")]
    say(words_deeper.pixels(*looks))
    numbers(["variant", "standardised", "raw"], words_deeper.pixels_rows(full, frames.reading(ablation()["raw"])))
    say(words_deeper.settings(table))


page.deeper(deeper)

# After the page, so that it stands before the networks train. Its places are made where they are filled: an empty one would
# take away what the last run left there.
running = live("network_live", training)
with stage:
    chart, progress = st.empty(), st.empty()
draw()
page.share(
    {"dots": dots, "trace": frames_live.curves(running.run, at.trace, at.layer)},
    words_live.snippet(training),
)
page.next_question(words.answered(shown, four, at_full))

# Last: whatever the visitor does ends the loop at its next picture.
if not running.done:
    action, label = (running.go_on, "Go on") if running.stopped else (running.stop, "Stop")
    button.button(label, key="network_pause", on_click=action)
    while not running.done and not running.stopped:
        running.advance()
        draw()
    if running.done:
        button.empty()
