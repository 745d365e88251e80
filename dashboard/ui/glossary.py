"""The symbols of all pages, a line each: open on every page without leaving it."""

import streamlit as st

SYMBOLS: tuple[tuple[str, str, str], ...] = (
    ("*a*", "input, activation", "what a neuron gets, and what the one before it gave"),
    ("*w*", "weight", "what an input is multiplied by"),
    ("*z*", "pre-activation", "the weighted sum of the inputs, before the activation function"),
    ("*f*, *f*′", "activation function, slope", "*a* = *f*(*z*), and how steep it is there"),
    ("*δ*", "upstream signal", "how the loss changes with *z*; a weight's gradient is *δ* times its input"),
    ("*η*", "learning rate", "how far a step goes: minus *η* times the gradient"),
    ("*κ*", "how lopsided the valley is", "steepest curvature over flattest; 1 is a round bowl"),
    (
        "*λ*",
        "curvature",
        "of the loss along a direction; a step overshoots where *η* *λ* is above 1, and diverges above 2",
    ),
    ("*μ*, *s*", "mean and spread", "of an input over the samples; what costs is *μ* large beside *s*"),
    ("*n*, *B*", "number of inputs, batch size", "samples averaged in one step are a batch"),
    (r"$\sigma_w$", "weight scale", "root of the fan-in times the variance of a weight"),
    ("*χ*₁", "squared factor per layer", "its root is what a layer multiplies the size of the gradient by"),
    ("*β*", "momentum", "the share of the last step that the next one keeps"),
    (
        "≈",
        "about",
        "numbers are shown with three digits or four, and reckoned with all: what you reckon from them may differ in the last",
    ),
)
"""Symbol, its word, and what it is."""


def symbols(slug: str) -> None:
    """The closed list, on the page of the topic `slug`; it costs nothing until it is opened."""
    panel = st.expander("Symbols", key=f"{slug}_symbols", on_change="rerun", icon=":material/function:")
    if panel.open:
        lines = ["| symbol | its word | what it is |", "| --- | --- | --- |"]
        lines += [f"| {sign} | {word} | {said} |" for sign, word, said in SYMBOLS]
        panel.markdown("\n".join(lines))
