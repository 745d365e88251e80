"""What `/neuron` says."""

import math
from collections.abc import Sequence

from core.activations import ACTIVATIONS
from core.inputs import Inputs, condition_number, input_moments
from core.neuron import Descent, DescentConfig, SampleGradient
from core.stability import FULL, StepLimits
from dashboard.marks import percent, three, whole

TITLES = ("these inputs", "the same inputs, centred")

LEGEND = (
    "Each closed curve is one loss, four times the one inside it. Shaded: every direction in which one sample could push "
    "here. Below: the sign of each update, step by step. Drag the step; click a landscape to move the start, the strip "
    "to pin a step."
)


ROUND = 1.05
"""Up to this kappa the page says that no direction is steeper than another."""


def colours(source: str) -> tuple[str, str]:
    """The activation whose colour each panel's path has."""
    own = ACTIVATIONS[source].label if source in ACTIVATIONS else ACTIVATIONS["identity"].label
    return own, ACTIVATIONS["centred"].label if source == "sigmoid" else own


def answer(kappa: Sequence[float]) -> str:
    """One sentence with a live number."""
    if kappa[0] < ROUND:
        return (
            "It need not: these inputs have no mean to speak of, so no direction is steeper than another (kappa "
            f"{three(kappa[0])})."
        )
    return (
        f"Because its inputs share a mean: it makes one direction of the loss {three(kappa[0])} times as steep as the "
        "other, and a learning rate that suits the flat one overshoots on the steep one."
    )


def finding(kappa: Sequence[float]) -> str:
    """The picture in a sentence, without its numbers."""
    if kappa[0] < ROUND:
        return "Both landscapes are round bowls: these inputs have no mean to remove, and both paths run alike."
    return (
        "Left, the given inputs make a narrow valley with one steep direction; right, the same inputs centred make a round "
        "bowl. Each shows the path of gradient descent from start to target."
    )


def steps(run: Descent) -> str:
    """Steps until the run converged, or what became of it."""
    if run.status == "diverged":
        return f"diverged by step {whole(len(run.update))}"
    return f"more than {whole(len(run.update))}" if run.steps is None else whole(run.steps)


def path_ratio(run: Descent) -> str:
    """The path ratio of a run that stayed; a diverging path has no length worth a number."""
    return "diverged" if run.status == "diverged" else three(run.path_ratio)


def why(
    etas: Sequence[float],
    steep: Sequence[float],
    runs: Sequence[Descent],
    limits: Sequence[StepLimits],
    full_edge: float,
    batch: int,
    flip: bool,
    kappa: float,
) -> str:
    """Why the path on the left looks as it does, in the present settings."""
    product, run = etas[0] * steep[0], runs[0]
    if batch != FULL:
        first = (
            f"Every step follows {'one sample' if batch == 1 else f'a batch of {batch} samples'}, not the slope of the "
            f"picture, so it wanders. Batches of {batch} lose stability at {three(limits[0].edge / full_edge)} of the "
            f"full-batch edge: at eta = {three(limits[0].edge)}; yours is {three(etas[0])}."
        )
    elif run.flips == 0 and run.status != "diverged" and product > 1:
        first = (
            f"eta × steepest curvature is {three(product)}, enough to overshoot, and yet nothing flips: this start has no "
            "error along the steep direction. The path follows the flattest one and is merely slow."
        )
        if product > 2:
            first += " Above 2 any error along the steep direction would grow: move the start a little and see."
    elif product > 2:
        first = f"eta × steepest curvature is {three(product)}: above 2, every step overshoots farther than the last."
    elif product > 1:
        first = (
            f"eta × steepest curvature is {three(product)}: each step overshoots and changes side, and leaves "
            f"{percent(product - 1)} of the error{'' if kappa < ROUND else ' along the steep direction'}."
        )
    else:
        first = f"eta × steepest curvature is {three(product)}: no step overshoots. The path " + (
            "runs straight to the target." if kappa < ROUND else "bends into the valley and then crawls along it."
        )
    return f"{first}\n\n{_flipped(flip, kappa)}"


def _flipped(flip: bool, kappa: float) -> str:
    if kappa < ROUND:
        return (
            "A wire is flipped: input 2 and its weight are negated, and every number above is the same as before."
            if flip
            else "Flip a wire, and every number stays: a sign alone costs nothing, with these inputs or with others."
        )
    if flip:
        return (
            "A wire is flipped: input 2 and its weight are negated. The updates no longer share a sign, and every number "
            "above is the same as before. The shared sign is not what costs."
        )
    return "Flip a wire, and the updates no longer share a sign while every number stays: the mean costs, not the sign."


