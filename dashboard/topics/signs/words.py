"""What `/signs` says."""

from collections.abc import Sequence

from core.signs.batches import PatternConfig, PatternShares
from core.signs.layer import LayerCurvature
from core.signs.patterns import Pattern, Reach
from dashboard.look.descent import EXACT, is_round
from dashboard.look.formats import percent, plural, three, whole
from dashboard.look.landscape import STEPS
from dashboard.topics.signs.settings import FOUR, pattern_label

LEGEND = (
    "Each tile is one way for w1, w2 (above) and w3, w4 (below) to move, with its share of batches. Tap one to see how it "
    "happens. δ is a neuron's upstream signal, a an input, and a weight moves by −δ times a. One sample is in your hand: the sliders "
    "are its signals and inputs, and the tile of the pattern that it makes is framed."
)

FINDING = (
    "Sixteen sign patterns of four weights: four happen in one sample with sigmoid inputs, four more with inputs of both "
    "signs, eight never in one sample; below, how the chosen one comes about."
)


def valleys(kappa: float) -> str:
    """The second picture in a sentence, without its numbers."""
    shape = "round bowls" if is_round(kappa) else "valleys, equally lopsided"
    return f"The two neurons descend {shape}, with signs that differ freely between them."


def _bits(shares: PatternShares) -> str:
    """Bits, with their standard error where it shows in the digits."""
    return f"{three(shares.bits)} ± {shares.error:.2f}" if shares.error >= 0.005 else three(shares.bits)


def answer(one: PatternShares, batch: int, many: PatternShares, name: str) -> str:
    """One sentence with a live number; `name` is the activation's label."""
    moving = ", where it moves all four weights," if one.with_zero else ""
    one_text = (
        f"One sample with {name} inputs{moving} leaves {_bits(one)} of 4 bits of sign pattern, as many as "
        f"{three(2**one.bits).rstrip('0').rstrip('.')} equally frequent patterns"
    )
    if batch == 1:
        return f"{one_text}: some combinations cannot happen. Two samples can make every one of them."
    return f"{one_text}; a batch of {batch} leaves {_bits(many)}, and every combination can happen."


def verdict(pattern: Pattern, name: str, alone: Reach) -> str:
    """What became of the pattern that was asked for; `alone` is what one sample can do."""
    label = pattern_label(pattern)
    if alone.reachable:
        return f"**{label}** happens in one sample with {name} inputs. {alone.reason}"
    return (
        f"**{label}** never happens in one sample with {name} inputs. {alone.reason} "
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
    needed = f"{plural(steps, 'step')} to 1/10,000 of the loss"
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
    answers = {
        "All four": set(FOUR),
        "All but the asker's": set(FOUR) - {"the asker's"},
        "All but only w1 up": set(FOUR) - {"only w1 up"},
        "Only rows opposite and all up": {"rows opposite", "all up"},
    }
    (right,) = (option for option, patterns in answers.items() if patterns == set(reachable))
    return (
        f"Of four patterns ({', '.join(FOUR)}), which can one sample make with tanh inputs?",
        list(answers),
        right,
        "One sample's update is a column of signals times a row of inputs, so the product of its four signs is always +1. "
        "Only w1 up has the product −1: no activation reaches it in one sample, tanh included.",
    )


def answered(shape: LayerCurvature, sigmoid_kappa: float) -> str:
    """What the page has answered; `sigmoid_kappa` is that of a neuron with sigmoid inputs."""
    here = "" if abs(shape.input_kappa / sigmoid_kappa - 1) < EXACT else f", {three(shape.input_kappa)} with these"
    return (
        "One sample cannot make every combination, a batch can, and neither changes the valley of a neuron: kappa "
        f"{three(sigmoid_kappa)} with sigmoid inputs{here}. That is one half of sigmoid's cost. The other half is what its slope does "
        "to a gradient on the way back."
    )


def snippet(config: PatternConfig, pattern: Pattern, inputs: str, coupling: float) -> str:
    """Python lines that reproduce the page's numbers."""
    return (
        "from core import Inputs, PatternConfig, fewest_steps, layer_curvature, limit_patterns, measured_patterns\n\n"
        f"steps, example = fewest_steps({pattern!r}, {inputs!r})\n"
        "print(steps, example.reason)\n"
        f"measured = measured_patterns({config!r})\n"
        f"print(measured.bits, limit_patterns({config.source!r}).bits)\n"
        f"print(layer_curvature([[1, {coupling}], [{coupling}, 1]], Inputs({config.source!r})).kappa)\n"
    )
