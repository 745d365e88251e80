"""What `/neuron` can be set to: names, bounds, defaults and labels, once, here; and its presets."""

from dataclasses import replace

from core.inputs import UNIFORM, Inputs
from core.neuron.stability import FULL
from dashboard.look.descent import ETA, ETA_HELP
from dashboard.ui.settings import Preset, number, page_settings, segmented, slider, steps, toggle

BEST = "best"
"""Both runs at the learning rate that is best for their inputs, not at the same one."""

DRAWS = 4000
"""How many batches are drawn to see how often all signs agree."""


@page_settings
class Neuron:
    """The settings of `/neuron`."""

    inputs: str = segmented(
        "Where the inputs come from",
        {"sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "relu", "softplus": "softplus", "mean and spread": UNIFORM},
        default="sigmoid",
        help="*a* = f(*z*) with *z* normal, or uniform inputs with the mean and spread you set.",
    )
    mean: float = slider("Mean of an input, *μ*", default=0.5, low=-2.0, high=2.0, step=0.05, format="%.2f")
    spread: float = slider("Spread of an input, *s*", default=0.3, low=0.1, high=2.0, step=0.05, format="%.2f")
    centre: int = slider("Centre the inputs, %", default=0, low=0, high=100, step=1)
    n: int = slider("Number of inputs, *n*", default=2, low=2, high=64, step=2)
    eta: float = slider(
        ETA,
        default=0.9,
        low=0.01,
        high=1.2,
        step=0.01,
        format="%.2f",
        help=ETA_HELP,
    )
    batch: int = steps(
        "Batch size", {str(size): size for size in (1, 2, 4, 8, 16, 32, 64)} | {"full": FULL}, default=FULL
    )
    compare: str = segmented(
        "Compare at",
        {"the same eta": "same", "each at its best eta": BEST},
        default="same",
        shown={"the same eta": "the same η", "each at its best eta": "each at its own best η"},
        help="Best *η*: the fixed learning rate that shrinks the error fastest from the worst start.",
    )
    flip: bool = toggle("Flip wires: negate every second input and its weight", default=False)
    start1: float = slider("Start, *w*₁", default=-1.0, low=-2.0, high=2.0, step=0.1, format="%.1f")
    start2: float = slider("Start, *w*₂", default=0.5, low=-2.0, high=2.0, step=0.1, format="%.1f")
    target1: float = slider("Target, *w*₁", default=1.0, low=-2.0, high=2.0, step=0.1, format="%.1f")
    target2: float = slider("Target, *w*₂", default=-1.0, low=-2.0, high=2.0, step=0.1, format="%.1f")
    click: str = segmented(
        "A click in the picture moves", {"the start": "start", "the target": "target"}, default="start"
    )
    step: int = slider("Step", default=12, low=0, high=60, step=1)
    seed: int = number("Seed", default=0, low=0, high=9999)

    @property
    def given(self) -> Inputs:
        """The law of the neuron's inputs as they are."""
        flipped = tuple(range(1, self.n, 2)) if self.flip else ()
        return Inputs(self.inputs, self.n, self.mean, self.spread, flipped=flipped)

    @property
    def law(self) -> Inputs:
        """The same, as far as they are centred."""
        return replace(self.given, removed=self.centre / 100)

    @property
    def mirror(self) -> float:
        """What the second weight is multiplied by: a flipped wire is drawn mirrored, the controls hold the weights unmirrored."""
        return -1.0 if self.flip else 1.0

    @property
    def start(self) -> tuple[float, ...]:
        """The start as it is drawn; every pair of weights has the same."""
        return (self.start1, self.mirror * self.start2) * (self.n // 2)

    @property
    def target(self) -> tuple[float, ...]:
        """The target as it is drawn; every pair of weights has the same."""
        return (self.target1, self.mirror * self.target2) * (self.n // 2)


PRESETS = (
    Preset("zigzag", "Why does it zigzag?", Neuron()),
    Preset("textbook", "Does the textbook's start?", Neuron(start1=0.0, start2=0.0, eta=0.95)),
    Preset("best", "And each at its best?", Neuron(compare=BEST)),
    Preset("single", "One sample at a time?", Neuron(batch=1, eta=0.5)),
    Preset("flipped", "Is it the sign? Flip a wire", Neuron(flip=True)),
    Preset("wide", "Is it worse in a wide layer?", Neuron(n=10)),
)
