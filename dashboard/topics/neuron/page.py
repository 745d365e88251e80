"""`/neuron`: why does one neuron zigzag?"""

from dataclasses import replace

import numpy as np
import streamlit as st

from core.inputs import Inputs, condition_number, full_batch_lock, measured_lock, noise_lock
from core.neuron.descent import DescentConfig, descend, full_batch_steps, mean_sweep, sample_gradient
from core.neuron.stability import FULL, step_limits
from dashboard.look import descent
from dashboard.look.columns import columns, last_rows
from dashboard.look.formats import percent, three, whole
from dashboard.look.valley import Scene
from dashboard.topics import TOPICS
from dashboard.topics.neuron import charts, frames, words
from dashboard.topics.neuron.settings import Neuron
from dashboard.ui.cache import cached
from dashboard.ui.page import Page, numbers, side_by_side

page = Page(Neuron, TOPICS)
at = page.state()
mirror = -1.0 if at.flip else 1.0


def picked() -> None:
    """A click in the picture: a cell of the strip pins its step, a cell of a landscape moves the start or the target."""
    cell = page.picked("picture")
    if cell is None:
        return
    if cell["panel"] < 0:
        page.move(step=cell["x"])
    else:
        # A flipped wire is drawn mirrored; the controls hold the unmirrored weights.
        page.move(**{f"{at.click}1": cell["x"], f"{at.click}2": mirror * cell["y"]})


start = at.start1, mirror * at.start2
target = at.target1, mirror * at.target2
away = (start[0] - target[0], start[1] - target[1])
law = Inputs(at.inputs, 2, at.mean, at.spread, flipped=(1,) if at.flip else ())
laws = (law, replace(law, centred=True))
full = cached(step_limits)(law).edge
limits = tuple(cached(step_limits)(one, at.batch) for one in laws)
etas = tuple(limit.best if at.compare == "best" else at.eta * full for limit in limits)
runs_of = [
    DescentConfig(one, start, target, eta, at.batch, 5000, seed=at.seed) for one, eta in zip(laws, etas, strict=True)
]
runs = tuple(cached(descend)(config) for config in runs_of)
kappa = [condition_number(one) for one in laws]

page.opening(words.answer(kappa))
colours = words.colours(at.inputs)
path = descent.paths(runs, colours)
uniform = at.inputs == "uniform"
holds = (
    page.slide("eta", "learning rate η, as a share of the edge", at.compare != "best"),
    page.slide("step", "step"),
    *((page.slide("mean", "mean of an input μ"), page.slide("spread", "spread s")) if uniform else ()),
    page.grip("start", "start1", "start2", mirror),
    page.grip("target", "target1", "target2", mirror),
)
drawn = {
    "panels": columns(panel=(0, 1), title=words.TITLES, x=0.0, y=0.0),
    "laws": descent.laws(laws, colours),
    "rows": columns(row=range(4), name=("w1", "w2", "w1 centred", "w2 centred")),
    "parities": columns(picture=0, parity=page.parity("picture")),
}
if at.batch != FULL:
    ends = {"x_start": start[0], "y_start": start[1], "x_target": target[0], "y_target": target[1]}
    drawn |= {
        "laws": columns(**drawn["laws"], eta=at.eta, mean=at.mean, spread=at.spread, **ends),
        "path": path,
        "heads": descent.heads(runs, colours),
        "notes": frames.notes(runs),
        "wedges": frames.wedges(laws, runs, target),
        "strip": frames.strip(runs),
    }
page.picture(
    charts.landscapes if at.batch == FULL else charts.batches,
    drawn,
    alt=words.finding(kappa),
    name="picture",
    on_select=picked,
    holds=holds,
    scene=Scene(holds, uniform, at.compare == "best", at.flip),
)
moves = not page.locked(f"{at.click}1", f"{at.click}2")
st.caption(words.legend(at.click, moves, not page.locked("step")))

