"""What `/output` says."""

import math
from collections.abc import Sequence

from core.output import GOAL, MOST_STEPS, OutputConfig
from dashboard.look.formats import as_shown, equals, percent, plural, quotient, three, whole
from dashboard.topics.output.frames import GUESSED, Neuron, Pair, output, side


def legend(steps: bool, starts: bool, target: float) -> str:
    """How to read the picture, and what a hand does in it: whether the step and the start can be dragged."""
    shape = "is the sigmoid's own curve" if target == 0 else "is the sigmoid's own curve less 1"
    said = [
        f"Both curves are gradients, not outputs. Cross-entropy's, *a* − *y*, {shape} for this target.",
        f"The grey band is where the output is within {GOAL:g} of the target.",
    ]
    if steps:
        said.append("Drag the step and watch how far each dot moves.")
    if starts:
        said.append("Drag the start, *z*₀ = *w* + *b*, farther out and watch the slope fade in the product.")
    return " ".join(said)


DL_DZ = "d*L*/d*z*"
"""The gradient in text."""

FINDING = (
    "The gradient of squared error dies on the wrong side, where the output is most wrong; that of cross-entropy is "
    "largest there. Two dots show both neurons learning."
)

STARTS_FINDING = (
    "Steps to the goal against the start: squared error climbs exponentially the more wrong the start is, "
    "cross-entropy hardly climbs."
)

LEAD = math.log(1 / GOAL - 1) + 1 / GOAL - 1
"""What cross-entropy adds to |z0| far out, in continuous time: 2 eta times its steps is the integral of 1 + e^-z from -ln 9
to z0 (target 0), that is z0 + ln 9 + 9 - e^-z0, and e^-z0 is next to nothing there."""


def taken(neuron: Neuron) -> str:
    """The steps of a run, or what continuous time says where it is cut off."""
    if neuron.steps is not None:
        return plural(neuron.steps, "step")
    return f"over {whole(MOST_STEPS)} steps ({three(neuron.flow)} in continuous time)"


def answer(pair: Pair) -> str:
    """One sentence with a live number."""
    if pair.squared.steps == 0:
        return f"Not from here: this start is already within {GOAL} of the target. From farther off the cost decides."
    squared, cross = taken(pair.squared), taken(pair.cross)
    if side(pair.target) * pair.start <= 0:
        where = "on neither side yet" if _halfway(pair) else "on the right side already"
        return f"A mild one with squared error: this start is {where}, and takes {squared}. With cross-entropy it takes {cross}."
    return f"With squared error it is: this start takes {squared}. With cross-entropy it is not: {cross}."


def _halfway(pair: Pair) -> bool:
    """Whether the start's output is one half, as far from one target as from the other."""
    return abs(pair.start) < 1e-9


def rows(pair: Pair) -> list[list[str]]:
    """The numbers, a column for each cost."""
    runs = pair.runs
    steps = len(runs[0].z) - 1
    return [
        ["output at the start", *(output(float(run.z[0])) for run in runs)],
        [f"{DL_DZ} at the start", *(three(float(run.gradient[0])) for run in runs)],
        [f"output after {whole(steps)} steps", *(output(float(run.z[-1])) for run in runs)],
        [
            f"steps until within {GOAL}",
            *(f"over {whole(MOST_STEPS)}" if one.steps is None else whole(one.steps) for one in pair.neurons),
        ],
        ["the same in continuous time", *(three(one.flow) for one in pair.neurons)],
    ]


def why(pair: Pair, slope: float, eta: float, nielsens: bool) -> str:
    """Why the dots move as they do. slope: sigma' at the start. nielsens: whether this is his demonstration."""
    squared, cross = (float(run.gradient[0]) for run in pair.runs)
    wrong = side(pair.target) * pair.start
    if abs(wrong - MOST_PUSH) < 0.05:
        place = "Your start is about there."
    elif wrong > MOST_PUSH:
        place = "Your start lies beyond: it is more wrong, and pushed less."
    elif _halfway(pair):
        place = "Your start is on neither side yet."
    elif wrong > 0:
        place = "Your start is not that wrong yet."
    else:
        place = "Your start is on the right side already."
    product = equals(as_shown(cross) * as_shown(slope), squared)
    first = (
        f"Squared error pushes with (*a* − *y*) *σ*′(*z*): here {three(cross)} × {three(slope)} {product} {three(squared)}. The push is largest "
        f"where the output is *a* = {'2/3' if pair.target == 0 else '1/3'}, and dies beyond, with the slope *σ*′. {place}"
    )
    second = (
        f"Cross-entropy pushes with *a* − *y* alone, {three(cross)}: its own derivative has the slope in its denominator, and that "
        "cancels the slope. It falls silent only as the output becomes right."
    )
    third = f"Both neurons learn at the same rate, *η* = {eta:g}."
    if nielsens:
        third += " The demonstration is Nielsen's."
    return f"{first}\n\n{second}\n\n{third}"


