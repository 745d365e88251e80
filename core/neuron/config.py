"""What one run of descent on a linear neuron is told."""

from core.checks import check_array
from core.dataset import DataSet
from core.fields import made_of, numbers, real, settings, whole
from core.inputs import Inputs
from core.neuron.stability import FULL, LARGEST_BATCH

MOST_STEPS = 5000


@settings
class DescentConfig:
    """One run.

    Raises: ValueError that names the parameter, its value and its range; where start or target are not n numbers; where a
    data set is given a target, or fewer samples than a batch takes.
    """

    inputs: Inputs | DataSet = made_of("the law of the inputs, or samples of them with their targets", Inputs, DataSet)
    start: tuple[float, ...] = numbers("the n weights w_0 it starts from", -100, 100)
    target: tuple[float, ...] | None = numbers(
        "the n weights w* that it heads for; None with a data set, which has targets of its own",
        -100,
        100,
        default=None,
    )
    eta: float = real("learning rate", 0, 1e9, default=0.1)
    batch: int = whole(
        "samples a step: fresh ones, or a data set's next ones; 0 for all", 0, LARGEST_BATCH, default=FULL
    )
    steps: int = whole("at most so many", 1, MOST_STEPS, default=1000)
    tolerance: float = real(
        "it has converged once the loss above the least is at most so many times what it was", 1e-12, 1, default=1e-4
    )
    seed: int = whole("of the batches", 0, 2**63, default=0)

    def __post_init__(self) -> None:
        check_array("start", self.start, (self.inputs.n,))
        if isinstance(self.inputs, Inputs):
            check_array("target", self.target, (self.inputs.n,))
        elif self.target is not None:
            raise ValueError(f"target = {self.target!r} is not None: a data set has targets of its own")
        elif self.batch > self.inputs.samples:
            raise ValueError(
                f"batch = {self.batch} is not a whole number in [0, {self.inputs.samples}], the samples given"
            )

    @property
    def law(self) -> Inputs:
        """The law of the inputs.

        Raises: ValueError for a data set, which has none.
        """
        if not isinstance(self.inputs, Inputs):
            raise ValueError(f"inputs = a data set of {self.inputs.samples} samples, which has no law")
        return self.inputs
