"""`/yours`: what about my network?"""

from functools import partial
from typing import Any

import streamlit as st

from core.diagnosis.recipes import recipe
from core.diagnosis.records import example_record, read_record
from dashboard.topics import TOPICS
from dashboard.topics.yours import charts, frames, words, words_deeper
from dashboard.topics.yours.settings import LIMITS, WAITING, Yours
from dashboard.ui.cache import cached
from dashboard.ui.page import Page, numbers, side_by_side
from dashboard.ui.sharing import csv
from dashboard.ui.uploads import desk

OWN_LAYER = "yours_own_layer"
"""The key of the choice among the layers of a visitor's own file: for this visit only, as the file."""

page = Page(Yours, TOPICS)
at = page.state()
uploads = desk("yours", read_record, LIMITS, WAITING)
uploads.take_in(words.READING)
received = uploads.received
record, name = cached(example_record)(at.variant, at.trained), None
if received is not None and received.result is not None:
    record, name = received.result, received.name
own = name is not None
found = record.read(at.activation, at.below)
names = [one.name for one in found.layers]
index = names.index(st.session_state[OWN_LAYER]) if own and st.session_state.get(OWN_LAYER) in names else at.layer
index = min(index, len(names) - 1)
layer = found.layers[index]
two = frames.pair(layer, at.bias)
unit = min(at.unit, layer.units - 1)


def picked() -> None:
    """A click on a unit chooses it."""
    mark = page.picked("units")
    if mark is not None:
        page.move(unit=mark["unit"])


page.opening(words.answer(layer, two, at, name))
page.picture(
    charts.spectrum,
    frames.spectrum(two, words.rows(two), words.gap(two, at.bias)),
    alt=words.FINDING,
    name="spectrum",
)
st.caption(words.legend(two))

used = recipe(at.recipe)
copy, drop, read = side_by_side(3, 200)
with copy:
    st.markdown(words.steps(used))
with drop:
    st.markdown(words.DROP)
    uploads.draw(words.UPLOAD_LABEL)
    st.caption(words.BOUNDS)
    if received is not None and received.result is None:
        st.warning(words.refused(received.why), icon=":material/block:")
with read:
    st.markdown(words.read_it(name, received.size if received else 0, len(names)))
    if own:
        st.selectbox("Layer of your file", names, index=index, key=OWN_LAYER)
        st.button("Forget my file", on_click=uploads.forget, key="yours_forget", icon=":material/delete:")
with st.expander("The recipe: PyTorch, Keras, JAX or scikit-learn", icon=":material/content_copy:", key="yours_code"):
    page.show("recipe", collapsed=True)
    st.markdown(words.how_called(used))
    st.code(used.text, language="python")
st.caption(words.PRIVATE)

left, right = side_by_side(2)
with left:
    page.show("variant", "trained", "layer", applies=not own)
with right:
    page.show("bias", "activation", "below")
if own:
    st.caption(words.PRESETS_WAIT)
else:
    page.presets()

st.header("The verdict")
st.markdown(words.verdict(layer, two, at.bias))
st.markdown(words.advice(layer, two))
if "cures" in TOPICS:
    st.page_link(TOPICS["cures"].file, label=TOPICS["cures"].question, icon=":material/arrow_forward:")
st.caption(words.limits(layer))
numbers(["", "with a bias column", "without"], words.numbers_table(frames.pair(layer, True), frames.pair(layer, False)))

sigmoid = cached(example_record)("sigmoid", False).read().layers
page.predict(
    *words.prediction(
        [frames.pair(one, True) for one in sigmoid],
        [frames.pair(one, False) for one in sigmoid],
        [one.name for one in sigmoid],
    )
)

st.header("What each unit does")
coloured = bool(frames.activation_label(layer))
page.picture(
    charts.units,
    frames.units(layer, unit, page.parity("units")),
    alt=words.UNITS_FINDING,
    name="units",
    on_select=picked,
    coloured=coloured,
)
st.caption(words.units_legend(layer))
page.show("unit")
st.markdown(words.unit_text(layer, unit))
page.picture(
    charts.histogram,
    frames.histogram(record.layers[index], layer, unit),
    alt=words.UNIT_FINDING,
    name="histogram",
    coloured=coloured,
)

st.header("Layer by layer")
pairs = [frames.pair(one, at.bias) for one in found.layers]
numbers(words.LAYER_HEAD, words.layer_table(found, pairs))
st.caption(words.LAYER_LEGEND)
st.markdown(words.layer_text(found, pairs, at.bias))
table = frames.layers(found)

with st.container(horizontal=True, gap="small"):
    for label, file, make in (
        ("Report as text", "diagnosis.txt", found.report),
        ("Table as CSV", "layers.csv", partial(csv, table)),
    ):
        st.download_button(
            label, make, file_name=file, on_click="ignore", icon=":material/download:", key=f"yours_{file}"
        )


def deeper() -> None:
    st.markdown(words_deeper.noise_text(layer))
    numbers(words_deeper.LOCK_HEAD, words_deeper.lock_table(layer))
    st.markdown(words_deeper.CONVENTION)


page.deeper(deeper)
if own:
    st.caption(words.NOT_IN_THE_LINK)
data: dict[str, Any] = {"layers": table, "units": frames.every_unit(layer), "curvature": frames.eigenvalues(two)}
page.share(data, words.snippet(at, layer.name, own))
page.next_question(words.answered(layer, two))
