"""What a picture of two valleys says in digits, over each panel or beside it: how many steps at which learning rate, the payoff set large.

What the hand moves is said by the closed form; runs that were measured say what `core` has counted.
"""

from typing import Any

import altair as alt

from core.neuron.descent import MOST_STEPS
from dashboard.look.closed_form import Scene, by_panel, rows, run_rows
from dashboard.look.colours import NEUTRAL, activation_colour
from dashboard.look.formats import three_expression as three
from dashboard.look.landscape import STEPS
from dashboard.look.panels import SAID, Panels, X, Y

HEADER, BESIDE = 106, 148
"""Pixels that it takes over a panel, and beside one."""

LINE = "\n"
"""Where a line ends on a phone."""

BREAK = "\\n"
"""The same in Vega's language."""

PAYOFF, QUIET, LONG = 42, 22, 19
"""How large a count is set: the one that pays, the others, and what is longer than a count."""

ROOM = 300
"""What is said over a panel takes so many pixels with the kind of the run in it."""

_CRAWLS = 20
"""From so many steps on, none of which overshoots, a run is said to crawl."""


def titles(panels: Panels) -> list[alt.Chart]:
    """The title of each panel, with what the hand has subtracted, and its kappa. Dataset: panels."""
    removed = "(datum.panel ? '' : hand_centre == 0 ? '' : hand_centre == 100 ? ', centred' : ', ' + hand_centre + ' % centred')"
    titled = alt.Chart(alt.NamedData("panels")).transform_calculate(
        px=panels.left("0"), py=f"{panels.top('0')} - head + 12 * type", note=f"datum.title + {removed}"
    )
    ratio = f"{by_panel('steep')} / flat"
    kappa = f"'κ ' + {three(ratio)}"
    across = panels.left("(wide ? side : side + 12)")
    named = rows(2).transform_calculate(panel="datum.i")
    named = named.transform_calculate(px=across, py=f"{panels.top('0')} - head + 12 * type", note=kappa)
    return [
        titled.mark_text(align="left", fontSize=15, fontWeight=600, color=NEUTRAL).encode(x=X, y=Y, text="note:N"),
        named.mark_text(align=alt.ExprRef("wide ? 'right' : 'left'"), fontSize=15, fontWeight=600, color=NEUTRAL)
        .encode(x=X, y=Y, text="note:N")
        .properties(name="kappa"),
    ]


def live(panels: Panels, scene: Scene) -> list[alt.Chart]:
    """Steps at the learning rate that the hand has set, and at each panel's own best; and what the step shown has come to."""
    count, grows, never, curvature = (by_panel(name) for name in ("count", "grows", "never", "steep"))
    product = f"{by_panel('eta')} * {curvature}"
    kind = (
        f"{product} > 1 + 1e-9 && on_steep != 0 ? ': {BREAK}overshoots' : {count} > {_CRAWLS} ? ': {BREAK}crawls' : ''"
    )
    at = f"{by_panel('eta')}"
    best = f"{by_panel('best')}"
    own = "best η" if scene.best else "η"
    slots = 2 if scene.best else 4
    # The centred inputs at their own best rate, where that is what pays.
    payoff = f"datum.panel == 1 && {'true' if scene.best else 'datum.slot == 1'} && best_count1 < best_count0"
    said = (
        rows(slots)
        .transform_calculate(panel=f"{'datum.i' if scene.best else 'floor(datum.i / 2)'}")
        .transform_calculate(slot=f"{'0' if scene.best else 'datum.i % 2'}")
        .transform_calculate(
            number=f"datum.slot ? {_number(by_panel('best_count'))} : {grows} ? 'diverges' : {never} ? 'never arrives'"
            f" : {_number(count)}",
            words=f"datum.slot ? {_unit(by_panel('best_count'))} + ' at its best η ' + {three(best)}"
            f" : ({grows} || {never} ? '' : {_unit(count)} + ' ') + 'at {own} ' + {three(at)} + ({grows} || {never} ? '' : {kind})",
            payoff=payoff,
        )
        .transform_lookup(
            lookup="panel", from_=alt.LookupData(alt.NamedData("laws"), key="panel", fields=["activation"])
        )
    )
    last = f"datum.step == min(k, {count})"
    note = (
        run_rows(scene)
        .transform_filter(last)
        .transform_calculate(
            note=f"(datum.step == {STEPS} && {count} > {STEPS} ? 'the first {STEPS} of ' + format(min({count}, {MOST_STEPS}), ',')"
            f" + ' steps' : 'step ' + datum.step) + ': {BREAK}loss ' + {three('datum.loss')}"
            f" + (datum.step == {count} && datum.step > 0 ? ({grows} ? ', diverged' : ', converged') : '')"
            f" + (datum.inside ? '' : ', outside the picture')"
        )
    )
    return [*_numbers(panels, said), _note(panels, note)]


