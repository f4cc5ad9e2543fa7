"""The devices that can be used here, and why CUDA cannot, in a sentence."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from voxview.counts import counted
from voxview.cuda.kernel_cache import cache_problem
from voxview.engine.doctor.collect import find_gpu_facts, find_kernel_facts
from voxview.engine.doctor.gpu import GpuFacts, gpu_problems
from voxview.engine.doctor.kernels import kernel_problem
from voxview.engine.doctor.problem import Problem
from voxview.engine.request import Backend, Device
from voxview.resources import kernel_sources

_BLENDING = "interpolate.cu"
"""What the CUDA backends need."""


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
    """Why none of the CUDA kernels can run, if so; None if they can, but for `broken_kernels`."""
    broken_kernels: Mapping[str, str] = field(default_factory=dict)
    """Sources of kernels that cannot be used, with the reason. Others work, and PyTorch or the CPU does what
    these would do."""
    problems: tuple[Problem, ...] = ()
    """What keeps the GPU or the kernels from being used, with the remedies."""
    cache_problem: str | None = None
    """Why compiled kernels are not kept for the next start; None if they are."""

    @property
    def devices(self) -> tuple[Device, ...]:
        """Where the networks can run, best last."""
        return ("cpu", "cuda") if self.cuda else ("cpu",)

    @property
    def backends(self) -> tuple[Backend, ...]:
        """Where the interpolation can run."""
        return ("numpy",) if self.backend_problem else ("numpy", "cuda-global", "cuda-shared")

    @property
    def backend_problem(self) -> str | None:
        """Why the CUDA backends cannot run, if they cannot; None if they can."""
        reason = self.broken_kernels.get(_BLENDING)
        return self.kernel_problem or (f"{_BLENDING} cannot be used ({reason})" if reason else None)

    def has_kernels(self, *sources: str) -> bool:
        """Return whether the kernels of these sources can be used."""
        return self.kernel_problem is None and not any(source in self.broken_kernels for source in sources)

    @property
    def without(self) -> str | None:
        """Which kernels cannot be used, why, and what is done instead; None if all can, or none can."""
        if self.kernel_problem or not self.broken_kernels:
            return None
        reasons = "; ".join(f"{source}: {reason}" for source, reason in self.broken_kernels.items())
        names = counted(len(self.broken_kernels), "kernel source")
        return f"without {names} ({reasons}): PyTorch or the CPU does that work"

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
        line = f"GPU: {self.cuda}, {self.without}" if self.without else f"GPU: {self.cuda}"
        if self.cache_problem:
            line += f"; each start compiles the kernels anew, as they cannot be kept ({self.cache_problem})"
        return line


def find_devices() -> DeviceReport:
    """Look for a CUDA device, build VoxView's kernels for it, try them, and return what can be used.

    Imports torch, and CuPy if CUDA is there.
    """
    return devices_of(find_gpu_facts())


def devices_of(facts: GpuFacts) -> DeviceReport:
    """Return what can be used of a machine of which this is known; what a GPU's kernels do is tried here."""
    import torch

    problems = gpu_problems(facts)
    reason = kernel_reason = problems[0].sentence() if problems else None
    broken: dict[str, str] = {}
    if reason is None:
        failure, broken = _kernel_problems()
        if problem := kernel_problem(find_kernel_facts(failure), facts.cuda):
            problems, kernel_reason = (problem,), problem.sentence()
    return DeviceReport(
        cpu=cpu_name(),
        threads=torch.get_num_threads(),
        cuda=None if reason else torch.cuda.get_device_name(),
        cuda_problem=reason,
        kernel_problem=kernel_reason,
        broken_kernels=broken,
        problems=problems,
        cache_problem=cache_problem(),
    )


def without_gpu(report: DeviceReport, reason: str) -> DeviceReport:
    """Return the report of the same machine without its GPU, which cannot be used for `reason`."""
    return replace(report, cuda=None, cuda_problem=reason, kernel_problem=reason)


def _kernel_problems() -> tuple[str | None, dict[str, str]]:
    """Return why no kernel can run here, or None, and which sources alone cannot be used, with the reason."""
    from voxview.latent.cuda import cuda_problem
    from voxview.surface.cuda import surface_problem

    try:
        from voxview.cuda.compiled import broken_sources  # it needs CuPy when it is imported

        broken = broken_sources()
    except Exception:  # of CuPy, which is missing or broken: below it is said in which way
        return cuda_problem(), {}
    # The trial of `cuda_problem` runs one source: where that alone is broken, the others can be used.
    only_blending = _BLENDING in broken and len(broken) < len(kernel_sources())
    if not only_blending and (problem := cuda_problem()):
        return problem, {}
    if problem := surface_problem():
        broken["marching_cubes.cu"] = problem
    return None, broken


def cpu_name() -> str:
    """Return the processor's name as the system gives it, or its architecture."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return " ".join(line.split(":", 1)[1].split())
    except OSError:
        pass  # not Linux: the standard library's name has to do
    return platform.processor() or platform.machine()
