"""What `/network` says of the run that is watched."""

import math
from collections.abc import Sequence

from core.network.digits import IMAGES, TRAIN
from core.network.training import Training
from dashboard.look.formats import fixed, plural, short, three, whole
from dashboard.topics.network.frames_live import Landing, Learnt


def watching(training: Training, asked: int, seeds: int) -> str:
    """What trains, and what of that which was asked for is left out to stay within the bound on work."""
    said = f"{plural(training.runs, 'network')} side by side, {plural(training.steps, 'step')}."
    if training.seeds < seeds:
        shown = "seed 0" if training.seeds == 1 else f"seeds 0 to {training.seeds - 1}"
        return f"{said} All {seeds} seeds would be too much work at once, so {shown} alone."
    if training.steps < asked:
        return f"{said} The {plural(asked, 'step')} of the whole run would be too much work at once."
    return said


def seeds(training: Training) -> str:
    """What is drawn of several seeds; nothing of one."""
    return "" if training.seeds == 1 else "A line is the median of the seeds, a band their range."


def own(training: Training, size: str) -> str:
    """What the visitor's own network is, and how long it trains. size: of its batches, in words."""
    layers = "one hidden layer" if training.depth == 1 else f"{training.depth} hidden layers"
    weights = "the usual" if training.sigma_w == 1 else f"{short(training.sigma_w)} times the usual"
    return (
        f"{plural(training.runs, 'network')} with {layers} side by side, {plural(training.steps, 'step')} on {size}, all at "
        f"*η* = {three(training.etas[0])}, {weights} initial weights. These are trained for you, and "
        "are in no table."
    )


LEARNT_HEAD = (
    "network",
    "arrives at step",
    "loss",
    "digits read right",
    "units saturated, start",
    "units saturated, end",
)


def learnt(found: Sequence[Learnt]) -> list[list[str]]:
    """A row per network that was watched."""
    return [
        [
            one.variant.label,
            ", ".join(
                whole(step) if step >= 0 else "diverged" if lost else "not yet"
                for step, lost in zip(one.arrived, one.diverged, strict=True)
            ),
            "–" if math.isnan(one.loss) else three(one.loss),
            *("–" if math.isnan(share) else f"{fixed(100 * share, 0)} %" for share in (one.accuracy, *one.saturated)),
        ]
        for one in found
    ]


def landed(landings: Sequence[Landing], last: int) -> str:
    """Where the live runs arrived, next to where the table says that they arrive. last: the step at which they were ended."""
    agree = [one for one in landings if one.here == one.shipped]
    later = [one for one in landings if one.here < 0 and one.shipped > last]
    off = [one for one in landings if one not in agree and one not in later]
    said = [f"{len(agree)} of {len(landings)} runs end as the table says, to the step."]
    if later:
        said.append(f"{len(later)} would arrive later than this run goes.")
    if off:
        told = [
            f"{one.variant.label}, seed {one.seed}: {_at(one.here)} here, {_at(one.shipped)} in the table"
            for one in off[:3]
        ]
        many = f"{len(off)} not" if len(off) <= len(told) else f"{len(off)} not, among them"
        said.append(f"{many}: {'; '.join(told)}. Processors round differently.")
    return " ".join(said)


def under_way(step: int, steps: int, stopped: bool) -> str:
    """How far a run is."""
    return f"{'Stopped at' if stopped else 'Training:'} step {whole(step)} of {whole(steps)}"


def _at(step: int) -> str:
    return f"step {whole(step)}" if step >= 0 else "no arrival"


TRACES = {
    "loss": "The mean cross-entropy of all training images. Dotted: the target.{}",
    "accuracy": f"The share of the {IMAGES - TRAIN} held-out images that are read right.",
    "locked": "The share of neurons whose update is all of one sign, bias apart, over minibatches of the run's own size; {}.",
    "bits": (
        "The entropy of the signs of two weights into one neuron, of 2 bits, over neurons and minibatches of the run's own size; "
        "{}. Flipping units cannot change it."
    ),
    "gradient": "The norm of the gradient dL/dW over all training images; {}.",
    "saturated": "The share of (unit, image) pairs whose slope is below 4 % of the activation's largest (for ReLU: off); {}.",
}


def trace(quantity: str, layer: int, flipped: Sequence[str], rings: int) -> str:
    """What the live chart shows. layer: the index of the weights, or of the hidden layer. flipped: labels of flipped variants.
    rings: how many are drawn."""
    where = f"weights fed by hidden layer {layer}" if layer else "weights fed by the pixels"
    if quantity == "loss":
        where = " A ring: where the table has the median run arrive." if rings else ""
    if quantity == "saturated":
        where = f"hidden layer {layer + 1}"
    dashes = f" Grey dashes: {', '.join(flipped)}." if flipped else ""
    return TRACES[quantity].format(where) + dashes


def snippet(training: Training) -> str:
    """Python lines that train the same run."""
    return (
        "from core import TARGET, Training, collect\n\n"
        f"run = collect({training!r})\n"
        "for variant, steps in zip(run.training.variants, run.reached(TARGET)):\n"
        "    print(variant, *steps)\n"
    )
