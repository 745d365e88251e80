"""What `/cures` says of the real network: each way to train it beside plain descent, seed by seed."""

import math
from collections.abc import Mapping

from core.network.cures_table import CureCell
from core.network.digits import TRAIN
from core.network.treatments import TREATMENTS
from dashboard.look.formats import arrival, plural, three, whole
from dashboard.topics.cures.frames_deeper import WAYS, Arms

NETWORK = (
    "Optimiser steps to a training loss of 0.1 on handwritten digits, a dot per seed, a row for each network and a line in it for each "
    "optimiser, each at its own best learning rate, on a log axis."
)


def legend(found: Arms) -> str:
    """How to read the picture; hollow dots where there are any."""
    missed = any(math.inf in cell.each[cell.tried] for cell in found.values())
    hollow = " A run that has not arrived is a hollow dot." if missed else ""
    return (
        "Handwritten digits, to a training loss of 0.1. A dot is one seed, the tick their median, which the column on the right says in "
        f"number; left is fast.{hollow} Each line is at its own best *η*. One is called faster than another only where each seed that was "
        "tried is, from the same initial weights."
    )


def where(layers: int, batch: int) -> str:
    """A depth and a batch size, in words."""
    size = {1: "one image a step", TRAIN: "the full batch"}.get(batch, f"batches of {batch}")
    return f"{plural(layers, 'hidden layer')}, {size}"


def not_measured(asked: tuple[int, int], shown: tuple[int, int]) -> str:
    """Where another depth or batch size is shown than was asked for."""
    return "" if asked == shown else f"Not measured: {where(*asked)}. Shown: {where(*shown)}."


def count(cell: CureCell) -> str:
    """The median of the steps, or that most runs have not arrived."""
    return arrival(cell.median, cell.trial.most_steps)


def wins(one: CureCell, other: CureCell) -> int:
    """The seeds that are faster one way than the other, from the same initial weights, of those that were tried both ways."""
    return int((one.each < other.each)[one.tried & other.tried].sum())


def beats(one: CureCell, other: CureCell) -> bool:
    """Whether each seed that was tried both ways is faster one way than the other."""
    return wins(one, other) == _both(one, other)


def _both(one: CureCell, other: CureCell) -> int:
    """The seeds that were tried both ways."""
    return int((one.tried & other.tried).sum())


def _seeds(one: CureCell, other: CureCell) -> str:
    """In how many of the seeds one way is the faster."""
    faster, of = wins(one, other), _both(one, other)
    return f"{'all' if faster == of else f'{faster} of'} {plural(of, 'seed')}"


def _beside(one: CureCell, other: CureCell) -> str:
    """In how many seeds one way is the faster, and in how many the slower; the rest take the same steps."""
    return f"faster in {wins(one, other)} of {plural(_both(one, other), 'seed')}, slower in {wins(other, one)}"


def _alone(cell: CureCell) -> str:
    """Which seeds are spoken of, where they are not all."""
    return "" if cell.tried.all() else " with the first seed, the only one tried"


def network(found: Arms, shown: tuple[int, int]) -> str:
    """What each optimiser does for the sigmoid network, and what centring does on top of it."""
    plain, said = found["sgd", "sigmoid"], []
    for optimiser, key in WAYS.items():
        raw = found.get((optimiser, "sigmoid"))
        if raw is None:
            continue
        name = f"**{key[0].upper()}{key[1:]}**"
        if raw is plain:
            tried = " with the first seed, and the others were not tried" if not raw.tried.all() else ""
            first = f"**Plain descent**, {where(*shown)}: {count(raw)} steps{tried}"
        elif not (raw.arrives or plain.arrives):
            first = f"{name} does not arrive either{_alone(raw)}: {count(raw)} steps"
        elif raw.arrives and not plain.tried.all():
            first = f"{name} arrives, after {count(raw)} steps; plain descent takes {count(plain)}{_alone(plain)}"
        elif beats(raw, plain):
            first = f"{name} helps: {count(raw)} steps instead of {count(plain)}"
        elif beats(plain, raw):
            first = f"{name} is slower: {count(raw)} steps, not {count(plain)}"
        else:
            first = f"{name} cannot be told from plain descent: {count(raw)} steps beside {count(plain)}, {_beside(raw, plain)}"
        centred = found.get((optimiser, "centred"))
        said.append(f"{first}." if centred is None else f"{first}. {_centring(raw, centred)}")
    return "\n\n".join(said)


def _centring(raw: CureCell, centred: CureCell) -> str:
    """What centring adds to one optimiser."""
    if not (raw.arrives or centred.arrives):
        return f"With the hidden outputs centred it does not either{_alone(centred)}."
    if centred.arrives and not raw.tried.all():
        return f"With the hidden outputs centred it arrives, after {count(centred)} steps."
    if beats(centred, raw):
        factor = raw.median / centred.median
        times = f", {three(factor)} times as fast" if math.isfinite(factor) else ""
        return f"With the hidden outputs centred: {count(centred)}{times}."
    if beats(raw, centred):
        return f"With the hidden outputs centred it is slower: {count(centred)}."
    return f"With the hidden outputs centred: {count(centred)}, {_beside(centred, raw)}."


