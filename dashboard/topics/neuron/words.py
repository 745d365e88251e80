"""What `/neuron` says."""

import math
from collections.abc import Sequence

from core.checks import Status
from core.inputs import Spectrum
from core.neuron.descent import MOST_STEPS, Descent, DescentConfig
from core.neuron.stability import FULL
from dashboard.look.descent import EXACT, is_round, path_ratio, steps
from dashboard.look.formats import percent, plural, three, whole
from dashboard.topics.neuron.frames import Case, Twin

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


def legend(dragged: Sequence[str], end: str, moves: bool, pins: bool) -> str:
    """How to read the picture, and what a hand does in it: which ends can be `dragged`, and what a click does: it moves the
    `end` ("start" or "target"), or picks a step of the strip."""
    said = (
        "Each curve is one loss, four times that of the one inside. Shaded: where one sample could push. Below: the signs of the "
        "updates."
    )
    acts = []
    if dragged:
        acts.append(f"drag {' or '.join(dragged)}")
    if moves:
        acts.append(f"click a landscape to move the {end}")
    if pins:
        acts.append("click the strip to pick a step")
    done = ", ".join(acts)
    return f"{said} {done[0].upper()}{done[1:]}." if acts else said


def answer(kappa: float) -> str:
    """One sentence with a live number."""
    if is_round(kappa):
        return (
            f"It need not: these inputs have no mean, so no direction is steeper than another (kappa {three(kappa)})."
        )
    if kappa < SLIGHT:
        return (
            "It hardly need: the mean that these inputs share makes one direction of the loss only "
            f"{percent(kappa - 1)} steeper than the other."
        )
    return (
        f"Because its inputs share a mean: it makes one direction of the loss {three(kappa)} times as steep as the "
        "other, and a learning rate that suits the flat one overshoots on the steep one."
    )


def finding(kappa: float | None) -> str:
    """The picture in a sentence, without its numbers, and without what a hand may have made of it: another sentence would draw
    the picture anew. kappa: of two of these inputs as they are; None where the hand sets their mean and spread."""
    shows = (
        "Each shows the path of gradient descent from the start to the target; the second also the one step that it takes at its "
        "own best learning rate."
    )
    if kappa is not None and is_round(kappa):
        return f"Both landscapes are round bowls: these inputs have no mean to remove, and both paths run alike. {shows}"
    shape = "a valley" if kappa is None else "a narrow valley" if kappa >= NARROW else "an oval bowl"
    return (
        f"First, the inputs as they are make {shape} with one steep direction; second, the same inputs centred make a round bowl. "
        f"{shows}"
    )


def table(
    configs: Sequence[DescentConfig], runs: Sequence[Descent], shapes: Sequence[Spectrum]
) -> list[tuple[str, ...]]:
    """The numbers of both panels, a row a quantity."""
    etas = [config.eta for config in configs]
    steepest = [eta * float(shape.eigenvalues[-1]) for eta, shape in zip(etas, shapes, strict=True)]
    return [
        ("kappa, steepest over flattest curvature", *(three(shape.kappa) for shape in shapes)),
        ("learning rate eta", *map(three, etas)),
        ("eta × steepest curvature", *map(three, steepest)),
        ("steps to 1/10,000 of its first loss", *map(steps, runs)),
        ("path ratio: length over distance", *map(path_ratio, runs)),
        ("flips along the steep direction", *(whole(run.flips) for run in runs)),
    ]


PATHS = "A run stops at 1/10,000 of its first loss, short of the target: hence a path ratio can be below 1."


def _counted(run: Descent) -> str:
    return f"{steps(run)} steps" if run.steps is None else plural(run.steps, "step")


def why(case: Case) -> str:
    """Why the path on the left looks as it does, in the present settings."""
    if not len(case.run.update):
        return "The start is the target: there is nothing to learn, and no step is taken. Move one of them."
    if case.config.batch != FULL:
        first = _batches(case)
    elif is_round(case.shape.kappa):
        first = _round_bowl(case)
    else:
        first = _valley(case)
    return f"{first}\n\n{_signs(case)}"


