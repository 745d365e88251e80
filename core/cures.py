"""What straightens a lopsided valley, as condition numbers: centring, a bias, rates per weight, whitening; and why ReLU needs
none of it as badly as sigmoid.

A linear neuron with n independent inputs of mean mu and standard deviation s, each the same, has H = s^2 I + mu^2 1 1^T
(core.inputs). Every cure here is another H.
"""

import math
from dataclasses import dataclass

import numpy as np

from core.activations import activation
from core.checks import FloatArray, check_choice, check_int, check_real
from core.quadrature import expect

MOST_INPUTS = 256


def lopsidedness(key: str, spread: float = 1.0) -> float:
    """(mu / s)^2 of one activation's output, dimensionless: what each input adds to kappa - 1.

    Formula: (E f)^2 / E (f - E f)^2 with z ~ N(0, spread^2). ReLU: 1 / (pi - 1) at any spread; 0 for odd f.
    Parameters: key, a registered activation; spread of z, 1e-3 to 1e3.
    Raises: ValueError for anything else.
    Reference: LeCun, Bottou, Orr and Muller, Efficient BackProp, 1998, section 4.3.
    """
    f, spread = activation(key), check_real("spread", spread, 1e-3, 1e3)
    if f.zero_centred:
        return 0.0
    mu = expect(f.f, 0.0, spread)
    return mu * mu / expect(lambda z: (f.f(z) - mu) ** 2, 0.0, spread)


def like_inputs_hessian(n: int, mean: float, spread: float, bias: bool = False) -> FloatArray:
    """H of n independent inputs of one mean and one spread, shape (n, n); with `bias` one more input that is always 1.

    Formula: s^2 I + mu^2 1 1^T; a bias adds the row and column (mu, ..., mu, 1).
    Parameters: n, 1 to 256; mean, -10 to 10; spread, 1e-3 to 10; bias.
    Raises: ValueError out of range.
    Reference: LeCun, Kanter and Solla, Eigenvalues of covariance matrices, 1991.
    """
    n, mean, spread = _law(n, mean, spread)
    h = spread**2 * np.eye(n) + mean**2
    if not check_choice("bias", bias, (True, False)):
        return h
    edge = np.full((n, 1), mean)
    return np.block([[h, edge], [edge.T, np.ones((1, 1))]])


def extreme_curvatures(n: int, mean: float, spread: float, bias: bool = False) -> tuple[float, float]:
    """The flattest and the steepest curvature of `like_inputs_hessian`, in closed form: exact however far apart they are.

    Formula: s^2 (for n > 1) and s^2 + n mu^2; with a bias, in place of the second, the eigenvalues of
    [[s^2 + n mu^2, mu sqrt n], [mu sqrt n, 1]], whose determinant is s^2.
    Parameters and raises: as `like_inputs_hessian`.
    """
    n, mean, spread = _law(n, mean, spread)
    flat, steep = spread**2, spread**2 + n * mean**2
    if check_choice("bias", bias, (True, False)):
        high = (steep + 1) / 2 + math.sqrt(((steep - 1) / 2) ** 2 + n * mean**2)
        ends = [flat / high, high]
    else:
        ends = [steep]
    if n > 1:
        ends.append(flat)
    return min(ends), max(ends)


@dataclass(frozen=True, slots=True)
class Conditioning:
    """kappa, steepest over flattest curvature, of the same neuron before and after each cure; dimensionless."""

    raw: float  # no bias: 1 + n (mu / s)^2
    with_bias: float  # a trainable bias beside the weights, one learning rate for all
    bias_tuned: float  # the same, the bias at the rate of its own that makes kappa smallest
    bias_rate: float  # that rate, as a multiple of the weights' rate
    per_weight: float  # no bias, the best fixed rate for each weight: equal rates, so as raw
    centred: float  # no bias, the mean subtracted
    centred_with_bias: float  # the mean subtracted, a trainable bias: max(s^2, 1 / s^2)
    standardised_with_bias: float  # the mean subtracted, divided by the spread, a trainable bias
    whitened: float  # the gradient multiplied by H^-1, bias included


def conditioning(n: int, mean: float, spread: float) -> Conditioning:
    """What each cure makes of the curvature of one linear neuron with n like, independent inputs.

    Formula: k = 1 + n mu^2 / s^2, and rho^2 = 1 - 1 / k with rho the cosine between the bias and the sum of the inputs. A bias
    adds the block [[s^2 + n mu^2, mu sqrt n], [mu sqrt n, 1]] in place of the first entry. Multiplying its rate by r scales
    the bias column by sqrt r; the block's kappa is smallest, (1 + rho) / (1 - rho) = (1 + rho)^2 k, where its two diagonal
    entries are equal, r = s^2 + n mu^2, and its eigenvalues then enclose s^2. Rates per weight: the diagonal scalings D with
    kappa(D H D) <= c are a convex set in D^-2 which permutations of the weights leave alone, so equal rates are best.
    Parameters: as `like_inputs_hessian`.
    Raises: ValueError out of range.
    Reference: LeCun, Bottou, Orr and Muller, Efficient BackProp, 1998, section 4.3; Boyd, El Ghaoui,
    Feron and Balakrishnan, Linear Matrix Inequalities in System and Control Theory, 1994, chapter 3, for the scalings.
    """
    n, mean, spread = _law(n, mean, spread)
    variance, steep = spread**2, spread**2 + n * mean**2
    correlation = math.sqrt(n * mean**2 / steep)
    flattest, steepest = extreme_curvatures(n, mean, spread)
    flattest_biased, steepest_biased = extreme_curvatures(n, mean, spread, bias=True)
    return Conditioning(
        raw=steepest / flattest,
        with_bias=steepest_biased / flattest_biased,
        bias_tuned=(1 + correlation) ** 2 * steep / variance,
        bias_rate=steep,
        per_weight=steepest / flattest,
        centred=1.0,
        centred_with_bias=max(variance, 1 / variance),
        standardised_with_bias=1.0,
        whitened=1.0,
    )


def one_mean_of_two(mean: float, spread: float) -> tuple[float, float]:
    """kappa of two inputs of which one alone has a mean: at one rate for both weights, and at the best rate for each.

    Formula: H = diag(s^2, s^2 + mu^2), and D H D with D = H^(-1/2), which is diagonal as H is.
    Parameters: as `like_inputs_hessian`.
    Raises: ValueError out of range.
    """
    _, mean, spread = _law(2, mean, spread)
    curvatures = np.array([spread**2, spread**2 + mean**2])
    scaled = curvatures / np.sqrt(curvatures) ** 2
    return float(curvatures.max() / curvatures.min()), float(scaled.max() / scaled.min())


def _law(n: int, mean: float, spread: float) -> tuple[int, float, float]:
    return check_int("n", n, 1, MOST_INPUTS), check_real("mean", mean, -10, 10), check_real("spread", spread, 1e-3, 10)
