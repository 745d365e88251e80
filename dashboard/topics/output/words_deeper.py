"""What `/output` says under "Go deeper"."""

from collections.abc import Sequence

from core.output import Chain
from dashboard.look.formats import three, whole
from dashboard.topics.output.charts import COST_NAMES

BY_STEP = "**Output and cost by step.**"

OUTPUTS_FINDING = "The output of both neurons by step: with squared error it stays flat while it is wrong."

LOSSES_LEGEND = "Each neuron's own cost, on one axis: compare shapes, not heights."

LOSSES_FINDING = "The loss of both neurons by step, on a log axis."

CHAINS = ("cost", "dL/da", "da/dz, the slope", "dL/dz")
"""The columns of `chains`."""

FAR_OUT = 800.0
"""A logit whose output rounds to 1."""


def cancelling(z: float, step: int) -> str:
    """The cancelling derivative, introduced."""
    return (
        f"**The derivative that cancels**, at step {whole(step)} of the squared-error neuron, z = {three(z)}. dL/dz "
        "is the product of the other two. Cross-entropy's dL/da = (a − y) / (a (1 − a)) has the slope a (1 − a) in "
        "its denominator, so the product is a − y whatever the slope; on the wrong side it grows as the slope "
        "shrinks."
    )


def chains(links: Sequence[Chain]) -> list[list[str]]:
    """The chain rule at one z, a row for each cost."""
    return [
        [name, three(link.dl_da), three(link.da_dz), three(link.dl_dz)]
        for name, link in zip(COST_NAMES, links, strict=True)
    ]


def logits(loss: float) -> str:
    """Loss from logits. loss: cross-entropy's at z = `FAR_OUT` and y = 0."""
    return (
        f"**Loss from logits.** At z = {FAR_OUT:g} and y = 0 the output rounds to 1 and log(1 − a) to minus infinity. From "
        f"the logit, max(z, 0) − z y + log(1 + e^−|z|), the cross-entropy is {three(loss)}, as it should be."
    )


def softmax(gradient: Sequence[float]) -> str:
    """Softmax in a sentence, with its gradient for two classes and logits (z, 0)."""
    first, second = gradient
    return (
        "**Softmax** with cross-entropy is the same story with more outputs: its gradient is p − y, the slope "
        f"cancelled. With two classes and logits (z, 0) it is this neuron: p − y = ({three(first)}, "
        f"{three(second)}) at this z."
    )
