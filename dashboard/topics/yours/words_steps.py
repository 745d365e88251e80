"""What `/yours` says of its three steps: copy a recipe, drop a file, read the verdict. And what becomes of the file."""

from collections.abc import Mapping

from core.diagnosis.recipes import Recipe
from dashboard.look.formats import plural, three
from dashboard.topics.yours.settings import LIMITS
from dashboard.topics.yours.words import code, escaped
from dashboard.ui.settings import activation_choices

LAYER_ACTIVATIONS: Mapping[str, str | None] = {"as for all layers": None, **activation_choices()}
"""What made the inputs of a single layer: label to key."""

READING = "Reading the layers. Others may be before you."


DROP = "**2. Drop the file**: .npz, .npy or .csv."


UPLOAD_LABEL = "A file with your layers"


BOUNDS = (
    f"At most {LIMITS.file_bytes // 2**20} MB, {LIMITS.layers} layers, {LIMITS.units:,} units a layer. A large file is not cut: "
    "save a slice of it, a few thousand samples are enough."
)


PRIVATE = (
    "Your file stays in the memory of this visit: it is read once and let go at once, never written to disk or to a log. What "
    "was read from it goes with this visit. The link holds the choices on this page and the example, never your file."
)


NOT_IN_THE_LINK = "Your file is not in the link: whoever opens it sees the example with these choices."


PRESETS_WAIT = "The presets show the example: forget your file to see them."


def steps(recipe: Recipe) -> str:
    """The first of the three steps."""
    return f"**1. Copy the recipe** for {recipe.label} from below into your program, and call it once while it trains."


def how_called(recipe: Recipe) -> str:
    """How a recipe is called, and with what it was tried."""
    return f"Call it as `{recipe.call}`. It writes `layers.npz`. Tried with {recipe.tried}."


def read_it(name: str | None, size: int, layers: int) -> str:
    """The third of the three steps."""
    if name is None:
        return "**3. Read the verdict** below. Until you drop a file, it is that of the example that ships."
    return f"**3. Read the verdict** below: {code(name)}, {three(size / 2**20)} MB, {plural(layers, 'layer')}."


def refused(why: str) -> str:
    """A file that was not read."""
    return f"This file was not read, and the page stays as it was. {escaped(why)}."
