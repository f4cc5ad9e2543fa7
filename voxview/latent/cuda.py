"""The CUDA backends, through CuPy: on arrays that are on the device already, or from NumPy and back.

Importing this module needs neither CuPy nor a device; `cuda_problem` returns the reason if CUDA cannot be
used.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from voxview.conventions import LATENT_SHAPE, LATENT_SIZE, MAX_MIX_LATENTS
from voxview.cuda.kernel_cache import make_importable
from voxview.cuda.to_host import to_host
from voxview.cuda.views import check_views, leading_length, on_stream, views_on_stream
from voxview.errors import InputError, VoxViewError
from voxview.latent.checks import Kernel
from voxview.shapes.frame import Floats

if TYPE_CHECKING:
    import cupy

_INSTALL = "install VoxView with its extra cuda13 or cuda12, or use the backend numpy"
_GRID_X_LIMIT = 2**31 - 1
_MANY = 256
"""Number of t's from which on wide blocks are faster than the study's 4×4 ones."""
_MOST_BLOCKS = 4096
"""Limit of the grid, more blocks than a GPU runs at once: each block loops over several t's."""
_THREADS = 256
_TILE = 16  # TO in all_pairs.cu


def interpolate_on_device(
    z_a: Any, z_b: Any, t: Any, out: Any, *, kernel: Kernel, stream: int | None
) -> None:
    """Write the blends of one pair into `out`: (8, 8), (8, 8), (k,) → (k, 8, 8), all on one CUDA device.

    The arrays are float32, contiguous and DLPack-capable (torch tensors, CuPy arrays); `out` overlaps none of
    the others. `stream` is a CUDA stream's handle, such as `torch.cuda.current_stream().cuda_stream`; None is
    CuPy's current stream. The call is asynchronous: the work is queued on the stream, and nothing is
    allocated or copied. t is not validated: it has to be in [0, 1]. The caller keeps the arrays alive until
    the stream has finished the work. Raises `InputError` for arrays of another dtype, shape, layout or
    device.
    """
    arrays = {"z_a": z_a, "z_b": z_b, "t": t, "out": out}
    with views_on_stream(arrays, stream) as views:
        k = leading_length("t", views["t"])
        check_views(views, z_a=LATENT_SHAPE, z_b=LATENT_SHAPE, t=(k,), out=(k, *LATENT_SHAPE))
        if not k:
            return
        arguments = (*views.values(), np.int64(k))
        if k < _MANY:
            _entry("interpolate.cu", f"interpolate_{kernel}")((2, 2, k), (4, 4), arguments)
        else:
            blocks = min(-(-k // 16), _MOST_BLOCKS)
            _entry("interpolate.cu", f"interpolate_many_{kernel}")((blocks,), (16, 16), arguments)


def all_pairs_on_device(z: Any, t: Any, out: Any, *, kernel: Kernel, stream: int | None) -> None:
    """Write the blends of every ordered pair into `out`: (n, 8, 8), (k,) → (n, n, k, 8, 8).

    Arrays, stream and errors as in `interpolate_on_device`.
    """
    pairs_on_device(z, z, t, out, kernel=kernel, stream=stream)


def pairs_on_device(z_from: Any, z_to: Any, t: Any, out: Any, *, kernel: Kernel, stream: int | None) -> None:
    """Write the blends of each of m latents with each of n: (m, 8, 8), (n, 8, 8), (k,) → (m, n, k, 8, 8).

    Arrays, stream and errors as in `interpolate_on_device`.
    """
    with _views_of_pairs(z_from, z_to, t, out, stream) as (views, (m, n, k)):
        if m and n and k:
            blocks = m * -(-n // _TILE)
            sizes = np.int64(m), np.int64(n), np.int64(k)
            _entry("all_pairs.cu", f"all_pairs_{kernel}")((blocks,), (16, 16), (*views.values(), *sizes))


def pairs_elementwise_on_device(z_from: Any, z_to: Any, t: Any, out: Any, *, stream: int | None) -> None:
    """Do as `pairs_on_device`, by one thread for each number of `out`: what the benchmark compares with."""
    with _views_of_pairs(z_from, z_to, t, out, stream) as (views, (m, n, k)):
        if m and n and k:
            blocks = min(-(-m * n * k * LATENT_SIZE // _THREADS), _GRID_X_LIMIT)
            sizes = np.int64(m), np.int64(n), np.int64(k)
            _entry("all_pairs.cu", "all_pairs_elementwise")((blocks,), (_THREADS,), (*views.values(), *sizes))


@contextmanager
def _views_of_pairs(
    z_from: Any, z_to: Any, t: Any, out: Any, stream: int | None
) -> Iterator[tuple[dict[str, cupy.ndarray], tuple[int, int, int]]]:
    """Yield views of the arrays of all pairs, checked, and m, n and k."""
    with views_on_stream({"z_from": z_from, "z_to": z_to, "t": t, "out": out}, stream) as views:
        m, n, k = (leading_length(name, views[name]) for name in ("z_from", "z_to", "t"))
        check_views(
            views,
            z_from=(m, *LATENT_SHAPE),
            z_to=(n, *LATENT_SHAPE),
            t=(k,),
            out=(m, n, k, *LATENT_SHAPE),
        )
        yield views, (m, n, k)


def interpolate_from_host(z_a: Floats, z_b: Floats, t: Floats, *, kernel: Kernel) -> Floats:
    """Upload NumPy arrays, run `interpolate_on_device`, download the blends; `VoxViewError` if CUDA fails."""
    _require_cuda()
    with _cuda_errors_explained():
        return _interpolate(z_a, z_b, t, kernel)


def _interpolate(z_a: Floats, z_b: Floats, t: Floats, kernel: Kernel) -> Floats:
    import cupy as cp

    a, b, steps = cp.asarray(z_a), cp.asarray(z_b), cp.asarray(t)
    out = cp.empty((len(t), *LATENT_SHAPE), cp.float32)
    interpolate_on_device(a, b, steps, out, kernel=kernel, stream=cp.cuda.get_current_stream().ptr)
    return to_host(out)


def all_pairs_from_host(z: Floats, t: Floats, *, kernel: Kernel) -> Floats:
    """Upload NumPy arrays, run `all_pairs_on_device`, download the blends; `VoxViewError` if CUDA fails."""
    _require_cuda()
    import cupy as cp

    with _cuda_errors_explained():
        out = cp.empty((len(z), len(z), len(t), *LATENT_SHAPE), cp.float32)
        stream = cp.cuda.get_current_stream().ptr
        all_pairs_on_device(cp.asarray(z), cp.asarray(t), out, kernel=kernel, stream=stream)
        return to_host(out)


def combine_on_device(z: Any, weights: Any, out: Any, *, stream: int | None) -> None:
    """Write weighted sums of up to nine latents into `out`: (n, 8, 8), (k, n) → (k, 8, 8).

    Arrays, stream and errors as in `interpolate_on_device`; whether the numbers are finite is not checked.
    """
    with views_on_stream({"z": z, "weights": weights, "out": out}, stream) as views:
        n, k = leading_length("z", views["z"]), leading_length("weights", views["weights"])
        check_views(views, z=(n, *LATENT_SHAPE), weights=(k, n), out=(k, *LATENT_SHAPE))
        if not 1 <= n <= MAX_MIX_LATENTS:
            raise InputError(f"1 to {MAX_MIX_LATENTS} latents are combined, but {n} came")
        if k:
            blocks = min(k, _MOST_BLOCKS)
            _entry("combine.cu", "combine")(
                (blocks,), (LATENT_SIZE,), (*views.values(), np.int32(n), np.int64(k))
            )


def combine_from_host(z: Floats, weights: Floats) -> Floats:
    """Upload NumPy arrays, run `combine_on_device`, download the sums; `VoxViewError` if CUDA fails."""
    _require_cuda()
    import cupy as cp

    with _cuda_errors_explained():
        out = cp.empty((len(weights), *LATENT_SHAPE), cp.float32)
        stream = cp.cuda.get_current_stream().ptr
        combine_on_device(cp.asarray(z), cp.asarray(weights), out, stream=stream)
        return to_host(out)


class DeviceBlocks:
    """A device buffer for the blends of blocks of pairs; each block overwrites the one before.

    It may be dropped while the device still writes to it: its memory is the stream's, where whatever is
    allocated next comes after that.
    """

    def __init__(
        self,
        z: Floats,
        t: Floats,
        pairs: int,
        kernel: Kernel,
        stream: int | None,
    ) -> None:
        """Allocate the buffer for `pairs` pairs of the latents (n, 8, 8) at t (k,), and upload both.

        On CuPy's current device; `stream` is a handle of a stream there, and None CuPy's current one now.
        """
        _require_cuda()
        import cupy as cp

        self._kernel = kernel
        self._stream = cp.cuda.get_current_stream().ptr if stream is None else stream
        with _cuda_errors_explained(), on_stream(self._stream):
            self._z, self._t = cp.asarray(z), cp.asarray(t)
            self._buffer = cp.empty(pairs * len(t) * LATENT_SIZE, cp.float32)

    def fill(self, rows: slice, columns: slice) -> cupy.ndarray:
        """Queue the blends of `z[rows]` with `z[columns]`; return their view (rows, columns, k, 8, 8)."""
        z_from, z_to = self._z[rows], self._z[columns]
        shape = (len(z_from), len(z_to), len(self._t), *LATENT_SHAPE)
        out = self._buffer[: int(np.prod(shape))].reshape(shape)
        with _cuda_errors_explained():
            pairs_on_device(z_from, z_to, self._t, out, kernel=self._kernel, stream=self._stream)
        return out


@functools.cache
def cuda_problem() -> str | None:
    """Return why CUDA cannot be used, as a sentence, or None if it can.

    Both kernels are compiled and run, and their results checked, once per process: neither a driver nor a
    package is installed while the program runs.
    """
    make_importable()
    try:
        import cupy as cp
    except ImportError:
        return f"CuPy is not installed: {_INSTALL}"
    except Exception as problem:  # a broken installation fails with whatever its libraries raise
        return f"CuPy cannot be loaded ({_first_line(problem)}): {_INSTALL}"
    try:
        if cp.cuda.runtime.getDeviceCount() == 0:
            return "no CUDA device is visible: check CUDA_VISIBLE_DEVICES, or use the backend numpy"
    except Exception as problem:
        return (
            f"no CUDA device can be used ({_first_line(problem)}): check the driver, or use the backend numpy"
        )
    try:
        return _self_test()
    except Exception as problem:
        return f"the CUDA kernels cannot be built or run ({_first_line(problem)}): {_INSTALL}"


def _self_test() -> str | None:
    """Blend two latents with both kernels; return what is wrong with the result, or None."""
    a, b = np.zeros(LATENT_SHAPE, np.float32), np.arange(LATENT_SIZE, dtype=np.float32).reshape(LATENT_SHAPE)
    t = np.array([0, 0.25, 1], np.float32)
    kernels: tuple[Kernel, ...] = ("global", "shared")
    for kernel in kernels:
        if not np.array_equal(_interpolate(a, b, t, kernel), t[:, None, None] * b):
            return f"the CUDA kernel interpolate_{kernel} gives wrong numbers here: use the backend numpy"
    return None


def _require_cuda() -> None:
    problem = cuda_problem()
    if problem:
        raise VoxViewError(problem)


@contextmanager
def _cuda_errors_explained() -> Iterator[None]:
    """Raise CuPy's memory and runtime errors as a `VoxViewError` of one line."""
    import cupy as cp

    try:
        yield
    except MemoryError as problem:  # CuPy's OutOfMemoryError is one
        raise VoxViewError(
            f"too little memory ({_first_line(problem)}): blend fewer chairs at a time"
        ) from problem
    except (cp.cuda.runtime.CUDARuntimeError, cp.cuda.driver.CUDADriverError) as problem:
        raise VoxViewError(f"CUDA failed ({_first_line(problem)}): use the backend numpy") from problem


def _first_line(problem: BaseException) -> str:
    return (str(problem).strip() or type(problem).__name__).splitlines()[0]


def _entry(source: str, name: str) -> cupy.RawKernel:
    from voxview.cuda.compiled import kernel  # it needs CuPy when it is imported

    return kernel(source, name)
