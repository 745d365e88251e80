"""What `/cures` says on Monday morning, and under "Go deeper"."""

import math
from collections.abc import Mapping, Sequence

from core.ailments import DEPTH, INPUTS, SEEDS
from core.cures import Conditioning
from core.remedies import Cell
from dashboard.look.formats import percent, power, three, whole
from dashboard.topics.cures.frames import MOST_STEPS
from dashboard.topics.cures.frames_deeper import NINE, Explosion, felt_at
from dashboard.topics.cures.words import CLOSE, ROUND, steps
from dashboard.topics.cures.words_remedies import VERDICTS, amount


def monday(cells: Mapping[tuple[str, str], Cell]) -> str:
    """Five lines of advice, each with its number and the line of PyTorch that does it. cells: by remedy and ailment."""

    def worth(remedy: str, ailment: str) -> str:
        cell = cells[remedy, ailment]
        becomes = "become" if ailment == "output" else "becomes"
        return f"{amount(ailment, cell.patient.felt)} {becomes} {amount(ailment, cell.number)}"

    tanh, skip = (
        amount(*one)
        for one in (("lopsided", cells["tanh", "lopsided"].number), ("vanishing", cells["skip", "vanishing"].number))
    )
    kappa = cells["momentum", "lopsided"].patient.felt
    nine = felt_at(kappa)["momentum, β = 0.9"]
    lines = (
        f"**Standardise the data.** With {INPUTS} inputs of a sigmoid's mean and spread, {worth('standardise', 'lopsided')}. `x = (x - x.mean(0)) / x.std(0)`",
        f"**Take sigmoid out of the hidden layers.** {worth('gelu', 'lopsided')}; tanh would leave {tanh}. `nn.GELU()`",
        f"**Keep the gradient's size from layer to layer.** ReLU with weights of variance 2 / fan-in (He's): {worth('relu', 'vanishing')}, a layer; a way around sigmoids: "
        f"{skip}. `nn.init.kaiming_normal_(w)`, or `x = x + f(x)`",
        f"**Use momentum with large batches, and tune the learning rate again.** At *β* = {NINE:g} and its best *η*, "
        f"{amount('lopsided', kappa)} becomes {amount('lopsided', nine)}, as it is felt. `SGD(net.parameters(), lr, momentum={NINE:g})`",
        f"**Give the loss the logits.** From a badly wrong output, {worth('cross_entropy', 'output')}. `nn.BCEWithLogitsLoss()`",
    )
    return "\n".join(f"{place}. {line}" for place, line in enumerate(lines, 1))


RATES_FINDING = (
    "The lopsidedness that each method feels against the one there is, on two log axes: plain descent's line is twice as steep as "
    "momentum's, and with β fixed at 0.9 momentum starts above both."
)


def rates(felt: Mapping[str, float], kappa: float, crossing: float, overshoot: float, modest: Sequence[float]) -> str:
    """What the picture of the rates shows. felt: by its lines. crossing: the kappa below which beta = 0.9 is worse than none.
    overshoot: how many times its first steep error heavy ball swings to. modest: the steps to the modest goal, by the columns of the table."""
    plain, ball, nesterov, nine = felt.values()
    beside = "more than there is" if nine > plain * (1 + 1e-9) else "less than there is"
    swing = (
        f"Momentum also swings out before it comes in: its steep error grows to {three(overshoot)} times the first. "
        if overshoot > 1
        else ""
    )
    return (
        f"**Momentum against √*κ*.** At its best momentum feels *κ* = {three(kappa)} as √*κ* = {three(ball)}, and Nesterov's as "
        f"√(3*κ* + 1) − 1 = {three(nesterov)}. With *β* fixed at 0.9 a step leaves at least √0.9 = {three(0.9**0.5)} of the error in the long run. "
        f"Here that feels like {three(nine)}, {beside}; below *κ* = {three(crossing)} it is worse than no momentum. {swing}"
        f"{_first(modest)}"
    )


def _first(modest: Sequence[float]) -> str:
    _, ball, nesterov, *_ = modest
    if nesterov < ball:
        return f"So to a thousandth of the loss Nesterov's is there before momentum, {steps(nesterov)} to {whole(int(ball))}:"
    return "The steps to each goal:"


GOALS_HEAD = ("way down", "10⁻³", "10⁻⁶", "10⁻¹²")

RACED = ("plain", "momentum", "Nesterov", "Adam", "centred")


def goals(counts: Mapping[float, Sequence[float]]) -> list[list[str]]:
    """A row for each of `RACED`, of the steps to each goal; infinite for more than were run. counts: by goal."""
    return [
        [name, *(f"more than {whole(MOST_STEPS)}" if math.isinf(one) else whole(int(one)) for one in row)]
        for name, row in zip(RACED, zip(*counts.values(), strict=True), strict=True)
    ]


FORMULA = r"$$H = s^2 I + \mu^2\, \mathbf{1} \mathbf{1}^{\mathsf T}, \qquad \kappa = 1 + n\, \mu^2 / s^2$$"


