"""A normalising flow after the encoder, of `symmetric`: latents that are distributed as their blends are."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from voxview.conventions import LATENT_SIZE

COUPLINGS = 4
"""Coupling layers: each moves half of the even numbers, the next one the other half."""

_NOISE = 0.2
"""Standard deviation of noise on what the density is fitted to, or it would learn each chair by heart."""


class LatentFlow(nn.Module):
    """Affine coupling layers (RealNVP, Dinh et al. 2017, arXiv:1605.08803) on numbers `(n, 64)`.

    Chairs come in kinds, and so do their encodings: between two kinds there is nothing, and there blends lie.
    The flow is fitted to make encodings normally distributed. Blends of such latents, brought to the same
    length, are distributed as latents themselves are, so that the decoder knows what it is given. The mirror
    is respected: even numbers are moved as functions of even ones, odd numbers are scaled.
    """

    def __init__(self, odd: int, width: int) -> None:
        super().__init__()
        self.even = LATENT_SIZE - odd
        self.couplings = nn.ModuleList(
            _conditioner(self.even // 2, 2 * (self.even - self.even // 2), width) for _ in range(COUPLINGS)
        )
        self.odd_scale = _conditioner(self.even, odd, width)

    def forward(self, x: Tensor) -> Tensor:
        """Return latents `(n, 64)` of encodings `(n, 64)`."""
        return self._flow(x)[0]

    def surprise(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """Return minus the mean log density of encodings `(n, 64)`, in nats a number, but for a constant."""
        noise = torch.randn(x.shape, device=x.device, generator=generator)
        z, log_det = self._flow(x + _NOISE * noise)
        return (z.square().sum(1) / 2 - log_det).mean() / LATENT_SIZE

    def _flow(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the latents, and the logarithm of the determinant of their Jacobian `(n,)`."""
        even, odd = x[:, : self.even], x[:, self.even :]
        scale = torch.tanh(self.odd_scale(even).float())
        odd, log_det = odd * torch.exp(scale), scale.sum(1)
        for coupling in self.couplings:
            kept, moved = even[:, ::2], even[:, 1::2]
            scale, shift = coupling(kept).float().chunk(2, 1)
            scale = torch.tanh(scale)
            moved, log_det = moved * torch.exp(scale) + shift, log_det + scale.sum(1)
            even = torch.cat([moved, kept], 1)  # the halves change places, and are mixed by the next `::2`
        return torch.cat([even, odd], 1), log_det


def _conditioner(inputs: int, outputs: int, width: int) -> nn.Sequential:
    """Return a multilayer perceptron that gives zeros at first: the flow begins as the identity."""
    last = nn.Linear(width, outputs)
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    return nn.Sequential(nn.Linear(inputs, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(), last)
