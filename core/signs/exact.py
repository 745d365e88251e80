"""Small batches of discrete inputs, decided and not sampled: the chances of their sign patterns, and of the sign lock.

The inputs of one weight over a batch of B are a column c of R^B, drawn from finitely many; its updates are -c . g, with g the
upstream signals of a neuron. So a row of the pattern tells on which side of each column's hyperplane g lies: an orthant
probability in B dimensions (core.orthants), averaged over all columns. The inputs of a law are alike, so a set of columns is
taken once for all its orders.
"""

import math
from itertools import product

import numpy as np

from core.checks import FloatArray, IntArray, check_int, read_only
from core.inputs import Inputs, discrete_law
from core.orthants import MOST_DIMENSIONS, MOST_VECTORS, multisets, orthants, sign_products
from core.signs.batches import PatternConfig, PatternShares
from core.signs.patterns import all_patterns

MOST_SETS = 200_000
"""Sets of columns that are looked at: some seconds."""
MOST_WORK = 10_000_000_000
"""Sets of columns, times patterns."""
_BLOCK = 4_000_000


def exact_patterns(config: PatternConfig) -> PatternShares:
    """Shares and entropy of the sign patterns of one batch of discrete inputs, with no draws and no error.

    Formula: P(pattern) = E over the columns of the product over neurons of the orthant probability of its row. A draw has a zero
    where all samples of an input are 0, which leaves a chance of (1 - q^B)^n that none has, with q = P(a = 0).
    Parameters: config, whose inputs follow "signs" or a `Discrete` law, with batch at most 4 and n at most 8; its draws and seed
    are not used. Good to 1e-11; shares below 1e-12 are 0.
    Raises: ValueError for other inputs, and where there are too many sets of columns or patterns. Within both: +1 and -1 up to
    n = 7 in batches of 4 and n = 8 in smaller ones, m being 2; three values up to n = 3 in batches of 4 and n = 5 in batches of 3.
    Reference: `core.orthants.orthants`.
    """
    law = config.inputs
    columns, chances = _columns(law, config.batch)
    with_zero = 0.0 - math.expm1(law.n * math.log1p(-_no_update(law, config.batch)))
    shares = _shares(columns, chances, config.m, law.n)[_flipped(config.m, law)]
    clean = shares[shares > 0] / (1 - with_zero)
    bits = float(-(clean * np.log2(clean)).sum())
    return PatternShares(all_patterns(config.m, law.n), read_only(shares), with_zero, bits, 0.0)


def exact_lock(inputs: Inputs, batch: int) -> float:
    """The chance that all n signs of a batch's gradient agree, for discrete inputs: what `measured_lock` measures.

    Formula: twice the orthant probability of a row, averaged over the columns; inputs that are 0 throughout the batch, of which
    there is a binomial number, agree with either sign.
    Parameters: inputs and batch as in `exact_patterns`.
    Raises: ValueError as `exact_patterns`.
    Reference: `core.orthants.orthants`.
    """
    columns, chances = _columns(inputs, batch)
    check_int("n", inputs.n, 1, MOST_VECTORS)
    n, flips, moves = inputs.n, len(set(inputs.flipped)), float(chances.sum())
    total, shares = 0.0, {0: np.full(1, 0.5)}
    for ups, downs in product(range(n - flips + 1), range(flips + 1)):
        moving = ups + downs
        weight = (
            math.comb(n - flips, ups)
            * math.comb(flips, downs)
            * moves**moving
            * _no_update(inputs, batch) ** (n - moving)
        )
        if weight and moving not in shares:
            shares[moving] = _shares(columns, chances / moves, 1, moving)
        # Of the inputs that are not 0 throughout, the last `downs` are the flipped ones.
        total += weight * 2 * float(shares[moving][2**downs - 1]) if weight else 0.0
    return min(total, 1.0)


def _no_update(law: Inputs, batch: int) -> float:
    """The chance that an input is 0 in every sample of a batch."""
    values, chances = discrete_law(law)
    return float(chances[values == 0].sum()) ** batch


