"""`/`: the question, the answer in five sentences, and the way on."""

import streamlit as st

from core.inputs import Inputs, condition_number
from dashboard import blocks
from dashboard.encodings import three
from dashboard.pages import PAGES

kappa = condition_number(Inputs("sigmoid"))
blocks.opening(
    "question",
    "Because a sigmoid's outputs share a mean, which makes one direction of the next layer's loss "
    f"{three(kappa)} times as steep as the others, and because its slope shrinks what travels back through it.",
)
st.markdown(
    f"""
1. For one sample you are right: each weight's gradient is the upstream signal times its input, and sigmoid inputs are
   positive, so all updates into one neuron share a sign.
2. Neurons of a layer do mix signs, but each descends its own valley, as lopsided (kappa {three(kappa)} for two sigmoid
   inputs) as if it were alone.
3. The shared sign itself costs nothing: negate half the wires with their weights and training is the same. What costs is
   a mean that is large beside the spread: it makes one steep direction, and that caps the learning rate.
4. The lost sign patterns are real for one sample; batches return most of them, and the steepness stays.
5. Separately, every layer multiplies the gradient by weight times slope; at the output, cross-entropy cancels the slope.
"""
)
for slug, topic in PAGES.items():
    if slug != "question":
        st.page_link(topic.file, label=topic.question)
