"""`/yours`: what about my network?"""

from functools import partial
from typing import Any

import streamlit as st

from core.diagnosis.recipes import recipe
from core.diagnosis.records import example_record, read_record
from dashboard.topics import TOPICS
from dashboard.topics.yours import (
    charts,
    frames,
    words,
    words_advice,
    words_deeper,
    words_signs,
    words_steps,
    words_units,
)
from dashboard.topics.yours.settings import LIMITS, WAITING, Yours
from dashboard.ui.cache import cached
from dashboard.ui.page import Page, numbers, side_by_side
from dashboard.ui.prose import note, say
from dashboard.ui.sharing import csv
from dashboard.ui.uploads import desk

OWN_LAYER = "yours_own_layer"
"""The key of the choice among the layers of a visitor's own file: for this visit only, as the file."""
OWN_ACTIVATIONS = "yours_own_activations"
"""The key of what made the inputs of single layers of that file: the file's name, and activations by layer. For this visit only."""

page = Page(Yours, TOPICS)
at = page.state()
uploads = desk("yours", read_record, LIMITS, WAITING)
uploads.take_in(words_steps.READING)
received = uploads.received
record, name = cached(example_record)(at.variant, at.trained), None
if received is not None and received.result is not None:
    record, name = received.result, received.name
own = name is not None
kept_for, named = st.session_state.get(OWN_ACTIVATIONS, (None, {}))
named = named if own and kept_for == name else {}
found = record.read(at.activation, at.below, {one: key for one, key in named.items() if one in record.names})
names = [one.name for one in found.layers]
index = names.index(st.session_state[OWN_LAYER]) if own and st.session_state.get(OWN_LAYER) in names else at.layer
index = min(index, len(names) - 1)
layer = found.layers[index]
two = frames.pair(layer, at.bias)
unit = min(at.unit, layer.units - 1)


def name_activation() -> None:
    """What made the inputs of the layer that is shown."""
    key = words_steps.LAYER_ACTIVATIONS[st.session_state[f"yours_own_activation_{index}"]]
    others = {one: made for one, made in named.items() if one != layer.name}
    st.session_state[OWN_ACTIVATIONS] = name, others if key is None else {**others, layer.name: key}


def picked() -> None:
    """A click on a unit chooses it."""
    mark = page.picked("units")
    if mark is not None:
        page.move(unit=mark["unit"])


page.opening(words.answer(layer, two, at, name))
curvatures = frames.spectrum(two, words.rows(two), words.gap(two, at.bias))
page.picture(
    charts.spectrum,
    curvatures,
    alt=words.FINDING,
    name="spectrum",
    drawn=frames.any_rows(curvatures["ticks"]),
    gapped=frames.any_rows(curvatures["gap"]),
)
note(words.legend(two))

used = recipe(at.recipe)
copy, drop, read = side_by_side(3, 200)
with copy:
    say(words_steps.steps(used))
with drop:
    say(words_steps.DROP)
    uploads.draw(words_steps.UPLOAD_LABEL)
    note(words_steps.BOUNDS)
    if received is not None and received.result is None:
        st.warning(words_steps.refused(received.why), icon=":material/block:")
with read:
    say(words_steps.read_it(name, received.size if received else 0, len(names)))
    if own:
        st.selectbox("Layer of your file", names, index=index, key=OWN_LAYER)
        made = list(words_steps.LAYER_ACTIVATIONS.values()).index(named.get(layer.name))
        st.selectbox(
            "What made the inputs of this layer",
            list(words_steps.LAYER_ACTIVATIONS),
            index=made,
            key=f"yours_own_activation_{index}",
            on_change=name_activation,
        )
        st.button("Forget my file", on_click=uploads.forget, key="yours_forget", icon=":material/delete:")
with st.expander("The recipe: PyTorch, Keras, JAX or scikit-learn", icon=":material/content_copy:", key="yours_code"):
    page.show("recipe", collapsed=True)
    say(words_steps.how_called(used))
    st.code(used.text, language="python")
note(words_steps.PRIVATE)

left, right = side_by_side(2)
with left:
    page.show("variant", "trained", "layer", applies=not own)
with right:
    page.show("bias", "activation", "below")
if own:
    note(words_steps.PRESETS_WAIT)
else:
    page.presets()

st.header("The verdict")
say(words.verdict(layer, two, at.bias))
say(words_advice.advice(layer, two))
if "cures" in TOPICS:
    st.page_link(TOPICS["cures"].file, label=TOPICS["cures"].question, icon=":material/arrow_forward:")
note(words.limits(layer))
numbers(["", "with a bias", "without"], words.numbers_table(frames.pair(layer, True), frames.pair(layer, False)))

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
every = frames.units(layer, unit, page.parity("units"))
page.picture(
    charts.units,
    every,
    alt=words_units.UNITS_FINDING,
    name="units",
    on_select=picked,
    coloured=coloured,
    shaded=frames.any_rows(every["zones"]),
)
note(words_units.units_legend(layer))
page.show("unit")
say(words_units.unit_text(layer, unit))
values = frames.histogram(record.layers[index], layer, unit)
page.picture(
    charts.histogram,
    values,
    alt=words_units.UNIT_FINDING,
    name="histogram",
    coloured=coloured,
    shaded=frames.any_rows(values["zones"]),
)

st.header("Layer by layer")
pairs = [frames.pair(one, at.bias) for one in found.layers]
numbers(words_units.LAYER_HEAD, words_units.layer_table(found, pairs))
note(words_units.LAYER_LEGEND)
say(words_units.layer_text(found, pairs, at.bias))
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
    say(words_signs.noise_text(layer))
    numbers(words_signs.LOCK_HEAD, words_signs.lock_table(layer))
    say(words_deeper.CONVENTION)


page.deeper(deeper)
if own:
    note(words_steps.NOT_IN_THE_LINK)
data: dict[str, Any] = {"layers": table, "units": frames.every_unit(layer), "curvature": frames.eigenvalues(two)}
page.share(data, words.snippet(at, layer.name, own, named))
page.next_question(words.answered(layer, two, "cures" in TOPICS))
