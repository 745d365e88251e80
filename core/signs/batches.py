"""How often each sign pattern happens in a batch, and what entropy that leaves: measured, and in the limit of large batches.

The layer has m neurons and n shared inputs a, with independent standard normal upstream signals. The update of a batch of B is
minus the sum of delta_b a_b^T over its samples. Small batches of discrete inputs are decided exactly: core.signs.exact.
"""

import math
from dataclasses import dataclass
from itertools import product

import numpy as np

from core.checks import FloatArray, check_int, read_only
from core.fields import one_of, settings, whole
from core.inputs import Inputs, draw_inputs, input_moments
from core.laws import SOURCES, Discrete
from core.orthants import one_factor_lock
from core.signs.patterns import MOST_CELLS, Pattern, all_patterns

FEWEST_DRAWS, DRAWS, MOST_DRAWS = 100, 20_000, 100_000
MOST_NUMBERS = 40_000_000
_BLOCK = 2_000_000


@settings
class PatternConfig:
    """What to measure.

    Raises: ValueError that names the parameter, its value and its range; where m n is above 16, where n is not that of the
    inputs given, or where draws * batch * (m + n) is above 40,000,000.
    """

    source: str | Discrete | Inputs = one_of(
        "the inputs, or the law of inputs that are otherwise as `Inputs` has them",
        SOURCES,
        or_a=(Discrete, Inputs),
        default="sigmoid",
    )
    m: int = whole("neurons", 1, MOST_CELLS, default=2)
    n: int | None = whole("inputs, by default 2 or as many as the inputs given", 1, MOST_CELLS, default=None)
    batch: int = whole("samples a batch", 1, 1024, default=1)
    draws: int | None = whole(
        f"batches drawn, by default {DRAWS:,} or as many as that allows", FEWEST_DRAWS, MOST_DRAWS, default=None
    )
    seed: int = whole("of the draws", 0, 2**63, default=0)

    def __post_init__(self) -> None:
        n = inputs_of(self.source, self.n).n
        check_int("n", n, 1, MOST_CELLS // self.m)
        object.__setattr__(self, "n", n)
        most = min(MOST_DRAWS, MOST_NUMBERS // (self.batch * (self.m + n)))
        draws = min(DRAWS, most) if self.draws is None else self.draws
        object.__setattr__(self, "draws", check_int("draws", draws, FEWEST_DRAWS, most))

    @property
    def inputs(self) -> Inputs:
        """The law of the inputs."""
        return inputs_of(self.source, self.n)


def inputs_of(source: str | Discrete | Inputs, n: int | None) -> Inputs:
    """The inputs themselves, or n inputs (by default 2) of the law `source`.

    Raises: ValueError where n is given and is not that of the inputs.
    """
    if not isinstance(source, Inputs):
        return Inputs(source, 2 if n is None else n)
    if n not in (None, source.n):
        raise ValueError(f"n = {n!r} is not {source.n}, that of the inputs given")
    return source


@dataclass(frozen=True, slots=True, eq=False)
class PatternShares:
    """How often each pattern happens."""

    patterns: list[Pattern]
    """Every pattern, in the order of `all_patterns`."""
    shares: FloatArray
    """(2^(mn),), of all draws."""
    with_zero: float
    """The share of draws in which some update is exactly 0, which have no pattern; with `shares` it adds up to 1."""
    bits: float
    """Entropy of the pattern among the other draws, in bits."""
    error: float
    """Standard error of bits to first order, which vanishes where shares are equal; 0 where nothing was drawn."""


def measured_patterns(config: PatternConfig) -> PatternShares:
    """Shares and entropy of the sign patterns of drawn batches.

    Formula: bits = -sum p log2 p + (K - 1) / (2 N ln 2) over the K patterns seen in the N draws without a zero (the
    Miller-Madow correction), at most log2 of the number of patterns; error = sqrt(Var(log2 p) / N).
    Reference: Miller, Note on the bias of information estimates, 1955.
    """
    law, rng, left = config.inputs, np.random.default_rng(config.seed), config.draws or DRAWS
    draws, m, n, cells = left, config.m, law.n, config.m * law.n
    weights = 2 ** np.arange(cells - 1, -1, -1)
    counts, zeros = np.zeros(2**cells, dtype=np.int64), 0
    while left:
        block = min(left, max(1, _BLOCK // (config.batch * (m + n))))
        a = draw_inputs(law, rng, (block, config.batch))
        deltas = rng.standard_normal((block, config.batch, m))
        update = -np.matmul(deltas.swapaxes(1, 2), a).reshape(block, cells)
        clean = (update != 0).all(axis=1)
        zeros += int(block - clean.sum())
        # all_patterns counts +1 first, so a bit stands for a weight that goes down.
        counts += np.bincount((update[clean] < 0) @ weights, minlength=2**cells)
        left -= block
    total = int(counts.sum())
    seen = counts[counts > 0] / max(total, 1)
    bits = float(-(seen * np.log2(seen)).sum())
    variance = float((seen * np.log2(seen) ** 2).sum()) - bits**2
    corrected = bits + (max(len(seen), 1) - 1) / (2 * max(total, 1) * math.log(2))
    return PatternShares(
        all_patterns(m, n),
        read_only(counts / draws),
        zeros / draws,
        min(corrected, float(cells)),
        math.sqrt(max(variance, 0.0) / max(total, 1)),
    )


def limit_patterns(source: str | Discrete | Inputs, m: int = 2, n: int | None = None) -> PatternShares:
    """Shares and entropy in the limit of large batches, where the update is Gaussian with independent rows.

    Formula: each row has covariance E a a^T, one factor with ratio r = mu / s, so a row whose signs, flips undone, are k times
    down has probability integral phi(z) Phi(r z)^(n - k) Phi(-r z)^k dz; shares multiply and bits add over the m rows.
    Parameters: source, m and n as in `PatternConfig`.
    Raises: ValueError out of range.
    Reference: core.orthants.one_factor_lock; the central limit theorem.
    """
    law = PatternConfig(source, m, n).inputs
    (mu, s), v = input_moments(law), law.signs.astype(int).tolist()
    by_downs = [one_factor_lock(mu / s, k, law.n) / 2 for k in range(law.n + 1)]
    chance = {
        row: by_downs[sum(sign != flip for sign, flip in zip(row, v, strict=True))]
        for row in product((1, -1), repeat=law.n)
    }
    rows = np.array(list(chance.values()))
    shares = np.array([math.prod(chance[row] for row in pattern) for pattern in all_patterns(m, law.n)])
    return PatternShares(all_patterns(m, law.n), read_only(shares), 0.0, float(-m * (rows * np.log2(rows)).sum()), 0.0)
