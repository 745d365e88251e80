"""How to read the picture of `/depth`: of what is drawn in it, and of nothing else."""

from collections.abc import Mapping, Sequence

from core.depth.measured import DepthConfig
from dashboard.look.formats import power
from dashboard.topics.depth.charts_live import HIGHEST, SCALES
from dashboard.topics.depth.frames import entries
from dashboard.topics.depth.frames_deeper import Settled


def legend(config: DepthConfig, wanted: int, quantity: str, ruled: Mapping[str, float]) -> str:
    """The upper half. ruled: the limits of number formats that are drawn, as the power of ten at which they stand."""
    many = (
        f"the median and the middle 80 % of {config.seeds} random networks"
        if config.seeds > 1
        else "one random network"
    )
    parts = [f"Wide lines: {many}, {config.width} units a layer. Dashed: theory of infinitely wide ones."]
    if quantity == "delta":
        parts.append(
            "*δ* is dL/d*z*. The gradient at the output, 0 layers back, has length 1: the level line at 0. A curve begins one layer "
            "back, the last layer's slopes already in it."
        )
    else:
        parts.append("*δ*, the gradient of the pre-activations, is that of a gradient of length 1 at the output.")
    for name, value in ruled.items():
        parts.append(
            f"At the rule {name} a gradient of {entries(config, quantity):,} like entries has the length {power(value)}: below it each "
            "rounds to 0 in that number format."
        )
    if config.seeds < wanted:
        parts.append(f"Of the {wanted} networks you asked for, {config.seeds}: a run is kept short.")
    if config.inputs > 1:
        parts.append(f"Batches of {config.inputs} inputs, in the theory too.")
    if config.skip:
        parts.append("A layer's output is its input plus *f*(*z*).")
    return " ".join(parts)


def lower(settled: Sequence[Settled], by_hand: bool) -> str:
    """The lower half. by_hand: whether the slider can be moved."""
    parts = [
        f"Below: what one layer deep inside, far from both ends, multiplies the gradient by, in theory. Full "
        f"{'dots' if len(settled) > 1 else 'dot'}: your weight scale"
    ]
    if any(one.point.factor > HIGHEST for one in settled):
        parts[0] += "; a triangle lies above the picture"
    rings = sum(
        one.crossing is not None and not one.crossing.jumps and one.crossing.sigma_w <= SCALES[1] for one in settled
    )
    if rings:
        parts[0] += f". {'Rings, with their' if rings > 1 else 'Ring, with its'} scale: where the factor is 1"
    parts[0] += "."
    if len(settled) > 1:
        parts.append("Dotted curves: the share of saturated units, in their activation's colour, on the same axis.")
        moved = "dashed lines and full dots follow it, and the measured lines"
    else:
        parts.append("Dotted curve: the share of saturated units, on the same axis.")
        moved = "the dashed line and the full dot follow it, and the measured line"
    if by_hand:
        parts.append(f"The slider is the weight scale: {moved} once you let go.")
    return " ".join(parts)
