"""The pictures of `/saturation`."""

from collections.abc import Sequence

import altair as alt

from dashboard.look.closed_form import rows
from dashboard.look.colours import NEUTRAL, activation_colour
from dashboard.look.formats import three_expression
from dashboard.look.hand import Hold, sliders
from dashboard.look.names import clear
from dashboard.topics.saturation.charts_live import LIVE_Z, SHARE, layer_marks

CURSOR_REACH = 10
"""The cursor stands anywhere from minus this to this, in steps of CURSOR_STEP."""

CURSOR_STEP = 0.1

FARTHEST = 20
"""The picture shows z this far out at most: farther, the slopes would be a spike a few pixels wide."""

_Z = alt.X(
    "z:Q",
    scale=alt.Scale(nice=False, zero=False),
    axis=alt.Axis(title="pre-activation z", format="~f"),
)


def signals() -> list[alt.Parameter]:
    """The law of z in the layer, and how far the picture shows z either way (`dashboard.topics.saturation.frames.reach`)."""
    named = {
        "spread": "hand_weights * sqrt(hand_square)",
        "far": f"min(max({CURSOR_REACH}, abs(hand_mean) + 3 * spread), {FARTHEST})",
    }
    return [alt.param(name=name, expr=expr) for name, expr in named.items()]


def _lines(data: str, x: alt.X, y: alt.Y, dashed: str) -> alt.Chart:
    """A curve for each activation, the one labelled `dashed` with gaps that let through what lies under it."""
    lines = (
        alt.Chart(alt.NamedData(data)).mark_line(strokeWidth=2.5, clip=True).encode(x=x, y=y, color=activation_colour())
    )
    if not dashed:
        return lines
    return lines.encode(
        strokeDash=alt.condition(f"datum.activation === '{dashed}'", alt.value([7, 6]), alt.value([1, 0]))
    )


def slopes(*, hand: Sequence[Hold], dashed: str = "") -> alt.TopLevelMixin:
    """The slope of two activations, each as a share of its own best, over the distribution of z in a layer.

    How to read it: the hill in grey is where the layer's units are. A bar above the curves marks where an activation is
    saturated: its slope lies below the dashed rule. The more of the hill a bar covers, the more units get next to no
    gradient; a triangle on the right edge is the root mean square of the layer's slopes. The sliders move the hill, and a cursor that
    reads both curves. A curve that lies on the other one is dashed.
    Datasets: curves (z, activation, y), zones (low, high, row, activation), nodes (row, z, rest) and layers (row, activation,
    low, high, width, low0, high0, ...), threshold (y, text), reading (k, at, activation, y), notes (k, row, text,
    activation), as `frames` makes them.
    Source: after Glorot and Bengio, 2010 (distributions of pre-activations over a saturating slope).
    """
    threshold = alt.Chart(alt.NamedData("threshold")).transform_calculate(z="-far")
    rule = threshold.mark_rule(strokeDash=[6, 4], size=1.5, color=NEUTRAL).encode(y=SHARE)
    rule_name = clear(
        threshold.encode(x=LIVE_Z, y=SHARE, text="text:N"), align="left", dy=-7, dx=4, fontSize=12, color=NEUTRAL
    )
    line, note, dots = _cursor_marks()
    curves = _lines("curves", LIVE_Z, SHARE, dashed)
    return (
        alt.layer(*_hill(), rule, line, curves, *rule_name, _zone_bars(), *layer_marks(), note, dots)
        .add_params(*sliders(hand), *signals())
        # Streamlit draws on a canvas; what is drawn as elements can be read.
        .properties(height=400, usermeta={"embedOptions": {"renderer": "svg"}})
    )


def _hill() -> list[alt.Chart]:
    """The distribution of z, its top at 1, and its spread."""
    # Points at equal distances in the frame, and as many around the mean, however narrow the hill.
    hill = (
        rows(242)
        .transform_calculate(
            z="datum.i < 121 ? (datum.i / 60 - 1) * far : hand_mean + ((datum.i - 121) / 15 - 4) * spread"
        )
        .transform_filter("abs(datum.z) <= far")
        .transform_calculate(y="exp(-0.5 * min(pow((datum.z - hand_mean) / spread, 2), 80))")
        .mark_area(color=NEUTRAL, opacity=0.22)
        .encode(x=LIVE_Z, y=SHARE.stack(None))
        .properties(name="hill")
    )
    name = (
        rows(1)
        .transform_calculate(z="hand_mean", y="-0.08", text=f"'spread of z: ' + {three_expression('spread')}")
        .mark_text(fontSize=12, color=NEUTRAL)
        .encode(x=LIVE_Z, y=SHARE, text="text:N")
        .properties(name="spread_told")
    )
    return [hill, name]


def _zone_bars() -> alt.Chart:
    """A bar over each saturated zone, cut at the frame, a row for each activation."""
    return (
        alt.Chart(alt.NamedData("zones"))
        .transform_filter("datum.low < far && datum.high > -far")
        .transform_calculate(
            left="max(datum.low, -far)",
            right="min(datum.high, far)",
            bottom="1.19 - 0.18 * datum.row",
            top="1.24 - 0.18 * datum.row",
        )
        .mark_rect(opacity=0.85)
        .encode(x=alt.X("left:Q"), x2="right:Q", y=alt.Y("bottom:Q"), y2="top:Q", color=activation_colour())
        .properties(name="bars")
    )


