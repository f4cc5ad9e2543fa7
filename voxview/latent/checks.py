"""Validation of backends, latents and positions, the same for every backend."""

from __future__ import annotations

from typing import Literal, cast

import numpy as np

from voxview.errors import InputError
from voxview.shapes.frame import Floats, describe

Kernel = Literal["global", "shared"]
"""The kernel of a CUDA backend, by the memory that it reads the latents from."""

BACKENDS = ("numpy", "cuda-global", "cuda-shared")
"""The backends: where the interpolation can run."""


def kernel_of(backend: str) -> Kernel:
    """Return the kernel of a CUDA backend: `cuda-shared` → `shared`."""
    return cast(Kernel, backend.removeprefix("cuda-"))


def check_backend(backend: object) -> None:
    """Raise `InputError` unless `backend` is one of `BACKENDS`."""
    if not isinstance(backend, str) or backend not in BACKENDS:
        raise InputError(f"the backend is one of {', '.join(BACKENDS)}, but {backend!r} came")


def as_float32(name: str, values: object, shape: tuple[int | None, ...]) -> Floats:
    """Return `values` as an aligned float32 array in C order, without a copy if it is one already.

    None in `shape` stands for any length. Raises `InputError` for another type or shape, and for finite
    numbers beyond the range of float32.
    """
    if (
        not isinstance(values, np.ndarray)
        or values.dtype.kind != "f"
        or values.ndim != len(shape)
        or any(want not in (None, got) for want, got in zip(shape, values.shape, strict=True))
    ):
        expected = ", ".join("n" if length is None else str(length) for length in shape)
        raise InputError(f"{name} is a floating-point array ({expected}), but {describe(values)} came")
    if values.dtype == np.float32 and values.flags.carray:
        return np.asarray(values)  # np.require would take microseconds for the same
    with np.errstate(all="ignore"):
        converted: Floats = np.require(values, np.float32, ["C", "A"])
    if values.dtype.itemsize > 4 and (np.isinf(converted) & np.isfinite(values)).any():
        raise InputError(f"{name} is converted to float32, but it holds a number beyond ±3.4e38")
    return converted


def as_steps(t: object) -> Floats:
    """Return positions `(k,)` as float32; raise `InputError` unless they are floats in [0, 1]."""
    if not isinstance(t, np.ndarray) or t.ndim != 1 or t.dtype.kind != "f":
        raise InputError(f"t is a floating-point array (k,), but {describe(t)} came")
    inside = (t >= 0) & (t <= 1)  # NaN is not
    if not inside.all():
        at = int(np.argmin(inside))
        raise InputError(f"t goes from 0 to 1, but t[{at}] is {t[at]}: a blend lies between its two chairs")
    return as_float32("t", t, (None,))
