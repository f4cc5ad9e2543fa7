"""The engine: one request, one result; caches, decoding ahead, the fallback to the CPU."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from voxview.engine import engine as engine_module
from voxview.engine.device import find_devices
from voxview.engine.engine import Engine
from voxview.engine.events import PairLoaded
from voxview.engine.mix import MixRequest
from voxview.engine.pipelines import cuda as cuda_pipeline
from voxview.engine.request import PATH_STEPS, BlendRequest
from voxview.engine.timings import Stage
from voxview.errors import InputError, VoxViewError
from voxview.model.autoencoder import load_autoencoder
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair
from voxview.surface.extract import extract_surface

A, B, C = sample_catalog()[:3]


@pytest.fixture
def engine() -> Engine:
    return Engine("study", device="cpu")


def test_the_ends_are_the_chairs_own_reconstructions(engine: Engine) -> None:
    autoencoder = load_autoencoder("study", device="cpu")
    for t, chair in ((0.0, A), (1.0, B)):
        expected = autoencoder.decode(autoencoder.encode(chair.read()[None]))[0]
        assert np.array_equal(engine.blend(BlendRequest(A, B, t)).field, expected)


def test_a_result_is_consistent_in_itself(engine: Engine) -> None:
    result = engine.blend(BlendRequest(A, B, 0.5))
    assert result.voxels == (result.field > 0.5).sum() > 0
    assert result.device == "cpu" and not result.decoded_ahead and result.notice is None
    assert set(result.timings) == {Stage.ENCODE, Stage.INTERPOLATE, Stage.DECODE, Stage.SURFACE}
    assert all(ms > 0 for ms in result.timings.values())


def test_chairs_are_encoded_once(engine: Engine) -> None:
    engine.blend(BlendRequest(A, B, 0.2))
    assert Stage.ENCODE not in engine.blend(BlendRequest(A, B, 0.3)).timings
    assert Stage.ENCODE in engine.blend(BlendRequest(A, B, 0.3, live=True)).timings


def test_a_chairs_file_is_read_once(engine: Engine) -> None:
    reads = []
    chair = Chair("x", "x", "t", lambda: reads.append(1) or A.read())
    for t in (0.0, 0.5, 1.0):
        engine.blend(BlendRequest(chair, B, t))
    assert len(reads) == 1


def test_a_path_decoded_ahead_is_what_live_decoding_gives(engine: Engine) -> None:
    request = BlendRequest(A, B, 0.5)
    progress = [event.done for event in engine.decode_ahead(request)]
    assert progress[-1] == PATH_STEPS and progress == sorted(progress)
    for t in (0.0, 0.37, 0.5, 1.0):
        ahead = engine.blend(replace(request, t=t))
        live = engine.blend(replace(request, t=t, live=True))
        assert ahead.decoded_ahead and not live.decoded_ahead
        assert not ahead.timings, "field and surface had been made before"
        assert np.allclose(ahead.field, live.field, atol=1e-5)
        assert np.array_equal(ahead.surface.faces, extract_surface(ahead.field).faces)


def test_a_position_whose_surface_is_not_there_yet_has_it_made(engine: Engine) -> None:
    request = BlendRequest(A, C, 0.5)
    ahead = engine.decode_ahead(request)
    assert next(event.done for event in ahead if getattr(event, "done", 0)) < PATH_STEPS
    first = engine.blend(request)
    assert first.decoded_ahead and set(first.timings) == {Stage.SURFACE}
    for _ in ahead:
        pass
    last = engine.blend(request)
    assert last.decoded_ahead and not last.timings
    assert np.array_equal(first.surface.vertices, last.surface.vertices)


def test_the_neighbourhood_of_t_is_decoded_first(engine: Engine) -> None:
    ahead = engine.decode_ahead(BlendRequest(A, B, 0.8))
    for _ in range(4):
        next(ahead)
    assert engine.blend(BlendRequest(A, B, 0.81)).decoded_ahead
    assert not engine.blend(BlendRequest(A, B, 0.1)).decoded_ahead


@pytest.fixture(scope="module")
def ahead() -> Engine:
    """An engine whose path may have been decoded before, there or back: it takes a second."""
    return Engine("study", device="cpu")


def test_a_position_between_the_steps_is_decoded_live(ahead: Engine) -> None:
    engine = ahead
    for _ in engine.decode_ahead(BlendRequest(A, B, 0.5)):
        pass
    assert not engine.blend(BlendRequest(A, B, 0.505)).decoded_ahead
    assert engine.blend(BlendRequest(A, B, 0.1 + 0.2)).decoded_ahead, "0.30000000000000004 is the step at 0.3"


def test_another_pair_is_never_answered_from_the_old_path(ahead: Engine) -> None:
    engine = ahead
    for _ in engine.decode_ahead(BlendRequest(A, B, 0.5)):
        pass
    swapped = engine.blend(BlendRequest(B, A, 0.3))
    assert not swapped.decoded_ahead
    assert np.allclose(swapped.field, engine.blend(BlendRequest(A, B, 0.7)).field, atol=1e-5)


def test_a_reversed_path_need_not_be_decoded_again(ahead: Engine) -> None:
    engine = ahead
    for _ in engine.decode_ahead(BlendRequest(A, B, 0.5)):
        pass
    progress = [event.done for event in engine.decode_ahead(BlendRequest(B, A, 0.5))]
    assert progress == [PATH_STEPS]
    swapped = engine.blend(BlendRequest(B, A, 0.3))
    assert swapped.decoded_ahead
    live = engine.blend(BlendRequest(B, A, 0.3, live=True))
    assert np.allclose(swapped.field, live.field, atol=1e-4)


def test_measuring_runs_every_stage(engine: Engine) -> None:
    measured = [event for event in engine.measure(BlendRequest(A, B, 0.5)) if event]
    assert len(measured) >= 5 and {event.device for event in measured} == {"cpu"}
    assert all(
        {Stage.ENCODE, Stage.INTERPOLATE, Stage.DECODE, Stage.SURFACE} == set(event.timings)
        for event in measured
    )


def test_a_loaded_chair_knows_how_well_it_is_held(engine: Engine) -> None:
    loaded, _ = engine.load_pair(A, B)
    reconstruction = engine.blend(BlendRequest(A, B, 0.0)).grid
    union = (loaded.grid | reconstruction).sum()
    assert loaded.iou == pytest.approx((loaded.grid & reconstruction).sum() / union)
    assert np.array_equal(loaded.grid, A.read())


def test_a_morph_in_batches_is_the_blends_one_by_one(engine: Engine) -> None:
    positions = [step / 10 for step in range(11)]
    together = list(engine.morph(BlendRequest(A, B, 0.0), positions))
    assert [result.request.t for result in together] == positions
    for result in together:
        alone = engine.blend(replace(result.request, live=True))
        assert np.abs(result.field - alone.field).max() < 1e-5
        assert np.array_equal(result.grid, alone.grid)
        assert {Stage.DECODE, Stage.SURFACE} <= set(result.timings)


def test_a_morph_on_a_gpu_that_is_not_there_comes_from_the_cpu_with_a_notice(engine: Engine) -> None:
    results = list(engine.morph(BlendRequest(A, B, 0.0, "cuda-shared", "cuda"), [0.0, 0.5]))
    assert all(result.device == "cpu" and result.notice for result in results)


def test_a_morph_outside_its_ends_is_refused(engine: Engine) -> None:
    with pytest.raises(InputError, match="between 0 and 1"):
        list(engine.morph(BlendRequest(A, B, 0.0), [0.5, 1.5]))


@pytest.mark.parametrize("t", [-0.01, 1.01, float("nan")])
def test_extrapolation_is_refused(engine: Engine, t: float) -> None:
    with pytest.raises(InputError, match="between 0 and 1"):
        engine.blend(BlendRequest(A, B, t))


def test_a_backend_that_is_not_there_is_answered_on_the_cpu_with_a_notice(engine: Engine) -> None:
    if engine.report.kernel_problem is None:
        pytest.skip("this machine has CUDA")
    result = engine.blend(BlendRequest(A, B, 0.5, backend="cuda-shared", device="cuda"))
    assert result.device == "cpu" and result.notice
    assert np.array_equal(result.field, engine.blend(BlendRequest(A, B, 0.5)).field)


def test_asking_for_cuda_without_cuda_says_why() -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    with pytest.raises(VoxViewError, match=r"no CUDA device: .+"):
        Engine("study", device="cuda")


def test_a_chair_that_cannot_be_read_leaves_the_engine_usable(engine: Engine) -> None:
    def broken() -> np.ndarray:
        raise InputError("b.obj is cut short: export it again")

    with pytest.raises(InputError, match="cut short"):
        engine.blend(BlendRequest(A, Chair("b", "b", "t", broken), 0.5))
    assert engine.blend(BlendRequest(A, B, 0.5)).voxels > 0


class FailingPipeline:
    """Stands in for a GPU that fails: the real failure cannot be had where there is none."""

    chunk = 101

    def __init__(self, error: Exception) -> None:
        self.error = error

    def encode(self, grid):
        raise self.error

    def blend(self, *arguments):
        raise self.error


def lost(message: str) -> Exception:
    """What torch raises for a CUDA call that fails."""
    import torch

    return torch.AcceleratorError(message)


@pytest.fixture
def with_failing_gpu(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], Engine]:
    """Return what makes an engine whose GPU raises an error at whatever is requested of it."""
    report = replace(find_devices(), cuda="Test GPU", cuda_problem=None, kernel_problem=None)

    def make(error: Exception) -> Engine:
        with monkeypatch.context() as patch:
            patch.setattr(
                engine_module, "load_autoencoder", lambda name, device: load_autoencoder(name, "cpu")
            )
            patch.setattr(cuda_pipeline, "CudaPipeline", lambda *_, **__: FailingPipeline(error))
            return Engine("study", report=report)

    return make


def test_out_of_gpu_memory_is_answered_on_the_cpu_and_the_gpu_is_kept(
    with_failing_gpu: Callable[[Exception], Engine],
) -> None:
    import torch

    engine = with_failing_gpu(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"))
    result = engine.blend(BlendRequest(A, B, 0.5, "cuda-shared", "cuda"))
    assert result.device == "cpu" and "out of memory" in (result.notice or "")
    assert "cuda" in engine.devices


def test_a_gpu_that_is_full_at_the_start_is_left_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    def load(name: str, device: str) -> object:
        if device == "cuda":
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.\nmore lines")
        return load_autoencoder(name, device)

    monkeypatch.setattr(engine_module, "load_autoencoder", load)
    report = replace(find_devices(), cuda="Test GPU", cuda_problem=None, kernel_problem=None)
    engine = Engine("study", report=report)
    assert engine.devices == ("cpu",) and engine.report.cuda is None
    result = engine.blend(BlendRequest(A, B, 0.5, "cuda-shared", "cuda"))
    assert result.device == "cpu" and result.notice is not None and "\n" not in result.notice
    assert "the GPU cannot take the weights (its memory is full)" in result.notice
    with pytest.raises(VoxViewError, match=r"its memory is full\): close other programs that use it, or use"):
        Engine("study", "cuda", report=report)


def test_a_lost_gpu_is_left_alone_from_then_on(
    with_failing_gpu: Callable[[Exception], Engine],
) -> None:
    engine = with_failing_gpu(lost("CUDA error: device-side assert triggered\nmore lines"))
    result = engine.blend(BlendRequest(A, B, 0.5, "cuda-shared", "cuda"))
    assert result.device == "cpu" and "the CPU answers from now on" in (result.notice or "")
    assert "\n" not in (result.notice or "")
    assert engine.devices == ("cpu",) == tuple(engine.pipelines)
    assert engine.report.cuda is None and engine.report.backends == ("numpy",)
    assert "device-side assert" in (engine.report.cuda_problem or "")
    assert engine.blend(BlendRequest(A, B, 0.5, "cuda-shared", "cuda")).notice
    assert engine.with_weights("study").devices == ("cpu",)


def test_a_pair_and_a_morph_come_from_the_cpu_where_the_gpu_fails(
    with_failing_gpu: Callable[[Exception], Engine],
) -> None:
    engine = with_failing_gpu(lost("CUDA error: unspecified launch failure"))
    expected = engine.load_pair(A, B, "cpu")
    assert [chair.iou for chair in engine.load_pair(A, B, "cuda")] == [chair.iou for chair in expected]
    engine = with_failing_gpu(lost("CUDA error: unspecified launch failure"))
    results = list(engine.morph(BlendRequest(A, B, 0.0, "cuda-shared", "cuda"), [0.0, 0.5, 1.0]))
    assert [result.device for result in results] == ["cpu"] * 3 and results[0].notice


def test_a_mix_comes_from_the_cpu_where_the_gpu_fails(
    with_failing_gpu: Callable[[Exception], Engine],
) -> None:
    request = MixRequest((A, B), (0.5, 0.5), (), "cuda-shared", "cuda")
    engine = with_failing_gpu(lost("CUDA error: unspecified launch failure"))
    mix = engine.mix(request)
    assert mix.device == "cpu" and "unspecified launch failure" in (mix.notice or "")
    assert np.array_equal(mix.field, engine.mix(replace(request, backend="numpy", device="cpu")).field)
    assert engine.devices == ("cpu",)


def test_without_its_tables_the_gpu_makes_no_surfaces_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    from voxview.surface import cuda, tilings

    assert cuda.surface_problem() is None
    tilings.tables.cache_clear()
    monkeypatch.delattr("skimage.measure._marching_cubes_lewiner_luts.CASES")  # as in another version
    problem = cuda.surface_problem()
    tilings.tables.cache_clear()
    assert problem is not None and "surfaces are made on the CPU" in problem


BUGS = (KeyError("a bug"), ValueError("no such cuda option"), RuntimeError("expected cuda:0, but got cpu"))


@pytest.mark.parametrize("error", [*BUGS, InputError("cuda.obj is cut short")], ids=repr)
def test_an_error_that_is_no_gpu_failure_is_not_hidden(
    with_failing_gpu: Callable[[Exception], Engine], error: Exception
) -> None:
    engine = with_failing_gpu(error)
    for work in (
        lambda: engine.blend(BlendRequest(A, B, 0.5, "cuda-shared", "cuda")),
        lambda: engine.mix(MixRequest((A, B), (0.5, 0.5), (), "cuda-shared", "cuda")),
        lambda: list(engine.morph(BlendRequest(A, B, 0.0, "cuda-shared", "cuda"), [0.0, 0.5])),
        lambda: engine.load_pair(A, B, "cuda"),
    ):
        with pytest.raises(type(error)) as raised:
            work()
        assert raised.value is error
    assert "cuda" in engine.devices


@pytest.fixture(scope="module")
def at_once() -> Engine:
    """An engine that refines each pair when it is loaded."""
    return Engine("chairs", device="cpu")


def test_a_pair_that_is_loaded_quickly_is_refined_before_its_path_is_decoded(at_once: Engine) -> None:
    engine = Engine("chairs", device="cpu")
    a, b = sample_catalog()[2], sample_catalog()[9]
    request = BlendRequest(a, b, 0.0)
    quick = engine.load_pair(a, b, quick=True)
    first = engine.blend(request)
    steps, decoded = engine.decode_ahead(request), []
    while not isinstance(again := next(steps), PairLoaded):
        decoded.append(again.done)
    assert decoded and not any(decoded)
    assert not any(isinstance(event, PairLoaded) for event in itertools.islice(steps, 6))
    assert again.a.iou > quick[0].iou and again.b.iou > quick[1].iou
    np.testing.assert_allclose(engine.blend(request).field, at_once.blend(request).field, atol=1e-3)
    assert not np.allclose(engine.blend(request).field, first.field, atol=1e-3)


def test_what_stays_is_never_made_of_a_pair_that_is_not_refined_yet(at_once: Engine) -> None:
    engine = Engine("chairs", device="cpu")
    request = BlendRequest(sample_catalog()[2], sample_catalog()[9], 0.0)
    engine.load_pair(request.a, request.b, quick=True)
    made, wanted = ([one.field for one in e.morph(request, [0.0, 0.5])] for e in (engine, at_once))
    np.testing.assert_allclose(made, wanted, atol=1e-3)
