"""The valleys of the two neurons of `/signs`, as Vega's expressions: the coupling, the number of inputs and the step are in the hand.

Errors are taken apart into four: along (1, 1) or (1, -1) of the neurons, and of a neuron's inputs along the steep or the flat
axis. Each shrinks by 1 - eta lambda a step; lambda is a curvature of the coupling times one of the inputs
(`core.signs.layer.descend_layer`, which tests hold it against). The two weights drawn stand for n / 2 that are alike.
"""

from collections.abc import Sequence
from itertools import product

import altair as alt

from core.signs.layer import MOST_STEPS
from dashboard.look.closed_form import rows
from dashboard.look.colours import NEUTRAL, activation_colour
from dashboard.look.formats import three_expression as three
from dashboard.look.hand import Hold, sliders
from dashboard.look.landscape import REACH_X, REACH_Y, STEPS
from dashboard.look.panels import IN_PIXELS, Panels, X, Y
from dashboard.topics.signs.settings import START, TARGET

TOLERANCE = 1e-4
"""The descent has arrived at this share of its first loss."""

PANELS = Panels(REACH_X, REACH_Y, header=66)

_SIDES = tuple(product((1, -1), (1, -1)))
"""The four parts: of the neurons' sum or difference, and of the steep or the flat axis of their inputs."""

_PARTS = {
    (p, q): sum((p if k else 1) * (q if j else 1) * (START[k][j] - TARGET[k][j]) for k, j in product((0, 1), (0, 1)))
    / 4
    for p, q in _SIDES
}

_LEVELS, _POINTS = 14, 145
"""Contours: the losses 4^-6 to 4^7, and points on each."""


def _curvature(p: int, q: int, coupled: bool) -> str:
    along = "steep" if q > 0 else "flat"
    return f"(1 {'+' if p > 0 else '-'} hand_coupling) * {along}" if coupled else along


def _shrink(p: int, q: int, coupled: bool) -> str:
    return f"(1 - {'eta' if coupled else 'eta_alone'} * {_curvature(p, q, coupled)})"


def _loss(step: str, coupled: bool) -> str:
    return " + ".join(
        f"{_curvature(p, q, coupled)} * {_PARTS[p, q] ** 2} * pow({_shrink(p, q, coupled)}, 2 * ({step}))"
        for p, q in _SIDES
    )


def _signals() -> list[alt.Parameter]:
    """`flat` and `steep` curvature of a neuron, `eta` and `count` of the layer, `eta_alone` and `count_alone` uncoupled, `k`."""
    named = {
        "flat": "pow(data('law')[0].s, 2)",
        "steep": "flat + hand_n * pow(data('law')[0].mu, 2)",
        "eta": "2 / ((1 + hand_coupling) * steep + (1 - hand_coupling) * flat)",
        "eta_alone": "2 / (steep + flat)",
        "k": "hand_step",
    }
    for coupled, name in ((True, "count"), (False, "count_alone")):
        named[f"{name}_goal"] = f"{TOLERANCE} * ({_loss('0', coupled)})"
        found = "0"
        for bit in range(MOST_STEPS.bit_length() - 1, -1, -1):
            later = f"({found} + {2**bit})"
            named[f"{name}_{bit}"] = f"{found} + ({_loss(later, coupled)} <= {name}_goal ? 0 : {2**bit})"
            found = f"{name}_{bit}"
        named[name] = f"{found} + 1"
    named["last"] = "min(k, count)"
    return [alt.param(name=name, expr=expr) for name, expr in named.items()]


def _by_panel(pair: Sequence[float]) -> str:
    return f"(datum.panel ? {pair[1]} : {pair[0]})"


