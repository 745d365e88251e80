"""What `/network` says about the causes, slope, centring, saturation and lock, and under "Go deeper"."""

import numpy as np

from core.network.ablation import TARGET, Table
from core.network.curvature import Curvature, Leak
from core.network.runs import Checkpoint
from dashboard.look.formats import percent, plural, three, whole
from dashboard.topics.network.frames import Reading, Row, Twins, known_mean
from dashboard.topics.network.words import (
    CENTRED,
    CLOSE,
    FLIPPED,
    SIGMOID,
    STEEP,
    STEEP_CENTRED,
    counts,
    steeper_is_faster,
    steps,
)


def why(shown: Reading, best: Reading, twins: Twins, one: Reading, full: Reading) -> str:
    """Slope, centring, saturation and lock, each read off the table. best: the same table, each variant at its best; one, full:
    the tables of batch size 1 and of the full batch likewise."""
    said = _slope(shown, best), _centring(shown), _saturation(shown), _lock(twins, one, full)
    return "\n\n".join(said)


def _slope(shown: Reading, best: Reading) -> str:
    raw, four, four_centred = counts(shown, SIGMOID, STEEP, STEEP_CENTRED)
    said = f"**Slope.** Four times as steep, {four} steps instead of {raw}; four times as steep and centred, {four_centred}. "
    tuned_faster = steeper_is_faster(best)
    if shown.same and steeper_is_faster(shown):
        said += "At one eta a steeper unit simply takes longer strides."
        return said if tuned_faster else f"{said} Give each its own best eta, and the advantage is gone."
    if shown.same:
        return f"{said}At one eta a steeper unit takes longer strides, and this eta is too long a stride for it."
    if tuned_faster:
        return (
            f"{said}Each of the {shown.experiment.depth} layers multiplies the gradient by weight times slope: no single eta makes "
            "up for that, so here slope counts by itself."
        )
    return (
        f"{said}What the slope gives, eta gives too: sigmoid's best is {three(shown.rows[SIGMOID].eta)}, its steep twin's "
        f"{three(shown.rows[STEEP].eta)}. Without centring the steeper unit also makes the steep direction steeper."
    )


def _centring(shown: Reading) -> str:
    plain, steep = _cost(shown, SIGMOID, CENTRED), _cost(shown, STEEP, STEEP_CENTRED)
    return (
        f"**Centring.** Sigmoid and its centred twin start as the same function. Not centring {plain}; at four times the "
        f"slope, it {steep}."
    )


def _cost(shown: Reading, raw: str, centred: str) -> str:
    a, b = shown.rows[raw], shown.rows[centred]
    if not a.arrived and not b.arrived:
        return "cannot be compared, since neither arrives"
    if not a.arrived:
        return "costs the arrival itself"
    if not b.arrived:
        return "arrives, and centring does not"
    ratio = a.median / b.median
    if 1 / CLOSE <= ratio <= CLOSE:
        return f"makes no difference ({steps(a)} steps, and {steps(b)})"
    return f"costs a factor {three(ratio)} in steps" if ratio > 1 else f"saves a factor {three(1 / ratio)} in steps"


def _saturation(shown: Reading) -> str:
    arrived = [row for row in shown.rows.values() if row.arrived and not row.variant.flipped]
    smooth = [row for row in arrived if row.variant.known.sides is None]
    if len(smooth) < 2:
        return "**Saturation.** Too few arrive here to compare."

    def saturated(row: Row) -> float:
        return known_mean(row.saturated)

    def stands(row: Row) -> str:
        return f"{percent(saturated(row))}, {steps(row)} steps"

    def named(row: Row) -> str:
        return f"{row.variant.label} ({stands(row)})"

    most, least = max(smooth, key=saturated), min(smooth, key=saturated)
    fastest = min(arrived, key=lambda row: row.median)
    said = (
        "**Saturation.** Of the units, on an average image and on arrival: among smooth activations most in "
        f"{named(most)}, least in {named(least)}."
    )
    for row in arrived:
        if row.variant.known.sides is not None and 0 in row.variant.known.sides:
            said += f" {row.variant.label}, off by construction for half of all z, stands at {stands(row)}."
    if fastest is least:
        return f"{said} The fastest is {fastest.variant.label}, the least saturated."
    return f"{said} The fastest is {named(fastest)}: saturation does not order the steps."


