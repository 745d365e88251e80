"""`/saturation`: where does the gradient die?"""

import streamlit as st

from core.saturation import layer_slope, layer_spread, saturated_zone, spread_sweep
from dashboard.topics import TOPICS
from dashboard.topics.saturation import charts, frames, words
from dashboard.topics.saturation.settings import Saturation
from dashboard.ui.cache import cached
from dashboard.ui.page import Page, numbers, side_by_side

page = Page(Saturation, TOPICS)
at = page.state()
keys = tuple(dict.fromkeys((at.activation, at.beside)))
spread = layer_spread(at.weights, at.square)
zones = [cached(saturated_zone)(each, at.below) for each in keys]
layers = [cached(layer_slope)(each, at.mean, spread, at.below) for each in keys]
law = at.mean, spread

page.opening(words.answer(zones[0], layers[0], at.mean))
curves, hill = frames.curves(keys, *law), frames.density(*law)
gap = frames.gap(keys)
dashed = words.label(at.beside) if gap < words.ALIKE else ""
bars = [(each, words.bar(zone, layer)) for each, zone, layer in zip(keys, zones, layers, strict=True)]
page.picture(
    charts.slopes,
    {
        "density": hill,
        "curves": curves,
        "zones": frames.zones(zones, *law),
        "zone_names": frames.zone_names(bars, *law),
        "threshold": frames.threshold(at.below, *law),
        "reading": frames.reading(keys),
        "notes": frames.notes(keys, *law),
    },
    alt=words.FINDING,
    name="picture",
    pinned=at.cursor,
    dashed=dashed,
)
st.caption(words.legend(frames.outside(*law)))

left, right = side_by_side(2)
with left:
    page.show("weights", "square", "mean")
with right:
    for column, name in zip(st.columns(2), ("activation", "beside"), strict=True):
        with column:
            page.show(name)
    page.show("below", "cursor")
page.presets()

numbers(["", *map(words.label, keys)], words.rows(zones, layers, at.weights))
st.markdown(words.why(zones, layers, at.weights, at.square, gap))
page.predict(*words.prediction(at.below))

st.header("What is left at each spread")
sweep = frames.sweep(keys, [cached(spread_sweep)(each, at.mean, frames.SPREADS, at.below) for each in keys])
page.picture(
    charts.kept,
    {
        "sweep": sweep,
        "ends": frames.ends(sweep),
        "here": frames.here(keys, layers, spread),
        "named": frames.named(at.fan, at.square),
    },
    alt=words.kept_finding(keys, at.mean),
    name="kept",
    dashed=dashed,
)
page.show("fan")
st.markdown(words.kept_text(keys, layers, at.mean, spread, at.square, at.fan, at.below))


def deeper() -> None:
    labels = tuple(map(words.label, keys))
    st.markdown("**f itself.** Its slope is what the first picture shows, there as a share of the best.")
    drawn = frames.functions(keys)
    low, high = frames.shown(drawn)
    page.picture(
        charts.functions,
        {"functions": drawn},
        alt="The activations and their slopes, as they are: where f is flat, its slope is next to nothing.",
        name="functions",
        labels=labels,
        low=low,
        high=high,
    )
    st.markdown(words.spread_text(at.weights, at.square, spread, at.fan))
    numbers(["rule", "Var W", "sigma_w", "s"], frames.initialisations(at.fan, at.square))
    st.markdown("**How many units are saturated.** The chance that z falls within the zone.")
    page.picture(
        charts.fraction,
        {"sweep": sweep},
        alt=words.fraction_finding(zones, at.mean),
        name="fraction",
        labels=labels,
        dashed=dashed,
    )
    st.markdown(words.absolute())
    numbers(["activation", "saturated", "slope below 0.01"], words.edges_table(at.below))


page.deeper(deeper)
page.share(
    {"slopes": curves, "spread": sweep},
    words.snippet(keys, at.below, at.mean, at.weights, at.square),
)
page.next_question(words.answered(layers[0], at.activation))
