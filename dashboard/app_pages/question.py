"""`/`: the question, the answer in a picture, five sentences and seven claims."""

from dataclasses import replace

import streamlit as st

from core.inputs import Inputs, condition_number
from core.network.ablation import ablation
from core.neuron.descent import DescentConfig
from dashboard import blocks, compute, sharing
from dashboard.charts import question as charts
from dashboard.frames import columns
from dashboard.frames import neuron as frames
from dashboard.pages import PAGES
from dashboard.words import neuron as neuron_words
from dashboard.words import question as words

START, TARGET = (-1.0, 0.5), (1.0, -1.0)

law = Inputs("sigmoid")
laws = (law, replace(law, centred=True))
eta = 0.9 * compute.step_limits(law).edge
configs = [DescentConfig(one, START, TARGET, eta) for one in laws]
runs = [compute.descend(config) for config in configs]
freed = [compute.descend(replace(config, eta=compute.step_limits(config.inputs).best)) for config in configs]
kappa = condition_number(law)

blocks.opening("question", words.answer(kappa))
path = frames.paths(runs, words.COLOURS)
blocks.picture(
    charts.landscapes,
    {
        "panels": columns(panel=(0, 1), title=words.TITLES, x=0.0, y=0.0),
        "contours": frames.contours(laws, TARGET),
        "path": path,
        "heads": frames.heads(runs, words.COLOURS),
        "ends": frames.ends([START] * 2, [TARGET] * 2),
    },
    alt=words.FINDING,
    key="question_picture",
    pinned=12,
)
st.caption(words.caption(eta, runs, freed))

st.header("The answer in five sentences")
st.markdown(words.five_sentences(kappa))

st.header("Seven things that are said, and what holds")
tables = ablation()
cards = words.cards(tables)
wall = st.grid(2, min_column_width=300, border=True)
for card in cards:
    with wall.cell():
        st.markdown(f"**{card.claim}**\n\n{card.verdict}\n\n{card.number}")
        st.page_link(
            PAGES[card.topic].file,
            label=PAGES[card.topic].question,
            icon=":material/arrow_forward:",
            query_params=card.query,
        )

blocks.predict("question", *words.prediction(tables))
with st.expander("The words, and where they come from", icon=":material/menu_book:"):
    st.markdown(words.GLOSSARY)
    st.markdown(words.SOURCES)
sharing.share("question", PAGES["question"].question, {"path": path}, neuron_words.snippet(configs))
blocks.next_question("question", words.ANSWERED)
