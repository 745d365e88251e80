"""What holds for every page: presets, copied links, locks, and all controls at their ends at once."""

import itertools
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.topics import TOPICS
from dashboard.ui.control import Choice, Control, Span, Toggle
from dashboard.ui.page import HERE
from dashboard.ui.settings import states
from tests.apptest import assert_calm, open_page, read_page, said
from tests.breadth import wide

pytestmark = pytest.mark.usefixtures("short_training")

SET = [slug for slug, topic in TOPICS.items() if topic.controls]
"""The topics whose pages can be set."""


def moved(control: Control) -> str:
    """A value for a link that is not the control's default."""
    match control:
        case Toggle():
            return control.write(not control.default)
        case Choice():
            return next(label for label, value in control.choices.items() if value != control.default)
        case Span():
            step = control.step if control.default < control.high else -control.step
            return control.write(control.clean(control.default + step))
    raise TypeError(f"tests/topics/test_every_page.py: what does a link hold to move a {type(control).__name__}?")


def shared_link(at: AppTest, slug: str) -> dict[str, Any]:
    """The query parameters of the link that the page offers to copy."""
    at.session_state[f"{slug}_share"] = True
    link = next(code.value for code in at.run().code if code.language != "python")
    return parse_qs(urlsplit(link).query)


@pytest.mark.parametrize("slug", SET)
def test_every_preset_is_a_link_and_a_button_to_the_same_page(slug: str) -> None:
    presets = TOPICS[slug].presets
    elsewhere = {one.key: moved(one) for one in TOPICS[slug].controls.values()}
    by_button = open_page(slug, **elsewhere)
    for preset in presets:
        for key, text in elsewhere.items():
            by_button.session_state[key] = TOPICS.controls[key].read(text)
        by_button.button(key=f"{slug}_preset_{preset.name}").click().run()
        by_link = read_page(slug, **preset.query)
        assert_calm(by_link)
        assert said(by_link) == said(by_button), preset.name
        same = {one.name for one in presets if states(one.at) == states(preset.at)}
        for at in (by_link, by_button):
            labels = {one.name: at.button(key=f"{slug}_preset_{one.name}").label for one in presets}
            assert {name for name, label in labels.items() if HERE in label} == same, "the mark of the preset in force"


@pytest.mark.parametrize("slug", SET)
def test_the_copied_link_writes_every_control_out_and_opens_the_same_page(slug: str) -> None:
    controls = TOPICS[slug].controls.values()
    plain = shared_link(open_page(slug), slug)
    assert {one.key: plain[one.key] for one in controls} == {
        one.key: [one.write(one.default_state)] for one in controls
    }
    elsewhere = {one.key: moved(one) for one in controls}
    at = open_page(slug, **elsewhere)
    # What a page does not have goes to the nearest that it has.
    elsewhere |= {key: at.query_params[key] for key in elsewhere if key in at.query_params}
    link = shared_link(at, slug)
    assert {one.key: link[one.key] for one in controls} == {key: [value] for key, value in elsewhere.items()}
    assert said(read_page(slug, **{key: value[0] for key, value in link.items()})) == said(read_page(slug, **elsewhere))


def drawn(at: AppTest) -> dict[str, Any]:
    """The widgets of the page's controls by key."""
    kinds = (at.slider, at.select_slider, at.selectbox, at.segmented_control, at.toggle, at.number_input)
    return {each.key: each for kind in kinds for each in kind if each.key in TOPICS.controls}


@pytest.mark.parametrize("slug", SET)
def test_locked_controls_are_held_and_a_preset_that_would_move_one_is_disabled(slug: str) -> None:
    controls, presets = TOPICS[slug].controls, TOPICS[slug].presets
    link = {one.key: moved(one) for one in controls.values()} | {f"{slug}_deeper": "true"}
    at = read_page(slug, **link, **{f"{slug}_lock": list(controls)})
    held = drawn(at)
    for one in controls.values():
        if one.key in held:
            assert held[one.key].disabled and one.write(one.clean(held[one.key].value)) == moved(one)
    assert all(at.button(key=f"{slug}_preset_{preset.name}").disabled for preset in presets)
    # With one of them locked, the others are free, and so is a preset that would leave it where it is.
    for one in (next(iter(controls.values())), list(controls.values())[-1]):
        at = read_page(slug, **{one.key: moved(one), f"{slug}_lock": [one.name], f"{slug}_deeper": "true"})
        disabled = {key for key, each in drawn(at).items() if each.disabled}
        assert disabled == {one.key} & drawn(at).keys()
        for preset in presets:
            moves = preset.query.get(one.key, one.write(one.default_state)) != moved(one)
            assert at.button(key=f"{slug}_preset_{preset.name}").disabled == moves, (one.name, preset.name)


