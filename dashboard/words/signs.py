"""What `/signs` says."""

from collections.abc import Sequence

from core.activations import ACTIVATIONS
from core.sign_batches import LayerCurvature, PatternConfig, PatternShares
from core.signs import Pattern, Reach, one_sample_counts, reach
from dashboard.controls import pattern_label
from dashboard.marks import percent, three, whole

TITLES = ("neuron 1: w1 and w2", "neuron 2: w3 and w4")

LEGEND = (
    "Each tile is one way for w1, w2 (above) and w3, w4 (below) to move. Tap one to ask for it: below it stands how it "
    "happens. δ is a neuron's upstream signal, a an input, and a weight moves by −δ times a."
)

FINDING = (
    "Sixteen sign patterns of four weights: four happen in one sample with sigmoid inputs, four more with inputs of both "
    "signs, eight never in one sample; below, how the chosen one comes about."
)

VALLEYS = (
    "The two neurons descend their own valleys, with signs that differ freely between them, and the valleys are equally "
    "lopsided."
)


def answer(one: PatternShares, batch: int, many: PatternShares, source: str) -> str:
    """One sentence with a live number."""
    name = ACTIVATIONS[source].label
    one_text = f"One sample with {name} inputs leaves {three(one.bits)} of 4 bits of sign pattern"
    if batch == 1:
        return f"{one_text}, so you are right that some combinations cannot happen; two samples can make every one of them."
    return f"{one_text}; a batch of {batch} leaves {three(many.bits)}, and every combination can happen."


def verdict(pattern: Pattern, source: str, steps: int, found: Reach) -> str:
    """What became of the pattern that was asked for."""
    name, label = ACTIVATIONS[source].label, pattern_label(pattern)
    if steps == 1:
        return f"**{label}** happens in one sample with {name} inputs. {found.reason}"
    inputs = "any" if source == "tanh" else "positive"
    return (
        f"**{label}** never happens in one sample with {name} inputs. {reach(pattern, inputs).reason} "
        f"Two steps, or a batch of two, do it: the tables show one way."
    )


def to_the_asker(one: PatternShares, batch: int, many: PatternShares, limit: PatternShares, agree: float) -> str:
    """The answer to the example as it was asked."""
    seen = sum(share > 0 for share in one.shares)
    second = (
        f"In batches of {batch} the pattern has {three(many.bits)} bits"
        if batch > 1
        else "A batch returns most of them"
    )
    return (
        f"**To the asker.** Literally yes: one sample showed {seen} of the 16 patterns, {three(one.bits)} bits. {second}, and "
        f"large batches tend to {three(limit.bits)} of 4, not to all of them: both weights of a neuron still agree in "
        f"{percent(agree)} of the noise.\n\n"
        "But missing patterns are not what makes descent slow. The lasting cost is the shape of each neuron's valley, and "
        "that is a matter of mean against spread; see below. Vanishing gradients are another matter again."
    )


def zeros(one: PatternShares) -> str:
    """Said only where exact zeros happen."""
    return (
        f"{percent(one.with_zero)} of single samples move some weight by exactly 0, because an input is 0. Such an update "
        "has no pattern and is counted apart; the bits are those of the others."
    )


def layer(shape: LayerCurvature, steps: int, alone: int, coupling: float) -> str:
    """What a layer makes of its neurons' kappa."""
    text = (
        f"Each neuron's valley has kappa {three(shape.input_kappa)}. The layer's curvature is coupling × inputs: its kappa is "
        f"{three(shape.coupling_kappa)} × {three(shape.input_kappa)} = {three(shape.kappa)}. "
    )
    if coupling == 0:
        return text + (
            f"Uncoupled neurons are no better and no worse than one alone: {whole(steps)} steps to 1/10,000 of the loss at the "
            "best eta. Mixed signs across neurons do not round any valley."
        )
    return text + (
        f"Coupling makes it worse: {whole(steps)} steps to 1/10,000 of the loss at the best eta, against {whole(alone)} "
        "uncoupled. This is exact for a linear layer and an approximation otherwise."
    )


def prediction(reachable: Sequence[str]) -> tuple[str, list[str], str, str]:
    """Which of four patterns can tanh make in one sample?"""
    names = ["the asker's", "only w1 up", "rows opposite", "all up"]
    options = ["All four", "All but the asker's", "All but only w1 up", "Only rows opposite and all up"]
    missing = [name for name in names if name not in reachable]
    right = options[0] if not missing else f"All but {missing[0]}" if len(missing) == 1 else options[3]
    return (
        "Of four patterns (the asker's, only w1 up, rows opposite, all up), which can one sample make with tanh inputs?",
        options,
        right,
        "One sample's update is a column of signals times a row of inputs, so the product of its four signs is always +1. "
        "Only w1 up has the product −1: no activation reaches it in one sample, tanh included.",
    )


def law() -> str:
    """The counts, with a larger layer beside the asker's."""
    rows = ["| layer | positive inputs | any inputs | all patterns |", "| --- | --- | --- | --- |"]
    for m, n in ((2, 2), (3, 3), (10, 10)):
        counts = one_sample_counts(m, n)
        rows.append(f"| {m} neurons, {n} inputs | " + " | ".join(whole(c) for c in counts) + " |")
    return (
        "**The law for one sample.** 2^m patterns with positive inputs, 2^(m + n − 1) with any, of 2^(m n).\n\n"
        + "\n".join(rows)
    )


BEHIND = (
    "**What fixes the signals.** So far the two deltas were free. A single output unit behind the layer fixes them: each is "
    "its outgoing weight times slope times the same error, so over all samples only 2 patterns are left with positive inputs."
)

ENTROPY = (
    "**Bits by batch size.** How evenly the sixteen patterns happen, with independent upstream signals of mean zero. Batching "
    "weakens the lock of positive inputs and does not remove it: the dashed limits stay apart."
)


def shares(batch: int, source: str) -> str:
    """What the bar chart shows."""
    return (
        f"**Share of each pattern** with {ACTIVATIONS[source].label} inputs in batches of {batch}; the tick is the limit of "
        "large batches."
    )


def answered(shape: LayerCurvature) -> str:
    """What the page has answered."""
    return (
        "One sample cannot make every combination, a batch can, and neither changes the valley of a neuron (kappa "
        f"{three(shape.input_kappa)}). That is one half of sigmoid's cost. The other half is what its slope does to a gradient "
        "on the way back."
    )


def snippet(config: PatternConfig, pattern: Pattern, inputs: str, coupling: float) -> str:
    """Python lines that reproduce the page's numbers."""
    return (
        "from core.inputs import Inputs\n"
        "from core.sign_batches import PatternConfig, layer_curvature, limit_patterns, measured_patterns\n"
        "from core.signs import fewest_steps\n\n"
        f"steps, example = fewest_steps({pattern!r}, {inputs!r})\n"
        "print(steps, example.reason)\n"
        f"measured = measured_patterns({config!r})\n"
        f"print(measured.bits, limit_patterns({config.source!r}).bits)\n"
        f"print(layer_curvature([[1, {coupling}], [{coupling}, 1]], Inputs({config.source!r})).kappa)\n"
    )