def _cursor_marks() -> list[alt.Chart]:
    """What moves with the cursor: its line, what it reads in words, and a dot on each curve."""
    at_cursor = f"datum.k == round(hand_cursor / {CURSOR_STEP})"
    reading = alt.Chart(alt.NamedData("reading")).transform_filter(at_cursor)
    line = reading.transform_calculate(foot="0", head="1").mark_rule(size=1.5, color=NEUTRAL)
    line = line.encode(x=alt.X("at:Q"), y=alt.Y("foot:Q"), y2="head:Q")
    note = (
        alt.Chart(alt.NamedData("notes"))
        .transform_filter(at_cursor)
        .transform_calculate(z="-far", y="1.54 - 0.1 * datum.row")
        .mark_text(align="left", fontSize=13)
        .encode(x=LIVE_Z, y=SHARE, text="text:N", color=activation_colour())
        .properties(name="read")
    )
    dots = reading.mark_circle(size=110, opacity=1, stroke="white", strokeWidth=1.5).encode(
        x=alt.X("at:Q"), y=SHARE, color=activation_colour()
    )
    return [line, note, dots.properties(name="dots")]


RMS = "rms slope, share of the best"


def _at_the_ends(x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The name of each line at its end."""
    return clear(
        alt.Chart(alt.NamedData("ends")).encode(x=x, y=y, text="activation:N", color=activation_colour()),
        align="left",
        dx=6,
        dy=alt.ExprRef("datum.shift"),
        fontSize=13,
        fontWeight=600,
    )


def kept(*, dashed: str = "") -> alt.TopLevelMixin:
    """The root mean square (rms) slope of a layer, as a share of the best, against the spread of z, for two activations.

    How to read it: the dots are your layer. The dotted rules are the spreads that named initialisations give with your
    mean square input. A curve that falls loses slope as the spread grows; one that stays level has no spread to fear.
    Datasets: sweep (spread, kept, activation), ends (the last point of each curve), here (spread, kept, activation),
    named (spread, name, height).
    Source: root mean square slopes as in Schoenholz et al., Deep information propagation, 2017.
    """
    x = alt.X("spread:Q", scale=alt.Scale(type="log", nice=False), axis=alt.Axis(title="spread of z, s", format="~f"))
    y = alt.Y(
        "kept:Q",
        scale=alt.Scale(domain=[0, 1.7], nice=False),
        axis=alt.Axis(title=RMS, format="%", values=[0, 0.25, 0.5, 0.75, 1], titleAnchor="start"),
    )
    named = alt.Chart(alt.NamedData("named")).transform_calculate(foot="0")
    rules = named.mark_rule(strokeDash=[2, 3], color=NEUTRAL, size=1.5).encode(x=x, y=alt.Y("foot:Q"), y2="height:Q")
    names = clear(
        named.encode(x=x, y=alt.Y("height:Q"), text="name:N"),
        "rules",
        align="left",
        dx=5,
        dy=5,
        fontSize=12,
        color=NEUTRAL,
    )
    lines = _lines("sweep", x, y, dashed)
    labels = _at_the_ends(x, y)
    here = (
        alt.Chart(alt.NamedData("here"))
        .mark_circle(size=130, opacity=1, stroke="white", strokeWidth=1.5)
        .encode(x=x, y=y, color=activation_colour())
    )
    return alt.layer(rules, lines, *names, *labels, here).properties(height=320)


def _legend(labels: tuple[str, ...]) -> alt.Legend:
    """A legend of the activations that are drawn, and no others."""
    return alt.Legend(title=None, orient="top", values=list(labels))


def functions(*, labels: tuple[str, ...], low: float, high: float) -> alt.Chart:
    """f and f' of two activations, as they are, from `low` to `high`.

    How to read it: solid is f, dashed its slope f'. Where f is flat, f' is next to 0: that is all saturation is. A line
    that reaches the frame goes on beyond it.
    Datasets: functions (z, value, activation, curve).
    Source: the formulas of core.activations.
    """
    return (
        alt.Chart(alt.NamedData("functions"))
        .mark_line(strokeWidth=2, clip=True)
        .encode(
            x=_Z,
            y=alt.Y("value:Q", scale=alt.Scale(domain=[low, high]), axis=alt.Axis(title=None, tickCount=6)),
            color=activation_colour(legend=_legend(labels)),
            strokeDash=alt.StrokeDash("curve:N", sort=None, legend=alt.Legend(title=None, orient="top")),
        )
        .properties(height=300)
    )


def fraction(*, dashed: str = "") -> alt.TopLevelMixin:
    """The share of saturated units against the spread of z.

    How to read it, at mean 0: a curve starts at 0 while the layer sits between the edges, and climbs once the spread
    reaches them. ReLU stands at one half from the start: its dead half does not depend on the spread.
    Datasets: sweep (spread, saturated, activation), ends (the last point of each curve).
    Source: Phi over the edges.
    """
    x = alt.X("spread:Q", scale=alt.Scale(type="log", nice=False), axis=alt.Axis(title="spread of z, s", format="~f"))
    y = alt.Y(
        "saturated:Q",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(title="share of units saturated", format="%", tickCount=5),
    )
    return alt.layer(_lines("sweep", x, y, dashed), *_at_the_ends(x, y)).properties(height=290)