MOST_PUSH = math.log(2)
"""Squared error pushes most where a = 2/3: so far out on the wrong side."""

LARGEST = 4 / 27
"""Squared error's largest push, at a = 2/3: (2/3) (2/3) (1/3)."""

SMALL = 0.25
"""A gradient below this share of its largest is called small."""


def small_gradient(pair: Pair, step: int) -> str:
    """A small gradient, and whether it says that the neuron has learnt: of the squared-error neuron at a step of its run."""
    run = pair.squared.run
    gradient, off = float(run.gradient[step]), abs(float(run.a[step]) - pair.target)
    push, only = three(gradient), "" if percent(abs(gradient) / LARGEST).startswith("under") else "only "
    first = f"**A small gradient: has it converged?** At step {whole(step)}"
    of = f"{percent(abs(gradient) / LARGEST)} of its largest"
    if off > GOAL and abs(gradient) >= SMALL * LARGEST:
        return (
            f"{first} squared error's gradient is {push}, {of}, and the output is {three(off)} from its target: it learns. Far out "
            "on the wrong side the gradient is small, though there is more to learn."
        )
    if off > GOAL:
        return (
            f"{first} squared error's gradient is {push}, {only}{of}, and the output is still {three(off)} from its target. A small "
            "gradient says that a weight hardly moves, and not that it is right."
        )
    return (
        f"{first} squared error's gradient is {push} and the output is {three(off)} from its target: here it has. The "
        f"gradient is as small at an output {three(far_off(abs(gradient)))} from its target, far out on the wrong side."
    )


def far_off(push: float) -> float:
    """How far the output is from its target where squared error pushes as little far out on the wrong side: d in d^2 (1 - d) = push,
    the root next to 1. push: next to nothing beside `LARGEST`."""
    off = 1.0
    for _ in range(20):
        off = 1 - push / off**2
    return off


_OPTIONS = {
    "Twice as many": 2.0,
    "About ten times": 10.0,
    "About a hundred times": 100.0,
    "About ten thousand times": 1e4,
}


def prediction(squared: Sequence[float], cross: Sequence[float], target: float) -> tuple[str, list[str], str, str]:
    """Question, options, the right option and what is revealed. squared, cross: each cost's steps in continuous time from
    the starts `GUESSED`."""
    five, six, nine, ten = squared
    ratio = ten / five
    right = min(_OPTIONS, key=lambda option: abs(math.log(_OPTIONS[option] / ratio)))
    reveal = (
        f"{quotient(ten, five).capitalize()} times: {three(five)} steps become {three(ten)}, in continuous time. The next unit of |*z*₀| "
        f"multiplies them by {three(six / five)} at 5, by {three(ten / nine)} at 9 and by *e* = "
        f"{three(math.e)} far out. Cross-entropy goes from {three(cross[0])} to {three(cross[-1])}: "
        f"{quotient(cross[-1], cross[0])} times as many."
    )
    near, far = (f"*z*₀ = {side(target) * z:g}".replace("-", "−") for z in (GUESSED[0], GUESSED[-1]))
    return f"With squared error, from {near} to {far}: how many times as many steps?", list(_OPTIONS), right, reveal


def starts(eta: float, learnt: bool, cut: bool) -> str:
    """The second picture in words. learnt: whether your start is within the goal. cut: whether descent is cut off somewhere."""
    first = "Your start is within the goal and has no steps to draw. " if learnt else ""
    last = (
        f" Descent is run for {whole(MOST_STEPS)} steps. Beyond, the dashed curve is the answer in continuous time, exact for a small *η*."
        if cut
        else ""
    )
    return (
        f"{first}At *η* = {eta:g}, far out on the wrong side, squared error takes nearly exp(|*z*₀|) / (2*η*) steps, and cross-entropy "
        f"(|*z*₀| + {three(LEAD)}) / (2*η*).{last}"
    )


def answered(pair: Pair) -> str:
    """What the page has answered."""
    here = ""
    if pair.squared.steps != 0:
        here = f": here {taken(pair.cross)}, with squared error {taken(pair.squared)}"
    return (
        f"A sigmoid output is no problem with cross-entropy{here}. That cures the output unit only. Hidden sigmoids keep their "
        "slope, and every layer multiplies the gradient by weights and slope once more."
    )


def snippet(configs: Sequence[OutputConfig]) -> str:
    """Python lines that reproduce the table."""
    squared, cross = configs
    return (
        "from core import OutputConfig, flow_steps, learn\n\n"
        f"squared = {squared!r}\n"
        f"cross_entropy = {cross!r}\n"
        "for config in (squared, cross_entropy):\n"
        "    run = learn(config)\n"
        "    print(run.a[0], run.gradient[0], run.a[-1], run.steps, flow_steps(config))\n"
    )
