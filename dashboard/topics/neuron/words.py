"""What `/neuron` says."""

import math
from collections.abc import Sequence

import numpy as np

from core.activations import ACTIVATIONS
from core.inputs import Inputs, condition_number, input_moments, spectrum
from core.neuron.descent import MOST_STEPS, NEGLIGIBLE, Descent, SampleGradient, same_sign
from core.neuron.stability import FULL, StepLimits
from dashboard.look.descent import path_ratio, steps
from dashboard.look.formats import percent, three, whole

TITLES = ("these inputs", "the same inputs, centred")

NARROW = 4.0
"""From this kappa on the page calls a valley narrow, and the way along it a crawl."""

SLIGHT = 1.1
"""Below this kappa the page gives what one direction is steeper by, as a share."""

VISIBLE = 0.05
"""A path bends for the eye where its start has at least this share of its error along either direction."""

STRAIGHT = 1e-4
"""A direction with less than this share of the initial loss does not bend the path: a run ends at that share of it."""

SLOW = 10
"""From so many steps on a straight path is called slow."""

EXACT = 1e-9
"""A kappa, or eta × curvature, this near to a whole number is that number, but for rounding."""


def colours(source: str) -> tuple[str, str]:
    """The activation whose colour each panel's path has."""
    own = ACTIVATIONS[source].label if source in ACTIVATIONS else ACTIVATIONS["identity"].label
    return own, ACTIVATIONS["centred"].label if source == "sigmoid" else own


def legend(end: str, moves: bool, pins: bool) -> str:
    """How to read the picture, and what a click in it does: moves the `end` ("start" or "target"), pins a step."""
    clicks = [f"a landscape to move the {end}"] * moves + ["the strip to pin a step"] * pins
    said = (
        "Each curve is one loss, four times that of the one inside. Shaded: where one sample could push. Below: the signs of the "
        "updates."
    )
    return f"{said} Click {', '.join(clicks)}." if clicks else said


def _round(kappa: float) -> bool:
    """Whether no direction is steeper than another: the inputs have no mean."""
    return kappa - 1 <= EXACT


def answer(kappa: Sequence[float]) -> str:
    """One sentence with a live number."""
    if _round(kappa[0]):
        return f"It need not: these inputs have no mean, so no direction is steeper than another (kappa {three(kappa[0])})."
    if kappa[0] < SLIGHT:
        return (
            "It hardly need: the mean that these inputs share makes one direction of the loss only "
            f"{percent(kappa[0] - 1)} steeper than the other."
        )
    return (
        f"Because its inputs share a mean: it makes one direction of the loss {three(kappa[0])} times as steep as the "
        "other, and a learning rate that suits the flat one overshoots on the steep one."
    )


def finding(kappa: Sequence[float]) -> str:
    """The picture in a sentence, without its numbers."""
    if _round(kappa[0]):
        return "Both landscapes are round bowls: these inputs have no mean to remove, and both paths run alike."
    shape = "a narrow valley" if kappa[0] >= NARROW else "an oval bowl"
    return (
        f"First, the given inputs make {shape} with one steep direction; second, the same inputs centred make a round bowl. "
        "Each shows the path of gradient descent from the start, and the target."
    )


PATHS = "A run stops at 1/10,000 of its first loss, short of the target: hence a path ratio can be below 1."


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
    if not len(run.update):
        return "The start is the target: there is nothing to learn, and no step is taken. Move one of them."
    if batch != FULL:
        first = _batches(eta, run, limits, full_edge, batch)
    elif _round(condition_number(law)):
        first = _round_bowl(eta * steepest(law), run, flip)
    else:
        first = _valley(law, away, eta, run)
    return f"{first}\n\n{_signs(law, run, flip)}"


def steepest(law: Inputs) -> float:
    """The largest curvature."""
    return float(spectrum(law).eigenvalues[-1])


def _batches(eta: float, run: Descent, limits: StepLimits, full_edge: float, batch: int) -> str:
    said = (
        f"Every step follows {'one sample' if batch == 1 else f'a batch of {batch} samples'}, not the slope of the picture, so it "
        f"wanders. Averaged over runs, the squared error grows above eta = {three(limits.edge)}, "
        f"{three(limits.edge / full_edge)} of the full-batch edge; yours is {three(eta)}"
    )
    if eta <= limits.edge:
        return f"{said}."
    return f"{said}. A single run may arrive all the same{'' if run.steps is None else ', and this one did'}."


