"""The frames of `/yours`: a layer's diagnosis as columns."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.activations import ACTIVATIONS
from core.diagnosis.records import LayerRecord
from core.diagnosis.report import zone_text
from core.diagnosis.results import Diagnosis, NetworkDiagnosis
from core.diagnosis.spectra import LayerSpectrum
from dashboard.look.columns import Columns, columns, from_rows, only, stack
from dashboard.look.formats import signed

DRAWN = 512
"""How many units the picture has room for; of more, as many evenly spaced ones among the sorted are drawn."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The two spectra that are compared: a bias column in both, or in neither."""

    raw: LayerSpectrum
    centred: LayerSpectrum
    times: float
    """How many times larger eta may be once centred: the ratio of their largest eigenvalues; may be infinite."""
    by_bias: bool = False
    """Whether the steepest direction, once centred, is that of the bias: its curvature is 1, and no unit's is larger."""


def pair(found: Diagnosis, bias: bool) -> Pair:
    """What the page compares."""
    if bias:
        return Pair(found.raw_bias, found.centred_bias, found.lopsidedness, found.centred.top < 1)
    return Pair(found.raw, found.centred, found.lopsidedness_without_bias)


def activation_label(found: Diagnosis) -> str:
    """The label of the activation that is named, which is its colour too; empty where none is."""
    key = found.saturation.key
    return "" if key is None else ACTIVATIONS[key].label


def zone(found: Diagnosis) -> str:
    """Which values are saturated, in words; empty where that is not known."""
    return "" if found.saturation.unknown else signed(zone_text(found.saturation.of, found.saturation.intervals))


def spectrum(two: Pair, texts: tuple[str, str], note: str) -> dict[str, Columns]:
    """The datasets of `charts.spectrum`. texts: over the rows. note: over the gap."""
    shown = [(row, one.eigenvalues[one.eigenvalues > one.floor]) for row, one in ((0, two.raw), (2, two.centred))]
    ticks = stack(columns(row=np.full(len(values), row), curvature=values) for row, values in shown)
    tops = [(row, float(values[-1])) for row, values in shown if len(values)]
    high, low = two.raw.top, two.centred.top
    every = ticks["curvature"] if len(ticks["curvature"]) else np.ones(1)
    return {
        "ticks": ticks,
        "tops": from_rows(("row", "curvature"), tops),
        "gap": from_rows(("low", "high"), [(low, high)] if 0 < low < high else []),
        "names": columns(row=[0, 2], text=list(texts)),
        "note": columns(text=note),
        "frame": columns(curvature=[float(every.min()) / 1.5, float(every.max()) * 1.5]),
    }


def any_rows(table: Columns) -> bool:
    """Whether there is anything in a dataset."""
    return any(len(column) for column in table.values())


def eigenvalues(two: Pair) -> Columns:
    """Every eigenvalue, the flattest first: raw, centred."""
    return columns(raw=two.raw.eigenvalues, centred=two.centred.eigenvalues)


def every_unit(found: Diagnosis) -> Columns:
    """A row a unit: unit, mean, spread, smallest, largest, constant, dead, saturated (where it is known)."""
    each = found.each
    out = columns(
        unit=np.arange(found.units),
        mean=each.mean,
        spread=each.spread,
        smallest=each.low,
        largest=each.high,
        constant=each.constant,
        dead=each.dead,
    )
    return out if each.saturated is None else {**out, "saturated": each.saturated}


def units(found: Diagnosis, chosen: int, parity: int) -> dict[str, Columns]:
    """The datasets of `charts.units`. parity: of `dashboard.ui.page.Page.parity`."""
    each, label = found.each, activation_label(found)
    order = np.argsort(each.mean, kind="stable")
    drawn = columns(
        place=np.arange(found.units),
        unit=order,
        mean=each.mean[order],
        low=(each.mean - each.spread)[order],
        high=(each.mean + each.spread)[order],
        dead=each.dead[order],
        chosen=order == chosen,
        parity=parity,
    )
    if found.units > DRAWN:
        keep = np.zeros(found.units, dtype=bool)
        keep[np.linspace(0, found.units - 1, DRAWN).round().astype(int)] = True
        drawn = only(drawn, keep | drawn["chosen"])
    if label:
        drawn["activation"] = np.full(len(drawn["unit"]), label)
    low, high = _reach(found, float(drawn["low"].min()), float(drawn["high"].max()))
    return {"units": drawn, "zones": _zones(found, low, high), "frame": columns(mean=[low, high])}


