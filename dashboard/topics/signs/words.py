"""What `/signs` says."""

from collections.abc import Sequence

from core.activations import ACTIVATIONS
from core.inputs import Inputs, condition_number
from core.signs.batches import LayerCurvature, PatternConfig, PatternShares
from core.signs.patterns import Pattern, Reach, one_sample_counts, reach
from dashboard.look.formats import percent, three, whole
from dashboard.topics.signs.charts import STEPS
from dashboard.topics.signs.settings import pattern_label

TITLES = ("neuron 1: w1 and w2", "neuron 2: w3 and w4")

LEGEND = (
    "Each tile is one way for w1, w2 (above) and w3, w4 (below) to move, with its share of batches. Tap one to see how it "
    "happens. δ is a neuron's upstream signal, a an input, and a weight moves by −δ times a."
)

FINDING = (
    "Sixteen sign patterns of four weights: four happen in one sample with sigmoid inputs, four more with inputs of both "
    "signs, eight never in one sample; below, how the chosen one comes about."
)

ENTROPIES = (
    "Sigmoid starts at two bits, tanh at three; with the batch size tanh and ReLU come close to four, and sigmoid levels off "
    "below."
)


def valleys(law: Inputs) -> str:
    """The second picture in a sentence, without its numbers."""
    shape = "round bowls" if _round(condition_number(law)) else "valleys, equally lopsided"
    return f"The two neurons descend {shape}, with signs that differ freely between them."


def _round(kappa: float) -> bool:
    return kappa < 1 + 1e-9


def _bits(found: PatternShares) -> str:
    """Bits, with their standard error where it shows in the digits."""
    return f"{three(found.bits)} ± {found.error:.2f}" if found.error >= 0.005 else three(found.bits)


def answer(one: PatternShares, batch: int, many: PatternShares, source: str) -> str:
    """One sentence with a live number."""
    name = ACTIVATIONS[source].label
    moving = ", where it moves all four weights," if one.with_zero else ""
    one_text = (
        f"One sample with {name} inputs{moving} leaves {_bits(one)} of 4 bits of sign pattern, as many as "
        f"{three(2**one.bits).rstrip('0').rstrip('.')} equally frequent patterns"
    )
    if batch == 1:
        return f"{one_text}: some combinations cannot happen. Two samples can make every one of them."
    return f"{one_text}; a batch of {batch} leaves {_bits(many)}, and every combination can happen."


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
    here = f"; batches of {batch} have {_bits(many)}" if batch > 1 else ""
    if abs(agree - 0.5) < 1e-6:
        shape = ": without a mean, a round bowl"
        tends = (
            f"and large batches make them equally often, {three(limit.bits)} of 4 bits{here}: the two weights of a neuron then agree "
            "no more often than two coins."
        )
    else:
        shape = ""
        tends = (
            f"but not equally often. Large batches tend to {three(limit.bits)} of 4 bits{here}: where the upstream signals average "
            f"out, both weights of a neuron still move the same way in {percent(agree)} of them."
        )
    return (
        "**To the asker**, who wants w1 and w3 up while w2 and w4 go down. Literally yes, one sample cannot do everything: it showed "
        f"{seen} of the 16 patterns. Two samples can make all 16, {tends}\n\n"
        "But missing patterns are not what makes descent slow. The lasting cost is the shape of each neuron's valley, "
        f"a matter of mean against spread{shape}; see below. Vanishing gradients are another matter again."
    )


def zeros(one: PatternShares, batch: int, many: PatternShares) -> str:
    """Said only where exact zeros happen."""
    here = f", and {percent(many.with_zero)} of batches of {batch}" if batch > 1 else ""
    return (
        f"{percent(one.with_zero)} of single samples{here} move some weight by exactly 0, because an input is 0. Such an "
        "update has no pattern and is counted apart; the bits are those of the others."
    )


def layer(shape: LayerCurvature, steps: int, alone: int, coupling: float) -> str:
    """What a layer makes of its neurons' kappa."""
    text = (
        f"Each neuron's valley has kappa, steepest over flattest curvature, of {three(shape.input_kappa)}. The layer's curvature is "
        f"coupling × inputs: its kappa is {three(shape.coupling_kappa)} × {three(shape.input_kappa)} = {three(shape.kappa)}. "
    )
    needed = f"{whole(steps)} step{'s' * (steps != 1)} to 1/10,000 of the loss"
    cut = f" The slider shows the first {STEPS}." if steps > STEPS else ""
    if coupling == 0:
        return text + (
            f"Uncoupled neurons are no better and no worse than one alone: {needed}, at the eta that is best for the worst "
            f"start.{cut} Mixed signs across neurons do not round any valley."
        )
    against = "as many as" if steps == alone else f"against {whole(alone)}"
    return text + (
        f"Coupling makes it steeper: {needed}, {against} uncoupled, each at the eta that is best for its worst start.{cut} "
        "Each curve is drawn for the other neuron at its target; coupled, a neuron feels the other's error too. This is exact for a "
        "linear layer and an approximation otherwise."
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


def example(found: Reach) -> list[list[str]]:
    """The tables under the tiles as rows: what each sample's inputs and pushes are, and what becomes of the weights."""
    assert found.deltas is not None and found.inputs is not None
    rows = []
    for index, (delta, a) in enumerate(zip(found.deltas.tolist(), found.inputs.tolist(), strict=True)):
        moves = [three(-d * x) for d in delta for x in a]
        rows.append(
            [f"sample {index + 1}", ", ".join(map(three, a)), ", ".join(three(-d) for d in delta), ", ".join(moves)]
        )
    if len(rows) > 1:
        total = -(found.deltas.T @ found.inputs)
        rows.append(["together", "", "", ", ".join(map(three, total.ravel().tolist()))])
    return rows


def shares(batch: int, source: str) -> str:
    """What the bar chart shows."""
    return (
        f"**Share of each pattern** with {ACTIVATIONS[source].label} inputs in batches of {batch}; the tick is the limit of "
        "large batches."
    )


def answered(shape: LayerCurvature) -> str:
    """What the page has answered."""
    sigmoid = condition_number(Inputs("sigmoid"))
    here = "" if abs(shape.input_kappa / sigmoid - 1) < 1e-9 else f", {three(shape.input_kappa)} with these"
    return (
        "One sample cannot make every combination, a batch can, and neither changes the valley of a neuron: kappa "
        f"{three(sigmoid)} with sigmoid inputs{here}. That is one half of sigmoid's cost. The other half is what its slope does to a "
        "gradient on the way back."
    )


def snippet(config: PatternConfig, pattern: Pattern, inputs: str, coupling: float) -> str:
    """Python lines that reproduce the page's numbers."""
    return (
        "from core.inputs import Inputs\n"
        "from core.signs.batches import PatternConfig, layer_curvature, limit_patterns, measured_patterns\n"
        "from core.signs.patterns import fewest_steps\n\n"
        f"steps, example = fewest_steps({pattern!r}, {inputs!r})\n"
        "print(steps, example.reason)\n"
        f"measured = measured_patterns({config!r})\n"
        f"print(measured.bits, limit_patterns({config.source!r}).bits)\n"
        f"print(layer_curvature([[1, {coupling}], [{coupling}, 1]], Inputs({config.source!r})).kappa)\n"
    )
