"""Numbers rounded for who reads them: what lies halfway goes away from zero, 0.03125 to 0.0313, and not to the even digit."""

from decimal import ROUND_HALF_UP, Decimal


def places(value: float, decimals: int) -> Decimal:
    """A finite number rounded to so many decimals."""
    return Decimal(float(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def significant(value: float, digits: int) -> Decimal:
    """A finite number other than 0, rounded to so many significant digits."""
    return places(value, digits - 1 - Decimal(float(value)).adjusted())
