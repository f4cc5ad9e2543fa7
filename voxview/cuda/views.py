"""CuPy views of CUDA arrays from any library: the same memory, through DLPack."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np

from voxview.errors import InputError

if TYPE_CHECKING:
    import cupy

_CUDA_DEVICES = (2, 13)  # DLPack's kDLCUDA and kDLCUDAManaged


@contextmanager
def views_on_stream(arrays: dict[str, Any], stream: int | None) -> Iterator[dict[str, cupy.ndarray]]:
    """Yield CuPy views of `arrays`, with their device and `stream` (a handle; None: CuPy's own) current.

    Raises `InputError` for an array that is not on a CUDA device or not on the device of the others.
    """
    import cupy as cp

    devices = {name: _device_of(name, array) for name, array in arrays.items()}
    first, device = next(iter(devices.items()))
    for name, other in devices.items():
        if other != device:
            raise InputError(
                f"{first} is on CUDA device {device}, but {name} is on {other}: keep them on one"
            )
    with cp.cuda.Device(device), on_stream(stream):
        yield {name: _view(name, array) for name, array in arrays.items()}


def on_stream(stream: int | None) -> AbstractContextManager[object]:
    """Return a context in which CuPy works on `stream` (a handle; None: its own), and allocates for it.

    CuPy's memory goes back to the stream that it was allocated on, where it may be used again at once: so it
    has to be the one that the memory is used on.
    """
    return nullcontext() if stream is None else _borrowed_stream(stream)


def _device_of(name: str, array: Any) -> int:
    if not hasattr(array, "__dlpack_device__"):
        raise InputError(f"{name} is a float32 array on a CUDA device, but a {type(array).__name__} came")
    kind, device = array.__dlpack_device__()
    if kind not in _CUDA_DEVICES:
        raise InputError(f"{name} is a float32 array on a CUDA device, but one in other memory came")
    return int(device)


@functools.lru_cache(maxsize=64)
def _borrowed_stream(handle: int) -> Any:
    """Return a CuPy object for a stream that its creator owns and destroys; CuPy only borrows it."""
    import cupy as cp

    with warnings.catch_warnings():
        # CuPy 14 deprecates ExternalStream in favour of Stream.from_external, but the streams of that one
        # destroy what they borrowed when they are collected.
        warnings.simplefilter("ignore", DeprecationWarning)
        return cp.cuda.ExternalStream(handle)


class _Unsynchronised:
    """A DLPack exporter that requests no synchronisation between streams.

    The array is ready on our stream, so there is nothing to wait for; by default torch would record an event
    and wait for it, once per array.
    """

    def __init__(self, array: Any) -> None:
        self._array = array

    def __dlpack_device__(self) -> Any:
        return self._array.__dlpack_device__()

    def __dlpack__(self, *, stream: object = None, **options: object) -> Any:
        return self._array.__dlpack__(stream=-1, **options)  # −1: no synchronisation


def _view(name: str, array: Any) -> cupy.ndarray:
    import cupy as cp

    try:
        return cp.from_dlpack(_Unsynchronised(array))
    except cp.cuda.runtime.CUDARuntimeError:  # a RuntimeError, but no fault of the array
        raise
    except (BufferError, TypeError, ValueError, RuntimeError) as problem:
        reason = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
        raise InputError(f"{name} cannot be shared with CuPy: {reason}") from problem


def leading_length(name: str, view: cupy.ndarray) -> int:
    """Return the length of the first axis of `view`; raise `InputError` for a scalar."""
    if view.ndim == 0:
        raise InputError(f"{name} is an array with at least one axis, but a scalar came")
    return int(view.shape[0])


def check_views(
    views: dict[str, cupy.ndarray], dtype: type[np.generic] = np.float32, **shapes: tuple[int, ...]
) -> None:
    """Raise `InputError` unless every view named in `shapes` is contiguous, of `dtype` and of that shape."""
    for name, shape in shapes.items():
        view = views[name]
        if view.dtype != dtype or view.shape != shape or not view.flags.c_contiguous:
            order = "contiguous" if view.flags.c_contiguous else "strided"
            raise InputError(
                f"{name} is contiguous {np.dtype(dtype).name} {shape}, "
                f"but {order} {view.dtype} {view.shape} came"
            )
