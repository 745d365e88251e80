"""What `/cures` says on the front page."""

from core.neuron.racing import race
from dashboard.look.formats import whole
from dashboard.topics.cures.frames import field, races
from dashboard.topics.cures.settings import Cures
from dashboard.topics.cures.words import GOALS
from dashboard.ui.cache import cached
from dashboard.ui.card import Card


def cards() -> list[Card]:
    """So what helps? The steps of a race down one valley."""
    at = Cures()
    found = field(at, *(cached(race)(one) for one in races(at)))
    plain, ball, adam, centred = (whole(found.runners[key].steps) for key in ("plain", "heavy_ball", "adam", "centred"))
    return [
        Card(
            8,
            "So what helps?",
            "Centring, and momentum in part.",
            f"One linear neuron with {at.n} sigmoid inputs: {plain} steps by plain descent and {ball} with momentum, each at its best rate in the long run, "
            f"{adam} with Adam at the rate with the fewest, and {centred} once the inputs are centred.",
            at,
            holds="ask",
            figure=f"{plain} → {centred} steps",
            of=f"to {GOALS[at.goal]} of the loss of one linear neuron with {at.n} inputs, once they are centred",
        )
    ]
