"""A pair is made by the device that loads it: its two ends as one request, its own surfaces as two."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from voxview.engine.chair_cache import ChairCache
from voxview.engine.device import find_devices
from voxview.engine.fallback import CpuFallback
from voxview.engine.pair_loading import PairLoader
from voxview.engine.pipelines.pipeline import CpuPipeline, Shape
from voxview.model.autoencoder import Autoencoder, load_autoencoder
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.frame import Grid
from voxview.surface.extract import extract_surface
from voxview.surface.surface import Surface

A, B = sample_catalog()[0], sample_catalog()[1]


class Recording(CpuPipeline):
    """A pipeline that takes a GPU's place, and keeps what it is requested to do."""

    def __init__(self, autoencoder: Autoencoder) -> None:
        super().__init__(autoencoder)
        self.requested: list[str] = []

    def ends(self, z_a: Any, z_b: Any) -> tuple[Shape, Shape]:
        self.requested.append("ends")
        return super().ends(z_a, z_b)

    def surface(self, grid: Grid) -> Surface:
        self.requested.append("surface")
        return super().surface(grid)


@pytest.fixture(scope="module")
def autoencoder() -> Autoencoder:
    return load_autoencoder("study", "cpu")


@pytest.fixture
def gpu(autoencoder: Autoencoder) -> Recording:
    return Recording(autoencoder)


@pytest.fixture
def loader(autoencoder: Autoencoder, gpu: Recording) -> PairLoader:
    pipelines: dict[Any, Any] = {"cpu": CpuPipeline(autoencoder), "cuda": gpu}
    fallback = CpuFallback(find_devices(), ("cpu", "cuda"), lambda: None)
    return PairLoader(pipelines, ChairCache(autoencoder, pipelines), fallback)


def test_the_device_makes_both_ends_and_both_surfaces(loader: PairLoader, gpu: Recording) -> None:
    pair = loader.load(A, B, "cuda")
    assert sorted(gpu.requested) == ["ends", "surface", "surface"]
    for chair, expected in zip(pair, loader.load(A, B, "cpu"), strict=True):
        assert np.array_equal(chair.reconstruction, expected.reconstruction)
        assert np.array_equal(chair.surface.vertices, expected.surface.vertices)
        assert np.array_equal(chair.rebuilt.faces, expected.rebuilt.faces)


def test_a_fine_surface_is_made_on_the_host(loader: PairLoader, gpu: Recording) -> None:
    a, _ = loader.load(A, B, "cuda", surface_resolution=64)
    assert gpu.requested == ["ends"]
    assert a.surface.resolution == a.rebuilt.resolution == 64


def test_a_surface_that_the_gpu_cannot_make_comes_from_the_cpu(
    loader: PairLoader, gpu: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    def full(grid: Grid) -> Surface:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(gpu, "surface", full)
    a, _ = loader.load(A, B, "cuda")
    expected = extract_surface(A.read().astype(np.float32))
    assert np.array_equal(a.surface.vertices, expected.vertices)


def test_the_ends_are_the_blends_at_zero_and_one(autoencoder: Autoencoder) -> None:
    pipeline = CpuPipeline(autoencoder)
    (z_a, z_b), _ = pipeline.encode(np.stack([A.read(), B.read()]))
    for t, end in zip((0, 1), pipeline.ends(z_a, z_b), strict=True):
        fields, _ = pipeline.decode(z_a, z_b, np.array([t], np.float32), "numpy")
        np.testing.assert_allclose(end.field, fields[0], atol=1e-6)  # decoded together, rounded otherwise
        assert np.array_equal(end.surface.vertices, extract_surface(end.field).vertices)


def test_the_surface_of_a_grid_is_the_grids(autoencoder: Autoencoder) -> None:
    grid = B.read()
    surface = CpuPipeline(autoencoder).surface(grid)
    assert np.array_equal(surface.vertices, extract_surface(grid.astype(np.float32)).vertices)
