"""Numbers as text, the same everywhere: three significant digits, powers of ten as powers, counts as whole numbers.

What lies halfway is rounded away from zero, as in Vega: 0.03125 is 0.0313.
"""

import math
import re
from collections.abc import Sequence

from core.rounding import places, significant


def three(value: float | None, digits: int = 3) -> str:
    """Three significant digits for a sentence: 12.5, 0.0557, 1.2 × 10⁵ as a power; "none" where there is no number. digits: other
    than three."""
    if value is None or math.isnan(value):
        return "none"
    if math.isinf(value):
        return "infinite" if value > 0 else "−infinite"
    if value == 0:
        return "0"
    if not 1e-3 <= abs(value) < 1e5:
        mantissa, _, exponent = f"{significant(value, digits):.{digits - 1}e}".partition("e")
        return f"{mantissa} × 10{superscript(int(exponent))}".replace("-", "−")
    decimals = max(0, digits - 1 - significant(value, digits).adjusted())
    return f"{places(value, decimals):,.{decimals}f}".replace("-", "−")


def fixed(value: float, decimals: int) -> str:
    """A number with so many decimals: 6.25 with one is 6.3."""
    return f"{places(value, decimals):,.{decimals}f}".replace("-", "−")


NEAR = 0.02
"""Two digits stand for three where they are within this share of them."""


def quotient(larger: float, smaller: float) -> str:
    """How many times one number is another that stands beside it, both with three digits: as many digits as who divides them
    on the page finds too, with "about" where these are not three."""
    ratio = larger / smaller
    found = as_shown(larger) / as_shown(smaller)
    if three(ratio) == three(found):
        return three(ratio)
    two = float(f"{ratio:.2g}")
    return f"about {three(ratio, 2) if two == float(f'{found:.2g}') and abs(two / ratio - 1) < NEAR else three(ratio)}"


def equals(found: float, result: float) -> str:
    """Between a calculation with the numbers that are shown and its result: = where who reckons finds it to its three digits, else ≈."""
    return "=" if three(found) == three(result) else "≈"


def as_shown(value: float, digits: int = 3) -> float:
    """A number as it stands on the page."""
    return float(significant(value, digits)) if value and math.isfinite(value) else value


def short(value: float, digits: int = 3) -> str:
    """Three significant digits without trailing zeros: 4, 0.577. digits: other than three."""
    text = three(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text and "×" not in text else text


def power(exponent: float) -> str:
    """10 to a real power in words, also beyond every float: 2.51 × 10⁻⁹; 0.0132 near 1; 0 for minus infinity."""
    if math.isinf(exponent):
        return "0" if exponent < 0 else "infinite"
    if abs(exponent) < 3:
        return three(10**exponent)
    whole_power = math.floor(exponent)
    mantissa = f"{10 ** (exponent - whole_power):.2f}"
    if mantissa == "10.00":
        mantissa, whole_power = "1.00", whole_power + 1
    return f"{mantissa} × 10{superscript(whole_power)}"


def whole(value: int | None) -> str:
    """A count for a sentence: 1,234; "none" where there is no number."""
    return "none" if value is None else f"{value:,}" if value < 10_000_000 else three(float(value))


def percent(share: float) -> str:
    """A share for a sentence, as a percentage with three significant digits at most: 87.5 %."""
    if 0 < share < 1e-4:
        return "under 0.01 %"
    return f"{as_shown(100 * share):g} %"


def about(share: float, error: float) -> str:
    """A measured share and how sure it is, to the digits that its standard error leaves: 81.8 ± 0.6 %."""
    if error == 0:
        return percent(share)
    if 100 * error < 0.05:
        return f"{percent(share)} ± under 0.1 %"
    digits = 1 if 100 * error < 2 else 0
    return f"{fixed(100 * share, digits)} ± {fixed(100 * error, digits)} %"


def signed(text: str) -> str:
    """A plain text with the minus signs that the numbers of a page have."""
    return re.sub(r"(?<!\w)-(?=\d)", "−", text)


def superscript(number: int) -> str:
    """A whole exponent as it stands above a line: ⁻¹⁰."""
    return "".join("⁻" if c == "-" else "⁰¹²³⁴⁵⁶⁷⁸⁹"[int(c)] for c in str(number))


def plural(count: int, noun: str) -> str:
    """A count and its noun: 1 step, 2 steps, 1,234 steps."""
    return f"{whole(count)} {noun}" if count == 1 else f"{whole(count)} {noun}s"


def arrival(median: float, most: int) -> str:
    """A median of steps for a sentence; infinite where most runs have not arrived within `most` steps."""
    return whole(round(median)) if math.isfinite(median) else f"more than {whole(most)}"


def three_expression(value: str, digits: int = 3) -> str:
    """An expression: a number in Vega's language as `three` writes it."""
    short = f"format({value}, '.{digits - 1}e')"
    power = f"toNumber(split({short}, 'e')[1])"
    raising = "'⁰¹²³⁴⁵⁶⁷⁸⁹'"
    tens = f"floor(abs({power}) / 10)"
    raised = (
        f"({power} < 0 ? '⁻' : '') + ({tens} ? slice({raising}, {tens} % 10, {tens} % 10 + 1) : '')"
        f" + slice({raising}, abs({power}) % 10, abs({power}) % 10 + 1)"
    )
    plain = f"format({value}, ',.' + max(0, {digits - 1} - {power}) + 'f')"
    scientific = f"split({short}, 'e')[0] + ' × 10' + {raised}"
    return f"({value} == 0 ? '0' : abs({value}) >= 1e-3 && abs({value}) < 1e5 ? {plain} : {scientific})"


def equals_expression(factors: Sequence[str], result: str) -> str:
    """A Vega expression: what `equals` says between a product of numbers that are shown with three digits, and its result."""
    # Of their sizes: the minus sign that `format` writes is none that `toNumber` reads.
    found = " * ".join(f"toNumber(format(abs({one}), '.2e'))" for one in factors)
    return f"({three_expression(found)} == {three_expression(f'abs({result})')} ? '=' : '≈')"


def percent_expression(share: str) -> str:
    """A Vega expression: a share as `percent` writes it."""
    return f"({share} > 0 && {share} < 1e-4 ? 'under 0.01 %' : format(100 * ({share}), '.3~r') + ' %')"
