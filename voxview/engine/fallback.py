"""The one policy for a GPU that fails: the CPU answers, with a notice.

What torch and CuPy raise on a CUDA device becomes a `GpuError` here and nowhere else. Running out of memory
keeps the device; after anything worse the CPU answers for good.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

import torch

from voxview.engine.device import DeviceReport, without_gpu
from voxview.engine.mix import MixRequest, MixResult
from voxview.engine.request import BlendRequest, BlendResult, Device

log = logging.getLogger(__name__)

T = TypeVar("T")
Request = TypeVar("Request", BlendRequest, MixRequest)
Result = TypeVar("Result", BlendResult, MixResult)


class GpuError(Exception):
    """A failure of the CUDA device, in one line: the CPU can answer instead."""


class GpuOutOfMemoryError(GpuError):
    """The device's memory is full; the device itself still works."""


class GpuLostError(GpuError):
    """The device, its driver or a kernel's compilation failed; nothing more can be computed there."""


_TORCH_PREFIXES = (
    "CUDA error: ",
    "CUDA driver error: ",
    "CUDA NVRTC error: ",
    "cuDNN error: ",
    "cuDNN Frontend error: ",
    "cusolver error: ",
)
"""First words of the RuntimeErrors without a type of their own that torch raises where a CUDA library fails:
the checks in c10/cuda/CUDAException.h and ATen/cuda/Exceptions.h write them."""

_CUDNN_FINDS_NONE = ("unable to find an engine", "Unable to find a valid cuDNN algorithm")
"""What torch says where cuDNN has nothing for a convolution (ATen/native/cudnn/Conv_v7.cpp, Conv_v8.cpp)."""

_CUPY_OUT_OF_MEMORY = ("cuda.memory.OutOfMemoryError",)
_CUPY_LOST = (
    "cuda.runtime.CUDARuntimeError",
    "cuda.driver.CUDADriverError",
    "cuda.compiler.CompileException",
    "cuda.nvrtc.NVRTCError",
)

_MEMORY_ALLOCATION = 2
"""`cudaErrorMemoryAllocation` and `CUDA_ERROR_OUT_OF_MEMORY`, of the runtime and of the driver."""

_LITTLE_MEMORY = 2**29
"""Bytes: where a device that still answers has less, whatever failed there is taken to have wanted more.
cuDNN, for one, is "unable to find an engine" or "not initialized" where memory is all that is missing."""


def gpu_error(error: Exception) -> GpuError | None:
    """Translate what work on a CUDA device raised: return its `GpuError`, or None for any other error."""
    if isinstance(error, GpuError):
        return error
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    if isinstance(error, (torch.OutOfMemoryError, *_cupy_types(_CUPY_OUT_OF_MEMORY))):
        return GpuOutOfMemoryError(reason)
    if isinstance(error, (torch.AcceleratorError, *_cupy_types(_CUPY_LOST))):
        # torch keeps the CUDA library's number in `error_code`, CuPy in `status`.
        number = getattr(error, "error_code", getattr(error, "status", None))
        return GpuOutOfMemoryError(reason) if number == _MEMORY_ALLOCATION else _lost_or_full(reason)
    without_type = reason.startswith(_TORCH_PREFIXES) or any(words in reason for words in _CUDNN_FINDS_NONE)
    return _lost_or_full(reason) if type(error) is RuntimeError and without_type else None


def _lost_or_full(reason: str) -> GpuError:
    """Return the failure of a device for `reason`: of its memory, if it still answers and has little left."""
    try:
        free, _ = torch.cuda.mem_get_info()
    except Exception:  # a lost device fails at every call; where there is none, torch has more ways to say so
        return GpuLostError(reason)
    return (GpuOutOfMemoryError if free < _LITTLE_MEMORY else GpuLostError)(reason)


def release_memory() -> None:
    """Give back what torch and CuPy keep: each has pools that the other cannot use."""
    torch.cuda.empty_cache()
    if cupy := sys.modules.get("cupy"):
        cupy.get_default_memory_pool().free_all_blocks()
        cupy.get_default_pinned_memory_pool().free_all_blocks()


