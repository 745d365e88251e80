"""Optimiser steps per second of the network page's default run, several ways.

    OMP_NUM_THREADS=1 python -m tests.bench.network

trains the default settings of core.network.training.Training side by side (as the page does), one network at a time in plain numpy,
and, where PyTorch is installed (`pip install torch`, nothing here needs it), one network at a time and batched in PyTorch
eager on the CPU. A step is one optimiser step of one network. All start from the same weights and see the same minibatches;
each one's final losses are compared, so that every way is known to do the same training.
"""

import time
from collections.abc import Callable
from functools import partial
from itertools import islice

import numpy as np

from core.logits import shares_and_logs
from core.network.mlp import forward, losses
from core.network.runs import collect
from core.network.training import Trainer, Training, minibatches
from core.network.variants import VARIANTS, Variant

TRAINING = Training()
KEYS = [key for key in TRAINING.variants for _ in range(TRAINING.seeds)]
ETAS = [float(eta) for eta in np.broadcast_to(TRAINING.etas, len(TRAINING.variants)).repeat(TRAINING.seeds)]


def side_by_side() -> np.ndarray:
    trainer = Trainer(TRAINING)
    trainer.advance(TRAINING.steps)
    return losses(forward(trainer.nets, trainer.data.x[None]).logits, trainer.data.labels[None])


def batches(run: int) -> list[np.ndarray]:
    return list(islice(minibatches(TRAINING.seed + run % TRAINING.seeds, TRAINING.batch), TRAINING.steps))


