"""Memory bandwidth of this machine: the limit of a kernel that only writes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from voxview.experiment.clock import Interruptible, Limits, time_on_device, time_on_host
from voxview.experiment.results import StepResults

if TYPE_CHECKING:
    import torch

_HOST_BYTES = 128 * 2**20
_DEVICE_BYTES = 4 * 2**30
_LEAST_DEVICE_BYTES = 64 * 2**20


def measure_host_bandwidth(limits: Limits) -> Interruptible[StepResults]:
    """Measure "host copy": GB/s read and written by NumPy on one thread, to memory that is in use already."""
    source = np.ones(_HOST_BYTES // 4, np.float32)
    target = np.zeros_like(source)
    yield
    copied = yield from time_on_host(lambda: np.copyto(target, source), limits)
    return StepResults(rates={"host copy": _gigabytes_per_second(2 * _HOST_BYTES, copied.median)})


def measure_device_bandwidth(limits: Limits) -> Interruptible[StepResults]:
    """Measure "device copy" (GB/s read and written) and "device fill" (GB/s written), by torch's kernels.

    The buffers are large against any cache, and at most an eighth of the free memory each.
    """
    import torch

    numbers = min(_DEVICE_BYTES, max(_LEAST_DEVICE_BYTES, torch.cuda.mem_get_info()[0] // 8)) // 4
    source, target = torch.ones(numbers, device="cuda"), torch.zeros(numbers, device="cuda")

    def fill() -> None:
        target.fill_(1.0)

    copied = yield from time_on_device(partial(copy_by_kernel, source, target), limits)
    filled = yield from time_on_device(fill, limits)
    return StepResults(
        rates={
            "device copy": _gigabytes_per_second(8 * numbers, copied.median),
            "device fill": _gigabytes_per_second(4 * numbers, filled.median),
        }
    )


def copy_by_kernel(source: torch.Tensor, target: torch.Tensor) -> None:
    """Queue a copy that a kernel makes: a graph gives a plain one to the copy engines, which are slower."""
    import torch

    torch.mul(source, 1.0, out=target)


def _gigabytes_per_second(count: int, milliseconds: float) -> float:
    return count / milliseconds / 1e6
