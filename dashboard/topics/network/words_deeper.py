"""What `/network` says under "Go deeper"."""

from collections.abc import Sequence

import numpy as np

from core.network.ablation import TARGET, Table
from core.network.curvature import Curvature, Leak
from core.network.runs import Checkpoint
from dashboard.look.formats import percent, plural, three, whole
from dashboard.topics.network.compare import Square, Verdict, square
from dashboard.topics.network.frames import Further, Reading
from dashboard.topics.network.words import steps


def rule(seeds: int) -> str:
    """When the page calls something a difference."""
    return (
        f"**When a difference is one.** Networks with the same seed start from the same weights and see the same images in the same "
        f"order. So two variants are compared seed by seed, and called different where all {seeds} seeds agree. By chance alone "
        f"{seeds} seeds agree once in {2 ** (seeds - 1)} times. The range beside a factor is that of the seeds."
    )


def rates_head(same: bool) -> tuple[str, ...]:
    """Over the table of learning rates and seeds."""
    return "variant", "*η*" if same else "best *η*", "steps of the seeds"


def rates(shown: Reading, others: Sequence[Further]) -> list[list[str]]:
    """A row per variant: its learning rate, and the fewest and the most steps of its seeds."""
    rows = []
    for row in shown.rows.values():
        arrived = row.steps[row.steps >= 0]
        spread = f"{whole(int(arrived.min()))} to {whole(int(arrived.max()))}" if arrived.size else "none arrived"
        rows.append([row.variant.label, three(row.eta), spread])
    return rows + [[one.label, three(one.eta), "–"] for one in others]


def slope(shown: Square, best: Square) -> str:
    """What a larger slope does. best: each at its best learning rate."""
    at_best = f"each at its best *η*, {steps(best.plain)} steps for sigmoid and {steps(best.steep)} for 4*σ*"
    rates = f"sigmoid's best is {three(best.plain.eta)}, that of 4*σ* {three(best.steep.eta)}"
    if best.slope.verdict is Verdict.FEWER:
        return f"**Slope.** No single *η* makes up for a small slope here: {at_best}, and {rates}."
    said = f"**Slope.** What the slope gives, a larger *η* gives too: {at_best}, and {rates}."
    if shown.slope.before.eta == shown.slope.after.eta and shown.slope.verdict is Verdict.FEWER:
        return f"{said} At one *η* for all, the steeper unit simply takes longer strides."
    return said


def leak(one: Leak) -> str:
    """The identity between raw and centred gradients."""
    return (
        "**One function, two gradients.** *W a + b = W (a − ½) + (b + half the row sum of W)*: sigmoid and its centred twin start as "
        f"the same function (here to {three(one.function)}). Their gradients dL/dW differ by exactly half of dL/db in every weight "
        f"of the row (to {three(float(one.gradient.max()))}). Not centring is the bias gradient leaking into every weight. At this "
        f"start the leak has {percent(float(one.share[-1]))} of the norm of the output layer's gradient, and the two gradients "
        f"point {three(float(np.degrees(np.arccos(one.cosine[-1]))))} degrees apart."
    )


def curvature_rows(found: Curvature, best: Reading) -> list[list[str]]:
    """A row per variant: steepest curvature, edge, best eta with the full batch."""
    return [
        [row.variant.label, three(float(value), 4), three(float(edge)), three(row.eta)]
        for row, value, edge in zip(best.rows.values(), found.value[:, 0], found.edge[:, 0], strict=True)
    ]


def curvature(found: Curvature, best: Reading) -> str:
    """What the steepest direction says; `found` has the variants of `best` in their order."""
    values = dict(zip(best.rows, found.value[:, 0].tolist(), strict=True))
    four = square(best)
    above = sum(row.eta > edge for row, edge in zip(best.rows.values(), found.edge[:, 0], strict=True))
    divided = values[four.plain.variant.key] / values[four.centred.variant.key]
    return (
        "**The steepest curvature at the start** (seed 0, all training images), and the *η* that the full batch likes best. "
        f"Centring changes no output and divides the steepest curvature by {three(divided)}. In "
        f"{'all' if above == len(values) else f'{above} of'} {len(values)} rows the best *η* is above the edge, 2 / curvature: the edge is that of the quadratic model at the start, not of the "
        "whole training."
    )


def pixels_rows(standardised: Reading, raw: Reading) -> list[list[str]]:
    """A row per variant: best steps with standardised and with raw pixels."""
    return [[row.variant.label, steps(row), steps(raw.rows[key])] for key, row in standardised.rows.items()]


def pixels(standardised: Checkpoint, raw: Checkpoint) -> str:
    """What raw pixels do."""
    shares = [percent(float(point.locked_one[0, 0, 0])) for point in (raw, standardised)]
    return (
        "**Raw pixels against standardised.** Raw pixels are never negative: at the start, one sample's update is all of one "
        f"sign in {shares[0]} of the first layer's neurons, whatever the variant; with standardised pixels in {shares[1]}. "
        "Median steps with the full batch, each at its best *η*:"
    )


def settings(table: Table) -> str:
    """How the table was made."""
    one, seeds = table.experiment, table.steps.shape[2]
    return (
        f"**The table.** {plural(one.depth, 'hidden layer')} of 32 units, softmax and cross-entropy, plain gradient descent, "
        f"weights of variance 1 / fan-in, biases 0 at first, but for the centred sigmoid those with which it starts as the sigmoid's function; 1,000 training images, 100 of each digit. Target: training loss {TARGET:g}. Seeds 0 to "
        f"{seeds - 1}; *η* from {table.etas[0]:g} to {table.etas[-1]:g}, a factor √2 apart; at most {whole(one.steps)} steps; the "
        "loss is checked each time the step count has grown by 5 %, so a count above 40 is good to 5 %. `python -m core.network.ablation` "
        "computes it again."
    )