def _columns(law: Inputs, batch: int) -> tuple[FloatArray, FloatArray]:
    """The columns that are not 0, shape (K, batch), those of one direction taken together, and their chances, shape (K,)."""
    check_int("batch", batch, 1, MOST_DIMENSIONS)
    values, chances = discrete_law(law)
    merged: dict[tuple[float, ...], list[tuple[FloatArray, float]]] = {}
    for chosen in product(range(len(values)), repeat=batch):
        column, chance = values[list(chosen)], float(chances[list(chosen)].prod())
        if column.any():
            direction = tuple((np.round(column / np.linalg.norm(column), 12) + 0.0).tolist())
            merged.setdefault(direction, []).append((column, chance))
    return (
        np.array([alike[0][0] for alike in merged.values()]),
        np.array([math.fsum(chance for _, chance in alike) for alike in merged.values()]),
    )


def _shares(columns: FloatArray, chances: FloatArray, m: int, n: int) -> FloatArray:
    """The chance of every pattern, before any flip, with no zero: shape (2^(mn),), in the order of `all_patterns`."""
    check_int("n", n, 1, MOST_VECTORS)
    sets = math.comb(len(columns) + n - 1, n)
    if sets > MOST_SETS or sets * 2 ** (m * n) > MOST_WORK:
        raise ValueError(
            f"n = {n} inputs with {len(columns)} columns to choose from make {sets:,} sets of columns, which is not decided "
            f"exactly for {m} neurons: at most {min(MOST_SETS, MOST_WORK // 2 ** (m * n)):,}"
        )
    chosen = multisets(len(columns), n)
    products = sign_products(columns, n)
    chance = chances[chosen].prod(axis=1) * _orders(chosen)
    # The patterns of the first half of the neurons against those of the rest, a matrix product over the sets of columns.
    half = m // 2
    total = np.zeros((2 ** (n * (m - half)), 2 ** (n * half)))
    block = max(1, _BLOCK // max(len(total), 4 * 2**n))
    for first in range(0, sets, block):
        rows = orthants(products, chosen[first : first + block])
        total += (_together(rows, m - half) * chance[first : first + block, None]).T @ _together(rows, half)
    return _any_order(total.ravel(), m, n)


def _together(rows: FloatArray, neurons: int) -> FloatArray:
    """The chances of all patterns of several rows that are independent once the columns are given."""
    out = np.ones((len(rows), 1))
    for _ in range(neurons):
        out = (out[:, :, None] * rows[:, None, :]).reshape(len(rows), -1)
    return out


def _orders(chosen: IntArray) -> FloatArray:
    """In how many different orders each sorted row of `chosen` can be put."""
    run, orders = np.ones(len(chosen)), np.ones(len(chosen))
    for j in range(1, chosen.shape[1]):
        run = np.where(chosen[:, j] == chosen[:, j - 1], run + 1, 1.0)
        orders *= (j + 1) / run
    return np.round(orders)


def _signs_down(m: int, n: int) -> IntArray:
    """Which weights go down in every pattern: shape (2^(mn), m, n), 0 or 1, in the order of `all_patterns`."""
    index = np.arange(2 ** (m * n))
    return (index[:, None] >> np.arange(m * n - 1, -1, -1) & 1).reshape(-1, m, n)


def _any_order(shares: FloatArray, m: int, n: int) -> FloatArray:
    """Shares from columns in sorted order only, as they are with all orders equally likely."""
    codes = np.sort(np.einsum("pmn,m->pn", _signs_down(m, n), 2 ** np.arange(m)), axis=1)
    _, alike = np.unique(codes @ (2**m) ** np.arange(n), return_inverse=True)
    return np.asarray((np.bincount(alike, weights=shares) / np.bincount(alike))[alike])


def _flipped(m: int, law: Inputs) -> IntArray:
    """For every pattern the place of the one that it is before the flips."""
    down = _signs_down(m, law.n) ^ (law.signs < 0)
    return np.asarray(down.reshape(-1, m * law.n) @ 2 ** np.arange(m * law.n - 1, -1, -1))
