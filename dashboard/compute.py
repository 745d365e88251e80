"""Cached calls into `core`, and cached chart specifications.

Caches are shared by all visitors, keyed by frozen settings, bounded in entries and in bytes, and hold frozen results of
plain arrays; each caller gets a copy. A cache defined in a page would be lost at every rerun: hence this module.
"""

from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import Any, ParamSpec, TypeVar

import altair as alt
import streamlit as st

from core import inputs, output, saturation
from core.depth import mean_field
from core.depth import measured as depth
from core.depth import theory as depth_theory
from core.network import curvature, training
from core.network import runs as network
from core.neuron import descent as neuron
from core.neuron import stability
from core.signs import batches as sign_batches
from core.signs import layer as sign_layer
from dashboard.marks import CONFIG

P = ParamSpec("P")
R = TypeVar("R")


# A setting's own words tell it apart, and cost a tenth of a walk through its fields.
_SETTINGS: dict[str | type, Callable[[Any], Any]] = dict.fromkeys(
    (
        inputs.Inputs,
        neuron.DescentConfig,
        sign_batches.PatternConfig,
        output.OutputConfig,
        depth.DepthConfig,
        training.Training,
    ),
    repr,
)


def cached(function: Callable[P, R]) -> Callable[P, R]:
    """`function`, remembered for at most 256 settings and 16 MB."""
    remember = st.cache_data(max_entries=256, max_size="16MB", show_spinner=False, hash_funcs=_SETTINGS)
    return remember(function)


@lru_cache(maxsize=128)
def _built(builder: Callable[..., alt.TopLevelMixin], **options: Any) -> dict[str, Any]:
    built = builder(**options).to_dict()
    # Altair would not let events into a configuration; Vega does.
    return {**built, "config": {**built.get("config", {}), **CONFIG}}


def spec(builder: Callable[..., alt.TopLevelMixin], **options: Any) -> dict[str, Any]:
    """The Vega-Lite specification of a chart: built and validated once, then drawn over ever new data.

    `pinned`, where the picture's own slider stands at first, differs at every move: it is put into a copy.
    """
    if "pinned" not in options:
        return _built(builder, **options)
    built = _built(builder, **{**options, "pinned": 0})
    params = [{**one, "value": options["pinned"]} if "bind" in one else one for one in built["params"]]
    return {**built, "params": params}


_depth_turn = Lock()
descend = cached(neuron.descend)
step_limits = cached(stability.step_limits)
mean_sweep = cached(neuron.mean_sweep)
measured_lock = cached(inputs.measured_lock)
measured_patterns = cached(sign_batches.measured_patterns)
limit_patterns = cached(sign_batches.limit_patterns)
layer_curvature = cached(sign_layer.layer_curvature)
descend_layer = cached(sign_layer.descend_layer)
bias_leak = cached(curvature.bias_leak)
largest_curvature = cached(curvature.largest_curvature)
first_look = cached(network.first_look)
saturated_zone = cached(saturation.saturated_zone)
layer_slope = cached(saturation.layer_slope)
spread_sweep = cached(saturation.spread_sweep)
learn = cached(output.learn)
flow_steps = cached(output.flow_steps)
start_sweep = cached(output.start_sweep)


@st.cache_data(max_entries=256, max_size="16MB", show_spinner="Measuring the networks", hash_funcs=_SETTINGS)
def measure_depth(config: depth.DepthConfig) -> depth.Measured:
    """`core.depth.measured.measure`, one visitor at a time: each takes a core and up to 200 MB."""
    while not _depth_turn.acquire(timeout=0.02):
        # Reading the state is where Streamlit ends the run of a visitor who has moved on meanwhile.
        st.session_state.get("depth_layers")
    try:
        return depth.measure(config)
    finally:
        _depth_turn.release()


depth_layers = cached(depth_theory.layers)
fixed_point = cached(mean_field.fixed_point)
factor_sweep = cached(mean_field.factor_sweep)
crossing = cached(mean_field.crossing)
