"""`/saturation`: where does the gradient die?"""

import streamlit as st

from core.activations import ACTIVATIONS, activation
from core.saturation import layer_slope, layer_spread, saturated_zone, spread_sweep, zone_below
from dashboard.topics import TOPICS
from dashboard.topics.saturation import charts, charts_live, frames, words, words_deeper
from dashboard.topics.saturation.settings import Saturation
from dashboard.ui.cache import cached
from dashboard.ui.page import Page, numbers, side_by_side
from dashboard.ui.prose import note, say

page = Page(Saturation, TOPICS)
at = page.state()
keys = tuple(dict.fromkeys((at.activation, at.beside)))
spread = layer_spread(at.weights, at.square)
shown = [
    frames.Shown(
        activation(key),
        cached(saturated_zone)(key, at.below),
        cached(layer_slope)(key, at.mean, spread, at.below),
    )
    for key in keys
]

page.opening(words.answer(shown[0], at.mean))
for cell, name in zip(side_by_side(3, narrowest=160), ("activation", "beside", "below"), strict=True):
    with cell:
        page.show(name)
curves = frames.curves(keys)
gap = frames.gap(keys)
dashed = activation(at.beside).label if gap < frames.ALIKE else ""
holds = (
    page.slide("weights", "size of the weights"),
    page.slide("mean", "mean of z"),
    page.slide("square", "mean square of an input"),
    page.slide("cursor", "read the curves at z"),
)
page.picture(
    charts.slopes,
    {
        "curves": curves,
        "zones": frames.zones(shown),
        "nodes": charts_live.nodes(keys),
        "layers": charts_live.layers([one.zone for one in shown]),
        "threshold": frames.threshold(at.below),
        "reading": frames.reading(keys),
        "notes": frames.notes(keys),
    },
    alt=words.FINDING,
    name="picture",
    holds=holds,
    hand=holds,
    dashed=dashed,
)
note(words.legend(frames.outside(at.mean, spread)))

page.presets()
page.by_number(("weights", "square"), ("mean", "cursor"), ("fan",))

labels = tuple(one.label for one in shown)
larger = cached(layer_slope)(keys[0], at.mean, words.LARGER * spread, at.below)
with st.container(key="follows_numbers"):
    numbers(["", *labels], words.rows(shown, at.weights))
    say(words.why(shown, at.weights, at.square, spread, larger, gap))
compared = [cached(saturated_zone)(key, at.below) for key in frames.COMPARED]
page.predict(*words.prediction(compared, frames.slopes_compared()))

st.header("What is left at each spread")
swept = [cached(spread_sweep)(key, at.mean, frames.SPREADS, at.below) for key in keys]
sweep = frames.sweep(keys, swept)
rules = frames.named_rules(at.fan, at.square)
he, glorot4 = (cached(layer_slope)(keys[0], at.mean, rules[rule].spread, at.below) for rule in ("he", "glorot4"))
with st.container(key="follows_kept"):
    page.picture(
        charts.kept,
        {
            "sweep": sweep,
            "ends": frames.ends(sweep),
            "here": frames.here(shown, spread),
            "named": frames.named(list(rules.values())),
        },
        alt=words.kept_finding(shown, swept, at.mean),
        name="kept",
        dashed=dashed,
    )
    say(words.kept_text(shown, spread, he, glorot4))


def deeper() -> None:
    say(words_deeper.FUNCTIONS)
    drawn = frames.functions(keys)
    low, high = frames.frame(drawn)
    page.picture(
        charts.functions,
        {"functions": drawn},
        alt=words_deeper.FUNCTIONS_FINDING,
        name="functions",
        labels=labels,
        low=low,
        high=high,
    )
    say(words_deeper.spread_text(at.weights, at.square, spread, at.fan, rules.values()))
    numbers(words_deeper.RULES, words_deeper.initialisations(rules.values()))
    say(words_deeper.FRACTION)
    page.picture(
        charts.fraction,
        {"sweep": sweep, "ends": frames.ends(sweep, "saturated")},
        alt=words_deeper.fraction_finding(shown, swept, at.mean),
        name="fraction",
        dashed=dashed,
    )
    say(words_deeper.absolute())
    fair = [cached(saturated_zone)(key, at.below) for key in ACTIVATIONS]
    absolute = [cached(zone_below)(key, frames.ABSOLUTE) for key in ACTIVATIONS]
    numbers(words_deeper.EDGES, words_deeper.edges(fair, absolute))


page.deeper(deeper)
page.share(
    {"slopes": curves, "spread": sweep},
    words.snippet(keys, at.below, at.mean, at.weights, at.square),
)
modest = cached(layer_slope)("sigmoid", 0.0, words.MODEST_SPREAD)
page.next_question(words.answered(shown[0], modest))
