"""What the tests of live pictures have in common: a hand that moves sliders, and eyes that read the marks."""

import re
from collections.abc import Mapping

import numpy as np
from playwright.sync_api import Locator

from tests.browser.tabs import Tab

CHART = '[data-testid="stVegaLiteChart"]'


def slide(chart: Locator, name: str, value: float) -> None:
    """Move a slider of the picture as a drag does: an input event, without the change that a release makes."""
    slides(chart, {name: value})


def slides(chart: Locator, values: Mapping[str, float]) -> None:
    """Move several sliders of the picture, one right after the other."""
    chart.evaluate(
        """(e, values) => {
          for (const [name, value] of Object.entries(values)) {
            const input = e.querySelector(`input[name="hand_${name}"]`);
            input.value = value;
            input.dispatchEvent(new Event('input', {bubbles: true}));
          }
        }""",
        {name: str(value) for name, value in values.items()},
    )
    still(chart)


def still(chart: Locator) -> None:
    """Wait until a picture has looked the same for a few frames: on a slow machine it may follow late."""
    chart.evaluate(
        """e => new Promise(done => {
          let [before, same] = ['', 0];
          const look = () => {
            const now = e.querySelector('svg.marks, canvas.marks')?.innerHTML;
            [before, same] = [now, now === before ? same + 1 : 0];
            same > 2 ? done() : requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        })"""
    )


def release(tab: Tab, chart: Locator, name: str) -> None:
    """Let go of a slider, and wait until the page has followed."""
    chart.locator(f'input[name="hand_{name}"]').evaluate("e => e.dispatchEvent(new Event('change', {bubbles: true}))")
    tab.page.wait_for_timeout(400)
    tab.settle(0, 0)


def marks(chart: Locator, name: str) -> np.ndarray:
    """Where the marks of a layer stand, in pixels of the view they are in: (marks, 2)."""
    found = chart.evaluate(
        "(e, name) => [...e.querySelectorAll(`g.${name}_marks > path`)].map(p => p.getAttribute('transform'))", name
    )
    pairs = [re.findall(r"-?[\d.]+(?:e-?\d+)?", text)[:2] for text in found if text]
    return np.array(pairs, dtype=float).reshape(-1, 2)


def outline(chart: Locator, name: str) -> np.ndarray:
    """The points of the path that a layer draws, in pixels of the view it is in: (points, 2)."""
    text = chart.locator(f"g.{name}_marks > path").first.get_attribute("d") or ""
    return np.array(re.findall(r"(-?[\d.]+(?:e-?\d+)?),(-?[\d.]+(?:e-?\d+)?)", text), dtype=float).reshape(-1, 2)


def told(chart: Locator, name: str) -> list[str]:
    """The texts of a layer, in the order in which they are drawn."""
    return [str(text) for text in chart.locator(f"g.{name}_marks text").all_text_contents()]
