"""What `/signs` says of sign patterns, the example and the layer; what a sentence claims is decided by the numbers in it."""

from collections.abc import Sequence

from core.signs.batches import PatternConfig, PatternShares
from core.signs.layer import LayerCurvature
from core.signs.patterns import Pattern, Reach
from core.signs.wide import Width
from dashboard.look.descent import EXACT, is_round
from dashboard.look.formats import as_shown, equals, percent, plural, three, whole
from dashboard.topics.signs.settings import DRAWS, FOUR, pattern_label


def batches(batch: int) -> str:
    """Batches of this size, in words."""
    return "single samples" if batch == 1 else f"batches of {batch}"


def drawn(batch: int) -> str:
    """What the shares are counted among: 8,000 single samples."""
    return f"{whole(DRAWS)} {batches(batch)}"


def legend(taps: bool, slides: bool, batch: int) -> str:
    """How to read the tiles, and what a hand does with them: whether a tap asks for one, and whether the sample can be moved."""
    said = f"A tile is one way for *w*₁ *w*₂ (above) and *w*₃ *w*₄ (below) to move, with its share of {drawn(batch)}."
    if taps:
        said += " Tap one to see how it happens."
    said += (
        " The sliders make a sample of your own. Its pattern" if slides else " The pattern of the sample in the picture"
    )
    return f"{said}, if it makes one, has an orange frame."


FINDING = (
    "The sixteen sign patterns of four weights as tiles: those that one sample of positive inputs makes, those that need inputs of "
    "both signs, and those that no single sample makes; below, how the chosen one comes about."
)

NEURONS = 16
"""The neurons of the layer that is set beside one."""

EVEN = 1e-6
"""Nearer to one half than this, two signs agree as often as two coins."""


def _bits(shares: PatternShares) -> str:
    """Bits, with their standard error where it shows in the digits."""
    return f"{three(shares.bits)} ± {shares.error:.2f}" if shares.error >= 0.005 else three(shares.bits)


def _seen(shares: PatternShares) -> int:
    return int((shares.shares > 0).sum())


def answer(one: PatternShares, possible: int, batch: int, many: PatternShares, name: str) -> str:
    """One sentence with a live number; `name` is the activation's label, `possible` what one sample can make."""
    first = f"One sample with {name} inputs can make **{possible} of the 16** sign patterns"
    if batch == 1:
        return f"{first}: {_bits(one)} of 4 bits. Two samples can make all 16."
    return f"{first}. Batches of {batch} made **{_seen(many)}**: {_bits(many)} of 4 bits, where one sample has {_bits(one)}."


def zeros(batch: int, many: PatternShares) -> str:
    """Said only where exact zeros happen."""
    throughout = " in every sample" if batch > 1 else ""
    return (
        f"In {percent(many.with_zero)} of these {drawn(batch)} an input is exactly 0{throughout}, and its weights stay where they are. That is no pattern and has no tile. The bits "
        "are those of the others."
    )


def verdict(pattern: Pattern, name: str, alone: Reach) -> str:
    """What became of the pattern that was asked for; `alone` is what one sample can do."""
    label = pattern_label(pattern)
    if alone.reachable:
        return f"**{label}** happens in one sample with {name} inputs. {alone.reason}"
    return (
        f"**{label}** never happens in one sample with {name} inputs. {alone.reason} "
        "Two steps do it, or a batch of two: the tables show one way."
    )


def formula(deltas: Sequence[float], inputs: Sequence[float]) -> str:
    """The update of each weight, minus its gradient as in the tables, with the numbers of the sample in the hand under its letters."""
    update = _matrix([[-delta * a for a in inputs] for delta in deltas])
    signals, sample = _matrix([[-delta] for delta in deltas]), _matrix([inputs])
    letters = r"-\dfrac{\partial C}{\partial w_{kj}} & \! = \! & -\delta_k & a_j"
    # Numbers a little smaller than letters, so that a phone has room for them.
    numbers = " & ".join((update, r"\! = \!", signals, sample))
    return r"$$\begin{array}{cccc} " + letters + r" \\[2.5ex] " + numbers + r" \end{array}$$"


def _matrix(rows: Sequence[Sequence[float]]) -> str:
    lines = (" & ".join(map(_entry, row)) for row in rows)
    return r"\footnotesize\begin{pmatrix}" + r" \\ ".join(lines) + r"\end{pmatrix}"


