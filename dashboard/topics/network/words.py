"""What `/network` says. Every count is the shipped table's, for the batch size and the learning rates shown."""

from collections.abc import Sequence

import numpy as np

from core.network.ablation import TARGET, Table, ablation
from core.network.mlp import VARIANTS
from core.network.runs import MAX_WORK, Run, work
from core.network.training import Training
from dashboard.look.formats import percent, three, whole
from dashboard.topics.network import frames

LEGEND = (
    "A dot is one seed, the tick and the number their median; left is fast. A cross has not arrived. Click a dot to train "
    "that run, below."
)

Chosen = Sequence[int]


def median(table: Table, chosen: Chosen, key: str) -> float:
    """The median of the seeds of one row; inf where most never arrive."""
    v = table.variants.index(key)
    return float(table.medians()[v, chosen[v]])


def steps(value: float, table: Table) -> str:
    """A median in words."""
    return whole(round(value)) if np.isfinite(value) else f"more than {whole(table.experiment.steps)}"


def alt(table: Table, chosen: Chosen) -> str:
    """The picture in a sentence, by case and without its numbers."""
    raw, centred, flipped = (median(table, chosen, key) for key in ("sigmoid", "centred", "flipped"))
    if not np.isfinite([raw, centred]).any():
        found = "Neither the sigmoid network nor its centred twin arrives"
    else:
        found = f"The centred sigmoid network takes {_compared(centred, raw)} steps {'as' if _close(centred, raw) else 'than'} the sigmoid one"
    twin = "exactly as many" if flipped == raw else _compared(flipped, raw)
    return (
        f"{found}, and the one with half its units flipped takes {twin}: optimiser steps to a training loss of {TARGET:g} on "
        "handwritten digits, a dot per seed and a row per variant, on a log axis."
    )


def _close(a: float, b: float) -> bool:
    return a == b or 1 / CLOSE <= a / b <= CLOSE


def _compared(a: float, b: float) -> str:
    return "about as many" if _close(a, b) else "fewer" if a < b else "more"


def _counts(table: Table, chosen: Chosen, *keys: str) -> list[str]:
    return [steps(median(table, chosen, key), table) for key in keys]


def _setting(table: Table) -> str:
    batch = "the full batch" if table.experiment.batch == 1000 else f"batches of {table.experiment.batch}"
    deep = f", {table.experiment.depth} hidden layers" if table.experiment.depth > 1 else ""
    return f"one sample a step{deep}" if table.experiment.batch == 1 else batch + deep


def _rates(table: Table, chosen: Chosen, same: bool) -> str:
    return f"all at eta = {three(float(table.etas[chosen[0]]))}" if same else "each at its best learning rate eta"


def answer(table: Table, chosen: Chosen, same: bool) -> str:
    """One sentence with live numbers."""
    raw, centred, four = _counts(table, chosen, "sigmoid", "centred", "four")
    where = f"On handwritten digits, {_setting(table)}, {_rates(table, chosen, same)}"
    if not np.isfinite([median(table, chosen, key) for key in ("sigmoid", "centred")]).any():
        return (
            f"{where}: sigmoid does not get to a loss of {TARGET:g} within {whole(table.experiment.steps)} steps, centred or not; "
            f"four times as steep without centring, it takes {four}."
        )
    taken = f"takes as many steps ({raw})" if raw == centred else f"takes {centred} steps instead of {raw}"
    return (
        f"{where}: centring the sigmoid (σ − ½) {taken} to a loss of {TARGET:g}, and making it four times as steep without centring "
        f"takes {four}."
    )


def on_arrival(table: Table, chosen: Chosen) -> str:
    """What the table's columns are."""
    said = (
        "Steps: median, and range of the seeds. On arrival, or at the end of a run that does not arrive, saturated: units on an "
        "average image; locked: neurons fed by hidden units whose minibatch update is all of one sign"
    )
    accuracy = np.array([table.accuracy[v, column] for v, column in enumerate(chosen)])
    accuracy = accuracy[np.array([table.steps[v, column] >= 0 for v, column in enumerate(chosen)])]
    if not accuracy.size:
        return f"{said}."
    low, high = 100 * accuracy.min(), 100 * accuracy.max()
    return f"{said}; those that arrive read {low:.0f} to {high:.0f} % of unseen digits there."


def numbers(table: Table, chosen: Chosen) -> list[list[str]]:
    """A row per variant: its learning rate, steps, and what it was like on arrival."""
    rows = []
    for v, (key, column) in enumerate(zip(table.variants, chosen, strict=True)):
        arrived = table.steps[v, column][table.steps[v, column] >= 0]
        spread = f"{whole(int(arrived.min()))} to {whole(int(arrived.max()))}" if arrived.size else "none arrived"
        if 0 < arrived.size < table.steps.shape[2]:
            spread = f"{arrived.size} of {table.steps.shape[2]} arrived"
        shares = ", ".join(_share(getattr(table, name)[v, column]) for name in ("saturated", "locked"))
        median = steps(float(table.medians()[v, column]), table)
        rows.append([VARIANTS[key].label, three(float(table.etas[column])), f"{median} ({spread})", shares])
    return rows


