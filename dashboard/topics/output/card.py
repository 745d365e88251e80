"""What `/output` says on the front page."""

from core.output import CROSS_ENTROPY, GOAL, MOST_STEPS, SQUARED, OutputConfig, learn
from dashboard.look.formats import whole
from dashboard.topics.output.settings import Output
from dashboard.ui.cache import cached
from dashboard.ui.card import Card


def cards() -> list[Card]:
    """A sigmoid output is no problem: steps with either cost, at the page's default."""
    at = Output()
    squared, entropy = (
        cached(learn)(OutputConfig(cost, at.w, at.b, eta=at.eta, steps=MOST_STEPS)) for cost in (SQUARED, CROSS_ENTROPY)
    )
    return [
        Card(
            6,
            "A sigmoid output is no problem",
            "True with cross-entropy.",
            f"From the pre-activation {at.w + at.b:g}, {whole(entropy.steps)} steps to within {GOAL:g} of the target; with squared "
            f"error {whole(squared.steps)}.",
            at,
            figure=f"{whole(entropy.steps)} or {whole(squared.steps)} steps",
            of=f"with cross-entropy, or with squared error, from *z* = {at.w + at.b:g}",
        )
    ]
