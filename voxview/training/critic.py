"""Adversarial losses: critics that learn to tell blends from chairs, decoded and as latents.

A decoder that gets blends that are distributed as chairs are would decode chairs. So a second critic looks
at the latents themselves, and there the encoder gives way: it spreads chairs so that their blends fall among
them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrize

from voxview.conventions import LATENT_SIZE
from voxview.model.block_convolution import BlockConv3d
from voxview.training.config import TrainConfig
from voxview.training.formats import mixed_precision, to_format
from voxview.training.optimisers import on_device
from voxview.training.state_dicts import add_prefix, optimiser_tensors, restore_optimiser, strip_prefix


class Critic(nn.Module):
    """Scores fields: high for what looks like a decoded chair, low for a decoded blend."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        norm = nn.utils.parametrizations.spectral_norm
        self.layers = nn.Sequential(
            norm(BlockConv3d(1, width, 4, 2, 1)),  # (n, 32, 16, 16, 16)
            nn.LeakyReLU(0.2),
            norm(nn.Conv3d(width, 2 * width, 4, 2, 1)),  # (n, 64, 8, 8, 8)
            nn.LeakyReLU(0.2),
            norm(nn.Conv3d(2 * width, 4 * width, 4, 2, 1)),  # (n, 128, 4, 4, 4)
            nn.LeakyReLU(0.2),
            norm(nn.Conv3d(4 * width, 1, 4)),  # (n, 1, 1, 1, 1)
        )

    def forward(self, p: Tensor) -> Tensor:
        """Return the scores `(n,)` of fields `(n, 1, 32, 32, 32)`."""
        return self.layers(p).flatten()


class LatentCritic(nn.Module):
    """Scores latents `(n, 8, 8)`, whatever their length: blends are shorter than chairs, as means are."""

    def __init__(self, width: int = 256) -> None:
        super().__init__()
        norm = nn.utils.parametrizations.spectral_norm
        self.layers = nn.Sequential(
            norm(nn.Linear(LATENT_SIZE, width)),
            nn.LeakyReLU(0.2),
            norm(nn.Linear(width, width)),
            nn.LeakyReLU(0.2),
            norm(nn.Linear(width, 1)),
        )

    def forward(self, z: Tensor) -> Tensor:
        """Return the scores `(n,)` of latents `(n, 8, 8)`."""
        return self.layers(F.normalize(z.flatten(1), dim=1) * LATENT_SIZE**0.5).flatten()


class Adversary:
    """A critic with its optimiser, and the hinge losses of both sides (Lim and Ye 2017, arXiv:1705.02894).

    It takes one step for each step of the network.
    """

    def __init__(self, critic: nn.Module, config: TrainConfig) -> None:
        self.critic = critic.to(config.device)
        to_format(self.critic, config)
        self._config = config
        self._optimiser = torch.optim.Adam(
            self.critic.parameters(), lr=4e-4, betas=(0.5, 0.9), **on_device(config)
        )

    def backward(self, chairs: Tensor, blends: Tensor) -> None:
        """Compute the critic's gradients on what it scores of chairs and of blends; both detached."""
        with self._mixed_precision():
            of_chairs, of_blends = self.critic(chairs).float(), self.critic(blends).float()
        loss = F.relu(1 - of_chairs).mean() + F.relu(1 + of_blends).mean()
        self.critic.zero_grad(set_to_none=True)
        loss.backward()

    def step(self) -> None:
        """Take one step of the critic with these gradients."""
        self._optimiser.step()

    def adversarial_loss(self, blends: Tensor, chairs: Tensor | None = None) -> Tensor:
        """Return minus the critic's mean score of blends, plus that of chairs, if given: a scalar.

        Its gradient goes into what is scored, and not into the critic.
        """
        for parameter in self.critic.parameters():
            parameter.requires_grad_(False)
        with self._mixed_precision():
            loss = -self.critic(blends).float().mean()
            if chairs is not None:
                loss = loss + self.critic(chairs).float().mean()
        for parameter in self.critic.parameters():
            parameter.requires_grad_(True)
        return loss

    @contextmanager
    def _mixed_precision(self) -> Iterator[None]:
        """Let the critic score in mixed precision; its weights' spectral norms are found once, in fp32."""
        with parametrize.cached():
            for module in self.critic.modules():
                if parametrize.is_parametrized(module, "weight"):
                    _ = module.weight  # into the cache
            with mixed_precision(self._config):
                yield

    def state_dict(self) -> dict[str, Tensor]:
        """Return everything that a resumed run needs, as tensors by name."""
        critic = add_prefix("critic", self.critic.state_dict())
        return critic | add_prefix("optimiser", optimiser_tensors(self._optimiser))

    def load_state_dict(self, tensors: dict[str, Tensor]) -> None:
        """Load what `state_dict` returned."""
        self.critic.load_state_dict(strip_prefix("critic", tensors))
        restore_optimiser(self._optimiser, strip_prefix("optimiser", tensors))
