"""Which page shows the number of a cell of the table, and in which settings: read off the case itself."""

import math
from collections.abc import Mapping

from core.activations import activation
from core.ailments import ETA, SQUARE, TAILS, Case
from core.depth.normalisations import normalisation
from core.initialisations import RULES
from core.remedies import REMEDIES, Cell
from dashboard.topics.cures.settings import Cures

Link = tuple[str, Mapping[str, str]]
"""The slug of a topic, and the query that sets its page."""

_DEEPER: Link = ("cures", {"cures_deeper": "true"})


def evidence(cell: Cell) -> Link:
    """The page, and the settings, that show the number of a cell."""
    case = REMEDIES[cell.remedy].case
    return _EVIDENCE[cell.ailment](case)


def _lopsided(case: Case) -> Link:
    if normalisation(case.norm).after or case.skip or case.bias or case.share < 1:
        return _DEEPER
    if case.flipped:
        return "neuron", {"neuron_flip": "true"}
    if case.standardised:
        return "cures", {"cures_inputs": "your own", "cures_mean": "0.0", "cures_spread": "1.0"}
    if case.larger != 1:
        return "cures", {"cures_cursor": f"{case.larger:.1f}"}
    return "cures", {} if case.activation == Cures().inputs else {"cures_inputs": activation(case.activation).label}


def _tails(case: Case) -> Link:
    if case.method != "plain":
        return _DEEPER
    kind = normalisation(case.norm)
    weights, square = (1.0, 1.0) if kind.before else (TAILS, 1.0 if kind.after else SQUARE)
    if case.larger != 1:
        # The largest weights that the page has, and inputs that make up for the rest.
        weights, square = 20.0, (TAILS * case.larger / 20.0) ** 2 * SQUARE
    unit = activation(case.activation).label
    return "saturation", {
        "saturation_activation": unit,
        "saturation_weights": f"{weights:.1f}",
        "saturation_square": f"{square:.2f}",
    }


def _vanishing(case: Case) -> Link:
    if case.method != "plain":
        return _DEEPER
    query = {
        "depth_activation": activation(case.activation).label,
        "depth_layers": "20",
        "depth_norm": normalisation(case.norm).label,
        "depth_skip": "true" if case.skip else "false",
    }
    size = case.sigma_w * case.larger
    named = [
        one.label
        for one in RULES.values()
        if one.bias_gain == 0 and one.orthogonal == case.orthogonal and math.isclose(one.gain, size**2)
    ]
    rule = {"depth_rule": named[0]} if named else {"depth_rule": "your own", "depth_weights": f"{size:.2f}"}
    return "depth", query | rule


def _output(case: Case) -> Link:
    if case.method != "plain":
        return _DEEPER
    return "output", {"output_w": "3.0", "output_b": "3.0", "output_eta": f"{ETA * case.share:.2f}"}


_EVIDENCE = {"lopsided": _lopsided, "tails": _tails, "vanishing": _vanishing, "output": _output}
