"""The pictures of `/neuron`."""

import altair as alt

from dashboard.look.closed_form import Scene, stale, update_rows
from dashboard.look.colours import NEUTRAL, activation_colour, sign_colour
from dashboard.look.landscape import REACH_X, REACH_Y, STEPS
from dashboard.look.leap import leap
from dashboard.look.names import clear
from dashboard.look.panels import Panels, X, Y
from dashboard.look.readout import BESIDE, HEADER, live, titles
from dashboard.look.readout import measured as counted
from dashboard.look.valley import measured, pale, paths, valleys, wedges
from dashboard.look.vega import TAP

CELL = 0.2
"""A click moves a point to the nearest multiple of this."""

RADIUS = 2 * REACH_X / 7
"""Of a wedge, as weights: a seventh of a panel."""

ROW, INDENT = 18, 100
PANELS = Panels(REACH_X, REACH_Y, below=4 * ROW + 20, header=HEADER, beside=BESIDE)
# A phone has room for half of the steps: it shows those around the current one.
_WINDOW = [
    alt.param(name="shown", expr=f"wide ? {STEPS} : {STEPS // 2}"),
    alt.param(name="first", expr=f"wide ? 0 : clamp(k - {STEPS // 4}, 0, {STEPS // 2})"),
]
_EDGE = "(wide ? margin : 0)"
_STRIP_X = f"{_EDGE} + {INDENT} + ({{step}} - first + 0.5) / shown * (width - 2 * {_EDGE} - {INDENT})"
_STRIP_Y = f"bottom + 22 + datum.row * {ROW}"


def landscapes(*, scene: Scene) -> alt.TopLevelMixin:
    """Two loss landscapes over the weights (w1, w2), the given inputs and the same inputs centred, at one scale.

    How to read it: each closed curve is one loss, four times the one inside it; the path starts at the square and
    should end at the cross. The wedge at the current step covers every direction in which one sample could push; how long
    it is says nothing. Over each panel, what the learning rate makes of the steep direction, and what the step shown has come
    to; under both, the sign of each weight's update at each step, an arrow up or down. Everything follows the hand: the
    sliders, and start and target, which can be dragged; a click in a panel moves one of them, a click in the strip picks its step.
    Datasets: panels, laws, rows and parities, as `dashboard.look.descent`, `frames` and `dashboard.ui.page.Page.parity` make
    them.
    Source: after LeCun, Bottou, Orr and Muller, Efficient BackProp, 1998 (the landscape of a linear unit).
    """
    strip = update_rows(scene)
    own = [] if scene.best else leap(PANELS)
    runs = [
        *titles(PANELS),
        *own,
        wedges(PANELS, scene, RADIUS),
        *paths(PANELS, scene),
        *live(PANELS, scene),
        *_strip(strip),
        _targets(),
    ]
    return valleys(PANELS, scene, runs, _WINDOW).properties(height=500)


def batches(*, scene: Scene) -> alt.TopLevelMixin:
    """The same landscapes with two runs of small batches, which are measured step by step.

    How to read it: as the other; but what has no closed form goes pale while the hand is elsewhere, and follows on release.
    Datasets: panels, laws, path, heads, notes, wedges, strip, rows and parities, as `dashboard.look.descent`, `frames`
    and `dashboard.ui.page.Page.parity` make them.
    Source: as `landscapes`.
    """
    wedge = (
        PANELS.place("wedges")
        .transform_filter("datum.step == k")
        .transform_calculate(radius=f"datum.radius / {2 * REACH_X} * side")
        .mark_arc(radius=alt.ExprRef("datum.radius"), opacity=pale(0.28), color=NEUTRAL)
        .encode(theta=alt.Theta("theta:Q", scale=None), theta2="theta2:Q")
    )
    runs = [
        *titles(PANELS),
        wedge,
        *measured(PANELS),
        *counted(PANELS, pale(1)),
        *_strip(alt.Chart(alt.NamedData("strip"))),
        _targets(),
    ]
    return valleys(PANELS, scene, runs, [stale(scene), *_WINDOW]).properties(height=500)


