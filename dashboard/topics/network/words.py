"""What `/network` says. Every count is the shipped table's, for the batch size and the learning rates shown."""

from collections.abc import Sequence

import numpy as np

from core.network.ablation import TARGET
from core.network.digits import TRAIN
from core.network.runs import MAX_WORK
from core.network.training import Training
from core.network.variants import VARIANTS
from dashboard.look.formats import arrival, plural, three, whole
from dashboard.topics.network.frames import Landing, Reading, Row, drawn_layer, known_mean

SIGMOID, CENTRED, STEEP, STEEP_CENTRED, FLIPPED = "sigmoid", "centred", "four", "four_centred", "flipped"
"""The variants that the argument is about."""

CLOSE = 1.05
"""Two medians within this factor count as equal: the step counts are no finer."""

LEGEND = (
    "A dot is one seed, the tick and the number their median; left is fast. A cross has not arrived. Point at a dot to read "
    "what was recorded of its run; click it to train that run again, below."
)


def steps(row: Row) -> str:
    """The median of a row in words."""
    return arrival(row.median, row.cap)


def counts(shown: Reading, *keys: str) -> list[str]:
    """The medians of these rows in words."""
    return [steps(shown.rows[key]) for key in keys]


def alt(shown: Reading) -> str:
    """The picture in a sentence, by case and without its numbers."""
    raw, centred, flipped = (shown.rows[key].median for key in (SIGMOID, CENTRED, FLIPPED))
    if np.isfinite([raw, centred]).any():
        than = "as" if _close(centred, raw) else "than"
        said = f"The centred sigmoid network takes {_compared(centred, raw)} steps {than} the sigmoid one"
    else:
        said = "Neither the sigmoid network nor its centred twin arrives"
    twin = "exactly as many" if flipped == raw else _compared(flipped, raw)
    return (
        f"{said}, and the one with half its units flipped takes {twin}: optimiser steps to a training loss of {TARGET:g} on "
        "handwritten digits, a dot per seed and a row per variant, on a log axis."
    )


def _close(a: float, b: float) -> bool:
    return a == b or 1 / CLOSE <= a / b <= CLOSE


def _compared(a: float, b: float) -> str:
    if _close(a, b):
        return "about as many"
    return "fewer" if a < b else "more"


def _setting(shown: Reading) -> str:
    batch, depth = shown.experiment.batch, shown.experiment.depth
    deep = f", {depth} hidden layers" if depth > 1 else ""
    if batch == 1:
        return f"one sample a step{deep}"
    return f"the full batch{deep}" if batch == TRAIN else f"batches of {batch}{deep}"


def _rates(shown: Reading) -> str:
    if shown.same:
        return f"all at eta = {three(shown.rows[SIGMOID].eta)}"
    return "each at its best learning rate eta"


def answer(shown: Reading) -> str:
    """One sentence with live numbers."""
    raw, centred, four = counts(shown, SIGMOID, CENTRED, STEEP)
    where = f"On handwritten digits, {_setting(shown)}, {_rates(shown)}"
    if not (shown.rows[SIGMOID].arrived or shown.rows[CENTRED].arrived):
        return (
            f"{where}: sigmoid does not get to a loss of {TARGET:g} within {whole(shown.experiment.steps)} steps, centred or not; "
            f"four times as steep without centring, it takes {four}."
        )
    taken = f"takes as many steps ({raw})" if raw == centred else f"takes {centred} steps instead of {raw}"
    return (
        f"{where}: centring the sigmoid (σ − ½) {taken} to a loss of {TARGET:g}, and making it four times as steep without centring "
        f"takes {four}."
    )


def on_arrival(shown: Reading) -> str:
    """What the table's columns are."""
    said = (
        "Steps: median, and range of the seeds. On arrival, or at the end of a run that does not arrive, saturated: units on an "
        "average image; locked: neurons fed by hidden units whose minibatch update is all of one sign"
    )
    accuracy = np.concatenate([row.accuracy[row.steps >= 0] for row in shown.rows.values()])
    if not accuracy.size:
        return f"{said}."
    low, high = 100 * accuracy.min(), 100 * accuracy.max()
    return f"{said}; those that arrive read {low:.0f} to {high:.0f} % of unseen digits there."


def numbers(shown: Reading) -> list[list[str]]:
    """A row per variant: its learning rate, steps, and what it was like on arrival."""
    table = []
    for row in shown.rows.values():
        shares = f"{_share(row.saturated)}, {_share(row.locked)}"
        table.append([row.variant.label, three(row.eta), f"{steps(row)} ({_spread(row)})", shares])
    return table


def _spread(row: Row) -> str:
    arrived = row.steps[row.steps >= 0]
    if not arrived.size:
        return "none arrived"
    if arrived.size < len(row.steps):
        return f"{arrived.size} of {len(row.steps)} arrived"
    return f"{whole(int(arrived.min()))} to {whole(int(arrived.max()))}"


