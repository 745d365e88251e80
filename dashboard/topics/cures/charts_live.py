"""The race of `/cures` as marks that follow the hand, over the closed forms of `dashboard.topics.cures.closed_form`."""

from collections.abc import Sequence

import altair as alt

from dashboard.look.closed_form import rows
from dashboard.look.colours import NEUTRAL
from dashboard.look.formats import three_expression as three
from dashboard.look.hand import Hold, sliders
from dashboard.look.panels import Panels, X, Y
from dashboard.topics.cures.closed_form import ADAM, REACH_X, REACH_Y, RUNNERS, TRAIL, ball, of, signals

FRESH = 3
"""The strides after which what a runner leaves behind has faded to a third."""

ROW = 24
PANELS = Panels(REACH_X, REACH_Y, below=44 + len(RUNNERS) * ROW, header=48)

_LEVELS, _POINTS = 12, 73


def _turned(chart: alt.Chart, steep: str, flat: str, end: str = "") -> alt.Chart:
    """Errors along the two directions as the two axes: `x` and `y`."""
    return chart.transform_calculate(
        **{f"x{end}": f"({steep} + {flat}) / sqrt(2)", f"y{end}": f"({steep} - {flat}) / sqrt(2)"}
    )


_SCALE = alt.Scale(domain=[one.name for one in RUNNERS], range=[one.colour for one in RUNNERS])
_COLOUR = alt.Color("name:N", scale=_SCALE, legend=None)
_SHAPE = alt.Shape("name:N", scale=alt.Scale(domain=_SCALE.domain, range=[one.shape for one in RUNNERS]), legend=None)
_PALE = f"(datum.m == {ADAM} && stale ? 0.25 : 1)"


def _pixels(chart: alt.Chart, x: str = "x", y: str = "y", end: str = "") -> alt.Chart:
    return chart.transform_calculate(
        **{
            f"px{end}": PANELS.left(PANELS.across(f"datum.{x}")),
            f"py{end}": PANELS.top(PANELS.down(f"datum.{y}")),
        }
    )


def contours() -> alt.Chart:
    """Curves of one loss around the target, each four times the one inside it; broken where they leave the frame."""
    ours = "(datum.panel ? flat : steep)"
    curves = (
        rows(2 * _LEVELS * _POINTS)
        .transform_calculate(
            panel=f"floor(datum.i / {_LEVELS * _POINTS})",
            curve=f"floor(datum.i / {_POINTS})",
            level=f"flat * pow(4, floor(datum.i / {_POINTS}) % {_LEVELS} - 3)",
            order=f"datum.i % {_POINTS}",
        )
        .transform_filter(f"datum.level < {ours} * {REACH_X**2 + REACH_Y**2}")
        .transform_calculate(
            u=f"cos(2 * PI * datum.order / {_POINTS - 1}) * pow(flat, -0.25)",
            w=f"sin(2 * PI * datum.order / {_POINTS - 1}) * pow({ours}, -0.25)",
        )
        .transform_calculate(r=f"sqrt(datum.level / (flat * datum.u * datum.u + {ours} * datum.w * datum.w))")
    )
    curves = _turned(curves, "datum.r * datum.w", "datum.r * datum.u").transform_calculate(
        inside=f"abs(datum.x) <= {REACH_X} && abs(datum.y) <= {REACH_Y}"
    )
    return (
        placed(curves)
        .mark_line(strokeWidth=1, opacity=0.4, color=NEUTRAL, invalid="break-paths-show-domains")
        .encode(detail="curve:Q", order="order:Q")
        .properties(name="contours")
    )


def placed(chart: alt.Chart) -> alt.Chart:
    """The pixels px and py of a row's x and y, null where it is not `inside`."""
    across = alt.Scale(domainMin=0, domainMax=alt.ExprRef("width"), nice=False, zero=False)
    down = alt.Scale(domainMin=0, domainMax=alt.ExprRef("height"), nice=False, zero=False, reverse=True)
    return chart.transform_calculate(
        px=f"datum.inside ? {PANELS.left(PANELS.across('datum.x'))} : null",
        py=f"datum.inside ? {PANELS.top(PANELS.down('datum.y'))} : null",
    ).encode(x=alt.X("px:Q", axis=None, scale=across), y=alt.Y("py:Q", axis=None, scale=down))


