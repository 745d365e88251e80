"""A claim on the front page: each topic says in its `card.py` what it has to say there, and which of its states shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from dashboard.ui.settings import link_query

MARKS = {
    "yes": ":material/check_circle:",
    "half": ":material/contrast:",
    "no": ":material/cancel:",
    "ask": ":material/help:",
}
"""What stands before a verdict: it holds, in part, not; or the visitor finds out."""


@dataclass(frozen=True, slots=True)
class Card:
    """One claim, its verdict and one number that `core` computes; cards stand in the order of `place`.

    holds: which mark the verdict wears. figure: the number, to be set large. of: what it is of, in a few words. number: the same
    as a sentence, for who asks. at: the settings of the topic's page that show it. deeper: whether it stands in the page's "Go deeper".
    """

    place: int
    claim: str
    verdict: str
    number: str
    at: Any
    deeper: bool = False
    holds: Literal["yes", "half", "no", "ask"] = "half"
    figure: str = ""
    of: str = ""

    @property
    def mark(self) -> str:
        """The mark of its verdict."""
        return MARKS[self.holds]

    @property
    def slug(self) -> str:
        """The topic whose page shows it."""
        return type(self.at).__name__.lower()

    @property
    def query(self) -> dict[str, str]:
        """The query parameters that open that page so: what differs from its defaults."""
        return link_query(self.at) | ({f"{self.slug}_deeper": "true"} if self.deeper else {})


def in_order(cards: Iterable[Card]) -> list[Card]:
    """Cards in the order of their places."""
    return sorted(cards, key=lambda card: card.place)
