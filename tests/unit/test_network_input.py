"""What the network sees of a picture: cropped, its background left out where it can be, never squashed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from voxview.errors import InputError
from voxview.pictures.background import find_foreground
from voxview.pictures.crop import Crop, crop_picture, parse_crop
from voxview.pictures.network_input import MARGIN, SIDE, prepare_input
from voxview.pictures.read import Picture, picture_from_array
from voxview.pictures.view import View
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.surface.picture import render_chair, view_axes


@pytest.fixture(scope="module")
def chair() -> np.ndarray:
    """A drawn sample chair, RGBA `(300, 400, 4)`, transparent around."""
    return render_chair(sample_catalog()[0].read(), (400, 300))


def over(rgba: np.ndarray, background: np.ndarray | tuple[int, ...]) -> Picture:
    """The drawn chair over a colour, or over a picture."""
    opacity = rgba[:, :, 3:] / 255
    pixels = rgba[:, :, :3] * opacity + np.asarray(background) * (1 - opacity)
    return picture_from_array(np.rint(pixels).astype(np.uint8))


def overlap(found: np.ndarray, rgba: np.ndarray) -> float:
    """The IoU of the found foreground and the drawn chair without its soft shadow."""
    chair = rgba[:, :, 3] > 200
    found = found > 0.5
    return float((chair & found).sum() / (chair | found).sum())


@pytest.mark.parametrize(
    "colour", [(255, 255, 255), (250, 250, 245), (40, 90, 160), (10, 10, 10), (120, 128, 120)]
)
def test_a_chair_before_one_colour_is_found(chair, colour: tuple[int, int, int]) -> None:
    found = find_foreground(over(chair, colour))
    assert found is not None and found.shape == (300, 400) and found.dtype == np.float32
    assert found.min() >= 0 and found.max() <= 1
    assert overlap(found, chair) > 0.85


@pytest.mark.parametrize("grey", [235, 200, 120])
def test_a_pale_chair_before_white_is_whole_and_its_shadow_is_not_chair(grey: int) -> None:
    chair = render_chair(sample_catalog()[100].read(), (400, 300), color=(grey, grey, grey))
    assert overlap(find_foreground(over(chair, (255, 255, 255))), chair) > 0.9


def test_a_background_may_change_evenly_and_be_noisy(chair) -> None:
    shade = np.linspace(0, 25, 300)[:, None, None] + np.linspace(0, 10, 400)[None, :, None]
    noise = np.random.default_rng(1).normal(0, 1.5, (300, 400, 1))
    found = find_foreground(over(chair, 205 + shade + noise))
    assert found is not None and overlap(found, chair) > 0.85


def test_what_a_chair_encloses_of_the_background_is_background() -> None:
    pixels = np.full((200, 200, 3), 240, np.uint8)
    pixels[40:170, 40:160] = (120, 60, 30)
    pixels[70:140, 70:130] = 240
    found = find_foreground(picture_from_array(pixels))
    assert found[100, 100] == 0 and found[50, 100] == 1 and found[5, 5] == 0


def test_specks_are_no_chair(chair) -> None:
    picture = over(chair, (240, 240, 240))
    places = np.random.default_rng(2).integers((10, 10), (60, 390), (40, 2))
    picture.pixels[places[:, 0], places[:, 1]] = 20
    clean, found = find_foreground(over(chair, (240, 240, 240))), find_foreground(picture)
    assert np.abs(found - clean)[:60].mean() < 0.01


def room(height: int = 200, width: int = 260) -> np.ndarray:
    """A wall above, a floor below, and a picture on the wall."""
    pixels = np.full((height, width, 3), (225, 220, 205), np.uint8)
    pixels[height * 2 // 3 :] = (120, 80, 50)
    pixels[20:70, 150:220] = (30, 60, 90)
    return pixels


def test_nothing_is_said_of_a_room_a_blank_sheet_and_a_close_up() -> None:
    rng = np.random.default_rng(0)
    blank = np.full((100, 100, 3), 255, np.uint8)
    speck = blank.copy()
    speck[50:52, 50:52] = 0
    all_around = np.full((100, 100, 3), 90, np.uint8)
    all_around[30:70, 30:70] = rng.integers(0, 255, (40, 40, 3))
    patches = np.kron(rng.integers(0, 255, (10, 10, 3), np.uint8), np.ones((10, 10, 1), np.uint8))
    for pixels in (room(), blank, speck, patches):
        assert find_foreground(picture_from_array(pixels)) is None
    with pytest.raises(InputError, match="background cannot be removed"):
        prepare_input(picture_from_array(room()), remove_background=True)


def test_alpha_is_the_foreground_where_there_is_one(chair) -> None:
    found = find_foreground(picture_from_array(chair))
    assert np.array_equal(found, chair[:, :, 3].astype(np.float32) / 255)


def test_a_removed_background_is_white_and_the_square_tightens(chair) -> None:
    small = np.full((600, 800, 3), (40, 90, 160), np.uint8)
    small[100:400, 350:750] = over(chair, (40, 90, 160)).pixels
    seen = prepare_input(picture_from_array(small))
    assert seen.pixels.shape == (SIDE, SIDE, 3) and seen.silhouette.shape == (SIDE, SIDE)
    assert (seen.pixels[:8] == 255).all() and (seen.pixels[:, :8] > 240).all()
    rows, columns = (np.flatnonzero((seen.silhouette > 0.5).any(axis=axis)) for axis in (1, 0))
    longest = max(np.ptp(rows), np.ptp(columns)) + 1
    assert longest == pytest.approx(SIDE / (1 + 2 * MARGIN), abs=3)
    assert abs((rows[0] + rows[-1]) / 2 - SIDE / 2) < 3 and abs((columns[0] + columns[-1]) / 2 - SIDE / 2) < 3


def test_a_chair_that_is_small_in_its_picture_has_as_sharp_an_edge(chair) -> None:
    backdrop = (40, 90, 160)
    close = over(chair, backdrop)
    far = np.full((800, 1300, 3), backdrop, np.uint8)
    far[450:750, 800:1200] = close.pixels
    near, small = (prepare_input(picture) for picture in (close, picture_from_array(far)))
    assert np.abs(near.silhouette - small.silhouette).mean() < 0.02
    assert np.abs(near.pixels.astype(int) - small.pixels.astype(int)).mean() < 4


def test_a_crop_is_not_tightened(chair) -> None:
    seen = prepare_input(over(chair, (255, 255, 255)), Crop(0, 0, 300, 300))
    whole = prepare_input(over(chair, (255, 255, 255)))
    assert seen.silhouette is not None and (seen.silhouette > 0.5).sum() < (whole.silhouette > 0.5).sum()


def test_a_picture_is_padded_with_its_borders_colour_and_never_squashed() -> None:
    pixels = room(100, 300)
    pixels[30:60, 100:130] = (255, 0, 0)  # a square
    seen = prepare_input(picture_from_array(pixels))
    assert seen.silhouette is None
    border = [pixels[:2].reshape(-1, 3), pixels[-2:].reshape(-1, 3), pixels[2:-2, :2].reshape(-1, 3),
              pixels[2:-2, -2:].reshape(-1, 3)]  # fmt: skip
    assert seen.pixels[0, 0].tolist() == np.median(np.concatenate(border), axis=0).astype(int).tolist()
    red = (seen.pixels[..., 0] > 200) & (seen.pixels[..., 1] < 60)
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    assert abs(np.ptp(rows) - np.ptp(columns)) <= 1


def test_a_background_can_be_kept(chair) -> None:
    kept = prepare_input(over(chair, (40, 90, 160)), remove_background=False)
    assert kept.silhouette is None and kept.pixels[0, 0].tolist() == [40, 90, 160]
    transparent = prepare_input(picture_from_array(chair), remove_background=False)
    assert transparent.silhouette is None and transparent.pixels[0, 0].tolist() == [255] * 3


def test_a_large_photograph_gives_the_same_square_as_a_smaller_one(chair) -> None:
    small = over(chair, (200, 210, 220))
    large = picture_from_array(small.pixels.repeat(8, axis=0).repeat(8, axis=1))
    a, b = (prepare_input(picture).pixels.astype(int) for picture in (small, large))
    assert np.abs(a - b).mean() < 3


def test_crops_are_read_and_cut() -> None:
    assert parse_crop(" 10,20, 30,40") == Crop(10, 20, 30, 40) == parse_crop(Crop(10, 20, 30, 40).text)
    picture = picture_from_array(
        np.arange(100 * 90 * 4, dtype=np.uint32).astype(np.uint8).reshape(100, 90, 4)
    )
    part = crop_picture(picture, Crop(10, 20, 30, 40))
    assert np.array_equal(part.pixels, picture.pixels[20:60, 10:40])
    assert np.array_equal(part.alpha, picture.alpha[20:60, 10:40])


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "1,2,3,4.5", "1;2;3;4", "9" * 400])
def test_other_crops_are_one_line(text: str) -> None:
    with pytest.raises(InputError, match="x,y,width,height"):
        parse_crop(text)


@pytest.mark.parametrize("text", ["-1,0,20,20", "0,90,20,20", "85,0,20,20", "500,500,20,20", "0,0,91,20"])
def test_a_crop_outside_the_picture_is_one_line(text: str) -> None:
    picture = picture_from_array(np.zeros((100, 90, 3), np.uint8))
    with pytest.raises(InputError, match="90×100 pixels"):
        crop_picture(picture, parse_crop(text))
    with pytest.raises(InputError, match="at least"):
        crop_picture(picture, Crop(3, 3, 1, 1))


def test_a_view_is_where_the_renderer_sees_from() -> None:
    assert np.allclose(View(0, 0).camera_direction(), (0, 0, -1))
    assert np.allclose(View(90, 0).camera_direction(), (1, 0, 0), atol=1e-7)
    for azimuth, elevation in ((35, 12), (-120, 60), (180, -5)):
        direction = View(azimuth, elevation).camera_direction()
        assert np.allclose(direction, view_axes(azimuth, elevation)[2], atol=1e-6)
        assert math.isclose(float(np.linalg.norm(direction)), 1, rel_tol=1e-6)
    assert View(35.2, 12).text == "35° from the front towards +x, 12° above"
    assert View(180, 0).text == "from behind, level" and View(-30, -4).text.endswith("towards −x, 4° below")
