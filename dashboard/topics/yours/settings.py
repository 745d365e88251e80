"""What `/yours` can be set to: names, bounds, defaults and labels, once, here; and its presets. A file is no setting."""

from core.diagnosis.example import EXAMPLE_VARIANTS
from core.diagnosis.npy import FileLimits
from core.diagnosis.recipes import RECIPES
from core.diagnosis.records import SHARES
from core.network.variants import VARIANTS
from dashboard.ui.settings import Preset, activation_choices, number, page_settings, segmented, select, steps

LIMITS = FileLimits(file_bytes=2**23, unpacked_bytes=2**24, samples=100_000, units=2048, layers=32, all_units=8192)
"""What a visitor's file may hold: 8 MB, which may unpack to 16 MB of numbers, and give at most 6 MB that are kept of it."""

WAITING = 50 * LIMITS.file_bytes
"""How many bytes of files may wait to be read: fifty visitors' at once."""

LAYERS = ("hidden 1", "hidden 2", "hidden 3", "output")
"""The example's layers of weights, by their names."""


@page_settings
class Yours:
    """The settings of `/yours`."""

    variant: str = segmented(
        "Example",
        {VARIANTS[key].label: key for key in EXAMPLE_VARIANTS},
        default="sigmoid",
        help="Of what its units are.",
    )
    trained: bool = segmented("When", {"at the start": False, "after training": True}, default=False)
    layer: int = segmented(
        "Layer of weights",
        {name: index for index, name in enumerate(LAYERS)},
        default=3,
        help="Named by its weights: hidden 1 is fed by the pixels, output by the last hidden units.",
    )
    bias: bool = segmented(
        "Curvature",
        {"with a bias": True, "without a bias": False},
        default=True,
        help="Whether the neurons behind these inputs have a bias, which is one more input that is always 1.",
    )
    activation: str | None = select(
        "What made the inputs",
        {"as recorded": None, **activation_choices()},
        default=None,
        help="It decides which outputs are saturated. The example records its own; a file does not, and may name one a layer.",
    )
    below: float = steps(
        "Saturated below this share of its best slope", {f"{100 * share:g} %": share for share in SHARES}, default=0.04
    )
    unit: int = number("Unit, counted from 0", default=0, low=0, high=4095, help="Or click one in the picture.")
    recipe: str = segmented("Recipe", {one.label: key for key, one in RECIPES.items()}, default="pytorch")


PRESETS = (
    Preset("start", "Sigmoid at the start", Yours()),
    Preset("nobias", "And without a bias?", Yours(bias=False)),
    Preset("trained", "After training?", Yours(trained=True)),
    Preset("tanh", "And with tanh?", Yours(variant="tanh", trained=True)),
    Preset("dead", "A dead ReLU?", Yours(variant="relu", trained=True, unit=27)),
)
