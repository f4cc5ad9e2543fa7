"""The arithmetic and the memory format of a run, as its options choose them."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from voxview.training.config import TrainConfig
from voxview.training.configs import Config


def mixed_precision(config: Config) -> torch.autocast:
    """Return a context with matrix products and convolutions in bf16, on a GPU and if configured."""
    kind = torch.device(config.device).type
    return torch.autocast(kind, torch.bfloat16, enabled=config.precision == "bf16" and kind == "cuda")


def memory_format(config: TrainConfig) -> torch.memory_format:
    """Return the format of feature maps: on a GPU the channels innermost, if configured."""
    inner = config.channels_last and config.device != "cpu"
    return torch.channels_last_3d if inner else torch.contiguous_format


def as_maps(grids: Tensor, config: TrainConfig) -> Tensor:
    """Return grids `(n, 32, 32, 32)` as feature maps `(n, 1, 32, 32, 32)` float, in the run's memory format.

    With one channel both formats are the same memory; only the strides tell the convolutions which it is.
    """
    maps = torch.empty(grids[:, None].shape, device=grids.device, memory_format=memory_format(config))
    return maps.copy_(grids[:, None])


def to_format(module: nn.Module, config: TrainConfig) -> None:
    """Bring a module's weights into the run's memory format, in place."""
    module.to(memory_format=memory_format(config))  # type: ignore[call-overload]
