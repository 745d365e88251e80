"""Films the hand on the valley of the front page for the README: .github/hand.webp, some twenty frames, small.

    .venv/bin/python -m tests.bench.film

It drags the learning rate of the first picture, in the light, on a desktop, and takes a picture of the picture at each stop.
"""

import io
import sys

from PIL import Image
from playwright.sync_api import sync_playwright

from tests import serving
from tests.apptest import ROOT
from tests.browser.hand import CHART, slide
from tests.browser.tabs import Tab, device

FILM = ROOT / ".github/hand.webp"
WIDTH, MILLISECONDS, LARGEST = 760, 140, 600_000
UP = [round(0.1 + 0.06 * k, 2) for k in range(17)]


def filmed() -> list[Image.Image]:
    """The frames: the learning rate from a tenth of the edge to over it."""
    path = serving.chromium()
    if path is None:
        sys.exit("no Chromium: apt-get install chromium")
    frames = []
    with serving.dashboard() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=serving.CHROMIUM_ARGS)
        tab = Tab(device(browser, (1000, 1100))).open(server.url)
        chart = tab.page.locator(CHART).first
        chart.scroll_into_view_if_needed()
        slide(chart, "step", 30)
        for eta in UP:
            slide(chart, "eta", eta)
            shot = Image.open(io.BytesIO(chart.screenshot())).convert("RGB")
            frames.append(shot.resize((WIDTH, round(shot.height * WIDTH / shot.width)), Image.Resampling.LANCZOS))
        browser.close()
    return frames


def main() -> None:
    frames = filmed()
    pauses = [MILLISECONDS] * (len(frames) - 1) + [8 * MILLISECONDS]
    film = frames + frames[-2:0:-1]
    pauses += [MILLISECONDS] * (len(film) - len(pauses))
    film[0].save(FILM, save_all=True, append_images=film[1:], duration=pauses, loop=0, quality=60, method=6)
    size = FILM.stat().st_size
    print(f"{FILM.relative_to(ROOT)}: {len(film)} frames, {size / 1000:.0f} kB")
    if size > LARGEST:
        sys.exit(f"more than {LARGEST / 1000:.0f} kB: fewer frames, or a lower quality")


if __name__ == "__main__":
    main()