def _round_bowl(product: float, run: Descent, flip: bool) -> str:
    said = f"eta × curvature is {three(product)}, in every direction: "
    if product <= 1 + EXACT:
        return f"{said}no step overshoots, and the path runs straight to the target."
    if product > 2 + EXACT:
        said += "above 2, every step overshoots farther than the last."
    else:
        said += f"each step overshoots and changes side, and leaves {percent(product - 1)} of the error."
    if run.flips == 0:
        said += (
            f" The table counts flips along w1 = {'−w2' if flip else 'w2'} alone, and this start has no error there."
        )
    return said


def _valley(law: Inputs, away: tuple[float, float], eta: float, run: Descent) -> str:
    flat, steep = (eta * float(curvature) for curvature in spectrum(law).eigenvalues)
    leaves_flat, leaves_steep = percent(abs(1 - flat)), percent(abs(1 - steep))
    on_flat, on_steep = _errors(law, away)
    said = f"eta × steepest curvature is {three(steep)}"
    if on_steep == 0 and steep > 1 + EXACT:
        said += (
            ", enough to overshoot, and yet nothing flips: this start has no error along the steep direction. "
            + _along_the_flat(flat, run)
        )
        grows = steep > 2 + EXACT >= flat
        return f"{said} Along the steep one any error would grow: move the start a little and see." if grows else said
    if steep > 2 + EXACT:
        return f"{said}: above 2, every step overshoots farther than the last along the steep direction."
    if steep > 1 + EXACT:
        return (
            f"{said}: each step overshoots and changes side, and leaves {leaves_steep} of the error along the steep direction, "
            f"{leaves_flat} along the flat one."
        )
    said += ": no step overshoots. "
    kappa = steep / flat
    share = kappa * on_steep**2 / (kappa * on_steep**2 + on_flat**2)
    if share < STRAIGHT:
        return f"{said}This start has no error along the steep direction to speak of: the path runs straight along the flat one."
    if 1 - share < STRAIGHT:
        return f"{said}This start has no error along the flat direction to speak of: the path runs straight down the steep one."
    if kappa >= NARROW and VISIBLE < on_steep / on_flat < 1 / VISIBLE:
        return f"{said}The path bends into the valley and then crawls along it."
    if steep > 1 - EXACT:
        return f"{said}The first takes all error along the steep direction away; each leaves {leaves_flat} of it along the flat one."
    return (
        f"{said}Each leaves {leaves_steep} of the error along the steep direction and {leaves_flat} along the flat one."
    )


def _along_the_flat(product: float, run: Descent) -> str:
    """The path of a start on the flat direction, where eta × its curvature is `product`."""
    said = "The path follows the flat one"
    if product > 2 + EXACT:
        return f"{said}, and there too eta × curvature is above 2: every step overshoots farther than the last."
    if product > 1 + EXACT:
        return f"{said}: each step overshoots the target and leaves {percent(product - 1)} of the error."
    slow = ", and is merely slow" if run.steps is None or run.steps >= SLOW else ""
    return f"{said}{slow}: each step leaves {percent(1 - product)} of the error."


def _errors(law: Inputs, away: tuple[float, float]) -> tuple[float, float]:
    """The sizes of the error along the flat and along the steep direction; 0 where it is rounding."""
    error = np.abs(np.array(away) @ spectrum(law).vectors)
    flat, steep = np.where(error > NEGLIGIBLE * math.hypot(*away), error, 0.0)
    return float(flat), float(steep)


def _signs(law: Inputs, run: Descent, flip: bool) -> str:
    """How many updates share a sign, with and without a flipped wire: a flip negates the second one."""
    here, there = same_sign(run.update), same_sign(run.update * [1, -1])
    said = (
        f"{'A wire is flipped: input 2 and its weight are negated. ' if flip else ''}Updates whose two signs agree: {whole(here)} of "
        f"{whole(len(run.update))}; with {'no wire' if flip else 'a wire'} flipped, {whole(there)}"
    )
    if here + there > len(run.update):
        said += " (a weight that stands still agrees with either)"
    mean = "" if _round(condition_number(law)) else ", the mean does"
    return f"{said}. Every number in the table is the same: the sign costs nothing{mean}."