def _batches(case: Case) -> str:
    batch, eta, edge = case.config.batch, case.config.eta, case.limits.edge
    said = (
        f"Every step follows {'one sample' if batch == 1 else f'a batch of {batch} samples'}, not the slope of the picture, so it "
        f"wanders. Averaged over runs, the squared error grows above eta = {three(edge)}, "
        f"{three(edge / case.full_edge)} of the full-batch edge; yours is {three(eta)}"
    )
    if eta <= edge:
        return f"{said}."
    arrived = "" if case.run.steps is None else ", and this one did"
    return f"{said}. A single run may arrive all the same{arrived}."


def _round_bowl(case: Case) -> str:
    _, product = case.products
    said = f"eta × curvature is {three(product)}, in every direction: "
    if product <= 1 + EXACT:
        return f"{said}no step overshoots, and the path runs straight to the target."
    if product > 2 + EXACT:
        said += "above 2, every step overshoots farther than the last."
    else:
        said += f"each step overshoots and changes side, and leaves {percent(product - 1)} of the error."
    if case.run.flips == 0:
        along = "w1 = −w2" if case.config.law.flipped else "w1 = w2"
        said += f" The table counts flips along {along} alone, and this start has no error there."
    return said


def _valley(case: Case) -> str:
    (flat, steep), (_, on_steep) = case.products, case.errors
    said = f"eta × steepest curvature is {three(steep)}"
    if on_steep == 0 and steep > 1 + EXACT:
        said += (
            ", enough to overshoot, and yet nothing flips: this start has no error along the steep direction. "
            + _along_the_flat(flat, case.run)
        )
        grows = steep > 2 + EXACT >= flat
        return f"{said} Along the steep one any error would grow: move the start a little and see." if grows else said
    if steep > 2 + EXACT:
        return f"{said}: above 2, every step overshoots farther than the last along the steep direction."
    if steep > 1 + EXACT:
        return (
            f"{said}: each step overshoots and changes side, and leaves {percent(abs(1 - steep))} of the error along the steep "
            f"direction, {percent(abs(1 - flat))} along the flat one."
        )
    return f"{said}: no step overshoots. {_without_overshoot(case)}"


def _without_overshoot(case: Case) -> str:
    """The path of the full batch in a valley, where no step overshoots."""
    (flat, steep), (on_flat, on_steep) = case.products, case.errors
    kappa = steep / flat
    share = kappa * on_steep**2 / (kappa * on_steep**2 + on_flat**2)
    if share < STRAIGHT:
        return (
            "This start has no error along the steep direction to speak of: the path runs straight along the flat one."
        )
    if 1 - share < STRAIGHT:
        return (
            "This start has no error along the flat direction to speak of: the path runs straight down the steep one."
        )
    if kappa >= NARROW and VISIBLE < on_steep / on_flat < 1 / VISIBLE:
        return "The path bends into the valley and then crawls along it."
    leaves_flat, leaves_steep = percent(abs(1 - flat)), percent(abs(1 - steep))
    if steep > 1 - EXACT:
        return f"The first takes all error along the steep direction away; each leaves {leaves_flat} of it along the flat one."
    return f"Each leaves {leaves_steep} of the error along the steep direction and {leaves_flat} along the flat one."


def _along_the_flat(product: float, run: Descent) -> str:
    """The path of a start on the flat direction, where eta × its curvature is `product`."""
    said = "The path follows the flat one"
    if product > 2 + EXACT:
        return f"{said}, and there too eta × curvature is above 2: every step overshoots farther than the last."
    if product > 1 + EXACT:
        return f"{said}: each step overshoots the target and leaves {percent(product - 1)} of the error."
    slow = ", and is merely slow" if run.steps is None or run.steps >= SLOW else ""
    return f"{said}{slow}: each step leaves {percent(1 - product)} of the error."


