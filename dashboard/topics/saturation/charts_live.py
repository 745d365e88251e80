"""What becomes of the layer of `/saturation` while the hand moves: from what the browser sums it, and how it is drawn.

Its law of z is in the signals `hand_mean` and `spread`, and `far` is how far the picture shows z either way.
"""

from collections.abc import Sequence

import altair as alt
import numpy as np

from core.activations import activation
from core.layer_parts import slope_parts
from core.saturation import Zone
from dashboard.look.colours import activation_colour
from dashboard.look.columns import Columns, columns, from_rows, stack
from dashboard.look.formats import percent_expression

FAR_OUT = 1e9
"""What stands for infinity where a browser reads it."""

MOST_ZONES = 4
"""Intervals of a saturated zone: between three turning points of a slope there are no more."""

BEST = "share of its best slope"

# The frame follows the hand: as far out as the hill needs.
LIVE_Z = alt.X(
    "z:Q",
    scale=alt.Scale(domainMin=alt.ExprRef("-far"), domainMax=alt.ExprRef("far"), nice=False, zero=False),
    axis=alt.Axis(title="pre-activation z", format="~f"),
)
SHARE = alt.Y(
    "y:Q",
    scale=alt.Scale(domain=[-0.15, 1.6], nice=False),
    axis=alt.Axis(title=BEST, format="%", values=[0, 0.25, 0.5, 0.75, 1], titleAnchor="start"),
)


def nodes(keys: Sequence[str]) -> Columns:
    """What the kept slope is summed from, `core.layer_parts.SlopeParts`: row, z, rest."""
    # Half as wide as usual: good for three digits, and by far the largest columns of the page.
    parts = (slope_parts(key) for key in keys)
    return stack(
        columns(row=np.int8(row), z=one.z.astype(np.float32), rest=one.rest.astype(np.float32))
        for row, one in enumerate(parts)
    )


def layers(zones: Sequence[Zone]) -> Columns:
    """What a picture knows of each activation: row, activation, low, high, width, and the ends of its saturated intervals, low0,
    high0, ..., an empty one for each that it does not have."""
    rows = []
    for row, one in enumerate(zones):
        parts = slope_parts(one.key)
        ends = [min(max(z, -FAR_OUT), FAR_OUT) for interval in one.intervals for z in interval]
        rows.append(
            (
                row,
                activation(one.key).label,
                parts.low,
                parts.high,
                parts.width,
                *ends,
                *[0.0] * (2 * MOST_ZONES - len(ends)),
            )
        )
    named = [f"{end}{k}" for k in range(MOST_ZONES) for end in ("low", "high")]
    return from_rows(("row", "activation", "low", "high", "width", *named), rows)


def _chance(low: str, high: str) -> str:
    """An expression: the chance that z lies between the two, from the tail on its own side of the mean."""
    left, right = (f"({end} - hand_mean) / spread" for end in (low, high))
    above = f"cumulativeNormal(-({left})) - cumulativeNormal(-({right}))"
    return f"({low} > hand_mean ? {above} : cumulativeNormal({right}) - cumulativeNormal({left}))"


def layer_marks() -> list[alt.Chart]:
    """What becomes of the layer: the share of its units that is saturated, and of its best slope that it keeps.

    The second is the sum of `core.layer_parts.SlopeParts`.
    """
    constants = ["activation", "low", "high", "width"]
    ends = [f"{end}{k}" for k in range(MOST_ZONES) for end in ("low", "high")]
    base = "datum.low + (datum.high - datum.low) * cumulativeNormal(hand_mean / sqrt(spread * spread + datum.width))"
    layers = (
        alt.Chart(alt.NamedData("nodes"))
        .transform_lookup(
            lookup="row", from_=alt.LookupData(alt.NamedData("layers"), key="row", fields=[*constants, *ends])
        )
        .transform_calculate(term="datum.rest * exp(-0.5 * pow((datum.z - hand_mean) / spread, 2)) / spread")
        .transform_aggregate(sum="sum(term)", groupby=["row", *constants, *ends])
        .transform_calculate(
            # A smooth slope is nowhere so small that nothing is kept, and a sum of 1e-12 is rounding.
            kept=f"sqrt(clamp({base} + datum.sum, 1e-12 * datum.width, 1))",
            saturated=" + ".join(_chance(f"datum.low{k}", f"datum.high{k}") for k in range(MOST_ZONES)),
        )
    )
    words = f"datum.activation + ': ' + {percent_expression('datum.saturated')} + ' saturated, rms slope ' + {percent_expression('datum.kept')}"
    name = (
        layers.transform_calculate(z="-far", y="1.295 - 0.18 * datum.row", text=words)
        # A phone has room for some 50 letters.
        .transform_calculate(
            told="width < 400 ? replace(replace(datum.text, 'under ', '< '), 'rms slope', 'rms') : datum.text"
        )
        .mark_text(align="left", fontSize=alt.ExprRef("width < 400 ? 11 : 12"), fontWeight=600)
        .encode(x=LIVE_Z, y=SHARE, text="told:N", color=activation_colour())
        .properties(name="layer_told")
    )
    mark = (
        layers.transform_calculate(y="datum.kept")
        .mark_point(shape="triangle-left", filled=True, size=90, opacity=1, xOffset=6)
        .encode(x=alt.value("width"), y=SHARE, color=activation_colour())
        .properties(name="kept")
    )
    return [name, mark]
