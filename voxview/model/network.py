"""The interface of an architecture: an encoder to an 8×8 latent, and a decoder."""

from __future__ import annotations

from abc import abstractmethod

from torch import Tensor, nn

from voxview.conventions import LATENT_SHAPE


class Network(nn.Module):
    """Base class of the networks; occupancy and logits are `(n, 1, 32, 32, 32)`, latents `(n, 8, 8)`."""

    @abstractmethod
    def encode(self, occupancy: Tensor) -> Tensor:
        """Encode occupancy `(n, 1, 32, 32, 32)`, 0 or 1, to latents `(n, 8, 8)`."""

    def features(self, occupancy: Tensor) -> Tensor:
        """Encode occupancy `(n, 1, 32, 32, 32)` to the numbers `(n, 64)` that latents are made of."""
        return self.encode(occupancy).flatten(1)

    def latents(self, features: Tensor) -> Tensor:
        """Return the latents `(n, 8, 8)` of what `features` returned."""
        return features.reshape(-1, *LATENT_SHAPE)

    @abstractmethod
    def decode(self, z: Tensor) -> Tensor:
        """Decode latents `(n, 8, 8)` to logits `(n, 1, 32, 32, 32)`: a voxel is occupied where positive."""

    def forward(self, occupancy: Tensor) -> Tensor:
        """Reconstruct: occupancy `(n, 1, 32, 32, 32)` → logits of the same shape."""
        return self.decode(self.encode(occupancy))

    def for_inference(self) -> Network:
        """Return a frozen network that computes the same in fewer operations: this one, or one made of it."""
        self.eval()
        return self.requires_grad_(False)
