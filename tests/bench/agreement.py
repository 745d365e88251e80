"""The two engines of core.depth.measured against each other with thousands of networks: not part of the test suite.

    OMP_NUM_THREADS=1 python -m tests.bench.agreement [networks, 10000 unless given]

For widths 16, 64 and 256, every normalisation, with and without skip connections: the largest difference of means in
standard errors, and the largest ratio of spreads, over all recorded quantities and layers. The spread of a spread over n
networks is about 1 / sqrt(2 n) of it, so 5 % takes thousands.
"""

import sys
from dataclasses import replace
from itertools import product

import numpy as np

from core.depth.measured import NORMS, DepthConfig, measure

RECORDED = ("log_delta", "log_dw", "log_x", "mean", "saturated")


def compare(config: DepthConfig) -> tuple[float, float]:
    """The largest difference of means in standard errors, and the largest relative difference of spreads."""
    sampled, oracle = measure(config), measure(replace(config, engine="matrix", seed=config.seed + 1))
    means, spreads = [], []
    for name in RECORDED:
        a, b = getattr(sampled, name), getattr(oracle, name)
        s, t = a.std(0, ddof=1), b.std(0, ddof=1)
        moves = np.minimum(s, t) > 1e-9  # a normalised layer has the same size in every network
        error = np.sqrt((s**2 + t**2) / config.seeds)[moves]
        means += [*(np.abs(a.mean(0) - b.mean(0))[moves] / error)]
        if name == "saturated":
            moves &= a.mean(0) > 0.02  # the spread of a rare event is not known to 5 % from thousands of networks
        spreads += [*np.abs(s[moves] / t[moves] - 1)]
    return max(means), max(spreads)


def main(seeds: int) -> None:
    worst = (0.0, 0.0)
    for width, norm, skip in product((16, 64, 256), NORMS, (False, True)):
        found = compare(DepthConfig("sigmoid", 4, width, 2.0, 0.3, seeds, norm, skip, seed=2))
        worst = max(worst[0], found[0]), max(worst[1], found[1])
        print(f"width {width:3} {norm:12} skip {skip!s:5} means {found[0]:.2f} SE  spreads {found[1]:.1%}", flush=True)
    print(f"worst of all: means {worst[0]:.2f} standard errors, spreads {worst[1]:.1%}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
