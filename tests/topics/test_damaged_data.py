"""A data file that is damaged or missing is named on the page, in one clear line; the pages that need none still work."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.network import ablation, digits
from core.network.curvature import bias_leak, largest_curvature
from core.network.runs import first_look
from dashboard.ui.cache import cached
from tests.apptest import assert_calm, open_page


@pytest.fixture
def damage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Both data files as a bad copy leaves them: cut in the middle."""

    def forget() -> None:
        ablation.ablation.cache_clear()
        digits._split.cache_clear()
        for function in (first_look, largest_curvature, bias_leak):
            cached(function).clear()

    for read, whole in ((ablation.read, ablation.ABLATION_FILE), (digits.read_digits, digits.DIGITS_FILE)):
        content = whole.read_bytes()
        cut = tmp_path / whole.name
        cut.write_bytes(content[: len(content) // 2])
        monkeypatch.setattr(read, "__defaults__", (cut,))
    forget()
    yield
    monkeypatch.undo()
    forget()


def lines(slug: str) -> list[str]:
    at = open_page(slug)
    assert not at.exception
    return [box.value for box in at.error]


@pytest.mark.parametrize("slug", ["question", "network"])
def test_a_damaged_table_is_named_in_one_line(slug: str, damage: None) -> None:
    (line,) = lines(slug)
    assert "ablation.csv: the ablation cannot be read" in line
    assert "\n" not in line


def test_damaged_digits_are_named_in_one_line(damage: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ablation.read, "__defaults__", (ablation.ABLATION_FILE,))
    (line,) = lines("network")
    assert "digits.npz: the digits are damaged" in line
    assert "\n" not in line


def test_a_missing_file_is_named_by_its_place_in_the_repository(damage: None, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = ablation.ABLATION_FILE.with_name("gone.csv")
    monkeypatch.setattr(ablation.read, "__defaults__", (gone,))
    (line,) = lines("network")
    assert line.startswith("core/network/data/gone.csv: the ablation cannot be read")
    assert str(gone.parent) not in line


@pytest.mark.parametrize("slug", ["neuron", "saturation", "output"])
def test_the_other_pages_still_work(slug: str, damage: None) -> None:
    assert_calm(open_page(slug))
