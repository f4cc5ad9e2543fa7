"""The loss of a training step: chairs that are reconstructed, and blends that look like chairs.

The loss of a reconstruction is the binary cross-entropy of each voxel plus one minus the soft intersection
over union, which is the metric of validation; thin legs are few voxels, and the cross-entropy alone lets
them go. The terms of blends stand in `losses.py`, `connectivity.py` and `critic.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from voxview.model.network import Network
from voxview.training.config import TrainConfig
from voxview.training.connectivity import CHECKED_SHARE, connectivity_loss
from voxview.training.critic import Adversary
from voxview.training.losses import blend_pairs, soft_iou, volume_losses

CONNECTIVITY_RAMP = 1_500
"""Steps until the connectivity loss has its full weight, from random weights: first there must be chairs."""


@dataclass(frozen=True)
class LossTerms:
    """The terms of one step's loss, for the log, and its fields, for the critic; detached from the graph."""

    terms: dict[str, Tensor]
    """Scalars by name, weights included: they add up to the loss."""
    p: Tensor
    """Decoded chairs, probabilities `(n, 1, 32, 32, 32)`."""
    p_blend: Tensor
    """Decoded blends, likewise; none of them if no term is on blends."""


class Objective(nn.Module):
    """The loss of a network, as a module, so that several processes can share one backward pass."""

    def __init__(self, network: Network, config: TrainConfig) -> None:
        super().__init__()
        self.network = network
        self.config = config
        # No module, so that its parameters are none of this one's: it learns the opposite.
        self.adversary = Adversary(config) if config.critic else None

    def forward(self, occupancy: Tensor, step: int, generator: torch.Generator) -> tuple[Tensor, LossTerms]:
        """Return the loss, a scalar, of occupancy `(n, 1, 32, 32, 32)` float, and its terms."""
        config = self.config
        blends = len(occupancy) // 2 if config.blends or config.connectivity or config.critic else 0
        with mixed_precision(occupancy, config):
            z = self.network.encode(occupancy).float()  # (n, 8, 8)
        noise = torch.randn(z.shape, device=z.device, generator=generator)
        blend, t = blend_pairs(z[:blends], generator)  # (n/2, 8, 8), (n/2, 1, 1)
        with mixed_precision(occupancy, config):
            # Chairs and blends in one batch: the norms' statistics then fit both when they are frozen.
            logits = self.network.decode(torch.cat([z + config.latent_noise * noise, blend])).float()
        p, p_blend = torch.sigmoid(logits).split([len(z), blends])  # (n, 1, 32, 32, 32), (n/2, …)
        terms = {
            "cross-entropy": 10 * F.binary_cross_entropy_with_logits(logits[: len(z)], occupancy),
            "soft IoU": 1 - soft_iou(p, occupancy).mean(),
        }
        if config.blends:
            volume, undecided = volume_losses(p_blend, occupancy[:blends], t)
            terms |= {"volume": config.blends * volume, "undecided": config.blends * undecided}
        if config.connectivity:
            terms["connectivity"] = self._connectivity(logits[len(z) :], len(z), step)
        if self.adversary is not None:
            terms["critic"] = config.critic * self.adversary.adversarial_loss(p_blend)
        loss = torch.stack(list(terms.values())).sum()
        return loss, LossTerms({k: v.detach() for k, v in terms.items()}, p.detach(), p_blend.detach())

    def _connectivity(self, blend_logits: Tensor, chairs: int, step: int) -> Tensor:
        """Return the weighted connectivity loss of the first blends, so many as a share of the chairs."""
        checked = max(1, round(CHECKED_SHARE * chairs))
        ramp = 1.0 if self.config.start_from else min(1.0, step / CONNECTIVITY_RAMP)
        return self.config.connectivity * ramp * connectivity_loss(blend_logits[:checked])


def mixed_precision(like: Tensor, config: TrainConfig) -> torch.autocast:
    """Return a context with matrix products and convolutions in bf16, on a GPU and if configured."""
    enabled = config.precision == "bf16" and like.device.type == "cuda"
    return torch.autocast(like.device.type, torch.bfloat16, enabled=enabled)
