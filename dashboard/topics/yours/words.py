"""What `/yours` says. Names of files and layers are a visitor's: they stand as code, so that nothing in them is marked up."""

import math
import re
from collections.abc import Sequence

from core.diagnosis.recipes import Recipe
from core.diagnosis.report import CANNOT_SAY
from core.diagnosis.results import Diagnosis, NetworkDiagnosis
from core.network.variants import VARIANTS
from core.saturation import SHARE
from dashboard.look.formats import percent, plural, three, whole
from dashboard.topics.yours.frames import DRAWN, Pair, activation_label, lock_at_1, zone
from dashboard.topics.yours.settings import LIMITS, Yours

GAIN = 1.5
"""From this ratio on, centring is worth it: a learning rate half as large again."""

MANY_SATURATED = 0.25

NARROW = 16
"""Letters of a layer's name that a phone has room for in a table: its end, which tells more than its beginning."""

FINDING = (
    "Two rows of curvatures on a logarithmic axis, of the weights behind a layer's inputs: as captured, and once centred. A "
    "bar between the rows is how far the steepest one moves."
)
UNITS_FINDING = "The mean and spread of every unit of the layer, sorted by their means; dead units are crosses."
UNIT_FINDING = "A histogram of the values of one unit over the samples, with their mean."

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
LAYER_HEAD = ("layer", "η ×", "saturated", "lock", "δ ×")
LAYER_LEGEND = (
    "η ×: how many times larger the learning rate may be once the inputs of this layer are centred. Saturated: the share of its "
    "inputs that are, by the activation chosen above in every layer. Lock: the share of neurons whose update from one sample is all of one sign. δ ×: what the signal is "
    "multiplied by on its way back from the next layer. –: not known."
)


def escaped(text: str) -> str:
    """A message about a file, with whatever Markdown would take for markup told to be itself."""
    return re.sub(r"([\\`*_{}\[\]<>$~#|!])", r"\\\1", text)


def code(name: str, most: int = 60) -> str:
    """A visitor's name for a thing as code: letters, digits and plain punctuation."""
    kept = "".join(c if c.isalnum() or c in "._-/:() " else "?" for c in name[:most])
    return f"`{kept.strip() or '?'}`"


def whose(at: Yours, name: str | None) -> str:
    """The network that is shown: the example, or the file called `name`."""
    if name is not None:
        return f"your file {code(name)}"
    moment = "after training" if at.trained else "at the start of training"
    return f"the example, a digits network of {_label(at)} units {moment}"


def _label(at: Yours) -> str:
    return VARIANTS[at.variant].label


def _biased(bias: bool) -> str:
    return "a bias column in both" if bias else "no bias column in either"


def answer(found: Diagnosis, two: Pair, at: Yours, name: str | None) -> str:
    """One sentence with a live number."""
    return f"In {whose(at, name)}, layer {code(found.name)}: {_gain(two, at.bias)}"


def _gain(two: Pair, bias: bool) -> str:
    with_it = _biased(bias)
    if math.isinf(two.times):
        return f"no unit varies, so centred inputs would leave no curvature at all ({with_it})."
    if two.times < 1.005:
        return f"centring its inputs gains nothing; the steepest curvature stays {three(two.raw.top)} ({with_it})."
    return f"once its inputs are centred, the learning rate η may be {three(two.times)} times larger ({with_it})."


def rows(two: Pair) -> tuple[str, str]:
    """Over the two rows of the picture."""
    return (
        f"as captured: steepest {three(two.raw.top)}, κ {three(two.raw.kappa)}",
        f"centred: steepest {three(two.centred.top)}, κ {three(two.centred.kappa)}",
    )


def gap(two: Pair, bias: bool) -> str:
    """Beside the bar in the picture: short enough for a phone."""
    columns = "bias in both" if bias else "no bias"
    if math.isinf(two.times):
        return f"no unit varies ({columns})"
    if two.times < 1.005:
        return f"no gap: η gains nothing ({columns})"
    return f"η may be {three(two.times)} times larger ({columns})"


def legend(two: Pair) -> str:
    """How to read the first picture."""
    hidden = len(two.raw.eigenvalues) - two.raw.rank
    left_out = f" {plural(hidden, 'direction')} of curvature 0 to rounding left out." if hidden else ""
    return (
        "A tick: one direction of the weights behind these inputs, and its curvature. The dot is the steepest; plain descent "
        f"is stable below η = 2 / steepest.{left_out}"
    )


