"""By hand: colours for a new activation, which can be read on their theme and told from every other by everyone.

    python -m tests.bench.colours              the best colours that each theme of .streamlit/config.toml has left
    python -m tests.bench.colours --near 2A9D8F    those nearest to a hue one has in mind

A new activation's colour goes into `chartCategoricalColors` of both themes, at its place in core.activations.ACTIVATIONS.
tests/test_theme.py asks for the same contrast and distances, by the same mathematics (tests/sight.py).
"""

import argparse

import numpy as np

from tests.sight import APART, LOOKS, READABLE, Light, contrast, distance, lab, linear, theme


def candidates(step: int = 12) -> list[str]:
    """sRGB codes on a regular grid, black and white among them."""
    levels = sorted({*range(0, 256, step), 255})
    return [f"#{r:02X}{g:02X}{b:02X}" for r in levels for g in levels for b in levels]


def proposals(
    background: str, taken: list[str], near: str | None = None, count: int = 8
) -> list[tuple[str, float, float]]:
    """(code, contrast to the background, distance to the nearest taken colour), the best first: farthest from those taken, or
    nearest to `near`, and unlike each other; only what passes."""
    codes = np.array(candidates())
    light: Light = np.array([linear(code) for code in codes])
    readable = contrast(light, linear(background))
    apart = np.min([distance(light, linear(code)) for code in taken], axis=0)
    order = np.argsort(-apart if near is None else np.linalg.norm(lab(light) - lab(linear(near)), axis=1))
    found: list[tuple[str, float, float]] = []
    for k in order[(readable >= READABLE)[order] & (apart > APART)[order]]:
        if all(np.linalg.norm(lab(light[k]) - lab(linear(code))) > APART / 2 for code, *_ in found):
            found.append((str(codes[k]), float(readable[k]), float(apart[k])))
        if len(found) == count:
            break
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--near", help="a code RRGGBB to stay near to")
    asked = parser.parse_args().near
    for look in LOOKS:
        of = theme()[look]
        print(f"{look}: background {of['backgroundColor']}, {len(of['chartCategoricalColors'])} colours taken")
        found = proposals(of["backgroundColor"], of["chartCategoricalColors"], asked and "#" + asked.lstrip("#"))
        for code, readable, apart in found:
            print(
                f"  {code}  contrast {readable:4.1f} (at least {READABLE})  nearest other {apart:4.1f} (above {APART:g})"
            )
        if not found:
            print("  none left: a colour of this theme has to be moved")


if __name__ == "__main__":
    main()
