"""`/neuron`: why does one neuron zigzag?"""

from dataclasses import replace

import numpy as np
import streamlit as st

from core.inputs import Inputs, condition_number, full_batch_lock, noise_lock
from core.neuron.descent import DescentConfig, full_batch_steps, sample_gradient
from core.neuron.stability import FULL
from dashboard import blocks, compute, sharing
from dashboard.charts import neuron as charts
from dashboard.controls import CONTROLS, Control
from dashboard.frames import columns, last_rows
from dashboard.frames import neuron as frames
from dashboard.marks import percent, three, whole
from dashboard.pages import PAGES
from dashboard.widgets import locked, show, value
from dashboard.words import neuron as words


def picked() -> None:
    """A click in the picture: a cell of the strip pins its step, a cell of a landscape moves the start or the target."""
    chosen = st.session_state.neuron_picture.selection.get("pick")
    if not chosen:
        return
    panel, x, y = (chosen[0][name] for name in ("panel", "x", "y"))
    if panel < 0:
        moved = [(CONTROLS["neuron_step"], x)]
    else:
        # A flipped wire is drawn mirrored; the controls hold the unmirrored weights.
        mirror = -1 if value("neuron_flip") else 1
        moved = list(zip(end_controls(value("neuron_click")), (x, mirror * y), strict=True))
    if not any(locked(control) for control, _ in moved):
        for control, asked in moved:
            st.session_state[control.key] = control.clean(asked)


def end_controls(end: str) -> list[Control]:
    """The controls that hold the start or the target."""
    return [CONTROLS[f"neuron_{end}{axis}"] for axis in (1, 2)]


source, mean, spread, flip = map(value, ("neuron_inputs", "neuron_mean", "neuron_spread", "neuron_flip"))
share, batch, compare, seed = map(value, ("neuron_eta", "neuron_batch", "neuron_compare", "neuron_seed"))
clicks, pinned = value("neuron_click"), value("neuron_step")
mirror = -1.0 if flip else 1.0
start = value("neuron_start1"), mirror * value("neuron_start2")
target = value("neuron_target1"), mirror * value("neuron_target2")
away = (start[0] - target[0], start[1] - target[1])
law = Inputs(source, 2, mean, spread, flipped=(1,) if flip else ())
laws = (law, replace(law, centred=True))
full = compute.step_limits(law).edge
limits = tuple(compute.step_limits(one, batch) for one in laws)
etas = tuple(limit.best if compare == "best" else share * full for limit in limits)
runs_of = [DescentConfig(one, start, target, eta, batch, 5000, seed=seed) for one, eta in zip(laws, etas, strict=True)]
runs = tuple(compute.descend(config) for config in runs_of)
kappa = [condition_number(one) for one in laws]

blocks.opening("neuron", words.answer(kappa))
colours = words.colours(source)
path = frames.paths(runs, colours)
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
        "turns": columns(picture=0, turn=blocks.turn("neuron_picture")),
    },
    alt=words.finding(kappa),
    key="neuron_picture",
    on_select=picked,
    pinned=pinned,
)
free = not any(map(locked, end_controls(clicks)))
st.caption(words.legend(clicks, free, not locked(CONTROLS["neuron_step"])))

# What moves the picture most comes first: on a phone it stands right under it.
left, right = blocks.side_by_side(2)
with left:
    show(CONTROLS["neuron_eta"], disabled=compare == "best")
    for name in ("neuron_batch", "neuron_flip", "neuron_compare"):
        show(CONTROLS[name])
with right:
    show(CONTROLS["neuron_inputs"])
    for name in ("neuron_mean", "neuron_spread"):
        show(CONTROLS[name], disabled=source != "uniform")
    show(CONTROLS["neuron_click"])
blocks.presets("neuron")
with st.expander("Start, target, pinned step and seed by number", icon=":material/tune:"):
    left, right = blocks.side_by_side(2)
    with left:
        for name in ("neuron_start1", "neuron_start2", "neuron_step"):
            show(CONTROLS[name])
    with right:
        for name in ("neuron_target1", "neuron_target2", "neuron_seed"):
            show(CONTROLS[name])

blocks.numbers(
    ["", *words.TITLES],
    [
        ["kappa, steepest over flattest curvature", *map(three, kappa)],
        ["learning rate eta", *map(three, etas)],
        ["eta × steepest curvature", *(three(eta * words.steepest(one)) for eta, one in zip(etas, laws, strict=True))],
        ["steps to 1/10,000 of its first loss", *(words.steps(run) for run in runs)],
        ["path ratio: length over distance", *(words.path_ratio(run) for run in runs)],
        ["flips along the steep direction", *(whole(run.flips) for run in runs)],
    ],
)
st.caption(words.PATHS)
st.markdown(words.why(law, away, etas[0], runs[0], limits[0], full, batch, flip))

same = [replace(config, eta=etas[0]) for config in runs_of]
twins = tuple(compute.descend(config) for config in same)
best = tuple(limit.best for limit in limits)
freed = compute.descend(replace(same[1], eta=best[1]))
# Where the full batch was cut, the closed form still knows how many steps it needs, if it arrives at all.
needed = [
    full_batch_steps(config) if batch == FULL and run.steps is None else run.steps
    for config, run in zip(same, twins, strict=True)
]
blocks.predict("neuron", *words.prediction(twins, needed, freed, etas[0], best, kappa[0], batch))

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
    one = sample_gradient(runs_of[0], tuple(map(float, runs[0].w[at])), at)
    st.markdown(words.sample(one, at, batch == 1 and at < len(runs[0].update)))
    measured = [(size, *compute.measured_lock(law, size, 4000, seed)) for size in (1, 2, 4, 8, 16, 32, 64)]
    noise, whole_batch = noise_lock(law), full_batch_lock(law)
    st.markdown(words.lock(measured, noise, whole_batch, kappa[0]))
    limit_names = [f"noise limit {percent(noise)}", f"full-batch value {percent(whole_batch)}"]
    blocks.picture(
        charts.locks,
        {"locks": frames.locks(measured, colours[0]), "limits": columns(share=(noise, whole_batch), name=limit_names)},
        alt=words.lock_finding(measured[0][1], noise, kappa[0]),
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
