"""A fresh pair on a GPU is made of replayed graphs, and is the pair that the CPU makes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.spatial import cKDTree

pytestmark = pytest.mark.gpu

torch = pytest.importorskip("torch")

from voxview.engine import pair_loading  # noqa: E402
from voxview.engine.engine import Engine  # noqa: E402
from voxview.engine.pipelines.cuda import CudaPipeline  # noqa: E402
from voxview.engine.request import Backend, BlendRequest  # noqa: E402
from voxview.model.autoencoder import Autoencoder  # noqa: E402
from voxview.shapes.catalogs.samples import sample_catalog  # noqa: E402
from voxview.surface.extract import extract_surface  # noqa: E402
from voxview.surface.surface import Surface  # noqa: E402

CHAIRS = sample_catalog()


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def assert_same_surface(got: Surface, expected: Surface) -> None:
    """Assert that both have the same vertices, in any order, and as many triangles."""
    assert len(got.faces) == len(expected.faces) and len(got.vertices) == len(expected.vertices)
    for one, other in ((got, expected), (expected, got)):
        assert cKDTree(one.vertices).query(other.vertices)[0].max() < 1e-5


@pytest.mark.parametrize("backend", ["cuda-shared", "cuda-global", "numpy"])
def test_the_reconstructions_are_the_ends_of_the_slider_bit_for_bit(engine: Engine, backend: Backend) -> None:
    a, b = CHAIRS[3], CHAIRS[40]
    loaded = engine.load_pair(a, b, "cuda")
    for t, chair in zip((0.0, 1.0), loaded, strict=True):
        end = engine.blend(BlendRequest(a, b, t, backend, "cuda"))
        assert end.device == "cuda" and np.array_equal(end.field, chair.reconstruction)


def test_the_reconstructions_are_those_of_a_batch_to_rounding(engine: Engine) -> None:
    for first in (5, 60, 100):
        a, b = CHAIRS[first], CHAIRS[first + 1]
        loaded = engine.load_pair(a, b, "cuda")
        (z_a, z_b), _ = engine._chairs.latents((a, b), "cuda")
        batch, _ = engine.pipelines["cuda"].decode(z_a, z_b, np.array([0, 1], np.float32), "numpy")
        for field, chair in zip(batch.cpu().numpy(), loaded, strict=True):
            assert np.abs(chair.reconstruction - field).max() < 1e-4


def test_a_pair_has_the_surfaces_that_the_cpu_makes_of_the_same_fields(engine: Engine) -> None:
    for first in range(0, 20, 2):
        for chair in engine.load_pair(CHAIRS[first], CHAIRS[first + 1], "cuda"):
            assert_same_surface(chair.surface, extract_surface(chair.grid.astype(np.float32)))
            assert_same_surface(chair.rebuilt, extract_surface(chair.reconstruction))
            union = (chair.grid | (chair.reconstruction > 0.5)).sum()
            assert chair.iou == pytest.approx((chair.grid & (chair.reconstruction > 0.5)).sum() / union)


def test_no_batch_is_launched_and_no_surface_made_on_the_host(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.load_pair(CHAIRS[7], CHAIRS[8], "cuda")  # graphs are captured

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("it was launched one by one, or made on the host")

    monkeypatch.setattr(Autoencoder, "decode_tensor", never)
    monkeypatch.setattr(Autoencoder, "encode_tensor", never)
    monkeypatch.setattr(pair_loading, "extract_surface", never)
    monkeypatch.setattr("voxview.engine.pipelines.cuda.extract_surface", never)
    a, _ = engine.load_pair(CHAIRS[9], CHAIRS[10], "cuda")
    assert a.iou > 0.8


def test_a_chair_beside_itself_is_one_chair(engine: Engine) -> None:
    a, b = engine.load_pair(CHAIRS[11], CHAIRS[11], "cuda")
    assert np.array_equal(a.reconstruction, b.reconstruction) and a.iou == b.iou


def test_results_stay_as_they_were_when_the_next_pair_is_loaded(engine: Engine) -> None:
    a, b = engine.load_pair(CHAIRS[12], CHAIRS[13], "cuda")
    kept = [one.copy() for one in (a.surface.vertices, b.rebuilt.vertices, a.reconstruction)]
    engine.load_pair(CHAIRS[14], CHAIRS[15], "cuda")
    now = a.surface.vertices, b.rebuilt.vertices, a.reconstruction
    assert all(np.array_equal(one, other) for one, other in zip(now, kept, strict=True))


@pytest.mark.parametrize("missing", ["all kernels", "marching_cubes.cu", "interpolate.cu", "decoder.cu"])
def test_without_a_kernel_a_pair_is_the_same(engine: Engine, missing: str) -> None:
    if missing == "all kernels":
        report = replace(engine.report, kernel_problem="CuPy is not installed")
    else:
        report = replace(engine.report, broken_kernels={missing: "a test"})
    pipeline = (other := Engine(report=report)).pipelines["cuda"]
    assert isinstance(pipeline, CudaPipeline)
    for chair, expected in zip(
        other.load_pair(CHAIRS[16], CHAIRS[17], "cuda"),
        engine.load_pair(CHAIRS[16], CHAIRS[17], "cuda"),
        strict=True,
    ):
        assert np.abs(chair.reconstruction - expected.reconstruction).max() < 1e-3
        assert_same_surface(chair.surface, expected.surface)
    assert other.devices == ("cpu", "cuda")
