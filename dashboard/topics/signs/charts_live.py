"""What is in the hand on `/signs`: a sample, its multiplication table and what it makes in words; and the two valleys."""

from collections.abc import Sequence

import altair as alt

from dashboard.look.closed_form import rows
from dashboard.look.colours import DOWN, NEUTRAL, UP, ZERO, activation_colour, sign_colour
from dashboard.look.formats import three_expression
from dashboard.look.hand import COLOUR
from dashboard.look.landscape import REACH_X, REACH_Y, STEPS, placed
from dashboard.look.names import clear
from dashboard.look.panels import Panels, X, Y
from dashboard.topics.signs.closed_form import TOLERANCE, by_panel, loss, run_rows
from dashboard.topics.signs.settings import START, TARGET

PANELS = Panels(REACH_X, REACH_Y, header=66)

TEXT = alt.ExprRef("luminance(background) > 0.5 ? '#14171D' : '#ECEEF2'")
"""Numbers to be read, as dark or as light as the page's own words."""


def sample(least: float) -> list[alt.Parameter]:
    """The signals of the sample that is in the hand: its inputs, each neuron's push, what w1 to w4 move by, and the code of the
    pattern that they make (`dashboard.topics.signs.frames.pattern_code`), -1 where some weight stays."""
    named = {f"input{j}": f"max({least}, hand_a{j})" for j in (1, 2)}
    named |= {f"push{k}": f"-hand_delta{k}" for k in (1, 2)}
    named |= {f"w{2 * k + j - 2}": f"push{k} * input{j}" for k in (1, 2) for j in (1, 2)}
    named["made"] = "w1 * w4 == 0 || w2 * w3 == 0 ? -1 : 8 * (w1 > 0) + 4 * (w2 > 0) + 2 * (w3 > 0) + (w4 > 0)"
    named["stops1"], named["stops2"] = (f"{least == 0:d} && input{j} == 0" for j in (1, 2))
    return [alt.param(name=name, expr=expr) for name, expr in named.items()]


_CELLS = (
    ("a₁", "input1", 0, 1),
    ("a₂", "input2", 0, 2),
    ("−δ₁", "push1", 1, 0),
    ("−δ₂", "push2", 2, 0),
    *((f"w{'₁₂₃₄'[2 * k + j - 3]}", f"w{2 * k + j - 2}", k, j) for k in (1, 2) for j in (1, 2)),
)
"""The table of the sample in the hand: name, signal, row and column of each cell."""


def table_by_hand(source: str) -> list[alt.Chart]:
    """The multiplication table of the sample that is in the hand, and what it makes in words."""

    def each(values: Sequence[str]) -> str:
        return f"[{', '.join(values)}][datum.i]"

    names, signals, down, across = zip(*_CELLS, strict=True)
    left = "((wide ? 0 : slot) + (slot - 3 * cell) / 2)"

    def cells(lower: str = "") -> alt.Chart:
        return (
            rows(len(_CELLS))
            .transform_calculate(
                name=each([repr(name) for name in names]),
                value=each(signals),
                px=f"{left} + cell * ({each([str(one) for one in across])} + 0.5)",
                py=f"by_hand + cell * ({each([str(one) for one in down])} + 0.5){lower}",
            )
            .transform_calculate(
                # An arrow is an update; an input has a plain sign.
                glyph=f"datum.value == 0 ? '{ZERO}' : datum.i < 2 ? (datum.value > 0 ? '+' : '−') : datum.value > 0 ? '{UP}' : '{DOWN}'",
                told=three_expression("datum.value"),
                size="cell / 3.4 * (datum.i < 2 ? 1 : 0.6 + 0.6 * sqrt(abs(datum.value)))",
            )
            .encode(x=X, y=Y)
        )

    frame = (
        cells()
        .transform_filter("datum.i > 3")
        .mark_rect(filled=False, stroke=COLOUR, strokeWidth=1.5, width=alt.ExprRef("cell"), height=alt.ExprRef("cell"))
    )
    glyph = cells().mark_text(fontSize=alt.ExprRef("datum.size")).encode(text="glyph:N", color=sign_colour("glyph"))
    name = cells(" - cell / 3").mark_text(fontSize=12, color=NEUTRAL)
    value = cells(" + cell / 3").mark_text(fontSize=12, color=TEXT)
    name, value = name.encode(text="name:N"), value.encode(text="told:N")
    layers = [frame, glyph.properties(name="hand_glyphs"), name, value.properties(name="hand_values")]
    return [*layers, *_words_by_hand(left, source)]


