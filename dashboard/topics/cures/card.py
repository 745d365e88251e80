"""What `/cures` says on the front page."""

from core.neuron.racing import race
from dashboard.look.formats import whole
from dashboard.topics.cures.frames import field, races
from dashboard.topics.cures.settings import Cures
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
            f"One neuron with {at.n} sigmoid inputs, each way at its best: {plain} steps by plain descent, {ball} with momentum, {adam} with Adam, and "
            f"{centred} once the inputs are centred.",
            at,
            holds="ask",
            figure=f"{plain} → {centred}",
            of=f"steps with {at.n} inputs, once they are centred",
        )
    ]
