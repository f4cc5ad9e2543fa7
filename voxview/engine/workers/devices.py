"""The further GPUs of this machine, and how a process is made to see one of them alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from voxview.engine.request import Device

VISIBLE = "CUDA_VISIBLE_DEVICES"


@dataclass(frozen=True)
class WorkerDevice:
    """The device of one worker process."""

    name: str
    """For a person, such as `GPU 1`: its number among those that this process sees."""
    device: Device
    visible: str | None = None
    """What the worker's `CUDA_VISIBLE_DEVICES` is; None leaves it as it is."""


def further_gpus(
    count: int, own: int = 0, environment: Mapping[str, str] = os.environ
) -> tuple[WorkerDevice, ...]:
    """Return all GPUs but the `own` one, of `count` that this process sees.

    A worker sees its own alone, as `cuda:0`. Where `CUDA_VISIBLE_DEVICES` is set, its entries are taken over
    as they are: numbers or UUIDs.
    """
    visible = [entry.strip() for entry in environment.get(VISIBLE, "").split(",") if entry.strip()]
    names = visible if len(visible) >= count else [str(number) for number in range(count)]
    return tuple(
        WorkerDevice(f"GPU {number}", "cuda", names[number]) for number in range(count) if number != own
    )


def find_further_gpus() -> tuple[WorkerDevice, ...]:
    """Return the GPUs beside torch's current one; none where torch sees no GPU."""
    import torch

    if not torch.cuda.is_available():
        return ()
    return further_gpus(torch.cuda.device_count(), torch.cuda.current_device())
