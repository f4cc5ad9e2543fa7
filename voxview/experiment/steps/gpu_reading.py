"""Readings of the GPU's clocks, limits and other users, between measurements and never within one."""

from __future__ import annotations

import time

from voxview.experiment.clock import Interruptible, Limits
from voxview.experiment.gpu_state import read_gpu
from voxview.experiment.results import StepResults

_BYTES = 2**28
_FILLS = 20
"""Fills that are queued at once: about a millisecond on a large GPU."""
_REST = 2.5
"""Rest before an idle GPU is read, in a measurement's budgets: a second, over which its load is averaged."""
_SILENT = "nvidia-smi does not answer: the GPU's clocks, power limit and other users are not in this record."


def read_idle_gpu(limits: Limits) -> Interruptible[StepResults]:
    """Read the GPU while nothing of ours runs there, which shows whether others use it."""
    end = time.perf_counter() + _REST * limits.seconds
    while time.perf_counter() < end:
        time.sleep(0.02)
        yield
    state = yield from read_gpu(_uuid(), "idle", lambda: time.sleep(0.01))
    return StepResults(gpu_states=(state,)) if state else StepResults(notes=(_SILENT,))


def read_busy_gpu() -> Interruptible[StepResults]:
    """Read the GPU while it fills memory, with no clock of ours around it."""
    import torch

    memory = torch.empty(_BYTES // 4, device="cuda")

    def fill() -> None:
        for _ in range(_FILLS):
            memory.fill_(1.0)
        torch.cuda.synchronize()

    state = yield from read_gpu(_uuid(), "under load", fill)
    return StepResults(gpu_states=(state,) if state else ())


def _uuid() -> str | None:
    """Return the UUID of torch's current GPU, as nvidia-smi takes it; None with an older torch."""
    import torch

    uuid = getattr(torch.cuda.get_device_properties(torch.cuda.current_device()), "uuid", None)
    return f"GPU-{uuid}" if uuid else None
