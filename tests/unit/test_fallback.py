"""The policy for a GPU that fails: what counts as a failure, which device answers, and what is reported."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from voxview.engine.device import DeviceReport
from voxview.engine.fallback import CpuFallback, GpuError, GpuLostError, GpuOutOfMemoryError, gpu_error
from voxview.engine.request import BlendRequest, BlendResult
from voxview.errors import InputError, VoxViewError
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.surface.extract import extract_surface
from voxview.training import run

A, B = sample_catalog()[0], sample_catalog()[1]
REPORT = DeviceReport("a CPU", 2, "a GPU", None, None)
REQUEST = BlendRequest(A, B, 0.5, "cuda-shared", "cuda")


class CUDARuntimeError(RuntimeError):
    """As CuPy's: a number in `status`."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class CUDADriverError(CUDARuntimeError):
    pass


class OutOfMemoryError(MemoryError):
    pass


class CompileException(Exception):  # noqa: N818 - CuPy's name
    pass


@pytest.fixture
def cupy(monkeypatch: pytest.MonkeyPatch) -> None:
    """CuPy's exceptions, under the names that it has for them."""
    cuda = SimpleNamespace(
        runtime=SimpleNamespace(CUDARuntimeError=CUDARuntimeError),
        driver=SimpleNamespace(CUDADriverError=CUDADriverError),
        memory=SimpleNamespace(OutOfMemoryError=OutOfMemoryError),
        compiler=SimpleNamespace(CompileException=CompileException),
    )
    monkeypatch.setitem(sys.modules, "cupy", SimpleNamespace(cuda=cuda))  # type: ignore[arg-type]


@pytest.fixture
def fallback() -> CpuFallback:
    return CpuFallback(REPORT, ("cpu", "cuda"), lambda: None)


def failing(error: Exception, on: str = "cuda"):
    """Work that raises the error on one device, and returns the device's name on the other."""

    def work(device: str) -> str:
        if device == on:
            raise error
        return device

    return work


@pytest.mark.parametrize(
    "message",
    [
        "CUDA error: an illegal memory access was encountered\nCompile with `TORCH_USE_CUDA_DSA` ...",
        "CUDA driver error: unknown error",
        "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "GET was unable to find an engine to execute this computation",
        "FIND was unable to find an engine to execute this computation",
        "Unable to find a valid cuDNN algorithm to run convolution",
    ],
)
def test_what_torch_raises_without_a_type_is_known_by_its_words(message: str) -> None:
    failure = gpu_error(RuntimeError(message))
    assert type(failure) is GpuLostError and str(failure) == message.splitlines()[0]


def test_out_of_memory_empties_the_pools_of_torch_and_of_cupy(
    fallback: CpuFallback, monkeypatch: pytest.MonkeyPatch
) -> None:
    emptied: list[str] = []

    def pool(name: str) -> SimpleNamespace:
        return SimpleNamespace(free_all_blocks=lambda: emptied.append(name))

    cupy = SimpleNamespace(
        get_default_memory_pool=lambda: pool("cupy"), get_default_pinned_memory_pool=lambda: pool("pinned")
    )
    monkeypatch.setitem(sys.modules, "cupy", cupy)  # type: ignore[arg-type]
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: emptied.append("torch"))
    fallback.leave(GpuOutOfMemoryError("full"))
    assert sorted(emptied) == ["cupy", "pinned", "torch"]


UNCLEAR = (
    RuntimeError("cuDNN error: CUDNN_STATUS_NOT_INITIALIZED"),
    RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    RuntimeError("FIND was unable to find an engine to execute this computation"),
    torch.AcceleratorError("CUDA error: operation failed due to a previous error during capture"),
)


@pytest.mark.parametrize("error", UNCLEAR, ids=str)
def test_what_fails_on_a_device_that_answers_and_is_full_is_its_memory(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (2**22, 2**36))
    assert type(gpu_error(error)) is GpuOutOfMemoryError
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (2**35, 2**36))
    assert type(gpu_error(error)) is GpuLostError


def test_a_device_that_does_not_answer_is_lost_however_full_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost() -> tuple[int, int]:
        raise torch.AcceleratorError("CUDA error: an illegal memory access was encountered")

    monkeypatch.setattr(torch.cuda, "mem_get_info", lost)
    assert all(type(gpu_error(error)) is GpuLostError for error in UNCLEAR)


def test_torchs_own_types_are_translated() -> None:
    assert type(gpu_error(torch.OutOfMemoryError("CUDA out of memory."))) is GpuOutOfMemoryError
    error = torch.AcceleratorError("CUDA error: device-side assert triggered")
    assert type(gpu_error(error)) is GpuLostError
    error.error_code = 2  # cudaErrorMemoryAllocation
    assert type(gpu_error(error)) is GpuOutOfMemoryError


def test_cupys_types_are_translated(cupy: None) -> None:
    lost = (
        CUDARuntimeError(700, "cudaErrorIllegalAddress: an illegal memory access was encountered"),
        CUDADriverError(719, "CUDA_ERROR_LAUNCH_FAILED: unspecified launch failure"),
        CompileException("interpolate.cu(3): error"),
    )
    assert [type(gpu_error(error)) for error in lost] == [GpuLostError] * 3
    full = (
        OutOfMemoryError("Out of memory allocating 512 bytes"),
        CUDARuntimeError(2, "cudaErrorMemoryAllocation: out of memory"),
        CUDADriverError(2, "CUDA_ERROR_OUT_OF_MEMORY: out of memory"),
    )
    assert [type(gpu_error(error)) for error in full] == [GpuOutOfMemoryError] * 3


