"""`/output`: is a sigmoid output a problem?"""

from dataclasses import replace

import streamlit as st

from core.output import COSTS, GOAL, MOST_STEPS, OutputConfig
from dashboard import blocks, compute, sharing
from dashboard.charts import output as charts
from dashboard.controls import CONTROLS
from dashboard.frames import columns
from dashboard.frames import output as frames
from dashboard.pages import PAGES
from dashboard.widgets import show, value
from dashboard.words import output as words

w, b, target = map(value, ("output_w", "output_b", "output_target"))
eta, steps, pinned = map(value, ("output_eta", "output_steps", "output_pinned"))
# Every run goes as far as any is run, so that its steps to the goal are known; `steps` of it are shown.
configs = [OutputConfig(cost, w, b, y=target, eta=eta, steps=MOST_STEPS) for cost in COSTS]
runs = [compute.learn(config) for config in configs]
flows = [compute.flow_steps(config) for config in configs]
stride = steps // charts.STANDS

blocks.opening("output", words.answer(runs, flows, target))
course = frames.by_step(runs, steps)
blocks.picture(
    charts.gradients,
    {
        "curves": frames.curves(runs, target, steps),
        "start": frames.start(w + b, target),
        "goal": frames.goal(runs, target, steps),
        "dots": frames.dots(runs, steps),
        "notes": frames.notes(runs, target, steps),
    },
    alt=words.FINDING,
    key="output_picture",
    pinned=pinned * stride,
    stride=stride,
)
st.caption(words.LEGEND)

left, right = blocks.side_by_side(2)
with left:
    for name in ("output_w", "output_b", "output_target"):
        show(CONTROLS[name])
with right:
    for name in ("output_eta", "output_steps", "output_pinned"):
        show(CONTROLS[name])
blocks.presets("output")

blocks.numbers(["", *charts.COSTS], words.rows(runs, flows, steps))
st.markdown(words.why(runs, eta, target))
blocks.predict("output", *words.prediction(eta, target))

st.header("What a wrong start costs")
side = frames.side(target)
swept = [
    compute.start_sweep(replace(config, w=0.0, b=0.0), tuple(side * z for z in frames.STARTS)) for config in configs
]
sweep = frames.sweep(swept, target)
counts = [words.count(run, flow) for run, flow in zip(runs, flows, strict=True)]
blocks.picture(
    charts.starts,
    {
        "sweep": sweep,
        "names": frames.sweep_names(swept, target),
        "here": frames.here(w + b, counts, target),
        "limit": frames.limit(),
    },
    alt=words.STARTS_FINDING,
    key="output_starts",
)
st.markdown(words.starts(eta, runs[0].steps == 0))


def deeper() -> None:
    st.markdown("**Output and cost by step.**")
    within = columns(a=GOAL if target == 0 else 1 - GOAL)
    blocks.picture(
        charts.outputs,
        {"runs": course, "goal": within},
        alt="The output of both neurons by step: with squared error it stays flat while it is wrong.",
        key="output_outputs",
    )
    st.caption("Each neuron's own cost, on one axis: compare shapes, not heights.")
    blocks.picture(
        charts.losses, {"runs": course}, alt="The loss of both neurons by step, on a log axis.", key="output_losses"
    )
    at = pinned * stride
    z = float(runs[0].z[at])
    st.markdown(words.cancelling(z, target, at))
    blocks.numbers(["cost", "dL/da", "da/dz, the slope", "dL/dz"], words.chains(z, target))
    st.markdown(words.logits())
    st.markdown(words.softmax(z, target))


blocks.deeper("output", deeper)
sharing.share(
    "output",
    PAGES["output"].question,
    {"runs": course, "starts": sweep},
    words.snippet([replace(config, steps=steps) for config in configs]),
)
blocks.next_question("output", words.answered(runs, flows))