def measured(panels: Panels, opacity: alt.ExprRef) -> list[alt.Chart]:
    """The same of runs that were counted. Datasets: scores (panel, slot, number, words, payoff, activation), notes (panel, step,
    note)."""
    said = alt.Chart(alt.NamedData("scores"))
    note = alt.Chart(alt.NamedData("notes")).transform_filter("datum.step == k")
    return [*_numbers(panels, said, opacity), _note(panels, note, opacity)]


def _number(count: str) -> str:
    """An expression: a count of steps as it stands large."""
    return f"({count} > {MOST_STEPS} ? 'over {MOST_STEPS:,}' : format({count}, ','))"


def _unit(count: str) -> str:
    return f"({count} == 1 ? 'step' : 'steps')"


def _numbers(panels: Panels, said: alt.Chart, opacity: Any = alt.Undefined) -> list[alt.Chart]:
    """Rows with panel, slot, number, words, payoff and activation, set: the number, its words under it; the payoff stands out."""
    across = panels.left(f"(wide ? datum.slot * max(side, {SAID}) / 2 : side + 12)")
    down = f"(wide ? {{wide}} - {HEADER} : {{narrow}} + datum.slot * 66) * type"
    number = said.transform_calculate(px=across, py=panels.top(down.format(wide=43, narrow=26)))
    words = said.transform_calculate(
        # Beside each other larger words leave no room for what kind of run it is.
        under=f"!wide ? datum.words : max(side, {SAID}) < {ROOM} * type ? split(datum.words, ':')[0]"
        f" : replace(datum.words, ': {BREAK}', ': ')",
        px=across,
        py=panels.top(down.format(wide=70, narrow=50)),
    )
    large = alt.ExprRef(f"(length(datum.number) > 6 ? {LONG} : datum.payoff ? {PAYOFF} : {QUIET}) * (wide ? 1 : 0.8)")
    return [
        number.mark_text(
            align="left", fontSize=large, fontWeight=alt.ExprRef("datum.payoff ? 800 : 500"), opacity=opacity
        )
        .encode(x=X, y=Y, text="number:N", color=activation_colour())
        .properties(name="scores"),
        words.mark_text(align="left", fontSize=13, color=NEUTRAL, lineBreak="\n", opacity=opacity)
        .encode(x=X, y=Y, text="under:N")
        .properties(name="score_words"),
    ]


def _note(panels: Panels, note: alt.Chart, opacity: Any = alt.Undefined) -> alt.Chart:
    """What the step shown has come to."""
    placed = note.transform_calculate(
        beside=f"wide ? replace(datum.note, '{BREAK}', '') : datum.note",
        px=panels.left("(wide ? 0 : side + 12)"),
        py=panels.top("(wide ? -11 * type : tall - 24 * type)"),
    )
    return (
        placed.mark_text(align="left", fontSize=12, color=NEUTRAL, lineBreak="\n", opacity=opacity)
        .encode(x=X, y=Y, text="beside:N")
        .properties(name="step_told")
    )