def _placed(chart: alt.Chart) -> alt.Chart:
    """The pixels px and py of a row's x and y, null outside the frame."""
    x, y = PANELS.across("datum.x"), PANELS.down("datum.y")
    # Scales that map pixels to themselves: without one a line is not broken where a value is missing.
    across = alt.Scale(domainMin=0, domainMax=alt.ExprRef("width"), nice=False, zero=False)
    down = alt.Scale(domainMin=0, domainMax=alt.ExprRef("height"), nice=False, zero=False, reverse=True)
    return (
        chart.transform_calculate(inside=f"abs(datum.x) <= {REACH_X} && abs(datum.y) <= {REACH_Y}")
        .transform_calculate(px=f"datum.inside ? {PANELS.left(x)} : null", py=f"datum.inside ? {PANELS.top(y)} : null")
        .encode(x=alt.X("px:Q", axis=None, scale=across), y=alt.Y("py:Q", axis=None, scale=down))
    )


def _contours() -> alt.Chart:
    """Curves of one loss around each target, each four times the one inside it."""
    curves = (
        rows(2 * _LEVELS * _POINTS)
        .transform_calculate(
            panel=f"floor(datum.i / {_LEVELS * _POINTS})",
            curve=f"floor(datum.i / {_POINTS})",
            level=f"pow(4, floor(datum.i / {_POINTS}) % {_LEVELS} - 6)",
            order=f"datum.i % {_POINTS}",
        )
        # A curve whose nearest point is beyond the farthest corner is not seen.
        .transform_filter(f"2 * datum.level < steep * {(REACH_X + 1) ** 2 + (REACH_Y + 1) ** 2}")
        # Between equal angles of the ellipse and equal angles of sight: its tips are smooth, and so are its long sides.
        .transform_calculate(
            u=f"cos(2 * PI * datum.order / {_POINTS - 1}) * pow(flat, -0.25)",
            w=f"sin(2 * PI * datum.order / {_POINTS - 1}) * pow(steep, -0.25)",
        )
        .transform_calculate(r="sqrt(datum.level / (flat * datum.u * datum.u + steep * datum.w * datum.w))")
        .transform_calculate(
            x=f"{_by_panel([w[0] for w in TARGET])} + datum.r * (datum.w + datum.u)",
            y=f"{_by_panel([w[1] for w in TARGET])} + datum.r * (datum.w - datum.u)",
        )
    )
    return (
        _placed(curves)
        .mark_line(strokeWidth=1, opacity=0.45, color=NEUTRAL, invalid="break-paths-show-domains")
        .encode(detail="curve:Q", order="order:Q")
        .properties(name="contours")
    )


def _paths() -> list[alt.Chart]:
    """The path up to the step shown, and where it stands."""
    parts = {
        f"e{i}": f"{_PARTS[p, q]} * (datum.panel ? {p} : 1) * pow({_shrink(p, q, True)}, datum.step)"
        for i, (p, q) in enumerate(_SIDES)
    }
    run = (
        rows(2 * (STEPS + 1))
        .transform_calculate(panel=f"floor(datum.i / {STEPS + 1})", step=f"datum.i % {STEPS + 1}")
        .transform_filter("datum.step <= last")
        .transform_calculate(**parts)
        .transform_calculate(
            x=f"{_by_panel([w[0] for w in TARGET])} + datum.e0 + datum.e1 + datum.e2 + datum.e3",
            y=f"{_by_panel([w[1] for w in TARGET])} + datum.e0 - datum.e1 + datum.e2 - datum.e3",
        )
    )
    looked = alt.LookupData(alt.NamedData("law"), key="panel", fields=["activation"])
    placed = _placed(run).transform_lookup(lookup="panel", from_=looked).encode(color=activation_colour())
    line = placed.mark_line(strokeWidth=2, invalid="break-paths-show-domains").encode(detail="panel:Q", order="step:Q")
    dots = placed.transform_filter("datum.inside").mark_circle(size=16, opacity=0.9)
    head = placed.transform_filter("datum.inside && datum.step == last").mark_circle(
        size=110, opacity=1, stroke="white", strokeWidth=1.5
    )
    return [line, dots, head.properties(name="head")]