def histogram(record: LayerRecord, found: Diagnosis, unit: int) -> dict[str, Columns]:
    """The datasets of `charts.histogram`."""
    edges, label, mean = record.edges(unit), activation_label(found), float(found.each.mean[unit])
    counts = record.counts[unit]
    if found.each.constant[unit]:
        # One bar, wide enough to be seen.
        half = 0.02 * max(abs(mean), 1e-3)
        edges, counts = np.array([mean - half, mean + half]), counts[:1]
    bars = columns(low=edges[:-1], high=edges[1:], share=counts / found.samples)
    if label:
        bars["activation"] = np.full(len(counts), label)
    zones = _zones(found, float(edges[0]), float(edges[-1]))
    return {"bars": bars, "mean": columns(low=mean), "zones": zones}


def _reach(found: Diagnosis, low: float, high: float) -> tuple[float, float]:
    """The stretch of values that the picture of units shows: theirs, 0, and the ends of a bounded activation."""
    low, high = min(low, 0.0), max(high, 0.0)
    if found.saturation.key is not None and found.saturation.of == "a":
        unit = ACTIVATIONS[found.saturation.key]
        low = min(low, unit.low) if math.isfinite(unit.low) else low
        high = max(high, unit.high) if math.isfinite(unit.high) else high
    return (low, high) if low < high else (low - 1.0, high + 1.0)


def _zones(found: Diagnosis, low: float, high: float) -> Columns:
    """Where outputs between `low` and `high` are saturated: low, high. A single value, as ReLU's 0, has no width."""
    intervals = found.saturation.intervals if found.saturation.of == "a" else ()
    rows = [(max(a, low), min(b, high)) for a, b in intervals if a < high and b > low and a < b]
    return from_rows(("low", "high"), rows)


def lock_at_1(found: Diagnosis) -> float:
    """The share of neurons whose update from one sample is all of one sign; nan where it is not known."""
    if found.locks is None or found.locks.batch[0] != 1:
        return math.nan
    return float(found.locks.locked[0])


def lock_error(found: Diagnosis) -> list[float]:
    """The standard error of each share of the locks, as if only batches were independent: the neurons of one batch are fed alike.
    nan where nothing was drawn: single samples are all of them, and all samples are one batch."""
    if found.locks is None:
        return []
    rows = zip(found.locks.batch.tolist(), found.locks.locked.tolist(), found.locks.batches.tolist(), strict=True)
    return [
        math.nan if batch == 1 or batch == found.samples else math.sqrt(share * (1 - share) / drawn)
        for batch, share, drawn in rows
    ]


def layers(found: NetworkDiagnosis) -> Columns:
    """A row a layer: what the table says, as numbers; nan where something is not known."""
    factors = [*map(float, found.factors), math.nan]
    rows = [
        (
            one.name,
            one.samples,
            one.units,
            one.lopsidedness,
            one.lopsidedness_without_bias,
            math.nan if one.saturated is None else one.saturated,
            one.dead,
            lock_at_1(one),
            factor,
        )
        for one, factor in zip(found.layers, factors, strict=True)
    ]
    names = (
        "layer",
        "samples",
        "units",
        "eta_times",
        "eta_times_without_bias",
        "saturated",
        "dead",
        "lock_at_1",
        "factor",
    )
    return from_rows(names, rows)


FILES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "layers": {
        "layer": ("layer", "its name"),
        "samples": ("samples", "in the file"),
        "units": ("units", "of the layer below"),
        "eta_times": (
            "learning_rate_times",
            "how many times larger the learning rate may be once centred, with a bias",
        ),
        "eta_times_without_bias": ("learning_rate_times_without_bias", "the same without a bias"),
        "dead": ("dead", "units that give 0 for every sample"),
        "lock_at_1": ("lock_at_1", "share of single samples whose updates share a sign, 0 to 1"),
    },
    "units": {
        "unit": ("unit", "its number"),
        "mean": ("mean", "of its outputs"),
        "spread": ("spread", "standard deviation of its outputs"),
        "smallest": ("smallest", "of its outputs"),
        "largest": ("largest", "of its outputs"),
        "constant": ("constant", "whether it never moves"),
        "dead": ("dead", "whether it gives 0 for every sample"),
    },
    "curvature": {
        "raw": ("raw", "eigenvalue of the second moment as given"),
        "centred": ("centred", "eigenvalue once centred"),
    },
}
"""What the columns of a file are called, and what they are, where that is not what `dashboard.ui.files` says."""
