"""What comes back through the layers of `/depth`, told as the product that it is."""

import math

from core.depth.summary import Summary
from dashboard.look.formats import as_shown, power, short

SLACK = 0.002
"""Powers of ten by which the factor's own digits may put a product off: half a percent."""

MOST = 6
"""So many digits are worse to read than "about"."""

MEDIANS = " (medians, each taken by itself)"
"""Why factors do not come to their product, where they do not."""


def first_layer(found: Summary, before: int) -> str:
    """How much gets back, and what it is the product of."""
    amount, made_of = product(found, before)
    return f"{amount} {'times' if found.log_first > 0 else 'of'} the gradient gets back: {made_of}"


def product(found: Summary, before: int) -> tuple[str, str]:
    """The gradient at the first layer, and its factors: the last layer, which has no weights after it, is unlike those before it."""
    exact = before * math.log10(found.factor) + found.log_last
    count, about = _reckoned(found.factor, before, found.log_last, found.log_first)
    # Of one network there are no medians.
    apart = about and found.networks > 1 and power(exact) != power(found.log_first)
    return (
        f"{'' if apart else about}{power(found.log_first)}",
        f"{count} and {power(found.log_last)} for the last layer, which has no weights after it{MEDIANS if apart else ''}",
    )


def first_over_last(found: Summary, before: int) -> str:
    """The first layer's weight gradient over the last layer's, and what it is the product of."""
    count, about = _reckoned(10 ** (found.log_dw / before), before, 0.0, found.log_dw)
    return f"the first layer's weights get {about}{power(found.log_dw)} times the gradient of the last layer's: {count}"


def _reckoned(factor: float, count: int, further: float, whole: float) -> tuple[str, str]:
    """The factors of so many layers, with as many digits as it takes to come to the whole, and "about " before it where who multiplies
    them does not find its three digits. further, whole: as powers of ten."""
    enough = digits(factor, count)
    fine = next(
        (d for d in range(enough, max(enough + 1, MOST)) if power(_found(factor, count, d, further)) == power(whole)), 0
    )
    text = f"{'one factor' if count == 1 else f'{count} factors'} of {short(factor, fine or enough)}"
    return text, "" if fine else "about "


def _found(factor: float, count: int, fine: int, further: float) -> float:
    """What who multiplies the numbers on the page finds, as a power of ten."""
    if not 0 < factor < math.inf or not math.isfinite(further):
        return -math.inf if factor == 0 or further < 0 else math.inf
    whole = math.floor(further)
    return count * math.log10(as_shown(factor, fine)) + whole + math.log10(as_shown(10 ** (further - whole)))


def digits(factor: float, count: int) -> int:
    """Of a factor that stands for so many layers: three, or as many as its power takes."""
    if not 0 < factor < math.inf:
        return 3
    return next((d for d in range(3, 7) if abs(count * math.log10(as_shown(factor, d) / factor)) < SLACK), 7)