def _share(values: np.ndarray) -> str:
    mean = known_mean(values)
    return "none" if np.isnan(mean) else f"{100 * mean:.0f} %"


def steeper_is_faster(shown: Reading) -> bool:
    """Whether the sigmoid four times as steep is the faster one, by more than the counts are good to."""
    return shown.rows[STEEP].median < shown.rows[SIGMOID].median / CLOSE


def prediction(best: Reading) -> tuple[str, list[str], str, str]:
    """Question, options, the right option and what is revealed."""
    faster, same, slower = options = ["Faster", "As fast", "Slower"]
    right = same
    if steeper_is_faster(best):
        right = faster
    elif best.rows[STEEP].median > best.rows[SIGMOID].median * CLOSE:
        right = slower
    raw, four, centred, both = counts(best, SIGMOID, STEEP, CENTRED, STEEP_CENTRED)
    return (
        "Make the sigmoid four times as steep, do not centre it, and give it its best eta: faster than sigmoid at its best?",
        options,
        right,
        f"{four} steps against {raw}. Centring alone takes {centred}, both together {both}.",
    )


def bound(training: Training, asked: int, work: float) -> str:
    """How much this run may cost, in multiply-adds, and whether it was cut from the steps asked."""
    used = f"{work / 1e9:.3g} of at most {MAX_WORK / 1e9:.3g} billion multiply-adds"
    cut = f", which cuts it at step {whole(training.steps)} of {whole(asked)}" if training.steps < asked else ""
    return f"{plural(training.runs, 'network')} side by side, {whole(training.steps)} steps: {used}{cut}."


def landed(landings: Sequence[Landing], last: int) -> str:
    """Where the live runs arrived, next to where the table says that they arrive. last: the step at which they were ended."""
    agree = [one for one in landings if one.here == one.shipped]
    later = [one for one in landings if one.here < 0 and one.shipped > last]
    off = [one for one in landings if one not in agree and one not in later]
    said = [f"{len(agree)} of {len(landings)} runs end as the table says, to the step"]
    if later:
        said.append(f"{len(later)} would arrive later than this run goes")
    if off:
        told = [
            f"{one.variant.label}, seed {one.seed}: {_at(one.here)} here, {_at(one.shipped)} in the table"
            for one in off[:3]
        ]
        said.append(f"not {'; '.join(told)} (processors round differently)")
    return f"{'; '.join(said)}."


def under_way(step: int, steps: int, stopped: bool) -> str:
    """How far a run is."""
    return f"{'Stopped at' if stopped else 'Training:'} step {whole(step)} of {whole(steps)}"


def _at(step: int) -> str:
    return f"step {whole(step)}" if step >= 0 else "no arrival"


TRACES = {
    "loss": "Mean cross-entropy of all training images. Rings: where the table has the median run arrive. Dotted: the target.",
    "accuracy": "Share of the 797 held-out images that are read right.",
    "locked": "Share of neurons whose update is all of one sign, bias apart, over minibatches of the run's own size; {}.",
    "bits": (
        "Entropy of the signs of two weights into one neuron, of 2 bits, over neurons and minibatches of the run's own size; "
        "{}. Flipping units cannot change it."
    ),
    "gradient": "Norm of dL/dW over all training images; {}.",
    "saturated": "Share of (unit, image) pairs whose slope is below 4 % of the activation's largest (for ReLU: off); {}.",
}


def trace(quantity: str, layer: int, training: Training) -> str:
    """What the live chart shows, and of which layer and variants."""
    index = drawn_layer(quantity, layer, training.depth)
    where = f"weights fed by hidden layer {index}" if index else "weights fed by the pixels"
    if quantity == "saturated":
        where = f"hidden layer {index + 1}"
    flipped = [VARIANTS[key].label for key in training.variants if VARIANTS[key].flipped]
    dashes = f" Grey dashes: {', '.join(flipped)}." if flipped else ""
    return TRACES[quantity].format(where) + dashes


def answered(best: Reading, full: Reading) -> str:
    """What the page has answered, where centring helps every seed and where it does not. full: of the full batch."""
    raw, centred = counts(best, SIGMOID, CENTRED)
    if best.rows[CENTRED].steps.max() < best.rows[SIGMOID].steps.min():
        return (
            f"So the cost is real: {raw} steps against {centred} here, each at its best eta. It comes from the mean of the hidden "
            "outputs, not from their shared sign."
        )
    cost = " against ".join(counts(full, SIGMOID, CENTRED))
    return (
        f"With so small a batch the noise sets eta, and centring gains no more than the seeds differ: {raw} steps against "
        f"{centred}. With the full batch the cost is real: {cost}, each at its best eta. It comes from the mean of the hidden "
        "outputs, not from their shared sign."
    )


def snippet(training: Training) -> str:
    """Python lines that train the same run."""
    return (
        "from core import TARGET, Training, collect\n\n"
        f"run = collect({training!r})\n"
        "for variant, steps in zip(run.training.variants, run.reached(TARGET)):\n"
        "    print(variant, *steps)\n"
    )