def _cupy_types(names: Sequence[str]) -> tuple[type[Exception], ...]:
    """Return CuPy's exception types by name: none where CuPy is not imported, as no call of it can fail."""
    found: list[type[Exception]] = []
    for name in names:
        value: object = sys.modules.get("cupy")
        for part in name.split("."):
            value = getattr(value, part, None)
        if isinstance(value, type) and issubclass(value, Exception):
            found.append(value)
    return tuple(found)


class CpuFallback:
    """The choice of the device that answers: the requested one if it works, else the CPU, with a notice."""

    def __init__(
        self, report: DeviceReport, devices: tuple[Device, ...], release: Callable[[], None]
    ) -> None:
        """Begin with `devices` in use, best last; `release` lets go of what is on a GPU that is left."""
        self.report = report
        self.devices = devices
        self._release = release

    def unsupported_reason(self, request: BlendRequest | MixRequest) -> str | None:
        """Return why the request cannot be answered as it is, or None if it can be."""
        if request.device == "cpu" and request.backend == "numpy":
            return None
        if request.device not in self.devices:
            return self._not_in_use()
        if request.backend not in self.report.backends:
            problem = self.report.backend_problem or f"no backend {request.backend!r}"
            return f"interpolated in NumPy: {problem}"
        return None

    def supported(self, request: Request) -> Request:
        """Return the request; in NumPy where its backend cannot run, on the CPU where its device cannot."""
        if request.device not in self.devices:
            return _on_cpu(request)
        if request.backend == "numpy" or request.backend in self.report.backends:
            return request
        return replace(request, backend="numpy")

    def answer(self, request: Request, answer: Callable[[Request], Result]) -> Result:
        """Return the request's answer; where the GPU cannot give it, the CPU's, with a notice."""
        return self.answer_all([request], lambda requests: [answer(requests[0])])[0]

    def answer_all(
        self, requests: Sequence[Request], answer: Callable[[Sequence[Request]], Sequence[Result]]
    ) -> Sequence[Result]:
        """Return the answers to requests for one device and backend, as `answer` does for one."""
        reason = self.unsupported_reason(requests[0])
        supported = [self.supported(one) for one in requests]
        requested = supported[0].device

        def on(device: Device) -> Sequence[Result]:
            return answer(supported if device == requested else [_on_cpu(one) for one in requests])

        results, failure = self.run(requested, on)
        notice = failure or reason
        return [replace(one, notice=notice) for one in results] if notice else results

    def run(self, device: Device, work: Callable[[Device], T]) -> tuple[T, str | None]:
        """Return what `work` returns for the device, and None; or what it returns for the CPU, and a notice.

        The CPU works where the GPU is not in use, and where it fails in the middle. Errors that are no
        failure of the GPU are raised as they come.
        """
        if device not in self.devices:
            return work("cpu"), self._not_in_use()
        if device == "cpu":
            return work("cpu"), None
        outcome = attempt(partial(work, device))
        if not isinstance(outcome, GpuError):
            return outcome, None
        notice = self.leave(outcome)
        return work("cpu"), notice

    def leave(self, failure: GpuError) -> str:
        """Keep the GPU after running out of memory, else leave it for good; return the notice of that."""
        if isinstance(failure, GpuOutOfMemoryError):
            release_memory()
            return "the GPU is out of memory, so the CPU answered; close other programs that use the GPU"
        reason = str(failure)
        self.devices = ("cpu",)
        self.report = without_gpu(self.report, reason)
        self._release()
        return f"the GPU failed ({reason}), so the CPU answers from now on; restart VoxView to try it again"

    def _not_in_use(self) -> str:
        return f"answered on the CPU: {self.report.cuda_problem or 'the GPU is not in use'}"


def _on_cpu(request: Request) -> Request:
    return replace(request, device="cpu", backend="numpy")


def attempt(work: Callable[[], T]) -> T | GpuError:
    """Return what the work returns, or the failure of the GPU that it ended with; raise any other error.

    The failure comes without its traceback, whose frames would keep what fills the GPU's memory.
    """
    try:
        return work()
    except Exception as error:
        failure = gpu_error(error)
        if failure is None:
            raise
        log.debug("the GPU failed", exc_info=True)
        return failure
