"""The devices that can be used here, and why CUDA cannot, in a sentence."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path

from voxview.counts import counted
from voxview.engine.request import Backend, Device


@dataclass(frozen=True)
class DeviceReport:
    """The devices that this machine can compute on."""

    cpu: str
    threads: int
    cuda: str | None
    """The CUDA device's name, or None."""
    cuda_problem: str | None
    """Why there is no CUDA device; None if there is one."""
    kernel_problem: str | None
    """Why the CUDA kernels cannot run, if they cannot; None if they can."""

    @property
    def devices(self) -> tuple[Device, ...]:
        """Where the networks can run, best last."""
        return ("cpu", "cuda") if self.cuda else ("cpu",)

    @property
    def backends(self) -> tuple[Backend, ...]:
        """Where the interpolation can run."""
        return ("numpy",) if self.kernel_problem else ("numpy", "cuda-global", "cuda-shared")

    @property
    def best_device(self) -> Device:
        """CUDA if it can be used, else the CPU."""
        return self.devices[-1]

    @property
    def best_backend(self) -> Backend:
        """The shared-memory kernel if it can be used, else NumPy."""
        return self.backends[-1]

    def sentence(self) -> str:
        """Return one line for the status bar."""
        if self.cuda is None:
            return f"CPU: {self.cpu}, {counted(self.threads, 'thread')}. No GPU: {self.cuda_problem}"
        if self.kernel_problem:
            return f"GPU: {self.cuda}, without the CUDA kernels: {self.kernel_problem}"
        return f"GPU: {self.cuda}"


def find_devices() -> DeviceReport:
    """Look for a CUDA device, try VoxView's kernels on it, and return what can be used.

    Imports torch, and CuPy if CUDA is there.
    """
    import torch

    problem = _cuda_problem()
    if problem:
        kernel_problem: str | None = problem
    else:
        from voxview.latent.cuda import cuda_problem
        from voxview.surface.cuda import surface_problem

        kernel_problem = cuda_problem() or surface_problem()
    return DeviceReport(
        cpu=cpu_name(),
        threads=torch.get_num_threads(),
        cuda=None if problem else torch.cuda.get_device_name(),
        cuda_problem=problem,
        kernel_problem=kernel_problem,
    )


def _cuda_problem() -> str | None:
    import torch

    if torch.version.cuda is None:
        return "this PyTorch was built without CUDA"
    if not torch.cuda.is_available():
        if not Path("/proc/driver/nvidia/version").exists() and platform.system() == "Linux":
            return "no NVIDIA driver is loaded"
        if os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
            return "CUDA_VISIBLE_DEVICES hides every device"
        return "PyTorch finds no CUDA device"
    try:
        torch.zeros(1, device="cuda").add_(1).item()
    except (RuntimeError, AssertionError) as error:
        return f"the CUDA device does not answer ({str(error).splitlines()[0]})"
    return None


def cpu_name() -> str:
    """Return the processor's name as the system gives it, or its architecture."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return " ".join(line.split(":", 1)[1].split())
    except OSError:
        pass  # not Linux: the standard library's name has to do
    return platform.processor() or platform.machine()
