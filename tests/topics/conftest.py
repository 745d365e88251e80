"""What the page tests share."""

import pytest

from core.network import runs as network


@pytest.fixture
def short_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings cut to a hundredth of their work, for tests of what surrounds them."""
    monkeypatch.setattr(network.within, "__defaults__", (network.MAX_WORK // 100,))
