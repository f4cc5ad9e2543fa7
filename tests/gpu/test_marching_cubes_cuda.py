"""The GPU's surface is scikit-image's: the same vertices and triangles, on thousands of fields."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from voxview.errors import InputError
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.surface.cuda import SurfaceExtractor
from voxview.surface.extract import extract_surface
from voxview.surface.surface import Surface

pytestmark = pytest.mark.gpu

Field = NDArray[np.float32]
Draw = Callable[[np.random.Generator, tuple[int, ...]], Field]

KINDS: dict[str, Draw] = {
    "noise": lambda rng, shape: rng.random(shape),
    "voxels": lambda rng, shape: rng.random(shape) < rng.choice([0.1, 0.3, 0.4, 0.5, 0.8]),
    "ties": lambda rng, shape: rng.integers(0, 5, shape) / 4,
    "at the level": lambda rng, shape: rng.choice([0, 0.49999997, 0.5, 0.50000006, 1], shape),
    "checkers": lambda rng, shape: (np.indices(shape).sum(0) % 2) * rng.uniform(0.4, 1, shape),
    "smooth": lambda rng, shape: _smooth(rng, shape),
}


def _smooth(rng: np.random.Generator, shape: tuple[int, ...]) -> Field:
    from scipy.ndimage import gaussian_filter

    noise = gaussian_filter(rng.standard_normal(shape), 1.5)
    return 1 / (1 + np.exp(-8 * noise / noise.std()))


def extracted(extractor: SurfaceExtractor, field: Field, level: float = 0.5) -> Surface:
    import cupy as cp

    extractor.queue(cp.asarray(field), level, stream=None)
    extractor.deliver(stream=None)
    cp.cuda.get_current_stream().synchronize()
    return extractor.surface()


def ordered(surface: Surface) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return vertices sorted by position, and faces that begin with their lowest vertex, sorted."""
    order = np.lexsort(surface.vertices.T)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    faces = place[surface.faces]
    lowest = faces.argmin(axis=1) if len(faces) else np.empty(0, int)
    faces = np.take_along_axis(faces, (lowest[:, None] + np.arange(3)) % 3, axis=1)
    return surface.vertices[order], faces[np.lexsort(faces.T)]