def numbers_table(with_bias: Pair, without: Pair) -> list[list[str]]:
    """The numbers, with a bias column and without."""
    both = (with_bias, without)
    return [
        ["η × once centred", *(three(one.times) for one in both)],
        ["steepest, as captured", *(three(one.raw.top) for one in both)],
        ["steepest, centred", *(three(one.centred.top) for one in both)],
        ["κ, as captured", *(three(one.raw.kappa) for one in both)],
        ["κ, centred", *(three(one.centred.kappa) for one in both)],
        ["rank, as captured", *(f"{whole(one.raw.rank)} of {whole(len(one.raw.eigenvalues))}" for one in both)],
    ]


def verdict(found: Diagnosis, two: Pair, bias: bool) -> str:
    """Three sentences with numbers: the inputs, the units, the signs."""
    size = f"{plural(found.samples, 'sample')} × {plural(found.units, 'unit')}"
    moves = f"{percent(1 - found.mean_share)} of the second moment varies and the rest is mean"
    inputs = f"**Inputs.** Of these {size}, {moves}: {_gain(two, bias)}"
    return "\n\n".join((inputs, f"**Units.** {_units(found)}", f"**Signs.** {_signs(found)}"))


def _units(found: Diagnosis) -> str:
    still = found.constant - found.dead
    parts = [f"{_none_or(found.dead)} of {whole(found.units)} {_is(found.dead)} dead (0 for every sample)"]
    if still:
        parts.append(f"{whole(still)} more never {'varies' if still == 1 else 'vary'}")
    if found.saturated is not None:
        parts.append(
            f"{percent(found.saturated)} of the outputs are saturated ({activation_label(found)}: {zone(found)})"
        )
    return _capital(", ".join(parts)) + "."


def _signs(found: Diagnosis) -> str:
    if found.locks is None:
        return (
            f"No upstream signals were captured; in a large batch of pure noise {percent(found.noise.locked)} of a neuron's "
            "updates would all share a sign."
        )
    told = [
        f"{percent(share)} at batch {whole(int(batch))}"
        for batch, share in zip(found.locks.batch, found.locks.locked.tolist(), strict=True)
        if not math.isnan(share)
    ]
    if not told:
        return "No weight moves: every signal is 0, or meets an input of 0."
    return f"The updates of one neuron all share a sign in {', '.join(told)} of the cases."


def advice(found: Diagnosis, two: Pair) -> str:
    """What to do about it."""
    do = []
    if found.constant == found.units:
        do.append("Nothing varies here: look for what froze these units before you look at η")
    elif two.times >= GAIN:
        do.append(
            "Centre these inputs (subtract each unit's mean, as batch norm does, or use an activation whose outputs have a mean "
            f"near 0) and try a learning rate up to {three(two.times)} times larger where this layer sets the limit"
        )
    else:
        do.append("Leave the means alone: centring gains next to nothing at this layer")
    if found.saturated is not None and found.saturated >= MANY_SATURATED and not _flat_at_0(found):
        do.append("start with smaller weights, so that fewer units saturate")
    if 0 < found.dead < found.units:
        do.append("a dead unit learns nothing: a smaller η, or a slope below 0, keeps units alive")
    return f"**What to do.** {'; '.join(do)}."


def _flat_at_0(found: Diagnosis) -> bool:
    """Whether the saturated outputs are single values, as ReLU's 0: half of them is how it works, and no fault."""
    return bool(found.saturation.intervals) and all(low == high for low, high in found.saturation.intervals)


def limits(found: Diagnosis) -> str:
    """What has to be known to read these numbers, and what they cannot say."""
    return " ".join((*(escaped(one) for one in found.remarks), "**What it cannot say.**", *CANNOT_SAY))


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


def units_legend(found: Diagnosis) -> str:
    """How to read the picture of the units, and whether it shows all."""
    of = zone(found)
    shade = f" Shaded: saturated, {of}." if of and found.saturation.of == "a" else ""
    part = (
        f" A slice: {DRAWN:,} of {found.units:,} units, evenly spaced among the sorted." if found.units > DRAWN else ""
    )
    unknown = f" {escaped(found.saturation.unknown)}" if found.saturation.unknown else ""
    return f"Dot: a unit's mean. Line: one spread either way. Cross: dead. Click a unit to see its values.{shade}{unknown}{part}"


