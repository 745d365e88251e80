"""Settings and their fields: what is documented is what is taken, whatever is refused is named, and all can be hashed."""

import math
import re
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import core
from core import DataSet, DescentConfig, Discrete, Inputs, PatternConfig
from core.fields import flag, made_of, numbers, one_of, real, settings, settings_classes, several, table, whole


@settings
class Inner:
    """Held by another."""

    size: float = real("its size", 0, 1, default=0.5)


@settings
class Example:
    """One field of every kind."""

    share: float = real("a share", -1, 2.5)
    count: int = whole("a count", 1, 9, default=3)
    colour: str | Inner = one_of("a colour", ("red", "blue"), or_a=(Inner,), default="red")
    on: bool = flag("whether", default=False)
    weights: tuple[float, ...] = numbers("weights", 0, 10, default=())
    rows: tuple[tuple[float, ...], ...] = table("rows", -10, 10, default=((1.0,),))
    names: tuple[str, ...] = several("names", 0, 2, lambda name, value: str(value), default=())
    inner: Inner | DataSet = made_of("another", Inner, DataSet, default=Inner())
    spare: int | None = whole("left out, it is chosen", 1, 5, default=None)


@given(st.floats(-1, 2.5), st.integers(1, 9), st.lists(st.floats(0, 10), max_size=5), st.booleans())
def test_what_is_in_range_is_kept_and_can_be_hashed(share, count, weights, on):
    made = Example(share, count, "blue", on, weights, [weights or [0.0]] * 2, ["a"])
    assert (made.share, made.count, made.on, made.weights) == (share, count, on, tuple(weights))
    assert made.rows == (tuple(weights or [0.0]),) * 2 and made.names == ("a",) and made.spare is None
    again = Example(np.float64(share), np.int64(count), "blue", on, np.array(weights), made.rows, ("a",))
    assert made == again and hash(made) == hash(again)


@given(
    st.one_of(
        st.tuples(st.just("share"), st.floats().filter(lambda x: not -1 <= x <= 2.5)),
        st.tuples(st.just("count"), st.integers().filter(lambda k: not 1 <= k <= 9)),
        st.tuples(st.just("colour"), st.text().filter(lambda t: t not in ("red", "blue"))),
        st.tuples(st.just("on"), st.integers()),
        st.tuples(st.just("weights"), st.lists(st.floats(max_value=-0.1, min_value=-1e9), min_size=1)),
        st.tuples(st.just("rows"), st.sampled_from([[[11.0]], [1.0], [[1.0], [1.0, 2.0]], [[math.nan]], None, "x"])),
        st.tuples(st.just("names"), st.lists(st.text(), min_size=3)),
        st.tuples(st.just("inner"), st.one_of(st.none(), st.text())),
        st.tuples(st.just("spare"), st.integers(6)),
    )
)
def test_what_is_out_of_range_is_refused_by_name(bad):
    name, value = bad
    with pytest.raises(ValueError, match=f"{name}.* = "):
        Example(**{"share": 0.0, name: value})


def test_none_is_taken_only_where_it_is_the_default():
    with pytest.raises(ValueError, match="count = None"):
        Example(0.0, None)


def test_another_object_where_a_field_takes_one():
    assert Example(0.0, colour=Inner(1.0)).colour == Inner(1.0)
    assert Example(0.0, inner=DataSet([[1.0]], [2.0])).inner.samples == 1


def test_the_docstring_says_what_is_taken():
    told = Example.__doc__
    for line in (
        "share: a share; [-1, 2.5].",
        "count: a count; 1 to 9.",
        "colour: a colour; 'red' or 'blue'; or of the class Inner.",
        "weights: weights; each in [0, 10].",
        "rows: rows; each entry in [-10, 10].",
        "inner: another; Inner or DataSet.",
    ):
        assert f"    {line}" in told


LOADED = [getattr(core, name) for name in core.__all__]
"""Loads every module, so that all settings there are have been made."""


@pytest.mark.parametrize("kind", settings_classes(), ids=lambda kind: kind.__name__)
def test_every_documented_range_is_the_accepted_range(kind):
    """The ends of `[low, high]` and of `low to high` are taken by the field, and what is beyond them is not."""
    for one in fields(kind):
        says, check = one.metadata["says"], one.metadata["check"]
        if found := re.search(r"(each in|each entry in|;) \[(\S+), (\S+)\]$", says):
            low, high = float(found[2]), float(found[3])
            wrap = {";": lambda x: x, "each in": lambda x: [x], "each entry in": lambda x: [[x]]}[found[1]]
            beyond = math.nextafter(low, -math.inf), math.nextafter(high, math.inf)
        elif found := re.search(r"; ([\d,]+) to ([\d,]+)$", says):
            low, high = (int(end.replace(",", "")) for end in found.groups())
            wrap, beyond = lambda x: x, (low - 1, high + 1)
        else:
            continue
        for end in (low, high):
            check(one.name, wrap(end))
        for out in beyond:
            with pytest.raises(ValueError, match=re.escape(one.name)):
                check(one.name, wrap(out))


@hypothesis_settings(max_examples=20)
@given(st.lists(st.floats(-2, 2), min_size=2, max_size=2), st.integers(0, 1))
def test_lists_are_as_good_as_tuples_in_every_config(weights, flip):
    law = Inputs("sigmoid", 2, flipped=[flip])
    made = DescentConfig(law, weights, np.array(weights), 0.1), PatternConfig(law), Discrete([0, 1])
    for one in made:
        assert hash(one) == hash(one) and one == type(one)(**{f.name: getattr(one, f.name) for f in fields(one)})
    assert law.signs[flip] == -1
