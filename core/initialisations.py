"""The named rules for the size of initial weights, in one table.

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

    Formula: Var W = gain / fan, with fan = fan_in, or (fan_in + fan_out) / 2 for `fan` "mean"; Var b = bias_gain / fan_in.
    key: its name in links. label: its name on a page (ASCII). formula: Var W in plain text. source: who proposed it.
    """

    key: str
    label: str
    formula: str
    source: str
    gain: float
    fan: Literal["in", "mean"] = "in"
    bias_gain: float = 0.0

    def __post_init__(self) -> None:
        check_choice("fan", self.fan, ("in", "mean"))
        check_real("gain", self.gain, 0)
        check_real("bias_gain", self.bias_gain, 0)

    def weight_variance(self, fan_in: int, fan_out: int) -> float:
        """Var W_ij, dimensionless.

        Parameters: fan_in and fan_out, 1 to 1,000,000 inputs and outputs of the layer. Raises: ValueError out of range.
        """
        check_int("fan_in", fan_in, 1, LARGEST_FAN)
        check_int("fan_out", fan_out, 1, LARGEST_FAN)
        return self.gain / (fan_in if self.fan == "in" else (fan_in + fan_out) / 2)

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
