"""What `/saturation` can be set to: names, bounds, defaults and labels, once, here; and its presets."""

from core.saturation import SHARE
from dashboard.ui.settings import Preset, activation_choices, page_settings, select, slider, steps


@page_settings
class Saturation:
    """The settings of `/saturation`."""

    activation: str = select("Activation", activation_choices(), default="sigmoid")
    beside: str = select("Beside it", activation_choices(), default="tanh")
    below: float = slider(
        "Saturated below, of its best slope",
        default=SHARE,
        low=0.01,
        high=0.5,
        step=0.01,
        format="%.2f",
        help="A share is fair between activations; an absolute slope is not.",
    )
    weights: float = slider(
        "Weight scale, $\\sigma_w$",
        default=4.0,
        low=0.2,
        high=20.0,
        step=0.1,
        format="%.1f",
        help="A weight has variance $\\sigma_w^2$ / fan-in.",
    )
    square: float = slider(
        "Mean square of an input",
        default=0.37,
        low=0.05,
        high=4.0,
        step=0.01,
        format="%.2f",
        help="E *a*². Where *z* has mean 0 a sigmoid layer puts out 0.25 (nothing moves) to 0.5 (all saturated).",
    )
    mean: float = slider(
        "Mean of *z*",
        default=0.0,
        low=-8.0,
        high=8.0,
        step=0.1,
        format="%.1f",
        help="From a bias, or from inputs and weights whose means do not cancel.",
    )
    fan: int = steps(
        "Fan-in, and fan-out",
        {str(2**k): 2**k for k in range(2, 13)},
        default=256,
        help="Moves the named initialisations, and only those with a bias: $\\sigma_w$ has the fan-in in it already.",
    )
    cursor: float = slider("Cursor, *z*", default=1.0, low=-10.0, high=10.0, step=0.1, format="%.1f")


PRESETS = (
    Preset("glorot4", "Does 4 × Glorot saturate it?", Saturation()),
    Preset("small", "Are small weights safe?", Saturation(weights=0.2, square=0.25)),
    Preset("unit", "Are weights of size 1 safe?", Saturation(weights=1.0, square=0.26)),
    Preset("critical", "What do critical weights cost?", Saturation(weights=10.1, square=0.44)),
    Preset(
        "tanh", "Is tanh better off there?", Saturation(activation="tanh", beside="sigmoid", weights=10.1, square=0.44)
    ),
    Preset("relu", "How much of ReLU is off?", Saturation(activation="relu", beside="gelu")),
)
