"""What `/signs` says in its "Go deeper"."""

from collections.abc import Mapping, Sequence

from core.checks import FloatArray
from core.signs.patterns import Reach
from dashboard.look.formats import three, whole
from dashboard.topics.signs.frames import samples
from dashboard.topics.signs.words import batches

ENTROPY = (
    "**Bits by batch size.** How evenly the sixteen patterns happen, where the upstream signals are independent and have mean 0. "
    "Batching weakens the lock of positive inputs and does not remove it: the dashed limits stay apart."
)

ENTROPIES = (
    "Sigmoid starts at two bits, tanh at three; with the batch size tanh and ReLU come close to four, and sigmoid levels off "
    "below."
)

SHARES = "How often each of the sixteen patterns happens."

EXAMPLE = "**The example in numbers.** What the tables under the tiles show."

EXAMPLE_HEAD = ("sample", "*a*₁, *a*₂", "−*δ*₁, −*δ*₂", "*w*₁, *w*₂, *w*₃, *w*₄ move by")

SLOPE_HEAD = ("slope *f*′(*z*)", "*w*₁, *w*₂ move by", "*w*₃, *w*₄ move by", "within a neuron")

BEHIND = (
    "**What fixes the signals.** So far both *δ* were free. A single output unit behind the layer fixes them: each is its "
    "outgoing weight times slope times the same error. Over all samples only 2 patterns are then left with positive inputs."
)


def slope(rows: Sequence[tuple[float, FloatArray]]) -> str:
    """Whether the slope of the activation, always positive, is to blame; rows as `slope_rows`."""
    alike = {tuple(_within(row) for row in moves) for _, moves in rows}
    text = (
        "**Is the slope to blame, being always positive?** Let your sample's two *δ* be what comes from behind the layer, "
        "before each is multiplied by the slope of its neuron."
    )
    if len(alike) == 1:
        text += " The slope drops out of the question: small or even negative, it changes size and side of a whole row, and within "
        text += "a neuron the weights agree or differ as before."
    return text


def slope_rows(rows: Sequence[tuple[float, FloatArray]]) -> list[list[str]]:
    """What the weights move by, by the slope: slope, and the (2, 2) moves."""
    return [
        [f"{value:g}".replace("-", "−"), *(", ".join(three(float(one)) for one in row) for row in moves), _both(moves)]
        for value, moves in rows
    ]


def _within(row: FloatArray) -> str:
    product = float(row[0] * row[1])
    return "agree" if product > 0 else "differ" if product < 0 else "one stays" if row.any() else "both stay"


def _both(moves: FloatArray) -> str:
    first, second = (_within(row) for row in moves)
    return first if first == second else f"{first}; {second}"


def limits(bits: Mapping[str, float]) -> str:
    """The limits in the chart of entropies, by the activation's label."""
    return "The dashed limits: " + ", ".join(f"{name} {three(value)}" for name, value in bits.items()) + " bits."


def shares(batch: int, name: str) -> str:
    """What the bar chart shows."""
    return f"**Share of each pattern** with {name} inputs in {batches(batch)}. The tick is the limit of large batches."


def example(reached: Reach) -> list[list[str]]:
    """The tables under the tiles as rows: what each sample's inputs and pushes are, and what becomes of the weights."""
    deltas, inputs = samples(reached)
    rows = []
    for index, (delta, a) in enumerate(zip(deltas.tolist(), inputs.tolist(), strict=True)):
        moves = [three(-d * x) for d in delta for x in a]
        rows.append(
            [f"sample {index + 1}", ", ".join(map(three, a)), ", ".join(three(-d) for d in delta), ", ".join(moves)]
        )
    if len(rows) > 1:
        total = -(deltas.T @ inputs)
        rows.append(["together", "", "", ", ".join(map(three, total.ravel().tolist()))])
    return rows


def law(counts: Mapping[tuple[int, int], tuple[int, int, int]]) -> str:
    """The counts for layers of several sizes (neurons, inputs): from positive inputs, from any, and all there are."""
    rows = ["| layer | from positive inputs | from any inputs | of all |", "| --- | --- | --- | --- |"]
    for (m, n), patterns in counts.items():
        rows.append(f"| {m} neurons, {n} inputs | {' | '.join(map(whole, patterns))} |")
    return (
        "**The law for one sample.** With *m* neurons and *n* inputs: 2ᵐ patterns from positive inputs, 2ᵐ⁺ⁿ⁻¹ from any, of 2ᵐⁿ.\n\n"
        + "\n".join(rows)
    )
