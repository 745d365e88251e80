"""What `/signs` says in its "Go deeper"."""

from collections.abc import Mapping

from core.signs.patterns import Reach
from dashboard.look.formats import three, whole
from dashboard.topics.signs.frames import samples

ENTROPY = (
    "**Bits by batch size.** How evenly the sixteen patterns happen, with independent upstream signals of mean zero. Batching "
    "weakens the lock of positive inputs and does not remove it: the dashed limits stay apart."
)

ENTROPIES = (
    "Sigmoid starts at two bits, tanh at three; with the batch size tanh and ReLU come close to four, and sigmoid levels off "
    "below."
)

SHARES = "How often each of the sixteen patterns happens."

EXAMPLE = "**The example in numbers.** What the tables under the tiles show."

EXAMPLE_HEAD = ("sample", "a1, a2", "−δ1, −δ2", "w1, w2, w3, w4 move by")

BEHIND = (
    "**What fixes the signals.** So far the two deltas were free. A single output unit behind the layer fixes them: each is "
    "its outgoing weight times slope times the same error, so over all samples only 2 patterns are left with positive inputs."
)


def limits(bits: Mapping[str, float]) -> str:
    """The limits in the chart of entropies, by the activation's label."""
    return "Limits: " + ", ".join(f"{name} {three(value)}" for name, value in bits.items()) + " bits."


def shares(batch: int, name: str) -> str:
    """What the bar chart shows."""
    return (
        f"**Share of each pattern** with {name} inputs in batches of {batch}; the tick is the limit of large batches."
    )


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
    rows = ["| layer | positive inputs | any inputs | all patterns |", "| --- | --- | --- | --- |"]
    for (m, n), patterns in counts.items():
        rows.append(f"| {m} neurons, {n} inputs | {' | '.join(map(whole, patterns))} |")
    return (
        "**The law for one sample.** 2^m patterns with positive inputs, 2^(m + n − 1) with any, of 2^(m n).\n\n"
        + "\n".join(rows)
    )