def _share(values: np.ndarray) -> str:
    known = values[~np.isnan(values)]
    return f"{100 * known.mean():.0f} %" if known.size else "none"


def why(table: Table, chosen: Chosen, same: bool) -> str:
    """Slope, centring, saturation and lock, each read off the table."""
    said = _slope(table, chosen, same), _centring(table, chosen), _saturation(table, chosen), _lock(table)
    return "\n\n".join(said)


def _slope(table: Table, chosen: Chosen, same: bool) -> str:
    raw, four, four_centred = _counts(table, chosen, "sigmoid", "four", "four_centred")
    said = f"**Slope.** Four times as steep, {four} steps instead of {raw}; four times as steep and centred, {four_centred}. "
    faster = median(table, chosen, "four") < median(table, chosen, "sigmoid") / CLOSE
    tuned_faster = (
        median(table, frames.rates(table, None), "four") < median(table, frames.rates(table, None), "sigmoid") / CLOSE
    )
    if same and faster:
        said += "At one eta a steeper unit simply takes longer strides."
        return said + ("" if tuned_faster else " Give each its own best eta, and the advantage is gone.")
    if same:
        return said + "At one eta a steeper unit takes longer strides, and this eta is too long a stride for it."
    rates = [three(float(table.etas[chosen[table.variants.index(key)]])) for key in ("sigmoid", "four")]
    if tuned_faster:
        return said + (
            f"Each of the {table.experiment.depth} layers multiplies the gradient by weight times slope: no single eta makes "
            "up for that, so here slope counts by itself."
        )
    return said + (
        f"What the slope gives, eta gives too: sigmoid's best is {rates[0]}, its steep twin's {rates[1]}. Without centring the "
        "steeper unit also makes the steep direction steeper."
    )


CLOSE = 1.05
"""Two medians within this factor count as equal: the step counts are no finer."""


def _centring(table: Table, chosen: Chosen) -> str:
    told = [_ratio(table, chosen, *pair) for pair in (("sigmoid", "centred"), ("four", "four_centred"))]
    return (
        f"**Centring.** Sigmoid and its centred twin start as the same function. Not centring {told[0]}; at four times the "
        f"slope, it {told[1]}."
    )


def _ratio(table: Table, chosen: Chosen, raw: str, centred: str) -> str:
    a, b = (median(table, chosen, key) for key in (raw, centred))
    if not np.isfinite(a) or not np.isfinite(b):
        return (
            "costs the arrival itself"
            if np.isfinite(b)
            else "arrives, and centring does not"
            if np.isfinite(a)
            else "cannot be compared, since neither arrives"
        )
    if 1 / CLOSE <= a / b <= CLOSE:
        return f"makes no difference ({whole(round(a))} steps, and {whole(round(b))})"
    return f"costs a factor {three(a / b)} in steps" if a > b else f"saves a factor {three(b / a)} in steps"


def _saturation(table: Table, chosen: Chosen) -> str:
    rows = {
        key: (_mean(table.saturated[v, chosen[v]]), median(table, chosen, key)) for v, key in enumerate(table.variants)
    }
    arrived = {key: row for key, row in rows.items() if key != "flipped" and np.isfinite(row[1])}
    smooth = [key for key in arrived if key != "relu"]
    if len(smooth) < 2:
        return "**Saturation.** Too few arrive here to compare."
    most, least = (pick(smooth, key=lambda k: arrived[k][0]) for pick in (max, min))
    fastest = min(arrived, key=lambda k: arrived[k][1])

    def told(key: str) -> str:
        return f"{VARIANTS[key].label} ({percent(arrived[key][0])}, {whole(round(arrived[key][1]))} steps)"

    relu = f" ReLU, off by construction for half of all z, stands at {told('relu')[6:-1]}." if "relu" in arrived else ""
    end = (
        f"The fastest is {VARIANTS[fastest].label}, the least saturated."
        if fastest == least
        else f"The fastest is {told(fastest)}: saturation does not order the steps."
    )
    return (
        f"**Saturation.** Of the units, on an average image and on arrival: among smooth activations most in {told(most)}, least in "
        f"{told(least)}.{relu} {end}"
    )