@pytest.mark.parametrize("slug", SET)
def test_a_control_that_does_not_apply_is_not_drawn_and_keeps_its_value(slug: str) -> None:
    """Moved and then hidden by another control, it is in the link all the while, and comes back as it was."""
    controls = TOPICS[slug].controls.values()
    link = {one.key: moved(one) for one in controls}
    at = open_page(slug, **link, **{f"{slug}_deeper": "true"})
    # What a page does not have goes to the nearest that it has.
    link |= {key: at.query_params[key] for key in link if key in at.query_params}
    seen = set(drawn(at))
    for one in controls:
        if not isinstance(one, (Choice, Toggle)) or one.key not in drawn(at):
            continue
        for other in {one.default_state, list(one.choices)[-1] if isinstance(one, Choice) else one.default_state}:
            before = set(drawn(at))
            drawn(at)[one.key].set_value(other).run()
            after, mine = set(drawn(at)), drawn(at)[one.key]
            gone = before - after
            assert all(at.query_params.get(key) == link[key] for key in gone), one.key
            seen |= after
            mine.set_value(one.read(link[one.key]))
            # Where nothing came or went, it goes back with the next one.
            if after != before:
                at.run()
            back = {key: TOPICS.controls[key].write(drawn(at)[key].value) for key in gone}
            assert back == {key: link[key] for key in gone}, one.key
    assert seen == {one.key for one in controls}, "a control that is nowhere drawn"


@cache
def charts_of(slug: str) -> int:
    """How many charts the page has, with all it holds open."""
    return len(read_page(slug, **{f"{slug}_deeper": "true"}).get("vega_lite_chart"))


@pytest.mark.parametrize(
    ("end", "option"),
    wide(itertools.product(("low", "high"), range(4)), ("low", 0), ("high", 1), ("low", 2), ("high", 3)),
)
@pytest.mark.parametrize("slug", SET)
def test_all_controls_at_one_end_at_once(slug: str, end: str, option: int) -> None:
    """Numbers at their ends, with the first four options of every choice."""
    query = {f"{slug}_deeper": "true"}
    for one in TOPICS[slug].controls.values():
        match one:
            case Span():
                query[one.key] = one.write(getattr(one, end))
            case Choice():
                query[one.key] = list(one.choices)[option % len(one.choices)]
            case Toggle():
                query[one.key] = one.write(end == "high")
    at = read_page(slug, **query)
    assert_calm(at)
    assert not re.search(r"\b(nan|inf)\b", said(at).lower())
    drawn_charts = len(at.get("vega_lite_chart"))
    # With start and target at one end there is nothing to learn, and a chart of nothing is left out.
    assert drawn_charts == charts_of(slug) or (0 < drawn_charts < charts_of(slug) and "nothing to learn" in said(at))


def calculated(part: Any) -> Iterator[tuple[str, str]]:
    """Every field that a specification calculates, and from what."""
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from calculated(inner)
    for one in part.get("transform", ()) if isinstance(part, dict) else ():
        if "calculate" in one:
            yield one["as"], one["calculate"]


@pytest.mark.parametrize("slug", TOPICS)
def test_no_field_is_calculated_from_itself(slug: str) -> None:
    """Where a signal moves, Vega calculates a row's field again, from what the row holds by then: it would drift at each move."""
    at = read_page(slug, **{f"{slug}_deeper": "true"})
    assert_calm(at)
    found = [one for chart in at.get("vega_lite_chart") for one in calculated(json.loads(chart.proto.spec))]
    assert found or slug in ("network", "yours")
    assert not [one for one in found if re.search(rf"datum(\.{one[0]}\b|\['{one[0]}'\])", one[1])]


APART = {
    "question": ("note", "kappa", "scores", "score_words", "step_told", "glyph", "said"),
    "neuron": ("note", "kappa", "scores", "score_words", "step_told", "glyph", "name"),
    "signs": ("title", "compared", "step_told"),
    "saturation": ("spread_told", "layer_told", "read"),
    "output": ("step_told", "told", "cost"),
    "depth": ("heading",),
    "cures": ("name", "counts", "title", "kappa_told", "step_told", "read"),
    "yours": ("text",),
}
"""Texts of pictures with lines to which no line comes, by the name of their layer or their field: they stand over a picture or under
it, in room of their own, or at the end of their line."""

RIM = {"stroke", "strokeWidth", "strokeJoin", "aria"}


def views(part: Any) -> Iterator[list[dict[str, Any]]]:
    """The marks of every view in a specification, from the lowest up."""
    if isinstance(part, dict) and "layer" in part:
        yield [mark for one in part["layer"] for mark in next(views(one), [one])]
    else:
        for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            yield from views(inner)


@pytest.mark.parametrize("slug", TOPICS)
def test_no_name_is_struck_through_by_a_curve(slug: str) -> None:
    """Where lines are drawn a text has a rim of the page's colour under it, or stands where none comes to."""
    at = read_page(slug, **{f"{slug}_deeper": "true"})
    drawn = [marks for chart in at.get("vega_lite_chart") for marks in views(json.loads(chart.proto.spec))]
    bare = set()
    for marks in drawn:
        if {"line", "rule", "area"} & {one["mark"]["type"] for one in marks}:
            for under, one in itertools.pairwise(marks):
                rimmed = under["mark"].get("stroke") == {"expr": "background"} and one["mark"] == {
                    key: value for key, value in under["mark"].items() if key not in RIM
                }
                if one["mark"]["type"] == "text" and "stroke" not in one["mark"] and not rimmed:
                    bare.add(one.get("name") or one["encoding"]["text"].get("field") or "heading")
    assert bare == set(APART.get(slug, ()))