def _strides(chart: alt.Chart) -> alt.Chart:
    """Rows with steep, flat, steep2, flat2, m and panel as the part of each stride that lies within the frame."""
    chart = _turned(_turned(chart, "datum.steep", "datum.flat"), "datum.steep2", "datum.flat2", "2")
    ends: dict[str, str] = {}
    for axis, reach in (("x", REACH_X), ("y", REACH_Y)):
        along = f"(datum.{axis}2 - datum.{axis})"
        # A stride along an edge would divide by nothing: a little is added, less than a pixel.
        low, high = (f"({side * reach} - datum.{axis}) / ({along} + 1e-12)" for side in (-1, 1))
        ends |= {f"in_{axis}": f"min({low}, {high})", f"out_{axis}": f"max({low}, {high})"}
    chart = chart.transform_calculate(**ends).transform_calculate(
        enters="max(0, datum.in_x, datum.in_y)", leaves="min(1, datum.out_x, datum.out_y)"
    )
    chart = chart.transform_filter("datum.enters < datum.leaves").transform_calculate(
        **{
            f"{axis}{end}_cut": f"datum.{axis} + datum.{share} * (datum.{axis}2 - datum.{axis})"
            for axis in "xy"
            for end, share in (("", "enters"), ("2", "leaves"))
        },
        name="names[datum.m]",
    )
    chart = _pixels(_pixels(chart, "x_cut", "y_cut"), "x2_cut", "y2_cut", "2")
    fresh = f"(0.06 + 0.78 * exp(-({of('at', 'datum.m')} - datum.step) / {FRESH}))"
    return chart.mark_rule(strokeWidth=1.8, opacity=alt.ExprRef(f"{fresh} * {_PALE}")).encode(
        x=X, y=Y, x2="px2:Q", y2="py2:Q", color=_COLOUR
    )


def paths() -> list[alt.Chart]:
    """The strides so far: plain descent and momentum in closed form, Adam as it was measured, the two that jump."""
    live = (
        rows(2 * TRAIL)
        .transform_calculate(m=f"floor(datum.i / {TRAIL})", panel="0")
        .transform_calculate(step=f"{of('at', 'datum.m')} - 1 - datum.i % {TRAIL}")
        .transform_filter("datum.step >= 0")
        .transform_calculate(until="datum.step + 1")
    )
    for end, t in (("", "datum.step"), ("2", "datum.until")):
        live = live.transform_calculate(
            **{
                f"steep{end}": f"datum.m ? {ball(t, -1)} : pow(-rho, {t})",
                f"flat{end}": f"datum.m ? {ball(t, 1)} : pow(rho, {t})",
            }
        )
    measured = alt.Chart(alt.NamedData("adam")).transform_filter(
        f"datum.step < k && datum.step >= {of('at', str(ADAM))} - {TRAIL}"
    )
    jumps = (
        rows(2)
        .transform_filter("k > 0")
        .transform_calculate(
            m="3 + datum.i", panel="datum.i ? 0 : 1", step="0", steep="1", flat="1", steep2="0", flat2="0"
        )
    )
    return [
        _strides(live).properties(name="strides"),
        _strides(measured).properties(name="measured"),
        _strides(jumps).encode(strokeDash=alt.value([6, 4])).properties(name="jumps"),
    ]


def heads() -> alt.Chart:
    """Where each runner stands in its valley."""
    here = _turned(
        rows(len(RUNNERS)).transform_calculate(
            m="datum.i", name="names[datum.i]", panel=f"{[one.panel for one in RUNNERS]}[datum.i]"
        ),
        of("steep", "datum.i"),
        of("flat", "datum.i"),
    )
    here = _pixels(here.transform_filter(f"abs(datum.x) <= {REACH_X} && abs(datum.y) <= {REACH_Y}"))
    return (
        here.mark_point(filled=True, size=120, stroke="white", strokeWidth=1.2, opacity=alt.ExprRef(_PALE))
        .encode(x=X, y=Y, color=_COLOUR, shape=_SHAPE)
        .properties(name="heads")
    )


