"""The blocks every page is built of, in the order of a page: opening, presets, picture, numbers, predict, deeper, next."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import streamlit as st

from dashboard import compute
from dashboard.controls import TOPICS
from dashboard.frames import Columns
from dashboard.pages import PAGES
from dashboard.presets import PRESETS, preset_state
from dashboard.widgets import locks, state


def opening(topic: str, answer: str) -> None:
    """The page's question as its title, and the answer in one sentence."""
    st.title(PAGES[topic].question)
    st.markdown(answer)


def presets(topic: str) -> None:
    """A row of buttons; each sets every control of the page. One that would move a locked control is disabled."""
    fixed = {control.key: state(control) for control in TOPICS[topic] if control.name in locks(topic)}
    with st.container(horizontal=True, gap="small"):
        for preset in PRESETS[topic]:
            wanted = preset_state(topic, preset)
            held = any(wanted[key] != value for key, value in fixed.items())
            st.button(
                preset.label,
                key=f"{topic}_preset_{preset.name}",
                on_click=st.session_state.update,
                args=(wanted,),
                disabled=held,
                type="tertiary",
                icon=":material/arrow_forward:",
            )


def side_by_side(count: int, narrowest: int = 300) -> list[Any]:
    """That many columns for controls, fewer where one would be narrower than `narrowest` pixels: none cuts off a choice."""
    grid = st.grid(count, min_column_width=narrowest, gap=("small", "large"))
    return [grid.cell() for _ in range(count)]


def picture(
    builder: Callable[..., Any],
    datasets: Mapping[str, Columns],
    alt: str,
    key: str | None = None,
    on_select: Callable[[], None] | None = None,
    **options: Any,
) -> None:
    """A chart of `dashboard.charts` over its named datasets.

    alt: the finding in a sentence, the chart's name for those who do not see it. It is part of the specification, so it
    names the case and not the numbers: a number in it would draw the chart anew at every move of a slider.
    """
    # As Arrow tables, which is what the browser gets. From a frame Streamlit would first look for indexes and types.
    tables = {
        name: pa.table({column: pa.array(values, from_pandas=True) for column, values in columns.items()})
        for name, columns in datasets.items()
    }
    drawn = {**compute.spec(builder, **options), "datasets": tables}
    st.vega_lite_chart(drawn, alt=alt, key=key, on_select=on_select or "ignore", width="stretch")


def turn(key: str) -> int:
    """0 or 1, and never what the last pick in this picture carried: a column for its marks that are to be picked.

    A pick that is equal to the last one is not sent, though a preset may have moved on since. With this column among its
    fields none is.
    """
    held = st.session_state.get(key)
    chosen = held.selection.get("pick") if held else None
    return 1 - int(chosen[0]["turn"]) if chosen else 0


def numbers(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A small table of numbers that are already text; the first column names the row."""
    # A header cell without text leaves those who hear the table guessing.
    named = [head[0] or "quantity", *head[1:]]
    lines = ["| " + " | ".join(row) + " |" for row in (named, ["---"] * len(named), *rows)]
    st.markdown("\n".join(lines))


def predict(topic: str, question: str, options: Sequence[str], right: str, reveal: str) -> None:
    """Predict, then reveal: the visitor commits to an option before the page says which one the simulation bears out."""
    with st.container(border=True):
        st.markdown(f"**Predict.** {question}")
        guess = st.radio(question, options, index=None, key=f"{topic}_guess", label_visibility="collapsed")
        if guess is not None:
            verdict = "Yes." if guess == right else f"No: {right[0].lower()}{right[1:]}."
            st.markdown(f"**{verdict}** {reveal}")


def deeper(topic: str, content: Callable[[], None]) -> None:
    """The closed "Go deeper": `content` runs only while it is open, and whether it is open is part of the link."""
    panel = st.expander(
        "Go deeper", key=f"{topic}_deeper", bind="query-params", icon=":material/keyboard_double_arrow_down:"
    )
    if panel.open:
        with panel:
            content()


def next_question(topic: str, answered: str) -> None:
    """What this page has answered, and the question that follows from it."""
    slugs = list(PAGES)
    following = slugs[(slugs.index(topic) + 1) % len(slugs)]
    st.divider()
    st.markdown(answered)
    st.page_link(PAGES[following].file, label=f"Next: {PAGES[following].question}", icon=":material/arrow_forward:")
