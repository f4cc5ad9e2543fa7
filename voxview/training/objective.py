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

from voxview.model.flow import LatentFlow
from voxview.model.network import Network
from voxview.training.config import TrainConfig
from voxview.training.connectivity import connectivity_loss
from voxview.training.critic import Adversary, Critic, LatentCritic
from voxview.training.formats import mixed_precision
from voxview.training.losses import (
    asymmetry_loss,
    blend_pairs,
    morphs_between,
    soft_iou,
    unevenness_loss,
    volume_losses,
)

CHAIRS_A_MORPH = 32
"""Of the batch, for each whole morph that the loss on uneven ones is computed on: 11 more decodings."""

CONNECTIVITY_RAMP = 1_500
"""Steps until the connectivity loss has its full weight, from random weights: first there must be chairs."""


@dataclass(frozen=True)
class LossTerms:
    """The terms of one step's loss, for the log, and what the critics learn from; detached from the graph."""

    terms: dict[str, Tensor]
    """Scalars by name, weights included: they add up to the loss."""
    scored: dict[str, tuple[Tensor, Tensor]]
    """Chairs and blends as each critic scores them, by the adversary's name."""


class Objective(nn.Module):
    """The loss of a network, and the critics that it needs."""

    def __init__(self, network: Network, config: TrainConfig) -> None:
        super().__init__()
        self.network = network
        self.config = config
        # No modules, so that their parameters are none of this one's: they learn the opposite.
        self.adversaries: dict[str, Adversary] = {}
        if config.critic:
            self.adversaries["adversary"] = Adversary(Critic(), config)
        if config.latent_critic:
            self.adversaries["latent_adversary"] = Adversary(LatentCritic(), config)

    def forward(
        self, occupancy: Tensor, ramp: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, LossTerms]:
        """Return the loss, a scalar, of occupancy `(n, 1, 32, 32, 32)` float, and its terms.

        `ramp` is the share of the connectivity loss, see `connectivity_ramp`, a scalar.
        """
        config, chairs = self.config, len(occupancy)
        blends = chairs // 2 if _is_on_blends(config) else 0
        morphs = max(1, chairs // CHAIRS_A_MORPH) if config.evenness else 0
        with mixed_precision(config):
            features = self.network.features(occupancy)  # (n, 64)
        z = self.network.latents(features.float())  # (n, 8, 8)
        noise = torch.randn(z.shape, device=z.device, generator=generator)
        blend, t = blend_pairs(z[:blends], generator)  # (n/2, 8, 8), (n/2, 1, 1)
        with mixed_precision(config):
            # All in one batch: the norms' statistics then fit chairs and blends when they are frozen.
            latents = torch.cat([z + config.latent_noise * noise, blend, morphs_between(z, morphs)])
            logits = self.network.decode(latents).float()
        parts = [chairs, blends, len(logits) - chairs - blends]
        p, p_blend, p_morph = torch.sigmoid(logits).split(parts)  # (n, 1, 32, 32, 32), (n/2, …), (88, …)
        terms = {
            "cross-entropy": 10 * F.binary_cross_entropy_with_logits(logits[:chairs], occupancy),
            "soft IoU": 1 - soft_iou(p, occupancy).mean(),
        }
        if config.blends:
            volume, undecided = volume_losses(p_blend, occupancy[:blends], t)
            terms |= {"volume": config.blends * volume, "undecided": config.blends * undecided}
        if config.connectivity:
            terms["connectivity"] = config.connectivity * ramp * connectivity_loss(logits[chairs:])
        if config.symmetry:
            terms["symmetry"] = config.symmetry * asymmetry_loss(p_blend, occupancy[:blends], t)
        if config.evenness:
            terms["evenness"] = config.evenness * unevenness_loss(p_morph)
        if config.density and isinstance(flow := getattr(self.network, "flow", None), LatentFlow):
            # Only the flow is fitted: the encoder is free to tell chairs apart.
            terms["density"] = config.density * flow.surprise(features.detach().float(), generator)
        terms |= self._adversarial(z[:blends], blend, p_blend)
        scored = {"adversary": (p[:blends], p_blend), "latent_adversary": (z[:blends], blend)}
        detached = {
            name: (a.detach(), b.detach()) for name, (a, b) in scored.items() if name in self.adversaries
        }
        return torch.stack(list(terms.values())).sum(), LossTerms(
            {k: v.detach() for k, v in terms.items()}, detached
        )

    def _adversarial(self, z: Tensor, blend: Tensor, p_blend: Tensor) -> dict[str, Tensor]:
        """Return the weighted adversarial losses by name."""
        terms = {}
        if "adversary" in self.adversaries:
            terms["critic"] = self.config.critic * self.adversaries["adversary"].adversarial_loss(p_blend)
        if "latent_adversary" in self.adversaries:
            loss = self.adversaries["latent_adversary"].adversarial_loss(blend, z)
            terms["latent critic"] = self.config.latent_critic * loss
        return terms


def connectivity_ramp(step: int, config: TrainConfig) -> float:
    """Return the connectivity loss's share of its weight at a step, the first of which is 1."""
    return 1.0 if config.start_from else min(1.0, step / CONNECTIVITY_RAMP)


def _is_on_blends(config: TrainConfig) -> bool:
    return any((config.blends, config.connectivity, config.symmetry, config.critic, config.latent_critic))
