"""What `/network` says on the front page."""

from core.network.ablation import TARGET, Table, ablation
from dashboard.look.formats import arrival
from dashboard.topics.network.settings import Network
from dashboard.ui.card import Card


def cards() -> list[Card]:
    """It matters in practice: digits, each variant at its best eta, in the shipped table."""
    tables = ablation()
    full, single = ([_best(tables[name], key) for key in ("sigmoid", "centred")] for name in ("full", "1"))
    return [
        Card(
            7,
            "It matters in practice",
            "Partly.",
            f"Digits to a loss of {TARGET:g}, each at its best eta: {full[0]} to {full[1]} steps when centred, full batch; "
            f"{single[0]} to {single[1]} at batch 1.",
            Network(batch="full"),
        )
    ]


def _best(table: Table, key: str) -> str:
    median = float(table.medians()[table.variants.index(key), table.best(key)])
    return arrival(median, table.experiment.steps)
