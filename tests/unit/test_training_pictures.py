"""Rendered training pictures show the chair that they are of, from where they say that they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from voxview.model.camera import Cameras, directions, look, project
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.components import is_one_piece
from voxview.surface.picture import view_axes
from voxview.training.pictures.camera import TIGHT, random_cameras
from voxview.training.pictures.clutter import HIDDEN, put_in_front, things_in_front
from voxview.training.pictures.degrade import degrade, random_degradation, resample
from voxview.training.pictures.draw import Draw, part
from voxview.training.pictures.jpeg import damage
from voxview.training.pictures.ray_march import Hits, march
from voxview.training.pictures.renderer import RenderConfig, Rendered, Renderer
from voxview.training.pictures.volumes import Volumes, build_volumes

VIEWS = ((0, 10), (90, 0), (35, 25), (-140, 50), (180, -5))
SIDE = 80


@pytest.fixture(scope="module")
def chairs() -> torch.Tensor:
    return torch.from_numpy(np.stack([chair.read() for chair in list(sample_catalog())[3::40]]))


def generator(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def camera(azimuth: float, elevation: float, count: int = 1) -> Cameras:
    a, e, far, level = (torch.full((count,), float(value)) for value in (azimuth, elevation, 3.0, 0.0))
    return look(a, e, far, level)


def seen(chairs: torch.Tensor, azimuth: float, elevation: float) -> Hits:
    volumes = build_volumes(chairs, torch.zeros(len(chairs)))
    return march(volumes, camera(azimuth, elevation, len(chairs)), SIDE, 48)


def render(chairs: torch.Tensor, seed: int = 1, **config: object) -> Rendered:
    wanted = RenderConfig(side=SIDE, rendered_side=SIDE, **config)  # type: ignore[arg-type]
    return Renderer(wanted).render(chairs, generator(seed))


def splat(chair: torch.Tensor, azimuth: float, elevation: float) -> np.ndarray:
    """Occupied voxels as points, in NumPy and from the words of `View` alone: camera at 3 units."""
    a, e = np.radians([azimuth, elevation])
    back = np.array([np.sin(a) * np.cos(e), np.sin(e), -np.cos(a) * np.cos(e)])
    right = np.cross(-back, [0, 1, 0])
    right /= np.linalg.norm(right)
    up = np.cross(right, -back)
    inside = (np.indices((8, 8, 8)).reshape(3, -1).T + 0.5) / 8  # points all over each voxel
    points = ((np.argwhere(chair.numpy())[:, None] + inside) / 32 - 0.5).reshape(-1, 3) - 3 * back
    ahead = points @ -back
    x, y = points @ right / ahead, points @ up / ahead
    half = 0.87 / 3
    fine = 4 * SIDE
    picture = np.zeros((fine, fine), bool)
    picture[((1 - y / half) / 2 * fine).astype(int), ((1 + x / half) / 2 * fine).astype(int)] = True
    return picture.reshape(SIDE, 4, SIDE, 4).mean((1, 3)) > 0.5


@pytest.fixture(scope="module")
def three_chairs(chairs: torch.Tensor) -> tuple[torch.Tensor, Volumes]:
    return chairs[::2], build_volumes(chairs[::2], torch.zeros(len(chairs[::2])))


@pytest.mark.parametrize(("azimuth", "elevation"), VIEWS)
def test_the_silhouette_is_the_projection_of_the_voxels(
    three_chairs: tuple[torch.Tensor, Volumes], azimuth: float, elevation: float
) -> None:
    chairs, volumes = three_chairs
    covers = march(volumes, camera(azimuth, elevation, len(chairs)), SIDE, 48).cover.numpy() > 0.5
    wanted = np.stack([splat(chair, azimuth, elevation) for chair in chairs])
    both, either = covers & wanted, covers | wanted
    assert both.sum() / either.sum() > 0.9
    assert (both.sum((1, 2)) / either.sum((1, 2))).min() > 0.8  # thin ones, whose steps are rounded


def test_a_chair_in_one_piece_stays_so_and_keeps_its_volume(chairs: torch.Tensor) -> None:
    whole = chairs[[is_one_piece(chair) for chair in chairs.numpy()]]
    assert len(whole) > 3
    for thinner in (0.0, 0.12):
        solid = build_volumes(whole, torch.full((len(whole),), thinner)).fine[:, 0].numpy() > 0.5
        assert all(is_one_piece(chair) for chair in solid)
        assert solid.sum() / 8 == pytest.approx(float(whole.sum()), rel=0.1)


def test_a_camera_sees_as_the_pictures_of_surfaces_do() -> None:
    for azimuth, elevation in VIEWS:
        axes = camera(azimuth, elevation).axes[0].numpy() * [[1], [1], [-1]]  # there: towards the camera
        assert axes == pytest.approx(view_axes(azimuth, elevation), abs=1e-5)


def test_from_the_front_the_back_is_farther_and_plus_x_is_on_the_left() -> None:
    chair = torch.zeros(1, 32, 32, 32, dtype=torch.bool)
    chair[:, 4:28, 12:15, 4:28] = True  # the seat
    chair[:, 4:28, 15:30, 25:28] = True  # the back, at high z
    chair[:, 24:27, 0:12, 4:7] = True  # one leg in front, at high x
    front, behind = seen(chair, 0, 0), seen(chair, 180, 0)
    high = SIDE * 3 // 8, SIDE // 2  # a pixel that shows the back
    assert front.cover[(0, *high)] == 1 and behind.cover[(0, *high)] == 1
    assert float(front.depth[(0, *high)] - behind.depth[(0, *high)]) == pytest.approx(
        25 / 32 - 4 / 32, abs=0.04
    )
    low = front.cover[0, SIDE * 3 // 4] > 0.5
    assert low[: SIDE // 2].any() and not low[SIDE // 2 :].any()
    aside = seen(chair, 90, 0).cover[0]  # at +x: the front is on the right, and so is its leg
    assert aside[SIDE // 4, : SIDE // 2].max() > 0.5 > aside[SIDE // 4, SIDE // 2 :].max()
    assert aside[SIDE * 3 // 4, SIDE // 2 :].max() > 0.5 > aside[SIDE * 3 // 4, : SIDE // 2].max()


def test_a_mirrored_chair_from_the_mirrored_view_is_the_mirrored_picture(chairs: torch.Tensor) -> None:
    lopsided = chairs.clone()
    lopsided[:, 20:, 16:] = False
    one, other = seen(lopsided, 40, 20), seen(lopsided.flip(1), -40, 20)
    assert torch.allclose(one.cover, other.cover.flip(2), atol=1e-3)
    shown = one.cover > 0.9
    assert torch.allclose(one.depth[shown], other.depth.flip(2)[shown], atol=1e-3)


def test_a_point_of_the_surface_is_on_the_ray_of_its_pixel(chairs: torch.Tensor) -> None:
    hits = seen(chairs, -50, 30)
    places = project(camera(-50, 30, len(chairs)), hits.point.reshape(len(chairs), -1, 3))
    pixels = (torch.arange(SIDE) + 0.5) * 2 / SIDE - 1
    wanted = torch.stack(torch.meshgrid(pixels, pixels, indexing="xy"), -1).reshape(1, -1, 2)
    assert torch.allclose(
        places[hits.cover.flatten(1) > 0.9], wanted.expand_as(places)[hits.cover.flatten(1) > 0.9], atol=1e-3
    )


def test_chairs_are_cropped_as_their_box_says_and_those_without_background_in_the_middle(
    chairs: torch.Tensor,
) -> None:
    chairs = chairs.repeat(2, 1, 1, 1)
    n = len(chairs)
    tight = torch.arange(n) % 2 == 0
    cameras = random_cameras(chairs, tight, Draw(n, torch.device("cpu"), generator(3)))
    covers = march(build_volumes(chairs, torch.zeros(n)), cameras, SIDE, 48).cover > 0.5
    for cover, box, middle in zip(covers, cameras.box, tight, strict=True):
        rows, columns = cover.any(1).nonzero()[:, 0], cover.any(0).nonzero()[:, 0]
        found = torch.stack([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]) * 2 / SIDE - 1
        assert torch.allclose(found, box.clamp(-1, 1), atol=0.09)
        if middle:
            assert torch.allclose(box[:2], -box[2:], atol=1e-4) and float(box.max()) == pytest.approx(TIGHT)


def test_pictures_are_finite_and_different_and_say_from_where_they_are(chairs: torch.Tensor) -> None:
    found = render(chairs.repeat(4, 1, 1, 1))
    n = 4 * len(chairs)
    assert found.pixels.shape == (n, 3, SIDE, SIDE) and found.silhouette.shape == (n, 1, SIDE, SIDE)
    for values in (found.pixels, found.silhouette):
        assert values.isfinite().all() and values.min() >= 0 and values.max() <= 1
    assert (found.azimuth.abs() <= 180).all() and (found.elevation.abs() <= 70).all()
    assert len(found.pixels.flatten(1).unique(dim=0)) == n
    assert found.silhouette.mean((1, 2, 3)).min() > 0.03


def test_a_seed_says_what_comes_out_in_chunks_of_any_size(chairs: torch.Tensor) -> None:
    once, again, other = render(chairs), render(chairs), render(chairs, seed=2)
    assert torch.equal(once.pixels, again.pixels) and not torch.equal(once.pixels, other.pixels)
    chunked = render(chairs, chunk=4)
    assert torch.equal(once.azimuth, chunked.azimuth)
    assert (once.pixels - chunked.pixels).abs().mean() < 1e-4  # JPEG may round a sum to the other side


def test_the_chair_of_a_picture_is_seen_from_its_view(chairs: torch.Tensor) -> None:
    found = render(chairs, plain=True)
    background = (found.pixels > 0.99).all(1)
    covered = found.silhouette[:, 0] > 0.5
    assert (background & covered).sum() < 0.1 * covered.sum()
    assert background[found.silhouette[:, 0] == 0].all()


def test_an_empty_field_is_a_picture_without_a_chair() -> None:
    found = render(torch.zeros(2, 32, 32, 32))
    assert found.pixels.isfinite().all() and found.silhouette.max() == 0


def test_fewer_rendered_pixels_are_enlarged(chairs: torch.Tensor) -> None:
    small = Renderer(RenderConfig(side=SIDE, rendered_side=SIDE // 2)).render(chairs, generator())
    assert small.pixels.shape[-1] == small.silhouette.shape[-1] == SIDE
    full = render(chairs)
    assert torch.equal(small.azimuth, full.azimuth)
    assert ((small.silhouette > 0.5) == (full.silhouette > 0.5)).float().mean() > 0.95


def test_what_is_in_front_hides_no_more_than_a_third() -> None:
    draw = Draw(40, torch.device("cpu"), generator())
    box = torch.tensor([-0.6, -0.6, 0.6, 0.6]).expand(40, 4)
    things = things_in_front(torch.ones(40, dtype=torch.bool), replace(camera(0, 0, 40), box=box), draw)
    things = replace(
        things, colours=torch.ones_like(things.colours), stripes=torch.zeros_like(things.stripes)
    )
    chair = torch.zeros(40, SIDE, SIDE)
    chair[:, 16:64, 16:64] = 1
    pictures = put_in_front(torch.zeros(40, SIDE, SIDE, 3), chair, things)
    hidden = ((pictures.amax(-1) > 0.3) * chair).sum((1, 2)) / chair.sum((1, 2))
    assert hidden.max() < HIDDEN + 0.03 and (hidden > 0.05).float().mean() > 0.3


def test_damage_is_that_of_pillows_jpeg_files() -> None:
    from io import BytesIO

    from PIL import Image

    ramp = np.indices((48, 64)).sum(0) * 2
    pixels = np.stack([ramp, 255 - ramp, np.where(ramp > 90, 200, 30)], -1).astype(np.uint8)
    for quality in (20, 60, 90):
        file = BytesIO()
        Image.fromarray(pixels).save(file, "JPEG", quality=quality, subsampling=2)
        stored = np.asarray(Image.open(file), np.float32)
        mine = damage(
            torch.from_numpy(pixels / 255).float().permute(2, 0, 1)[None], torch.tensor([float(quality)])
        )
        assert np.abs(mine[0].permute(1, 2, 0).numpy() * 255 - stored).mean() < 2.5
        assert np.abs(pixels - stored).mean() > 1.5 or quality == 90


def test_bands_have_the_median_colour_of_what_they_border_on() -> None:
    pictures = torch.full((2, 3, SIDE, SIDE), 0.5)
    pictures[:, 0] = 0.25
    pictures[:, :, 30:50, 30:50] = 1.0  # the chair
    pictures[:, :, -3:] = 0.9  # less than a half of the border
    pictures[:, :, :, :10] = pictures[:, :, :, -10:] = 0.0  # hidden by the bands of the first
    draw = Draw(2, torch.device("cpu"), generator())
    happens = random_degradation(camera(0, 0, 2), torch.ones(2, dtype=torch.bool), draw)
    bands = torch.tensor([[0.0, 20 / SIDE], [0.0, 0.0]])
    happens = replace(
        happens, bands=bands, quality=torch.full((2,), 99.0), grey=torch.zeros(2, dtype=torch.bool)
    )
    banded, whole = degrade(pictures, happens, torch.zeros_like(pictures))
    assert banded[:, 40, 4].tolist() == pytest.approx([0.25, 0.5, 0.5], abs=0.02)
    assert whole[:, 40, 4].tolist() == pytest.approx([0, 0, 0], abs=0.02)
    assert torch.allclose(banded[:, 20:60, 20:60], whole[:, 20:60, 20:60], atol=0.02)


def test_resampling_keeps_what_is_even_and_blurs_what_is_not() -> None:
    draw = Draw(64, torch.device("cpu"), generator())
    happens = random_degradation(camera(0, 0, 64), torch.ones(64, dtype=torch.bool), draw)
    even = torch.full((64, 1, 40, 40), 0.7)
    assert torch.allclose(resample(even, happens, SIDE), torch.full((64, 1, SIDE, SIDE), 0.7), atol=1e-4)
    dot = torch.zeros(64, 1, SIDE, SIDE)
    dot[:, :, SIDE // 2, SIDE // 2] = 1
    peaks = resample(dot, happens, SIDE).amax((1, 2, 3))
    sharp = (happens.blur.amax(1) < 0.31) & (happens.reduction == 1)
    assert peaks[sharp].min() > 0.9 and peaks[~sharp].max() < peaks[sharp].min()


def test_a_part_of_a_scene_is_that_of_its_pictures() -> None:
    cameras = camera(10, 20, 5)
    cameras = replace(cameras, azimuth=torch.arange(5.0))
    assert part(cameras, 1, 3).azimuth.tolist() == [1, 2]


def test_directions_are_those_of_view() -> None:
    assert directions(torch.tensor([0.0, 90]), torch.zeros(2)).numpy() == pytest.approx(
        np.array([[0, 0, -1], [1, 0, 0]]), abs=1e-6
    )