# What moves the picture most comes first: on a phone it stands right under it.
left, right = side_by_side(2)
with left:
    page.show("batch", "flip", "compare")
with right:
    page.show("inputs", "click")
page.presets()
page.by_number(("eta", "step", "start1", "start2"), ("mean", "spread", "target1", "target2", "seed"))

numbers(
    ["", *words.TITLES],
    [
        ["kappa, steepest over flattest curvature", *map(three, kappa)],
        ["learning rate eta", *map(three, etas)],
        ["eta × steepest curvature", *(three(eta * words.steepest(one)) for eta, one in zip(etas, laws, strict=True))],
        ["steps to 1/10,000 of its first loss", *(descent.steps(run) for run in runs)],
        ["path ratio: length over distance", *(descent.path_ratio(run) for run in runs)],
        ["flips along the steep direction", *(whole(run.flips) for run in runs)],
    ],
)
st.caption(words.PATHS)
st.markdown(words.why(law, away, etas[0], runs[0], limits[0], full, at.batch, at.flip))

same = [replace(config, eta=etas[0]) for config in runs_of]
twins = tuple(cached(descend)(config) for config in same)
best = tuple(limit.best for limit in limits)
freed = cached(descend)(replace(same[1], eta=best[1]))
# Where the full batch was cut, the closed form still knows how many steps it needs, if it arrives at all.
needed = [
    full_batch_steps(config) if at.batch == FULL and run.steps is None else run.steps
    for config, run in zip(same, twins, strict=True)
]
page.predict(*words.prediction(twins, needed, freed, etas[0], best, kappa[0], at.batch))

st.header("What the mean costs")
means = tuple(round(0.05 * k, 2) for k in range(41))
moments = words.moments(law)
sweep = frames.sweep(cached(mean_sweep)(max(moments[1], 1e-3), start, target, means))
page.picture(
    charts.mean_sweep,
    {
        "sweep": sweep,
        "labels": last_rows(sweep, "quantity"),
        "here": columns(mean=abs(moments[0])),
    },
    alt=words.cost_finding(any(away)),
    name="sweep",
)
st.markdown(words.cost(moments, kappa[0], any(away)))


def deeper() -> None:
    names = ("these inputs", "centred")
    curves = frames.curves(runs, names, colours)
    st.markdown("**Loss by step.** A straight line is a fixed factor a step.")
    page.picture(
        charts.loss_curves, {"curves": curves}, alt="The loss of both runs by step, on a log axis.", name="losses"
    )
    bound = 2 * np.sqrt(kappa[0]) / (1 + kappa[0])
    st.markdown(words.cosine(bound))
    page.picture(
        charts.cosine_curves,
        {"curves": curves, "bound": columns(cosine=bound)},
        alt="How straight each update points at the target, with the lowest cosine that kappa allows.",
        name="cosines",
    )
    st.markdown(words.bias(laws))
    step = min(at.step, len(runs[0].w) - 1)
    one = sample_gradient(runs_of[0], tuple(map(float, runs[0].w[step])), step)
    st.markdown(words.sample(one, step, at.batch == 1 and step < len(runs[0].update)))
    measured = [(size, *cached(measured_lock)(law, size, 4000, at.seed)) for size in (1, 2, 4, 8, 16, 32, 64)]
    noise, whole_batch = noise_lock(law), full_batch_lock(law)
    st.markdown(words.lock(measured, noise, whole_batch, kappa[0]))
    limit_names = [f"noise limit {percent(noise)}", f"full-batch value {percent(whole_batch)}"]
    page.picture(
        charts.locks,
        {"locks": frames.locks(measured, colours[0]), "limits": columns(share=(noise, whole_batch), name=limit_names)},
        alt=words.lock_finding(measured[0][1], noise, kappa[0]),
        name="locks",
    )


page.deeper(deeper)
page.share(
    {"path": path, "mean": sweep, "updates": frames.strip(runs)},
    descent.snippet(runs_of),
)
page.next_question(words.answered(kappa))