def euler_number(surface: Surface) -> int:
    edges = np.sort(surface.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    return len(surface.vertices) - len(np.unique(edges, axis=0)) + len(surface.faces)


def is_closed(surface: Surface) -> bool:
    """Return True if each edge is shared by two faces, in opposite directions."""
    edges = surface.faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    forward, backward = (np.unique(e, axis=0) for e in (edges, edges[:, ::-1]))
    return len(forward) == len(edges) and np.array_equal(forward, backward)


def assert_same(got: Surface, expected: Surface, voxels: int) -> None:
    assert got.vertices.shape == expected.vertices.shape and got.faces.shape == expected.faces.shape
    (vertices, faces), (their_vertices, their_faces) = ordered(got), ordered(expected)
    # The same triangles on vertices that coincide: no point of one is further from the other than they are.
    assert np.abs(vertices - their_vertices).max(initial=0) * voxels < 1e-4
    assert np.array_equal(faces, their_faces)
    assert got.normals is not None
    np.testing.assert_allclose(np.linalg.norm(got.normals, axis=1), 1, atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_thousands_of_fields_have_scikit_images_surface(kind: str) -> None:
    rng = np.random.default_rng(len(kind))
    for shape, count in (((32, 32, 32), 30), ((9, 9, 9), 400), ((5, 3, 7), 200), ((2, 2, 2), 200)):
        extractor = SurfaceExtractor(shape)
        for _ in range(count):
            field = np.asarray(KINDS[kind](rng, shape), np.float32)
            level = float(rng.choice([0.5, 0.5, 0.3, 0.02, 0.98]))
            assert_same(extracted(extractor, field, level), extract_surface(field, level), max(shape))


def test_decoded_blends_have_scikit_images_surface_closed_and_with_its_euler_number() -> None:
    pytest.importorskip("torch")
    from voxview.model.autoencoder import load_autoencoder

    autoencoder = load_autoencoder(None, "cuda")
    z = autoencoder.encode(np.stack([chair.read() for chair in sample_catalog()]))
    extractor = SurfaceExtractor((32, 32, 32))
    for shift, t in ((1, 0.5), (7, 0.3), (50, 0.8)):
        for field in autoencoder.decode(((1 - t) * z + t * np.roll(z, shift, 0)).astype(np.float32)):
            got, expected = extracted(extractor, field), extract_surface(field)
            assert_same(got, expected, 32)
            assert is_closed(got) and euler_number(got) == euler_number(expected)


@pytest.mark.parametrize("shape", [(64, 64, 64), (33, 2, 17), (2, 70, 3)])
def test_any_box_will_do(shape: tuple[int, int, int]) -> None:
    field = np.random.default_rng(0).random(shape).astype(np.float32)
    assert_same(extracted(SurfaceExtractor(shape), field), extract_surface(field), max(shape))


def test_full_and_empty_fields() -> None:
    extractor = SurfaceExtractor((32, 32, 32))
    full = np.ones((32, 32, 32), np.float32)
    assert_same(extracted(extractor, full), extract_surface(full), 32)
    empty = extracted(extractor, 0 * full)
    assert empty.is_empty and empty.vertices.shape == (0, 3)


def test_normals_point_out_of_a_ball() -> None:
    x, y, z = (np.indices((32, 32, 32)) + 0.5) / 32 - 0.5
    ball = 1 / (1 + np.exp(40 * (np.sqrt(x**2 + y**2 + z**2) - 0.35)))
    surface = extracted(SurfaceExtractor((32, 32, 32)), ball.astype(np.float32))
    assert surface.normals is not None
    outward = surface.vertices / np.linalg.norm(surface.vertices, axis=1, keepdims=True)
    assert np.einsum("ij,ij->i", outward, surface.normals).min() > 0.98


def test_normals_are_near_scikit_images() -> None:
    field = sample_catalog()[0].read().astype(np.float32)
    got, expected = extracted(SurfaceExtractor((32, 32, 32)), field), extract_surface(field)
    assert got.normals is not None and expected.normals is not None
    mine, theirs = (s.normals[np.lexsort(s.vertices.T)] for s in (got, expected))  # type: ignore[index]
    angles = np.degrees(np.arccos(np.clip(np.einsum("ij,ij->i", mine, theirs), -1, 1)))
    assert np.median(angles) < 10 and np.percentile(angles, 95) < 45


def test_a_surface_read_is_not_written_over_by_the_next() -> None:
    extractor = SurfaceExtractor((32, 32, 32))
    rng = np.random.default_rng(3)
    first_field = rng.random((32, 32, 32)).astype(np.float32)
    first = extracted(extractor, first_field)
    extracted(extractor, rng.random((32, 32, 32)).astype(np.float32))
    assert_same(first, extract_surface(first_field), 32)


def test_a_field_that_begins_anywhere_is_read_in_place() -> None:
    import torch

    field = np.random.default_rng(4).random((32, 32, 32)).astype(np.float32)
    whole = torch.full((field.size + 3,), float("nan"), device="cuda")
    view = whole[3:].view(field.shape)
    view.copy_(torch.from_numpy(field))
    extractor = SurfaceExtractor((32, 32, 32))
    stream = torch.cuda.current_stream().cuda_stream
    extractor.queue(view, 0.5, stream=stream)
    extractor.deliver(stream=stream)
    torch.cuda.synchronize()
    assert_same(extractor.surface(), extract_surface(field), 32)


def test_other_fields_are_refused() -> None:
    import cupy as cp

    extractor = SurfaceExtractor((32, 32, 32))
    for wrong in (
        cp.zeros((32, 32, 31), cp.float32),
        cp.zeros((32, 32, 32)),
        cp.zeros((32, 32, 64), "f4")[..., ::2],
    ):
        with pytest.raises(InputError, match="field is contiguous float32"):
            extractor.queue(wrong, 0.5, stream=None)
