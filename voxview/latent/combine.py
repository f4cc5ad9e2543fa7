"""Mixes: weighted sums of up to nine latents, in three backends that agree bit for bit."""

from __future__ import annotations

import numpy as np

from voxview.conventions import LATENT_SHAPE, MAX_MIX_LATENTS
from voxview.errors import InputError
from voxview.latent.checks import as_float32, check_backend
from voxview.latent.numpy_blend import CANONICAL_NAN
from voxview.shapes.frame import AnyFloats, Floats, describe


def combine(latents: AnyFloats, weights: AnyFloats, backend: str = "numpy") -> Floats:
    """Compute weighted sums Σ w·z of latents: float32 (k, 8, 8).

    `latents` are (n, 8, 8), n ≤ 9, `weights` (k, n), or (n,) for k = 1. A single 1 among zeros gives its
    latent bit for bit. Otherwise the latents are added in their order, each step rounded to float32, in every
    backend alike. Weights may be negative (chair arithmetic) and are not normalised. Both CUDA backends run
    the same kernel: with so few latents a thread keeps its numbers in registers. For one mix the CPU wins by
    far, because a launch costs more than 64 n products; the kernel exists so that a mix that is made and
    decoded on the device need not leave it. Raises `InputError` for other shapes and dtypes, numbers that are
    not finite and an unknown backend; `VoxViewError` if a CUDA backend is requested and CUDA cannot be used.
    """
    check_backend(backend)
    z = as_float32("latents", latents, (None, *LATENT_SHAPE))
    w = _as_rows(weights, len(z))
    if not 1 <= len(z) <= MAX_MIX_LATENTS:
        raise InputError(f"1 to {MAX_MIX_LATENTS} latents are combined, but {len(z)} came")
    for name, values in (("latents", z), ("weights", w)):
        if not np.isfinite(values).all():
            raise InputError(f"{name} are finite numbers, but NaN or infinity came")
    if backend == "numpy":
        return _sums(z, w)
    from voxview.latent import cuda  # imported late: not needed without a CUDA device

    return cuda.combine_from_host(z, w)


def bilinear_weights(u: float, v: float) -> tuple[float, float, float, float]:
    """Return the bilinear weights at (u, v): top left, top right, bottom left, bottom right corner.

    u goes right, v goes down, both in [0, 1]. A corner gives a single 1, an edge two zeros; the sum is 1 up
    to rounding. Raises `InputError` outside the square.
    """
    if not (0.0 <= u <= 1.0 and 0.0 <= v <= 1.0):
        raise InputError(f"a place between four corners is in the unit square, but ({u}, {v}) came")
    return ((1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v)


def _as_rows(weights: object, n: int) -> Floats:
    """Return weights (k, n) or (n,) as float32 (k, n)."""
    if not isinstance(weights, np.ndarray) or weights.ndim not in (1, 2):
        raise InputError(f"weights are a floating-point array (k, n) or (n,), but {describe(weights)} came")
    return as_float32("weights", np.atleast_2d(weights), (None, n))


def _sums(z: Floats, w: Floats) -> Floats:
    out = np.zeros((len(w), *LATENT_SHAPE), np.float32)
    begun = np.zeros(len(w), bool)
    with np.errstate(all="ignore"):  # a sum may pass the largest float
        for latent, column in zip(z, w.T, strict=True):
            # Terms of weight 0 are left out, and the first other one is copied: 0 + 1·z would lose −0.0.
            counts = column != 0
            part = column[:, None, None] * latent
            out = np.where(counts[:, None, None], np.where(begun[:, None, None], out + part, part), out)
            begun |= counts
    out[np.isnan(out)] = CANONICAL_NAN  # of opposite infinities
    return np.asarray(out, np.float32)
