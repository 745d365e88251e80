"""What `/neuron` says in its "Go deeper"."""

import math
from collections.abc import Sequence

from core.inputs import Spectrum
from dashboard.look.descent import is_round
from dashboard.look.formats import about, percent, three
from dashboard.topics.neuron.frames import Lock

LOSSES = "**Loss by step.** A straight line is a fixed factor a step."

LOSSES_FINDING = "The loss of both runs by step, on a log axis."

COSINES_FINDING = "How straight each update points at the target, with the lowest cosine that κ allows."


def lowest_cosine(kappa: float) -> float:
    """The lowest cosine between a full-batch update and the way to the target, by Kantorovich's inequality."""
    return 2 * math.sqrt(kappa) / (1 + kappa)


def cosine(bound: float, full: bool) -> str:
    """What the cosine chart shows; `full` where the runs are the full batch's."""
    may = "" if full else " Small batches may."
    return (
        "**Does the update point at the target?** 1 is straight at it, 0 sideways. The full batch never falls below "
        f"2√*κ* / (1 + *κ*) = {three(bound)} with these inputs.{may}"
    )


def bias(shapes: Sequence[Spectrum], biased: Sequence[float]) -> str:
    """kappa with a trainable bias, for the given and for the centred inputs."""
    plain, with_bias = [three(shape.kappa) for shape in shapes], [three(kappa) for kappa in biased]
    return (
        "**With a trainable bias.** A bias is one more input that is always 1, with a mean and no spread. *κ* "
        f"{_goes(plain[0], with_bias[0])}; centred, it {_goes(plain[1], with_bias[1])}. With a bias, subtracting the mean of "
        "the inputs never raises *κ*."
    )


def _goes(before: str, after: str) -> str:
    """What becomes of a number, in the digits that are shown."""
    return f"stays at {before}" if before == after else f"goes from {before} to {after}"


def lock_limits(noise: float, whole_batch: float) -> list[str]:
    """The names of the two limits in the lock chart."""
    return [f"noise limit {percent(noise)}", f"full-batch value {percent(whole_batch)}"]


def lock(locks: Sequence[Lock], noise: float, whole_batch: float, kappa: float, n: int) -> str:
    """What the lock chart shows, for n inputs."""
    coins = percent(2.0 ** (1 - n))
    one, many = locks[0], locks[-1]
    said = (
        f"**How often do all signs agree?** In {about(one.share, one.error)} of single samples and in {about(many.share, many.error)} of batches of "
        f"{many.batch}, measured with an upstream signal of mean zero (± one standard error). "
    )
    if is_round(kappa):
        said += f"Inputs without a mean have no lock to lose: the noise limit is {percent(noise)}, as with coins. "
    elif percent(noise) == coins:
        said += f"Larger batches tend to the noise limit, hardly different from {coins} as with {n} coins. "
    else:
        said += f"Larger batches tend to {percent(noise)}, the noise limit, and not to {coins} as with {n} coins. "
    return f"{said}The full batch's own gradient, at a random error, agrees in {percent(whole_batch)} of cases, which is another quantity."


def lock_finding(one: float, noise: float, kappa: float) -> str:
    """The lock chart in a sentence, without its numbers; `one` is the chance for one sample."""
    if is_round(kappa):
        return "The chance that all signs agree is that of coins at every batch size: these inputs have no mean."
    if abs(one - noise) < 0.02:
        return "The chance that all signs agree is about the noise limit at every batch size."
    verb = "falls" if one > noise else "rises"
    return f"The chance that all signs agree {verb} with the batch size towards the noise limit, and no further."
