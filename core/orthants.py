"""The chances of the signs of Gaussian numbers, exactly: one common factor and any number, or few numbers in few dimensions."""

import math
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement

import numpy as np

from core.activations import normal_cdf
from core.checks import FloatArray, IntArray, check_int, check_real

MOST_FACTOR = 64
MOST_VECTORS, MOST_DIMENSIONS = 8, 4
_AT_ONCE = 20_000

_X, _W = np.polynomial.legendre.leggauss(20)
_TAIL = 12.0
"""Beyond this, Phi differs from 0 or 1, and so does the mass of a standard normal, by less than 2e-33."""


def one_factor_lock(ratio: float, flips: int, n: int) -> float:
    """P(all n signs agree) for x_i = v_i (e_i + ratio Z), with e_i and Z independent standard normal.

    Formula: 2 * integral phi(z) Phi(ratio z)^(n - flips) Phi(-ratio z)^flips dz. It is taken over u = ratio z, where Phi has
    the scale 1 however large the ratio is, and without flips as 1 minus the chance of mixed signs, which falls as 1 / ratio.
    Parameters: ratio, -1e300 to 1e300; n, 1 to 64; flips, 0 to n: how many v_i are -1.
    Raises: ValueError out of range.
    Reference: the one-factor Gaussian orthant probability.
    """
    check_int("flips", flips, 0, check_int("n", n, 1, MOST_FACTOR))
    ratio = abs(check_real("ratio", ratio, -1e300, 1e300))
    if ratio < 1e-9:
        return 2.0 ** (1 - n)
    half = min(ratio, 1.0) / 2
    u = (half * (2 * np.arange(_TAIL)[:, None] + 1 + _X)).ravel()
    weight = np.tile(half * _W, int(_TAIL)) * np.exp(-0.5 * (u / ratio) ** 2) / (ratio * math.sqrt(2 * math.pi))
    above, below = normal_cdf(u), normal_cdf(-u)
    if flips in (0, n) and ratio > 1:
        mixed = -np.expm1(n * np.log1p(-below)) - below**n
        return float(1 - 2 * weight @ mixed)
    return float(2 * weight @ (above ** (n - flips) * below**flips + below ** (n - flips) * above**flips))


@dataclass(frozen=True, slots=True, eq=False)
class SignProducts:
    """The expected product of the signs of v . g for every multiset of a few vectors v, by its size."""

    kinds: int
    """How many vectors there are."""
    codes: dict[int, IntArray]
    """By size, a number for every multiset, ascending."""
    values: dict[int, FloatArray]
    """By size, the expected product for every multiset."""

    def of(self, rows: IntArray) -> FloatArray:
        """Of the multisets in the rows of an array, each ascending, of one even size."""
        size = rows.shape[1]
        return np.asarray(self.values[size][np.searchsorted(self.codes[size], _codes(rows, self.kinds))])


def orthants(products: SignProducts, chosen: IntArray) -> FloatArray:
    """The chances of all sign patterns of V g, g standard normal in B dimensions, for many V made of the same few vectors.

    Formula: P(s) = 2^-n sum over subsets S of s_S E_S, with E_S the expected product of the signs in S.
    Parameters: products, of those vectors; chosen, (count, n), which n of them make each V, in ascending order and with
    repetitions if need be, n at most what `products` were made for.
    Returns: (count, 2^n), the patterns counted with + before -, the first sign slowest. Good to 1e-11 where vectors are not
    almost dependent; what is below 1e-12 is 0.
    Reference: the expansion of a function of signs (Walsh); `sign_products`.
    """
    count, n = chosen.shape
    expected = np.zeros((count, 2**n))
    for size in range(0, n + 1, 2):
        for among in combinations(range(n), size):
            place = sum(1 << (n - 1 - j) for j in among)
            expected[:, place] = products.of(chosen[:, among])
    sets = np.arange(2**n)
    crossed = np.array([[(int(s) & int(t)).bit_count() % 2 for t in sets] for s in sets])
    chance = expected @ (1.0 - 2.0 * crossed) / 2**n
    return np.where(chance > 1e-12, chance, 0.0)


def multisets(kinds: int, size: int) -> IntArray:
    """Every choice of `size` of so many kinds, repetitions included: ascending rows in ascending order."""
    rows = list(combinations_with_replacement(range(kinds), size))
    return np.array(rows, dtype=np.int64).reshape(len(rows), size)


def _codes(rows: IntArray, kinds: int) -> IntArray:
    return np.asarray(rows @ kinds ** np.arange(rows.shape[1] - 1, -1, -1))