def per_weight(found: Conditioning, adam: float, without: float, unlike: tuple[float, float]) -> str:
    """Why no rate per weight straightens the valley. adam, without: steps with Adam's momentum and without. unlike: kappa where
    only one of two inputs has the mean, before and with the best rates."""
    said = (
        "**No rate per weight straightens it.** The curvature is the same for every order of the inputs:\n\n"
        f"{FORMULA}\n\n"
        "Take any rates, exchange two of them, and *κ* is what it was; average the two settings (in the inverse squares of the rates), and "
        f"*κ* is no worse. So equal rates are best, and they leave {three(found.per_weight)}. "
    )
    if unlike[0] > ROUND:
        said += (
            "Unlike inputs can gain: with the mean in one of two inputs only, the valley lies along an axis, and the best rates take *κ* from "
            f"{three(unlike[0])} to {three(unlike[1])}. "
        )
    takes = f"Adam takes {steps(adam)} with its momentum and {steps(without)} without (*β*₁ = 0)"
    if without > CLOSE * adam:
        return f"{said}{takes}: that is what helps it in this valley."
    return f"{said}{takes}." if without >= adam / CLOSE else f"{said}{takes}: here it is a burden."


def batch_norm(before: float, after: float, found: Explosion) -> str:
    """Batch norm centres, and explodes. before, after: kappa behind a sigmoid that follows it, and that it follows."""
    told = ", ".join(f"{three(factor)} for {name} at batches of {batch}" for name, batch, factor in found.factors)
    return (
        f"**Batch norm centres, and explodes.** After the activation it takes the mean away: *κ* is {three(after)}. Before it, where it usually "
        f"stands, sigmoid puts its mean on top: {three(before)}. And it divides by a spread that its own batch estimates: at the start, "
        f"each layer multiplies the squared gradient of a wide network, on its way back, by {told}. The last makes about {three(found.fives)} times the norm in five "
        f"layers, and 10⁴ times in about {found.many}. Skip connections keep that in hand."
    )


def bias(found: Conditioning, n: int) -> str:
    """A bias does not absorb the mean; of inputs that have none it is the only one that has."""
    if found.raw <= ROUND:
        return (
            f"**A bias brings a mean.** These inputs have none, and a bias is one more input that is always 1. With {n} inputs *κ* goes from "
            f"{three(found.raw)} to {three(found.with_bias)}. A rate of its own for the bias, {three(found.bias_rate)} times the weights', brings it "
            f"back to {three(found.bias_tuned)}."
        )
    standardised = (
        f", and {three(found.standardised_with_bias)} where their spread is 1 as well"
        if found.centred_with_bias > ROUND
        else ""
    )
    return (
        f"**A bias does not absorb the mean.** It is one more input, always 1. With {n} inputs *κ* goes from {three(found.raw)} to "
        f"{three(found.with_bias)}; a rate of its own for the bias, {three(found.bias_rate)} times the weights', brings it to "
        f"{three(found.bias_tuned)} at best. Once the inputs are centred, weights and bias no longer mix: {three(found.centred_with_bias)}{standardised}. "
        f"Whitened, bias and all: {three(found.whitened)}."
    )


def measured(cells: Sequence[Cell]) -> str:
    """How the cells of the table are measured, and those that no other page shows."""
    by = {(cell.remedy, cell.ailment): cell for cell in cells}

    def told(remedy: str, ailment: str) -> str:
        cell = by[remedy, ailment]
        return f"{amount(ailment, cell.number)} ({VERDICTS[cell.verdict].cell})"

    layers = by["adam", "vanishing"].patient.cause ** (DEPTH - 1)
    return (
        "**How the table is measured.** A remedy changes the patient, and all four numbers are computed again. Its verdict is how much of the way "
        "to health is left, on a log scale: at most a tenth, cured; within a twentieth of all of it, nothing. Where the cause stands as it did and "
        "only what descent feels has changed, the remedy hides it.\n\n"
        f"- *Lopsided.* Momentum: {told('momentum', 'lopsided')}. Adam, by its steps at the rate with the fewest: {told('adam', 'lopsided')}. A third of the best "
        f"learning rate: {told('eta', 'lopsided')}. Layer norm after the activation makes like inputs alike in every direction but their "
        f"sum, where nothing is left: {told('layer_norm', 'lopsided')}. One skip connection around the sigmoid, the signal beside it "
        f"standardised: {told('skip', 'lopsided')}.\n"
        f"- *Tails.* Adam strides as far in the tail as in the middle: {told('adam', 'tails')}; the slope there is {percent(adam_tail(by))} of its "
        f"best all the same. Momentum: {told('momentum', 'tails')}.\n"
        f"- *Vanishing.* From the last of {DEPTH} layers to the first, {DEPTH - 1} factors, the gradient falls to about {power(math.log10(layers))} of its size, below Adam's *ε* of 10⁻⁸: its strides in "
        f"the first layer fall after all, {told('adam', 'vanishing')} a layer. Random orthogonal matrices, {SEEDS} networks drawn: "
        f"{told('orthogonal', 'vanishing')}. Momentum: {told('momentum', 'vanishing')}.\n"
        f"- *Output.* At one learning rate, 0.15. Momentum, its velocity scaled to the same stride: {told('momentum', 'output')}. Adam: "
        f"{told('adam', 'output')}; the gradient it hides is {three(by['adam', 'output'].found.cause)}.\n"
        f"- *ReLU, skip connections, Adam, cross-entropy.* Lopsided: {told('modern', 'lopsided')}. Tails: {told('modern', 'tails')}. Vanishing: "
        f"{told('modern', 'vanishing')}. Output: {told('modern', 'output')}."
    )


def adam_tail(by: Mapping[tuple[str, str], Cell]) -> float:
    """The share of its best slope that the layer keeps under Adam: the cause, not the stride."""
    return by["adam", "tails"].found.cause
