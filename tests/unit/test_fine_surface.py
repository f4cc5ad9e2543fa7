"""What a fine surface promises: where the field says, closed, and as whole as the surface between voxels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import label
from scipy.spatial import cKDTree

from voxview.errors import InputError
from voxview.model.autoencoder import load_autoencoder
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.components import component_sizes
from voxview.surface.extract import extract_surface
from voxview.surface.fine import interpolate_field
from voxview.surface.surface import Surface

FINE = [64, 96]
VOXEL = 1 / 32
CENTRES = ((np.indices((32, 32, 32)) + 0.5) / 32 - 0.5).astype(np.float32)


def noise(seed: int, share: float, start: tuple[int, int, int]) -> np.ndarray:
    """Return noise in an eighth of the cube, which is enough to go wrong and quick; 0 elsewhere."""
    field = np.zeros((32, 32, 32))
    field[tuple(slice(at, at + 16) for at in start)] = np.random.default_rng(seed).random((16,) * 3) ** share
    return field


NOISE = st.builds(
    noise,
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.5, 1.0, 3.0]),
    st.tuples(*[st.sampled_from([0, 5, 16])] * 3),  # at the cube's faces, and away from them
)


def soft(distance: np.ndarray, softness: float = 0.4) -> np.ndarray:
    """Return the probabilities of a shape by its signed distance (inside < 0): 1/2 on its surface."""
    return (1 / (1 + np.exp(distance / (softness * VOXEL)))).astype(np.float32)


def is_closed(surface: Surface) -> bool:
    """Return whether each edge is shared by two faces that go along it in opposite directions."""
    faces, n = surface.faces.astype(np.int64), len(surface.vertices)
    start, end = faces.ravel(), faces[:, [1, 2, 0]].ravel()
    forward, backward = np.sort(start * n + end), np.sort(end * n + start)
    return bool(np.array_equal(forward, backward) and (np.diff(forward) > 0).all())


def pieces(solid: np.ndarray) -> int:
    """Return the number of 26-connected components."""
    return int(label(solid, np.ones((3, 3, 3)))[1])


@pytest.fixture(scope="module")
def decoded() -> np.ndarray:
    """Some sample chairs and their blends, as the default weights decode them: (n, 32, 32, 32)."""
    autoencoder = load_autoencoder(device="cpu")
    latents = autoencoder.encode(np.stack([chair.read() for chair in sample_catalog()[:6]]), refine=0)
    blends = (latents + np.roll(latents, 1, axis=0)) / 2
    return np.asarray(autoencoder.decode(np.concatenate([latents, blends])))


@pytest.mark.parametrize("resolution", FINE)
@pytest.mark.parametrize("middle", [(0, 0, 0), (0.011, -0.02, 0.07)])
def test_a_ball_is_where_it_is_to_a_tenth_of_a_voxel(
    resolution: int, middle: tuple[float, float, float]
) -> None:
    x, y, z = CENTRES
    distance = np.sqrt((x - middle[0]) ** 2 + (y - middle[1]) ** 2 + (z - middle[2]) ** 2) - 0.33
    surface = extract_surface(soft(distance), resolution=resolution)
    off = np.linalg.norm(surface.vertices - np.float32(middle), axis=1) - 0.33
    assert np.abs(off).max() < 0.1 * VOXEL
    assert surface.normals is not None
    outward = (surface.vertices - np.float32(middle)) / 0.33
    assert np.einsum("ij,ij->i", outward, surface.normals).min() > 0.98


@pytest.mark.parametrize("resolution", FINE)
@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("at", [-0.3, 0.0, 0.0123, 0.25])
def test_a_half_space_ends_at_its_plane_and_at_the_cube(resolution: int, axis: int, at: float) -> None:
    surface = extract_surface(soft(CENTRES[axis] - at), resolution=resolution)
    # Away from the cube's edges, where the corners are round.
    others = [other for other in range(3) if other != axis]
    middle = surface.vertices[(np.abs(surface.vertices[:, others]) < 0.4).all(axis=1), axis]
    assert np.abs(middle[middle > -0.45] - at).max() < 0.1 * VOXEL
    assert np.abs(middle[middle < -0.45] + 0.5).max() < 0.1 * VOXEL
    assert np.abs(surface.vertices).max() < 0.5 + 0.1 * VOXEL


@pytest.mark.parametrize("resolution", FINE)
def test_a_full_grid_fills_the_cube(resolution: int) -> None:
    surface = extract_surface(np.ones((32, 32, 32), np.bool_), resolution=resolution)
    assert is_closed(surface)
    np.testing.assert_allclose(
        [surface.vertices.min(axis=0), -surface.vertices.max(axis=0)], -0.5, atol=0.1 * VOXEL
    )
    assert surface.volume == pytest.approx(1, rel=0.005)


@settings(max_examples=12, deadline=None)
@given(NOISE, st.sampled_from([0.5, 0.3, 0.02, 0.98]), st.sampled_from(FINE))
def test_noise_has_a_closed_surface_at_any_level(field: np.ndarray, level: float, resolution: int) -> None:
    surface = extract_surface(field, level, resolution=resolution)
    assert is_closed(surface)
    assert np.abs(surface.vertices).max() <= 0.5 + VOXEL / 2


@pytest.mark.parametrize("resolution", FINE)
def test_decoded_chairs_are_closed_and_in_no_more_pieces_than_their_voxels(
    resolution: int, decoded: np.ndarray
) -> None:
    for field in decoded:
        surface = extract_surface(field, resolution=resolution)
        assert is_closed(surface)
        assert surface.volume * 32**3 == pytest.approx((field > 0.5).sum(), rel=0.15)
        fine, _ = interpolate_field(field, 0.5, resolution)
        assert pieces(fine > 0) <= len(component_sizes(field > 0.5))


@pytest.mark.parametrize("resolution", FINE)
def test_the_mirrored_field_has_the_mirrored_surface(resolution: int, decoded: np.ndarray) -> None:
    for field in decoded[:4]:
        plain = extract_surface(field, resolution=resolution).vertices
        mirrored = extract_surface(field[::-1].copy(), resolution=resolution).vertices * np.float32(
            [-1, 1, 1]
        )
        assert len(plain) == len(mirrored)
        assert cKDTree(plain).query(mirrored)[0].max() < 1e-5


@pytest.mark.parametrize("resolution", FINE)
@pytest.mark.parametrize("step", [(0, 0), (1, 0), (0, 1)])
def test_an_uncertain_leg_one_voxel_thick_stays_whole(resolution: int, step: tuple[int, int]) -> None:
    field = np.full((32, 32, 32), 0.02, np.float32)
    field[4:28, 20:24, 4:28] = 0.98
    for y in range(20):  # upright, or leaning by a voxel every five
        field[10 + step[0] * (y // 5), y, 10 + step[1] * (y // 5)] = 0.55
    fine, first = interpolate_field(field, 0.5, resolution)
    assert pieces(fine > 0) == 1
    lowest = extract_surface(field, resolution=resolution).vertices[:, 1].min()
    assert first[1] < 0 and lowest == pytest.approx(-0.5, abs=0.5 * VOXEL)


@pytest.mark.parametrize("resolution", FINE)
def test_nothing_comes_up_where_voxels_are_just_below_the_level(resolution: int) -> None:
    field = np.zeros((32, 32, 32), np.float32)
    field[2:8], field[24:30] = 0.9, 0.9
    field[12:20, 8:24, 8:24] = np.nextafter(np.float32(0.5), np.float32(0))
    x = (extract_surface(field, resolution=resolution).vertices[:, 0] + 0.5) * 32
    assert not ((x > 9) & (x < 23)).any()


@pytest.mark.parametrize("resolution", [0, 31, 48, 65, 128, 64.5, "64", None, True])
def test_another_resolution_is_refused(resolution: object) -> None:
    with pytest.raises(InputError, match="one of 32, 64, 96"):
        extract_surface(np.ones((32, 32, 32), np.bool_), resolution=resolution)  # type: ignore[arg-type]


def test_a_fine_surface_of_another_box_is_refused() -> None:
    with pytest.raises(InputError, match=r"\(16, 16, 16\)"):
        extract_surface(np.ones((16, 16, 16), np.float32), resolution=64)


def test_an_empty_field_has_an_empty_fine_surface() -> None:
    surface = extract_surface(np.zeros((32, 32, 32), np.float32), resolution=96)
    assert surface.is_empty and surface.resolution == 96


def test_32_is_the_surface_between_voxels_as_it_was(decoded: np.ndarray) -> None:
    plain, named = extract_surface(decoded[0]), extract_surface(decoded[0], resolution=32)
    assert np.array_equal(plain.vertices, named.vertices) and np.array_equal(plain.faces, named.faces)
    assert [len(extract_surface(decoded[0], resolution=r).faces) // len(plain.faces) for r in FINE] == [4, 9]
