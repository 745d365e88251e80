"""The shipped digits: what they are, how they are split and scaled, and what happens when the file is not what it was."""

import numpy as np
import pytest

from core.network.digits import DIGITS_FILE, IMAGES, DataError, digits, read_digits


def test_the_file_holds_the_images_the_source_describes() -> None:
    pixels, labels = read_digits()
    assert pixels.shape == (1797, 64)
    assert np.array_equal(np.unique(pixels * 16), np.arange(17))
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_first_image_is_a_zero() -> None:
    pixels, labels = read_digits()
    assert labels[0] == 0
    assert (pixels[0].reshape(8, 8)[2] * 16).tolist() == [0, 3, 15, 2, 0, 11, 8, 0]


def test_the_split_is_stratified_and_loses_nothing() -> None:
    data, (pixels, labels) = digits("raw"), read_digits()
    assert np.bincount(data.labels).tolist() == [100] * 10
    assert len(data.labels) + len(data.held_labels) == IMAGES
    rows = np.column_stack([np.vstack([data.x, data.held_x]), np.concatenate([data.labels, data.held_labels])])
    again = np.column_stack([pixels, labels])
    assert np.array_equal(
        np.sort(rows.view([("", float)] * 65), axis=0), np.sort(again.view([("", float)] * 65), axis=0)
    )


def test_pixels_are_standardised_by_the_training_part_alone() -> None:
    data, raw = digits(), digits("raw")
    moving = raw.x.std(axis=0) > 0
    assert np.allclose(data.x.mean(axis=0), 0, atol=1e-12)
    assert np.allclose(data.x.std(axis=0)[moving], 1)
    assert 0 < (~moving).sum() < 10
    assert (data.x[:, ~moving] == 0).all()
    assert np.allclose(data.held_x * np.where(moving, raw.sd, 1) + raw.mean, raw.held_x)
    assert raw.x.min() == 0
    assert raw.x.max() == 1


def test_nobody_can_change_the_shared_arrays() -> None:
    with pytest.raises(ValueError, match="read-only"):
        digits().x[0, 0] = 1


def test_a_damaged_file_is_named_in_one_line(tmp_path) -> None:
    path = tmp_path / "digits.npz"
    content = bytearray(DIGITS_FILE.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_digits(path)
    assert str(path) in str(caught.value)
    assert "damaged" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named_in_one_line(tmp_path) -> None:
    with pytest.raises(DataError, match=r"nothing\.npz.*cannot be read"):
        read_digits(tmp_path / "nothing.npz")


def test_other_pixels_are_refused() -> None:
    with pytest.raises(ValueError, match="pixels"):
        digits("grey")
