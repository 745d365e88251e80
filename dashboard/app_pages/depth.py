"""`/depth`: how fast does it vanish?"""

from dataclasses import replace

import streamlit as st

from core.depth.measured import DepthConfig
from core.depth.theory import profile
from core.initialisations import rule
from dashboard import blocks, compute, sharing
from dashboard.charts import depth as charts
from dashboard.controls import CONTROLS
from dashboard.frames import depth as frames
from dashboard.pages import PAGES
from dashboard.widgets import show, value
from dashboard.words import depth as words
from dashboard.words import depth_why

chosen, layers, width, wanted, quantity = map(
    value, ("depth_rule", "depth_layers", "depth_width", "depth_seeds", "depth_show")
)
norm, skip, seed = map(value, ("depth_norm", "depth_skip", "depth_seed"))
keys = tuple(dict.fromkeys(map(value, ("depth_activation", "depth_beside"))))
sigma_w = value("depth_weights") if chosen == "own" else rule(chosen).sigma_w(width, width)
sigma_b = value("depth_bias") if chosen == "own" else rule(chosen).sigma_b(width, width)
asked = [DepthConfig(each, layers, width, sigma_w, sigma_b, wanted, norm, skip, seed=seed) for each in keys]
configs = [replace(each, seeds=frames.affordable(asked)) for each in asked]
config = configs[0]
labels = tuple(map(words.label, keys))

found = [compute.measure_depth(each) for each in configs]
theories = [
    None if norm == "batch before" else compute.depth_layers(each, layers, sigma_w, sigma_b, norm, skip)
    for each in keys
]
profiles = [None if theory is None else profile(theory, width) for theory in theories]
points = [compute.fixed_point(each, sigma_w, sigma_b) for each in keys]

blocks.opening("depth", words.answer(config, found[0]))
lines, predicted = frames.lines(keys, found, quantity), frames.theory(keys, profiles, quantity)
bound = frames.bound(keys, layers, quantity)
lowest = min([0.0, *lines["low"], *bound["value"]])
blocks.picture(
    charts.gradients,
    {
        "lines": lines,
        "theory": predicted,
        "bound": bound,
        "bound_names": frames.bound_names(bound, lines),
        "rules": frames.underflow(config, lowest, quantity),
    },
    alt=words.finding(config, found[0], quantity),
    key="depth_picture",
    quantity=quantity,
    labels=labels,
)
st.caption(f"{words.legend(config, quantity)} {words.scope(config, wanted)}")

# The first column is what a phone shows next to the picture.
left, middle, right = blocks.side_by_side(3, narrowest=200)
with left:
    for name in ("depth_rule", "depth_layers", "depth_activation", "depth_beside"):
        show(CONTROLS[name])
with middle:
    for name in ("depth_weights", "depth_bias"):
        show(CONTROLS[name], disabled=chosen != "own")
    for name in ("depth_norm", "depth_skip"):
        show(CONTROLS[name])
with right:
    for name in ("depth_show", "depth_width", "depth_seeds", "depth_seed"):
        show(CONTROLS[name])
blocks.presets("depth")

blocks.numbers(["", *labels], words.rows(found, profiles, points, config))
st.caption(words.terms(found, config))
st.markdown(depth_why.why(config, found[0], points[0], words.theory_factor(profiles[0])))

with st.container(border=True):
    default = rule("pytorch")
    usual = DepthConfig("sigmoid", charts.LAYERS, 256, default.sigma_w(256, 256), default.sigma_b(256, 256), 16)
    guessed = compute.measure_depth(usual)
    question, reveal = words.prediction(guessed)
    st.markdown(question)
    truth, slopes = frames.answer(guessed), frames.bound(("sigmoid",), charts.LAYERS, "delta")
    blocks.picture(
        charts.guess,
        {
            "levels": frames.levels(),
            "answer": truth,
            "bound": slopes,
            "bound_text": frames.bound_text(slopes),
            "texts": frames.answer_texts(truth),
        },
        alt=words.GUESS_FINDING,
        key="depth_guess",
    )
    st.expander("The answer in words").markdown(reveal)

st.header("What the size of the weights does, and what it costs")
crossings = [compute.crossing(each, sigma_b) for each in keys]
swept = frames.sweep(keys, [compute.factor_sweep(each, frames.SIGMA_WS, sigma_b) for each in keys], crossings)
shares = [frames.saturated_at(each, at, sigma_b) for each, at in zip(keys, crossings, strict=True)]
blocks.picture(
    charts.factors,
    {
        "sweep": swept,
        "one": frames.one(),
        "critical": frames.critical(keys, crossings),
        "here": frames.here(keys, sigma_w, [point.factor for point in points]),
        "named": frames.named(width),
    },
    alt=words.FACTOR_FINDING,
    key="depth_factors",
    labels=labels,
)
st.markdown(depth_why.factor_text(keys, points, crossings, shares, config))


def deeper() -> None:
    chosen_layer = show(CONTROLS["depth_layer"])
    layer = min(chosen_layer, layers - 1)
    st.markdown(words.split(layer, chosen_layer, config))
    blocks.numbers(["", *labels], words.layer_rows(keys, found, theories, config, layer))
    st.markdown(f"**The {words.averaged(config)}, layer by layer.**")
    blocks.picture(
        charts.activations,
        {"means": frames.means(keys, found)},
        alt=f"The {words.averaged(config)} of every layer, from the input on: median and band over the networks.",
        key="depth_means",
        title=words.averaged(config),
        labels=labels,
    )
    st.markdown(words.sampler())


blocks.deeper("depth", deeper)
sharing.share("depth", PAGES["depth"].question, {"gradients": lines, "factors": swept}, words.snippet(configs))
blocks.next_question("depth", words.answered(config, found[0]))
