"""Draws a control as a Streamlit widget bound to the URL, and reads it back, cleaned.

Streamlit resets what it cannot read and what is out of range; `Control.clean` sees to the rest (a value between two
steps, an emptied choice).
"""

from typing import Any

import streamlit as st

from dashboard.controls import CONTROLS, Control


def locks(topic: str) -> list[str]:
    """The names of the controls that a teacher's view of this page holds where they are."""
    key = f"{topic}_lock"
    return list(st.session_state[key] if key in st.session_state else st.query_params.get_all(key))


def locked(control: Control) -> bool:
    """Whether a teacher's view holds this control where it is."""
    return control.name in locks(control.topic)


def state(control: Control) -> Any:
    """What the widget holds now: a label for a choice, otherwise a number or a bool.

    In a visitor's first run a widget that is yet to be drawn holds what the link says.
    """
    if control.key in st.session_state:
        return control.clean(st.session_state[control.key])
    return control.read(st.query_params.get(control.key, ""))


def value(key: str) -> Any:
    """The value of the control with this URL key, drawn or not yet drawn.

    A page draws its picture before its controls: what is sent first is on the screen first.
    """
    control = CONTROLS[key]
    return control.value(state(control))


def show(control: Control, disabled: bool = False, collapsed: bool = False) -> Any:
    """Draw the control and return its value.

    A control that does not apply is disabled, never left out: a widget that is not drawn loses its value.
    """
    # The default is given to the widget too: Streamlit takes a URL value that equals the widget's own default for none
    # at all, and without one that default is the lowest value. (Hence disableWidgetStateDuplicationWarning.)
    shown_before, expected = control.key in st.session_state, state(control)
    if shown_before:
        held = st.session_state[control.key]
        if control.clean(held) != held:
            # Assigned only where it differs: an assigned value is sent to the browser and would fight a moving slider.
            st.session_state[control.key] = control.clean(held)
    common: dict[str, Any] = {
        "key": control.key,
        "bind": "query-params",
        "disabled": disabled or locked(control),
        "help": control.help,
        "label_visibility": "collapsed" if collapsed else "visible",
    }
    labels = list(control.choices)
    span: dict[str, Any] = {"value": control.default, "step": control.step, "format": control.format}
    raw: Any
    match control.kind:
        case "slider":
            raw = st.slider(control.label, control.low, control.high, **span, **common)
        case "number":
            # As a real number: Streamlit's whole-number input raises on "Infinity" in a link. `value` makes it whole.
            low, high, step, default = map(float, (control.low, control.high, control.step, control.default))
            raw = st.number_input(control.label, low, high, value=default, step=step, format="%.0f", **common)
        case "toggle":
            raw = st.toggle(control.label, control.default, **common)
        case "segmented":
            raw = st.segmented_control(control.label, labels, default=control.default, required=True, **common)
        case "select":
            raw = st.selectbox(control.label, labels, index=labels.index(control.default), **common)
        case "steps":
            raw = st.select_slider(control.label, labels, value=control.default, **common)
    if not shown_before and (control.clean(raw) != raw or control.clean(raw) != expected):
        # In its first run a widget takes what the link says over what it is given, and it may read an odd link otherwise than
        # `state` did, for a picture above it. From the next run on both have what the widget holds.
        st.rerun()
    return control.value(raw)
