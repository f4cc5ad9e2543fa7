"""Validation: the metrics of a network in training on chairs that it does not learn from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from voxview.conventions import LEVEL
from voxview.model.metrics import intersection_over_union
from voxview.model.network import Network
from voxview.shapes.components import is_one_piece
from voxview.shapes.frame import Floats, Grids

BATCH = 128
MOST_CHAIRS = 1024
"""Of each set, so that a validation stays short; `voxview evaluate` measures them all."""
MOST_PAIRS = 128


@dataclass(frozen=True)
class HeldOutMetrics:
    """The metrics of a network on one set of held-out chairs."""

    iou: float
    """Mean IoU of each chair and its own reconstruction, cut at 0.5."""
    one_piece: float
    """The share of blends of random pairs, half-way, that are in one piece; NaN if there is no pair."""

    @property
    def cells(self) -> Mapping[str, str]:
        """See `task.SetMetrics`, as the next two."""
        return {"IoU": number(self.iou, 5), "one piece": number(self.one_piece, 4)}

    @property
    def notes(self) -> Mapping[str, str]:
        """The figures for the header of the weights."""
        blends = number(self.one_piece, 4)
        return {"held-out IoU": number(self.iou, 4), "held-out blends in one piece": blends}

    @property
    def words(self) -> Mapping[str, str]:
        """The figures for a line; a blend takes two held-out chairs, and of one there is no share."""
        share = "–" if math.isnan(self.one_piece) else f"{self.one_piece:.0%}"
        return {"held-out IoU": f"{self.iou:.4f}", "blends in one piece": share}


def number(value: float, digits: int) -> str:
    """Return a figure as text, which is empty where there is none."""
    return "" if math.isnan(value) else f"{value:.{digits}f}"


@torch.no_grad()
def measure_held_out(network: Network, grids: Grids, device: str) -> HeldOutMetrics:
    """Return the metrics of `network`, in evaluation mode, on grids `(n, 32, 32, 32)` bool."""
    grids = grids[:MOST_CHAIRS]
    latents, ious = [], []
    for start in range(0, len(grids), BATCH):
        part = grids[start : start + BATCH]
        latents.append(network.encode(upload(part, device)))
        ious.append(intersection_over_union(part, decode(network, latents[-1]) > LEVEL))
    if not latents:
        return HeldOutMetrics(float("nan"), float("nan"))
    one_piece = _share_in_one_piece(network, torch.cat(latents))
    return HeldOutMetrics(float(np.concatenate(ious).mean()), one_piece)


def _share_in_one_piece(network: Network, z: Tensor) -> float:
    """Return the share of half-way blends of random pairs of `z` `(n, 8, 8)` that are in one piece."""
    if len(z) < 2:
        return float("nan")
    rng = np.random.default_rng(0)  # the same pairs at every validation
    pairs = min(MOST_PAIRS, 2 * len(z))
    a = rng.integers(len(z), size=pairs)
    b = (a + rng.integers(1, len(z), size=pairs)) % len(z)
    fields = decode(network, (z[a] + z[b]) / 2)  # (pairs, 32, 32, 32)
    return float(np.mean([is_one_piece(field > LEVEL) for field in fields]))


def upload(grids: Grids, device: str) -> Tensor:
    """Return grids `(n, 32, 32, 32)` bool as occupancy `(n, 1, 32, 32, 32)` float on a device."""
    return torch.from_numpy(grids).to(device)[:, None].float()


def decode(network: Network, z: Tensor) -> Floats:
    """Return the fields `(n, 32, 32, 32)` of latents `(n, 8, 8)`, on the host."""
    return torch.sigmoid(network.decode(z))[:, 0].cpu().numpy()
