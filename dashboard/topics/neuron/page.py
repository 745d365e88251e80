"""`/neuron`: why does one neuron zigzag?"""

from dataclasses import replace

import streamlit as st

from core.inputs import (
    UNIFORM,
    Inputs,
    condition_number,
    full_batch_lock,
    input_moments,
    measured_lock,
    noise_lock,
    spectrum,
)
from core.neuron.descent import (
    MOST_STEPS,
    DescentConfig,
    descend,
    full_batch_steps,
    mean_sweep,
    same_sign,
    sample_gradient,
)
from core.neuron.stability import FULL, StepLimits, step_limits
from dashboard.look import descent
from dashboard.look.closed_form import Scene
from dashboard.look.columns import columns, last_rows
from dashboard.look.hand import Grip
from dashboard.topics import TOPICS
from dashboard.topics.neuron import charts, frames, words, words_deeper
from dashboard.topics.neuron.settings import BEST, DRAWS, Neuron
from dashboard.ui.cache import cached
from dashboard.ui.page import Page, numbers, side_by_side

page = Page(Neuron, TOPICS)
at = page.state()


def picked() -> None:
    """A click in the picture: a cell of the strip pins its step, a cell of a landscape moves the start or the target."""
    cell = page.picked("picture")
    if cell is None:
        return
    if cell["panel"] < 0:
        page.move(step=cell["x"])
    else:
        page.move(**{f"{at.click}1": cell["x"], f"{at.click}2": at.mirror * cell["y"]})


laws = (at.law, replace(at.law, centred=True))
# A share of the edge of the inputs as they are: to centre them leaves the learning rate where it is.
full_edge = cached(step_limits)(at.given).edge
limits = [cached(step_limits)(one, at.batch) for one in laws]
etas = [limit.best if at.compare == BEST else at.eta * full_edge for limit in limits]
configs = [
    DescentConfig(one, at.start, at.target, eta, at.batch, MOST_STEPS, seed=at.seed)
    for one, eta in zip(laws, etas, strict=True)
]
runs = [cached(descend)(config) for config in configs]
shapes = [cached(spectrum)(one) for one in laws]
kappa = shapes[0].kappa

best = [cached(descend)(replace(one, eta=limit.best)) for one, limit in zip(configs, limits, strict=True)]

page.opening(words.answer(kappa))
colours = frames.colours(at.inputs)
uniform = at.inputs == UNIFORM
holds = (
    page.slide("eta", "learning rate η, of the edge", at.compare != BEST),
    page.slide("centre", "centre the inputs, %"),
    page.slide("step", "step"),
    page.slide("n", "number of inputs"),
    *((page.slide("mean", "mean of an input μ"), page.slide("spread", "spread s")) if uniform else ()),
    page.grip("start", "start1", "start2", at.mirror),
    page.grip("target", "target1", "target2", at.mirror),
)
full = at.batch == FULL
tuned = [] if at.compare == BEST else [(limit.best, run) for limit, run in zip(limits, best, strict=True)]
page.picture(
    charts.landscapes if full else charts.batches,
    {
        **(frames.live(at, colours) if full else frames.measured(at, configs, runs, colours, tuned)),
        "parities": columns(picture=0, parity=page.parity("picture")),
    },
    alt=words.finding(None if uniform else condition_number(Inputs(at.inputs))),
    name="picture",
    on_select=picked,
    holds=holds,
    scene=Scene(holds, uniform, True, at.compare == BEST, at.flip),
)
moves = not page.locked(f"{at.click}1", f"{at.click}2")
dragged = [f"the {one.name}" for one in holds if isinstance(one, Grip) and one.free]
st.caption(words.legend(dragged, at.click, moves, not page.locked("step")))

# What moves the picture most comes first: on a phone it stands right under it.
left, right = side_by_side(2)
with left:
    page.show("batch", "flip", "compare")
with right:
    page.show("inputs", "click")
page.presets()
page.by_number(
    ("eta", "centre", "step", "start1", "start2"), ("n", "mean", "spread", "target1", "target2", "seed")
)

numbers(["", *frames.titles(at.inputs)], words.table(configs, runs, shapes))
st.caption(words.PATHS)
agreeing = (same_sign(runs[0].update), same_sign(runs[0].update * ([1, -1] * (at.n // 2))))
st.markdown(words.why(frames.Case(configs[0], runs[0], shapes[0], limits[0], full_edge, agreeing)))


def at_one_eta(config: DescentConfig, limit: StepLimits) -> frames.Twin:
    """What these inputs come to at the learning rate of the left panel."""
    config = replace(config, eta=etas[0])
    run = cached(descend)(config)
    # Where the full batch was cut, the closed form still knows how many steps it needs, if it arrives at all.
    cut = config.batch == FULL and run.steps is None
    return frames.Twin(config, run, cached(full_batch_steps)(config) if cut else run.steps, limit.best)


given, centred = (at_one_eta(config, limit) for config, limit in zip(configs, limits, strict=True))
page.predict(*words.prediction(given, centred, best[1], kappa))

st.header("What the mean costs")
moving = at.start != at.target
mean, spread = input_moments(at.law)
sweep = frames.sweep(cached(mean_sweep)(max(spread, 1e-3), at.start, at.target, frames.MEANS))
page.picture(
    charts.mean_sweep,
    {"sweep": sweep, "labels": last_rows(sweep, "quantity"), "here": columns(mean=abs(mean))},
    alt=words.cost_finding(moving),
    name="sweep",
)
st.markdown(words.cost(mean, spread, kappa, moving))


def deeper() -> None:
    curves = frames.curves(runs, colours)
    st.markdown(words_deeper.LOSSES)
    page.picture(charts.loss_curves, {"curves": curves}, alt=words_deeper.LOSSES_FINDING, name="losses")
    bound = words_deeper.lowest_cosine(kappa)
    st.markdown(words_deeper.cosine(bound))
    page.picture(
        charts.cosine_curves,
        {"curves": curves, "bound": columns(cosine=bound)},
        alt=words_deeper.COSINES_FINDING,
        name="cosines",
    )
    st.markdown(words_deeper.bias(shapes, [condition_number(one, bias=True) for one in laws]))
    step = min(at.step, len(runs[0].w) - 1)
    sample = cached(sample_gradient)(configs[0], tuple(map(float, runs[0].w[step])), step)
    st.markdown(words_deeper.sample(sample, step, at.batch == 1 and step < len(runs[0].update)))
    locks = [frames.Lock(size, *cached(measured_lock)(at.law, size, DRAWS, at.seed)) for size in frames.BATCHES]
    noise, whole_batch = cached(noise_lock)(at.law), cached(full_batch_lock)(at.law)
    st.markdown(words_deeper.lock(locks, noise, whole_batch, kappa))
    names = words_deeper.lock_limits(noise, whole_batch)
    page.picture(
        charts.locks,
        {"locks": frames.locks(locks, colours[0]), "limits": columns(share=(noise, whole_batch), name=names)},
        alt=words_deeper.lock_finding(locks[0].share, noise, kappa),
        name="locks",
    )


page.deeper(deeper)
path, updates = descent.paths(runs, frames.titles(at.inputs)), frames.strip(runs)
page.share({"path": path, "mean": sweep, "updates": updates}, descent.snippet(configs))
page.next_question(words.answered(kappa))
