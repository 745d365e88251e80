"""The diagnosis of a layer and of several: how lopsided the curvature is that its inputs make, and what its units and signs do."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, overload

import numpy as np

from core.activations import activation as registered
from core.checks import check_int, check_real, read_only
from core.diagnosis.arrays import Numbers, check_name, check_table
from core.diagnosis.locks import measured_locks, noise_limit
from core.diagnosis.results import Diagnosis, Layer, NetworkDiagnosis
from core.diagnosis.spectra import Progress, noise_kappa, spectra
from core.diagnosis.units import first_look, measure_units, saturated_outputs
from core.saturation import SHARE, SMALLEST

BATCHES = (1, 8, 64)


@overload
def diagnose(
    a: Mapping[str, Any],
    delta: None = None,
    activation: str | Mapping[str, str | None] | None = None,
    *,
    z: None = None,
    name: str = "a",
    share: float = SHARE,
    batches: Sequence[int] = BATCHES,
    seed: int = 0,
    progress: Progress | None = None,
) -> NetworkDiagnosis: ...
@overload
def diagnose(
    a: Any,
    delta: Any = None,
    activation: str | None = None,
    *,
    z: Any = None,
    name: str = "a",
    share: float = SHARE,
    batches: Sequence[int] = BATCHES,
    seed: int = 0,
    progress: Progress | None = None,
) -> Diagnosis: ...
def diagnose(
    a: Any,
    delta: Any = None,
    activation: Any = None,
    *,
    z: Any = None,
    name: str = "a",
    share: float = SHARE,
    batches: Sequence[int] = BATCHES,
    seed: int = 0,
    progress: Progress | None = None,
) -> Any:
    """Diagnose a layer, or several.

    Formula: lopsidedness = top eigenvalue of E x x^T / top eigenvalue once each unit's mean is subtracted, x = (a, 1).
    See `core.diagnosis.spectra`, `.units` and `.locks` for the others. A layer of N samples x n units takes
    time like N n min(N, n) + 3 min(N, n)^3, and memory beside the arrays like 16 min(N, n)^2 bytes and 100 MB:
    100,000 x 4,096 takes 45 seconds of one core, and 0.35 GB.
    Parameters: a, samples x units, the inputs of a layer of weights; delta, samples x neurons, its upstream signals dL/dz;
    activation, the key of the one that made `a`; z, what it was applied to, as `a`. Or a mapping from names to arrays,
    pairs (a, delta) or `Layer`, in the network's order, with one activation for all or a mapping from the same names.
    share: below which share of its largest slope a unit counts as saturated. batches: sizes at which the lock is
    measured, those smaller than the number of samples, which is always added. seed: of the batches drawn. progress:
    called with the share that is done, 0 to 1.
    Returns: a `Diagnosis`; for a mapping a `NetworkDiagnosis`.
    Raises: ValueError that names the array, the place and a remedy.
    Reference: LeCun, Kanter and Solla, Eigenvalues of covariance matrices, 1991.
    """
    tell = progress or (lambda done: None)
    share = check_real("share", share, SMALLEST, 1.0)
    seed = check_int("seed", seed, 0, 2**63)
    if isinstance(a, Mapping):
        if delta is not None or z is not None:
            raise ValueError(
                "delta and z go into the mapping, with their layer: {name: (a, delta)} or {name: Layer(a, delta, z)}"
            )
        return _diagnose_all(a, activation, share, batches, seed, tell)
    if isinstance(a, Layer):
        if delta is not None or z is not None:
            raise ValueError("delta and z belong into the Layer: Layer(a, delta, z)")
        layer = Layer(a.a, a.delta, a.z, a.activation if activation is None else activation)
    else:
        layer = Layer(a, delta, z, activation)
    return _diagnose_one(check_name(name), layer, share, batches, seed, tell)


def _diagnose_all(
    given: Mapping[str, Any], activation: Any, share: float, batches: Sequence[int], seed: int, tell: Progress
) -> NetworkDiagnosis:
    if not given:
        raise ValueError("the mapping of layers is empty: give at least one name with its array")
    keys = activation if isinstance(activation, Mapping) else {}
    for name in keys:
        if name not in given:
            raise ValueError(f"activation names a layer {name!r} that is not among {', '.join(map(repr, given))}")
    found: list[Diagnosis] = []
    for index, (name, value) in enumerate(given.items()):
        layer = _layer(check_name(name), value)
        key = keys.get(name) if isinstance(activation, Mapping) else activation
        layer = Layer(layer.a, layer.delta, layer.z, layer.activation if key is None else key)

        def part(done: float, index: int = index) -> None:
            tell((index + done) / len(given))

        found.append(_diagnose_one(name, layer, share, batches, seed, part))
    norms = np.array([math.nan if one.delta_norm is None else one.delta_norm for one in found])
    factors = norms[:-1] / np.where(norms[1:] > 0, norms[1:], math.nan)
    known = factors.size > 0 and bool((factors > 0).all())
    factor = math.exp(float(np.log(factors).mean())) if known else None
    return NetworkDiagnosis(tuple(found), read_only(factors), factor)


def _layer(name: str, value: Any) -> Layer:
    if isinstance(value, Layer):
        return value
    if isinstance(value, tuple):
        if not 1 <= len(value) <= 3:
            raise ValueError(f"layer {name!r} is a tuple of {len(value)}: give (a, delta) or (a, delta, z)")
        return Layer(*value)
    return Layer(value)


def _diagnose_one(
    name: str, layer: Layer, share: float, batches: Sequence[int], seed: int, tell: Progress
) -> Diagnosis:
    label = name if name == "a" else f"{name}.a"
    a = check_table(label, layer.a)
    if layer.activation is not None:
        registered(layer.activation)
    signals, before = label.removesuffix("a") + "delta", label.removesuffix("a") + "z"
    delta = None if layer.delta is None else _beside(a, label, layer.delta, signals, None)
    z = None if layer.z is None else _beside(a, label, layer.z, before, a.shape[1])
    look = first_look(label, a)
    low, high = float(look.low.min()), float(look.high.max())
    outputs = saturated_outputs(layer.activation, share, low, high, z is not None)
    each = measure_units(a, before, z, look, outputs)
    tell(0.05)
    found = spectra(a, each.mean, each.constant, lambda done: tell(0.05 + 0.85 * done))
    locks, norm = (None, None) if delta is None else measured_locks(signals, a, delta, look, each, batches, seed)
    mean_square, variance = float((each.mean**2).sum()), float((each.spread**2).sum())
    tell(1.0)
    return Diagnosis(
        name=name,
        samples=a.shape[0],
        units=a.shape[1],
        neurons=None if delta is None else delta.shape[1],
        raw=found.raw,
        centred=found.centred,
        raw_bias=found.raw_bias,
        centred_bias=found.centred_bias,
        lopsidedness=found.raw_bias.top / found.centred_bias.top,
        lopsidedness_without_bias=_ratio(found.raw.top, found.centred.top),
        mean_share=mean_square / ((mean_square + variance) or 1.0),
        each=each,
        saturation=outputs,
        saturated=None if each.saturated is None else float(each.saturated.mean()),
        locks=locks,
        noise=noise_limit(a, each),
        delta_norm=norm,
        noise_kappa=noise_kappa(a.shape[0], a.shape[1]),
    )


def _ratio(raw: float, centred: float) -> float:
    if centred > 0:
        return raw / centred
    return math.inf if raw > 0 else 1.0


def _beside(a: Numbers, label: str, value: Any, other: str, units: int | None) -> Numbers:
    """An array that belongs to `a`: as many samples, and as many units where that is asked for."""
    array = check_table(other, value)
    if array.shape[0] != a.shape[0] or units not in (None, array.shape[1]):
        raise ValueError(
            f"{other} has shape {array.shape} beside {label} of shape {a.shape}: both must come from the same samples"
            + ("" if units is None else ", and z has a value for each output")
        )
    return array
