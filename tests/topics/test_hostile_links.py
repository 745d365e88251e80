"""Every page through the real entry point with hostile links, one value at a time and several at once."""

import logging
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.topics import TOPICS
from dashboard.ui.control import Number, Span
from tests.apptest import open_page, read_page, said
from tests.bench.links import Watch, queries, singles, try_link
from tests.breadth import drawn

pytestmark = pytest.mark.usefixtures("short_training")


@pytest.fixture
def watch():
    handler, logger = Watch(), logging.getLogger("streamlit")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


@pytest.mark.parametrize("topic", list(TOPICS))
@settings(max_examples=drawn(2, 5), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_several_hostile_values_at_once(topic, watch, data):
    try_link(topic, data.draw(queries(topic)), watch)


@pytest.mark.parametrize("topic", list(TOPICS))
def test_hostile_values_one_at_a_time(topic, watch):
    every = list(singles(topic))
    for query in random.Random(0).sample(every, k=min(drawn(4, 10), len(every))):
        try_link(topic, query, watch)


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if TOPICS[topic].controls])
def test_a_bad_value_falls_back_to_what_the_page_shows_without_it(topic, watch):
    plain = said(open_page(topic))
    bad = {control.key: "zq7visitor" for control in TOPICS[topic].controls.values()}
    assert said(open_page(topic, **bad)) == plain


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if TOPICS[topic].controls])
def test_a_value_between_two_steps_moves_to_the_nearest_and_the_control_shows_it(topic):
    between = {
        control.key: control.low + 0.7 * control.step
        for control in TOPICS[topic].controls.values()
        if isinstance(control, Span) and (isinstance(control.step, float) or isinstance(control, Number))
    }
    at = read_page(topic, **{key: str(value) for key, value in between.items()})
    shown = {each.key: each.value for each in (*at.slider, *at.number_input) if not each.disabled}
    for key in shown.keys() & between.keys():
        assert shown[key] == pytest.approx(between[key] + 0.3 * TOPICS.controls[key].step)
    on_step = {key: TOPICS.controls[key].clean(value) for key, value in between.items()}
    assert said(read_page(topic, **{key: str(value) for key, value in on_step.items()})) == said(at)


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if TOPICS[topic].controls])
def test_what_is_said_is_what_the_controls_hold(topic):
    """Pictures are drawn before the controls: after an odd link, too, both must be about the same values."""
    every = [query for query in singles(topic) if any(key in TOPICS.controls for key in query)]
    for query in random.Random(1).sample(every, k=drawn(2, 5)):
        at = read_page(topic, **query)
        held = {
            key: at.session_state[key]
            for key in (control.key for control in TOPICS[topic].controls.values())
            if key in at.session_state
        }
        link = {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in held.items()}
        assert said(read_page(topic, **link)) == said(at), query
