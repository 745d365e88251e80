"""`/depth`: how fast does it vanish?"""

import streamlit as st

from core.activations import activation
from core.depth import mean_field, theory
from core.depth.chain import chain_gradients
from core.depth.measured import DepthConfig, measure, quantiles
from core.depth.scales import profiles_by_scale
from core.depth.summary import measured_parts, profile_factor, summary, theory_parts
from core.initialisations import rule
from dashboard.topics import TOPICS
from dashboard.topics.depth import (
    charts,
    frames,
    frames_deeper,
    words,
    words_asked,
    words_deeper,
    words_layer,
    words_picture,
)
from dashboard.topics.depth.settings import OWN, Depth
from dashboard.ui.cache import cached
from dashboard.ui.page import Page, numbers, side_by_side
from dashboard.ui.prose import note, say

# A network takes a core and up to 200 MB.
measured = cached(measure, spinner="Measuring the networks", one_by_one=True)
fixed_point = cached(mean_field.fixed_point)
by_scale = cached(profiles_by_scale)


page = Page(Depth, TOPICS)
at = page.state()


def curve(of: DepthConfig) -> frames.Curve:
    """One activation, measured and in theory."""
    networks = measured(of)
    layers = cached(theory.layers)(of.activation, of.depth, of.sigma_w, of.sigma_b, of.norm, of.skip)
    profile = theory.profile(layers, of.width)
    point = fixed_point(of.activation, of.sigma_w, of.sigma_b)
    scaled = by_scale(of.activation, of.depth, of.width, frames.SIGMA_WS, at.bias, of.norm, of.skip)
    return frames.Curve(of, networks, summary(networks), layers, profile, scaled, profile_factor(profile), point)


def critical_point(key: str, sigma_b: float) -> tuple[mean_field.Crossing | None, mean_field.FixedPoint | None]:
    """Where the factor of an activation gets to 1, and what there is where it is exactly that."""
    crossing = cached(mean_field.crossing)(key, sigma_b)
    return crossing, None if crossing is None or crossing.jumps else fixed_point(key, crossing.sigma_w, sigma_b)


def settled(of: DepthConfig) -> frames_deeper.Settled:
    """One activation by the size of the weights."""
    key, sigma_b = of.activation, of.sigma_b
    crossing, critical = critical_point(key, sigma_b)
    sweep = cached(mean_field.factor_sweep)(key, frames.SIGMA_WS, sigma_b)
    return frames_deeper.Settled(activation(key), fixed_point(key, of.sigma_w, sigma_b), sweep, crossing, critical)


def taken_over() -> None:
    """The hand has moved the weight scale: from here on it is the visitor's own."""
    page.move(rule=page.control("rule").state_of(OWN))


configs = at.networks()
config = configs[0]
curves = [curve(each) for each in configs]
first, labels = curves[0], tuple(each.label for each in curves)

page.opening(words.answer(config, first.summary, at.show))
gradients = frames.gradients(curves, at.show)
deep = [settled(each) for each in configs]
factors = frames_deeper.factors(deep, config)
own = at.rule == OWN
# Moved by hand, named weights become the visitor's own. The label is the same before and after: a picture that is embedded anew
# is lost to the hand that holds it. Until then the slider stands where the named rule has them: nobody would look for a network at
# one scale beside a slider at another.
holds = (page.slide("weights", "weight scale", free=own or not page.locked("rule")),)
page.picture(
    charts.picture,
    gradients | factors,
    alt=words.finding(configs, at.show),
    name="picture",
    on_select=taken_over,
    holds=holds,
    stands={} if own else {"weights": frames_deeper.stands(config)},
    quantity=at.show,
    hand=holds,
)
note(words_picture.legend(config, at.seeds, at.show, frames.limits(gradients["rules"])))
note(words_picture.lower(deep, any(one.free for one in holds)))

left, right = side_by_side(2, narrowest=200)
with left:
    page.show("activation", "beside")
with right:
    page.show("rule", "layers")
page.presets()
with page.more():
    left, right = side_by_side(2, narrowest=200)
    with left:
        page.show("norm", "skip", "show")
        page.show("weights", "bias", applies=own)
    with right:
        page.show("width", "seeds", "seed")

numbers(["", *labels], words.rows(curves, at.show))
note(words.terms(curves))
say(words_deeper.why(first, deep[0], at.show))
say(words_deeper.factor_text(deep, config))
say(words_asked.converged(config, first.summary))


def predict_by_hand() -> None:
    """Draw where the gradient will be with PyTorch's default weights, then reveal where it is."""
    default = rule("pytorch")
    usual = DepthConfig("sigmoid", charts.LAYERS, 256, default.sigma_w(256, 256), default.sigma_b(256, 256), 16)
    networks = measured(usual)
    question, reveal = words.prediction(usual, summary(networks))
    say(question)
    page.picture(charts.guess, frames_deeper.guess(usual, networks), alt=words.GUESS_FINDING, name="guess")
    with st.expander("The answer in words"):
        say(reveal)


with st.container(border=True):
    predict_by_hand()


def deeper() -> None:
    page.show("layer")
    layer, averaged = min(at.layer, at.layers - 1), words.averaged(config)
    parts = [measured_parts(each.measured, layer) for each in curves]
    predicted = [theory_parts(each.layers, layer) for each in curves]
    say(words_layer.split(layer, at.layer, config))
    numbers(["", *labels], words_layer.layer_rows(parts, predicted, config))
    say(f"**The {averaged}, layer by layer.**")
    page.picture(
        charts.activations,
        {"means": frames.means(curves)},
        alt=f"The {averaged} of every layer, from the input on: median and band over the networks.",
        name="means",
        title=averaged,
        labels=labels,
    )
    by_hand = chain_gradients(config.activation, config.sigma_w, config.depth)
    say(words_asked.chain(config, by_hand))
    numbers(words_asked.CHAIN, words_asked.chain_rows(by_hand, quantiles(first.measured.log_delta, (0.5,))[0]))
    say(words_asked.gates())
    say(words_asked.SAMPLER)


page.deeper(deeper)
page.share({"gradients": gradients["lines"], "factors": factors["sweep"]}, words.snippet(configs))
_, centred = critical_point("centred", config.sigma_b)
share = None if centred is None else frames_deeper.saturated_at("centred", centred)
page.next_question(words.answered(config, first.summary, at.show, share))