def prediction(
    runs: Sequence[Descent],
    counts: Sequence[int | None],
    freed: Descent,
    eta: float,
    best: Sequence[float],
    kappa: float,
    batch: int,
) -> tuple[str, list[str], str, str]:
    """Question, options, the right option and what is revealed, for the present start and learning rate. counts: the steps
    that each of the runs needs, also where it was cut before."""
    options = ["Fewer steps", "About as many", "More steps"]
    options.append("It does not arrive" if batch == FULL else f"Not within {whole(MOST_STEPS)} steps")
    left, right = (math.inf if count is None else count for count in counts)
    if right == math.inf:
        outcome = options[3]
    elif abs(right - left) <= 0.1 * min(left, right):
        outcome = options[1]
    else:
        outcome = options[0] if right < left else options[2]
    question = f"Centre the inputs and keep eta at {three(eta)}: how many steps will it take?"
    if not len(runs[0].update):
        return question, options, outcome, "The start is the target, so neither takes a step."
    given, centred = (_taken(run, count, batch) for run, count in zip(runs, counts, strict=True))
    reveal = f"With these inputs: {given}. Centred: {centred}."
    if _round(kappa):
        return question, options, outcome, f"{reveal} There was no mean to remove."
    before, after = map(three, best)
    freedom = (
        f"which was hardly any steeper: the best eta stays {after}"
        if before == after
        else f"and only then may eta grow: the best eta goes from {before} to {after}"
    )
    reveal += (
        f" Centring leaves the flat direction as flat as it was. What it removes is the steep one, {freedom}, and there the "
        f"centred neuron {_takes(freed)}."
    )
    return question, options, outcome, reveal


def _taken(run: Descent, count: int | None, batch: int) -> str:
    """What a run took, after a colon; `count` as in `prediction`."""
    if run.status == "diverged":
        return f"it {steps(run)}"
    if run.steps is not None:
        return f"{_counted(run)} and a path of {path_ratio(run)} times the distance"
    if count is not None:
        return f"{whole(count)} steps, of which {whole(len(run.update))} were run"
    return "it does not arrive" if batch == FULL else _counted(run)


def _takes(run: Descent) -> str:
    return steps(run) if run.status == "diverged" else f"takes {_counted(run)}"


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


def sample(one: SampleGradient, step: int, taken: bool) -> str:
    """dL/dw = delta a with this step's numbers; `taken` where the run takes that very sample."""
    a, g = one.a, one.gradient
    which = f"The sample that step {step} takes" if taken else f"A sample drawn at step {step}"
    return (
        f"**{which}.** Inputs a = ({three(a[0])}, {three(a[1])}), upstream signal delta = {three(one.delta)}. "
        f"The gradient is delta × a = ({three(g[0])}, {three(g[1])}): on the ray of the inputs, whatever delta is."
        f"{' The update is −eta times that.' if taken else ''}"
    )


def lock(measured: Sequence[tuple[int, float, float]], noise: float, whole_batch: float, kappa: float) -> str:
    """What the lock chart shows."""
    _, one, _ = measured[0]
    size, many, _ = measured[-1]
    said = (
        f"**How often do both signs agree?** One sample: {percent(one)}. A batch of {size}: {percent(many)}, measured with an "
        "upstream signal of mean zero. "
    )
    if _round(kappa):
        said += f"Inputs without a mean have no lock to lose: the noise limit is {percent(noise)}, a coin's. "
    elif percent(noise) == "50 %":
        said += "Larger batches tend to the noise limit, which differs from one half by less than can be said here. "
    else:
        said += f"Larger batches tend to {percent(noise)}, the noise limit, not to one half. "
    return (
        f"{said}The full batch's own gradient, at a random error, agrees in {percent(whole_batch)}: another quantity."
    )


def lock_finding(one: float, noise: float, kappa: float) -> str:
    """The lock chart in a sentence, without its numbers; `one` is the chance for one sample."""
    if _round(kappa):
        return "The chance that all signs agree is one half at every batch size: these inputs have no mean."
    if abs(one - noise) < 0.02:
        return "The chance that all signs agree is about the noise limit at every batch size."
    verb = "falls" if one > noise else "rises"
    return f"The chance that all signs agree {verb} with the batch size towards the noise limit, and no further."


def answered(kappa: Sequence[float]) -> str:
    """What the page has answered."""
    if kappa[0] < SLIGHT:
        has = "these inputs have none, and no" if _round(kappa[0]) else "here it is small, and hardly one"
        return (
            f"One neuron zigzags where the mean of its inputs is large beside their spread; {has} direction is steeper than "
            "another. But a layer has many neurons, and their signs differ."
        )
    return (
        "One neuron zigzags where the mean of its inputs is large beside their spread: the shared sign shows it, the "
        f"steep direction (kappa {three(kappa[0])}) is what costs. But a layer has many neurons, and their signs differ."
    )
