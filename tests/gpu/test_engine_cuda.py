"""The engine on a CUDA device: the same chairs as on the CPU, with stages that were timed by the device."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytestmark = pytest.mark.gpu

pytest.importorskip("torch")

from voxview.engine.engine import Engine  # noqa: E402
from voxview.engine.fallback import GpuLostError  # noqa: E402
from voxview.engine.request import BlendRequest  # noqa: E402
from voxview.engine.timings import Stage  # noqa: E402
from voxview.model.autoencoder import load_autoencoder  # noqa: E402
from voxview.shapes.catalogs.samples import sample_catalog  # noqa: E402
from voxview.shapes.components import without_small_components  # noqa: E402
from voxview.surface.extract import extract_surface  # noqa: E402

A, B = sample_catalog()[0], sample_catalog()[1]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.mark.parametrize("backend", ["numpy", "cuda-global", "cuda-shared"])
@pytest.mark.parametrize("t", [0.0, 0.37, 1.0])
def test_the_gpus_chair_is_the_cpus_chair(engine: Engine, backend: str, t: float) -> None:
    on_cpu = engine.blend(BlendRequest(A, B, t))
    on_gpu = engine.blend(BlendRequest(A, B, t, backend, "cuda"))
    assert on_gpu.device == "cuda" and on_gpu.notice is None
    assert np.abs(on_gpu.field - on_cpu.field).max() < 1e-3
    assert np.mean(on_gpu.grid != on_cpu.grid) < 1e-3


@pytest.mark.parametrize("name", ["chairs", "study"])
def test_latents_and_fields_agree_on_both_devices(name: str) -> None:
    grids = np.stack([chair.read() for chair in sample_catalog()[:20]])
    cpu, gpu = load_autoencoder(name, "cpu"), load_autoencoder(name, "cuda")
    z = cpu.encode(grids)
    assert np.abs(gpu.encode(grids) - z).max() < 1e-3 * max(1, np.abs(z).max())
    assert np.abs(gpu.decode(z) - cpu.decode(z)).max() < 1e-3


def test_every_stage_of_a_live_blend_is_timed(engine: Engine) -> None:
    live = BlendRequest(A, B, 0.5, "cuda-shared", "cuda", live=True)
    timings = engine.blend(live).timings
    expected = {
        Stage.ENCODE, Stage.UPLOAD, Stage.INTERPOLATE, Stage.DECODE, Stage.DOWNLOAD, Stage.SURFACE,
    }  # fmt: skip
    assert set(timings) == expected and all(ms > 0 for ms in timings.values())
    assert timings[Stage.INTERPOLATE] < 5  # compilation is outside the clock


def test_the_path_decoded_ahead_is_the_live_one(engine: Engine) -> None:
    request = BlendRequest(A, B, 0.5, "cuda-shared", "cuda")
    for _ in engine.decode_ahead(request):
        pass
    ahead = engine.blend(replace(request, t=0.25))
    live = engine.blend(replace(request, t=0.25, live=True))
    assert ahead.decoded_ahead and np.abs(ahead.field - live.field).max() < 1e-3


def test_the_paths_steps_and_grids_are_the_cpus(engine: Engine) -> None:
    request = BlendRequest(A, B, 0.5, "cuda-shared", "cuda", remove_small_components=True)
    *_, last = engine.decode_ahead(request)
    assert last.scores is not None and last.scores.arc_length is not None
    on_cpu = BlendRequest(A, B, 0.5, remove_small_components=True)
    *_, expected = engine.decode_ahead(on_cpu)
    assert np.abs(last.scores.arc_length.share - expected.scores.arc_length.share).max() < 0.01
    t = [0.0, 0.123456, 0.5, 1.0]
    gpu, cpu = (np.concatenate(list(engine.grids(one, t))) for one in (request, on_cpu))
    assert gpu.shape == (4, 32, 32, 32) and np.mean(gpu != cpu) < 1e-3


def test_both_devices_are_measured(engine: Engine) -> None:
    measured = [event for event in engine.measure(BlendRequest(A, B, 0.5, "cuda-shared", "cuda")) if event]
    assert {event.device for event in measured} == {"cpu", "cuda"}


def test_running_out_of_memory_is_answered_on_the_cpu(engine: Engine, monkeypatch) -> None:
    import torch

    def hungry(*_: object) -> None:
        torch.empty(1 << 45, dtype=torch.uint8, device="cuda")  # more than any card has

    monkeypatch.setattr(engine.pipelines["cuda"], "shape", hungry)
    result = engine.blend(BlendRequest(A, B, 0.5, "cuda-shared", "cuda", live=True))
    assert result.device == "cpu" and "out of memory" in (result.notice or "")
    monkeypatch.undo()
    assert engine.blend(BlendRequest(A, B, 0.5, "cuda-shared", "cuda")).device == "cuda"


@pytest.mark.parametrize("kernels", [True, False], ids=["kernels", "no kernels"])
def test_the_paths_scores_are_the_cpus(engine: Engine, kernels: bool) -> None:
    report = engine.report if kernels else replace(engine.report, kernel_problem="CuPy is not installed")
    fresh = Engine(report=report)
    backend = "cuda-shared" if kernels else "numpy"
    *_, on_gpu = fresh.decode_ahead(BlendRequest(A, B, 0.5, backend, "cuda"))
    assert fresh.blend(BlendRequest(A, B, 0.25, backend, "cuda")).device == "cuda"
    *_, on_cpu = fresh.decode_ahead(BlendRequest(A, B, 0.5))
    assert on_gpu.scores is not None and on_cpu.scores is not None
    # A voxel at the level may fall on either side, so that a few of thousands may differ.
    for name in ("whole", "novelty"):
        difference = np.abs(getattr(on_gpu.scores, name) - getattr(on_cpu.scores, name))
        assert np.median(difference) < 1e-3 and difference.max() < 0.05
    assert np.mean(on_gpu.scores.standing != on_cpu.scores.standing) < 0.05


def test_other_weights_are_used_on_the_gpu_too_and_a_lost_gpu_stays_left(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise GpuLostError("unspecified launch failure")

    other = engine.with_weights("study")
    assert other.devices == engine.devices
    request = BlendRequest(A, B, 0.37, "cuda-shared", "cuda")
    on_cpu = other.blend(BlendRequest(A, B, 0.37))
    assert other.weights == "study" and np.abs(other.blend(request).field - on_cpu.field).max() < 1e-3
    monkeypatch.setattr(other.pipelines["cuda"], "shape", lost)
    assert other.blend(replace(request, live=True)).device == "cpu"
    again = other.with_weights("chairs")
    assert again.devices == ("cpu",) and again.report.cuda is None
    assert again.blend(request).device == "cpu"


def test_small_components_are_removed_from_what_the_gpu_made(engine: Engine) -> None:
    request = BlendRequest(A, B, 0.0, "cuda-shared", "cuda", remove_small_components=True)
    for result in engine.morph(request, [step / 10 for step in range(11)]):
        plain = engine.blend(replace(result.request, remove_small_components=False))
        assert result.device == "cuda"
        # Decoded in another batch, so that a voxel at the level may differ.
        assert np.sum(result.grid != without_small_components(plain.grid)) <= 3


@pytest.mark.parametrize("resolution", [64, 96])
def test_a_fine_surface_is_that_of_the_field_that_the_gpu_made(engine: Engine, resolution: int) -> None:
    result = engine.blend(BlendRequest(A, B, 0.37, "cuda-shared", "cuda", surface_resolution=resolution))
    expected = extract_surface(result.field, resolution=resolution)
    assert result.device == "cuda" and result.surface.resolution == resolution
    assert np.array_equal(result.surface.vertices, expected.vertices)
    assert result.timings[Stage.SURFACE] > 1, "the host's time is part of the stage"
