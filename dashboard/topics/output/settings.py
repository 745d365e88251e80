"""What `/output` can be set to: names, bounds, defaults and labels, once, here; and its presets."""

from dashboard.ui.settings import Preset, page_settings, segmented, slider, steps

LARGEST, TENTH = 6.0, 0.1
"""Weight and bias start within ± LARGEST, in steps of TENTH."""


@page_settings
class Output:
    """The settings of `/output`."""

    w: float = slider("Start, weight *w*", default=2.0, low=-LARGEST, high=LARGEST, step=TENTH, format="%.1f")
    b: float = slider("Start, bias *b*", default=2.0, low=-LARGEST, high=LARGEST, step=TENTH, format="%.1f")
    eta: float = slider("Learning rate *η*", default=0.15, low=0.01, high=2.0, step=0.01, format="%.2f")
    target: float = segmented("Target *y*, for the input *x* = 1", {"0": 0.0, "1": 1.0}, default=0.0)
    steps: int = steps("Steps", {"100": 100, "300": 300, "1000": 1000, "3000": 3000, "10000": 10000}, default=300)
    pinned: int = slider("Step, % of the run", default=17, low=0, high=100, step=1)


STUCK, MILD = Output(), Output(w=0.6, b=0.9)
"""Nielsen's demonstration: its two starts, at his learning rate and target."""

PRESETS = (
    Preset("stuck", "Why is Nielsen's neuron stuck?", STUCK),
    Preset("mild", "And from his milder start?", MILD),
    Preset("far", "A small gradient: has it converged?", Output(w=5.0, b=5.0)),
    Preset("right", "And when it is nearly right?", Output(w=-0.8, b=-1.0)),
)


def is_nielsens(at: Output) -> bool:
    """Whether both neurons are taught as in Nielsen's demonstration, however long it is shown."""
    return any((at.w, at.b, at.eta, at.target) == (his.w, his.b, his.eta, his.target) for his in (STUCK, MILD))
