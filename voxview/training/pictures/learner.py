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
from voxview.training.pictures.objective import picture_losses
from voxview.training.process_group import ProcessGroup
from voxview.training.state_dicts import add_prefix, optimiser_tensors, restore_optimiser, strip_prefix

MOMENTUM = 0.9
"""Of stochastic gradient descent, as in AlexNet's paper."""


class PictureLearner:
    """A picture network that learns, on one device; every process of a group has one, and they stay equal."""

    def __init__(self, config: PictureConfig, group: ProcessGroup, network: PictureNetwork) -> None:
        self._config, self._group = replace(config, device=group.device), group
        self.network = network.to(group.device)
        if self._is_channels_last:
            self.network.alexnet.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._averaged = copy.deepcopy(self.network).eval()
        self._averages: list[Tensor] = list(self._averaged.parameters())
        self._parameters: list[Tensor] = list(self.network.parameters())
        self._optimiser = _make_optimiser(self.network, self._config)
        compiles = config.compile and group.device != "cpu"
        self._forward = torch.compile(self.network) if compiles else self.network

    @property
    def _is_channels_last(self) -> bool:
        return self._config.channels_last and self._config.device != "cpu"

    def learn(
        self, batch: PictureBatch, decoder: Network, metric: Tensor, step: int, rate: float
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Take one step; return the loss and its terms, on the device. Nothing waits for it."""
        set_rate([self._optimiser], rate)
        pixels = batch.pixels
        if self._is_channels_last:
            pixels = pixels.contiguous(memory_format=torch.channels_last)
        self.network.train()
        with mixed_precision(self._config):
            output = self._forward(pixels)
        terms = picture_losses(output, batch, self.network, decoder, metric, self._config)
        loss = torch.stack(list(terms.values())).sum()
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        if self._group.size > 1:
            self._group.average_([p.grad for p in self._parameters if p.grad is not None])
        nn.utils.clip_grad_norm_(self._parameters, self._config.clip)
        self._optimiser.step()
        # The first weights are worth nothing, so the average is short at first.
        share = 1 - min(self._config.average, step / (step + 10))
        interpolate_(self._averages, self._parameters, share)
        return loss.detach(), {name: term.detach() for name, term in terms.items()}

    def result(self) -> PictureNetwork:
        """Return the network that is validated and written: the moving average of the weights (EMA)."""
        return self._averaged

    def state_dict(self) -> dict[str, Tensor]:
        """Return everything that the next step depends on, as tensors by name."""
        state = add_prefix("network", self.network.state_dict())
        state |= add_prefix("averaged", self._averaged.state_dict())
        return state | add_prefix("optimiser", optimiser_tensors(self._optimiser))

    def load_state_dict(self, tensors: Mapping[str, Tensor]) -> None:
        """Load what `state_dict` returned."""
        self.network.load_state_dict(strip_prefix("network", tensors))
        self._averaged.load_state_dict(strip_prefix("averaged", tensors))
        restore_optimiser(self._optimiser, strip_prefix("optimiser", tensors))


def _make_optimiser(network: nn.Module, config: PictureConfig) -> torch.optim.Optimizer:
    """Return AdamW, or stochastic gradient descent; weight decay is on weights, and on no biases."""
    if config.optimiser == "adamw":
        return make_optimisers(network, config)["optimiser"]
    groups = [
        {"params": [p for p in network.parameters() if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in network.parameters() if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.SGD(groups, lr=config.learning_rate, momentum=MOMENTUM)
