"""Mean and standard deviation of the latents that an encoder of pictures or of points learns."""

from __future__ import annotations

from torch import Tensor

from voxview.conventions import LATENT_SIZE


def latent_statistics(latents: Tensor, odd: int) -> tuple[Tensor, Tensor]:
    """Return mean and standard deviation of the numbers of latents `(n, 8, 8)`: `(64,)` each, float64.

    The last `odd` numbers change sign with the mirror image: their mean is 0, and they are only scaled.
    """
    flat = latents.reshape(-1, LATENT_SIZE).double()
    mean = flat.mean(0)
    mean[LATENT_SIZE - odd :] = 0
    return mean, (flat - mean).square().mean(0).sqrt().clamp(min=1e-3)
