"""A diagnosis as text: the numbers, what has to be known to read them, and what they cannot say."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from core.rounding import places, significant

if TYPE_CHECKING:
    from core.diagnosis.locks import Locks
    from core.diagnosis.results import Diagnosis, NetworkDiagnosis
    from core.diagnosis.spectra import LayerSpectrum
    from core.saturation import Interval

CANNOT_SAY = (
    "This is the input side of the curvature: exact for linear units with squared error, an approximation otherwise.",
    "It speaks of this moment of training and of these samples.",
    "It predicts steps of plain gradient descent only.",
)
"""What a diagnosis cannot say; every verdict carries these words."""

LEAST_SHARE = 1e-4
"""A smaller share of the second moment is not told in digits."""

FEW_SAMPLES = 1.5
"""From this kappa of pure noise on, which is just below 100 samples a unit, the number of samples is remarked upon."""


def number(x: float) -> str:
    """Three significant digits, with a comma in thousands; large and small ones as powers of ten."""
    if not math.isfinite(x):
        return "infinite" if math.isinf(x) else "not defined"
    if x == 0 or 1e-3 <= abs(x) < 1e6:
        return f"{places(x, 0):,}" if abs(x) >= 100 else f"{_three(x):.3g}"
    return f"{_three(x):.2e}"


def percent(share: float) -> str:
    """A share in percent."""
    return f"{_three(100 * share):.3g} %"


def _three(x: float) -> float:
    """Three significant digits; what lies halfway is rounded away from zero."""
    return float(significant(x, 3)) if x else 0.0


def halves(mean_share: float) -> str:
    """What of a second moment is variation and what is mean, to the digits of the smaller: 0.0408 % variation, 99.9592 % mean."""
    parts = {"variation": 1 - mean_share, "mean": mean_share}
    small, large = sorted(parts, key=parts.__getitem__)
    if 0 < parts[small] < LEAST_SHARE:
        told = {small: f"under {percent(LEAST_SHARE)}", large: f"over {100 * (1 - LEAST_SHARE):g} %"}
    else:
        told = {small: percent(parts[small])}
        decimals = len(told[small].removesuffix(" %").partition(".")[2])
        told[large] = f"{places(100 * parts[large], decimals)} %"
    return f"{told['variation']} variation, {told['mean']} mean"


def plural(count: int, thing: str) -> str:
    """The number and the noun."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def remarks(found: Diagnosis) -> tuple[str, ...]:
    """What has to be known to read the numbers of a layer rightly."""
    return tuple(_remarks(found))


def _remarks(found: Diagnosis) -> Iterable[str]:
    if found.samples <= found.units:
        yield (
            f"{plural(found.samples, 'sample')} of {plural(found.units, 'unit')}: the matrices are singular, kappa is stated over "
            "the eigenvalues above rounding. The lopsidedness is meaningful all the same."
        )
    elif found.noise_kappa >= FEW_SAMPLES:
        yield (
            f"{number(found.samples / found.units)} samples a unit: the flat end reads too low. As many samples of pure noise, "
            f"whose kappa is 1, would show kappa {number(found.noise_kappa)} (Marchenko and Pastur, independent samples)."
        )
    if found.dead == found.units:
        yield "Every unit is 0 for every sample: nothing reaches the weights behind this layer but through their bias."
    elif found.constant == found.units:
        yield "No unit varies over these samples: to the weights behind them the inputs are so many biases."
    elif found.constant:
        yield f"{plural(found.constant, 'unit')} never varied over these samples: the centred matrix is singular."
    if found.saturation.unknown:
        yield found.saturation.unknown
    if found.locks is not None and not found.locks.counted.any():
        yield "Every upstream signal meets an input of 0, or is 0 itself: no weight moves, there is no lock to state."
    if found.locks is None:
        yield "Without upstream signals (delta) the sign lock is stated in the noise limit only."


