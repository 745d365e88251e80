"""What `/yours` says under "Go deeper"."""

import math

from core.diagnosis.results import Diagnosis
from dashboard.look.formats import percent, short, whole

LOCK_HEAD = ("batch", "all of one sign", "standard error", "bits of 2 a pair of weights")

CONVENTION = (
    "**The file.** In an .npz, `NAME.a` are a layer's inputs, samples × units; `NAME.delta` its upstream signals *δ* = dL/dz, "
    "samples × neurons; `NAME.z` the pre-activations behind the inputs, for GELU and SiLU, whose outputs do not tell their slope. "
    "Only `a` is needed. A .npy is one layer's inputs. A .csv is one layer, a sample a line; columns headed `delta...` are its "
    "signals. Without this page: `python -m core.diagnosis layers.npz`."
)


def lock_table(found: Diagnosis) -> list[list[str]]:
    """Sign locks by batch size."""
    if found.locks is None:
        return []
    one = found.locks
    every = zip(*(values.tolist() for values in (one.batch, one.locked, one.error, one.bits)), strict=True)
    return [
        [
            whole(batch),
            *(
                "nothing moves" if math.isnan(x) else f(x)
                for x, f in ((lock, percent), (error, percent), (bits, short))
            ),
        ]
        for batch, lock, error, bits in every
    ]


def noise_text(found: Diagnosis) -> str:
    """The noise limit of the lock."""
    bits = "no pair of weights moves" if math.isnan(found.noise.bits) else f"{short(found.noise.bits)} bits of 2"
    return (
        "**The sign lock.** In a large batch of signals that have mean 0 and know nothing of these inputs, all updates of a neuron "
        f"would share a sign in {percent(found.noise.locked)} of the cases (for independent inputs), with {bits} a pair of weights. "
        "Measured from the captured signals, by batch size:"
    )
