"""Every public function of core with every bad value in every place: a ValueError that names the parameter, nothing else."""

from typing import Any

import numpy as np
import pytest

from core import activations, dataset, initialisations, inputs, laws, locks, orthants, output, saturation
from core import logits as softmax
from core import quadrature as gaussian
from core.depth import mean_field
from core.depth import measured as depth
from core.depth import summary as depth_summary
from core.depth import theory as depth_theory
from core.network import curvature, digits, training
from core.network import runs as network
from core.neuron import descent as neuron
from core.neuron import stability
from core.signs import batches as sign_batches
from core.signs import exact, layer, wide
from core.signs import patterns as signs

LAW = inputs.Inputs()
RUN = neuron.DescentConfig(LAW, (0.0, 0.0), (1.0, -1.0), 0.5)
NEURON = output.OutputConfig("squared")
BRIEF = training.Training(("tanh",), steps=3, width=4, seeds=1)

CALLS = {
    "Inputs": (inputs.Inputs, dict(source="uniform", n=2, mean=0.5, spread=0.3, centred=False, flipped=())),
    "Discrete": (laws.Discrete, dict(values=(0.0, 1.0), probabilities=(0.5, 0.5))),
    "DataSet": (dataset.DataSet, dict(a=[[1.0, 0.5], [0.2, 1.0]], y=[1.0, 0.0], order="given")),
    "exact_lock": (exact.exact_lock, dict(inputs=inputs.Inputs("signs"), batch=2)),
    "second_moment": (inputs.measured_second_moment, dict(inputs=LAW, samples=10, seed=0)),
    "one_factor_lock": (orthants.one_factor_lock, dict(ratio=1.0, flips=0, n=2)),
    "measured_lock": (locks.measured_lock, dict(inputs=LAW, batch=2, draws=10, seed=0)),
    "step_limits": (stability.step_limits, dict(inputs=LAW, batch=1)),
    "DescentConfig": (
        neuron.DescentConfig,
        dict(inputs=LAW, start=(0.0, 0.0), target=(1.0, 1.0), eta=0.5, batch=0, steps=10, tolerance=1e-4, seed=0),
    ),
    "push": (neuron.push_directions, dict(inputs=LAW, error=np.array([1.0, 0.0]))),
    "sample_gradient": (neuron.sample_gradient, dict(config=RUN, w=(0.0, 0.0), step=3)),
    "mean_sweep": (
        neuron.mean_sweep,
        dict(spread=0.3, start=(0.0, 0.0), target=(1.0, -1.0), means=(0.0, 0.5), tolerance=1e-4),
    ),
    "reach": (signs.reach, dict(pattern=((1, -1), (1, -1)), inputs="positive", batch=1)),
    "fewest": (signs.fewest_steps, dict(pattern=((1, -1), (1, -1)), inputs="positive")),
    "enough": (signs.enough_samples, dict(m=2, n=2, inputs="positive")),
    "reachable": (signs.reachable_patterns, dict(m=2, n=2, inputs="positive", batch=1)),
    "all_patterns": (signs.all_patterns, dict(m=2, n=2)),
    "counts": (signs.one_sample_counts, dict(m=2, n=2)),
    "cover": (signs.cover_count, dict(n=3, batch=2)),
    "behind": (signs.behind_output_unit, dict(outgoing=[1.0, -1.0], n=2)),
    "PatternConfig": (sign_batches.PatternConfig, dict(source="sigmoid", m=2, n=2, batch=1, draws=100, seed=0)),
    "limit": (sign_batches.limit_patterns, dict(source="sigmoid", m=2, n=2)),
    "layer_curv": (layer.layer_curvature, dict(coupling=[[1.0, 0.0], [0.0, 1.0]], inputs=LAW)),
    "descend_layer": (
        layer.descend_layer,
        dict(
            coupling=[[1.0, 0.0], [0.0, 1.0]],
            inputs=LAW,
            start=[[0, 0], [0, 0]],
            target=[[1, 1], [1, 1]],
            tolerance=1e-3,
            keep=5,
        ),
    ),
    "layer_width": (wide.layer_width, dict(inputs=LAW, start=[[0, 0], [0, 0]], target=[[1, 1], [1, 1]])),
    "zone": (saturation.saturated_zone, dict(key="sigmoid", share=0.04)),
    "zone_below": (saturation.zone_below, dict(key="gelu", threshold=0.04)),
    "fraction": (saturation.saturated_fraction, dict(zone=saturation.saturated_zone("sigmoid"), mean=0.0, spread=1.0)),
    "chance": (saturation.chance_within, dict(intervals=((0.0, 1.0),), mean=0.0, spread=1.0)),
    "layer_slope": (saturation.layer_slope, dict(key="sigmoid", mean=0.0, spread=1.0, share=0.04)),
    "spread_sweep": (saturation.spread_sweep, dict(key="sigmoid", mean=0.0, spreads=(1.0, 2.0), share=0.04)),
    "layer_spread": (saturation.layer_spread, dict(sigma_w=1.0, mean_square=0.3, sigma_b=0.0)),
    "named_spread": (saturation.named_spread, dict(key="he", fan_in=3, fan_out=3, mean_square=0.3)),
    "loss": (output.loss, dict(cost="squared", z=1.0, y=0.0)),
    "gradient": (output.gradient, dict(cost="squared", z=1.0, y=0.0)),
    "chain": (output.chain, dict(cost="squared", z=1.0, y=0.0)),
    "OutputConfig": (
        output.OutputConfig,
        dict(cost="squared", w=1.0, b=1.0, x=1.0, y=0.0, eta=0.1, steps=10, goal=0.1),
    ),
    "start_sweep": (output.start_sweep, dict(config=NEURON, starts=(1.0, 2.0))),
    "softmax": (softmax.softmax, dict(z=[1.0, 2.0])),
    "sml": (softmax.softmax_loss, dict(z=[1.0, 2.0], y=[0.0, 1.0])),
    "smg": (softmax.softmax_gradient, dict(z=[1.0, 2.0], y=[0.0, 1.0])),
    "DepthConfig": (
        depth.DepthConfig,
        dict(
            activation="sigmoid",
            depth=2,
            width=4,
            sigma_w=1.0,
            sigma_b=0.0,
            seeds=1,
            norm="none",
            skip=False,
            engine="sampler",
            seed=0,
        ),
    ),
    "moments": (mean_field.moments, dict(key="sigmoid", q=1.0)),
    "length_map": (mean_field.length_map, dict(key="sigmoid", q=1.0, sigma_w=1.0, sigma_b=0.0)),
    "fp": (mean_field.fixed_point, dict(key="sigmoid", sigma_w=1.0, sigma_b=0.0)),
    "crit": (mean_field.critical_sigma_w, dict(key="relu", sigma_b=0.0, most=10.0)),
    "fsweep": (mean_field.factor_sweep, dict(key="relu", sigma_ws=(1.0,), sigma_b=0.0)),
    "measured_parts": (
        depth_summary.measured_parts,
        dict(measured=depth.measure(depth.DepthConfig(depth=3, width=4, seeds=1)), layer=1),
    ),
    "theory_parts": (depth_summary.theory_parts, dict(layers=depth_theory.layers("sigmoid", 3, 1.0), layer=1)),
    "layers": (depth_theory.layers, dict(key="sigmoid", depth=3, sigma_w=1.0, sigma_b=0.0, norm="none", skip=False)),
    "rule": (initialisations.rule, dict(key="he")),
    "activation": (activations.activation, dict(key="tanh")),
    "Training": (
        training.Training,
        dict(
            variants=("tanh",),
            etas=(0.5,),
            batch=64,
            steps=3,
            width=4,
            depth=1,
            sigma_w=1.0,
            optimiser="sgd",
            momentum=0.9,
            pixels="raw",
            seeds=1,
            seed=0,
            spacing=0.1,
        ),
    ),
    "expect": (gaussian.expect, dict(g=np.tanh, mean=0.0, sd=1.0)),
    "digits": (digits.digits, dict(pixels="raw")),
    "curv": (curvature.largest_curvature, dict(training=BRIEF, after=0, iterations=2)),
    "steps_to": (network.steps_to, dict(training=BRIEF, target=0.1)),
}

