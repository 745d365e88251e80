"""`/neuron`: why does one neuron zigzag?"""

import streamlit as st

from core.inputs import UNIFORM, Inputs, condition_number, input_moments
from core.locks import full_batch_lock, measured_lock, noise_lock
from core.neuron.descent import mean_sweep, sample_gradient
from core.neuron.stability import FULL
from dashboard.look import descent
from dashboard.look.closed_form import Scene
from dashboard.look.columns import columns, last_rows
from dashboard.look.hand import dragged
from dashboard.topics import TOPICS
from dashboard.topics.neuron import charts, frames, words, words_deeper, words_why
from dashboard.topics.neuron.settings import BEST, DRAWS, Neuron
from dashboard.ui.cache import cached
from dashboard.ui.page import Page, numbers, side_by_side
from dashboard.ui.prose import note, say

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


found = frames.case(at, cached)
configs, runs, shapes, kappa = found.configs, found.runs, found.shapes, found.kappa

page.opening(words.answer(found))
colours = frames.colours(at.inputs)
uniform = at.inputs == UNIFORM
holds = (
    page.slide("eta", descent.ETA_SLIDER, at.compare != BEST),
    page.slide("centre", descent.centring(frames.titles(at.inputs)[0])),
    page.slide("step", "step"),
    page.slide("n", "number of inputs"),
    *((page.slide("mean", "mean of an input μ"), page.slide("spread", "spread s")) if uniform else ()),
    page.grip("start", "start1", "start2", at.mirror),
    page.grip("target", "target1", "target2", at.mirror),
)
full = at.batch == FULL
page.picture(
    charts.landscapes if full else charts.batches,
    {
        **(frames.live(at, colours) if full else frames.measured(at, found, colours)),
        "parities": columns(picture=0, parity=page.parity("picture")),
    },
    alt=words.finding(None if uniform else condition_number(Inputs(at.inputs)), full and at.compare != BEST),
    name="picture",
    on_select=picked,
    holds=holds,
    scene=Scene(holds, uniform, True, at.compare == BEST, at.flip),
)
moves = not page.locked(f"{at.click}1", f"{at.click}2")
ends = dragged(holds)
if found.moves:
    say(descent.moral(None if at.compare == BEST else found.alike, found.best, kappa))
else:
    say(descent.nothing(ends))
note(words.legend(ends, at.click, moves, not page.locked("step"), at.n == 2 and found.moves))

page.presets()
page.show("inputs")
left, right = side_by_side(2)
with left:
    page.show("batch", "flip")
with right:
    page.show("compare", "click")
law_by_hand = ("mean", "spread") if uniform else ()
page.by_number(("eta", "centre", "step", "n"), ("start1", "start2", "target1", "target2"), (*law_by_hand, "seed"))

if found.moves:
    numbers(["", *frames.titles(at.inputs)], words.table(found))
    note(words.table_note(found))
    say(words_why.why(found))
    step = min(at.step, len(runs[0].w) - 1)
    one = cached(sample_gradient)(configs[0], tuple(map(float, runs[0].w[step])), step)
    say(words.sample(one, step, at.batch == 1 and step < len(runs[0].update), at.n))

asked = words.prediction(found)
if asked:
    page.predict(*asked)

st.header("What the mean costs")
mean, spread = input_moments(at.law)
sweep = frames.sweep(cached(mean_sweep)(max(spread, 1e-3), at.start, at.target, frames.MEANS))
page.picture(
    charts.mean_sweep,
    {"sweep": sweep, "labels": last_rows(sweep, "quantity"), "here": columns(mean=abs(mean))},
    alt=words.cost_finding(found.moves),
    name="sweep",
)
say(words.cost(mean, spread, at.n, kappa, found.moves, at.flip))


def deeper() -> None:
    if found.moves:
        curves = frames.curves(runs, colours)
        say(words_deeper.LOSSES)
        page.picture(charts.loss_curves, {"curves": curves}, alt=words_deeper.LOSSES_FINDING, name="losses")
        bound = words_deeper.lowest_cosine(kappa)
        say(words_deeper.cosine(bound, full))
        page.picture(
            charts.cosine_curves,
            {"curves": curves, "bound": columns(cosine=bound)},
            alt=words_deeper.COSINES_FINDING,
            name="cosines",
        )
    say(words_deeper.bias(shapes, [condition_number(one.law, bias=True) for one in configs]))
    # Of many inputs fewer batches: to draw them takes the time.
    draws = min(DRAWS, max(DRAWS // 4, 8 * DRAWS // at.n))
    locks = [frames.Lock(size, *cached(measured_lock)(at.law, size, draws, at.seed)) for size in frames.BATCHES]
    noise, whole_batch = cached(noise_lock)(at.law), cached(full_batch_lock)(at.law)
    say(words_deeper.lock(locks, noise, whole_batch, kappa, at.n))
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
page.next_question(words.answered(found))
