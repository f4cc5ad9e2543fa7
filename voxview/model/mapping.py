"""The mapping of latents before the decoder, of `symmetric`."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from voxview.conventions import LATENT_SIZE


class LatentMapping(nn.Module):
    """A residual multilayer perceptron on latents `(n, 64)` before the decoder.

    A straight line between two latents becomes a curve, along which chairs stay chairs (as StyleGAN has one,
    Karras et al. 2019). First latents are brought to one length: blends of two are shorter than chairs, as
    means are, and by their length alone the decoder would know them. Then the even numbers are shifted and
    the odd ones scaled, both as functions of the even numbers, so that the mirror is respected.
    """

    def __init__(self, odd: int, width: int) -> None:
        super().__init__()
        self.even = LATENT_SIZE - odd
        last = nn.Linear(width, LATENT_SIZE)
        nn.init.zeros_(last.weight)  # the identity at first
        nn.init.zeros_(last.bias)
        hidden = (nn.Linear(self.even, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.layers = nn.Sequential(*hidden, last)

    def forward(self, z: Tensor) -> Tensor:
        """Map latents `(n, 64)`."""
        z = LATENT_SIZE**0.5 * F.normalize(z, dim=1, eps=1e-3)
        even, odd = z[:, : self.even], z[:, self.even :]
        moved = self.layers(even).to(z.dtype)  # from a half precision, if there is one
        return torch.cat([even + moved[:, : self.even], odd * torch.exp(moved[:, self.even :])], 1)
