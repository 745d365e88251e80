"""`/output`: is a sigmoid output a problem?"""

from dataclasses import replace

import streamlit as st

from core.output import COSTS, GOAL, MOST_STEPS, OutputConfig, flow_steps, learn, start_sweep
from dashboard.look.columns import columns
from dashboard.topics import TOPICS
from dashboard.topics.output import charts, frames, words
from dashboard.topics.output.settings import Output
from dashboard.ui.cache import cached
from dashboard.ui.page import Page, numbers, side_by_side

page = Page(Output, TOPICS)
at = page.state()
# Every run goes as far as any is run, so that its steps to the goal are known; `steps` of it are shown.
configs = [OutputConfig(cost, at.w, at.b, y=at.target, eta=at.eta, steps=MOST_STEPS) for cost in COSTS]
runs = [cached(learn)(config) for config in configs]
flows = [cached(flow_steps)(config) for config in configs]
stride = at.steps // charts.STANDS

page.opening(words.answer(runs, flows, at.target))
course = frames.by_step(runs, at.steps)
page.picture(
    charts.gradients,
    {
        "curves": frames.curves(runs, at.target, at.steps),
        "start": frames.start(at.w + at.b, at.target),
        "goal": frames.goal(runs, at.target, at.steps),
        "dots": frames.dots(runs, at.steps),
        "notes": frames.notes(runs, at.target, at.steps),
    },
    alt=words.FINDING,
    name="picture",
    pinned=at.pinned * stride,
    stride=stride,
)
st.caption(words.LEGEND)

left, right = side_by_side(2)
with left:
    page.show("w", "b", "target")
with right:
    page.show("eta", "steps", "pinned")
page.presets()

numbers(["", *charts.COSTS], words.rows(runs, flows, at.steps))
st.markdown(words.why(runs, at.eta, at.target))
page.predict(*words.prediction(at.eta, at.target))

st.header("What a wrong start costs")
side = frames.side(at.target)
swept = [
    cached(start_sweep)(replace(config, w=0.0, b=0.0), tuple(side * z for z in frames.STARTS)) for config in configs
]
sweep = frames.sweep(swept, at.target)
counts = [words.count(run, flow) for run, flow in zip(runs, flows, strict=True)]
page.picture(
    charts.starts,
    {
        "sweep": sweep,
        "names": frames.sweep_names(swept, at.target),
        "here": frames.here(at.w + at.b, counts, at.target),
        "limit": frames.limit(),
    },
    alt=words.STARTS_FINDING,
    name="starts",
)
st.markdown(words.starts(at.eta, runs[0].steps == 0))


def deeper() -> None:
    st.markdown("**Output and cost by step.**")
    within = columns(a=GOAL if at.target == 0 else 1 - GOAL)
    page.picture(
        charts.outputs,
        {"runs": course, "goal": within},
        alt="The output of both neurons by step: with squared error it stays flat while it is wrong.",
        name="outputs",
    )
    st.caption("Each neuron's own cost, on one axis: compare shapes, not heights.")
    page.picture(charts.losses, {"runs": course}, alt="The loss of both neurons by step, on a log axis.", name="losses")
    step = at.pinned * stride
    z = float(runs[0].z[step])
    st.markdown(words.cancelling(z, at.target, step))
    numbers(["cost", "dL/da", "da/dz, the slope", "dL/dz"], words.chains(z, at.target))
    st.markdown(words.logits())
    st.markdown(words.softmax(z, at.target))


page.deeper(deeper)
page.share(
    {"runs": course, "starts": sweep},
    words.snippet([replace(config, steps=at.steps) for config in configs]),
)
page.next_question(words.answered(runs, flows))