def _signs(case: Case) -> str:
    """How many updates share a sign, with and without a flipped wire: a flip negates the second one."""
    here, there = case.agreeing
    total, flipped = len(case.run.update), bool(case.config.law.flipped)
    said = "A wire is flipped: input 2 and its weight are negated. " if flipped else ""
    other = "no wire" if flipped else "a wire"
    said += f"Updates whose two signs agree: {whole(here)} of {whole(total)}; with {other} flipped, {whole(there)}"
    if here + there > total:
        said += " (a weight that stands still agrees with either)"
    mean = "" if is_round(case.shape.kappa) else ", the mean does"
    return f"{said}. Every number in the table is the same: the sign costs nothing{mean}."


def prediction(given: Twin, centred: Twin, freed: Descent, kappa: float) -> tuple[str, list[str], str, str]:
    """Question, options, the right option and what is revealed, for the present start and learning rate. freed: the run
    with centred inputs at their best learning rate. kappa: with the given inputs."""
    never = "It does not arrive" if given.config.batch == FULL else f"Not within {whole(MOST_STEPS)} steps"
    options = ["Fewer steps", "About as many", "More steps", never]
    left, right = (math.inf if twin.needed is None else twin.needed for twin in (given, centred))
    if right == math.inf:
        outcome = never
    elif abs(right - left) <= 0.1 * min(left, right):
        outcome = options[1]
    else:
        outcome = options[0] if right < left else options[2]
    question = f"Centre the inputs and keep eta at {three(given.config.eta)}: how many steps will it take?"
    return question, options, outcome, _revealed(given, centred, freed, kappa)


def _revealed(given: Twin, centred: Twin, freed: Descent, kappa: float) -> str:
    if not len(given.run.update):
        return "The start is the target, so neither takes a step."
    said = f"With these inputs: {_taken(given)}. Centred: {_taken(centred)}."
    if is_round(kappa):
        return f"{said} There was no mean to remove."
    before, after = three(given.best), three(centred.best)
    freedom = (
        f"which was hardly any steeper: the best eta stays {after}"
        if before == after
        else f"and only then may eta grow: the best eta goes from {before} to {after}"
    )
    takes = steps(freed) if freed.status == Status.DIVERGED else f"takes {_counted(freed)}"
    return (
        f"{said} Centring leaves the flat direction as flat as it was. What it removes is the steep one, {freedom}, and there the "
        f"centred neuron {takes}."
    )


def _taken(twin: Twin) -> str:
    """What a run took, after a colon."""
    if twin.run.status == Status.DIVERGED:
        return f"it {steps(twin.run)}"
    if twin.run.steps is not None:
        return f"{_counted(twin.run)} and a path of {path_ratio(twin.run)} times the distance"
    if twin.needed is not None:
        return f"{plural(twin.needed, 'step')}, of which {whole(len(twin.run.update))} were run"
    return "it does not arrive" if twin.config.batch == FULL else _counted(twin.run)


def cost(mean: float, spread: float, kappa: float, moving: bool) -> str:
    """The second picture in words, for inputs of this mean and spread; `moving` unless the start is the target."""
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


def answered(kappa: float) -> str:
    """What the page has answered."""
    if kappa < SLIGHT:
        has = "these inputs have none, and no" if is_round(kappa) else "here it is small, and hardly one"
        return (
            f"One neuron zigzags where the mean of its inputs is large beside their spread; {has} direction is steeper than "
            "another. But a layer has many neurons, and their signs differ."
        )
    return (
        "One neuron zigzags where the mean of its inputs is large beside their spread: the shared sign shows it, the "
        f"steep direction (kappa {three(kappa)}) is what costs. But a layer has many neurons, and their signs differ."
    )
