"""What training asks of a network: chairs that come back, and blends that look like chairs.

The loss is the binary cross-entropy of each voxel plus one minus the soft intersection over union, which
is what is measured in the end; thin legs are few voxels, and the cross-entropy alone lets them go. What
is asked of blends stands in `blending.py` and `mending.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from voxview.model.blending import Critic, blend_pairs, validity
from voxview.model.checkpoint import optimiser_tensors, prefixed, restore_optimiser, under
from voxview.model.config import TrainConfig
from voxview.model.mending import LOOKED_AT, mending_loss
from voxview.model.network import Network

MENDING_GROWS = 1_500
"""Steps until broken blends count in full, from random weights: first there must be chairs."""


@dataclass(frozen=True)
class Asked:
    """What one step was asked, for the log and for the critic; nothing in it has a gradient."""

    parts: dict[str, Tensor]
    """The terms of the loss by name, with their weights: they add up to it."""
    p: Tensor
    """Decoded chairs, probabilities `(n, 1, 32, 32, 32)`."""
    p_blend: Tensor
    """Decoded blends, likewise; none of them if nothing is asked of blends."""


class Objective(nn.Module):
    """The loss of a network, as a module, so that several processes can share one backward pass."""

    def __init__(self, network: Network, config: TrainConfig) -> None:
        super().__init__()
        self.network = network
        self.config = config
        # No module, so that its parameters are none of this one's: it learns the opposite.
        self.adversary = Adversary(config) if config.critic else None

    def forward(self, occupancy: Tensor, step: int, generator: torch.Generator) -> tuple[Tensor, Asked]:
        """Occupancy `(n, 1, 32, 32, 32)` float → the loss, a scalar, and what was asked."""
        config = self.config
        blended = len(occupancy) // 2 if config.blends or config.mending or config.critic else 0
        with mixed_precision(occupancy, config):
            z = self.network.encode(occupancy).float()  # (n, 8, 8)
        noise = torch.randn(z.shape, device=z.device, generator=generator)
        blend, t = blend_pairs(z[:blended], generator)
        with mixed_precision(occupancy, config):
            # Chairs and blends in one batch: the norms' statistics then fit both when they are frozen.
            logits = self.network.decode(torch.cat([z + config.latent_noise * noise, blend])).float()
        p, p_blend = torch.sigmoid(logits).split([len(z), blended])
        parts = {
            "cross-entropy": 10 * F.binary_cross_entropy_with_logits(logits[: len(z)], occupancy),
            "soft IoU": 1 - soft_iou(p, occupancy).mean(),
        }
        if config.blends:
            off, undecided = validity(p_blend, occupancy[:blended], t)
            parts |= {"volume": config.blends * off, "undecided": config.blends * undecided}
        if config.mending:
            looked_at = max(1, round(LOOKED_AT * len(z)))
            growing = 1.0 if config.start_from else min(1.0, step / MENDING_GROWS)
            parts["mending"] = config.mending * growing * mending_loss(logits[len(z) :][:looked_at])
        if self.adversary is not None:
            parts["critic"] = config.critic * self.adversary.complaint(p_blend)
        loss = torch.stack(list(parts.values())).sum()
        return loss, Asked({k: v.detach() for k, v in parts.items()}, p.detach(), p_blend.detach())


class Adversary:
    """The critic with its optimiser: one step of it for each step of the network."""

    def __init__(self, config: TrainConfig) -> None:
        self.critic = Critic().to(config.device)
        self._optimiser = torch.optim.Adam(self.critic.parameters(), lr=4e-4, betas=(0.5, 0.9))

    def learn(self, chairs: Tensor, blends: Tensor) -> None:
        """Tell decoded chairs from decoded blends a little better; both `(n, 1, 32, 32, 32)`."""
        loss = F.relu(1 - self.critic(chairs)).mean() + F.relu(1 + self.critic(blends)).mean()
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self._optimiser.step()

    def complaint(self, blends: Tensor) -> Tensor:
        """How far the blends are from passing as chairs; its gradient goes into the blends only."""
        for parameter in self.critic.parameters():
            parameter.requires_grad_(False)
        loss = -self.critic(blends).mean()
        for parameter in self.critic.parameters():
            parameter.requires_grad_(True)
        return loss

    def state_dict(self) -> dict[str, Tensor]:
        """Everything that a resumed run needs, as tensors by name."""
        critic = prefixed("critic", self.critic.state_dict())
        return critic | prefixed("optimiser", optimiser_tensors(self._optimiser))

    def load_state_dict(self, tensors: dict[str, Tensor]) -> None:
        """Go on from what `state_dict` returned."""
        self.critic.load_state_dict(under("critic", tensors))
        restore_optimiser(self._optimiser, under("optimiser", tensors))


def soft_iou(p: Tensor, occupancy: Tensor) -> Tensor:
    """Intersection over union with probabilities for voxels, `(n, 1, 32, 32, 32)` twice → `(n,)`."""
    overlap = (p * occupancy).sum((1, 2, 3, 4))
    return overlap / ((p + occupancy).sum((1, 2, 3, 4)) - overlap).clamp(min=1)


def mixed_precision(like: Tensor, config: TrainConfig) -> torch.autocast:
    """bf16 where the config and the device say so: there matrix products and convolutions are in it."""
    wanted = config.precision == "bf16" and like.device.type == "cuda"
    return torch.autocast(like.device.type, torch.bfloat16, enabled=wanted)
