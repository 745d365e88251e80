"""What `/neuron` says. What a sentence claims is decided by the numbers of the case, never by the name of a setting."""

import math
from collections.abc import Sequence

from core.neuron.descent import MOST_STEPS, SampleGradient
from core.neuron.stability import FULL
from dashboard.look.descent import ABOUT, EXACT, SLIGHTLY, drag, is_round, path_ratio
from dashboard.look.formats import as_shown, equals, percent, plural, short, three, whole
from dashboard.topics.neuron.frames import Case

NARROW = 4.0
"""From this kappa on the page calls a valley narrow, and the way along it a crawl."""

SLIGHT = 1.1
"""Below this kappa the page gives what one direction is steeper by, as a share."""


def legend(dragged: Sequence[str], end: str, moves: bool, pins: bool, shaded: bool) -> str:
    """How to read the picture, and what a hand does in it: which ends can be `dragged`, and what a click does: it moves the
    `end` ("start" or "target"), or picks a step of the strip. shaded: whether there are wedges."""
    acts = []
    if dragged:
        acts.append(drag(dragged))
    clicks = [f"a landscape to move the {end}"] if moves else []
    clicks += ["the strip to pick a step"] if pins else []
    if clicks:
        acts.append(f"Click {', or '.join(clicks)}.")
    said = [
        "Each grey curve is one loss, four times that of the one inside.",
        "At each dotted axis stands the curvature along it.",
    ]
    if shaded:
        said.append("Shaded are the directions in which one sample can push.")
    return " ".join(acts + said)


def answer(case: Case) -> str:
    """One sentence with a live number."""
    if case.round:
        said = "It has no valley to zigzag in: these inputs have no mean, so no direction is steeper than another (*κ* = 1)."
        return f"{said}{_too_long(case)}"
    if case.kappa < SLIGHT:
        return (
            "The mean is hardly a reason here. It makes one direction of the loss only "
            f"{percent(case.kappa - 1)} steeper than {_others(case)}.{_too_long(case)}"
        )
    given, centred = case.best
    said = (
        f"Because the mean of its inputs is not 0, one direction of the loss is **{three(case.kappa)} times** as steep as "
        f"{_others(case)} (*κ*, how lopsided the valley is)."
    )
    if centred.eta / given.eta < SLIGHTLY:
        return said
    return f"{said} That caps the learning rate *η*."


def _others(case: Case) -> str:
    """What the steep direction is compared with."""
    return "the other" if case.configs[0].law.n == 2 else "any other"


def _too_long(case: Case) -> str:
    """Said of a bowl where the steps overshoot all the same."""
    overshoots = case.moves and case.products[0] > 1 + EXACT and case.configs[0].batch == FULL
    return " But these steps are so long that they overshoot in every direction." if overshoots else ""


def finding(kappa: float | None, leaps: bool) -> str:
    """The picture in a sentence, without its numbers, and without what a hand may have made of it: another sentence would draw
    the picture anew. kappa: of two of these inputs as they are; None where the hand sets their mean and spread. leaps: whether the
    one step of the best learning rate is drawn beside a path."""
    shows = "Each shows the path of gradient descent from the start to the target"
    shows += "; the second also the one step that it takes at its own best learning rate." if leaps else "."
    if kappa is not None and is_round(kappa):
        return (
            f"Both landscapes are round bowls: these inputs have no mean to remove, and both paths run alike. {shows}"
        )
    shape = "a valley" if kappa is None else "a narrow valley" if kappa >= NARROW else "an oval bowl"
    return (
        f"First, the inputs as they are make {shape} with one steep direction; second, the same inputs centred make a round bowl. "
        f"{shows}"
    )


def diagonal(case: Case) -> str:
    """The line along which flips are counted: the steep direction, where there is one."""
    line = "*w*₁ = −*w*₂" if case.configs[0].law.flipped else "*w*₁ = *w*₂"
    return line if case.round else f"the steep direction {line}"


def table(case: Case) -> list[tuple[str, ...]]:
    """The numbers of both panels, a row a quantity."""
    steepest = [
        config.eta * float(shape.eigenvalues[-1]) for config, shape in zip(case.configs, case.shapes, strict=True)
    ]
    return [
        ("*κ*, steepest over flattest curvature", *(three(shape.kappa) for shape in case.shapes)),
        ("learning rate *η*", *(three(config.eta) for config in case.configs)),
        ("*η* × steepest curvature", *map(three, steepest)),
        ("steps to 1/10,000 of its first loss", *(one.cell for one in case.outcomes)),
        ("path ratio: length over distance", *map(path_ratio, case.runs)),
        (f"flips along {diagonal(case)}", *(whole(run.flips) for run in case.runs)),
    ]


PATHS = f"A run ends at 1/10,000 of its first loss, or after {whole(MOST_STEPS)} steps, short of the target. So a path ratio can be below 1."


def table_note(case: Case) -> str:
    """Under the table: what its last rows leave out."""
    run = case.runs[0]
    if case.configs[0].batch != FULL or case.products[1] <= 1 + EXACT or run.flips in (0, len(run.update)):
        return PATHS
    return f"{PATHS} Where no more than rounding is left of the error along the steep direction, flips are not counted."


