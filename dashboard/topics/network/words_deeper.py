"""What `/network` says under "Go deeper"."""

import numpy as np

from core.network.ablation import TARGET, Table
from core.network.curvature import Curvature, Leak
from core.network.mlp import VARIANTS
from core.network.runs import Checkpoint
from dashboard.look.formats import percent, three, whole
from dashboard.topics.network.frames import rates
from dashboard.topics.network.words import steps


def leak(one: Leak) -> str:
    """The identity between raw and centred gradients."""
    return (
        "**One function, two gradients.** W a + b = W (a − ½) + (b + half the row sum of W): sigmoid and its centred twin start as "
        f"the same function (here to {three(one.function)}), and dL/dW differs by exactly half of dL/db in every weight of the "
        f"row (to {three(float(one.gradient.max()))}). Not centring is the bias gradient leaking into every weight. At this "
        f"start the leak has {percent(float(one.share[-1]))} of the norm of the output layer's gradient, and the two gradients "
        f"point {three(float(np.degrees(np.arccos(one.cosine[-1]))))} degrees apart."
    )


def curvature_rows(found: Curvature, table: Table) -> list[list[str]]:
    """A row per variant: steepest curvature, edge, best eta with the full batch."""
    return [
        [VARIANTS[key].label, three(float(value)), three(float(edge)), three(float(table.etas[table.best(key)]))]
        for key, value, edge in zip(table.variants, found.value[:, 0], found.edge[:, 0], strict=True)
    ]


def curvature(found: Curvature, table: Table) -> str:
    """What the steepest direction says."""
    raw, centred = float(found.value[0, 0]), float(found.value[1, 0])
    best = np.array([table.etas[column] for column in rates(table, None)])
    above = int((best > found.edge[:, 0]).sum())
    return (
        "**The steepest curvature at the start** (seed 0, all training images), and the eta that the full batch likes best. "
        f"Centring, which changes no output, divides it by {three(raw / centred)}. In {above} of {best.size} rows the best eta is "
        "above the edge, 2 / curvature: the edge is that of the quadratic model at the start, not of the whole training."
    )


def pixels_rows(plain: Table, raw: Table) -> list[list[str]]:
    """A row per variant: best steps with standardised and with raw pixels."""
    return [
        [VARIANTS[key].label, *(steps(float(t.medians()[v, t.best(key)]), t) for t in (plain, raw))]
        for v, key in enumerate(plain.variants)
    ]


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
    e, seeds = table.experiment, table.steps.shape[2]
    return (
        f"**The table.** {e.depth} hidden layer{'s' * (e.depth > 1)} of 32 units, softmax and cross-entropy, plain gradient descent, "
        f"W ~ N(0, 1 / fan-in), b = 0, and for the centred sigmoid b such that it starts as the sigmoid's function; 1,000 training images, 100 of each digit. Target: training loss {TARGET:g}. Seeds 0 to "
        f"{seeds - 1}; eta from {table.etas[0]:g} to {table.etas[-1]:g}, a factor √2 apart; at most {whole(e.steps)} steps; the "
        "loss is checked each time the step count has grown by 5 %, so a count above 40 is good to 5 %. `python -m core.network.ablation` "
        "computes it again."
    )
