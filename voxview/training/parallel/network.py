"""AlexNet's forward passes where its layers are split over processes."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from voxview.conventions import LATENT_SIZE
from voxview.model.alexnet import AlexNet
from voxview.model.picture_network import VIEW_SIZE, PictureNetwork, PictureOutput
from voxview.training.formats import mixed_precision
from voxview.training.parallel.collectives import Traffic, gather_units, scatter_examples
from voxview.training.parallel.deferred_weights import DeferredWeights
from voxview.training.parallel.keyed_dropout import keyed_dropout
from voxview.training.parallel.mesh import Mesh
from voxview.training.parallel.schemes import MODEL
from voxview.training.picture_config import PictureConfig

CONVOLUTIONS = ("conv1", "conv2", "conv3", "conv4", "conv5")
GROUPED = ("conv2", "conv4", "conv5")


class ParallelNetwork:
    """Forward passes over this process's shards of a `PictureNetwork`; all processes call them together."""

    def __init__(self, network: PictureNetwork, config: PictureConfig, mesh: Mesh, traffic: Traffic) -> None:
        self.network, self._config, self._mesh, self._traffic = network, config, mesh, traffic
        self._scheme = scheme = config.parallel
        self.alexnet: AlexNet = network.alexnet
        if scheme == MODEL and mesh.shards.size > 1:
            for name in GROUPED:
                _convolution(self.alexnet, name).groups = 1  # a part of the channels lies within one group

    def features(self, pixels: Tensor) -> Tensor:
        """Return the convolutions' features `(n, 9216)` of pictures `(n, 3, 227, 227)` in [0, 1]."""
        with mixed_precision(self._config):
            return self._features(pixels)

    def _features(self, pixels: Tensor) -> Tensor:
        network = self.network
        x = (pixels - network.colour_mean[:, None, None]) / network.colour_scale[:, None, None]
        if self._scheme != MODEL or self._mesh.shards.size == 1:
            return self.alexnet.features(x).flatten(1)
        for name in CONVOLUTIONS:
            x = self._split_convolution(name, x)
        return x.flatten(1)

    def _split_convolution(self, name: str, x: Tensor) -> Tensor:
        """Return a layer's maps with all channels, of which each process computes a part."""
        shards, groups = self._mesh.shards, self.alexnet.groups
        if name in GROUPED and groups > 1:
            own = shards.rank * groups // shards.size
            inputs = _convolution(self.alexnet, name).weight.shape[1]  # of one group
            x = x.narrow(1, own * inputs, inputs)
        x = F.relu(getattr(self.alexnet, name)(x))
        if name == "conv5":  # pooled before it is sent: a quarter of the numbers
            x = F.max_pool2d(x, 3, 2)
        x = gather_units(x, shards, "feature maps", self._traffic)
        if name in ("conv1", "conv2"):  # the normalisation looks at neighbouring channels
            x = F.max_pool2d(self.alexnet.norm(x), 3, 2)
        return x

    def outputs(
        self,
        features: Tensor,
        examples: Tensor,
        key: int | Tensor,
        deferred: DeferredWeights | None = None,
    ) -> PictureOutput:
        """Return the outputs for this process's own examples of those that were gathered.

        `features` `(n, 9216)` are of all processes that share the shards, by rank; `examples` `(n,)` are
        their numbers in the whole batch, and `key` is the step's, which dropout is drawn by. Weights that
        are `deferred` get no gradient from the backward pass.
        """
        with mixed_precision(self._config):
            numbers, hidden = self._last_layers(features, examples, key, deferred)
            return self.as_output(numbers, hidden)

    def as_output(self, numbers: Tensor, hidden: Tensor) -> PictureOutput:
        """Return the last layer's numbers `(n, 67)` by their names."""
        standardised, view = numbers.split([LATENT_SIZE, VIEW_SIZE], 1)
        return PictureOutput(standardised, view, hidden)

    def _last_layers(
        self, features: Tensor, examples: Tensor, key: int | Tensor, deferred: DeferredWeights | None
    ) -> tuple[Tensor, Tensor]:
        """Return the outputs of this process's examples, and the last hidden layer of all."""
        shards, traffic, alexnet = self._mesh.shards, self._traffic, self.alexnet
        linear = deferred.linear if deferred else F.linear
        x = _fully_connected(alexnet.fc6, features, linear)  # (n, hidden / N)
        x = self._dropped(F.relu(x), examples, 2 * key)
        x = gather_units(x, shards, "hidden numbers", traffic)
        x = F.relu(_fully_connected(alexnet.fc7, x, linear))
        last = self._dropped(x, examples, 2 * key + 1)
        partial = linear(last, alexnet.fc8.weight)  # (n, 67), a sum over the processes
        return scatter_examples(partial.float(), shards, "outputs", traffic) + alexnet.fc8.bias, x

    def _dropped(self, x: Tensor, examples: Tensor, key: int | Tensor) -> Tensor:
        alexnet = self.alexnet
        first = self._mesh.shards.rank * x.shape[1]
        return keyed_dropout(x, alexnet.dropout.p, key, examples, first, alexnet.hidden)

    def parameters_of(self, prefix: str) -> list[nn.Parameter]:
        """Return the parameters of the layers whose names begin so: `conv` or `fc`."""
        return [p for name, p in self.alexnet.named_parameters() if name.startswith(prefix)]


def _fully_connected(layer: nn.Module, x: Tensor, linear: Callable[..., Tensor]) -> Tensor:
    """Return x through a fully connected layer, which may have a normalisation behind it."""
    first, *rest = layer if isinstance(layer, nn.Sequential) else (layer,)
    assert isinstance(first, nn.Linear)
    x = linear(x, first.weight, first.bias)
    for module in rest:
        x = module(x)
    return x


def example_numbers(mesh: Mesh, own: int, start: int, count: int, device: torch.device) -> Tensor:
    """Return which examples of the whole batch are gathered, by rank: int64 `(shards · count,)`.

    Each process has `own` of them, and gives the `count` from `start` on.
    """
    first = mesh.world.rank - mesh.shards.rank  # of the processes that share the shards
    ranks = torch.arange(first, first + mesh.shards.size, device=device)
    return (ranks[:, None] * own + start + torch.arange(count, device=device)).flatten()


def _convolution(alexnet: AlexNet, name: str) -> nn.Conv2d:
    layer = getattr(alexnet, name)
    found = layer[0] if isinstance(layer, nn.Sequential) else layer
    assert isinstance(found, nn.Conv2d)
    return found
