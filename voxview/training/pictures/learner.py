"""All that changes during a picture encoder's run: the network, its moving average and the optimiser."""

from __future__ import annotations

import copy
from dataclasses import replace

import torch
from torch import Tensor

from voxview.model.network import Network
from voxview.model.picture_network import PictureNetwork
from voxview.training.averaged_learner import AveragedLearner
from voxview.training.formats import mixed_precision
from voxview.training.picture_config import PictureConfig
from voxview.training.pictures.batch import PictureBatch
from voxview.training.pictures.batch_norm import add_batch_norm, fold_batch_norm, start_as_identity
from voxview.training.pictures.objective import picture_losses
from voxview.training.pictures.picture_optimisers import make_picture_optimisers
from voxview.training.process_group import ProcessGroup


class PictureLearner:
    """A picture network that learns, on one device; every process of a group has one, and they stay equal."""

    def __init__(self, config: PictureConfig, group: ProcessGroup, network: PictureNetwork) -> None:
        self._config = replace(config, device=group.device)
        if config.batch_norm:
            add_batch_norm(network.layers)
        self.network = network.to(group.device)
        if self._is_channels_last:
            self.network.layers.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        optimisers = make_picture_optimisers(self.network, self._config)
        self._learner = AveragedLearner(
            self.network, optimisers, group, clip=config.clip, average=config.average
        )
        compiles = config.compile and group.device != "cpu"
        self._forward = torch.compile(self.network) if compiles else self.network
        self.state_dict = self._learner.state_dict
        self.load_state_dict = self._learner.load_state_dict

    def start_from(self, pixels: Tensor) -> None:
        """Begin with what a trained network says of pictures `(n, 3, 227, 227)`, normalised anew."""
        if not self._config.batch_norm:
            return
        start_as_identity(self.network, pixels)
        self._learner.restart_average()

    @property
    def _is_channels_last(self) -> bool:
        return self._config.channels_last and self._config.device != "cpu"

    def learn(
        self, batch: PictureBatch, decoder: Network, metric: Tensor, step: int, rate: float
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Take one step; return the loss and its terms, on the device. Nothing waits for it."""
        pixels = batch.pixels
        if self._is_channels_last:
            pixels = pixels.contiguous(memory_format=torch.channels_last)

        def losses() -> dict[str, Tensor]:
            with mixed_precision(self._config):
                output = self._forward(pixels)
            return picture_losses(output, batch, self.network, decoder, metric, self._config, step)

        return self._learner.learn(losses, step, rate)

    def result(self) -> PictureNetwork:
        """Return what is validated and written: the moving average of the weights (EMA), in plain layers."""
        network = copy.deepcopy(self._learner.result())
        setattr(network, network.encoder, fold_batch_norm(network.layers))
        return network
