"""The two layouts of a latent: 8×8 for the interpolation, 8 channels × 2×2×2 for the convolutions."""

from __future__ import annotations

from torch import Tensor

from voxview.conventions import LATENT_SHAPE as LATENT_SHAPE
from voxview.conventions import LATENT_SIZE as LATENT_SIZE


def to_matrix(features: Tensor) -> Tensor:
    """Convert channels-first features `(n, 8, 2, 2, 2)` to latents `(n, 8, 8)`, contiguous."""
    last = features.permute(0, 2, 3, 4, 1)  # (n, 2, 2, 2, 8)
    return last.reshape(-1, *LATENT_SHAPE).contiguous()


def to_features(z: Tensor) -> Tensor:
    """Convert latents `(n, 8, 8)` to channels-first features `(n, 8, 2, 2, 2)`."""
    return z.reshape(-1, 2, 2, 2, 8).permute(0, 4, 1, 2, 3)  # (n, 8, 2, 2, 2)
