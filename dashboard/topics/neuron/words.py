"""What `/neuron` says. What a sentence claims is decided by the numbers of the case, never by the name of a setting."""

import math
from collections.abc import Sequence

from core.neuron.descent import MOST_STEPS, SampleGradient
from core.neuron.stability import FULL
from dashboard.look.descent import ABOUT, EXACT, SLIGHTLY, is_round, path_ratio
from dashboard.look.formats import percent, plural, three, whole
from dashboard.topics.neuron.frames import Case

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


def legend(dragged: Sequence[str], end: str, moves: bool, pins: bool, shaded: bool) -> str:
    """How to read the picture, and what a hand does in it: which ends can be `dragged`, and what a click does: it moves the
    `end` ("start" or "target"), or picks a step of the strip. shaded: whether there are wedges."""
    acts = []
    if dragged:
        acts.append(f"Drag {' or '.join(dragged)}.")
    clicks = [f"a landscape to move the {end}"] if moves else []
    clicks += ["the strip to pick a step"] if pins else []
    if clicks:
        acts.append(f"Click {', or '.join(clicks)}.")
    said = ["Each grey curve is one loss, four times that of the one inside."]
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
        f"Because its inputs share a mean, one direction of the loss is **{three(case.kappa)} times** as steep as "
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


PATHS = "A run has arrived at 1/10,000 of its first loss, a little short of the target. So a path ratio can be below 1."


def nothing(dragged: Sequence[str]) -> str:
    """Said where the start is the target. dragged: which of them can be."""
    said = "The start is the target: there is nothing to learn, and no step is taken."
    return f"{said} Drag {' or '.join(dragged)} away." if dragged else said


def why(case: Case) -> str:
    """Why the path on the left looks as it does, in the present settings."""
    if case.configs[0].batch != FULL:
        first = _batches(case)
    elif case.round:
        first = _round_bowl(case)
    else:
        first = _valley(case)
    return f"{first}\n\n{_signs(case)}"


def _batches(case: Case) -> str:
    config, outcome = case.configs[0], case.outcomes[0]
    one = config.batch == 1
    said = (
        f"Every step follows {'one sample' if one else f'{config.batch} samples'} and not the slope of the picture, so the path "
        f"wanders. Averaged over runs, the squared error grows once *η* is above {three(case.edge)}, "
        f"{_share(case.edge / case.full_edge)}. Yours is {three(config.eta)}."
    )
    above = config.eta > case.edge
    if outcome.diverged:
        return f"{said} This run diverged." if above else f"{said} This run diverged all the same."
    if outcome.steps is None:
        return f"{said} This run had not arrived after {plural(outcome.ran, 'step')}."
    return f"{said} This run arrived all the same." if above else f"{said} This run arrived."


def _share(edge: float) -> str:
    """An edge as a share of the full batch's."""
    share = three(edge)
    return "as good as the full batch's edge" if share == "1.00" else f"{share} of the full batch's edge"


def _round_bowl(case: Case) -> str:
    _, product = case.products
    said = f"*η* × curvature is {three(product)}, in every direction. "
    if product <= 1 + EXACT:
        return f"{said}No step overshoots, and the path runs straight to the target."
    if product > 2 + EXACT:
        said += "Above 2, every step overshoots farther than the last."
    elif product > 2 - EXACT:
        said += "At 2, every step lands as far beyond the target as it was before it."
    else:
        said += f"Each step overshoots to the other side of the target, and leaves {percent(product - 1)} of the error."
    if case.runs[0].flips == 0:
        said += f" The table counts flips along {diagonal(case)} alone, and this start has no error there."
    return said


def _valley(case: Case) -> str:
    (flat, steep), (_, on_steep) = case.products, case.errors
    said = f"*η* × steepest curvature is {three(steep)}"
    if on_steep == 0 and steep > 1 + EXACT:
        said += ", enough to overshoot. Yet nothing flips: this start has no error along the steep direction. "
        said += _along_the_flat(flat, case)
        grows = steep > 2 + EXACT >= flat
        return f"{said} Along the steep one any error would grow, from a start a little to the side." if grows else said
    if steep > 2 + EXACT:
        return f"{said}. Above 2, every step overshoots farther than the last along the steep direction."
    if steep > 1 + EXACT:
        return f"{said}. Each step overshoots to the other side of the valley, and leaves {_left(flat, steep)}."
    return f"{said}, so no step overshoots. {_without_overshoot(case)}"