OBJECTS = {"inputs", "config", "zone", "training", "measured", "layers", "g"}
"""Parameters that take one of the package's own objects, or a function."""

BAD: tuple[Any, ...] = (
    *(float("nan"), float("inf"), -float("inf"), 1e308, -1e308, 1e-320, -0.0, -1, 0, 10**30),
    *(None, "x", "", b"x", 1j, [], (), {}, [[]], [1, "a"], [None, None], [1j, 1]),
    *(np.array([]), np.array([np.nan, 1]), np.ones((2, 2, 2)), np.array("x"), object(), float),
    *(np.float64("nan"), np.int64(3), np.float64(0.5), np.bool_(True), True),
)


@pytest.mark.parametrize("name", CALLS)
def test_a_bad_value_is_refused_by_name_or_taken(name):
    function, good = CALLS[name]
    function(**good)
    for parameter in good.keys() - OBJECTS | (
        {"inputs"} & good.keys() if isinstance(good.get("inputs"), str) else set()
    ):
        for value in BAD:
            try:
                function(**{**good, parameter: value})
            except ValueError as error:
                assert " = " in str(error), (parameter, value)


def test_whole_numbers_are_as_good_as_real_ones():
    """A spread of 1, as one would type it, and not 1.0: its curvatures are no whole numbers."""
    whole, real = inputs.Inputs("uniform", 2, 1, 1), inputs.Inputs("uniform", 2, 1.0, 1.0)
    half = inputs.Inputs("uniform", 2, 0.5, 1)
    assert (inputs.spectrum(whole).eigenvalues == inputs.spectrum(real).eigenvalues).all()
    assert inputs.spectrum(half).eigenvalues[-1] == 1.5 == np.linalg.eigvalsh(inputs.second_moment(half))[-1]
    assert stability.step_limits(half).edge == pytest.approx(2 / 1.5)
