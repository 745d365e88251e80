"""What `/network` says on the front page."""

from core.network.ablation import TARGET, ablation
from dashboard.topics.network.frames import reading
from dashboard.topics.network.settings import Network
from dashboard.topics.network.words import CENTRED, SIGMOID, counts
from dashboard.ui.card import Card


def cards() -> list[Card]:
    """It matters in practice: digits, each variant at its best eta, in the shipped table."""
    full, single = (counts(reading(ablation()[batch]), SIGMOID, CENTRED) for batch in ("full", "1"))
    return [
        Card(
            7,
            "It matters in practice",
            "Partly.",
            f"Digits to a loss of {TARGET:g}, each at its best *η*, full batch: {full[0]} steps, centred {full[1]}. At batch 1: "
            f"{single[0]}, centred {single[1]}.",
            Network(batch="full"),
            figure=f"{full[0]} → {full[1]} steps",
            of="on digits, when centred",
        )
    ]
