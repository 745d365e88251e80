"""What `/saturation` says on the front page."""

from core.saturation import layer_slope, layer_spread
from dashboard.look.formats import percent, three
from dashboard.topics.saturation.settings import Saturation
from dashboard.ui.cache import cached
from dashboard.ui.card import Card


def cards() -> list[Card]:
    """It saturates: the share of its best slope that a layer keeps, at the page's default."""
    at = Saturation()
    spread = layer_spread(at.weights, at.square)
    slope = cached(layer_slope)(at.activation, at.mean, spread)
    return [
        Card(
            4,
            "It saturates",
            "True where weights are large.",
            f"At a spread of {three(spread)} in its pre-activations (weight scale {at.weights:g}) a layer keeps "
            f"{percent(slope.kept)} of its best slope (root mean square).",
            at,
            figure=f"{percent(slope.kept)} slope left",
            of=f"of a layer's best (root mean square), at weight scale {at.weights:g}",
        )
    ]
