"""Mathematics is set as mathematics: no Greek letter stands spelled out in Latin ones where a visitor sees it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from tests.apptest import datasets

_SPELLED = re.compile(
    r"(?<![\w.\\])(kappas?|etas?|sigma(_\w)?|chi(_1)?|deltas?|mu|lambda(_\w+)?|rho|beta)(?!\w)", re.IGNORECASE
)

_SET = re.compile(r"`[^`]*`|\$[^$]*\$|\S*\?\S+=\S*")
"""Code, what is set already, and links."""

_HIDDEN = frozenset(
    {
        "id",
        "element_id",
        "user_key",
        "url",
        "page",
        "query_string",
        "icon",
        "language",
        "mime",
        "key",
        "spec",
        "default",
    }
)
"""Fields of a message that a visitor does not see, or that are looked at another way."""

_SHOWN = frozenset({"text", "tooltip", "color", "x", "y", "shape", "strokeDash"})
"""Channels of a picture in which a value of a column stands as text: beside a mark, on an axis or in a legend."""


def spelled(text: str) -> list[str]:
    """The Greek letters that `text` spells out, each with what stands around it."""
    bare = _SET.sub("", text)
    return [bare[max(0, found.start() - 30) : found.end() + 30] for found in _SPELLED.finditer(bare)]


def seen(at: AppTest) -> Iterator[str]:
    """Every text of the page that a visitor reads: prose, controls, tables, help, what is in expanders, and pictures."""
    for part in at._tree:
        if getattr(part, "type", "") != "code" and isinstance(getattr(part, "proto", None), Message):
            yield from _texts(part.proto)
    for index, chart in enumerate(at.get("vega_lite_chart")):
        spec, fields = json.loads(chart.proto.spec), set[str]()
        yield from _drawn(spec, fields)
        for frame in datasets(at, index).values():
            for name in fields & set(frame.columns):
                if frame[name].dtype.kind not in "ifb":
                    yield from map(str, frame[name].dropna().unique())


def _texts(message: Message) -> Iterator[str]:
    """The strings of a message and of those in it."""
    for field, value in message.ListFields():
        if field.name not in _HIDDEN:
            for one in value if field.is_repeated else [value]:
                if isinstance(one, str):
                    yield one
                elif isinstance(one, Message) and not field.message_type.GetOptions().map_entry:
                    yield from _texts(one)


def _drawn(part: Any, fields: set[str]) -> Iterator[str]:
    """The texts of a specification: titles, names of sliders, what expressions put together; and into `fields` the columns
    whose values stand in the picture."""
    if isinstance(part, list):
        for one in part:
            yield from _drawn(one, fields)
    elif isinstance(part, dict):
        for channel in _SHOWN & part.get("encoding", {}).keys():
            held = part["encoding"][channel]
            fields |= {one["field"] for one in (held if isinstance(held, list) else [held]) if "field" in one}
        for name, value in part.items():
            if isinstance(value, str) and (name in ("title", "text") or (name == "name" and "input" in part)):
                yield value
            elif isinstance(value, str) and name in ("calculate", "expr", "labelExpr"):
                yield from re.findall(r"'([^']*)'", value)
            elif name == "title" and isinstance(value, list):
                yield from value
            else:
                yield from _drawn(value, fields)
