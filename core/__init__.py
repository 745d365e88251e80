"""The simulations behind the dashboard: pure functions of frozen settings, numpy and the standard library only.

`from core import Inputs, condition_number` finds every public name, and `dir(core)` lists them. Importing `core` itself loads
nothing: the module in which a name lives is loaded when the name is first asked for.

Notation, the same in every module (all quantities are dimensionless):

- `a`: the inputs of a layer, that is the outputs of the layer before it
- `W`, `b`: a layer's weights, shape (units, inputs), and biases, shape (units,)
- `z = W a + b`: the pre-activations; `f`, `df`: an activation and its derivative, so that the output is f(z)
- `delta = dL/dz`: the upstream signal, the gradient of the loss L with respect to the pre-activations
- `dL/dW = delta a^T`: the gradient of one sample; an *update* is minus the gradient times `eta`, the learning rate
- `sigma_w^2 / fan_in`: the variance of a weight; `sigma_b^2`: the variance of a bias
- `mu`, `s`: mean and standard deviation of one input
- `kappa`: the condition number, steepest over flattest curvature; the *steep direction* is the top eigenvector
- `phi`, `Phi`: density and distribution function of the standard normal law

Randomness is an argument: whatever draws takes a `seed` and uses `numpy.random.default_rng(seed)`, so the same settings
give the same numbers everywhere. Bad parameters raise a `ValueError` that names the parameter, its value and its range.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

_PUBLIC: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "core.activations": (
            "ACTIVATIONS",
            "Activation",
            "activation",
        ),
        "core.logistic": ("sigmoid", "sigmoid_slope"),
        "core.normal": ("normal_cdf", "normal_pdf"),
        "core.rectifiers": ("gelu", "silu", "softplus"),
        "core.initialisations": ("RULES", "Rule", "layer_spread", "named_spread", "rule"),
        "core.quadrature": ("expect", "gaussian_nodes"),
        "core.logits": ("softmax", "softmax_gradient", "softmax_loss"),
        "core.orthants": ("one_factor_lock",),
        "core.laws": ("Discrete",),
        "core.dataset": ("DataSet", "least_squares"),
        "core.inputs": (
            "Inputs",
            "Spectrum",
            "condition_number",
            "draw_inputs",
            "input_moments",
            "input_powers",
            "input_range",
            "measured_second_moment",
            "second_moment",
            "spectrum",
        ),
        "core.locks": ("full_batch_lock", "measured_lock", "noise_lock"),
        "core.neuron.stability": ("FULL", "StepLimits", "step_limits"),
        "core.neuron.config": ("DescentConfig",),
        "core.neuron.descent": (
            "Descent",
            "MeanSweep",
            "SampleGradient",
            "descend",
            "full_batch_steps",
            "mean_sweep",
            "push_directions",
            "same_sign",
            "sample_gradient",
        ),
        "core.neuron.methods": ("METHODS", "Method", "long_run_factor", "method"),
        "core.neuron.tuning": (
            "Best",
            "MethodConfig",
            "MethodRun",
            "Quadratic",
            "best_rate",
            "best_setting",
            "minimise",
        ),
        "core.neuron.counting": ("fewest_plain_steps", "plain_steps"),
        "core.neuron.racing": ("Race", "RaceResult", "Runner", "race"),
        "core.cures": (
            "Conditioning",
            "conditioning",
            "extreme_curvatures",
            "like_inputs_hessian",
            "lopsidedness",
            "one_mean_of_two",
        ),
        "core.ailments": ("AILMENTS", "Ailment", "Case", "Measure", "verdict"),
        "core.remedies": ("REMEDIES", "Cell", "Remedy", "cells", "remedy_table"),
        "core.signs.decisions": ("Reach",),
        "core.signs.patterns": (
            "all_patterns",
            "behind_output_unit",
            "cover_count",
            "enough_samples",
            "fewest_steps",
            "one_sample_counts",
            "reach",
            "reachable_patterns",
        ),
        "core.signs.batches": (
            "PatternConfig",
            "PatternShares",
            "limit_patterns",
            "measured_patterns",
        ),
        "core.signs.exact": ("exact_lock", "exact_patterns"),
        "core.signs.layer": ("LayerCurvature", "LayerDescent", "descend_layer", "layer_curvature"),
        "core.signs.wide": ("Width", "layer_width"),
        "core.saturation": (
            "LayerSlope",
            "SpreadSweep",
            "Zone",
            "chance_within",
            "layer_slope",
            "saturated_fraction",
            "saturated_zone",
            "spread_sweep",
            "zone_below",
        ),
        "core.layer_parts": ("SlopeParts", "slope_parts"),
        "core.costs": ("CROSS_ENTROPY", "SQUARED", "Chain", "chain", "gradient", "loss"),
        "core.output": (
            "OutputConfig",
            "OutputRun",
            "StartSweep",
            "courses",
            "flow_steps",
            "learn",
            "start_sweep",
            "steps_needed",
            "tanh_twin",
        ),
        "core.exponential": ("ExpCost", "exp_cost"),
        "core.depth.normalisations": ("NORMALISATIONS", "NORMS", "Normalisation", "normalisation"),
        "core.depth.chain": ("chain_gradients",),
        "core.depth.config": ("DepthConfig",),
        "core.depth.passes": ("Measured", "propagate"),
        "core.depth.measured": ("factors", "measure", "quantiles"),
        "core.depth.engines": ("MatrixLayer", "OrthogonalMatrixLayer", "SampledLayer", "SampledOrthogonalLayer"),
        "core.depth.gaussian": ("Moments", "moments"),
        "core.depth.sphere": ("SphereAverages", "sphere_averages"),
        "core.depth.mean_field": (
            "Crossing",
            "FixedPoint",
            "Sweep",
            "critical_sigma_w",
            "crossing",
            "factor_sweep",
            "fixed_point",
            "length_map",
        ),
        "core.depth.theory": ("LayerTheory", "Profile", "layers", "profile"),
        "core.depth.scales": ("ProfilesByScale", "profiles_by_scale"),
        "core.depth.summary": (
            "LayerParts",
            "Summary",
            "TheoryParts",
            "measured_parts",
            "profile_factor",
            "summary",
            "theory_parts",
        ),
        "core.network.digits": ("DataError", "Digits", "digits"),
        "core.network.variants": ("TRAINABLE", "VARIANTS", "Variant"),
        "core.network.optimisers": ("OPTIMISERS", "Optimiser"),
        "core.network.norms": ("NETWORK_NORMS", "Norm"),
        "core.network.hessian": ("curvature_along",),
        "core.network.mlp": (
            "Networks",
            "Pass",
            "backward",
            "forward",
            "losses",
            "networks",
            "parameters",
        ),
        "core.network.plain": ("Gradients", "PlainNetwork", "PlainRun", "gradients", "plain_network", "train_plain"),
        "core.network.training": ("Trainer", "Training", "detailed", "minibatches"),
        "core.network.update_signs": ("Signs", "update_signs"),
        "core.network.runs": (
            "Checkpoint",
            "Passage",
            "Recorded",
            "Run",
            "collect",
            "first_look",
            "steps_to",
            "train",
            "within",
            "work",
        ),
        "core.network.curvature": ("Curvature", "Leak", "bias_leak", "largest_curvature"),
        "core.network.treatments": ("TREATMENTS", "Treatment", "Trial"),
        "core.network.cures_table": ("CureCell", "cure_cells"),
        "core.network.ablation": ("TARGET", "Experiment", "Table", "ablation"),
        "core.diagnosis.layers": ("diagnose",),
        "core.diagnosis.results": ("Diagnosis", "Layer", "NetworkDiagnosis"),
        "core.diagnosis.spectra": ("LayerSpectrum", "noise_kappa"),
        "core.diagnosis.units": ("SaturatedOutputs", "Units"),
        "core.diagnosis.locks": ("Locks", "NoiseLimit"),
        "core.diagnosis.npy": ("FileLimits",),
        "core.diagnosis.files": ("read_layers",),
        "core.diagnosis.report": ("CANNOT_SAY",),
        "core.diagnosis.example": ("EXAMPLE_VARIANTS", "example_layers"),
        "core.diagnosis.records": ("LayerRecord", "NetworkRecord", "example_record", "read_record", "record_layers"),
        "core.diagnosis.recipes": ("RECIPES", "recipe"),
    }
)
"""Every public name, under the module it lives in. A name is listed here and nowhere else."""


def lazily(package: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a package: the public names of its modules, each loaded when it is first asked for."""
    homes = {name: home for home, names in _PUBLIC.items() if home.startswith(f"{package}.") for name in names}

    def find(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(homes[name]), name)

    return find, lambda: sorted(homes)


__getattr__, __dir__ = lazily(__name__)
__all__ = [name for names in _PUBLIC.values() for name in names]
