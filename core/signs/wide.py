"""What the number of inputs makes of the neurons of a layer: their lopsidedness, their steps, and how often their signs agree."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.checks import check_array, check_kind
from core.inputs import Inputs, condition_number
from core.locks import noise_lock
from core.signs.layer import descend_layer


@dataclass(frozen=True, slots=True)
class Width:
    """Uncoupled neurons with n inputs each; steps are those to 1/10,000 of the loss, at the learning rate that is best for the
    worst start."""

    n: int
    kappa: float
    """Of one neuron."""
    steps: int
    flipped: int
    """Steps where every second input is negated, with its weights: no sample moves all weights of a neuron the same way."""
    centred: int
    """Steps where the inputs' mean is taken away."""
    lock: float
    """The chance that all n signs of a neuron agree in a large batch whose upstream signals have mean 0."""
    coins: float
    """The same of n coins: 2^(1 - n)."""


def layer_width(inputs: Inputs, start: Any, target: Any) -> Width:
    """The numbers for these inputs, the two weights of each neuron in `start` and `target` standing for n / 2 that are alike.

    Formula: `core.signs.layer.descend_layer` for the inputs, for every second one negated (start and target with them), and
    centred; `core.inputs.noise_lock`.
    Parameters: inputs, n even, none flipped and not centred; start and target, (m, 2), with m n at most 256.
    Raises: ValueError for anything else.
    Reference: as there.
    """
    check_kind("inputs", inputs, Inputs)
    if inputs.n % 2 or inputs.flipped or inputs.centred:
        raise ValueError(f"inputs = {inputs!r} are not an even number of inputs, none negated and none centred")
    begin, goal = (check_array(name, one, (None, 2)) for name, one in (("start", start), ("target", target)))
    alike, mirror = inputs.n // 2, np.tile([1.0, -1.0], inputs.n // 2)
    begin, goal = np.tile(begin, alike), np.tile(goal, alike)
    one = np.eye(len(begin))
    negated = replace(inputs, flipped=tuple(range(1, inputs.n, 2)))
    return Width(
        inputs.n,
        condition_number(inputs),
        descend_layer(one, inputs, begin, goal, keep=0).steps,
        descend_layer(one, negated, begin * mirror, goal * mirror, keep=0).steps,
        descend_layer(one, replace(inputs, centred=True), begin, goal, keep=0).steps,
        noise_lock(inputs),
        2.0 ** (1 - inputs.n),
    )
