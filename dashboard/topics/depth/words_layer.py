"""What `/depth` says of one layer, taken apart."""

from collections.abc import Callable, Sequence

from core.depth.measured import DepthConfig
from core.depth.normalisations import normalisation
from core.depth.summary import LayerParts, TheoryParts
from dashboard.look.formats import percent, three
from dashboard.look.reckon import digits
from dashboard.topics.depth.words import SCALE, averaged


def layer_rows(measured: Sequence[LayerParts], theories: Sequence[TheoryParts], config: DepthConfig) -> list[list[str]]:
    """One layer's factor split into weights and slopes, a column for each activation, measured (the median network) and in
    theory: with digits enough that they multiply, where they are not medians."""

    def measured_row(name: str, text: Callable[[LayerParts], str]) -> list[str]:
        return [name, *map(text, measured)]

    def theory_row(name: str, value: Callable[[TheoryParts], float], fine: int = 3) -> list[str]:
        return [name, *(three(value(one), fine) for one in theories)]

    seen = 3 if config.seeds > 1 else _enough(measured)
    thought = _enough(theories)

    passed = "weights and the way around" if config.skip else "weights"
    return [
        measured_row(f"{passed}, measured", lambda one: three(one.weights, seen)),
        theory_row(f"{passed}, theory", lambda one: one.weights, thought),
        measured_row("slopes, measured", lambda one: three(one.slopes, seen)),
        theory_row("slopes, theory", lambda one: one.slopes, thought),
        measured_row("together, measured", lambda one: three(one.together)),
        theory_row("together, theory", lambda one: one.together),
        measured_row("together, 10 % to 90 %", lambda one: f"{three(one.low)} to {three(one.high)}"),
        theory_row("spread of *z* as the activation sees it, theory", lambda one: one.spread),
        measured_row("saturated units, measured", lambda one: percent(one.saturated)),
        measured_row(f"{averaged(config)}, measured", lambda one: three(one.mean)),
    ]


def _enough(parts: Sequence[LayerParts] | Sequence[TheoryParts]) -> int:
    """Digits for weights and slopes."""
    return max(digits((one.weights, one.slopes), one.together) for one in parts)


def split(layer: int, chosen: int, config: DepthConfig) -> str:
    """What the split of one layer shows; `chosen` is the layer that was asked for."""
    beyond = f" (Your layer {chosen} is beyond the last one with weights after it.)" if chosen > layer else ""
    back = rf"W^\top \delta_{{{layer + 1}}}"
    if config.skip:
        back = rf"\Big(\frac{{\partial L}}{{\partial x}} + {back}\Big)"
    text = (
        f"**Layer {layer} of {config.depth}, taken apart.**{beyond}\n\n"
        rf"$$\delta_{{{layer}}} = f'(z_{{{layer}}}) \cdot {back}$$"
        f"\n\nThe weights multiply its length by their scale, {SCALE}; the slopes by their root mean square."
    )
    if normalisation(config.norm).changes:
        text += " With a normalisation the slopes include the division by the spread."
    if config.skip:
        text += f" ∂*L*/∂*x* is the gradient that goes around layer {layer + 1}."
    if config.seeds > 1:
        text += " The measured numbers are medians, each taken by itself: they need not multiply."
    return text
