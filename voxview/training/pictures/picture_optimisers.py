"""The optimisers of a picture encoder."""

from __future__ import annotations

import torch
from torch import nn

from voxview.training.optimisers import make_optimisers
from voxview.training.picture_config import PictureConfig

MOMENTUM = 0.9
"""Of stochastic gradient descent, as in AlexNet's paper."""


def make_picture_optimisers(network: nn.Module, config: PictureConfig) -> dict[str, torch.optim.Optimizer]:
    """Return the optimisers by name; with weight decay on weights, and on no biases."""
    if config.optimiser != "sgd":
        return make_optimisers(network, config)
    groups = [
        {"params": [p for p in network.parameters() if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in network.parameters() if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return {"optimiser": torch.optim.SGD(groups, lr=config.learning_rate, momentum=MOMENTUM)}
