"""A picture that is read on a CUDA device is the chair that the CPU reads, and blends from its own latent."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.gpu

pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from random_picture_weights import write_random_picture_weights  # noqa: E402

from voxview.engine.engine import Engine  # noqa: E402
from voxview.engine.pictures import PictureReader, chair_of_result  # noqa: E402
from voxview.engine.request import BlendRequest  # noqa: E402
from voxview.pictures.network_input import NetworkInput, prepare_input  # noqa: E402
from voxview.pictures.read import picture_from_array  # noqa: E402
from voxview.shapes.catalogs.samples import sample_catalog  # noqa: E402
from voxview.surface.picture import render_chair  # noqa: E402

A, B = sample_catalog()[0], sample_catalog()[1]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_random_picture_weights(tmp_path_factory.mktemp("weights") / "random.safetensors", "chairs")


@pytest.fixture(scope="module")
def seen() -> NetworkInput:
    return prepare_input(picture_from_array(render_chair(A.read(), (300, 300))))


def test_the_gpu_reads_the_cpus_chair(weights: Path, seen: NetworkInput) -> None:
    on_cpu, on_gpu = (PictureReader(device, weights).read(seen) for device in ("cpu", "cuda"))
    assert np.abs(on_gpu.latent - on_cpu.latent).max() < 1e-3
    assert np.mean(on_gpu.grid != on_cpu.grid) < 1e-3
    assert abs(on_gpu.view.azimuth - on_cpu.view.azimuth) < 0.1
    assert PictureReader(None, weights)._chosen_device() == "cuda"


def test_the_pictures_own_latent_is_an_end_of_the_blend(weights: Path, seen: NetworkInput) -> None:
    result = PictureReader("cuda", weights).read(seen)
    chair, engine = chair_of_result("chair.png", result), Engine("chairs", "cuda")
    (z,), timings = engine._chairs.latents([chair], "cuda")
    assert z.device.type == "cuda" and not timings
    assert np.array_equal(z.cpu().numpy(), result.latent)
    end = engine.blend(BlendRequest(chair, B, 0.0, "cuda-shared", "cuda"))
    assert end.notice is None and np.mean(end.grid != result.grid) < 1e-3


def test_a_picture_is_read_within_a_slider_move(weights: Path, seen: NetworkInput) -> None:
    reader = PictureReader("cuda", weights)
    seconds = sorted(reader.read(seen).seconds for _ in range(20))
    print(f"a picture, encoded and decoded: {1e3 * seconds[10]:.1f} ms")
    assert seconds[10] < 0.1