def _words_by_hand(left: str, source: str) -> list[alt.Chart]:
    """Over the table its caption; under it the pattern that it makes, and whether an input is held at 0."""
    pattern = " + ', ' + ".join(
        f"(w{2 * k - 1} > 0 ? 'up ' : 'down ') + (w{2 * k} > 0 ? 'up' : 'down')" for k in (1, 2)
    )
    caption = (
        rows(1)
        .transform_calculate(px=f"{left} + 2 * cell", py="by_hand - 14", told="'in your hand'")
        .mark_text(fontSize=alt.ExprRef("wide ? 13 : 12"), fontWeight=600, color=NEUTRAL)
    )
    makes = f"made < 0 ? 'makes no pattern: a weight stays' : 'makes ' + {pattern}"
    held = "(stops1 && stops2 ? 'a₁ and a₂ stop' : stops1 ? 'a₁ stops' : 'a₂ stops')"
    stop = f"stops1 || stops2 ? {held} + ' at 0: {source} is never negative' : ''"
    words = (
        rows(2)
        .transform_calculate(
            px=f"wide ? {left} : width - 2",
            py="by_hand + 3 * cell + 16 + 17 * datum.i",
            told=f"datum.i ? {stop} : {makes}",
        )
        # On a phone wider than the table, which stands at the right edge.
        .mark_text(align=alt.ExprRef("wide ? 'left' : 'right'"), fontSize=12, fontWeight=600, color=NEUTRAL)
        .properties(name="hand_told")
    )
    return [layer.encode(x=X, y=Y, text="told:N") for layer in (caption, words)]


_LEVELS, _POINTS = 14, 145
"""Contours: the losses 4^-6 to 4^7, and points on each."""


def _placed(chart: alt.Chart) -> alt.Chart:
    """The pixels px and py of a row's x and y, null outside the frame."""
    return placed(PANELS, chart.transform_calculate(inside=f"abs(datum.x) <= {REACH_X} && abs(datum.y) <= {REACH_Y}"))


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
            x=f"{by_panel([w[0] for w in TARGET])} + datum.r * (datum.w + datum.u)",
            y=f"{by_panel([w[1] for w in TARGET])} + datum.r * (datum.w - datum.u)",
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
    looked = alt.LookupData(alt.NamedData("law"), key="panel", fields=["activation"])
    placed = _placed(run_rows()).transform_lookup(lookup="panel", from_=looked).encode(color=activation_colour())
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
            x=f"datum.i % 2 ? {by_panel(x1)} : {by_panel(x0)}",
            y=f"datum.i % 2 ? {by_panel(y1)} : {by_panel(y0)}",
            up=f"(datum.i % 2 ? 1 : -1) * ({by_panel(y1)} - {by_panel(y0)}) > 0",
        )
    )
    shape = alt.Shape("end:N", scale=alt.Scale(domain=["start", "target"], range=["square", "cross"]), legend=None)
    return [
        marks.mark_point(filled=False, strokeWidth=2, size=110, color=NEUTRAL).encode(shape=shape),
        *clear(marks.encode(text="end:N"), dy=alt.ExprRef("datum.up ? -15 : 16"), fontSize=12, color=NEUTRAL),
    ]


def _steps(count: str) -> str:
    return f"format({count}, ',') + ({count} == 1 ? ' step' : ' steps')"


def _told() -> list[alt.Chart]:
    """Over the panels: kappa of a neuron and of the layer, the step shown, the steps needed, and what a weight stands for."""
    share = f"({loss('last', True)}) / (count_goal / {TOLERANCE})"
    of = f"count > k && k == {STEPS} ? 'the first {STEPS} of ' + format(count, ',') + ' steps' : 'step ' + last"
    alone = f"hand_coupling > 0 ? 'uncoupled: ' + {_steps('count_alone')} : 'not coupled'"
    layer = f"{three_expression('(1 + hand_coupling) / (1 - hand_coupling) * steep / flat')} + ': ' + {_steps('count')}"
    alike = "(hand_n > 2 ? '; a weight stands for ' + hand_n / 2 : '')"
    lines = {
        "compared": (
            -28,
            f"datum.panel ? 'the layer: κ ' + {layer} : 'each neuron: κ ' + {three_expression('steep / flat')}",
        ),
        "step_told": (
            -11,
            f"datum.panel ? ({alone}) + {alike} : ({of}) + ': loss ' + {three_expression(share)} + ' of its first'",
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


def valley_marks() -> list[alt.Chart]:
    """Both valleys with their paths, from the datasets `panels` and `law`."""
    # Drawn over the law, so that it is there for the signals too: data that no layer draws are left out.
    law = alt.Chart(alt.NamedData("law")).mark_point(opacity=0)
    weights = PANELS.weights(f"{by_panel([w[0] for w in TARGET])} < 0", (("w₁", "w₂"), ("w₃", "w₄")))
    return [*PANELS.frames(), law, _contours(), *weights, *_paths(), *_ends(), *_told()]