def of_layer(found: Diagnosis) -> str:
    """The report of one layer."""
    who = f", {plural(found.neurons, 'neuron')} behind them" if found.neurons is not None else ""
    lines = [
        f"{found.name}: {plural(found.samples, 'sample')} x {plural(found.units, 'unit')}{who}",
        f"  once centred, eta may be {number(found.lopsidedness)} times larger (bias column in both; without a bias "
        f"{number(found.lopsidedness_without_bias)} times)",
        f"  second moment: {halves(found.mean_share)}",
        "  curvature            steepest   kappa      rank",
        *(
            f"    {label:<18} {_spectrum(spectrum)}"
            for label, spectrum in (
                ("raw, bias", found.raw_bias),
                ("centred, bias", found.centred_bias),
                ("raw, no bias", found.raw),
                ("centred, no bias", found.centred),
            )
        ),
        f"  units: {found.dead:,} dead (0 for every sample), {found.constant - found.dead:,} more that never vary; means "
        f"{number(float(found.each.mean.min()))} to {number(float(found.each.mean.max()))}{_spreads(found)}",
    ]
    if found.saturated is not None:
        lines.append(f"  saturated: {percent(found.saturated)} of the outputs ({_zone(found)})")
    if found.locks is not None:
        lines += _locks(found.locks)
        lines.append(f"  |delta|, root mean square over the samples: {number(found.delta_norm or 0.0)}")
    lines.append(
        f"  noise limit of the lock (delta of mean 0 that knows nothing of independent inputs): "
        f"{percent(found.noise.locked)}, {_bits(found.noise.bits)}"
    )
    lines += [f"  note: {one}" for one in remarks(found)]
    return "\n".join([*lines, *(f"  limit: {one}" for one in CANNOT_SAY)])


def of_network(found: NetworkDiagnosis) -> str:
    """The reports of all layers, and a table of them."""
    alone = [layer.report().partition("\n  limit: ")[0] for layer in found.layers]
    if len(found.layers) == 1:
        return found.layers[0].report()
    rows = ["layer by layer       eta x, centred   saturated   lock at 1   |delta| from the next"]
    for index, layer in enumerate(found.layers):
        factor = float(found.factors[index]) if index < len(found.factors) else math.nan
        saturated = "-" if layer.saturated is None else percent(layer.saturated)
        lock = "-" if layer.locks is None or layer.locks.batch[0] != 1 else percent(float(layer.locks.locked[0]))
        times = "-" if math.isnan(factor) else f"x {number(factor)}"
        rows.append(f"  {layer.name:<20} {number(layer.lopsidedness):>12}   {saturated:>9}   {lock:>9}   {times}")
    most = found.most_lopsided
    rows.append(f"  most lopsided: {most.name}, {number(most.lopsidedness)} times")
    if found.factor is not None:
        rows.append(f"  |delta| changes by a factor of {number(found.factor)} a layer on its way back (geometric mean)")
    return "\n\n".join([*alone, "\n".join([*rows, *(f"  limit: {one}" for one in CANNOT_SAY)])])


def _spreads(found: Diagnosis) -> str:
    """The spreads of the units that vary."""
    spread = found.each.spread[~found.each.constant]
    if not spread.size:
        return ""
    said = f", spreads {number(float(spread.min()))} to {number(float(spread.max()))}"
    return f"{said} (of the {spread.size:,} that vary)" if found.constant else said


def _spectrum(one: LayerSpectrum) -> str:
    return f"{number(one.top):<10} {number(one.kappa):<10} {one.rank:,} of {len(one.eigenvalues):,}"


def _zone(found: Diagnosis) -> str:
    zone = found.saturation
    return f"{zone.key}: slope below {percent(zone.share)} of its largest, {zone_text(zone.of, zone.intervals)}"


def zone_text(of: str, intervals: tuple[Interval, ...]) -> str:
    """Where a value is saturated, in words: "a below 0.0101 or a above 0.99"."""
    said = []
    for low, high in intervals:
        if low == high:
            said.append(f"{of} = {low:.4g}")
        elif math.isinf(low) and math.isinf(high):
            said.append(f"any {of}")
        elif math.isinf(low):
            said.append(f"{of} below {high:.4g}")
        elif math.isinf(high):
            said.append(f"{of} above {low:.4g}")
        else:
            said.append(f"{of} between {low:.4g} and {high:.4g}")
    return " or ".join(said) or f"no {of} is"


def _locks(locks: Locks) -> list[str]:
    lines = ["  sign lock by batch size (an update of exactly 0 agrees with either sign)"]
    for index, batch in enumerate(locks.batch):
        share = float(locks.locked[index])
        if not math.isnan(share):
            lines.append(
                f"    {batch:>7,}: {percent(share)} of {int(locks.counted[index]):,} updates of a neuron, {_bits(float(locks.bits[index]))}"
            )
    return lines if len(lines) > 1 else []


def _bits(bits: float) -> str:
    return "no pair of weights moves" if math.isnan(bits) else f"{_three(bits):.3g} bits of 2 a pair of weights"
