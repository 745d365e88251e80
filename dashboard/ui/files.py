"""The data behind a chart as a file: the columns that a reader would plot, each with a name and a line on what it is.

What several topics draw is named here. What a topic alone draws, or names otherwise, it says itself: `FILES` in its `frames.py`
has, by file and column, the name in the file and what it is.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.look.columns import Columns

Named = Mapping[str, tuple[str, str]]
"""By column: its name in a file, and what it is, with its unit where it has one."""

PICTURE_ONLY = frozenset({"piece", "order", "row", "glyph", "parity", "told", "turn", "mid", "px", "grip", "label"})
"""Columns that tell a picture how to draw, and a reader nothing; but for what a topic names."""

COMMON: Named = {
    "panel": ("inputs_are", "which of the landscapes: 0 the given inputs, 1 the same inputs centred"),
    "x": ("w1", "first weight"),
    "y": ("w2", "second weight"),
    "step": ("step", "optimiser steps taken"),
    "steps": ("steps", "optimiser steps needed"),
    "loss": ("loss", "loss of the run at this step"),
    "activation": ("activation", "of the units that give the inputs"),
    "seed": ("seed", "of the initial weights and of the order of the samples"),
    "eta": ("learning_rate", "learning rate"),
    "state": ("state", "how the run ended"),
    "back": ("layers_back", "layers from the output"),
    "sigma_w": ("weight_scale", "root of fan-in times the variance of a weight"),
    "factor": ("factor_per_layer", "by which a layer multiplies the size of the gradient"),
    "q": ("mean_square", "mean square of a pre-activation"),
    "rms": ("rms_slope", "root mean square slope"),
    "kept": ("slope_kept", "root mean square slope as a share of the best, 0 to 1"),
    "saturated": ("share_saturated", "share of units saturated, 0 to 1"),
    "spread": ("spread", "standard deviation of a pre-activation"),
    "z": ("z", "pre-activation"),
    "a": ("a", "activation, the output of the unit"),
}


def named(frame: Columns, own: Named) -> dict[str, tuple[str, str]]:
    """The columns of a chart that a reader would plot: name in the file, and what it is."""
    said = {**COMMON, **own}
    return {key: said.get(key, (key, "")) for key in frame if key in own or key not in PICTURE_ONLY}


def plain(frame: Columns, own: Named) -> dict[str, Any]:
    """These columns by the names that files have."""
    return {name: frame[key] for key, (name, _) in named(frame, own).items()}


def explained(frame: Columns, own: Named) -> str:
    """A line on what the columns of the file are."""
    return "; ".join(f"`{name}`: {said}" if said else f"`{name}`" for name, said in named(frame, own).values())


def csv(frame: Columns, own: Named) -> str:
    """Columns as the text of a .csv, those a reader would plot, with their names in its first line."""
    return str(pd.DataFrame(plain(frame, own)).to_csv(index=False))
