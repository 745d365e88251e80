"""What `/network` says. Every count is the shipped table's, for the batch size and the learning rates shown; and whether something
is a difference is decided by the seeds (`compare`), never by a setting's name."""

import math
from collections.abc import Sequence

from core.network.ablation import TARGET
from core.network.digits import TRAIN
from dashboard.look.formats import fixed, plural, three, whole
from dashboard.topics.network.compare import Difference, Square, Verdict
from dashboard.topics.network.frames import Further, Reading, Row, known_mean

LEGEND = (
    "A dot is one seed. The tick and the number over it are the median of the seeds; left is fast.{} Click a dot to train its run again, "
    "below. *4 x sigmoid* is 4*σ*(*z*): slope, mean and spread of a hidden output are all four times sigmoid's. *4 x centred sigmoid* is "
    "4(*σ*(*z*) − ½)."
)
HINTS = (
    "Steps: the median of the seeds. Digits read right: the share of unseen ones, on arrival. Units saturated: their share on an "
    "average image. Updates of one sign: the share of neurons behind the hidden units whose update is all of one sign. The last two "
    "are on arrival, or at the end of a run that did not arrive; –: not recorded."
)


def legend(shown: Reading) -> str:
    """How to read the picture; crosses where there are any."""
    missed = any((row.steps < 0).any() for row in shown.rows.values())
    return LEGEND.format(" A run that did not arrive is a cross." if missed else "")


def steps(row: Row) -> str:
    """The median of a row in words."""
    return whole(round(row.median)) if row.arrived else f"not within {whole(row.cap)}"


def seeds(change: Difference) -> str:
    """How many seeds two rows are compared over."""
    return plural(len(change.before.steps), "seed")


def takes(row: Row) -> str:
    """The same as a verb."""
    if row.arrived:
        return f"takes **{whole(round(row.median))}** steps"
    most = "mostly " if (row.steps >= 0).any() else ""
    return f"{most}does not get there within **{whole(row.cap)}** steps"


def alt(shown: Square) -> str:
    """The picture in a sentence, by case and without its numbers."""
    centred = {
        Verdict.FEWER: "The centred sigmoid network takes fewer steps than the sigmoid one with every seed",
        Verdict.MORE: "The centred sigmoid network takes more steps than the sigmoid one with every seed",
        Verdict.SAME: "The centred sigmoid network takes exactly as many steps as the sigmoid one",
        Verdict.NEITHER: "Neither the sigmoid network nor its centred twin arrives",
    }.get(
        shown.centring.verdict,
        "The centred sigmoid network is faster than the sigmoid one with some seeds, and not with others",
    )
    flipped = ", and the one with half its units flipped takes exactly as many as the sigmoid one"
    return (
        f"{centred}{flipped if shown.flip.verdict is Verdict.SAME else ''}: optimiser steps to a training loss of {TARGET:g} on "
        "handwritten digits, a dot per seed and a row per variant, on a log axis."
    )


def setting(shown: Reading) -> str:
    """The batch and the depth in words."""
    batch, depth = shown.experiment.batch, shown.experiment.depth
    size = "one sample a step" if batch == 1 else "the full batch" if batch == TRAIN else f"batches of {batch}"
    return f"{size}, {'one hidden layer' if depth == 1 else f'{depth} hidden layers'}"


def _rates(shown: Reading, row: Row) -> str:
    return f"all at learning rate *η* = {three(row.eta)}" if shown.same else "each at its best learning rate, *η*"


def beside(change: Difference) -> str:
    """What the seeds say of the steps of two networks, after the second's."""
    return {
        Verdict.FEWER: ": fewer with every seed",
        Verdict.MORE: ": more with every seed",
        Verdict.SAME: ": the same with every seed",
        Verdict.NEITHER: " either",
    }.get(change.verdict, f", and over {seeds(change)} neither is clearly faster")


def answer(shown: Reading, four: Square) -> str:
    """The page's answer with live numbers, and whether they are apart."""
    return (
        f"To bring the training loss on handwritten digits down to {TARGET:g}, a sigmoid network {takes(four.plain)}. With its "
        f"hidden outputs centred (*σ* − ½) it {takes(four.centred)}{beside(four.centring)}. With its hidden outputs times four (4*σ*, "
        f"not centred) it {takes(four.steep)}{beside(four.slope)}. This is with {setting(shown)}, {_rates(shown, four.plain)}."
    )


