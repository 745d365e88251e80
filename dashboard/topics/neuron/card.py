"""What `/neuron` says on the front page."""

from core.inputs import Inputs
from core.locks import measured_lock, noise_lock
from dashboard.look.formats import percent
from dashboard.topics.neuron.settings import DRAWS, Neuron
from dashboard.ui.cache import cached
from dashboard.ui.card import Card

BATCH = 32
"""The batch size it speaks of."""


def cards() -> list[Card]:
    """All weights of one neuron move together: how often they still do in a batch."""
    law = Inputs("sigmoid")
    share, _ = cached(measured_lock)(law, BATCH, DRAWS, 0)
    return [
        Card(
            1,
            "All weights of one neuron move together",
            "True for one sample.",
            f"In batches of {BATCH} both signs still agree {percent(share)} of the time; two coins would in 50 %. Large batches tend "
            f"to {percent(noise_lock(law))}.",
            Neuron(batch=1, eta=0.5),
            deeper=True,
            figure=f"{percent(share)} agree",
            of=f"the share of batches of {BATCH}, their errors drawn at random, that still move both weights one way; of large ones {percent(noise_lock(law))}. Two fair coins agree in 50 %",
        )
    ]