def _mean(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


def _lock(table: Table) -> str:
    plain, flipped = (table.variants.index(key) for key in ("sigmoid", "flipped"))
    pair = table.steps[[plain, flipped]]
    arrive = (pair >= 0).any(axis=0)
    same, runs, never = int((pair[0] == pair[1])[arrive].sum()), int(arrive.sum()), int((~arrive).sum())
    rest = f" (the other {never} never arrive, flipped or not)" if never else ""
    one, full = ablation()["1"], ablation()["full"]
    locks, gains = zip(*(_lock_and_gain(t) for t in (one, full)), strict=True)
    unlocked = percent(_mean(one.locked[flipped, frames.rates(one, None)[flipped]]))
    return (
        f"**Lock.** Flip half the hidden units, and {same} of {runs} runs that arrive do so at the very same step{rest}: the "
        "shared sign costs nothing.\n\n"
        "Nor do lock and cost go together. With one hidden layer and each at its best eta, one sample "
        f"a step locks {locks[0]} of the neurons ({unlocked} once flipped), and centring brings {gains[0]} steps; the full batch "
        f"locks {locks[1]}, and centring brings {gains[1]}. (An observation on this network: noise limits eta at batch 1.)"
    )


def _lock_and_gain(table: Table) -> tuple[str, str]:
    """The share of the plain network's neurons that are locked on arrival, and what centring makes of its steps."""
    best = frames.rates(table, None)
    plain = table.variants.index("sigmoid")
    return percent(_mean(table.locked[plain, best[plain]])), " down to ".join(
        _counts(table, best, "sigmoid", "centred")
    )


def prediction(table: Table) -> tuple[str, list[str], str, str]:
    """Question, options, the right option and what is revealed."""
    best = frames.rates(table, None)
    raw, four = (median(table, best, key) for key in ("sigmoid", "four"))
    options = ["Faster", "As fast", "Slower"]
    right = options[0] if four < raw / CLOSE else options[2] if four > raw * CLOSE else options[1]
    again = _counts(table, best, "sigmoid", "four", "centred", "four_centred")
    return (
        "Make the sigmoid four times as steep, do not centre it, and give it its best eta: faster than sigmoid at its best?",
        options,
        right,
        f"{again[1]} steps against {again[0]}. Centring alone takes {again[2]}, both together {again[3]}.",
    )


def bound(training: Training, asked: int) -> str:
    """How much this run may cost, and whether it was cut."""
    used = f"{work(training) / 1e9:.3g} of at most {MAX_WORK / 1e9:.3g} billion multiply-adds"
    cut = f", which cuts it at step {whole(training.steps)} of {whole(asked)}" if training.steps < asked else ""
    return (
        f"{training.runs} network{'s' * (training.runs > 1)} side by side, {whole(training.steps)} steps: {used}{cut}."
    )


def landed(table: Table, chosen: Chosen, run: Run) -> str:
    """Where the live runs arrived, next to where the table says that they arrive."""
    training = run.training
    reached, agree, later, off = run.reached(TARGET), 0, 0, []
    for row, key in enumerate(training.variants):
        v = table.variants.index(key)
        for s in range(training.seeds):
            shipped, here = int(table.steps[v, chosen[v], training.seed + s]), int(reached[row, s])
            if shipped == here:
                agree += 1
            elif here < 0 and shipped > training.steps:
                later += 1
            else:
                off.append(
                    f"{VARIANTS[key].label}, seed {training.seed + s}: {_at(here)} here, {_at(shipped)} in the table"
                )
    said = [f"{agree} of {training.runs} runs end as the table says, to the step"]
    said += [f"{later} would arrive later than this run goes"] * (later > 0)
    said += [f"not {'; '.join(off[:3])} (processors round differently)"] * bool(off)
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


def trace(quantity: str, layer: int, depth: int, keys: Sequence[str]) -> str:
    """What the live chart shows, and of which layer and variants."""
    shown = frames.shown(quantity, layer, depth)
    where = (
        f"hidden layer {shown + 1}"
        if quantity == "saturated"
        else "weights fed by " + (f"hidden layer {shown}" if shown else "the pixels")
    )
    dashes = f" Grey dashes: {VARIANTS['flipped'].label}." if "flipped" in keys else ""
    return TRACES[quantity].format(where) + dashes


def answered(table: Table) -> str:
    """What the page has answered, where centring helps every seed and where it does not."""
    best = frames.rates(table, None)
    raw, centred = _counts(table, best, "sigmoid", "centred")
    spread = [table.steps[table.variants.index(key), best[table.variants.index(key)]] for key in ("sigmoid", "centred")]
    if spread[1].max() < spread[0].min():
        return (
            f"So the cost is real: {raw} steps against {centred} here, each at its best eta. It comes from the mean of the hidden "
            "outputs, not from their shared sign."
        )
    full = ablation()["full"]
    cost = " against ".join(_counts(full, frames.rates(full, None), "sigmoid", "centred"))
    return (
        f"With so small a batch the noise sets eta, and centring gains no more than the seeds differ: {raw} steps against "
        f"{centred}. With the full batch the cost is real: {cost}, each at its best eta. It comes from the mean of the hidden "
        "outputs, not from their shared sign."
    )


def snippet(training: Training) -> str:
    """Python lines that train the same run."""
    return (
        "from core.network.ablation import TARGET\n"
        "from core.network.runs import collect\n"
        "from core.network.training import Training\n\n"
        f"run = collect({training!r})\n"
        "for variant, steps in zip(run.training.variants, run.reached(TARGET)):\n"
        "    print(variant, *steps)\n"
    )