def _entry(value: float) -> str:
    """A number of a matrix: two decimals, or four where two would say 0 of what is not."""
    return f"{value:.4f}" if 0 < abs(value) < 0.005 else f"{value + 0.0:.2f}"


SLOPE = (
    "Tables and formula show updates: minus the gradient, a weight's input *a* times −*δ* of its neuron. The slope of the neuron's own "
    "activation is inside *δ*, one number for a whole row. It sets how far a row moves, never which of its weights agree."
)


def to_the_asker(
    made: Reach,
    possible: int,
    share: float,
    limit: PatternShares,
    agree: float,
    kappa: float,
    flipped: float,
    name: str,
) -> str:
    """The answer to the example as it was asked. made, share: the asker's pattern in one sample. agree: how often both weights of
    a neuron move the same way in a large batch. kappa, flipped: of a neuron, and once its second input is negated."""
    asked = "**To the asker**, who says that *w*₁ and *w*₃ cannot go up while *w*₂ and *w*₄ go down."
    if made.reachable:
        here = (
            f"{name[0].upper()}{name[1:]} inputs have both signs, and {percent(share)} of single samples do just that. "
            f"{16 - possible} of the 16 patterns stay out of reach. Yours is not among them."
        )
    else:
        here = (
            f"You are right about one sample. {name[0].upper()}{name[1:]} inputs are never negative, so the two weights of a neuron "
            f"never move opposite ways: {16 - possible} of the 16 patterns are out of reach, yours among them."
        )
    if abs(agree - 0.5) < EVEN:
        tends = (
            f"Two samples can make all 16, and in large batches all are equally frequent: {three(limit.bits)} of 4 bits. Both weights "
            "of a neuron then agree in 50 % of batches, as two coins do."
        )
    else:
        tends = (
            f"Two samples can make all 16, but large batches do not make them equally often: {three(limit.bits)} of 4 bits. Both "
            f"weights of a neuron still agree in {percent(agree)} of them; two coins would in 50 %."
        )
    if is_round(kappa):
        cost = "Nor is one neuron slow here: its inputs have no mean, and its valley is a round bowl."
    elif not made.reachable and abs(flipped / kappa - 1) < EXACT:
        cost = (
            "Yet the lock is not what makes descent slow. Negate input 2 and its two weights: your pattern is then one of the "
            f"{possible}, and a neuron's valley is exactly as lopsided as before, *κ* = {three(flipped)}. What costs is the inputs' "
            "mean beside their spread."
        )
    else:
        cost = f"What costs is the inputs' mean beside their spread: *κ* = {three(kappa)}."
    return "\n\n".join((f"{asked} {here}", tends, cost))


def prediction(reachable: Sequence[str]) -> tuple[str, list[str], str, str]:
    """Which of four patterns can tanh make in one sample?"""
    answers = {
        "All four": set(FOUR),
        "All but “the asker's”": set(FOUR) - {"the asker's"},
        "All but “only w₁ up”": set(FOUR) - {"only w₁ up"},
        "Only “rows opposite” and “all up”": {"rows opposite", "all up"},
    }
    (right,) = (option for option, patterns in answers.items() if patterns == set(reachable))
    return (
        f"Of four patterns ({', '.join(f'“{one}”' for one in FOUR)}), which can one sample make with tanh inputs?",
        list(answers),
        right,
        "One sample's update is a column of signals times a row of inputs, so the product of its four signs is always +1. "
        "“Only w₁ up” has the product −1: no activation reaches it in one sample, tanh included.",
    )


def valleys(kappa: float) -> str:
    """The second picture in a sentence, without its numbers."""
    shape = "round bowls" if is_round(kappa) else "valleys, equally lopsided"
    return f"The two neurons descend {shape}, each in its own, as far as the step that is shown."


