"""Why `/neuron`'s path is as it is: a round bowl, a valley or batches; and what the shared sign has to do with it."""

from core.neuron.stability import FULL
from dashboard.look.descent import EXACT, SLIGHTLY
from dashboard.look.formats import percent, plural, three, whole
from dashboard.topics.neuron.frames import Case
from dashboard.topics.neuron.words import NARROW, diagonal

VISIBLE = 0.05
"""A path bends for the eye where its start has at least this share of its error along either direction."""

STRAIGHT = 1e-4
"""A direction with less than this share of the initial loss does not bend the path: a run ends at that share of it."""

SLOW = 10
"""From so many steps on a straight path is called slow."""


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
        said = f"{now} {signs} agree in {whole(here)} of the {plural(total, 'update')} of this descent, and in as many {other}"
    else:
        said = f"{now} {signs} agree in {whole(here)} of the {plural(total, 'update')} of this descent; {other}, in {whole(there)}"
    if here + there > total:
        said += " (a weight that stands still agrees with either)"
    given, centred = case.best
    capped = not case.round and centred.eta / given.eta >= SLIGHTLY and given.length > centred.length
    costs = ". What costs is the mean: it caps *η*" if capped else ""
    return (
        f"{said}. The path is the same, mirrored, and every number in the table stays: the sign costs nothing{costs}."
    )
