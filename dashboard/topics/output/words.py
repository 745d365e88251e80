"""What `/output` says."""

import math
from collections.abc import Sequence

from core.output import GOAL, MOST_STEPS, OutputConfig
from dashboard.look.formats import plural, three, whole
from dashboard.topics.output.frames import GUESSED, Neuron, Pair, output, side

LEGEND = (
    "Curves: how hard each cost pushes z. Dots: two neurons that start alike, at z0 = w + b. Pale band: within 0.1 of the target. "
    "Drag the step and watch which dot moves; drag the start and watch the slope fade in the product dL/dz = dL/da · slope."
)

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
        return (
            f"Not from here: this start is already within {GOAL} of the target. Make it more wrong and the choice of "
            "cost decides."
        )
    squared, cross = taken(pair.squared), taken(pair.cross)
    if side(pair.target) * pair.start <= 0:
        return (
            "A mild one with squared error: this start is not on the wrong side, yet it needs "
            f"{squared}. With cross-entropy it needs {cross}, because its gradient cancels the slope."
        )
    return (
        f"With squared error it is: this start needs {squared}. With cross-entropy it is not: "
        f"{cross}, because its gradient cancels the slope."
    )


def rows(pair: Pair) -> list[list[str]]:
    """The numbers, a column for each cost."""
    runs = pair.runs
    steps = len(runs[0].z) - 1
    return [
        ["output at the start", *(output(float(run.z[0])) for run in runs)],
        ["dL/dz at the start", *(three(float(run.gradient[0])) for run in runs)],
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
    first = (
        f"Squared error pushes with (a − y) σ'(z): here {three(cross)} × {three(slope)} ≈ {three(squared)}. The "
        "slope makes it small exactly where the output is most wrong; it is largest at a = "
        f"{'2/3' if pair.target == 0 else '1/3'}. Cross-entropy pushes with a − y alone, {three(cross)}, and falls silent "
        "only as the output becomes right."
    )
    second = f"Both neurons use eta = {eta:g}, the same for both costs."
    if nielsens:
        second += (
            " Nielsen, whose demonstration this is, is said to have used another one for cross-entropy; the "
            "comparison does not need it."
        )
    return f"{first}\n\n{second}"


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
        f"{three(ratio)} times: {three(five)} steps become {three(ten)}, in continuous time. The next unit "
        f"multiplies them by {three(six / five)} at 5, by {three(ten / nine)} at 9 and by e = "
        f"{three(math.e)} far out. Cross-entropy goes from {three(cross[0])} to {three(cross[-1])}: "
        f"{three(cross[-1] / cross[0])} times."
    )
    near, far = (f"z0 = {side(target) * z:g}".replace("-", "−") for z in (GUESSED[0], GUESSED[-1]))
    return f"With squared error, from {near} to {far}: how many times more steps?", list(_OPTIONS), right, reveal


def starts(eta: float, learnt: bool) -> str:
    """The second picture in words; `learnt` where your start is within the goal."""
    first = "Your start is within the goal and has no steps to draw. " if learnt else ""
    return (
        f"{first}At eta = {eta:g}. Far out, squared error takes nearly e^|z0| / (2 eta) steps and cross-entropy "
        f"(|z0| + {three(LEAD)}) / (2 eta): the 2 is x² + 1, for w and b both move z. Descent is run for "
        f"{whole(MOST_STEPS)} steps; beyond, dashed, stands the exact answer for a small eta."
    )


def answered(pair: Pair) -> str:
    """What the page has answered."""
    here = ""
    if pair.squared.steps != 0:
        here = f": here {taken(pair.cross)}, with squared error {taken(pair.squared)}"
    return (
        f"A sigmoid output is no problem with cross-entropy{here}. It cures the output unit only. Hidden sigmoids "
        "keep their slope, and every layer multiplies the gradient by weights and slope once more."
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