def others(found: Arms) -> str:
    """The networks that are neither the sigmoid nor its centred twin, by plain descent, against the sigmoid's."""
    plain = found["sgd", "sigmoid"]
    told: dict[str, list[str]] = {
        "faster": [],
        "slower": [],
        "not to be told apart": [],
        "arrive": [],
        "do not arrive": [],
    }
    for (optimiser, treatment), cell in found.items():
        if optimiser == "sgd" and treatment not in ("sigmoid", "centred"):
            if not plain.tried.all():
                kind = "arrive" if cell.arrives else "do not arrive"
            else:
                kind = "faster" if beats(cell, plain) else "slower" if beats(plain, cell) else "not to be told apart"
            told[kind].append(f"{TREATMENTS[treatment].label} ({count(cell)})")
    said = "\n".join(f"- {kind}: {'; '.join(names)}" for kind, names in told.items() if names)
    beside = f"beside the sigmoid's {count(plain)} steps"
    if not plain.tried.all():
        beside = f"where the sigmoid's takes {count(plain)} steps{_alone(plain)}"
    return f"By plain descent, {beside}:\n\n{said}" if said else ""


_WAYS: Mapping[tuple[str, str], str] = {
    ("sgd", "sigmoid"): "plain",
    ("momentum", "sigmoid"): "momentum",
    ("adam", "sigmoid"): "Adam",
    ("sgd", "centred"): "plain, centred",
}
_PLAIN = ("sgd", "sigmoid")


def _sizes(by: Mapping[int, Arms]) -> list[int]:
    """The batch sizes with which plain descent was measured."""
    return [size for size, found in by.items() if _PLAIN in found]


def batches_head(by: Mapping[int, Arms]) -> list[str]:
    """The head of `batches`."""
    return ["images a step", *map(whole, _sizes(by))]


def batches(by: Mapping[int, Arms]) -> list[list[str]]:
    """A row for each way to train one hidden layer of sigmoids: the steps at each batch size, in bold where they beat plain descent. by: images
    a step."""
    rows = []
    for way, name in _WAYS.items():
        row = [name]
        for size in _sizes(by):
            cell, plain = by[size].get(way), by[size][_PLAIN]
            row.append("–" if cell is None else f"**{count(cell)}**" if beats(cell, plain) else count(cell))
        rows.append(row)
    return rows


def batched(by: Mapping[int, Arms]) -> str:
    """What the table of batch sizes shows, as far as its ends bear it out."""
    said = "One hidden layer, by batch size; bold where each seed is faster than by plain descent."
    helped = {
        size: [way for way in _WAYS if way != _PLAIN and way in by[size] and beats(by[size][way], by[size][_PLAIN])]
        for size in _sizes(by)
    }
    small, large = min(helped), max(helped)
    if not helped[small] and helped[large]:
        return (
            f"{said} With {'one image' if small == 1 else f'{small} images'} a step none is: there noise limits *η*, more than curvature does. With "
            f"{whole(large)} images {len(helped[large])} of {len(_WAYS) - 1} are."
        )
    return said


def fair(found: Arms) -> str:
    """How the real networks were compared; that no best learning rate is at an end of those tried is said where it is so."""
    arrived = [cell for cell in found.values() if cell.arrives]
    tried = sum(len(cell.etas) for cell in found.values())
    inside = all(cell.inside for cell in arrived)
    ends = (
        "no best one is the smallest or the largest that was tried"
        if inside
        else "some best ones are the last that were tried"
    )
    never = sum(not cell.arrives for cell in found.values())
    given_up = (
        f" {plural(never, 'way')} did not arrive with the first seed at any rate: there the rates are a factor 2 apart, and the other seeds "
        "were not tried."
        if never
        else ""
    )
    return (
        f"**How the real networks are compared.** {plural(len(found), 'way')} to train are in the picture, each at the best of its own learning rates, "
        f"a factor √2 apart; {tried} were tried in all, and {ends}. Five seeds each, 32 units a layer, LeCun's weights; momentum 0.9.{given_up} The loss is looked at "
        "each time the steps have grown by 5 %. `python -m core.network.cures_run` computes the table again."
    )


def deep(found: Arms | None) -> str:
    """What Adam does for five hidden layers of sigmoids, and what it leaves; nothing where that was not measured."""
    keys = (("sgd", "sigmoid"), ("adam", "sigmoid"), ("adam", "centred"))
    if found is None or not all(key in found for key in keys):
        return ""
    plain, adam, both = (found[key] for key in keys)
    if not beats(adam, plain):
        return ""
    return (
        f"In five hidden layers of sigmoids, with batches of {plain.trial.batch}, Adam takes {count(adam)} steps where plain descent takes "
        f"{count(plain)}: its strides are alike in all layers. Centred as well it takes {count(both)} ({_beside(both, adam)}). "
    )


def headline(found: Arms | None) -> str:
    """What is measured in a deep network, beside what the one neuron says: which of Adam and centring does more there, and both together."""
    keys = (("sgd", "sigmoid"), ("adam", "sigmoid"), ("sgd", "centred"), ("adam", "centred"))
    if found is None or not all(key in found and found[key].arrives for key in keys):
        return ""
    plain, adam, centred, both = (found[key] for key in keys)
    said = f"In a network of five hidden layers, with batches of {plain.trial.batch}, plain descent takes {count(plain)} steps, with centred outputs {count(centred)}, and Adam {count(adam)}"
    if beats(adam, centred):
        said += ": there Adam does more than centring"
    elif beats(centred, adam):
        said += ": there too centring does more than Adam"
    together = f"Both together take {count(both)}"
    if beats(both, adam) and beats(both, centred):
        return f"{said}. {together}, fewer than either alone."
    # The one that is beaten more often first.
    (first, often), (second, seldom) = sorted(
        (("Adam alone", adam), ("centring alone", centred)), key=lambda one: -wins(both, one[1])
    )
    return f"{said}. {together}: fewer than {first} in {_seeds(both, often)}, than {second} in {wins(both, seldom)}."
