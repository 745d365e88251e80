"""`/`: the question, the answer in a picture, five sentences and seven claims."""

from dataclasses import replace

import streamlit as st

from core.depth.mean_field import fixed_point
from core.inputs import Inputs, condition_number
from core.network.ablation import Table, ablation
from core.neuron.descent import DescentConfig, descend
from core.neuron.stability import step_limits
from dashboard.look import descent
from dashboard.topics import TOPICS
from dashboard.topics.question import charts, words
from dashboard.topics.question.settings import Question
from dashboard.ui.cache import cached
from dashboard.ui.page import Page

START, TARGET = (-1.0, 0.5), (1.0, -1.0)

page = Page(Question, TOPICS)
law = Inputs("sigmoid")
laws = (law, replace(law, centred=True))
eta = 0.9 * cached(step_limits)(law).edge
configs = [DescentConfig(one, START, TARGET, eta) for one in laws]
runs = [cached(descend)(config) for config in configs]
freed = [cached(descend)(replace(config, eta=cached(step_limits)(config.inputs).best)) for config in configs]
kappa = condition_number(law)
factor = cached(fixed_point)("sigmoid", words.SIGMA_W).factor

page.opening(words.answer(kappa, factor))
drawn = descent.landscapes(configs, runs, charts.TITLES, charts.COLOURS)
page.picture(charts.landscapes, drawn, alt=words.FINDING, name="picture", pinned=12)
st.caption(words.caption(eta, runs, freed))

st.header("The answer in five sentences")
st.markdown(words.five_sentences(kappa, factor))

st.header("Seven things that are said, and what holds")
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
page.share({"path": drawn["path"]}, descent.snippet(configs))
page.next_question(words.ANSWERED)
