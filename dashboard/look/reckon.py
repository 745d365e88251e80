"""Digits enough for who reckons with the numbers of a page."""

import math
from collections.abc import Sequence

from dashboard.look.formats import as_shown, three

MOST = 6
"""More digits than these are worse to read than a product that is off in its last."""


def digits(factors: Sequence[float], product: float) -> int:
    """With how many digits factors stand on a page: three, or as many as it takes for who multiplies them to find the three digits
    of their product."""
    wanted = three(product)
    return next((d for d in range(3, MOST) if three(math.prod(as_shown(one, d) for one in factors)) == wanted), MOST)
