"""Arrays from a device to the host in bulk, through two page-locked buffers that are kept.

A device writes to page-locked memory at the full rate of the bus, and while one buffer is read the other is
filled. Memory that was never used before costs a page fault every 4 kB besides, which takes longer than the
transfer: whoever reads a piece where it lies has none. Importing this module needs neither CuPy nor a device.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from voxview.cuda.views import views_on_stream
from voxview.errors import InputError

if TYPE_CHECKING:
    import cupy

PIECE_BYTES = 4 * 2**20
"""Of one buffer: long enough against the Python of a piece, and short against the wait for the first one."""
_FEW_BYTES = 2**20
"""Below this a plain copy is as good: there is nothing to overlap."""

_Buffers = tuple[NDArray[np.uint8], NDArray[np.uint8]]
_Coming = tuple[NDArray[np.uint8], "cupy.cuda.Event", Any]
"""A buffer, what the device passes when it is full, and the array, which has to be kept until then."""

_kept: list[_Buffers] = []
"""The buffers that nobody uses now: one pair, unless two threads have transferred at once."""


def to_host(array: cupy.ndarray) -> NDArray[Any]:
    """Return a copy of a contiguous array, in new memory, when CuPy's current stream has made it."""
    import cupy as cp

    if array.nbytes < _FEW_BYTES:
        small: NDArray[Any] = cp.asnumpy(array)
        return small
    out = np.empty(array.shape, array.dtype)
    copy_to_host([array], out, stream=None)
    return out


def copy_to_host(parts: Iterable[Any], out: NDArray[Any], *, stream: int | None) -> None:
    """Copy device arrays, one after another, into `out`: C order, as many bytes as they have together.

    The parts are contiguous and DLPack-capable, on one device, written on `stream` (a handle; None is CuPy's
    current one). A generator may make them one by one: the next is made while one comes. Raises `InputError`
    for other arrays, and for an `out` of another size.
    """
    if not out.flags.c_contiguous:
        raise InputError("out is an array in C order, but a strided one came")
    target, end = out.reshape(-1).view(np.uint8), 0
    for piece in pieces_on_host(parts, stream=stream):
        begin, end = end, end + len(piece)
        if end <= len(target):
            target[begin:end] = piece
    if end != len(target):
        raise InputError(f"out has {len(target):,} bytes, but {end:,} came")


def pieces_on_host(parts: Iterable[Any], *, stream: int | None) -> Iterator[NDArray[np.uint8]]:
    """Yield the bytes of device arrays in pieces of at most 4 MiB, each to be read before the next is taken.

    Arrays and stream as in `copy_to_host`. A piece lies in page-locked memory, which the next but one
    overwrites.
    """
    buffers = _borrow()
    coming: _Coming | None = None
    try:
        for number, (part, start, size) in enumerate(_cut(parts)):
            buffer = buffers[number % 2][:size]
            before, coming = coming, (buffer, _queue(part, start, buffer, stream), part)
            if before is not None:
                yield _arrived(before)
        if coming is not None:
            yield _arrived(coming)
    finally:
        if coming is not None:
            coming[1].synchronize()  # stopped in the middle: the device may still write to the buffer
        _kept.append(buffers)


def _borrow() -> _Buffers:
    """Return two buffers that nobody else uses."""
    try:
        return _kept.pop()
    except IndexError:
        return _page_locked(PIECE_BYTES), _page_locked(PIECE_BYTES)


def _cut(parts: Iterable[Any]) -> Iterator[tuple[Any, int, int]]:
    """Yield each part with the first byte and the size of a piece of it, of all of its pieces."""
    for part in parts:
        for start in range(0, part.nbytes, PIECE_BYTES):
            yield part, start, min(PIECE_BYTES, part.nbytes - start)


def _queue(part: Any, start: int, buffer: NDArray[np.uint8], stream: int | None) -> cupy.cuda.Event:
    """Queue the copy of a part's bytes from `start` on into the buffer; return what is passed after it."""
    import cupy as cp

    with views_on_stream({"array": part}, stream) as views:
        view = views["array"]
        if not view.flags.c_contiguous:
            raise InputError(f"what is copied is contiguous, but strided {view.dtype} {view.shape} came")
        now, kind = cp.cuda.get_current_stream(), cp.cuda.runtime.memcpyDeviceToHost
        cp.cuda.runtime.memcpyAsync(buffer.ctypes.data, view.data.ptr + start, len(buffer), kind, now.ptr)
        passed = cp.cuda.Event(disable_timing=True)
        passed.record(now)
        return passed


def _arrived(coming: _Coming) -> NDArray[np.uint8]:
    """Wait for the copy into a buffer, and return the buffer."""
    buffer, passed, _ = coming
    passed.synchronize()
    return buffer


def _page_locked(size: int) -> NDArray[np.uint8]:
    import cupy as cp

    return np.frombuffer(cp.cuda.alloc_pinned_memory(size), np.uint8, size)
