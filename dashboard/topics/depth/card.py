"""What `/depth` says on the front page."""

from core.depth.mean_field import fixed_point
from core.initialisations import rule
from dashboard.look.formats import three
from dashboard.topics.depth.settings import Depth
from dashboard.ui.cache import cached
from dashboard.ui.card import Card


def cards() -> list[Card]:
    """At most 0.25 a layer: the factor that a layer has."""
    at = Depth(rule="lecun")
    sigma_w = rule(at.rule).sigma_w(at.width, at.width)
    point = cached(fixed_point)(at.activation, sigma_w)
    return [
        Card(
            5,
            "At most 0.25 a layer, so it vanishes",
            "Half true: weights count too.",
            f"{three(point.factor)} per layer, deep inside, at weight scale {sigma_w:g}. Larger weights raise it, at the price of saturation.",
            at,
            figure=f"× {three(point.factor)} a layer",
            of=f"in theory, deep inside, at weight scale {sigma_w:g}",
        )
    ]
