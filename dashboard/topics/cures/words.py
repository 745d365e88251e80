"""What `/cures` says: results in, sentences out."""

import math
from collections.abc import Sequence

from core.cures import Conditioning
from core.neuron.racing import Race
from dashboard.look.formats import percent, plural, three, whole
from dashboard.topics.cures.frames import MOST_STEPS, Field, digits

ROUND = 1 + 1e-9
"""A kappa up to this is 1, but for rounding: no direction is steeper than another."""

SLIGHT = 1.1
"""Below this kappa the page gives what one direction is steeper by, as a share."""

CLOSE = 1.1
"""Two counts of steps within this factor are about the same."""

GOALS = {1e-3: "a thousandth", 1e-6: "a millionth", 1e-12: "10⁻¹²"}


def steps(count: float) -> str:
    """A count of steps with its noun; infinite for more than were run."""
    return f"more than {whole(MOST_STEPS)} steps" if math.isinf(count) else plural(int(count), "step")


def number(count: float) -> str:
    return f"more than {whole(MOST_STEPS)}" if math.isinf(count) else whole(int(count))


def answer(field: Field, layers: str) -> str:
    """One sentence with live numbers, of the valley in the picture. layers: what is measured where it is not all there is, or nothing."""
    plain, ball, adam, centred = (field.steps(key) for key in ("plain", "heavy_ball", "adam", "centred"))
    goal = GOALS[field.goal]
    if field.kappa <= ROUND:
        return (
            f"These inputs have no mean, and there is nothing to cure: plain descent gets to {goal} of its loss in "
            f"{steps(plain)}."
        )
    raced = (
        f"plain descent takes **{steps(plain)}** and momentum {number(ball)}, each at its best rate in the long run; Adam takes {number(adam)} at the "
        f"rate with the fewest, and the same inputs centred **{number(centred)}**."
    )
    if field.kappa < SLIGHT:
        return (
            f"There is hardly anything to cure: one direction of this valley is {percent(field.kappa - 1)} steeper than the others. To {goal} of its "
            f"loss, {raced}"
        )
    return (
        f"In one neuron with {field.n} independent inputs of mean {three(field.mean)} and spread {three(field.spread)}: take the mean away. To {goal} of "
        f"its loss, {raced} {layers}"
    ).strip()


def tabled(field: Field) -> str:
    """The terms of the table, and what its last column leaves out."""
    said = (
        "Each at its best rate in the long run: *η* is the learning rate, *β* the share of the velocity that is kept. Plain descent's *η* has the "
        "digits that its steps hang on; the others are rounded. Momentum is the heavy ball; Nesterov's is a kind "
        "of it that looks a step ahead. Felt *κ*: the one at which plain descent would be as fast in the long run. Adam has no long run of its "
        "own: it has the rate with the fewest steps from this start, and is judged by them."
    )
    ball, other = "heavy_ball", "nesterov"
    if felt(field, other) > felt(field, ball) and field.steps(other) < field.steps(ball) and field.overshoot > 1:
        said += (
            f" Felt *κ* leaves the start out: momentum's steep error first grows to {three(field.overshoot)} times what it was, so Nesterov's, "
            f"which feels more, needs fewer steps, {number(field.steps(other))} and not {number(field.steps(ball))}."
        )
    return said


def table(field: Field) -> list[list[str]]:
    """A row for each way down: its name, its learning rate, what it keeps of the velocity, its steps, and what that is like."""
    rows = []
    for key in ("plain", "heavy_ball", "nesterov", "adam", "centred", "whitened"):
        run = field.runners[key]
        beta = f", *β* = {three(run.best.beta)}" if run.best.beta else ""
        rate = three(run.best.eta, digits(field, key))
        rows.append([NAMES.get(key, run.label) + beta, rate, number(field.steps(key)), _felt(field, key)])
    return rows


NAMES = {"plain": "plain descent", "heavy_ball": "momentum", "adam": "Adam"}
"""What the page calls a way down, where that is not its own name: one name each."""

TABLE = ("way down", "rate *η*", "steps", "felt *κ*")


def felt(field: Field, key: str) -> float:
    """The kappa at which plain descent at its best is as fast in the long run; for a method without a rate, by its steps."""
    rate = field.runners[key].best.rate
    if rate is None:
        count = field.steps(key)
        rate = field.goal ** (1 / (2 * count)) if 0 < count < math.inf else math.nan
    return (1 + rate) / (1 - rate)


def _felt(field: Field, key: str) -> str:
    value = felt(field, key)
    return "–" if math.isnan(value) else three(value)


def half_true(field: Field, layers: str) -> str:
    """The two sentences that are half true, with the half named. layers: what Adam does across layers, or nothing."""
    if field.kappa <= ROUND:
        return (
            f"**Nothing to fix.** Without a mean the valley is a bowl, and plain descent is there in {steps(field.steps('plain'))}: no "
            "method can be faster."
        )
    return f"{_momentum(field)}\n\n{_adam(field)} {layers}".strip()


def _momentum(field: Field) -> str:
    plain, ball = field.steps("plain"), field.steps("heavy_ball")
    said = (
        f"**“Momentum fixes it.”** Half true. How lopsided the valley is, *κ* = {three(field.kappa)}, it feels as its square root, "
        f"{three(felt(field, 'heavy_ball'))}. "
    )
    if ball < plain / CLOSE:
        said += f"So {steps(ball)} instead of {number(plain)}"
    elif ball <= plain * CLOSE:
        said += f"In a valley as mild as this one that gains nothing: {steps(ball)} beside {number(plain)}"
    else:
        said += f"In a valley as mild as this one it overshoots first and is slower: {steps(ball)}, not {number(plain)}"
    return f"{said}. The cause stays: centred inputs need {number(field.steps('centred'))}."


