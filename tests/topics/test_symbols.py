"""No page spells a Greek letter out, in whatever a visitor reads of it."""

import pytest

from dashboard.topics import TOPICS
from tests.apptest import app
from tests.greek import seen, spelled

pytestmark = pytest.mark.usefixtures("short_training")


@pytest.mark.parametrize("slug", TOPICS)
def test_no_greek_letter_is_spelled_out(slug: str) -> None:
    """As it opens, with everything on it open; what else a page may say is tried where its words are."""
    at = app(slug, **{f"{slug}_deeper": "true"})
    at.session_state[f"{slug}_share"] = True
    out = dict.fromkeys(text for part in seen(at.run()) for text in spelled(part))
    assert not out


def test_what_is_spelled_out_is_found_and_what_is_set_is_not() -> None:
    for text in (
        "kappa 12.5",
        "learning rate eta",
        "sigma_w = 4",
        "log10 |delta|",
        "sqrt(chi_1)",
        "Eta is",
        "beta = 0.9",
    ):
        assert spelled(text), text
    for text in ("*κ* 12.5", "theta", "`NAME.delta` holds it", r"$\sigma_w$ = 4", "metadata", "mud", "etas_times"):
        assert not spelled(text), text
