"""What `/yours` says. Names of files and layers are a visitor's: they stand as code, so that nothing in them is marked up."""

import math
import re
from collections.abc import Mapping, Sequence

from core.diagnosis.report import CANNOT_SAY
from core.diagnosis.results import Diagnosis
from core.network.variants import VARIANTS
from core.saturation import SHARE
from dashboard.look.formats import as_shown, percent, plural, signed, three, whole
from dashboard.topics.yours.frames import Pair, activation_label, zone
from dashboard.topics.yours.settings import Yours
from dashboard.topics.yours.words_signs import signs

NOTHING, WORTH = 1.005, 1.5
"""The one rule for what centring gains: below the first ratio nothing, below the second little, from there on it is worth it."""

FINDING = (
    "Two rows of curvatures on a logarithmic axis, of the weights behind a layer's inputs: as captured, and once centred. A "
    "bar between the rows is how far the steepest one moves."
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


def biased(bias: bool) -> str:
    """How a bias is counted in the numbers."""
    return "a bias counted in, before and after" if bias else "no bias, before and after"


def answer(found: Diagnosis, two: Pair, at: Yours, name: str | None) -> str:
    """The page's answer with a live number."""
    return f"In {whose(at, name)}, take the weights of layer {code(found.name)}. {gain(two, at.bias)}"


def gain(two: Pair, bias: bool) -> str:
    """What centring the inputs gains, in a sentence."""
    counted = biased(bias)
    if math.isinf(two.times):
        return f"No unit of their inputs varies, so centred they would leave no curvature at all ({counted})."
    steepest = (
        f" What is steepest then is the bias, with its curvature of {three(two.centred.top)}." if two.by_bias else ""
    )
    if two.times < NOTHING:
        return f"Centring their inputs gains nothing: the steepest curvature stays near {three(two.raw.top)} ({counted}).{steepest}"
    often = "only " if two.times < WORTH else ""
    return f"Were their inputs centred, the learning rate *η* might be {often}**{three(two.times)} times** larger ({counted}).{steepest}"


def _digits(two: Pair) -> int:
    """So many digits of the two steepest curvatures that who divides them finds the quotient beside them."""
    for digits in range(4, 8):
        raw, centred = as_shown(two.raw.top, digits), as_shown(two.centred.top, digits)
        if centred and three(raw / centred) == three(two.times):
            return digits
    return 4


def rows(two: Pair) -> tuple[str, str]:
    """Over the two rows of the picture."""
    return (
        f"as captured: steepest {three(two.raw.top, _digits(two))}, κ {three(two.raw.kappa)}",
        f"centred: steepest {three(two.centred.top, _digits(two))}{' (bias)' if two.by_bias else ''}, κ {three(two.centred.kappa)}",
    )


def gap(two: Pair, bias: bool) -> str:
    """Beside the bar in the picture: short enough for a phone."""
    columns = "bias in both" if bias else "no bias"
    if math.isinf(two.times):
        return f"no unit varies ({columns})"
    if two.times < NOTHING:
        return f"no gap: η gains nothing ({columns})"
    return f"η may be {three(two.times)} times larger ({columns})"


def legend(two: Pair) -> str:
    """How to read the first picture."""
    hidden = len(two.raw.eigenvalues) - two.raw.rank
    left_out = f" {plural(hidden, 'direction')} of curvature 0 to rounding left out." if hidden else ""
    return (
        "Each tick is one direction of the weights behind these inputs: further right is steeper. The dot is the steepest, and "
        f"plain descent is stable below *η* = 2 / steepest. How lopsided the valley is, *κ*, is steepest over flattest.{left_out}"
    )


def numbers_table(with_bias: Pair, without: Pair) -> list[list[str]]:
    """The numbers, with a bias column and without."""
    both = (with_bias, without)
    return [
        ["*η* × once centred", *(three(one.times) for one in both)],
        ["steepest, as captured", *(three(one.raw.top, _digits(one)) for one in both)],
        [
            "steepest, centred",
            *(three(one.centred.top, _digits(one)) + (" (bias)" if one.by_bias else "") for one in both),
        ],
        ["*κ*, as captured", *(three(one.raw.kappa) for one in both)],
        ["*κ*, centred", *(three(one.centred.kappa) for one in both)],
        ["rank, as captured", *(f"{whole(one.raw.rank)} of {whole(len(one.raw.eigenvalues))}" for one in both)],
    ]


def verdict(found: Diagnosis, two: Pair, bias: bool) -> str:
    """The inputs, the units and the signs, each in a sentence or two with numbers."""
    size = f"{plural(found.samples, 'sample')} × {plural(found.units, 'unit')}"
    part = percent(1 - found.mean_share)
    moves = (
        "all of their mean square is variation"
        if part == "100 %"
        else f"{part} of their mean square is variation, the rest is mean"
    )
    inputs = f"**Inputs.** {size}: {moves}. {gain(two, bias)}"
    return "\n\n".join((inputs, f"**Units.** {_units(found)}", f"**Signs.** {signs(found)}"))


def made_by_units(found: Diagnosis) -> bool:
    """Whether these inputs are known to be the outputs of units, and not, say, pixels."""
    return found.saturation.key is not None


def _units(found: Diagnosis) -> str:
    still = found.constant - found.dead
    dead = " is" if found.dead <= 1 else " are"
    parts = [f"{whole(found.dead) if found.dead else 'None'} of {whole(found.units)}{dead} 0 for every sample"]
    if still:
        parts.append(f"{whole(still)} more never {'varies' if still == 1 else 'vary'}")
    said = f"{', and '.join(parts)}."
    if found.saturated is None:
        return said
    if not found.saturation.intervals:
        return f"{said} No output of {activation_label(found)} can be saturated."
    return f"{said} {percent(found.saturated)} of the outputs are saturated ({activation_label(found)}: {zone(found)})."


def limits(found: Diagnosis) -> str:
    """What has to be known to read these numbers, and what they cannot say."""
    remarks = [signed(escaped(one)).replace("kappa", "*κ*").replace("delta", "*δ*") for one in found.remarks]
    return " ".join((*remarks, "**What it cannot say.**", *CANNOT_SAY))


def prediction(
    with_bias: Sequence[Pair], without: Sequence[Pair], names: Sequence[str]
) -> tuple[str, list[str], str, str]:
    """Question, options, the right option and what is revealed. Of the example's sigmoid network at the start."""
    times = [one.times for one in without]
    right = max(range(len(times)), key=times.__getitem__)
    bare, biased = (", ".join(three(one.times) for one in pairs) for pairs in (without, with_bias))
    reveal = (
        f"From {names[0]} to {names[-1]}, centring would let *η* grow {bare} times. At the start, each sigmoid layer varies less "
        "than the one before it, around a mean of about one half. So almost all that the last weights are fed is mean. With a "
        f"bias the gains are smaller: {biased} times. A bias is an input that is always 1. Its curvature of 1 stays when the others "
        "are centred, and bounds the gain."
    )
    question = (
        "In the example's sigmoid network at the start, and without biases: the weights of which layer get the most lopsided "
        "inputs?"
    )
    return question, list(names), names[right], reveal


def answered(found: Diagnosis, two: Pair, cures: bool) -> str:
    """What to take home. cures: whether the page that says what helps is there."""
    where = f"layer {code(found.name)}"
    if math.isinf(two.times):
        here = f"In {where} nothing varies."
    elif two.times < WORTH:
        here = f"In {where} there is next to nothing to gain from centring."
    else:
        here = f"In {where} a learning rate {three(two.times)} times larger waits behind the mean of the inputs."
    helps = " What helps, and how much, is on the page of cures." if cures else ""
    return (
        "**To take home.** One sample's updates share a sign when the inputs do. That sign costs nothing. What costs is a mean "
        "that is large beside the spread: it makes one direction steep, and the steep direction caps *η*. Vanishing gradients "
        f"are another matter, of slope and weights. {here}{helps}"
    )


def snippet(at: Yours, name: str, own: bool, named: Mapping[str, str] | None = None) -> str:
    """Python lines that reproduce the numbers. named: the activations of single layers of a visitor's file."""
    if named:
        activation = f", activation={dict(named)!r}"
    else:
        activation = "" if at.activation is None else f", activation={at.activation!r}"
    share = "" if at.below == SHARE else f", share={at.below!r}"
    if own:
        start = 'from pathlib import Path\n\nfrom core import diagnose, read_layers\n\nlayers = read_layers("layers.npz", Path("layers.npz"))\n'
    else:
        start = (
            "from core import diagnose, example_layers\n\n"
            f"layers = example_layers({at.variant!r}, trained={at.trained!r})\n"
        )
    return (
        f"{start}found = diagnose(layers{activation}{share})[{name!r}]\n"
        "print(found.lopsidedness, found.lopsidedness_without_bias, found.raw_bias.kappa, found.mean_share, found.saturated)\n"
    )