def _without_overshoot(case: Case) -> str:
    """The path of the full batch in a valley, where no step overshoots."""
    (flat, steep), (on_flat, on_steep) = case.products, case.errors
    kappa = steep / flat
    share = kappa * on_steep**2 / (kappa * on_steep**2 + on_flat**2)
    if share < STRAIGHT:
        return (
            "This start has no error along the steep direction to speak of. The path runs straight along the flat one."
        )
    if 1 - share < STRAIGHT:
        return (
            "This start has no error along the flat direction to speak of. The path runs straight down the steep one."
        )
    if kappa >= NARROW and VISIBLE < on_steep / on_flat < 1 / VISIBLE:
        return "The path bends into the valley and then crawls along it."
    if steep > 1 - EXACT:
        first = "The first takes all error along the steep direction away."
        return f"{first} Each leaves {percent(abs(1 - flat))} of the error along the flat one."
    return f"Each leaves {_left(flat, steep)}."


def _left(flat: float, steep: float) -> str:
    """What a step leaves of the error, in the digits that are shown."""
    along_flat, along_steep = percent(abs(1 - flat)), percent(abs(1 - steep))
    if along_flat == along_steep:
        return f"{along_steep} of the error, along the steep direction and along the flat one"
    return f"{along_steep} of the error along the steep direction and {along_flat} along the flat one"


def _along_the_flat(product: float, case: Case) -> str:
    """The path of a start on the flat direction, where eta × its curvature is `product`."""
    said = "The path follows the flat one"
    if product > 2 + EXACT:
        return f"{said}, and there too *η* × curvature is above 2: every step overshoots farther than the last."
    if product > 1 + EXACT:
        return f"{said}: each step overshoots the target and leaves {percent(product - 1)} of the error."
    steps = case.outcomes[0].steps
    slow = ", and is merely slow" if steps is None or steps >= SLOW else ""
    return f"{said}{slow}: each step leaves {percent(1 - product)} of the error."


def _signs(case: Case) -> str:
    """How many updates share a sign, with and without flipped wires: a flip negates every second one."""
    (here, there), total = case.agreeing, len(case.runs[0].update)
    n, flipped = case.configs[0].law.n, bool(case.configs[0].law.flipped)
    signs = "two signs" if n == 2 else f"{n} signs"
    turned, straight = ("a wire", "no wire") if n == 2 else ("half the wires", "no wires")
    now = f"With {turned} flipped, the" if flipped else "The"
    other = f"with {straight if flipped else turned} flipped"
    if total == 1:
        verbs = ["agree" if count else "differ" for count in (here, there)]
        then = f"{other}, they {verbs[1]}" if verbs[0] != verbs[1] else f"{other}, they do too"
        said = f"{now} {signs} {verbs[0]} in the one update; {then}"
    elif here == there:
        said = f"{now} {signs} agree in {whole(here)} of {plural(total, 'update')}, and in as many {other}"
    else:
        said = f"{now} {signs} agree in {whole(here)} of {plural(total, 'update')}; {other}, in {whole(there)}"
    if here + there > total:
        said += " (a weight that stands still agrees with either)"
    given, centred = case.best
    costs = "" if case.round or given.length <= centred.length else ". What costs is the mean"
    return (
        f"{said}. The path is the same, mirrored, and every number in the table stays: the sign costs nothing{costs}."
    )


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
    there = str(centred) if str(centred).startswith("it ") else f"it takes {centred}"
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


def cost(mean: float, spread: float, n: int, kappa: float, moving: bool) -> str:
    """The second picture in words, for n inputs of this mean and spread; `moving` unless the start is the target."""
    said = f"Your inputs have mean *μ* = {three(mean)} and spread *s* = {three(spread)}, so *κ* = 1 + {n} *μ*²/*s*² = {three(kappa)}. "
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
