"""What `/network` found: the two by two of slope and centring, and a sentence for each cause, with how far the seeds are apart."""

import math

from dashboard.look.formats import percent, three, whole
from dashboard.topics.network.compare import Difference, Saturation, Square, Verdict
from dashboard.topics.network.frames import known_mean
from dashboard.topics.network.words import seeds, steps

SQUARE_HEAD = ("steps", "not centred", "centred", "centring")


def square(four: Square) -> list[list[str]]:
    """Slope down, centring across, and beside each pair what the change does."""
    return [
        ["slope ¼: *σ*", f"**{steps(four.plain)}**", f"**{steps(four.centred)}**", effect(four.centring)],
        ["slope 1: 4*σ*", f"**{steps(four.steep)}**", f"**{steps(four.steep_centred)}**", effect(four.steep_centring)],
        ["times four", effect(four.slope), effect(four.centred_slope), ""],
    ]


UNCLEAR = "no clear difference"
"""Of two rows of which some seeds say one thing and some another."""


def effect(change: Difference) -> str:
    """What a change does, for a cell."""
    said = {Verdict.FEWER: "fewer: ÷", Verdict.MORE: "more: ×"}.get(change.verdict)
    if said is None:
        return {Verdict.SAME: "the same", Verdict.NEITHER: "–"}.get(change.verdict, UNCLEAR)
    if not change.both_arrive:
        return "arrives" if change.after.arrived else "fails" if change.before.arrived else UNCLEAR
    return f"{said} {three(change.factor)}"


def _finding(name: str, change: Difference) -> str:
    """What a change does, in a sentence with its numbers and how far the seeds are apart."""
    before, after, cap = steps(change.before), steps(change.after), whole(change.before.cap)
    match change.verdict:
        case Verdict.NEITHER:
            return f"{name} cannot be judged here: no run arrives within {cap} steps, with it or without."
        case Verdict.SAME:
            return f"{name} changes nothing: {before} steps either way, seed by seed."
        case Verdict.FEWER if change.both_arrive:
            return f"{name} brings {before} steps down to {after}, with every seed, by {_by(change)}."
        case Verdict.MORE if change.both_arrive:
            return f"{name} takes {before} steps up to {after}, with every seed, by {_by(change)}."
        case Verdict.FEWER if change.after.arrived:
            return f"{name} makes it arrive, after {after} steps; without it, most runs do not within {cap}."
        case Verdict.MORE if change.before.arrived:
            return f"{name} keeps it from arriving within {cap} steps; without it, {before} are enough."
        case _:
            return f"{name} makes no clear difference over {seeds(change)}: {before} steps without, {after} with."


def _by(change: Difference) -> str:
    """How far apart the seeds say that two rows are."""
    low, high = change.range
    if math.isinf(high):
        return f"a factor of {three(low)} at least"
    return f"a factor of {three(low)}" if three(low) == three(high) else f"a factor of {three(low)} to {three(high)}"


def findings(four: Square, saturation: Saturation, flips: str, lock: str) -> str:
    """A sentence each."""
    said = (
        _finding("**Centring** alone", four.centring),
        _finding("**Times four** alone (4*σ*: four times the slope, and the mean as well)", four.slope),
        _finding("**Times four** once centred (four times the slope, and no mean)", four.centred_slope),
        _finding("Doing **both**", four.both),
        _saturation(saturation),
        flips,
        lock,
    )
    return "\n".join(f"- {one}" for one in said)


MOSTLY = 2 / 3
"""From this share of the pairs on, the page says that they mostly go one way."""


def _saturation(found: Saturation) -> str:
    """What the pairs of the table bear out, and no more: what its networks differ in is not saturation alone."""
    if found.pairs < 2:
        return "**Saturation** cannot be judged here: fewer than two pairs of the networks in the table below (half flipped left out) differ in it and in their steps."
    slower, faster = found.with_it, found.against
    counted = (
        f"of the {found.pairs} pairs of networks in the table below that differ in both (half flipped left out), the more saturated takes more steps in {slower} and "
        f"fewer in {faster}"
    )
    if slower >= MOSTLY * found.pairs:
        lead = f"**Saturation** {'always' if not faster else 'mostly'} goes with more steps here"
    elif faster >= MOSTLY * found.pairs:
        lead = f"**Saturation** {'always' if not slower else 'mostly'} goes with fewer steps here"
    else:
        lead = "**Saturation** does not tell which network is faster here"
    return f"{lead}: {counted}. They differ in more than that, so what saturation does by itself is not tested."


def flips(alike: int, arrive: int) -> str:
    """The flipped network against its twin, over all learning rates and seeds. alike: pairs that arrive at the same step, of
    `arrive` that arrive."""
    if alike < arrive:
        return (
            f"**The shared sign**: flip half the hidden units, and {alike} of the {arrive} sigmoid runs that arrive, at all learning "
            "rates and seeds of this batch size, do so at the same step as before."
        )
    return (
        f"**The shared sign** costs nothing. Flipping half the hidden units is a mirror: it parts the signs and leaves each mean's size. All "
        f"{arrive} sigmoid runs that arrive, at all learning rates and seeds of this batch size, do so at the same step as before."
    )


def lock(one: Square, full: Square) -> str:
    """The lock at batch size 1, and what centring does there and in the full batch; one hidden layer, each at its best."""

    def gains(here: Square) -> str:
        said = {
            Verdict.FEWER: "it brings {} steps down to {}",
            Verdict.MORE: "it takes {} steps up to {}",
        }.get(here.centring.verdict, f"it makes no clear difference over {seeds(here.centring)} ({{}} and {{}} steps)")
        return said.format(steps(here.plain), steps(here.centred))

    decides = "decides" if one.centring.verdict is not full.centring.verdict else "does not decide"
    return (
        f"**Batch size** {decides} whether centring gains, with one hidden layer and each at its best *η*. With the full batch {gains(full)}. With one sample "
        f"a step, where {percent(known_mean(one.plain.locked))} of the neurons have an update all of one sign, {gains(one)}.{_capped(one, full)}"
    )


FAR = 4
"""From so many times on a learning rate is far above another."""


def _capped(one: Square, full: Square) -> str:
    """What the best learning rates say of that: whether it is the steep direction that caps them."""
    if not full.plain.eta < full.centred.eta:
        return ""
    said = f" Centred, the best *η* goes from {three(full.plain.eta)} to {three(full.centred.eta)} with the full batch"
    if one.plain.eta != one.centred.eta or FAR * one.plain.eta > full.plain.eta:
        return f"{said}, from {three(one.plain.eta)} to {three(one.centred.eta)} with one sample a step."
    return (
        f"{said}. With one sample a step it stays at {three(one.plain.eta)}, far below what the steep direction allows: the noise of "
        "single samples caps it first."
    )
