"""What the tests of `/network` share."""

import pytest

from dashboard.ui import live


@pytest.fixture(autouse=True)
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A training begins at once."""
    monkeypatch.setattr(live, "REST_SECONDS", 0)
