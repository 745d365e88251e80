"""A lesson of twenty minutes: where to stop, what to ask before anything is moved, and what will be seen."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.activations import activation
from core.cures import conditioning, lopsidedness
from core.depth.mean_field import fixed_point
from core.initialisations import rule
from core.inputs import Inputs, condition_number, input_moments
from core.network.ablation import TARGET, ablation
from core.neuron.descent import MOST_STEPS, Descent, DescentConfig, descend, same_sign
from core.neuron.stability import step_limits
from core.output import CROSS_ENTROPY, SQUARED, OutputConfig, steps_needed
from core.output import MOST_STEPS as MOST_OUTPUT_STEPS
from core.signs.patterns import one_sample_counts
from dashboard.look.formats import percent, plural, power, three, whole
from dashboard.topics.cures.settings import Cures
from dashboard.topics.depth.settings import Depth
from dashboard.topics.network.settings import Network
from dashboard.topics.neuron.settings import BEST, Neuron
from dashboard.topics.output.settings import Output
from dashboard.topics.saturation.settings import Saturation
from dashboard.topics.signs.settings import Signs
from dashboard.ui.settings import states_written


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of the lesson. minutes: for it. at: the settings of the page there. opens: what its link shows, beside the page's own
    question. ask: the class, before anything moves. sees: what the class will see then, in a sentence with its numbers."""

    minutes: int
    at: Any
    opens: str
    ask: str
    sees: Callable[[], str]

    @property
    def slug(self) -> str:
        """The topic whose page it is on."""
        return type(self.at).__name__.lower()

    @property
    def query(self) -> dict[str, str]:
        """The query parameters that open it: every control, so that a later default changes nothing."""
        return states_written(self.at)


def runs(at: Neuron) -> tuple[Descent, Descent]:
    """The page's two descents with the full batch: as the inputs are, and centred."""
    laws = (at.law, replace(at.law, centred=True))
    edge = step_limits(at.law).edge
    etas = [step_limits(law).best if at.compare == BEST else at.eta * edge for law in laws]
    given, centred = (
        descend(DescentConfig(law, at.start, at.target, eta, steps=MOST_STEPS))
        for law, eta in zip(laws, etas, strict=True)
    )
    return given, centred


def _counted(steps: int | None, most: int) -> str:
    return f"more than {plural(most, 'step')}" if steps is None else plural(steps, "step")


def _same_rate() -> str:
    given, centred = runs(Neuron())
    return (
        f"Left {_counted(given.steps, MOST_STEPS)}, right {_counted(centred.steps, MOST_STEPS)}. The left path zigzags. At one "
        "learning rate the zigzag itself costs nothing."
    )


def _best_rates() -> str:
    given, centred = runs(Neuron(compare=BEST))
    kappa = condition_number(Neuron().law)
    return (
        f"Left still {_counted(given.steps, MOST_STEPS)}, right {_counted(centred.steps, MOST_STEPS)}. The mean of the inputs makes "
        f"the valley {three(kappa)} times as steep across as along, and that caps the learning rate."
    )


def _flipped() -> str:
    as_is, flipped = (runs(Neuron(flip=flip))[0] for flip in (False, True))
    return (
        f"{_counted(as_is.steps, MOST_STEPS)} before, {_counted(flipped.steps, MOST_STEPS)} after. These are steps of the full batch: the two "
        f"weights moved the same way in {whole(same_sign(as_is.update))} of them before, and move so in "
        f"{whole(same_sign(flipped.update))} after. The shared sign is not what costs."
    )


def _patterns() -> str:
    positive, mixed, all_ = one_sample_counts(2, 2)
    return (
        f"With sigmoid inputs {positive} of the {all_} patterns, with inputs of either sign {mixed}. The other {all_ - mixed} take "
        "two samples. With sigmoid inputs one sample moves all weights of a neuron one way."
    )


def kept(key: str, z: float) -> float:
    """The slope of an activation at `z`, as a share of its best."""
    unit = activation(key)
    return float(unit.df(np.array(z)) / unit.max_slope)


