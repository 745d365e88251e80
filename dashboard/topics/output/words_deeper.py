"""What `/output` says under "Go deeper"."""

import math
from collections.abc import Sequence

from core.exponential import ExpCost
from core.output import GOAL, Chain
from dashboard.look.formats import as_shown, equals, percent, three, whole
from dashboard.look.reckon import digits
from dashboard.topics.output.charts import COST_NAMES
from dashboard.topics.output.frames import Neuron
from dashboard.topics.output.words import taken

BY_STEP = "**Output and loss by step.** Each neuron has its own loss, on one axis: compare shapes, not heights."

OUTPUTS_FINDING = "The output of both neurons by step, and the goal as a dotted rule."

LOSSES_FINDING = "The loss of both neurons by step, on a log axis."

CHAINS = ("cost", "d*L*/d*a*", "d*a*/d*z*, the slope", "d*L*/d*z*")
"""The columns of `chains`."""

FAR_OUT = 800.0
"""A pre-activation whose output rounds to 1."""


def cancelling(z: float, step: int) -> str:
    """The cancelling derivative, introduced."""
    return (
        f"**The derivative that cancels**, at step {whole(step)} of the squared-error neuron, *z* = {three(z)}. For cross-entropy\n\n"
        r"$$\frac{\partial L}{\partial z} = \frac{\partial L}{\partial a} \cdot \frac{\partial a}{\partial z}"
        r" = \frac{a - y}{a\,(1 - a)} \cdot a\,(1 - a) = a - y$$"
        "\n\nwhatever the slope *a*(1 − *a*). On the wrong side the first factor grows as the slope shrinks."
    )


def chains(links: Sequence[Chain]) -> list[list[str]]:
    """The chain rule at one z, a row for each cost; with digits enough that each row multiplies."""
    fine = max(digits((link.dl_da, link.da_dz), link.dl_dz) for link in links)
    return [
        [name, three(link.dl_da, fine), three(link.da_dz, fine), three(link.dl_dz)]
        for name, link in zip(COST_NAMES, links, strict=True)
    ]


def from_z(loss: float) -> str:
    """The loss from z instead of a. loss: cross-entropy's at z = `FAR_OUT` and y = 0."""
    return (
        f"**Loss from *z*.** At *z* = {FAR_OUT:g} and *y* = 0 the output rounds to 1, and log(1 − *a*) to minus infinity. "
        f"Computed from *z* itself the cross-entropy is {three(loss)}, as it should be:\n\n"
        r"$$L = \max(z, 0) - z\,y + \log\big(1 + e^{-|z|}\big)$$"
    )


def softmax(gradient: Sequence[float]) -> str:
    """Softmax in a sentence, with its gradient for two classes, whose pre-activations are z and 0."""
    first, second = gradient
    return (
        "**Softmax** with cross-entropy is the same with more outputs: its gradient is *p* − *y*, the slope cancelled. With two "
        f"classes, of pre-activations *z* and 0, it is this neuron: *p* − *y* = ({three(first)}, {three(second)}) at this *z*."
    )


def hidden(slope: float, factor: float) -> str:
    """What cross-entropy does for the layers behind. slope: sigma' at the start; factor: what a sigmoid layer at weight scale 1
    multiplies the gradient by."""
    return (
        "**What does cross-entropy do for the hidden layers?** It hands them more. The gradient that enters them is "
        f"1 / *σ*′ {equals(1 / as_shown(slope), 1 / slope)} {three(1 / slope)} times that of squared error at this start. But each hidden sigmoid layer then multiplies it, "
        f"by {three(factor)} at weight scale 1, deep inside, whichever cost stands behind. After about "
        f"{three(math.log(1 / slope) / math.log(1 / factor), 2)} layers it is as small as squared error's was on entering."
    )


def tanh_output(sigmoids: Sequence[Neuron], tanhs: Sequence[Neuron]) -> str:
    """An output unit tanh with targets -1 and 1. sigmoids, tanhs: with squared error and cross-entropy."""
    squared, cross = tanhs
    first = (
        "**A tanh output with targets ±1 and squared error?** The push is (*a* − *y*)(1 − *a*²), and the slope 1 − *a*² dies as "
        "sigmoid's does. A tanh is a sigmoid of twice its *z*: this neuron descends as a sigmoid one that starts at 2*z*₀, with 16 times the learning "
        f"rate. Its goal is nearer: within {GOAL:g} of ±1 is within {GOAL / 2:g} of a sigmoid's target. "
    )
    if squared.steps == 0:
        return f"{first}From this start it is within {GOAL} of its target at once."
    return (
        f"{first}From this start it takes {taken(squared)}, sigmoid {taken(sigmoids[0])}. With the cross-entropy that fits it, tanh takes "
        f"{taken(cross)}. Far out on the wrong side each unit of *z*₀ multiplies the steps of squared error by *e*² = {three(math.e**2)} with tanh, and "
        f"by *e* = {three(math.e)} with sigmoid."
    )


def exponential(cost: ExpCost) -> str:
    """What exp costs."""
    product, sigmoid, relu = (as_shown(1e3 * seconds) for seconds in (cost.product, cost.sigmoid, cost.relu))
    return (
        f"**What does the exponential cost?** In a layer of {whole(cost.units)} units on {cost.samples} samples the sigmoid adds "
        f"{percent(sigmoid / product)} to the time of the matrix product, and ReLU {percent(relu / product)}: "
        f"{three(sigmoid)} ms and {three(relu)} ms beside {three(product)} ms, timed on the machine "
        "that serves this page. In a layer twice as wide both shares are about half as large."
    )
