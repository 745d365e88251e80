"""What `/yours` says on the front page."""

from core.diagnosis.records import example_record
from dashboard.look.formats import three
from dashboard.topics.yours.frames import pair
from dashboard.topics.yours.settings import Yours
from dashboard.ui.cache import cached
from dashboard.ui.card import Card


def cards() -> list[Card]:
    """So it is in my network? The page's example at its default, and what it becomes without a bias."""
    at = Yours()
    found = cached(example_record)(at.variant, at.trained).read(at.activation, at.below).layers[at.layer]
    return [
        Card(
            9,
            "Is it so in my network?",
            "Bring a layer, get a verdict.",
            f"In the example that ships, centring what the last layer is fed lets *η* grow {three(pair(found, True).times)} times "
            f"at the start, and {three(pair(found, False).times)} times without a bias.",
            at,
            holds="ask",
            figure=f"{three(pair(found, True).times)} × larger *η*",
            of="for the last layer of a digits network, untrained, once its inputs are centred (with a bias before and after)",
        )
    ]
