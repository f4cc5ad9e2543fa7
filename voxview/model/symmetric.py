"""`symmetric`: the residual network with weights that are tied so that it cannot tell left from right.

Chairs are symmetric, and blends should be. Here the mirror in x exchanges the two halves of every feature
map's channels and flips the map, and every layer commutes with it (a group-equivariant network, Cohen and
Welling 2016, for the group of two elements): the second half of a convolution's output channels has the
weights of the first half, with the input's halves exchanged and the kernel flipped in x. So only half of the
weights are stored and learnt.

Of the 64 numbers the last few are odd: the mirror image of a chair has them negated, and the others, the even
ones, unchanged. A chair that is its own mirror image has 0 there. So the blend of two symmetric chairs is
symmetric, to rounding; the odd numbers are for one armrest, and for chairs that lie half a voxel off the
centre. In inference the weights are expanded, and all of it is a plain `ResidualNetwork`.
"""

from __future__ import annotations

import copy
from operator import attrgetter

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrize

from voxview.conventions import LATENT_SIZE
from voxview.model.flow import LatentFlow
from voxview.model.mapping import LatentMapping
from voxview.model.network import Network
from voxview.model.residual import NormalisedConv, ResidualBlock, ResidualNetwork, Widths

ODD_NUMBERS = 4
"""The last numbers of the latent that the mirror negates."""

WIDTHS = Widths(kernels=(6, 4, 4))
"""Even kernels, because a strided convolution with an odd one is not symmetric on an even grid."""

LEAST_VARIANCE = 0.01
"""Added to the variance of each number that the encoder gives, before it is scaled to 1."""

MAPPING_WIDTH = 512
"""Hidden numbers of the mapping before the decoder."""

FLOW_WIDTH = 128
"""Hidden numbers of each of the flow's coupling layers."""


class SymmetricNetwork(ResidualNetwork):
    """The residual network, equivariant to the mirror in x.

    `encode(occupancy.flip(2))` is `encode(occupancy)` with the odd numbers negated, and `decode` of that is
    the mirror image.
    """

    def __init__(self, odd: int = ODD_NUMBERS, mapping: int = MAPPING_WIDTH) -> None:
        super().__init__(WIDTHS)
        # Of chairs that are symmetric to the last voxel all odd numbers are 0: without a floor, what learnt
        # from those alone would give a lopsided chair hundreds.
        self.standardise.eps = LEAST_VARIANCE
        self.odd = odd
        if mapping:
            self.mapping = LatentMapping(odd, mapping)
        self.flow = LatentFlow(odd, FLOW_WIDTH)
        # `unsafe` leaves out PyTorch's trial of each: on the meta device it would import Dynamo, and
        # that takes a second.
        for module in list(self.modules()):
            _tie(module)
        (last,) = (m for m in self.encoder if isinstance(m, nn.Linear))
        parametrize.register_parametrization(last, "weight", TiedFeatures(odd, axis=1), unsafe=True)
        parametrize.register_parametrization(last, "bias", EvenOnly(odd), unsafe=True)
        parametrize.register_parametrization(self.expand, "weight", TiedFeatures(odd, axis=0), unsafe=True)
        parametrize.register_parametrization(self.expand, "bias", TiedBias(), unsafe=True)

    def features(self, occupancy: Tensor) -> Tensor:
        """See `Network`: numbers of unit variance, even and odd."""
        x = self.encoder(occupancy).float()
        if self.training:  # with the mirror images the odd numbers' mean is 0: they are scaled, never shifted
            return self.standardise(torch.cat([x, negate_odd(x, self.odd)]))[: len(x)]
        return self.standardise(x)

    def for_inference(self) -> Network:
        """Return a plain residual network that computes the same, frozen; its weights are expanded copies."""
        with torch.device("meta"):  # no memory and no random numbers for what is replaced below
            plain = ResidualNetwork(WIDTHS)
        plain.standardise.eps = self.standardise.eps
        plain.mapping, plain.flow = copy.deepcopy(self.mapping), copy.deepcopy(self.flow)
        weights = {key: attrgetter(key)(self).detach() for key in plain.state_dict()}
        plain.load_state_dict(weights, assign=True)
        return plain.for_inference()


def odd_numbers_of(architecture: str) -> int:
    """Return how many of the last numbers of an architecture's latents the mirror image has negated.

    0 where mirror images have latents of their own.
    """
    return ODD_NUMBERS if architecture == "symmetric" else 0


def negate_odd(z: Tensor, odd: int) -> Tensor:
    """Return latents `(n, 64)` of the mirror images: the last `odd` numbers negated."""
    return torch.cat([z[:, : LATENT_SIZE - odd], -z[:, LATENT_SIZE - odd :]], 1)


