"""Settings to hold a page's sentences against: the default, every preset, each control at its ends, and drawn ones."""

from collections.abc import Iterator
from random import Random
from typing import Any

from dashboard.topics import TOPICS
from dashboard.ui.control import Choice, Control, Toggle


def _ends(control: Control) -> list[Any]:
    if isinstance(control, Choice):
        return list(control.choices.values())
    if isinstance(control, Toggle):
        return [False, True]
    return [control.clean(control.low), control.clean(control.high)]  # type: ignore[attr-defined]


def _drawn(control: Control, random: Random) -> Any:
    if isinstance(control, (Choice, Toggle)):
        return random.choice(_ends(control))
    value = random.uniform(control.low, control.high)  # type: ignore[attr-defined]
    return control.clean(int(value) if isinstance(control.default, int) else value)


def grid(slug: str, drawn: int = 100, seed: int = 0) -> Iterator[Any]:
    """Settings of the page `slug`: its default, its presets, each control at each end (a choice: at each value) with the rest
    at their defaults, and `drawn` ones with everything drawn at random, the same for one `seed`."""
    topic = TOPICS[slug]
    settings = topic.settings
    yield settings()
    yield from (preset.at for preset in topic.presets)
    for name, control in topic.controls.items():
        yield from (settings(**{name: value}) for value in _ends(control))
    random = Random(seed)
    for _ in range(drawn):
        yield settings(**{name: _drawn(control, random) for name, control in topic.controls.items()})
