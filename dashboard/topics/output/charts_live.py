"""What the picture of `/output` is made of: its signals, the two costs' colours, the names of its curves, and what the neurons say."""

import altair as alt

from dashboard.look.colours import NEUTRAL
from dashboard.look.formats import equals_expression
from dashboard.look.formats import three_expression as three
from dashboard.look.names import clear

COST_NAMES = ("squared error", "cross-entropy")
"""The costs by name, in the order of `core.output.COSTS`."""

COLOURS = tuple(
    alt.ExprRef(f"luminance(background) > 0.5 ? '{dark}' : '{light}'")
    for dark, light in (("#8E3F8D", "#D08BD0"), ("#0F6F71", "#4FC4C6"))
)
"""Colours of the two costs, on a light and on a dark page: neither neuron's activation differs, so these are none of an
activation's."""


def colour(field: str = "cost") -> alt.Color:
    return alt.Color(f"{field}:N", scale=alt.Scale(domain=list(COST_NAMES), range=list(COLOURS)), legend=None)


SHAPE = alt.Shape("cost:N", scale=alt.Scale(domain=list(COST_NAMES), range=["circle", "diamond"]), legend=None)


POINTS = 161
"""On each curve."""

NARROW = "width < 520"
"""A phone: what a neuron says takes two lines."""


def signals() -> list[alt.Parameter]:
    """What follows the hand. z0: the start. stand: of the slider, that is shown: where weight or bias have moved, the one for which
    every start was measured. left, right: the stretch of z that is seen."""
    at = "data('held')[0]"
    named = {
        "target": f"{at}.target",
        "start": "round(10 * (hand_w + hand_b))",
        "z0": "start / 10",
        "stand": f"start == {at}.start ? hand_pinned : {at}.stand",
        "late": "stand != hand_pinned",
        # Two neurons that start in different places never change it, so no run gets farther than these.
        "left": f"min(-4, z0 - 1, {at}.low - 1)",
        "right": f"max(4, z0 + 1, {at}.high + 1)",
        "line": f"{NARROW} ? 36 : 19",
    }
    return [alt.param(name=name, expr=expr) for name, expr in named.items()]


def pushed(rows: alt.Chart) -> alt.Chart:
    """To the rows' cost and z: a and rest = 1 - a, the slope, error = a - y, outer = dL/da, and gradient = dL/dz."""
    return (
        rows.transform_calculate(a="1 / (1 + exp(-datum.z))", rest="1 / (1 + exp(datum.z))")
        .transform_calculate(slope="datum.a * datum.rest", error="target ? -datum.rest : datum.a")
        .transform_calculate(
            outer=f"datum.cost == '{COST_NAMES[0]}' ? datum.error : target ? -1 / datum.a : 1 / datum.rest",
        )
        .transform_calculate(gradient="datum.outer * datum.slope")
    )


def curve_names(x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """What each curve is, beside it: cross-entropy's looks like an output, and is a gradient."""
    places = (
        (
            COST_NAMES[0],
            "squared error's gradient",
            "squared error's gradient",
            "log(2)",
            ("right", "left"),
            ("top", "bottom"),
            6,
        ),
        (
            COST_NAMES[1],
            "cross-entropy's gradient, a − y",
            "gradient a − y",
            "log(3)",
            ("left", "right"),
            ("middle", "middle"),
            0,
        ),
    )
    return [
        layer
        for index, (cost, text, short, far, align, stands, away) in enumerate(places)
        for layer in clear(
            pushed(
                alt.Chart(alt.sequence(0, 1, as_="i")).transform_calculate(
                    cost=f"'{cost}'", z=f"target ? -{far} : {far}", text=f'{NARROW} ? "{short}" : "{text}"'
                )
            ).encode(x=x, y=y, text="text:N", color=colour()),
            f"curve_name_{index}",
            align=alt.ExprRef(f"target ? '{align[0]}' : '{align[1]}'"),
            baseline=alt.ExprRef(f"target ? '{stands[0]}' : '{stands[1]}'"),
            dx=alt.ExprRef(f"target ? {10 if away == 0 else 0} : {-10 if away == 0 else 0}"),
            dy=alt.ExprRef(f"target ? {away} : {-away}"),
            fontSize=12,
        )
    ]


def neurons(x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """What the neurons say, and the dots where they are: pale where both the start and the step have been moved, until the
    page has followed."""
    here = alt.Chart(alt.NamedData("places")).transform_filter("datum.start == start && datum.stand == stand")
    now = pushed(here)
    pale = alt.ExprRef("late ? 0.25 : 1")
    dots = (
        now.mark_point(filled=True, size=190, opacity=pale, stroke="white", strokeWidth=1.5)
        .encode(x=x, y=y, color=colour(), shape=SHAPE)
        .properties(name="dots")
    )
    output = f"datum.rest >= 5e-4 ? {three('datum.a')} : '1 − ' + {three('datum.rest')}"
    # By their sizes: a formatted minus sign is no number to Vega.
    sign = equals_expression(("datum.outer", "datum.slope"), "datum.gradient")
    product = (
        f"{three('datum.outer')} + ' · ' + {three('datum.slope')} + ' ' + {sign} + ' ' + {three('datum.gradient')}"
    )
    says = now.transform_calculate(
        text=f"datum.cost + ': a = ' + ({output}) + ({NARROW} ? '|dL/dz = ' : ', dL/dz = dL/da · slope = ') + {product}"
    )
    told = (
        says.mark_text(
            align="left",
            baseline="top",
            fontSize=13,
            lineBreak="|",
            opacity=pale,
            dy=alt.ExprRef(f"21 + (datum.cost == '{COST_NAMES[0]}' ? 0 : line)"),
        )
        .encode(x=alt.value(4), y=alt.value(3), text="text:N", color=colour())
        .properties(name="told")
    )
    step = (
        alt.Chart(alt.NamedData("held"))
        .transform_calculate(
            text="'start z₀ = ' + format(z0, '.1f') + ', step ' + format(stand * datum.steps / 100, ',') + ' of '"
            " + format(datum.steps, ',')"
        )
        .mark_text(align="left", baseline="top", fontSize=13, fontWeight=600, color=NEUTRAL, opacity=pale)
        .encode(x=alt.value(4), y=alt.value(3), text="text:N")
        .properties(name="step_told")
    )
    return [step, told, dots]
