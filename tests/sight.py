"""Colours as eyes see them: contrast, and the distance between two colours for every kind of colour vision."""

import tomllib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CONFIG = Path(__file__).resolve().parent.parent / ".streamlit/config.toml"
LOOKS = ("light", "dark")

READABLE = 4.5
"""The least contrast to the background at which a colour may colour words (WCAG 2.2, level AA)."""

APART = 15.0
"""The least distance in CIE L*a*b* between two activations' colours, for every kind of sight."""

# Machado, Oliveira and Fernandes, A physiologically-based model for simulation of color vision deficiency, 2009, severity 1.
SIGHT = {
    "trichromat": np.eye(3),
    "protanope": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranope": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanope": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])

Light = NDArray[np.float64]


def theme() -> dict:
    """The themes as `.streamlit/config.toml` states them."""
    return tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]


def linear(code: str) -> Light:
    """The linear light (R, G, B) of an sRGB code, #RRGGBB; shape (3,)."""
    part = np.array([int(code[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def lab(light: Light) -> Light:
    """CIE L*a*b* of linear light, shape (..., 3) both."""
    part = np.clip(light, 0, 1) @ TO_XYZ.T / TO_XYZ.sum(axis=1)
    x, y, z = np.moveaxis(np.where(part > 0.008856, np.cbrt(part), 7.787 * part + 16 / 116), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def contrast(light: Light, other: Light) -> Light:
    """WCAG's ratio of relative luminances of linear light, shapes (..., 3): 1 to 21."""
    one, two = light @ TO_XYZ[1], other @ TO_XYZ[1]
    return (np.maximum(one, two) + 0.05) / (np.minimum(one, two) + 0.05)


def distance(light: Light, other: Light) -> Light:
    """How far apart two colours are for the kind of sight that tells them apart the least, in L*a*b*; shapes (..., 3)."""
    return np.min([np.linalg.norm(lab(light @ eye.T) - lab(other @ eye.T), axis=-1) for eye in SIGHT.values()], axis=0)
