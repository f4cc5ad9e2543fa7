"""The optimisers of a network's parameters."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

from voxview.training.configs import Config
from voxview.training.muon import Muon


def make_optimisers(network: nn.Module, config: Config) -> dict[str, torch.optim.Optimizer]:
    """Return AdamW by the name `optimiser` and, if it is the config's, Muon by the name `muon`.

    Muon has the kernels of convolutions. Weight decay is on these and on matrices, none on biases and
    normalisations.
    """
    kernels = [p for p in network.parameters() if p.ndim > 2 and config.optimiser == "muon"]
    matrices = [p for p in network.parameters() if p.ndim > 1 and not (kernels and p.ndim > 2)]
    groups = [
        {"params": matrices, "weight_decay": config.weight_decay},
        {"params": [p for p in network.parameters() if p.ndim <= 1], "weight_decay": 0.0},
    ]
    adam = torch.optim.AdamW(groups, lr=_rate(config), betas=(0.9, 0.98), **on_device(config))
    if not kernels:
        return {"optimiser": adam}
    return {"optimiser": adam, "muon": Muon(kernels, _rate(config), config.weight_decay)}


def on_device(config: Config) -> dict[str, bool]:
    """Return options of PyTorch's Adam: on a GPU one kernel for all, and nothing on the host."""
    on_gpu = config.device != "cpu"
    return {"fused": on_gpu, "capturable": on_gpu}


def set_rate(optimisers: Iterable[torch.optim.Optimizer], rate: float) -> None:
    """Set the learning rate of all parameters."""
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            if isinstance(group["lr"], torch.Tensor):
                group["lr"].fill_(rate)
            else:
                group["lr"] = rate


def _rate(config: Config) -> float | torch.Tensor:
    """Return the learning rate; on a GPU in its memory, where a CUDA graph reads it."""
    rate = config.learning_rate
    return rate if config.device == "cpu" else torch.tensor(rate, device=config.device)
