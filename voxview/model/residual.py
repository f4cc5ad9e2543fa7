"""`voxview`: our own architecture, a residual network with a decoder light enough for two CPU cores.

The encoder may be slow, since it runs twice a pair; the decoder runs at every slider move. So it works at 4³,
8³ and 16³ only, and each voxel of the 16³ level holds the eight voxels of the 32³ field below it in its
channels ("pixel shuffle", Shi et al. 2016, in three dimensions). The linear layers on both sides of the
bottleneck let each of the 64 numbers influence the whole chair.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from voxview.conventions import LATENT_SHAPE, LATENT_SIZE
from voxview.model.block_convolution import convolve_blocks
from voxview.model.network import Network


@dataclass(frozen=True)
class Widths:
    """Sizes of a residual network: channels, and kernels of the strided convolutions."""

    encoder: tuple[int, int, int] = (48, 128, 192)
    """Channels of the encoder at 16³, 8³ and 4³."""
    kernels: tuple[int, int, int] = (5, 3, 3)
    """Sizes of the kernels that lead there from 32³, with stride 2."""
    decoder: tuple[int, int, int] = (192, 96, 32)
    """Channels of the decoder at 4³, 8³ and 16³: the last ones dominate the cost of a slider move."""


class ResidualNetwork(Network):
    """Residual encoder → 64 numbers of unit variance → light residual decoder."""

    def __init__(self, widths: Widths | None = None) -> None:
        super().__init__()
        widths = widths or Widths()
        (e16, e8, e4), (k16, k8, k4), (d4, d8, d16) = widths.encoder, widths.kernels, widths.decoder
        self.encoder = nn.Sequential(
            NormalisedConv(1, e16, k16, stride=2),  # (n, 48, 16, 16, 16)
            ResidualBlock(e16),
            NormalisedConv(e16, e8, k8, stride=2),  # (n, 128, 8, 8, 8)
            ResidualBlock(e8),
            NormalisedConv(e8, e4, k4, stride=2),  # (n, 192, 4, 4, 4)
            ResidualBlock(e4),
            ResidualBlock(e4),
            nn.Flatten(),
            nn.Linear(e4 * 4**3, LATENT_SIZE),  # (n, 64)
        )
        # Unit variance makes distances in the latent space comparable, and noise in training meaningful.
        self.standardise = nn.BatchNorm1d(LATENT_SIZE, affine=False)
        self.flow: nn.Module = nn.Identity()  # of numbers (n, 64), after the encoder
        self.mapping: nn.Module = nn.Identity()  # of latents (n, 64), before the decoder
        self.expand = nn.Linear(LATENT_SIZE, d4 * 4**3)
        self.decoder = nn.Sequential(
            ResidualBlock(d4),
            ResidualBlock(d4),
            Upsample(d4, d8),  # (n, 96, 8, 8, 8)
            ResidualBlock(d8),
            Upsample(d8, d16),  # (n, 32, 16, 16, 16)
            ResidualBlock(d16),
            Conv3d(d16, 8, 3, padding=1),  # (n, 8, 16, 16, 16)
        )

    def encode(self, occupancy: Tensor) -> Tensor:
        """Encode occupancy `(n, 1, 32, 32, 32)` to latents `(n, 8, 8)`."""
        return self.latents(self.features(occupancy))

    def features(self, occupancy: Tensor) -> Tensor:
        """See `Network`: numbers of unit variance."""
        return self.standardise(self.encoder(occupancy))

    def latents(self, features: Tensor) -> Tensor:
        """See `Network`."""
        return self.flow(features).reshape(-1, *LATENT_SHAPE)

    def decode(self, z: Tensor) -> Tensor:
        """Decode latents `(n, 8, 8)` to logits `(n, 1, 32, 32, 32)`."""
        x = F.silu(self.expand(self.mapping(z.reshape(-1, LATENT_SIZE))))  # (n, 12288)
        x = self.decoder(x.unflatten(1, (-1, 4, 4, 4)))  # (n, 192, 4, 4, 4) → (n, 8, 16, 16, 16)
        return shuffle_up(x)  # (n, 1, 32, 32, 32)

    def for_inference(self) -> Network:
        """Fold each normalisation into its convolution: the same function in fewer passes over memory."""
        super().for_inference()
        for module in self.modules():
            if isinstance(module, NormalisedConv | ResidualBlock):
                module.fold()
        return self


class Conv3d(nn.Conv3d):
    """A convolution that is fast for a batch of one on the CPU, too: that is what the slider decodes.

    PyTorch itself uses oneDNN for batches of two and more only, and takes twice as long for one. The first of
    an encoder is computed in blocks where a GPU learns.
    """

    def forward(self, x: Tensor) -> Tensor:
        in_blocks = self.in_channels == 1 and self.stride[0] == 2 and self.kernel_size[0] % 2 == 0
        if in_blocks and x.is_cuda and torch.is_grad_enabled():
            return convolve_blocks(x, self.weight, self.bias, int(self.padding[0]))
        alone = len(x) == 1 and x.device.type == "cpu" and x.dtype == torch.float32
        if alone and not torch.is_grad_enabled() and torch.backends.mkldnn.is_available():
            return torch.ops.aten.mkldnn_convolution(
                x, self.weight, self.bias, self.padding, self.stride, self.dilation, self.groups
            )
        return super().forward(x)


class NormalisedConv(nn.Module):
    """Convolution, batch normalisation, SiLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = Conv3d(inputs, outputs, kernel, stride, padding=(kernel - 1) // 2, bias=False)
        self.norm: nn.Module = nn.BatchNorm3d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        return F.silu(self.norm(self.conv(x)), inplace=True)

    def fold(self) -> None:
        self.conv, self.norm = _folded(self.conv, self.norm), nn.Identity()


class ResidualBlock(nn.Module):
    """Two normalised 3³ convolutions with a skip connection (He et al. 2016)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = Conv3d(channels, channels, 3, padding=1, bias=False)
        self.norm1: nn.Module = nn.BatchNorm3d(channels)
        self.conv2 = Conv3d(channels, channels, 3, padding=1, bias=False)
        self.norm2: nn.Module = nn.BatchNorm3d(channels)

    def forward(self, x: Tensor) -> Tensor:
        y = F.silu(self.norm1(self.conv1(x)), inplace=True)
        return F.silu(x + self.norm2(self.conv2(y)), inplace=True)

    def fold(self) -> None:
        self.conv1, self.norm1 = _folded(self.conv1, self.norm1), nn.Identity()
        self.conv2, self.norm2 = _folded(self.conv2, self.norm2), nn.Identity()


class Upsample(nn.Module):
    """Twice the resolution: a transposed convolution that neither overlaps nor leaves gaps."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.ConvTranspose3d(inputs, outputs, 2, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        return F.silu(self.conv(x), inplace=True)


def _folded(conv: Conv3d, norm: nn.Module) -> Conv3d:
    assert isinstance(norm, nn.BatchNorm3d)
    return fuse_conv_bn_eval(conv, norm)


def shuffle_up(x: Tensor) -> Tensor:
    """Rearrange eight channels to 2×2×2 voxels: `(n, 8, 16, 16, 16)` → `(n, 1, 32, 32, 32)`."""
    n, _, d, h, w = x.shape
    x = x.reshape(n, 2, 2, 2, d, h, w).permute(0, 4, 1, 5, 2, 6, 3)  # (n, 16, 2, 16, 2, 16, 2)
    return x.reshape(n, 1, 2 * d, 2 * h, 2 * w)