def activate(kind: Variant, gain: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if kind.form is None:
        return gain * kind.known.f(z), gain * kind.known.df(z)
    h = np.tanh(kind.form.rate * z)
    return gain * (h + kind.form.shift), gain * kind.form.rate * (1 - h * h)


def plain_numpy() -> np.ndarray:
    """One network after the other, as a textbook would write it for one hidden layer."""
    trainer, found = Trainer(TRAINING), []
    x, labels = trainer.data.x, trainer.data.labels
    for run, key in enumerate(KEYS):
        hidden = partial(activate, VARIANTS[key], trainer.nets.gain[0][run])
        (w1, b1), (w2, b2) = ((w[run].copy(), b[run].copy()) for w, b in trainer.nets.layers)
        for chosen in batches(run):
            a, slope = hidden(x[chosen] @ w1.T + b1)
            delta, _ = shares_and_logs(a @ w2.T + b2)
            delta[np.arange(len(chosen)), labels[chosen]] -= 1
            delta /= len(chosen)
            back = (delta @ w2) * slope
            w2 -= ETAS[run] * delta.T @ a
            b2 -= ETAS[run] * delta.sum(axis=0)
            w1 -= ETAS[run] * back.T @ x[chosen]
            b1 -= ETAS[run] * back.sum(axis=0)
        _, log_p = shares_and_logs(hidden(x @ w1.T + b1)[0] @ w2.T + b2)
        found.append(-log_p[np.arange(len(x)), labels].mean())
    return np.array(found)


def torch_one_at_a_time(dtype: str) -> np.ndarray:
    import torch
    from torch import nn

    kind = getattr(torch, dtype)

    class Hidden(nn.Module):
        """The variant's activation by PyTorch's own functions."""

        def __init__(self, key: str) -> None:
            super().__init__()
            known = VARIANTS[key]
            form = known.form
            sigma = form is not None and form.rate == 0.5
            self.scale, self.offset = (2 * form.gain, form.gain * (form.shift - 1)) if sigma else (1.0, 0.0)
            self.signs = torch.tensor([1.0, -1.0] * (TRAINING.width // 2), dtype=kind) if known.flipped else None
            self.f = torch.sigmoid if sigma else getattr(torch, key)

        def forward(self, z: torch.Tensor) -> torch.Tensor:
            a = self.f(z)
            if self.scale != 1:
                a = a * self.scale
            if self.offset:
                a = a + self.offset
            return a if self.signs is None else a * self.signs

    trainer, found = Trainer(TRAINING), []
    x, labels = torch.tensor(trainer.data.x, dtype=kind), torch.tensor(trainer.data.labels)
    for run, key in enumerate(KEYS):
        width = TRAINING.width
        net = nn.Sequential(nn.Linear(64, width), Hidden(key), nn.Linear(width, 10)).to(kind)
        with torch.no_grad():
            for layer, (w, b) in zip((net[0], net[2]), trainer.nets.layers, strict=True):
                layer.weight.copy_(torch.tensor(w[run]))
                layer.bias.copy_(torch.tensor(b[run]))
        optimiser, cost = torch.optim.SGD(net.parameters(), lr=ETAS[run]), nn.CrossEntropyLoss()
        for chosen in map(torch.from_numpy, batches(run)):
            optimiser.zero_grad()
            cost(net(x[chosen]), labels[chosen]).backward()
            optimiser.step()
        found.append(cost(net(x), labels).item())
    return np.array(found)


def torch_batched(dtype: str) -> np.ndarray:
    import torch

    kind = getattr(torch, dtype)
    trainer, nets = Trainer(TRAINING), Trainer(TRAINING).nets
    x, labels = torch.tensor(trainer.data.x, dtype=kind), torch.tensor(trainer.data.labels)
    theta = [torch.tensor(p, dtype=kind, requires_grad=True) for pair in nets.layers for p in pair]
    gain, rate, shift = (torch.tensor(p, dtype=kind) for p in (nets.gain[0], nets.rate, nets.shift))
    rectified, eta = torch.tensor(np.concatenate([runs for _, runs in nets.apart])), torch.tensor(ETAS, dtype=kind)

    def cost(x: "torch.Tensor", labels: "torch.Tensor") -> "torch.Tensor":
        w1, b1, w2, b2 = theta
        z = torch.baddbmm(b1[:, None], x.expand(len(KEYS), -1, -1), w1.mT)
        a = gain * (torch.tanh(rate * z) + shift)
        a = torch.index_copy(a, 0, rectified, torch.relu(z[rectified]))
        logits = torch.baddbmm(b2[:, None], a, w2.mT)
        each = torch.nn.functional.cross_entropy(logits.mT, labels.expand(len(KEYS), -1), reduction="none")
        return each.mean(dim=1)

    orders = [batches(run) for run in range(TRAINING.seeds)]
    for step in range(TRAINING.steps):
        chosen = torch.from_numpy(np.array([orders[run % TRAINING.seeds][step] for run in range(len(KEYS))]))
        gradients = torch.autograd.grad(cost(x[chosen], labels[chosen]).sum(), theta)
        with torch.no_grad():
            for p, g in zip(theta, gradients, strict=True):
                p -= eta.view(-1, *[1] * (p.dim() - 1)) * g
    return cost(x, labels).detach().numpy()


def report(name: str, way: Callable[[], np.ndarray], oracle: np.ndarray | None, tolerance: float = 1e-6) -> float:
    """Steps per second, the best of three; the first call, which is not counted, warms up."""
    found, seconds = way(), []
    for _ in range(3):
        start = time.perf_counter()
        way()
        seconds.append(time.perf_counter() - start)
    rate = TRAINING.steps * TRAINING.runs / min(seconds)
    if oracle is not None and not np.allclose(found, oracle, rtol=tolerance):
        raise AssertionError(f"{name}: another training, losses off by {np.abs(found / oracle - 1).max():.2g}")
    print(f"{name:<44} {rate:>9,.0f} steps/s")
    return rate


def main() -> None:
    print(f"{TRAINING.runs} networks, {TRAINING.steps} steps, batch {TRAINING.batch}, width {TRAINING.width}")
    oracle = side_by_side()
    own = report("core, side by side, float64", side_by_side, None)
    others = [("plain numpy, one at a time, float64", plain_numpy, 1e-6)]
    try:
        import torch
    except ImportError:
        print("PyTorch is not installed: its rows are left out")
    else:
        threads = torch.get_num_threads()
        for dtype, tolerance in (("float32", 0.02), ("float64", 1e-6)):
            label = f"PyTorch {torch.__version__} eager, {{}}, {dtype}, {threads} thread{'s' * (threads > 1)}"
            others += [
                (label.format("one at a time"), lambda d=dtype: torch_one_at_a_time(d), tolerance),
                (label.format("batched"), lambda d=dtype: torch_batched(d), tolerance),
            ]
    for name, way, tolerance in others:
        print(f"{'':<4}core is {own / report(name, way, oracle, tolerance):.1f} times that")
    start = time.perf_counter()
    collect(TRAINING)
    print(f"the whole run with all its checkpoints: {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
