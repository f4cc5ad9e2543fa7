"""A GPU that fails where the CPU cannot go on in its place: one line says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from voxview.engine.fallback import GpuOutOfMemoryError, gpu_error
from voxview.errors import GpuLostError, VoxViewError


@contextmanager
def gpu_failures_in_one_line(advice: str) -> Iterator[None]:
    """Turn a failure of the GPU in the block into a `VoxViewError`.

    `advice` is what to do where its memory is full, such as `try a smaller --batch`.
    """
    try:
        yield
    except Exception as error:
        failure = gpu_error(error)
        if failure is None:
            raise
        if isinstance(failure, GpuOutOfMemoryError):
            raise VoxViewError(f"the GPU is out of memory: {advice}") from error
        raise GpuLostError(f"the GPU failed ({failure}): start again, or use --device cpu") from error