def _strip(rows: alt.Chart) -> list[alt.Chart]:
    """The arrows of the updates, and the names of their rows; `rows` has row, step and glyph."""
    glyphs = (
        rows.transform_filter("datum.step >= first && datum.step < first + shown")
        .transform_calculate(px=_STRIP_X.format(step="datum.step"), py=_STRIP_Y)
        .mark_text(fontSize=alt.ExprRef("wide ? 12 : 9"))
        .encode(
            x=X,
            y=Y,
            text="glyph:N",
            color=sign_colour("glyph"),
            opacity=alt.condition("datum.step < k", alt.value(1), alt.value(0.35)),
        )
    )
    names = (
        alt.Chart(alt.NamedData("rows"))
        .transform_calculate(px=_EDGE, py=_STRIP_Y)
        .mark_text(align="left", fontSize=12, color=NEUTRAL)
        .encode(x=X, y=Y, text="name:N")
    )
    return [glyphs, names]


def _targets() -> alt.Chart:
    """Invisible cells that catch a click, in one layer so that one selection tells the last click: panel -1 is the
    strip, where x is the step. They are counted out in the browser, so that no rerun touches them; only the pick before, of
    `dashboard.ui.page.Page.parity`, is looked up."""
    side = round(4 / CELL) + 1
    cells = side * side
    pick = alt.selection_point(name="pick", fields=["panel", "x", "y", "parity"], on=TAP, clear=False, toggle=False)
    window = f"(width - 2 * {_EDGE} - {INDENT}) / shown"
    # The outermost cells reach as far as the frame: no click in a panel is lost.
    across, up = (
        [
            f"(datum.{axis} < -1.9 ? -{reach} : datum.{axis} - {CELL / 2})",
            f"(datum.{axis} > 1.9 ? {reach} : datum.{axis} + {CELL / 2})",
        ]
        for axis, reach in (("x", REACH_X), ("y", REACH_Y))
    )
    return (
        alt.Chart(alt.sequence(0, 2 * cells + STEPS, as_="i"))
        .transform_calculate(panel=f"datum.i < {2 * cells} ? floor(datum.i / {cells}) : -1")
        .transform_calculate(
            x=f"datum.panel < 0 ? datum.i - {2 * cells} : round(10 * (datum.i % {side} * {CELL} - 2)) / 10",
            y=f"datum.panel < 0 ? 0 : round(10 * (floor(datum.i % {cells} / {side}) * {CELL} - 2)) / 10",
        )
        .transform_calculate(picture="0")
        .transform_lookup(
            lookup="picture", from_=alt.LookupData(alt.NamedData("parities"), key="picture", fields=["parity"])
        )
        .transform_filter("datum.panel >= 0 || datum.x >= first && datum.x < first + shown")
        .transform_calculate(
            px=f"datum.panel < 0 ? {_STRIP_X.format(step='datum.x')} : "
            + PANELS.left(f"(({across[0]} + {across[1]}) / 2 + {REACH_X}) / {2 * REACH_X} * side"),
            py=f"datum.panel < 0 ? bottom + 22 + {1.5 * ROW} : "
            + PANELS.top(f"({REACH_Y} - ({up[0]} + {up[1]}) / 2) / {2 * REACH_Y} * tall"),
        )
        .mark_rect(
            opacity=0,
            cursor="pointer",
            width=alt.ExprRef(f"(datum.panel < 0 ? {window} : ({across[1]} - {across[0]}) / {2 * REACH_X} * side) + 1"),
            height=alt.ExprRef(f"datum.panel < 0 ? {4 * ROW} : ({up[1]} - {up[0]}) / {2 * REACH_Y} * tall + 1"),
        )
        .encode(x=X, y=Y, tooltip=alt.value(None))
        .add_params(pick)
    )


