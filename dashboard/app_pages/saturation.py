"""`/saturation`: where does the gradient die?"""

import streamlit as st

from core.saturation import layer_spread
from dashboard import blocks, compute, sharing
from dashboard.charts import saturation as charts
from dashboard.controls import CONTROLS
from dashboard.frames import saturation as frames
from dashboard.pages import PAGES
from dashboard.widgets import show, value
from dashboard.words import saturation as words

key, beside, share, pinned = map(
    value, ("saturation_activation", "saturation_beside", "saturation_below", "saturation_cursor")
)
weights, square, mean = map(value, ("saturation_weights", "saturation_square", "saturation_mean"))
keys = tuple(dict.fromkeys((key, beside)))
spread = layer_spread(weights, square)
zones = [compute.saturated_zone(each, share) for each in keys]
layers = [compute.layer_slope(each, mean, spread, share) for each in keys]
at = (mean, spread)

blocks.opening("saturation", words.answer(zones[0], layers[0], mean))
curves, hill = frames.curves(keys, *at), frames.density(*at)
gap = frames.gap(keys)
dashed = words.label(beside) if gap < words.ALIKE else ""
bars = [(each, words.bar(zone, layer)) for each, zone, layer in zip(keys, zones, layers, strict=True)]
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

left, right = blocks.side_by_side(2)
with left:
    for name in ("saturation_weights", "saturation_square", "saturation_mean"):
        show(CONTROLS[name])
with right:
    for column, name in zip(st.columns(2), ("saturation_activation", "saturation_beside"), strict=True):
        with column:
            show(CONTROLS[name])
    for name in ("saturation_below", "saturation_cursor"):
        show(CONTROLS[name])
blocks.presets("saturation")

blocks.numbers(["", *map(words.label, keys)], words.rows(zones, layers, weights))
st.markdown(words.why(zones, layers, weights, square, gap))
blocks.predict("saturation", *words.prediction(share))

st.header("What is left at each spread")
sweep = frames.sweep(keys, [compute.spread_sweep(each, mean, frames.SPREADS, share) for each in keys])
fan = value("saturation_fan")
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
show(CONTROLS["saturation_fan"])
st.markdown(words.kept_text(keys, layers, mean, spread, square, fan, share))


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
