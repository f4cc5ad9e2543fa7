"""Blends of more than two chairs: weighted sums of latents, in three backends that agree bit for bit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voxview.errors import InputError
from voxview.latent.checks import LATENT_SHAPE, as_float32, check_backend
from voxview.shapes.frame import describe

MOST_CHAIRS = 8
"""Of more, each is too small a part of the blend to be seen in it."""

MOST_LATENTS = MOST_CHAIRS + 1
"""Eight chairs, and a step along a direction."""

_NOT_A_NUMBER = np.uint32(0x7FC00000).view(np.float32)
"""What a sum of opposite infinities is: CUDA and x86 have different ones. See `numpy_blend`."""


def combine(
    latents: NDArray[np.floating], weights: NDArray[np.floating], backend: str = "numpy"
) -> NDArray[np.float32]:
    """The sums Σ w·z: latents (n, 8, 8), n ≤ 9, and weights (k, n), or (n,) for k = 1 → float32 (k, 8, 8).

    A single 1 among zeros gives its latent bit for bit. Otherwise the latents are added in their order, each
    step rounded to float32, in every backend alike. Weights may be negative (chair arithmetic) and are not
    normalised. Both CUDA backends run the same kernel: with so few latents a thread keeps its numbers in
    registers. For one mix the CPU wins by far, because a launch costs more than 64 n products; the kernel is
    there so that a blend that is made and decoded on the device need not leave it. Raises `InputError` for
    other shapes and dtypes, numbers that are not finite and an unknown backend; `VoxViewError` where CUDA is
    asked for and cannot be used.
    """
    check_backend(backend)
    z = as_float32("latents", latents, (None, *LATENT_SHAPE))
    w = _as_rows(weights, len(z))
    if not 1 <= len(z) <= MOST_LATENTS:
        raise InputError(f"1 to {MOST_LATENTS} latents are combined, but {len(z)} came")
    for name, values in (("latents", z), ("weights", w)):
        if not np.isfinite(values).all():
            raise InputError(f"{name} are finite numbers, but NaN or infinity came")
    if backend == "numpy":
        return _sums(z, w)
    from voxview.latent import cuda  # only here: it is never needed without a CUDA device

    return cuda.combine_from_host(z, w)


def bilinear_weights(u: float, v: float) -> tuple[float, float, float, float]:
    """The shares of four corners at (u, v) in the unit square: top left and right, bottom left and right.

    u goes right, v goes down. A corner gives a single 1, an edge two zeros; the sum is 1 to rounding. Raises
    `InputError` outside the square.
    """
    if not (0.0 <= u <= 1.0 and 0.0 <= v <= 1.0):
        raise InputError(f"a place between four corners is in the unit square, but ({u}, {v}) came")
    return ((1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v)


def _as_rows(weights: object, n: int) -> NDArray[np.float32]:
    """Weights as float32 (k, n)."""
    if not isinstance(weights, np.ndarray) or weights.ndim not in (1, 2):
        raise InputError(f"weights are a floating-point array (k, n) or (n,), but {describe(weights)} came")
    return as_float32("weights", np.atleast_2d(weights), (None, n))


def _sums(z: NDArray[np.float32], w: NDArray[np.float32]) -> NDArray[np.float32]:
    out = np.zeros((len(w), *LATENT_SHAPE), np.float32)
    begun = np.zeros(len(w), bool)
    with np.errstate(all="ignore"):  # a sum may pass the largest float
        for latent, column in zip(z, w.T, strict=True):
            # What counts nothing is left out, and the first that counts is copied: 0 + 1·z would lose −0.0.
            counts = column != 0
            part = column[:, None, None] * latent
            out = np.where(counts[:, None, None], np.where(begun[:, None, None], out + part, part), out)
            begun |= counts
    out[np.isnan(out)] = _NOT_A_NUMBER
    return np.asarray(out, np.float32)