def _ends() -> list[alt.Chart]:
    """Start and target of each panel, named away from each other, so that the path between them crosses no name."""
    starts, targets = ([w[axis] for w in START] for axis in (0, 1)), ([w[axis] for w in TARGET] for axis in (0, 1))
    (x0, y0), (x1, y1) = starts, targets
    marks = _placed(
        rows(4)
        .transform_calculate(panel="floor(datum.i / 2)", end="datum.i % 2 ? 'target' : 'start'")
        .transform_calculate(
            x=f"datum.i % 2 ? {_by_panel(x1)} : {_by_panel(x0)}",
            y=f"datum.i % 2 ? {_by_panel(y1)} : {_by_panel(y0)}",
            up=f"(datum.i % 2 ? 1 : -1) * ({_by_panel(y1)} - {_by_panel(y0)}) > 0",
        )
    )
    shape = alt.Shape("end:N", scale=alt.Scale(domain=["start", "target"], range=["square", "cross"]), legend=None)
    return [
        marks.mark_point(filled=False, strokeWidth=2, size=110, color=NEUTRAL).encode(shape=shape),
        marks.mark_text(dy=alt.ExprRef("datum.up ? -15 : 16"), fontSize=12, color=NEUTRAL).encode(text="end:N"),
    ]


def _steps(count: str) -> str:
    return f"format({count}, ',') + ({count} == 1 ? ' step' : ' steps')"


def _told() -> list[alt.Chart]:
    """Over the panels: kappa of a neuron and of the layer, the step shown, the steps needed, and what a weight stands for."""
    share = f"({_loss('last', True)}) / (count_goal / {TOLERANCE})"
    of = f"count > k && k == {STEPS} ? 'the first {STEPS} of ' + format(count, ',') + ' steps' : 'step ' + last"
    alone = f"hand_coupling > 0 ? 'uncoupled: ' + {_steps('count_alone')} : 'not coupled'"
    layer = f"{three('(1 + hand_coupling) / (1 - hand_coupling) * steep / flat')} + ': ' + {_steps('count')}"
    alike = "(hand_n > 2 ? '; a weight stands for ' + hand_n / 2 : '')"
    lines = {
        "compared": (-28, f"datum.panel ? 'the layer: κ ' + {layer} : 'each neuron: κ ' + {three('steep / flat')}"),
        "step_told": (
            -11,
            f"datum.panel ? ({alone}) + {alike} : ({of}) + ': loss ' + {three(share)} + ' of its first'",
        ),
    }
    return [
        rows(2)
        .transform_calculate(panel="datum.i")
        .transform_calculate(px=PANELS.left("0"), py=PANELS.top(str(down)), note=text)
        .mark_text(align="left", fontSize=12, fontWeight=600, color=NEUTRAL)
        .encode(x=X, y=Y, text="note:N")
        .properties(name=name)
        for name, (down, text) in lines.items()
    ]


def valleys(*, hand: Sequence[Hold]) -> alt.TopLevelMixin:
    """The valley of each of the two neurons, and the path of the layer's descent in both at once.

    How to read it: at any step the two neurons may move with different signs, and yet each has its own valley, of the same
    shape (drawn with the other neuron at its target). Coupled, they are slower together. The sliders set the step, the coupling
    and the number of inputs.
    Datasets: panels (panel, title, x, y) and law (panel, mu, s, activation), as `frames.valleys` makes them.
    Source: after LeCun, Bottou, Orr and Muller, Efficient BackProp, 1998.
    """
    # Drawn over the law, so that it is there for the signals too: data that no layer draws are left out.
    law = alt.Chart(alt.NamedData("law")).mark_point(opacity=0)
    return (
        alt.layer(*PANELS.frames(), law, _contours(), *_paths(), *_ends(), *_told())
        .add_params(*sliders(hand), *PANELS.layout(), *_signals())
        .resolve_scale(color="independent", x="independent", y="independent")
        .properties(height=430, **IN_PIXELS)
    )