def unit_text(found: Diagnosis, unit: int) -> str:
    """The unit that is chosen."""
    each = found.each
    if each.dead[unit]:
        return f"**Unit {unit}** is dead: 0 for every sample."
    if each.constant[unit]:
        return f"**Unit {unit}** is {three(float(each.mean[unit]))} for every sample."
    saturated = (
        "" if each.saturated is None else f", saturated for {percent(float(each.saturated[unit]))} of the samples"
    )
    return (
        f"**Unit {unit}**: mean {three(float(each.mean[unit]))}, spread {three(float(each.spread[unit]))}, from "
        f"{three(float(each.low[unit]))} to {three(float(each.high[unit]))}{saturated}."
    )


def layer_table(found: NetworkDiagnosis, two: Sequence[Pair]) -> list[list[str]]:
    """A row a layer."""
    factors = [*map(float, found.factors), math.nan]
    return [
        [
            code(one.name if len(one.name) <= NARROW else f"...{one.name[3 - NARROW :]}"),
            three(these.times),
            "–" if one.saturated is None else percent(one.saturated),
            "–" if math.isnan(lock_at_1(one)) else percent(lock_at_1(one)),
            "–" if math.isnan(factor) else three(factor),
        ]
        for one, these, factor in zip(found.layers, two, factors, strict=True)
    ]


def layer_text(found: NetworkDiagnosis, two: Sequence[Pair], bias: bool) -> str:
    """The layers in a sentence or two."""
    most = max(range(len(two)), key=lambda index: two[index].times)
    first = f"Most lopsided: {code(found.layers[most].name)}, {three(two[most].times)} times ({_biased(bias)})."
    if two[most].times < 1.005:
        first = f"No layer gains from centring ({_biased(bias)})."
    if found.factor is None:
        return first
    return f"{first} On its way back the signal δ is multiplied by {three(found.factor)} a layer (geometric mean)."


def prediction(
    with_bias: Sequence[Pair], without: Sequence[Pair], names: Sequence[str]
) -> tuple[str, list[str], str, str]:
    """Question, options, the right option and what is revealed. Of the example's sigmoid network at the start."""
    times = [one.times for one in without]
    right = max(range(len(times)), key=times.__getitem__)
    told = ", ".join(f"{three(value)} into {name}" for name, value in zip(names, times, strict=True))
    biased = ", ".join(three(one.times) for one in with_bias)
    reveal = (
        f"Without a bias, centring would let η grow so many times: {told}. At the start, each sigmoid layer varies less than the "
        "one before it, around the same mean of about one half, so almost all of what the last weights are fed is mean. With a "
        f"bias the hidden layers are alike ({biased}): its input, always 1, has a curvature of 1 that stays when the others are "
        "centred, and bounds the gain."
    )
    question = (
        "In the example's sigmoid network at the start, and without biases: the weights of which layer get the most lopsided "
        "inputs?"
    )
    return question, list(names), names[right], reveal


def answered(found: Diagnosis, two: Pair) -> str:
    """What the page has answered."""
    if two.times < GAIN:
        return (
            f"So it is in layer {code(found.name)}: next to nothing to gain from centring. The argument from its start:"
        )
    times = "without bound" if math.isinf(two.times) else f"{three(two.times)} times"
    return f"So it is in layer {code(found.name)}: its inputs are lopsided, {times}. The argument from its start:"


def snippet(at: Yours, name: str, own: bool) -> str:
    """Python lines that reproduce the numbers."""
    named = "" if at.activation is None else f", activation={at.activation!r}"
    share = "" if at.below == SHARE else f", share={at.below!r}"
    if own:
        start = 'from pathlib import Path\n\nfrom core import diagnose, read_layers\n\nlayers = read_layers("layers.npz", Path("layers.npz"))\n'
    else:
        start = (
            "from core import diagnose, example_layers\n\n"
            f"layers = example_layers({at.variant!r}, trained={at.trained!r})\n"
        )
    return (
        f"{start}found = diagnose(layers{named}{share})[{name!r}]\n"
        "print(found.lopsidedness, found.lopsidedness_without_bias, found.raw_bias.kappa, found.mean_share, found.saturated)\n"
    )


def _none_or(count: int) -> str:
    return "none" if count == 0 else whole(count)


def _is(count: int) -> str:
    return "is" if count <= 1 else "are"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
