"""The chairs that encoders of pictures and points see, and the latents that they learn: made once, before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from voxview.model.autoencoder import Autoencoder
from voxview.model.layout import LATENT_SIZE
from voxview.model.picture_metrics import mean_chair
from voxview.model.symmetric import odd_numbers_of
from voxview.training.augmentation import augment
from voxview.training.batches import pack, sample_numbers, unpack

ENCODED_AT_ONCE = {"cuda": 256, "cpu": 64}
"""Chairs that are encoded at a time, by device."""

COPIES_RANK = 1_000_000
"""Stands in for a step where copies are drawn, so that no step draws from the same seed."""


class TargetsConfig(Protocol):
    """The options that targets are made with."""

    @property
    def copies(self) -> int:
        """Warped copies of each real chair."""

    @property
    def warp(self) -> float:
        """How strongly these are warped."""

    @property
    def bend(self) -> float:
        """How strongly they are bent."""

    @property
    def refine(self) -> int:
        """Refinement steps of the latents."""


@dataclass(frozen=True)
class Targets:
    """Chairs and their latents, on one device: real ones first, then their copies, then procedural ones."""

    packed: Tensor
    """`(n, 4096)` uint8."""
    latents: Tensor
    """`(n, 8, 8)` float32, of the frozen autoencoder."""
    real: int
    """How many are real chairs."""
    with_copies: int
    """How many are real chairs or copies of them."""

    def draw(self, count: int, real_share: float, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return random chairs: grids `(count, 32, 32, 32)` bool and latents `(count, 8, 8)`."""
        sizes = [self.with_copies, len(self.packed) - self.with_copies]
        (real, procedural), order = sample_numbers(sizes, count, real_share, generator)
        numbers = torch.cat([real, procedural + self.with_copies])[order]
        return unpack(self.packed[numbers]), self.latents[numbers]

    @property
    def chairs(self) -> slice:
        """The chairs that nearest ones are looked for among: the real ones, without any the procedural."""
        return slice(0, self.real) if self.real else slice(None)


def make_targets(
    autoencoder: Autoencoder,
    sources: Sequence[Tensor],
    config: TargetsConfig,
    generator: torch.Generator,
) -> Targets:
    """Return the targets of packed real and procedural chairs, `(n, 4096)` uint8 each.

    Each real chair gets `config.copies` warped copies, as an autoencoder's training warps chairs: with 5,000
    real chairs a network would learn them by heart. All are encoded, and refined by `config.refine` steps.
    """
    real, procedural = sources
    copies = [_warped(real, config, generator) for _ in range(config.copies if len(real) else 0)]
    packed = torch.cat([real, *copies, procedural])
    at_once = ENCODED_AT_ONCE[packed.device.type]
    latents = [
        autoencoder.encode_tensor(unpack(part), config.refine).float() for part in packed.split(at_once)
    ]
    return Targets(packed, torch.cat(latents), len(real), len(real) * (1 + len(copies)))


def _warped(packed: Tensor, config: TargetsConfig, generator: torch.Generator) -> Tensor:
    parts = [pack(augment(unpack(part), config.warp, generator, config.bend)) for part in packed.split(1024)]
    return torch.cat(parts)


def learnt_metric(autoencoder: Autoencoder, latents: Tensor, mean: Tensor, curvature: bool) -> Tensor:
    """Return the matrix `(64, 64)` that the loss weights a latent's error by.

    It is the decoder's mean curvature, damped (`refine.Metric`), where the weights store it and `curvature`
    is on; else the inverse variance of each number. It is scaled so that saying the mean of `latents`
    `(n, 8, 8)` for everything costs 1.
    """
    centred = latents.reshape(-1, LATENT_SIZE) - mean
    metric = autoencoder.metric
    if metric is not None and curvature:
        matrix = metric.damped
    else:
        matrix = torch.diag(1 / centred.square().mean(0).clamp(min=1e-6))
    mean_cost = ((centred @ matrix) * centred).sum(1).mean()
    return matrix / mean_cost.clamp(min=1e-3)  # of a single chair it is 0


def odd_numbers(autoencoder: Autoencoder) -> int:
    """Return how many of the last numbers of an autoencoder's latents the mirror image has negated."""
    return odd_numbers_of(autoencoder.architecture)


def training_mean(targets: Targets) -> Tensor:
    """Return the mean training chair, `(32, 32, 32)` bool."""
    packed = targets.packed[targets.chairs]
    return mean_chair(unpack(packed[:: max(1, len(packed) // 4096)]))
