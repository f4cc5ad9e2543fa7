"""Where one kernel's source cannot be compiled the GPU goes on without it, and results stay what they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.gpu

torch = pytest.importorskip("torch")

from voxview.engine.device import DeviceReport, find_devices  # noqa: E402
from voxview.engine.engine import Engine  # noqa: E402
from voxview.engine.events import DecodedAhead  # noqa: E402
from voxview.engine.mix import MixRequest, MixResult  # noqa: E402
from voxview.engine.request import BlendRequest, BlendResult  # noqa: E402
from voxview.resources import kernel_sources  # noqa: E402
from voxview.shapes.catalogs.samples import sample_catalog  # noqa: E402
from voxview.training import connectivity, connectivity_cuda  # noqa: E402

A, B = sample_catalog()[:2]
ENGINES = sorted(set(kernel_sources()) - {"connectivity.cu"})


@dataclass(frozen=True)
class Answers:
    """What an engine answers to three requests, on the GPU."""

    blend: BlendResult
    mix: MixResult
    ahead: DecodedAhead


def answers(report: DeviceReport | None) -> Answers:
    engine, backend = Engine(report=report), (report or find_devices()).best_backend
    request = BlendRequest(A, B, 0.3, backend, "cuda")
    engine.load_pair(A, B, "cuda")
    blend, mix = engine.blend(request), engine.mix(MixRequest((A, B), (0.5, 0.5), (), backend, "cuda"))
    *_, ahead = engine.decode_ahead(request)
    assert isinstance(ahead, DecodedAhead) and engine.devices == ("cpu", "cuda")
    return Answers(blend, mix, ahead)


@pytest.fixture(scope="module")
def with_all_kernels() -> Answers:
    return answers(None)


@pytest.fixture
def broken(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, with_all_kernels: Answers
) -> Iterator[str]:
    """Break one source: it cannot be compiled, and what was compiled of it before must not be launched."""
    import cupy as cp

    from voxview.cuda import compiled

    source: str = request.param
    compile_source, find = compiled._compile, compiled.kernel

    def fail(name: str) -> Any:
        if name == source:
            raise cp.cuda.compiler.CompileException(f"{name}(1): error", name, name, (), "nvrtc")
        return compile_source(name)

    def kernel(name: str, entry: str) -> Any:
        assert name != source, f"{entry} was launched"
        return find(name, entry)

    monkeypatch.setattr(compiled, "_modules", {})
    monkeypatch.setattr(compiled, "_compile", fail)
    monkeypatch.setattr(compiled, "kernel", kernel)
    yield source


@pytest.fixture
def report(broken: str) -> DeviceReport:
    found = find_devices()
    assert found.cuda is not None and found.kernel_problem is None
    assert set(found.broken_kernels) == {broken} and broken in found.sentence()
    assert "\n" not in found.sentence()
    return found


@pytest.mark.parametrize("broken", ENGINES, indirect=True)
def test_the_gpu_answers_without_that_kernel(
    broken: str, report: DeviceReport, with_all_kernels: Answers
) -> None:
    assert (report.best_backend == "numpy") == (broken == "interpolate.cu")
    found, expected = answers(report), with_all_kernels
    for one, other in ((found.blend, expected.blend), (found.mix, expected.mix)):
        assert one.device == "cuda" and one.notice is None
        assert np.abs(one.field - other.field).max() < 1e-3
    assert found.ahead.scores is not None and expected.ahead.scores is not None
    difference = np.abs(found.ahead.scores.novelty - expected.ahead.scores.novelty)
    assert np.median(difference) < 1e-3 and difference.max() < 0.05


@pytest.mark.parametrize("broken", ["interpolate.cu"], indirect=True)
def test_a_request_for_the_missing_backend_stays_on_the_gpu_and_says_so(
    broken: str, report: DeviceReport
) -> None:
    result = Engine(report=report).blend(BlendRequest(A, B, 0.3, "cuda-shared", "cuda"))
    assert result.device == "cuda" and "interpolated in NumPy: interpolate.cu" in (result.notice or "")


@pytest.mark.parametrize("broken", ["all_pairs.cu", "score.cu"], indirect=True)
def test_all_pairs_are_scored_by_the_cpu_without_a_kernel_that_they_need(
    broken: str, report: DeviceReport
) -> None:
    engine = Engine("study", report=report)
    assert engine.scorer((A, B), "cuda-shared", "cuda").device == "cpu" and "cuda" in engine.devices


@pytest.mark.parametrize("broken", ["connectivity.cu"], indirect=True)
def test_training_finds_its_targets_without_the_kernel(broken: str, report: DeviceReport) -> None:
    connectivity_cuda.has_kernel.cache_clear()
    try:
        p = torch.rand((2, 1, 32, 32, 32), device="cuda")
        targets = connectivity.connectivity_targets(p), connectivity.find_targets(p)
        assert all(torch.equal(one, other) for one, other in zip(*targets, strict=True))
    finally:
        connectivity_cuda.has_kernel.cache_clear()