def sample(one: SampleGradient, step: int, taken: bool, n: int) -> str:
    """dC/dw_kj = delta_k a_j, set, with a sample's numbers under its letters; `taken` where the run takes that very sample. n: how
    many inputs there are, of which two are shown."""
    which = f"The sample of step {step}" if taken else f"One sample, drawn at step {step}"
    first, second = one.gradient[:2]
    shown = "Its gradients" if n == 2 else f"The first two of its {n} gradients"
    if first == 0 or second == 0:
        said = "A gradient is 0 where its input is, or where the upstream signal *δ* is."
    elif first * second > 0:
        said = f"{shown} share a sign, as its inputs do, whatever the upstream signal *δ* is."
    else:
        said = f"{shown} differ in sign, as its inputs do, whatever the upstream signal *δ* is."
    strut = "\\vphantom{\\frac{\\partial C}{\\partial w}}"
    lines = [f"\\frac{{\\partial C}}{{\\partial w_{{kj}}}} = \\delta_k\\, a_j{strut}"]
    for k, (g, a) in enumerate(zip((first, second), one.a[:2], strict=True), 1):
        lines.append(
            f"\\underbrace{{\\frac{{\\partial C}}{{\\partial w_{k}}}}}_{{{tex(g)}}} = "
            f"\\underbrace{{\\delta{strut}}}_{{{tex(one.delta)}}} \\cdot \\underbrace{{a_{k}{strut}}}_{{{tex(a)}}}"
        )
    step_is = " The step is −*η* times that." if taken else ""
    # One under the other: beside each other, with powers of ten, they are wider than a phone. The empty line below holds the
    # braces' numbers, which would stick out of the box.
    formula = "\\begin{gathered}\n" + " \\\\[1ex]\n".join(lines) + " \\\\[-1ex]\n{}\n\\end{gathered}"
    return f"**{which}.** {said}{step_is}\n\n$$\n{formula}\n$$"


def tex(value: float) -> str:
    """A number for a formula."""
    text = three(value).replace("−", "-").replace(",", "{,}")
    mantissa, _, power = text.partition(" × 10")
    digits = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
    plain = "".join("-" if letter == "⁻" else str(digits.index(letter)) for letter in power)
    return f"{mantissa} \\cdot 10^{{{plain}}}" if power else mantissa


def prediction(case: Case) -> tuple[str, list[str], str, str] | None:
    """Question, options, the right option and what is revealed, for the present start and learning rate; None where there is
    nothing to centre, or nothing to learn."""
    if case.round or not case.moves:
        return None
    given, centred = case.alike
    never = "It does not arrive" if case.configs[0].batch == FULL else f"Not within {whole(MOST_STEPS)} steps"
    options = ["Fewer steps", "About as many", "More steps", never]
    left, right = given.length, centred.length
    if math.isinf(right):
        right_one = never
    elif abs(right - left) <= ABOUT * min(left, right):
        right_one = options[1]
    else:
        right_one = options[0] if right < left else options[2]
    question = f"Centre the inputs and keep *η* at {three(given.eta)}. How many steps will it take?"
    return question, options, right_one, _revealed(case)


def _revealed(case: Case) -> str:
    these, other = _taken(case, 0), _taken(case, 1)
    said = (
        f"With these inputs and with centred ones: {these}."
        if these == other
        else f"These inputs: {these}. Centred: {other}."
    )
    given, centred = case.best
    if three(given.eta) == three(centred.eta):
        return f"{said} Centring leaves the flat direction as flat as it was. The steep one was hardly any steeper: the best *η* stays {three(centred.eta)}."
    verb = "grows" if centred.eta > given.eta else "falls"
    there = str(centred) if centred.diverged or centred.never else f"it takes {centred}"
    return (
        f"{said} Centring leaves the flat direction as flat as it was, and takes the steep one away. The best *η* {verb} from "
        f"{three(given.eta)} to {three(centred.eta)}. There {there}."
    )


def _taken(case: Case, panel: int) -> str:
    """What a run took, after a colon."""
    one, run = case.alike[panel], case.alike_runs[panel]
    if one.steps is not None:
        return f"{one} and a path of {path_ratio(run)} times the distance"
    if one.needed is not None:
        return f"{plural(one.needed, 'step')}, of which {whole(one.ran)} were run"
    return str(one)


def cost(mean: float, spread: float, n: int, kappa: float, moving: bool, flipped: bool) -> str:
    """The second picture in words, for n inputs of this mean and spread, every second one negated where `flipped`; `moving` unless
    the start is the target."""
    sign = equals(1 + n * (as_shown(mean, 4) / as_shown(spread, 4)) ** 2, kappa)
    said = (
        f"Your inputs have mean *μ* = {'±' if flipped and mean else ''}{short(abs(mean) if flipped else mean, 4)} and spread *s* = {short(spread, 4)}, so *κ* = 1 + {n} *μ*²/*s*² {sign} "
        f"{three(kappa)}. "
    )
    if not moving:
        return f"{said}The curve is for uniform inputs of this spread. Your start is the target, so there are no steps to draw."
    return (
        f"{said}The curves are for uniform inputs of this spread, full batch, each at its best *η*. There both directions shrink "
        "by the same factor a step, (*κ* − 1) / (*κ* + 1), so the steps are the same from every start."
    )


def cost_finding(moving: bool) -> str:
    """The second picture in a sentence, without its numbers."""
    if not moving:
        return "The curve climbs: the larger the mean of the inputs, the larger κ."
    return "Both curves climb: the larger the mean of the inputs, the larger κ and the more steps the full batch needs."


def answered(case: Case) -> str:
    """What the page has answered."""
    if case.round:
        has = "These inputs have none, and no direction is steeper than another."
    elif case.kappa < SLIGHT:
        has = "Here it is small, and no direction is much steeper than another."
    else:
        has = f"The steep direction is what costs (*κ* = {three(case.kappa)} here), and not a shared sign."
    return (
        f"One neuron can zigzag where the mean of its inputs is large beside their spread. {has} But a layer has many "
        "neurons, and their signs differ."
    )
