"""`/cures`: what cures it, and what only looks like it?"""

import streamlit as st

from core.cures import conditioning, lopsidedness
from core.inputs import UNIFORM
from core.neuron.racing import race
from core.remedies import cells, patient, remedy_table
from dashboard.topics import TOPICS
from dashboard.topics.cures import charts, frames, words, words_deeper
from dashboard.topics.cures.settings import Cures
from dashboard.ui.cache import cached
from dashboard.ui.page import Page, numbers, side_by_side

page = Page(Cures, TOPICS)
at = page.state()
paths = {slug: one.path for slug, one in TOPICS.items()}
uniform = at.inputs == UNIFORM
field = frames.field(at, *(cached(race)(one) for one in frames.races(at)))
kappas = conditioning(at.n, field.mean, field.spread)

page.opening(words.answer(field))
holds = (
    page.slide("moment", "how far the race has run"),
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
    alt=words.FINDING,
    name="picture",
    holds=holds,
    hand=holds,
    uniform=uniform,
)
st.caption(words.LEGEND)

left, right = side_by_side(2)
with left:
    page.show("inputs")
with right:
    page.show("goal")
page.presets()
page.by_number(("moment", "n"), ("mean", "spread"))
numbers(words.TABLE, words.table(field))
st.markdown(words.half_true(field))
page.predict(*words.straightens(field, kappas))

st.header("What does what")
page.show("cure")
st.markdown(words.asked(cells(at.cure), paths))
sick = {key: one.felt for key, one in patient().items()}
numbers(words.cures_head(sick), words.cures_rows(remedy_table(), paths))
st.caption(words.PATIENT)

st.header("ReLU is not centred either")
curves = cached(frames.lopsided_curves)()
cursor = (page.slide("cursor", "spread of z"),)
page.picture(
    charts.lopsidedness,
    {"curves": frames.curves(curves), "readings": frames.readings(curves, frames.kinds(), at.n)},
    alt=words.CURVES,
    name="lopsided",
    holds=cursor,
    hand=cursor,
)
page.by_number(("cursor",), label="The spread by number")
sigmoid, relu, quarter, eight = (
    lopsidedness(*one) for one in (("sigmoid", 1), ("relu", 1), ("sigmoid", 0.25), ("sigmoid", 8))
)
st.markdown(words.curves(sigmoid, relu, quarter, eight))

st.header("What to do on Monday")
by = {(cell.remedy, cell.ailment): cell for cell in remedy_table()}
numbers(words_deeper.MONDAY, words_deeper.monday(by, at.n))

page.share({"race": frames.run_columns(field), "lopsidedness": frames.curves(curves)}, words.snippet(frames.races(at)))
page.next_question(words.answered(field, ""))