_START, _END = "(wide ? margin + 96 * type : 84 * type)", "(wide ? width - margin - 104 * type : width - 92 * type)"
_LANE = f"bottom + 40 + datum.i * {ROW}"


def lanes() -> list[alt.Chart]:
    """The race itself: a lane each, from the first loss on the left to the goal on the right, and the steps at its end."""
    lane = rows(len(RUNNERS)).transform_calculate(
        m="datum.i",
        name="names[datum.i]",
        count=of("count", "datum.i"),
        run=f"clamp(log(max({of('loss', 'datum.i')}, 1e-30)) / log(goal), 0, 1)",
    )
    lane = lane.transform_calculate(
        from_=_START, to=_END, px=f"{_START} + datum.run * ({_END} - {_START})", py=_LANE
    ).transform_calculate(
        told="datum.count < 0 ? 'more than 5,000' : format(datum.count, ',') + (datum.count == 1 ? ' step' : ' steps')"
    )
    start = alt.X("from_:Q", scale=None, axis=None)
    track = lane.mark_rule(color=NEUTRAL, opacity=0.35, strokeWidth=1).encode(x=start, x2="to:Q", y=Y)
    run = lane.mark_rule(strokeWidth=4, opacity=alt.ExprRef(_PALE)).encode(x=start, x2="px:Q", y=Y, color=_COLOUR)
    head = lane.mark_point(filled=True, size=110, stroke="white", strokeWidth=1.2, opacity=alt.ExprRef(_PALE)).encode(
        x=X, y=Y, color=_COLOUR, shape=_SHAPE
    )
    names = lane.mark_text(align="right", dx=-12, fontSize=13, color=NEUTRAL).encode(x=start, y=Y, text="name:N")
    counts = lane.mark_text(
        align="left", dx=12, fontSize=14, fontWeight=600, color=NEUTRAL, opacity=alt.ExprRef(_PALE)
    ).encode(x=alt.X("to:Q", scale=None, axis=None), y=Y, text="told:N")
    return [
        track,
        run.properties(name="lanes"),
        head.properties(name="lane_heads"),
        names,
        counts.properties(name="counts"),
    ]


def notes() -> list[alt.Chart]:
    """Over each panel how lopsided it is; over the lanes the step."""
    over = alt.Chart(alt.NamedData("panels"))
    title = (
        over.transform_calculate(px=PANELS.left("0"), py=PANELS.top("-32"))
        .mark_text(align="left", fontSize=14, fontWeight=600, color=NEUTRAL)
        .encode(x=X, y=Y, text="title:N")
    )
    kappa = (
        over.transform_calculate(
            px=PANELS.left("0"),
            py=PANELS.top("-12"),
            text=f"datum.panel ? 'as steep every way: κ 1' : 'steepest over flattest: κ ' + {three('kappa')}",
        )
        .mark_text(align="left", fontSize=13, color=NEUTRAL)
        .encode(x=X, y=Y, text="text:N")
        .properties(name="kappa_told")
    )
    step = (
        rows(1)
        .transform_calculate(
            px=f"wide ? {_START} : 4",
            py="bottom + 16",
            text="(k == 1 ? 'after 1 step' : 'after ' + format(k, ',') + ' steps')"
            " + (wide ? ': how far the loss has come, on a log scale' : ': loss so far, log scale')",
        )
        .mark_text(align="left", fontSize=13, color=NEUTRAL)
        .encode(x=X, y=Y, text="text:N")
        .properties(name="step_told")
    )
    return [title, kappa, step]


def carrier() -> alt.Chart:
    """Draws nothing over the law, so that the signals have it: data that no layer draws are left out."""
    return alt.Chart(alt.NamedData("law")).mark_point(opacity=0, aria=False)


def moments() -> alt.Chart:
    """Likewise, over Adam's moments."""
    return alt.Chart(alt.NamedData("moments")).mark_point(opacity=0, aria=False)


def params(holds: Sequence[Hold], uniform: bool) -> list[alt.Parameter]:
    """Every parameter of the race."""
    ends = {"x_start": "sqrt(2)", "y_start": "0", "x_target": "0", "y_target": "0"}
    fixed = [alt.param(name=name, expr=expr) for name, expr in ends.items()]
    return [*sliders(holds), *PANELS.layout(), *fixed, *signals(uniform)]
