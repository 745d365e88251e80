"""`/`: the question, the answer in a picture, five sentences and the claims of all topics."""

from dataclasses import replace

import streamlit as st

from core.depth.mean_field import fixed_point
from core.inputs import Inputs, condition_number
from core.network.ablation import Table, ablation
from core.neuron.descent import MOST_STEPS, DescentConfig, descend
from core.neuron.stability import step_limits
from dashboard.look import descent
from dashboard.look.closed_form import Scene
from dashboard.topics import TOPICS
from dashboard.topics.question import charts, words
from dashboard.topics.question.settings import Question
from dashboard.ui.cache import cached
from dashboard.ui.page import Page

page = Page(Question, TOPICS)
at = page.state()
start, target = (at.start1, at.start2), (at.target1, at.target2)
law = Inputs("sigmoid")
laws = (replace(law, removed=at.centre / 100), replace(law, centred=True))
# A share of the edge of the inputs as they are: to centre them leaves the learning rate where it is.
eta = at.eta * cached(step_limits)(law).edge
configs = [DescentConfig(one, start, target, eta, steps=MOST_STEPS) for one in laws]
runs = [cached(descend)(config) for config in configs]
freed = [cached(descend)(replace(config, eta=cached(step_limits)(config.inputs).best)) for config in configs]
kappa = condition_number(law)
factor = cached(fixed_point)("sigmoid", words.SIGMA_W).factor

page.opening(words.answer(kappa, factor))
holds = (
    page.slide("eta", "learning rate η, of the edge"),
    page.slide("centre", "centre the inputs, %"),
    page.slide("step", "step"),
    page.grip("start", "start1", "start2"),
    page.grip("target", "target1", "target2"),
)
page.picture(
    charts.landscapes,
    descent.valleys((law, laws[1]), charts.TITLES, charts.COLOURS),
    alt=words.FINDING,
    name="picture",
    holds=holds,
    scene=Scene(holds),
)
st.caption(words.caption(eta, runs, freed))
page.by_number(("eta", "centre", "step"), ("start1", "start2", "target1", "target2"))

st.header("The answer in five sentences")
st.markdown(words.five_sentences(kappa, factor))

st.header(words.claims(len(TOPICS.cards)))
wall = st.grid(2, min_column_width=300, border=True)
for card in TOPICS.cards:
    shown = TOPICS[card.slug]
    with wall.cell():
        st.markdown(f"**{card.claim}**\n\n{card.verdict}\n\n{card.number}")
        st.page_link(shown.file, label=shown.question, icon=":material/arrow_forward:", query_params=card.query)


def best_median(table: Table, variant: str) -> float:
    """The median of the steps of a variant at its best learning rate; infinite where most runs do not arrive."""
    return float(table.medians()[table.variants.index(variant), table.best(variant)])


full = ablation()["full"]
plain, flipped = (best_median(full, variant) for variant in ("sigmoid", "flipped"))
page.predict(*words.prediction(plain, flipped, full.experiment.steps))
with st.expander("The words, and where they come from", icon=":material/menu_book:"):
    st.markdown(words.GLOSSARY)
    st.markdown(words.SOURCES)
page.share({"path": descent.paths(runs, charts.COLOURS)}, descent.snippet(configs))
page.next_question(words.ANSWERED)
