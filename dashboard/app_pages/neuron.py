"""`/neuron`: why does one neuron zigzag?"""

from dataclasses import replace

import numpy as np
import streamlit as st

from core.inputs import Inputs, condition_number, full_batch_lock, noise_lock
from core.neuron import DescentConfig, sample_gradient
from dashboard import blocks, compute, sharing
from dashboard.charts import neuron as charts
from dashboard.controls import CONTROLS
from dashboard.frames import columns, last_rows
from dashboard.frames import neuron as frames
from dashboard.marks import percent, three, whole
from dashboard.pages import PAGES
from dashboard.widgets import show, state
from dashboard.words import neuron as words


def picked() -> None:
    """A click in the picture: a cell of the strip pins its step, a cell of a landscape moves the start or the target."""
    chosen = st.session_state.neuron_picture.selection.get("pick")
    if not chosen:
        return
    panel, x, y = (chosen[0][name] for name in ("panel", "x", "y"))
    if panel < 0:
        st.session_state.neuron_step = CONTROLS["neuron_step"].clean(x)
    else:
        end = CONTROLS["neuron_click"].value(state(CONTROLS["neuron_click"]))
        # A flipped wire is drawn mirrored; the controls hold the unmirrored weights.
        mirror = -1 if state(CONTROLS["neuron_flip"]) else 1
        for axis, value in (("1", x), ("2", mirror * y)):
            control = CONTROLS[f"neuron_{end}{axis}"]
            st.session_state[control.key] = control.clean(value)


headline = st.container()
stage = st.container()
blocks.presets("neuron")

left, right = blocks.side_by_side(2)
with left:
    source = show(CONTROLS["neuron_inputs"])
    mean = show(CONTROLS["neuron_mean"], disabled=source != "uniform")
    spread = show(CONTROLS["neuron_spread"], disabled=source != "uniform")
    flip = show(CONTROLS["neuron_flip"])
with right:
    compare = show(CONTROLS["neuron_compare"])
    share = show(CONTROLS["neuron_eta"], disabled=compare == "best")
    batch = show(CONTROLS["neuron_batch"])
    clicks = show(CONTROLS["neuron_click"])
with st.expander("Start, target, pinned step and seed by number", icon=":material/tune:"):
    one, two = blocks.side_by_side(2)
    with one:
        start1, start2 = show(CONTROLS["neuron_start1"]), show(CONTROLS["neuron_start2"])
        pinned = show(CONTROLS["neuron_step"])
    with two:
        target1, target2 = show(CONTROLS["neuron_target1"]), show(CONTROLS["neuron_target2"])
        seed = show(CONTROLS["neuron_seed"])

mirror = -1.0 if flip else 1.0
start, target = (start1, mirror * start2), (target1, mirror * target2)
away = (start[0] - target[0], start[1] - target[1])
law = Inputs(source, 2, mean, spread, flipped=(1,) if flip else ())
laws = (law, replace(law, centred=True))
full = compute.step_limits(law).edge
limits = tuple(compute.step_limits(one, batch) for one in laws)
etas = tuple(limit.best if compare == "best" else share * full for limit in limits)
runs_of = [DescentConfig(one, start, target, eta, batch, 5000, seed=seed) for one, eta in zip(laws, etas, strict=True)]
runs = tuple(compute.descend(config) for config in runs_of)
kappa = [condition_number(one) for one in laws]

with headline:
    blocks.opening("neuron", words.answer(kappa))

colours = words.colours(source)
path = frames.paths(runs, colours)
with stage:
    blocks.picture(
        charts.landscapes,
        {
            "panels": columns(panel=(0, 1), title=words.TITLES, x=0.0, y=0.0),
            "contours": frames.contours(laws, target),
            "path": path,
            "heads": frames.heads(runs, colours),
            "wedges": frames.wedges(laws, runs, target),
            "ends": frames.ends([start] * 2, [target] * 2),
            "notes": frames.notes(runs),
            "strip": frames.strip(runs),
            "rows": columns(row=range(4), name=("w1", "w2", "w1 centred", "w2 centred")),
        },
        alt=words.finding(kappa),
        key="neuron_picture",
        on_select=picked,
        pinned=pinned,
    )
    st.caption(words.LEGEND)

blocks.numbers(
    ["", *words.TITLES],
    [
        ["kappa, steepest over flattest curvature", *map(three, kappa)],
        ["learning rate eta", *map(three, etas)],
        ["eta × steepest curvature", *(three(eta * words.steepest(one)) for eta, one in zip(etas, laws, strict=True))],
        ["steps to 1/10,000 of the loss", *(words.steps(run) for run in runs)],
        ["path ratio: length over distance", *(words.path_ratio(run) for run in runs)],
        ["flips along the steep direction", *(whole(run.flips) for run in runs)],
    ],
)
st.markdown(words.why(law, away, etas[0], runs[0], limits[0], full, batch, flip))

same = [replace(config, eta=share * full) for config in runs_of]
twins = tuple(compute.descend(config) for config in same)
best = tuple(limit.best for limit in limits)
freed = compute.descend(replace(same[1], eta=best[1]))
blocks.predict("neuron", *words.prediction(twins, freed, best, kappa))

st.header("What the mean costs")
means = tuple(round(0.05 * k, 2) for k in range(41))
moments = words.moments(law)
sweep = frames.sweep(compute.mean_sweep(max(moments[1], 1e-3), start, target, means))
blocks.picture(
    charts.mean_sweep,
    {
        "sweep": sweep,
        "labels": last_rows(sweep, "quantity"),
        "here": columns(mean=abs(moments[0])),
    },
    alt=words.cost_finding(any(away)),
    key="neuron_sweep",
)
st.markdown(words.cost(moments, kappa[0], any(away)))


def deeper() -> None:
    names = ("these inputs", "centred")
    curves = frames.curves(runs, names, colours)
    st.markdown("**Loss by step.** A straight line is a fixed factor a step.")
    blocks.picture(
        charts.loss_curves, {"curves": curves}, alt="The loss of both runs by step, on a log axis.", key="neuron_losses"
    )
    bound = 2 * np.sqrt(kappa[0]) / (1 + kappa[0])
    st.markdown(words.cosine(bound))
    blocks.picture(
        charts.cosine_curves,
        {"curves": curves, "bound": columns(cosine=bound)},
        alt="How straight each update points at the target, with the lowest cosine that kappa allows.",
        key="neuron_cosines",
    )
    st.markdown(words.bias(laws))
    at = min(pinned, len(runs[0].w) - 1)
    st.markdown(words.sample(sample_gradient(law, tuple(map(float, runs[0].w[at])), target, seed), at))
    measured = [(size, *compute.measured_lock(law, size, 4000, seed)) for size in (1, 2, 4, 8, 16, 32, 64)]
    noise, whole_batch = noise_lock(law), full_batch_lock(law)
    st.markdown(words.lock(measured, noise, whole_batch))
    limit_names = [f"noise limit {percent(noise)}", f"full-batch value {percent(whole_batch)}"]
    blocks.picture(
        charts.locks,
        {"locks": frames.locks(measured), "limits": columns(share=(noise, whole_batch), name=limit_names)},
        alt=words.lock_finding(noise),
        key="neuron_locks",
    )


blocks.deeper("neuron", deeper)
sharing.share(
    "neuron",
    PAGES["neuron"].question,
    {"path": path, "mean": sweep, "updates": frames.strip(runs)},
    words.snippet(runs_of),
)
blocks.next_question("neuron", words.answered(kappa))
