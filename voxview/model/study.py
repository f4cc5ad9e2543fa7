"""`study`: the network in Table 1 of Jahan (2018), 0.17 million parameters, as a baseline.

32³×1 → 16³×32 → 8³×16 → 2³×8 with 5³ kernels, and a mirrored decoder; the 2×2×2×8 bottleneck is the latent.
Its weights come from a full training, not from the study's 5 epochs on 50 chairs.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from voxview.model.layout import to_features, to_matrix
from voxview.model.network import Network


class StudyNetwork(Network):
    """Three strided convolutions to the latent, three transposed convolutions back."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.ModuleList(
            [
                nn.Conv3d(1, 32, 5, stride=2, padding=2),
                nn.Conv3d(32, 16, 5, stride=2, padding=2),
                nn.Conv3d(16, 8, 5, stride=4, padding=1),
            ]
        )
        self.decoder = nn.ModuleList(
            [
                nn.ConvTranspose3d(8, 16, 5, stride=4, padding=1, output_padding=1),
                nn.ConvTranspose3d(16, 32, 5, stride=2, padding=2, output_padding=1),
                nn.ConvTranspose3d(32, 1, 5, stride=2, padding=2, output_padding=1),
            ]
        )

    def encode(self, occupancy: Tensor) -> Tensor:
        """Encode occupancy `(n, 1, 32, 32, 32)` to latents `(n, 8, 8)`."""
        x = F.relu(self.encoder[0](occupancy))  # (n, 32, 16, 16, 16)
        x = F.relu(self.encoder[1](x))  # (n, 16, 8, 8, 8)
        return to_matrix(self.encoder[2](x))  # (n, 8, 2, 2, 2) → (n, 8, 8)

    def decode(self, z: Tensor) -> Tensor:
        """Decode latents `(n, 8, 8)` to logits `(n, 1, 32, 32, 32)`."""
        x = F.relu(self.decoder[0](to_features(z)))  # (n, 16, 8, 8, 8)
        x = F.relu(self.decoder[1](x))  # (n, 32, 16, 16, 16)
        return self.decoder[2](x)  # (n, 1, 32, 32, 32)
