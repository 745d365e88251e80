"""What `/network` says on the front page."""

from core.network.ablation import TARGET, ablation
from dashboard.topics.network.compare import Verdict, square
from dashboard.topics.network.frames import reading
from dashboard.topics.network.settings import Network
from dashboard.topics.network.words import steps
from dashboard.ui.card import Card


def cards() -> list[Card]:
    """It matters in practice: digits, each variant at its best eta, in the shipped table."""
    full, one = (square(reading(ablation()[batch])) for batch in ("full", "1"))
    single = f"from {steps(one.plain)} to {steps(one.centred)}"
    if one.centring.verdict is not Verdict.FEWER:
        single += ", which the seeds do not agree on"
    return [
        Card(
            7,
            "It matters in practice",
            "Partly.",
            f"Digits to a loss of {TARGET:g}, each at its best *η*: with the full batch, centring brings {steps(full.plain)} steps to "
            f"{steps(full.centred)}; with one sample a step, {single}.",
            Network(batch="full"),
            figure=f"{steps(full.plain)} → {steps(full.centred)} steps",
            of="on digits, when centred",
        )
    ]
