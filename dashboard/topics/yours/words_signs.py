"""What `/yours` says of the signs of a layer's updates, and how sure it is."""

import math

from core.diagnosis.results import Diagnosis
from dashboard.look.formats import about, percent, plural, short, whole
from dashboard.topics.yours.frames import lock_error

LOCK_HEAD = ("batch", "batches", "one sign", "± error", "bits of 2")


def signs(found: Diagnosis) -> str:
    """How often all updates of a neuron share a sign: of every single sample, of batches drawn among them, of all at once."""
    if found.locks is None:
        return (
            "No upstream signals were captured. In a large batch of pure noise, all updates of a neuron would share a sign in "
            f"{percent(found.noise.locked)} of the cases."
        )
    one = found.locks
    shares = one.locked.tolist()
    known = [share for share in shares if not math.isnan(share)]
    if not known:
        return "No weight moves: every signal is 0, or meets an input of 0."
    if not any(share > 0 for share in known):
        return "At no batch size that was measured do all updates of a neuron share a sign."
    said, drawn, most = [], [], 0
    rows = zip(one.batch.tolist(), shares, lock_error(found), one.batches.tolist(), one.counted.tolist(), strict=True)
    for batch, share, error, batches, counted in rows:
        if math.isnan(share):
            continue
        if batch == 1:
            said.append(f"All updates of a neuron share a sign {percent(share)} of the time at batch 1.")
        elif batch < found.samples:
            most = max(most, batches)
            drawn.append(f"{about(share, error)} at batch {whole(batch)}")
        else:
            said.append(
                f"One step on all {whole(batch)} samples moves {plural(counted, 'neuron')}; in {_one_way(round(share * counted))} move "
                "one way."
            )
    if drawn:
        said.insert(
            min(1, len(said)),
            f"Of each larger size, {whole(most)} batches at most were drawn from these samples: {', '.join(drawn)} (± one standard error).",
        )
    return " ".join(said)


def _one_way(count: int) -> str:
    return f"{whole(count)} of them all weights" if count else "none of them do all weights"


def lock_table(found: Diagnosis) -> list[list[str]]:
    """Sign locks by batch size."""
    if found.locks is None:
        return []
    one = found.locks
    columns = (one.batch.tolist(), one.batches.tolist(), one.locked.tolist(), lock_error(found), one.bits.tolist())
    return [
        [
            whole(batch),
            "every sample" if batch == 1 else "all at once" if batch == found.samples else whole(batches),
            "nothing moves" if math.isnan(lock) else percent(lock),
            "–" if math.isnan(error) else percent(error),
            "nothing moves" if math.isnan(bits) else short(bits),
        ]
        for batch, batches, lock, error, bits in zip(*columns, strict=True)
    ]


def noise_text(found: Diagnosis) -> str:
    """The noise limit of the lock."""
    bits = "no pair of weights moves" if math.isnan(found.noise.bits) else f"{short(found.noise.bits)} bits of 2"
    return (
        "**The sign lock.** In a large batch of signals that have mean 0 and know nothing of these inputs, all updates of a neuron "
        f"would share a sign in {percent(found.noise.locked)} of the cases (for independent inputs), with {bits} a pair of weights. "
        "Measured from the captured signals, by batch size. The standard error is as if batches were independent, and the neurons "
        "of one batch moved as one:"
    )