def untried(asked: float, eta: float, shown: Reading) -> str:
    """What was asked for and is not in the table, and what is shown instead: learning rates."""
    return f"*η* = {asked:g} was not tried with {setting(shown)}. Shown is the nearest that was, {eta:g}."


DEEP = "The runs of this picture with five hidden layers have batches of 64 only."


HEAD = ("variant", "steps", "digits read right", "units satu\u00adrated", "updates of one sign")
"""With a place to part a word on a phone."""


def numbers(shown: Reading, others: Sequence[Further]) -> list[list[str]]:
    """A row per variant: its steps, and what it was like on arrival, as far as that was recorded."""
    rows = [
        [
            row.variant.label,
            _told(row),
            _mean(row.on_arrival),
            _mean(known_mean(row.saturated)),
            _mean(known_mean(row.locked)),
        ]
        for row in shown.rows.values()
    ]
    for one in others:
        taken = whole(round(one.median)) if math.isfinite(one.median) else f"not within {whole(one.cap)}"
        rows.append([one.label, taken, _mean(one.accuracy), "–", "–"])
    return rows


def _told(row: Row) -> str:
    """The median, and how many of the seeds arrive where not all do."""
    arrive = int((row.steps >= 0).sum())
    return steps(row) if arrive in (0, len(row.steps)) else f"{steps(row)} ({arrive} of {len(row.steps)} arrive)"


def _mean(share: float) -> str:
    return "–" if math.isnan(share) else f"{fixed(100 * share, 0)} %"


def prediction(best: Square) -> tuple[str, list[str], str, str]:
    """Question, options, the right option and what is revealed. best: each at its best learning rate."""
    faster, same, slower = options = ["Faster", "Neither is clearly faster", "Slower"]
    right = {Verdict.FEWER: faster, Verdict.MORE: slower}.get(best.slope.verdict, same)
    return (
        "Multiply the outputs of the sigmoid by four, so that it is four times as steep; do not centre it, and give it its best *η*. "
        "Beside sigmoid at its best, is it faster or slower?",
        options,
        right,
        f"It {takes(best.steep)}; sigmoid {takes(best.plain)}. Centred, sigmoid {takes(best.centred)}; centred and times four, it "
        f"{takes(best.steep_centred)}.",
    )


def answered(shown: Reading, four: Square, full: Square) -> str:
    """What the page has answered. full: of the full batch, each at its best learning rate."""
    where = f"all at *η* = {three(four.plain.eta)}" if shown.same else "each at its best *η*"
    said = [f"So, {where}, {_causes(four)}."]
    if four.flip.verdict is Verdict.SAME:
        said.append("It is not the shared sign of the updates: flip half the units, and nothing changes.")
    if four.centring.verdict is not Verdict.FEWER and full.centring.verdict is Verdict.FEWER:
        raw, centred = steps(full.plain), steps(full.centred)
        said.append(f"With the full batch, each at its best *η*, centring brings {raw} steps down to {centred}.")
    return " ".join(said)


def _causes(four: Square) -> str:
    mean, slope = four.centring.verdict, four.slope.verdict
    raw, centred, steep = (takes(row) for row in (four.plain, four.centred, four.steep))
    if mean is slope is Verdict.NEITHER:
        return "none of the three networks arrives"
    fewer = Verdict.FEWER
    # The other cause as well, where it is one once the first is gone.
    both = (mean is fewer and fewer in (slope, four.centred_slope.verdict)) or (
        slope is fewer and four.steep_centring.verdict is fewer
    )
    if both:
        lead = "two things cost, the mean of the hidden outputs and the small slope"
    elif mean is Verdict.FEWER:
        lead = "it is the mean of the hidden outputs that costs"
    elif slope is Verdict.FEWER:
        lead = "it is the small slope that costs"
    else:
        lead = f"neither centring nor slope alone brings a clear gain over {seeds(four.centring)}"
        if four.both.verdict is fewer:
            lead += "; both together do"
    return f"{lead}. Sigmoid {raw}. Centred, it {centred}{beside(four.centring)}. Times four, it {steep}{beside(four.slope)}"
