"""The latent's two forms: 8×8 for the interpolation, 8 channels × 2×2×2 for the convolutions."""

from __future__ import annotations

from torch import Tensor

LATENT_SHAPE = (8, 8)
"""2×2×2×8 (depth, height, width, channel) reshaped to 8×8 in C order."""

LATENT_SIZE = 64
"""Numbers that hold one chair."""


def to_matrix(features: Tensor) -> Tensor:
    """Channels-first features `(n, 8, 2, 2, 2)` → latents `(n, 8, 8)`."""
    return features.permute(0, 2, 3, 4, 1).reshape(-1, *LATENT_SHAPE)  # (n, 2, 2, 2, 8) → (n, 8, 8)


def to_features(z: Tensor) -> Tensor:
    """Latents `(n, 8, 8)` → channels-first features `(n, 8, 2, 2, 2)`."""
    return z.reshape(-1, 2, 2, 2, 8).permute(0, 4, 1, 2, 3)  # (n, 8, 2, 2, 2)
