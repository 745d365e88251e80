"""What `/output` says."""

import math
from collections.abc import Sequence

from core.logits import softmax_gradient
from core.output import COSTS as KEYS
from core.output import GOAL, MOST_STEPS, OutputConfig, OutputRun, chain, flow_steps, loss
from dashboard.look.formats import three, whole
from dashboard.topics.output.charts import COSTS
from dashboard.topics.output.frames import output, side

LEGEND = (
    "Curves: how hard each cost pushes z. Dots: two neurons that start alike. Pale band: within 0.1 of the target. "
    "Drag the step and watch which dot moves."
)

FINDING = (
    "The gradient of squared error dies on the wrong side, where the output is most wrong; that of cross-entropy is "
    "largest there. Two dots show both neurons learning."
)

STARTS_FINDING = (
    "Steps to the goal against the start: squared error climbs exponentially the more wrong the start is, "
    "cross-entropy hardly climbs."
)


def taken(run: OutputRun, flow: float) -> str:
    """The steps of a run, or what continuous time says where it is cut off."""
    if run.steps is not None:
        return f"{whole(run.steps)} step{'s' * (run.steps != 1)}"
    return f"over {whole(MOST_STEPS)} steps ({three(flow)} in continuous time)"


def count(run: OutputRun, flow: float) -> float:
    """The number of steps: the run's own, or continuous time's."""
    return flow if run.steps is None else float(run.steps)


def answer(runs: Sequence[OutputRun], flows: Sequence[float], target: float) -> str:
    """One sentence with a live number."""
    squared, cross = runs
    if squared.steps == 0:
        return (
            f"Not from here: this start is already within {GOAL} of the target. Make it more wrong and the choice of "
            "cost decides."
        )
    if side(target) * float(squared.z[0]) <= 0:
        return (
            "A mild one with squared error: this start is not on the wrong side, yet it needs "
            f"{taken(squared, flows[0])}. With cross-entropy it needs {taken(cross, flows[1])}, because its gradient "
            "cancels the slope."
        )
    return (
        f"With squared error it is: this start needs {taken(squared, flows[0])}. With cross-entropy it is not: "
        f"{taken(cross, flows[1])}, because its gradient cancels the slope."
    )


def rows(runs: Sequence[OutputRun], flows: Sequence[float], steps: int) -> list[list[str]]:
    """The numbers, a column for each cost."""
    return [
        ["output at the start", *(output(float(run.z[0])) for run in runs)],
        ["dL/dz at the start", *(three(float(run.gradient[0])) for run in runs)],
        [f"output after {whole(steps)} steps", *(output(float(run.z[steps])) for run in runs)],
        [
            f"steps until within {GOAL}",
            *(f"over {whole(MOST_STEPS)}" if r.steps is None else whole(r.steps) for r in runs),
        ],
        ["the same in continuous time", *map(three, flows)],
    ]


def why(runs: Sequence[OutputRun], eta: float, target: float) -> str:
    """Why the dots move as they do."""
    squared, cross = (float(run.gradient[0]) for run in runs)
    slope = chain(KEYS[0], float(runs[0].z[0]), target).da_dz
    first = (
        f"Squared error pushes with (a − y) σ'(z): here {three(cross)} × {three(slope)} ≈ {three(squared)}. The "
        "slope makes it small exactly where the output is most wrong; it is largest at a = "
        f"{'2/3' if target == 0 else '1/3'}. Cross-entropy pushes with a − y alone, {three(cross)}, and falls silent "
        "only as the output becomes right."
    )
    second = f"Both neurons use eta = {eta:g}, the same for both costs."
    if (eta, target) == (0.15, 0.0) and (float(runs[0].w[0]), float(runs[0].b[0])) in NIELSEN:
        second += (
            " Nielsen, whose demonstration this is, is said to have used another one for cross-entropy; the "
            "comparison does not need it."
        )
    return f"{first}\n\n{second}"


