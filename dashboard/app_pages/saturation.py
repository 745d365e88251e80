"""`/saturation`: where does the gradient die?"""

import streamlit as st

from core.saturation import layer_spread
from dashboard import blocks, compute, sharing
from dashboard.charts import saturation as charts
from dashboard.controls import CONTROLS
from dashboard.frames import saturation as frames
from dashboard.pages import PAGES
from dashboard.widgets import show
from dashboard.words import saturation as words

headline = st.container()
stage = st.container()
blocks.presets("saturation")

left, right = blocks.side_by_side(2)
with left:
    one, two = st.columns(2)
    with one:
        key = show(CONTROLS["saturation_activation"])
    with two:
        beside = show(CONTROLS["saturation_beside"])
    share = show(CONTROLS["saturation_below"])
    pinned = show(CONTROLS["saturation_cursor"])
with right:
    weights = show(CONTROLS["saturation_weights"])
    square = show(CONTROLS["saturation_square"])
    mean = show(CONTROLS["saturation_mean"])

keys = (key, beside) if beside != key else (key,)
spread = layer_spread(weights, square)
zones = [compute.saturated_zone(each, share) for each in keys]
layers = [compute.layer_slope(each, mean, spread, share) for each in keys]
at = (mean, spread)

with headline:
    blocks.opening("saturation", words.answer(zones[0], layers[0], mean))
curves, hill = frames.curves(keys, *at), frames.density(*at)
gap = frames.gap(keys)
dashed = words.label(beside) if gap < words.ALIKE else ""
bars = [(each, words.bar(zone, layer)) for each, zone, layer in zip(keys, zones, layers, strict=True)]
with stage:
    blocks.picture(
        charts.slopes,
        {
            "density": hill,
            "curves": curves,
            "zones": frames.zones(zones, *at),
            "zone_names": frames.zone_names(bars, *at),
            "threshold": frames.threshold(share, *at),
            "reading": frames.reading(keys),
            "notes": frames.notes(keys, *at),
        },
        alt=words.FINDING,
        key="saturation_picture",
        pinned=pinned,
        dashed=dashed,
    )
    st.caption(words.legend(frames.outside(*at)))

blocks.numbers(["", *map(words.label, keys)], words.rows(zones, layers, weights))
st.markdown(words.why(zones, layers, weights, square, gap))
blocks.predict("saturation", *words.prediction())

st.header("What is left at each spread")
sweep = frames.sweep(keys, [compute.spread_sweep(each, mean, frames.SPREADS, share) for each in keys])
second = st.container()
fan = show(CONTROLS["saturation_fan"])
with second:
    blocks.picture(
        charts.kept,
        {
            "sweep": sweep,
            "ends": frames.ends(sweep),
            "here": frames.here(keys, layers, spread),
            "named": frames.named(fan, square),
        },
        alt=words.kept_finding(keys, mean),
        key="saturation_kept",
        dashed=dashed,
    )
    st.markdown(words.kept_text(keys, layers, mean, spread, square, fan))


def deeper() -> None:
    labels = tuple(map(words.label, keys))
    st.markdown("**f itself.** Its slope is what the first picture shows, there as a share of the best.")
    drawn = frames.functions(keys)
    low, high = frames.shown(drawn)
    blocks.picture(
        charts.functions,
        {"functions": drawn},
        alt="The activations and their slopes, as they are: where f is flat, its slope is next to nothing.",
        key="saturation_functions",
        labels=labels,
        low=low,
        high=high,
    )
    st.markdown(words.spread_text(weights, square, spread, fan))
    blocks.numbers(["rule", "Var W", "sigma_w", "s"], frames.initialisations(fan, square))
    st.markdown("**How many units are saturated.** The chance that z falls within the zone.")
    blocks.picture(
        charts.fraction,
        {"sweep": sweep},
        alt=words.fraction_finding(zones, mean),
        key="saturation_fraction",
        labels=labels,
        dashed=dashed,
    )
    st.markdown(words.absolute())
    blocks.numbers(["activation", "saturated", "slope below 0.01"], words.edges_table(share))


blocks.deeper("saturation", deeper)
sharing.share(
    "saturation",
    PAGES["saturation"].question,
    {"slopes": curves, "spread": sweep},
    words.snippet(keys, share, mean, weights, square),
)
blocks.next_question("saturation", words.answered(layers[0], key))
