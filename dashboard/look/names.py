"""Words that stand in a picture, where curves pass."""

from typing import Any

import altair as alt


def clear(words: alt.Chart, name: str = "", /, **style: Any) -> list[alt.Chart]:
    """A text that what it lies on does not strike through: its letters stand in a rim of the page's own colour.

    name: of the layer with the letters. style: of the text, in its own colour.
    """
    under = words.mark_text(**style, stroke=alt.ExprRef("background"), strokeWidth=4, strokeJoin="round", aria=False)
    letters = words.mark_text(**style)
    return [under, letters.properties(name=name) if name else letters]
