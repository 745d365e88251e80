"""What `/network` says on the front page."""

from core.network.ablation import TARGET, ablation
from dashboard.topics.network.compare import Verdict, square
from dashboard.topics.network.frames import reading
from dashboard.topics.network.settings import Network
from dashboard.topics.network.words import seeds, steps
from dashboard.ui.card import Card


def cards() -> list[Card]:
    """It matters in practice: digits, each variant at its best eta, in the shipped table."""
    full, one = (square(reading(ablation()[batch])) for batch in ("full", "1"))
    agree = "" if one.centring.verdict is Verdict.FEWER else f" There that is no clear gain over {seeds(one.centring)}."
    return [
        Card(
            7,
            "It matters in practice",
            "Partly.",
            f"Digits to a loss of {TARGET:g}, each at its best *η*, full batch: {steps(full.plain)} steps, centred "
            f"{steps(full.centred)}. At batch 1: {steps(one.plain)}, centred {steps(one.centred)}.{agree}",
            Network(batch="full"),
            figure=f"{steps(full.plain)} → {steps(full.centred)} steps",
            of="on digits with the full batch, once the hidden outputs are centred",
        )
    ]