def prediction(eta: float, target: float) -> tuple[str, list[str], str, str]:
    """Question, options, the right option and what is revealed, at this learning rate."""
    five, six, nine, ten = (
        [flow_steps(OutputConfig(key, 0.0, side(target) * z0, y=target, eta=eta)) for key in KEYS]
        for z0 in (5.0, 6.0, 9.0, 10.0)
    )
    ratio, cross = ten[0] / five[0], ten[1] / five[1]
    options = {
        "Twice as many": 2.0,
        "About ten times": 10.0,
        "About a hundred times": 100.0,
        "About ten thousand times": 1e4,
    }
    right = min(options, key=lambda option: abs(math.log(options[option] / ratio)))
    reveal = (
        f"{three(ratio)} times: {three(five[0])} steps become {three(ten[0])}, in continuous time. The next unit "
        f"multiplies them by {three(six[0] / five[0])} at 5, by {three(ten[0] / nine[0])} at 9 and by e = "
        f"{three(math.e)} far out. Cross-entropy goes from {three(five[1])} to {three(ten[1])}: {three(cross)} times."
    )
    where = "z0 = 5 to z0 = 10" if target == 0 else "z0 = −5 to z0 = −10"
    return f"With squared error, from {where}: how many times more steps?", list(options), right, reveal


def starts(eta: float, learnt: bool) -> str:
    """The second picture in words; `learnt` where your start is within the goal."""
    first = "Your start is within the goal and has no steps to draw. " if learnt else ""
    return (
        f"{first}At eta = {eta:g}. Far out, squared error takes nearly e^|z0| / (2 eta) steps and cross-entropy "
        f"(|z0| + {three(LEAD)}) / (2 eta): the 2 is x² + 1, for w and b both move z. Descent is run for "
        f"{whole(MOST_STEPS)} steps; beyond, dashed, stands the exact answer for a small eta."
    )


LEAD = math.log(1 / GOAL - 1) + 1 / GOAL - 1
"""What cross-entropy adds to |z0| far out, in continuous time: 2 eta times its steps is the integral of 1 + e^-z from -ln 9
to z0 (target 0), that is z0 + ln 9 + 9 - e^-z0, and e^-z0 is next to nothing there."""

NIELSEN = ((2.0, 2.0), (0.6, 0.9))
"""The starts (w, b) of his demonstration, at eta = 0.15 and the target 0."""


def cancelling(z: float, target: float, step: int) -> str:
    """The cancelling derivative, introduced."""
    return (
        f"**The derivative that cancels**, at step {whole(step)} of the squared-error neuron, z = {three(z)}. dL/dz "
        "is the product of the other two. Cross-entropy's dL/da = (a − y) / (a (1 − a)) has the slope a (1 − a) in "
        "its denominator, so the product is a − y whatever the slope; on the wrong side it grows as the slope "
        "shrinks."
    )


def chains(z: float, target: float) -> list[list[str]]:
    """The chain rule at z, a row for each cost."""
    links = [chain(key, z, target) for key in KEYS]
    return [
        [name, three(link.dl_da), three(link.da_dz), three(link.dl_dz)] for name, link in zip(COSTS, links, strict=True)
    ]


def logits() -> str:
    """Loss from logits."""
    return (
        "**Loss from logits.** At z = 800 and y = 0 the output rounds to 1 and log(1 − a) to minus infinity. From "
        "the logit, max(z, 0) − z y + log(1 + e^−|z|), the cross-entropy is "
        f"{three(float(loss('cross_entropy', 800.0, 0.0)))}, as it should be."
    )


def softmax(z: float, target: float) -> str:
    """Softmax in a sentence, with its numbers."""
    pair = softmax_gradient([z, 0.0], [target, 1 - target])
    return (
        "**Softmax** with cross-entropy is the same story with more outputs: its gradient is p − y, the slope "
        f"cancelled. With two classes and logits (z, 0) it is this neuron: p − y = ({three(float(pair[0]))}, "
        f"{three(float(pair[1]))}) at this z."
    )


def answered(runs: Sequence[OutputRun], flows: Sequence[float]) -> str:
    """What the page has answered."""
    squared, cross = runs
    here = (
        f": here {taken(cross, flows[1])}, with squared error {taken(squared, flows[0])}" if squared.steps != 0 else ""
    )
    return (
        f"A sigmoid output is no problem with cross-entropy{here}. It cures the output unit only. Hidden sigmoids "
        "keep their slope, and every layer multiplies the gradient by weights and slope once more."
    )


def snippet(configs: Sequence[OutputConfig]) -> str:
    """Python lines that reproduce the table."""
    squared, cross = (repr(config) for config in configs)
    return (
        "from core.output import OutputConfig, flow_steps, learn\n\n"
        f"squared = {squared}\n"
        f"cross_entropy = {cross}\n"
        "for config in (squared, cross_entropy):\n"
        "    run = learn(config)\n"
        "    print(run.a[0], run.gradient[0], run.a[-1], run.steps, flow_steps(config))\n"
    )
