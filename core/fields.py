"""Settings: frozen dataclasses whose fields carry their own bounds, each declared once.

    @settings
    class Descent:
        eta: float = real("learning rate", 0, 1e9, default=0.1)
        batch: int = whole("samples a step, 0 for all of them", 0, 1024, default=0)

Making one checks every field, in their order, and then calls the class's own `__post_init__`, if it has one, for what
concerns several fields at once. A list where a tuple is meant becomes one, so that settings can always be hashed. What a
field means and takes is added to the class's docstring.
"""

from collections.abc import Callable, Iterable
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, TypeVar, dataclass_transform

from core.checks import check_array, check_choice, check_int, check_items, check_kind, check_real

Check = Callable[[str, Any], Any]
C = TypeVar("C")

_CHECK, _SAYS = "check", "says"
_SETTINGS: list[type] = []


def _declared(says: str, takes: str, check: Check, default: Any) -> Any:
    """A field. Where None is the default it is taken too, and is for the class's own `__post_init__` to replace."""

    def check_unless_left(name: str, value: Any) -> Any:
        return None if value is None and default is None else check(name, value)

    return field(default=default, metadata={_CHECK: check_unless_left, _SAYS: f"{says}; {takes}" if takes else says})


def real(says: str, low: float, high: float, *, default: Any = MISSING) -> Any:
    """A finite number in [low, high]."""
    return _declared(says, f"[{low:g}, {high:g}]", lambda name, value: check_real(name, value, low, high), default)


def whole(says: str, low: int, high: int, *, default: Any = MISSING) -> Any:
    """A whole number in [low, high]."""
    takes = f"{low:,} to {high:,}" if high < 2**31 else f"at least {low:,}"
    return _declared(says, takes, lambda name, value: check_int(name, value, low, high), default)


def one_of(says: str, choices: Iterable[Any], *, or_a: tuple[type, ...] = (), default: Any = MISSING) -> Any:
    """One of `choices`, or an object of one of the classes `or_a`."""
    among = tuple(choices)
    takes = " or ".join(map(repr, among)) if len(among) < 6 else "one of " + ", ".join(map(repr, among))

    def check(name: str, value: Any) -> Any:
        return value if isinstance(value, or_a) else check_choice(name, value, among)

    return _declared(says, "; or of the class ".join([takes, *(kind.__name__ for kind in or_a)]), check, default)


def flag(says: str, *, default: Any = MISSING) -> Any:
    """True or False."""
    return _declared(says, "", lambda name, value: check_choice(name, value, (True, False)), default)


def numbers(says: str, low: float, high: float, *, default: Any = MISSING) -> Any:
    """A sequence of any length of finite numbers in [low, high], kept as a tuple."""

    def check(name: str, value: Any) -> tuple[float, ...]:
        return tuple(check_real(name, float(one), low, high) for one in check_array(name, value, (None,)))

    return _declared(says, f"each in [{low:g}, {high:g}]", check, default)


def table(says: str, low: float, high: float, *, default: Any = MISSING) -> Any:
    """Rows of one length of finite numbers in [low, high], kept as a tuple of tuples."""

    def check(name: str, value: Any) -> tuple[tuple[float, ...], ...]:
        rows = check_array(name, value, (None, None))
        beyond = rows[(rows < low) | (rows > high)]
        if beyond.size:
            check_real(f"an entry of {name}", float(beyond[0]), low, high)
        return tuple(map(tuple, rows.tolist()))

    return _declared(says, f"each entry in [{low:g}, {high:g}]", check, default)


def several(says: str, fewest: int, most: int, check: Check, *, default: Any = MISSING) -> Any:
    """`fewest` to `most` items, each taken by `check(name, item)`, kept as a tuple."""

    def check_all(name: str, value: Any) -> tuple[Any, ...]:
        return tuple(check(name, item) for item in check_items(name, value, fewest, most))

    return _declared(says, f"{fewest} to {most} of them", check_all, default)


def made_of(says: str, *kinds: type, default: Any = MISSING) -> Any:
    """Another settings object, of one of the classes `kinds`."""

    def check(name: str, value: Any) -> Any:
        return check_kind(name, value, *kinds)

    return _declared(says, " or ".join(kind.__name__ for kind in kinds), check, default)


@dataclass_transform(
    frozen_default=True, field_specifiers=(real, whole, one_of, flag, numbers, table, several, made_of)
)
def settings(cls: type[C]) -> type[C]:
    """Class decorator: a frozen dataclass with slots that checks its fields; see the module."""
    own = cls.__dict__.get("__post_init__")

    def check_fields(self: Any) -> None:
        for one in fields(self):
            check = one.metadata.get(_CHECK)
            if check is not None:
                given = getattr(self, one.name)
                taken = check(one.name, given)
                if taken is not given:
                    object.__setattr__(self, one.name, taken)
        if own is not None:
            own(self)

    cls.__post_init__ = check_fields  # type: ignore[attr-defined]
    made = dataclass(frozen=True, slots=True)(cls)
    told = [f"    {one.name}: {one.metadata[_SAYS]}." for one in fields(made) if _SAYS in one.metadata]  # type: ignore[arg-type]
    made.__doc__ = "\n".join([*(made.__doc__ or "").rstrip().splitlines(), "", *told])
    _SETTINGS.append(made)
    return made


def settings_classes() -> tuple[type, ...]:
    """Every class made by `settings` so far."""
    return tuple(_SETTINGS)