def prediction(
    runs: Sequence[Descent], freed: Descent, best: float, kappa: Sequence[float]
) -> tuple[str, list[str], str, str]:
    """Question, options, the right option and what is revealed, for the present start and learning rate."""
    options = ["Fewer steps", "About as many", "More steps"]
    left, right = ((math.inf if run.steps is None else run.steps) for run in runs)
    if left == right or abs(right - left) <= 0.1 * min(left, right):
        outcome = options[1]
    else:
        outcome = options[0] if right < left else options[2]
    reveal = (
        f"With these inputs {steps(runs[0])} steps and a path of {path_ratio(runs[0])} times the distance; centred, "
        f"{steps(runs[1])} and {path_ratio(runs[1])}. "
    )
    if kappa[0] >= ROUND:
        reveal += (
            "Centring leaves the flat direction as flat as it was. What it removes is the steep one, and only then may "
            f"eta grow: at its own best, eta = {three(best)}, the centred neuron needs {steps(freed)}."
        )
    else:
        reveal += "There was no mean to remove."
    return "Centre the inputs and keep this eta: how many steps will it take?", options, outcome, reveal


def moments(law: Inputs) -> tuple[float, float]:
    """Mean and spread of one input."""
    return input_moments(law)


def cost(moment: Sequence[float], kappa: float) -> str:
    """The second picture in words."""
    mean, spread = moment
    return (
        f"Your inputs have mean {three(mean)} and spread {three(spread)}: kappa = 1 + 2 mu²/s² = {three(kappa)}. The curves "
        "are uniform inputs of this spread, full batch, each at its best eta, from your start. The steps rise only where "
        "the start has some error along the flat direction as well as the steep one."
    )


def cosine(bound: float) -> str:
    """What the cosine chart shows."""
    return (
        "**Does the update point at the target?** 1 is straight at it, 0 sideways. The full batch never falls below "
        f"2√kappa / (1 + kappa) = {three(bound)} with these inputs; single samples may."
    )


def bias(laws: Sequence[Inputs]) -> str:
    """kappa with a trainable bias."""
    plain = [three(condition_number(law)) for law in laws]
    with_bias = [three(condition_number(law, bias=True)) for law in laws]
    return (
        "**With a trainable bias.** A bias is one more input that is always 1, with a mean and no spread. kappa goes from "
        f"{plain[0]} to {with_bias[0]}, and centred from {plain[1]} to {with_bias[1]}. With a bias, subtracting the mean of "
        "the inputs never raises kappa."
    )


def sample(one: SampleGradient, step: int) -> str:
    """dL/dw = delta a with this step's numbers."""
    a, g = one.a, one.gradient
    return (
        f"**One sample at step {step}.** Inputs a = ({three(a[0])}, {three(a[1])}), upstream signal delta = {three(one.delta)}. "
        f"The gradient is delta × a = ({three(g[0])}, {three(g[1])}): on the ray of the inputs, whatever delta is."
    )


def lock(measured: Sequence[tuple[int, float, float]], noise: float, whole_batch: float) -> str:
    """What the lock chart shows."""
    _, one, _ = measured[0]
    size, many, _ = measured[-1]
    return (
        f"**How often do both signs agree?** One sample: {percent(one)}. A batch of {size}: {percent(many)}, measured with an "
        f"upstream signal of mean zero. Larger batches tend to {percent(noise)}, the noise limit, not to one half. The "
        f"full batch's own gradient, at a random error, agrees in {percent(whole_batch)}: another quantity."
    )


def answered(kappa: Sequence[float]) -> str:
    """What the page has answered."""
    if kappa[0] < ROUND:
        return (
            "One neuron zigzags where the mean of its inputs is large beside their spread; these inputs have none, and no "
            "direction is steeper than another. But a layer has many neurons, and their signs differ."
        )
    return (
        "One neuron zigzags where the mean of its inputs is large beside their spread: the shared sign shows it, the "
        f"steep direction (kappa {three(kappa[0])}) is what costs. But a layer has many neurons, and their signs differ."
    )


def snippet(configs: Sequence[DescentConfig]) -> str:
    """Python lines that reproduce the two runs."""
    given, centred = (repr(config) for config in configs)
    return (
        "from core.inputs import Inputs, condition_number\n"
        "from core.neuron import DescentConfig, descend\n\n"
        f"given = {given}\n"
        f"centred = {centred}\n"
        "for config in (given, centred):\n"
        "    run = descend(config)\n"
        "    print(condition_number(config.inputs), config.eta, run.steps, run.path_ratio, run.flips)\n"
    )
