"""What `/yours` says under "Go deeper" besides the signs."""

CONVENTION = (
    "**The file.** In an .npz, `NAME.a` are a layer's inputs, samples × units; `NAME.delta` its upstream signals *δ* = dL/dz, "
    "samples × neurons; `NAME.z` the pre-activations behind the inputs, for GELU and SiLU, whose outputs do not tell their slope. "
    "Only `a` is needed. A .npy is one layer's inputs. A .csv is one layer, a sample a line; columns headed `delta...` are its "
    "signals. Without this page: `python -m core.diagnosis layers.npz`."
)