def layer(shape: LayerCurvature, steps: int, alone: int, coupling: float, same: int, drawn: int) -> str:
    """What a layer makes of its neurons' kappa. same: of the `drawn` steps, those in which the four weights drawn move the same
    way."""
    kappa = three(shape.input_kappa)
    if is_round(shape.input_kappa):
        text = "Each neuron's valley is a round bowl: no direction is steeper than another, *κ* = 1.00. "
    else:
        text = f"Each neuron's valley is {kappa} times as steep one way as the other: how lopsided it is, its *κ*. "
    if drawn > 1:
        among = (
            "none moves"
            if same == 0
            else "each moves"
            if same == drawn
            else f"{whole(same)} move{'s' if same == 1 else ''}"
        )
        those = f"the {drawn} steps" if drawn == steps else f"the first {drawn} steps"
        text += f"Of {those}, {among} all four drawn weights one way. "
    arrives = f"{plural(steps, 'step')} to 1/10,000 of the loss"
    if coupling == 0:
        return text + (
            f"Uncoupled, the layer is exactly as lopsided as one neuron, *κ* = {three(shape.kappa)}: {arrives}, at the learning rate "
            "*η* that is best for the worst start."
        )
    sign = equals(as_shown(shape.coupling_kappa) * as_shown(shape.input_kappa), shape.kappa)
    against = "as many as" if steps == alone else f"against {whole(alone)}"
    return text + (
        f"Coupled, what is behind the layer multiplies it: *κ* = {three(shape.coupling_kappa)} × {kappa} {sign} {three(shape.kappa)}. That "
        f"takes {arrives}, {against} uncoupled, each at the *η* that is best for its worst start."
    )


DRAWN = (
    "Each grey curve is one loss, with the other neuron at its target. Coupled, a neuron feels the other's error too. All this is exact for "
    "a linear layer, and an approximation otherwise."
)


def wide(widths: Sequence[Width], together: float) -> str:
    """Whether it is worse in a wide layer. widths: from narrow to wide. together: kappa of `NEURONS` uncoupled ones, as
    narrow as the first."""
    few, many = widths[0], widths[-1]
    first = "**Is it worse in a wide layer?** "
    if is_round(many.kappa):
        return (
            f"{first}Not with these inputs. They have no mean, so *κ* is 1 with {few.n} inputs and with {many.n}, and the signs of a "
            "neuron agree as coins do."
        )
    text = f"{first}With more inputs it is: *κ* is {three(few.kappa)} with {few.n} of them and {three(many.kappa)} with {many.n}."
    if abs(together / few.kappa - 1) < EXACT:
        text += f" With more neurons it is not: {NEURONS} uncoupled ones have the *κ* of one, {three(together)} with {few.n} inputs."
    if all(one.flipped == one.steps for one in widths):
        text += (
            "\n\nThe lock itself costs nothing at any width. Negate every second input, with its weights: no sample moves all weights "
            "of a neuron the same way any more, and the steps are as many. The mean is what costs: centred, a neuron needs "
            f"{plural(many.centred, 'step')} at any width."
            if len({one.centred for one in widths}) == 1
            else ""
        )
    return text


def wide_head(widths: Sequence[Width]) -> list[str]:
    """The head of `wide_rows`."""
    return ["of a neuron with", *(f"{one.n} inputs" for one in widths)]


def wide_rows(widths: Sequence[Width]) -> list[list[str]]:
    """The numbers by the number of inputs, a column each."""
    return [
        ["how lopsided its valley is, *κ*", *(three(one.kappa) for one in widths)],
        ["steps, at the best *η*", *(whole(one.steps) for one in widths)],
        ["steps, every second input negated", *(whole(one.flipped) for one in widths)],
        ["steps, inputs centred", *(whole(one.centred) for one in widths)],
        ["all its signs agree, in a large batch", *(percent(one.lock) for one in widths)],
        ["as many coins agree", *(percent(one.coins) for one in widths)],
    ]


def answered(shape: LayerCurvature, sigmoid_kappa: float, n: int) -> str:
    """What the page has answered; `sigmoid_kappa` is that of a neuron with n sigmoid inputs."""
    here = "" if abs(shape.input_kappa / sigmoid_kappa - 1) < EXACT else f", {three(shape.input_kappa)} with these"
    return (
        "One sample cannot make every combination. A batch can, and the valley of a neuron stays as it is: *κ* = "
        f"{three(sigmoid_kappa)} with {n} sigmoid inputs{here}. That is the first of sigmoid's two costs. The second is what its slope "
        "does to a gradient on the way back."
    )


def snippet(config: PatternConfig, pattern: Pattern, inputs: str, coupling: float, n: int) -> str:
    """Python lines that reproduce the page's numbers."""
    return (
        "from core import Inputs, PatternConfig, fewest_steps, layer_curvature, limit_patterns, measured_patterns\n\n"
        f"steps, example = fewest_steps({pattern!r}, {inputs!r})\n"
        "print(steps, example.reason)\n"
        f"measured = measured_patterns({config!r})\n"
        f"print(measured.bits, limit_patterns({config.source!r}).bits)\n"
        f"print(layer_curvature([[1, {coupling}], [{coupling}, 1]], Inputs({config.source!r}, {n})).kappa)\n"
    )
