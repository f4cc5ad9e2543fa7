"""What every blend asks of its inputs, wherever it runs."""

from __future__ import annotations

from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from voxview.errors import InputError
from voxview.shapes.frame import describe

LATENT_SHAPE = (8, 8)
"""The 64 numbers of one chair: 2×2×2×8 (depth, height, width, channel) in C order."""

BACKENDS = ("numpy", "cuda-global", "cuda-shared")
"""Where the interpolation can run."""


def kernel_of(backend: str) -> Literal["global", "shared"]:
    """The kernel that a CUDA backend is named after."""
    return cast(Literal["global", "shared"], backend.removeprefix("cuda-"))


def check_backend(backend: object) -> None:
    """Raise `InputError` for a backend that is none."""
    if not isinstance(backend, str) or backend not in BACKENDS:
        raise InputError(f"the backend is one of {', '.join(BACKENDS)}, but {backend!r} came")


def as_float32(name: str, values: object, shape: tuple[int | None, ...]) -> NDArray[np.float32]:
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


def as_steps(t: object) -> NDArray[np.float32]:
    """Positions `(k,)` in [0, 1] as float32; `InputError` for anything else."""
    if not isinstance(t, np.ndarray) or t.ndim != 1 or t.dtype.kind != "f":
        raise InputError(f"t is a floating-point array (k,), but {describe(t)} came")
    inside = (t >= 0) & (t <= 1)  # NaN is not
    if not inside.all():
        at = int(np.argmin(inside))
        raise InputError(f"t goes from 0 to 1, but t[{at}] is {t[at]}: a blend lies between its two chairs")
    return as_float32("t", t, (None,))
