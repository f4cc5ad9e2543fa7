"""The blend in NumPy: the backend that is always there, and that the CUDA kernels are checked against."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_NOT_A_NUMBER = np.uint32(0x7FC00000).view(np.float32)
"""The one NaN that a blend can be: CUDA and x86 carry different ones through arithmetic."""


def blend(z_a: NDArray[np.float32], z_b: NDArray[np.float32], t: NDArray[np.float32]) -> NDArray[np.float32]:
    """The blends (1 − t)·z_a + t·z_b: (…, 8, 8) and (…, 8, 8), which broadcast, and (k,) → (…, k, 8, 8).

    t = 0 gives z_a and t = 1 gives z_b, bit for bit. Between, each step is rounded to float32 on its own,
    which is at most 2 ulp of the larger end away from the exact blend. Finite ends have finite blends, for
    the weights exceed 1 together by 2⁻²⁵ at most and the products of the largest floats are rounded down by
    more. The caller has checked the inputs.
    """
    a, b = z_a[..., None, :, :], z_b[..., None, :, :]
    weight = t[:, None, None]
    with np.errstate(all="ignore"):  # infinities and subnormals are numbers too
        # Weighted before they are broadcast against each other: n·k products for all pairs, not n²·k.
        blends: NDArray[np.float32] = np.add((1 - weight) * a, weight * b)
    if not (np.isfinite(z_a).all() and np.isfinite(z_b).all()):
        blends[np.isnan(blends)] = _NOT_A_NUMBER
    # The ends are copied: 1·a + 0·b would lose −0.0 and a NaN's payload, and 0·inf is NaN.
    blends[..., t == 0, :, :] = a
    blends[..., t == 1, :, :] = b
    return blends
