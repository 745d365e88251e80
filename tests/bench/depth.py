"""How long it takes to measure deep random networks: the sampler, matrices, and PyTorch where it is installed.

    OMP_NUM_THREADS=1 python -m tests.bench.depth

N = 1,024 units, L = 100 layers, 64 networks. The sampler runs all of it. Matrices and PyTorch (`pip install torch`, nothing
here needs it) run a few networks of fewer layers, whose time is scaled up: it is linear in both. Then the sampler's time per
unit over N, L and networks, which should be level.
"""

import time
from collections.abc import Callable

from core.depth.measured import DepthConfig, measure

WIDTH, LAYERS, NETWORKS = 1024, 100, 64
SOME_LAYERS, SOME_NETWORKS = 15, 2


def seconds(run: Callable[[], object], times: int = 3) -> float:
    """The best of a few runs."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best


def config(width: int, layers: int, networks: int, engine: str = "sampler") -> DepthConfig:
    return DepthConfig("sigmoid", layers, width, 1.0, 0.0, networks, engine=engine)


def by_pytorch(layers: int, networks: int) -> list[float]:
    """log10 |delta_1| of each network, by autograd."""
    import torch

    found = []
    for _ in range(networks):
        x, pre = torch.randn(WIDTH), []
        for _ in range(layers):
            z = (torch.randn(WIDTH, WIDTH) / WIDTH**0.5) @ x
            z.requires_grad_() if not z.requires_grad else z.retain_grad()
            pre.append(z)
            x = torch.sigmoid(z)
        g = torch.randn(WIDTH)
        (x * g / g.norm()).sum().backward()
        found.append(float(pre[0].grad.norm().log10()))
    return found


def main() -> None:
    whole = seconds(lambda: measure(config(WIDTH, LAYERS, NETWORKS)))
    print(f"sampler, {NETWORKS} networks of {LAYERS} layers of {WIDTH}: {whole:.3f} s")
    scale = LAYERS / SOME_LAYERS * NETWORKS / SOME_NETWORKS
    others = {"matrices": lambda: measure(config(WIDTH, SOME_LAYERS, SOME_NETWORKS, "matrix"))}
    try:
        import torch

        torch.set_num_threads(2)
        others["PyTorch, float32"] = lambda: by_pytorch(SOME_LAYERS, SOME_NETWORKS)
    except ImportError:
        print("PyTorch is not installed")
    for name, run in others.items():
        some = seconds(run)
        print(
            f"{name}, {SOME_NETWORKS} networks of {SOME_LAYERS} layers: {some:.3f} s; scaled to all: {some * scale:.1f} s, "
            f"{some * scale / whole:.0f} times the sampler"
        )
    print("sampler, nanoseconds per unit:")
    for width, layers, networks in ((256, 50, 16), (1024, 50, 16), (1024, 200, 16), (1024, 200, 64), (2048, 200, 64)):
        taken = seconds(lambda: measure(config(width, layers, networks)))  # noqa: B023
        print(f"  {width} x {layers} x {networks}: {taken * 1e9 / (width * layers * networks):.0f} ({taken:.3f} s)")


if __name__ == "__main__":
    main()
