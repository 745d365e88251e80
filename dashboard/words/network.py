"""What `/network` says. Every count is the shipped table's, for the batch size and the learning rates shown."""

from collections.abc import Sequence

import numpy as np

from core.ablation import TARGET, Table, ablation
from core.mlp import VARIANTS
from core.network import MAX_WORK, Run, work
from core.training import Training
from dashboard.frames import network as frames
from dashboard.marks import percent, three, whole

LEGEND = (
    "A dot is one seed, the tick and the number their median; left is fast. A cross has not arrived. Click a dot to train "
    "that run, below."
)

ALT = (
    "Optimiser steps to a training loss of 0.1 on handwritten digits, a dot per seed and a row per variant, on a log axis: "
    "the same network with sigmoid, centred, steeper, tanh and ReLU units."
)

Chosen = Sequence[int]


def median(table: Table, chosen: Chosen, key: str) -> float:
    """The median of the seeds of one row; inf where most never arrive."""
    v = table.variants.index(key)
    return float(table.medians()[v, chosen[v]])


def steps(value: float, table: Table) -> str:
    """A median in words."""
    return whole(round(value)) if np.isfinite(value) else f"more than {whole(table.experiment.steps)}"


def _counts(table: Table, chosen: Chosen, *keys: str) -> list[str]:
    return [steps(median(table, chosen, key), table) for key in keys]


def _setting(table: Table) -> str:
    batch = "the full batch" if table.experiment.batch == 1000 else f"batches of {table.experiment.batch}"
    deep = f", {table.experiment.depth} hidden layers" if table.experiment.depth > 1 else ""
    return f"one sample a step{deep}" if table.experiment.batch == 1 else batch + deep


def _rates(table: Table, chosen: Chosen, same: bool) -> str:
    return f"all at eta = {three(float(table.etas[chosen[0]]))}" if same else "each at its best eta"


def answer(table: Table, chosen: Chosen, same: bool) -> str:
    """One sentence with live numbers."""
    raw, centred, four = _counts(table, chosen, "sigmoid", "centred", "four")
    taken = f"takes as many steps ({raw})" if raw == centred else f"takes {centred} steps instead of {raw}"
    return (
        f"On handwritten digits, {_setting(table)}, {_rates(table, chosen, same)}: centring the sigmoid {taken} to a loss of "
        f"{TARGET:g}, and making it four times as steep without centring takes {four}."
    )


def on_arrival(table: Table, chosen: Chosen) -> str:
    """What the table's columns are."""
    said = (
        "Steps: median, and range of the seeds. On arrival, saturated: units on an average image; locked: neurons fed by hidden "
        "units whose minibatch update is all of one sign"
    )
    accuracy = np.array([table.accuracy[v, column] for v, column in enumerate(chosen)])
    accuracy = accuracy[np.array([table.steps[v, column] >= 0 for v, column in enumerate(chosen)])]
    if not accuracy.size:
        return f"{said}."
    low, high = 100 * accuracy.min(), 100 * accuracy.max()
    return f"{said}; the networks read {low:.0f} to {high:.0f} % of unseen digits there."


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
        f"**Centring.** Sigmoid and its centred twin start as the same function. Not centring costs {told[0]}; at four times the "
        f"slope, {told[1]}."
    )


def _ratio(table: Table, chosen: Chosen, raw: str, centred: str) -> str:
    a, b = (median(table, chosen, key) for key in (raw, centred))
    if not np.isfinite(a) or not np.isfinite(b):
        return "nothing that can be counted, since most never arrive" if not np.isfinite(b) else "the arrival itself"
    return (
        f"nothing here ({whole(round(a))} steps, and {whole(round(b))})"
        if 1 / CLOSE <= a / b <= CLOSE
        else f"a factor {three(a / b)} in steps"
    )


def _saturation(table: Table, chosen: Chosen) -> str:
    rows = {
        key: (_mean(table.saturated[v, chosen[v]]), median(table, chosen, key)) for v, key in enumerate(table.variants)
    }
    smooth = {k: row for k, row in rows.items() if k not in ("relu", "flipped") and np.isfinite(row[1])}
    if len(smooth) < 2:
        return "**Saturation.** Too few arrive here to compare."
    picked = (
        max(smooth, key=lambda k: smooth[k][0]),
        min(smooth, key=lambda k: smooth[k][0]),
        min(smooth, key=lambda k: smooth[k][1]),
    )
    most, least, fastest = (
        f"{VARIANTS[k].label} ({percent(smooth[k][0])}, {whole(round(smooth[k][1]))} steps)" for k in picked
    )
    return (
        f"**Saturation.** Of the units, on an average image and on arrival: most in {most}, least in {least}; the fastest is "
        f"{fastest}."
    )


def _mean(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


def _lock(table: Table) -> str:
    plain, flipped = (table.variants.index(key) for key in ("sigmoid", "flipped"))
    same = int((table.steps[plain] == table.steps[flipped]).sum())
    one, full = ablation()["1"], ablation()["full"]
    locked = [percent(_mean(one.locked[v])) for v in (plain, flipped)]
    gains = [" to ".join(_counts(t, frames.rates(t, None), "sigmoid", "centred")) for t in (one, full)]
    return (
        f"**Lock.** Flip half the hidden units, and {same} of {table.steps[plain].size} runs arrive at the very same step, though with "
        f"one sample a step {locked[1]} of the neurons are locked instead of {locked[0]}: the shared sign costs nothing. Nor "
        f"do lock and cost go together: one sample a step locks most, and there centring takes {gains[0]} steps; the full batch "
        f"locks {percent(_mean(full.locked[plain]))}, and takes {gains[1]}. (An observation on this network: noise limits eta at batch 1.)"
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
    """What the page has answered."""
    raw, centred = _counts(table, frames.rates(table, None), "sigmoid", "centred")
    return (
        f"So the cost is real: {raw} steps against {centred} here, each at its best eta. It comes from the mean of the hidden "
        "outputs, not from their shared sign."
    )


def snippet(training: Training) -> str:
    """Python lines that train the same run."""
    return (
        "from core.ablation import TARGET\n"
        "from core.network import collect\n"
        "from core.training import Training\n\n"
        f"run = collect({training!r})\n"
        "for variant, steps in zip(run.training.variants, run.reached(TARGET)):\n"
        "    print(variant, *steps)\n"
    )
