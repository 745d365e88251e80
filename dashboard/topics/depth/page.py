"""`/depth`: how fast does it vanish?"""

from dataclasses import replace

import streamlit as st

from core.depth import mean_field, theory
from core.depth.measured import DepthConfig, measure
from core.initialisations import rule
from dashboard.topics import TOPICS
from dashboard.topics.depth import charts, frames, words, words_deeper
from dashboard.topics.depth.settings import OWN, Depth
from dashboard.ui.cache import cached
from dashboard.ui.page import Page, numbers, side_by_side

# A network takes a core and up to 200 MB.
measured = cached(measure, spinner="Measuring the networks", one_by_one=True)
page = Page(Depth, TOPICS)
at = page.state()
layers, width, norm, skip = at.layers, at.width, at.norm, at.skip
keys = tuple(dict.fromkeys((at.activation, at.beside)))
sigma_w = at.weights if at.rule == OWN else rule(at.rule).sigma_w(width, width)
sigma_b = at.bias if at.rule == OWN else rule(at.rule).sigma_b(width, width)
asked = [DepthConfig(each, layers, width, sigma_w, sigma_b, at.seeds, norm, skip, seed=at.seed) for each in keys]
configs = [replace(each, seeds=frames.affordable(asked)) for each in asked]
config = configs[0]
labels = tuple(map(words.label, keys))

found = [measured(each) for each in configs]
theories = [
    None if norm == "batch before" else cached(theory.layers)(each, layers, sigma_w, sigma_b, norm, skip)
    for each in keys
]
profiles = [None if found is None else theory.profile(found, width) for found in theories]
points = [cached(mean_field.fixed_point)(each, sigma_w, sigma_b) for each in keys]

page.opening(words.answer(config, found[0]))
lines, predicted = frames.lines(keys, found, at.show), frames.theory(keys, profiles, at.show)
bound = frames.bound(keys, layers, at.show)
lowest = min([0.0, *lines["low"], *bound["value"]])
page.picture(
    charts.gradients,
    {
        "lines": lines,
        "theory": predicted,
        "bound": bound,
        "bound_names": frames.bound_names(bound, lines),
        "rules": frames.underflow(config, lowest, at.show),
    },
    alt=words.finding(config, found[0], at.show),
    name="picture",
    quantity=at.show,
    labels=labels,
)
st.caption(f"{words.legend(config, at.show)} {words.scope(config, at.seeds)}")

# The first column is what a phone shows next to the picture.
left, middle, right = side_by_side(3, narrowest=200)
with left:
    page.show("rule", "layers", "activation", "beside")
with middle:
    page.show("weights", "bias", disabled=at.rule != OWN)
    page.show("norm", "skip")
with right:
    page.show("show", "width", "seeds", "seed")
page.presets()

numbers(["", *labels], words.rows(found, profiles, points, config))
st.caption(words.terms(found, config))
st.markdown(words_deeper.why(config, found[0], points[0], words.theory_factor(profiles[0])))

with st.container(border=True):
    default = rule("pytorch")
    usual = DepthConfig("sigmoid", charts.LAYERS, 256, default.sigma_w(256, 256), default.sigma_b(256, 256), 16)
    guessed = measured(usual)
    question, reveal = words.prediction(guessed)
    st.markdown(question)
    truth, slopes = frames.answer(guessed), frames.bound(("sigmoid",), charts.LAYERS, "delta")
    page.picture(
        charts.guess,
        {
            "levels": frames.levels(),
            "answer": truth,
            "bound": slopes,
            "bound_text": frames.bound_text(slopes),
            "texts": frames.answer_texts(truth),
        },
        alt=words.GUESS_FINDING,
        name="guess",
    )
    st.expander("The answer in words").markdown(reveal)

st.header("What the size of the weights does, and what it costs")
crossings = [cached(mean_field.crossing)(each, sigma_b) for each in keys]
swept = frames.sweep(
    keys, [cached(mean_field.factor_sweep)(each, frames.SIGMA_WS, sigma_b) for each in keys], crossings
)
shares = [frames.saturated_at(each, at, sigma_b) for each, at in zip(keys, crossings, strict=True)]
page.picture(
    charts.factors,
    {
        "sweep": swept,
        "one": frames.one(),
        "critical": frames.critical(keys, crossings),
        "here": frames.here(keys, sigma_w, [point.factor for point in points]),
        "named": frames.named(width),
    },
    alt=words.FACTOR_FINDING,
    name="factors",
    labels=labels,
)
st.markdown(words_deeper.factor_text(keys, points, crossings, shares, config))


def deeper() -> None:
    page.show("layer")
    layer = min(at.layer, layers - 1)
    st.markdown(words.split(layer, at.layer, config))
    numbers(["", *labels], words.layer_rows(keys, found, theories, config, layer))
    st.markdown(f"**The {words.averaged(config)}, layer by layer.**")
    page.picture(
        charts.activations,
        {"means": frames.means(keys, found)},
        alt=f"The {words.averaged(config)} of every layer, from the input on: median and band over the networks.",
        name="means",
        title=words.averaged(config),
        labels=labels,
    )
    st.markdown(words.sampler())


page.deeper(deeper)
page.share({"gradients": lines, "factors": swept}, words.snippet(configs))
page.next_question(words.answered(config, found[0]))
