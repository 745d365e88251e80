"""What a link says that a page does not take as it stands: it is said, and the address is put right. What is understood stays."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.topics import TOPICS
from dashboard.ui.control import Choice, Control, Number, Span, Toggle
from tests.apptest import open_page, read_page
from tests.breadth import wide
from tests.browser.tabs import link, written

SET = [slug for slug, topic in TOPICS.items() if topic.controls]
pytestmark = pytest.mark.usefixtures("short_training")


def misread(at: AppTest) -> str:
    """The line that says what of the link was not understood; empty where there is none."""
    return next((text.value for text in at.text if text.value.startswith("Of this link: ")), "")


def address(at: AppTest) -> dict[str, list[str]]:
    """The query parameters in the address bar."""
    return {key: [text] if isinstance(text, str) else text for key, text in dict(at.query_params).items()}


def odd(control: Control) -> list[str]:
    """Texts of a link that the control does not take as they stand."""
    match control:
        case Toggle():
            return ["yes"]
        case Choice():
            return [f"{control.default_state}x"]
        case Number():
            return ["0,5", str(control.high + 1), "6.6"]
        case Span():
            return ["0,5", str(control.high + control.step), str(control.default + control.step / 2.5)]
    raise TypeError(type(control).__name__)


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.parametrize("slug", SET)
def test_what_is_not_understood_is_said_and_the_address_is_put_right(slug: str, turn: int) -> None:
    controls = TOPICS[slug].controls.values()
    query = {one.key: odd(one)[min(turn, len(odd(one)) - 1)] for one in controls}
    at = read_page(slug, **query, **{f"{slug}_deeper": "true", f"{slug}_etta": "1"})
    said = misread(at)
    for one in list(controls)[:3]:
        assert f"{one.key}={query[one.key]} is " in said
        assert f"shown: {one.write(one.read(query[one.key]))}" in said
    assert f"and {len(controls) + 1 - 3} more" in said
    wanted: dict[str, Any] = {
        one.key: [one.write(state)] for one in controls if (state := one.read(query[one.key])) != one.default_state
    }
    assert address(at) == {**wanted, f"{slug}_deeper": ["true"]}


@pytest.mark.parametrize("slug", SET)
def test_a_key_given_twice_is_said(slug: str) -> None:
    one = next(iter(TOPICS[slug].controls.values()))
    last = written(link(slug, "other")[one.key])
    at = read_page(slug, **{one.key: [one.write(one.default_state), last]})
    assert misread(at) == f"Of this link: {one.key} is there 2 times; shown: {last}."
    assert address(at) == {one.key: [last]}


@pytest.mark.parametrize("slug", SET)
def test_a_link_that_is_understood_is_left_alone(slug: str) -> None:
    """Defaults that a copied link writes out stay in it, and nothing is said."""
    query = {one.key: [one.write(one.default_state)] for one in TOPICS[slug].controls.values()}
    at = read_page(slug, **query)
    assert address(at) == query
    assert not misread(at)


@pytest.mark.parametrize("slug", SET)
def test_a_written_out_link_stays_so_and_what_a_sentence_has_left_at_its_end_is_taken_away(slug: str) -> None:
    """Pasted from a text, in brackets or before a full stop; later defaults are not to change what was written out."""
    controls = list(TOPICS[slug].controls.values())
    query = {one.key: one.write(one.default_state) for one in controls}
    last = controls[-1]
    for end in wide(("", ")", ".", ").", "”,"), ")", "”,"):
        at = read_page(slug, **{**query, last.key: query[last.key] + end})
        assert misread(at) == ""
        assert address(at).keys() == query.keys()
        assert {key: TOPICS.controls[key].read(text) for key, [text] in address(at).items()} == {
            one.key: one.default_state for one in controls
        }


def test_the_size_of_type_is_a_word_of_every_link():
    at = open_page("neuron", type="large", neuron_flip="true")
    assert misread(at) == "" and address(at) == {"type": ["large"], "neuron_flip": ["true"]}
    at = open_page("neuron", type="huge", neuron_flip="true")
    assert misread(at) == "Of this link: type is large or left out." and address(at) == {"neuron_flip": ["true"]}
    at = open_page("neuron", type="large", neuron_share="true", neuron_etta="1")
    at.session_state["neuron_share"] = True
    assert "type=large" in at.run().code[0].value