def _adam(field: Field) -> str:
    plain, ball, adam = (field.steps(key) for key in ("plain", "heavy_ball", "adam"))
    flat = 1 / (1 + field.kappa)
    if field.goal >= flat:
        return (
            f"**“Adam fixes it.”** So modest a goal cannot tell. It asks for the steep direction alone, where Adam takes {steps(adam)}: the "
            f"flat one holds {percent(flat)} of the first loss. Set the goal lower."
        )
    fewest = field.fewest
    said = f"**“Adam fixes it.”** {'Half true' if adam < fewest else 'Not here'}. At the rate with the fewest it takes {steps(adam)}"
    if adam >= plain:
        said += f"; plain descent takes {number(plain)}. "
    elif adam >= fewest:
        said += f"; plain descent takes {number(plain)} at its best rate in the long run, and {number(fewest)} at the rate with the fewest. "
    elif adam > ball * CLOSE:
        said += f": fewer than plain descent ({number(fewest)} at the rate with the fewest), more than momentum alone. "
    elif adam < ball / CLOSE:
        said += f", fewer than momentum's {number(ball)} at its best rate in the long run. "
    else:
        said += f", about as many as momentum's {number(ball)}. "
    ending = ". So it goes faster through the same valley." if adam < fewest else "."
    return (
        f"{said}It gives each weight a rate of its own, and this valley lies across all of them: equal rates are the best ones, and "
        f"leave *κ* at {three(field.kappa)}{ending}"
    )


YES, NO, NOTHING = (
    "It straightens it: every weight gets what it needs",
    "The valley stays as lopsided as it is",
    "There is nothing to straighten",
)


def straightens(field: Field, found: Conditioning) -> tuple[str, list[str], str, str]:
    """Does a rate for each weight straighten the valley? Question, options, the right one, and what is revealed."""
    question = "Adam gives each weight a rate of its own. What does that do to this valley?"
    right = NOTHING if found.raw <= ROUND else YES if found.per_weight < found.raw / ROUND else NO
    cause = (
        "These inputs have no mean, and no direction is steeper than another. "
        if right == NOTHING
        else "All inputs share the mean, so the steep direction is the sum of all weights, and to stretch single weights does not turn it. "
    )
    reveal = f"With the best fixed rate for each weight *κ* is {three(found.per_weight)}; with one for all it is {three(found.raw)}. {cause}Adam takes {steps(field.steps('adam'))}, and the centred inputs {number(field.steps('centred'))}."
    return question, [YES, NO, NOTHING], right, reveal


def relu_guess(n: int, sigmoid: float, relu: float, ratios: Sequence[float]) -> tuple[str, list[str], str, str]:
    """How lopsided with ReLU? sigmoid, relu: kappa of n inputs. ratios: (mu / s)^2 of both."""
    options = ["1: it is centred", f"about {three(relu)}", f"about {three(sigmoid)}", f"about {three(2 * sigmoid)}"]
    return (
        f"With {n} sigmoid inputs *κ* is {three(sigmoid)}. What is it with ReLU's?",
        options,
        options[1],
        f"ReLU is never negative: it is not centred. But what an input adds to *κ* is its mean over its spread, squared, "
        f"(*μ*/*s*)²: {three(ratios[1])} for ReLU, however far *z* spreads, and {three(ratios[0])} for sigmoid at a spread of 1, "
        f"{three(ratios[0] / ratios[1])} times as much.",
    )


# ReLU is not centred either.

CURVES = "How lopsided the outputs of each activation are, against the spread of z: sigmoid's the most where z hardly spreads."


def curves(sigmoid: float, relu: float, small: float, large: float, moved: float) -> str:
    """The curves in words: (mu / s)^2 of sigmoid and of ReLU at spread 1, of sigmoid at a quarter and at 8, and of tanh where z has mean 1."""
    return (
        f"ReLU is not centred, only less lopsided: {three(relu)} at any spread. Sigmoid has {three(small)} where *z* spreads by a quarter, "
        f"{three(sigmoid)} at 1 and {three(large)} at 8, and is never below 1: spread wide, it is a coin of 0 and 1, "
        f"and deep in its tails.\n\nAll this is for units whose *z* has mean 0 over the samples. Give it a mean of 1, and even tanh has {three(moved)}."
    )


def answered(deep: str) -> str:
    """What the page has answered. deep: what the digits add, a sentence or two, or nothing."""
    return (
        "A cure works on a cause. Centring takes the mean away, and momentum only the square root of what it does; slope and depth need other "
        f"weights, skip connections or a normalisation; the output needs cross-entropy. {deep}What does it cost in a real network?"
    )


def snippet(races: Sequence[Race]) -> str:
    """Python lines that reproduce the race, and the table of remedies."""
    return (
        "from core import REMEDIES, Race, cells, race\n\n"
        + "".join(
            f"for one in race({config!r}).runners:\n    print(one.key, one.steps, one.best.eta, one.best.beta)\n"
            for config in races
        )
        + "for key in REMEDIES:\n    print(key, *((cell.verdict, cell.number) for cell in cells(key)))\n"
    )
