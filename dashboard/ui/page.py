"""A page, and the blocks it is built of, in their order: opening, picture, controls, presets, numbers, predict, deeper, share,
next."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import streamlit as st

from dashboard.look.columns import Columns
from dashboard.ui import glossary, sharing, type_size
from dashboard.ui.pictures import Pictures
from dashboard.ui.prose import say
from dashboard.ui.settings import states

S = TypeVar("S")

HERE = "✓ "
"""Before the name of the preset that the page is in."""


class Page(Pictures[S]):
    """The page of the topic that the class `settings` is named after."""

    def opening(self, answer: str) -> None:
        """The page's question as its title, and the answer in one sentence."""
        st.title(self.topic.question)
        say(answer)
        if self.misread:
            # As text, not as Markdown: a part of it is the visitor's.
            more = f"; and {len(self.misread) - 3} more" if len(self.misread) > 3 else ""
            with st.container(key=f"{self.topic.slug}_misread"):
                st.text(f"Of this link: {'; '.join(self.misread[:3])}{more}.")

    def by_number(self, *columns: Sequence[str], label: str = "By number") -> None:
        """The settings that the hand moves in the picture, to be typed or stepped through: a closed expander.

        It is drawn although it is closed: a setting reaches the address through a widget that is drawn.
        """
        with self.more(label):
            for cell, names in zip(side_by_side(len(columns)), columns, strict=True):
                with cell:
                    self.show(*names)

    def more(self, label: str = "More") -> AbstractContextManager[Any]:
        """A closed expander for controls that are rarely wanted: what is shown under `with page.more():` stands in it."""
        return st.expander(label, icon=":material/tune:")

    def presets(self) -> None:
        """A row of buttons, as questions one may ask; each sets every control of the page. The one that the page is in wears a
        mark, as text, so that it is heard too; one that would move a locked control is disabled."""
        now = {control.key: control.state for control in self.controls.values()}
        fixed = {control.key for control in self.controls.values() if control.locked}
        with st.container(horizontal=True, gap="small"):
            for preset in self.topic.presets:
                wanted = states(preset.at)
                st.button(
                    f"**{HERE}{preset.label}**" if wanted == now else preset.label,
                    key=f"{self.topic.slug}_preset_{preset.name}",
                    on_click=st.session_state.update,
                    args=(wanted,),
                    disabled=any(wanted[key] != now[key] for key in fixed),
                )

    def predict(self, question: str, options: Sequence[str], right: str, reveal: str, name: str = "guess") -> None:
        """Predict, then reveal: the visitor commits to an option before the page says which one the simulation bears out. name:
        tells it from another of the page."""
        with st.container(border=True):
            say(f"**Predict.** {question}")
            key = f"{self.topic.slug}_{name}"
            guess = st.radio(question, options, index=None, key=key, label_visibility="collapsed")
            if guess is not None:
                verdict = "Right." if guess == right else f"No: {right[0].lower()}{right[1:]}."
                say(f"**{verdict}** {reveal}")

    def deeper(self, content: Callable[[], None]) -> None:
        """The closed "Go deeper": `content` runs only while it is open, and whether it is open is part of the link."""
        key = f"{self.topic.slug}_deeper"
        panel = st.expander("Go deeper", key=key, on_change="rerun", icon=":material/keyboard_double_arrow_down:")
        if panel.open:
            with panel:
                content()

    def share(self, frames: Mapping[str, Columns], snippet: str) -> None:
        """The closed list of symbols, and "Share, embed, take away". frames: the data behind each chart by name. snippet: Python lines that
        reproduce the page's numbers with `core`."""
        glossary.symbols(self.topic.slug)
        sharing.share(self.topic, frames, snippet)

    def next_question(self, answered: str) -> None:
        """What this page has answered, and the question that follows from it; on the last page, what to take home."""
        following = self.argument.after(self.topic.slug)
        st.divider()
        say(answered)
        if following is not None:
            st.page_link(
                following.file,
                label=f"Next: {following.question}",
                icon=":material/arrow_forward:",
                query_params=type_size.carried() or None,
            )
        # For paper alone (style.css): where the page is to be had, and whether its pictures were drawn for a dark screen.
        with st.container(key=f"print_{st.context.theme.type or 'light'}"):
            st.text(sharing.link(self.topic))


def side_by_side(count: int, narrowest: int = 300) -> list[Any]:
    """That many columns for controls, fewer where one would be narrower than `narrowest` pixels: none cuts off a choice."""
    grid = st.grid(count, min_column_width=narrowest, gap=("small", "large"))
    return [grid.cell() for _ in range(count)]


def numbers(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A small table of numbers that are already text; the first column names the row."""
    # A header cell without text leaves those who hear the table guessing.
    named = [head[0] or "quantity", *head[1:]]
    lines = ["| " + " | ".join(row) + " |" for row in (named, ["---"] * len(named), *rows)]
    say("\n".join(lines))
