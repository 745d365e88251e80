"""The named rules for the size of initial weights, in one table, and the spread of z that they give a layer.

Each rule states the variance of a weight in terms of its layer's fan-in and fan-out. Everything else follows in the
notation of the field: a weight has variance sigma_w^2 / fan_in, a bias has variance sigma_b^2.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from core.checks import check_choice, check_int, check_real

LARGEST_FAN = 1_000_000


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule for initial weights and biases.

    Formula: Var W = gain / fan, with fan = fan_in, (fan_in + fan_out) / 2 for `fan` "mean", or the larger of both for "max";
    Var b = bias_gain / fan_in.
    key: its name in links. label: its name on a page (ASCII). formula: Var W in plain text. source: who proposed it.
    orthogonal: whether the weights are a random orthogonal matrix, scaled to that variance, and not independent of each other.
    """

    key: str
    label: str
    formula: str
    source: str
    gain: float
    fan: Literal["in", "mean", "max"] = "in"
    bias_gain: float = 0.0
    orthogonal: bool = False

    def __post_init__(self) -> None:
        check_choice("fan", self.fan, ("in", "mean", "max"))
        check_choice("orthogonal", self.orthogonal, (True, False))
        check_real("gain", self.gain, 0)
        check_real("bias_gain", self.bias_gain, 0)

    def weight_variance(self, fan_in: int, fan_out: int) -> float:
        """Var W_ij, dimensionless.

        Parameters: fan_in and fan_out, 1 to 1,000,000 inputs and outputs of the layer. Raises: ValueError out of range.
        """
        check_int("fan_in", fan_in, 1, LARGEST_FAN)
        check_int("fan_out", fan_out, 1, LARGEST_FAN)
        fans = {"in": fan_in, "mean": (fan_in + fan_out) / 2, "max": max(fan_in, fan_out)}
        return self.gain / fans[self.fan]

    def bias_variance(self, fan_in: int, fan_out: int) -> float:
        """Var b_i = sigma_b^2, dimensionless; 0 where biases start at 0. Parameters and raises: as `weight_variance`."""
        check_int("fan_in", fan_in, 1, LARGEST_FAN)
        check_int("fan_out", fan_out, 1, LARGEST_FAN)
        return self.bias_gain / fan_in

    def sigma_w(self, fan_in: int, fan_out: int) -> float:
        """sigma_w = sqrt(fan_in Var W), dimensionless. Parameters and raises: as `weight_variance`."""
        return math.sqrt(fan_in * self.weight_variance(fan_in, fan_out))

    def sigma_b(self, fan_in: int, fan_out: int) -> float:
        """sigma_b = sqrt(Var b), dimensionless. Parameters and raises: as `weight_variance`."""
        return math.sqrt(self.bias_variance(fan_in, fan_out))


_ALL = (
    # nn.Linear draws weights and biases from U(-1 / sqrt(fan_in), 1 / sqrt(fan_in)), of variance 1 / (3 fan_in).
    Rule("pytorch", "PyTorch's default", "1 / (3 fan_in)", "PyTorch, torch.nn.Linear", 1 / 3, bias_gain=1 / 3),
    Rule("lecun", "LeCun", "1 / fan_in", "LeCun, Bottou, Orr and Muller, Efficient BackProp, 1998", 1.0),
    Rule("glorot", "Glorot", "2 / (fan_in + fan_out)", "Glorot and Bengio, 2010", 1.0, "mean"),
    # Rows or columns of length 1, whichever are fewer: torch.nn.init.orthogonal_.
    Rule(
        "orthogonal",
        "Orthogonal",
        "1 / max(fan_in, fan_out)",
        "Saxe, McClelland and Ganguli, 2014",
        1.0,
        "max",
        orthogonal=True,
    ),
    Rule("he", "He", "2 / fan_in", "He, Zhang, Ren and Sun, 2015", 2.0),
    # Four times the standard deviation, the old advice for sigmoid: its slope at 0 is a quarter of tanh's.
    Rule("glorot4", "4 x Glorot", "32 / (fan_in + fan_out)", "after Glorot and Bengio, 2010", 16.0, "mean"),
)

RULES: Mapping[str, Rule] = MappingProxyType({rule.key: rule for rule in _ALL})
"""Every rule by its key, smallest weights first (for fan_in = fan_out)."""


def rule(key: str) -> Rule:
    """The rule called `key`.

    Raises: ValueError that lists the keys, for any other value.
    """
    return RULES[check_choice("rule", key, tuple(RULES))]


def layer_spread(sigma_w: float, mean_square: float, sigma_b: float = 0.0) -> float:
    """The spread s of z in a wide layer with random weights and zero-mean z; dimensionless.

    Formula: z = sum over fan_in inputs of W_j a_j, plus b, so s^2 = fan_in (sigma_w^2 / fan_in) q + sigma_b^2 =
    sigma_w^2 q + sigma_b^2 with q = E a^2, the mean square input: the fan-in cancels.
    Parameters: sigma_w, 0 to 1e3; mean_square, 0 to 1e6; sigma_b, 0 to 1e3.
    Raises: ValueError out of range.
    Reference: Poole et al., Exponential expressivity in deep neural networks, 2016.
    """
    sigma_w, sigma_b = check_real("sigma_w", sigma_w, 0, 1e3), check_real("sigma_b", sigma_b, 0, 1e3)
    return math.hypot(sigma_w * math.sqrt(check_real("mean_square", mean_square, 0, 1e6)), sigma_b)


def named_spread(key: str, fan_in: int, fan_out: int, mean_square: float) -> float:
    """The spread of z that a named initialisation gives; dimensionless.

    Formula: `layer_spread` with the rule's sigma_w and sigma_b.
    Parameters: key, a rule; fan_in and fan_out, 1 to 1,000,000; mean_square, 0 to 1e6.
    Raises: ValueError for anything else.
    """
    named = rule(key)
    return layer_spread(named.sigma_w(fan_in, fan_out), mean_square, named.sigma_b(fan_in, fan_out))
