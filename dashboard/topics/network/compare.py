"""Two rows of the table against each other, seed by seed: the one rule for when the page calls something a difference."""

from dataclasses import dataclass
from enum import Enum
from itertools import combinations

import numpy as np

from core.checks import FloatArray
from dashboard.topics.network.frames import Reading, Row, known_mean


class Verdict(Enum):
    """What the seeds say of two rows. Seeds of one number share their starting weights and their images."""

    FEWER = "fewer steps with every seed"
    MORE = "more steps with every seed"
    SAME = "the same step with every seed"
    OPEN = "seeds that disagree"
    NEITHER = "no seed of either that arrives"


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """What a change does: from the row `before` to the row `after`."""

    before: Row
    after: Row

    @property
    def _seeds(self) -> tuple[FloatArray, FloatArray]:
        """The steps of each seed, infinite where it never arrived."""
        before, after = (np.where(row.steps < 0, np.inf, row.steps) for row in (self.before, self.after))
        return before, after

    @property
    def verdict(self) -> Verdict:
        """A difference is one where every seed says so: with five that comes about by chance once in sixteen times."""
        before, after = self._seeds
        if np.isinf(before).all() and np.isinf(after).all():
            return Verdict.NEITHER
        if (after < before).all():
            return Verdict.FEWER
        if (after > before).all():
            return Verdict.MORE
        return Verdict.SAME if (after == before).all() else Verdict.OPEN

    @property
    def both_arrive(self) -> bool:
        """Whether most seeds of either row arrive, so that their medians have a ratio."""
        return self.before.arrived and self.after.arrived

    @property
    def factor(self) -> float:
        """The larger median over the smaller; infinite where one of them does not arrive."""
        low, high = sorted((self.before.median, self.after.median))
        return high / low

    @property
    def range(self) -> tuple[float, float]:
        """The smallest and the largest ratio of one seed, before over after, or after over before where that has the larger
        median; infinite where only one arrives, nan where there is none."""
        before, after = self._seeds
        above, below = (before, after) if self.before.median >= self.after.median else (after, before)
        known = np.isfinite(above) | np.isfinite(below)
        ratios = above[known] / below[known]
        return (float(ratios.min()), float(ratios.max())) if ratios.size else (np.nan, np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Square:
    """The two by two of slope and centring, and the network whose units are half flipped."""

    plain: Row
    centred: Row
    steep: Row
    steep_centred: Row
    flipped: Row

    @property
    def centring(self) -> Difference:
        return Difference(self.plain, self.centred)

    @property
    def steep_centring(self) -> Difference:
        """Centring where the slope is four times as large."""
        return Difference(self.steep, self.steep_centred)

    @property
    def slope(self) -> Difference:
        return Difference(self.plain, self.steep)

    @property
    def centred_slope(self) -> Difference:
        """Slope where the outputs are centred."""
        return Difference(self.centred, self.steep_centred)

    @property
    def both(self) -> Difference:
        return Difference(self.plain, self.steep_centred)

    @property
    def flip(self) -> Difference:
        return Difference(self.plain, self.flipped)


def square(shown: Reading) -> Square:
    """The square in a reading: by what its activations are, not by their names."""
    rows = [row for row in shown.rows.values() if row.variant.known.rate == 1]
    upright = {row.variant.activation: row for row in rows if not row.variant.flipped}
    raw = [row for row in upright.values() if not row.variant.known.zero_centred]
    plain, steep = sorted(raw, key=lambda row: row.variant.known.max_slope)
    (flipped,) = (row for row in rows if row.variant.flipped)
    centred, steep_centred = (upright[str(row.variant.known.centred_key)] for row in (plain, steep))
    return Square(plain, centred, steep, steep_centred, flipped)


@dataclass(frozen=True, slots=True)
class Saturation:
    """What the rows of the table say of saturation, pair by pair: of every two that differ in both, as the table has them."""

    with_it: int
    """Pairs of which the more saturated takes more steps."""
    against: int
    """Pairs of which it takes fewer."""

    @property
    def pairs(self) -> int:
        """All of them."""
        return self.with_it + self.against


def saturation(shown: Reading) -> Saturation:
    """Counted over the rows shown that arrive. The flipped network is the sigmoid's twin, and would count its pairs twice."""
    rows = [row for row in shown.rows.values() if row.arrived and not row.variant.flipped]
    signs = []
    for one, other in combinations(rows, 2):
        shares = [round(100 * known_mean(row.saturated)) for row in (one, other) if known_mean(row.saturated) >= 0]
        counts = [round(row.median) for row in (one, other)]
        if len(shares) == 2 and shares[0] != shares[1] and counts[0] != counts[1]:
            signs.append((shares[0] < shares[1]) == (counts[0] < counts[1]))
    return Saturation(sum(signs), len(signs) - sum(signs))
