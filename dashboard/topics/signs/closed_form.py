"""The descent of the two neurons of `/signs` as Vega's expressions: the coupling, the number of inputs and the step are in the hand.

Errors are taken apart into four: along (1, 1) or (1, -1) of the neurons, and of a neuron's inputs along the steep or the flat
axis. Each shrinks by 1 - eta lambda a step; lambda is a curvature of the coupling times one of the inputs
(`core.signs.layer.descend_layer`, which tests hold it against). The two weights drawn stand for n / 2 that are alike.
"""

from collections.abc import Sequence
from itertools import product

import altair as alt

from core.signs.layer import MOST_STEPS
from dashboard.look.closed_form import rows
from dashboard.look.landscape import STEPS
from dashboard.topics.signs.settings import START, TARGET

TOLERANCE = 1e-4
"""The descent has arrived at this share of its first loss."""

SIDES = tuple(product((1, -1), (1, -1)))
"""The four parts: of the neurons' sum or difference, and of the steep or the flat axis of their inputs."""

PARTS = {
    (p, q): sum((p if k else 1) * (q if j else 1) * (START[k][j] - TARGET[k][j]) for k, j in product((0, 1), (0, 1)))
    / 4
    for p, q in SIDES
}


def curvature(p: int, q: int, coupled: bool) -> str:
    """Of one part; in the layer as it is coupled, or uncoupled."""
    along = "steep" if q > 0 else "flat"
    return f"(1 {'+' if p > 0 else '-'} hand_coupling) * {along}" if coupled else along


def shrink(p: int, q: int, coupled: bool) -> str:
    """What a step multiplies a part by."""
    return f"(1 - {'eta' if coupled else 'eta_alone'} * {curvature(p, q, coupled)})"


def loss(step: str, coupled: bool) -> str:
    """The loss at a step, but for a factor."""
    return " + ".join(
        f"{curvature(p, q, coupled)} * {PARTS[p, q] ** 2} * pow({shrink(p, q, coupled)}, 2 * ({step}))"
        for p, q in SIDES
    )


def signals() -> list[alt.Parameter]:
    """`flat` and `steep` curvature of a neuron, `eta` and `count` of the layer, `eta_alone` and `count_alone` uncoupled, `k`."""
    named = {
        "flat": "pow(data('law')[0].s, 2)",
        "steep": "flat + hand_n * pow(data('law')[0].mu, 2)",
        "eta": "2 / ((1 + hand_coupling) * steep + (1 - hand_coupling) * flat)",
        "eta_alone": "2 / (steep + flat)",
        "k": "hand_step",
    }
    for coupled, name in ((True, "count"), (False, "count_alone")):
        named[f"{name}_goal"] = f"{TOLERANCE} * ({loss('0', coupled)})"
        found = "0"
        for bit in range(MOST_STEPS.bit_length() - 1, -1, -1):
            later = f"({found} + {2**bit})"
            named[f"{name}_{bit}"] = f"{found} + ({loss(later, coupled)} <= {name}_goal ? 0 : {2**bit})"
            found = f"{name}_{bit}"
        named[name] = f"{found} + 1"
    named["last"] = "min(k, count)"
    return [alt.param(name=name, expr=expr) for name, expr in named.items()]


def by_panel(pair: Sequence[float]) -> str:
    """One number for the panel of neuron 1, the other for that of neuron 2."""
    return f"(datum.panel ? {pair[1]} : {pair[0]})"


def run_rows() -> alt.Chart:
    """A row for each panel and step up to the one shown: panel, step, x, y."""
    parts = {
        f"e{i}": f"{PARTS[p, q]} * (datum.panel ? {p} : 1) * pow({shrink(p, q, True)}, datum.step)"
        for i, (p, q) in enumerate(SIDES)
    }
    return (
        rows(2 * (STEPS + 1))
        .transform_calculate(panel=f"floor(datum.i / {STEPS + 1})", step=f"datum.i % {STEPS + 1}")
        .transform_filter("datum.step <= last")
        .transform_calculate(**parts)
        .transform_calculate(
            x=f"{by_panel([w[0] for w in TARGET])} + datum.e0 + datum.e1 + datum.e2 + datum.e3",
            y=f"{by_panel([w[1] for w in TARGET])} + datum.e0 - datum.e1 + datum.e2 - datum.e3",
        )
    )
