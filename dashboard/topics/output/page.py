"""`/output`: is a sigmoid output a problem?"""

from dataclasses import replace

import streamlit as st

from core.depth.mean_field import fixed_point
from core.exponential import exp_cost
from core.logits import softmax_gradient
from core.output import (
    COSTS,
    CROSS_ENTROPY,
    MOST_STEPS,
    SQUARED,
    OutputConfig,
    chain,
    flow_steps,
    learn,
    loss,
    steps_needed,
    tanh_twin,
)
from dashboard.topics import TOPICS
from dashboard.topics.output import charts, frames, words, words_deeper
from dashboard.topics.output.settings import Output, is_nielsens
from dashboard.ui.cache import cached
from dashboard.ui.page import Page, numbers, side_by_side
from dashboard.ui.prose import note, say

page = Page(Output, TOPICS)
at = page.state()
configs = [OutputConfig(cost, at.w, at.b, y=at.target, eta=at.eta, steps=at.steps) for cost in COSTS]
squared, cross = (
    frames.Neuron(name, cached(learn)(config), cached(steps_needed)(config), flow_steps(config))
    for name, config in zip(charts.COST_NAMES, configs, strict=True)
)
pair = frames.Pair(squared, cross, at.w + at.b, at.target)
# From anywhere: what w and b are makes no difference to these, and the cache need not know.
anywhere = [replace(config, w=0.0, b=0.0) for config in configs]
courses = [cached(frames.every_course)(config) for config in anywhere]

page.opening(words.answer(pair))
holds = (
    page.slide("pinned", "step, % of the run"),
    page.slide("w", "start, weight w"),
    page.slide("b", "start, bias b"),
)
page.picture(
    charts.gradients,
    {"held": frames.held(pair, at.pinned), "places": frames.places(courses, pair, at.pinned)},
    alt=words.FINDING,
    name="picture",
    holds=holds,
    hand=holds,
)
steps, *starts = (one.free for one in holds)
note(words.legend(steps, any(starts), at.target))

left, right = side_by_side(2)
with left:
    page.show("eta", "target")
with right:
    page.show("steps")
page.presets()
page.by_number(("pinned",), ("w", "b"))

numbers(["", *charts.COST_NAMES], words.rows(pair))
slope = chain(SQUARED, pair.start, at.target).da_dz
step = frames.stands(at.steps)[at.pinned]
say(words.why(pair, slope, at.eta, is_nielsens(at)))
say(words.small_gradient(pair, step))
unended = [replace(config, steps=MOST_STEPS) for config in anywhere]
guessed = [cached(frames.guessed_flows)(config) for config in unended]
page.predict(*words.prediction(guessed[0], guessed[1], at.target))

st.header("What a wrong start costs")
swept = [cached(frames.every_start)(config) for config in unended]
sweep = frames.sweep(swept, at.target)
page.picture(
    charts.starts,
    {
        "sweep": sweep,
        "names": frames.sweep_names(swept, at.target),
        "here": frames.here(pair),
        "limit": frames.limit(),
    },
    alt=words.STARTS_FINDING,
    name="starts",
)
say(words.starts(at.eta, squared.steps == 0, frames.cut(swept)))
course = frames.by_step(pair)


def deeper() -> None:
    say(words_deeper.BY_STEP)
    goal = frames.goal_output(at.target)
    outputs = {"runs": course, "ends": frames.ends(pair), "goal": goal}
    page.picture(charts.outputs, outputs, alt=words_deeper.OUTPUTS_FINDING, name="outputs")
    losses = {"runs": course, "ends": frames.ends(pair)}
    page.picture(charts.losses, losses, alt=words_deeper.LOSSES_FINDING, name="losses")
    z = float(squared.run.z[step])
    say(words_deeper.cancelling(z, step))
    numbers(words_deeper.CHAINS, words_deeper.chains([chain(cost, z, at.target) for cost in COSTS]))
    say(words_deeper.from_z(float(loss(CROSS_ENTROPY, words_deeper.FAR_OUT, 0.0))))
    say(words_deeper.softmax(softmax_gradient([z, 0.0], [at.target, 1 - at.target]).tolist()))
    say(words_deeper.hidden(slope, cached(fixed_point)("sigmoid", 1.0).factor))
    twins = [
        frames.Neuron(one.name, one.run, cached(steps_needed)(twin), flow_steps(twin))
        for one, twin in zip(pair.neurons, map(tanh_twin, configs), strict=True)
    ]
    say(words_deeper.tanh_output(pair.neurons, twins))
    say(words_deeper.exponential(cached(exp_cost)()))


page.deeper(deeper)
page.share(
    {"runs": course, "starts": sweep},
    words.snippet(configs),
)
page.next_question(words.answered(pair))