NO_FAILURES = (
    ValueError("no such cuda option"),
    InputError("cuda.obj is cut short: export it again"),
    VoxViewError("CUDA failed (out of memory): use the backend numpy"),
    RuntimeError("Expected all tensors to be on the same device, but found cuda:0 and cpu"),
    RuntimeError("the file speaks of CUDA error: 3"),
    MemoryError("Unable to allocate 8 GiB for an array"),
    NotImplementedError("CUDA error: a subclass of RuntimeError that torch never raises for it"),
    OSError("libcuda.so.1: cannot open shared object file"),
    CUDARuntimeError(700, "of a CuPy that is not imported"),
)


@pytest.mark.parametrize("error", NO_FAILURES, ids=repr)
def test_an_error_that_only_mentions_cuda_is_no_failure(fallback: CpuFallback, error: Exception) -> None:
    assert gpu_error(error) is None
    with pytest.raises(type(error)) as raised:
        fallback.run("cuda", failing(error))
    assert raised.value is error and fallback.devices == ("cpu", "cuda") and fallback.report is REPORT


def test_a_failure_on_the_cpu_is_never_the_gpus(fallback: CpuFallback) -> None:
    with pytest.raises(RuntimeError):
        fallback.run("cpu", failing(RuntimeError("CUDA error: unspecified launch failure"), on="cpu"))
    assert fallback.devices == ("cpu", "cuda")


def test_a_work_that_succeeds_has_no_notice(fallback: CpuFallback) -> None:
    assert fallback.run("cuda", str) == ("cuda", None)
    assert fallback.run("cpu", str) == ("cpu", None)


def test_out_of_memory_keeps_the_device(fallback: CpuFallback, monkeypatch: pytest.MonkeyPatch) -> None:
    emptied: list[bool] = []
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: emptied.append(True))
    value, notice = fallback.run("cuda", failing(torch.OutOfMemoryError("CUDA out of memory.")))
    assert value == "cpu" and notice is not None and "close other programs" in notice
    assert emptied and fallback.devices == ("cpu", "cuda") and fallback.report is REPORT
    assert fallback.run("cuda", str) == ("cuda", None)


def test_anything_worse_leaves_the_device_for_good_and_is_reported() -> None:
    released: list[bool] = []
    fallback = CpuFallback(REPORT, ("cpu", "cuda"), lambda: released.append(True))
    value, notice = fallback.run("cuda", failing(GpuLostError("the bus fell off")))
    assert value == "cpu" and notice is not None and "the CPU answers from now on" in notice
    assert released == [True] and fallback.devices == ("cpu",)
    report = fallback.report
    assert (report.cuda, report.cuda_problem, report.kernel_problem) == (None, *["the bus fell off"] * 2)
    assert report.best_device == "cpu" and report.best_backend == "numpy"
    assert fallback.run("cuda", str) == ("cpu", "answered on the CPU: the bus fell off")


def test_without_its_backend_a_request_is_answered_in_numpy_and_without_its_device_on_the_cpu() -> None:
    seen: list[BlendRequest] = []

    def answer(request: BlendRequest) -> BlendResult:
        seen.append(request)
        field = A.read().astype("float32")
        return BlendResult(request, field, extract_surface(field), {}, request.device, False)

    without_gpu = CpuFallback(DeviceReport("a CPU", 2, None, "no driver", "no driver"), ("cpu",), list)
    assert without_gpu.answer(REQUEST, answer).notice == "answered on the CPU: no driver"
    without_kernels = CpuFallback(
        DeviceReport("a CPU", 2, "a GPU", None, "no CuPy"), ("cpu", "cuda"), lambda: None
    )
    assert without_kernels.answer(REQUEST, answer).notice == "interpolated in NumPy: no CuPy"
    assert [(one.device, one.backend) for one in seen] == [("cpu", "numpy"), ("cuda", "numpy")]
    fallback = CpuFallback(REPORT, ("cpu", "cuda"), lambda: None)
    kernel_on_cpu = BlendRequest(A, B, 0.5, "cuda-shared", "cpu")
    assert fallback.answer(kernel_on_cpu, answer).notice is None and seen[-1] == kernel_on_cpu
    assert fallback.supported(REQUEST) is REQUEST
    assert without_gpu.supported(REQUEST) == BlendRequest(A, B, 0.5)


def test_what_fills_the_gpus_memory_is_let_go_before_the_cpu_works(fallback: CpuFallback) -> None:
    class Large:
        pass

    held: list[weakref.ref[Large]] = []

    def work(device: str) -> bool:
        if device == "cuda":
            large = Large()
            held.append(weakref.ref(large))
            raise torch.OutOfMemoryError("CUDA out of memory.")
        gc.collect()
        return held[0]() is None

    assert fallback.run("cuda", work)[0]


def test_the_failures_are_errors_of_one_family() -> None:
    assert issubclass(GpuOutOfMemoryError, GpuError) and issubclass(GpuLostError, GpuError)
    assert not issubclass(GpuError, VoxViewError), "a person is never shown one: the CPU answers"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), "the GPU is out of memory: try a smaller --batch"),
        (RuntimeError("CUDA error: device lost"), r"the GPU failed \(CUDA error: device lost\): start again"),
    ],
)
def test_a_gpu_that_fails_in_training_is_one_line(
    error: Exception, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Iterator[str]:
        yield "ready"
        raise error

    monkeypatch.setattr(run, "_prepare", fail)
    with pytest.raises(VoxViewError, match=words) as caught:
        list(run.run_training(run.RunOptions(tmp_path / "w.safetensors", {"device": "cpu"})))
    assert "\n" not in str(caught.value)
    monkeypatch.setattr(run, "_prepare", lambda *_: iter([0]).missing)
    with pytest.raises(AttributeError):
        list(run.run_training(run.RunOptions(tmp_path / "w.safetensors", {"device": "cpu"})))
