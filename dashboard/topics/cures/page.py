"""`/cures`: what cures it, and what only looks like it?"""

import math
from dataclasses import replace

import streamlit as st

from core.cures import conditioning, lopsidedness, one_mean_of_two
from core.inputs import UNIFORM
from core.network.cures_table import cure_cells
from core.neuron.racing import race
from core.remedies import patient, remedy_table
from dashboard.topics import TOPICS
from dashboard.topics.cures import (
    charts,
    frames,
    frames_deeper,
    words,
    words_deeper,
    words_network,
    words_race,
    words_remedies,
)
from dashboard.topics.cures.settings import MOMENTS, Cures
from dashboard.ui.cache import cached
from dashboard.ui.page import Page, numbers, side_by_side
from dashboard.ui.prose import note, say

page = Page(Cures, TOPICS)
at = page.state()
paths = {slug: one.path for slug, one in TOPICS.items()}
uniform = at.inputs == UNIFORM
field = frames.field(at, *(cached(race)(one) for one in frames.races(at)))
table = cure_cells()
kappas = conditioning(at.n, field.mean, field.spread)

deep = frames_deeper.arms(5, 64, table)
page.opening(words.answer(field, words_network.headline(deep)))
holds = (
    page.slide("moment", f"moment of the race, of {len(MOMENTS) - 1}"),
    page.slide("n", "number of inputs"),
    *((page.slide("mean", "mean of an input μ"), page.slide("spread", "spread s")) if uniform else ()),
)
page.picture(
    charts.race,
    {
        "panels": frames.panels(),
        "law": frames.law(field, at),
        "moments": frames.moments(field),
        "adam": frames.adam(field),
    },
    alt=words_race.FINDING,
    name="picture",
    holds=holds,
    hand=holds,
    uniform=uniform,
)
note(words_race.legend(field, at.moment))
standing = words_race.standing(field, at.moment)
if standing:
    say(standing)

# Five choices are wider than half a page.
page.show("inputs", "goal")
page.presets()
page.show("cure")
say(words_remedies.asked([cell for cell in remedy_table() if cell.remedy == at.cure], paths))
page.by_number(("moment", "n"), *((("mean", "spread"),) if uniform else ()))
numbers(words.TABLE, words.table(field))
note(words.tabled(field))
layers = words_network.deep(deep)
say(words.half_true(field, layers))
page.predict(*words.straightens(field, kappas))

st.header("What does what")
sick = {key: one.felt for key, one in patient().items()}
note(words_remedies.PATIENT)
numbers(words_remedies.cures_head(sick), words_remedies.cures_rows(remedy_table(), paths))

st.header("In a real network")
asked, shown = (at.layers, frames_deeper.BATCHES[at.batch]), frames_deeper.place(at, table)
trained = frames_deeper.arms(*shown, table)
drawn = frames_deeper.dots(trained)
page.picture(
    charts.network,
    {"dots": drawn, "medians": frames_deeper.medians(trained), "edges": frames_deeper.edges(drawn)},
    alt=words_network.NETWORK,
    name="network",
    labels=frames_deeper.labels(trained),
)
left, right = side_by_side(2)
with left:
    page.show("batch")
with right:
    page.show("layers")
note(f"{words_network.not_measured(asked, shown)} {words_network.legend(trained)}".strip())
say(words_network.network(trained, shown))
say(words_network.others(trained))
by_size = {size: frames_deeper.arms(1, size, table) for size in frames_deeper.BATCHES.values()}
numbers(words_network.batches_head(by_size), words_network.batches(by_size))
note(words_network.batched(by_size))

st.header("ReLU is not centred either")
curves = cached(frames.lopsided_curves)()
cursor = (page.slide("cursor", "spread of z"),)
page.picture(
    charts.lopsidedness,
    {"curves": frames.curves(curves), "readings": frames.readings(curves, cached(frames.kinds)(), at.n)},
    alt=words.CURVES,
    name="lopsided",
    holds=cursor,
    hand=cursor,
)
page.by_number(("cursor",), label="The spread by number")
sigmoid, relu = (lopsidedness(key) for key in ("sigmoid", "relu"))
say(words.curves(sigmoid, relu, lopsidedness("sigmoid", 0.25), lopsidedness("sigmoid", 8), lopsidedness("tanh", 1, 1)))
page.predict(*words.relu_guess(at.n, 1 + at.n * sigmoid, 1 + at.n * relu, (sigmoid, relu)), name="guess_relu")

st.header("What to do on Monday")
by = {(cell.remedy, cell.ailment): cell for cell in remedy_table()}
say(words_deeper.monday(by))


def deeper() -> None:
    felt, reached = frames_deeper.felt_at(field.kappa), counts()
    crossing = frames_deeper.felt_at(frames_deeper.WIDE)["momentum, β = 0.9"]
    say(words_deeper.rates(felt, field.kappa, crossing, field.overshoot, reached[1e-3]))
    page.picture(
        charts.rates,
        {"rates": frames_deeper.rate_curves(), "here": frames_deeper.rates_here(felt, field.kappa)},
        alt=words_deeper.RATES_FINDING,
        name="rates",
    )
    numbers(words_deeper.GOALS_HEAD, words_deeper.goals(reached))
    without = cached(race)(replace(frames.races(at)[0], runners=("adam",), beta=0.0)).runners[0].steps
    say(
        words_deeper.per_weight(
            kappas,
            field.steps("adam"),
            math.inf if without is None else without,
            one_mean_of_two(field.mean, field.spread),
        )
    )
    say(words_deeper.batch_norm(1 + at.n * sigmoid, kappas.centred, cached(frames_deeper.explosion)()))
    say(words_deeper.bias(kappas, at.n))
    say(words_deeper.measured(remedy_table()))
    say(words_network.fair(trained))


def counts() -> dict[float, list[float]]:
    """The steps to each goal, by the columns of the table."""
    found = {}
    for goal in words.GOALS:
        there = replace(at, goal=goal)
        one = frames.field(there, *(cached(race)(config) for config in frames.races(there)))
        found[goal] = [one.steps(key) for key in ("plain", "heavy_ball", "nesterov", "adam", "centred")]
    return found


page.deeper(deeper)
page.share(
    {"race": frames.run_columns(field), "network": drawn, "lopsidedness": frames.curves(curves)},
    words.snippet(frames.races(at)),
)
page.next_question(words.answered(layers))
