"""The connectivity loss's targets, by a kernel: by tensor operations they took a fifth of a training step."""

from __future__ import annotations

import functools

import numpy as np
import torch
from torch import Tensor

from voxview.conventions import RESOLUTION
from voxview.cuda.views import check_views, views_on_stream
from voxview.engine.device import find_devices

_GRID = (RESOLUTION,) * 3
_ROWS = RESOLUTION**2


@functools.cache
def has_kernel() -> bool:
    """Return whether the kernel works on the GPU; found out once per process."""
    return find_devices().has_kernels("connectivity.cu")


def find_targets_on_device(
    p: Tensor, level: float, passable: float, most_removed: int
) -> tuple[Tensor, Tensor]:
    """Find the paths and the small components of `connectivity.find_targets`: `(n, 1, 32, 32, 32)` bool each.

    `p` is float32 `(n, 1, 32, 32, 32)` on a CUDA device; the work is queued on torch's current stream.
    """
    from voxview.cuda.compiled import kernel

    fields = p[:, 0].contiguous()
    path, removed = (torch.empty(fields.shape, dtype=torch.uint8, device=p.device) for _ in range(2))
    arrays = {"fields": fields, "path": path, "removed": removed}
    with views_on_stream(arrays, torch.cuda.current_stream(p.device).cuda_stream) as views:
        check_views(views, fields=(len(fields), *_GRID))
        if len(fields):
            limits = (np.float32(level), np.float32(passable), np.int32(most_removed))
            find = kernel("connectivity.cu", "connectivity_targets")
            find((len(fields),), (_ROWS,), (*views.values(), *limits))
    return path.view(torch.bool)[:, None], removed.view(torch.bool)[:, None]
