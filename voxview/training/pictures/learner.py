"""All that changes during a picture encoder's run: the network, its moving average and the optimiser."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor, nn

from voxview.model.network import Network
from voxview.model.picture_network import PictureNetwork
from voxview.training.formats import mixed_precision
from voxview.training.learner import interpolate_
from voxview.training.optimisers import make_optimisers, set_rate
from voxview.training.picture_config import PictureConfig
from voxview.training.pictures.batch import PictureBatch
from voxview.training.pictures.batch_norm import (
    add_batch_norm,
    fold_batch_norm,
    running_statistics,
    start_as_identity,
)
from voxview.training.pictures.objective import picture_losses
from voxview.training.process_group import ProcessGroup
from voxview.training.state_dicts import add_prefix, optimiser_tensors, restore_optimiser, strip_prefix

MOMENTUM = 0.9
"""Of stochastic gradient descent, as in AlexNet's paper."""


class PictureLearner:
    """A picture network that learns, on one device; every process of a group has one, and they stay equal."""

    def __init__(self, config: PictureConfig, group: ProcessGroup, network: PictureNetwork) -> None:
        self._config, self._group = replace(config, device=group.device), group
        if config.batch_norm:
            add_batch_norm(network.alexnet)
        self.network = network.to(group.device)
        if self._is_channels_last:
            self.network.alexnet.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._averaged = copy.deepcopy(self.network).eval()
        self._parameters: list[Tensor] = list(self.network.parameters())
        self._learnt = self._parameters + list(running_statistics(self.network))
        self._averages = list(self._averaged.parameters()) + list(running_statistics(self._averaged))
        self._optimisers = _make_optimisers(self.network, self._config)
        compiles = config.compile and group.device != "cpu"
        self._forward = torch.compile(self.network) if compiles else self.network

    def start_from(self, pixels: Tensor) -> None:
        """Begin with what a trained network says of pictures `(n, 3, 227, 227)`, normalised anew."""
        if not self._config.batch_norm:
            return
        start_as_identity(self.network, pixels)
        self._averaged.load_state_dict(self.network.state_dict())

    @property
    def _is_channels_last(self) -> bool:
        return self._config.channels_last and self._config.device != "cpu"

    def learn(
        self, batch: PictureBatch, decoder: Network, metric: Tensor, step: int, rate: float
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Take one step; return the loss and its terms, on the device. Nothing waits for it."""
        set_rate(self._optimisers.values(), rate)
        pixels = batch.pixels
        if self._is_channels_last:
            pixels = pixels.contiguous(memory_format=torch.channels_last)
        self.network.train()
        with mixed_precision(self._config):
            output = self._forward(pixels)
        terms = picture_losses(output, batch, self.network, decoder, metric, self._config, step)
        loss = torch.stack(list(terms.values())).sum()
        self.network.zero_grad(set_to_none=True)
        loss.backward()
        if self._group.size > 1:
            self._group.average_([p.grad for p in self._parameters if p.grad is not None])
        nn.utils.clip_grad_norm_(self._parameters, self._config.clip)
        for optimiser in self._optimisers.values():
            optimiser.step()
        # The first weights are worth nothing, so the average is short at first.
        share = 1 - min(self._config.average, step / (step + 10))
        interpolate_(self._averages, self._learnt, share)
        return loss.detach(), {name: term.detach() for name, term in terms.items()}

    def result(self) -> PictureNetwork:
        """Return what is validated and written: the moving average of the weights (EMA), in plain layers."""
        network = copy.deepcopy(self._averaged)
        network.alexnet = fold_batch_norm(network.alexnet)
        return network

    def state_dict(self) -> dict[str, Tensor]:
        """Return everything that the next step depends on, as tensors by name."""
        state = add_prefix("network", self.network.state_dict())
        state |= add_prefix("averaged", self._averaged.state_dict())
        for name, optimiser in self._optimisers.items():
            state |= add_prefix(name, optimiser_tensors(optimiser))
        return state

    def load_state_dict(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `state_dict` returned."""
        self.network.load_state_dict(strip_prefix("network", tensors))
        self._averaged.load_state_dict(strip_prefix("averaged", tensors))
        for name, optimiser in self._optimisers.items():
            restore_optimiser(optimiser, strip_prefix(name, tensors))


def _make_optimisers(network: nn.Module, config: PictureConfig) -> dict[str, torch.optim.Optimizer]:
    """Return the optimisers by name; with weight decay on weights, and on no biases."""
    if config.optimiser != "sgd":
        return make_optimisers(network, config)
    groups = [
        {"params": [p for p in network.parameters() if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in network.parameters() if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return {"optimiser": torch.optim.SGD(groups, lr=config.learning_rate, momentum=MOMENTUM)}
