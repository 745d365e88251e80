"""What a diagnosis is made from and what it gives: a layer's arrays, and the results for one layer and for several."""

from dataclasses import dataclass
from typing import Any

from core.checks import FloatArray
from core.diagnosis import report
from core.diagnosis.locks import Locks, NoiseLimit
from core.diagnosis.spectra import LayerSpectrum
from core.diagnosis.units import SaturatedOutputs, Units


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """What was captured at one layer of weights."""

    a: Any
    """Its inputs, samples x units."""
    delta: Any = None
    """Its upstream signals dL/dz, samples x neurons, if captured."""
    z: Any = None
    """The pre-activations of the units that made `a`, samples x units, if captured."""
    activation: str | None = None
    """The activation that made `a`, a key of core.activations, if known."""


@dataclass(frozen=True, slots=True, eq=False)
class Diagnosis:
    """What a layer's inputs do to the weights behind them. Curvatures are those of linear units with squared error."""

    name: str
    samples: int
    units: int
    neurons: int | None
    """How many upstream signals a sample has; None without delta."""
    raw: LayerSpectrum
    """Of E a a^T."""
    centred: LayerSpectrum
    """Of the covariance."""
    raw_bias: LayerSpectrum
    """As `raw`, with one more input that is always 1."""
    centred_bias: LayerSpectrum
    """As `centred`, with one more input that is always 1: one more eigenvalue, exactly 1."""
    lopsidedness: float
    """raw_bias.top / centred_bias.top: how many times larger eta may be once the inputs are centred."""
    lopsidedness_without_bias: float
    """raw.top / centred.top; infinite where no unit varies, 1 where all are 0."""
    mean_share: float
    """|mu|^2 / E |a|^2, the share of the second moment that is mean; 0 where all outputs are 0."""
    each: Units
    """Mean, spread, range and saturation of every unit."""
    saturation: SaturatedOutputs
    """Which values count as saturated."""
    saturated: float | None
    """The share of all outputs that are; None where it is not known."""
    locks: Locks | None
    """Sign locks from the given delta; None without one."""
    noise: NoiseLimit
    """The noise limit of the sign lock, from the inputs alone."""
    delta_norm: float | None
    """sqrt(E |delta|^2) over the samples; None without delta."""
    noise_kappa: float
    """The kappa that as few samples of independent noise would show (Marchenko and Pastur)."""

    @property
    def dead(self) -> int:
        """How many units are 0 for every sample."""
        return int(self.each.dead.sum())

    @property
    def constant(self) -> int:
        """How many units have one value for every sample, dead ones included."""
        return int(self.each.constant.sum())

    def report(self) -> str:
        """The diagnosis as text for a terminal."""
        return report.of_layer(self)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What has to be known to read these numbers rightly, a sentence each."""
        return report.remarks(self)


@dataclass(frozen=True, slots=True, eq=False)
class NetworkDiagnosis:
    """Several layers, the one nearest to the network's input first."""

    layers: tuple[Diagnosis, ...]
    factors: FloatArray
    """(layers - 1,): |delta_l| / |delta_{l+1}|, what the signal is multiplied by on its way back from layer l + 1 to l; nan where a
    delta is missing or 0."""
    factor: float | None
    """Their geometric mean, the factor per layer; None where one is missing."""

    def __getitem__(self, name: str) -> Diagnosis:
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise KeyError(name)

    @property
    def most_lopsided(self) -> Diagnosis:
        """The layer whose eta gains most by centring."""
        return max(self.layers, key=lambda layer: layer.lopsidedness)

    def report(self) -> str:
        """All layers as text for a terminal."""
        return report.of_network(self)
