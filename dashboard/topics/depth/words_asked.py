"""What `/depth` says to questions that are asked of it elsewhere."""

import math

from core.activations import activation
from core.checks import FloatArray
from core.depth.measured import DepthConfig
from core.depth.summary import Summary
from dashboard.look.formats import as_shown, percent, power, short, three
from dashboard.topics.depth.words import remedies, weights

SMALL = -2.0
"""A gradient below this power of ten of the output's is called small."""

STEPS, OPEN = 20, 4.0
"""Of the LSTM: so many time steps, at a gate with this pre-activation."""


def converged(config: DepthConfig, found: Summary) -> str:
    """A small gradient, and whether it says that a network has converged."""
    first = "**A small gradient: has it converged?** Nothing here has been trained, and the gradient at the output has length 1: all is still to be learnt."
    if math.isinf(found.log_first):
        return f"{first} Yet the first layer gets nothing: a layer on the way is dead. No gradient says nothing of how near the target is."
    if found.log_first < SMALL:
        return f"{first} Yet the first layer gets {power(found.log_first)} of it. A small gradient in an early layer says how far back it is, and not how near the target."
    bare = "" if config.plain else f", without {remedies(config)},"
    return (
        f"{first} The first layer gets {power(found.log_first)} {'times' if found.log_first > 0 else 'of'} it, which is not small. Through "
        f"many layers{bare} with PyTorch's default weights it would be."
    )


def chain(config: DepthConfig, gradients: FloatArray) -> str:
    """The chain of one unit a layer, introduced. gradients: dL/dz from its output back."""
    unit = activation(config.activation)
    slope = short(float(unit.df(0.0)))
    kink = ""
    if unit.sides is not None and unit.sides[0] != unit.sides[1]:
        kink = (
            f" {unit.label[0].upper()}{unit.label[1:]} has a kink there, and the slope on its left is taken, {slope}."
        )
    start = ", ".join(short(float(one)) for one in gradients[:3])
    return (
        f"**By hand: a chain of one unit a layer**, each with the weight {weights(config.sigma_w)} and a bias that holds *z* at 0.{kink} "
        f"The last layer passes its slope. Each further one back multiplies by {weights(config.sigma_w)} × {slope}: {start}, … A random network has weights of that scale and of "
        "either sign, and its *z* are spread: beside the chain, what was measured."
    )


CHAIN = ("layers back", "the chain", "the random network")
"""The columns of `chain_rows`."""


def chain_rows(gradients: FloatArray, median: FloatArray) -> list[list[str]]:
    """The chain beside a random network's median, a power of ten a layer from the input on, at some layers back from the output."""
    back = [one for one in (1, 2, 3, 5, 10, 20, 50, 100, 200) if one <= len(gradients)]
    return [[str(one), three(float(gradients[one - 1])), power(float(median[-one]))] for one in back]


def gates() -> str:
    """Why the gates of an LSTM keep the sigmoid, and what it costs there."""
    unit = activation("sigmoid")
    value, slope = float(unit.f(OPEN)), float(unit.df(OPEN))
    return (
        "**Why do LSTM gates keep the sigmoid?** A gate says how much passes, from 0 to 1: its output is a factor and no signal. Along the cell the "
        f"gradient is multiplied by the gate's value, and not by its slope. A gate open at *z* = {OPEN:g} passes {three(value)} a step, "
        f"about {three(value**STEPS, 1)} in {STEPS} steps; the best slopes of {STEPS} sigmoid layers pass {three(0.25**STEPS)}. What it costs: at "
        f"that opening the gate's own slope is {three(slope)}, about {percent(as_shown(slope / 0.25, 1))} of its best, so it is slow to learn when to close."
    )


SAMPLER = (
    "**How this was measured so quickly.** No weight matrix was formed. One pass forward and one back see a random matrix *W* only "
    "through *z* = *Wa* and *Wᵀδ*. Given *a*, *z* is Gaussian, of variance\n\n"
    r"$$\sigma_w^2 \, |a|^2 / N$$"
    "\n\nin each unit. Given *a* and *z*, the rest of *W* is as random as before:\n\n"
    r"$$W = \frac{z\,a^\top}{|a|^2} + \widetilde W \Big(1 - \frac{a\,a^\top}{|a|^2}\Big)$$"
    "\n\nSo *Wᵀδ* is\n\n"
    r"$$\frac{a\,(z \cdot \delta)}{|a|^2}$$"
    "\n\nplus a fresh Gaussian vector, less its part along *a*."
    "\n\nThat is the same law, not an approximation, at *N* numbers a layer instead of *N*². Orthogonal weights and all remedies here "
    "are sampled so too, batch normalisation with its several inputs included; the project's tests hold the sampler against "
    "networks with matrices."
)
"""How the measurement does without matrices."""
