"""A chain of one unit a layer, as gradients that vanish are usually reckoned by hand."""

import numpy as np

from core.activations import activation
from core.checks import FloatArray, check_int, check_real, read_only


def chain_gradients(key: str, weight: float, layers: int) -> FloatArray:
    """dL/dz of each unit of a chain x_l = f(w x_{l-1} + b_l), from the output back, for dL/dx = 1 at the output: (layers,).

    Formula: every bias holds its unit at z = 0, so dL/dz_l = f'(0) (w f'(0))^(layers - l). For sigmoid and w = 1: 1/4, 1/16, ...
    Parameters: key, an activation; weight, -100 to 100; layers, 1 to 1,000 (what is below the smallest float is 0).
    Raises: ValueError out of range.
    Reference: Nielsen, Neural Networks and Deep Learning, ch. 5.
    """
    slope = float(activation(key).df(0.0))
    factor = check_real("weight", weight, -100, 100) * slope
    with np.errstate(under="ignore", over="ignore"):
        return read_only(slope * factor ** np.arange(float(check_int("layers", layers, 1, 1000))))
