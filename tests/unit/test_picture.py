"""What the pictures show: the right shape, the right way round, on what is behind them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from voxview.errors import InputError
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.orient import rotation_matrix
from voxview.surface.picture import front_side, render_chair, render_strip, view_axes, write_png
from voxview.surface.raster import rasterize


def box(x: slice, y: slice, z: slice) -> np.ndarray:
    grid = np.zeros((32, 32, 32), np.bool_)
    grid[x, y, z] = True
    return grid


@pytest.fixture
def block() -> np.ndarray:
    return box(slice(8, 24), slice(0, 20), slice(10, 22))


def middle_of(picture: np.ndarray) -> tuple[float, float]:
    """Column and row of the middle of what is drawn opaquely, in [−1, 1], to the right and up."""
    rows, columns = np.nonzero(picture[..., 3] > 200)
    height, width = picture.shape[:2]
    return columns.mean() / (width - 1) * 2 - 1, 1 - rows.mean() / (height - 1) * 2


def test_a_picture_has_the_requested_size(block: np.ndarray) -> None:
    assert render_chair(block, (96, 64)).shape == (64, 96, 4)
    assert render_chair(block, (1, 1)).shape == (1, 1, 4)
    assert render_chair(block).dtype == np.uint8


def test_a_picture_is_not_blank_and_its_background_is_transparent(block: np.ndarray) -> None:
    picture = render_chair(block)
    assert (picture[..., 3] == 255).mean() > 0.1
    assert (picture[:4, :, 3] == 0).all()


def test_a_background_is_opaque_and_exact_where_nothing_is(block: np.ndarray) -> None:
    picture = render_chair(block, background=(30, 32, 36))
    assert (picture[..., 3] == 255).all()
    assert (picture[0, 0, :3] == (30, 32, 36)).all()


def test_an_empty_shape_is_an_empty_picture() -> None:
    assert (render_chair(np.zeros((32, 32, 32), np.bool_))[..., 3] == 0).all()
    assert (render_chair(np.full((32, 32, 32), 0.4, np.float32))[..., 3] == 0).all()


def test_the_view_is_a_rotation_and_never_a_mirror() -> None:
    for azimuth in range(0, 360, 45):
        axes = view_axes(azimuth, 25)
        np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
        assert np.linalg.det(axes) == pytest.approx(1)


def test_straight_from_the_front_high_x_is_on_the_left_and_high_y_is_up() -> None:
    small = slice(14, 18)
    across, _ = middle_of(render_chair(box(slice(24, 32), small, small), azimuth=0, elevation=0))
    assert across < -0.5
    _, upward = middle_of(render_chair(box(small, slice(24, 32), small), azimuth=0, elevation=0))
    assert upward > 0.5


def test_the_front_hides_what_is_behind_it() -> None:
    front = box(slice(0, 32), slice(0, 32), slice(0, 4))
    both = front | box(slice(10, 22), slice(10, 22), slice(20, 30))
    seen, alone = (render_chair(g, azimuth=0, elevation=0).astype(int) for g in (both, front))
    assert np.abs(seen[20:76, 20:76] - alone[20:76, 20:76]).max() <= 3
    from_behind = render_chair(both, azimuth=180, elevation=0).astype(int)
    assert np.abs(from_behind - alone).max() > 20


def test_the_whole_cube_fits_from_every_side() -> None:
    full = np.ones((32, 32, 32), np.bool_)
    for azimuth, elevation in [(0, 0), (32, 20), (45, 35), (200, 60), (90, -30)]:
        opaque = render_chair(full, (64, 64), azimuth=azimuth, elevation=elevation)[..., 3] > 200
        assert not (opaque[0].any() or opaque[-1].any() or opaque[:, 0].any() or opaque[:, -1].any())
        assert max(opaque.any(axis=0).sum(), opaque.any(axis=1).sum()) >= 58


def test_the_top_is_brighter_than_the_sides_and_the_colour_is_kept() -> None:
    picture = render_chair(np.ones((32, 32, 32), np.bool_), (96, 96), color=(60, 120, 220)).astype(int)
    top, side = picture[20, 48, :3], picture[70, 30, :3]
    assert top.sum() > side.sum() * 1.1
    assert top[2] > top[1] > top[0]


def test_a_chair_that_stands_on_the_floor_has_a_shadow_there(block: np.ndarray) -> None:
    half = render_chair(block)[..., 3]
    assert ((half > 10) & (half < 120)).sum() > 50


def test_one_voxel_thick_legs_are_drawn_whole() -> None:
    leg = box(slice(16, 17), slice(0, 32), slice(16, 17))
    column = render_chair(leg, (128, 128), azimuth=0, elevation=0)[..., 3].max(axis=1)
    drawn = np.flatnonzero(column > 100)
    assert len(drawn) == drawn[-1] - drawn[0] + 1
    assert len(drawn) > 110


def test_a_field_and_its_grid_look_alike(block: np.ndarray) -> None:
    grid, field = render_chair(block).astype(int), render_chair(block.astype(np.float32)).astype(int)
    assert np.abs(grid[..., 3] - field[..., 3]).mean() < 6


@pytest.mark.parametrize("size", [(0, 10), (10, -1), (100000, 10)])
def test_a_size_that_cannot_be_is_refused(size: tuple[int, int], block: np.ndarray) -> None:
    with pytest.raises(InputError, match="pixels"):
        render_chair(block, size)


def test_what_is_no_shape_is_refused() -> None:
    with pytest.raises(InputError, match="uint8"):
        render_chair(np.zeros((32, 32, 32), np.uint8))  # type: ignore[arg-type]


def test_the_rasteriser_covers_a_square_once_with_the_nearest_front() -> None:
    square = np.array([[0, 0], [8, 0], [8, 8], [0, 8]])
    points = np.concatenate([np.c_[square, np.full(4, depth)] for depth in (1.0, 5.0, 9.0)])
    front = np.array([[0, 2, 1], [0, 3, 2]])
    faces = np.concatenate([front, front + 4, front[:, ::-1] + 8])  # the nearest square shows its back
    for order in (faces, faces[::-1]):
        seen = rasterize(points, order, 12, 10)
        assert len(seen.pixels) == len(set(seen.pixels)) == 81
        np.testing.assert_allclose(seen.interpolate(points, order)[:, 2], 5)


@pytest.mark.parametrize("side", [7 / 9, 7 / 3])
def test_a_pixel_on_the_edge_between_two_faces_is_in_one_of_them(side: float) -> None:
    n, steps = 12, np.arange(13)
    u, v = np.meshgrid(steps, steps, indexing="ij")
    depth = np.random.default_rng(0).random(u.size)
    points = np.stack([u.ravel() * side + 0.5, v.ravel() * side + 0.5, depth], axis=1)
    first = (np.arange(n)[:, None] * (n + 1) + np.arange(n)).ravel()
    # Squares, cut along the diagonal that goes through pixels' centres.
    halves = ((0, 1, n + 1), (1, n + 2, n + 1))
    faces = np.concatenate([np.stack([first + at for at in half], axis=1) for half in halves])
    size = int(n * side) + 3
    found = [rasterize(points, order, size, size).pixels for order in (faces, faces[:, ::-1])]
    covered = np.zeros((size, size), np.bool_)
    covered.flat[np.concatenate(found)] = True
    end = int(np.floor(n * side + 0.5 - 1e-6))
    assert covered[1 : end + 1, 1 : end + 1].all()


def test_a_strip_has_a_picture_and_a_label_for_each_shape(block: np.ndarray) -> None:
    strip = render_strip([block] * 3, (80, 80), ["t = 0.0", "t = 0.5", "t = 1.0"], background=(20, 20, 20))
    assert strip.shape[1] == 240
    assert strip.shape[0] > 80
    for i in range(3):
        label = strip[80:, i * 80 : (i + 1) * 80, :3]
        assert label.max() > 150
    with pytest.raises(InputError, match="2 labels"):
        render_strip([block] * 3, (80, 80), ["a", "b"])


def test_a_png_is_read_back_the_same(tmp_path: Path, block: np.ndarray) -> None:
    picture = render_chair(block)
    write_png(tmp_path / "chair.png", picture)
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "chair.png")), picture)
    assert [p.name for p in tmp_path.iterdir()] == ["chair.png"]


def test_a_png_that_cannot_be_written_says_why(tmp_path: Path, block: np.ndarray) -> None:
    with pytest.raises(InputError, match="png"):
        write_png(tmp_path / "chair.jpg", render_chair(block))
    with pytest.raises(InputError, match="uint8"):
        write_png(tmp_path / "chair.png", render_chair(block).astype(float))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("azimuth", [32.0, -32.0])
def test_the_side_to_which_a_front_looks_is_where_it_is_drawn(azimuth: float) -> None:
    chair = sample_catalog()[0].read()
    front, back = chair.copy(), chair.copy()
    front[:, :, 16:], back[:, :, :16] = False, False
    drawn = [middle_of(render_chair(part, azimuth=azimuth))[0] for part in (front, back)]
    assert (front_side(azimuth) == "right") == (drawn[0] > drawn[1])
    assert front_side(azimuth) == ("right" if azimuth > 0 else "left")


@pytest.mark.parametrize("turn", [0, 180])
def test_what_is_modelled_with_z_up_is_turned_as_the_readme_says(turn: int) -> None:
    """The front at −y, as modelling programs have it."""
    front = rotation_matrix("z", turn) @ (0, -1, 0)
    assert front.tolist() == ([0, 0, -1] if turn == 180 else [0, 0, 1])