def _lock(twins: Twins, one: Reading, full: Reading) -> str:
    rest = f" (the other {twins.never} never arrive, flipped or not)" if twins.never else ""
    unlocked = percent(known_mean(one.rows[FLIPPED].locked))
    return (
        f"**Lock.** Flip half the hidden units, and {twins.alike} of {twins.arrive} runs that arrive do so at the very same "
        f"step{rest}: the shared sign costs nothing.\n\n"
        "Nor do lock and cost go together. With one hidden layer and each at its best eta, one sample "
        f"a step locks {_locked(one)} of the neurons ({unlocked} once flipped), and centring brings {_gain(one)} steps; the full batch "
        f"locks {_locked(full)}, and centring brings {_gain(full)}. (An observation on this network: noise limits eta at batch 1.)"
    )


def _locked(best: Reading) -> str:
    """The share of the plain network's neurons that are locked on arrival."""
    return percent(known_mean(best.rows[SIGMOID].locked))


def _gain(best: Reading) -> str:
    """What centring makes of the plain network's steps."""
    return " down to ".join(counts(best, SIGMOID, CENTRED))


def leak(one: Leak) -> str:
    """The identity between raw and centred gradients."""
    return (
        "**One function, two gradients.** W a + b = W (a − ½) + (b + half the row sum of W): sigmoid and its centred twin start as "
        f"the same function (here to {three(one.function)}), and dL/dW differs by exactly half of dL/db in every weight of the "
        f"row (to {three(float(one.gradient.max()))}). Not centring is the bias gradient leaking into every weight. At this "
        f"start the leak has {percent(float(one.share[-1]))} of the norm of the output layer's gradient, and the two gradients "
        f"point {three(float(np.degrees(np.arccos(one.cosine[-1]))))} degrees apart."
    )


def curvature_rows(found: Curvature, best: Reading) -> list[list[str]]:
    """A row per variant: steepest curvature, edge, best eta with the full batch."""
    return [
        [row.variant.label, three(float(value)), three(float(edge)), three(row.eta)]
        for row, value, edge in zip(best.rows.values(), found.value[:, 0], found.edge[:, 0], strict=True)
    ]


def curvature(found: Curvature, best: Reading) -> str:
    """What the steepest direction says; `found` has the variants of `best` in their order."""
    values = dict(zip(best.rows, found.value[:, 0].tolist(), strict=True))
    above = sum(row.eta > edge for row, edge in zip(best.rows.values(), found.edge[:, 0], strict=True))
    return (
        "**The steepest curvature at the start** (seed 0, all training images), and the eta that the full batch likes best. "
        f"Centring, which changes no output, divides it by {three(values[SIGMOID] / values[CENTRED])}. In {above} of {len(values)} "
        "rows the best eta is above the edge, 2 / curvature: the edge is that of the quadratic model at the start, not of the "
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
        "Median steps with the full batch, each at its best eta:"
    )


def settings(table: Table) -> str:
    """How the table was made."""
    one, seeds = table.experiment, table.steps.shape[2]
    return (
        f"**The table.** {plural(one.depth, 'hidden layer')} of 32 units, softmax and cross-entropy, plain gradient descent, "
        f"W ~ N(0, 1 / fan-in), b = 0, and for the centred sigmoid b such that it starts as the sigmoid's function; 1,000 training images, 100 of each digit. Target: training loss {TARGET:g}. Seeds 0 to "
        f"{seeds - 1}; eta from {table.etas[0]:g} to {table.etas[-1]:g}, a factor √2 apart; at most {whole(one.steps)} steps; the "
        "loss is checked each time the step count has grown by 5 %, so a count above 40 is good to 5 %. `python -m core.network.ablation` "
        "computes it again."
    )