def _slopes() -> str:
    return f"Sigmoid keeps {percent(kept('sigmoid', 3))} of its best slope there, tanh {percent(kept('tanh', 3))}."


FAR = Output(w=5.0, b=5.0)


def needed(at: Output, cost: str) -> int | None:
    """Steps that the output neuron needs with this cost; None where they are more than are counted."""
    return steps_needed(OutputConfig(cost, at.w, at.b, eta=at.eta, y=at.target))


def _output() -> str:
    squared, entropy = needed(FAR, SQUARED), needed(FAR, CROSS_ENTROPY)
    return (
        f"Squared error {_counted(squared, MOST_OUTPUT_STEPS)}, cross-entropy {_counted(entropy, MOST_OUTPUT_STEPS)}. The small gradient at the start is no sign of "
        "having arrived."
    )


DEEP = Depth(rule="lecun")


def _depth() -> str:
    point = fixed_point(DEEP.activation, rule(DEEP.rule).sigma_w(DEEP.width, DEEP.width))
    return (
        f"In theory each layer, deep inside, leaves {three(point.factor)} of it: {power(20 * math.log10(point.factor))} after twenty. The largest slope, 0.25, is "
        "one of two factors. The weights are the other."
    )


def medians() -> tuple[float, float]:
    """Steps of the digits' network with the full batch, each at its best learning rate: sigmoid, and centred."""
    table = ablation()["full"]
    return table.best_median("sigmoid"), table.best_median("centred")


def _network() -> str:
    plain, centred = medians()
    return f"To a loss of {TARGET:g}: sigmoid {whole(round(plain))} steps, centred {whole(round(centred))} (medians over seeds, full batch)."


def _relu() -> str:
    few, many = 2, LAST.n
    kappas = [
        [three(conditioning(n, *input_moments(Inputs(key))).raw) for key in ("relu", "sigmoid")] for n in (few, many)
    ]
    return (
        f"Squared mean over variance: ReLU {three(lopsidedness('relu'))}, sigmoid {three(lopsidedness('sigmoid'))}. So ReLU's valley is less lopsided: *κ* with {few} "
        f"inputs {' against '.join(kappas[0])}, with {many} {' against '.join(kappas[1])}."
    )


LAST = Cures(inputs="relu", cure="relu", moment=10)


STOPS: tuple[Stop, ...] = (
    Stop(
        3,
        Neuron(),
        "One learning rate for both",
        "One neuron, twice: on the right its inputs are centred. The learning rate is the same. Which one arrives first?",
        _same_rate,
    ),
    Stop(
        3,
        Neuron(compare=BEST),
        "Each at its best",
        "Now each takes its own best learning rate. How many steps will each need?",
        _best_rates,
    ),
    Stop(
        2,
        Neuron(flip=True),
        "A wire flipped",
        "Negate one input and its weight. Now other updates share a sign. Is it faster?",
        _flipped,
    ),
    Stop(
        3,
        Signs(),
        "Sixteen patterns",
        "Two neurons, two inputs, four weights. How many of the 16 sign patterns can one sample make?",
        _patterns,
    ),
    Stop(
        2,
        Saturation(),
        "Sigmoid and tanh",
        "At *z* = 3, which has kept more of its own best slope: sigmoid or tanh?",
        _slopes,
    ),
    Stop(
        2,
        FAR,
        "Far out",
        f"A sigmoid output starts at *z* = {FAR.w + FAR.b:g}, badly wrong. How many steps does squared error take, and how many cross-entropy?",
        _output,
    ),
    Stop(
        2,
        DEEP,
        "Weight scale 1",
        "Sigmoid's slope is at most 0.25. How much of the gradient does a layer leave at weight scale 1?",
        _depth,
    ),
    Stop(
        2,
        Network(batch="full"),
        "Full batch",
        "A real network reads digits. How much does centring its hidden units save?",
        _network,
    ),
    Stop(
        1,
        LAST,
        "ReLU against sigmoid",
        "ReLU is never negative either. Why does it train all the same?",
        _relu,
    ),
)
