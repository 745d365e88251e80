"""Real data: 1,797 handwritten digits of 8 x 8 pixels, shipped with the package and checked when read."""

import hashlib
import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from core.checks import FloatArray, IntArray, check_choice, read_only

Pixels = Literal["standardised", "raw"]
PIXELS: tuple[Pixels, ...] = ("standardised", "raw")

CLASSES, INPUTS, IMAGES = 10, 64, 1797
TRAIN_PER_CLASS = 100
TRAIN = CLASSES * TRAIN_PER_CLASS
"""Training images; the other 797 are held out."""
SPLIT_SEED = 0

DIGITS_FILE = Path(__file__).parent / "data" / "digits.npz"
DIGITS_SHA256 = "089d33176bf6819a5c6ebd6746c5293713f4e81c2c8fc52b672e6e15faa78f41"


class DataError(ValueError):
    """A data file that belongs to the package is missing, damaged or not what it should be."""


@dataclass(frozen=True, slots=True, eq=False)
class Digits:
    """Images as rows of pixels with their labels, split into a training part and a held-out part."""

    x: FloatArray
    """(1000, 64), 100 training images of each digit."""
    labels: IntArray
    """(1000,)."""
    held_x: FloatArray
    """(797, 64), the rest."""
    held_labels: IntArray
    """(797,)."""
    mean: FloatArray
    """(64,), of the training part, in units of full ink (0 to 1), used for "standardised" pixels."""
    sd: FloatArray
    """(64,), likewise its standard deviation."""


def read_digits(path: Path = DIGITS_FILE) -> tuple[FloatArray, IntArray]:
    """The shipped images and labels, as they are in the file.

    Formula: pixel = (number of inked points) / 16, in [0, 1].
    Parameters: path, the file (the package's own unless given).
    Returns: pixels (1797, 64) and labels (1797,), whole numbers from 0 to 9.
    Raises: DataError, one line that names the file, where it cannot be read or its sha256 is not the recorded one.
    Reference: E. Alpaydin and C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning
    Repository, doi 10.24432/C50P49, CC BY 4.0; core/network/data/DIGITS.md.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: the digits cannot be read ({error.strerror or error})") from None
    if hashlib.sha256(content).hexdigest() != DIGITS_SHA256:
        raise DataError(f"{path}: the digits are damaged (their sha256 is not {DIGITS_SHA256[:12]}...)")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return arrays["pixels"] / 16.0, arrays["labels"].astype(np.int64)


def digits(pixels: Pixels = "standardised") -> Digits:
    """The digits, split once and for all, with their pixels as asked.

    Formula: standardised pixel = (pixel - mean) / sd with the training part's mean and standard deviation per pixel; a
    pixel that is constant there becomes 0 there (its sd counts as 1). Raw pixels are in [0, 1], so never negative.
    The split is stratified: 100 random images of each digit (seed 0) are for training, all others are held out.
    Parameters: pixels, "standardised" or "raw".
    Raises: ValueError for another name; DataError as `read_digits`.
    Reference: LeCun, Bottou, Orr and Muller, Efficient BackProp (1998), section 4.3.
    """
    return _split(check_choice("pixels", pixels, PIXELS))


@lru_cache(maxsize=2)
def _split(pixels: Pixels) -> Digits:
    x, labels = read_digits()
    order = np.random.default_rng(SPLIT_SEED).permutation(IMAGES)
    chosen = np.concatenate([order[labels[order] == digit][:TRAIN_PER_CLASS] for digit in range(CLASSES)])
    held = np.setdiff1d(np.arange(IMAGES), chosen)
    mean, sd = x[chosen].mean(axis=0), x[chosen].std(axis=0)
    if pixels == "standardised":
        x = (x - mean) / np.where(sd > 0, sd, 1.0)
    parts = (x[chosen], labels[chosen], x[held], labels[held], mean, sd)
    return Digits(*(read_only(part) for part in parts))
