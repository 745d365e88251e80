"""An example that ships: what the layers of a small digits network are fed and told, at its start and after training."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from core.checks import check_choice, check_int
from core.diagnosis.results import Layer
from core.network.mlp import VARIANTS, backward, forward
from core.network.training import Trainer, Training

WIDTH, BATCH, STEPS, DEEPEST = 32, 64, 400, 5

_ETAS = {"sigmoid": 0.5, "centred": 0.5, "tanh": 0.2, "relu": 0.1}
"""A learning rate for each variant with which it stays stable at any depth."""

EXAMPLE_VARIANTS = tuple(_ETAS)


def example_layers(variant: str = "sigmoid", trained: bool = False, depth: int = 3) -> Mapping[str, Layer]:
    """Inputs and upstream signals of every layer of weights, for the 1,000 training images.

    The network has 64 pixels (standardised), `depth` hidden layers of 32 units and 10 outputs, weights N(0, 1 / fan_in), biases
    0, seed 0; trained, 400 steps of plain descent on batches of 64 with eta 0.5 (tanh 0.2, ReLU 0.1). A layer is named by its weights: `hidden 1`
    is fed by the pixels, `output` by the last hidden units. The signals are those of the mean loss.
    Parameters: variant, one of EXAMPLE_VARIANTS; trained; depth, 1 to 5.
    Returns: {name: Layer}, the pixels' layer first; arrays are read-only.
    Raises: ValueError that names the parameter, its value and its range.
    """
    check_choice("variant", variant, EXAMPLE_VARIANTS)
    check_choice("trained", trained, (True, False))
    return dict(_example(variant, bool(trained), check_int("depth", depth, 1, DEEPEST)))


@lru_cache(maxsize=16)
def _example(variant: str, trained: bool, depth: int) -> tuple[tuple[str, Layer], ...]:
    trainer = Trainer(Training((variant,), (_ETAS[variant],), BATCH, STEPS, WIDTH, depth, seeds=1))
    if trained:
        trainer.advance(STEPS)
    nets, data = trainer.nets, trainer.data
    result = forward(nets, data.x[None], slopes=True)
    deltas = backward(nets, result, data.labels[None], nets.split(np.empty_like(nets.theta)))
    names = [*(f"hidden {index + 1}" for index in range(depth)), "output"]
    made_by = [None, *[VARIANTS[variant].activation] * depth]
    layers = []
    for name, a, delta, key in zip(names, result.a, deltas, made_by, strict=True):
        inputs, signals = np.array(a[0]), np.array(delta[0])
        inputs.setflags(write=False)
        signals.setflags(write=False)
        layers.append((name, Layer(inputs, signals, None, key)))
    return tuple(layers)
