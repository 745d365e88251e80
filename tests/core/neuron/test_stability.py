"""How far single samples and small batches may step, from the mean-square recursion written down over quadrature nodes."""

from itertools import product

import numpy as np
import pytest

from core.inputs import Inputs
from core.laws import Discrete
from core.neuron.stability import step_limits

_X, _P = np.polynomial.legendre.leggauss(3)  # exact up to a^5: the recursion needs a^4


def growth(eta: float, batch: int, mean: float, spread: float) -> float:
    """The largest eigenvalue of S -> E (I - eta G) S (I - eta G), G the mean of a a^T over a batch of uniform inputs."""
    nodes = [np.array(a) for a in product(mean + spread * np.sqrt(3) * _X, repeat=2)]
    weights = [p * q / 4 for p, q in product(_P, repeat=2)]
    h = sum(w * np.outer(a, a) for w, a in zip(weights, nodes, strict=True))
    columns = []
    for k in range(4):
        s = np.eye(4)[k].reshape(2, 2)
        square = sum(w * np.outer(a, a) @ s @ np.outer(a, a) for w, a in zip(weights, nodes, strict=True))
        # Different samples of a batch are independent: all pairs but B of B^2 average to H S H.
        noisy = ((batch - 1) * h @ s @ h + square) / batch
        columns.append((s - eta * (h @ s + s @ h) + eta**2 * noisy).ravel())
    return float(np.abs(np.linalg.eigvals(np.array(columns).T)).max())


@pytest.mark.parametrize("batch", [1, 2, 8, 64])
@pytest.mark.parametrize(("mean", "spread"), [(0.5, 1 / np.sqrt(12)), (0.0, 0.7), (1.5, 0.3)])
def test_edge_and_best_of_a_batch(batch, mean, spread):
    found = step_limits(Inputs("uniform", 2, mean, float(spread)), batch)
    assert growth(found.edge, batch, mean, spread) == pytest.approx(1, abs=1e-6)
    assert growth(found.edge * 1.001, batch, mean, spread) > 1 > growth(found.edge * 0.999, batch, mean, spread)
    at_best = growth(found.best, batch, mean, spread)
    for factor in (0.98, 0.995, 1.005, 1.02):
        assert growth(found.best * factor, batch, mean, spread) > at_best


def test_large_batches_step_as_the_full_batch_does():
    law = Inputs("uniform", 2, 0.5, 0.3)
    full, large = step_limits(law), step_limits(law, 1024)
    assert large.edge == pytest.approx(full.edge, rel=0.01) and large.best == pytest.approx(full.best, rel=0.01)
    assert large.edge < full.edge


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("n", [1, 2, 4, 5])
def test_the_edge_of_many_inputs_is_that_of_the_whole_operator(n, batch):
    """Every one of 2^n samples, on matrices of n^2 entries; one input flipped."""
    law = Inputs(Discrete((0.2, 1.0), (0.3, 0.7)), n, flipped=(0,))
    values, chances = np.array([0.2, 1.0]), np.array([0.3, 0.7])
    picks = np.array(list(product((0, 1), repeat=n)))
    a, weight = values[picks] * law.signs, chances[picks].prod(1)
    h = np.einsum("k,ki,kj->ij", weight, a, a)
    fourth = np.einsum("k,ki,kj,kl,km->ijlm", weight, a, a, a, a).transpose(0, 2, 1, 3).reshape(n * n, n * n)

    def grown(eta: float) -> float:
        identity = np.eye(n)
        noisy = ((batch - 1) * np.kron(h, h) + fourth) / batch
        m = np.eye(n * n) - eta * (np.kron(h, identity) + np.kron(identity, h)) + eta**2 * noisy
        return float(np.linalg.eigvals(m).real.max())

    found = step_limits(law, batch)
    assert grown(found.edge) == pytest.approx(1, abs=1e-9)
    assert grown(found.best * 0.99) > grown(found.best) - 1e-12 < grown(found.best * 1.01)
