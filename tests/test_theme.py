"""One activation, one colour, told apart by everyone and readable on both themes."""

import tomllib
from itertools import combinations

import numpy as np
import pytest

from core.activations import ACTIVATIONS
from tests.apptest import ROOT

THEME = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))["theme"]

# Machado, Oliveira and Fernandes, A physiologically-based model for simulation of color vision deficiency, 2009, severity 1.
SIGHT = {
    "trichromat": np.eye(3),
    "protanope": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranope": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanope": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(code: str) -> np.ndarray:
    part = np.array([int(code[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """CIE L*a*b*."""
    part = TO_XYZ @ np.clip(light, 0, 1) / TO_XYZ.sum(axis=1)
    x, y, z = np.where(part > 0.008856, np.cbrt(part), 7.787 * part + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of relative luminances."""
    dark, light = sorted(float(TO_XYZ[1] @ linear(code)) for code in (one, other))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_every_activation_has_a_colour_that_can_be_read(look):
    colours = THEME[look]["chartCategoricalColors"]
    assert len(colours) == len(set(colours)) == len(ACTIVATIONS)
    for code in colours:
        assert contrast(code, THEME[look]["backgroundColor"]) >= 4.5


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("look", ["light", "dark"])
def test_any_two_activations_differ_for_every_kind_of_sight(look, sight):
    seen = [lab(np.array(SIGHT[sight]) @ linear(code)) for code in THEME[look]["chartCategoricalColors"]]
    for (i, a), (j, b) in combinations(enumerate(seen), 2):
        assert np.linalg.norm(a - b) > 15, (list(ACTIVATIONS)[i], list(ACTIVATIONS)[j])


def test_the_order_is_that_of_the_registry():
    """Links and pictures of a page stay alike: an activation keeps its colour."""
    pairs = zip(
        ACTIVATIONS, THEME["light"]["chartCategoricalColors"], THEME["dark"]["chartCategoricalColors"], strict=True
    )
    found = {key: codes for key, *codes in pairs}
    assert found["sigmoid"] == ["#C15000", "#E87D39"] and found["centred"] == ["#075190", "#58B3FF"]
    assert found["tanh"] == ["#0F8655", "#52E4B3"] and found["relu"] == ["#16272E", "#FFFFFF"]
