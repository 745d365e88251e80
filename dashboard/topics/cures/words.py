"""What `/cures` says: results in, sentences out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from core.ailments import AILMENTS
from core.cures import Conditioning
from core.neuron.racing import Race
from core.remedies import REMEDIES, Cell
from dashboard.look.formats import percent, plural, three, whole
from dashboard.topics.cures.evidence import Link, evidence
from dashboard.topics.cures.frames import MOST_STEPS, Field

ROUND = 1 + 1e-9
"""A kappa up to this is 1, but for rounding: no direction is steeper than another."""

SLIGHT = 1.1
"""Below this kappa the page gives what one direction is steeper by, as a share."""

CLOSE = 1.1
"""Two counts of steps within this factor are about the same."""

GOALS = {1e-3: "a thousandth", 1e-6: "a millionth", 1e-12: "10⁻¹²"}


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict as it stands on the page. cell: in the table; sentence: after the name of the remedy."""

    sign: str
    cell: str
    sentence: str


VERDICTS: Mapping[str, Said] = {
    "cures": Said("✓", "cures it", "cures"),
    "eases": Said("◐", "eases it", "eases"),
    "root": Said("◐", "takes the square root", "takes the square root of"),
    "hides": Said("◌", "hides it", "hides"),
    "nothing": Said("–", "does nothing", "does nothing for"),
    "worse": Said("✗", "makes it worse", "makes worse"),
    "explodes": Said("✗", "explodes instead", "turns round: it explodes instead of"),
}
"""Every verdict of `core.ailments.verdict`, with its sign."""

FINDING = (
    "Five ways down one valley from one start, and how far each has come: plain descent, momentum, Adam, the same inputs centred, "
    "and the gradient whitened, with the steps that each needs at its best."
)


def steps(count: float) -> str:
    """A count of steps with its noun; infinite for more than were run."""
    return f"more than {whole(MOST_STEPS)} steps" if math.isinf(count) else plural(int(count), "step")


def _number(count: float) -> str:
    return f"more than {whole(MOST_STEPS)}" if math.isinf(count) else whole(int(count))


def answer(field: Field) -> str:
    """One sentence with live numbers."""
    plain, ball, adam, centred = (field.steps(key) for key in ("plain", "heavy_ball", "adam", "centred"))
    goal = GOALS[field.goal]
    if field.kappa <= ROUND:
        return (
            f"These inputs have no mean, and there is nothing to cure: plain descent gets to {goal} of its loss in "
            f"{steps(plain)}."
        )
    if field.kappa < SLIGHT:
        return (
            f"There is hardly anything to cure: one direction of this valley is {percent(field.kappa - 1)} steeper than the others. To {goal} of its "
            f"loss, plain descent takes **{steps(plain)}**, momentum {_number(ball)}, Adam {_number(adam)}, and the same inputs centred "
            f"**{_number(centred)}**."
        )
    return (
        f"Take the mean away. To {goal} of its loss, plain descent takes **{steps(plain)}** with {field.n} inputs like these; "
        f"momentum takes {_number(ball)}, Adam {_number(adam)}, and the same inputs centred **{_number(centred)}**."
    )


TABLED = (
    "Each at its best: *η* is the learning rate, *β* the share of the velocity that is kept. Felt *κ*: the one at which plain descent would "
    "be as fast in the long run. Where momentum overshoots first, its steps are more than that. Adam has no long run of its own, and is judged by "
    "its steps."
)

LEGEND = (
    "One start, five ways down, each at its best. A valley's axes are two weights, one from each half of the inputs. Each curve is one loss, four "
    "times that of the one inside. Dashed: one single step."
)


def table(field: Field) -> list[list[str]]:
    """A row for each way down: its name, its learning rate, what it keeps of the velocity, its steps, and what that is like."""
    rows = []
    for key in ("plain", "heavy_ball", "nesterov", "adam", "centred", "whitened"):
        run = field.runners[key]
        beta = f", *β* = {three(run.best.beta)}" if run.best.beta else ""
        rows.append([run.label + beta, three(run.best.eta), _number(field.steps(key)), _felt(field, key)])
    return rows


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
        said += f"So {_number(ball)} steps instead of {_number(plain)}"
    elif ball <= plain * CLOSE:
        said += f"In a valley as mild as this one that gains nothing: {_number(ball)} steps beside {_number(plain)}"
    else:
        said += f"In a valley as mild as this one it overshoots first and is slower: {_number(ball)} steps, not {_number(plain)}"
    return f"{said}. The cause stays: centred inputs need {_number(field.steps('centred'))}."


