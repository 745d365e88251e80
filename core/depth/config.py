"""What is measured of a deep random network: the settings."""

import math

from core.activations import ACTIVATIONS
from core.checks import check_int
from core.depth.normalisations import NORMS, normalisation
from core.fields import flag, one_of, real, settings, whole

ENGINES = ("sampler", "matrix")

MOST_UNITS, MOST_WEIGHTS = 3_300_000, 16_000_000
"""Units times inputs of one network; weights of one network with matrices, 128 MB."""

SMALLEST_SIGMA = 1e-100
"""Squares of what is smaller are not kept to full precision by any float."""


@settings
class DepthConfig:
    """Which networks to measure, and how many.

    depth * width, times the inputs of the normalisation, is at most 3,300,000. The engine "matrix" takes a width of at most
    1,024 and depth * width^2 of at most 16,000,000. sigma_w and sigma_b are 0 or at least 1e-100.
    Raises: ValueError that names the parameter, its value and its range.
    """

    activation: str = one_of("an activation's key", ACTIVATIONS, default="sigmoid")
    depth: int = whole("layers", 1, 1000, default=20)
    width: int = whole("units a layer", 2, 4096, default=128)
    sigma_w: float = real("the standard deviation of a weight is sigma_w / sqrt(width)", 0, 100, default=1.0)
    sigma_b: float = real("standard deviation of a bias", 0, 100, default=0.0)
    seeds: int = whole("networks", 1, 10_000, default=16)
    norm: str = one_of("the normalisation's key", NORMS, default="none")
    skip: bool = flag("whether the branch is added to x instead of replacing it", default=False)
    engine: str = one_of("how W x and W^T delta are drawn", ENGINES, default="sampler")
    seed: int = whole("of all draws", 0, 2**63, default=0)
    orthogonal: bool = flag(
        "whether W is sigma_w times a random orthogonal matrix, not of independent entries", default=False
    )

    def __post_init__(self) -> None:
        most = min(4096, MOST_UNITS // (self.depth * self.inputs))
        if self.engine == "matrix":
            most = min(1024, math.isqrt(MOST_WEIGHTS // self.depth))
        check_int("width", self.width, 2, most)
        for name in ("sigma_w", "sigma_b"):
            value = getattr(self, name)
            if 0 < value < SMALLEST_SIGMA:
                raise ValueError(f"{name} = {value!r} is neither 0 nor in [{SMALLEST_SIGMA:g}, 100]")

    @property
    def plain(self) -> bool:
        """Whether there is neither a normalisation nor a skip connection."""
        return not normalisation(self.norm).changes and not self.skip

    @property
    def inputs(self) -> int:
        """How many inputs go through the network at once."""
        return normalisation(self.norm).inputs