def sign_products(vectors: FloatArray, most: int) -> SignProducts:
    """E_S, the expected product of the signs of v . g over v in S, for every multiset S of even size up to `most`.

    Formula: 1 - 2 theta / pi for two at an angle theta (Sheppard); 0 for odd sizes. For dependent vectors, sum c_j v_j = 0, the
    pattern s = sign c cannot happen, so 0 = sum over T of s_T E_T gives the largest product from the smaller ones. That
    leaves four independent ones: `_four`.
    Parameters: vectors, (K, B), none of them 0, B at most 4; most, at most 8.
    Raises: ValueError for more.
    Reference: Sheppard 1899; Plackett, A reduction formula for normal multivariate integrals, Biometrika 41 (1954).
    """
    kinds, dimensions = vectors.shape
    check_int("n", most, 0, MOST_VECTORS)
    check_int("dimensions", dimensions, 1, MOST_DIMENSIONS)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    products = SignProducts(kinds, {0: np.zeros(1, dtype=np.int64)}, {0: np.ones(1)})
    for size in range(2, most + 1, 2):
        rows = multisets(kinds, size)
        among = unit[rows[:, : dimensions + 1]]
        if size == 2:
            apart, together = (np.linalg.norm(unit[rows[:, 0]] + s * unit[rows[:, 1]], axis=1) for s in (-1, 1))
            values = 1 - 4 / math.pi * np.arctan2(apart, together)
        else:
            values = _by_dependence(products, rows, unit)
            if size == 4 and dimensions == 4:
                independent = np.linalg.svd(among, compute_uv=False)[:, -1] > 1e-9
                for first in range(0, len(rows), _AT_ONCE):
                    part = np.flatnonzero(independent[first : first + _AT_ONCE]) + first
                    values[part] = _four(among[part])
        products.codes[size], products.values[size] = _codes(rows, kinds), values
    return products


def _by_dependence(products: SignProducts, rows: IntArray, unit: FloatArray) -> FloatArray:
    """E over whole rows, from those over their smaller subsets and one dependence among a row's vectors."""
    kinds, dimensions = unit.shape
    size = rows.shape[1]
    first = rows[:, : dimensions + 1]
    _, where, back = np.unique(_codes(first, kinds), return_index=True, return_inverse=True)
    # The last right singular vector; where it is 0 within rounding, either sign will do.
    null = np.linalg.svd(unit[first[where]].swapaxes(1, 2))[2][:, -1]
    signs = np.ones((len(rows), size))
    signs[:, : first.shape[1]] = np.where(null < 0, -1.0, 1.0)[back]
    total = np.zeros(len(rows))
    for smaller in range(0, size, 2):
        for part in combinations(range(size), smaller):
            total += signs[:, part].prod(axis=1) * products.of(rows[:, part])
    return np.asarray(-signs.prod(axis=1) * total)


def _end_to_end() -> tuple[FloatArray, FloatArray, FloatArray]:
    """t, 1 - t and weights of the tanh-sinh rule over [0, 1], which does not mind what an integrand does at the ends."""
    x = np.arange(-36, 37) / 11
    y = math.pi / 2 * np.sinh(x)
    t, rest = 1 / (1 + np.exp(-2 * y)), 1 / (1 + np.exp(2 * y))
    return t, rest, math.pi * np.cosh(x) * t * rest / 11


def _four(unit: FloatArray) -> FloatArray:
    """E of the product of four signs, for independent unit vectors, shape (count, 4, 4).

    Formula: with correlations t r_ij the derivative along r_ij is (2 / pi) / sqrt(1 - (t r_ij)^2) times the expected product of
    the other two where the first two are 0, (2 / pi) arcsin of their partial correlation; integrated over t from 0 to 1.
    """
    r = (unit @ unit.swapaxes(1, 2))[:, :, :, None]
    t, rest, weight = _end_to_end()
    eigenvalues = np.linalg.svd(unit, compute_uv=False) ** 2
    determinant = (rest + t * eigenvalues[:, :, None]).prod(axis=1)
    total = np.zeros(len(unit))
    for i, j in combinations(range(4), 2):
        k, m = (other for other in range(4) if other not in (i, j))
        x = t * r[:, i, j]
        left = (1 - x) * (1 + x)
        # Partial covariance of k and m, times left; its own determinant, times left^2, is left * determinant.
        crossed = r[:, i, k] * r[:, i, m] + r[:, j, k] * r[:, j, m]
        mixed = r[:, i, k] * r[:, j, m] + r[:, j, k] * r[:, i, m]
        partial = t * r[:, k, m] * left - t * t * (crossed - x * mixed)
        angle = np.arctan2(partial, np.sqrt(left * determinant))
        total += ((2 / math.pi) ** 2 * r[:, i, j] / np.sqrt(left) * angle) @ weight
    return total