def _adam(field: Field) -> str:
    plain, ball, adam = (field.steps(key) for key in ("plain", "heavy_ball", "adam"))
    flat = 1 / (1 + field.kappa)
    if field.goal >= flat:
        return (
            f"**“Adam fixes it.”** So modest a goal cannot tell. It asks for the steep direction alone, where Adam takes {steps(adam)}: the "
            f"flat one holds {percent(flat)} of the first loss. Set the goal lower."
        )
    said = f"**“Adam fixes it.”** {'Half true' if adam < plain else 'Not here'}. "
    if adam >= plain:
        said += f"It takes {_number(adam)} steps where plain descent takes {_number(plain)}. "
    elif adam > ball * CLOSE:
        said += f"It takes {_number(adam)} steps: fewer than plain descent, more than momentum alone. "
    elif adam < ball / CLOSE:
        said += f"It takes {_number(adam)} steps, fewer than momentum's {_number(ball)}. "
    else:
        said += f"It takes {_number(adam)} steps, about as many as momentum's {_number(ball)}. "
    ending = ". So it goes faster through the same valley." if adam < plain else "."
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
    reveal = f"With the best fixed rate for each weight *κ* is {three(found.per_weight)}; with one for all it is {three(found.raw)}. {cause}Adam takes {steps(field.steps('adam'))}, and the centred inputs {_number(field.steps('centred'))}."
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


# The table of remedies.

NARROW = "\u00a0"
"""A space at which no line of a narrow column is broken."""


def amount(ailment: str, number: float) -> str:
    """The number of an ailment, in its unit."""
    match ailment:
        case "lopsided":
            return f"*κ* {three(number)}"
        case "tails":
            return percent(number)
        case "vanishing":
            return f"× {three(number)}"
    return plural(round(number), "step")


def _sentence(cell: Cell) -> str:
    """What the number of a cell has come to."""
    now, before = amount(cell.ailment, cell.number), amount(cell.ailment, cell.patient.felt)
    what = f"{now} of its best slope" if cell.ailment == "tails" else now
    changed = f"{what}, as before" if now == before else f"{what} instead of {before}"
    match cell.ailment, cell.verdict:
        case "lopsided", _:
            return f"descent feels {changed}"
        case "tails", "hides":
            return f"in the tail its strides keep {now} of their size, where the slope keeps {before}"
        case "tails", _:
            return f"a layer in its tails keeps {changed}"
        case "vanishing", "hides":
            return f"from layer to layer its strides shrink {now}, where the gradient shrinks {before}"
        case "vanishing", _:
            return f"each layer takes the gradient {changed}"
    return f"the output is right after {changed}"


def address(link: Link, paths: Mapping[str, str]) -> str:
    """A link as an address beside this page's. paths: of the pages, by slug."""
    slug, query = link
    return paths[slug] + (f"?{urlencode(query, quote_via=quote)}" if query else "")


def cures_head(patient: Mapping[str, float]) -> list[str]:
    """The head of the table, with the patient's numbers. patient: by ailment."""
    return [
        "remedy",
        *(f"{one.label}: {amount(key, patient[key]).replace(' ', NARROW)}" for key, one in AILMENTS.items()),
    ]


def cures_rows(cells: Sequence[Cell], paths: Mapping[str, str]) -> list[list[str]]:
    """A row for each remedy: what it does for each ailment, and where that is shown."""
    rows: dict[str, list[str]] = {}
    for cell in cells:
        said = VERDICTS[cell.verdict]
        number = amount(cell.ailment, cell.number).replace(" ", NARROW)
        word = f"{said.sign} {said.cell}"
        # What does nothing stands back, so that the eye finds what does something.
        text = f"{word if cell.verdict == 'nothing' else f'**{word}**'}: [{number}]({address(evidence(cell), paths)})"
        rows.setdefault(cell.remedy, [REMEDIES[cell.remedy].label]).append(text)
    return list(rows.values())


def asked(cells: Sequence[Cell], paths: Mapping[str, str]) -> str:
    """What one remedy does, in words: a line for each ailment."""
    remedy = REMEDIES[cells[0].remedy]
    name = remedy.label[0].upper() + remedy.label[1:]
    lines = [f"**{name}.** {remedy.why}", ""]
    for cell in cells:
        said, one = VERDICTS[cell.verdict], AILMENTS[cell.ailment]
        told = _sentence(cell)
        lines.append(
            f"- {said.sign} **{one.label}**, {said.cell}: {told} ([where it shows]({address(evidence(cell), paths)}))"
        )
    return "\n".join(lines)


PATIENT = (
    "The patient: a neuron fed by a hundred sigmoids; a layer whose *z* spreads so far that a quarter of its units are saturated; twenty "
    "layers of sigmoids with LeCun's weights; and a sigmoid output that starts at *z* = 6 and should be 0, with squared error. One "
    "thing is changed at a time. A number is a link to the page that shows it."
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
