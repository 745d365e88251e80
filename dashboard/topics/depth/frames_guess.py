"""The frames of the picture that a visitor draws."""

import numpy as np

from core.activations import Activation, activation
from core.depth.measured import DepthConfig, Measured, quantiles
from dashboard.look.columns import Columns, columns
from dashboard.topics.depth.charts_guess import DEEPEST, LAYERS, STEP
from dashboard.topics.depth.frames import bound


def guess(config: DepthConfig, measured: Measured) -> dict[str, Columns]:
    """The datasets of `charts.guess`."""
    unit = activation(config.activation)
    truth, slopes = answer(unit, measured), bound([unit], config.depth, "delta")
    return {
        "levels": levels(),
        "answer": truth,
        "bound": slopes,
        "bound_text": bound_text(slopes),
        "texts": answer_texts(truth),
    }


def levels() -> Columns:
    """The bands of the picture that take a drawn guess: level, foot, head, left, right, top, bottom, text."""
    level = np.arange(-DEEPEST / STEP, 1) * STEP
    return columns(
        level=level,
        foot=np.maximum(level - STEP / 2, -DEEPEST),
        head=np.minimum(level + STEP / 2, 0),
        left=0,
        right=LAYERS,
        top=0,
        bottom=-DEEPEST - 2,
        text=[f"your guess: 10^{one:g}" for one in level],
    )


def answer(unit: Activation, measured: Measured) -> Columns:
    """What the drawn guess is held against: back, low, value, high, activation, from 1 at the output on."""
    low, median, high = np.pad(quantiles(measured.log_delta)[:, ::-1], ((0, 0), (1, 0)))
    return columns(back=np.arange(LAYERS + 1), low=low, value=median, high=high, activation=unit.label)


def answer_texts(drawn: Columns) -> Columns:
    """The measurement as a number: back, value, text, activation."""
    text = f"measured: 10^{drawn['value'][-1]:.1f}"
    return columns(back=0, value=-DEEPEST - 2.0, text=text, activation=drawn["activation"][-1])


def bound_text(drawn: Columns) -> Columns:
    """The name of the dotted line, above its middle: back, value, text."""
    middle = {name: column[LAYERS // 2] for name, column in drawn.items()}
    text = f"{middle['name']}^L: 10^{drawn['value'][-1]:.1f}"
    return columns(back=middle["back"], value=middle["value"], text=text)