def _tie(module: nn.Module) -> None:
    """Tie the weights of a module's convolutions, and the statistics of its norms."""
    if isinstance(module, NormalisedConv):
        module.norm = TiedNorm(module.conv.out_channels)
    elif isinstance(module, ResidualBlock):
        channels = module.conv1.out_channels
        module.norm1, module.norm2 = TiedNorm(channels), TiedNorm(channels)
    elif isinstance(module, nn.Conv3d | nn.ConvTranspose3d):
        outputs = 1 if isinstance(module, nn.ConvTranspose3d) else 0
        parametrize.register_parametrization(module, "weight", TiedKernel(outputs), unsafe=True)
        if module.bias is not None:
            parametrize.register_parametrization(module, "bias", Repeated(), unsafe=True)


def _copy(half: Tensor) -> Tensor:
    """Return a copy, which does not hold the whole; on the meta device there is nothing to copy.

    PyTorch would import SymPy to copy a tensor there: a second of the program's start.
    """
    return half if half.is_meta else half.clone()


class TiedKernel(nn.Module):
    """Expands half of a convolution's weights: `(o/2, i, x, y, z)` → `(o, i, x, y, z)`.

    `outputs` is the axis of the output channels, the other one that of the input channels.
    """

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.outputs = outputs

    def forward(self, half: Tensor) -> Tensor:
        inputs = 1 - self.outputs
        mirrored = half.roll(half.shape[inputs] // 2, inputs).flip(2)
        weight = torch.cat([half, mirrored], self.outputs)
        if half.stride(1) == 1:  # channels innermost, as the maps are then to be; the mirror lost that
            weight = weight.contiguous(memory_format=torch.channels_last_3d)
        return weight

    def right_inverse(self, weight: Tensor) -> Tensor:
        return _copy(weight.narrow(self.outputs, 0, weight.shape[self.outputs] // 2))


class TiedFeatures(nn.Module):
    """Expands half of a linear layer between latents and feature maps `(c, 4, 4, 4)`, flat along `axis`."""

    def __init__(self, odd: int, axis: int) -> None:
        super().__init__()
        self.odd, self.axis = odd, axis

    def forward(self, half: Tensor) -> Tensor:
        flipped = half.unflatten(self.axis, (-1, 4, 16)).flip(self.axis + 1).flatten(self.axis, self.axis + 2)
        even, odd = flipped.split([LATENT_SIZE - self.odd, self.odd], 1 - self.axis)
        return torch.cat([half, torch.cat([even, -odd], 1 - self.axis)], self.axis)

    def right_inverse(self, weight: Tensor) -> Tensor:
        return _copy(weight.narrow(self.axis, 0, weight.shape[self.axis] // 2))


class TiedBias(nn.Module):
    """Expands half of a bias of feature maps `(c, 4, 4, 4)`, flat."""

    def forward(self, half: Tensor) -> Tensor:
        return torch.cat([half, half.unflatten(0, (-1, 4, 16)).flip(1).flatten()])

    def right_inverse(self, bias: Tensor) -> Tensor:
        return _copy(bias[: len(bias) // 2])


class Repeated(nn.Module):
    """Expands half of a bias, one number a channel."""

    def forward(self, half: Tensor) -> Tensor:
        return torch.cat([half, half])

    def right_inverse(self, bias: Tensor) -> Tensor:
        return _copy(bias[: len(bias) // 2])


class EvenOnly(nn.Module):
    """Expands a bias of the even numbers: the odd ones have none."""

    def __init__(self, odd: int) -> None:
        super().__init__()
        self.odd = odd

    def forward(self, even: Tensor) -> Tensor:
        return F.pad(even, (0, self.odd))

    def right_inverse(self, bias: Tensor) -> Tensor:
        return _copy(bias[: len(bias) - self.odd])


class TiedNorm(nn.Module):
    """Batch normalisation whose two halves of channels share statistics, scale and shift.

    The halves go into the library's norm as if they were twice the batch, without a copy in either memory
    format.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(channels // 2)

    def forward(self, x: Tensor) -> Tensor:
        channels = x.shape[1] // 2
        if x.is_contiguous():
            return self.norm(x.reshape(2 * len(x), channels, -1)).reshape(x.shape)
        last = x.movedim(1, -1)  # (n, d, h, w, c)
        return self.norm(last.reshape(-1, channels)).reshape(last.shape).movedim(-1, 1)

    @property
    def weight(self) -> Tensor:
        """The scale of each channel, `(c,)`; this and the rest by the names of a plain norm."""
        return self.norm.weight.repeat(2)

    @property
    def bias(self) -> Tensor:
        """The shift of each channel, `(c,)`."""
        return self.norm.bias.repeat(2)

    @property
    def running_mean(self) -> Tensor:
        """The mean of each channel, `(c,)`."""
        return _present(self.norm.running_mean).repeat(2)

    @property
    def running_var(self) -> Tensor:
        """The variance of each channel, `(c,)`."""
        return _present(self.norm.running_var).repeat(2)

    @property
    def num_batches_tracked(self) -> Tensor:
        """The number of training steps."""
        return _present(self.norm.num_batches_tracked)


def _present(statistic: Tensor | None) -> Tensor:
    assert statistic is not None  # the norm tracks its statistics
    return statistic
