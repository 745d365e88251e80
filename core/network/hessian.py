"""The curvature of networks along a direction, exactly: one forward and one backward pass more."""

import numpy as np

from core.checks import FloatArray, IntArray
from core.logits import shares_and_logs
from core.network.mlp import Networks, backward, forward


def curvature_along(nets: Networks, x: FloatArray, labels: IntArray, direction: FloatArray) -> FloatArray:
    """The Hessian of the mean loss times a direction, exactly, for every run.

    Formula: d/dt of the gradient at theta + t v, at t = 0, carried through the forward and the backward pass:
    R{z} = V a + W R{a} + v, R{a} = f' R{z}, R{delta_L} = p R{z} - p (p . R{z}), R{dL/dW} = R{delta} a^T + delta R{a}^T,
    R{delta_{l-1}} = f'' R{z} (W^T delta) + f' (V^T delta + W^T R{delta}).
    Parameters: x, (R or 1, B, 64); labels, (R or 1, B); direction, v laid out as `theta`.
    Returns: H v, (R, parameters).
    Raises: ValueError for networks whose layers are normalised.
    Reference: Pearlmutter, Fast exact multiplication by the Hessian, Neural Computation 6 (1994).
    """
    if nets.norm:
        raise ValueError(f"norm = {nets.norm.key!r}: the curvature of normalised networks is not carried through")
    result = forward(nets, x, slopes=True, bends=True)
    deltas = backward(nets, result, labels, nets.split(np.empty_like(nets.theta)))
    own, along = nets.layers, nets.split(direction)
    r_a: list[FloatArray] = [np.zeros((1, 1, 1))]
    r_z: list[FloatArray] = []
    for layer, ((w, _), (v, v_b), a) in enumerate(zip(own, along, result.a, strict=True)):
        r_z.append(a @ v.swapaxes(1, 2) + v_b[:, None])
        if layer:
            r_z[-1] += r_a[-1] @ w.swapaxes(1, 2)
        if layer < len(own) - 1:
            r_a.append(result.slope[layer] * r_z[-1])
    p, _ = shares_and_logs(result.logits)
    r_delta = p * (r_z[-1] - (p * r_z[-1]).sum(axis=2, keepdims=True)) / x.shape[1]
    out = np.empty_like(nets.theta)
    for layer, (out_w, out_b) in reversed(list(enumerate(nets.split(out)))):
        np.matmul(r_delta.swapaxes(1, 2), result.a[layer], out=out_w)
        r_delta.sum(axis=1, out=out_b)
        if layer:
            out_w += deltas[layer].swapaxes(1, 2) @ r_a[layer]
            back = deltas[layer] @ own[layer][0]
            r_back = deltas[layer] @ along[layer][0] + r_delta @ own[layer][0]
            r_delta = result.bend[layer - 1] * r_z[layer - 1] * back + result.slope[layer - 1] * r_back
    return out
