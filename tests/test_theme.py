"""One activation, one colour, told apart by everyone and readable on both themes."""

from itertools import combinations

import numpy as np
import pytest

from core.activations import ACTIVATIONS
from tests.bench.colours import proposals
from tests.sight import APART, LOOKS, READABLE, SIGHT, contrast, distance, lab, linear, theme

THEME = theme()


@pytest.mark.parametrize("look", LOOKS)
def test_every_activation_has_a_colour_that_can_be_read(look):
    colours = THEME[look]["chartCategoricalColors"]
    assert len(colours) == len(set(colours)) == len(ACTIVATIONS)
    for code in colours:
        assert contrast(linear(code), linear(THEME[look]["backgroundColor"])) >= READABLE


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("look", LOOKS)
def test_any_two_activations_differ_for_every_kind_of_sight(look, sight):
    seen = [lab(SIGHT[sight] @ linear(code)) for code in THEME[look]["chartCategoricalColors"]]
    for (i, a), (j, b) in combinations(enumerate(seen), 2):
        assert np.linalg.norm(a - b) > APART, (list(ACTIVATIONS)[i], list(ACTIVATIONS)[j])


def test_the_order_is_that_of_the_registry():
    """Links and pictures of a page stay alike: an activation keeps its colour."""
    pairs = zip(
        ACTIVATIONS, THEME["light"]["chartCategoricalColors"], THEME["dark"]["chartCategoricalColors"], strict=True
    )
    found = {key: codes for key, *codes in pairs}
    assert found["sigmoid"] == ["#C15000", "#E87D39"] and found["centred"] == ["#075190", "#58B3FF"]
    assert found["tanh"] == ["#0F8655", "#52E4B3"] and found["relu"] == ["#16272E", "#FFFFFF"]
    assert found["softplus"] == ["#783CFF", "#C0FF00"] and found["identity"] == ["#7E637E", "#AAD9FD"]


def test_contrast_and_lightness_are_the_standards():
    """Black on white is 21 to 1; #767676 is the lightest grey that may be text on white; L* of middle grey is 53.6."""
    white, grey = linear("#FFFFFF"), linear("#767676")
    assert contrast(linear("#000000"), white) == pytest.approx(21)
    assert 4.5 <= contrast(grey, white) < contrast(linear("#757575"), white) < 4.7
    assert lab(linear("#777777")) == pytest.approx([50.0, 0, 0], abs=0.1)
    assert lab(white) == pytest.approx([100, 0, 0], abs=0.05)
    assert distance(linear("#FF0000"), linear("#00FF00")) < np.linalg.norm(
        lab(linear("#FF0000")) - lab(linear("#00FF00"))
    )


@pytest.mark.parametrize("look", LOOKS)
def test_a_proposed_colour_passes(look):
    """One activation less, and the command finds a colour that would pass in its place."""
    background, (_, *taken) = THEME[look]["backgroundColor"], THEME[look]["chartCategoricalColors"]
    code, *_ = proposals(background, taken, count=1)[0]
    assert contrast(linear(code), linear(background)) >= READABLE
    for eye in SIGHT.values():
        assert all(np.linalg.norm(lab(eye @ linear(code)) - lab(eye @ linear(other))) > APART for other in taken)
    assert proposals(background, taken, near=code, count=1)[0][0] == code
