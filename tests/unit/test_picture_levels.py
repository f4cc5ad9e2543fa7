"""Copies of a large picture: what the network sees of them is what it sees of the picture."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from voxview.gui.pictures.levels import Levels
from voxview.pictures.crop import Crop
from voxview.pictures.network_input import prepare_input
from voxview.pictures.read import Picture


@pytest.fixture(scope="module")
def large() -> Picture:
    """Return a picture of 5001×3000 pixels with coarse and fine structure."""
    generator = np.random.default_rng(0)
    coarse = Image.fromarray(generator.integers(0, 200, (12, 20, 3), np.uint8))
    pixels = np.array(coarse.resize((5001, 3000), Image.Resampling.BICUBIC))
    pixels[::7] += 20
    return Picture(pixels, None, ("the first of 2 frames",))


@pytest.mark.parametrize(
    "crop",
    [
        None,
        Crop(0, 0, 5001, 2999),
        Crop(1001, 333, 2501, 1777),
        Crop(4321, 1111, 600, 900),
        Crop(300, 2700, 4500, 290),
    ],
)
def test_the_network_sees_the_same_as_of_the_picture_itself(large: Picture, crop: Crop | None) -> None:
    own = prepare_input(large, crop, False).pixels.astype(int)
    seen = Levels.of(large).prepare(crop, False).pixels.astype(int)
    assert np.abs(own - seen).mean() < 1.5


def test_copies_are_halves_and_a_small_picture_has_none(large: Picture) -> None:
    levels = Levels.of(large)
    assert [(one.width, one.height) for one in levels.pictures] == [(5001, 3000), (2501, 1500), (1251, 750)]
    assert levels.size == (5001, 3000) and levels.smallest.remarks == large.remarks
    small = Picture(large.pixels[:700, :2000])
    assert Levels.of(small).pictures == (small,)


def test_the_colours_under_what_is_transparent_do_not_run_into_the_rest() -> None:
    pixels = np.zeros((2100, 2100, 3), np.uint8)
    alpha = np.zeros((2100, 2100), np.uint8)
    pixels[501:1501, 501:1501], alpha[501:1501, 501:1501] = 255, 255
    seen = Levels.of(Picture(pixels, alpha)).prepare(None, None)
    assert seen.silhouette is not None and seen.pixels.min() > 250