def mean_sweep() -> alt.TopLevelMixin:
    """Condition number and steps needed against the mean of the inputs, at one spread, on one logarithmic axis.

    How to read it: the vertical rule is where your inputs stand. The curves rise together: what the mean adds to the
    steepest curvature, descent pays for in steps.
    Datasets: sweep (mean, quantity, value), labels (mean, quantity, value; the last point of each), here (mean).
    Source: LeCun, Kanter and Solla, Eigenvalues of covariance matrices, 1991.
    """
    x = alt.X("mean:Q", axis=alt.Axis(title="mean of an input, μ"))
    y = alt.Y("value:Q", scale=alt.Scale(type="log"), axis=alt.Axis(title=None, tickCount=5, format="~s"))
    line = (
        alt.Chart(alt.NamedData("sweep"))
        .mark_line(strokeWidth=2.5, color=NEUTRAL)
        .encode(x=x, y=y, strokeDash=alt.StrokeDash("quantity:N", sort=None, legend=None))
    )
    names = clear(
        alt.Chart(alt.NamedData("labels")).encode(x=x, y=y, text="quantity:N"),
        align="right",
        dy=-10,
        fontSize=13,
        color=NEUTRAL,
    )
    rule = alt.Chart(alt.NamedData("here")).mark_rule(strokeDash=[2, 3], color=NEUTRAL, size=2).encode(x=x)
    return alt.layer(line, rule, *names).properties(height=280)


def loss_curves() -> alt.Chart:
    """Loss against step, both runs, logarithmic.

    How to read it: a straight line is a fixed factor per step; the flatter line is slower.
    Datasets: curves (inputs, step, loss, activation).
    Source: any text on linear convergence.
    """
    return _by_step("loss", alt.Scale(type="log"), "loss", "~e")


def cosine_curves() -> alt.TopLevelMixin:
    """Cosine between each update and the way to the target, both runs, with the lowest value that kappa allows.

    How to read it: 1 points straight at the target, 0 points sideways. The dotted rule is 2 sqrt(kappa) / (1 + kappa),
    below which no full-batch gradient of these inputs can fall.
    Datasets: curves (inputs, step, cosine, activation), bound (cosine).
    Source: Kantorovich's inequality.
    """
    bound = alt.Chart(alt.NamedData("bound")).mark_rule(strokeDash=[2, 3], color=NEUTRAL, size=2).encode(y="cosine:Q")
    return alt.layer(_by_step("cosine", alt.Scale(domain=[-1, 1]), "cosine to the target", "~f"), bound)


def _by_step(field: str, scale: alt.Scale, title: str, form: str) -> alt.Chart:
    return (
        alt.Chart(alt.NamedData("curves"))
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("step:Q", axis=alt.Axis(title="step", format="d")),
            y=alt.Y(f"{field}:Q", scale=scale, axis=alt.Axis(title=title, format=form, tickCount=5)),
            strokeDash=alt.StrokeDash(
                "inputs:N", sort=None, legend=alt.Legend(title=None, orient="top", symbolStrokeColor=NEUTRAL)
            ),
            color=activation_colour(),
        )
        .properties(height=240)
    )


def locks() -> alt.TopLevelMixin:
    """The chance that all signs of a gradient agree, against the batch size: measured, and two limits by name.

    How to read it: the dots are measured with a zero-mean signal, one standard error either way. Theory is dashed:
    the rule in long dashes is what they tend to, the noise limit; the other is another quantity, the chance for the full
    batch's gradient at a random error.
    Datasets: locks (batch, share, low, high, activation), limits (share, name).
    Source: one-factor Gaussian orthant probability.
    """
    y = alt.Y("share:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(title="chance that all signs agree", format="%"))
    x = alt.X("batch:Q", scale=alt.Scale(type="log", base=2), axis=alt.Axis(title="batch size", format="d"))
    base = alt.Chart(alt.NamedData("locks")).encode(x=x, color=activation_colour())
    bars = base.mark_rule(size=2).encode(y=alt.Y("low:Q", title="chance that all signs agree"), y2="high:Q")
    dots = base.mark_circle(size=60, opacity=1).encode(y=y)
    limits = alt.Chart(alt.NamedData("limits")).encode(y=y)
    rules = limits.mark_rule(size=2, color=NEUTRAL).encode(
        strokeDash=alt.StrokeDash(
            "name:N",
            sort=None,
            scale=alt.Scale(range=[[12, 5], [4, 4]]),
            legend=alt.Legend(title=None, orient="top", labelLimit=320, columns=1, symbolSize=900),
        )
    )
    return alt.layer(rules, bars, dots).properties(height=260)
