"""The NumPy backend of the blend: always available, and the reference for the CUDA kernels."""

from __future__ import annotations

import numpy as np

from voxview.shapes.frame import Floats

CANONICAL_NAN = np.uint32(0x7FC00000).view(np.float32)
"""The only NaN that arithmetic on latents returns, in every backend: CUDA and x86 make
different ones."""


def blend(z_a: Floats, z_b: Floats, t: Floats) -> Floats:
    """Compute (1 − t)·z_a + t·z_b: (…, 8, 8) and (…, 8, 8), which broadcast, and (k,) → (…, k, 8, 8).

    t = 0 gives z_a and t = 1 gives z_b, bit for bit. Between, each step is rounded to float32 on its own,
    which is at most 2 ulp of the larger end away from the exact blend. Finite ends have finite blends: the
    weights exceed 1 together by 2⁻²⁵ at most, and the products of the largest floats are rounded down by
    more. The caller has validated the inputs.
    """
    a, b = z_a[..., None, :, :], z_b[..., None, :, :]
    weight = t[:, None, None]
    with np.errstate(all="ignore"):  # infinities and subnormals are numbers too
        # Weighted before they are broadcast against each other: n·k products for all pairs, not n²·k.
        blends: Floats = np.add((1 - weight) * a, weight * b)
    if not (np.isfinite(z_a).all() and np.isfinite(z_b).all()):
        blends[np.isnan(blends)] = CANONICAL_NAN
    # The ends are copied: 1·a + 0·b would lose −0.0 and a NaN's payload, and 0·inf is NaN.
    blends[..., t == 0, :, :] = a
    blends[..., t == 1, :, :] = b
    return blends
