"""Blending latents: one interface, three backends that agree bit for bit."""

from __future__ import annotations

from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from voxview.errors import InputError, VoxViewError
from voxview.latent.numpy_blend import blend
from voxview.shapes.frame import describe

LATENT_SHAPE = (8, 8)
"""The 64 numbers of one chair: 2×2×2×8 (depth, height, width, channel) in C order."""

BACKENDS = ("numpy", "cuda-global", "cuda-shared")
"""Where the interpolation can run."""


def interpolate(
    z_a: NDArray[np.floating], z_b: NDArray[np.floating], t: NDArray[np.floating], backend: str = "numpy"
) -> NDArray[np.float32]:
    """The blends (1 − t)·z_a + t·z_b: latents (8, 8) and (8, 8), t (k,) in [0, 1] → float32 (k, 8, 8).

    t = 0 gives z_a and t = 1 gives z_b, bit for bit; between, every backend rounds alike. Any floating dtype
    is taken and converted to float32. Raises `InputError` for other dtypes and shapes, t outside [0, 1] and
    an unknown backend; `VoxViewError` where CUDA is asked for and cannot be used. Source: the study's
    Algorithm 1.
    """
    _check_backend(backend)
    a = _as_float32("z_a", z_a, LATENT_SHAPE)
    b = _as_float32("z_b", z_b, LATENT_SHAPE)
    steps = _as_steps(t)
    if backend == "numpy":
        return blend(a, b, steps)
    from voxview.latent import cuda  # only here: it is never needed without a CUDA device

    return cuda.interpolate_from_host(a, b, steps, kernel=_kernel_of(backend))


def interpolate_all_pairs(
    z: NDArray[np.floating], t: NDArray[np.floating], backend: str = "numpy"
) -> NDArray[np.float32]:
    """The blends of every ordered pair: latents (n, 8, 8), t (k,) in [0, 1] → float32 (n, n, k, 8, 8).

    `[i, j, s]` is (1 − t[s])·z[i] + t[s]·z[j]. Exactness and errors as in `interpolate`; `VoxViewError` also
    where the result, 256·n²·k bytes, does not fit in memory. Source: the study's Algorithm 1.
    """
    _check_backend(backend)
    latents = _as_float32("z", z, (None, *LATENT_SHAPE))
    steps = _as_steps(t)
    if backend == "numpy":
        try:
            return blend(latents[:, None], latents[None, :], steps)
        except MemoryError:
            raise VoxViewError(_too_large(len(latents), len(steps))) from None
    from voxview.latent import cuda

    return cuda.all_pairs_from_host(latents, steps, kernel=_kernel_of(backend))


def _kernel_of(backend: str) -> Literal["global", "shared"]:
    return cast(Literal["global", "shared"], backend.removeprefix("cuda-"))


def _too_large(n: int, k: int) -> str:
    gigabytes = 256 * n * n * k / 1e9
    return (
        f"all pairs of {n} latents at {k} t's take {gigabytes:.1f} GB, more than is free: use fewer of either"
    )


def _check_backend(backend: object) -> None:
    if not isinstance(backend, str) or backend not in BACKENDS:
        raise InputError(f"the backend is one of {', '.join(BACKENDS)}, but {backend!r} came")


def _as_float32(name: str, values: object, shape: tuple[int | None, ...]) -> NDArray[np.float32]:
    """`values` as an aligned float32 array in C order, itself if it is one; None in `shape` is any length."""
    if (
        not isinstance(values, np.ndarray)
        or values.dtype.kind != "f"
        or values.ndim != len(shape)
        or any(want not in (None, got) for want, got in zip(shape, values.shape, strict=True))
    ):
        expected = ", ".join("n" if length is None else str(length) for length in shape)
        raise InputError(f"{name} is a floating-point array ({expected}), but {describe(values)} came")
    if values.dtype == np.float32 and values.flags.carray:
        return np.asarray(values)  # nothing to do, which np.require would take microseconds to find out
    with np.errstate(all="ignore"):
        converted: NDArray[np.float32] = np.require(values, np.float32, ["C", "A"])
    if values.dtype.itemsize > 4 and (np.isinf(converted) & np.isfinite(values)).any():
        raise InputError(f"{name} is converted to float32, but it holds a number beyond ±3.4e38")
    return converted


def _as_steps(t: object) -> NDArray[np.float32]:
    if not isinstance(t, np.ndarray) or t.ndim != 1 or t.dtype.kind != "f":
        raise InputError(f"t is a floating-point array (k,), but {describe(t)} came")
    inside = (t >= 0) & (t <= 1)  # NaN is not
    if not inside.all():
        at = int(np.argmin(inside))
        raise InputError(f"t goes from 0 to 1, but t[{at}] is {t[at]}: a blend lies between its two chairs")
    return _as_float32("t", t, (None,))
