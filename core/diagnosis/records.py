"""What is left of layers once their arrays are gone: their diagnosis, a histogram of every unit, and the saturated share of
every unit for each activation that may be named later. A page keeps this for its visitor, and lets go of the file."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from core.activations import ACTIVATIONS
from core.checks import FloatArray, check_choice, read_only
from core.diagnosis.arrays import Numbers, row_blocks
from core.diagnosis.example import example_layers
from core.diagnosis.files import read_layers
from core.diagnosis.layers import diagnose
from core.diagnosis.npy import FileLimits
from core.diagnosis.results import Diagnosis, Layer, NetworkDiagnosis
from core.diagnosis.spectra import Progress
from core.diagnosis.units import SaturatedOutputs, Units, saturated_outputs
from core.saturation import SHARE

SHARES = (0.01, SHARE, 0.1, 0.25)
"""Below which shares of its largest slope an activation may be asked for afterwards."""

BINS = 24
"""Of a unit's histogram, of equal width, from its smallest value to its largest."""


@dataclass(frozen=True, slots=True, eq=False)
class LayerRecord:
    """One layer without its arrays."""

    diagnosis: Diagnosis
    """With no activation named."""
    recorded: str | None
    """The activation that made the inputs, if the layer came with one."""
    counts: NDArray[np.uint32]
    """(units, BINS): how many samples lie in each bin. A unit that never varies is all in the first."""
    z_given: bool
    """Whether saturation is read off pre-activations."""
    saturated: Mapping[tuple[str, float], FloatArray]
    """(units,): the share of samples for which a unit is saturated, by activation and share of SHARES; without those for
    which that is not known."""

    def edges(self, unit: int) -> FloatArray:
        """(BINS + 1,): the bounds of the bins of one unit's histogram."""
        each = self.diagnosis.each
        return np.linspace(float(each.low[unit]), float(each.high[unit]), BINS + 1)

    def outputs(self, key: str | None, share: float) -> SaturatedOutputs:
        """Which outputs of this layer count as saturated."""
        each = self.diagnosis.each
        return saturated_outputs(key, share, float(each.low.min()), float(each.high.max()), self.z_given)

    def read(self, key: str | None = None, share: float = SHARE) -> Diagnosis:
        """The diagnosis with an activation named: the recorded one where `key` is None.

        Raises ValueError for an unknown activation, or a share that is none of SHARES.
        """
        check_choice("share", share, SHARES)
        key = self.recorded if key is None else check_choice("key", key, tuple(ACTIVATIONS))
        shares = None if key is None else self.saturated.get((key, share))
        return replace(
            self.diagnosis,
            each=replace(self.diagnosis.each, saturated=shares),
            saturation=self.outputs(key, share),
            saturated=None if shares is None else float(shares.mean()),
        )


@dataclass(frozen=True, slots=True, eq=False)
class NetworkRecord:
    """Several layers without their arrays, the one nearest to the network's input first."""

    layers: tuple[LayerRecord, ...]
    factors: FloatArray
    """As `NetworkDiagnosis.factors`."""
    factor: float | None
    """As `NetworkDiagnosis.factor`."""

    @property
    def names(self) -> tuple[str, ...]:
        """The layers' names, in their order."""
        return tuple(layer.diagnosis.name for layer in self.layers)

    def read(
        self, key: str | None = None, share: float = SHARE, named: Mapping[str, str] | None = None
    ) -> NetworkDiagnosis:
        """The diagnosis of all, as `LayerRecord.read`; `named` has the activations of single layers, by name, instead of `key`.

        Raises ValueError as `LayerRecord.read`, and for a name that no layer has.
        """
        own = dict(named or {})
        layers = tuple(layer.read(own.pop(layer.diagnosis.name, key), share) for layer in self.layers)
        if own:
            raise ValueError(f"named = {named!r} names layers that are not there: {', '.join(map(repr, own))}")
        return NetworkDiagnosis(layers, self.factors, self.factor)


def record_layers(layers: Mapping[str, Layer], progress: Progress | None = None) -> NetworkRecord:
    """Diagnose layers and keep what can be asked for later; nothing of it refers to their arrays.

    It takes two more passes over them than `diagnose`, and keeps at most 700 bytes a unit.
    Raises ValueError as `diagnose`.
    """
    bare = {name: Layer(layer.a, layer.delta, layer.z) for name, layer in layers.items()}
    found = diagnose(bare, progress=progress)
    records = (_record(one, layer) for one, layer in zip(found.layers, layers.values(), strict=True))
    return NetworkRecord(tuple(records), found.factors, found.factor)


def example_record(variant: str = "sigmoid", trained: bool = False) -> NetworkRecord:
    """The record of `core.diagnosis.example.example_layers`, which names the parameters and raises."""
    return record_layers(example_layers(variant, trained))


def read_record(name: str, data: bytes | BinaryIO | Path, limits: FileLimits | None = None) -> NetworkRecord:
    """The record of a file's layers. Parameters and errors: of `core.diagnosis.files.read_layers`, and errors of `diagnose`."""
    return record_layers(read_layers(name, data, limits))


def _record(found: Diagnosis, layer: Layer) -> LayerRecord:
    a, z = np.asarray(layer.a), None if layer.z is None else np.asarray(layer.z)
    empty = LayerRecord(found, layer.activation, _histograms(a, found.each), z is not None, {})
    wanted = {(key, share): empty.outputs(key, share) for key, share in product(ACTIVATIONS, SHARES)}
    known = {which: outputs for which, outputs in wanted.items() if not outputs.unknown}
    return replace(empty, saturated=_shares(a if z is None else z, known))


def _histograms(a: Numbers, each: Units) -> NDArray[np.uint32]:
    units = a.shape[1]
    counts = np.zeros((units, BINS), dtype=np.uint32)
    width = np.where(each.constant, math.inf, each.high - each.low)
    own = np.arange(units) * BINS
    for _, block in row_blocks(a):
        block -= each.low
        block /= width  # before it is multiplied: a width may be too small for its reciprocal
        block *= BINS
        bins = np.minimum(block.astype(np.intp), BINS - 1)
        bins += own
        counts += np.bincount(bins.ravel(), minlength=units * BINS).astype(np.uint32).reshape(units, BINS)
    counts.setflags(write=False)
    return counts


def _shares(
    values: Numbers, known: Mapping[tuple[str, float], SaturatedOutputs]
) -> dict[tuple[str, float], FloatArray]:
    counts = {which: np.zeros(values.shape[1]) for which in known}
    for _, block in row_blocks(values):
        for which, outputs in known.items():
            counts[which] += outputs.holds(block).sum(axis=0)
    return {which: read_only(count / len(values)) for which, count in counts.items()}
