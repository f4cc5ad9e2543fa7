"""What an architecture is: an encoder to 8×8 numbers and a decoder back, behind one interface."""

from __future__ import annotations

from abc import abstractmethod

from torch import Tensor, nn


class Network(nn.Module):
    """An autoencoder's network; occupancy and logits are `(n, 1, 32, 32, 32)`, latents `(n, 8, 8)`."""

    @abstractmethod
    def encode(self, occupancy: Tensor) -> Tensor:
        """Occupancy, 0 or 1 → latents."""

    @abstractmethod
    def decode(self, z: Tensor) -> Tensor:
        """Latents → logits: a voxel is occupied where they are positive."""

    def forward(self, occupancy: Tensor) -> Tensor:
        """Reconstruct: occupancy → logits."""
        return self.decode(self.encode(occupancy))

    def prepare_for_inference(self) -> None:
        """Stop learning, for good: what only training needs may be folded away."""
        self.eval()
        self.requires_grad_(False)
