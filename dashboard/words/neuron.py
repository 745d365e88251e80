"""What `/neuron` says."""

import math
from collections.abc import Sequence

import numpy as np

from core.activations import ACTIVATIONS
from core.inputs import Inputs, condition_number, input_moments, spectrum
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

STRAIGHT = 1e-4
"""A direction with less than this share of the initial loss does not bend the path: a run ends at that share of it."""


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
    """The path ratio of a run that stayed; a diverging path has no length worth a number, and one without a distance none."""
    if run.status == "diverged":
        return "diverged"
    return "no distance" if math.isnan(run.path_ratio) else three(run.path_ratio)


def _taken(run: Descent) -> str:
    """The same in a sentence, after a colon."""
    if run.status == "diverged":
        return f"it {steps(run)}"
    return f"{_counted(run)} and a path of {path_ratio(run)} times the distance"


def _counted(run: Descent) -> str:
    return f"{steps(run)} {'step' if run.steps == 1 else 'steps'}"


def why(
    law: Inputs,
    away: tuple[float, float],
    eta: float,
    run: Descent,
    limits: StepLimits,
    full_edge: float,
    batch: int,
    flip: bool,
) -> str:
    """Why the path on the left looks as it does, in the present settings; `away` is the start minus the target."""
    kappa = condition_number(law)
    if not any(away):
        first = "The start is the target: there is nothing to learn, and no step is taken. Move one of them."
    elif batch != FULL:
        first = (
            f"Every step follows {'one sample' if batch == 1 else f'a batch of {batch} samples'}, not the slope of the "
            f"picture, so it wanders. Batches of {batch} lose stability at {three(limits.edge / full_edge)} of the "
            f"full-batch edge: at eta = {three(limits.edge)}; yours is {three(eta)}."
        )
    elif kappa < ROUND:
        first = _round_bowl(eta * steepest(law), run)
    else:
        first = _valley(eta * steepest(law), run, _steep_share(law, away))
    return f"{first}\n\n{_flipped(flip, kappa)}"


def steepest(law: Inputs) -> float:
    """The largest curvature."""
    return float(spectrum(law).eigenvalues[-1])


def _steep_share(law: Inputs, away: tuple[float, float]) -> float:
    """How much of the loss at the start comes from the error along the steep direction."""
    shape = spectrum(law)
    parts = shape.eigenvalues * (np.array(away) @ shape.vectors) ** 2
    return float(parts[-1] / parts.sum())


def _round_bowl(product: float, run: Descent) -> str:
    said = f"eta × curvature is {three(product)}, in every direction: "
    if product <= 1:
        return f"{said}no step overshoots, and the path runs straight to the target."
    if product > 2:
        said += "above 2, every step overshoots farther than the last."
    else:
        said += f"each step overshoots and changes side, and leaves {percent(product - 1)} of the error."
    if run.flips == 0:
        said += " The table counts flips along w1 = w2 alone, and this start has no error there."
    return said


def _valley(product: float, run: Descent, steep_share: float) -> str:
    said = f"eta × steepest curvature is {three(product)}"
    if run.flips == 0 and run.status != "diverged" and product > 1:
        said += (
            ", enough to overshoot, and yet nothing flips: this start has no error along the steep direction. The path "
            "follows the flattest one and is merely slow."
        )
        return said + (
            " Above 2 any error along the steep direction would grow: move the start a little and see."
            if product > 2
            else ""
        )
    if product > 2:
        return f"{said}: above 2, every step overshoots farther than the last."
    if product > 1:
        return (
            f"{said}: each step overshoots and changes side, and leaves {percent(product - 1)} of the error along the steep "
            "direction."
        )
    said += ": no step overshoots. "
    if steep_share < STRAIGHT:
        return f"{said}This start has no error along the steep direction to speak of: the path runs straight along the flat one."
    if 1 - steep_share < STRAIGHT:
        return f"{said}This start has no error along the flat direction to speak of: the path runs straight down the steep one."
    return f"{said}The path bends into the valley and then crawls along it."


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
    runs: Sequence[Descent], freed: Descent, best: Sequence[float], kappa: Sequence[float]
) -> tuple[str, list[str], str, str]:
    """Question, options, the right option and what is revealed, for the present start and learning rate."""
    options = ["Fewer steps", "About as many", "More steps", "It does not arrive"]
    left, right = ((math.inf if run.steps is None else run.steps) for run in runs)
    if right == math.inf:
        outcome = options[3]
    elif abs(right - left) <= 0.1 * min(left, right):
        outcome = options[1]
    else:
        outcome = options[0] if right < left else options[2]
    if len(runs[0].update) == 0:
        reveal = "The start is the target, so neither takes a step."
    else:
        reveal = f"With these inputs: {_taken(runs[0])}. Centred: {_taken(runs[1])}."
    if kappa[0] < ROUND:
        reveal += " There was no mean to remove."
    elif len(runs[0].update) > 0:
        reveal += (
            " Centring leaves the flat direction as flat as it was. What it removes is the steep one, and only then may "
            f"eta grow: the best eta goes from {three(best[0])} to {three(best[1])}, and there the centred neuron takes "
            f"{_counted(freed)}."
        )
    return "Centre the inputs and keep this eta: how many steps will it take?", options, outcome, reveal


def moments(law: Inputs) -> tuple[float, float]:
    """Mean and spread of one input."""
    return input_moments(law)


def cost(moment: Sequence[float], kappa: float, moving: bool) -> str:
    """The second picture in words; `moving` unless the start is the target."""
    mean, spread = moment
    said = f"Your inputs have mean {three(mean)} and spread {three(spread)}: kappa = 1 + 2 mu²/s² = {three(kappa)}. "
    if not moving:
        return f"{said}The curve is for uniform inputs of this spread; your start is the target, so there are no steps to draw."
    return (
        f"{said}The curves are uniform inputs of this spread, full batch, each at its best eta. There both directions shrink "
        "by the same factor a step, (kappa − 1) / (kappa + 1), so the steps are the same from every start."
    )


def cost_finding(moving: bool) -> str:
    """The second picture in a sentence, without its numbers."""
    if not moving:
        return "The curve climbs: the larger the mean of the inputs, the larger kappa."
    return "Both curves climb: the larger the mean of the inputs, the larger kappa and the more steps the full batch needs."


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
    said = (
        f"**How often do both signs agree?** One sample: {percent(one)}. A batch of {size}: {percent(many)}, measured with an "
        "upstream signal of mean zero. "
    )
    if _even(noise):
        said += f"Inputs without a mean have no lock to lose: the noise limit is {percent(noise)}, a coin's. "
    else:
        said += f"Larger batches tend to {percent(noise)}, the noise limit, not to one half. "
    return (
        f"{said}The full batch's own gradient, at a random error, agrees in {percent(whole_batch)}: another quantity."
    )


def lock_finding(noise: float) -> str:
    """The lock chart in a sentence, without its numbers."""
    if _even(noise):
        return "The chance that all signs agree is one half at every batch size: these inputs have no mean."
    return "The chance that all signs agree falls with the batch size towards the noise limit, and no further."


def _even(noise: float) -> bool:
    return abs(noise - 0.5) < 0.005


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
